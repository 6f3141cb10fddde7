/*
 * Box drawing (U+2500) and block elements (U+2580) as lines and areas that
 * join those of the next cell.
 */
#ifndef BOXES_H
#define BOXES_H

#include <stdbool.h>
#include <stdint.h>

#include <cairo.h>

/* A cell's place in pixels, all of them whole and w, h even. */
struct box {
	double x;
	double y;
	double w;
	double h;
};

/* Draw c in the current colour.  False if it is not one that is drawn here. */
bool boxes_draw(cairo_t *cr, const struct box *b, uint32_t c);

#endif
