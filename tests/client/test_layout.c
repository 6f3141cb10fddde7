#include "layout.h"

#include <string.h>

#include "test.h"

static const struct layout_wish plain = { .form_lines = 3 };

static bool
inside(struct rect r, int rows, int cols)
{
	return r.h == 0 ||
	    (r.h > 0 && r.w > 0 && r.y >= 0 && r.x >= 0 && r.y + r.h <= rows &&
		r.x + r.w <= cols);
}

static bool
apart(struct rect a, struct rect b)
{
	return a.h == 0 || b.h == 0 || a.y + a.h <= b.y || b.y + b.h <= a.y ||
	    a.x + a.w <= b.x || b.x + b.w <= a.x;
}

/* Everything is on the screen, nothing lies on another thing. */
static void
check(const struct layout *l, int rows, int cols)
{
	struct rect all[PANE_COUNT + 2];
	int n = 0;

	all[n++] = l->top;
	all[n++] = l->footer;
	for (int i = 0; i < PANE_COUNT; i++)
		all[n++] = l->pane[i];
	for (int i = 0; i < n; i++) {
		if (!inside(all[i], rows, cols))
			test_fail("%dx%d: rectangle %d is off", cols, rows, i);
		for (int j = 0; j < i; j++)
			if (!apart(all[i], all[j]))
				test_fail("%dx%d: rectangles %d and %d overlap",
				    cols, rows, i, j);
	}
}

static void
nothing_overlaps_at_any_size(void **state)
{
	struct layout l;

	(void)state;
	for (int rows = 1; rows <= 70; rows++)
		for (int cols = 1; cols <= 200; cols++)
			for (int form = 1; form <= 70; form += 23)
				for (int how = 0; how < 4; how++) {
					struct layout_wish w = {
						.form_lines = form,
						.zoomed = how == 3,
						.zoom = PANE_EXCHANGE,
						.server = how == 1,
					};

					layout_of(&l, rows, cols, &w);
					check(&l, rows, cols);
				}
}

static void
home_has_everything_below_each_other(void **state)
{
	struct layout l;

	(void)state;
	layout_of(&l, 24, 80, &plain);
	check(&l, 24, 80);
	assert_int_equal(l.size, LAYOUT_HOME);
	assert_int_equal(l.top.y, 0);
	assert_int_equal(l.pane[PANE_FORM].y, 2);
	assert_int_equal(l.pane[PANE_FORM].h, 3);
	assert_int_equal(l.pane[PANE_HISTORY].y, 5);
	assert_int_equal(l.pane[PANE_EXCHANGE].y,
	    l.pane[PANE_HISTORY].y + l.pane[PANE_HISTORY].h);
	assert_int_equal(
	    l.pane[PANE_EXCHANGE].y + l.pane[PANE_EXCHANGE].h, l.footer.y);
	assert_int_equal(l.footer.y, 23);
	assert_int_equal(l.pane[PANE_SERVER].h, 0);
}

static void
the_server_takes_the_exchanges_place_at_home(void **state)
{
	struct layout_wish w = plain;
	struct layout l;

	(void)state;
	w.server = true;
	layout_of(&l, 24, 80, &w);
	assert_int_equal(l.pane[PANE_EXCHANGE].h, 0);
	assert_true(l.pane[PANE_SERVER].h > 0);
}

static void
wide_has_the_exchange_on_the_right(void **state)
{
	struct layout_wish w = plain;
	struct layout l;

	(void)state;
	layout_of(&l, 40, 120, &w);
	assert_int_equal(l.size, LAYOUT_WIDE);
	assert_int_equal(l.pane[PANE_EXCHANGE].y, l.pane[PANE_HISTORY].y);
	assert_int_equal(l.pane[PANE_EXCHANGE].h, l.pane[PANE_HISTORY].h);
	/* One column stays free between them. */
	assert_int_equal(l.pane[PANE_EXCHANGE].x, l.pane[PANE_HISTORY].w + 1);
	w.server = true;
	layout_of(&l, 40, 120, &w);
	assert_true(l.pane[PANE_SERVER].h > 0);
	assert_int_equal(l.pane[PANE_SERVER].w, l.pane[PANE_HISTORY].w);
	assert_true(l.pane[PANE_EXCHANGE].h > l.pane[PANE_HISTORY].h);
}

