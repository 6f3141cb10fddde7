/* From a key to what it does. */
#include "app_parts.h"

#include "utf8.h"

static void
do_open(struct app *app, enum action action)
{
	(void)action;
	if (app->selected == 0)
		app_say(app, ROLE_INFO, "nothing has been sent yet");
	else
		app_focus(app, PANE_EXCHANGE);
}

static void
do_via(struct app *app, enum action action)
{
	(void)action;
	app->form.via = !app->form.via;
	app_refresh(app);
	app_say(app, ROLE_INFO,
	    app->form.via ? "requests go to the via address"
			  : "requests go to the URL's own host");
	app->dirty |= DIRTY_TOP | 1 << PANE_FORM;
}

static void
do_dialect(struct app *app, enum action action)
{
	bool classic = app->form.dialect == DIALECT_CLASSIC;

	(void)action;
	app->form.dialect = classic ? DIALECT_HTTP : DIALECT_CLASSIC;
	app_say(app, ROLE_INFO,
	    classic ? "requests are HTTP/1.1"
		    : "requests are METHOD,URL without headers or body");
	app->dirty |= DIRTY_TOP | 1 << PANE_FORM;
}

static void
do_field(struct app *app, enum action action)
{
	app_open_field(app, action == ACTION_BODY ? FORM_BODY : FORM_URL);
}

static void
do_headers(struct app *app, enum action action)
{
	(void)action;
	/* Where one more is written. */
	textedit_move(&app->form.headers, app->form.headers.text.len);
	app_open_field(app, FORM_HEADERS);
}

static void
do_leave(struct app *app, enum action action)
{
	(void)action;
	app->editing = false;
	app->dirty |= 1 << PANE_FORM | DIRTY_FOOTER;
}

static void
do_pane(struct app *app, enum action action)
{
	int step = action == ACTION_NEXT_PANE ? 1 : PANE_COUNT - 1;
	enum pane pane = (enum pane)((app->focus + step) % PANE_COUNT);

	if (pane == PANE_FORM)
		app_open_field(app, FORM_URL);
	else
		app_focus(app, pane);
}

static void
do_zoom(struct app *app, enum action action)
{
	(void)action;
	if (app->focus == PANE_FORM)
		app_focus(app, PANE_HISTORY);
	app->zoomed = !app->zoomed;
}

static void
do_back(struct app *app, enum action action)
{
	(void)action;
	if (app->zoomed && app->focus != PANE_FORM)
		app->zoomed = false;
	else if (app->focus == PANE_EXCHANGE && app->theirs.x != NULL)
		app_focus(app, PANE_SERVER);
	else if (app->focus == PANE_EXCHANGE || app->focus == PANE_SERVER)
		app_focus(app, PANE_HISTORY);
	else if (app_in_text(app))
		app->field = FORM_URL;
	else
		app_say(app, ROLE_INFO, "Q leaves retort");
	app->dirty |= DIRTY_ALL;
}

/* What a key changes in the exchange is to be seen: it is not behind the
 * server's pane or a zoomed one. */
static void
uncover_exchange(struct app *app)
{
	if (app->server_below && app->layout.size == LAYOUT_HOME) {
		if (app->focus == PANE_SERVER)
			app_focus(app, PANE_EXCHANGE);
		app->server_below = false;
	}
	if (app->focus != PANE_EXCHANGE)
		app->zoomed = false;
	app->dirty |= DIRTY_ALL;
}

static void
do_view(struct app *app, enum action action)
{
	/* clang-format off */
	static const char *const titles[] = {
#define X(name, title) title,
		VIEW_PARTS(X)
#undef X
	};
	/* clang-format on */

	if (action == ACTION_VIEW_NEXT)
		app->part = (app->part + 1) % VIEW_PART_COUNT;
	else if (action == ACTION_VIEW_PREVIOUS)
		app->part = (app->part + VIEW_PART_COUNT - 1) % VIEW_PART_COUNT;
	else
		app->part = (enum view_part)(action - ACTION_VIEW_RESPONSE);
	uncover_exchange(app);
	app_show_selected(app);
	app->dirty |= DIRTY_FOOTER;
	/* Where there is no rule with the tabs on it. */
	if (!app->layout.titles)
		app_say(app, ROLE_INFO, "%d %s", (int)app->part + 1,
		    titles[app->part]);
}

/* How a part is shown: the other way. */
static void
do_way(struct app *app, enum action action)
{
	bool *way = action == ACTION_PRETTY ? &app->raw
	    : action == ACTION_HEX	    ? &app->hex
					    : &app->scale;

	if (!app_can(app, action)) {
		app_say(app, ROLE_INFO,
		    action == ACTION_PRETTY ? "p is for 1 and 2: JSON and XML"
			: action == ACTION_HEX ? "x is for 3, the wire"
					       : "f is for 4, the timeline");
		return;
	}
	*way = !*way;
	uncover_exchange(app);
	app_show_selected(app);
}

static void
do_help(struct app *app, enum action action)
{
	(void)action;
	app->help_top = 0;
	app_open(app, OVERLAY_HELP);
}

