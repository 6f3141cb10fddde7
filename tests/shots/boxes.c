#include "boxes.h"

#include <math.h>
#include <stddef.h>

#define LIGHT 2.0
#define HEAVY 4.0

/*
 * U+2500 to U+257F: what goes from the middle to the left, the right, up and
 * down, two bits each: 1 light, 2 heavy.  0x00 is not made of such arms.
 */
/* clang-format off */
static const uint8_t arms[128] = {
	0x50, 0xa0, 0x05, 0x0a, 0x00, 0x00, 0x00, 0x00, /* 2500 */
	0x00, 0x00, 0x00, 0x00, 0x11, 0x21, 0x12, 0x22, /* 2508 */
	0x41, 0x81, 0x42, 0x82, 0x14, 0x24, 0x18, 0x28, /* 2510 */
	0x44, 0x84, 0x48, 0x88, 0x15, 0x25, 0x19, 0x16, /* 2518 */
	0x1a, 0x29, 0x26, 0x2a, 0x45, 0x85, 0x49, 0x46, /* 2520 */
	0x4a, 0x89, 0x86, 0x8a, 0x51, 0x91, 0x61, 0xa1, /* 2528 */
	0x52, 0x92, 0x62, 0xa2, 0x54, 0x94, 0x64, 0xa4, /* 2530 */
	0x58, 0x98, 0x68, 0xa8, 0x55, 0x95, 0x65, 0xa5, /* 2538 */
	0x59, 0x56, 0x5a, 0x99, 0x69, 0x96, 0x66, 0xa9, /* 2540 */
	0xa6, 0x9a, 0x6a, 0xaa, 0x00, 0x00, 0x00, 0x00, /* 2548 */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 2550 */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 2558 */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 2560 */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 2568 */
	0x00, 0x00, 0x00, 0x00, 0x40, 0x04, 0x10, 0x01, /* 2570 */
	0x80, 0x08, 0x20, 0x02, 0x60, 0x06, 0x90, 0x09, /* 2578 */
};

/* Dashed lines: how many dashes a cell has. */
static const struct dashes {
	uint32_t c;
	int n;
	double thick;
	bool upright;
} dashes[] = {
	{ 0x2504, 3, LIGHT, false }, { 0x2505, 3, HEAVY, false },
	{ 0x2506, 3, LIGHT, true },  { 0x2507, 3, HEAVY, true },
	{ 0x2508, 4, LIGHT, false }, { 0x2509, 4, HEAVY, false },
	{ 0x250a, 4, LIGHT, true },  { 0x250b, 4, HEAVY, true },
	{ 0x254c, 2, LIGHT, false }, { 0x254d, 2, HEAVY, false },
	{ 0x254e, 2, LIGHT, true },  { 0x254f, 2, HEAVY, true },
};
/* clang-format on */

static void
area(cairo_t *cr, double x, double y, double w, double h)
{
	cairo_rectangle(cr, x, y, w, h);
	cairo_fill(cr);
}

static void
draw_arms(cairo_t *cr, const struct box *b, uint8_t a)
{
	static const double thick[] = { 0, LIGHT, HEAVY, 0 };
	double left = thick[a >> 6], right = thick[a >> 4 & 3];
	double up = thick[a >> 2 & 3], down = thick[a & 3];
	double cx = b->x + b->w / 2, cy = b->y + b->h / 2;
	double across = fmax(left, right) / 2, along = fmax(up, down) / 2;

	/* Each arm reaches over the middle, as far as what it meets is thick. */
	if (left > 0)
		area(cr, b->x, cy - left / 2, b->w / 2 + along, left);
	if (right > 0)
		area(cr, cx - along, cy - right / 2, b->w / 2 + along, right);
	if (up > 0)
		area(cr, cx - up / 2, b->y, up, b->h / 2 + across);
	if (down > 0)
		area(cr, cx - down / 2, cy - across, down, b->h / 2 + across);
}

