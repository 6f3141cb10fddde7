#include "app.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "utf8.h"
#include "width.h"

enum {
	KILL_MAX = 1024 * 1024,
	METHOD_COLS = 7,  /* OPTIONS: the fields do not move for the usual */
	METHOD_MOST = 20, /* a longer one is cut */
	NARROW = 40,	  /* columns; below it no space is kept */
	EDITOR_LEAST = 4, /* lines of an open headers or body field */
	SUMMARY_FROM = 8, /* rows of a small screen that has room for it */
	WHEEL = 3,
	FAR = 1 << 30,
};

/* --- small facts ---------------------------------------------------------- */

void
app_say(struct app *app, enum role role, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(app->message, sizeof(app->message), fmt, ap);
	va_end(ap);
	app->message_role = role;
	app->dirty |= DIRTY_FOOTER;
}

static void
order(struct app *app, unsigned what)
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

static bool
in_flight(const struct app *app, uint64_t id)
{
	const struct exchange *x = history_get(&app->history, id);

	return x != NULL && x->outcome == OUTCOME_FLIGHT;
}

static bool
in_text(const struct app *app)
{
	return app->focus == PANE_FORM && app->field != FORM_URL;
}

static struct textedit *
text_of(struct app *app)
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
		[OVERLAY_LEAVING] = CONTEXT_LEAVING,
	};

	if (app->overlay != OVERLAY_NONE)
		return overlays[app->overlay];
	if (app->focus == PANE_HISTORY)
		return app->layout.size == LAYOUT_SMALL ? CONTEXT_LIST
							: CONTEXT_HISTORY;
	if (app->focus == PANE_EXCHANGE)
		return CONTEXT_EXCHANGE;
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
	case ACTION_OPEN:
	case ACTION_SEARCH:
	case ACTION_VIEW_RESPONSE:
	case ACTION_VIEW_REQUEST:
		return app->selected != 0;
	case ACTION_CANCEL:
		return app->flights > 0;
	case ACTION_EDITOR:
		return in_text(app);
	default:
		return true;
	}
}

/* --- where things are ----------------------------------------------------- */

int
app_field_x(const struct app *app)
{
	int method = (int)width_of(span_text(app->form.method));

	if (method > METHOD_MOST)
		method = METHOD_MOST;
	if (app->cols < NARROW)
		return method + 1;
	if (method < METHOD_COLS)
		method = METHOD_COLS;
	return 1 + method + 3;
}

int
app_field_cols(const struct app *app)
{
	int cols = app->layout.pane[PANE_FORM].w - app_field_x(app) - 1;

	return cols > 1 ? cols : 1;
}

struct rect
app_menu_rect(const struct app *app)
{
	struct rect form = app->layout.pane[PANE_FORM];
	struct rect r = { form.y + 1, form.x, MENU_ROWS + 2, MENU_COLS };

	if (r.y + r.h > app->rows)
		r.y = app->rows - r.h;
	if (r.y < 0)
		r.y = 0;
	if (r.h > app->rows)
		r.h = app->rows;
	if (r.w > app->cols)
		r.w = app->cols;
	return r;
}

size_t
app_menu_top(const struct app *app)
{
	int shown = app_menu_rect(app).h - 2;

	if (shown < 1 || app->menu < (size_t)shown)
		return 0;
	return app->menu - (size_t)shown + 1;
}

const char *
app_menu_text(size_t row)
{
	if (row < MENU_METHODS)
		return method_name((enum method)(METHOD_GET + row));
	return "other…";
}

struct rect
app_view_rect(const struct app *app)
{
	struct rect r = layout_inside(&app->layout, PANE_EXCHANGE);

	/* The times stand below, where there is room for more than them. */
	if (r.h >= 3)
		r.h--;
	return r;
}

static int
history_rows(const struct app *app)
{
	return layout_inside(&app->layout, PANE_HISTORY).h;
}

static int
log_rows(const struct app *app)
{
	int h = layout_inside(&app->layout, PANE_SERVER).h - 1;

	return h > 0 ? h : 0;
}

uint64_t
app_log_top(const struct app *app, int rows)
{
	uint64_t n = app->server->nlines;
	uint64_t first = n > SERVERPROC_LINES ? n - SERVERPROC_LINES : 0;
	uint64_t last = n > (uint64_t)rows ? n - (uint64_t)rows : 0;

	if (last < first)
		last = first;
	if (app->log_follow || app->log_top > last)
		return last;
	return app->log_top < first ? first : app->log_top;
}