/* Those that main alone can do. */
static void
do_order(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_EDITOR:
		app_order(app, ORDER_EDIT);
		break;
	case ACTION_SUSPEND:
		app_order(app, ORDER_SUSPEND);
		break;
	case ACTION_REDRAW:
		app_order(app, ORDER_REDRAW);
		app->dirty |= DIRTY_ALL;
		break;
	default:
		break;
	}
}

/* At once, unless that would give something up. */
static void
do_quit(struct app *app, enum action action)
{
	(void)action;
	if (app->flights > 0 && app->overlay != OVERLAY_LEAVING)
		app_open(app, OVERLAY_LEAVING);
	else
		app_order(app, ORDER_QUIT);
}

/* clang-format off */
static void (*const doers[ACTION_COUNT])(struct app *, enum action) = {
	[ACTION_SEND] = app_do_send,
	[ACTION_AGAIN] = app_do_again,
	[ACTION_LOAD] = app_do_load,
	[ACTION_OPEN] = do_open,
	[ACTION_INSPECT] = app_do_inspect,
	[ACTION_LEAVE] = do_leave,
	[ACTION_CANCEL] = app_do_cancel,
	[ACTION_INTERRUPT] = app_do_interrupt,
	[ACTION_URL] = do_field,
	[ACTION_METHOD] = app_do_method,
	[ACTION_HEADERS] = do_headers,
	[ACTION_BODY] = do_field,
	[ACTION_EDITOR] = do_order,
	[ACTION_VIA] = do_via,
	[ACTION_DIALECT] = do_dialect,
	[ACTION_SERVER] = app_do_server,
	[ACTION_RELOAD] = app_do_reload,
	[ACTION_ROUTES] = app_do_routes,
	[ACTION_TRY] = app_do_try,
	[ACTION_NEXT_PANE] = do_pane,
	[ACTION_PREVIOUS_PANE] = do_pane,
	[ACTION_UP] = app_do_move,
	[ACTION_DOWN] = app_do_move,
	[ACTION_PAGE_UP] = app_do_move,
	[ACTION_PAGE_DOWN] = app_do_move,
	[ACTION_TOP] = app_do_move,
	[ACTION_BOTTOM] = app_do_move,
	[ACTION_SEARCH] = app_do_search,
	[ACTION_FIND_NEXT] = app_do_find,
	[ACTION_FIND_PREVIOUS] = app_do_find,
	[ACTION_VIEW_RESPONSE] = do_view,
	[ACTION_VIEW_REQUEST] = do_view,
	[ACTION_VIEW_WIRE] = do_view,
	[ACTION_VIEW_TIMELINE] = do_view,
	[ACTION_VIEW_FINDINGS] = do_view,
	[ACTION_VIEW_PREVIOUS] = do_view,
	[ACTION_VIEW_NEXT] = do_view,
	[ACTION_PRETTY] = do_way,
	[ACTION_HEX] = do_way,
	[ACTION_SCALE] = do_way,
	[ACTION_ECHO] = app_do_echo,
	[ACTION_COPY] = app_do_take,
	[ACTION_WRITE] = app_do_take,
	[ACTION_ZOOM] = do_zoom,
	[ACTION_HELP] = do_help,
	[ACTION_BACK] = do_back,
	[ACTION_QUIT] = do_quit,
	[ACTION_SUSPEND] = do_order,
	[ACTION_REDRAW] = do_order,
	[ACTION_ACCEPT] = app_do_accept,
	[ACTION_CLOSE] = app_close,
	[ACTION_LEFT] = app_do_edit,
	[ACTION_RIGHT] = app_do_edit,
	[ACTION_WORD_LEFT] = app_do_edit,
	[ACTION_WORD_RIGHT] = app_do_edit,
	[ACTION_LINE_START] = app_do_edit,
	[ACTION_LINE_END] = app_do_edit,
	[ACTION_BACKSPACE] = app_do_edit,
	[ACTION_DELETE] = app_do_edit,
	[ACTION_KILL_START] = app_do_edit,
	[ACTION_KILL_END] = app_do_edit,
	[ACTION_KILL_WORD] = app_do_edit,
	[ACTION_YANK] = app_do_edit,
	[ACTION_NEWLINE] = app_do_edit,
	[ACTION_EARLIER] = app_do_recall,
	[ACTION_LATER] = app_do_recall,
};
/* clang-format on */

void
app_do(struct app *app, enum action action)
{
	if (doers[action] != NULL)
		doers[action](app, action);
	app_settle(app);
}

static void
type(struct app *app, uint32_t key)
{
	char utf8[4];

	app_insert(app, span_of(utf8, utf8_encode(key, utf8)));
	app_settle(app);
}

void
app_key(struct app *app, uint32_t key)
{
	enum context context = app_context(app);
	enum action action = keymap_find(context, key);

	app_unsay(app);
	app->seek = SEEK_NONE;
	if (context == CONTEXT_MENU && app_menu_letter(app, key))
		return;
	if (action != ACTION_NONE) {
		app_do(app, action);
	} else if (app_takes_text(context) && key_is_text(key)) {
		type(app, key);
	} else if ((key & K_ALT) != 0) {
		app_key(app, K_ESC);
		app_key(app, key & ~(uint32_t)K_ALT);
	} else if (context == CONTEXT_LEAVING) {
		app_close(app, ACTION_CLOSE);
	}
}
