/*
 * JSON and XML as lines: how they are set out, that nothing is lost, and that
 * a line can be had from its place alone.
 */
#include <locale.h>
#include <string.h>
#include <time.h>

#include "pretty.h"
#include "test.h"
#include "width.h"

static const char role_letters[ROLE_COUNT] = {
	[ROLE_PLAIN] = ' ',
	[ROLE_DIM] = 'd',
	[ROLE_ERROR] = 'e',
	[ROLE_NAME] = 'n',
	[ROLE_STRING] = 's',
	[ROLE_NUMBER] = '0',
	[ROLE_WORD] = 'w',
	[ROLE_TAG] = 't',
};

/* All lines, each ended by LF; with roles as "[role]text". */
static const char *
all_of(const struct pretty *p, bool roles)
{
	struct pretty_at at = { 0 };
	struct buf b = { .max = 1 << 20 };
	struct line line;
	const char *text;

	line_init(&line);
	while (line_clear(&line), pretty_line(p, &at, &line)) {
		assert_true(line.cols <= p->cols);
		for (size_t k = 0; k < line.n; k++) {
			struct span s = line_segment(&line, k);

			if (roles)
				buf_printf(
				    &b, "[%c]", role_letters[line.seg[k].role]);
			buf_append_span(&b, s);
		}
		buf_append_text(&b, "\n");
	}
	line_release(&line);
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

static const char *
lines_of(enum pretty_kind kind, const char *text, size_t cols)
{
	struct pretty p = { kind, span_text(text), false, cols };

	return all_of(&p, false);
}

/* clang-format off */
static const struct {
	enum pretty_kind kind;
	size_t cols;
	const char *text;
	const char *lines;
} cases[] = {
	{ PRETTY_JSON, 80, "{}", "{}\n" },
	{ PRETTY_JSON, 80, " [ ] ", "[]\n" },
	{ PRETTY_JSON, 80, "12.5e-3", "12.5e-3\n" },
	{ PRETTY_JSON, 80, "{\"a\":1,\"b\" : [true,null,{}],\"c\":{\"d\":\"\\\"x\"}}",
	    "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null,\n    {}\n  ],\n"
	    "  \"c\": {\n    \"d\": \"\\\"x\"\n  }\n}\n" },
	{ PRETTY_JSON, 12, "[\"abcdefghijklmno\",\"한글한글한글\"]",
	    "[\n \"abcdefghij\n   klmno\",\n \"한글한글한\n   글\"\n]\n" },
	{ PRETTY_JSON, 4, "[[1]]", "[\n [\n  1\n ]\n]\n" },
	{ PRETTY_JSON, 1, "[10]", "[\n1\n0\n]\n" },
	/* Broken: */
	{ PRETTY_JSON, 80, "{\"a\":1,}\nrest\r\n\n", "{\n  \"a\": 1,\n"
	    "no JSON from here on:\n}\nrest\n\n" },
	{ PRETTY_JSON, 80, "[1 2]", "[\n  1\nno JSON from here on:\n2]\n" },
	{ PRETTY_JSON, 80, "[1]x", "[\n  1\n]\nno JSON from here on:\nx\n" },
	{ PRETTY_JSON, 80, "[01]", "[\nno JSON from here on:\n01]\n" },
	{ PRETTY_JSON, 80, "[\"a\tb\"]", "[\n  \"a\nno JSON from here on:\n        b\"]\n" },
	{ PRETTY_JSON, 80, "[\"a\\x\"]", "[\n  \"a\nno JSON from here on:\n\\x\"]\n" },
	{ PRETTY_JSON, 80, "[truX]", "[\nno JSON from here on:\ntruX]\n" },
	{ PRETTY_JSON, 80, "{1:2}", "{\nno JSON from here on:\n1:2}\n" },
	{ PRETTY_JSON, 80, "[}", "[\nno JSON from here on:\n}\n" },
	/* Short: */
	{ PRETTY_JSON, 80, "[1,", "[\n  1,\nhere the JSON ends too early\n" },
	{ PRETTY_JSON, 80, "{\"a", "{\n  \"a\nhere the JSON ends too early\n" },
	{ PRETTY_JSON, 80, "[\"\\u00", "[\n  \"\\u00\nhere the JSON ends too early\n" },
	{ PRETTY_JSON, 80, "[1.", "[\n  1.\nhere the JSON ends too early\n" },
	{ PRETTY_JSON, 80, "[fa", "[\n  fa\nhere the JSON ends too early\n" },
	{ PRETTY_JSON, 10, "", "here the …\n" },
	/* XML: */
	{ PRETTY_XML, 80, "<a/>", "<a/>\n" },
	{ PRETTY_XML, 80, "<?xml version='1.0'?><a  x = \"1\" y='>'><b>text</b><c></c>\n <d/>two\n  lines </a>",
	    "<?xml version='1.0'?>\n<a x=\"1\" y='>'>\n  <b>text</b>\n  <c></c>\n  <d/>\n"
	    "  two\n  lines \n</a>\n" },
	{ PRETTY_XML, 80, "<!DOCTYPE a [ <!ENTITY b 'c'> ]><a><!-- one\n two --><![CDATA[<x>]]></a>",
	    "<!DOCTYPE a [ <!ENTITY b 'c'> ]>\n<a>\n  <!-- one\n  two -->\n  <![CDATA[<x>]]>\n</a>\n" },
	{ PRETTY_XML, 20, "<a name=\"a long value\"/>",
	    "<a name=\"a long valu\n  e\"/>\n" },
	{ PRETTY_XML, 80, "<a></a></b>", "<a></a>\nno XML from here on:\n</b>\n" },
	{ PRETTY_XML, 80, "<a>< b></a>", "<a>\nno XML from here on:\n< b></a>\n" },
	{ PRETTY_XML, 80, "<a><b>", "<a>\n  <b>\nhere the XML ends too early\n" },
	{ PRETTY_XML, 80, "<a b='c", "<a b='c\nhere the XML ends too early\n" },
	{ PRETTY_XML, 80, "<a", "<a\nhere the XML ends too early\n" },
};
/* clang-format on */

static void
sets_out_what_it_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got =
		    lines_of(cases[i].kind, cases[i].text, cases[i].cols);

		if (strcmp(got, cases[i].lines) != 0)
			test_fail("case %zu, %s:\n%s", i, cases[i].text, got);
	}
}

