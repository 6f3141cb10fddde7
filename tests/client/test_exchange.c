/*
 * The record of a request.
 */
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "oom.h"
#include "test.h"

static void
begins_empty_and_in_flight(void **state)
{
	struct exchange *x = exchange_new();

	(void)state;
	assert_non_null(x);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	assert_int_equal(x->times.name, -1);
	assert_int_equal(x->times.connect, -1);
	assert_int_equal(x->times.sent, -1);
	assert_int_equal(x->times.first_byte, -1);
	assert_int_equal(x->times.total, -1);
	assert_int_equal(x->status, 0);
	assert_int_equal(exchange_reason(x).n, 0);
	assert_string_equal(outcome_words(x->outcome), "…");
	exchange_free(x);
	exchange_free(NULL);
}

static void
has_words_for_every_outcome(void **state)
{
	int i;

	(void)state;
	for (i = OUTCOME_FLIGHT; i <= OUTCOME_FAILED; i++)
		assert_true(strlen(outcome_words(i)) > 0);
	assert_string_equal(outcome_words(OUTCOME_REFUSED), "refused");
	assert_string_equal(outcome_words(OUTCOME_CUT), "cut short");
}

static void
weighs_all_it_holds(void **state)
{
	struct exchange *x = exchange_new();
	size_t empty = exchange_weight(x);

	(void)state;
	x->url = strdup("test.com");
	assert_int_equal(exchange_weight(x), empty + sizeof("test.com"));
	assert_true(headers_add(
	    &x->request.headers, span_text("Host"), span_text("test.com")));
	assert_true(exchange_weight(x) >= empty + 2 * sizeof("test.com") + 5);
	assert_true(buf_append_text(&x->body, "0123456789"));
	assert_true(buf_reserve(&x->body, 100000));
	assert_true(exchange_weight(x) >= empty + 100000);
	x->head = calloc(1, sizeof(*x->head));
	assert_true(exchange_weight(x) >= empty + 100000 + sizeof(*x->head));
	exchange_free(x);
}

static void
knows_the_reason_of_either_dialect(void **state)
{
	struct exchange *x = exchange_new();
	enum httperr why;

	(void)state;
	x->request.dialect = DIALECT_CLASSIC;
	assert_true(buf_append_text(&x->raw, "HTTP/201 CREATED"));
	x->status = 201;
	assert_true(span_is(exchange_reason(x), "CREATED"));

	x->raw.len = 0;
	x->request.dialect = DIALECT_HTTP;
	assert_true(
	    buf_append_text(&x->raw, "\r\nHTTP/1.1 404 Gone Fishing\r\n\r\n"));
	x->head = malloc(sizeof(*x->head));
	assert_int_equal(
	    head_parse_response(x->raw.data, x->raw.len, 0, x->head, &why),
	    PARSE_DONE);
	x->status = 404;
	assert_true(span_is(exchange_reason(x), "Gone Fishing"));
	exchange_free(x);
}

static void
says_so_when_memory_is_out(void **state)
{
	struct exchange *x;

	(void)state;
	oom_after(1);
	x = exchange_new();
	assert_true(oom_off());
	assert_null(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_empty_and_in_flight),
		cmocka_unit_test(has_words_for_every_outcome),
		cmocka_unit_test(weighs_all_it_holds),
		cmocka_unit_test(knows_the_reason_of_either_dialect),
		cmocka_unit_test(says_so_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
