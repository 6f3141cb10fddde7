#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "json.h"
#include "oom.h"
#include "test.h"

static struct guard *memory;

/* A copy with nothing behind it. */
static struct span
guarded(const char *text, size_t n)
{
	return span_of(guard_put(memory, text, n), n);
}

/* --- what is JSON --- */

static const char *const good[] = {
	"0",
	"-0",
	"12",
	"-1.5e+10",
	"1E-2",
	"0.0",
	"1e5",
	"\"\"",
	"\"a\"",
	"true",
	"false",
	"null",
	"[]",
	"{}",
	" \t\r\n[ ] ",
	"[1,2]",
	"[[],[[]],{}]",
	"{\"a\":1}",
	"{ \"a\" : 1 , \"a\" : 2 }",
	"{\"\":{\"\":[]}}",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
	"\"\\ud800\"",
	"\"\xed\x95\x9c\xf0\x9f\x98\x80\x7f\"",
	"[true,false,null,\"\",0,{}]",
};

static const char *const wrong[] = {
	"",
	" ",
	"-",
	"+1",
	"01",
	"-01",
	"1.",
	".5",
	"1e",
	"1e+",
	"1.e1",
	"0x1",
	"NaN",
	"Infinity",
	"1 2",
	"1,",
	"tru",
	"truee",
	"True",
	"nul",
	"\"",
	"\"a",
	"'a'",
	"a",
	"\"\\\"",
	"\"\\x41\"",
	"\"\\u12\"",
	"\"\\u12g4\"",
	"\"\\u\"",
	"\"a\nb\"",
	"\"a\tb\"",
	"\"\x1f\"",
	"\"\xff\"",
	"\"\xed\xa0\x80\"",
	"\"\xc0\x80\"",
	"\"\xed\x95\"",
	"\xef\xbb\xbf{}",
	"\x0b[]",
	"[",
	"]",
	"[1",
	"[1,",
	"[1,]",
	"[,1]",
	"[1 2]",
	"[1}",
	"[:]",
	"[\"a\":1]",
	"{",
	"}",
	"{]",
	"{1:2}",
	"{\"a\"}",
	"{\"a\":}",
	"{\"a\":1,}",
	"{\"a\" 1}",
	"{\"a\":1 \"b\":2}",
	"{,}",
	"{a:1}",
	"{\"a\"::1}",
	"{\"a\":1}}",
	"[]]",
	"[] []",
	"// a\n1",
	"/* a */1",
};

static void
knows_json_from_what_is_none(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!json_is_valid(guarded(good[i], strlen(good[i]))))
			test_fail("refused: %s", good[i]);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (json_is_valid(guarded(wrong[i], strlen(wrong[i]))))
			test_fail("taken: %s", wrong[i]);
	assert_false(json_is_valid(span_of("1\0", 2)));
	assert_false(json_is_valid(span_of("\"a\0\"", 4)));
	assert_false(json_is_valid(span_of("\"\\\0\"", 4)));
	assert_false(json_is_valid(span_of(NULL, 0)));
}

/* But for numbers, no beginning of a text is one. */
static void
wants_the_whole_text(void **state)
{
	static const char text[] = "[{\"a\\n\":[1.5e1,true,\"\xed\x95\x9c\"],"
				   "\"b\":{\"\\ud83d\\ude00\":null}},false]";
	size_t n;

	(void)state;
	for (n = 0; n < strlen(text); n++)
		if (json_is_valid(guarded(text, n)))
			test_fail("taken: %.*s", (int)n, text);
	assert_true(json_is_valid(guarded(text, n)));
}

static void
has_a_ceiling_of_depth(void **state)
{
	const size_t most = LIMIT_JSON_DEPTH;
	char *text = test_alloc(2 * most + 2);
	size_t i;

	(void)state;
	for (i = 0; i < most; i++)
		text[i] = '[', text[2 * most - 1 - i] = ']';
	assert_true(json_is_valid(span_of(text, 2 * most)));
	memset(text, '[', most + 1);
	memset(text + most + 1, ']', most + 1);
	assert_false(json_is_valid(span_of(text, 2 * most + 2)));
}

/* --- tokens --- */

static const char kinds[] = "!.{}[]nstTFN"; /* in the order of enum json_kind */

