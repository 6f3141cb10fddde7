#include "rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "status.h"
#include "width.h"

enum {
	LINE_MAX_BYTES = 64 * 1024,
	NS_PER_MS = 1000 * 1000
};

/* --- lines --------------------------------------------------------------- */

void
line_init(struct line *l)
{
	*l = (struct line){ .text.max = LINE_MAX_BYTES };
}

void
line_clear(struct line *l)
{
	l->text.len = l->cols = l->n = 0;
}

void
line_release(struct line *l)
{
	buf_release(&l->text);
	line_init(l);
}

/* Make what was appended since off a segment, or part of the one before. */
static void
close_segment(struct line *l, enum role role, size_t off)
{
	size_t len = l->text.len - off;

	if (len == 0)
		return;
	if (l->n > 0 && l->seg[l->n - 1].role == role)
		l->seg[l->n - 1].len += len;
	else
		l->seg[l->n++] = (struct segment){ role, off, len };
}

static bool
is_full(const struct line *l, enum role role)
{
	return l->n == LINE_SEGMENTS && l->seg[l->n - 1].role != role;
}

void
line_add(struct line *l, enum role role, struct span s)
{
	size_t i, off = l->text.len;
	struct glyph g;

	if (is_full(l, role))
		return;
	for (i = 0; i < s.n; i += g.len) {
		g = glyph_next(span_of(s.p + i, s.n - i), l->cols);
		if (!glyph_append(&l->text, s.p + i, g))
			break;
		l->cols += g.cols;
	}
	close_segment(l, role, off);
}

void
line_pad(struct line *l, size_t n)
{
	size_t off = l->text.len;

	if (is_full(l, ROLE_PLAIN))
		return;
	for (; n > 0 && buf_append(&l->text, " ", 1); n--)
		l->cols++;
	close_segment(l, ROLE_PLAIN, off);
}

/* --- figures ------------------------------------------------------------- */

void
rows_time(char out[ROWS_TIME], int64_t ns)
{
	int64_t us = ns / 1000, ms = us / 1000;

	if (ns < 0)
		snprintf(out, ROWS_TIME, "–");
	else if (ms < 10)
		snprintf(out, ROWS_TIME, "%d.%02d ms", (int)ms,
		    (int)(us % 1000 / 10));
	else if (ms < 100)
		snprintf(out, ROWS_TIME, "%d.%d ms", (int)ms,
		    (int)(us % 1000 / 100));
	else if (ms < 1000)
		snprintf(out, ROWS_TIME, "%d ms", (int)ms);
	else if (ms < 10 * 1000)
		snprintf(out, ROWS_TIME, "%d.%02d s", (int)(ms / 1000),
		    (int)(ms % 1000 / 10));
	else if (ms < 100 * 1000)
		snprintf(out, ROWS_TIME, "%d.%d s", (int)(ms / 1000),
		    (int)(ms % 1000 / 100));
	else
		snprintf(out, ROWS_TIME, "%lld s", (long long)(ms / 1000));
}

void
rows_moment(char out[ROWS_TIME], int64_t ns)
{
	int64_t us = ns / 1000;

	snprintf(out, ROWS_TIME, "%s%lld.%03d ms", us < 0 ? "-" : "",
	    (long long)llabs(us / 1000), (int)llabs(us % 1000));
}

void
rows_size(char out[ROWS_TIME], uint64_t bytes)
{
	static const char unit[] = "kMGTPE";
	uint64_t tenths = bytes / 100;
	size_t i = 0;

	if (bytes < 1000) {
		snprintf(out, ROWS_TIME, "%d B", (int)bytes);
		return;
	}
	for (; tenths >= 10 * 1000; i++)
		tenths /= 1000;
	if (tenths < 100)
		snprintf(out, ROWS_TIME, "%d.%d %cB", (int)(tenths / 10),
		    (int)(tenths % 10), unit[i]);
	else
		snprintf(out, ROWS_TIME, "%d %cB", (int)(tenths / 10), unit[i]);
}

enum role
rows_role(const struct exchange *x)
{
	if (x->outcome == OUTCOME_FLIGHT)
		return ROLE_FLIGHT;
	if (x->outcome != OUTCOME_ANSWERED)
		return ROLE_FAILURE;
	switch (x->status / 100) {
	case 1:
	case 2:
		return ROLE_OK;
	case 3:
		return ROLE_REDIRECT;
	case 4:
		return ROLE_CLIENT_ERROR;
	default:
		return ROLE_SERVER_ERROR;
	}
}

/* --- the row ------------------------------------------------------------- */

/* Columns of the parts of a row; 0: left out.  The URL has the rest. */
struct layout {
	size_t least; /* columns of the row */
	size_t margin;
	size_t clock;
	size_t method;
	size_t status;
	size_t time;
	size_t size;
};

