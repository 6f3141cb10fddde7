/*
 * What a server saw, from lines of its journal: whole, cut, torn and hostile.
 */
#include <stdlib.h>
#include <string.h>

#include "oom.h"
#include "seen.h"
#include "test.h"

#define START                                                                 \
	"{\"ev\":\"start\",\"v\":1,\"pid\":1,\"mono\":\"1000\",\"at\":\"x\"}" \
	"\n"

static void
release_seen(void *s)
{
	seen_release(s);
}

static struct seen *
make(void)
{
	struct seen *s = test_alloc(sizeof(*s));

	seen_init(s);
	test_later(release_seen, s);
	return s;
}

/* Lines of a journal, ' for ". */
static void
take(struct seen *s, const char *lines)
{
	struct buf scratch = { .max = 1 << 20 };
	char *text = test_text("%s", lines), *line, *end;

	for (char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	for (line = text; *line != '\0'; line = end + 1) {
		struct journal_event e;

		end = strchr(line, '\n');
		assert_non_null(end);
		if (!journal_read(
			span_of(line, (size_t)(end - line)), &e, &scratch))
			test_fail("no event: %.*s", (int)(end - line), line);
		seen_take(s, &e);
	}
	buf_release(&scratch);
}

static const char *
open_of(int t, int conn, const char *peer)
{
	return test_text("{'t':%d,'ev':'open','conn':%d,'at':'x','peer':'%s',"
			 "'local':'127.0.0.1:80'}\n",
	    t, conn, peer);
}

static const char *
bytes_of(int t, int conn, const char *ev, const char *bytes, size_t n)
{
	return test_text("{'t':%d,'ev':'%s','conn':%d,'n':%zu,'bytes':'%s'}\n",
	    t, ev, conn, n, bytes);
}

static const char *
request_of(int t, int conn, int req, const char *target)
{
	return test_text("{'t':%d,'ev':'request','conn':%d,'req':%d,"
			 "'dialect':'http','method':'GET','host':'test.com',"
			 "'target':'%s','version':'1.1','headers':[],"
			 "'route':'builtin:1'}\n",
	    t, conn, req, target);
}

static const char *
response_of(int t, int conn, int req)
{
	return test_text("{'t':%d,'ev':'response','conn':%d,'req':%d,"
			 "'status':200,'reason':'OK','bytes':2,'us':7}\n",
	    t, conn, req);
}

static const char *
close_of(int t, int conn, const char *by)
{
	return test_text("{'t':%d,'ev':'close','conn':%d,'by':'%s',"
			 "'reason':'done'}\n",
	    t, conn, by);
}

#define ASK                                  \
	"GET / HTTP/1.1\\u000d\\u000aHost: " \
	"test.com\\u000d\\u000a\\u000d\\u000a"
#define ANSWER                                          \
	"HTTP/1.1 200 OK\\u000d\\u000aContent-Length: " \
	"2\\u000d\\u000a\\u000d\\u000ahi"
enum {
	ASK_LEN = 34,
	ANSWER_LEN = 40
};

static void
keeps_a_connection_on_our_clock(void **state)
{
	struct seen *s = make();
	const struct seen_request *r;
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	take(s, open_of(10, 1, "127.0.0.1:9"));
	take(s, bytes_of(20, 1, "read", ASK, ASK_LEN));
	take(s, request_of(21, 1, 1, "/"));
	take(s, bytes_of(25, 1, "write", ANSWER, ANSWER_LEN));
	take(s, response_of(26, 1, 1));
	take(s, close_of(30, 1, "server"));
	c = seen_find(s, 1, 1);
	assert_non_null(c);
	assert_string_equal(c->tape.peer, "127.0.0.1:9");
	assert_int_equal(c->opened, 1010);
	assert_int_equal(c->closed, 1030);
	assert_false(c->by_peer);
	assert_false(c->torn);
	assert_int_equal(c->tape.nmark, 4);
	assert_int_equal(c->tape.reel[TAPE_IN].all, ASK_LEN);
	assert_int_equal(c->nrequest, 1);
	r = &c->request[0];
	assert_string_equal(r->method, "GET");
	assert_string_equal(r->target, "/");
	assert_string_equal(r->route, "builtin:1");
	assert_int_equal(r->begin, 1020);
	assert_int_equal(r->heard, 1021);
	assert_int_equal(r->end, 1025);
	assert_int_equal(r->status, 200);
	assert_int_equal(r->in.to, ASK_LEN);
	assert_int_equal(r->out.to, ANSWER_LEN);
}

/* Two requests in one read, their answers in one write. */
static void
tells_pipelined_requests_apart(void **state)
{
	struct seen *s = make();
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s, bytes_of(2, 1, "read", ASK ASK, 2 * ASK_LEN));
	take(s, request_of(3, 1, 1, "/"));
	take(s, request_of(3, 1, 2, "/"));
	take(s, bytes_of(4, 1, "write", ANSWER ANSWER, 2 * ANSWER_LEN));
	take(s, response_of(5, 1, 1));
	take(s, response_of(5, 1, 2));
	c = seen_find(s, 1, 1);
	assert_int_equal(c->nrequest, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(c->request[i].in.from, i * ASK_LEN);
		assert_int_equal(c->request[i].in.to, (i + 1) * ASK_LEN);
		assert_int_equal(c->request[i].out.to, (i + 1) * ANSWER_LEN);
		assert_int_equal(c->request[i].begin, 1002);
	}
	assert_int_equal(c->request[1].out.from, ANSWER_LEN);
}

