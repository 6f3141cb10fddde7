/*
 * One line under a cursor.  In the cases | is the cursor.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "lineedit.h"
#include "oom.h"
#include "test.h"
#include "width.h"

/* A line from text with | where the cursor is. */
static void
put(struct lineedit *l, const char *text)
{
	const char *bar = strchr(text, '|');
	char *all = test_text("%.*s%s", (int)(bar - text), text, bar + 1);

	assert_true(lineedit_set(l, span_text(all)));
	l->cursor = (size_t)(bar - text);
}

static const char *
got(const struct lineedit *l)
{
	struct span s = lineedit_text(l);

	return test_text("%.*s|%.*s", (int)l->cursor, s.p,
	    (int)(s.n - l->cursor), s.p == NULL ? "" : s.p + l->cursor);
}

/* clang-format off */
static const struct {
	const char *before;
	enum edit_op op;
	const char *after; /* NULL: nothing changes */
	const char *kill;  /* what was cut; NULL: as before */
} cases[] = {
	{ "|", EDIT_LEFT, NULL, NULL },
	{ "|", EDIT_RIGHT, NULL, NULL },
	{ "|", EDIT_BACKSPACE, NULL, NULL },
	{ "|", EDIT_DELETE, NULL, NULL },
	{ "|", EDIT_KILL_WORD, NULL, NULL },
	{ "ab|", EDIT_LEFT, "a|b", NULL },
	{ "한글|", EDIT_LEFT, "한|글", NULL },
	{ "e\xcc\x81|x", EDIT_LEFT, "|e\xcc\x81x", NULL },
	{ "|e\xcc\x81x", EDIT_RIGHT, "e\xcc\x81|x", NULL },
	{ "|🙂x", EDIT_RIGHT, "🙂|x", NULL },
	{ "a\xff|", EDIT_LEFT, "a|\xff", NULL },
	{ "ab|", EDIT_RIGHT, NULL, NULL },
	{ "test.com/cre|ate", EDIT_WORD_LEFT, "test.com/|create", NULL },
	{ "test.com/|create", EDIT_WORD_LEFT, "test.|com/create", NULL },
	{ "test|.com/create", EDIT_WORD_RIGHT, "test.com|/create", NULL },
	{ "|김철수 이", EDIT_WORD_RIGHT, "김철수| 이", NULL },
	{ "test.com/  |", EDIT_WORD_LEFT, "test.|com/  ", NULL },
	{ "..|", EDIT_WORD_LEFT, "|..", NULL },
	{ "ab|cd", EDIT_HOME, "|abcd", NULL },
	{ "|abcd", EDIT_HOME, NULL, NULL },
	{ "ab|cd", EDIT_END, "abcd|", NULL },
	{ "a한|b", EDIT_BACKSPACE, "a|b", NULL },
	{ "ae\xcc\x81|b", EDIT_BACKSPACE, "a|b", NULL },
	{ "a|한b", EDIT_DELETE, "a|b", NULL },
	{ "ab|", EDIT_DELETE, NULL, NULL },
	{ "ab|cd", EDIT_KILL_START, "|cd", "ab" },
	{ "ab|cd", EDIT_KILL_END, "ab|", "cd" },
	{ "ab|", EDIT_KILL_END, NULL, NULL },
	{ "one two |x", EDIT_KILL_WORD, "one |x", "two " },
	{ "test.com/a|", EDIT_KILL_WORD, "|", "test.com/a" },
	{ "a|b", EDIT_YANK, "aold|b", NULL },
	{ "a|b", EDIT_UP, NULL, NULL },
	{ "a|b", EDIT_DOWN, NULL, NULL },
	{ "a|b", EDIT_SPLIT, NULL, NULL },
	{ "a|b", EDIT_PAGE_DOWN, NULL, NULL },
	{ "a|b", EDIT_TOP, NULL, NULL },
	/* A mark that comes to stand behind a base joins it. */
	{ "ex|\xcc\x81", EDIT_BACKSPACE, "e\xcc\x81|", NULL },
};
/* clang-format on */