static void
small_has_top_form_history_and_footer(void **state)
{
	struct layout l;
	const struct layout_wish w = { .form_lines = 2 };

	(void)state;
	layout_of(&l, 12, 40, &w);
	assert_int_equal(l.size, LAYOUT_SMALL);
	assert_int_equal(l.top.h, 1);
	assert_int_equal(l.pane[PANE_FORM].y, 1);
	assert_int_equal(l.pane[PANE_FORM].h, 2);
	assert_int_equal(l.pane[PANE_HISTORY].h, 8);
	assert_int_equal(l.footer.h, 1);
	assert_int_equal(l.pane[PANE_EXCHANGE].h, 0);
}

static void
tiny_shows_the_form_and_an_entry(void **state)
{
	const struct layout_wish w = { .form_lines = 1 };
	struct layout l;

	(void)state;
	layout_of(&l, 5, 20, &w);
	assert_int_equal(l.top.h, 1);
	assert_int_equal(l.pane[PANE_FORM].h, 1);
	assert_int_equal(layout_inside(&l, PANE_HISTORY).h, 2);
	/* The form is the last to go. */
	layout_of(&l, 2, 20, &w);
	assert_int_equal(l.top.h, 0);
	assert_int_equal(l.pane[PANE_FORM].y, 0);
	layout_of(&l, 1, 1, &w);
	assert_int_equal(l.pane[PANE_FORM].h, 1);
	assert_int_equal(l.pane[PANE_HISTORY].h, 0);
	assert_int_equal(l.footer.h, 0);
}

static void
a_zoomed_pane_has_all_but_top_and_footer(void **state)
{
	struct layout_wish w = {
		.form_lines = 2, .zoomed = true, .zoom = PANE_HISTORY
	};
	struct layout l;

	(void)state;
	layout_of(&l, 24, 80, &w);
	assert_int_equal(l.pane[PANE_HISTORY].y, 1);
	assert_int_equal(l.pane[PANE_HISTORY].h, 22);
	assert_int_equal(l.pane[PANE_HISTORY].w, 80);
	assert_int_equal(l.pane[PANE_FORM].h, 0);
	assert_int_equal(l.top.h, 1);
	assert_int_equal(l.footer.h, 1);
}

static void
an_open_field_leaves_room_for_the_panes(void **state)
{
	const struct layout_wish w = { .form_lines = 1000 };
	struct layout l;

	(void)state;
	layout_of(&l, 24, 80, &w);
	assert_true(layout_inside(&l, PANE_HISTORY).h >= 3);
	assert_true(layout_inside(&l, PANE_EXCHANGE).h >= 3);
}

static void
a_cell_belongs_to_its_pane(void **state)
{
	struct layout l;

	(void)state;
	layout_of(&l, 24, 80, &plain);
	assert_int_equal(layout_pane_at(&l, 0, 0), PANE_COUNT);
	assert_int_equal(layout_pane_at(&l, 2, 79), PANE_FORM);
	assert_int_equal(layout_pane_at(&l, 5, 0), PANE_HISTORY);
	assert_int_equal(layout_pane_at(&l, 22, 40), PANE_EXCHANGE);
	assert_int_equal(layout_pane_at(&l, 23, 0), PANE_COUNT);
	assert_int_equal(layout_pane_at(&l, 2, 80), PANE_COUNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_overlaps_at_any_size),
		cmocka_unit_test(home_has_everything_below_each_other),
		cmocka_unit_test(the_server_takes_the_exchanges_place_at_home),
		cmocka_unit_test(wide_has_the_exchange_on_the_right),
		cmocka_unit_test(small_has_top_form_history_and_footer),
		cmocka_unit_test(tiny_shows_the_form_and_an_entry),
		cmocka_unit_test(a_zoomed_pane_has_all_but_top_and_footer),
		cmocka_unit_test(an_open_field_leaves_room_for_the_panes),
		cmocka_unit_test(a_cell_belongs_to_its_pane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
