#include "shot.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <cairo.h>
#include <pango/pangocairo.h>

#include "boxes.h"
#include "png8.h"

#define PI 3.14159265358979323846

/* Pixels, all at twice the usual size. */
#define CELL_W	  18
#define CELL_H	  40
#define PAD	  24
#define BAR_H	  60
#define RADIUS	  18
#define NARROW_PX (CELL_W / 0.602) /* DejaVu Sans Mono advances 0.602 em */
#define WIDE_PX	  35		   /* NanumGothicCoding: 1 em, less a hair */
#define SMALL_PX  14
#define TITLE_PX  24

#define INK	  0xd4d8e0
#define PAPER	  0x1a1d23
#define BAR	  0x24282f
#define EDGE	  0x3a3f49
#define TITLE	  0x8b93a1

/* clang-format off */
static const uint32_t palette[16] = {
	0x2b2f38, 0xe8707a, 0x8cc97b, 0xe6bf73,
	0x68a6f0, 0xce8be8, 0x58c4d0, 0xc9ced8,
	0x7c8493, 0xf5929a, 0xaade99, 0xf4d793,
	0x8fbff8, 0xe2aff5, 0x85dee8, 0xf6f8fb,
};
/* clang-format on */

struct shot {
	cairo_t *cr;
	PangoLayout *layout;
	PangoFontDescription *narrow;
	PangoFontDescription *wide;
	PangoFontDescription *small;
	PangoFontDescription *title;
};

/* xterm's 256 colours, the first 16 of them ours. */
static uint32_t
rgb(int colour, uint32_t usual)
{
	static const uint8_t level[] = { 0, 95, 135, 175, 215, 255 };
	uint32_t i = (uint32_t)colour, grey;

	if (colour < 0 || colour > 255)
		return usual;
	if (i < 16)
		return palette[i];
	if (i >= 232) {
		grey = 8 + 10 * (i - 232);
		return grey << 16 | grey << 8 | grey;
	}
	i -= 16;
	return (uint32_t)level[i / 36] << 16 | (uint32_t)level[i / 6 % 6] << 8 |
	    level[i % 6];
}

static void
set_colour(struct shot *shot, uint32_t c)
{
	cairo_set_source_rgb(shot->cr, (c >> 16) / 255.0,
	    (c >> 8 & 0xff) / 255.0, (c & 0xff) / 255.0);
}

static uint32_t
ink_of(const struct screen_cell *cell)
{
	return cell->reverse ? rgb(cell->bg, PAPER) : rgb(cell->fg, INK);
}

static uint32_t
paper_of(const struct screen_cell *cell)
{
	return cell->reverse ? rgb(cell->fg, INK) : rgb(cell->bg, PAPER);
}

static struct box
place(int row, int col, int width)
{
	return (struct box){ PAD + col * CELL_W, BAR_H + PAD + row * CELL_H,
		width * CELL_W, CELL_H };
}

static bool
is_cursor(const struct screen *s, int row, int col)
{
	return s->visible && s->row == row && s->col == col;
}

static void
draw_paper(struct shot *shot, struct screen *s, int row, int col)
{
	struct screen_cell cell = screen_cell(s, row, col);
	struct box b = place(row, col, cell.width > 1 ? 2 : 1);

	if (cell.width == 0)
		return;
	set_colour(
	    shot, is_cursor(s, row, col) ? ink_of(&cell) : paper_of(&cell));
	cairo_rectangle(shot->cr, b.x, b.y, b.w, b.h);
	cairo_fill(shot->cr);
}

/* Set text in the middle of b, on the line that DejaVu stands on. */
static void
draw_text(struct shot *shot, const struct box *b, const char *text,
    PangoFontDescription *font, double baseline)
{
	PangoRectangle size;
	double at;

	pango_layout_set_font_description(shot->layout, font);
	pango_layout_set_text(shot->layout, text, -1);
	pango_layout_get_extents(shot->layout, NULL, &size);
	at = pango_layout_get_baseline(shot->layout) / (double)PANGO_SCALE;
	cairo_move_to(shot->cr,
	    b->x + (b->w - size.width / (double)PANGO_SCALE) / 2,
	    b->y + baseline - at);
	pango_cairo_show_layout(shot->cr, shot->layout);
}

/*
 * U+2400 to U+2421, the pictures of control characters, which neither font
 * has: their names in small letters down the cell's diagonal.
 */
static bool
draw_control(struct shot *shot, const struct box *b, uint32_t c)
{
	static const char names[][4] = { "NUL", "SOH", "STX", "ETX", "EOT",
		"ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO",
		"SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB",
		"CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US", "SP",
		"DEL" };
	const char *name;
	double n, i, top, step;

	if (c < 0x2400 || c > 0x2421)
		return false;
	name = names[c - 0x2400];
	n = (double)strlen(name);
	top = n > 2 ? 14 : 18;
	step = n > 2 ? 10 : 13;
	for (i = 0; i < n; i++) {
		struct box part = *b;
		char letter[2] = { name[(int)i], '\0' };

		part.w = b->w / 2;
		part.x += i * (b->w - part.w) / (n - 1);
		draw_text(shot, &part, letter, shot->small, top + i * step);
	}
	return true;
}

