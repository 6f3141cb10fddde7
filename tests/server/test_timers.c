#include "timers.h"

#include "test.h"

enum {
	MS = 1000
};

static void
has_nothing_due_when_none_is_set(void **state)
{
	struct timers all;

	(void)state;
	timers_init(&all);
	assert_true(timers_next(&all) == INT64_MAX);
	assert_null(timers_pop(&all, INT64_MAX - 1));
}

static void
gives_what_is_due_in_the_order_of_time(void **state)
{
	struct timers all;
	struct timer slow = { 0 }, quick = { 0 }, second = { 0 };

	(void)state;
	timers_init(&all);
	timers_set(&all, &slow, TIMER_HEAD, 5);
	timers_set(&all, &quick, TIMER_CLASSIC_QUIET, 10);
	timers_set(&all, &second, TIMER_CLASSIC_QUIET, 11);
	assert_true(timers_next(&all) == 10 + TIME_CLASSIC_QUIET * MS);
	assert_null(timers_pop(&all, 9 + TIME_CLASSIC_QUIET * MS));
	assert_ptr_equal(
	    timers_pop(&all, 11 + TIME_CLASSIC_QUIET * MS), &quick);
	assert_ptr_equal(
	    timers_pop(&all, 11 + TIME_CLASSIC_QUIET * MS), &second);
	assert_null(timers_pop(&all, 11 + TIME_CLASSIC_QUIET * MS));
	assert_true(timers_next(&all) == 5 + (int64_t)TIME_HEAD * MS);
	assert_ptr_equal(timers_pop(&all, 5 + (int64_t)TIME_HEAD * MS), &slow);
	assert_int_equal(slow.class, TIMER_NONE);
	assert_true(timers_next(&all) == INT64_MAX);
}

static void
sets_anew_what_was_set(void **state)
{
	struct timers all;
	struct timer a = { 0 }, b = { 0 };

	(void)state;
	timers_init(&all);
	timers_set(&all, &a, TIMER_PROGRESS, 1);
	timers_set(&all, &b, TIMER_PROGRESS, 2);
	timers_set(&all, &a, TIMER_PROGRESS, 3);
	assert_true(timers_next(&all) == 2 + (int64_t)TIME_PROGRESS * MS);
	timers_set(&all, &b, TIMER_IDLE, 4);
	assert_true(timers_next(&all) == 3 + (int64_t)TIME_PROGRESS * MS);
	timers_set(&all, &a, TIMER_NONE, 5);
	timers_set(&all, &a, TIMER_NONE, 5);
	assert_true(timers_next(&all) == 4 + (int64_t)TIME_IDLE * MS);
	timers_set(&all, &b, TIMER_NONE, 5);
	assert_true(timers_next(&all) == INT64_MAX);
}

/* However they are set, they come in order; a queue's come among them. */
static void
gives_any_time_in_order(void **state)
{
	enum {
		MANY = 500
	};
	struct timer t[MANY] = { 0 };
	struct timer kept = { 0 };
	struct timers all;
	struct timer *next;
	int64_t last = -1;
	int i, n = 0;

	(void)state;
	timers_init(&all);
	timers_set(&all, &kept, TIMER_CLASSIC_QUIET, 0);
	for (i = 0; i < MANY; i++)
		timers_set_at(&all, &t[i], (int64_t)i * 7919 % 256 * MS);
	for (i = 0; i < MANY; i += 2)
		timers_set_at(&all, &t[i], (int64_t)i * 104729 % 256 * MS);
	for (i = 0; i < MANY; i += 5)
		timers_set(&all, &t[i], TIMER_NONE, 0);
	while ((next = timers_pop(&all, 1000 * MS)) != NULL) {
		assert_true(next->due >= last);
		last = next->due;
		n++;
	}
	assert_int_equal(n, MANY - MANY / 5 + 1);
	assert_true(timers_next(&all) == INT64_MAX);
}

static void
moves_between_queue_and_tree(void **state)
{
	struct timers all;
	struct timer a = { 0 };

	(void)state;
	timers_init(&all);
	timers_set_at(&all, &a, 70);
	assert_true(timers_next(&all) == 70);
	timers_set_at(&all, &a, 60);
	assert_null(timers_pop(&all, 59));
	timers_set(&all, &a, TIMER_LINGER, 5);
	assert_true(timers_next(&all) == 5 + TIME_LINGER * MS);
	timers_set_at(&all, &a, 80);
	assert_ptr_equal(timers_pop(&all, 80), &a);
	assert_true(timers_next(&all) == INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_nothing_due_when_none_is_set),
		cmocka_unit_test(gives_what_is_due_in_the_order_of_time),
		cmocka_unit_test(sets_anew_what_was_set),
		cmocka_unit_test(gives_any_time_in_order),
		cmocka_unit_test(moves_between_queue_and_tree),
	};

	return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
