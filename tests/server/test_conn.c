/*
 * A connection as bytes and time: no socket, no clock.
 */
#include "conn.h"

#include <string.h>

#include "builtin.h"
#include "limit.h"
#include "oom.h"
#include "test.h"

#define TO_TEST "Host: test.com\r\n"
#define GOOD	"GET / HTTP/1.1\r\n" TO_TEST "\r\n"
#define PUT	"PUT /update HTTP/1.1\r\n" TO_TEST
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"
#define ALL	((size_t)-1)
#define SECONDS *(int64_t)1000000

/* One connection of a server; what it sent lies in `got`. */
struct rig {
	struct server server;
	struct log log;
	struct conn conn;
	struct buf got;
	int64_t now;
	size_t room; /* bytes its peer takes at a time */
};

static struct rig rig;

static void
pump(void)
{
	struct span out;
	size_t n;

	while ((out = conn_output(&rig.conn)).n > 0) {
		n = out.n < rig.room ? out.n : rig.room;
		assert_true(buf_append(&rig.got, out.p, n));
		conn_sent(&rig.conn, n, rig.now);
		if (n == out.n)
			continue;
		assert_false(conn_wants_input(&rig.conn));
		if (n == 0)
			return;
		assert_int_equal(rig.conn.state, CONN_ANSWERING);
	}
}

static void
feed(const char *p, size_t n)
{
	assert_true(conn_wants_input(&rig.conn));
	conn_feed(&rig.conn, p, n, rig.now);
	pump();
}

static void
say_it(const char *text)
{
	feed(text, strlen(text));
}

static void
half_close(void)
{
	conn_eof(&rig.conn, rig.now);
	pump();
}

/* The clock moves on, and whatever is due happens. */
static void
pass(int64_t us)
{
	struct timer *t;

	rig.now += us;
	while ((t = timers_pop(&rig.server.timers, rig.now)) != NULL) {
		assert_ptr_equal(t, &rig.conn.timer);
		conn_expire(&rig.conn, rig.now);
		pump();
	}
}

static void
open_conn(void)
{
	struct address peer = { .bytes = { 127, 0, 0, 1 } };

	conn_init(&rig.conn, &rig.server, &peer, rig.now);
}

static int
start(void **state)
{
	(void)state;
	rig = (struct rig){ .now = 1 SECONDS, .room = ALL };
	rig.got.max = 16 * 1024 * 1024;
	assert_true(log_open(&rig.log, LOG_NONE, NULL, -1));
	assert_true(server_init(&rig.server, builtin_routes(), &rig.log));
	wall_set(&rig.server.wall, rig.now, 1795415076123456);
	open_conn();
	return 0;
}

static int
stop(void **state)
{
	conn_release(&rig.conn);
	assert_true(timers_next(&rig.server.timers) == INT64_MAX);
	server_release(&rig.server);
	buf_release(&rig.got);
	return test_end(state);
}

static const char *
got(void)
{
	return test_text("%.*s", (int)rig.got.len, rig.got.data);
}

static size_t
count(const char *what)
{
	const char *at = got();
	size_t n = 0;

	while ((at = strstr(at, what)) != NULL) {
		at += strlen(what);
		n++;
	}
	return n;
}

static void
want_closed(const char *why)
{
	assert_int_equal(rig.conn.state, CONN_CLOSED);
	assert_string_equal(rig.conn.why, why);
}

/* Nothing is held for a connection that has no bytes. */
static void
want_no_memory(void)
{
	assert_null(rig.conn.in.data);
	assert_null(rig.conn.out.data);
	assert_null(rig.conn.held.data);
	assert_int_equal(rig.server.out.len, 0);
}

/* --- bytes --- */

static void
answers_with_the_date_of_now(void **state)
{
	(void)state;
	say_it(GOOD);
	assert_string_equal(got(),
	    "HTTP/1.1 200 OK\r\n"
	    "Date: Mon, 23 Nov 2026 06:24:36 GMT\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: 24\r\n\r\nGET test.com/ is right.\n");
	assert_int_equal(rig.conn.state, CONN_KEPT);
	want_no_memory();
}

