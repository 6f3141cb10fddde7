/*
 * The app's state onto the screen.  Painters read and decide nothing.
 */
#ifndef RETORT_UI_PAINT_H
#define RETORT_UI_PAINT_H

#include "app.h"

/* Where the cursor is to be; y < 0: nowhere. */
struct place {
	int y;
	int x;
};

/* Draw what is dirty, and send it to the terminal in one go. */
void paint(struct app *);

void paint_top(const struct app *);
struct place paint_form(struct app *);
void paint_history(const struct app *);
void paint_exchange(struct app *);
void paint_server(const struct app *);
struct place paint_footer(struct app *);
void paint_menu(const struct app *);
void paint_help(const struct app *);

#endif
