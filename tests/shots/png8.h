/*
 * A picture as a PNG of at most 256 colours: a third of cairo's own size.
 * Colours that are alike become the commonest among them, so that grounds and
 * strokes keep theirs and only the greys at their edges are rounded.
 */
#ifndef PNG8_H
#define PNG8_H

#include <stdbool.h>

#include <cairo.h>

/* Write an ARGB32 surface.  False with errno if the file cannot be written. */
bool png8_write(cairo_surface_t *surface, const char *path);

#endif
