/*
 * Lines of the server as rows of its pane, from what it writes to what is
 * drawn.
 */
#include "logrow.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "oom.h"
#include "test.h"
#include "width.h"

static struct line line;

/* clang-format off */
#define REQUEST(text, status, bytes, route)                           \
	"{\"ev\":\"request\",\"at\":\"2026-11-23T07:30:29.123Z\","     \
	"\"peer\":\"127.0.0.1:51234\",\"dialect\":\"http\",\"line\":\"" text \
	"\",\"method\":\"GET\",\"host\":\"test.com\",\"target\":\"/a\"," \
	"\"status\":" #status ",\"bytes\":" #bytes ",\"us\":61" route "}"

#define ROUTE(name) ",\"route\":\"" name "\""
#define NONE	    ",\"route\":null"

static const struct {
	size_t cols;
	const char *said;
	const char *row;
} cases[] = {
	/* What each width keeps: its status always, the route from 56 on. */
	{ 118, REQUEST("GET /a HTTP/1.1", 200, 1234, ROUTE("api/r.conf:12")),
	    "07:30:29  127.0.0.1  GET /a HTTP/1.1                               "
	    "       200 1.2 kB                     api/r.conf:12" },
	{ 78, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("routes.conf:12")),
	    "07:30:29  GET /a HTTP/1.1                     200    6 B        "
	    "routes.conf:12" },
	{ 62, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("routes.conf:12")),
	    "07:30:29  GET /a HTTP/1.1           200    6 B  routes.conf:12" },
	{ 38, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("routes.conf:12")),
	    "07:30:29  GET /a HTTP/1.1   200    6 B" },
	{ 26, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("routes.conf:12")),
	    "07:30:29  GET /a       200" },
	{ 20, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("routes.conf:12")),
	    "GET /a HTTP/1.1  200" },
	{ 6, REQUEST("GET /a HTTP/1.1", 200, 6, NONE), "…  200" },
	{ 5, REQUEST("GET /a HTTP/1.1", 200, 6, NONE), "" },

	/* Who answered: a route, none, or it is not said. */
	{ 78, REQUEST("GET /a HTTP/1.1", 404, 80, NONE),
	    "07:30:29  GET /a HTTP/1.1                     404   80 B        "
	    "      no route" },
	{ 78, REQUEST("GET /a HTTP/1.1", 404, 80, ""),
	    "07:30:29  GET /a HTTP/1.1                     404   80 B" },
	{ 78, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("builtin:3")),
	    "07:30:29  GET /a HTTP/1.1                     200    6 B        "
	    "     builtin:3" },
	/* Of a long place its folders go first. */
	{ 78, REQUEST("GET /a HTTP/1.1", 200, 6,
	    ROUTE("/home/kim/shop/routes.conf:12")),
	    "07:30:29  GET /a HTTP/1.1                     200    6 B      "
	    "…/routes.conf:12" },
	{ 78, REQUEST("GET /a HTTP/1.1", 200, 6,
	    ROUTE("work/fake-answers-of-users.conf:12")),
	    "07:30:29  GET /a HTTP/1.1                     200    6 B  "
	    "…rs-of-users.conf:12" },
	{ 78, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("\\u00ed\\u0095\\u009c.conf:7")),
	    "07:30:29  GET /a HTTP/1.1                     200    6 B        "
	    "     한.conf:7" },

	/* The request loses HTTP/1.1 first, then its end. */
	{ 38, REQUEST("GET /a/longer/path HTTP/1.1", 200, 6, NONE),
	    "07:30:29  GET /a/longer/p…  200    6 B" },
	{ 38, REQUEST("GET /a/long/path HTTP/1.1", 200, 6, NONE),
	    "07:30:29  GET /a/long/path  200    6 B" },
	{ 38, REQUEST("GET /a/long HTTP/1.0", 200, 6, NONE),
	    "07:30:29  GET /a/long HTT…  200    6 B" },
	{ 26, REQUEST("GET,test.com/a/b", 200, 0, NONE),
	    "07:30:29  GET,test.c…  200" },
	{ 38, REQUEST("", 408, 26, NONE),
	    "07:30:29  –                 408   26 B" },

	/* Bytes come as U+0000 to U+00FF, and are made harmless. */
	{ 62, REQUEST("GET /\\u00ed\\u0095\\u009c HTTP/1.1", 200, 6, ""),
	    "07:30:29  GET /한 HTTP/1.1          200    6 B" },
	{ 62, REQUEST("GET /\\u001b[2J\\u00ff\\\"", 400, 6, ""),
	    "07:30:29  GET /\\x1b[2J\\xff\"         400    6 B" },

	/* What is no such line stands as it is. */
	{ 78, "", "" },
	{ 78, "retortd: that is all", "retortd: that is all" },
	{ 10, "retortd: that is all", "retortd: …" },
	{ 78, "{\"ev\":\"listen\",\"local\":\"127.0.0.1:1\"}",
	    "listening on 127.0.0.1:1" },
	{ 78, "retortd: listening on [::1]:8080", "listening on [::1]:8080" },
	{ 30, "{\"ev\":\"request\",\"at\":", "{\"ev\":\"request\",\"at\":" },
	{ 21, REQUEST("GET /", "200", 1, ""), "{\"ev\":\"request\",\"at\"…" },
	{ 21, REQUEST("GET /", 2000, 1, ""), "{\"ev\":\"request\",\"at\"…" },
	{ 21, REQUEST("GET /", 200, -1, ""), "{\"ev\":\"request\",\"at\"…" },
	{ 78, "\tGET /\t\033", "        GET /   \\x1b" },
	{ 78, "\t     \t^", "                ^" },
	{ 78, "        GET /a \\x1b retrun", "        GET /a \\x1b retrun" },
};
/* clang-format on */

