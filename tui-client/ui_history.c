/* Every exchange of this run, a row each. */
#include <ncurses.h>
#include <stdio.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"

static void
paint_row(const struct app *app, int y, struct rect r, const struct exchange *x)
{
	bool here = x->id == app->selected;
	struct line line;

	line_init(&line);
	rows_history(&line, x, (size_t)r.w, app->now);
	draw_line(y, r.x, r.w, &line, here && app->focus == PANE_HISTORY);
	if (here)
		draw_text(y, r.x, 1, theme_accent(), "▌");
	line_release(&line);
}

static void
paint_empty(const struct app *app, struct rect r)
{
	int row = r.h > 4 ? r.h / 2 - 1 : 0;
	bool server = serverproc_is_up(app->server);
	bool seed = app->server->state == SERVER_RUNNING &&
	    app->server->routes.path == NULL;
	const char *what = seed ? "test.com is a URL that the server here "
				  "answers; Enter sends it."
				: "Type a URL; Enter sends it.";
	const char *how = server ? "Esc leaves the field; then ? helps."
				 : "Esc leaves the field; then s starts a "
				   "server here, ? helps.";

	if (!app->editing) {
		what = "u types a URL; Enter sends it.";
		how = server ? "? helps." : "s starts a server here, ? helps.";
	}
	if (r.w < 60) {
		what = "Type a URL; Enter sends it.";
		how = "Esc, then ? helps.";
	}
	draw_centred(r, row, what);
	draw_centred(r, row + 1, how);
}

void
paint_history(const struct app *app)
{
	struct rect pane = app->layout.pane[PANE_HISTORY];
	struct rect r = layout_inside(&app->layout, PANE_HISTORY);
	char count[24] = "";

	if (pane.h == 0)
		return;
	draw_blank(pane);
	if (app->history.n > 0)
		snprintf(count, sizeof(count), "%zu", app->history.n);
	if (pane.h != r.h)
		draw_title(pane, "History", count[0] != '\0' ? count : NULL,
		    app->focus == PANE_HISTORY);
	if (app->history.n == 0)
		paint_empty(app, r);
	for (int i = 0; i < r.h; i++) {
		const struct exchange *x =
		    history_get(&app->history, app->top + (size_t)i + 1);

		if (x == NULL)
			break;
		paint_row(app, r.y + i, r, x);
	}
}
