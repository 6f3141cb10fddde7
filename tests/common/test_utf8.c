#include "utf8.h"

#include <stdbool.h>
#include <string.h>

#include "guard.h"
#include "test.h"

/* RFC 3629 3's bit layout, written out once more. */
static size_t
encode(uint32_t cp, char *out)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 + cp / 64);
		out[1] = (char)(0x80 + cp % 64);
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 + cp / 4096);
		out[1] = (char)(0x80 + cp / 64 % 64);
		out[2] = (char)(0x80 + cp % 64);
		return 3;
	}
	out[0] = (char)(0xf0 + cp / 262144);
	out[1] = (char)(0x80 + cp / 4096 % 64);
	out[2] = (char)(0x80 + cp / 64 % 64);
	out[3] = (char)(0x80 + cp % 64);
	return 4;
}

static void
there_and_back_for_every_character(void **state)
{
	char want[4], got[4];
	uint32_t cp, back;
	size_t n;

	(void)state;
	for (cp = 0; cp <= 0x10ffff; cp++) {
		if (cp == 0xd800)
			cp = 0xe000;
		n = encode(cp, want);
		if (utf8_encode(cp, got) != n || memcmp(got, want, n) != 0)
			test_fail("U+%04X is encoded wrongly", cp);
		if (utf8_decode(want, n, &back) != n || back != cp)
			test_fail("U+%04X is decoded as U+%04X", cp, back);
		if (utf8_back(want, n) != n)
			test_fail("U+%04X is not found backwards", cp);
	}
}

static void
wants_the_whole_character(void **state)
{
	static const uint32_t cps[] = { 0x80, 0x7ff, 0x800, 0xd55c, 0xffff,
		0x10000, 0x1f600, 0x10ffff };
	struct guard *g = guard_new(4);
	char p[4];
	uint32_t cp;
	size_t i, n, k;

	(void)state;
	assert_int_equal(utf8_decode(guard_put(g, "", 0), 0, &cp), 0);
	for (i = 0; i < sizeof(cps) / sizeof(cps[0]); i++) {
		n = encode(cps[i], p);
		for (k = 1; k < n; k++)
			assert_int_equal(
			    utf8_decode(guard_put(g, p, k), k, &cp), 0);
	}
}

static void
refuses_what_is_no_character(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xfe",
		"\xff", /* no first byte */
		"\xc0\x80",
		"\xc1\xbf", /* overlong, 2 */
		"\xe0\x80\x80",
		"\xe0\x9f\xbf", /* overlong, 3 */
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf", /* overlong, 4 */
		"\xed\xa0\x80",
		"\xed\xbf\xbf", /* surrogates */
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",	/* past U+10FFFF */
		"\xf8\x88\x80\x80\x80", /* five bytes */
		"\xc3\x28",
		"\xe2\x28\xa1",
		"\xe2\x82\x28", /* cut off */
		"\xf0\x28\x8c\xbc",
		"\xf0\x90\x28\xbc",
		"\xf0\x90\x8c\x28",
		"\xc3\xc3",
	};
	uint32_t cp;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (utf8_decode(bad[i], strlen(bad[i]), &cp) != 0)
			test_fail("row %zu passes for U+%04X", i, cp);
}

static void
looks_at_the_first_character_only(void **state)
{
	uint32_t cp;

	(void)state;
	assert_int_equal(utf8_decode("a\xff", 2, &cp), 1);
	assert_int_equal(cp, 'a');
	assert_int_equal(utf8_decode("\xed\x95\x9c\xea", 4, &cp), 3);
	assert_int_equal(cp, 0xd55c);
}

static void
steps_back_over_one_character(void **state)
{
	(void)state;
	assert_int_equal(utf8_back("a\xed\x95\x9c", 4), 3);
	assert_int_equal(utf8_back("a\xed\x95\x9c", 3), 1);
	assert_int_equal(utf8_back("\x95\x9c", 2), 1);
	assert_int_equal(utf8_back("\xed\x95\x9c"
				   "a",
			     4),
	    1);
	assert_int_equal(utf8_back("\x80\x80\x80\x80\x80", 5), 1);
	assert_int_equal(utf8_back("\xf0\x9f\x98\x80", 4), 4);
	assert_int_equal(utf8_back("\xc3\xa9\xa9", 3), 1);
	assert_int_equal(utf8_back("\xff", 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back_for_every_character),
		cmocka_unit_test_teardown(wants_the_whole_character, test_end),
		cmocka_unit_test(refuses_what_is_no_character),
		cmocka_unit_test(looks_at_the_first_character_only),
		cmocka_unit_test(steps_back_over_one_character),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
