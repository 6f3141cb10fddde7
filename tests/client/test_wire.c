/*
 * Two ends of a wire beside each other: what is aligned, what is marked as
 * different, and where calls began.  Also what two sequences have in common.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "oom.h"
#include "test.h"
#include "width.h"
#include "wire.h"

static void
release_tape(void *t)
{
	tape_release(t);
}

static void
release_wire(void *w)
{
	wire_release(w);
}

/* A tape with what is between "|" as a call of its own, 1 ms apart. */
static struct tape *
tape_of(enum tape_event what, const char *text)
{
	struct tape *t = test_alloc(sizeof(*t));
	int64_t at = 0;

	tape_init(t, 1 << 20, 1 << 16, 1 << 14);
	test_later(release_tape, t);
	for (;;) {
		size_t n = strcspn(text, "|");

		if (n > 0)
			tape_bytes(t, what, at, text, n);
		at += 1000000;
		if (text[n] == '\0')
			return t;
		text += n + 1;
	}
}

static struct wire_side
side_of(struct tape *t, enum tape_way way, const char *title)
{
	struct wire_side side = { .tape = t, .way = way, .title = title };

	if (t != NULL)
		side.to = t->reel[way].all;
	return side;
}

static struct wire_ends
ends_of(const char *left, const char *right)
{
	struct wire_ends e = { .zero = 0 };

	e.side[WIRE_LEFT] =
	    side_of(left == NULL ? NULL : tape_of(TAPE_WRITE, left), TAPE_OUT,
		"we sent");
	e.side[WIRE_RIGHT] =
	    side_of(right == NULL ? NULL : tape_of(TAPE_READ, right), TAPE_IN,
		"the server received");
	return e;
}

static struct wire *
wire_of(const struct wire_ends *e)
{
	struct wire *w = test_alloc(sizeof(*w));

	test_later(release_wire, w);
	wire_build(w, e);
	return w;
}