static void
address(char out[APP_LISTEN_MAX], const char *host, unsigned port)
{
	bool ipv6 = strchr(host, ':') != NULL;

	snprintf(out, APP_LISTEN_MAX, ipv6 ? "[%s]:%u" : "%s:%u", host, port);
}

void
app_via(const struct app *app, char out[APP_LISTEN_MAX])
{
	address(out, app->form.via_host, app->form.via_port);
}

void
app_listen(const struct app *app, char out[APP_LISTEN_MAX])
{
	bool taken =
	    app->server->state == SERVER_FAILED && app->server->port_taken;

	address(out, app->form.via_host, taken ? 0 : app->form.via_port);
}

/* --- the screen follows the state ----------------------------------------- */

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

static void
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
	if (memcmp(&old, &app->layout, sizeof(old)) != 0)
		app->dirty |= DIRTY_ALL;
}

/* Show the exchange that is selected, from its start. */
static void
show_selected(struct app *app)
{
	app->view_top = 0;
	app->match = SIZE_MAX;
	app->dirty |= 1 << PANE_HISTORY | 1 << PANE_EXCHANGE;
}

static void
history_select(struct app *app, uint64_t id)
{
	if (id == app->selected)
		return;
	app->selected = id;
	app->follow = id == app->history.n;
	show_selected(app);
}

