/* What the server's pane shows of a server that tells: its connections, the row
 * that is selected, and a request of it that is opened. */
#include "app_parts.h"

#include "theirs.h"

enum {
	CONNECTIONS_SHARE = 3 /* of the pane, at most */
};

#define SECOND INT64_C(1000000000)

/* Most connections are gone before one could read of them; rows that come and
 * go at once would make the others jump. */
#define SHOWN_AFTER (SECOND / 4)

/* --- connections that stand -------------------------------------------------- */

const struct seen_conn *
app_next_connection(const struct app *app, const struct seen_conn *before)
{
	const struct seen_conn *c = before;

	if (app->live == NULL)
		return NULL;
	do
		c = live_next_open(app->live, c);
	while (c != NULL && app->now - c->opened < SHOWN_AFTER);
	return c;
}

size_t
app_connections(const struct app *app)
{
	const struct seen_conn *c = NULL;
	size_t n = 0;

	while ((c = app_next_connection(app, c)) != NULL)
		n++;
	return n;
}

int
app_connection_rows(const struct app *app)
{
	int most = (layout_inside(&app->layout, PANE_SERVER).h - 1) /
	    CONNECTIONS_SHARE;
	size_t n = app_connections(app);

	if (most <= 0)
		return 0;
	return n < (size_t)most ? (int)n : most;
}

/* The next time that something is to be seen of them though nothing comes. */
static int64_t
connections_due(const struct app *app)
{
	const struct seen_conn *c = NULL;
	int64_t due = INT64_MAX;

	if (app->live == NULL || app->layout.pane[PANE_SERVER].h == 0)
		return INT64_MAX;
	while ((c = live_next_open(app->live, c)) != NULL) {
		int64_t at = c->opened + SHOWN_AFTER;

		if (at <= app->ticked)
			at = app->ticked + SECOND;
		if (at < due)
			due = at;
	}
	return due;
}

int64_t
app_due(const struct app *app)
{
	int64_t due = connections_due(app);

	if (app->flights > 0 && app->ticked + SECOND < due)
		due = app->ticked + SECOND;
	return due;
}

void
app_tick(struct app *app)
{
	app->ticked = app->now;
	if (app->flights > 0)
		app->dirty |= 1 << PANE_HISTORY | 1 << PANE_EXCHANGE;
	app->dirty |= 1 << PANE_SERVER;
}

/* --- the row that is selected ------------------------------------------------ */

static uint64_t
first_line(const struct app *app)
{
	uint64_t n = app->server->nlines;

	return n > SERVERPROC_LINES ? n - SERVERPROC_LINES : 0;
}

uint64_t
app_log_at(const struct app *app)
{
	uint64_t n = app->server->nlines, first = first_line(app);

	if (app->log_follow || app->log_at >= n)
		return n > 0 ? n - 1 : 0;
	return app->log_at < first ? first : app->log_at;
}

uint64_t
app_log_top(const struct app *app, int rows)
{
	uint64_t n = app->server->nlines, first = first_line(app);
	uint64_t last = n > (uint64_t)rows ? n - (uint64_t)rows : 0;
	uint64_t at = app_log_at(app), top = app->log_top;

	if (last < first)
		last = first;
	if (app->log_follow || top > last)
		return last;
	if (top < first)
		top = first;
	if (at < top)
		return at;
	return rows > 0 && at >= top + (uint64_t)rows ? at - (uint64_t)rows + 1
						      : top;
}

void
app_log_select(struct app *app, uint64_t at)
{
	uint64_t n = app->server->nlines;
	int rows = app_log_rows(app);

	app->log_top = app_log_top(app, rows);
	app->log_at = at < first_line(app) ? first_line(app) : at;
	app->log_follow = n == 0 || at >= n - 1;
	app->log_top = app_log_top(app, rows);
	app->dirty |= 1 << PANE_SERVER | DIRTY_FOOTER;
}

/* NULL: it is no request. */
static const struct logline *
selected_request(const struct app *app)
{
	const struct logline *line =
	    serverproc_line(app->server, app_log_at(app));

	if (line == NULL ||
	    (line->kind != LOGLINE_REQUEST && line->kind != LOGLINE_NEAREST))
		return NULL;
	return line;
}

bool
app_can_inspect(const struct app *app)
{
	return selected_request(app) != NULL;
}

/* --- a request of it --------------------------------------------------------- */

const struct exchange *
app_shown(const struct app *app)
{
	return app->theirs.x != NULL ? app->theirs.x : app_selected(app);
}

struct seen_end
app_their_end(const struct app *app)
{
	struct seen_end end = { SEEN_NOT, NULL, NULL };

	end.conn =
	    seen_find(&app->live->seen, app->theirs.life, app->theirs.conn);
	if (end.conn == NULL)
		return end;
	end.how = SEEN_SAME;
	end.request = seen_find_request(end.conn, app->theirs.req);
	return end;
}

void
app_close_theirs(struct app *app)
{
	if (app->theirs.x == NULL)
		return;
	app_take_lost(app);
	exchange_free(app->theirs.x);
	app->theirs.x = NULL;
	app_show_selected(app);
}

/* Make it, or make it anew.  False if it cannot be. */
static bool
make_theirs(struct app *app)
{
	struct seen_end end = app_their_end(app);
	struct exchange *x =
	    end.request != NULL ? theirs_new(end.conn, end.request) : NULL;

	if (x == NULL)
		return false;
	exchange_free(app->theirs.x);
	app->theirs.x = x;
	app->theirs.changes = end.conn->changes;
	/* No entry of the history has it. */
	x->id = UINT64_MAX - app->theirs.serial;
	return true;
}

void
app_do_inspect(struct app *app, enum action action)
{
	const struct logline *line = selected_request(app);

	(void)action;
	if (line == NULL) {
		app_say(app, ROLE_INFO, "there is no request in that row");
		return;
	}
	app->theirs.life = line->life;
	app->theirs.conn = line->conn;
	app->theirs.req = line->req;
	app->theirs.serial++;
	/* It stays where it is: new rows do not take one away from it. */
	app->log_top = app_log_top(app, app_log_rows(app));
	app->log_at = app_log_at(app);
	if (!make_theirs(app)) {
		app_say(app, ROLE_INFO,
		    "what the server saw of it was dropped to make room");
		return;
	}
	app->log_follow = app->log_at + 1 >= app->server->nlines;
	app_focus(app, PANE_EXCHANGE);
	app_show_selected(app);
}

void
app_live_changed(struct app *app)
{
	struct seen_end end;

	app->dirty |=
	    DIRTY_TOP | 1 << PANE_SERVER | 1 << PANE_EXCHANGE | DIRTY_FOOTER;
	if (app->theirs.x == NULL)
		return;
	end = app_their_end(app);
	if (end.conn != NULL && end.conn->changes == app->theirs.changes)
		return;
	if (make_theirs(app))
		return;
	app_close_theirs(app);
	if (app->focus == PANE_EXCHANGE)
		app_focus(app, PANE_SERVER);
	app_say(app, ROLE_INFO,
	    "what the server saw of it was dropped to make room");
	app_settle(app);
}
