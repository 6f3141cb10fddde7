/*
 * Text and lines in rectangles of the screen.  All text is harmless already
 * (escape, width.h); what does not fit is cut at a glyph.
 */
#ifndef RETORT_UI_DRAW_H
#define RETORT_UI_DRAW_H

#include <ncurses.h>

#include "layout.h"
#include "rows.h"
#include "span.h"

/* Blank it. */
void draw_blank(struct rect);

/* At most cols columns; how many it took. */
int draw_span(int y, int x, int cols, attr_t, struct span);
int draw_text(int y, int x, int cols, attr_t, const char *text);

/* A line with its roles; reversed if selected. */
void draw_line(int y, int x, int cols, const struct line *, bool selected);

/* A dim rule. */
void draw_rule(int y, int x, int cols);

/* The title of a pane: a rule with a name on its left, and a text on its right
 * or NULL.  The name of the one with the focus has the accent. */
void draw_title(struct rect, const char *name, const char *right, bool focused);

/* A frame, blank inside. */
void draw_box(struct rect);

/* In the middle of a row. */
void draw_centred(struct rect, int row, const char *text);

#endif
