#include "dialect.h"

#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "limit.h"
#include "test.h"

static enum dialect
sniff(const char *text)
{
	return dialect_sniff(text, strlen(text));
}

static void
decides_by_the_first_byte_that_is_no_token(void **state)
{
	(void)state;
	assert_int_equal(sniff("GET "), DIALECT_HTTP);
	assert_int_equal(sniff("GET,"), DIALECT_CLASSIC);
	assert_int_equal(sniff("GET / HTTP/1.1\r\nA: b,c"), DIALECT_HTTP);
	assert_int_equal(sniff("GET,test.com / "), DIALECT_CLASSIC);
	assert_int_equal(sniff(","), DIALECT_CLASSIC);
	assert_int_equal(sniff(" "), DIALECT_HTTP);
	assert_int_equal(sniff("GET\t/"), DIALECT_HTTP);
	assert_int_equal(sniff("G:"), DIALECT_HTTP);
	assert_int_equal(sniff("\x16\x03\x01"), DIALECT_HTTP);
	assert_int_equal(dialect_sniff("\0,", 2), DIALECT_HTTP);
	assert_int_equal(sniff("\xed\x95\x9c,x"), DIALECT_HTTP);
	assert_int_equal(sniff("GET\r\n"), DIALECT_HTTP);
}

static void
waits_while_it_cannot_know(void **state)
{
	(void)state;
	assert_int_equal(sniff(""), DIALECT_UNDECIDED);
	assert_int_equal(sniff("GET"), DIALECT_UNDECIDED);
	assert_int_equal(sniff("\r"), DIALECT_UNDECIDED);
	assert_int_equal(sniff("\r\n\r\n"), DIALECT_UNDECIDED);
	assert_int_equal(sniff("\r\n\nGET"), DIALECT_UNDECIDED);
}

static void
skips_8_empty_lines(void **state)
{
	(void)state;
	assert_int_equal(
	    sniff("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET,"), DIALECT_CLASSIC);
	assert_int_equal(
	    sniff("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET "), DIALECT_HTTP);
	assert_int_equal(sniff("\n\n\n\n\n\n\n\nGET,"), DIALECT_CLASSIC);
	assert_int_equal(sniff("\n\n\n\n\n\n\n\n\nGET,"), DIALECT_HTTP);
	assert_int_equal(sniff("\n\n\n\n\n\n\n\n\n"), DIALECT_HTTP);
}

/* Each prefix of p[0..n), once. */
static void
watch(struct guard *g, const char *p, size_t n)
{
	enum dialect was = DIALECT_UNDECIDED, now;
	size_t k;

	for (k = 0; k <= n; k++) {
		now = dialect_sniff(guard_put(g, p, k), k);
		if (was != DIALECT_UNDECIDED && now != was)
			test_fail("%s turns %s: %s", dialect_name(was),
			    now == DIALECT_UNDECIDED ? "unknown"
						     : dialect_name(now),
			    test_show(p, k));
		was = now;
	}
}

static void
never_changes_its_mind(void **state)
{
	static const char bytes[] = "\r\n\r\n\r\n\r\n\n\nAZ,, :\0\xff";
	struct guard *g = guard_new(32);
	char p[32];
	int round;
	size_t i;

	(void)state;
	srandom(7);
	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof(p); i++)
			p[i] = bytes[(size_t)random() % sizeof(bytes)];
		watch(g, p, sizeof(p));
	}
}

/* A method past any limit is refused, and in HTTP, whatever ends it. */
static void
does_not_wait_for_ever(void **state)
{
	struct guard *g = guard_new(LIMIT_START_LINE + 100);
	char *p = test_alloc(LIMIT_START_LINE + 100);

	(void)state;
	memset(p, 'A', LIMIT_START_LINE + 100);
	p[LIMIT_START_LINE + 50] = ',';
	assert_int_equal(dialect_sniff(p, LIMIT_START_LINE + 1), DIALECT_HTTP);
	watch(g, p, LIMIT_START_LINE + 100);
}

static void
has_names(void **state)
{
	(void)state;
	assert_string_equal(dialect_name(DIALECT_HTTP), "HTTP/1.1");
	assert_string_equal(dialect_name(DIALECT_CLASSIC), "classic");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_by_the_first_byte_that_is_no_token),
		cmocka_unit_test(waits_while_it_cannot_know),
		cmocka_unit_test(skips_8_empty_lines),
		cmocka_unit_test_teardown(never_changes_its_mind, test_end),
		cmocka_unit_test_teardown(does_not_wait_for_ever, test_end),
		cmocka_unit_test(has_names),
	};

	return cmocka_run_group_tests_name("dialect", tests, NULL, NULL);
}
