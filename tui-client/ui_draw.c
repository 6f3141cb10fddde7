#include "ui_draw.h"

#include "ui_theme.h"
#include "width.h"

enum {
	TITLE_AT = 3 /* "── Name ──" */
};

void
draw_blank(struct rect r)
{
	attrset(A_NORMAL);
	for (int y = 0; y < r.h; y++)
		mvhline(r.y + y, r.x, ' ', r.w);
}

int
draw_span(int y, int x, int cols, attr_t attr, struct span text)
{
	struct span cut;

	if (cols <= 0)
		return 0;
	cut = width_cut(text, (size_t)cols);
	attrset(attr);
	mvaddnstr(y, x, cut.p != NULL ? cut.p : "", (int)cut.n);
	attrset(A_NORMAL);
	return (int)width_of(cut);
}

int
draw_text(int y, int x, int cols, attr_t attr, const char *text)
{
	return draw_span(y, x, cols, attr, span_text(text));
}

void
draw_line(int y, int x, int cols, const struct line *line, bool selected)
{
	for (size_t i = 0; i < line->n && cols > 0; i++) {
		enum role role = line->seg[i].role;
		int took = draw_span(y, x, cols,
		    selected ? theme_selected(role) : theme_of(role),
		    line_segment(line, i));

		x += took;
		cols -= took;
	}
}

void
draw_rule(int y, int x, int cols)
{
	attrset(theme_rule());
	mvhline_set(y, x, WACS_HLINE, cols);
	attrset(A_NORMAL);
}

/* With a space on both sides. */
static void
draw_on_rule(int y, int x, int cols, attr_t attr, const char *text)
{
	int took;

	if (cols < 3)
		return;
	mvaddch(y, x, ' ');
	took = draw_text(y, x + 1, cols - 2, attr, text);
	mvaddch(y, x + 1 + took, ' ');
}

void
draw_title(struct rect r, const char *name, const char *right, bool focused)
{
	int room = r.w - TITLE_AT;
	int need = right != NULL ? (int)width_of(span_text(right)) + 2 : 0;

	draw_rule(r.y, r.x, r.w);
	draw_on_rule(r.y, r.x + TITLE_AT - 1, room,
	    focused ? theme_accent() : theme_of(ROLE_PLAIN), name);
	if (need > 0 && (int)width_of(span_text(name)) + need + 4 < room)
		draw_on_rule(
		    r.y, r.x + r.w - need - 2, need, theme_of(ROLE_DIM), right);
}

void
draw_box(struct rect r)
{
	if (r.h < 2 || r.w < 2)
		return;
	draw_blank(r);
	attrset(theme_rule());
	mvhline_set(r.y, r.x + 1, WACS_HLINE, r.w - 2);
	mvhline_set(r.y + r.h - 1, r.x + 1, WACS_HLINE, r.w - 2);
	mvvline_set(r.y + 1, r.x, WACS_VLINE, r.h - 2);
	mvvline_set(r.y + 1, r.x + r.w - 1, WACS_VLINE, r.h - 2);
	mvadd_wch(r.y, r.x, WACS_ULCORNER);
	mvadd_wch(r.y, r.x + r.w - 1, WACS_URCORNER);
	mvadd_wch(r.y + r.h - 1, r.x, WACS_LLCORNER);
	mvadd_wch(r.y + r.h - 1, r.x + r.w - 1, WACS_LRCORNER);
	attrset(A_NORMAL);
}

void
draw_centred(struct rect r, int row, const char *text)
{
	int cols = (int)width_of(span_text(text));
	int x = cols < r.w ? (r.w - cols) / 2 : 0;

	if (row >= 0 && row < r.h)
		draw_text(
		    r.y + row, r.x + x, r.w - x, theme_of(ROLE_DIM), text);
}
