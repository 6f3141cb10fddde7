/* Bodies that are not chunked; tests/wire/chunked has those. */
#include "body.h"

#include <string.h>

#include "test.h"

static enum body_step
read_some(struct body *b, const char *text, size_t *used, struct span *data)
{
	enum httperr why = HTTPERR_NONE;

	return body_read(b, text, strlen(text), used, data, &why);
}

static void
ends_before_it_began(void **state)
{
	struct framing none[] = { { FRAMING_NONE, 0 }, { FRAMING_LENGTH, 0 } };
	struct span data;
	enum httperr why;
	struct body b;
	size_t used, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		body_init(&b, none[i]);
		assert_int_equal(
		    read_some(&b, "next", &used, &data), BODY_DONE);
		assert_int_equal(used, 0);
		assert_int_equal(read_some(&b, "", &used, &data), BODY_DONE);
		assert_int_equal(body_eof(&b, &why), BODY_DONE);
	}
}

static void
takes_as_many_bytes_as_were_announced(void **state)
{
	static const char text[] = "hello, world and more";
	struct span data;
	enum httperr why = HTTPERR_NONE;
	struct body b;
	size_t used;

	(void)state;
	body_init(&b, (struct framing){ FRAMING_LENGTH, 12 });
	assert_int_equal(body_read(&b, text, 5, &used, &data, &why), BODY_DATA);
	assert_int_equal(used, 5);
	assert_true(data.p == text && data.n == 5);
	assert_int_equal(
	    body_read(&b, text + 5, 0, &used, &data, &why), BODY_MORE);
	assert_int_equal(used, 0);
	assert_int_equal(read_some(&b, text + 5, &used, &data), BODY_DATA);
	assert_int_equal(used, 7);
	assert_true(span_is(data, ", world"));
	assert_int_equal(read_some(&b, text + 12, &used, &data), BODY_DONE);
	assert_int_equal(used, 0);
	assert_int_equal(body_eof(&b, &why), BODY_DONE);
}

static void
misses_what_did_not_come(void **state)
{
	struct span data;
	enum httperr why = HTTPERR_NONE;
	struct body b;
	size_t used;

	(void)state;
	body_init(&b, (struct framing){ FRAMING_LENGTH, 5 });
	assert_int_equal(read_some(&b, "hell", &used, &data), BODY_DATA);
	assert_int_equal(read_some(&b, "", &used, &data), BODY_MORE);
	assert_int_equal(body_eof(&b, &why), BODY_BAD);
	assert_int_equal(why, HTTPERR_BODY_SHORT);
}

static void
reads_until_the_close(void **state)
{
	struct span data;
	enum httperr why;
	struct body b;
	size_t used;
	int i;

	(void)state;
	body_init(&b, (struct framing){ FRAMING_CLOSE, 0 });
	for (i = 0; i < 3; i++) {
		assert_int_equal(
		    read_some(&b, "0\r\n\r\n", &used, &data), BODY_DATA);
		assert_int_equal(used, 5);
		assert_int_equal(data.n, 5);
		assert_int_equal(read_some(&b, "", &used, &data), BODY_MORE);
	}
	assert_int_equal(body_eof(&b, &why), BODY_DONE);
}

static void
counts_past_32_bits(void **state)
{
	static char block[1 << 20];
	uint64_t left = (5ULL << 30) + 3;
	struct span data;
	enum httperr why;
	struct body b;
	size_t used;

	(void)state;
	body_init(&b, (struct framing){ FRAMING_LENGTH, left });
	while (left > 0) {
		size_t want =
		    left < sizeof(block) ? (size_t)left : sizeof(block);

		assert_int_equal(
		    body_read(&b, block, sizeof(block), &used, &data, &why),
		    BODY_DATA);
		assert_int_equal(used, want);
		assert_int_equal(data.n, want);
		left -= want;
	}
	assert_int_equal(
	    body_read(&b, block, 1, &used, &data, &why), BODY_DONE);
}

static void
waits_for_the_longest_length_there_is(void **state)
{
	struct span data;
	enum httperr why;
	struct body b;
	size_t used;

	(void)state;
	body_init(&b, (struct framing){ FRAMING_LENGTH, UINT64_MAX });
	assert_int_equal(read_some(&b, "x", &used, &data), BODY_DATA);
	assert_int_equal(used, 1);
	assert_int_equal(body_eof(&b, &why), BODY_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_before_it_began),
		cmocka_unit_test(takes_as_many_bytes_as_were_announced),
		cmocka_unit_test(misses_what_did_not_come),
		cmocka_unit_test(reads_until_the_close),
		cmocka_unit_test(counts_past_32_bits),
		cmocka_unit_test(waits_for_the_longest_length_there_is),
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
