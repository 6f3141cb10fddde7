#include "width.h"

#include <wchar.h>

#include "escape.h"
#include "utf8.h"

enum {
	ESCAPED_COLS = 4 /* \xHH */
};

/* Hangul syllables and the common CJK ideographs, found without a table. */
static bool
is_plain_wide(uint32_t cp)
{
	return (cp >= 0xac00 && cp <= 0xd7a3) || (cp >= 0x4e00 && cp <= 0x9fff);
}

/* Columns of a character that may stand on a screen, -1 if it may not. */
static int
char_cols(uint32_t cp)
{
	if (is_plain_wide(cp))
		return 2;
	return escape_is_printable(cp) ? wcwidth((wchar_t)cp) : -1;
}

/* The length of the combining mark that s begins with; 0 if it does not. */
static size_t
mark_len(struct span s)
{
	uint32_t cp;
	size_t len;

	if (s.n == 0 || (unsigned char)s.p[0] < 0x80)
		return 0;
	len = utf8_decode(s.p, s.n, &cp);
	return len > 0 && char_cols(cp) == 0 ? len : 0;
}

static size_t
marks_len(struct span s)
{
	size_t i, len, n = 0;

	for (i = 0; i < GLYPH_MARKS; i++) {
		len = mark_len(span_of(s.p + n, s.n - n));
		if (len == 0)
			break;
		n += len;
	}
	return n;
}

static struct glyph
escaped(size_t len)
{
	return (struct glyph){ len, len * ESCAPED_COLS, GLYPH_ESCAPED };
}

size_t
glyph_run(struct span s, size_t max)
{
	size_t n = 0;

	if (max > s.n)
		max = s.n;
	while (n < max && s.p[n] >= ' ' && s.p[n] <= '~')
		n++;
	/* On the last one a mark may stand. */
	if (n > 0 && n < s.n && (unsigned char)s.p[n] >= 0x80)
		n--;
	return n;
}

struct glyph
glyph_next(struct span s, size_t col)
{
	uint32_t cp;
	size_t len;
	int cols;

	if (s.n == 0)
		return (struct glyph){ 0, 0, GLYPH_PLAIN };
	if (glyph_run(s, 1) == 1)
		return (struct glyph){ 1, 1, GLYPH_PLAIN };
	if (s.p[0] == '\t')
		return (struct glyph){ 1, GLYPH_TAB - col % GLYPH_TAB,
			GLYPH_TABBED };
	len = utf8_decode(s.p, s.n, &cp);
	if (len == 0)
		return escaped(1);
	cols = char_cols(cp);
	if (cols <= 0)
		return escaped(len);
	len += marks_len(span_of(s.p + len, s.n - len));
	return (struct glyph){ len, (size_t)cols, GLYPH_PLAIN };
}

size_t
glyph_back(struct span s)
{
	size_t start = s.n, len;

	/* Marks belong to what stands before them: find a sure beginning. */
	do {
		if (start == 0)
			break;
		len = utf8_back(s.p, start);
		start -= len;
	} while (mark_len(span_of(s.p + start, len)) > 0);

	for (len = 0; start < s.n; start += len)
		len = glyph_next(span_of(s.p + start, s.n - start), 0).len;
	return len;
}

bool
glyph_append(struct buf *b, const char *p, struct glyph g)
{
	static const char hex[] = "0123456789abcdef";
	static const char blank[GLYPH_TAB + 1] = "        ";
	char out[ESCAPED_COLS * 4];
	size_t i, n = 0;

	switch (g.kind) {
	case GLYPH_PLAIN:
		return buf_append(b, p, g.len);
	case GLYPH_TABBED:
		return buf_append(b, blank, g.cols);
	case GLYPH_ESCAPED:
		break;
	}
	for (i = 0; i < g.len; i++) {
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[(unsigned char)p[i] >> 4];
		out[n++] = hex[(unsigned char)p[i] & 15];
	}
	return buf_append(b, out, n);
}