/* Keep the selected row among those shown. */
static void
fit_history(struct app *app)
{
	size_t rows = (size_t)history_rows(app);
	size_t at;

	if (app->follow)
		history_select(app, app->history.n);
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

static void
settle(struct app *app)
{
	lay_out(app);
	fit_history(app);
}

static void
focus(struct app *app, enum pane pane)
{
	app->focus = pane;
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

static void
edit_field(struct app *app, enum form_field field)
{
	focus(app, PANE_FORM);
	app->field = field;
	app->editing = true;
	settle(app);
}

static void
open_overlay(struct app *app, enum overlay overlay)
{
	app->overlay = overlay;
	app->dirty |= DIRTY_ALL;
}

static void
close_overlay(struct app *app, enum action action)
{
	(void)action;
	open_overlay(app, OVERLAY_NONE);
}

static void
ask(struct app *app, enum overlay overlay)
{
	lineedit_clear(&app->prompt);
	open_overlay(app, overlay);
}

/* --- sending --------------------------------------------------------------- */

static void
say_fault(struct app *app, const struct form_fault *fault)
{
	enum form_field where = fault->where;

	if (where == FORM_URL || where == FORM_HEADERS || where == FORM_BODY)
		edit_field(app, where);
	if (where == FORM_HEADERS)
		textedit_move(&app->form.headers,
		    textedit_line_offset(&app->form.headers, fault->line));
	app_say(app, ROLE_ERROR, "%s", fault->why);
}

/* Hand x to the history, which shows it, and to main, which sends it. */
static void
launch(struct app *app, struct exchange *x)
{
	uint64_t id;

	if (app->flights == ENGINE_CALLS_MAX) {
		app_say(app, ROLE_ERROR,
		    "%d requests are in flight: Esc gives one up",
		    ENGINE_CALLS_MAX);
		exchange_free(x);
		return;
	}
	id = history_add(&app->history, x);
	if (id == 0) {
		app_say(app, ROLE_ERROR, "memory is out: nothing was sent");
		exchange_free(x);
		return;
	}
	app->flight[app->flights++] = id;
	app->send = id;
	app->follow = true;
	app->part = VIEW_RESPONSE;
	order(app, ORDER_SEND);
	app->dirty |= DIRTY_ALL;
}

static void
do_send(struct app *app, enum action action)
{
	struct exchange *x = exchange_new();
	struct form_fault fault;

	(void)action;
	if (x == NULL) {
		app_say(app, ROLE_ERROR, "memory is out: nothing was sent");
		return;
	}
	if (!form_request(&app->form, x, &fault)) {
		exchange_free(x);
		say_fault(app, &fault);
		return;
	}
	form_remember(&app->form);
	if (app->field != FORM_URL) {
		app->field = FORM_URL;
		app->editing = false;
	}
	launch(app, x);
}

/* The same request once more; one by way of the via address goes to the
 * address of now. */
static struct exchange *
exchange_again(const struct app *app, const struct exchange *old)
{
	struct exchange *x = exchange_new();

	if (x == NULL)
		return NULL;
	x->via = old->via;
	x->url = strdup(old->url);
	x->host = strdup(old->via ? app->form.via_host : old->host);
	x->port = old->via ? app->form.via_port : old->port;
	if (x->url == NULL || x->host == NULL ||
	    !request_copy(&x->request, &old->request)) {
		exchange_free(x);
		return NULL;
	}
	return x;
}

static void
do_again(struct app *app, enum action action)
{
	const struct exchange *old = app_selected(app);
	struct exchange *x;

	(void)action;
	if (old == NULL) {
		app_say(app, ROLE_INFO, "nothing has been sent yet");
		return;
	}
	x = exchange_again(app, old);
	if (x == NULL)
		app_say(app, ROLE_ERROR, "memory is out: nothing was sent");
	else
		launch(app, x);
}

static void
do_load(struct app *app, enum action action)
{
	const struct exchange *x = app_selected(app);

	(void)action;
	if (x == NULL)
		app_say(app, ROLE_INFO, "nothing has been sent yet");
	else if (!form_load(&app->form, x))
		app_say(
		    app, ROLE_ERROR, "memory is out: the form is as it was");
	else
		edit_field(app, FORM_URL);
}

static void
do_open(struct app *app, enum action action)
{
	(void)action;
	if (app->selected == 0)
		app_say(app, ROLE_INFO, "nothing has been sent yet");
	else
		focus(app, PANE_EXCHANGE);
}

void
app_not_sent(struct app *app, const char *why)
{
	struct exchange *x = history_get(&app->history, app->send);

	x->outcome = OUTCOME_FAILED;
	strlcpy(x->why, why, sizeof(x->why));
	app_progress(app);
}

static void
do_cancel(struct app *app, enum action action)
{
	(void)action;
	if (app->flights == 0)
		return;
	app->cancel = in_flight(app, app->selected)
	    ? app->selected
	    : app->flight[app->flights - 1];
	order(app, ORDER_CANCEL);
}

static void
do_interrupt(struct app *app, enum action action)
{
	if (app->flights > 0)
		do_cancel(app, action);
	else
		open_overlay(app, OVERLAY_LEAVING);
}

/* The exchange tells why and what to do; here what it cannot, and all of it
 * where it is not on the screen. */
static void
remind(struct app *app, const struct exchange *x)
{
	if (x->via && x->status == 400)
		app_say(app, ROLE_INFO,
		    "%sv goes to the URL's own host: this 400 came via %s",
		    app->editing ? "Esc, then " : "", x->host);
	else if (x->why[0] != '\0' && app->layout.pane[PANE_EXCHANGE].h == 0)
		app_say(app, ROLE_FAILURE, "%s %s", x->why, x->hint);
}

void
app_progress(struct app *app)
{
	size_t kept = 0;

	for (size_t i = 0; i < app->flights; i++) {
		uint64_t id = app->flight[i];
		struct exchange *x = history_get(&app->history, id);

		if (x->outcome == OUTCOME_FLIGHT) {
			app->flight[kept++] = id;
			continue;
		}
		history_settle(&app->history, x);
		if (id == app->selected)
			remind(app, x);
	}
	app->flights = kept;
	app->dirty |= 1 << PANE_HISTORY | 1 << PANE_EXCHANGE | DIRTY_FOOTER;
	settle(app);
}

void
app_tick(struct app *app)
{
	app->dirty |= 1 << PANE_HISTORY | 1 << PANE_EXCHANGE;
}

/* --- the server ------------------------------------------------------------ */

static void
do_server(struct app *app, enum action action)
{
	enum serverproc_state state = app->server->state;

	(void)action;
	if (state == SERVER_RUNNING || state == SERVER_STARTING) {
		order(app, ORDER_SERVER_STOP);
		return;
	}
	if (state == SERVER_STOPPING) {
		app_say(app, ROLE_INFO, "the server is still stopping");
		return;
	}
	app_listen(app, app->listen);
	app->server_free = app->form.via_port == 0 || app->server->port_taken;
	app->log_follow = true;
	order(app, ORDER_SERVER_START);
}

static void
say_server(struct app *app)
{
	const struct serverproc *s = app->server;
	const char *why;

	if (s->state == SERVER_RUNNING && app->server_free) {
		if (!form_set_via(&app->form, s->address, &why))
			app_say(app, ROLE_ERROR, "%s", why);
		else
			app_say(app, ROLE_INFO,
			    "the server took the free port %u, and via follows",
			    (unsigned)s->port);
	} else if (s->state == SERVER_RUNNING) {
		app_say(app, ROLE_INFO, "the server listens on %s", s->address);
	} else if (s->state == SERVER_STOPPED) {
		app_say(app, ROLE_INFO, "%s",
		    s->why[0] != '\0' ? s->why : "the server has stopped");
	} else if (s->state == SERVER_FAILED && s->port_taken) {
		app_say(app, ROLE_ERROR,
		    "port %u is taken: %ss takes a free one",
		    (unsigned)app->form.via_port,
		    app->editing ? "Esc, then " : "");
	} else if (s->state == SERVER_FAILED) {
		app_say(app, ROLE_ERROR, "the server failed: %s", s->why);
	}
}

void
app_server_changed(struct app *app)
{
	app->dirty |= DIRTY_TOP | 1 << PANE_SERVER;
	if (app->server->state != app->server_was) {
		app->server_was = app->server->state;
		app->dirty |= DIRTY_ALL;
		say_server(app);
	}
	settle(app);
}

/* --- switches and panes ---------------------------------------------------- */

static void
do_via(struct app *app, enum action action)
{
	(void)action;
	app->form.via = !app->form.via;
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
	edit_field(app, action == ACTION_BODY ? FORM_BODY : FORM_URL);
}

static void
do_headers(struct app *app, enum action action)
{
	(void)action;
	/* Where one more is written. */
	textedit_move(&app->form.headers, app->form.headers.text.len);
	edit_field(app, FORM_HEADERS);
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
		edit_field(app, FORM_URL);
	else
		focus(app, pane);
}

static void
do_zoom(struct app *app, enum action action)
{
	(void)action;
	if (app->focus == PANE_FORM)
		focus(app, PANE_HISTORY);
	app->zoomed = !app->zoomed;
}

static void
do_back(struct app *app, enum action action)
{
	(void)action;
	if (app->zoomed && app->focus != PANE_FORM)
		app->zoomed = false;
	else if (app->focus == PANE_EXCHANGE || app->focus == PANE_SERVER)
		focus(app, PANE_HISTORY);
	else if (in_text(app))
		app->field = FORM_URL;
	else
		app_say(app, ROLE_INFO, "Q leaves retort");
	app->dirty |= DIRTY_ALL;
}

static void
do_view(struct app *app, enum action action)
{
	app->part =
	    action == ACTION_VIEW_REQUEST ? VIEW_REQUEST : VIEW_RESPONSE;
	show_selected(app);
}

static void
do_help(struct app *app, enum action action)
{
	(void)action;
	app->help_top = 0;
	open_overlay(app, OVERLAY_HELP);
}

/* Those that main alone can do. */
static void
do_order(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_EDITOR:
		order(app, ORDER_EDIT);
		break;
	case ACTION_SUSPEND:
		order(app, ORDER_SUSPEND);
		break;
	case ACTION_REDRAW:
		order(app, ORDER_REDRAW);
		app->dirty |= DIRTY_ALL;
		break;
	default:
		order(app, ORDER_QUIT);
	}
}

/* --- moving ---------------------------------------------------------------- */

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
	history_select(
	    app, 1 + moved(app->selected - 1, by, app->history.n - 1));
}

