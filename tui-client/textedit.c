#include "textedit.h"

#include "width.h"

void
textedit_init(struct textedit *t, size_t max)
{
	*t = (struct textedit){ .text.max = max, .page = 1 };
}

void
textedit_release(struct textedit *t)
{
	buf_release(&t->text);
	textedit_init(t, t->text.max);
}

/* --- lines --------------------------------------------------------------- */

static size_t
line_start(const struct textedit *t, size_t at)
{
	const char *lf = at == 0 ? NULL : memrchr(t->text.data, '\n', at);

	return lf == NULL ? 0 : (size_t)(lf - t->text.data) + 1;
}

static size_t
line_end(const struct textedit *t, size_t at)
{
	size_t rest = t->text.len - at;
	const char *lf =
	    rest == 0 ? NULL : memchr(t->text.data + at, '\n', rest);

	return lf == NULL ? t->text.len : (size_t)(lf - t->text.data);
}

static struct span
line_at(const struct textedit *t, size_t start)
{
	return span_of(t->text.data + start, line_end(t, start) - start);
}

/* The start of the line n lines further down (or up), as far as there are. */
static size_t
lines_down(const struct textedit *t, size_t start, size_t n)
{
	size_t end;

	for (; n > 0; n--) {
		end = line_end(t, start);
		if (end == t->text.len)
			break;
		start = end + 1;
	}
	return start;
}

static size_t
lines_up(const struct textedit *t, size_t start, size_t n)
{
	for (; n > 0 && start > 0; n--)
		start = line_start(t, start - 1);
	return start;
}

/* Line ends in [from, to). */
static size_t
count_lines(const struct textedit *t, size_t from, size_t to)
{
	size_t n = 0;

	for (from = line_end(t, from); from < to; from = line_end(t, from + 1))
		n++;
	return n;
}

size_t
textedit_lines(const struct textedit *t)
{
	return count_lines(t, 0, t->text.len) + 1;
}

size_t
textedit_line_offset(const struct textedit *t, size_t i)
{
	return lines_down(t, 0, i);
}

/* --- changes ------------------------------------------------------------- */

/* The glyph boundary at or behind `at`. */
static size_t
snap(const struct textedit *t, size_t at)
{
	size_t start = line_start(t, at);

	return start + edit_snap(line_at(t, start), at - start);
}

static size_t
shifted(size_t at, size_t off, size_t n, size_t now)
{
	if (at >= off + n)
		return at - n + now;
	return at > off + now ? off + now : at;
}

bool
textedit_replace(struct textedit *t, size_t off, size_t n, struct span s)
{
	if (!edit_splice(&t->text, off, n, s))
		return false;
	t->cursor = snap(t, shifted(t->cursor, off, n, s.n));
	/* What is put in at the top of the window is to be seen. */
	if (t->top > off)
		t->top = line_start(t, shifted(t->top, off, n, s.n));
	t->wishing = false;
	return true;
}

bool
textedit_set(struct textedit *t, struct span s)
{
	if (!textedit_replace(t, 0, t->text.len, s))
		return false;
	t->cursor = t->top = t->left = 0;
	return true;
}

void
textedit_clear(struct textedit *t)
{
	textedit_set(t, span_of(NULL, 0));
}

bool
textedit_insert(struct textedit *t, struct span s)
{
	struct buf clean = { .max = s.n };
	bool ok;

	ok = edit_clean(&clean, s, '\n', '\t') &&
	    textedit_replace(t, t->cursor, 0, buf_span(&clean));
	buf_release(&clean);
	return ok;
}

/* --- the cursor ---------------------------------------------------------- */

void
textedit_move(struct textedit *t, size_t offset)
{
	t->cursor = snap(t, offset < t->text.len ? offset : t->text.len);
	t->wishing = false;
}

static size_t
cursor_column(const struct textedit *t)
{
	size_t start = line_start(t, t->cursor);

	return width_of(span_of(t->text.data + start, t->cursor - start));
}

/* Into the line that begins at `start`, in the wished column. */
static bool
go_to_line(struct textedit *t, size_t start)
{
	size_t old = t->cursor;

	if (start == line_start(t, t->cursor))
		return false;
	if (!t->wishing)
		t->wish = cursor_column(t);
	t->wishing = true;
	t->cursor = start + edit_offset(line_at(t, start), t->wish);
	return t->cursor != old;
}