static void
gives_each_kind_its_role(void **state)
{
	struct pretty p = { PRETTY_JSON, span_text("{\"a\":[1,\"b\",false],"),
		false, 80 };

	(void)state;
	assert_string_equal(all_of(&p, true),
	    "[ ]{\n[ ]  [n]\"a\"[ ]: [\n[ ]    [0]1[ ],\n"
	    "[ ]    [s]\"b\"[ ],\n[ ]    [w]false\n[ ]  ],\n"
	    "[e]here the JSON ends too early\n");
	p = (struct pretty){ PRETTY_XML, span_text("<a b='c'>d</a><!--e-->"),
		false, 80 };
	assert_string_equal(all_of(&p, true),
	    "[t]<a[ ] [n]b[ ]=[s]'c'[t]>[ ]d[t]</a>\n[d]<!--e-->\n");
}

static void
says_nothing_of_an_end_that_is_to_come(void **state)
{
	struct pretty p = { PRETTY_JSON, span_text("{\"a\":[1,\"b"), true, 80 };

	(void)state;
	assert_string_equal(
	    all_of(&p, false), "{\n  \"a\": [\n    1,\n    \"b\n");
	p.text = span_of("", 0);
	assert_string_equal(all_of(&p, false), "");
}

static void
stops_at_a_depth(void **state)
{
	char text[1800];
	struct pretty p = { PRETTY_JSON, span_of(text, sizeof(text)), false,
		40 };
	const char *got;

	(void)state;
	memset(text, '[', sizeof(text));
	got = all_of(&p, false);
	assert_non_null(strstr(got, "nested too deep from here on:\n[[["));
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "<a>"[i % 3];
	p.kind = PRETTY_XML;
	got = all_of(&p, false);
	assert_non_null(strstr(got, "nested too deep from here on:\n<a><a>"));
}

