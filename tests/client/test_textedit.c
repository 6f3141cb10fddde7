/*
 * Many lines under a cursor.  In the cases | is the cursor.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "oom.h"
#include "test.h"
#include "textedit.h"
#include "width.h"

static void
put(struct textedit *t, const char *text)
{
	const char *bar = strchr(text, '|');
	char *all = test_text("%.*s%s", (int)(bar - text), text, bar + 1);

	assert_true(textedit_set(t, span_text(all)));
	textedit_move(t, (size_t)(bar - text));
}

static const char *
got(const struct textedit *t)
{
	struct span s = textedit_text(t);

	return test_text("%.*s|%.*s", (int)t->cursor, s.p,
	    (int)(s.n - t->cursor), s.p == NULL ? "" : s.p + t->cursor);
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
	{ "|", EDIT_UP, NULL, NULL },
	{ "|", EDIT_DOWN, NULL, NULL },
	{ "|", EDIT_BACKSPACE, NULL, NULL },
	{ "|", EDIT_DELETE, NULL, NULL },
	{ "|", EDIT_SPLIT, "\n|", NULL },
	{ "a\n|b", EDIT_LEFT, "a|\nb", NULL },
	{ "a|\nb", EDIT_RIGHT, "a\n|b", NULL },
	{ "a\n|b", EDIT_WORD_LEFT, "a|\nb", NULL },
	{ "a|\nb", EDIT_WORD_RIGHT, "a\n|b", NULL },
	{ "한글\n한|글", EDIT_HOME, "한글\n|한글", NULL },
	{ "한글\n한|글\nx", EDIT_END, "한글\n한글|\nx", NULL },
	{ "ab|cd", EDIT_SPLIT, "ab\n|cd", NULL },
	{ "ab\n|cd", EDIT_BACKSPACE, "ab|cd", NULL },
	{ "ab|\ncd", EDIT_DELETE, "ab|cd", NULL },
	{ "ab|\ncd", EDIT_KILL_END, "ab|cd", "\n" },
	{ "a|b\ncd", EDIT_KILL_END, "a|\ncd", "b" },
	{ "ab\nc|d", EDIT_KILL_START, "ab\n|d", "c" },
	{ "ab\n|cd", EDIT_KILL_START, NULL, NULL },
	{ "ab\n|cd", EDIT_KILL_WORD, NULL, NULL },
	{ "a: b c|\nd", EDIT_KILL_WORD, "a: b |\nd", "c" },
	{ "a|b", EDIT_YANK, "aone\ntwo|b", NULL },
	{ "abc\nde|f\nghi", EDIT_UP, "ab|c\ndef\nghi", NULL },
	{ "abc\nde|f\nghi", EDIT_DOWN, "abc\ndef\ngh|i", NULL },
	{ "한글\nabc|d", EDIT_UP, "한|글\nabcd", NULL },
	{ "abcd|\nx", EDIT_DOWN, "abcd\nx|", NULL },
	{ "a\nb\nc|\nd", EDIT_TOP, "|a\nb\nc\nd", NULL },
	{ "a\nb|\nc\n", EDIT_BOTTOM, "a\nb\nc\n|", NULL },
	/* page is 2 */
	{ "a\nb\nc\nd|", EDIT_PAGE_UP, "a\nb|\nc\nd", NULL },
	{ "a|\nb\nc\nd", EDIT_PAGE_DOWN, "a\nb\nc|\nd", NULL },
	{ "a\nb\nc|\nd", EDIT_PAGE_DOWN, "a\nb\nc\nd|", NULL },
	{ "a|\n", EDIT_DOWN, "a\n|", NULL },
	/* A mark that comes to stand behind a base joins it. */
	{ "e|\n\xcc\x81x", EDIT_DELETE, "e\xcc\x81|x", NULL },
};
/* clang-format on */

static void
edits_line_by_line(void **state)
{
	struct buf kill = { .max = 100 };
	struct textedit t;
	const char *want;
	size_t i;

	(void)state;
	textedit_init(&t, 1000);
	t.page = 2;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(edit_kill(&kill, span_text("one\ntwo")));
		put(&t, cases[i].before);
		want =
		    cases[i].after == NULL ? cases[i].before : cases[i].after;
		if (textedit_do(&t, cases[i].op, &kill) !=
			(cases[i].after != NULL) ||
		    strcmp(got(&t), want) != 0)
			test_fail("case %zu: %s", i, got(&t));
		want = cases[i].kill == NULL ? "one\ntwo" : cases[i].kill;
		if (!span_is(buf_span(&kill), want))
			test_fail(
			    "case %zu cuts %.*s", i, (int)kill.len, kill.data);
	}
	textedit_release(&t);
	buf_release(&kill);
}

