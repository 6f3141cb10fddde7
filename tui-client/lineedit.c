#include "lineedit.h"

#include <wctype.h>

#include "utf8.h"
#include "width.h"

static struct span
behind(struct span s, size_t at)
{
	return at == 0 ? s : span_of(s.p + at, s.n - at);
}

/* --- shared with textedit ------------------------------------------------ */

bool
edit_splice(struct buf *b, size_t off, size_t n, struct span s)
{
	size_t rest = b->len - off - n;

	if (s.n > n && !buf_reserve(b, s.n - n))
		return false;
	if (rest > 0 && s.n != n)
		memmove(b->data + off + s.n, b->data + off + n, rest);
	if (s.n > 0)
		memcpy(b->data + off, s.p, s.n);
	b->len = off + s.n + rest;
	return true;
}

/* What is left of the control at s.p[i]; '\0' for nothing. */
static char
clean_control(struct span s, size_t i, char newline, char tab)
{
	if (s.p[i] == '\t')
		return tab;
	if (s.p[i] == '\r')
		return newline;
	if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
		return newline;
	return '\0';
}

bool
edit_clean(struct buf *out, struct span s, char newline, char tab)
{
	uint32_t cp;
	size_t i, len;
	char c;

	/* It never grows, so nothing below fails. */
	if (!buf_reserve(out, s.n))
		return false;
	for (i = 0; i < s.n; i += len == 0 ? 1 : len) {
		len = utf8_decode(s.p + i, s.n - i, &cp);
		if (len == 0) {
			buf_append(out, s.p + i, 1);
		} else if (cp >= 0xa0 || (cp >= 0x20 && cp < 0x7f)) {
			buf_append(out, s.p + i, len);
		} else {
			c = clean_control(s, i, newline, tab);
			buf_append(out, &c, c != '\0');
		}
	}
	return true;
}

size_t
edit_snap(struct span line, size_t at)
{
	size_t i = at;

	if (at == 0 || at >= line.n)
		return at > line.n ? line.n : at;
	/* ASCII always begins a glyph. */
	while (i > 0 && (unsigned char)line.p[i] >= 0x80)
		i--;
	while (i < at)
		i += glyph_next(behind(line, i), 0).len;
	return i;
}

static bool
is_word(struct span s)
{
	uint32_t cp;

	return utf8_decode(s.p, s.n, &cp) > 0 && iswalnum((wint_t)cp);
}

static bool
is_blank(struct span s)
{
	return s.p[0] == ' ' || s.p[0] == '\t';
}

/* From `at`, over the glyphs of which is() says `want`. */
static size_t
skip_left(struct span line, size_t at, bool (*is)(struct span), bool want)
{
	size_t len;

	while (at > 0) {
		len = glyph_back(span_of(line.p, at));
		if (is(span_of(line.p + at - len, len)) != want)
			break;
		at -= len;
	}
	return at;
}

static size_t
skip_right(struct span line, size_t at, bool (*is)(struct span), bool want)
{
	while (at < line.n && is(behind(line, at)) == want)
		at += glyph_next(behind(line, at), 0).len;
	return at;
}

size_t
edit_target(struct span line, size_t at, enum edit_op op)
{
	switch (op) {
	case EDIT_LEFT:
	case EDIT_BACKSPACE:
		return at - glyph_back(span_of(line.p, at));
	case EDIT_RIGHT:
	case EDIT_DELETE:
		return at + glyph_next(behind(line, at), 0).len;
	case EDIT_WORD_LEFT:
		at = skip_left(line, at, is_word, false);
		return skip_left(line, at, is_word, true);
	case EDIT_WORD_RIGHT:
		at = skip_right(line, at, is_word, false);
		return skip_right(line, at, is_word, true);
	case EDIT_KILL_WORD:
		at = skip_left(line, at, is_blank, true);
		return skip_left(line, at, is_blank, false);
	case EDIT_HOME:
	case EDIT_KILL_START:
		return 0;
	case EDIT_END:
	case EDIT_KILL_END:
		return line.n;
	default:
		return at;
	}
}

static bool
append_blank(struct buf *out, size_t n)
{
	while (n > 0 && buf_append(out, " ", 1))
		n--;
	return n == 0;
}