static void
edits_as_readline_does(void **state)
{
	struct buf kill = { .max = 100 };
	struct lineedit l;
	const char *want;
	size_t i;

	(void)state;
	lineedit_init(&l, 1000);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(edit_kill(&kill, span_text("old")));
		put(&l, cases[i].before);
		want =
		    cases[i].after == NULL ? cases[i].before : cases[i].after;
		if (lineedit_do(&l, cases[i].op, &kill) !=
			(cases[i].after != NULL) ||
		    strcmp(got(&l), want) != 0)
			test_fail("case %zu: %s", i, got(&l));
		want = cases[i].kill == NULL ? "old" : cases[i].kill;
		if (!span_is(buf_span(&kill), want))
			test_fail(
			    "case %zu cuts %.*s", i, (int)kill.len, kill.data);
	}
	lineedit_release(&l);
	buf_release(&kill);
}

/* clang-format off */
static const struct {
	const char *before;
	const char *typed;
	const char *after;
} inserts[] = {
	{ "|", "a", "a|" },
	{ "a|c", "b", "ab|c" },
	{ "|", "한글", "한글|" },
	{ "a|", "\r\nb\r\nc\nd\re\n", "ab c d e|" },
	{ "|", "a\tb", "a b|" },
	{ "|", "a\033[31mb\x7f\xc2\x9b", "a[31mb|" },
	{ "|", "a\xff", "a\xff|" },
	{ "|", "\n", "|" },
	{ "ㄱ|", "\xcc\x81", "ㄱ\xcc\x81|" },
};
/* clang-format on */

static void
takes_what_is_pasted_without_its_controls(void **state)
{
	struct lineedit l;
	size_t i;

	(void)state;
	lineedit_init(&l, 1000);
	for (i = 0; i < sizeof(inserts) / sizeof(inserts[0]); i++) {
		put(&l, inserts[i].before);
		assert_true(lineedit_insert(&l, span_text(inserts[i].typed)));
		assert_string_equal(got(&l), inserts[i].after);
	}
	lineedit_release(&l);
}

static void
refuses_past_its_ceiling(void **state)
{
	struct buf kill = { .max = 100 };
	struct lineedit l;

	(void)state;
	lineedit_init(&l, 4);
	assert_true(lineedit_insert(&l, span_text("abc")));
	assert_false(lineedit_insert(&l, span_text("de")));
	assert_string_equal(got(&l), "abc|");
	assert_true(lineedit_insert(&l, span_text("d\n")));
	assert_false(lineedit_set(&l, span_text("12345")));
	assert_string_equal(got(&l), "abcd|");
	assert_true(edit_kill(&kill, span_text("x")));
	assert_false(lineedit_do(&l, EDIT_YANK, &kill));
	/* Nothing is lost when it cannot be kept. */
	kill.max = 2;
	assert_false(lineedit_do(&l, EDIT_KILL_START, &kill));
	assert_string_equal(got(&l), "abcd|");
	assert_true(span_is(buf_span(&kill), "x"));
	lineedit_clear(&l);
	assert_string_equal(got(&l), "|");
	lineedit_release(&l);
	buf_release(&kill);
}

static void
survives_without_memory(void **state)
{
	struct lineedit l;
	size_t n = 0;
	bool ok;

	(void)state;
	do {
		lineedit_init(&l, 1000);
		oom_after(++n);
		ok = lineedit_insert(&l, span_text("test.com"));
		if (!ok)
			assert_int_equal(l.text.len, 0);
		lineedit_release(&l);
	} while (oom_off());
	assert_true(ok);
	assert_true(n > 2);
}