static void
keeps_the_wished_column(void **state)
{
	struct buf kill = { .max = 100 };
	struct textedit t;

	(void)state;
	textedit_init(&t, 1000);
	put(&t, "abcdef|\nx\n한글한글\nabcdef");
	textedit_do(&t, EDIT_DOWN, &kill);
	assert_string_equal(got(&t), "abcdef\nx|\n한글한글\nabcdef");
	textedit_do(&t, EDIT_DOWN, &kill);
	assert_string_equal(got(&t), "abcdef\nx\n한글한|글\nabcdef");
	textedit_do(&t, EDIT_DOWN, &kill);
	assert_string_equal(got(&t), "abcdef\nx\n한글한글\nabcdef|");
	/* Any other move forgets it. */
	textedit_do(&t, EDIT_LEFT, &kill);
	textedit_do(&t, EDIT_UP, &kill);
	assert_string_equal(got(&t), "abcdef\nx\n한글|한글\nabcdef");
	textedit_release(&t);
	buf_release(&kill);
}

/* clang-format off */
static const struct {
	const char *before;
	const char *typed;
	const char *after;
} inserts[] = {
	{ "|", "a", "a|" },
	{ "a|d", "b\r\nc\rx\n\ny", "ab\nc\nx\n\ny|d" },
	{ "|", "{\n\t\"이름\": 1\n}\n", "{\n\t\"이름\": 1\n}\n|" },
	{ "|", "a\033[31m\x7f\xc2\x9b\xff", "a[31m\xff|" },
};
/* clang-format on */

static void
takes_what_is_pasted_line_by_line(void **state)
{
	struct textedit t;
	size_t i;

	(void)state;
	textedit_init(&t, 1000);
	for (i = 0; i < sizeof(inserts) / sizeof(inserts[0]); i++) {
		put(&t, inserts[i].before);
		assert_true(textedit_insert(&t, span_text(inserts[i].typed)));
		assert_string_equal(got(&t), inserts[i].after);
	}
	textedit_release(&t);
}

static void
sets_any_bytes(void **state)
{
	static const char bytes[] = "a\r\n\0\xff\033";
	struct span s = span_of(bytes, sizeof(bytes) - 1);
	struct textedit t;

	(void)state;
	textedit_init(&t, 1000);
	assert_true(textedit_set(&t, s));
	assert_true(span_eq(textedit_text(&t), s));
	textedit_clear(&t);
	assert_int_equal(textedit_text(&t).n, 0);
	textedit_release(&t);
}

static void
refuses_past_its_ceiling(void **state)
{
	struct textedit t;

	(void)state;
	textedit_init(&t, 4);
	put(&t, "abc|");
	assert_false(textedit_insert(&t, span_text("\nd")));
	assert_false(textedit_set(&t, span_text("12345")));
	assert_false(textedit_replace(&t, 0, 1, span_text("xyz")));
	assert_string_equal(got(&t), "abc|");
	assert_true(textedit_insert(&t, span_text("\n")));
	assert_string_equal(got(&t), "abc\n|");
	textedit_release(&t);
}

static void
survives_without_memory(void **state)
{
	struct textedit t;
	size_t n = 0;
	bool ok;

	(void)state;
	do {
		textedit_init(&t, 1000);
		oom_after(++n);
		ok = textedit_insert(&t, span_text("a\nb"));
		if (!ok)
			assert_int_equal(t.text.len, 0);
		textedit_release(&t);
	} while (oom_off());
	assert_true(ok);
	assert_true(n > 2);
}

static void
keeps_the_cursor_with_its_text(void **state)
{
	struct textedit t;

	(void)state;
	textedit_init(&t, 1000);
	put(&t, "Host: a\nAccept: |x");
	/* before it, around it, behind it */
	assert_true(textedit_replace(&t, 0, 7, span_text("Host: test.com")));
	assert_string_equal(got(&t), "Host: test.com\nAccept: |x");
	assert_true(textedit_replace(&t, 24, 0, span_text("\nB: c")));
	assert_string_equal(got(&t), "Host: test.com\nAccept: |x\nB: c");
	assert_true(textedit_replace(&t, 15, 9, span_text("A: y")));
	assert_string_equal(got(&t), "Host: test.com\nA: y|\nB: c");
	assert_true(textedit_replace(&t, 0, 19, span_text("")));
	assert_string_equal(got(&t), "|\nB: c");
	textedit_release(&t);
}

