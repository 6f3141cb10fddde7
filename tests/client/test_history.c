/*
 * The owner of all exchanges: ids, budget, search.
 */
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "oom.h"
#include "test.h"

/* The history of a test, released with it. */
static void
release(void *h)
{
	history_release(h);
}

static struct history *
make(void)
{
	struct history *h = test_alloc(sizeof(*h));

	history_init(h);
	test_later(release, h);
	return h;
}

static struct exchange *
add(struct history *h, const char *method, const char *url)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	x->request.method = strdup(method);
	x->url = strdup(url);
	assert_int_not_equal(history_add(h, x), 0);
	assert_int_equal(x->id, h->n);
	return x;
}

static void
answer(struct history *h, struct exchange *x, size_t body)
{
	x->outcome = OUTCOME_ANSWERED;
	x->status = 200;
	x->body_len = body;
	assert_true(buf_reserve(&x->body, body));
	if (body > 0)
		memset(x->body.data, 'x', body);
	x->body.len = body;
	history_settle(h, x);
}

static void
counts_ids_from_one(void **state)
{
	struct history *h = make();
	struct exchange *x;
	size_t i;

	(void)state;
	assert_null(history_get(h, 0));
	assert_null(history_get(h, 1));
	for (i = 1; i <= 200; i++) {
		x = add(h, "GET", "test.com");
		assert_int_equal(x->id, i);
		assert_ptr_equal(history_get(h, i), x);
	}
	assert_null(history_get(h, 201));
}

static void
drops_the_oldest_bodies(void **state)
{
	struct history *h = make();
	struct exchange *x[4];
	size_t i;

	(void)state;
	h->budget = 35000;
	for (i = 0; i < 4; i++)
		answer(h, x[i] = add(h, "GET", "test.com"), 10000);
	assert_true(x[0]->body_dropped);
	assert_int_equal(x[0]->body.cap, 0);
	assert_int_equal(x[0]->body_len, 10000);
	assert_false(x[1]->body_dropped);
	assert_false(x[3]->body_dropped);
	assert_int_equal(x[3]->body.len, 10000);
	assert_true(h->weight <= h->budget);
	assert_int_equal(h->n, 4);
}

static void
weighs_what_it_holds(void **state)
{
	struct history *h = make();
	size_t i, sum = 0;

	(void)state;
	h->budget = 40000;
	for (i = 0; i < 50; i++)
		answer(h, add(h, "GET", "test.com"), i * 300);
	for (i = 0; i < h->n; i++)
		sum += exchange_weight(h->v[i]);
	assert_int_equal(h->weight, sum + h->words.len);
}

static void
drops_what_is_around_bodies_too(void **state)
{
	struct history *h = make();
	struct exchange *x = add(h, "GET", "test.com");
	struct aside *extra = &x->aside[ASIDE_EXTRA];
	char bytes[5000] = "";

	(void)state;
	h->budget = 12000;
	aside_add(extra, span_of(bytes, sizeof(bytes)));
	answer(h, x, 0);
	assert_int_equal(extra->kept.len, sizeof(bytes));
	answer(h, add(h, "GET", "test.com"), 10000);
	assert_int_equal(extra->kept.cap, 0);
	assert_int_equal(extra->all, sizeof(bytes));
	assert_int_equal(h->weight,
	    exchange_weight(x) + exchange_weight(h->v[1]) + h->words.len);
}

static void
spares_those_in_flight(void **state)
{
	struct history *h = make();
	struct exchange *slow, *fast;

	(void)state;
	h->budget = 15000;
	slow = add(h, "GET", "slow.com");
	assert_true(buf_reserve(&slow->body, 8000));
	slow->body.len = 8000;
	fast = add(h, "GET", "test.com");
	answer(h, fast, 10000);
	answer(h, add(h, "GET", "test.com"), 10000);
	assert_true(fast->body_dropped);
	assert_int_equal(slow->body.len, 8000);
	/* It is done: its body is there to be read, and goes the next time. */
	answer(h, slow, 9000);
	assert_false(slow->body_dropped);
	answer(h, add(h, "GET", "test.com"), 10000);
	assert_true(slow->body_dropped);
	assert_true(h->weight <= h->budget);
}

