/*
 * What each role looks like.  The only place that knows colours.
 */
#ifndef RETORT_UI_THEME_H
#define RETORT_UI_THEME_H

#include <ncurses.h>

#include "rows.h"

/* After curses is up.  Colours, unless the terminal has none or NO_COLOR is
 * set (no-color.org). */
void theme_init(void);

attr_t theme_of(enum role);

/* The one accent: what has the focus. */
attr_t theme_accent(void);

/* Lines between things: fainter than what is dim. */
attr_t theme_rule(void);

/* The same in the row that is selected: reversed, and never dim. */
attr_t theme_selected(enum role);

#endif