static void
counts_lines(void **state)
{
	struct textedit t;

	(void)state;
	textedit_init(&t, 1000);
	assert_int_equal(textedit_lines(&t), 1);
	put(&t, "|a");
	assert_int_equal(textedit_lines(&t), 1);
	put(&t, "|a\n");
	assert_int_equal(textedit_lines(&t), 2);
	put(&t, "|a\nbc\nd");
	assert_int_equal(textedit_lines(&t), 3);
	assert_int_equal(textedit_line_offset(&t, 0), 0);
	assert_int_equal(textedit_line_offset(&t, 1), 2);
	assert_int_equal(textedit_line_offset(&t, 2), 5);
	assert_int_equal(textedit_line_offset(&t, 9), 5);
	textedit_release(&t);
}

/* All that a window shows, rows ended by "/". */
static const char *
shown(const struct textedit *t, size_t rows, size_t cols)
{
	struct buf b = { .max = 4000 };
	size_t at = t->top, i, from;
	const char *text;

	for (i = 0; i < rows; i++) {
		from = b.len;
		if (!textedit_show(t, &at, cols, &b))
			break;
		assert_true(
		    width_of(span_of(b.data + from, b.len - from)) <= cols);
		buf_append_text(&b, "/");
	}
	text = test_text("%.*s", (int)b.len, b.data);
	buf_release(&b);
	return text;
}

static void
scrolls_with_its_cursor(void **state)
{
	struct textedit t;
	size_t row, col;

	(void)state;
	textedit_init(&t, 1000);
	textedit_fit(&t, 3, 4, &row, &col);
	assert_string_equal(shown(&t, 3, 4), "/");
	put(&t, "a\nb\nc\nd\nefghijk|");
	textedit_fit(&t, 3, 4, &row, &col);
	assert_int_equal(row, 2);
	assert_int_equal(col, 3);
	assert_string_equal(shown(&t, 3, 4), "//ijk/");
	textedit_move(&t, 2);
	textedit_fit(&t, 3, 4, &row, &col);
	assert_int_equal(row, 0);
	assert_int_equal(col, 0);
	assert_string_equal(shown(&t, 3, 4), "b/c/d/");
	/* No empty rows below while there is text above. */
	textedit_move(&t, textedit_text(&t).n);
	textedit_fit(&t, 2, 9, &row, &col);
	assert_string_equal(shown(&t, 2, 9), "d/efghijk/");
	textedit_fit(&t, 4, 9, &row, &col);
	assert_string_equal(shown(&t, 4, 9), "b/c/d/efghijk/");
	assert_int_equal(row, 3);
	/* What is put in above the window moves nothing in it. */
	assert_true(textedit_replace(&t, 0, 0, span_text("x\ny\n")));
	textedit_fit(&t, 4, 9, &row, &col);
	assert_string_equal(shown(&t, 4, 9), "b/c/d/efghijk/");
	textedit_release(&t);
}

static void
scrolls_with_the_wheel(void **state)
{
	struct textedit t;
	size_t row, col;

	(void)state;
	textedit_init(&t, 1000);
	put(&t, "a|\nb\nc\nd\ne");
	textedit_fit(&t, 2, 9, &row, &col);
	textedit_wheel(&t, 2);
	assert_string_equal(shown(&t, 2, 9), "c/d/");
	assert_string_equal(got(&t), "a\nb\nc|\nd\ne");
	textedit_wheel(&t, 20);
	assert_string_equal(shown(&t, 2, 9), "d/e/");
	textedit_wheel(&t, -1);
	assert_string_equal(shown(&t, 2, 9), "c/d/");
	textedit_wheel(&t, -20);
	assert_string_equal(shown(&t, 2, 9), "a/b/");
	assert_string_equal(got(&t), "a\nb|\nc\nd\ne");
	textedit_release(&t);
}

