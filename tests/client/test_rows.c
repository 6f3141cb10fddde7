/*
 * Rows of the history and the line of times: every row is as wide as the pane,
 * and its status is always there.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "oom.h"
#include "rows.h"
#include "test.h"
#include "utf8.h"
#include "width.h"

enum {
	WALL = 1700000000 /* 22:13:20 UTC */
};

static void
release_exchange(void *x)
{
	exchange_free(x);
}

static struct exchange *
make(const char *method, const char *url, enum outcome outcome)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	test_later(release_exchange, x);
	x->request.method = strdup(method);
	x->request.dialect = DIALECT_HTTP;
	x->url = strdup(url);
	x->outcome = outcome;
	x->wall = WALL;
	x->times.total = 314159;
	return x;
}

static struct exchange *
answered(const char *method, const char *url, const char *head, uint64_t body)
{
	struct exchange *x = make(method, url, OUTCOME_ANSWERED);
	enum httperr why;

	assert_true(buf_append_text(&x->raw, head));
	x->head = malloc(sizeof(*x->head));
	assert_int_equal(
	    head_parse_response(x->raw.data, x->raw.len, 0, x->head, &why),
	    PARSE_DONE);
	x->status = x->head->status;
	x->body_len = body;
	return x;
}

static void
release_line(void *l)
{
	line_release(l);
}

static struct line *
make_line(void)
{
	struct line *l = test_alloc(sizeof(*l));

	line_init(l);
	test_later(release_line, l);
	return l;
}

static const char *
text_of(const struct line *l)
{
	return test_text(
	    "%.*s", (int)l->text.len, l->text.data == NULL ? "" : l->text.data);
}

/* The role of the segment in which text stands; ROLE_COUNT if in none. */
static enum role
role_of(const struct line *l, const char *text)
{
	struct span s;
	size_t i;

	for (i = 0; i < l->n; i++) {
		s = line_segment(l, i);
		if (memmem(s.p, s.n, text, strlen(text)) != NULL)
			return l->seg[i].role;
	}
	return ROLE_COUNT;
}

/* Its segments are all of its text, and its columns are what it says. */
static void
is_sound(const struct line *l)
{
	size_t i, off = 0;

	for (i = 0; i < l->n; i++) {
		assert_int_equal(l->seg[i].off, off);
		assert_true(l->seg[i].len > 0);
		off += l->seg[i].len;
	}
	assert_int_equal(off, l->text.len);
	assert_int_equal(width_of(buf_span(&l->text)), l->cols);
}

static void
formats_times(void **state)
{
	/* clang-format off */
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ -1, "–" },
		{ 0, "0.00 ms" },
		{ 9999, "0.00 ms" },
		{ 314159, "0.31 ms" },
		{ 9999999, "9.99 ms" },
		{ 10000000, "10.0 ms" },
		{ 99999999, "99.9 ms" },
		{ 100000000, "100 ms" },
		{ 999999999, "999 ms" },
		{ 1000000000, "1.00 s" },
		{ 9999999999, "9.99 s" },
		{ 10000000000, "10.0 s" },
		{ 100000000000, "100 s" },
		{ 86400000000000, "86400 s" },
	};
	/* clang-format on */
	char out[ROWS_TIME];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rows_time(out, cases[i].ns);
		assert_string_equal(out, cases[i].text);
		assert_true(width_of(span_text(out)) <= 7);
	}
	rows_time(out, INT64_MAX);
}

static void
formats_sizes(void **state)
{
	/* clang-format off */
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0 B" },
		{ 6, "6 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 1234, "1.2 kB" },
		{ 9999, "9.9 kB" },
		{ 10000, "10 kB" },
		{ 999999, "999 kB" },
		{ 1000000, "1.0 MB" },
		{ 16777216, "16 MB" },
		{ 104857600, "104 MB" },
		{ 5000000000, "5.0 GB" },
		{ UINT64_MAX, "18 EB" },
	};
	/* clang-format on */
	char out[ROWS_TIME];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rows_size(out, cases[i].bytes);
		assert_string_equal(out, cases[i].text);
		assert_true(width_of(span_text(out)) <= 6);
	}
}

