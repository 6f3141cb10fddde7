/*
 * Where everything stands on a screen of that many rows and columns.  Pure;
 * holds at any size from 1x1.
 */
#ifndef RETORT_LAYOUT_H
#define RETORT_LAYOUT_H

#include <stdbool.h>

enum pane {
	PANE_FORM,
	PANE_HISTORY,
	PANE_EXCHANGE,
	PANE_SERVER,
	PANE_COUNT
};

/* h == 0: not on the screen. */
struct rect {
	int y;
	int x;
	int h;
	int w;
};

enum layout_size {
	LAYOUT_SMALL, /* top, form, history, footer; other panes by zoom */
	LAYOUT_HOME,  /* panes below each other, from 60x16 */
	LAYOUT_WIDE,  /* exchange on the right, from 120x16 */
};

struct layout_wish {
	int form_lines; /* that the form would fill */
	bool zoomed;	/* `zoom` alone, with top and footer */
	enum pane zoom;
	bool server; /* shown under the history; in HOME instead of the
		      * exchange */
};

/* A pane's first row is its title, the form's excepted; without `titles`
 * there is no such row. */
struct layout {
	enum layout_size size;
	bool titles;
	struct rect top; /* a line; in HOME and WIDE a rule below it */
	struct rect pane[PANE_COUNT];
	struct rect footer;
};

enum layout_size layout_size_of(int rows, int cols);

void layout_of(struct layout *, int rows, int cols, const struct layout_wish *);

/* What is inside a pane, below its title. */
struct rect layout_inside(const struct layout *, enum pane);

/* The pane at that cell; PANE_COUNT if there is none. */
enum pane layout_pane_at(const struct layout *, int y, int x);

bool rect_has(struct rect, int y, int x);

#endif
