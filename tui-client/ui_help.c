/* The help, over the whole screen but the footer. */
#include <ncurses.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"
#include "width.h"

enum {
	KEYS_AT = 2
};

/* A text on one of so many rows, if it is one of them. */
static void
paint_at(int y, int rows, int x, const struct app *app, attr_t attr,
    struct span text)
{
	if (y >= 0 && y < rows)
		draw_span(y, x, app->cols - x, attr, text);
}

/* Its first row is y, which may be above the screen. */
static void
paint_line(const struct app *app, int y, int rows, const struct help_line *line)
{
	struct span text = app_help_text(line);
	int x = app_help_x(app, line);
	attr_t attr =
	    line->heading != NULL ? theme_accent() : theme_of(ROLE_PLAIN);

	paint_at(
	    y, rows, KEYS_AT, app, theme_of(ROLE_KEY), span_text(line->keys));
	if (app_help_is_stacked(app, line))
		y++;
	for (; text.n > 0; y++)
		paint_at(y, rows, x, app, attr,
		    width_line(&text, app_help_cols(app, line)));
}

void
paint_help(const struct app *app)
{
	int rows = app->rows > 1 ? app->rows - 1 : app->rows;
	int y = -(int)app->help_top;
	size_t n = keymap_help_lines();

	draw_blank((struct rect){ 0, 0, rows, app->cols });
	for (size_t i = 0; i < n && y < rows; i++) {
		struct help_line line;

		keymap_help_line(i, &line);
		paint_line(app, y, rows, &line);
		y += (int)app_help_rows(app, &line);
	}
}
