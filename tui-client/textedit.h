/*
 * Many lines of UTF-8 under a cursor: the headers (one "Name: value" a line)
 * and the body.
 *
 * One run of bytes, lines ended by LF; there is no index to keep true.  Moving
 * a line costs that line, an edit moves the bytes behind it: a MiB is nothing.
 */
#ifndef RETORT_TEXTEDIT_H
#define RETORT_TEXTEDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "lineedit.h"
#include "span.h"

struct textedit {
	struct buf text; /* max is the ceiling */
	size_t cursor;	 /* a byte offset, never inside a glyph */
	size_t wish;	 /* the column UP and DOWN want to be in */
	bool wishing;	 /* the last op was one of those */
	size_t top;	 /* offset of the first line shown */
	size_t left;	 /* columns hidden on the left */
	size_t page;	 /* lines shown last; PAGE_UP moves by it */
};

void textedit_init(struct textedit *, size_t max);
void textedit_release(struct textedit *);

static inline struct span
textedit_text(const struct textedit *t)
{
	return buf_span(&t->text);
}

/* Replace all, byte for byte (the bytes are not the user's typing: a file, an
 * earlier request); the cursor goes to the start.  False, and nothing changed,
 * past the ceiling or out of memory. */
bool textedit_set(struct textedit *, struct span);
void textedit_clear(struct textedit *);

/*
 * Typed or pasted: CR LF and CR become LF, tabs stay, other controls are
 * removed.  False, and nothing inserted, as textedit_set.
 */
bool textedit_insert(struct textedit *, struct span);

/* As lineedit_do; all ops are understood.  BACKSPACE at a line's start and
 * DELETE and KILL_END at its end join lines. */
bool textedit_do(struct textedit *, enum edit_op, struct buf *kill);

/* Replace text[off, off + n) by s; cursor and scroll stay with their text.
 * False, and nothing changed, as textedit_set. */
bool textedit_replace(struct textedit *, size_t off, size_t n, struct span s);

/* Lines, 1 at least: an empty text is one empty line.  O(text). */
size_t textedit_lines(const struct textedit *);

/* The offset of line i (from 0), the last line's if there are fewer; for a
 * fault in line i. */
size_t textedit_line_offset(const struct textedit *, size_t i);

void textedit_move(struct textedit *, size_t offset);

/* Scroll so that the cursor is within rows by cols (1 by 1 at least), and say
 * where it is in them. */
void textedit_fit(
    struct textedit *, size_t rows, size_t cols, size_t *row, size_t *col);

/*
 * Draw line after line: *at is t->top first, and moves on.  Appends what cols
 * columns show of the line.  False when no line is left or memory is out.
 */
bool textedit_show(
    const struct textedit *, size_t *at, size_t cols, struct buf *out);

/* Scroll by that many lines (the wheel); the cursor follows into view. */
void textedit_wheel(struct textedit *, int lines);

/* Put the cursor on the glyph shown there. */
void textedit_click(struct textedit *, size_t row, size_t col);

#endif