static void
reads_token_by_token(void **state)
{
	static const char *const rows[][3] = {
		/* text, kinds, the tokens' texts */
		{ "1", "t.", "1||" },
		{ " [ ] ", "[].", "[|]||" },
		{ "{\"a\" : [1,\"x\" ,true ],\"b\":{}}", "{n[tsT]n{}}.",
		    "{|\"a\"|[|1|\"x\"|true|]|\"b\"|{|}|}||" },
		{ "[null,false,-1.0]", "[NFt].", "[|null|false|-1.0|]||" },
		{ "{\"\":\"\"}", "{ns}.", "{|\"\"|\"\"|}||" },
	};
	struct json_reader r;
	struct span token;
	enum json_kind kind;
	struct buf b;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		b = (struct buf){ .max = 100 };
		json_reader_init(&r, guarded(rows[i][0], strlen(rows[i][0])));
		k = 0;
		do {
			kind = json_next(&r, &token);
			assert_int_equal(kinds[kind], rows[i][1][k++]);
			buf_append_span(&b, token);
			buf_append_text(&b, "|");
		} while (kind > JSON_END);
		assert_true(span_is(buf_span(&b), rows[i][2]));
		assert_int_equal(json_next(&r, &token), JSON_END);
		buf_release(&b);
	}
}

static void
never_recovers(void **state)
{
	struct json_reader r;
	struct span token;
	int i;

	(void)state;
	json_reader_init(&r, span_text("[1,,2]"));
	assert_int_equal(json_next(&r, &token), JSON_ARRAY);
	assert_int_equal(json_next(&r, &token), JSON_NUMBER);
	for (i = 0; i < 5; i++)
		assert_int_equal(json_next(&r, &token), JSON_BAD);
}

/* --- pointers --- */

/* RFC 6901 5's document. */
#define EXAMPLE                                                  \
	"{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2," \
	"\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7," \
	"\"m~n\":8}"

static void
finds_what_a_pointer_names(void **state)
{
	/* text, pointer, value; NULL: there is none */
	static const char *const rows[][3] = {
		{ EXAMPLE, "", EXAMPLE },
		{ EXAMPLE, "/foo", "[\"bar\",\"baz\"]" },
		{ EXAMPLE, "/foo/0", "\"bar\"" },
		{ EXAMPLE, "/", "0" },
		{ EXAMPLE, "/a~1b", "1" },
		{ EXAMPLE, "/c%d", "2" },
		{ EXAMPLE, "/e^f", "3" },
		{ EXAMPLE, "/g|h", "4" },
		{ EXAMPLE, "/i\\j", "5" },
		{ EXAMPLE, "/k\"l", "6" },
		{ EXAMPLE, "/ ", "7" },
		{ EXAMPLE, "/m~0n", "8" },
		{ EXAMPLE, "/foo/1", "\"baz\"" },
		{ EXAMPLE, "/foo/2", NULL },
		{ EXAMPLE, "/foo/-", NULL },
		{ EXAMPLE, "/foo/00", NULL },
		{ EXAMPLE, "/foo/01", NULL },
		{ EXAMPLE, "/foo/+1", NULL },
		{ EXAMPLE, "/foo/", NULL },
		{ EXAMPLE, "/foo/18446744073709551616", NULL },
		{ EXAMPLE, "/foo/0/0", NULL },
		{ EXAMPLE, "/fo", NULL },
		{ EXAMPLE, "/fooo", NULL },
		{ EXAMPLE, "foo", NULL },
		{ EXAMPLE, "/m~n", NULL },
		{ EXAMPLE, "/m~", NULL },
		{ EXAMPLE, "/m~2n", NULL },
		{ EXAMPLE, "//", NULL },
		{ " 1 ", "", "1" },
		{ "\"a\"", "", "\"a\"" },
		{ "\"a\"", "/0", NULL },
		{ "[]", "/0", NULL },
		{ "[ [ 1 , 2 ] ]", "/0", "[ 1 , 2 ]" },
		{ "[[1,[2]],[[3]]]", "/1/0/0", "3" },
		{ "[[1,[2]],[[3]]]", "/0/1/0", "2" },
		{ "{\"a\":{\"b\":{\"c\":null}}}", "/a/b/c", "null" },
		{ "{\"x\":{\"a\":1},\"a\":2}", "/a", "2" },
		{ "{\"a\":1,\"a\":2}", "/a", "1" },
		{ "{\"0\":\"name\"}", "/0", "\"name\"" },
		{ "{\"\\u0061\\/\":1}", "/a~1", "1" },
		{ "{\"\\ud83d\\ude00\":1}", "/\xf0\x9f\x98\x80", "1" },
		{ "{\"\xed\x95\x9c\":1}", "/\xed\x95\x9c", "1" },
		{ "{\"\":{\"\":1}}", "//", "1" },
		{ "{\"a\":{} , \"b\":[true]}", "/b/0", "true" },
		/* What stands behind the value counts as well. */
		{ "[1,2", "/0", NULL },
		{ "[1,2]]", "/0", NULL },
		{ "{\"a\":1,\"b\":\"\xff\"}", "/a", NULL },
		{ "{\"a\":1} x", "/a", NULL },
		{ "", "", NULL },
		{ "", "/a", NULL },
		{ "[0,01]", "/0", NULL },
	};
	struct span value, pointer;
	const char *want;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pointer = span_text(rows[i][1]);
		want = rows[i][2];
		if (json_find(guarded(rows[i][0], strlen(rows[i][0])), pointer,
			&value) != (want != NULL))
			test_fail(
			    "row %zu: %s in %s", i, rows[i][1], rows[i][0]);
		if (want != NULL && !span_is(value, want))
			test_fail("row %zu: %.*s, not %s", i, (int)value.n,
			    value.p, want);
	}
}

