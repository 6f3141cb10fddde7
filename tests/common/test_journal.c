#include "journal.h"

#include <stdlib.h>

#include "oom.h"
#include "test.h"

/* Each kind, all members set, and the line it makes. */
#define S(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}

static const struct {
	struct journal_event event;
	const char *line;
} cases[] = {
	{ { .kind = JOURNAL_START,
	      .v = 1,
	      .pid = 4711,
	      .mono = S("81234"),
	      .at = S("2026-11-23T06:24:36.123Z") },
	    "{\"ev\":\"start\",\"v\":1,\"pid\":4711,\"mono\":\"81234\","
	    "\"at\":\"2026-11-23T06:24:36.123Z\"}\n" },
	{ { .kind = JOURNAL_OPEN,
	      .t = 5,
	      .conn = 1,
	      .at = S("x"),
	      .peer = S("127.0.0.1:41231"),
	      .local = S("[::1]:80") },
	    "{\"t\":5,\"ev\":\"open\",\"conn\":1,\"at\":\"x\","
	    "\"peer\":\"127.0.0.1:41231\",\"local\":\"[::1]:80\"}\n" },
	{ { .kind = JOURNAL_READ,
	      .t = 6,
	      .conn = 1,
	      .n = 6,
	      .bytes = S("a\r\n\0\x7f\xff") },
	    "{\"t\":6,\"ev\":\"read\",\"conn\":1,\"n\":6,\"bytes\":"
	    "\"a\\r\\n\\u0000\\u007f\\u00ff\"}\n" },
	{ { .kind = JOURNAL_WRITE,
	      .t = 7,
	      .conn = 2,
	      .n = 1,
	      .bytes = S("\"") },
	    "{\"t\":7,\"ev\":\"write\",\"conn\":2,\"n\":1,\"bytes\":"
	    "\"\\\"\"}\n" },
	{ { .kind = JOURNAL_REQUEST,
	      .t = 8,
	      .conn = 2,
	      .req = 1,
	      .dialect = S("classic"),
	      .method = S("GET"),
	      .host = S("test.com"),
	      .target = S("test.com") },
	    "{\"t\":8,\"ev\":\"request\",\"conn\":2,\"req\":1,"
	    "\"dialect\":\"classic\",\"method\":\"GET\","
	    "\"host\":\"test.com\",\"target\":\"test.com\","
	    "\"version\":null,\"headers\":[],\"route\":null}\n" },
	{ { .kind = JOURNAL_REQUEST,
	      .t = 8,
	      .conn = 2,
	      .req = 2,
	      .dialect = S("http"),
	      .method = S("GET"),
	      .host = S("a"),
	      .target = S("/"),
	      .version = S("1.1"),
	      .nearest = S("PUT a/ (the method differs)") },
	    "{\"t\":8,\"ev\":\"request\",\"conn\":2,\"req\":2,"
	    "\"dialect\":\"http\",\"method\":\"GET\","
	    "\"host\":\"a\",\"target\":\"/\",\"version\":\"1.1\","
	    "\"headers\":[],\"route\":null,"
	    "\"nearest\":\"PUT a/ (the method differs)\"}\n" },
	{ { .kind = JOURNAL_RESPONSE,
	      .t = 9,
	      .conn = 2,
	      .req = 1,
	      .status = 200,
	      .reason = S("OK"),
	      .content = 6,
	      .us = 12 },
	    "{\"t\":9,\"ev\":\"response\",\"conn\":2,\"req\":1,"
	    "\"status\":200,\"reason\":\"OK\",\"bytes\":6,\"us\":12}\n" },
	{ { .kind = JOURNAL_ERROR,
	      .t = 10,
	      .conn = 2,
	      .req = 2,
	      .why = S("no"),
	      .section = S("RFC 9112 2.2") },
	    "{\"t\":10,\"ev\":\"error\",\"conn\":2,\"req\":2,"
	    "\"why\":\"no\",\"section\":\"RFC 9112 2.2\"}\n" },
	{ { .kind = JOURNAL_CLOSE,
	      .t = 11,
	      .conn = 2,
	      .by = S("peer"),
	      .reason = S("the peer has left") },
	    "{\"t\":11,\"ev\":\"close\",\"conn\":2,\"by\":\"peer\","
	    "\"reason\":\"the peer has left\"}\n" },
	{ { .kind = JOURNAL_LOST, .n = 17 }, "{\"ev\":\"lost\",\"n\":17}\n" },
};

