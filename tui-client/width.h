/*
 * Columns of UTF-8 text on a screen, through wcwidth (main and the tests have
 * set a UTF-8 locale).
 *
 * Text is a run of glyphs: a character with the combining marks on it is one.
 * What may not stand on a screen (controls, invalid bytes, marks without a
 * base, characters without a known width) is a glyph too, shown as \xHH a
 * byte; a tab fills up to the next multiple of 8.  Nothing here ever splits a
 * glyph.
 */
#ifndef RETORT_WIDTH_H
#define RETORT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "span.h"

enum {
	GLYPH_MARKS = 4, /* on one base, as many as a cell of curses holds */
	GLYPH_TAB = 8
};

enum glyph_kind {
	GLYPH_PLAIN,
	GLYPH_TABBED,
	GLYPH_ESCAPED,
};

struct glyph {
	size_t len; /* bytes; 0 at the end of the text */
	size_t cols;
	enum glyph_kind kind;
};

/* The glyph that s begins with, standing in column col. */
struct glyph glyph_next(struct span s, size_t col);

/* How many of the glyphs that s begins with, at most max, are one byte and one
 * column each.  Long lines are nearly all of this: it is what makes them
 * cheap. */
size_t glyph_run(struct span s, size_t max);

/* Bytes of the glyph that s ends with; 0 if s is empty. */
size_t glyph_back(struct span s);

/* Append what is to be drawn for the glyph g at p.  As buf_append. */
bool glyph_append(struct buf *, const char *p, struct glyph g);

/* Columns of s, standing in column 0. */
size_t width_of(struct span s);

/* The longest beginning of s that fits in cols columns. */
struct span width_cut(struct span s, size_t cols);

/* Take the next line of at most cols columns off s: it ends at a blank, which
 * is gone then, or within a longer word.  Empty only when s is. */
struct span width_line(struct span *s, size_t cols);

/* Append what is to be drawn of s, whole.  As buf_append. */
bool width_append(struct buf *, struct span s);

/* Append s in at most cols columns, "…" for the end that does not fit. */
bool width_append_end(struct buf *, struct span s, size_t cols);

/* The same, "…" in the middle, as in "test.com/api/…/items/42"; it cuts at
 * slashes if it can. */
bool width_append_middle(struct buf *, struct span s, size_t cols);

#endif
