/* What a click or the wheel means where it happens. */
#include "app_parts.h"

enum {
	WHEEL = 3
};

static void
click_menu(struct app *app, int y, int x)
{
	struct rect r = app_menu_rect(app);
	size_t row = app_menu_top(app) + (size_t)(y - r.y - 1);

	if (!rect_has(r, y, x)) {
		app_open(app, OVERLAY_NONE);
	} else if (y > r.y && y < r.y + r.h - 1 && row < app_menu_rows(app)) {
		app->menu = row;
		app_accept_menu(app);
	}
}

static void
click_form(struct app *app, int y, int x)
{
	struct rect r = app->layout.pane[PANE_FORM];
	int row = y - r.y;
	int col = x - app_field_x(app);
	size_t to = col > 0 ? (size_t)col : 0;

	if (row == 0 && col < 0) {
		app_do_method(app, ACTION_METHOD);
	} else if (row == 0) {
		app_open_field(app, FORM_URL);
		lineedit_click(&app->form.url, to);
	} else if (app_in_text(app)) {
		app_open_field(app, app->field);
		textedit_click(app_text(app), (size_t)row - 1, to);
	} else {
		/* The body stands in the last row, if there is one. */
		bool body = row == r.h - 1 && app->form.body.text.len > 0;

		app_open_field(app, body ? FORM_BODY : FORM_HEADERS);
	}
}

static void
click_history(struct app *app, int y)
{
	int row = y - layout_inside(&app->layout, PANE_HISTORY).y;

	if (row >= 0 && app->top + (size_t)row < app->history.n)
		app_select(app, app->top + (size_t)row + 1);
}

static void
click_server(struct app *app, int y)
{
	int row = y - layout_inside(&app->layout, PANE_SERVER).y - 1 -
	    app_connection_rows(app);
	uint64_t top = app_log_top(app, app_log_rows(app));

	if (row >= 0 && top + (uint64_t)row < app->server->nlines)
		app_log_select(app, top + (uint64_t)row);
}

static void
press(struct app *app, int y, int x)
{
	enum pane pane = layout_pane_at(&app->layout, y, x);

	if (pane == PANE_FORM) {
		click_form(app, y, x);
		return;
	}
	if (pane == PANE_COUNT)
		return;
	app_focus(app, pane);
	if (pane == PANE_HISTORY)
		click_history(app, y);
	if (pane == PANE_SERVER)
		click_server(app, y);
}

static void
wheel(struct app *app, int y, int x, int by)
{
	enum pane pane = layout_pane_at(&app->layout, y, x);

	if (app_context(app) == CONTEXT_MENU)
		app_move_menu(app, by < 0 ? -1 : 1);
	else if (app->overlay == OVERLAY_HELP)
		app_move_help(app, by);
	else if (pane != PANE_FORM)
		app_move_pane(app, pane, by);
	else if (app_in_text(app))
		textedit_wheel(app_text(app), by);
	app->dirty |= 1 << PANE_FORM;
}

void
app_mouse(struct app *app, enum mouse what, int y, int x)
{
	app_unsay(app);
	if (what != MOUSE_PRESS)
		wheel(app, y, x, what == MOUSE_WHEEL_UP ? -WHEEL : WHEEL);
	else if (app_context(app) == CONTEXT_MENU)
		click_menu(app, y, x);
	else if (app->overlay != OVERLAY_NONE)
		app_open(app, OVERLAY_NONE);
	else
		press(app, y, x);
	app_settle(app);
}
