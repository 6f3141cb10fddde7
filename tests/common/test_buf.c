#include "buf.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "oom.h"
#include "test.h"

static void
is_empty_when_zeroed(void **state)
{
	struct buf b = { .max = 10 };

	(void)state;
	assert_int_equal(buf_span(&b).n, 0);
	buf_drop(&b, 0);
	buf_release(&b);
	assert_true(buf_append(&b, "", 0));
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void
holds_what_was_appended(void **state)
{
	struct buf b = { .max = 100 };

	(void)state;
	assert_true(buf_append(&b, "a\0b", 3));
	assert_true(buf_append_text(&b, "text"));
	assert_true(buf_append_span(&b, span_of("span!", 4)));
	assert_true(buf_printf(&b, "%d-%s", 42, "x"));
	assert_int_equal(b.len, 15);
	assert_memory_equal(b.data, "a\0btextspan42-x", 15);
	buf_release(&b);
}

static void
grows_to_its_ceiling_and_not_past_it(void **state)
{
	struct buf b = { .max = 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_true(buf_append(&b, "x", 1));
	assert_false(buf_append(&b, "y", 1));
	assert_int_equal(b.len, 1000);
	assert_true(b.cap <= 1000);
	assert_true(buf_append(&b, "", 0));
	buf_release(&b);
}

static void
refuses_past_max_and_stays_as_it_was(void **state)
{
	struct buf b = { .max = 8 };

	(void)state;
	assert_true(buf_append_text(&b, "12345"));
	assert_false(buf_append_text(&b, "6789"));
	assert_false(buf_append_span(&b, span_text("6789")));
	assert_false(buf_printf(&b, "%d", 6789));
	assert_false(buf_reserve(&b, 4));
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_false(buf_append(&b, "", SIZE_MAX - 2));
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "12345", 5);
	assert_true(buf_append_text(&b, "678"));
	assert_true(buf_span(&b).n == 8);
	buf_release(&b);
}

/* printf's closing NUL has no place of its own below the ceiling. */
static void
prints_up_to_the_last_byte(void **state)
{
	struct buf b = { .max = 5 };

	(void)state;
	assert_true(buf_printf(&b, "%s", "12345"));
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "12345", 5);
	assert_true(buf_printf(&b, "%s", ""));
	assert_false(buf_printf(&b, "%c", 'x'));
	buf_release(&b);
}

static void
prints_text_of_any_length(void **state)
{
	struct buf b = { .max = 2001 };
	char want[2001];
	int n;

	(void)state;
	memset(want, ' ', sizeof(want));
	want[sizeof(want) - 1] = 'x';
	for (n = 1; n <= 2001; n++) {
		assert_true(buf_printf(&b, "%*c", n, 'x'));
		assert_int_equal(b.len, n);
		assert_memory_equal(b.data, want + sizeof(want) - n, n);
		buf_drop(&b, b.len);
	}
	assert_false(buf_printf(&b, "%*c", 2002, 'x'));
	/* No character that any locale has. */
	assert_false(buf_printf(&b, "%lc", (wint_t)0x7fffffff));
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

/* Bytes come in one by one: room must not. */
static void
grows_by_leaps(void **state)
{
	struct buf b = { .max = 1 << 20 };
	int grown = 0;
	size_t cap;

	(void)state;
	while (b.len < b.max) {
		cap = b.cap;
		assert_true(buf_append(&b, "x", 1));
		grown += b.cap != cap;
		assert_true(b.cap >= b.len && b.cap <= b.max);
	}
	assert_true(grown < 30);
	buf_release(&b);
}

static void
reserves_room(void **state)
{
	struct buf b = { .max = 100 };
	char *data;

	(void)state;
	assert_true(buf_reserve(&b, 100));
	assert_int_equal(b.len, 0);
	assert_true(b.cap >= 100);
	data = b.data;
	assert_true(buf_append(&b, "abc", 3));
	assert_ptr_equal(b.data, data);
	buf_release(&b);
}

static void
drops_from_the_front(void **state)
{
	struct buf b = { .max = 100 };

	(void)state;
	buf_append_text(&b, "hello, world");
	buf_drop(&b, 0);
	assert_int_equal(b.len, 12);
	buf_drop(&b, 7);
	assert_true(span_is(buf_span(&b), "world"));
	buf_drop(&b, 5);
	assert_int_equal(b.len, 0);
	assert_true(buf_append_text(&b, "again"));
	assert_true(span_is(buf_span(&b), "again"));
	buf_release(&b);
}

static void
hands_its_bytes_over(void **state)
{
	struct buf b = { .max = 100 };
	size_t n;
	char *p;

	(void)state;
	buf_append_text(&b, "mine");
	p = buf_take(&b, &n);
	assert_int_equal(n, 4);
	assert_memory_equal(p, "mine", 4);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
	assert_int_equal(b.max, 100);
	assert_true(buf_append_text(&b, "new"));
	assert_memory_equal(p, "mine", 4);
	free(p);
	buf_release(&b);
}

static void
gives_back_the_room_it_does_not_need(void **state)
{
	struct buf b = { .max = 1000 };

	(void)state;
	buf_append_text(&b, "four");
	assert_true(b.cap > 4);
	oom_after(1);
	buf_fit(&b);
	assert_true(oom_off());
	assert_true(span_is(buf_span(&b), "four"));
	buf_fit(&b);
	assert_int_equal(b.cap, 4);
	assert_true(span_is(buf_span(&b), "four"));
	b.len = 0;
	buf_fit(&b);
	assert_int_equal(b.cap, 0);
	assert_null(b.data);
}

static void
is_usable_after_its_release(void **state)
{
	struct buf b = { .max = 100 };

	(void)state;
	buf_append_text(&b, "x");
	buf_release(&b);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.max, 100);
	assert_true(buf_append_text(&b, "y"));
	assert_true(span_is(buf_span(&b), "y"));
	buf_release(&b);
}

/* Each way to append, with each of its allocations failing. */
static bool
append_in(struct buf *b, int way)
{
	switch (way) {
	case 0:
		return buf_append(b, "0123456789012345678901234567890", 31);
	case 1:
		return buf_append_text(b, "0123456789012345678901234567890");
	case 2:
		return buf_printf(b, "%031d", 7);
	default:
		return buf_reserve(b, 4000);
	}
}

static void
is_untouched_when_memory_is_out(void **state)
{
	int way, i;

	(void)state;
	for (way = 0; way < 4; way++) {
		struct buf b = { .max = 10000 };
		bool failed = false;

		for (i = 0; i < 100; i++) {
			size_t len = b.len;
			bool ok;

			oom_after(1);
			ok = append_in(&b, way);
			if (oom_off()) {
				assert_false(ok);
				assert_int_equal(b.len, len);
				failed = true;
			}
			assert_true(append_in(&b, way));
		}
		assert_true(failed);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_empty_when_zeroed),
		cmocka_unit_test(holds_what_was_appended),
		cmocka_unit_test(grows_to_its_ceiling_and_not_past_it),
		cmocka_unit_test(refuses_past_max_and_stays_as_it_was),
		cmocka_unit_test(prints_up_to_the_last_byte),
		cmocka_unit_test(prints_text_of_any_length),
		cmocka_unit_test(grows_by_leaps),
		cmocka_unit_test(reserves_room),
		cmocka_unit_test(drops_from_the_front),
		cmocka_unit_test(hands_its_bytes_over),
		cmocka_unit_test(gives_back_the_room_it_does_not_need),
		cmocka_unit_test(is_usable_after_its_release),
		cmocka_unit_test(is_untouched_when_memory_is_out),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
