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

/* What the server saw of a request. */
struct asked {
	const char *text;
	int status;
	int64_t bytes;
	const char *route;
};

/* clang-format off */
#define SAID(text) text, { NULL, 0, 0, NULL }
#define REQUEST(...) NULL, { __VA_ARGS__ }
#define ROUTE(name) name
#define NONE	    ""
#define REFUSED	    NULL

static const struct {
	size_t cols;
	const char *said; /* NULL: it is a request */
	struct asked asked;
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
	{ 78, REQUEST("GET /a HTTP/1.1", 404, 80, REFUSED),
	    "07:30:29  GET /a HTTP/1.1                     404   80 B        "
	    "       refused" },
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
	{ 78, REQUEST("GET /a HTTP/1.1", 200, 6, ROUTE("\xed\x95\x9c.conf:7")),
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
	{ 38, REQUEST("", 408, 26, REFUSED),
	    "07:30:29  –                 408   26 B" },

	/* Bytes are made harmless. */
	{ 62, REQUEST("GET /\xed\x95\x9c HTTP/1.1", 200, 6, REFUSED),
	    "07:30:29  GET /한 HTTP/1.1          200    6 B         refused" },
	{ 62, REQUEST("GET /\033[2J\xff\"", 400, 6, REFUSED),
	    "07:30:29  GET /\\x1b[2J\\xff\"         400    6 B         refused" },

	/* What is no such line stands as it is. */
	{ 78, SAID(""), "" },
	{ 78, SAID("retortd: that is all"), "retortd: that is all" },
	{ 10, SAID("retortd: that is all"), "retortd: …" },
	{ 78, SAID("{\"ev\":\"listen\",\"local\":\"127.0.0.1:1\"}"),
	    "listening on 127.0.0.1:1" },
	{ 78, SAID("retortd: listening on [::1]:8080"), "listening on [::1]:8080" },
	{ 30, SAID("{\"ev\":\"request\",\"at\":"), "{\"ev\":\"request\",\"at\":" },
	{ 78, SAID("\tGET /\t\033"), "        GET /   \\x1b" },
	{ 78, SAID("\t     \t^"), "                ^" },
	{ 78, SAID("        GET /a \\x1b retrun"), "        GET /a \\x1b retrun" },
};
/* clang-format on */

/* A connection with that request alone. */
static struct logline *
request_of(const struct asked *a)
{
	/* 2026-11-23T07:30:29.123Z */
	static const int64_t at = INT64_C(1795419029123) * 1000000;
	struct seen_request r = {
		.req = 1,
		.heard = 1,
		.end = a->status != 0 ? 5 : -1,
		.status = a->status,
		.content = a->bytes,
		.in.to = UINT64_MAX,
		.out.to = UINT64_MAX,
	};
	struct seen_conn c = { .life = 1, .number = 7 };
	char target[] = "/a", *route = NULL;
	struct logline *l;

	if (a->route != NULL && a->route[0] != '\0')
		route = test_text("%s", a->route);
	r.route = route;
	r.target = a->route != NULL ? target : NULL;
	tape_init(&c.tape, 4096, 4096, 8);
	strlcpy(c.tape.peer, "127.0.0.1:51234", sizeof(c.tape.peer));
	tape_bytes(&c.tape, TAPE_READ, 0, a->text, strlen(a->text));
	if (a->text[0] != '\0')
		tape_bytes(&c.tape, TAPE_READ, 0, "\r\nHost: a\r\n\r\n", 13);
	l = logline_request(&c, &r, at);
	tape_release(&c.tape);
	return l;
}

static void
draws_each_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct logline *l = cases[i].said == NULL
		    ? request_of(&cases[i].asked)
		    : logline_read(span_text(cases[i].said), "r.conf");

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
request_row(const char *text, int status, const char *route)
{
	const struct asked a = { text, status, 0, route };
	struct logline *l = request_of(&a);

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
		const char status[] = { rows[i].digit, '0', '0', '\0' };

		request_row("GET / HTTP/1.1", atoi(status), "");
		assert_int_equal(role_at(status), rows[i].role);
	}
	request_row("GET / HTTP/1.1", 0, "");
	assert_int_equal(role_at("  –"), ROLE_FAILURE);
}

static void
that_no_route_answered_is_dim(void **state)
{
	(void)state;
	request_row("GET / HTTP/1.1", 404, "");
	assert_int_equal(role_at("no route"), ROLE_DIM);
	request_row("GET / HTTP/1.1", 200, "no route:1");
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
	request_row("GET / HTTP/1.1", 200, "");
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

		const struct asked a = { "GET /", 200, 1, "r:1" };

		oom_after(++n);
		l = request_of(&a);
		failed = oom_off();
		assert_true(failed || l != NULL);
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
		cmocka_unit_test_teardown(
		    that_no_route_answered_is_dim, test_end),
		cmocka_unit_test_teardown(what_is_wrong_stands_out, test_end),
		cmocka_unit_test(says_where_it_listens),
		cmocka_unit_test_teardown(
		    the_clock_is_that_of_this_place, test_end),
		cmocka_unit_test_teardown(a_long_text_is_cut, test_end),
		cmocka_unit_test_teardown(
		    without_memory_there_is_none, test_end),
	};
	int failed;

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	line_init(&line);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	line_release(&line);
	return failed;
}