/* clang-format off */
static const struct layout layouts[] = {
	/* least margin clock method status time size */
	{ 100, 1, 8, 7, 25, 7, 6 },
	{  72, 1, 8, 7, 18, 7, 6 },
	{  58, 1, 8, 7, 15, 7, 0 },
	{  44, 1, 8, 7, 15, 0, 0 },
	{  32, 1, 0, 6, 12, 0, 0 },
	{  16, 1, 0, 4,  4, 0, 0 },
	{   0, 0, 0, 0,  4, 0, 0 },
};
/* clang-format on */

enum {
	GAP = 2
};

static const struct layout *
layout_of(size_t cols)
{
	const struct layout *l = layouts;

	while (cols < l->least)
		l++;
	return l;
}

static size_t
url_cols(const struct layout *l, size_t cols)
{
	size_t used = l->margin + (l->clock > 0 ? l->clock + GAP : 0) +
	    (l->method > 0 ? l->method + 1 : 0) + 1 + l->status +
	    (l->time > 0 ? GAP + l->time : 0) +
	    (l->size > 0 ? GAP + l->size : 0);

	if (l->time > 0)
		used += 1; /* figures keep off the border */
	return cols > used ? cols - used : 0;
}

/* What is in b as a cell of exactly cols columns. */
static void
add_left(struct line *l, enum role role, struct buf *b, size_t cols)
{
	size_t end = l->cols + cols;

	line_add(l, role, buf_span(b));
	line_pad(l, l->cols < end ? end - l->cols : 0);
	b->len = 0;
}

static void
add_right(struct line *l, enum role role, const char *text, size_t cols)
{
	size_t n = width_of(span_text(text));

	line_pad(l, cols > n ? cols - n : 0);
	line_add(l, role, width_cut(span_text(text), cols));
}

static void
add_clock(struct line *l, int64_t wall)
{
	char text[16];
	time_t t = wall;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%H:%M:%S", &tm) == 0)
		return;
	line_add(l, ROLE_DIM, span_text(text));
	line_pad(l, GAP);
}

/* Where there is room for a code only, all failures are one. */
static const char *
short_words(const struct exchange *x, size_t cols)
{
	if (x->outcome == OUTCOME_FLIGHT || x->outcome == OUTCOME_ANSWERED ||
	    cols > 4)
		return outcome_words(x->outcome);
	return "fail";
}

static void
status_words(struct buf *b, const struct exchange *x, size_t cols)
{
	struct span reason = exchange_reason(x);
	const char *known = status_reason(x->status);
	char code[8];

	if (!exchange_has_status(x)) {
		width_append_end(b, span_text(short_words(x, cols)), cols);
		return;
	}
	snprintf(code, sizeof(code), "%03d", x->status % 1000);
	width_append_end(b, span_text(code), cols);
	/* A word cut to a letter says nothing. */
	if (cols < 7)
		return;
	if (x->outcome != OUTCOME_ANSWERED)
		reason = span_text(outcome_words(x->outcome));
	else if (reason.n == 0 && known != NULL)
		reason = span_text(known);
	if (reason.n == 0)
		return;
	buf_append_text(b, " ");
	width_append_end(b, reason, cols - 4);
}

/* An answer that broke rules: a mark, that the words beside it may hide. */
static bool
has_findings(const struct exchange *x)
{
	return x->outcome == OUTCOME_ANSWERED && x->wrong != 0;
}

static void
add_status(struct line *line, const struct layout *l, const struct exchange *x,
    size_t cols)
{
	bool marked = has_findings(x) && cols > 3;
	/* Behind the cell if there is a gap, else in it. */
	size_t words = marked && l->time == 0 ? cols - 1 : cols;
	struct buf cell = { .max = LINE_MAX_BYTES };

	status_words(&cell, x, words);
	add_left(line, rows_role(x), &cell, words);
	if (marked)
		line_add(line, ROLE_ERROR, span_text("!"));
	else if (l->time > 0)
		line_pad(line, 1);
	buf_release(&cell);
}

/* Of an echo it says so in front, whatever the URL loses. */
static void
add_url(struct line *line, const struct exchange *x, size_t cols)
{
	static const char echo[] = "echo ";
	struct buf cell = { .max = LINE_MAX_BYTES };
	size_t n = sizeof(echo) - 1;

	if (x->echo) {
		line_add(line, ROLE_INFO, width_cut(span_text(echo), cols));
		cols -= n < cols ? n : cols;
	}
	if (cols > 0)
		width_append_middle(&cell, span_text(x->url), cols);
	add_left(line, ROLE_PLAIN, &cell, cols + 1);
	buf_release(&cell);
}

/* Its time, or its age: whole seconds, which change with the tick. */
static void
time_words(char out[ROWS_TIME], const struct exchange *x, int64_t now)
{
	if (x->outcome == OUTCOME_FLIGHT && now >= x->start)
		snprintf(out, ROWS_TIME, "%lld s",
		    (long long)((now - x->start) / 1000 / NS_PER_MS));
	else
		rows_time(out, x->times.total);
}