static void
knows_the_ends_of_all_kinds_of_messages(void **state)
{
	struct seen *s = make();
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s,
	    bytes_of(2, 1, "read",
		"POST / HTTP/1.1\\u000d\\u000aHost: a\\u000d\\u000a"
		"Transfer-Encoding: chunked\\u000d\\u000a\\u000d\\u000a"
		"1\\u000d\\u000aX\\u000d\\u000a0\\u000d\\u000a\\u000d\\u000aGE"
		"T",
		70));
	take(s, request_of(3, 1, 1, "/"));
	take(s,
	    bytes_of(4, 1, "write",
		"HTTP/1.1 100 Continue\\u000d\\u000a\\u000d\\u000a"
		"HTTP/1.0 200 OK\\u000d\\u000a\\u000d\\u000arest",
		48));
	take(s, response_of(5, 1, 1));
	c = seen_find(s, 1, 1);
	assert_int_equal(c->request[0].in.to, c->tape.reel[TAPE_IN].all - 3);
	assert_int_equal(c->request[0].out.to, UINT64_MAX);
	assert_int_equal(seen_to(c, TAPE_OUT, &c->request[0].out),
	    c->tape.reel[TAPE_OUT].all);
}

/* Behind the last request, when no other comes, bytes belong to it. */
static void
gives_what_nobody_asks_for_to_the_last_request(void **state)
{
	struct seen *s = make();
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s, bytes_of(2, 1, "read", ASK ASK "llo", 2 * ASK_LEN + 3));
	take(s, request_of(3, 1, 1, "/"));
	take(s, request_of(3, 1, 2, "/"));
	take(s, bytes_of(4, 1, "write", ANSWER ANSWER, 2 * ANSWER_LEN));
	take(s, response_of(5, 1, 1));
	take(s, response_of(5, 1, 2));
	c = seen_find(s, 1, 1);
	assert_int_equal(seen_to(c, TAPE_IN, &c->request[1].in), 2 * ASK_LEN);
	take(s, close_of(6, 1, "server"));
	assert_int_equal(seen_to(c, TAPE_IN, &c->request[0].in), ASK_LEN);
	assert_int_equal(
	    seen_to(c, TAPE_IN, &c->request[1].in), 2 * ASK_LEN + 3);
}

