/* The method, the URL, and the headers and body below them. */
#include <ncurses.h>
#include <string.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"
#include "width.h"

enum {
	LINE_MAX_BYTES = 4096,
	SUMMARY_MAX = 256,
};

static struct place
paint_url(struct app *app, struct rect r)
{
	struct buf text = { .max = LINE_MAX_BYTES };
	int cols = app_field_cols(app);
	int x = r.x + app_field_x(app);
	size_t at = 0;

	lineedit_show(&app->form.url, (size_t)cols, &text, &at);
	draw_span(r.y, x, r.x + r.w - x, theme_of(ROLE_PLAIN), buf_span(&text));
	buf_release(&text);
	return (struct place){ r.y, x + (int)at };
}

static void
paint_method(const struct app *app, struct rect r)
{
	int room = app_field_x(app) - 1;
	int x = r.x;

	if (room > 2 && !app_is_narrow(app)) {
		x++;
		room -= 3;
	}
	x += draw_text(r.y, x, room, theme_of(ROLE_TITLE), app->form.method);
	if (!app_is_narrow(app))
		draw_text(r.y, x, 2, theme_of(ROLE_DIM), " ▾");
}

static bool
next_line(struct span *rest, struct span *line)
{
	const char *end;
	size_t n;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	n = end != NULL ? (size_t)(end - rest->p) : rest->n;
	*line = span_of(rest->p, n);
	if (end != NULL)
		n++;
	*rest = span_of(rest->p + n, rest->n - n);
	return true;
}

/* Items side by side, over some rows. */
struct flow {
	int y;
	int x;
	int rows;
	int cols;
	int row;  /* where the next one goes, */
	int used; /* behind so many columns */
};

static void
flow_add(struct flow *f, const char *text, struct span item)
{
	int y = f->y + f->row;

	f->used += draw_text(
	    y, f->x + f->used, f->cols - f->used, theme_of(ROLE_DIM), text);
	f->used += draw_span(
	    y, f->x + f->used, f->cols - f->used, theme_of(ROLE_DIM), item);
}

/* False, with a sign of it, when there are no rows left. */
static bool
flow_item(struct flow *f, struct span item)
{
	int need = (int)width_of(item);

	if (f->used > 0 && f->used + 3 + need > f->cols - 2) {
		if (f->row + 1 == f->rows) {
			flow_add(f, " …", span_of("", 0));
			return false;
		}
		f->row++;
		f->used = 0;
	}
	flow_add(f, f->used > 0 ? " · " : "", item);
	return true;
}

/* The lines of the headers, over at most `rows` rows. */
static void
paint_headers(const struct app *app, struct rect r, int x, int rows)
{
	struct span rest = textedit_text(&app->form.headers);
	struct flow flow = {
		.y = r.y, .x = r.x + x, .rows = rows, .cols = r.w - x
	};
	struct span line;
	bool fits = rows > 0 && flow.cols > 4;

	while (fits && next_line(&rest, &line)) {
		struct buf text = { .max = LINE_MAX_BYTES };

		width_append_end(&text, line, (size_t)flow.cols - 4);
		if (text.len > 0)
			fits = flow_item(&flow, buf_span(&text));
		buf_release(&text);
	}
}

/* The body's first line and its size. */
static void
paint_body(const struct app *app, struct rect r, int x)
{
	struct span body = textedit_text(&app->form.body);
	const char *end = memchr(body.p, '\n', body.n);
	struct buf text = { .max = LINE_MAX_BYTES };
	char size[ROWS_TIME];
	int cols = r.w - x - 1;

	rows_size(size, body.n);
	cols -= draw_text(r.y, r.x + x, cols, theme_of(ROLE_DIM), size) + 2;
	if (cols > 0)
		width_append_end(&text,
		    span_of(
			body.p, end != NULL ? (size_t)(end - body.p) : body.n),
		    (size_t)cols);
	draw_span(r.y, r.x + r.w - 1 - cols, cols, theme_of(ROLE_DIM),
	    buf_span(&text));
	buf_release(&text);
}

static void
label(const struct app *app, int y, const char *text, attr_t attr)
{
	if (!app_is_narrow(app))
		draw_text(y, 1, app_field_x(app) - 2, attr, text);
}

/* What will be sent besides method and URL. */
static void
paint_rest(const struct app *app, struct rect r)
{
	int x = app_field_x(app);
	bool body = app->form.body.text.len > 0;
	struct rect row = { r.y + 1, r.x, 1, r.w };
	char text[SUMMARY_MAX];

	if (r.h < 2)
		return;
	if (app->form.dialect == DIALECT_CLASSIC) {
		label(app, row.y, "classic", theme_of(ROLE_DIM));
		draw_text(row.y, x, r.w - x - 1, theme_of(ROLE_DIM),
		    "METHOD,URL is all that is sent: no headers, no body");
		return;
	}
	if (app->layout.size == LAYOUT_SMALL) {
		form_summary(&app->form, text, sizeof(text));
		draw_text(row.y, x, r.w - x, theme_of(ROLE_DIM), text);
		return;
	}
	label(app, row.y, "headers", theme_of(ROLE_DIM));
	paint_headers(app, row, x, r.h - 1 - (body ? 1 : 0));
	if (!body)
		return;
	row.y = r.y + r.h - 1;
	label(app, row.y, "body", theme_of(ROLE_DIM));
	paint_body(app, row, x);
}

/* The field of many lines. */
static struct place
paint_text(struct app *app, struct rect r)
{
	bool headers = app->field == FORM_HEADERS;
	struct textedit *t = headers ? &app->form.headers : &app->form.body;
	int cols = app_field_cols(app);
	int x = r.x + app_field_x(app);
	size_t row = 0;
	size_t col = 0;
	size_t at;

	if (r.h < 2)
		return (struct place){ -1, -1 };
	label(app, r.y + 1, headers ? "headers" : "body",
	    app->editing ? theme_accent() : theme_of(ROLE_TITLE));
	textedit_fit(t, (size_t)r.h - 1, (size_t)cols, &row, &col);
	at = t->top;
	for (int y = r.y + 1; y < r.y + r.h; y++) {
		struct buf text = { .max = LINE_MAX_BYTES };
		bool more = textedit_show(t, &at, (size_t)cols, &text);

		draw_span(y, x, cols, theme_of(ROLE_PLAIN), buf_span(&text));
		buf_release(&text);
		if (!more)
			break;
	}
	return (struct place){ r.y + 1 + (int)row, x + (int)col };
}

struct place
paint_form(struct app *app)
{
	struct rect r = app->layout.pane[PANE_FORM];
	struct place place;

	if (r.h == 0)
		return (struct place){ -1, -1 };
	draw_blank(r);
	paint_method(app, r);
	place = paint_url(app, r);
	if (app->focus == PANE_FORM && app->field != FORM_URL)
		place = paint_text(app, r);
	else
		paint_rest(app, r);
	if (!app->editing)
		return (struct place){ -1, -1 };
	return place;
}
