/* Moving in lists and texts, by lines and to what is searched for. */
#include "app_parts.h"

enum {
	FAR = 1 << 30
};

/* How many lines an action moves by; page is what is shown. */
static int
lines_of(enum action action, int page)
{
	switch (action) {
	case ACTION_UP:
		return -1;
	case ACTION_DOWN:
		return 1;
	case ACTION_PAGE_UP:
		return page > 1 ? 1 - page : -1;
	case ACTION_PAGE_DOWN:
		return page > 1 ? page - 1 : 1;
	case ACTION_TOP:
		return -FAR;
	default:
		return FAR;
	}
}

/* at + by, held within 0 and last. */
static uint64_t
moved(uint64_t at, int by, uint64_t last)
{
	if (by < 0)
		return at > (uint64_t)-by ? at - (uint64_t)-by : 0;
	return last - at > (uint64_t)by ? at + (uint64_t)by : last;
}

static void
move_history(struct app *app, int by)
{
	if (app->history.n == 0)
		return;
	app_select(app, 1 + moved(app->selected - 1, by, app->history.n - 1));
}

struct view *
app_view(struct app *app, struct view_what *what)
{
	struct rect r = app_view_rect(app);
	const struct view_how how = {
		.part = app->part,
		.cols = r.w > 1 ? (size_t)r.w - 1 : 1,
		.raw = app->raw,
		.hex = app->hex,
		.scale = app->scale,
	};

	*what = (struct view_what){ .x = app_shown(app) };
	if (what->x->theirs)
		what->end = app_their_end(app);
	else if (app->live != NULL && !what->x->echo)
		what->end = seen_join(&app->live->seen, what->x);
	view_set(&app->view, what, &how);
	return &app->view;
}

static void
show_from(struct app *app, size_t top)
{
	app->view_top = top;
	app->dirty |= 1 << PANE_EXCHANGE;
}

/* To the last line, in steps. */
static void
seek_bottom(struct app *app)
{
	size_t rows = (size_t)app_view_rect(app).h, lines;
	struct view_what what;
	struct view *v = app_view(app, &what);

	if (!view_reach_more(v, &what)) {
		app->seek = SEEK_BOTTOM;
		return;
	}
	app->seek = SEEK_NONE;
	lines = view_lines(v, &what);
	show_from(app, lines > rows ? lines - rows : 0);
}

void
app_move_exchange(struct app *app, int by)
{
	size_t rows = (size_t)app_view_rect(app).h, lines, last;
	struct view_what what;
	struct view *v;

	if (app_shown(app) == NULL || rows == 0)
		return;
	if (by == FAR) {
		seek_bottom(app);
		return;
	}
	v = app_view(app, &what);
	lines = view_reach(
	    v, &what, app->view_top + rows + (by > 0 ? (size_t)by : 0));
	last = lines > rows ? lines - rows : 0;
	if (app->view_top > last)
		app->view_top = last;
	show_from(app, moved(app->view_top, by, last));
}

static void
move_log(struct app *app, int by)
{
	uint64_t n = app->server->nlines;

	if (n > 0)
		app_log_select(app, moved(app_log_at(app), by, n - 1));
}

void
app_move_help(struct app *app, int by)
{
	size_t rows = app->rows > 1 ? (size_t)app->rows - 1 : 1;
	size_t n = keymap_help_lines();
	size_t lines = 0;

	for (size_t i = 0; i < n; i++) {
		struct help_line line;

		keymap_help_line(i, &line);
		lines += app_help_rows(app, &line);
	}
	app->help_top =
	    moved(app->help_top, by, lines > rows ? lines - rows : 0);
	app->dirty |= DIRTY_OVERLAY;
}

void
app_move_menu(struct app *app, int by)
{
	app->menu = moved(app->menu, by, app_menu_rows(app) - 1);
	app->dirty |= DIRTY_ALL;
}

void
app_move_pane(struct app *app, enum pane pane, int by)
{
	if (pane == PANE_HISTORY)
		move_history(app, by);
	else if (pane == PANE_EXCHANGE)
		app_move_exchange(app, by);
	else if (pane == PANE_SERVER)
		move_log(app, by);
}

/* Up, down and the like, wherever one is. */
void
app_do_move(struct app *app, enum action action)
{
	enum context context = app_context(app);

	switch (context) {
	case CONTEXT_TEXT:
		app_do_edit(app, action);
		break;
	case CONTEXT_MENU:
		app_move_menu(app, lines_of(action, (int)app_menu_rows(app)));
		break;
	case CONTEXT_HELP:
		app_move_help(app, lines_of(action, app->rows - 1));
		break;
	case CONTEXT_EXCHANGE:
	case CONTEXT_SEEN:
		app_move_exchange(app, lines_of(action, app_view_rect(app).h));
		break;
	case CONTEXT_SERVER:
		move_log(app, lines_of(action, app_log_rows(app)));
		break;
	case CONTEXT_FORM:
		app_focus(app, PANE_HISTORY);
		__attribute__((fallthrough));
	default:
		move_history(app, lines_of(action, app_history_rows(app)));
	}
}

/* step 1: the next match, further back in the history, further down in an
 * exchange. */
static void
search_history(struct app *app, int step)
{
	uint64_t id =
	    history_search(&app->history, app->selected, -step, app->search);

	if (id == 0)
		app_say(app, ROLE_INFO, "no entry holds \"%s\"", app->search);
	else if (id == app->selected)
		app_say(
		    app, ROLE_INFO, "no other entry holds \"%s\"", app->search);
	else
		app_select(app, id);
}

static void
show_match(struct app *app, size_t found)
{
	size_t rows = (size_t)app_view_rect(app).h;

	app->seek = SEEK_NONE;
	if (found == (size_t)VIEW_LATER) {
		app->seek = SEEK_MATCH;
		return;
	}
	if (found == SIZE_MAX) {
		app_say(
		    app, ROLE_INFO, "\"%s\" does not stand here", app->search);
		return;
	}
	if (found == app->match)
		app_say(
		    app, ROLE_INFO, "no other line holds \"%s\"", app->search);
	app->match = found;
	if (found < app->view_top || found >= app->view_top + rows)
		app->view_top = found > rows / 3 ? found - rows / 3 : 0;
	app->dirty |= 1 << PANE_EXCHANGE;
}

static void
search_exchange(struct app *app, int step)
{
	struct view_what what;
	struct view *v;

	if (app_shown(app) == NULL)
		return;
	v = app_view(app, &what);
	show_match(app, view_search(v, &what, app->match, step, app->search));
}

bool
app_is_busy(const struct app *app)
{
	return app->seek != SEEK_NONE;
}

void
app_step(struct app *app)
{
	struct view_what what;

	if (app->seek == SEEK_BOTTOM)
		seek_bottom(app);
	else if (app->seek == SEEK_MATCH)
		show_match(app, view_search_on(app_view(app, &what), &what));
}

void
app_do_find(struct app *app, enum action action)
{
	int step = action == ACTION_FIND_PREVIOUS ? -1 : 1;

	if (app->search[0] == '\0')
		app_say(app, ROLE_INFO, "/ asks for the text to search for");
	else if (app->focus == PANE_EXCHANGE)
		search_exchange(app, step);
	else
		search_history(app, step);
}