/* Unless it was refused as one of its own. */
static void
gives_what_was_refused_to_a_request_of_its_own(void **state)
{
	struct seen *s = make();
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s, bytes_of(2, 1, "read", ASK "llo", ASK_LEN + 3));
	take(s, request_of(3, 1, 1, "/"));
	take(s, bytes_of(4, 1, "write", ANSWER, ANSWER_LEN));
	take(s, response_of(5, 1, 1));
	take(s,
	    "{'t':6,'ev':'error','conn':1,'req':2,'why':'no','section':''}\n");
	take(s, response_of(7, 1, 2));
	take(s, close_of(8, 1, "server"));
	c = seen_find(s, 1, 1);
	assert_int_equal(c->nrequest, 2);
	assert_int_equal(seen_to(c, TAPE_IN, &c->request[0].in), ASK_LEN);
	assert_int_equal(c->request[1].in.from, ASK_LEN);
	assert_int_equal(seen_to(c, TAPE_IN, &c->request[1].in), ASK_LEN + 3);
}

/* A replay has only the first bytes of what was long. */
static void
leaves_a_hole_where_bytes_were_not_kept(void **state)
{
	struct seen *s = make();
	const struct seen_request *r;
	const struct seen_conn *c;
	uint64_t gone;

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s,
	    bytes_of(2, 1, "read",
		"PUT / HTTP/1.1\\u000d\\u000aHost: "
		"a\\u000d\\u000aContent-Length: "
		"1000\\u000d\\u000a\\u000d\\u000axyz",
		900));
	take(s, bytes_of(3, 1, "read", "", 149));
	take(s, request_of(4, 1, 1, "/"));
	take(s, bytes_of(5, 1, "write", ANSWER, ANSWER_LEN));
	take(s, response_of(6, 1, 1));
	take(s, bytes_of(7, 1, "read", ASK, ASK_LEN));
	take(s, request_of(8, 1, 2, "/"));
	c = seen_find(s, 1, 1);
	r = &c->request[0];
	assert_int_equal(r->in.to, 1049);
	assert_int_equal(c->request[1].in.from, 1049);
	assert_int_equal(c->request[1].in.to, 1049 + ASK_LEN);
	assert_int_equal(c->tape.mark[1].n, 900);
	assert_int_equal(c->tape.mark[2].n, 149);
	assert_int_equal(c->tape.mark[2].off, 900);
	assert_int_equal(tape_run(&c->tape, TAPE_IN, 0, 1049, &gone).n, 52);
	assert_int_equal(tape_run(&c->tape, TAPE_IN, 52, 1049, &gone).n, 0);
	assert_int_equal(gone, 997);
	assert_true(tape_has(&c->tape, TAPE_IN, 1049, 1049 + ASK_LEN));
	assert_false(tape_has(&c->tape, TAPE_IN, 1048, 1049));
	/* A second hole: what stood between is no longer kept. */
	take(s, bytes_of(9, 1, "read", "ab", 10));
	take(s, bytes_of(10, 1, "read", "cd", 2));
	assert_true(
	    tape_has(&c->tape, TAPE_IN, 1059 + ASK_LEN, 1061 + ASK_LEN));
	assert_false(tape_has(&c->tape, TAPE_IN, 1049, 1050));
	assert_int_equal(tape_run(&c->tape, TAPE_IN, 0, 1049, &gone).n, 52);
	/* Numbers that cannot be are not believed. */
	take(s, bytes_of(11, 1, "read", "ef", 1));
	assert_int_equal(c->tape.reel[TAPE_IN].all, 1063 + ASK_LEN);
}

static void
knows_what_stands(void **state)
{
	struct seen *s = make();
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	for (int i = 1; i <= 4; i++)
		take(s, open_of(i, i, "a"));
	take(s, close_of(9, 2, "peer"));
	take(s, close_of(9, 4, "peer"));
	c = seen_next_open(s, NULL);
	assert_int_equal(c->number, 1);
	c = seen_next_open(s, c);
	assert_int_equal(c->number, 3);
	assert_null(seen_next_open(s, c));
	seen_over(s);
	assert_null(seen_next_open(s, NULL));
	assert_non_null(seen_find(s, 1, 3));
}