static void
draw_dashes(cairo_t *cr, const struct box *b, const struct dashes *d)
{
	double length = d->upright ? b->h : b->w;
	int i, from, to;

	for (i = 0; i < d->n; i++) {
		from = (int)(length * (3 * i + 0.5) / (3 * d->n) + 0.5);
		to = (int)(length * (3 * i + 2.5) / (3 * d->n) + 0.5);
		if (d->upright)
			area(cr, b->x + (b->w - d->thick) / 2, b->y + from,
			    d->thick, to - from);
		else
			area(cr, b->x + from, b->y + (b->h - d->thick) / 2,
			    to - from, d->thick);
	}
}

/* U+256D to U+2570: a corner from the right or left to below or above. */
static void
draw_arc(cairo_t *cr, const struct box *b, uint32_t c)
{
	double side = c == 0x256d || c == 0x2570 ? 1 : -1;
	double end = c == 0x256d || c == 0x256e ? 1 : -1;
	double cx = b->x + b->w / 2, cy = b->y + b->h / 2, r = b->w / 2;

	cairo_set_line_width(cr, LIGHT);
	cairo_move_to(cr, cx + side * r, cy);
	cairo_curve_to(cr, cx + side * r * 0.45, cy, cx, cy + end * r * 0.45,
	    cx, cy + end * r);
	cairo_line_to(cr, cx, cy + end * b->h / 2);
	cairo_stroke(cr);
}

/* U+2591 to U+2593. */
static void
draw_shade(cairo_t *cr, const struct box *b, double alpha)
{
	cairo_push_group(cr);
	area(cr, b->x, b->y, b->w, b->h);
	cairo_pop_group_to_source(cr);
	cairo_paint_with_alpha(cr, alpha);
}

/* U+2596 to U+259F. */
static void
draw_quadrants(cairo_t *cr, const struct box *b, uint32_t c)
{
	/* Upper left 8, upper right 4, lower left 2, lower right 1. */
	static const uint8_t which[] = { 2, 1, 8, 11, 9, 14, 13, 4, 6, 7 };
	double w = b->w / 2, h = b->h / 2;
	int i;

	for (i = 0; i < 4; i++)
		if ((which[c - 0x2596] & 8 >> i) != 0)
			area(cr, b->x + (i & 1) * w, b->y + (i >> 1) * h, w, h);
}

static void
draw_block(cairo_t *cr, const struct box *b, uint32_t c)
{
	double part;

	if (c == 0x2580) {
		area(cr, b->x, b->y, b->w, b->h / 2);
	} else if (c <= 0x2588) {
		part = round(b->h * (c - 0x2580) / 8);
		area(cr, b->x, b->y + b->h - part, b->w, part);
	} else if (c <= 0x258f) {
		area(cr, b->x, b->y, round(b->w * (0x2590 - c) / 8), b->h);
	} else if (c == 0x2590) {
		area(cr, b->x + b->w / 2, b->y, b->w / 2, b->h);
	} else if (c <= 0x2593) {
		draw_shade(cr, b, (c - 0x2590) * 0.25);
	} else if (c == 0x2594) {
		area(cr, b->x, b->y, b->w, round(b->h / 8));
	} else if (c == 0x2595) {
		part = round(b->w / 8);
		area(cr, b->x + b->w - part, b->y, part, b->h);
	} else {
		draw_quadrants(cr, b, c);
	}
}

bool
boxes_draw(cairo_t *cr, const struct box *b, uint32_t c)
{
	size_t i;

	if (c < 0x2500 || c > 0x259f)
		return false;
	if (c >= 0x2580) {
		draw_block(cr, b, c);
		return true;
	}
	if (c >= 0x256d && c <= 0x2570) {
		draw_arc(cr, b, c);
		return true;
	}
	for (i = 0; i < sizeof(dashes) / sizeof(*dashes); i++) {
		if (dashes[i].c != c)
			continue;
		draw_dashes(cr, b, &dashes[i]);
		return true;
	}
	if (arms[c - 0x2500] == 0)
		return false;
	draw_arms(cr, b, arms[c - 0x2500]);
	return true;
}
