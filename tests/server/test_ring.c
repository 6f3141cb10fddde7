/*
 * What is kept of what was told, and what goes first.
 */
#include "ring.h"

#include <string.h>

#include "oom.h"
#include "test.h"

static struct ring ring;
static struct buf told; /* lines as a reader got them, joined by commas */

static int
start(void **state)
{
	(void)state;
	ring_init(&ring);
	told = (struct buf){ .max = 1 << 20 };
	return 0;
}

static int
stop(void **state)
{
	ring_release(&ring);
	buf_release(&told);
	assert_int_equal(ring.weight, 0);
	assert_int_equal(ring.exchanges, 0);
	return test_end(state);
}

static void
take(struct ring_conn *c, enum journal_kind kind, int64_t req, const char *text)
{
	struct journal_event e = { .kind = kind, .req = req };

	e.bytes = span_text(text);
	e.n = (int64_t)e.bytes.n;
	ring_take(&ring, c, &e, span_text(test_text("%s\n", text)), req);
}

static void
take_unmatched(struct ring_conn *c, int64_t req, const char *text)
{
	struct journal_event e = { .kind = JOURNAL_REQUEST, .req = req };

	e.nearest = span_text("PUT / (the method differs)");
	ring_take(&ring, c, &e, span_text(test_text("%s\n", text)), req);
}

/* An exchange from its first byte to its last, as four lines: "a<", "a?",
 * "a>", "a!". */
static void
exchange(struct ring_conn *c, int64_t req, const char *name, bool matched)
{
	take(c, JOURNAL_READ, req, test_text("%s<", name));
	if (matched)
		take(c, JOURNAL_REQUEST, req, test_text("%s?", name));
	else
		take_unmatched(c, req, test_text("%s?", name));
	take(c, JOURNAL_WRITE, req, test_text("%s>", name));
	take(c, JOURNAL_RESPONSE, req, test_text("%s!", name));
}

static struct ring_conn *
open_conn(const char *name)
{
	struct ring_conn *c = ring_open(&ring, 1);

	assert_non_null(c);
	take(c, JOURNAL_OPEN, 0, name);
	return c;
}

static void
close_conn(struct ring_conn *c, int64_t req, const char *name)
{
	take(c, JOURNAL_CLOSE, req, name);
	ring_close(&ring, c);
}

/* All that is left for a reader; "-2" stands for two lines lost. */
static const char *
rest(struct ring_reader *r)
{
	struct span line;
	uint64_t lost;
	bool more;

	told.len = 0;
	do {
		more = ring_read(&ring, r, &line, &lost);
		if (lost > 0)
			buf_printf(&told, "-%u ", (unsigned)lost);
		if (more) {
			buf_append(&told, line.p, line.n - 1);
			buf_append_text(&told, " ");
		}
	} while (more);
	return test_text("%.*s", (int)told.len, told.data);
}

static const char *
all(void)
{
	struct ring_reader r;
	const char *text;

	ring_begin(&ring, &r);
	text = rest(&r);
	ring_end(&ring, &r);
	return text;
}

static void
keeps_lines_in_the_order_of_time(void **state)
{
	struct ring_conn *a = open_conn("A"), *b = open_conn("B");

	(void)state;
	take(a, JOURNAL_READ, 1, "a<");
	exchange(b, 1, "b", true);
	take(a, JOURNAL_REQUEST, 1, "a?");
	take(a, JOURNAL_RESPONSE, 1, "a!");
	close_conn(b, 1, "/B");
	close_conn(a, 1, "/A");
	assert_string_equal(all(), "A B a< b< b? b> b! a? a! /B /A ");
	assert_int_equal(ring.exchanges, 2);
}

/* The oldest of a route's go first; what was told of the connection is then
 * the next exchange's. */
static void
lets_go_of_the_oldest_that_matched(void **state)
{
	struct ring_conn *a = open_conn("A");

	(void)state;
	ring.max_exchanges = 2;
	exchange(a, 1, "u", false);
	exchange(a, 2, "x", true);
	exchange(a, 3, "y", true);
	assert_string_equal(all(), "A u< u? u> u! y< y? y> y! ");
	exchange(a, 4, "v", false);
	assert_string_equal(all(), "A u< u? u> u! v< v? v> v! ");
	exchange(a, 5, "w", false);
	assert_string_equal(all(), "A v< v? v> v! w< w? w> w! ");
	close_conn(a, 5, "/A");
	assert_int_equal(ring.exchanges, 2);
}

