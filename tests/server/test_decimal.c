#include "decimal.h"

#include "test.h"

/* Numbers of a line are the same, those of different lines are not. */
static const char *const same[][6] = {
	{ "0", "-0", "0.0", "0e5", "0.000e-7" },
	{ "17", "17.0", "1.7e1", "1.7E+1", "170e-1", "0.17e2" },
	{ "-17", "-1.7e1" },
	{ "0.1", "1e-1", "0.10", "10e-2" },
	{ "0.01", "1e-2" },
	{ "100", "1e2", "1E2", "0.1e3" },
	{ "1000000000000000000000", "1e21" },
	{ "9007199254740992" },
	{ "9007199254740993" },
	{ "10.01", "1001e-2" },
	{ "101", "1.01e2" },
	{ "1e400" },
	{ "1e401" },
	{ "1e-400" },
};

static const char *const none[] = { "", "-", "+1", "01", "-01", ".5", "1.",
	"1.e1", "1e", "1e+", "1e1.5", "0x1", "1 ", " 1", "NaN", "1,5", "true",
	"1e5x", "--1" };

enum {
	LINES = sizeof(same) / sizeof(same[0])
};

static struct decimal
parsed(const char *text)
{
	struct decimal d;

	if (!decimal_parse(span_text(text), &d))
		test_fail("%s is no number", text);
	return d;
}

static void
compare(const char *a, const char *b, bool wanted)
{
	struct decimal x = parsed(a), y = parsed(b);

	if (decimal_eq(&x, &y) != wanted)
		test_fail("%s and %s", a, b);
	if (wanted)
		assert_int_equal(decimal_hash(&x), decimal_hash(&y));
}

static void
compares_by_value(void **state)
{
	size_t i, k, m, n;

	(void)state;
	for (i = 0; i < LINES; i++)
		for (k = 0; k < LINES; k++)
			for (m = 0; m < 6 && same[i][m] != NULL; m++)
				for (n = 0; n < 6 && same[k][n] != NULL; n++)
					compare(same[i][m], same[k][n], i == k);
}

static void
takes_only_what_json_calls_a_number(void **state)
{
	struct decimal d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (decimal_parse(span_text(none[i]), &d))
			test_fail("\"%s\" is a number", none[i]);
}

/* An exponent that no machine can count to. */
static void
takes_exponents_of_any_length(void **state)
{
	compare("1e99999999999999999999999999", "1e-99999999999999999999999999",
	    false);
	compare("1e99999999999999999999999999", "1e99999999999999999999999999",
	    true);
	(void)state;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_by_value),
		cmocka_unit_test(takes_only_what_json_calls_a_number),
		cmocka_unit_test(takes_exponents_of_any_length),
	};

	return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