static struct view *
view_of_selected(struct app *app)
{
	struct rect r = app_view_rect(app);

	view_set(&app->view, app_selected(app), app->part,
	    r.w > 1 ? (size_t)r.w - 1 : 1);
	return &app->view;
}

static void
move_exchange(struct app *app, int by)
{
	const struct exchange *x = app_selected(app);
	size_t rows = (size_t)app_view_rect(app).h;
	struct view *v;
	size_t lines;
	size_t last;

	if (x == NULL || rows == 0)
		return;
	v = view_of_selected(app);
	if (by == FAR)
		lines = view_lines(v, x);
	else
		lines = view_reach(
		    v, x, app->view_top + rows + (by > 0 ? (size_t)by : 0));
	last = lines > rows ? lines - rows : 0;
	if (app->view_top > last)
		app->view_top = last;
	app->view_top = moved(app->view_top, by, last);
	app->dirty |= 1 << PANE_EXCHANGE;
}

static void
move_log(struct app *app, int by)
{
	int rows = log_rows(app);
	uint64_t n = app->server->nlines;
	uint64_t last = n > (uint64_t)rows ? n - (uint64_t)rows : 0;

	app->log_top = moved(app_log_top(app, rows), by, last);
	app->log_follow = app->log_top == last;
	app->dirty |= 1 << PANE_SERVER;
}