/* What overlaps goes together: one read may bring many requests. */
static void
keeps_pipelined_requests_together(void **state)
{
	struct ring_conn *a = open_conn("A");
	const struct ring_line *end;

	(void)state;
	take(a, JOURNAL_READ, 1, "<");
	take(a, JOURNAL_REQUEST, 1, "1?");
	take_unmatched(a, 2, "2?");
	take(a, JOURNAL_WRITE, 1, ">");
	take(a, JOURNAL_RESPONSE, 1, "1!");
	take(a, JOURNAL_RESPONSE, 2, "2!");
	end = ring_next(&ring, NULL);
	assert_int_equal(end->ended, 1);
	assert_int_equal(end->req, 1);
	assert_false(ring_is_unmatched(end));
	end = ring_next(&ring, end);
	assert_int_equal(end->ended, 2);
	assert_true(ring_is_unmatched(end));
	assert_null(ring_next(&ring, end));
	assert_ptr_equal(ring_opening(end), TAILQ_FIRST(&ring.lines));
	ring.max_exchanges = 1;
	exchange(a, 3, "b", true);
	assert_string_equal(all(), "A b< b? b> b! ");
	close_conn(a, 3, "/A");
}

/* Input behind a last answer does not begin another exchange; nor does an
 * exchange that was cut off stay under way. */
static void
ends_with_the_connection(void **state)
{
	struct ring_conn *a = open_conn("A"), *b = open_conn("B");
	const struct ring_line *end;

	(void)state;
	exchange(a, 1, "a", true);
	take(a, JOURNAL_READ, 1, "drained");
	close_conn(a, 1, "/A");
	take(b, JOURNAL_READ, 1, "b<");
	take(b, JOURNAL_REQUEST, 1, "b?");
	take(b, JOURNAL_REQUEST, 2, "c?");
	close_conn(b, 2, "/B");
	end = ring_next(&ring, ring_next(&ring, NULL));
	assert_memory_equal(end->text, "/B", 2);
	assert_int_equal(end->ended, 2);
	assert_int_equal(end->req, 1);
	assert_true(ring_is_of(TAILQ_PREV(end, ring_lines, in_ring), end));
	assert_true(TAILQ_EMPTY(&ring.groups[RING_UNDER_WAY]));
	ring.max_exchanges = 1;
	b = open_conn("C");
	assert_string_equal(all(), "B b< b? c? /B C ");
	close_conn(b, 1, "/C");
}

/* Silent connections make no exchange, and are bounded all the same. */
static void
forgets_connections_that_said_nothing(void **state)
{
	int i;

	(void)state;
	ring.max_weight = 64 * 1024;
	for (i = 0; i < 10000; i++)
		close_conn(open_conn("silent"), 1, "gone");
	assert_in_range(ring.weight, 60 * 1024, 64 * 1024);
	assert_null(ring_next(&ring, NULL));
}

static void
gives_up_what_is_under_way_last(void **state)
{
	struct ring_conn *a = open_conn("A"), *b = open_conn("B");

	(void)state;
	take(a, JOURNAL_READ, 1, "a<");
	exchange(b, 1, "b", false);
	ring.max_weight = ring.weight - 1;
	take(a, JOURNAL_READ, 1, "");
	assert_string_equal(all(), "A a<  ");
	ring.max_weight = 0;
	take(a, JOURNAL_REQUEST, 1, "a?");
	assert_string_equal(all(), "");
	/* Whatever comes then begins anew. */
	ring.max_weight = 10000;
	take(a, JOURNAL_WRITE, 1, "a>");
	take(a, JOURNAL_RESPONSE, 1, "a!");
	close_conn(a, 1, "/A");
	close_conn(b, 1, "/B");
	assert_string_equal(all(), "a> a! /A /B ");
	assert_true(TAILQ_EMPTY(&ring.groups[RING_UNDER_WAY]));
}

