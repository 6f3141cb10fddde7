#include "ui_paint.h"

#include <ncurses.h>

#include "ui_draw.h"

static struct place cursor = { -1, -1 };

static void
paint_panes(struct app *app)
{
	unsigned dirty = app->dirty;
	enum context context = app_context(app);
	bool asks = context == CONTEXT_PROMPT;

	if ((dirty & DIRTY_TOP) != 0)
		paint_top(app);
	if ((dirty & 1 << PANE_FORM) != 0) {
		struct place p = paint_form(app);

		if (!asks)
			cursor = p;
	}
	if ((dirty & 1 << PANE_HISTORY) != 0)
		paint_history(app);
	if ((dirty & 1 << PANE_EXCHANGE) != 0)
		paint_exchange(app);
	if ((dirty & 1 << PANE_SERVER) != 0)
		paint_server(app);
	/* A long message or question lies over the panes. */
	if ((dirty & DIRTY_FOOTER) != 0 || app->message[0] != '\0' ||
	    app->overlay == OVERLAY_LEAVING) {
		struct place p = paint_footer(app);

		if (asks)
			cursor = p;
	}
}

static void
paint_overlay(struct app *app)
{
	if (app_context(app) == CONTEXT_MENU)
		paint_menu(app);
	else if (app->overlay == OVERLAY_HELP)
		paint_help(app);
	if (app->overlay != OVERLAY_NONE && app_context(app) != CONTEXT_PROMPT)
		cursor = (struct place){ -1, -1 };
}

void
paint(struct app *app)
{
	if (app->dirty == 0)
		return;
	if ((app->dirty & DIRTY_ALL) == DIRTY_ALL)
		erase();
	paint_panes(app);
	paint_overlay(app);
	curs_set(cursor.y >= 0);
	if (cursor.y >= 0)
		move(cursor.y, cursor.x);
	wnoutrefresh(stdscr);
	doupdate();
	app->dirty = 0;
}