enum {
	CASES = sizeof(cases) / sizeof(cases[0])
};

static struct span
written(struct buf *b, const struct journal_event *e)
{
	b->max = 1 << 20;
	b->len = 0;
	assert_true(journal_append(b, e));
	return buf_span(b);
}

static void
writes_each_event_as_a_line(void **state)
{
	struct buf b = { .max = 1 << 20 };
	unsigned kinds = 0;
	size_t i;

	(void)state;
	for (i = 0; i < CASES; i++) {
		kinds |= 1u << cases[i].event.kind;
		if (!span_is(written(&b, &cases[i].event), cases[i].line))
			test_fail("case %zu: %.*s", i, (int)b.len, b.data);
	}
	assert_int_equal(kinds, (1u << JOURNAL_KINDS) - 1);
	buf_release(&b);
}

#define same(a, b) assert_true(span_eq(a, b))

static void
reads_back_what_it_wrote(void **state)
{
	struct buf b = { .max = 1 << 20 }, scratch = { .max = 1 << 20 };
	const struct journal_event *e;
	struct journal_event got;
	size_t i;

	(void)state;
	for (i = 0; i < CASES; i++) {
		e = &cases[i].event;
		if (!journal_read(written(&b, e), &got, &scratch))
			test_fail("not read: %s", cases[i].line);
		assert_int_equal(got.kind, e->kind);
		assert_int_equal(got.t, e->t);
		assert_int_equal(got.conn, e->conn);
		assert_int_equal(got.v, e->v);
		assert_int_equal(got.pid, e->pid);
		same(got.mono, e->mono);
		same(got.at, e->at);
		same(got.peer, e->peer);
		same(got.local, e->local);
		assert_int_equal(got.n, e->n);
		same(got.bytes, e->bytes);
		assert_int_equal(got.req, e->req);
		same(got.dialect, e->dialect);
		same(got.method, e->method);
		same(got.host, e->host);
		same(got.target, e->target);
		same(got.route, e->route);
		assert_true(got.route.p == NULL);
		assert_int_equal(got.status, e->status);
		same(got.reason, e->reason);
		assert_int_equal(got.content, e->content);
		assert_int_equal(got.us, e->us);
		same(got.why, e->why);
		same(got.section, e->section);
		same(got.by, e->by);
	}
	buf_release(&b);
	buf_release(&scratch);
}

/* Any byte there is, there and back. */
static void
keeps_every_byte(void **state)
{
	struct buf b = { .max = 1 << 20 }, scratch = { .max = 1 << 20 };
	struct journal_event e = { .kind = JOURNAL_READ }, got;
	char all[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(all); i++)
		all[i] = (char)(i < 256 ? i : 511 - i);
	e.bytes = span_of(all, sizeof(all));
	e.n = sizeof(all);
	assert_true(journal_read(written(&b, &e), &got, &scratch));
	same(got.bytes, e.bytes);
	buf_release(&b);
	buf_release(&scratch);
}