#define OK   "HTTP/1.1 200 OK\r\n\r\n"
#define BAD  "HTTP/1.1 400 Bad Request\r\n\r\n"
#define LONG "HTTP/1.1 511 Network Authentication Required\r\n\r\n"
#define MUTE "HTTP/1.1 404 \r\n\r\n"
#define ODD  "HTTP/1.1 299 \xed\x95\x9c\x80\r\n\r\n"

static void
draws_rows_that_line_up(void **state)
{
	/* clang-format off */
	static const struct {
		size_t cols;
		const char *text;
	} cases[] = {
	{ 100, " 22:13:20  POST    test.com/create                       "
		    "400 Bad Request            0.31 ms    71 B " },
	{ 80, " 22:13:20  POST    test.com/create          "
	    "400 Bad Request     0.31 ms    71 B " },
	{ 72, " 22:13:20  POST    test.com/create  "
	    "400 Bad Request     0.31 ms    71 B " },
	{ 60, " 22:13:20  POST    test.com/create 400 Bad Request  0.31 ms " },
	{ 54, " 22:13:20  POST    test.com/create     400 Bad Request" },
	{ 44, " 22:13:20  POST    test…eate 400 Bad Request" },
	{ 40, " POST   test.com/create     400 Bad Req…" },
	{ 32, " POST   test.…reate 400 Bad Req…" },
	{ 20, " POST test…eate 400 " },
	{ 12, "tes…ate 400 " },
	{ 5, "400  " },
	{ 4, "400 " },
	{ 3, "400" },
	};
	/* clang-format on */
	struct exchange *x = answered("POST", "test.com/create", BAD, 71);
	struct line *l = make_line();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rows_history(l, x, cases[i].cols, 0);
		assert_string_equal(text_of(l), cases[i].text);
	}
}

/* No status is like none. */
static void
shows_a_status_that_cannot_be(void **state)
{
	static const char *const heads[] = { "HTTP/1.1 000 Odd\r\n\r\n",
		"HTTP/1.1 600 Odd\r\n\r\n", "HTTP/1.1 999 Odd\r\n\r\n" };
	struct line *l = make_line();

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		rows_history(
		    l, answered("GET", "test.com", heads[i], 71), 80, 0);
		assert_string_equal(text_of(l),
		    test_text(" 22:13:20  GET     test.com                 "
			      "%.3s Odd             0.31 ms    71 B ",
			heads[i] + 9));
		assert_int_equal(role_of(l, "Odd"), ROLE_SERVER_ERROR);
	}
}

static void
marks_an_echo_whatever_the_url_loses(void **state)
{
	/* clang-format off */
	static const struct {
		size_t cols;
		const char *text;
	} cases[] = {
	{ 80, " 22:13:20  GET     echo test.com/create     "
	    "200 OK              0.31 ms    71 B " },
	{ 44, " 22:13:20  GET     echo tes… 200 OK         " },
	{ 20, " GET  echo tes… 200 " },
	{ 12, "echo t… 200 " },
	{ 5, "200  " },
	};
	/* clang-format on */
	struct exchange *x = answered("GET", "test.com/create", OK, 71);
	struct line *l = make_line();

	(void)state;
	x->echo = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rows_history(l, x, cases[i].cols, 0);
		is_sound(l);
		assert_string_equal(text_of(l), cases[i].text);
		assert_int_equal(l->cols, cases[i].cols);
	}
}

