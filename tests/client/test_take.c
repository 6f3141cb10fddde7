#include "take.h"

#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "limit.h"
#include "oom.h"
#include "test.h"

#define REQUEST                                                  \
	"POST /a HTTP/1.1\r\nHost: test.com\r\nContent-Length: " \
	"2\r\n\r\nhi"
#define HEAD   "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
#define ANSWER HEAD "a\nb"

static char why[TAKE_WHY];
static struct buf out;

static int
setup(void **state)
{
	(void)state;
	out = (struct buf){ .max = TAKE_MAX };
	return 0;
}

static int
teardown(void **state)
{
	buf_release(&out);
	return test_end(state);
}

static void
release(void *x)
{
	exchange_free(x);
}

static void
add(struct request *r, const char *name, const char *value)
{
	assert_true(
	    headers_add(&r->headers, span_text(name), span_text(value)));
}

/* Composed: REQUEST. */
static struct exchange *
composed(void)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	test_later(release, x);
	x->url = strdup("test.com/a");
	x->host = strdup("127.0.0.1");
	x->port = 10000;
	x->request.dialect = DIALECT_HTTP;
	x->request.method = strdup("POST");
	x->request.target = strdup("/a");
	add(&x->request, "Host", "test.com");
	add(&x->request, "Content-Length", "2");
	assert_true(buf_append_text(&x->request.body, "hi"));
	return x;
}

static void
wire(struct exchange *x, enum tape_event what, const char *bytes)
{
	tape_bytes(&x->tape, what, 1, bytes, strlen(bytes));
}

/* Sent, and answered: ANSWER. */
static struct exchange *
answered(void)
{
	struct exchange *x = composed();

	x->id = 17;
	x->outcome = OUTCOME_ANSWERED;
	x->status = 200;
	wire(x, TAPE_WRITE, REQUEST);
	wire(x, TAPE_READ, ANSWER);
	assert_true(buf_append_text(&x->raw, HEAD));
	assert_true(buf_append_text(&x->body, "a\nb"));
	x->body_len = 3;
	return x;
}

static void
takes(const struct exchange *x, enum take what, const char *want)
{
	out.len = 0;
	if (!take_append(&out, x, what, why))
		test_fail("%s: %s", take_word(what), why);
	if (!span_is(buf_span(&out), want))
		test_fail(
		    "%s: %s", take_word(what), test_show(out.data, out.len));
}

static void
refuses(const struct exchange *x, enum take what, const char *told)
{
	out.len = 0;
	assert_true(buf_append_text(&out, "x"));
	assert_false(take_append(&out, x, what, why));
	assert_int_equal(out.len, 1);
	if (strstr(why, told) == NULL)
		test_fail("%s: %s", take_word(what), why);
}

static void
each_part_of_an_exchange(void **state)
{
	const struct exchange *x = answered();

	(void)state;
	takes(x, TAKE_URL, "test.com/a");
	takes(x, TAKE_REQUEST, REQUEST);
	takes(x, TAKE_RESPONSE, ANSWER);
	takes(x, TAKE_BODY, "a\nb");
	takes(x, TAKE_RAW, REQUEST ANSWER);
	assert_string_equal(why, "");
	assert_true(take_append(&out, x, TAKE_CURL, why));
	assert_non_null(memmem(out.data, out.len, "--data-raw hi", 13));
}

/* Bytes as they came, and the body without its framing. */
static void
chunks_are_of_the_response_alone(void **state)
{
	static const char chunks[] = "3\r\na\nb\r\n0\r\n\r\n";
	struct exchange *x = answered();

	(void)state;
	wire(x, TAPE_READ, chunks);
	takes(x, TAKE_RESPONSE, test_text("%s%s", ANSWER, chunks));
	takes(x, TAKE_BODY, "a\nb");
}

static void
what_was_not_sent_yet_is_composed(void **state)
{
	const struct exchange *x = composed();

	(void)state;
	takes(x, TAKE_REQUEST, REQUEST);
	takes(x, TAKE_URL, "test.com/a");
	assert_true(take_is_composed(TAKE_CURL));
	assert_false(take_is_composed(TAKE_BODY));
}

static void
what_is_not_there_is_said(void **state)
{
	struct exchange *x = composed();

	(void)state;
	x->id = 1;
	x->outcome = OUTCOME_REFUSED;
	refuses(x, TAKE_REQUEST, "nothing was sent");
	refuses(x, TAKE_RESPONSE, "no answer came");
	refuses(x, TAKE_BODY, "no answer came");
	refuses(x, TAKE_RAW, "nothing went over a wire");
	x->outcome = OUTCOME_FLIGHT;
	refuses(x, TAKE_BODY, "nothing of an answer came yet");
	x->outcome = OUTCOME_ANSWERED;
	x->status = 204;
	refuses(x, TAKE_BODY, "the answer has no body");
	x->request.dialect = DIALECT_CLASSIC;
	refuses(x, TAKE_CURL, "classic");
}