static void
add_figures(struct line *line, const struct layout *l, const struct exchange *x,
    int64_t now)
{
	char text[ROWS_TIME];

	if (l->time > 0) {
		time_words(text, x, now);
		add_right(line, ROLE_DIM, text, GAP - 1 + l->time);
	}
	if (l->size > 0) {
		if (exchange_has_status(x))
			rows_size(text, x->body_len);
		else
			snprintf(text, sizeof(text), "–");
		add_right(line, ROLE_DIM, text, GAP + l->size);
	}
}

void
rows_history(
    struct line *line, const struct exchange *x, size_t cols, int64_t now)
{
	const struct layout *l = layout_of(cols);
	size_t url = url_cols(l, cols);
	size_t status = cols < l->status ? cols : l->status;
	struct buf cell = { .max = LINE_MAX_BYTES };

	line_clear(line);
	line_pad(line, l->margin);
	if (l->clock > 0)
		add_clock(line, x->wall);
	if (l->method > 0) {
		width_append_end(
		    &cell, span_text(x->request.method), l->method);
		add_left(line, ROLE_PLAIN, &cell, l->method + 1);
	}
	if (url > 0) {
		add_url(line, x, url);
	}
	add_status(line, l, x, status);
	add_figures(line, l, x, now);
	if (line->cols < cols)
		line_pad(line, cols - line->cols);
	buf_release(&cell);
}

/* --- times and bytes ----------------------------------------------------- */

enum {
	FIGURE_NAME,
	FIGURE_CONNECT,
	FIGURE_FIRST_BYTE,
	FIGURE_TOTAL,
	FIGURE_SENT,
	FIGURE_GOT,
	FIGURES
};

struct figure {
	const char *label;
	char value[ROWS_TIME]; /* empty: left out */
};

static size_t
figure_cols(const struct figure *f)
{
	return f->value[0] == '\0' ? 0
				   : GAP + width_of(span_text(f->label)) + 1 +
		width_of(span_text(f->value));
}

/* Leave out what does not fit, in this order; the total stays. */
static void
fit_figures(struct figure f[FIGURES], size_t cols)
{
	static const int order[] = { FIGURE_SENT, FIGURE_NAME, FIGURE_CONNECT,
		FIGURE_FIRST_BYTE, FIGURE_GOT };
	size_t i, used = 0;

	for (i = 0; i < FIGURES; i++)
		used += figure_cols(&f[i]);
	for (i = 0; i < FIGURES - 1 && used > cols + GAP - 1; i++) {
		used -= figure_cols(&f[order[i]]);
		f[order[i]].value[0] = '\0';
	}
}

static void
set_figures(struct figure f[FIGURES], const struct exchange *x, int64_t now)
{
	const struct times *t = &x->times;

	/* An address needs no resolving. */
	if (t->name >= 0)
		rows_time(f[FIGURE_NAME].value, t->name);
	/* Of a connection that is not ours its beginning is no wait. */
	if (!x->theirs)
		rows_time(f[FIGURE_CONNECT].value, t->connect);
	rows_time(f[FIGURE_FIRST_BYTE].value, t->first_byte);
	time_words(f[FIGURE_TOTAL].value, x, now);
	rows_size(f[FIGURE_SENT].value, x->tape.reel[TAPE_OUT].all);
	rows_size(f[FIGURE_GOT].value, x->tape.reel[TAPE_IN].all);
}

/* Those of the other kind go. */
static void
keep_figures(struct figure f[FIGURES], enum figures which)
{
	int i;

	for (i = 0; i < FIGURES; i++) {
		bool bytes = i == FIGURE_SENT || i == FIGURE_GOT;

		if (which != FIGURES_ALL && bytes != (which == FIGURES_BYTES))
			f[i].value[0] = '\0';
	}
}

void
rows_times(struct line *line, const struct exchange *x, size_t cols,
    int64_t now, enum figures which)
{
	struct figure f[FIGURES] = { { "name", "" }, { "connect", "" },
		{ "first byte", "" }, { "total", "" }, { "sent", "" },
		{ "got", "" } };
	struct buf text = { .max = LINE_MAX_BYTES };
	size_t i;

	line_clear(line);
	if (x->theirs) {
		f[FIGURE_SENT].label = "received";
		f[FIGURE_GOT].label = "sent";
	}
	set_figures(f, x, now);
	keep_figures(f, which);
	fit_figures(f, cols);
	for (i = 0; i < FIGURES; i++) {
		if (f[i].value[0] == '\0')
			continue;
		line_pad(line, line->cols == 0 ? 1 : GAP);
		buf_printf(&text, "%s ", f[i].label);
		add_left(line, ROLE_DIM, &text, 0);
		line_add(line, ROLE_PLAIN, span_text(f[i].value));
	}
	/* The total alone may still be too wide. */
	if (line->cols > cols) {
		line_clear(line);
		width_append_end(&text, span_text(f[FIGURE_TOTAL].value), cols);
		line_add(line, ROLE_PLAIN, buf_span(&text));
	}
	buf_release(&text);
}
