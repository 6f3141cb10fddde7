#include "explain.h"

#include <stdlib.h>

#include "choose.h"
#include "json.h"
#include "routes_file.h"
#include "test.h"

static const char file[] = "host test.com {\n"
			   "	GET / return 200\n"
			   "	PUT /update return 200\n"
			   "	GET /pages query page = 2 return 200\n"
			   "	GET /once times 0 return 200\n"
			   "	POST /x json /a/b = 1 return 200\n"
			   "	GET /never p 0 return 200\n"
			   "	GET /{id}/raw header X-A exists return 200\n"
			   "}\n"
			   "host *.test.com, a.b { * * header A = b echo }\n";

/* Is it said of this request?  head: fields, each with its CR LF. */
struct saying {
	const char *method, *host, *path, *query, *head, *body;
	const char *says;
};

static const struct saying sayings[] = {
	{ "POST", "test.com", "/update", NULL, "", "",
	    "No route answers POST test.com/update.\n"
	    "The nearest: PUT test.com/update (the method differs),"
	    " routes.conf:3.\nThen: " },
	{ "PUT", "test.com", "/updat", NULL, "", "",
	    "The nearest: PUT test.com/update (the path differs),"
	    " routes.conf:3.\n" },
	{ "GET", "test.com", "/pages", "page=3&page=4", "", "",
	    "GET test.com/pages (query page = \"2\" does not hold:"
	    " it is \"3\"), routes.conf:4.\n" },
	{ "GET", "test.com", "/pages", NULL, "", "", "it is absent" },
	{ "GET", "test.com", "/once", NULL, "", "",
	    "(times 0 is used up: it has answered 0 times)" },
	{ "POST", "test.com", "/x", NULL, "", "{\"a\":{\"b\":\"\\u001b\"}}",
	    "(json /a/b = \"1\" does not hold: it is \"\\x1b\")" },
	{ "GET", "test.com", "/never", NULL, "", "", "(p 0 spoke against it)" },
	{ "GET", "test.com", "/7/raw", NULL, "", "",
	    "The nearest: GET test.com/{id}/raw (header X-A exists does not"
	    " hold: it is absent)" },
	{ "GET", "x.test.com", "/7", NULL, "a: c\r\n", "",
	    "The nearest: * * of *.test.com,a.b (header A = \"b\" does not"
	    " hold: it is \"c\")" },
	{ "GET", "", "/", NULL, "", "",
	    "No route answers GET / without a host.\n"
	    "The nearest: GET test.com/ (the host differs)" },
	{ "OPTIONS", "test.com", "*", NULL, "", "",
	    "No route answers OPTIONS * of test.com.\n" },
};

struct said {
	struct buf text;
	struct buf bytes;
	struct head head;
};

