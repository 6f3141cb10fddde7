#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "escape.h"
#include "limit.h"
#include "utf8.h"

enum {
	TEXT_MAX = 1024,
	BEFORE_MAX = 120, /* bytes of a line in front of the caret */
	BEHIND_MAX = 120,
	WORD_SHOWN = 48,
	TAB = 8,
};

static size_t
character(const char *p, size_t n)
{
	uint32_t cp;
	size_t len = utf8_decode(p, n, &cp);

	return len > 0 ? len : 1;
}

struct place
spot_place(struct spot s)
{
	return (struct place){ s.source->name, s.line, s.column };
}

struct spot
spot_move(struct spot s, size_t n)
{
	const char *p = s.source->text.p;
	size_t end = s.at + n;

	while (s.at < end) {
		s.at += character(p + s.at, end - s.at);
		s.column++;
	}
	return s;
}

/* --- how wide a text is -------------------------------------------------- */

/* clang-format off */
/* wcwidth would ask the locale, and a server has none. */
static const struct {
	uint32_t first, last;
	size_t width;
} widths[] = {
	{ 0x0300, 0x036f, 0 },		/* combining marks */
	{ 0x1100, 0x115f, 2 },		/* Hangul Jamo */
	{ 0x1160, 0x11ff, 0 },
	{ 0x20d0, 0x20ff, 0 },
	{ 0x2e80, 0x303e, 2 },		/* CJK */
	{ 0x3041, 0x4dbf, 2 },
	{ 0x4e00, 0xa4cf, 2 },
	{ 0xa960, 0xa97f, 2 },
	{ 0xac00, 0xd7a3, 2 },		/* Hangul */
	{ 0xf900, 0xfaff, 2 },
	{ 0xfe00, 0xfe0f, 0 },
	{ 0xfe20, 0xfe2f, 0 },
	{ 0xfe30, 0xfe6f, 2 },
	{ 0xff01, 0xff60, 2 },		/* fullwidth */
	{ 0xffe0, 0xffe6, 2 },
	{ 0x1f300, 0x1f64f, 2 },	/* emoji */
	{ 0x1f680, 0x1f6ff, 2 },
	{ 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 },
};
/* clang-format on */

static size_t
width_of(uint32_t cp)
{
	size_t i;

	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (cp >= widths[i].first && cp <= widths[i].last)
			return widths[i].width;
	return 1;
}

/* The columns behind a character (of len bytes) that begins at `column`. */
static size_t
column_behind(size_t column, const char *p, size_t len)
{
	uint32_t cp;

	if (*p == '\t')
		return (column / TAB + 1) * TAB;
	return utf8_decode(p, len, &cp) > 0 ? column + width_of(cp)
					    : column + 1;
}

static size_t
columns(struct span s)
{
	size_t i, len, column = 0;

	for (i = 0; i < s.n; i += len) {
		len = character(s.p + i, s.n - i);
		column = column_behind(column, s.p + i, len);
	}
	return column;
}

/* --- adding -------------------------------------------------------------- */

/* Escaped, but for tabs. */
static bool
append_line(struct buf *b, struct span line)
{
	const char *tab;
	size_t n;

	while (line.n > 0) {
		tab = memchr(line.p, '\t', line.n);
		n = tab != NULL ? (size_t)(tab - line.p) : line.n;
		if (!escape_append(b, span_of(line.p, n), ESCAPE_SCREEN))
			return false;
		if (tab == NULL)
			return true;
		if (!buf_append(b, "\t", 1))
			return false;
		line = span_of(tab + 1, line.n - n - 1);
	}
	return true;
}

/* Not in the middle of a character. */
static size_t
whole_characters(struct span s, size_t from)
{
	while (from < s.n && ((unsigned char)s.p[from] & 0xc0) == 0x80)
		from++;
	return from;
}

/* The line of a spot, and where in it the caret stands. */
static bool
diag_quote(struct diag *d, struct spot s)
{
	static const char more[] = "...";
	struct span text = s.source->text;
	struct span line = span_of(text.p + s.line_at, text.n - s.line_at);
	struct buf b = { .max = SIZE_MAX };
	const char *end = memchr(line.p, '\n', line.n);
	size_t at = s.at - s.line_at, from = 0;
	bool ok = true;

	if (end != NULL)
		line.n = (size_t)(end - line.p);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (at > line.n)
		at = line.n;
	if (at > BEFORE_MAX) {
		from = whole_characters(line, at - BEFORE_MAX);
		ok = buf_append_text(&b, more);
	}
	ok = ok && append_line(&b, span_of(line.p + from, at - from));
	d->caret = columns(buf_span(&b));
	line = span_of(line.p + at, line.n - at);
	if (line.n > BEHIND_MAX) {
		line.n = BEHIND_MAX;
		while (line.n > 0 &&
		    ((unsigned char)line.p[line.n] & 0xc0) == 0x80)
			line.n--;
		ok = ok && append_line(&b, line) && buf_append_text(&b, more);
	} else {
		ok = ok && append_line(&b, line);
	}
	ok = ok && buf_append(&b, "", 1);
	if (!ok)
		buf_release(&b);
	d->line = b.data;
	return ok;
}