static void
draws_each_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct logline *l =
		    logline_read(span_text(cases[i].said), "r.conf");

		assert_non_null(l);
		logrow(&line, l, cases[i].cols);
		free(l);
		if (!span_is(buf_span(&line.text), cases[i].row))
			test_fail("case %zu:\n%.*s|\n%s|", i,
			    (int)line.text.len, line.text.data, cases[i].row);
		assert_true(line.cols <= cases[i].cols);
	}
}

/* The role of the segment in which that text stands. */
static enum role
role_at(const char *text)
{
	for (size_t i = 0; i < line.n; i++) {
		struct span s = line_segment(&line, i);

		if (memmem(s.p, s.n, text, strlen(text)) != NULL)
			return line.seg[i].role;
	}
	test_fail("no %s", text);
}

static void
read_row(const char *said)
{
	struct logline *l = logline_read(span_text(said), "r.conf");

	assert_non_null(l);
	logrow(&line, l, 78);
	free(l);
}

static void
the_status_has_its_colour(void **state)
{
	static const struct {
		char digit;
		enum role role;
	} rows[] = { { '2', ROLE_OK }, { '3', ROLE_REDIRECT },
		{ '4', ROLE_CLIENT_ERROR }, { '5', ROLE_SERVER_ERROR },
		{ '7', ROLE_PLAIN } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char said[] = REQUEST("GET / HTTP/1.1", 000, 0, "");
		char status[] = "\"status\":000";

		strstr(said, status)[9] = rows[i].digit;
		read_row(said);
		status[9] = rows[i].digit;
		assert_int_equal(role_at(status + 9), rows[i].role);
	}
}

static void
that_no_route_answered_is_dim(void **state)
{
	(void)state;
	read_row(REQUEST("GET / HTTP/1.1", 404, 0, NONE));
	assert_int_equal(role_at("no route"), ROLE_DIM);
	read_row(REQUEST("GET / HTTP/1.1", 200, 0, ROUTE("no route:1")));
	assert_int_equal(role_at("no route:1"), ROLE_PLAIN);
}

