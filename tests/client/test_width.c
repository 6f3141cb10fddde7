/*
 * Columns of text: what is measured is what is drawn, and no glyph is split.
 */
#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "oom.h"
#include "test.h"
#include "utf8.h"
#include "width.h"

/* clang-format off */
static const struct {
	const char *text;
	size_t cols;
	const char *drawn; /* NULL: as it is */
} cases[] = {
	{ "", 0, NULL },
	{ "test.com", 8, NULL },
	{ "한글", 4, NULL },
	{ "김철수/x", 8, NULL },
	{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2, NULL },	/* 한 in three */
	{ "🙂", 2, NULL },
	{ "👍🏽", 4, NULL },			/* a thumb and its colour */
	{ "e\xcc\x81", 1, NULL },		/* e and an acute */
	{ "…–│", 3, NULL },
	{ "a\tb", 9, "a       b" },
	{ "12345678\tb", 17, "12345678        b" },
	{ "\033[2J", 7, "\\x1b[2J" },
	{ "a\x7f", 5, "a\\x7f" },
	{ "\xc2\x9b", 8, "\\xc2\\x9b" },	/* CSI, of C1 */
	{ "\xff\xfe", 8, "\\xff\\xfe" },
	{ "\xed\x95", 8, "\\xed\\x95" },	/* 한, cut */
	{ "\xe2\x80\xae" "x", 13, "\\xe2\\x80\\xaex" }, /* right to left */
	{ "\xe2\x80\x8b", 12, "\\xe2\\x80\\x8b" },	/* zero width */
	{ "\xcc\x81", 8, "\\xcc\\x81" },	/* a mark with no base */
	{ "\n", 4, "\\x0a" },
	/* The fifth mark on one base would not fit in a cell. */
	{ "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 9,
	    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\xcc\\x81" },
};
/* clang-format on */

static void
measures_what_it_draws(void **state)
{
	struct buf b = { .max = 1000 };
	const char *want;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		want = cases[i].drawn == NULL ? cases[i].text : cases[i].drawn;
		b.len = 0;
		assert_true(width_append(&b, span_text(cases[i].text)));
		if (!span_is(buf_span(&b), want))
			test_fail(
			    "case %zu draws %s", i, test_show(b.data, b.len));
		assert_int_equal(
		    width_of(span_text(cases[i].text)), cases[i].cols);
		/* What is drawn is as wide as was said. */
		assert_int_equal(width_of(buf_span(&b)), cases[i].cols);
	}
	buf_release(&b);
}

static void
steps_back_as_it_steps_on(void **state)
{
	size_t i, k, n, at, starts[64];
	struct span s;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = span_text(cases[i].text);
		for (n = at = 0; at < s.n; n++) {
			starts[n] = at;
			at += glyph_next(span_of(s.p + at, s.n - at), 0).len;
		}
		assert_int_equal(at, s.n);
		for (k = n; k-- > 0;) {
			at -= glyph_back(span_of(s.p, at));
			assert_int_equal(at, starts[k]);
		}
		assert_int_equal(glyph_back(span_of(s.p, 0)), 0);
	}
}