size_t
width_of(struct span s)
{
	struct glyph g;
	size_t i, run, cols = 0;

	for (i = 0; i < s.n; i += g.len) {
		run = glyph_run(span_of(s.p + i, s.n - i), SIZE_MAX);
		i += run;
		cols += run;
		g = glyph_next(span_of(s.p + i, s.n - i), cols);
		cols += g.cols;
	}
	return cols;
}

struct span
width_cut(struct span s, size_t max)
{
	struct glyph g;
	size_t i, cols = 0;

	for (i = 0; i < s.n; i += g.len) {
		g = glyph_next(span_of(s.p + i, s.n - i), cols);
		if (g.cols > max - cols)
			break;
		cols += g.cols;
	}
	return span_of(s.p, i);
}

struct span
width_line(struct span *s, size_t cols)
{
	struct span line = width_cut(*s, cols);
	const char *blank;

	if (line.n == 0 && s->n > 0)
		line.n = glyph_next(*s, 0).len;
	if (line.n < s->n && s->p[line.n] != ' ') {
		blank = memrchr(line.p, ' ', line.n);
		if (blank != NULL && blank > line.p)
			line.n = (size_t)(blank - line.p);
	}
	*s = span_of(s->p + line.n, s->n - line.n);
	while (s->n > 0 && s->p[0] == ' ')
		*s = span_of(s->p + 1, s->n - 1);
	return line;
}

bool
width_append(struct buf *b, struct span s)
{
	struct glyph g;
	size_t i, cols = 0, before = b->len;

	for (i = 0; i < s.n; i += g.len) {
		g = glyph_next(span_of(s.p + i, s.n - i), cols);
		if (!glyph_append(b, s.p + i, g)) {
			b->len = before;
			return false;
		}
		cols += g.cols;
	}
	return true;
}

/* Append a, "…" and z, or nothing. */
static bool
append_cut(struct buf *b, struct span a, struct span z)
{
	size_t before = b->len;

	if (width_append(b, a) && buf_append_text(b, "…") && width_append(b, z))
		return true;
	b->len = before;
	return false;
}

bool
width_append_end(struct buf *b, struct span s, size_t cols)
{
	if (width_cut(s, cols).n == s.n)
		return width_append(b, s);
	if (cols == 0)
		return true;
	return append_cut(b, width_cut(s, cols - 1), span_of(NULL, 0));
}

/* The longest end of s in cols columns, from a slash on if it has one. */
static struct span
tail_cut(struct span s, size_t cols)
{
	size_t i = s.n, slash = s.n, len, w;

	while (i > 0) {
		len = glyph_back(span_of(s.p, i));
		/* Alone, as it will be drawn: a tab is its full 8 columns. */
		w = glyph_next(span_of(s.p + i - len, len), 0).cols;
		if (w > cols)
			break;
		cols -= w;
		i -= len;
		if (s.p[i] == '/')
			slash = i;
	}
	if (slash < s.n)
		i = slash;
	return span_of(s.p + i, s.n - i);
}

/* The longest beginning in cols columns, up to a slash if it has one in its
 * second half. */
static struct span
head_cut(struct span s, size_t cols)
{
	struct span cut = width_cut(s, cols);
	const char *slash = memrchr(cut.p, '/', cut.n);

	if (slash != NULL && (size_t)(slash - cut.p) >= cut.n / 2)
		cut.n = (size_t)(slash - cut.p) + 1;
	return cut;
}

bool
width_append_middle(struct buf *b, struct span s, size_t cols)
{
	struct span head, tail;

	if (width_cut(s, cols).n == s.n)
		return width_append(b, s);
	if (cols < 5)
		return width_append_end(b, s, cols);
	tail = tail_cut(s, cols / 2);
	/* Tabs aside, columns do not depend on where text stands. */
	head = head_cut(span_of(s.p, s.n - tail.n), cols - 1 - width_of(tail));
	return append_cut(b, head, tail);
}
