#include "app_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	KILL_MAX = 1024 * 1024,
	EDITOR_LEAST = 4, /* lines of an open headers or body field */
	SUMMARY_FROM = 8, /* rows of a small screen that has room for it */
};

void
app_say(struct app *app, enum role role, const char *fmt, ...)
{
	va_list ap;

	app_unsay(app);
	va_start(ap, fmt);
	vsnprintf(app->message, sizeof(app->message), fmt, ap);
	va_end(ap);
	app->message_role = role;
	app->dirty |= DIRTY_FOOTER;
}

/* What it hid comes back. */
void
app_unsay(struct app *app)
{
	if (app->message[0] == '\0')
		return;
	app->message[0] = '\0';
	app->dirty |= DIRTY_ALL;
}

void
app_order(struct app *app, unsigned what)
{
	app->orders |= what;
}

unsigned
app_orders(struct app *app)
{
	unsigned orders = app->orders;

	app->orders = 0;
	return orders;
}

const struct exchange *
app_selected(const struct app *app)
{
	return history_get(&app->history, app->selected);
}

bool
app_in_text(const struct app *app)
{
	return app->focus == PANE_FORM && app->field != FORM_URL;
}

struct textedit *
app_text(struct app *app)
{
	return app->field == FORM_HEADERS ? &app->form.headers
					  : &app->form.body;
}

enum context
app_context(const struct app *app)
{
	static const enum context overlays[] = {
		[OVERLAY_MENU] = CONTEXT_MENU,
		[OVERLAY_OTHER] = CONTEXT_PROMPT,
		[OVERLAY_SEARCH] = CONTEXT_PROMPT,
		[OVERLAY_HELP] = CONTEXT_HELP,
		[OVERLAY_TAKE] = CONTEXT_MENU,
		[OVERLAY_PATH] = CONTEXT_PROMPT,
		[OVERLAY_LEAVING] = CONTEXT_LEAVING,
	};

	if (app->overlay != OVERLAY_NONE)
		return overlays[app->overlay];
	if (app->focus == PANE_HISTORY)
		return app->layout.size == LAYOUT_SMALL ? CONTEXT_LIST
							: CONTEXT_HISTORY;
	if (app->focus == PANE_EXCHANGE)
		return app->theirs.x != NULL ? CONTEXT_SEEN : CONTEXT_EXCHANGE;
	if (app->focus == PANE_SERVER)
		return CONTEXT_SERVER;
	if (!app->editing)
		return CONTEXT_FORM;
	return app->field == FORM_URL ? CONTEXT_URL : CONTEXT_TEXT;
}

bool
app_can(const struct app *app, enum action action)
{
	switch (action) {
	case ACTION_LOAD:
	case ACTION_AGAIN:
		return app_shown(app) != NULL;
	case ACTION_OPEN:
		return app->selected != 0;
	case ACTION_INSPECT:
		return app_can_inspect(app);
	case ACTION_SEARCH:
	case ACTION_VIEW_RESPONSE:
	case ACTION_VIEW_REQUEST:
	case ACTION_VIEW_WIRE:
	case ACTION_VIEW_TIMELINE:
	case ACTION_VIEW_FINDINGS:
	case ACTION_VIEW_PREVIOUS:
	case ACTION_VIEW_NEXT:
		return app_shown(app) != NULL;
	case ACTION_PRETTY:
		return app_shown(app) != NULL && app->part <= VIEW_REQUEST;
	case ACTION_HEX:
		return app_shown(app) != NULL && app->part == VIEW_WIRE;
	case ACTION_SCALE:
		return app_shown(app) != NULL && app->part == VIEW_TIMELINE;
	case ACTION_SERVER:
		return app->server->state != SERVER_ATTACHED &&
		    app->server->state != SERVER_STOPPING;
	case ACTION_ROUTES:
		return app->server->routes.path != NULL;
	case ACTION_RELOAD:
	case ACTION_TRY:
		return serverproc_is_up(app->server) &&
		    (app->server->routes.path != NULL ||
			app->server->state == SERVER_ATTACHED) &&
		    (action == ACTION_RELOAD || app->selected != 0);
	case ACTION_CANCEL:
		return app->flights > 0;
	case ACTION_EDITOR:
		return app_in_text(app);
	default:
		return true;
	}
}

static int
form_lines(const struct app *app, enum layout_size size)
{
	int lines;
	int most = app->rows / 3;

	if (app->field == FORM_URL) {
		if (size == LAYOUT_SMALL)
			return app->rows >= SUMMARY_FROM ? 2 : 1;
		/* As many as the usual headers take, so that nothing moves
		 * while the URL is typed. */
		return (size == LAYOUT_HOME ? 3 : 2) +
		    (app->form.body.text.len > 0);
	}
	if (size == LAYOUT_SMALL)
		return app->rows;
	lines = (int)textedit_lines(
	    app->field == FORM_HEADERS ? &app->form.headers : &app->form.body);
	if (lines > most)
		lines = most;
	return 1 + (lines > EDITOR_LEAST ? lines : EDITOR_LEAST);
}

