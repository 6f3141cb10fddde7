/*
 * A picture of a screen: its cells, at twice the usual size, in a plain window
 * frame.  The same cells give the same bytes wherever the same versions of
 * cairo, pango, libpng, fonts-dejavu-core and fonts-nanum-coding stand.
 *
 * Narrow cells are in DejaVu Sans Mono, wide ones in NanumGothicCoding, scaled
 * so that a syllable fills its two cells.  Box drawing and block elements are
 * drawn, not set, so that lines have no gaps.  There is no dim (see screen.h):
 * a program says it by a grey, 8 or one of 232 to 255.
 */
#ifndef SHOT_H
#define SHOT_H

#include "screen.h"

/* Draw the screen as it is now.  A missing font or folder fails the test. */
void shot_write(struct screen *s, const char *title, const char *path);

#endif