/* clang-format off */
static const char *const messages[] = {
	GOOD GOOD GOOD,
	"\r\n" GOOD "POST /create HTTP/1.1\r\n" TO_TEST "\r\n",
	PUT "Content-Length: 5\r\n\r\nhello" GOOD,
	PUT CHUNKED "5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\nA: b\r\n\r\n"
	    GOOD,
	"HEAD /option HTTP/1.1\r\n" TO_TEST "\r\n" GOOD,
	"GET / HTTP/1.0\r\n" TO_TEST "\r\n",
	GOOD "GET / HTTP/1.1\r\n" TO_TEST "Connection: close\r\n\r\n",
	GOOD "GET /nope HTTP/1.1\r\n" TO_TEST "\r\n" GOOD,
	GOOD "GET / HTTP/9.9\r\n" TO_TEST "\r\n",
	PUT CHUNKED "5\r\nhello!",
	PUT "Content-Length: 16777217\r\n\r\n",
	"GET,test.com\n",
	"PUT,test.com/update\r\n",
	"GET,test.com/nope\n",
	",x\n",
};
/* clang-format on */

enum {
	MESSAGES = sizeof(messages) / sizeof(messages[0])
};

/* All of a message in pieces of these sizes, the last one again and again. */
static const char *
converse(const char *message, size_t first, size_t others, size_t room)
{
	size_t n = strlen(message), at = 0, step = first;

	conn_release(&rig.conn);
	open_conn();
	rig.got.len = 0;
	while (at < n && conn_wants_input(&rig.conn)) {
		if (step > n - at)
			step = n - at;
		rig.room = room;
		feed(message + at, step);
		rig.room = ALL;
		pump();
		at += step;
		step = others;
	}
	if (conn_wants_input(&rig.conn))
		half_close();
	assert_int_equal(rig.conn.state, CONN_CLOSED);
	return got();
}

static void
answers_the_same_however_it_comes(void **state)
{
	const char *want;
	size_t i, k;

	(void)state;
	for (i = 0; i < MESSAGES; i++) {
		want = converse(messages[i], ALL, ALL, ALL);
		assert_true(strlen(want) > 10);
		for (k = 1; k < strlen(messages[i]); k++)
			assert_string_equal(
			    converse(messages[i], k, ALL, ALL), want);
		assert_string_equal(converse(messages[i], 1, 1, ALL), want);
		assert_string_equal(converse(messages[i], 3, 7, ALL), want);
	}
}

static void
sends_the_same_however_it_is_taken(void **state)
{
	const char *want;
	size_t i;

	(void)state;
	for (i = 0; i < MESSAGES; i++) {
		want = converse(messages[i], ALL, ALL, ALL);
		assert_string_equal(converse(messages[i], ALL, ALL, 0), want);
		assert_string_equal(converse(messages[i], ALL, ALL, 1), want);
		assert_string_equal(converse(messages[i], 5, 5, 100), want);
	}
}

static void
holds_bytes_only_while_they_are_needed(void **state)
{
	(void)state;
	say_it(GOOD "GET / HT");
	assert_int_equal(rig.conn.in.len, 8);
	say_it("TP/1.1\r\n" TO_TEST "\r\n");
	want_no_memory();
	say_it(PUT "Content-Length: 3\r\n\r\na");
	assert_int_equal(rig.conn.in.len, 0);
	assert_true(rig.conn.held.len > 0);
	say_it("bc");
	want_no_memory();
	assert_int_equal(count("HTTP/1.1 200"), 3);
	rig.room = 0;
	say_it(GOOD);
	assert_true(rig.conn.out.len > 0);
	rig.room = ALL;
	pump();
	want_no_memory();
}