static struct ask
ask_of(struct said *said, const struct saying *s)
{
	struct ask ask = { .dialect = DIALECT_HTTP,
		.method = span_text(s->method),
		.host = span_text(s->host),
		.path = span_text(s->path),
		.content = span_text(s->body) };
	enum httperr why;

	if (s->query != NULL)
		ask.query = span_text(s->query);
	said->text.max = LIMIT_EXPLANATION;
	said->bytes.max = 1 << 16;
	assert_true(buf_printf(
	    &said->bytes, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", s->head));
	assert_int_equal(head_parse_request(said->bytes.data, said->bytes.len,
			     0, &said->head, &why),
	    PARSE_DONE);
	ask.head = &said->head;
	ask.base = said->bytes.data;
	return ask;
}

static void
release(struct said *said)
{
	buf_release(&said->text);
	buf_release(&said->bytes);
}

static struct routes *
parse(const char *text)
{
	struct diags diags = { 0 };
	struct routes *t =
	    routes_parse("routes.conf", NULL, span_text(text), &diags);

	assert_non_null(t);
	diags_release(&diags);
	return t;
}

static void
says_what_differs(void **state)
{
	struct routes *t = parse(file);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		struct said said = { .text = { 0 } };
		struct ask ask = ask_of(&said, &sayings[i]);

		explain_text(&said.text, t, &ask, ask.path);
		assert_true(buf_append(&said.text, "", 1));
		if (strstr(said.text.data, sayings[i].says) == NULL)
			test_fail("wanted: %s\nsaid: %s", sayings[i].says,
			    said.text.data);
		release(&said);
	}
	routes_unref(t);
}

/* The same as JSON, which it is whatever was asked. */
static void
says_it_as_json(void **state)
{
	static const struct saying post = { "POST", "test.com", "/update", NULL,
		"", "", NULL };
	struct routes *t = parse(file);
	struct span found;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		struct said said = { .text = { 0 } };
		struct ask ask = ask_of(&said, &sayings[i]);

		explain_json(&said.text, t, &ask, ask.path);
		if (!json_is_valid(buf_span(&said.text)))
			test_fail("no JSON: %.*s", (int)said.text.len,
			    said.text.data);
		release(&said);
	}
	{
		struct said said = { .text = { 0 } };
		struct ask ask = ask_of(&said, &post);

		explain_json(&said.text, t, &ask, ask.path);
		assert_true(json_find(buf_span(&said.text),
		    span_text("/nearest/0/route"), &found));
		assert_true(span_is(found, "\"routes.conf:3\""));
		assert_true(json_find(buf_span(&said.text),
		    span_text("/nearest/0/differs"), &found));
		assert_true(span_is(found, "[\"method\"]"));
		release(&said);
	}
	routes_unref(t);
}

/* The longest names there can be, of bytes that grow when they are shown. */
static void
always_has_room(void **state)
{
	enum {
		LONG = 4000
	};
	char *big = test_alloc(LONG + 2), *text = test_alloc(LONG * 10);
	struct saying s = { big, big, big, big + 1, "", "", NULL };
	struct routes *t;
	struct said said = { .text = { 0 } };
	struct ask ask;

	(void)state;
	memset(big, '"', LONG);
	big[0] = '/';
	snprintf(text, LONG * 10,
	    "host * {\nA%04000d %s query x = '%s' return 200\n"
	    "B%04000d %s query x = '%s' return 200\n}\n",
	    1, big, big, 1, big, big);
	t = parse(text);
	ask = ask_of(&said, &s);
	explain_json(&said.text, t, &ask, ask.path);
	assert_true(json_is_valid(buf_span(&said.text)));
	said.text.len = 0;
	explain_text(&said.text, t, &ask, ask.path);
	assert_int_equal(said.text.data[said.text.len - 1], '\n');
	release(&said);
	routes_unref(t);
}

static void
gives_json_to_who_prefers_it(void **state)
{
	static const struct {
		const char *accept;
		bool json;
	} cases[] = {
		{ "", false },
		{ "Accept: */*\r\n", false },
		{ "Accept: application/json\r\n", true },
		{ "accept: Text/HTML, Application/JSON;q=0.5\r\n", true },
		{ "Accept: application/json;q=0\r\n", false },
		{ "Accept: application/json;q=0.000\r\n", false },
		{ "Accept: application/json;q=\r\n", true },
		{ "Accept: text/plain, application/json;q=0.9\r\n", false },
		{ "Accept: text/plain;q=0.3\r\nAccept: "
		  "application/json; q=0.301\r\n",
		    true },
		{ "Accept: application/jsonp\r\n", false },
	};
	struct saying s = { "GET", "", "/", NULL, NULL, "", NULL };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct said said = { .text = { 0 } };
		struct ask ask;

		s.head = cases[i].accept;
		ask = ask_of(&said, &s);
		if (explain_wants_json(&ask) != cases[i].json)
			test_fail("%s", cases[i].accept);
		release(&said);
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_what_differs),
		TEST(says_it_as_json),
		TEST(always_has_room),
		TEST(gives_json_to_who_prefers_it),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
