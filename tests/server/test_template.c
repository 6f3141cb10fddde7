#include "template.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

/* 2026-11-23T09:40:00.123Z */
#define WALL_US 1795426800123456

/* One request, whose body is the test's. */
struct scene {
	struct head head;
	struct ask ask;
	struct route route;
	struct chance chance;
	struct template_data data;
	struct buf b;
};

static const char request[] = "POST /users/7/files/a%2Fb/c?x=1&y=a+b%21&x=2&e="
			      " HTTP/1.1\r\n"
			      "Host: test.com\r\n"
			      "X-One: first\r\n"
			      "x-one: second\r\n"
			      "\r\n";

static void
scene_release(void *arg)
{
	struct scene *s = arg;

	buf_release(&s->b);
}

static struct scene *
scene_new(const char *content, size_t n)
{
	struct scene *s = test_alloc(sizeof(*s));
	enum httperr why;

	if (head_parse_request(request, strlen(request), 0, &s->head, &why) !=
	    PARSE_DONE)
		test_fail("the request is wrong");
	s->ask.dialect = DIALECT_HTTP;
	s->ask.head = &s->head;
	s->ask.base = request;
	s->ask.query = span_text("x=1&y=a+b%21&x=2&e=");
	s->ask.content = span_of(content, n);
	s->route.path_kind = PATH_PATTERN;
	s->route.path = span_text("/users/{id}/files/{rest...}");
	s->chance = chance_of(1, 2);
	s->data = (struct template_data){
		.ask = &s->ask,
		.route = &s->route,
		.path = span_text("/users/7/files/a%2Fb/c"),
		.n = 42,
		.wall_us = WALL_US,
		.chance = &s->chance,
	};
	s->b.max = 1000;
	test_later(scene_release, s);
	return s;
}

static const char *
filled(struct scene *s, const char *text, enum template_into into)
{
	s->b.len = 0;
	if (!template_append(&s->b, span_text(text), into, &s->data))
		test_fail("no room for %s", text);
	return test_text("%.*s", (int)s->b.len, s->b.data);
}

static const char json[] = "{\"a\":{\"b\":[1.50,\"x\\n\\u00e9\",null]},"
			   "\"~/\":true}";

static void
fills_in_each_name(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "{id}", "7" },
		{ "<{id}{id}>", "<77>" },
		{ "{rest}", "a/b/c" },
		{ "{query.x}", "1" },
		{ "{query.y}", "a b!" },
		{ "{query.e}", "" },
		{ "{header.X-One}", "first" },
		{ "{header.x-ONE}", "first" },
		{ "{header.host}", "test.com" },
		{ "{body}", json },
		{ "{json./a/b/0}", "1.50" },
		{ "{json./a/b/1}", "x\n\xc3\xa9" },
		{ "{json./a/b/2}", "null" },
		{ "{json./a}", "{\"b\":[1.50,\"x\\n\\u00e9\",null]}" },
		{ "{json./~0~1}", "true" },
		{ "{now}", "2026-11-23T09:40:00.123Z" },
		{ "{n}", "42" },
		/* What is absent is empty. */
		{ "<{query.z}>", "<>" },
		{ "<{header.X-Two}>", "<>" },
		{ "<{json./b}>", "<>" },
		{ "<{json./a/b/3}>", "<>" },
		/* Braces. */
		{ "{{", "{" },
		{ "{{id}", "{id}" },
		{ "{{{id}}", "{7}" },
		{ "{{{{", "{{" },
		{ "{", "{" },
		{ "}", "}" },
		{ "}}", "}}" },
		{ "{}", "{}" },
		{ "{ id }", "{ id }" },
		{ "{id", "{id" },
		{ "{id\n}", "{id\n}" },
		{ "{\"a\":{\"id\":{id}}}", "{\"a\":{\"id\":7}}" },
		{ "{\"a\":[{\"n\":\"{n}\"}]}", "{\"a\":[{\"n\":\"42\"}]}" },
		{ "{Id}", "{Id}" },
		{ "{N}", "{N}" },
		{ "{query.}", "{query.}" },
		{ "{json.a}", "{json.a}" },
		{ "{header.a b}", "{header.a b}" },
		{ "{nobody}", "{nobody}" },
	};
	struct scene *s = scene_new(json, strlen(json));
	const char *is;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is = filled(s, rows[i][0], TEMPLATE_BODY);
		if (strcmp(is, rows[i][1]) != 0)
			test_fail("%s becomes %s", rows[i][0], is);
	}
}