static void
keeps_what_was_wrong(void **state)
{
	struct seen *s = make();
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s, bytes_of(2, 1, "read", "junk", 4));
	for (int i = 0; i < 20; i++)
		take(s,
		    "{'t':3,'ev':'error','conn':1,'req':0,'why':'a "
		    "\\u001b[2J','section':'RFC 9112 3'}\n");
	take(s, response_of(4, 1, 1));
	c = seen_find(s, 1, 1);
	assert_int_equal(c->nrequest, 1);
	assert_int_equal(c->request[0].nerror, SEEN_ERRORS);
	assert_string_equal(c->request[0].error[0].why, "a \\x1b[2J");
	assert_string_equal(c->request[0].error[0].section, "RFC 9112 3");
	assert_null(c->request[0].target);
}

static void
says_what_was_lost(void **state)
{
	struct seen *s = make();

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s, open_of(1, 2, "b"));
	take(s, close_of(2, 2, "peer"));
	take(s, "{'ev':'lost','n':12}\n");
	take(s, bytes_of(3, 3, "read", "x", 1));
	assert_true(seen_find(s, 1, 1)->torn);
	assert_false(seen_find(s, 1, 2)->torn);
	assert_true(seen_find(s, 1, 3)->torn);
	assert_int_equal(seen_find(s, 1, 3)->opened, -1);
}

static void
runs_forward_whatever_comes(void **state)
{
	struct seen *s = make();
	const struct tape *t;

	(void)state;
	take(s, START);
	take(s, open_of(50, 1, "a"));
	take(s, bytes_of(20, 1, "read", "x", 1));
	take(s, bytes_of(60, 1, "read", "y", 1));
	/* Again, and once more: */
	take(s, open_of(70, 1, "b"));
	take(s, close_of(30, 1, "peer"));
	take(s, close_of(90, 1, "server"));
	t = &seen_find(s, 1, 1)->tape;
	assert_int_equal(t->nmark, 4);
	for (size_t i = 1; i < t->nmark; i++)
		assert_true(t->mark[i].at >= t->mark[i - 1].at);
	assert_string_equal(t->peer, "a");
	assert_true(seen_find(s, 1, 1)->by_peer);
}

/* Two of them may be added, whatever a server tells. */
static void
times_are_bounded(void **state)
{
	static const struct {
		const char *mono, *t;
		int64_t at;
	} cases[] = {
		{ "1000", "-9223372036854775000", 1000 },
		{ "1000", "-1", 1000 },
		{ "1000", "9223372036854775807", SEEN_TIME_MAX },
		{ "9223372036854775807", "9223372036854775807", SEEN_TIME_MAX },
		{ "-5", "7", 7 },
		{ "99999999999999999999", "7", 7 },
		{ "x", "7", 7 },
		{ "", "7", 7 },
	};
	struct seen *s = make();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		take(s,
		    test_text("{'ev':'start','v':1,'pid':1,'mono':'%s','at':"
			      "'x'}\n{'t':%s,'ev':'open','conn':1,'at':'x',"
			      "'peer':'a','local':'b'}\n",
			cases[i].mono, cases[i].t));
		assert_int_equal(
		    seen_find(s, (unsigned)i + 1, 1)->opened, cases[i].at);
	}
}

static void
a_server_that_begins_anew_counts_anew(void **state)
{
	struct seen *s = make();

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	take(s, START);
	take(s, open_of(1, 1, "b"));
	assert_string_equal(seen_find(s, 1, 1)->tape.peer, "a");
	assert_string_equal(seen_find(s, 2, 1)->tape.peer, "b");
	assert_null(seen_find(s, 3, 1));
}