static void
says_continue_only_when_it_waits(void **state)
{
	(void)state;
	say_it(PUT "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	assert_string_equal(got(), "HTTP/1.1 100 Continue\r\n\r\n");
	say_it("abc");
	say_it(PUT "Expect: 100-continue\r\nContent-Length: 3\r\n\r\na");
	say_it("bc");
	say_it(PUT "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(count("100 Continue"), 1);
	assert_int_equal(count("200 OK"), 3);
}

static void
closes_at_once_when_nothing_is_unread(void **state)
{
	(void)state;
	say_it("GET / HTTP/1.1\r\n" TO_TEST "Connection: close\r\n\r\n");
	want_closed("answered");
}

static void
lingers_when_something_is_unread(void **state)
{
	(void)state;
	say_it("GET / HTTP/1.1\r\n" TO_TEST "Connection: close\r\n\r\nG");
	assert_int_equal(rig.conn.state, CONN_LINGERING);
	assert_int_equal(count("HTTP/1.1 200"), 1);
	say_it(GOOD);
	assert_int_equal(count("HTTP/1.1"), 1);
	want_no_memory();
	half_close();
	want_closed("the peer has left");
}

static void
drains_so_much_and_no_more(void **state)
{
	enum {
		MEG = 1024 * 1024
	};
	char *junk = test_alloc(MEG);
	size_t i;

	(void)state;
	say_it("no request\r\n");
	for (i = 0; i < LIMIT_LINGER / MEG; i++)
		feed(junk, MEG);
	assert_int_equal(rig.conn.state, CONN_LINGERING);
	feed(junk, 1);
	want_closed("sent too much behind a refusal");
}

static void
answers_its_last_while_draining(void **state)
{
	(void)state;
	rig.server.draining = true;
	say_it(GOOD);
	assert_int_equal(count("\r\nConnection: close\r\n"), 1);
	want_closed("answered");
}

static void
leaves_with_its_peer(void **state)
{
	(void)state;
	half_close();
	want_closed("the peer has left");
	assert_int_equal(rig.got.len, 0);
}

static void
ignores_empty_lines_at_the_end(void **state)
{
	(void)state;
	say_it(GOOD "\r\n\r\n");
	half_close();
	want_closed("the peer has left");
	assert_int_equal(count("HTTP/1.1"), 1);
}

/* --- back-pressure --- */

static void
stops_reading_while_output_is_left(void **state)
{
	size_t n = sizeof(GOOD) - 1, many = LIMIT_INPUT / n;
	char *all = test_alloc(LIMIT_INPUT);
	struct conn *c = &rig.conn;
	size_t i, before;

	(void)state;
	for (i = 0; i < many; i++)
		memcpy(all + i * n, GOOD, n);
	say_it("GET / HT");
	say_it("TP/1.1\r\n" TO_TEST "\r\n");
	rig.room = 0;
	feed(all, many * n);
	assert_false(conn_wants_input(c));
	assert_in_range(c->out.len, LIMIT_OUTPUT, LIMIT_OUTPUT + LIMIT_ANSWER);
	assert_in_range(c->in.len, 1, LIMIT_INPUT);
	/* It goes on where it stopped once all was taken. */
	before = c->in.len;
	rig.room = 1000;
	pump();
	assert_int_equal(rig.conn.state, CONN_KEPT);
	assert_true(before > 0);
	want_no_memory();
	assert_int_equal(count("HTTP/1.1 200 OK\r\n"), many + 1);
}

static void
gives_up_on_a_peer_that_takes_nothing(void **state)
{
	(void)state;
	rig.room = 0;
	say_it(GOOD GOOD);
	pass(29 SECONDS);
	rig.room = 1;
	conn_sent(&rig.conn, 1, rig.now);
	pass(29 SECONDS);
	assert_int_equal(rig.conn.state, CONN_ANSWERING);
	rig.room = 0;
	pass(1 SECONDS);
	want_closed("nothing was taken for 30 s");
}

/* --- time --- */

static void
closes_the_silent_after_300_s(void **state)
{
	(void)state;
	assert_true(timers_next(&rig.server.timers) == 301 SECONDS);
	pass(300 SECONDS - 1);
	assert_int_equal(rig.conn.state, CONN_IDLE);
	pass(1);
	want_closed("idle for 300 s");
	assert_int_equal(rig.got.len, 0);
}

static void
closes_the_kept_after_75_s_without_a_word(void **state)
{
	size_t before;

	(void)state;
	say_it(GOOD);
	pass(60 SECONDS);
	say_it(GOOD);
	before = rig.got.len;
	pass(75 SECONDS - 1);
	assert_int_equal(rig.conn.state, CONN_KEPT);
	pass(1);
	want_closed("no further request for 75 s");
	assert_int_equal(rig.got.len, before);
}

/* However steadily its bytes come. */
static void
refuses_a_head_60_s_from_its_first_byte(void **state)
{
	int i;

	(void)state;
	say_it(GOOD);
	pass(70 SECONDS);
	say_it("G");
	for (i = 0; i < 59; i++) {
		pass(1 SECONDS);
		say_it(i == 0 ? "ET / HTTP/1.1\r\nA: " : "a");
	}
	pass(1 SECONDS - 1);
	assert_int_equal(rig.conn.state, CONN_HEAD);
	pass(1);
	assert_int_equal(count("HTTP/1.1 408 Request Timeout\r\n"), 1);
	assert_int_equal(rig.conn.state, CONN_LINGERING);
	want_no_memory();
	pass(2 SECONDS);
	want_closed("lingered for 2 s");
}

static void
refuses_a_method_that_never_ends(void **state)
{
	(void)state;
	say_it("GE");
	pass(60 SECONDS);
	assert_int_equal(count("HTTP/1.1 408 "), 1);
}

/* Its client would take a body for the next answer. */
static void
sends_no_body_to_a_head_that_is_not_whole(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		conn_release(&rig.conn);
		open_conn();
		rig.got.len = 0;
		say_it("HEAD /option");
		if (i == 0)
			pass(60 SECONDS);
		else if (i == 1)
			half_close();
		while (i == 2 && rig.conn.state == CONN_HEAD)
			say_it("/option/option/option/option/option");
		assert_int_equal(count("HTTP/1.1 4"), 1);
		assert_int_equal(count("\r\n\r\n"), 1);
		assert_memory_equal(
		    rig.got.data + rig.got.len - 4, "\r\n\r\n", 4);
	}
}

static void
says_nothing_about_empty_lines(void **state)
{
	(void)state;
	say_it(GOOD "\r\n");
	pass(60 SECONDS);
	want_closed("no request behind empty lines");
	assert_int_equal(count("HTTP/1.1"), 1);
}

static void
refuses_a_body_30_s_after_its_last_byte(void **state)
{
	int i;

	(void)state;
	say_it(PUT "Content-Length: 100\r\n\r\n");
	for (i = 0; i < 50; i++) {
		pass(29 SECONDS);
		say_it("x");
	}
	assert_int_equal(rig.conn.state, CONN_BODY);
	pass(30 SECONDS);
	assert_int_equal(count("HTTP/1.1 408 "), 1);
	assert_int_equal(rig.conn.state, CONN_LINGERING);
}

static void
ends_a_classic_request_by_50_ms_of_silence(void **state)
{
	(void)state;
	say_it("GET,test");
	pass(49999);
	say_it(".com");
	pass(49999);
	assert_int_equal(rig.got.len, 0);
	pass(1);
	assert_string_equal(got(), "HTTP/200 OK");
	want_closed("answered");
}

static void
refuses_a_comma_without_a_url_after_10_s(void **state)
{
	(void)state;
	say_it("GE");
	pass(59 SECONDS);
	say_it("T,");
	pass(10 SECONDS - 1);
	assert_int_equal(rig.conn.state, CONN_CLASSIC_URL);
	pass(1);
	assert_string_equal(got(), "HTTP/400 BAD REQUEST");
	assert_int_equal(rig.conn.state, CONN_LINGERING);
}

/* --- no memory --- */

/* Whatever cannot be had ends the connection and nothing else. */
static void
dies_alone_without_memory(void **state)
{
	static const char *const parts[] = { "GET / HT", "TP/1.1\r\n" TO_TEST,
		"\r\n" GOOD "GET", " / HTTP/1.1\r\n", TO_TEST "\r\n",
		PUT "Content-Length: 6\r\n\r\nabc", "def" };
	size_t n = 0, i;
	bool failed;

	(void)state;
	do {
		conn_release(&rig.conn);
		open_conn();
		rig.got.len = 0;
		assert_true(buf_reserve(&rig.got, 65536));
		oom_after(++n);
		for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			if (rig.conn.state == CONN_CLOSED)
				break;
			rig.room = 0;
			say_it(parts[i]);
			rig.room = ALL;
			pump();
		}
		failed = oom_off();
		if (failed)
			assert_memory_equal(rig.conn.why, "no memory", 9);
		assert_true((rig.conn.state == CONN_CLOSED) == failed);
	} while (failed);
	assert_true(n > 4);
	assert_int_equal(count("HTTP/1.1 200 OK"), 4);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_with_the_date_of_now),
		TEST(answers_the_same_however_it_comes),
		TEST(sends_the_same_however_it_is_taken),
		TEST(holds_bytes_only_while_they_are_needed),
		TEST(says_continue_only_when_it_waits),
		TEST(closes_at_once_when_nothing_is_unread),
		TEST(lingers_when_something_is_unread),
		TEST(drains_so_much_and_no_more),
		TEST(answers_its_last_while_draining),
		TEST(leaves_with_its_peer),
		TEST(ignores_empty_lines_at_the_end),
		TEST(stops_reading_while_output_is_left),
		TEST(gives_up_on_a_peer_that_takes_nothing),
		TEST(closes_the_silent_after_300_s),
		TEST(closes_the_kept_after_75_s_without_a_word),
		TEST(refuses_a_head_60_s_from_its_first_byte),
		TEST(refuses_a_method_that_never_ends),
		TEST(sends_no_body_to_a_head_that_is_not_whole),
		TEST(says_nothing_about_empty_lines),
		TEST(refuses_a_body_30_s_after_its_last_byte),
		TEST(ends_a_classic_request_by_50_ms_of_silence),
		TEST(refuses_a_comma_without_a_url_after_10_s),
		TEST(dies_alone_without_memory),
	};

	return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