static const char *
shown(struct lineedit *l, size_t cols, size_t *cursor)
{
	struct buf b = { .max = 1000 };
	const char *text;

	assert_true(lineedit_show(l, cols, &b, cursor));
	assert_true(width_of(buf_span(&b)) <= cols);
	assert_true(*cursor < cols);
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

static void
scrolls_with_its_cursor(void **state)
{
	struct lineedit l;
	size_t cursor;

	(void)state;
	lineedit_init(&l, 1000);
	put(&l, "abcdefghij|");
	assert_string_equal(shown(&l, 20, &cursor), "abcdefghij");
	assert_int_equal(cursor, 10);
	assert_string_equal(shown(&l, 5, &cursor), "ghij");
	assert_int_equal(cursor, 4);
	l.cursor = 7;
	assert_string_equal(shown(&l, 5, &cursor), "ghij");
	assert_int_equal(cursor, 1);
	l.cursor = 2;
	assert_string_equal(shown(&l, 5, &cursor), "cdefg");
	assert_int_equal(cursor, 0);
	/* More room shows more. */
	assert_string_equal(shown(&l, 8, &cursor), "cdefghij");
	assert_string_equal(shown(&l, 11, &cursor), "abcdefghij");
	lineedit_release(&l);
}

static void
cuts_wide_glyphs_at_both_edges(void **state)
{
	struct lineedit l;
	size_t cursor;

	(void)state;
	lineedit_init(&l, 1000);
	put(&l, "한글한글|");
	assert_string_equal(shown(&l, 6, &cursor), " 한글");
	assert_int_equal(cursor, 5);
	l.cursor = 0;
	assert_string_equal(shown(&l, 5, &cursor), "한글");
	lineedit_release(&l);
}

static void
finds_the_glyph_under_the_mouse(void **state)
{
	/* a 한 ESC b: columns 0, 1-2, 3-6, 7 */
	static const size_t want[] = { 0, 1, 1, 4, 4, 4, 4, 5, 6, 6 };
	struct lineedit l;
	size_t i, cursor;

	(void)state;
	lineedit_init(&l, 1000);
	assert_true(edit_splice(&l.text, 0, 0, span_text("a한\033b")));
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		lineedit_click(&l, i);
		assert_int_equal(l.cursor, want[i]);
	}
	put(&l, "abcdefghij|");
	shown(&l, 5, &cursor);
	lineedit_click(&l, 1);
	assert_string_equal(got(&l), "abcdefg|hij");
	lineedit_release(&l);
}

/* Every op in every order over hard text keeps the cursor on a boundary. */
static void
keeps_the_cursor_between_glyphs(void **state)
{
	static const char *const parts[] = { "a", " ", "한", "🙂", "\xcc\x81",
		"\xff", "\xed\x95", "\x9c", "\xe2\x80\xae", "/" };
	struct buf kill = { .max = 1000 };
	struct lineedit l;
	unsigned seed = 1;
	size_t i, at, cursor;

	(void)state;
	lineedit_init(&l, 200);
	for (i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		if ((seed >> 16) % 3 == 0)
			lineedit_insert(
			    &l, span_text(parts[(seed >> 20) % 10]));
		else
			lineedit_do(&l, (seed >> 20) % EDIT_COUNT, &kill);
		assert_true(l.cursor <= l.text.len);
		for (at = 0; at < l.cursor;)
			at += glyph_next(
			    span_of(l.text.data + at, l.text.len - at), 0)
				  .len;
		assert_int_equal(at, l.cursor);
		shown(&l, 1 + (seed >> 24) % 20, &cursor);
		if (i % 100 == 0)
			test_end(NULL);
	}
	lineedit_release(&l);
	buf_release(&kill);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(edits_as_readline_does, test_end),
		cmocka_unit_test_teardown(
		    takes_what_is_pasted_without_its_controls, test_end),
		cmocka_unit_test_teardown(refuses_past_its_ceiling, test_end),
		cmocka_unit_test(survives_without_memory),
		cmocka_unit_test_teardown(scrolls_with_its_cursor, test_end),
		cmocka_unit_test_teardown(
		    cuts_wide_glyphs_at_both_edges, test_end),
		cmocka_unit_test_teardown(
		    finds_the_glyph_under_the_mouse, test_end),
		cmocka_unit_test_teardown(
		    keeps_the_cursor_between_glyphs, test_end),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
