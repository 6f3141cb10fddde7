#include "escape.h"

#include <string.h>

#include "oom.h"
#include "test.h"
#include "utf8.h"

/* What a string becomes, until the next call. */
static const char *
escaped(const char *p, size_t n, enum escape how)
{
	static char out[4096];

	escape_text(out, sizeof(out), span_of(p, n), how);
	return out;
}

static const char *
on_screen(const char *text)
{
	return escaped(text, strlen(text), ESCAPE_SCREEN);
}

static const char *
in_log(const char *text)
{
	return escaped(text, strlen(text), ESCAPE_LOG);
}

static void
leaves_plain_text_alone(void **state)
{
	static const char *const plain[] = { "", "hello, world", "a\\b\"c'",
		"\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4", /* 한국어 */
		"\xf0\x9f\x98\x80",			/* an emoji */
		"caf\xc3\xa9", "\xe2\x94\x82", "\xc2\xa0" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		assert_string_equal(on_screen(plain[i]), plain[i]);
}

static void
escapes_controls(void **state)
{
	char byte, want[8];
	int c;

	(void)state;
	for (c = 0; c < 0x100; c++) {
		if (c >= 0x20 && c < 0x7f)
			continue;
		byte = (char)c;
		snprintf(want, sizeof(want), "\\x%02x", c);
		assert_string_equal(escaped(&byte, 1, ESCAPE_SCREEN), want);
		assert_string_equal(escaped(&byte, 1, ESCAPE_LOG), want);
	}
	assert_string_equal(
	    on_screen("\033[31mred\033[0m"), "\\x1b[31mred\\x1b[0m");
	assert_string_equal(escaped("a\0b", 3, ESCAPE_SCREEN), "a\\x00b");
	assert_string_equal(on_screen("a\r\n\tb"), "a\\x0d\\x0a\\x09b");
}

/* A C1 control is one as a bare byte and as the UTF-8 of U+0080 to U+009F. */
static void
escapes_c1_however_it_is_written(void **state)
{
	uint32_t cp;
	char p[4], want[16];

	(void)state;
	for (cp = 0x80; cp < 0xa0; cp++) {
		utf8_encode(cp, p);
		snprintf(want, sizeof(want), "\\xc2\\x%02x", (unsigned)cp);
		assert_string_equal(escaped(p, 2, ESCAPE_SCREEN), want);
	}
	assert_string_equal(on_screen("\x9b"
				      "31m"),
	    "\\x9b31m");
	assert_string_equal(on_screen("\xc2\x9b"
				      "31m"),
	    "\\xc2\\x9b31m");
}

static void
escapes_invalid_utf8_byte_by_byte(void **state)
{
	(void)state;
	assert_string_equal(on_screen("\xc0\xaf"), "\\xc0\\xaf");
	assert_string_equal(on_screen("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
	assert_string_equal(on_screen("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	assert_string_equal(
	    on_screen("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
	assert_string_equal(on_screen("\xe2\x82("), "\\xe2\\x82(");
	assert_string_equal(on_screen("\xed\x95"), "\\xed\\x95");
	assert_string_equal(on_screen("\xed\xed\x95\x9c"), "\\xed\xed\x95\x9c");
	assert_string_equal(on_screen("\xff\xfe"), "\\xff\\xfe");
}

static void
escapes_what_moves_hides_or_reorders(void **state)
{
	static const uint32_t cps[] = {
		0x061c,
		0x200e,
		0x200f, /* bidi marks */
		0x202a,
		0x202b,
		0x202c,
		0x202d,
		0x202e, /* bidi overrides */
		0x2066,
		0x2067,
		0x2068,
		0x2069, /* bidi isolates */
		0x200b,
		0x200c,
		0x200d,
		0x2060,
		0xfeff, /* zero width */
		0x2028,
		0x2029, /* separators */
		0x00ad,
		0x180e,
		0x2061,
		0x2064,
		0x206a,
		0x206f,
		0xfff9,
		0xfffb, /* format controls */
		0xe0001,
		0xe0020,
		0xe0041,
		0xe007f, /* tags */
		0xfdd0,
		0xfdef,
		0xfffe,
		0xffff,
		0x1fffe,
		0x10ffff,
	};
	char p[4], want[32];
	size_t i, k, n;

	(void)state;
	for (i = 0; i < sizeof(cps) / sizeof(cps[0]); i++) {
		n = utf8_encode(cps[i], p);
		for (k = 0; k < n; k++)
			snprintf(
			    want + 4 * k, 5, "\\x%02x", (unsigned char)p[k]);
		if (escape_is_printable(cps[i]) ||
		    strcmp(escaped(p, n, ESCAPE_SCREEN), want) != 0)
			test_fail("U+%04X stays", cps[i]);
	}
}

static void
knows_what_is_printable(void **state)
{
	static const uint32_t good[] = { ' ', '~', 0xa0, 0xa1, 0xe9, 0x3b1,
		0x1100, 0x2500, 0x3042, 0x4e2d, 0xac00, 0xd7a3, 0xfffd, 0x1f600,
		0x20000 };
	uint32_t cp;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!escape_is_printable(good[i]))
			test_fail("U+%04X is escaped", good[i]);
	for (cp = 0xac00; cp <= 0xd7a3; cp++)
		assert_true(escape_is_printable(cp));
	for (cp = 0xd800; cp <= 0xdfff; cp++)
		assert_false(escape_is_printable(cp));
	assert_false(escape_is_printable(0));
	assert_false(escape_is_printable(0x7f));
	assert_false(escape_is_printable(0x85));
	assert_false(escape_is_printable(0x110000));
	assert_false(escape_is_printable(UINT32_MAX));
}

static void
writes_logs_in_ascii(void **state)
{
	(void)state;
	assert_string_equal(in_log("say \"hi\" \\o/"), "say \\\"hi\\\" \\\\o/");
	assert_string_equal(in_log("\xed\x95\x9c"), "\\xed\\x95\\x9c");
	assert_string_equal(in_log("a\nb"), "a\\x0ab");
}

/* Every character there is, through both. */
static void
lets_nothing_through(void **state)
{
	char p[4];
	const char *out;
	uint32_t cp, got;
	size_t n, used;

	(void)state;
	for (cp = 0; cp <= 0x10ffff; cp++) {
		if (cp == 0xd800)
			cp = 0xe000;
		n = utf8_encode(cp, p);
		out = escaped(p, n, ESCAPE_SCREEN);
		for (; *out != '\0'; out += used) {
			used = utf8_decode(out, strlen(out), &got);
			if (used == 0 || !escape_is_printable(got))
				test_fail("U+%04X becomes no text", cp);
		}
		for (out = escaped(p, n, ESCAPE_LOG); *out != '\0'; out++)
			if (*out < ' ' || *out > '~')
				test_fail("U+%04X is logged raw", cp);
	}
}

static void
never_splits_when_it_cuts(void **state)
{
	static const char text[] = "a\xed\x95\x9c\033\xf0\x9f\x98\x80\"\xff";
	static const size_t screen[] = { 0, 1, 4, 8, 12, 13, 17 };
	static const size_t log[] = { 0, 1, 13, 17, 33, 35, 39 };
	const size_t *ends;
	char whole[64], out[64];
	size_t cap, i, n;
	int how;

	(void)state;
	for (how = ESCAPE_SCREEN; how <= ESCAPE_LOG; how++) {
		ends = how == ESCAPE_SCREEN ? screen : log;
		escape_text(whole, sizeof(whole),
		    span_of(text, sizeof(text) - 1), (enum escape)how);
		for (cap = 1; cap < sizeof(out); cap++) {
			memset(out, 0x55, sizeof(out));
			n = escape_text(out, cap,
			    span_of(text, sizeof(text) - 1), (enum escape)how);
			assert_int_equal(strlen(out), n);
			assert_memory_equal(out, whole, n);
			for (i = 6; ends[i] >= cap;)
				i--;
			assert_int_equal(n, ends[i]);
			assert_int_equal(out[n + 1], 0x55);
		}
	}
}

static void
appends_the_same(void **state)
{
	static const char text[] = "a\033\xed\x95\x9c\"\\\xff";
	struct buf b = { .max = 100 };
	int how;

	(void)state;
	for (how = ESCAPE_SCREEN; how <= ESCAPE_LOG; how++) {
		buf_append_text(&b, "> ");
		assert_true(
		    escape_append(&b, span_text(text), (enum escape)how));
		assert_memory_equal(b.data, "> ", 2);
		assert_true(span_is(span_of(b.data + 2, b.len - 2),
		    escaped(text, sizeof(text) - 1, (enum escape)how)));
		buf_drop(&b, b.len);
	}
	assert_true(escape_append(&b, span_of(NULL, 0), ESCAPE_SCREEN));
	buf_release(&b);
}

static void
appends_all_or_nothing(void **state)
{
	struct buf b = { .max = 10 };

	(void)state;
	buf_append_text(&b, "12");
	assert_false(escape_append(&b, span_text("\1\2\3"), ESCAPE_SCREEN));
	assert_false(escape_append(&b, span_text("abcdefghi"), ESCAPE_SCREEN));
	assert_true(span_is(buf_span(&b), "12"));
	assert_true(escape_append(&b, span_text("\1\2"), ESCAPE_SCREEN));
	buf_release(&b);
	b.max = 1000;
	oom_after(1);
	assert_false(escape_append(&b, span_text("x\1"), ESCAPE_LOG));
	assert_true(oom_off());
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_plain_text_alone),
		cmocka_unit_test(escapes_controls),
		cmocka_unit_test(escapes_c1_however_it_is_written),
		cmocka_unit_test(escapes_invalid_utf8_byte_by_byte),
		cmocka_unit_test(escapes_what_moves_hides_or_reorders),
		cmocka_unit_test(knows_what_is_printable),
		cmocka_unit_test(writes_logs_in_ascii),
		cmocka_unit_test(lets_nothing_through),
		cmocka_unit_test(never_splits_when_it_cuts),
		cmocka_unit_test(appends_the_same),
		cmocka_unit_test(appends_all_or_nothing),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