static void
the_path_comes_first(void **state)
{
	struct scene *s = scene_new("content", 7);

	(void)state;
	s->route.path = span_text("/users/{n}/files/{body...}");
	assert_string_equal(filled(s, "{n} {body}", TEMPLATE_BODY), "7 a/b/c");
}

static void
the_rest_may_be_empty_and_encoded(void **state)
{
	struct scene *s = scene_new("", 0);

	(void)state;
	s->data.path = span_text("/users/50%25%2525/files/");
	assert_string_equal(
	    filled(s, "<{rest}> {id}", TEMPLATE_BODY), "<> 50%%25");
}

static void
bodies_may_hold_any_byte(void **state)
{
	struct scene *s = scene_new("a\0\r\n\xff", 5);

	(void)state;
	assert_true(template_append(
	    &s->b, span_of("\0{body}\x80", 8), TEMPLATE_BODY, &s->data));
	assert_int_equal(s->b.len, 7);
	assert_memory_equal(s->b.data, "\0a\0\r\n\xff\x80", 7);
	assert_string_equal(filled(s, "{json.}", TEMPLATE_BODY), "");
}

static void
nothing_ends_a_field(void **state)
{
	static const char evil[] = "{\"a\":\"x\\r\\nSet-Cookie: y\\u0000\\u007f"
				   "\\t\\u00e9\"}";
	struct scene *s = scene_new(evil, strlen(evil));

	(void)state;
	assert_string_equal(filled(s, "<{json./a}>", TEMPLATE_FIELD),
	    "<x  Set-Cookie: y  \t\xc3\xa9>");
	s->ask.content = span_text("a\r\n\r\nb");
	assert_string_equal(filled(s, "{body}", TEMPLATE_FIELD), "a    b");
	s->ask.query = span_text("x=%0D%0Aa%00");
	assert_string_equal(filled(s, "{query.x}", TEMPLATE_FIELD), "  a ");
	s->data.path = span_text("/users/\r\n/files/");
	assert_string_equal(filled(s, "{id}", TEMPLATE_FIELD), "  ");
}

/* What is filled in; the text around it is the file's own affair. */
static void
a_uri_has_what_may_stand_in_one(void **state)
{
	struct scene *s = scene_new("", 0);

	(void)state;
	s->ask.query = span_text("x=a%20b%0d%0aX%ed%95%9c%ff%25%2541#");
	assert_string_equal(filled(s, "/<{query.x}>", TEMPLATE_URI),
	    "/<a%20b%0D%0AX%ED%95%9C%FF%25%41%23>");
	s->ask.query = span_text("x=http://a.b/c?d=e%26f");
	assert_string_equal(
	    filled(s, "{query.x}", TEMPLATE_URI), "http://a.b/c?d=e&f");
	assert_string_equal(filled(s, "{query.y}", TEMPLATE_URI), "");
}

static void
classic_requests_have_little(void **state)
{
	struct scene *s = scene_new(NULL, 0);

	(void)state;
	s->ask.dialect = DIALECT_CLASSIC;
	s->ask.head = NULL;
	s->ask.query = span_of(NULL, 0);
	assert_string_equal(
	    filled(
		s, "{id}{header.Host}{query.x}{body}{json./a}", TEMPLATE_BODY),
	    "7");
}