static void
tells_fields_in_their_order(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: test.com\r\n"
				      "X: \"\xed\x95\x9c\"\r\nx:\r\n\r\n";
	static const char *const want[][2] = {
		{ "Host", "test.com" },
		{ "X", "\"\xed\x95\x9c\"" },
		{ "x", "" },
	};
	struct buf b = { .max = 1 << 20 }, scratch = { .max = 1 << 20 };
	struct buf fields = { .max = 1 << 20 };
	struct head head;
	enum httperr why;
	struct journal_event e = { .kind = JOURNAL_REQUEST,
		.head = &head,
		.base = request },
			     got;
	struct json_reader r;
	struct span name, value;

	size_t i;

	(void)state;
	assert_int_equal(
	    head_parse_request(request, sizeof(request) - 1, 0, &head, &why),
	    PARSE_DONE);
	assert_true(journal_read(written(&b, &e), &got, &scratch));
	json_reader_init(&r, got.headers);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_true(journal_field(&r, &fields, &name, &value));
		assert_true(span_is(name, want[i][0]));
		assert_true(span_is(value, want[i][1]));
	}
	assert_false(journal_field(&r, &fields, &name, &value));
	buf_release(&b);
	buf_release(&scratch);
	buf_release(&fields);
}

static void
passes_over_what_it_does_not_know(void **state)
{
	struct buf scratch = { .max = 1 << 20 };
	struct journal_event e;

	(void)state;
	assert_true(journal_read(
	    span_text("{\"new\":{\"a\":[1,{}]},\"ev\":\"lost\",\"x\":[],"
		      "\"n\":3,\"y\":\"\"}"),
	    &e, &scratch));
	assert_int_equal(e.n, 3);
	buf_release(&scratch);
}

static void
refuses_what_is_no_event(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"[]",
		"{\"ev\":\"lost\"}",
		"{\"ev\":\"lost\",\"n\":3",
		"{\"ev\":\"lost\",\"n\":3}}",
		"{\"ev\":\"lost\",\"n\":\"3\"}",
		"{\"ev\":\"lost\",\"n\":3.5}",
		"{\"ev\":\"lost\",\"n\":null}",
		"{\"ev\":\"lost\",\"n\":99999999999999999999}",
		"{\"ev\":\"nothing\",\"n\":3}",
		"{\"ev\":3,\"n\":3}",
		"{\"ev\":\"read\",\"conn\":1,\"n\":1,\"bytes\":\"a\"}",
		"{\"t\":1,\"ev\":\"read\",\"n\":1,\"bytes\":\"a\"}",
		"{\"t\":1,\"ev\":\"read\",\"conn\":1,\"n\":1,\"bytes\":7}",
		/* no byte */
		"{\"t\":1,\"ev\":\"read\",\"conn\":1,\"n\":1,"
		"\"bytes\":\"\\u0100\"}",
		"{\"t\":1,\"ev\":\"request\",\"conn\":2,\"req\":1,"
		"\"dialect\":\"classic\",\"method\":\"GET\",\"host\":\"\","
		"\"target\":\"x\",\"version\":null,\"headers\":[[\"a\"]],"
		"\"route\":null}",
	};
	struct buf scratch = { .max = 1 << 20 };
	struct journal_event e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (journal_read(span_text(bad[i]), &e, &scratch))
			test_fail("read: %s", bad[i]);
	buf_release(&scratch);
}

static void
leaves_the_buffer_when_memory_is_out(void **state)
{
	struct buf b = { .max = 1 << 20 }, small = { .max = 20 };
	struct journal_event e;

	(void)state;
	assert_false(journal_append(&small, &cases[1].event));
	assert_int_equal(small.len, 0);
	oom_after(1);
	assert_false(journal_append(&b, &cases[1].event));
	assert_true(oom_off());
	assert_int_equal(b.len, 0);
	assert_false(journal_read(span_text(cases[1].line), &e, &small));
	buf_release(&b);
	buf_release(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_each_event_as_a_line),
		cmocka_unit_test(reads_back_what_it_wrote),
		cmocka_unit_test(keeps_every_byte),
		cmocka_unit_test(tells_fields_in_their_order),
		cmocka_unit_test(passes_over_what_it_does_not_know),
		cmocka_unit_test(refuses_what_is_no_event),
		cmocka_unit_test(leaves_the_buffer_when_memory_is_out),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