static void
move_help(struct app *app, int by)
{
	size_t lines = keymap_help_lines();
	size_t rows = app->rows > 1 ? (size_t)app->rows - 1 : 1;

	app->help_top =
	    moved(app->help_top, by, lines > rows ? lines - rows : 0);
	app->dirty |= DIRTY_OVERLAY;
}

static void
move_menu(struct app *app, int by)
{
	app->menu = moved(app->menu, by, MENU_ROWS - 1);
	app->dirty |= DIRTY_ALL;
}

static void
move_pane(struct app *app, enum pane pane, int by)
{
	if (pane == PANE_HISTORY)
		move_history(app, by);
	else if (pane == PANE_EXCHANGE)
		move_exchange(app, by);
	else if (pane == PANE_SERVER)
		move_log(app, by);
}

/* --- editing --------------------------------------------------------------- */

/* The line that letters go to, NULL if it is a text or nothing. */
static struct lineedit *
line_of(struct app *app)
{
	if (app_context(app) == CONTEXT_PROMPT)
		return &app->prompt;
	if (app_context(app) == CONTEXT_URL)
		return &app->form.url;
	return NULL;
}

static void
edited(struct app *app)
{
	if (app->overlay == OVERLAY_NONE && !form_refresh(&app->form))
		app_say(app, ROLE_ERROR,
		    "memory is out: the automatic headers are old");
	app->dirty |= 1 << PANE_FORM | DIRTY_FOOTER;
}

static void
insert(struct app *app, struct span text)
{
	struct lineedit *line = line_of(app);
	bool ok;

	if (line != NULL)
		ok = lineedit_insert(line, text);
	else
		ok = textedit_insert(text_of(app), text);
	if (!ok)
		app_say(app, ROLE_ERROR, "there is no room for that here");
	edited(app);
}

static void
do_edit(struct app *app, enum action action)
{
	/* clang-format off */
	static const struct {
		enum action action;
		enum edit_op op;
	} ops[] = {
		{ ACTION_LEFT, EDIT_LEFT },
		{ ACTION_RIGHT, EDIT_RIGHT },
		{ ACTION_WORD_LEFT, EDIT_WORD_LEFT },
		{ ACTION_WORD_RIGHT, EDIT_WORD_RIGHT },
		{ ACTION_LINE_START, EDIT_HOME },
		{ ACTION_LINE_END, EDIT_END },
		{ ACTION_BACKSPACE, EDIT_BACKSPACE },
		{ ACTION_DELETE, EDIT_DELETE },
		{ ACTION_KILL_START, EDIT_KILL_START },
		{ ACTION_KILL_END, EDIT_KILL_END },
		{ ACTION_KILL_WORD, EDIT_KILL_WORD },
		{ ACTION_YANK, EDIT_YANK },
		{ ACTION_UP, EDIT_UP },
		{ ACTION_DOWN, EDIT_DOWN },
		{ ACTION_PAGE_UP, EDIT_PAGE_UP },
		{ ACTION_PAGE_DOWN, EDIT_PAGE_DOWN },
		{ ACTION_NEWLINE, EDIT_SPLIT },
	};
	/* clang-format on */
	struct lineedit *line = line_of(app);

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (ops[i].action != action)
			continue;
		if (line != NULL)
			lineedit_do(line, ops[i].op, &app->kill);
		else
			textedit_do(text_of(app), ops[i].op, &app->kill);
	}
	edited(app);
}