static void
uuids_are_of_version_4(void **state)
{
	struct scene *s = scene_new("", 0);
	const char *a = filled(s, "{uuid}", TEMPLATE_BODY);
	const char *b = filled(s, "{uuid}", TEMPLATE_BODY);
	int i;

	(void)state;
	for (i = 0; i < 100; i++, b = filled(s, "{uuid}", TEMPLATE_BODY)) {
		assert_int_equal(strlen(b), 36);
		assert_int_equal(strspn(b, "0123456789abcdef-"), 36);
		assert_true(b[8] == '-' && b[13] == '-' && b[18] == '-');
		assert_true(b[23] == '-' && b[14] == '4');
		assert_non_null(strchr("89ab", b[19]));
		assert_string_not_equal(a, b);
	}
	s->chance = chance_of(1, 2);
	assert_string_equal(filled(s, "{uuid}", TEMPLATE_BODY), a);
}

static void
has_a_ceiling(void **state)
{
	struct scene *s = scene_new("0123456789", 10);

	(void)state;
	s->b.max = 24;
	assert_true(buf_append_text(&s->b, "1234"));
	assert_true(template_append(
	    &s->b, span_text("{body}{body}"), TEMPLATE_BODY, &s->data));
	s->b.len = 4;
	assert_false(template_append(
	    &s->b, span_text("{body}{body}."), TEMPLATE_BODY, &s->data));
	assert_int_equal(s->b.len, 4);
}

static void
finds_unknown_words(void **state)
{
	/* text, the words */
	static const char *const rows[][2] = {
		{ "{id} {rest} {query.x} {header.A} {body} {json./a}", "" },
		{ "{uuid} {now} {n}", "" },
		{ "{foo}", "foo " },
		{ "{idd}{id}{Id}", "idd Id " },
		{ "{query.}{query}{header.}{json.a}",
		    "query. query header. json.a " },
		{ "{uuid.x} {n2}", "uuid.x n2 " },
		{ "{{foo}", "" },
		{ "{\"a\":{}}", "" },
		{ "{}", "" },
		{ "{ foo }", "" },
		{ "a{color:red}", "" },
		{ "{1}", "" },
		{ "{foo", "" },
		{ "{a{foo}", "foo " },
	};
	struct scene *s = scene_new("", 0);
	struct span word;
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at = s->b.len = 0;
		while (template_next_unknown(
		    span_text(rows[i][0]), &s->route, &at, &word)) {
			buf_append_span(&s->b, word);
			buf_append_text(&s->b, " ");
		}
		if (!span_is(buf_span(&s->b), rows[i][1]))
			test_fail(
			    "%s: %.*s", rows[i][0], (int)s->b.len, s->b.data);
	}
	s->route.path_kind = PATH_LITERAL;
	at = 0;
	assert_true(
	    template_next_unknown(span_text("{id}"), &s->route, &at, &word));
	assert_int_equal(at, 4);
}

static void
knows_what_looks_at_the_body(void **state)
{
	(void)state;
	assert_true(template_wants_body(span_text("a{body}")));
	assert_true(template_wants_body(span_text("{json./a}")));
	assert_false(template_wants_body(span_text("{{body} {query.body}")));
	assert_false(template_wants_body(span_text("body {header.x} {n}")));
	assert_false(template_wants_body(span_of(NULL, 0)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(fills_in_each_name, test_end),
		cmocka_unit_test_teardown(the_path_comes_first, test_end),
		cmocka_unit_test_teardown(
		    the_rest_may_be_empty_and_encoded, test_end),
		cmocka_unit_test_teardown(bodies_may_hold_any_byte, test_end),
		cmocka_unit_test_teardown(nothing_ends_a_field, test_end),
		cmocka_unit_test_teardown(
		    a_uri_has_what_may_stand_in_one, test_end),
		cmocka_unit_test_teardown(
		    classic_requests_have_little, test_end),
		cmocka_unit_test_teardown(uuids_are_of_version_4, test_end),
		cmocka_unit_test_teardown(has_a_ceiling, test_end),
		cmocka_unit_test_teardown(finds_unknown_words, test_end),
		cmocka_unit_test(knows_what_looks_at_the_body),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