static void
knows_a_pointer(void **state)
{
	(void)state;
	assert_true(json_is_pointer(span_text("")));
	assert_true(json_is_pointer(span_text("/")));
	assert_true(json_is_pointer(span_text("/a//~0~1/0")));
	assert_false(json_is_pointer(span_text("a")));
	assert_false(json_is_pointer(span_text("a/b")));
	assert_false(json_is_pointer(span_text("/~")));
	assert_false(json_is_pointer(span_text("/~2")));
	assert_false(json_is_pointer(span_text("/a~/")));
}

/* --- strings --- */

static void
decodes_strings(void **state)
{
	static const char *const rows[][2] = {
		{ "\"\"", "" },
		{ "\"abc\"", "abc" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"a\\nb\\nc\"", "a\nb\nc" },
		{ "\"\\u0041\\u00e9\\uD55c\"", "A\xc3\xa9\xed\x95\x9c" },
		{ "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
		{ "\"\\uDBFF\\uDFFF\"", "\xf4\x8f\xbf\xbf" },
		{ "\"\\uD800\\uDC00x\"", "\xf0\x90\x80\x80x" },
		{ "\"\\ud83d\"", "\xef\xbf\xbd" },
		{ "\"\\ude00\"", "\xef\xbf\xbd" },
		{ "\"\\ud83dx\"", "\xef\xbf\xbdx" },
		{ "\"\\ud83d\\n\"", "\xef\xbf\xbd\n" },
		{ "\"\\ud83d\\u0041\"",
		    "\xef\xbf\xbd"
		    "A" },
		{ "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
		{ "\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\"\xed\x95\x9c\"", "\xed\x95\x9c" },
	};
	struct buf b = { .max = 100 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		b.len = 0;
		assert_true(json_append_string(
		    &b, guarded(rows[i][0], strlen(rows[i][0]))));
		if (!span_is(buf_span(&b), rows[i][1]))
			test_fail("%s becomes %s", rows[i][0],
			    test_show(b.data, b.len));
	}
	b.len = 0;
	assert_true(json_append_string(&b, span_text("\"a\\u0000b\"")));
	assert_true(span_eq(buf_span(&b), span_of("a\0b", 3)));
	buf_release(&b);
}

static void
appends_all_or_nothing(void **state)
{
	const struct span string = span_text("\"a\\n\\ud83d\\ude00b\"");
	struct buf b = { .max = 0 };

	(void)state;
	for (b.max = 0; b.max < strlen("a\n\xf0\x9f\x98\x80"
				       "b");
	     b.max++) {
		assert_false(json_append_string(&b, string));
		assert_int_equal(b.len, 0);
		buf_release(&b);
	}
	assert_true(json_append_string(&b, string));
	buf_release(&b);
	oom_after(1);
	assert_false(json_append_string(&b, string));
	assert_true(oom_off());
}

static int
start(void **state)
{
	(void)state;
	memory = guard_new(4096);
	test_keep();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_json_from_what_is_none),
		cmocka_unit_test(wants_the_whole_text),
		cmocka_unit_test_teardown(has_a_ceiling_of_depth, test_end),
		cmocka_unit_test(reads_token_by_token),
		cmocka_unit_test(never_recovers),
		cmocka_unit_test(finds_what_a_pointer_names),
		cmocka_unit_test(knows_a_pointer),
		cmocka_unit_test(decodes_strings),
		cmocka_unit_test(appends_all_or_nothing),
	};

	return cmocka_run_group_tests_name("json_read", tests, start, NULL);
}
