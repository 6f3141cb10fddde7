/* The server that was started here, or that is attached to: its state, the
 * connections that stand, and what it said and saw. */
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

/* "● 127.0.0.1:10000  4 requests  2 open" */
static void
up_words(const struct app *app, bool narrow, char *out, size_t cap)
{
	const struct serverproc *s = app->server;
	size_t n = app_connections(app);
	char open[32] = "";

	if (n > 0)
		snprintf(open, sizeof(open), "  %zu open", n);
	snprintf(out, cap, "● %s%s  %llu req%s%s",
	    s->state == SERVER_ATTACHED && !narrow ? "attached to " : "",
	    s->address, (unsigned long long)s->requests,
	    narrow		   ? ""
		: s->requests == 1 ? "uest"
				   : "uests",
	    open);
}

static enum role
state_words(const struct app *app, bool narrow, char *out, size_t cap)
{
	const struct serverproc *s = app->server;
	char listen[APP_LISTEN_MAX];

	switch (s->state) {
	case SERVER_STOPPED:
		app_listen(app, listen);
		snprintf(out, cap, "stopped; s starts one on %s", listen);
		break;
	case SERVER_STARTING:
		snprintf(out, cap, "starting on %s", app->listen);
		break;
	case SERVER_RUNNING:
	case SERVER_ATTACHED:
		up_words(app, narrow, out, cap);
		return ROLE_OK;
	case SERVER_STOPPING:
		snprintf(out, cap, "stopping");
		break;
	case SERVER_FAILED:
		/* What is wrong with them the log says, and all of it. */
		if (s->fault && !s->port_taken)
			strlcpy(
			    out, "failed on its routes; s tries again", cap);
		else
			snprintf(out, cap,
			    s->port_taken ? "%s; s takes a free one" : "%s",
			    s->why);
		return ROLE_ERROR;
	}
	return ROLE_DIM;
}

/* What is wrong with one that is up: it has other routes than its file, or it
 * tells no more. */
static void
paint_but(const struct app *app, int y, int x, int cols)
{
	char text[CONTROL_WHY_MAX + 64];

	if (app->live != NULL && app->live->why[0] != '\0')
		snprintf(
		    text, sizeof(text), "tells no more: %s", app->live->why);
	else if (app->server->reload == RELOAD_REFUSED)
		strlcpy(text, "old routes", sizeof(text));
	else
		return;
	draw_text(y, x, cols, theme_of(ROLE_ERROR), text);
}

static void
paint_state(const struct app *app, struct rect r)
{
	char text[APP_LISTEN_MAX + sizeof(app->server->why) + 64];
	enum role role = state_words(app, r.w < NARROW, text, sizeof(text));
	int x = r.x + 1;

	x += draw_text(r.y, x, r.w - 1, theme_of(role), text);
	if (serverproc_is_up(app->server))
		paint_but(app, r.y, x + 2, r.x + r.w - x - 2);
}

/* The connections that stand, as far as there is room. */
static void
paint_connections(const struct app *app, struct rect r)
{
	int rows = app_connection_rows(app);
	size_t n = app_connections(app);
	const struct seen_conn *c = NULL;
	char more[48];
	struct line line;

	line_init(&line);
	for (int i = 0; i < rows; i++) {
		c = app_next_connection(app, c);
		if (c == NULL)
			break;
		if (i == rows - 1 && n > (size_t)rows) {
			snprintf(more, sizeof(more), "and %zu more open",
			    n - (size_t)i);
			draw_text(r.y + i, r.x + 1, r.w - 1, theme_of(ROLE_DIM),
			    more);
			break;
		}
		connrow(&line, c, r.w > 2 ? (size_t)r.w - 2 : 1, app->now);
		draw_line(r.y + i, r.x + 1, r.w - 1, &line, false);
	}
	line_release(&line);
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
	bool focused = app->focus == PANE_SERVER;
	struct line line;
	uint64_t at;

	if (pane.h == 0)
		return;
	draw_blank(pane);
	routes_text(app, routes, sizeof(routes));
	if (pane.h != r.h)
		draw_title(
		    pane, "Server", routes[0] != '\0' ? routes : NULL, focused);
	paint_state(app, r);
	paint_connections(app, (struct rect){ r.y + 1, r.x, r.h - 1, r.w });
	line_init(&line);
	at = app_log_top(app, app_log_rows(app));
	for (int i = r.h - app_log_rows(app); i < r.h; i++, at++) {
		const struct logline *said = serverproc_line(app->server, at);

		if (said == NULL)
			break;
		logrow(&line, said, r.w > 2 ? (size_t)r.w - 2 : 1);
		if (!focused || at != app_log_at(app)) {
			draw_line(r.y + i, r.x + 1, r.w - 1, &line, false);
			continue;
		}
		if (line.cols + 2 < (size_t)r.w)
			line_pad(&line, (size_t)r.w - 2 - line.cols);
		draw_line(r.y + i, r.x + 1, r.w - 1, &line, true);
	}
	line_release(&line);
}
