#include "layout.h"

#include <string.h>

enum {
	HOME_ROWS = 16,
	HOME_COLS = 60,
	WIDE_COLS = 120,
	TOP_ROWS = 2,
	TOP_FROM = 3,	 /* rows; on a lower screen the form has them */
	FOOTER_FROM = 4, /* the same for the footer */
	TITLES_FROM = 8,
	HISTORY_LEAST = 4,
	SERVER_ROWS = 10,
};

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static int
most(int a, int b)
{
	return a > b ? a : b;
}

static struct rect
rect(int y, int x, int h, int w)
{
	if (h <= 0 || w <= 0)
		return (struct rect){ 0, 0, 0, 0 };
	return (struct rect){ y, x, h, w };
}

static void
lay_small(
    struct layout *l, int y, int rows, int cols, const struct layout_wish *wish)
{
	int form = least(most(wish->form_lines, 1), rows);

	l->pane[PANE_FORM] = rect(y, 0, form, cols);
	l->pane[PANE_HISTORY] = rect(y + form, 0, rows - form, cols);
}

static void
lay_home(
    struct layout *l, int y, int rows, int cols, const struct layout_wish *wish)
{
	int history = most(HISTORY_LEAST, rows * 2 / 5);

	l->pane[PANE_HISTORY] = rect(y, 0, history, cols);
	l->pane[wish->server ? PANE_SERVER : PANE_EXCHANGE] =
	    rect(y + history, 0, rows - history, cols);
}

static void
lay_wide(
    struct layout *l, int y, int rows, int cols, const struct layout_wish *wish)
{
	/* Of 120 columns each gets what it needs: a row of the history with its
	 * time and 15 columns of URL, the wire with its two ends beside each
	 * other. */
	int left = cols / 2;
	int server = wish->server ? least(SERVER_ROWS, rows / 2) : 0;

	l->pane[PANE_HISTORY] = rect(y, 0, rows - server, left);
	l->pane[PANE_SERVER] = rect(y + rows - server, 0, server, left);
	l->pane[PANE_EXCHANGE] = rect(y, left + 1, rows, cols - left - 1);
}

enum layout_size
layout_size_of(int rows, int cols)
{
	if (rows < HOME_ROWS || cols < HOME_COLS)
		return LAYOUT_SMALL;
	return cols < WIDE_COLS ? LAYOUT_HOME : LAYOUT_WIDE;
}

void
layout_of(struct layout *l, int rows, int cols, const struct layout_wish *wish)
{
	int top = rows >= TOP_FROM ? 1 : 0;
	int form;

	memset(l, 0, sizeof(*l));
	l->size = layout_size_of(rows, cols);
	l->titles = rows >= TITLES_FROM;
	if (rows >= FOOTER_FROM)
		l->footer = rect(--rows, 0, 1, cols);

	l->top = rect(0, 0, top, cols);
	if (wish->zoomed) {
		l->pane[wish->zoom] = rect(top, 0, rows - top, cols);
		return;
	}
	if (l->size == LAYOUT_SMALL) {
		lay_small(l, top, rows - top, cols, wish);
		return;
	}
	l->top.h = TOP_ROWS;
	form = least(wish->form_lines, rows - TOP_ROWS - HISTORY_LEAST * 2);
	l->pane[PANE_FORM] = rect(TOP_ROWS, 0, form, cols);
	if (l->size == LAYOUT_HOME)
		lay_home(
		    l, TOP_ROWS + form, rows - TOP_ROWS - form, cols, wish);
	else
		lay_wide(
		    l, TOP_ROWS + form, rows - TOP_ROWS - form, cols, wish);
}

struct rect
layout_inside(const struct layout *l, enum pane pane)
{
	struct rect r = l->pane[pane];

	if (pane == PANE_FORM || !l->titles || r.h == 0)
		return r;
	return rect(r.y + 1, r.x, r.h - 1, r.w);
}

enum pane
layout_pane_at(const struct layout *l, int y, int x)
{
	for (int i = 0; i < PANE_COUNT; i++)
		if (rect_has(l->pane[i], y, x))
			return (enum pane)i;
	return PANE_COUNT;
}

bool
rect_has(struct rect r, int y, int x)
{
	return y >= r.y && y < r.y + r.h && x >= r.x && x < r.x + r.w;
}