/* A token longer than what is read at once, of glyphs of all kinds. */
static void
shows_long_tokens_whole(void **state)
{
	static const char *const parts[] = { "a", "한", "e\xcc\x81", "\\\"",
		"\\u00e9", "🙂" };
	struct buf in = { .max = 1 << 20 }, out = { .max = 1 << 20 };
	struct pretty p = { PRETTY_JSON, { 0 }, false, 31 };
	struct pretty_at at = { 0 };
	unsigned seed = 3;
	struct line line;

	(void)state;
	buf_append_text(&in, "\"");
	while (in.len < 60000) {
		seed = seed * 1103515245 + 12345;
		buf_append_text(&in, parts[(seed >> 16) % 6]);
	}
	buf_append_text(&in, "\"");
	p.text = buf_span(&in);
	line_init(&line);
	while (line_clear(&line), pretty_line(&p, &at, &line)) {
		size_t skip = out.len == 0 ? 0 : 2;

		assert_true(line.cols <= 31);
		buf_append(&out, line.text.data + skip, line.text.len - skip);
	}
	assert_true(span_eq(buf_span(&in), buf_span(&out)));
	line_release(&line);
	buf_release(&in);
	buf_release(&out);
}

/* Each line from its place alone, and its place without drawing. */
static void
goes_on_from_any_place(void **state)
{
	struct buf in = { .max = 1 << 20 };
	struct pretty p = { PRETTY_JSON, { 0 }, false, 24 };
	struct pretty_at at = { 0 }, places[2000];
	struct line line, again;
	size_t n = 0;

	(void)state;
	line_init(&line);
	line_init(&again);
	buf_append_text(&in, "[");
	for (size_t i = 0; i < 200; i++)
		buf_printf(&in,
		    "{\"name %zu\":[%zu, {\"text\":\"한글 and more\"}]},", i,
		    i);
	p.text = buf_span(&in);
	do
		places[n++] = at;
	while (pretty_line(&p, &at, NULL));
	assert_true(n > 1000);
	at = (struct pretty_at){ 0 };
	for (size_t i = 0; i + 1 < n; i++) {
		struct pretty_at from = places[i];

		line_clear(&line);
		line_clear(&again);
		assert_true(pretty_line(&p, &at, &line));
		assert_true(pretty_line(&p, &from, &again));
		assert_memory_equal(&from, &places[i + 1], sizeof(from));
		assert_true(
		    span_eq(buf_span(&line.text), buf_span(&again.text)));
	}
	line_release(&line);
	line_release(&again);
	buf_release(&in);
}

static void
knows_what_a_body_is(void **state)
{
	/* clang-format off */
	static const struct {
		const char *type;
		const char *body;
		int kind; /* -1: neither */
	} types[] = {
		{ "application/json", "x", PRETTY_JSON },
		{ "Application/JSON; charset=utf-8", "x", PRETTY_JSON },
		{ "application/problem+json", "", PRETTY_JSON },
		{ "text/xml", "", PRETTY_XML },
		{ "image/svg+xml ;a=b", "", PRETTY_XML },
		{ "text/html", "{}", -1 },
		{ "text/plain", "{\"a\": 1}", PRETTY_JSON },
		{ "text/plain", "{a}", -1 },
		{ NULL, " [1, 2", PRETTY_JSON },
		{ NULL, "12", -1 },
		{ NULL, "", -1 },
		{ NULL, "<?xml version=\"1.0\"?>", PRETTY_XML },
		{ "/json", "", -1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct span type = { 0 };
		enum pretty_kind kind;
		bool is;

		if (types[i].type != NULL)
			type = span_text(types[i].type);
		is = pretty_kind_of(type, span_text(types[i].body), &kind);
		if ((is ? (int)kind : -1) != types[i].kind)
			test_fail("case %zu: %d %d", i, is, kind);
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sets_out_what_it_reads),
		TEST(gives_each_kind_its_role),
		TEST(says_nothing_of_an_end_that_is_to_come),
		TEST(stops_at_a_depth),
		TEST(shows_long_tokens_whole),
		TEST(goes_on_from_any_place),
		TEST(knows_what_a_body_is),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