static void
draw_ink(struct shot *shot, struct screen *s, int row, int col)
{
	struct screen_cell cell = screen_cell(s, row, col);
	struct box b = place(row, col, cell.width > 1 ? 2 : 1);
	PangoFontDescription *font = cell.width > 1 ? shot->wide : shot->narrow;
	uint32_t c;

	set_colour(
	    shot, is_cursor(s, row, col) ? paper_of(&cell) : ink_of(&cell));
	if (cell.underline) {
		cairo_rectangle(shot->cr, b.x, b.y + CELL_H - 6, b.w, 2);
		cairo_fill(shot->cr);
	}
	if (cell.width == 0 || strcmp(cell.text, " ") == 0)
		return;
	c = g_utf8_get_char(cell.text);
	if (boxes_draw(shot->cr, &b, c) || draw_control(shot, &b, c))
		return;
	pango_font_description_set_weight(
	    font, cell.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	draw_text(shot, &b, cell.text, font,
	    cell.width > 1 ? CELL_H - 10 : CELL_H - 12);
}

static void
outline(struct shot *shot, double inset, double w, double h)
{
	double r = RADIUS - inset, from = inset + r;

	cairo_new_sub_path(shot->cr);
	cairo_arc(shot->cr, w - from, from, r, -PI / 2, 0);
	cairo_arc(shot->cr, w - from, h - from, r, 0, PI / 2);
	cairo_arc(shot->cr, from, h - from, r, PI / 2, PI);
	cairo_arc(shot->cr, from, from, r, PI, 3 * PI / 2);
	cairo_close_path(shot->cr);
}

static void
draw_frame(struct shot *shot, double w, double h, const char *title)
{
	struct box bar = { 0, 0, w, BAR_H };
	int i;

	outline(shot, 0, w, h);
	cairo_clip(shot->cr);
	set_colour(shot, PAPER);
	cairo_paint(shot->cr);
	set_colour(shot, BAR);
	cairo_rectangle(shot->cr, 0, 0, w, BAR_H);
	cairo_fill(shot->cr);
	set_colour(shot, EDGE);
	for (i = 0; i < 3; i++) {
		cairo_arc(shot->cr, 36 + i * 32, BAR_H / 2.0, 9, 0, 2 * PI);
		cairo_fill(shot->cr);
	}
	cairo_set_line_width(shot->cr, 2);
	outline(shot, 1, w, h);
	cairo_stroke(shot->cr);
	set_colour(shot, TITLE);
	draw_text(shot, &bar, title, shot->title, BAR_H / 2.0 + 9);
}

/* Another font in its place would be a picture of another program. */
static PangoFontDescription *
font_new(struct shot *shot, const char *family, double px)
{
	PangoFontDescription *font = pango_font_description_new(), *found;
	PangoContext *context = pango_layout_get_context(shot->layout);
	PangoFont *loaded;

	pango_font_description_set_family(font, family);
	pango_font_description_set_absolute_size(font, px * PANGO_SCALE);
	loaded = pango_context_load_font(context, font);
	found = loaded == NULL ? NULL : pango_font_describe(loaded);
	if (found == NULL ||
	    strcmp(pango_font_description_get_family(found), family) != 0)
		test_fail("the font %s is missing", family);
	pango_font_description_free(found);
	g_object_unref(loaded);
	return font;
}

static void
shot_open(struct shot *shot, cairo_surface_t *surface)
{
	cairo_font_options_t *options = cairo_font_options_create();

	shot->cr = cairo_create(surface);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	shot->layout = pango_cairo_create_layout(shot->cr);
	pango_cairo_context_set_font_options(
	    pango_layout_get_context(shot->layout), options);
	cairo_font_options_destroy(options);
	shot->narrow = font_new(shot, "DejaVu Sans Mono", NARROW_PX);
	shot->wide = font_new(shot, "NanumGothicCoding", WIDE_PX);
	shot->small = font_new(shot, "DejaVu Sans Mono", SMALL_PX);
	shot->title = font_new(shot, "DejaVu Sans", TITLE_PX);
}

static void
shot_close(struct shot *shot)
{
	pango_font_description_free(shot->narrow);
	pango_font_description_free(shot->wide);
	pango_font_description_free(shot->small);
	pango_font_description_free(shot->title);
	g_object_unref(shot->layout);
	cairo_destroy(shot->cr);
}

/* Grounds first: the next cell's would cut a glyph that reaches over. */
static void
draw_cells(struct shot *shot, struct screen *s,
    void (*draw)(struct shot *, struct screen *, int, int))
{
	int row, col;

	for (row = 0; row < s->rows; row++)
		for (col = 0; col < s->cols; col++)
			draw(shot, s, row, col);
}

void
shot_write(struct screen *s, const char *title, const char *path)
{
	int w = s->cols * CELL_W + 2 * PAD;
	int h = s->rows * CELL_H + 2 * PAD + BAR_H;
	cairo_surface_t *surface =
	    cairo_image_surface_create(CAIRO_FORMAT_ARGB32, w, h);
	struct shot shot;
	bool written;

	shot_open(&shot, surface);
	draw_frame(&shot, w, h, title);
	draw_cells(&shot, s, draw_paper);
	draw_cells(&shot, s, draw_ink);
	shot_close(&shot);
	written = png8_write(surface, path);
	cairo_surface_destroy(surface);
	if (!written)
		test_fail("%s: %s", path, strerror(errno));
}
