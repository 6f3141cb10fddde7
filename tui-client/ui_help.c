/* The help, over the whole screen but the footer. */
#include <ncurses.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"

enum {
	KEYS_AT = 2,
	HELP_AT = 24,
	HELP_AT_NARROW = 13,
};

void
paint_help(const struct app *app)
{
	int rows = app->rows > 1 ? app->rows - 1 : app->rows;
	int x = app->cols < 60 ? HELP_AT_NARROW : HELP_AT;

	draw_blank((struct rect){ 0, 0, rows, app->cols });
	for (int i = 0; i < rows; i++) {
		size_t at = app->help_top + (size_t)i;
		struct help_line line;

		if (at >= keymap_help_lines())
			break;
		keymap_help_line(at, &line);
		if (line.heading != NULL) {
			draw_text(
			    i, 1, app->cols - 1, theme_accent(), line.heading);
			continue;
		}
		draw_text(
		    i, KEYS_AT, x - KEYS_AT - 1, theme_of(ROLE_KEY), line.keys);
		draw_text(i, x, app->cols - x, theme_of(ROLE_PLAIN), line.help);
	}
}
