/* Messages to bytes, in both dialects. */
#include "encode.h"
#include "classic.h"
#include "head.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "oom.h"
#include "test.h"

/* A request of one's own; request_release frees it. */
static struct request
composed(enum dialect dialect, const char *method, const char *target)
{
	struct request r = { .dialect = dialect };

	r.method = strdup(method);
	r.target = strdup(target);
	r.body.max = 1000;
	return r;
}

static void
add(struct request *r, const char *name, const char *value)
{
	headers_add(&r->headers, span_text(name), span_text(value));
}

static void
writes_what_was_composed_and_nothing_else(void **state)
{
	static const char want[] = "POST /create?x=1 HTTP/1.1\r\n"
				   "host: test.com\r\n"
				   "X: \r\n"
				   "X: \xed\x95\x9c\r\n"
				   "\r\n"
				   "a\0b";
	struct request r = composed(DIALECT_HTTP, "POST", "/create?x=1");
	struct buf b = { .max = 1000 };

	(void)state;
	add(&r, "host", "test.com");
	add(&r, "X", "");
	add(&r, "X", "\xed\x95\x9c");
	buf_append(&r.body, "a\0b", 3);
	assert_true(encode_request(&b, &r));
	assert_true(span_eq(buf_span(&b), span_of(want, sizeof(want) - 1)));
	buf_release(&b);
	request_release(&r);
}

static void
writes_a_bare_request(void **state)
{
	struct request r = composed(DIALECT_HTTP, "OPTIONS", "*");
	struct buf b = { .max = 1000 };

	(void)state;
	assert_true(encode_request(&b, &r));
	assert_true(span_is(buf_span(&b), "OPTIONS * HTTP/1.1\r\n\r\n"));
	buf_release(&b);
	request_release(&r);
}

static void
writes_a_classic_request(void **state)
{
	struct request r = composed(DIALECT_CLASSIC, "PUT", "test.com/update");
	struct buf b = { .max = 1000 };

	(void)state;
	assert_true(encode_request(&b, &r));
	assert_true(span_is(buf_span(&b), "PUT,test.com/update"));
	buf_drop(&b, b.len);
	assert_true(classic_encode_request(
	    &b, span_text("GET"), span_text("test.com")));
	assert_true(span_is(buf_span(&b), "GET,test.com"));
	buf_release(&b);
	request_release(&r);
}

static void
reads_back_what_it_wrote(void **state)
{
	struct request r = composed(DIALECT_HTTP, "PUT", "/a");
	struct buf b = { .max = 1000 };
	static struct head h;
	enum httperr why;

	(void)state;
	add(&r, "Host", "test.com");
	add(&r, "A", "b c");
	assert_true(encode_request(&b, &r));
	assert_int_equal(
	    head_parse_request(b.data, b.len, 0, &h, &why), PARSE_DONE);
	assert_true(span_is(slice_in(b.data, h.method), "PUT"));
	assert_true(span_is(slice_in(b.data, h.target), "/a"));
	assert_true(span_is(head_value(b.data, &h, "a"), "b c"));
	buf_release(&b);
	request_release(&r);
}