static void
never_drops_the_one_that_came_last(void **state)
{
	struct history *h = make();
	struct exchange *x;

	(void)state;
	h->budget = 100;
	answer(h, x = add(h, "GET", "test.com"), 1000);
	assert_false(x->body_dropped);
	answer(h, add(h, "GET", "test.com"), 0);
	assert_true(x->body_dropped);
}

static void
record(struct exchange *x, size_t n)
{
	static char bytes[100000];

	assert_true(n <= sizeof(bytes));
	tape_bytes(&x->tape, TAPE_WRITE, 1, "GET", 3);
	tape_bytes(&x->tape, TAPE_READ, 2, bytes, n);
	tape_fit(&x->tape);
}

static bool
has_tape(const struct exchange *x)
{
	return tape_has(&x->tape, TAPE_IN, 0, x->tape.reel[TAPE_IN].all);
}

static void
drops_tapes_when_there_are_no_bodies_left(void **state)
{
	struct history *h = make();
	struct exchange *x[3];
	size_t i;

	(void)state;
	h->budget = 45000;
	for (i = 0; i < 3; i++) {
		x[i] = add(h, "POST", "test.com");
		assert_true(buf_reserve(&x[i]->request.body, 1000));
		x[i]->request.body.len = 1000;
		record(x[i], 10000);
		answer(h, x[i], 10000);
		assert_true(h->weight <= h->budget);
	}
	/* The bodies of two make room for three tapes and a body. */
	for (i = 0; i < 3; i++) {
		assert_true(has_tape(x[i]));
		assert_int_equal(x[i]->body_dropped, i < 2);
		assert_int_equal(x[i]->request.body.cap > 0, i == 2);
	}
	answer(h, add(h, "GET", "test.com"), 20000);
	assert_true(x[2]->body_dropped);
	assert_false(has_tape(x[0]));
	assert_true(has_tape(x[2]));
	assert_int_equal(x[0]->tape.nmark, 2);
	assert_int_equal(x[0]->tape.reel[TAPE_IN].all, 10000);
	assert_true(h->weight <= h->budget);
}

static size_t
memory_in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* What the real budget is for.  The allocator's own figures are asked, too:
 * blocks cost more than their bytes. */
static void
holds_ten_thousand_of_a_hundred_kilobytes(void **state)
{
	struct history *h = make();
	size_t before = memory_in_use(), most = 0, used, i;
	struct exchange *x;

	(void)state;
	for (i = 0; i < 10000; i++) {
		x = add(h, "GET", "test.com/items");
		x->head = calloc(1, sizeof(*x->head));
		record(x, 100000);
		answer(h, x, 100000);
		assert_true(h->weight <= HISTORY_BUDGET);
		assert_int_equal(x->body.len, 100000);
		used = memory_in_use() - before;
		if (used > most)
			most = used;
	}
	assert_int_equal(h->n, 10000);
	assert_true(has_tape(x));
	assert_true(has_tape(history_get(h, 9000)));
	assert_false(has_tape(history_get(h, 1)));
	assert_true(history_get(h, 1)->body_dropped);
	assert_true(most < HISTORY_BUDGET / 100 * 102);
}

/* clang-format off */
static const struct {
	uint64_t from;
	int step;
	const char *text;
	uint64_t found;
} searches[] = {
	{ 0, 1, "test.com", 1 },
	{ 1, 1, "test.com", 2 },
	{ 4, 1, "test.com", 1 },
	{ 0, -1, "test.com", 4 },
	{ 2, -1, "test.com", 1 },
	{ 1, -1, "test.com", 4 },
	{ 0, 1, "POST", 2 },
	{ 0, 1, "post", 2 },
	{ 2, 1, "post", 2 },		/* round, to itself */
	{ 0, 1, "404", 3 },
	{ 0, 1, "404 not", 3 },
	{ 0, 1, "refused", 4 },
	{ 0, 1, "port 10000", 4 },	/* the sentence of a failure */
	{ 0, 1, "한글", 3 },
	{ 0, 1, "…", 5 },
	{ 0, 1, "nowhere", 0 },
	{ 0, 1, "", 0 },
	{ 99, 1, "test.com", 1 },
	{ 99, -1, "test.com", 4 },
};
/* clang-format on */

