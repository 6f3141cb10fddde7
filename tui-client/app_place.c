/* Where things are on the screen, for painters and mouse alike. */
#include "app_parts.h"

#include <stdio.h>
#include <string.h>

#include "resolve.h"
#include "width.h"

enum {
	METHOD_COLS = 7,    /* OPTIONS: the fields do not move for the usual */
	METHOD_MOST = 20,   /* a longer one is cut */
	NARROW = 40,	    /* columns; below it no space is kept */
	HELP_NARROW = 60,   /* columns; below it keys stand above their help, */
	HELP_AT_NARROW = 4, /* which begins here, */
	HELP_AT = 24,	    /* and else here */
	TIMES_COLS = 72,    /* below it times and bytes have a line each, */
	TIMES_TALL = 12,    /* in so many lines and more */
	TAKE_COLS = 32,	    /* "Write from exchange 1234567" */
};

bool
app_is_narrow(const struct app *app)
{
	return app->cols < NARROW;
}

int
app_field_x(const struct app *app)
{
	int method = (int)width_of(span_text(app->form.method));

	if (method > METHOD_MOST)
		method = METHOD_MOST;
	if (app_is_narrow(app))
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

struct span
app_help_text(const struct help_line *line)
{
	return span_text(line->heading != NULL ? line->heading : line->help);
}

int
app_help_x(const struct app *app, const struct help_line *line)
{
	if (line->heading != NULL)
		return 1;
	return app->cols < HELP_NARROW ? HELP_AT_NARROW : HELP_AT;
}

size_t
app_help_cols(const struct app *app, const struct help_line *line)
{
	int cols = app->cols - app_help_x(app, line) - 1;

	return cols > 1 ? (size_t)cols : 1;
}

bool
app_help_is_stacked(const struct app *app, const struct help_line *line)
{
	return app->cols < HELP_NARROW && line->keys[0] != '\0';
}

size_t
app_help_rows(const struct app *app, const struct help_line *line)
{
	struct span text = app_help_text(line);
	size_t rows = app_help_is_stacked(app, line) ? 1 : 0;

	do {
		width_line(&text, app_help_cols(app, line));
		rows++;
	} while (text.n > 0);
	return rows;
}

size_t
app_menu_rows(const struct app *app)
{
	return app->overlay == OVERLAY_TAKE ? app_take_rows(app) : MENU_ROWS;
}

void
app_menu_title(const struct app *app, char out[APP_TITLE_MAX])
{
	out[0] = '\0';
	if (app->overlay == OVERLAY_TAKE)
		app_take_title(app, out);
}

/* That of methods below the method; the other one at the bottom. */
static struct rect
menu_place(const struct app *app)
{
	struct rect form = app->layout.pane[PANE_FORM];
	int rows = (int)app_menu_rows(app) + 2;

	if (app->overlay == OVERLAY_TAKE)
		return (struct rect){ app->layout.footer.y - rows, 0, rows,
			TAKE_COLS };
	return (struct rect){ form.y + 1, form.x, rows, MENU_COLS };
}

struct rect
app_menu_rect(const struct app *app)
{
	struct rect r = menu_place(app);

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
app_menu_text(const struct app *app, size_t row)
{
	if (app->overlay == OVERLAY_TAKE)
		return app_take_text(app, row);
	if (row < MENU_METHODS)
		return method_name((enum method)(METHOD_GET + row));
	return "other…";
}

/* What leaving would give up; nothing is said if nothing. */
static bool
losses_words(const struct app *app, struct buf *out)
{
	enum serverproc_state server = app->server->state;
	bool stops = server == SERVER_RUNNING || server == SERVER_STARTING;
	bool ok = true;

	if (app->flights > 0)
		ok = buf_printf(out, " %zu request%s in flight", app->flights,
		    app->flights == 1 ? " is" : "s are");
	if (stops)
		ok = ok &&
		    buf_append_text(out,
			app->flights > 0 ? " and the server will stop"
					 : " The server will stop");
	if (app->flights > 0 || stops)
		ok = ok && buf_append_text(out, ".");
	return ok;
}

/* On a narrow screen the keys come first: the end may be cut. */
static bool
leaving_words(const struct app *app, struct buf *out)
{
	bool narrow = app_is_narrow(app);

	return buf_append_text(out, "Leave retort?") &&
	    (narrow || losses_words(app, out)) &&
	    buf_append_text(out, "  Q leaves  Esc stays") &&
	    (!narrow || losses_words(app, out));
}

int
app_words_margin(const struct app *app)
{
	return app_is_narrow(app) ? 0 : 1;
}

size_t
app_words_cols(const struct app *app)
{
	int cols = app->layout.footer.w - 2 * app_words_margin(app);

	return cols > 1 ? (size_t)cols : 1;
}

bool
app_words(const struct app *app, struct buf *out)
{
	if (app->message[0] != '\0')
		return width_append(out, span_text(app->message));
	return app->overlay == OVERLAY_LEAVING && leaving_words(app, out);
}

/* A message may take half of the screen.  Whoever is asked sees what he types,
 * below it. */
struct rect
app_words_rect(const struct app *app, struct span words)
{
	struct rect r = app->layout.footer;
	size_t cols = app_words_cols(app);
	int most = (app->rows + 1) / 2;
	int lines = 0;

	if (r.h == 0)
		return r;
	if (app_context(app) == CONTEXT_PROMPT && r.y > 0)
		r.y--;
	do {
		width_line(&words, cols);
		lines++;
	} while (words.n > 0 && lines < most);
	return (struct rect){ r.y + 1 - lines, r.x, lines, r.w };
}

struct rect
app_view_rect(const struct app *app)
{
	struct rect r = layout_inside(&app->layout, PANE_EXCHANGE);

	/* The times stand below, where there is room for more than them. */
	if (r.h >= 3)
		r.h -= r.w < TIMES_COLS && r.h >= TIMES_TALL ? 2 : 1;
	return r;
}

int
app_history_rows(const struct app *app)
{
	return layout_inside(&app->layout, PANE_HISTORY).h;
}

int
app_log_rows(const struct app *app)
{
	int h = layout_inside(&app->layout, PANE_SERVER).h - 1 -
	    app_connection_rows(app);

	return h > 0 ? h : 0;
}

void
app_address(char out[APP_LISTEN_MAX], const char *host, unsigned port)
{
	bool ipv6 = strchr(host, ':') != NULL;

	snprintf(out, APP_LISTEN_MAX, ipv6 ? "[%s]:%u" : "%s:%u", host, port);
}

void
app_via(const struct app *app, char out[APP_LISTEN_MAX])
{
	app_address(out, app->form.via_host, app->form.via_port);
}

/* A server listens on addresses alone; this name is one everywhere. */
static const char *
listen_host(const struct app *app)
{
	if (strcasecmp(app->form.via_host, "localhost") == 0)
		return "127.0.0.1";
	return app->form.via_host;
}

bool
app_can_listen(const struct app *app)
{
	struct addresses unused;

	return resolve_numeric(listen_host(app), app->form.via_port, &unused);
}

void
app_listen(const struct app *app, char out[APP_LISTEN_MAX])
{
	bool taken =
	    app->server->state == SERVER_FAILED && app->server->port_taken;

	app_address(out, listen_host(app), taken ? 0 : app->form.via_port);
}