/* All rows, what differs in {}, blanks at their ends cut. */
static const char *
rows_of(
    const struct wire *w, const struct wire_ends *e, const struct wire_form *f)
{
	struct wire_at at = { 0 }, passed = { 0 };
	struct buf b = { .max = 1 << 22 };
	const char *text;
	struct line line;

	line_init(&line);
	while (line_clear(&line), wire_row(w, e, f, &at, &line)) {
		assert_true(line.cols <= f->cols);
		assert_int_equal(width_of(buf_span(&line.text)), line.cols);
		assert_true(wire_row(w, e, f, &passed, NULL));
		assert_memory_equal(&at, &passed, sizeof(at));
		for (size_t k = 0; k < line.n; k++) {
			struct span s = line_segment(&line, k);
			bool marked = line.seg[k].role == ROLE_DIFFERENT;

			buf_printf(
			    &b, marked ? "{%.*s}" : "%.*s", (int)s.n, s.p);
		}
		while (b.len > 0 && b.data[b.len - 1] == ' ')
			b.len--;
		buf_append_text(&b, "\n");
	}
	line_release(&line);
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

static const char *
shown(const char *left, const char *right, size_t cols, bool hex)
{
	struct wire_ends e = ends_of(left, right);
	struct wire_form f = { cols, hex, WIRE_SIDES };

	return rows_of(wire_of(&e), &e, &f);
}

static void
shows_both_ends_beside_each_other(void **state)
{
	(void)state;
	assert_string_equal(
	    shown("GET / HTTP/1.1\r\nA: b\r\n\r\n|body",
		"GET / HTTP/1.1\r\nA: b\r\n\r\nbody", 61, false),
	    "we sent                  28 B │ the server received      28 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "GET / HTTP/1.1␍␊              │ GET / HTTP/1.1␍␊\n"
	    "A: b␍␊                        │ A: b␍␊\n"
	    "␍␊                            │ ␍␊\n"
	    "┄ 2 ┄ 1.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │\n"
	    "body                          │ body\n");
}

static void
shows_one_end_over_the_whole_width(void **state)
{
	(void)state;
	assert_string_equal(shown("a \t\r\n b|c\rd\033", NULL, 30, false),
	    "we sent                   11 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "a·␉␍␊\n"
	    " b\n"
	    "┄ 2 ┄ 1.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "c␍d\\x1b\n");
	assert_string_equal(
	    shown(NULL, "a", 10, false), "the s… 1 B\n┄ 1 ┄ 0.0…\na\n");
	assert_string_equal(shown(NULL, NULL, 10, false), "");
}

/* A field that was rewritten on the way: just its value. */
static void
marks_just_the_bytes_of_a_rewritten_header(void **state)
{
	(void)state;
	assert_string_equal(
	    shown(
		"GET / HTTP/1.1\r\nUser-Agent: retort/0.1\r\nB: c\r\n\r\nx\ny",
		"GET / HTTP/1.1\r\nUser-Agent: proxy\r\nB: c\r\n\r\nx\ny", 75,
		false),
	    "we sent                         51 B │ the server received        "
	    "     46 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.000 ms "
	    "┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "GET / HTTP/1.1␍␊                     │ GET / HTTP/1.1␍␊\n"
	    "User-Agent: {retort/0.1}␍␊             │ User-Agent: {proxy}␍␊\n"
	    "B: c␍␊                               │ B: c␍␊\n"
	    "␍␊                                   │ ␍␊\n"
	    "x␊                                   │ x␊\n"
	    "y                                    │ y\n");
}

static void
keeps_lines_side_by_side_around_others(void **state)
{
	(void)state;
	assert_string_equal(
	    shown("GET /a HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n",
		"GET http://x/a HTTP/1.0\r\nVia: p\r\nA: 1\r\nX: y\r\n\r\n", 61,
		false),
	    "we sent                  31 B │ the server received      47 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "GET {/}a HTTP/1.{1}␍␊             │ GET {http://x/}a "
	    "HTTP/1.{0}␍␊\n"
	    "                              │ {Via: p␍␊}\n"
	    "A: 1␍␊                        │ A: 1␍␊\n"
	    "{B: 2}␍␊                        │ {X: y}␍␊\n"
	    "␍␊                            │ ␍␊\n");
}

static void
marks_what_did_not_arrive(void **state)
{
	(void)state;
	assert_string_equal(
	    shown("A: b\nbody that is long", "A: b\nbody th", 61, false),
	    "we sent                  22 B │ the server received      12 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "A: b␊                         │ A: b␊\n"
	    "body th{at is long}             │ body th\n");
}

static void
shows_hexadecimal_digits(void **state)
{
	(void)state;
	assert_string_equal(shown("abcdefghij|k", "abXdefghijk", 79, true),
	    "we sent                           11 B │ the server received      "
	    "         11 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.000 ms "
	    "┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "0000 61 62 {63} 64 65 66 67 68  ab{c}defgh │ 0000 61 62 {58} 64 "
	    "65 66 67 68  ab{X}defgh\n"
	    "0008 69 6a                    ij       │ 0008 69 6a 6b           "
	    "      ijk\n"
	    "┄ 2 ┄ 1.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │\n"
	    "000a 6b                       k        │\n");
}

static void
shows_one_below_the_other_when_asked(void **state)
{
	struct wire_ends e = ends_of("one\n", "two\n");
	struct wire_form f = { 20, false, WIRE_LEFT };
	struct wire *w = wire_of(&e);

	(void)state;
	assert_string_equal(rows_of(w, &e, &f),
	    "we sent          4 B\n┄ 1 ┄ 0.000 ms ┄┄┄┄┄\n{one}␊\n");
	f.only = WIRE_RIGHT;
	assert_string_equal(rows_of(w, &e, &f),
	    "the server rece… 4 B\n┄ 1 ┄ 0.000 ms ┄┄┄┄┄\n{two}␊\n");
	assert_false(wire_is_same(w));
}

/* Of a connection with several requests only the bytes of this one. */
static void
shows_a_part_of_a_connection(void **state)
{
	struct wire_ends e = ends_of("second", "first|firstsecond");
	struct wire_form f = { 61, false, WIRE_SIDES };

	(void)state;
	e.side[WIRE_RIGHT].from = 10;
	assert_string_equal(rows_of(wire_of(&e), &e, &f),
	    "we sent                   6 B │ the server received       6 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 1.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "second                        │ second\n");
}

static void
says_what_was_not_kept(void **state)
{
	struct wire_ends e = ends_of("x", "x");
	struct wire_form f = { 61, false, WIRE_SIDES };
	struct tape *t = test_alloc(sizeof(*t));
	char big[1000];

	(void)state;
	memset(big, 'b', sizeof(big));
	memcpy(big + 990, "0123456789", 10);
	tape_init(t, 10, 10, 8);
	test_later(release_tape, t);
	tape_bytes(t, TAPE_WRITE, 0, big, sizeof(big));
	e.side[WIRE_LEFT] = side_of(t, TAPE_OUT, "we sent");
	assert_string_equal(rows_of(wire_of(&e), &e, &f),
	    "we sent                1.0 kB │ the server received       1 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "{bbbbbbbbbb}                    │ {x}\n"
	    "… 980 B not kept …            │\n"
	    "0123456789                    │\n");
	assert_false(wire_is_same(wire_of(&e)));
}

/* Calls of other sizes on the two sides of one long line. */
static void
stays_side_by_side_in_a_long_line(void **state)
{
	struct buf left = { .max = 1 << 20 }, right = { .max = 1 << 20 };
	struct wire_ends e;
	struct wire_form f = { 83, false, WIRE_SIDES };
	struct wire_at at = { 0 };
	struct line line;
	size_t apart = 0;

	(void)state;
	for (size_t i = 0; i < 60000; i++) {
		char c = (char)('a' + i % 26);

		buf_append(&left, &c, 1);
		buf_append(&right, &c, 1);
		if (i % 700 == 0)
			buf_append(&left, "|", 1);
		if (i % 3000 == 0)
			buf_append(&right, "|", 1);
	}
	buf_append(&left, "", 1);
	buf_append(&right, "", 1);
	e = ends_of(left.data, right.data);
	line_init(&line);
	while (line_clear(&line), wire_row(wire_of(&e), &e, &f, &at, &line))
		apart = llabs((int64_t)at.off[0] - (int64_t)at.off[1]) >
			(int64_t)apart
		    ? (size_t)llabs((int64_t)at.off[0] - (int64_t)at.off[1])
		    : apart;
	assert_true(apart <= 1024);
	line_release(&line);
	buf_release(&left);
	buf_release(&right);
}

/* Ends that have little in common are shown, not compared. */
static void
gives_up_where_too_much_differs(void **state)
{
	struct buf left = { .max = 1 << 20 }, right = { .max = 1 << 20 };
	struct wire_ends e;
	struct wire *w;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		buf_printf(&left, "%d\n", i);
		buf_printf(&right, "other %d\n", i * 7);
	}
	e = ends_of(test_text("%.*s", (int)left.len, left.data),
	    test_text("%.*s", (int)right.len, right.data));
	w = wire_of(&e);
	assert_true(w->capped);
	assert_int_equal(w->nhunk, 1);
	buf_release(&left);
	buf_release(&right);
}

static void
knows_that_both_are_the_same(void **state)
{
	struct wire_ends e = ends_of("a\n|b", "a|\nb");

	(void)state;
	assert_true(wire_is_same(wire_of(&e)));
	e = ends_of("a", "b");
	assert_false(wire_is_same(wire_of(&e)));
	e = ends_of("", "");
	assert_true(wire_is_same(wire_of(&e)));
}

static void
passes_no_width_whatever_comes(void **state)
{
	static const char *const parts[] = { "a", "한", "🙂", "\xcc\x81",
		"\xff", "\033[2J", "\t", "\xe2\x80\xae", "\n", "\r\n", "\x80",
		"A: text\r\n", " ", "|" };
	unsigned seed = 5;

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		struct buf b[2] = { { .max = 1 << 16 }, { .max = 1 << 16 } };

		for (size_t k = 0; k < 120; k++) {
			seed = seed * 1103515245 + 12345;
			buf_append_text(&b[k % 2],
			    parts[(seed >> 16) %
				(sizeof(parts) / sizeof(parts[0]))]);
			if ((seed >> 24) % 3 != 0)
				buf_append_text(&b[(k + 1) % 2],
				    parts[(seed >> 16) %
					(sizeof(parts) / sizeof(parts[0]))]);
		}
		buf_append(&b[0], "", 1);
		buf_append(&b[1], "", 1);
		shown(b[0].data, b[1].data, 56 + i % 50, i % 2 == 0);
		shown(b[0].data, NULL, 1 + i % 50, i % 3 == 0);
		buf_release(&b[0]);
		buf_release(&b[1]);
	}
}

static void
compares_what_it_can_without_memory(void **state)
{
	struct wire_ends e =
	    ends_of("a\nb\nc: d\ne\n", "a\nx\nc: e\ny\nz\ne\n");
	size_t n = 0;
	bool failed;

	(void)state;
	do {
		struct wire w = { 0 };
		struct wire_at at = { 0 };
		struct wire_form f = { 61, false, WIRE_SIDES };

		oom_after(++n);
		wire_build(&w, &e);
		failed = oom_off();
		while (wire_row(&w, &e, &f, &at, NULL))
			;
		if (failed && w.nhunk > 0)
			assert_false(wire_is_same(&w));
		wire_release(&w);
	} while (failed);
	assert_true(n > 5);
}

/* --- what sequences have in common ------------------------------------------- */

static size_t
random_sequence(unsigned *seed, uint64_t *a)
{
	size_t n = (*seed = *seed * 1103515245 + 12345, *seed >> 16) % 12;

	for (size_t i = 0; i < n; i++)
		a[i] = (*seed = *seed * 1103515245 + 12345, *seed >> 16) % 3;
	return n;
}

/* The length of the longest common subsequence, by the book. */
static size_t
longest(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	size_t len[13][13] = { { 0 } };

	for (size_t i = na; i-- > 0;)
		for (size_t k = nb; k-- > 0;) {
			size_t skip = len[i + 1][k] > len[i][k + 1]
			    ? len[i + 1][k]
			    : len[i][k + 1];

			len[i][k] = a[i] == b[k] ? len[i + 1][k + 1] + 1 : skip;
		}
	return len[0][0];
}

static void
finds_the_longest_that_is_shared(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint64_t a[12], b[12];
		size_t na = random_sequence(&seed, a);
		size_t nb = random_sequence(&seed, b);
		size_t n, sum = 0, end_a = 0, end_b = 0;
		struct diff_run *r;

		assert_true(diff_runs(a, na, b, nb, DIFF_EDITS, &r, &n));
		for (size_t i = 0; i < n; i++) {
			assert_true(r[i].at_a >= end_a && r[i].at_b >= end_b);
			for (size_t k = 0; k < r[i].n; k++)
				assert_int_equal(
				    a[r[i].at_a + k], b[r[i].at_b + k]);
			end_a = r[i].at_a + r[i].n;
			end_b = r[i].at_b + r[i].n;
			sum += r[i].n;
		}
		assert_true(end_a <= na && end_b <= nb);
		assert_int_equal(sum, longest(a, na, b, nb));
		free(r);
	}
}

static void
gives_up_past_its_edits(void **state)
{
	uint64_t a[] = { 1, 2, 3, 4 }, b[] = { 5, 6, 7, 8 };
	struct diff_run *r;
	size_t n;

	(void)state;
	assert_true(diff_runs(a, 4, b, 4, 8, &r, &n));
	assert_int_equal(n, 0);
	free(r);
	assert_false(diff_runs(a, 4, b, 4, 7, &r, &n));
	assert_null(r);
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shows_both_ends_beside_each_other),
		TEST(shows_one_end_over_the_whole_width),
		TEST(marks_just_the_bytes_of_a_rewritten_header),
		TEST(keeps_lines_side_by_side_around_others),
		TEST(marks_what_did_not_arrive),
		TEST(shows_hexadecimal_digits),
		TEST(shows_one_below_the_other_when_asked),
		TEST(shows_a_part_of_a_connection),
		TEST(says_what_was_not_kept),
		TEST(stays_side_by_side_in_a_long_line),
		TEST(gives_up_where_too_much_differs),
		TEST(knows_that_both_are_the_same),
		TEST(passes_no_width_whatever_comes),
		TEST(compares_what_it_can_without_memory),
		TEST(finds_the_longest_that_is_shared),
		TEST(gives_up_past_its_edits),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