static void
is_as_wide_as_the_pane(void **state)
{
	struct exchange *x[] = {
		answered("GET", "test.com", OK, 6),
		answered("OPTIONS", "test.com/한글/김철수/items?q=🙂",
		    LONG, UINT64_MAX),
		answered("A-METHOD-OF-ONES-OWN", "test.com", MUTE, 1234567),
		answered("GET", "", ODD, 0),
		make("GET", "localhost:3000/users", OUTCOME_REFUSED),
		make("GET", "\033]0;x\a\xff\xe2\x80\xae", OUTCOME_NO_NAME),
		make("GET", "test.com", OUTCOME_FLIGHT),
	};
	struct line *l = make_line();
	size_t i, cols;

	(void)state;
	x[0]->times.total = INT64_MAX;
	for (i = 0; i < sizeof(x) / sizeof(x[0]); i++) {
		for (cols = 1; cols <= 200; cols++) {
			rows_history(l, x[i], cols, INT64_MAX);
			is_sound(l);
			if (l->cols != cols)
				test_fail("row %zu in %zu columns has %zu", i,
				    cols, l->cols);
			rows_times(l, x[i], cols, INT64_MAX, FIGURES_ALL);
			is_sound(l);
			assert_true(l->cols <= cols);
		}
	}
}

static void
never_loses_its_status(void **state)
{
	struct exchange *x = answered(
	    "DELETE", "test.com/a/very/long/path/of/many/segments", LONG, 1);
	struct exchange *y =
	    make("DELETE", "test.com/한글한글한글한글한글", OUTCOME_REFUSED);
	struct line *l = make_line();
	size_t cols;

	(void)state;
	for (cols = 3; cols <= 120; cols++) {
		rows_history(l, x, cols, 0);
		assert_non_null(strstr(text_of(l), "511"));
		assert_int_equal(role_of(l, "511"), ROLE_SERVER_ERROR);
		rows_history(l, y, cols, 0);
		if (cols >= 32)
			assert_int_equal(role_of(l, "refused"), ROLE_FAILURE);
		else if (cols >= 4)
			assert_int_equal(role_of(l, "fail"), ROLE_FAILURE);
	}
}

static void
lets_a_row_lose_size_then_time_then_clock(void **state)
{
	struct exchange *x = answered("GET", "test.com", OK, 1234);
	struct line *l = make_line();
	bool size, time, clock, had_size = true, had_time = true;
	bool had_clock = true;
	size_t cols;

	(void)state;
	for (cols = 120; cols >= 20; cols--) {
		rows_history(l, x, cols, 0);
		size = strstr(text_of(l), "1.2 kB") != NULL;
		time = strstr(text_of(l), "0.31 ms") != NULL;
		clock = strstr(text_of(l), "22:13:20") != NULL;
		assert_true(had_size || !size);
		assert_true(had_time || !time);
		assert_true(had_clock || !clock);
		assert_true(time || !size);
		assert_true(clock || !time);
		had_size = size;
		had_time = time;
		had_clock = clock;
	}
	assert_false(had_clock);
}

static void
gives_every_class_its_role(void **state)
{
	/* clang-format off */
	static const struct {
		enum outcome outcome;
		int status;
		enum role role;
	} cases[] = {
		{ OUTCOME_ANSWERED, 101, ROLE_OK },
		{ OUTCOME_ANSWERED, 200, ROLE_OK },
		{ OUTCOME_ANSWERED, 201, ROLE_OK },
		{ OUTCOME_ANSWERED, 304, ROLE_REDIRECT },
		{ OUTCOME_ANSWERED, 400, ROLE_CLIENT_ERROR },
		{ OUTCOME_ANSWERED, 503, ROLE_SERVER_ERROR },
		{ OUTCOME_ANSWERED, 600, ROLE_SERVER_ERROR },
		{ OUTCOME_FLIGHT, 0, ROLE_FLIGHT },
		{ OUTCOME_FLIGHT, 200, ROLE_FLIGHT },
		{ OUTCOME_REFUSED, 0, ROLE_FAILURE },
		{ OUTCOME_CUT, 200, ROLE_FAILURE },
		{ OUTCOME_CANCELLED, 0, ROLE_FAILURE },
	};
	/* clang-format on */
	struct exchange *x = make("GET", "test.com", OUTCOME_FLIGHT);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		x->outcome = cases[i].outcome;
		x->status = cases[i].status;
		assert_int_equal(rows_role(x), cases[i].role);
	}
}

