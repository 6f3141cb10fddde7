/*
 * One line of UTF-8 under a cursor, edited as readline does.
 *
 * Any bytes may stand in it but line ends; what cannot be drawn is drawn as
 * \xHH (width.h), so the line is what will be sent.
 */
#ifndef RETORT_LINEEDIT_H
#define RETORT_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "span.h"

/* What a key may do to a field.  X(name, keymap name, help) */
/* clang-format off */
#define EDIT_OPS(X) \
	X(LEFT, "left", "One character to the left") \
	X(RIGHT, "right", "One character to the right") \
	X(WORD_LEFT, "word-left", "To the start of the word") \
	X(WORD_RIGHT, "word-right", "To the end of the word") \
	X(HOME, "home", "To the start of the line") \
	X(END, "end", "To the end of the line") \
	X(BACKSPACE, "backspace", "Delete the character to the left") \
	X(DELETE, "delete", "Delete the character to the right") \
	X(KILL_START, "kill-start", "Cut to the start of the line") \
	X(KILL_END, "kill-end", "Cut to the end of the line") \
	X(KILL_WORD, "kill-word", "Cut the word to the left") \
	X(YANK, "yank", "Paste what was cut") \
	X(UP, "up", "One line up") \
	X(DOWN, "down", "One line down") \
	X(PAGE_UP, "page-up", "One page up") \
	X(PAGE_DOWN, "page-down", "One page down") \
	X(TOP, "top", "To the first line") \
	X(BOTTOM, "bottom", "To the last line") \
	X(SPLIT, "split", "Begin a new line")
/* clang-format on */

enum edit_op {
#define X(name, key, help) EDIT_##name,
	EDIT_OPS(X)
#undef X
	EDIT_COUNT
};

struct lineedit {
	struct buf text; /* max is the ceiling */
	size_t cursor;	 /* a byte offset, never inside a glyph */
	size_t scroll;	 /* columns hidden on the left */
};

void lineedit_init(struct lineedit *, size_t max);
void lineedit_release(struct lineedit *);

static inline struct span
lineedit_text(const struct lineedit *l)
{
	return buf_span(&l->text);
}

/* Replace all; the cursor goes to the end.  As lineedit_insert. */
bool lineedit_set(struct lineedit *, struct span);
void lineedit_clear(struct lineedit *);

/*
 * Typed or pasted: line ends at the ends are dropped, others and tabs become a
 * space, other controls are removed.  False, and nothing inserted, if it would
 * pass the ceiling or memory is out.
 */
bool lineedit_insert(struct lineedit *, struct span);

/*
 * Do op.  kill is what ^U ^K ^W cut and ^Y pastes, shared by all fields; its
 * owner sets its max.  False if nothing changed: at an end already, nothing to
 * paste, no room, or an op of many lines (UP to SPLIT).
 */
bool lineedit_do(struct lineedit *, enum edit_op, struct buf *kill);

/*
 * Scroll so that the cursor is within cols columns, append what they show
 * (at most cols columns, harmless to draw), and say where the cursor is in
 * them (always < cols; cols is 1 or more).  As buf_append.
 */
bool lineedit_show(
    struct lineedit *, size_t cols, struct buf *out, size_t *cursor);

/* Put the cursor on the glyph shown in that column. */
void lineedit_click(struct lineedit *, size_t col);

/* --- shared with textedit ------------------------------------------------ */

/* Replace b's bytes [off, off + n) by s, which lies elsewhere.  As
 * buf_append. */
bool edit_splice(struct buf *b, size_t off, size_t n, struct span s);

/* Append typed or pasted text without its controls; each line end becomes
 * `newline`, and a tab becomes `tab`.  As buf_append. */
bool edit_clean(struct buf *out, struct span s, char newline, char tab);

/* Put s in the place of what was cut before.  As buf_append. */
bool edit_kill(struct buf *kill, struct span s);

/* The first glyph boundary at or after `at`: an edit may have joined a mark to
 * what stands before the cursor. */
size_t edit_snap(struct span line, size_t at);

/*
 * Within one line: the offset a move from `at` leads to, for
 * LEFT to END, and for the three kills, BACKSPACE and DELETE the other end of
 * what goes.
 */
size_t edit_target(struct span line, size_t at, enum edit_op);

/*
 * Append what columns [from, from + cols) of a line show; a wide glyph cut at
 * the left edge shows as spaces.
 */
bool edit_window(struct span line, size_t from, size_t cols, struct buf *out);

/* The offset of the glyph that covers column col; the end if none does. */
size_t edit_offset(struct span line, size_t col);

/* The first column of the window that keeps col in view. */
size_t edit_scroll(size_t scroll, size_t col, size_t cols);

#endif
