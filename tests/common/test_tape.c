/*
 * Tapes with tiny ceilings and an invented clock.  What any sequence of calls
 * leaves is fuzz_tape's to find out.
 */
#include "tape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"
#include "oom.h"
#include "test.h"

enum {
	FIRST = 8,
	LAST = 4,
	MARKS = 8
};

static void
release(void *t)
{
	tape_release(t);
}

static struct tape *
make(size_t first, size_t last, size_t marks)
{
	struct tape *t = test_alloc(sizeof(*t));

	tape_init(t, first, last, marks);
	test_later(release, t);
	return t;
}

static struct tape *
make_tiny(void)
{
	return make(FIRST, LAST, MARKS);
}

/* "5 write 0+3", a line each, "(2 lost)" where some are missing. */
static const char *
marks_of(const struct tape *t)
{
	struct buf b = { .max = 1 << 20 };
	const struct tape_mark *m;
	const char *text;
	size_t i;

	for (i = 0; i <= t->nmark; i++) {
		if (i == t->lost_at && t->lost > 0)
			buf_printf(&b, "(%d lost)\n", (int)t->lost);
		if (i == t->nmark)
			break;
		m = &t->mark[i];
		buf_printf(&b, "%d %s", (int)m->at, tape_event_words(m->what));
		if (m->what == TAPE_READ || m->what == TAPE_WRITE)
			buf_printf(&b, " %d+%d", (int)m->off, (int)m->n);
		if (m->error != 0)
			buf_printf(&b, " %s", strerror(m->error));
		buf_append_text(&b, "\n");
	}
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

/* The bytes in a range, "[n]" where some are missing. */
static const char *
bytes_in(const struct tape *t, enum tape_way way, uint64_t off, uint64_t end)
{
	struct buf b = { .max = 1 << 20 };
	const char *text;
	struct span s;
	uint64_t gone;
	int runs = 0;

	for (; off < end; off += s.n + gone) {
		s = tape_run(t, way, off, end, &gone);
		buf_append_span(&b, s);
		if (gone > 0)
			buf_printf(&b, "[%d]", (int)gone);
		assert_true(s.n + gone > 0);
		assert_true(++runs <= 3);
	}
	assert_int_equal(off, end);
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

static const char *
bytes_of(const struct tape *t, enum tape_way way)
{
	return bytes_in(t, way, 0, t->reel[way].all);
}

static void
add(struct tape *t, enum tape_event what, int64_t at, const char *text)
{
	tape_bytes(t, what, at, text, strlen(text));
}

static void
keeps_a_short_exchange_whole(void **state)
{
	struct tape *t = make_tiny();

	(void)state;
	tape_event(t, TAPE_RESOLVED, 1, 0);
	tape_event(t, TAPE_CONNECT, 2, 0);
	tape_event(t, TAPE_CONNECTED, 3, 0);
	add(t, TAPE_WRITE, 4, "ask");
	add(t, TAPE_READ, 5, "an");
	add(t, TAPE_READ, 6, "swer");
	tape_event(t, TAPE_RESET, 7, ECONNRESET);
	assert_string_equal(marks_of(t),
	    "1 name resolved\n2 connect\n3 connected\n4 write 0+3\n"
	    "5 read 0+2\n6 read 2+4\n7 reset Connection reset by peer\n");
	assert_string_equal(bytes_of(t, TAPE_OUT), "ask");
	assert_string_equal(bytes_of(t, TAPE_IN), "answer");
	assert_string_equal(bytes_in(t, TAPE_IN, 1, 4), "nsw");
	assert_true(tape_has(t, TAPE_IN, 0, 6));
	assert_true(tape_has(t, TAPE_IN, 6, 6));
	assert_int_equal(tape_first(t, TAPE_READ)->at, 5);
	assert_int_equal(tape_last(t, TAPE_READ)->at, 6);
	assert_null(tape_first(t, TAPE_ACCEPT));
	assert_null(tape_last(t, TAPE_ACCEPT));
}

/* What comes in which pieces, and what is left of it. */
/* clang-format off */
static const struct {
	const char *pieces[8];
	const char *want;
} cuts[] = {
	{ { "" }, "" },
	{ { "01234567" }, "01234567" },
	{ { "0123456789" }, "0123456789" },
	{ { "0123456789ab" }, "0123456789ab" },
	{ { "0123456789abc" }, "01234567[1]9abc" },
	{ { "0123", "4567", "89ab" }, "0123456789ab" },
	{ { "0123456", "789abcdef" }, "01234567[4]cdef" },
	{ { "01234567", "89ab", "cdef" }, "0123456789abcdef" },
	{ { "01234567", "89ab", "cdef", "g" }, "01234567[5]defg" },
	{ { "01234567", "89a", "bcd", "efg", "hij" }, "01234567[5]defghij" },
	{ { "01234567", "89ab", "cdefghijk" }, "01234567[9]hijk" },
	{ { "01234567", "89abcdefg", "" }, "01234567[5]defg" },
};
/* clang-format on */

static void
keeps_the_first_and_the_last_bytes(void **state)
{
	const size_t n = sizeof(cuts) / sizeof(cuts[0]);
	struct tape *t;
	size_t i, k;

	(void)state;
	for (i = 0; i < n; i++) {
		t = make_tiny();
		for (k = 0; k < 8 && cuts[i].pieces[k] != NULL; k++)
			add(t, TAPE_READ, 0, cuts[i].pieces[k]);
		assert_string_equal(bytes_of(t, TAPE_IN), cuts[i].want);
		assert_int_equal(t->reel[TAPE_OUT].kept.cap, 0);
	}
}

static void
gives_any_range(void **state)
{
	static const char all[] = "0123456789abcdefg"; /* 01234567[5]defg */
	struct tape *t = make_tiny();
	size_t off, end, i;
	const char *got;
	struct span s;
	uint64_t gone;

	(void)state;
	add(t, TAPE_WRITE, 0, all);
	for (off = 0; off <= 17; off++)
		for (end = off; end <= 17; end++) {
			for (i = off; i < end; i += s.n + gone) {
				s = tape_run(t, TAPE_OUT, i, end, &gone);
				assert_memory_equal(s.p, all + i, s.n);
				assert_true(s.n == 0 || gone == 0);
				assert_int_equal(
				    gone > 0, i >= FIRST && i < 13);
			}
			assert_int_equal(i, end);
			assert_int_equal(tape_has(t, TAPE_OUT, off, end),
			    off == end || end <= FIRST || off >= 13);
		}
	got = bytes_in(t, TAPE_OUT, 6, 14);
	assert_string_equal(got, "67[5]d");
	assert_string_equal(bytes_in(t, TAPE_OUT, 9, 11), "[2]");
}

static void
keeps_the_first_and_the_last_marks(void **state)
{
	struct tape *t = make_tiny();
	int i;

	(void)state;
	for (i = 1; i <= 8; i++)
		add(t, TAPE_READ, i, "x");
	assert_int_equal(t->lost, 0);
	for (; i <= 99; i++)
		add(t, TAPE_READ, i, "x");
	tape_event(t, TAPE_CLOSE, i, 0);
	assert_string_equal(marks_of(t),
	    "1 read 0+1\n2 read 1+1\n3 read 2+1\n4 read 3+1\n5 read 4+1\n"
	    "6 read 5+1\n(92 lost)\n99 read 98+1\n100 close\n");
}

static void
says_how_a_connection_ended(void **state)
{
	static const enum tape_event ends[] = { TAPE_END, TAPE_CLOSE,
		TAPE_RESET, TAPE_FAILED };
	struct tape *t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		t = make_tiny();
		assert_null(tape_ended(t));
		tape_event(t, TAPE_ACCEPT, 1, 0);
		add(t, TAPE_READ, 2, "x");
		tape_event(t, TAPE_SHUT, 3, 0);
		assert_null(tape_ended(t));
		tape_event(t, ends[i], 4, 0);
		tape_event(t, TAPE_CLOSE, 5, 0);
		assert_int_equal(tape_ended(t)->what, ends[i]);
		assert_int_equal(tape_ended(t)->at, 4);
	}
}

static void
costs_what_it_keeps(void **state)
{
	struct tape *t =
	    make(LIMIT_TAPE_FIRST, LIMIT_TAPE_LAST, LIMIT_TAPE_MARKS);

	(void)state;
	assert_int_equal(tape_weight(t), 0);
	tape_event(t, TAPE_CONNECT, 1, 0);
	add(t, TAPE_WRITE, 2, "GET / HTTP/1.1\r\n\r\n");
	add(t, TAPE_READ, 3, "HTTP/1.1 200 OK\r\n\r\n");
	tape_event(t, TAPE_CLOSE, 4, 0);
	assert_true(tape_weight(t) < 1024);
	tape_fit(t);
	assert_int_equal(
	    tape_weight(t), 18 + 19 + 4 * sizeof(struct tape_mark));
}

/* A body of 1 GB, in reads of 64 KiB and smaller. */
static void
holds_a_large_body_in_a_few_mebibytes(void **state)
{
	static char bytes[64 * 1024];
	struct tape *t =
	    make(LIMIT_TAPE_FIRST, LIMIT_TAPE_LAST, LIMIT_TAPE_MARKS);
	uint64_t i, n = 0;

	(void)state;
	for (i = 0; n < 1000000000; i++, n += i % 65536 + 1)
		tape_bytes(t, TAPE_READ, (int64_t)i, bytes, i % 65536 + 1);
	assert_true(t->lost > 0);
	assert_true(t->nmark <= LIMIT_TAPE_MARKS);
	n = t->reel[TAPE_IN].all;
	assert_true(tape_has(t, TAPE_IN, 0, LIMIT_TAPE_FIRST));
	assert_true(tape_has(t, TAPE_IN, n - LIMIT_TAPE_LAST, n));
	assert_false(tape_has(t, TAPE_IN, 0, LIMIT_TAPE_FIRST + 1));
	assert_true(tape_weight(t) <= LIMIT_TAPE_FIRST + 2 * LIMIT_TAPE_LAST +
		LIMIT_TAPE_MARKS * sizeof(struct tape_mark));
}

static void
drops_its_bytes_and_keeps_its_marks(void **state)
{
	struct tape *t = make_tiny();

	(void)state;
	add(t, TAPE_WRITE, 1, "ask");
	add(t, TAPE_READ, 2, "answer");
	tape_drop(t);
	assert_int_equal(tape_weight(t), 2 * sizeof(struct tape_mark));
	assert_string_equal(bytes_of(t, TAPE_IN), "[6]");
	assert_string_equal(bytes_in(t, TAPE_OUT, 1, 3), "[2]");
	assert_true(tape_has(t, TAPE_IN, 6, 6));
	assert_string_equal(marks_of(t), "1 write 0+3\n2 read 0+6\n");
	tape_drop(t);
	tape_fit(t);
	assert_string_equal(marks_of(t), "1 write 0+3\n2 read 0+6\n");
}

static void
has_one_hole_when_it_was_dropped(void **state)
{
	const size_t marks = 100;
	struct tape *t;
	size_t n, i, behind;

	(void)state;
	for (n = marks; n < 3 * marks; n++) {
		t = make(10, 10, marks);
		for (i = 1; i <= n; i++)
			tape_event(t, TAPE_CONNECT, (int64_t)i, 0);
		tape_drop(t);
		assert_in_range(t->nmark, 1, TAPE_DROPPED_MARKS);
		assert_int_equal(t->nmark + t->lost, n);
		for (i = 0; i < t->nmark; i++) {
			behind = i < t->lost_at ? 0 : t->lost;
			assert_int_equal(t->mark[i].at, i + 1 + behind);
		}
	}
}

/* The history holds many that were dropped. */
static void
weighs_little_when_it_was_dropped(void **state)
{
	struct tape *t = make(10, 10, 1000);
	int i;

	(void)state;
	for (i = 1; i <= 900; i++)
		add(t, TAPE_READ, i, "bytes");
	tape_drop(t);
	assert_int_equal(
	    tape_weight(t), TAPE_DROPPED_MARKS * sizeof(struct tape_mark));
	assert_int_equal(t->lost, 900 - TAPE_DROPPED_MARKS);
	assert_int_equal(t->mark[0].at, 1);
	assert_int_equal(t->mark[t->lost_at - 1].at, t->lost_at);
	assert_int_equal(t->mark[t->lost_at].at, t->lost_at + t->lost + 1);
	assert_int_equal(t->mark[t->nmark - 1].at, 900);
}

/* Whatever fails: each byte that is there is the right one, none is missing
 * without being counted, and the next ones are kept again. */
static void
counts_what_memory_is_out_for(void **state)
{
	char all[5000], one[64];
	struct tape *t;
	struct span s;
	uint64_t gone, off;
	size_t fail = 0, i, n, marks;
	bool failed;

	(void)state;
	for (i = 0; i < sizeof(all); i++)
		all[i] = (char)(i * 7 + i / 251);
	do {
		t = make(1500, 600, 64);
		oom_after(++fail);
		marks = 0;
		for (i = 0; i < sizeof(all); i += n, marks++) {
			n = 1 + i % sizeof(one);
			if (n > sizeof(all) - i)
				n = sizeof(all) - i;
			tape_bytes(t, TAPE_READ, (int64_t)i, all + i, n);
		}
		failed = oom_off();
		assert_int_equal(t->reel[TAPE_IN].all, sizeof(all));
		assert_int_equal(t->nmark + t->lost, marks);
		for (off = 0; off < sizeof(all); off += s.n + gone) {
			s = tape_run(t, TAPE_IN, off, sizeof(all), &gone);
			assert_memory_equal(s.p, all + off, s.n);
		}
		assert_int_equal(off, sizeof(all));
		assert_true(
		    tape_has(t, TAPE_IN, sizeof(all) - 600, sizeof(all)));
		assert_true(failed || tape_has(t, TAPE_IN, 0, 1500));
		for (i = 1; i < t->nmark; i++)
			if (i != t->lost_at || t->lost == 0)
				assert_int_equal(t->mark[i].off,
				    t->mark[i - 1].off + t->mark[i - 1].n);
	} while (failed);
	assert_true(fail > 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, test_end)
		TEST(keeps_a_short_exchange_whole),
		TEST(keeps_the_first_and_the_last_bytes),
		TEST(gives_any_range),
		TEST(keeps_the_first_and_the_last_marks),
		TEST(says_how_a_connection_ended),
		TEST(costs_what_it_keeps),
		TEST(holds_a_large_body_in_a_few_mebibytes),
		TEST(drops_its_bytes_and_keeps_its_marks),
		TEST(has_one_hole_when_it_was_dropped),
		TEST(weighs_little_when_it_was_dropped),
		TEST(counts_what_memory_is_out_for),
	};

	return cmocka_run_group_tests_name("tape", tests, NULL, NULL);
}