static void
finds_in_either_direction(void **state)
{
	static const char head[] = "HTTP/1.1 404 Not Found\r\n\r\n";
	struct history *h = make();
	struct exchange *x;
	enum httperr why;
	size_t i;

	(void)state;
	assert_int_equal(history_search(h, 0, 1, "x"), 0);
	answer(h, add(h, "GET", "test.com"), 0);
	answer(h, add(h, "POST", "TEST.com/create"), 0);
	x = add(h, "GET", "test.com/한글");
	assert_true(buf_append_text(&x->raw, head));
	x->head = malloc(sizeof(*x->head));
	assert_int_equal(
	    head_parse_response(x->raw.data, x->raw.len, 0, x->head, &why),
	    PARSE_DONE);
	x->outcome = OUTCOME_ANSWERED;
	x->status = 404;
	history_settle(h, x);
	x = add(h, "GET", "test.com");
	x->outcome = OUTCOME_REFUSED;
	snprintf(x->why, sizeof(x->why), "Nobody listens on port 10000.");
	history_settle(h, x);
	add(h, "GET", "flight.com");
	for (i = 0; i < sizeof(searches) / sizeof(searches[0]); i++)
		if (history_search(h, searches[i].from, searches[i].step,
			searches[i].text) != searches[i].found)
			test_fail("search %zu", i);
}

static void
gives_it_back_without_memory(void **state)
{
	struct history *h = make();
	struct exchange *x = exchange_new();

	(void)state;
	oom_after(1);
	assert_int_equal(history_add(h, x), 0);
	assert_true(oom_off());
	oom_after(2);
	assert_int_equal(history_add(h, x), 0);
	assert_true(oom_off());
	assert_int_equal(h->n, 0);
	assert_int_equal(history_add(h, x), 1);
	/* Without memory for its words it is found all the same. */
	x->request.method = strdup("GET");
	x->url = strdup("test.com");
	x->outcome = OUTCOME_REFUSED;
	oom_after(1);
	history_settle(h, x);
	assert_true(oom_off());
	assert_int_equal(h->words.len, 0);
	assert_int_equal(history_search(h, 0, 1, "REFUSED"), 1);
}

/* The work of a settle does not grow with the history: what was trimmed is
 * not looked at again. */
static void
holds_a_hundred_thousand(void **state)
{
	struct history *h = make();
	size_t i;

	(void)state;
	h->budget = 64 * 1024;
	for (i = 0; i < 100000; i++) {
		answer(h, add(h, "GET", "test.com/items"), 100);
		assert_true(h->trimmed + 1 >= h->n || h->weight <= h->budget);
	}
	assert_true(h->trimmed + 1 >= h->n);
	assert_int_equal(history_search(h, 50000, 1, "ITEMS"), 50001);
	assert_int_equal(history_search(h, 0, 1, "nowhere"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(counts_ids_from_one, test_end),
		cmocka_unit_test_teardown(drops_the_oldest_bodies, test_end),
		cmocka_unit_test_teardown(weighs_what_it_holds, test_end),
		cmocka_unit_test_teardown(
		    drops_what_is_around_bodies_too, test_end),
		cmocka_unit_test_teardown(spares_those_in_flight, test_end),
		cmocka_unit_test_teardown(
		    never_drops_the_one_that_came_last, test_end),
		cmocka_unit_test_teardown(
		    drops_tapes_when_there_are_no_bodies_left, test_end),
		cmocka_unit_test_teardown(
		    holds_ten_thousand_of_a_hundred_kilobytes, test_end),
		cmocka_unit_test_teardown(finds_in_either_direction, test_end),
		cmocka_unit_test_teardown(
		    gives_it_back_without_memory, test_end),
		cmocka_unit_test_teardown(holds_a_hundred_thousand, test_end),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