static void
cuts_between_glyphs(void **state)
{
	static const char text[] = "a한e\xcc\x81\033b";
	static const size_t want[] = { 0, 1, 1, 4, 7, 7, 7, 7, 8, 9, 9 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(width_cut(span_text(text), i).n, want[i]);
}

/* clang-format off */
static const struct {
	const char *text;
	size_t cols;
	const char *end;
	const char *middle;
} cuts[] = {
	{ "test.com/create", 15, "test.com/create", "test.com/create" },
	{ "test.com/create", 14, "test.com/crea…", "test.c…/create" },
	{ "test.com/api/v1/users/7/items/42", 23, "test.com/api/v1/users/…",
	    "test.com/…/7/items/42" },
	{ "test.com/api/v1/users/7/items/42", 16, "test.com/api/v1…",
	    "test.com/…/42" },
	{ "test.com/api/v1/users/x7/items/42", 23, "test.com/api/v1/users/…",
	    "test.com/api/…/items/42" },
	{ "abcdefghij", 5, "abcd…", "ab…ij" },
	{ "abcdefghij", 4, "abc…", "abc…" },
	{ "abcdefghij", 1, "…", "…" },
	{ "abcdefghij", 0, "", "" },
	{ "한글한글한글", 6, "한글…", "한…글" },
	{ "한글한글한글", 2, "…", "…" },
	{ "\033\033\033\033", 9, "\\x1b\\x1b…", "\\x1b…\\x1b" },
};
/* clang-format on */

static void
cuts_with_an_ellipsis(void **state)
{
	struct buf b = { .max = 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		b.len = 0;
		width_append_end(&b, span_text(cuts[i].text), cuts[i].cols);
		if (!span_is(buf_span(&b), cuts[i].end))
			test_fail("case %zu: %.*s", i, (int)b.len, b.data);
		b.len = 0;
		width_append_middle(&b, span_text(cuts[i].text), cuts[i].cols);
		if (!span_is(buf_span(&b), cuts[i].middle))
			test_fail("case %zu: %.*s", i, (int)b.len, b.data);
	}
	buf_release(&b);
}

/* Bytes that a generator picks from what is hard. */
static size_t
hostile(char *out, size_t cap, unsigned *seed)
{
	static const char *const parts[] = { "a", "/", "한", "🙂", "\xcc\x81",
		"\xff", "\xed\x95", "\033", "\t", "\xe2\x80\xae", "\n",
		"\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "\x80", "\xf0\x9f",
		"test.com" };
	size_t n = 0, len;
	const char *p;

	for (;;) {
		*seed = *seed * 1103515245 + 12345;
		p = parts[(*seed >> 16) % (sizeof(parts) / sizeof(parts[0]))];
		len = strlen(p);
		if (n + len > cap)
			return n;
		memcpy(out + n, p, len);
		n += len;
	}
}

static bool
is_harmless(struct span s)
{
	uint32_t cp;
	size_t i, len;

	for (i = 0; i < s.n; i += len) {
		len = utf8_decode(s.p + i, s.n - i, &cp);
		if (len == 0 || cp < ' ' || (cp >= 0x7f && cp < 0xa0) ||
		    cp == 0x202e)
			return false;
	}
	return true;
}

static void
never_passes_its_columns(void **state)
{
	struct buf b = { .max = 10000 };
	unsigned seed = 7;
	size_t i, cols, n;
	char text[80];

	(void)state;
	for (i = 0; i < 200; i++) {
		n = hostile(text, sizeof(text), &seed);
		for (cols = 0; cols <= 20; cols++) {
			b.len = 0;
			assert_true(
			    width_append_end(&b, span_of(text, n), cols));
			assert_true(width_of(buf_span(&b)) <= cols);
			assert_true(is_harmless(buf_span(&b)));
			b.len = 0;
			assert_true(
			    width_append_middle(&b, span_of(text, n), cols));
			assert_true(width_of(buf_span(&b)) <= cols);
			assert_true(is_harmless(buf_span(&b)));
		}
	}
	buf_release(&b);
}

static void
steps_both_ways_through_anything(void **state)
{
	unsigned seed = 3;
	size_t i, k, n, at, glyphs, starts[128];
	char text[100];

	(void)state;
	for (i = 0; i < 500; i++) {
		n = hostile(text, sizeof(text), &seed);
		for (glyphs = at = 0; at < n; glyphs++) {
			starts[glyphs] = at;
			at += glyph_next(span_of(text + at, n - at), 0).len;
		}
		assert_int_equal(at, n);
		for (k = glyphs; k-- > 0;) {
			at -= glyph_back(span_of(text, at));
			assert_int_equal(at, starts[k]);
		}
	}
}

static void
leaves_the_buffer_without_memory(void **state)
{
	struct buf b = { .max = 10 };

	(void)state;
	assert_true(buf_append_text(&b, "12345678"));
	assert_false(width_append(&b, span_text("한글")));
	assert_int_equal(b.len, 8);
	assert_false(width_append_end(&b, span_text("abcdef"), 4));
	assert_int_equal(b.len, 8);
	buf_release(&b);
	oom_after(1);
	assert_false(width_append(&b, span_text("a")));
	assert_true(oom_off());
	assert_int_equal(b.len, 0);
}

static void
lines_end_at_blanks(void **state)
{
	static const struct {
		const char *text;
		size_t cols;
		const char *want[5];
	} lines[] = {
		{ "one two three", 80, { "one two three" } },
		{ "one two three", 7, { "one two", "three" } },
		{ "one two three", 6, { "one", "two", "three" } },
		{ "one  two", 4, { "one ", "two" } },
		{ "abcdefgh ij", 3, { "abc", "def", "gh", "ij" } },
		{ "가나 다라", 5, { "가나", "다라" } },
		{ "가나", 1, { "가", "나" } },
		{ " ab", 2, { " a", "b" } },
		{ "", 5, { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct span rest = span_text(lines[i].text);
		size_t n;

		for (n = 0; lines[i].want[n] != NULL; n++) {
			struct span line = width_line(&rest, lines[i].cols);

			if (!span_is(line, lines[i].want[n]))
				test_fail("case %zu, line %zu: \"%.*s\"", i, n,
				    (int)line.n, line.p);
		}
		assert_int_equal(rest.n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures_what_it_draws),
		cmocka_unit_test(steps_back_as_it_steps_on),
		cmocka_unit_test(cuts_between_glyphs),
		cmocka_unit_test(cuts_with_an_ellipsis),
		cmocka_unit_test(never_passes_its_columns),
		cmocka_unit_test(steps_both_ways_through_anything),
		cmocka_unit_test(leaves_the_buffer_without_memory),
		cmocka_unit_test(lines_end_at_blanks),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
