/*
 * A connection as bytes and time: no socket, no clock.
 */
#include "conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin_text.h"
#include "limit.h"
#include "oom.h"
#include "routes_file.h"
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
	const char *folder;
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
		conn_sent(&rig.conn, out, n, rig.now);
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
	rig.got.max = 32 * 1024 * 1024;
	assert_true(log_open(&rig.log, LOG_NONE, NULL, -1));
	assert_true(server_init(&rig.server, builtin_load(), &rig.log));
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
	want_closed("answered");
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
	/* Its peer did not ask for that, and may have sent more. */
	assert_int_equal(rig.conn.state, CONN_LINGERING);
	half_close();
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
	conn_sent(&rig.conn, conn_output(&rig.conn), 1, rig.now);
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
	static const char *const begun[] = { "HEAD /option", "HEAD /option",
		"HEAD /option", "\nHEAD /option" };
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		conn_release(&rig.conn);
		open_conn();
		rig.got.len = 0;
		say_it(begun[i]);
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

#define ASK "HEAD /option HTTP/1.1\r\n" TO_TEST "\r\n"

/* A fault in front of a method is one before that is known. */
static void
refuses_alike_however_it_comes(void **state)
{
	static const char *const wrong[] = {
		"\n" ASK,
		ASK "\n" ASK,
		ASK "\r\n\n" ASK,
		ASK "\r" ASK,
		"\r" ASK,
		"\n\n\n\n\n\n\n\n" ASK,
		"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" ASK,
		ASK "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" ASK,
	};
	const char *p, *whole;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		conn_release(&rig.conn);
		open_conn();
		rig.got.len = 0;
		say_it(wrong[i]);
		whole = test_text("%s", got());
		conn_release(&rig.conn);
		open_conn();
		rig.got.len = 0;
		for (p = wrong[i]; *p != '\0'; p++)
			if (conn_wants_input(&rig.conn))
				feed(p, 1);
		assert_string_equal(got(), whole);
		assert_non_null(strstr(whole, "HTTP/1.1 400 "));
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

/* --- answers that take their time --- */

/* Answer from these routes; their files are in rig.folder. */
static void
serve(const char *text)
{
	struct diags diags = { 0 };
	struct buf b = { .max = 65536 };
	struct routes *routes =
	    routes_parse("t.conf", rig.folder, span_text(text), &diags);

	if (routes == NULL) {
		diags_append(&b, &diags);
		test_fail("%.*s", (int)b.len, b.data);
	}
	diags_release(&diags);
	respond_swap(&rig.server.respond, routes);
	conn_release(&rig.conn);
	open_conn();
}

#define REQUEST(line) line " HTTP/1.1\r\n" TO_TEST "\r\n"

static const char slow_routes[] =
    "host test.com {\n"
    "	GET / return 200 \"quick\\n\"\n"
    "	GET /slow return 200 \"slow\\n\" delay 300ms\n"
    "	GET /last return 200 \"last\\n\" delay 300ms close\n"
    "	GET /made return 200 \"{query.a}\" template delay 1s\n"
    "	PUT /no return 403 delay 1s\n"
    "}\n";

static void
sends_nothing_before_its_time(void **state)
{
	(void)state;
	serve(slow_routes);
	say_it(REQUEST("GET /slow"));
	assert_int_equal(rig.conn.state, CONN_DELAYED);
	assert_false(conn_wants_input(&rig.conn));
	assert_true(timers_next(&rig.server.timers) == rig.now + 300 * 1000);
	pass(300 * 1000 - 1);
	assert_int_equal(rig.got.len, 0);
	pass(1);
	assert_int_equal(count("\r\n\r\nslow\n"), 1);
	assert_int_equal(rig.conn.state, CONN_KEPT);
	assert_null(rig.conn.script);
	want_no_memory();
	say_it(REQUEST("GET /"));
	assert_int_equal(count("quick\n"), 1);
}

/* What is made for the call is still there when it goes. */
static void
keeps_what_it_made_until_it_goes(void **state)
{
	(void)state;
	serve(slow_routes);
	say_it(REQUEST("GET /made?a=mine"));
	memset(rig.server.respond.bytes.data, 'x', LIMIT_ANSWER);
	memset(rig.server.respond.body.data, 'x', 4);
	pass(1 SECONDS);
	assert_int_equal(count("HTTP/1.1 200 OK\r\n"), 1);
	assert_int_equal(count("\r\n\r\nmine"), 1);
	assert_int_equal(count("Date: Mon, 23 Nov 2026 06:24:36 GMT"), 1);
}

/* A table that was replaced is there until its last answer is given. */
static void
answers_from_the_table_that_it_began_with(void **state)
{
	struct diags diags = { 0 };

	(void)state;
	serve(slow_routes);
	say_it(REQUEST("GET /slow") REQUEST("GET /slow"));
	respond_swap(&rig.server.respond,
	    routes_parse("u.conf", NULL,
		span_text("host test.com { * * return 200 \"new\\n\" }"),
		&diags));
	diags_release(&diags);
	pass(300 * 1000);
	assert_int_equal(count("slow\n"), 1);
	assert_int_equal(count("new\n"), 1);
}

static void
keeps_the_order_of_what_is_pipelined(void **state)
{
	const char *at;

	(void)state;
	serve(slow_routes);
	say_it(REQUEST("GET /") REQUEST("GET /slow") REQUEST("GET /")
		REQUEST("GET /slow") REQUEST("GET /"));
	assert_int_equal(count("quick\n"), 1);
	assert_int_equal(count("slow\n"), 0);
	pass(300 * 1000);
	assert_int_equal(count("quick\n"), 2);
	assert_int_equal(count("slow\n"), 1);
	pass(300 * 1000);
	assert_int_equal(count("HTTP/1.1 200"), 5);
	at = strstr(got(), "slow\n");
	at = strstr(at, "quick\n");
	at = strstr(at, "slow\n");
	assert_non_null(strstr(at, "quick\n"));
	assert_int_equal(rig.conn.state, CONN_KEPT);
	want_no_memory();
}

/* The time runs while earlier answers are not taken. */
static void
waits_no_longer_than_it_must(void **state)
{
	(void)state;
	serve(slow_routes);
	rig.room = 0;
	say_it(REQUEST("GET /") REQUEST("GET /slow"));
	assert_int_equal(rig.conn.state, CONN_ANSWERING);
	pass(200 * 1000);
	rig.room = ALL;
	pump();
	assert_int_equal(rig.conn.state, CONN_DELAYED);
	pass(100 * 1000);
	assert_int_equal(count("slow\n"), 1);
}

static void
closes_behind_a_delay(void **state)
{
	(void)state;
	serve(slow_routes);
	say_it(REQUEST("GET /last"));
	pass(300 * 1000);
	assert_int_equal(count("\r\nConnection: close\r\n"), 1);
	assert_int_equal(rig.conn.state, CONN_LINGERING);
	half_close();
	want_closed("answered");
}

static void
answers_one_that_half_closed_behind_a_delay(void **state)
{
	(void)state;
	serve(slow_routes);
	say_it("GET,test.com/slow");
	half_close();
	assert_int_equal(rig.conn.state, CONN_DELAYED);
	pass(300 * 1000);
	assert_string_equal(got(), "HTTP/200 OK");
	want_closed("answered");
}

static void
leaves_once_a_delayed_answer_is_given(void **state)
{
	(void)state;
	serve(slow_routes);
	say_it(REQUEST("GET /slow"));
	rig.server.draining = true;
	pass(300 * 1000);
	assert_int_equal(count("slow\n"), 1);
	assert_int_equal(rig.conn.state, CONN_LINGERING);
}

static void
frees_what_it_waits_with(void **state)
{
	(void)state;
	serve(slow_routes);
	say_it(REQUEST("GET /made?a=x"));
	conn_close(&rig.conn, "the peer has reset the connection");
	assert_int_equal(rig.got.len, 0);
}

static void
delays_an_expectation_that_is_refused(void **state)
{
	(void)state;
	serve(slow_routes);
	say_it("PUT /no HTTP/1.1\r\n" TO_TEST
	       "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	assert_int_equal(rig.got.len, 0);
	pass(1 SECONDS);
	assert_int_equal(count("HTTP/1.1 403 "), 1);
	assert_int_equal(count("100 Continue"), 0);
	assert_int_equal(rig.conn.state, CONN_LINGERING);
}

/* --- files --- */

static const char file_routes[] = "host test.com {\n"
				  "	* /big file \"big\"\n"
				  "	GET /made file \"big\" template\n"
				  "}\n";

enum {
	BIG = 1000 * 1000
};

static const char *
make_big(void)
{
	const char *path;
	FILE *f;
	int i;

	rig.folder = test_folder();
	path = test_text("%s/big", rig.folder);
	f = fopen(path, "w");
	assert_non_null(f);
	for (i = 0; i < BIG / 10; i++)
		fprintf(f, "%9d\n", i);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void
want_big(void)
{
	const char *at = got();
	int i;

	assert_int_equal(count("Content-Length: 1000000\r\n"), 1);
	at = strstr(at, "\r\n\r\n") + 4;
	for (i = 0; i < BIG / 10; i++)
		if (strtol(at + i * 10, NULL, 10) != i ||
		    at[i * 10 + 9] != '\n')
			test_fail("line %d of the file is wrong", i);
}

static void
sends_a_file_in_pieces(void **state)
{
	(void)state;
	make_big();
	serve(file_routes);
	rig.room = 0;
	say_it(REQUEST("GET /big") REQUEST("HEAD /big"));
	assert_in_range(rig.conn.out.cap, 1, LIMIT_OUTPUT + 2 * LIMIT_ANSWER);
	rig.room = 1000;
	pump();
	assert_int_equal(count("HTTP/1.1 200 OK\r\n"), 2);
	assert_int_equal(count("\r\nContent-Length: 1000000\r\n"), 2);
	assert_int_equal(rig.conn.state, CONN_KEPT);
	want_no_memory();
}

static void
sends_all_of_a_file(void **state)
{
	(void)state;
	make_big();
	serve(file_routes);
	say_it(REQUEST("GET /big"));
	want_big();
	assert_int_equal(rig.conn.state, CONN_KEPT);
	want_no_memory();
}

static void
sends_a_large_template(void **state)
{
	(void)state;
	make_big();
	serve(file_routes);
	rig.room = 100 * 1000;
	say_it(REQUEST("GET /made"));
	pump();
	rig.room = ALL;
	pump();
	want_big();
	assert_true(rig.server.respond.file.cap <= LIMIT_ANSWER);
	assert_true(rig.server.respond.body.cap <= LIMIT_ANSWER);
}

/* Its length was promised: nothing but the end can say that it is wrong. */
static void
ends_when_a_file_shrinks(void **state)
{
	const char *path = make_big();

	(void)state;
	serve(file_routes);
	rig.room = 0;
	say_it(REQUEST("GET /big") REQUEST("GET /big"));
	assert_int_equal(truncate(path, 500), 0);
	rig.room = ALL;
	pump();
	want_closed("the file cannot be read as was promised");
	assert_true(rig.got.len < BIG);
}

static void
explains_a_file_that_is_gone(void **state)
{
	const char *path = make_big();

	(void)state;
	serve(file_routes);
	assert_int_equal(unlink(path), 0);
	say_it(REQUEST("GET /big"));
	assert_int_equal(count("HTTP/1.1 500 Internal Server Error\r\n"), 1);
	assert_int_equal(
	    count("The answer of t.conf:2 cannot be given: cannot open "), 1);
	assert_int_equal(count("big, which is gone.\n"), 1);
	assert_int_equal(rig.conn.state, CONN_KEPT);
}

/* --- bodies --- */

static const char body_routes[] =
    "host test.com {\n"
    "	* /echo echo\n"
    "	POST /json json /a = \"b\" return 200 \"a is b\\n\"\n"
    "	POST /json return 422 \"a is not b\\n\"\n"
    "	POST /made return 200 \"<{body}>\" template\n"
    "	POST /drop return 200 \"dropped\\n\"\n"
    "	POST /once times 1 return 400\n"
    "	POST /once return 200 \"again\\n\"\n"
    "}\n";

#define POST(path) "POST " path " HTTP/1.1\r\n" TO_TEST

/* What each gets, however it comes. */
static void
looks_at_bodies_however_they_come(void **state)
{
	static const char *const all[][2] = {
		{ POST("/json") "Content-Length: 9\r\n\r\n{\"a\":\"b\"}",
		    "a is b\n" },
		{ POST("/json") "Content-Length: 9\r\n\r\n{\"a\":\"c\"}",
		    "a is not b\n" },
		{ POST("/json") CHUNKED "4;x=y\r\n{\"a\"\r\n5\r\n:\"b\"}\r\n0"
					"\r\nA: b\r\n\r\n",
		    "a is b\n" },
		{ POST("/made") CHUNKED "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		    "<abcde>" },
		{ POST("/made") "Content-Length: 3\r\n\r\nabc", "<abc>" },
		{ POST("/made") "\r\n", "<>" },
		{ POST("/drop") "Content-Length: 3\r\n\r\nabc", "dropped\n" },
	};
	size_t i, cut, n;

	(void)state;
	serve(body_routes);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		n = strlen(all[i][0]);
		for (cut = 1; cut <= n; cut++) {
			rig.got.len = 0;
			feed(all[i][0], cut);
			if (cut < n)
				feed(all[i][0] + cut, n - cut);
			assert_string_equal(
			    strstr(got(), "\r\n\r\n") + 4, all[i][1]);
			want_no_memory();
		}
	}
}

static void
echoes_each_byte_as_it_came(void **state)
{
	static const char *const all[] = {
		"GET /echo HTTP/1.1\r\nHost:  test.com \r\n\r\n",
		POST("/echo") "Content-Length: 4\r\n\r\n\0\1\2\3",
		POST("/echo") CHUNKED "00003;a=\"b\"\r\nabc\r\n0\r\nT: r\r\n"
				      "\r\n",
	};
	size_t i, cut, n;

	(void)state;
	serve(body_routes);
	for (i = 0; i < 3; i++) {
		n = i == 1 ? strlen(all[1]) + 4 : strlen(all[i]);
		for (cut = 1; cut < n; cut++) {
			rig.got.len = 0;
			feed(all[i], cut);
			feed(all[i] + cut, n - cut);
			assert_int_equal(count("\r\nContent-Type: "
					       "message/http\r\n"),
			    1);
			assert_true(rig.got.len > n);
			assert_memory_equal(
			    rig.got.data + rig.got.len - n, all[i], n);
		}
	}
}

/* More than the output holds: it is sent from where it is held. */
static void
echoes_what_is_large(void **state)
{
	enum {
		MEG = 1024 * 1024
	};
	const char *head =
	    test_text(POST("/echo") "Content-Length: %d\r\n\r\n", 3 * MEG);
	char *piece = test_alloc(MEG);
	int i;

	(void)state;
	serve(body_routes);
	say_it(head);
	for (i = 0; i < 3; i++) {
		memset(piece, 'a' + i, MEG);
		if (i == 2)
			rig.room = 10 * 1000;
		feed(piece, MEG);
	}
	rig.room = ALL;
	pump();
	assert_memory_equal(rig.got.data + rig.got.len - MEG, piece, MEG);
	assert_memory_equal(rig.got.data + rig.got.len - 3 * MEG - strlen(head),
	    head, strlen(head));
	assert_int_equal(rig.conn.state, CONN_KEPT);
	want_no_memory();
}

static void
refuses_to_keep_too_much(void **state)
{
	enum {
		MEG = 1024 * 1024
	};
	char *chunk = test_alloc(MEG + 16);
	int i;

	(void)state;
	serve(body_routes);
	/* 16 MiB may come, but with the head it is more than is kept. */
	say_it(POST("/echo") "Content-Length: 16777216\r\n\r\n");
	assert_int_equal(count("HTTP/1.1 413 "), 1);
	assert_int_equal(count("16 MiB that are kept"), 1);
	serve(body_routes);
	rig.got.len = 0;
	say_it(POST("/drop") "Content-Length: 16777216\r\n\r\n");
	assert_int_equal(rig.got.len, 0);
	serve(body_routes);
	say_it(POST("/echo") CHUNKED);
	memset(chunk, 'x', MEG + 16);
	memcpy(chunk, "100000\r\n", 8);
	memcpy(chunk + 8 + MEG, "\r\n", 2);
	for (i = 0; i < 20 && rig.got.len == 0; i++)
		feed(chunk, MEG + 10);
	assert_int_equal(i, 16);
	assert_int_equal(count("HTTP/1.1 413 "), 1);
	want_no_memory();
}

/* The time that takes may grow with its square. */
static void
looks_for_nothing_in_what_is_long(void **state)
{
	char *body = test_alloc(LIMIT_LIKE + 2);

	(void)state;
	serve("host test.com { POST /like body ~ b$ return 200 }\n");
	memset(body, 'a', LIMIT_LIKE);
	body[LIMIT_LIKE - 1] = 'b';
	say_it(test_text(
	    POST("/like") "Content-Length: %d\r\n\r\n%s", LIMIT_LIKE, body));
	assert_int_equal(count("HTTP/1.1 200 "), 1);
	body[LIMIT_LIKE] = 'b';
	say_it(test_text(POST("/like") "Content-Length: %d\r\n\r\n%s",
	    LIMIT_LIKE + 1, body));
	assert_int_equal(count("HTTP/1.1 404 "), 1);
	assert_int_equal(count("it is longer than the 8 KiB"), 1);
}

/* Content is little, and what stands around it has no end. */
static void
refuses_endless_extensions(void **state)
{
	char chunk[1100] = "";
	int i;

	(void)state;
	snprintf(chunk, sizeof(chunk), "1;a=%01020d\r\nz\r\n", 0);
	say_it(POST("/create") CHUNKED);
	for (i = 0; i < 100 && rig.got.len == 0; i++)
		say_it(chunk);
	assert_int_equal(i, LIMIT_EXTENSIONS / 1024 + 1);
	assert_int_equal(count("HTTP/1.1 413 "), 1);
	assert_int_equal(count("extensions are longer than 64 KiB"), 1);
	assert_int_equal(rig.conn.state, CONN_LINGERING);
}

/* A look ahead does not count, nor does it draw. */
static void
asks_for_a_body_without_counting(void **state)
{
	int i;

	(void)state;
	serve(body_routes);
	say_it(
	    POST("/json") "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert_int_equal(count("100 Continue"), 1);
	say_it("{}");
	assert_int_equal(count("HTTP/1.1 422 "), 1);
	rig.got.len = 0;
	for (i = 0; i < 2; i++) {
		conn_release(&rig.conn);
		open_conn();
		say_it(POST("/once") "Expect: 100-continue\r\n"
				     "Content-Length: 1\r\n\r\n");
	}
	assert_int_equal(count("HTTP/1.1 400 "), 1);
	assert_int_equal(count("100 Continue"), 1);
	say_it("x");
	assert_int_equal(count("again\n"), 1);
}

/* The same number, the same draws. */
/* The last piece of the file is as much as is sent at once. */
static void
says_continue_behind_what_fills_the_output(void **state)
{
	(void)state;
	assert_int_equal(truncate(make_big(), 2 * LIMIT_OUTPUT), 0);
	serve("host test.com {\n"
	      "	GET /big file \"big\"\n"
	      "	POST /first echo\n"
	      "	POST /second return 200 \"second\\n\"\n"
	      "}\n");
	say_it(REQUEST("GET /big") POST(
	    "/first") "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	assert_int_equal(count("HTTP/1.1 100 Continue\r\n"), 1);
	say_it("abc");
	assert_int_equal(count("100-continue"), 1);
	rig.got.len = 0;
	say_it(POST("/second") "Content-Length: 3\r\n\r\n");
	say_it("abc");
	assert_int_equal(count("\r\n\r\nsecond\n"), 1);
	want_no_memory();
}

static void
draws_by_the_connections_number(void **state)
{
	static const char text[] =
	    "set seed 42\n"
	    "host test.com {\n"
	    "	GET / p 0.5 return 200 delay uniform(1ms, 1s)\n"
	    "	GET / return 404 delay uniform(1ms, 1s)\n"
	    "}\n";
	int64_t due[2][20];
	char *answers[2];
	int i, k;

	(void)state;
	for (k = 0; k < 2; k++) {
		rig.server.conns = 0;
		serve(text);
		rig.got.len = 0;
		for (i = 0; i < 20; i++) {
			say_it(REQUEST("GET /"));
			due[k][i] = timers_next(&rig.server.timers) - rig.now;
			pass(due[k][i]);
		}
		answers[k] = test_alloc(rig.got.len + 1);
		memcpy(answers[k], got(), rig.got.len);
	}
	assert_memory_equal(due[0], due[1], sizeof(due[0]));
	assert_string_equal(answers[0], answers[1]);
	assert_true(strstr(answers[0], " 404 ") != NULL);
	assert_true(strstr(answers[0], " 200 ") != NULL);
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
		TEST(refuses_alike_however_it_comes),
		TEST(says_nothing_about_empty_lines),
		TEST(refuses_a_body_30_s_after_its_last_byte),
		TEST(ends_a_classic_request_by_50_ms_of_silence),
		TEST(refuses_a_comma_without_a_url_after_10_s),
		TEST(sends_nothing_before_its_time),
		TEST(keeps_what_it_made_until_it_goes),
		TEST(answers_from_the_table_that_it_began_with),
		TEST(keeps_the_order_of_what_is_pipelined),
		TEST(waits_no_longer_than_it_must),
		TEST(closes_behind_a_delay),
		TEST(answers_one_that_half_closed_behind_a_delay),
		TEST(leaves_once_a_delayed_answer_is_given),
		TEST(frees_what_it_waits_with),
		TEST(delays_an_expectation_that_is_refused),
		TEST(sends_a_file_in_pieces),
		TEST(sends_all_of_a_file),
		TEST(sends_a_large_template),
		TEST(ends_when_a_file_shrinks),
		TEST(explains_a_file_that_is_gone),
		TEST(looks_at_bodies_however_they_come),
		TEST(echoes_each_byte_as_it_came),
		TEST(echoes_what_is_large),
		TEST(refuses_to_keep_too_much),
		TEST(looks_for_nothing_in_what_is_long),
		TEST(refuses_endless_extensions),
		TEST(asks_for_a_body_without_counting),
		TEST(says_continue_behind_what_fills_the_output),
		TEST(draws_by_the_connections_number),
		TEST(dies_alone_without_memory),
	};

	return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