/* Up, down and the like, wherever one is. */
static void
do_move(struct app *app, enum action action)
{
	enum context context = app_context(app);

	switch (context) {
	case CONTEXT_TEXT:
		do_edit(app, action);
		break;
	case CONTEXT_MENU:
		move_menu(app, lines_of(action, MENU_ROWS));
		break;
	case CONTEXT_HELP:
		move_help(app, lines_of(action, app->rows - 1));
		break;
	case CONTEXT_EXCHANGE:
		move_exchange(app, lines_of(action, app_view_rect(app).h));
		break;
	case CONTEXT_SERVER:
		move_log(app, lines_of(action, log_rows(app)));
		break;
	case CONTEXT_FORM:
		focus(app, PANE_HISTORY);
		/* FALLTHROUGH */
	default:
		move_history(app, lines_of(action, history_rows(app)));
	}
}

static void
do_recall(struct app *app, enum action action)
{
	bool ok = action == ACTION_EARLIER ? form_earlier(&app->form)
					   : form_later(&app->form);

	if (!ok)
		app_say(app, ROLE_INFO, "there is no %s URL",
		    action == ACTION_EARLIER ? "earlier" : "later");
	edited(app);
}

struct span
app_field(const struct app *app)
{
	if (app->field == FORM_HEADERS)
		return textedit_text(&app->form.headers);
	if (app->field == FORM_BODY)
		return textedit_text(&app->form.body);
	return lineedit_text(&app->form.url);
}