static void
of_what_is_in_flight_there_is_a_part(void **state)
{
	struct exchange *x = answered();

	(void)state;
	x->outcome = OUTCOME_FLIGHT;
	takes(x, TAKE_BODY, "a\nb");
	assert_string_equal(why, "the answer is not all there yet");
	takes(x, TAKE_URL, "test.com/a");
	assert_string_equal(why, "");
}

static void
what_the_history_dropped_is_said(void **state)
{
	struct exchange *x = answered();

	(void)state;
	buf_release(&x->body);
	buf_release(&x->request.body);
	x->body_dropped = true;
	refuses(x, TAKE_BODY, "3 B, was dropped to make room");
	refuses(x, TAKE_CURL, "the request's body was dropped to make room");
	takes(x, TAKE_REQUEST, REQUEST);
	tape_drop(&x->tape);
	refuses(x, TAKE_REQUEST, "the request, 57 B, was dropped");
	refuses(x, TAKE_RESPONSE, "the answer, 41 B, was dropped");
	refuses(x, TAKE_RAW, "was dropped");
	takes(x, TAKE_URL, "test.com/a");
}

/* A request without one has lost nothing. */
static void
a_command_needs_no_body_that_never_was(void **state)
{
	struct exchange *x = composed();

	(void)state;
	buf_release(&x->request.body);
	x->id = 1;
	x->outcome = OUTCOME_ANSWERED;
	wire(x, TAPE_WRITE,
	    "POST /a HTTP/1.1\r\nHost: test.com\r\nContent-Length: "
	    "2\r\n\r\n");
	x->body_dropped = true;
	assert_true(take_append(&out, x, TAKE_CURL, why));
}

static void
a_body_kept_in_part_is_said(void **state)
{
	struct exchange *x = answered();

	(void)state;
	x->body_len = 5000;
	takes(x, TAKE_BODY, "a\nb");
	assert_string_equal(
	    why, "3 B of the body were kept, of 5.0 kB received");
}

/* Longer than a tape: its ends are kept, the middle is known from the parts. */
static void
a_long_one_is_put_together(void **state)
{
	const size_t n = 3 * LIMIT_TAPE_FIRST;
	struct exchange *x = composed();
	char *body = test_alloc(n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		body[i] = (char)(i * 7 + i / 1000);
	x->id = 1;
	x->outcome = OUTCOME_ANSWERED;
	x->status = 200;
	wire(x, TAPE_READ, HEAD);
	tape_bytes(&x->tape, TAPE_READ, 2, body, n);
	assert_true(buf_append_text(&x->raw, HEAD));
	assert_true(buf_append(&x->body, body, n));
	x->body_len = n;
	assert_true(take_append(&out, x, TAKE_RESPONSE, why));
	assert_int_equal(out.len, strlen(HEAD) + n);
	assert_memory_equal(out.data, HEAD, strlen(HEAD));
	assert_memory_equal(out.data + strlen(HEAD), body, n);
	/* In chunks it went otherwise. */
	wire(x, TAPE_READ, "\r\n0\r\n\r\n");
	refuses(
	    x, TAKE_RESPONSE, "of the answer, in the middle, were not kept");
	/* Of other bytes the tape would know. */
	x = answered();
	tape_bytes(&x->tape, TAPE_WRITE, 2, body, n);
	refuses(x, TAKE_REQUEST, "of the request, in the middle");
}

static void
without_memory_nothing_is_taken(void **state)
{
	const struct exchange *x = answered();

	(void)state;
	for (int what = 0; what < TAKE_COUNT; what++) {
		size_t n = 0;
		bool ok;

		do {
			buf_release(&out);
			oom_after(++n);
			ok = take_append(&out, x, (enum take)what, why);
			if (!ok && (out.len > 0 || why[0] == '\0'))
				test_fail("%s: allocation %zu",
				    take_word((enum take)what), n);
		} while (oom_off());
		assert_true(ok);
		assert_true(n > 1);
	}
}

static void
names_tell_exchange_and_part(void **state)
{
	struct exchange *x = composed();
	char name[64];

	(void)state;
	take_name(x, TAKE_CURL, name, sizeof(name));
	assert_string_equal(name, "retort.sh");
	x->id = 17;
	take_name(x, TAKE_BODY, name, sizeof(name));
	assert_string_equal(name, "retort-17.body");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_part_of_an_exchange),
		TEST(chunks_are_of_the_response_alone),
		TEST(what_was_not_sent_yet_is_composed),
		TEST(what_is_not_there_is_said),
		TEST(of_what_is_in_flight_there_is_a_part),
		TEST(what_the_history_dropped_is_said),
		TEST(a_command_needs_no_body_that_never_was),
		TEST(a_body_kept_in_part_is_said),
		TEST(a_long_one_is_put_together),
		TEST(without_memory_nothing_is_taken),
		TEST(names_tell_exchange_and_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