static void
puts_words_beside_the_code(void **state)
{
	struct line *l = make_line();
	struct exchange *x;

	(void)state;
	/* Without a reason the registered one. */
	rows_history(l, answered("GET", "test.com", MUTE, 0), 80, 0);
	assert_int_equal(role_of(l, "404 Not Found"), ROLE_CLIENT_ERROR);
	/* The peer's reason, harmless. */
	rows_history(l, answered("GET", "test.com", ODD, 0), 80, 0);
	assert_int_equal(role_of(l, "299 한\\x80"), ROLE_OK);
	/* What went wrong, when something did. */
	x = answered("GET", "test.com", OK, 0);
	x->outcome = OUTCOME_CUT;
	rows_history(l, x, 80, 0);
	assert_int_equal(role_of(l, "200 cut short"), ROLE_FAILURE);
	x = make("GET", "test.com", OUTCOME_TIMED_OUT);
	rows_history(l, x, 80, 0);
	assert_int_equal(role_of(l, "timed out"), ROLE_FAILURE);
	assert_non_null(strstr(text_of(l), "      –"));
}

static void
marks_an_answer_that_broke_rules(void **state)
{
	struct exchange *x = answered("GET", "test.com", BAD, 0);
	struct line *l = make_line();
	size_t cols;

	(void)state;
	x->wrong = 1;
	rows_history(l, x, 80, 0);
	assert_non_null(strstr(text_of(l), "400 Bad Request   !"));
	assert_int_equal(role_of(l, "!"), ROLE_ERROR);
	rows_history(l, x, 50, 0);
	assert_non_null(strstr(text_of(l), "400 Bad Reque…!"));
	for (cols = 4; cols <= 120; cols++) {
		rows_history(l, x, cols, 0);
		assert_int_equal(l->cols, cols);
		assert_int_equal(role_of(l, "!"), ROLE_ERROR);
		assert_int_equal(role_of(l, "400"), ROLE_CLIENT_ERROR);
	}
	/* A failure says it in words. */
	x->outcome = OUTCOME_BROKEN;
	rows_history(l, x, 80, 0);
	assert_null(strchr(text_of(l), '!'));
	assert_int_equal(role_of(l, "400 broken body"), ROLE_FAILURE);
	x->outcome = OUTCOME_ANSWERED;
	x->wrong = 0;
	rows_history(l, x, 80, 0);
	assert_null(strchr(text_of(l), '!'));
}

static void
shows_the_age_of_one_in_flight(void **state)
{
	struct exchange *x = make("GET", "test.com", OUTCOME_FLIGHT);
	struct line *l = make_line();

	(void)state;
	x->start = 5000000000;
	rows_history(l, x, 80, 8999999999);
	assert_non_null(strstr(text_of(l), " 3 s "));
	assert_int_equal(role_of(l, "…"), ROLE_FLIGHT);
	rows_times(l, x, 80, 8999999999, FIGURES_ALL);
	assert_non_null(strstr(text_of(l), "total 3 s"));
}