static void
drops_the_oldest_that_are_closed(void **state)
{
	struct seen *s = make();
	char *big = test_alloc(20001);

	(void)state;
	memset(big, 'x', 20000);
	s->budget = 200 * 1024;
	take(s, START);
	for (int i = 1; i <= 40; i++) {
		take(s, open_of(i, i, "a"));
		take(s, bytes_of(i, i, "read", big, 20000));
		if (i > 1)
			take(s, close_of(i, i, "peer"));
		assert_true(s->weight <= s->budget);
	}
	assert_non_null(seen_find(s, 1, 1));
	assert_null(seen_find(s, 1, 2));
	assert_non_null(seen_find(s, 1, 40));
	/* What comes late for one that is gone does not bring it back. */
	take(s, bytes_of(99, 2, "read", "x", 1));
	assert_null(seen_find(s, 1, 2));
}

static void
keeps_so_many_requests_and_connections(void **state)
{
	struct seen *s = make();
	const struct seen_conn *c;

	(void)state;
	take(s, START);
	take(s, open_of(1, 1, "a"));
	for (int i = 1; i <= SEEN_REQUESTS + 10; i++) {
		take(s, request_of(i, 1, i, "/"));
		take(s, response_of(i, 1, i));
	}
	c = seen_find(s, 1, 1);
	assert_int_equal(c->nrequest, SEEN_REQUESTS);
	assert_int_equal(c->request[0].req, 11);
	take(s, response_of(999, 1, 3));
	assert_int_equal(c->nrequest, SEEN_REQUESTS);
	for (int i = 2; i < SEEN_CONNS + 100; i++)
		take(s, open_of(i, i, "a"));
	assert_int_equal(s->n, SEEN_CONNS);
}

/* --- the other end ------------------------------------------------------------ */

static void
release_exchange(void *x)
{
	exchange_free(x);
}

/* From start for so long, by those addresses. */
static struct exchange *
exchange(int64_t start, int64_t total, const char *local, const char *peer)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	test_later(release_exchange, x);
	x->start = start;
	x->times.total = total;
	strlcpy(x->tape.local, local, sizeof(x->tape.local));
	strlcpy(x->tape.peer, peer, sizeof(x->tape.peer));
	return x;
}

/* Connection and request of so many nanoseconds from t on. */
static void
take_whole(struct seen *s, int conn, int t, const char *peer)
{
	take(s, open_of(t, conn, peer));
	take(s, bytes_of(t + 1, conn, "read", ASK, ASK_LEN));
	take(s, request_of(t + 2, conn, 1, "/"));
	take(s, bytes_of(t + 3, conn, "write", ANSWER, ANSWER_LEN));
	take(s, response_of(t + 4, conn, 1));
}

static void
joins_by_addresses(void **state)
{
	struct seen *s = make();
	struct exchange *x = exchange(1095, 20, "127.0.0.1:9", "127.0.0.1:80");
	struct seen_end end;

	(void)state;
	take(s, START);
	take_whole(s, 1, 10, "127.0.0.1:9"); /* the port before */
	take_whole(s, 2, 97, "127.0.0.1:7");
	take_whole(s, 3, 100, "127.0.0.1:9");
	end = seen_join(s, x);
	assert_int_equal(end.how, SEEN_SAME);
	assert_int_equal(end.conn->number, 3);
	assert_int_equal(end.request->req, 1);
}

static void
joins_a_connection_that_never_asked(void **state)
{
	struct seen *s = make();
	struct exchange *x = exchange(1000, 20, "127.0.0.1:9", "127.0.0.1:80");
	struct seen_end end;

	(void)state;
	take(s, START);
	take(s, open_of(5, 1, "127.0.0.1:9"));
	end = seen_join(s, x);
	assert_int_equal(end.how, SEEN_SAME);
	assert_null(end.request);
}