/* Where the op leads or up to where it cuts, line ends included. */
static size_t
target(const struct textedit *t, enum edit_op op)
{
	size_t at = t->cursor, start = line_start(t, at);
	size_t to = start + edit_target(line_at(t, start), at - start, op);

	if (to != at)
		return to;
	switch (op) {
	case EDIT_LEFT:
	case EDIT_WORD_LEFT:
	case EDIT_BACKSPACE:
		return at > 0 ? at - 1 : at;
	case EDIT_RIGHT:
	case EDIT_WORD_RIGHT:
	case EDIT_DELETE:
	case EDIT_KILL_END:
		return at < t->text.len ? at + 1 : at;
	default:
		return at;
	}
}

static bool
go(struct textedit *t, size_t to)
{
	size_t old = t->cursor;

	textedit_move(t, to);
	return t->cursor != old;
}

static bool
cut(struct textedit *t, size_t to)
{
	size_t at = t->cursor;

	if (to == at)
		return false;
	return to < at ? textedit_replace(t, to, at - to, span_of(NULL, 0))
		       : textedit_replace(t, at, to - at, span_of(NULL, 0));
}

static bool
cut_into(struct textedit *t, size_t to, struct buf *kill)
{
	size_t at = t->cursor;
	size_t from = to < at ? to : at, end = to < at ? at : to;

	return from < end &&
	    edit_kill(kill, span_of(t->text.data + from, end - from)) &&
	    cut(t, to);
}

bool
textedit_do(struct textedit *t, enum edit_op op, struct buf *kill)
{
	size_t start = line_start(t, t->cursor);

	switch (op) {
	case EDIT_UP:
		return go_to_line(t, lines_up(t, start, 1));
	case EDIT_DOWN:
		return go_to_line(t, lines_down(t, start, 1));
	case EDIT_PAGE_UP:
		return go_to_line(t, lines_up(t, start, t->page));
	case EDIT_PAGE_DOWN:
		return go_to_line(t, lines_down(t, start, t->page));
	case EDIT_TOP:
		return go(t, 0);
	case EDIT_BOTTOM:
		return go(t, t->text.len);
	case EDIT_SPLIT:
		return textedit_insert(t, span_text("\n"));
	case EDIT_YANK:
		return kill->len > 0 && textedit_insert(t, buf_span(kill));
	case EDIT_BACKSPACE:
	case EDIT_DELETE:
		return cut(t, target(t, op));
	case EDIT_KILL_START:
	case EDIT_KILL_END:
	case EDIT_KILL_WORD:
		return cut_into(t, target(t, op), kill);
	default:
		return go(t, target(t, op));
	}
}

/* --- the window ---------------------------------------------------------- */

/* No empty rows at the end while there is text above. */
static void
fill_window(struct textedit *t, size_t rows)
{
	size_t last = lines_down(t, t->top, rows - 1);
	size_t shown = count_lines(t, t->top, last) + 1;

	if (shown < rows)
		t->top = lines_up(t, t->top, rows - shown);
}

void
textedit_fit(
    struct textedit *t, size_t rows, size_t cols, size_t *row, size_t *col)
{
	size_t start = line_start(t, t->cursor);
	size_t first = lines_up(t, start, rows - 1);

	t->page = rows;
	fill_window(t, rows);
	if (start < t->top)
		t->top = start;
	if (t->top < first)
		t->top = first;
	*col = cursor_column(t);
	t->left = *col < cols ? 0 : edit_scroll(t->left, *col, cols);
	*col -= t->left;
	*row = count_lines(t, t->top, start);
}

bool
textedit_show(
    const struct textedit *t, size_t *at, size_t cols, struct buf *out)
{
	size_t start = *at;

	if (start > t->text.len)
		return false;
	*at = line_end(t, start) + 1;
	return edit_window(line_at(t, start), t->left, cols, out);
}

void
textedit_wheel(struct textedit *t, int lines)
{
	size_t start = line_start(t, t->cursor), last;

	if (lines < 0)
		t->top = lines_up(t, t->top, (size_t)-lines);
	else
		t->top = lines_down(t, t->top, (size_t)lines);
	fill_window(t, t->page);
	last = lines_down(t, t->top, t->page - 1);
	if (start < t->top)
		go_to_line(t, t->top);
	else if (start > last)
		go_to_line(t, last);
}

void
textedit_click(struct textedit *t, size_t row, size_t col)
{
	size_t start = lines_down(t, t->top, row);

	textedit_move(t, start + edit_offset(line_at(t, start), t->left + col));
}