static void
finds_the_glyph_under_the_mouse(void **state)
{
	struct textedit t;
	size_t row, col;

	(void)state;
	textedit_init(&t, 1000);
	put(&t, "|abc\n한글\nx");
	textedit_fit(&t, 5, 9, &row, &col);
	textedit_click(&t, 1, 2);
	assert_string_equal(got(&t), "abc\n한|글\nx");
	textedit_click(&t, 1, 8);
	assert_string_equal(got(&t), "abc\n한글|\nx");
	textedit_click(&t, 4, 0);
	assert_string_equal(got(&t), "abc\n한글\n|x");
	textedit_release(&t);
}

/* Every op in every order over hard text: the cursor stays on a boundary and
 * in the window, the top on a line. */
static void
keeps_its_promises_whatever_comes(void **state)
{
	static const char *const parts[] = { "a", "\n", "한", "🙂\n",
		"\xcc\x81", "\xff", "\xed\x95", "\x9c", "\t",
		"long line\nmore\n" };
	struct buf kill = { .max = 1000 };
	struct textedit t;
	unsigned seed = 1;
	size_t i, at, row, col, rows, cols;

	(void)state;
	textedit_init(&t, 300);
	for (i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		at = seed >> 20;
		if ((seed >> 16) % 3 == 0)
			textedit_insert(&t, span_text(parts[at % 10]));
		else if ((seed >> 16) % 16 == 1)
			textedit_wheel(&t, (int)(at % 9) - 4);
		else
			textedit_do(&t, at % EDIT_COUNT, &kill);
		rows = 1 + (seed >> 24) % 5;
		cols = 1 + (seed >> 18) % 20;
		textedit_fit(&t, rows, cols, &row, &col);
		assert_true(row < rows && col < cols);
		assert_true(t.cursor <= t.text.len);
		assert_true(t.top == 0 || t.text.data[t.top - 1] == '\n');
		for (at = 0; at < t.cursor;)
			at += glyph_next(
			    span_of(t.text.data + at, t.text.len - at), 0)
				  .len;
		assert_int_equal(at, t.cursor);
		shown(&t, rows, cols);
		if (i % 100 == 0)
			test_end(NULL);
	}
	textedit_release(&t);
	buf_release(&kill);
}

/* A body of 1 MiB, in one line and in many: each op is a few passes over it,
 * not a pass a line. */
static void
edits_a_mebibyte(void **state)
{
	enum {
		SIZE = 1024 * 1024
	};
	struct buf kill = { .max = SIZE };
	char *text = test_alloc(SIZE);
	struct textedit t;
	size_t i, row, col;

	(void)state;
	textedit_init(&t, 2 * SIZE);
	memset(text, 'x', SIZE);
	assert_true(textedit_set(&t, span_of(text, SIZE)));
	textedit_do(&t, EDIT_BOTTOM, &kill);
	for (i = 0; i < 20; i++) {
		textedit_insert(&t, span_text("y"));
		textedit_fit(&t, 20, 80, &row, &col);
	}
	assert_int_equal(col, 79);
	memset(text, '\n', SIZE);
	assert_true(textedit_set(&t, span_of(text, SIZE)));
	for (i = 0; i < 20; i++) {
		textedit_insert(&t, span_text("y"));
		textedit_fit(&t, 20, 80, &row, &col);
	}
	textedit_do(&t, EDIT_BOTTOM, &kill);
	textedit_fit(&t, 20, 80, &row, &col);
	assert_int_equal(row, 19);
	assert_int_equal(textedit_lines(&t), SIZE + 1);
	textedit_release(&t);
	buf_release(&kill);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(edits_line_by_line, test_end),
		cmocka_unit_test_teardown(keeps_the_wished_column, test_end),
		cmocka_unit_test_teardown(
		    takes_what_is_pasted_line_by_line, test_end),
		cmocka_unit_test(sets_any_bytes),
		cmocka_unit_test_teardown(refuses_past_its_ceiling, test_end),
		cmocka_unit_test(survives_without_memory),
		cmocka_unit_test_teardown(
		    keeps_the_cursor_with_its_text, test_end),
		cmocka_unit_test_teardown(counts_lines, test_end),
		cmocka_unit_test_teardown(scrolls_with_its_cursor, test_end),
		cmocka_unit_test_teardown(scrolls_with_the_wheel, test_end),
		cmocka_unit_test_teardown(
		    finds_the_glyph_under_the_mouse, test_end),
		cmocka_unit_test_teardown(
		    keeps_its_promises_whatever_comes, test_end),
		cmocka_unit_test_teardown(edits_a_mebibyte, test_end),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
