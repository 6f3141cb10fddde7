/* The selected exchange: the answer, or the request as it was sent. */
#include <ncurses.h>
#include <stdio.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"
#include "width.h"

/* clang-format off */
static const char *const parts[] = {
#define X(name, title) title,
	VIEW_PARTS(X)
#undef X
};
/* clang-format on */

static const char *const short_parts[] = {
	[VIEW_RESPONSE] = "Resp",
	[VIEW_REQUEST] = "Req",
	[VIEW_WIRE] = "Wire",
	[VIEW_TIMELINE] = "Time",
	[VIEW_FINDINGS] = "Find",
};

/* What is said of the parts, by the room that there is. */
enum titles {
	TITLES_FULL,
	TITLES_SHORT,
	TITLES_ONE, /* of the one shown */
	TITLES_NONE,
};

static void
part_text(const struct app *app, int i, enum titles titles, char out[32])
{
	if (titles == TITLES_FULL ||
	    (titles == TITLES_ONE && i == (int)app->part))
		snprintf(out, 32, "%d %s", i + 1, parts[i]);
	else if (titles == TITLES_SHORT)
		snprintf(out, 32, "%d %s", i + 1, short_parts[i]);
	else
		snprintf(out, 32, "%d", i + 1);
}

static int
parts_cols(const struct app *app, enum titles titles)
{
	char text[32];
	int cols = 0;

	for (int i = 0; i < VIEW_PART_COUNT; i++) {
		part_text(app, i, titles, text);
		cols += 2 + (int)width_of(span_text(text));
	}
	return cols;
}

/* "1 Response  2 Request  3 Wire" on the title's rule, the one shown in the
 * accent. */
static void
paint_parts(const struct app *app, struct rect r, const char *title)
{
	int room = r.w - 5 - (int)width_of(span_text(title));
	enum titles titles = TITLES_FULL;
	char text[32];
	int x;

	while (titles < TITLES_NONE && parts_cols(app, titles) > room)
		titles++;
	if (titles == TITLES_NONE)
		return;
	x = r.x + r.w - parts_cols(app, titles) - 1;
	for (int i = 0; i < VIEW_PART_COUNT; i++) {
		part_text(app, i, titles, text);
		draw_text(r.y, x, 1, theme_of(ROLE_PLAIN), " ");
		x += 1 +
		    draw_text(r.y, x + 1, room,
			i == (int)app->part ? theme_of(ROLE_TITLE)
					    : theme_of(ROLE_DIM),
			text);
		draw_text(r.y, x++, 1, theme_of(ROLE_PLAIN), " ");
	}
}

static void
paint_lines(struct app *app, struct rect r)
{
	struct view_what what;
	struct view *v = app_view(app, &what);
	struct line line;

	line_init(&line);
	for (int i = 0; i < r.h; i++) {
		size_t at = app->view_top + (size_t)i;

		line_clear(&line);
		if (!view_line(v, &what, at, &line))
			break;
		draw_line(r.y + i, r.x + 1, r.w - 1, &line, at == app->match);
	}
	line_release(&line);
}

/* In one line, or the bytes in a second. */
static void
paint_times(struct app *app, struct rect r, const struct exchange *x)
{
	struct line line;

	line_init(&line);
	rows_times(&line, x, (size_t)r.w, app->now,
	    r.h > 1 ? FIGURES_TIMES : FIGURES_ALL);
	draw_line(r.y, r.x, r.w, &line, false);
	if (r.h > 1) {
		rows_times(&line, x, (size_t)r.w, app->now, FIGURES_BYTES);
		draw_line(r.y + 1, r.x, r.w, &line, false);
	}
	line_release(&line);
}

/* Between it and the panes on its left, whose rules end there. */
static void
paint_border(const struct app *app, struct rect r)
{
	struct rect server = app->layout.pane[PANE_SERVER];

	attrset(theme_rule());
	mvvline_set(r.y + 1, r.x - 1, WACS_VLINE, r.h - 1);
	mvadd_wch(r.y, r.x - 1, WACS_TTEE);
	if (server.h > 0)
		mvadd_wch(server.y, r.x - 1, WACS_RTEE);
	attrset(A_NORMAL);
}

void
paint_exchange(struct app *app)
{
	struct rect pane = app->layout.pane[PANE_EXCHANGE];
	struct rect inside = layout_inside(&app->layout, PANE_EXCHANGE);
	struct rect r = app_view_rect(app);
	const struct exchange *x = app_shown(app);
	char title[64] = "Exchange";

	if (pane.h == 0)
		return;
	draw_blank(pane);
	if (x != NULL && x->theirs)
		snprintf(title, sizeof(title), "Server %lld.%lld",
		    (long long)app->theirs.conn, (long long)app->theirs.req);
	else if (x != NULL)
		snprintf(title, sizeof(title), "Exchange %llu",
		    (unsigned long long)x->id);
	if (pane.h != inside.h) {
		draw_title(pane, title, NULL, app->focus == PANE_EXCHANGE);
		if (x != NULL)
			paint_parts(app, pane, title);
	}
	if (pane.x > 0)
		paint_border(app, pane);
	if (x == NULL)
		return;
	paint_lines(app, r);
	if (r.h < inside.h)
		paint_times(app,
		    (struct rect){ r.y + r.h, r.x, inside.h - r.h, r.w }, x);
}