/* True if something went elsewhere. */
static bool
lay_out(struct app *app)
{
	struct layout old = app->layout;
	enum layout_size size = layout_size_of(app->rows, app->cols);
	bool far = app->focus == PANE_EXCHANGE || app->focus == PANE_SERVER;
	bool server = app->server_below;

	if (size == LAYOUT_WIDE)
		server = app->focus == PANE_SERVER ||
		    app->server->state != SERVER_STOPPED;
	layout_of(&app->layout, app->rows, app->cols,
	    &(struct layout_wish){
		.form_lines = form_lines(app, size),
		.zoomed = app->focus != PANE_FORM &&
		    (app->zoomed || (size == LAYOUT_SMALL && far)),
		.zoom = app->focus,
		.server = server,
	    });
	if (memcmp(&old, &app->layout, sizeof(old)) == 0)
		return false;
	app->dirty |= DIRTY_ALL;
	return true;
}

/* Show the exchange that is selected, from its start. */
void
app_show_selected(struct app *app)
{
	app->view_top = 0;
	app->match = SIZE_MAX;
	app->seek = SEEK_NONE;
	app->dirty |= 1 << PANE_HISTORY | 1 << PANE_EXCHANGE;
}

void
app_select(struct app *app, uint64_t id)
{
	if (id == app->selected)
		return;
	app_close_theirs(app);
	app->selected = id;
	app->follow = id == app->history.n;
	app_show_selected(app);
}

/* Keep the selected row among those shown. */
static void
fit_history(struct app *app)
{
	size_t rows = (size_t)app_history_rows(app);
	size_t at;

	if (app->follow)
		app_select(app, app->history.n);
	if (rows == 0 || app->selected == 0)
		return;
	at = app->selected - 1;
	if (at < app->top)
		app->top = at;
	if (at >= app->top + rows)
		app->top = at - rows + 1;
	/* No empty rows below while there are some above. */
	if (app->history.n <= rows)
		app->top = 0;
	else if (app->top > app->history.n - rows)
		app->top = app->history.n - rows;
}

void
app_settle(struct app *app)
{
	bool moved = lay_out(app);

	fit_history(app);
	if (!moved)
		return;
	/* What the exchange's top line was is another one at another width,
	 * and there may be more rows than lines now. */
	app_move_exchange(app, 0);
	if (app->overlay == OVERLAY_HELP)
		app_move_help(app, 0);
}

void
app_focus(struct app *app, enum pane pane)
{
	app->focus = pane;
	if (pane == PANE_HISTORY || pane == PANE_SERVER)
		app_close_theirs(app);
	if (pane == PANE_EXCHANGE)
		app->server_below = false;
	if (pane == PANE_SERVER)
		app->server_below = true;
	if (pane != PANE_FORM) {
		app->field = FORM_URL;
		app->editing = false;
	}
	app->dirty |= DIRTY_ALL;
}

void
app_open_field(struct app *app, enum form_field field)
{
	app_focus(app, PANE_FORM);
	app->field = field;
	app->editing = true;
	app_settle(app);
}

void
app_open(struct app *app, enum overlay overlay)
{
	app->overlay = overlay;
	app->dirty |= DIRTY_ALL;
	/* Nobody asks any longer where to write that. */
	if (overlay != OVERLAY_PATH)
		buf_release(&app->take.bytes);
}

void
app_close(struct app *app, enum action action)
{
	(void)action;
	app_open(app, OVERLAY_NONE);
}

void
app_ask(struct app *app, enum overlay overlay)
{
	lineedit_clear(&app->prompt);
	app->prompt.text.max =
	    overlay == OVERLAY_PATH ? APP_PATH_MAX : APP_SEARCH_MAX;
	app_open(app, overlay);
}

void
app_resize(struct app *app, int rows, int cols)
{
	app->rows = rows;
	app->cols = cols;
	app->dirty |= DIRTY_ALL;
	app_settle(app);
}

bool
app_init(struct app *app, const struct serverproc *server)
{
	memset(app, 0, sizeof(*app));
	app->server = server;
	app->server_was = server->state;
	app->kill.max = KILL_MAX;
	app->editing = true;
	app->field = FORM_URL;
	app->follow = true;
	app->log_follow = true;
	app->match = SIZE_MAX;
	history_init(&app->history);
	lineedit_init(&app->prompt, APP_SEARCH_MAX);
	view_init(&app->view);
	if (!form_init(&app->form))
		return false;
	app_resize(app, 24, 80);
	return true;
}

void
app_release(struct app *app)
{
	exchange_free(app->theirs.x);
	exchange_free(app->echoing);
	form_release(&app->form);
	history_release(&app->history);
	lineedit_release(&app->prompt);
	view_release(&app->view);
	buf_release(&app->kill);
	buf_release(&app->take.bytes);
}