bool
edit_window(struct span line, size_t from, size_t cols, struct buf *out)
{
	size_t i, col, end, start = out->len;
	struct glyph g;
	bool ok = true;

	i = col = glyph_run(line, from);
	for (; ok && i < line.n; i += g.len, col = end) {
		g = glyph_next(behind(line, i), col);
		end = col + g.cols;
		if (end <= from)
			continue;
		if (end > from + cols)
			break;
		if (col >= from)
			ok = glyph_append(out, line.p + i, g);
		else
			ok = append_blank(out, end - from);
	}
	if (!ok)
		out->len = start;
	return ok;
}

size_t
edit_offset(struct span line, size_t col)
{
	size_t i, at;
	struct glyph g;

	for (i = at = glyph_run(line, col); i < line.n; i += g.len) {
		g = glyph_next(behind(line, i), at);
		at += g.cols;
		if (at > col)
			break;
	}
	return i;
}

size_t
edit_scroll(size_t scroll, size_t col, size_t cols)
{
	if (col < scroll)
		return col;
	if (col - scroll >= cols)
		return col - cols + 1;
	return scroll;
}

bool
edit_kill(struct buf *kill, struct span s)
{
	size_t old = kill->len;

	kill->len = 0;
	if (buf_append_span(kill, s))
		return true;
	kill->len = old;
	return false;
}

/* --- one line ------------------------------------------------------------ */

void
lineedit_init(struct lineedit *l, size_t max)
{
	*l = (struct lineedit){ .text.max = max };
}

void
lineedit_release(struct lineedit *l)
{
	buf_release(&l->text);
	l->cursor = l->scroll = 0;
}

void
lineedit_clear(struct lineedit *l)
{
	l->text.len = l->cursor = l->scroll = 0;
}

static struct span
trim_line_ends(struct span s)
{
	while (s.n > 0 && (s.p[0] == '\r' || s.p[0] == '\n'))
		s.p++, s.n--;
	while (s.n > 0 && (s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
		s.n--;
	return s;
}

/* Replace [off, off + n) by what s is without its controls. */
static bool
replace(struct lineedit *l, size_t off, size_t n, struct span s)
{
	struct buf clean = { .max = s.n };
	bool ok;

	ok = edit_clean(&clean, trim_line_ends(s), ' ', ' ') &&
	    edit_splice(&l->text, off, n, buf_span(&clean));
	if (ok)
		l->cursor = edit_snap(lineedit_text(l), off + clean.len);
	buf_release(&clean);
	return ok;
}

bool
lineedit_set(struct lineedit *l, struct span s)
{
	return replace(l, 0, l->text.len, s);
}

bool
lineedit_insert(struct lineedit *l, struct span s)
{
	return replace(l, l->cursor, 0, s);
}

static void
cut(struct lineedit *l, size_t from, size_t to)
{
	edit_splice(&l->text, from, to - from, span_of(NULL, 0));
	l->cursor = edit_snap(lineedit_text(l), from);
}

bool
lineedit_do(struct lineedit *l, enum edit_op op, struct buf *kill)
{
	size_t at = l->cursor, to = edit_target(lineedit_text(l), at, op);
	size_t from = to < at ? to : at, end = to < at ? at : to;

	switch (op) {
	case EDIT_YANK:
		return kill->len > 0 && lineedit_insert(l, buf_span(kill));
	case EDIT_KILL_START:
	case EDIT_KILL_END:
	case EDIT_KILL_WORD:
		if (from == end ||
		    !edit_kill(kill, span_of(l->text.data + from, end - from)))
			return false;
		cut(l, from, end);
		return true;
	case EDIT_BACKSPACE:
	case EDIT_DELETE:
		if (from == end)
			return false;
		cut(l, from, end);
		return true;
	default:
		l->cursor = to;
		return to != at;
	}
}

bool
lineedit_show(struct lineedit *l, size_t cols, struct buf *out, size_t *cursor)
{
	struct span text = lineedit_text(l);
	size_t col = width_of(span_of(text.p, l->cursor));
	size_t end = col + width_of(behind(text, l->cursor));

	/* No more is hidden on the left than the end of the line demands. */
	if (l->scroll + cols > end + 1)
		l->scroll = end + 1 > cols ? end + 1 - cols : 0;
	l->scroll = edit_scroll(l->scroll, col, cols);
	*cursor = col - l->scroll;
	return edit_window(text, l->scroll, cols, out);
}

void
lineedit_click(struct lineedit *l, size_t col)
{
	l->cursor = edit_offset(lineedit_text(l), l->scroll + col);
}