static void
writes_status_lines_and_fields(void **state)
{
	struct buf b = { .max = 1000 };

	(void)state;
	assert_true(encode_status_line(&b, 200, "OK"));
	assert_true(encode_field(&b, "Content-Length", span_text("0")));
	assert_true(encode_field(&b, "X", span_of(NULL, 0)));
	assert_true(span_is(
	    buf_span(&b), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \r\n"));
	buf_drop(&b, b.len);
	assert_true(encode_status_line(&b, 299, ""));
	assert_true(span_is(buf_span(&b), "HTTP/1.1 299 \r\n"));
	buf_release(&b);
}

static void
writes_classic_answers(void **state)
{
	struct buf b = { .max = 1000 };

	(void)state;
	assert_true(classic_encode_answer(&b, 200, "OK"));
	assert_true(span_is(buf_span(&b), "HTTP/200 OK"));
	buf_drop(&b, b.len);
	assert_true(classic_encode_answer(&b, 201, "Created"));
	assert_true(span_is(buf_span(&b), "HTTP/201 CREATED"));
	buf_drop(&b, b.len);
	assert_true(classic_encode_answer(&b, 400, "Bad Request"));
	assert_true(span_is(buf_span(&b), "HTTP/400 BAD REQUEST"));
	buf_release(&b);
}

static void
leaves_a_buffer_as_it_was_if_there_is_no_room(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (b.max = 1; b.max < strlen(">HTTP/400 BAD REQUEST"); b.max++) {
		assert_true(buf_append_text(&b, ">"));
		assert_false(classic_encode_answer(&b, 400, "Bad Request"));
		assert_true(span_is(buf_span(&b), ">"));
		buf_release(&b);
	}
	for (b.max = 1; b.max < strlen(">GET,test.com"); b.max++) {
		assert_true(buf_append_text(&b, ">"));
		assert_false(classic_encode_request(
		    &b, span_text("GET"), span_text("test.com")));
		assert_true(span_is(buf_span(&b), ">"));
		buf_release(&b);
	}
}

/* Fails with too little room and too little memory, whatever the place. */
static void
fails_where_there_is_no_room(void **state)
{
	struct request r = composed(DIALECT_HTTP, "GET", "/");
	struct buf b = { .max = 1000 };
	size_t whole, fail;
	bool ok;

	(void)state;
	add(&r, "Host", "test.com");
	buf_append_text(&r.body, "hello");
	assert_true(encode_request(&b, &r));
	whole = b.len;
	buf_release(&b);
	for (b.max = 0; b.max < whole; b.max++) {
		assert_false(encode_request(&b, &r));
		buf_release(&b);
	}
	assert_true(encode_request(&b, &r));
	buf_release(&b);
	for (fail = 1;; fail++) {
		oom_after(fail);
		ok = encode_request(&b, &r);
		buf_release(&b);
		if (!oom_off())
			break;
		assert_false(ok);
	}
	assert_true(ok && fail > 1);
	request_release(&r);
}

static const char *
date(int64_t seconds)
{
	static char out[DATE_LEN + 1];

	memset(out, 0x55, sizeof(out));
	encode_date(out, seconds);
	assert_int_equal(strlen(out), DATE_LEN);
	return out;
}

static void
writes_dates(void **state)
{
	(void)state;
	/* The example of RFC 9110 5.6.7. */
	assert_string_equal(date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_string_equal(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
	assert_string_equal(date(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
	assert_string_equal(date(951868800), "Wed, 01 Mar 2000 00:00:00 GMT");
	assert_string_equal(date(1709164800), "Thu, 29 Feb 2024 00:00:00 GMT");
	assert_string_equal(date(1735689599), "Tue, 31 Dec 2024 23:59:59 GMT");
	assert_string_equal(date(2147483648), "Tue, 19 Jan 2038 03:14:08 GMT");
	/* 2100 is no leap year. */
	assert_string_equal(date(4107542399), "Sun, 28 Feb 2100 23:59:59 GMT");
	assert_string_equal(date(4107542400), "Mon, 01 Mar 2100 00:00:00 GMT");
	assert_string_equal(
	    date(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT");
}

/* Day by day and at odd hours, as the C library counts. */
static void
agrees_with_the_calendar(void **state)
{
	int64_t t;
	time_t when;
	struct tm tm;
	char want[64];

	(void)state;
	for (t = 0; t < 253402300800; t += 86400 * 13 + 3671) {
		when = (time_t)t;
		strftime(want, sizeof(want), "%a, %d %b %Y %H:%M:%S GMT",
		    gmtime_r(&when, &tm));
		assert_string_equal(date(t), want);
	}
}

static void
stays_29_bytes_long_at_any_time(void **state)
{
	static const int64_t odd[] = { 253402300800, 400000000000000, INT64_MAX,
		-1, -62135596800, -62167219201, INT64_MIN };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		date(odd[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_was_composed_and_nothing_else),
		cmocka_unit_test(writes_a_bare_request),
		cmocka_unit_test(writes_a_classic_request),
		cmocka_unit_test(reads_back_what_it_wrote),
		cmocka_unit_test(writes_status_lines_and_fields),
		cmocka_unit_test(writes_classic_answers),
		cmocka_unit_test(leaves_a_buffer_as_it_was_if_there_is_no_room),
		cmocka_unit_test(fails_where_there_is_no_room),
		cmocka_unit_test(writes_dates),
		cmocka_unit_test(agrees_with_the_calendar),
		cmocka_unit_test(stays_29_bytes_long_at_any_time),
	};

	return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