static void
joins_by_the_only_request_meanwhile(void **state)
{
	struct seen *s = make();
	struct exchange *x =
	    exchange(1050, 50, "127.0.0.1:9", "127.0.0.1:8080");
	struct seen_end end;

	(void)state;
	take(s, START);
	assert_int_equal(seen_join(s, x).how, SEEN_NOT);
	take_whole(s, 1, 10, "127.0.0.1:7"); /* before, */
	take_whole(s, 2, 48, "127.0.0.1:7"); /* from before on, */
	take_whole(s, 3, 98, "127.0.0.1:7"); /* until behind its end */
	assert_int_equal(seen_join(s, x).how, SEEN_NOT);
	take_whole(s, 4, 49, "127.0.0.1:7");
	assert_int_equal(seen_join(s, x).how, SEEN_THROUGH);
	assert_int_equal(seen_join(s, x).conn->number, 4);
	take_whole(s, 5, 96, "127.0.0.1:7");
	end = seen_join(s, x);
	assert_int_equal(end.how, SEEN_SEVERAL);
	assert_null(end.conn);
}

/* --- whatever comes ------------------------------------------------------------ */

static void
stands_any_order_of_events(void **state)
{
	struct seen *s = make();
	unsigned seed = 1;

	(void)state;
	s->budget = 64 * 1024;
	for (int i = 0; i < 20000; i++) {
		struct journal_event e = { 0 };
		unsigned r = seed = seed * 1103515245 + 12345;

		e.kind = (enum journal_kind)((r >> 8) % JOURNAL_KINDS);
		if (e.kind == JOURNAL_START && (r >> 12) % 50 != 0)
			continue;
		e.mono = span_text("9");
		e.t = (r >> 13) % 1000;
		e.conn = 1 + (r >> 16) % 30 + i / 100;
		e.req = (r >> 20) % 5;
		e.bytes = span_of(ASK, (r >> 10) % 30);
		e.n = (int64_t)e.bytes.n;
		e.method = e.target = span_text("GET");
		e.by = e.reason = e.why = e.section = span_text("peer");
		e.peer = e.local = span_text("x");
		seen_take(s, &e);
		for (size_t k = 1; k < s->n; k++)
			assert_true(s->v[k - 1]->life < s->v[k]->life ||
			    s->v[k - 1]->number < s->v[k]->number);
	}
	assert_true(s->weight <= s->budget + 16 * 1024);
}

static void
misses_what_memory_has_no_room_for(void **state)
{
	struct exchange *x = exchange(1000, 200, "127.0.0.1:9", "127.0.0.1:80");
	size_t n = 0;

	(void)state;
	do {
		struct journal_event e = { .t = 5, .conn = 1, .req = 1 };
		struct seen s;

		seen_init(&s);
		e.mono = span_text("1000");
		e.peer = span_text("127.0.0.1:9");
		e.local = span_text("127.0.0.1:80");
		e.bytes = span_text("GET / HTTP/1.1\r\n\r\n");
		e.method = e.host = e.target = e.route = span_text("/");
		oom_after(++n);
		for (int k = JOURNAL_START; k < JOURNAL_KINDS; k++) {
			e.kind = (enum journal_kind)k;
			seen_take(&s, &e);
		}
		seen_join(&s, x);
		seen_release(&s);
	} while (oom_off());
	assert_true(n > 5);
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keeps_a_connection_on_our_clock),
		TEST(tells_pipelined_requests_apart),
		TEST(gives_what_nobody_asks_for_to_the_last_request),
		TEST(gives_what_was_refused_to_a_request_of_its_own),
		TEST(knows_the_ends_of_all_kinds_of_messages),
		TEST(leaves_a_hole_where_bytes_were_not_kept),
		TEST(knows_what_stands),
		TEST(keeps_what_was_wrong),
		TEST(says_what_was_lost),
		TEST(runs_forward_whatever_comes),
		TEST(times_are_bounded),
		TEST(a_server_that_begins_anew_counts_anew),
		TEST(drops_the_oldest_that_are_closed),
		TEST(keeps_so_many_requests_and_connections),
		TEST(joins_by_addresses),
		TEST(joins_a_connection_that_never_asked),
		TEST(joins_by_the_only_request_meanwhile),
		TEST(stands_any_order_of_events),
		TEST(misses_what_memory_has_no_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