static void
what_is_wrong_stands_out(void **state)
{
	static const struct {
		const char *said;
		enum logline_kind kind;
		enum role role;
	} rows[] = {
		{ "routes.conf:3:9: unknown word", LOGLINE_FAULT, ROLE_ERROR },
		{ "a:b/c.conf:3:9: no", LOGLINE_FAULT, ROLE_ERROR },
		{ "        ^", LOGLINE_CARET, ROLE_ERROR },
		{ "\t^", LOGLINE_CARET, ROLE_ERROR },
		{ "\"r.conf\" cannot be opened: No such file or directory",
		    LOGLINE_FAULT, ROLE_ERROR },
		{ "\"r.conf\"? no", LOGLINE_TEXT, ROLE_PLAIN },
		{ "r.conf: No such file or directory", LOGLINE_FAULT,
		    ROLE_ERROR },
		{ "r.conf", LOGLINE_TEXT, ROLE_PLAIN },
		{ "r.config: no", LOGLINE_TEXT, ROLE_PLAIN },
		{ "routes.conf:3:9: warning: never", LOGLINE_WARNING,
		    ROLE_CLIENT_ERROR },
		{ "retortd: routes.conf: 3 routes loaded", LOGLINE_LOADED,
		    ROLE_OK },
		{ "retortd: routes.conf: 1 route loaded", LOGLINE_LOADED,
		    ROLE_OK },
		{ "retortd: 2 errors: the old routes stay", LOGLINE_REFUSED,
		    ROLE_ERROR },
		{ "retortd: listening on [::1]:8080", LOGLINE_READY, ROLE_DIM },
		{ "	GET / retrun 200", LOGLINE_TEXT, ROLE_PLAIN },
		{ "retortd: 127.0.0.1:1: Address in use", LOGLINE_TEXT,
		    ROLE_PLAIN },
		{ "a: 1:2: b", LOGLINE_TEXT, ROLE_PLAIN },
		{ "a:1:2:b", LOGLINE_TEXT, ROLE_PLAIN },
		{ "a:1:2", LOGLINE_TEXT, ROLE_PLAIN },
		{ "a:1::", LOGLINE_TEXT, ROLE_PLAIN },
		{ "3 routes loaded", LOGLINE_TEXT, ROLE_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = rows[i].said;

		assert_int_equal(
		    logline_kind(span_text(text), "r.conf"), rows[i].kind);
		read_row(text);
		if (line.seg[0].role != rows[i].role)
			test_fail("%s: %d", text, line.seg[0].role);
	}
}

static void
says_where_it_listens(void **state)
{
	static const char *const rows[][2] = {
		{ "retortd: listening on [::1]:8080", "[::1]:8080" },
		{ "{\"ev\":\"listen\",\"local\":\"127.0.0.1:1\"}",
		    "127.0.0.1:1" },
		{ "{\"ev\":\"listen\",\"local\":\"", "" },
		{ "retortd: listening", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(span_is(
		    logline_address(span_text(rows[i][0])), rows[i][1]));
}

static void
the_clock_is_that_of_this_place(void **state)
{
	(void)state;
	setenv("TZ", "KST-9", 1);
	tzset();
	read_row(REQUEST("GET / HTTP/1.1", 200, 0, ""));
	setenv("TZ", "UTC", 1);
	tzset();
	assert_memory_equal(line.text.data, "16:30:29", 8);
}

/* It is cut before it is escaped. */
static void
a_long_text_is_cut(void **state)
{
	char *said = test_alloc(20001);
	struct logline *l;

	(void)state;
	memset(said, '\033', 20000);
	l = logline_read(span_text(said), "r.conf");
	assert_non_null(l);
	assert_int_equal(strlen(l->text), 4 * 4096);
	free(l);
}

static void
without_memory_there_is_none(void **state)
{
	size_t n = 0;
	bool failed;

	(void)state;
	do {
		struct logline *l;

		oom_after(++n);
		l = logline_read(
		    span_text(REQUEST("GET /", 200, 1, ROUTE("r:1"))), NULL);
		failed = oom_off();
		/* Its JSON is better than nothing. */
		if (l != NULL && l->kind != LOGLINE_REQUEST)
			assert_int_equal(l->kind, LOGLINE_TEXT);
		assert_true(failed || l->kind == LOGLINE_REQUEST);
		free(l);
	} while (failed);
	assert_true(n > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(draws_each_line, test_end),
		cmocka_unit_test_teardown(the_status_has_its_colour, test_end),
		cmocka_unit_test(that_no_route_answered_is_dim),
		cmocka_unit_test_teardown(what_is_wrong_stands_out, test_end),
		cmocka_unit_test(says_where_it_listens),
		cmocka_unit_test(the_clock_is_that_of_this_place),
		cmocka_unit_test_teardown(a_long_text_is_cut, test_end),
		cmocka_unit_test(without_memory_there_is_none),
	};
	int failed;

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	line_init(&line);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	line_release(&line);
	return failed;
}