/* Whoever reads is told what went before it came to it, and where. */
static void
tells_a_reader_what_it_lost(void **state)
{
	struct ring_conn *a = open_conn("A");
	struct ring_reader reader;
	struct span line;
	uint64_t lost;

	(void)state;
	exchange(a, 1, "x", true);
	exchange(a, 2, "y", true);
	ring_begin(&ring, &reader);
	assert_true(ring_read(&ring, &reader, &line, &lost));
	assert_true(ring_read(&ring, &reader, &line, &lost));
	assert_memory_equal(line.p, "x<", 2);
	ring.max_exchanges = 1;
	exchange(a, 3, "z", true);
	assert_string_equal(rest(&reader), "-7 z< z? z> z! ");
	ring_end(&ring, &reader);
	assert_string_equal(all(), "A z< z? z> z! ");
	close_conn(a, 3, "/A");
}

/* Also at the end, and when it had read nothing. */
static void
tells_a_reader_what_it_lost_at_last(void **state)
{
	struct ring_conn *a = open_conn("A");
	struct ring_reader reader;

	(void)state;
	ring_begin(&ring, &reader);
	exchange(a, 1, "x", true);
	exchange(a, 2, "y", true);
	ring.max_exchanges = 1;
	exchange(a, 3, "z", true);
	assert_string_equal(rest(&reader), "A -8 z< z? z> z! ");
	take(a, JOURNAL_READ, 4, "more<");
	assert_string_equal(rest(&reader), "more< ");
	ring.max_weight = 0;
	take(a, JOURNAL_REQUEST, 4, "more?");
	assert_string_equal(rest(&reader), "-1 ");
	ring_end(&ring, &reader);
	assert_string_equal(all(), "");
	close_conn(a, 4, "/A");
}

/* Of a body the first bytes stay, and how many there were. */
static void
cuts_bodies(void **state)
{
	struct ring_conn *a = open_conn("A");
	struct journal_event e = { .kind = JOURNAL_READ, .conn = 7 };
	struct journal_event got;
	struct buf line = { .max = 1 << 20 }, scratch = { .max = 1 << 20 };
	const struct ring_line *kept;
	size_t i, total = 0, nlines = 0;
	int64_t n = 0;

	(void)state;
	e.bytes = span_of(test_alloc(60000), 60000);
	e.n = 60000;
	assert_true(journal_append(&line, &e));
	for (i = 0; i < 2000; i++)
		ring_take(&ring, a, &e, buf_span(&line), 1);
	for (kept = TAILQ_FIRST(&ring.lines); kept != NULL;
	     kept = TAILQ_NEXT(kept, in_ring)) {
		if (kept->req == 0)
			continue;
		assert_true(journal_read(
		    span_of(kept->text, kept->len), &got, &scratch));
		assert_int_equal(got.conn, 7);
		n += got.n;
		total += got.bytes.n;
		nlines++;
	}
	assert_int_equal(total, 64 * 1024 + 32 * 1024);
	assert_int_equal(n, INT64_C(60000) * 2000);
	assert_int_equal(nlines, 3);
	assert_in_range(ring.weight, 6 * total, 6 * total + 2000);
	close_conn(a, 1, "/A");
	buf_release(&line);
	buf_release(&scratch);
}

/* What memory has no room for is missing, and counted. */
static void
lives_without_memory(void **state)
{
	static const enum journal_kind kinds[] = { JOURNAL_OPEN, JOURNAL_READ,
		JOURNAL_REQUEST, JOURNAL_RESPONSE, JOURNAL_CLOSE };
	struct ring_conn *a;
	size_t i, n = 0;

	(void)state;
	do {
		oom_after(++n);
		a = ring_open(&ring, 1);
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			struct journal_event e = { .kind = kinds[i] };

			ring_take(
			    &ring, a, &e, span_text(".\n"), i == 0 ? 0 : 1);
		}
		ring_close(&ring, a);
	} while (oom_off());
	/* The connection, its group, five lines; then all is there. */
	assert_int_equal(n, 8);
	assert_non_null(strstr(all(), ". . . . . "));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keeps_lines_in_the_order_of_time),
		TEST(lets_go_of_the_oldest_that_matched),
		TEST(keeps_pipelined_requests_together),
		TEST(ends_with_the_connection),
		TEST(forgets_connections_that_said_nothing),
		TEST(gives_up_what_is_under_way_last),
		TEST(tells_a_reader_what_it_lost),
		TEST(tells_a_reader_what_it_lost_at_last),
		TEST(cuts_bodies),
		TEST(lives_without_memory),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