void
app_edited(struct app *app, struct span text)
{
	struct span old = app_field(app);
	bool ended = old.n > 0 && old.p[old.n - 1] == '\n';
	bool ok;

	/* Editors end the last line, whether it was ended or not. */
	if (!ended && text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;

	if (app->field == FORM_HEADERS)
		ok = textedit_set(&app->form.headers, text);
	else if (app->field == FORM_BODY)
		ok = form_set_body(&app->form, text);
	else
		ok = lineedit_set(&app->form.url, text);
	if (!ok)
		app_say(app, ROLE_ERROR, "that is too long: nothing changed");
	edited(app);
	settle(app);
}

/* --- searching ------------------------------------------------------------- */

/* step 1: the next match, further back in the history, further down in an
 * exchange. */
static void
search_history(struct app *app, int step)
{
	uint64_t id =
	    history_search(&app->history, app->selected, -step, app->search);

	if (id == 0)
		app_say(
		    app, ROLE_INFO, "no other entry holds \"%s\"", app->search);
	else
		history_select(app, id);
}

static void
search_exchange(struct app *app, int step)
{
	const struct exchange *x = app_selected(app);
	size_t rows = (size_t)app_view_rect(app).h;
	size_t found;

	if (x == NULL)
		return;
	found = view_search(
	    view_of_selected(app), x, app->match, step, app->search);
	if (found == SIZE_MAX) {
		app_say(
		    app, ROLE_INFO, "\"%s\" does not stand here", app->search);
		return;
	}
	app->match = found;
	if (found < app->view_top || found >= app->view_top + rows)
		app->view_top = found > rows / 3 ? found - rows / 3 : 0;
	app->dirty |= 1 << PANE_EXCHANGE;
}

static void
do_find(struct app *app, enum action action)
{
	int step = action == ACTION_FIND_PREVIOUS ? -1 : 1;

	if (app->search[0] == '\0')
		app_say(app, ROLE_INFO, "/ asks for the text to search for");
	else if (app->focus == PANE_EXCHANGE)
		search_exchange(app, step);
	else
		search_history(app, step);
}

static void
do_search(struct app *app, enum action action)
{
	(void)action;
	ask(app, OVERLAY_SEARCH);
}

/* --- the method menu ------------------------------------------------------- */

static void
do_method(struct app *app, enum action action)
{
	enum method method =
	    method_find(app->form.method, strlen(app->form.method));

	(void)action;
	app->menu = MENU_METHODS;
	if (method >= METHOD_GET && method <= METHOD_TRACE)
		app->menu = method - METHOD_GET;
	open_overlay(app, OVERLAY_MENU);
}

/* The next row that begins with that letter; false if there is none. */
static bool
menu_letter(struct app *app, uint32_t key)
{
	for (size_t i = 1; i <= MENU_ROWS; i++) {
		size_t row = (app->menu + i) % MENU_ROWS;

		if (key < 0x80 &&
		    tolower((unsigned char)app_menu_text(row)[0]) ==
			tolower((int)key)) {
			app->menu = row;
			app->dirty |= DIRTY_ALL;
			return true;
		}
	}
	return false;
}

static void
accept_menu(struct app *app)
{
	if (app->menu == MENU_METHODS) {
		ask(app, OVERLAY_OTHER);
		return;
	}
	form_set_method(&app->form, span_text(app_menu_text(app->menu)));
	open_overlay(app, OVERLAY_NONE);
}

static void
accept_other(struct app *app)
{
	struct span method = lineedit_text(&app->prompt);

	if (!chars_are_token(method.p, method.n)) {
		app_say(app, ROLE_ERROR,
		    "a method is letters, digits and !#$%%&'*+-.^_`|~");
		return;
	}
	if (!form_set_method(&app->form, method)) {
		app_say(app, ROLE_ERROR, "a method has at most %d letters here",
		    FORM_METHOD_MAX);
		return;
	}
	open_overlay(app, OVERLAY_NONE);
}

static void
accept_search(struct app *app)
{
	struct span text = lineedit_text(&app->prompt);

	open_overlay(app, OVERLAY_NONE);
	if (text.n > 0) {
		memcpy(app->search, text.p, text.n);
		app->search[text.n] = '\0';
	}
	do_find(app, ACTION_FIND_NEXT);
}

static void
do_accept(struct app *app, enum action action)
{
	(void)action;
	if (app->overlay == OVERLAY_MENU)
		accept_menu(app);
	else if (app->overlay == OVERLAY_OTHER)
		accept_other(app);
	else
		accept_search(app);
}

/* --- keys ------------------------------------------------------------------ */

/* clang-format off */
static void (*const doers[ACTION_COUNT])(struct app *, enum action) = {
	[ACTION_SEND] = do_send,
	[ACTION_AGAIN] = do_again,
	[ACTION_LOAD] = do_load,
	[ACTION_OPEN] = do_open,
	[ACTION_LEAVE] = do_leave,
	[ACTION_CANCEL] = do_cancel,
	[ACTION_INTERRUPT] = do_interrupt,
	[ACTION_URL] = do_field,
	[ACTION_METHOD] = do_method,
	[ACTION_HEADERS] = do_headers,
	[ACTION_BODY] = do_field,
	[ACTION_EDITOR] = do_order,
	[ACTION_VIA] = do_via,
	[ACTION_DIALECT] = do_dialect,
	[ACTION_SERVER] = do_server,
	[ACTION_NEXT_PANE] = do_pane,
	[ACTION_PREVIOUS_PANE] = do_pane,
	[ACTION_UP] = do_move,
	[ACTION_DOWN] = do_move,
	[ACTION_PAGE_UP] = do_move,
	[ACTION_PAGE_DOWN] = do_move,
	[ACTION_TOP] = do_move,
	[ACTION_BOTTOM] = do_move,
	[ACTION_SEARCH] = do_search,
	[ACTION_FIND_NEXT] = do_find,
	[ACTION_FIND_PREVIOUS] = do_find,
	[ACTION_VIEW_RESPONSE] = do_view,
	[ACTION_VIEW_REQUEST] = do_view,
	[ACTION_ZOOM] = do_zoom,
	[ACTION_HELP] = do_help,
	[ACTION_BACK] = do_back,
	[ACTION_QUIT] = do_order,
	[ACTION_SUSPEND] = do_order,
	[ACTION_REDRAW] = do_order,
	[ACTION_ACCEPT] = do_accept,
	[ACTION_CLOSE] = close_overlay,
	[ACTION_LEFT] = do_edit,
	[ACTION_RIGHT] = do_edit,
	[ACTION_WORD_LEFT] = do_edit,
	[ACTION_WORD_RIGHT] = do_edit,
	[ACTION_LINE_START] = do_edit,
	[ACTION_LINE_END] = do_edit,
	[ACTION_BACKSPACE] = do_edit,
	[ACTION_DELETE] = do_edit,
	[ACTION_KILL_START] = do_edit,
	[ACTION_KILL_END] = do_edit,
	[ACTION_KILL_WORD] = do_edit,
	[ACTION_YANK] = do_edit,
	[ACTION_NEWLINE] = do_edit,
	[ACTION_EARLIER] = do_recall,
	[ACTION_LATER] = do_recall,
};
/* clang-format on */

void
app_do(struct app *app, enum action action)
{
	if (doers[action] != NULL)
		doers[action](app, action);
	settle(app);
}

static bool
takes_text(enum context context)
{
	return context == CONTEXT_URL || context == CONTEXT_TEXT ||
	    context == CONTEXT_PROMPT;
}

static void
type(struct app *app, uint32_t key)
{
	char utf8[4];

	insert(app, span_of(utf8, utf8_encode(key, utf8)));
	settle(app);
}

void
app_key(struct app *app, uint32_t key)
{
	enum context context = app_context(app);
	enum action action = keymap_find(context, key);

	if (app->message[0] != '\0') {
		app->message[0] = '\0';
		app->dirty |= DIRTY_FOOTER;
	}
	if (context == CONTEXT_MENU && menu_letter(app, key))
		return;
	if (action != ACTION_NONE) {
		app_do(app, action);
	} else if (takes_text(context) && key_is_text(key)) {
		type(app, key);
	} else if ((key & K_ALT) != 0) {
		app_key(app, K_ESC);
		app_key(app, key & ~(uint32_t)K_ALT);
	} else if (context == CONTEXT_LEAVING) {
		close_overlay(app, ACTION_CLOSE);
	}
}

void
app_paste(struct app *app, struct span text)
{
	if (!takes_text(app_context(app))) {
		app_say(app, ROLE_INFO,
		    "a paste goes into a field: u, h or b opens one");
		return;
	}
	insert(app, text);
	settle(app);
}

/* --- the mouse ------------------------------------------------------------- */

static void
click_menu(struct app *app, int y, int x)
{
	struct rect r = app_menu_rect(app);
	size_t row = app_menu_top(app) + (size_t)(y - r.y - 1);

	if (!rect_has(r, y, x)) {
		open_overlay(app, OVERLAY_NONE);
	} else if (y > r.y && y < r.y + r.h - 1 && row < MENU_ROWS) {
		app->menu = row;
		accept_menu(app);
	}
}

static void
click_form(struct app *app, int y, int x)
{
	int row = y - app->layout.pane[PANE_FORM].y;
	int col = x - app_field_x(app);
	size_t to = col > 0 ? (size_t)col : 0;

	if (row == 0 && col < 0) {
		do_method(app, ACTION_METHOD);
	} else if (row == 0) {
		edit_field(app, FORM_URL);
		lineedit_click(&app->form.url, to);
	} else if (in_text(app)) {
		edit_field(app, app->field);
		textedit_click(text_of(app), (size_t)row - 1, to);
	} else {
		edit_field(app, row == 1 ? FORM_HEADERS : FORM_BODY);
	}
}

static void
click_history(struct app *app, int y)
{
	int row = y - layout_inside(&app->layout, PANE_HISTORY).y;

	if (row >= 0 && app->top + (size_t)row < app->history.n)
		history_select(app, app->top + (size_t)row + 1);
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
	focus(app, pane);
	if (pane == PANE_HISTORY)
		click_history(app, y);
}

static void
wheel(struct app *app, int y, int x, int by)
{
	enum pane pane = layout_pane_at(&app->layout, y, x);

	if (app->overlay == OVERLAY_MENU)
		move_menu(app, by < 0 ? -1 : 1);
	else if (app->overlay == OVERLAY_HELP)
		move_help(app, by);
	else if (pane != PANE_FORM)
		move_pane(app, pane, by);
	else if (in_text(app))
		textedit_wheel(text_of(app), by);
	app->dirty |= 1 << PANE_FORM;
}

void
app_mouse(struct app *app, enum mouse what, int y, int x)
{
	if (app->message[0] != '\0') {
		app->message[0] = '\0';
		app->dirty |= DIRTY_FOOTER;
	}
	if (what != MOUSE_PRESS)
		wheel(app, y, x, what == MOUSE_WHEEL_UP ? -WHEEL : WHEEL);
	else if (app->overlay == OVERLAY_MENU)
		click_menu(app, y, x);
	else if (app->overlay != OVERLAY_NONE)
		open_overlay(app, OVERLAY_NONE);
	else
		press(app, y, x);
	settle(app);
}

/* --- its life -------------------------------------------------------------- */

void
app_resize(struct app *app, int rows, int cols)
{
	app->rows = rows;
	app->cols = cols;
	app->dirty |= DIRTY_ALL;
	settle(app);
	/* What the exchange's top line was is another one at another width. */
	move_exchange(app, 0);
	move_help(app, 0);
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
	form_release(&app->form);
	history_release(&app->history);
	lineedit_release(&app->prompt);
	view_release(&app->view);
	buf_release(&app->kill);
}
