/* The server that was started here: its state and its log. */
#include <ncurses.h>
#include <stdio.h>

#include "escape.h"
#include "logrow.h"
#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"

enum {
	ROUTES_MAX = 4096,
	NARROW = 48, /* columns; below it words are short */
};

static void
paint_state(const struct app *app, struct rect r)
{
	const struct serverproc *s = app->server;
	char listen[APP_LISTEN_MAX];
	char text[APP_LISTEN_MAX + sizeof(s->why) + 64];
	enum role role = ROLE_DIM;
	int x = r.x + 1;

	app_listen(app, listen);
	switch (s->state) {
	case SERVER_STOPPED:
		snprintf(
		    text, sizeof(text), "stopped; s starts one on %s", listen);
		break;
	case SERVER_STARTING:
		snprintf(text, sizeof(text), "starting on %s", app->listen);
		break;
	case SERVER_RUNNING:
		snprintf(text, sizeof(text), "● %s  %llu req%s", s->address,
		    (unsigned long long)s->requests,
		    r.w < NARROW	   ? ""
			: s->requests == 1 ? "uest"
					   : "uests");
		role = ROLE_OK;
		break;
	case SERVER_STOPPING:
		snprintf(text, sizeof(text), "stopping");
		break;
	case SERVER_FAILED:
		role = ROLE_ERROR;
		snprintf(text, sizeof(text),
		    s->port_taken ? "%s; s takes a free one" : "%s", s->why);
	}
	x += draw_text(r.y, x, r.w - 1, theme_of(role), text);
	if (s->state == SERVER_RUNNING && s->reload == RELOAD_REFUSED)
		draw_text(r.y, x + 2, r.x + r.w - x - 2, theme_of(ROLE_ERROR),
		    "old routes");
}

/* On the title's right; "" if there is none. */
static void
routes_text(const struct app *app, char *out, size_t cap)
{
	const char *path = app->server->routes.path;

	escape_text(
	    out, cap, span_text(path != NULL ? path : ""), ESCAPE_SCREEN);
}

void
paint_server(const struct app *app)
{
	struct rect pane = app->layout.pane[PANE_SERVER];
	struct rect r = layout_inside(&app->layout, PANE_SERVER);
	char routes[ROUTES_MAX];
	struct line line;
	uint64_t at;

	if (pane.h == 0)
		return;
	draw_blank(pane);
	routes_text(app, routes, sizeof(routes));
	if (pane.h != r.h)
		draw_title(pane, "Server", routes[0] != '\0' ? routes : NULL,
		    app->focus == PANE_SERVER);
	paint_state(app, r);
	line_init(&line);
	at = app_log_top(app, r.h - 1);
	for (int i = 1; i < r.h; i++, at++) {
		const struct logline *said = serverproc_line(app->server, at);

		if (said == NULL)
			break;
		logrow(&line, said, r.w > 2 ? (size_t)r.w - 2 : 1);
		draw_line(r.y + i, r.x + 1, r.w - 1, &line, false);
	}
	line_release(&line);
}