static void
shows_times_and_bytes(void **state)
{
	struct exchange *x = answered("GET", "test.com", OK, 6);
	struct line *l = make_line();

	(void)state;
	x->times = (struct times){ -1, 70000, 75000, 281000, 314159 };
	tape_bytes(&x->tape, TAPE_WRITE, 0, "GET / HTTP/1.1\r\n\r\n", 18);
	tape_bytes(&x->tape, TAPE_READ, 0, test_alloc(1310), 1310);
	rows_times(l, x, 80, 0, FIGURES_ALL);
	assert_string_equal(text_of(l),
	    " connect 0.07 ms  first byte 0.28 ms  total 0.31 ms"
	    "  sent 18 B  got 1.3 kB");
	assert_int_equal(role_of(l, "connect"), ROLE_DIM);
	assert_int_equal(role_of(l, "0.31 ms"), ROLE_PLAIN);
	rows_times(l, x, 60, 0, FIGURES_ALL);
	assert_string_equal(
	    text_of(l), " first byte 0.28 ms  total 0.31 ms  got 1.3 kB");
	rows_times(l, x, 40, 0, FIGURES_ALL);
	assert_string_equal(text_of(l), " total 0.31 ms  got 1.3 kB");
	rows_times(l, x, 60, 0, FIGURES_TIMES);
	assert_null(strstr(text_of(l), "got"));
	assert_non_null(strstr(text_of(l), "connect"));
	rows_times(l, x, 60, 0, FIGURES_BYTES);
	assert_non_null(strstr(text_of(l), "got"));
	assert_null(strstr(text_of(l), "total"));
	rows_times(l, x, 20, 0, FIGURES_ALL);
	assert_string_equal(text_of(l), " total 0.31 ms");
	rows_times(l, x, 7, 0, FIGURES_ALL);
	assert_string_equal(text_of(l), "0.31 ms");
	/* A name was resolved. */
	x->times.name = 52000;
	rows_times(l, x, 90, 0, FIGURES_ALL);
	assert_string_equal(text_of(l),
	    " name 0.05 ms  connect 0.07 ms  first byte 0.28 ms"
	    "  total 0.31 ms  sent 18 B  got 1.3 kB");
	rows_times(l, x, 80, 0, FIGURES_ALL);
	assert_string_equal(text_of(l),
	    " name 0.05 ms  connect 0.07 ms  first byte 0.28 ms"
	    "  total 0.31 ms  got 1.3 kB");
	/* As in the row above. */
	x->times.total = 9792240000;
	rows_times(l, x, 80, 0, FIGURES_ALL);
	assert_non_null(strstr(text_of(l), "total 9.79 s"));
	x->times.total = 314159;
	x->times.name = -1;
	/* The figures stay where the bytes were dropped. */
	tape_drop(&x->tape);
	rows_times(l, x, 80, 0, FIGURES_ALL);
	assert_non_null(strstr(text_of(l), "sent 18 B  got 1.3 kB"));
}

static void
keeps_tabs_on_the_lines_columns(void **state)
{
	struct line *l = make_line();

	(void)state;
	line_add(l, ROLE_HEADER_NAME, span_text("abc"));
	line_add(l, ROLE_HEADER_VALUE, span_text(":\tx\033"));
	assert_string_equal(text_of(l), "abc:    x\\x1b");
	assert_int_equal(l->n, 2);
	is_sound(l);
}

static void
holds_so_many_segments(void **state)
{
	struct line *l = make_line();
	size_t i, cols;

	(void)state;
	for (i = 0; i < LINE_SEGMENTS + 3; i++)
		line_add(l, i % 2 == 0 ? ROLE_DIM : ROLE_OK, span_text("x"));
	assert_int_equal(l->n, LINE_SEGMENTS);
	is_sound(l);
	cols = l->cols;
	/* One of the last role still fits in it. */
	line_add(l, l->seg[l->n - 1].role, span_text("yy"));
	assert_int_equal(l->cols, cols + 2);
	is_sound(l);
}

static void
draws_what_it_can_without_memory(void **state)
{
	struct exchange *x = answered("GET", "test.com", OK, 6);
	struct line *l = make_line();
	size_t n = 0;

	(void)state;
	do {
		line_release(l);
		oom_after(++n);
		rows_history(l, x, 80, 0);
		is_sound(l);
		rows_times(l, x, 80, 0, FIGURES_ALL);
		is_sound(l);
	} while (oom_off());
	assert_true(n > 2);
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(formats_times),
		TEST(formats_sizes),
		TEST(draws_rows_that_line_up),
		TEST(shows_a_status_that_cannot_be),
		cmocka_unit_test_teardown(
		    marks_an_echo_whatever_the_url_loses, test_end),
		TEST(is_as_wide_as_the_pane),
		TEST(never_loses_its_status),
		TEST(lets_a_row_lose_size_then_time_then_clock),
		TEST(gives_every_class_its_role),
		TEST(puts_words_beside_the_code),
		TEST(marks_an_answer_that_broke_rules),
		TEST(shows_the_age_of_one_in_flight),
		TEST(shows_times_and_bytes),
		TEST(keeps_tabs_on_the_lines_columns),
		TEST(holds_so_many_segments),
		TEST(draws_what_it_can_without_memory),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
