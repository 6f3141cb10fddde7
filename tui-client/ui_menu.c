/* What there is to choose from. */
#include <ncurses.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"

void
paint_menu(const struct app *app)
{
	struct rect r = app_menu_rect(app);
	size_t top = app_menu_top(app);
	char title[APP_TITLE_MAX];

	draw_box(r);
	app_menu_title(app, title);
	if (title[0] != '\0')
		draw_text(r.y, r.x + 1, r.w - 2, theme_of(ROLE_TITLE), title);
	for (int i = 0; i < r.h - 2; i++) {
		size_t row = top + (size_t)i;
		bool here = row == app->menu;
		attr_t attr =
		    here ? theme_selected(ROLE_PLAIN) : theme_of(ROLE_PLAIN);

		if (row >= app_menu_rows(app))
			break;
		if (here) {
			attrset(attr);
			mvhline(
			    r.y + 1 + i, r.x + 1, ' ' | (chtype)attr, r.w - 2);
		}
		draw_text(r.y + 1 + i, r.x + 2, r.w - 3, attr,
		    app_menu_text(app, row));
	}
}
