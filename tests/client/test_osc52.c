#include "osc52.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static void
sends(const char *bytes, size_t n, bool tmux, const char *want)
{
	struct buf out = { .max = OSC52_ROOM };

	assert_true(osc52_append(&out, span_of(bytes, n), tmux));
	if (!span_is(buf_span(&out), want))
		test_fail("%s", test_show(out.data, out.len));
	buf_release(&out);
}

static void
is_base64_between_its_ends(void **state)
{
	(void)state;
	sends("", 0, false, "\033]52;c;\007");
	sends("f", 1, false, "\033]52;c;Zg==\007");
	sends("fo", 2, false, "\033]52;c;Zm8=\007");
	sends("foo", 3, false, "\033]52;c;Zm9v\007");
	sends("foob", 4, false, "\033]52;c;Zm9vYg==\007");
	sends("\0\xff\xfe>?", 5, false, "\033]52;c;AP/+Pj8=\007");
	sends("한", 3, false, "\033]52;c;7ZWc\007");
}

static void
goes_through_tmux_and_to_it(void **state)
{
	(void)state;
	sends("foo", 3, true,
	    "\033]52;c;Zm9v\007\033Ptmux;\033\033]52;c;Zm9v\007\033\\");
}

static void
the_longest_has_room(void **state)
{
	struct buf out = { .max = OSC52_ROOM };
	char *bytes = calloc(1, OSC52_MAX);

	(void)state;
	assert_non_null(bytes);
	assert_true(osc52_append(&out, span_of(bytes, OSC52_MAX), false));
	assert_true(out.len <= 100 * 1000);
	out.len = 0;
	assert_true(osc52_append(&out, span_of(bytes, OSC52_MAX), true));
	free(bytes);
	buf_release(&out);
}

static void
without_room_nothing_is_appended(void **state)
{
	struct buf out = { .max = 20 };

	(void)state;
	assert_true(buf_append_text(&out, "abc"));
	assert_false(osc52_append(&out, span_text("0123456789"), false));
	assert_int_equal(out.len, 3);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_base64_between_its_ends),
		cmocka_unit_test(goes_through_tmux_and_to_it),
		cmocka_unit_test(the_longest_has_room),
		cmocka_unit_test(without_room_nothing_is_appended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