static void
diag_release(struct diag *d)
{
	union {
		const char *is;
		char *was;
	} file = { d->place.file };

	free(file.was);
	free(d->text);
	free(d->line);
}

static char *
copy(const char *text)
{
	size_t n = strlen(text) + 1;
	char *p = malloc(n);

	return p != NULL ? memcpy(p, text, n) : NULL;
}

static bool
diag_fill(struct diag *d, struct spot s, const char *text)
{
	d->order = s.order;
	d->text = copy(text);
	if (d->text == NULL || s.source == NULL)
		return d->text != NULL;
	d->place = spot_place(s);
	d->place.file = copy(s.source->name);
	return d->place.file != NULL && (s.line == 0 || diag_quote(d, s));
}

static bool
diags_grow(struct diags *all)
{
	size_t cap = all->cap > 0 ? all->cap * 2 : 4;
	struct diag *v;

	if (all->n < all->cap)
		return true;
	v = realloc(all->v, cap * sizeof(*v));
	if (v == NULL)
		return false;
	all->v = v;
	all->cap = cap;
	return true;
}

/* Room for an error, if a warning can go: the last. */
static void
diags_drop(struct diags *all)
{
	size_t i = all->n;

	while (i > 0 && all->v[i - 1].level == DIAG_ERROR)
		i--;
	if (i == 0)
		return;
	diag_release(&all->v[i - 1]);
	memmove(&all->v[i - 1], &all->v[i], (all->n - i) * sizeof(*all->v));
	all->n--;
}

void
diags_add(struct diags *all, enum diag_level level, struct spot s,
    const char *fmt, ...)
{
	struct diag d = { .level = level };
	char text[TEXT_MAX];
	va_list ap;

	all->nerrors += level == DIAG_ERROR;
	if (all->n >= LIMIT_DIAGS) {
		all->nomitted++;
		if (level == DIAG_ERROR)
			diags_drop(all);
	}
	if (all->n >= LIMIT_DIAGS)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (diags_grow(all) && diag_fill(&d, s, text)) {
		all->v[all->n++] = d;
		return;
	}
	diag_release(&d);
	diags_no_memory(all);
}

void
diags_no_memory(struct diags *all)
{
	all->nerrors += !all->no_memory;
	all->no_memory = true;
}

struct shown
diag_cut(struct span word)
{
	struct shown s;
	bool is_cut = word.n > WORD_SHOWN;
	size_t n;

	if (is_cut)
		word.n = WORD_SHOWN;
	n = escape_text(s.text, sizeof(s.text) - 8, word, ESCAPE_SCREEN);
	strlcpy(s.text + n, is_cut ? "..." : "", sizeof(s.text) - n);
	return s;
}

struct shown
diag_show(struct span word)
{
	struct shown cut = diag_cut(word), s = { "\"" };

	strlcpy(s.text + 1, cut.text, sizeof(s.text) - 2);
	strlcat(s.text, "\"", sizeof(s.text));
	return s;
}

/* --- showing ------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	const struct diag *one = a, *other = b;

	return (one->order > other->order) - (one->order < other->order);
}

void
diags_sort(struct diags *all)
{
	if (all->n > 1)
		qsort(all->v, all->n, sizeof(*all->v), compare);
}

/* Blanks up to the caret; tabs where the line has some. */
static bool
append_caret(struct buf *b, const struct diag *d)
{
	struct span line = span_text(d->line);
	size_t i, len, column = 0, next;
	bool ok = true;

	for (i = 0; ok && i < line.n && column < d->caret; i += len) {
		len = character(line.p + i, line.n - i);
		next = column_behind(column, line.p + i, len);
		if (line.p[i] == '\t')
			ok = buf_append(b, "\t", 1);
		else
			ok = buf_append(b, "  ", next - column);
		column = next;
	}
	return ok && buf_append(b, "^\n", 2);
}

static bool
append_one(struct buf *b, const struct diag *d)
{
	struct place at = d->place;

	if (at.file != NULL &&
	    !(escape_append(b, span_text(at.file), ESCAPE_SCREEN) &&
		(at.line == 0 ? buf_append_text(b, ": ")
			      : buf_printf(b, ":%u:%u: ", at.line, at.column))))
		return false;
	if (d->level == DIAG_WARNING && !buf_append_text(b, "warning: "))
		return false;
	if (!buf_append_text(b, d->text) || !buf_append(b, "\n", 1))
		return false;
	return d->line == NULL ||
	    (buf_append_text(b, d->line) && buf_append(b, "\n", 1) &&
		append_caret(b, d));
}

bool
diags_append(struct buf *b, const struct diags *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (!append_one(b, &all->v[i]))
			return false;
	if (all->nomitted > 0 &&
	    !buf_printf(
		b, "%zu more like these are not shown.\n", all->nomitted))
		return false;
	return !all->no_memory ||
	    buf_append_text(b, "There is no memory for the routes.\n");
}

void
diags_release(struct diags *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		diag_release(&all->v[i]);
	free(all->v);
	*all = (struct diags){ 0 };
}
