/*
 * What a server saw as a request of ours: what goes from here is what came
 * there, or it is said in what it differs.
 */
#include "theirs.h"

#include <stdlib.h>
#include <string.h>

#include "curl.h"
#include "encode.h"
#include "oom.h"
#include "test.h"

#define LONG   "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKL"
#define HOST   "\r\nHost: a\r\n\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static struct seen seen;
static struct exchange *x;
static struct buf out;

static int
setup(void **state)
{
	(void)state;
	seen_init(&seen);
	x = NULL;
	out = (struct buf){ .max = 64 * 1024 };
	return 0;
}

static int
teardown(void **state)
{
	exchange_free(x);
	seen_release(&seen);
	buf_release(&out);
	return test_end(state);
}

static void
event(struct journal_event e)
{
	e.conn = 1;
	seen_take(&seen, &e);
}

static void
came(const char *bytes, size_t n)
{
	event((struct journal_event){ .kind = JOURNAL_START,
	    .mono = span_text("1000"),
	    .at = span_text("x") });
	event((struct journal_event){ .kind = JOURNAL_OPEN,
	    .t = 1,
	    .peer = span_text("127.0.0.1:5"),
	    .local = span_text("127.0.0.1:80") });
	event((struct journal_event){ .kind = JOURNAL_READ,
	    .t = 2,
	    .n = (int64_t)n,
	    .bytes = span_text(bytes) });
}

static void
understood(const char *dialect, const char *target)
{
	event((struct journal_event){ .kind = JOURNAL_REQUEST,
	    .t = 3,
	    .req = 1,
	    .dialect = span_text(dialect),
	    .method = span_text("GET"),
	    .host = span_text("a"),
	    .target = span_text(target),
	    .version = span_text("1.1") });
}

static void
refused(void)
{
	event((struct journal_event){ .kind = JOURNAL_ERROR,
	    .t = 3,
	    .req = 1,
	    .why = span_text("bad"),
	    .section = span_text("s") });
}

/* That was the answer: what came of it. */
static void
answered(void)
{
	const struct seen_conn *c = seen_find(&seen, seen.life, 1);

	event((struct journal_event){ .kind = JOURNAL_WRITE,
	    .t = 4,
	    .n = (int64_t)strlen(ANSWER),
	    .bytes = span_text(ANSWER) });
	event((struct journal_event){ .kind = JOURNAL_RESPONSE,
	    .t = 5,
	    .req = 1,
	    .status = 200,
	    .reason = span_text("OK") });
	x = theirs_new(c, &c->request[0]);
	assert_non_null(x);
}

/* What would be sent is what came. */
static void
sends(const char *bytes)
{
	assert_true(encode_request(&out, &x->request));
	if (!span_is(buf_span(&out), bytes))
		test_fail("%s", test_show(out.data, out.len));
}

static void
command_has(const char *text)
{
	const char *why;

	out.len = 0;
	assert_true(curl_command(&out, x, &why));
	if (memmem(out.data, out.len, text, strlen(text)) == NULL)
		test_fail("%.*s", (int)out.len, out.data);
}

static void
has_only_bytes(const char *why)
{
	const char *curl;

	assert_non_null(x->unread);
	assert_non_null(strstr(x->unread, why));
	assert_false(curl_command(&out, x, &curl));
	assert_string_equal(curl, x->unread);
}

static void
what_came_as_we_write_it_goes_so(void **state)
{
	/* The server's own words say less of it, and may be cut. */
	static const char *const came_so[] = {
		"GET /x HTTP/1.1" HOST,
		LONG " /x HTTP/1.1" HOST,
		"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n=ls",
		"GET http://other/x HTTP/1.1" HOST,
	};

	for (size_t i = 0; i < sizeof(came_so) / sizeof(came_so[0]); i++) {
		came(came_so[i], strlen(came_so[i]));
		understood("http", "/x");
		answered();
		assert_null(x->unread);
		assert_false(x->reworded || x->http_1_0);
		sends(came_so[i]);
		teardown(state);
		setup(state);
	}
}

static void
what_came_as_http_1_0_is_known(void **state)
{
	static const char bytes[] = "GET /x HTTP/1.0" HOST;

	(void)state;
	came(bytes, strlen(bytes));
	understood("http", "/x");
	answered();
	assert_true(x->http_1_0);
	assert_false(x->reworded);
	command_has(" --http1.0 ");
}

static void
what_was_written_otherwise_is_known(void **state)
{
	static const char *const came_so[] = {
		"GET /x HTTP/1.1\r\nhost:a\r\n\r\n",
		"GET /x HTTP/1.1\r\nHost: a \r\n\r\n",
		"\r\nGET /x HTTP/1.1" HOST,
		"GET /x HTTP/1.0\r\nHost:\ta\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof(came_so) / sizeof(came_so[0]); i++) {
		came(came_so[i], strlen(came_so[i]));
		understood("http", "/x");
		answered();
		assert_true(x->reworded);
		assert_int_equal(x->http_1_0, i == 3);
		command_has("# What the server got was written otherwise");
		teardown(state);
		setup(state);
	}
}

static void
of_what_was_not_understood_there_are_bytes(void **state)
{
	static const char bytes[] = "GET /x y HTTP/1.1" HOST;

	(void)state;
	came(bytes, strlen(bytes));
	refused();
	answered();
	has_only_bytes("did not understand it");
	assert_int_equal(x->tape.reel[TAPE_OUT].all, strlen(bytes));
}

/* The rule that it broke is none of its head's. */
static void
what_was_refused_may_go_once_more(void **state)
{
	static const char bytes[] = "GET /x HTTP/1.1" HOST;

	(void)state;
	came(bytes, strlen(bytes));
	refused();
	answered();
	assert_null(x->unread);
	assert_string_equal(x->url, "a/x");
	sends(bytes);
}

static void
of_a_head_not_kept_there_are_bytes(void **state)
{
	static const char bytes[] = "GET /x HTTP/1.1\r\nHost: ";

	(void)state;
	came(bytes, strlen(bytes) + 100);
	understood("http", "/x");
	answered();
	has_only_bytes("not all here");
	assert_string_equal(x->url, "a/x");
}

static void
classic_has_its_own_method(void **state)
{
	static const char bytes[] = LONG ",a/x";

	(void)state;
	came(bytes, strlen(bytes));
	understood("classic", "a/x");
	answered();
	assert_null(x->unread);
	assert_string_equal(x->url, "a/x");
	sends(bytes);
}

static void
without_memory_there_is_none(void **state)
{
	static const char bytes[] =
	    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n=ls";
	const struct seen_conn *c;
	size_t n = 0;

	(void)state;
	came(bytes, strlen(bytes));
	understood("http", "/x");
	answered();
	c = seen_find(&seen, seen.life, 1);
	do {
		exchange_free(x);
		oom_after(++n);
		x = theirs_new(c, &c->request[0]);
	} while (oom_off());
	assert_non_null(x);
	assert_true(n > 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_came_as_we_write_it_goes_so),
		TEST(what_came_as_http_1_0_is_known),
		TEST(what_was_written_otherwise_is_known),
		TEST(of_what_was_not_understood_there_are_bytes),
		TEST(what_was_refused_may_go_once_more),
		TEST(of_a_head_not_kept_there_are_bytes),
		TEST(classic_has_its_own_method),
		TEST(without_memory_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
