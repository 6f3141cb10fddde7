#include "respond.h"

#include <string.h>

#include "answer.h"
#include "builtin_text.h"
#include "encode.h"
#include "limit.h"
#include "routes_file.h"
#include "test.h"

struct rig {
	struct wall wall;
	struct respond respond;
	struct script script;
	struct chance chance;
};

static int
start(void **state)
{
	static struct rig rig;

	wall_set(&rig.wall, 0, 1795415076123456);
	assert_true(respond_init(&rig.respond, builtin_load(), &rig.wall));
	*state = &rig;
	return 0;
}

static int
stop(void **state)
{
	struct rig *rig = *state;

	respond_release(&rig->respond);
	return test_end(NULL);
}

static void
serve(struct rig *rig, const char *text)
{
	struct diags diags = { 0 };
	struct buf b = { .max = 65536 };
	struct routes *routes =
	    routes_parse("t.conf", NULL, span_text(text), &diags);

	if (routes == NULL) {
		diags_append(&b, &diags);
		test_fail("%.*s", (int)b.len, b.data);
	}
	diags_release(&diags);
	respond_swap(&rig->respond, routes);
}

static struct ask
ask_of(enum dialect dialect, const char *method, const char *path,
    enum persist persist)
{
	return (struct ask){ .dialect = dialect,
		.verb = method_find(method, strlen(method)),
		.method = span_text(method),
		.host = span_text("test.com"),
		.path = span_text(path),
		.persist = persist };
}

static void
respond(struct rig *rig, const struct ask *ask)
{
	struct chosen chosen;

	respond_choose(&rig->respond, ask, &rig->chance, &chosen);
	respond_make(
	    &rig->respond, ask, &chosen, &rig->chance, 0, &rig->script);
}

/* All steps that send, as one. */
static const char *
sent(const struct rig *rig)
{
	const struct script *s = &rig->script;
	const char *text = "";
	unsigned i;

	for (i = 0; i < s->n; i++)
		if (s->step[i].kind == STEP_SEND)
			text = test_text("%s%.*s", text,
			    (int)s->step[i].bytes.n, s->step[i].bytes.p);
	return text;
}

static enum step_kind
last_step(const struct rig *rig)
{
	assert_true(rig->script.n > 0);
	return rig->script.step[rig->script.n - 1].kind;
}

static const char *
answer_to(struct rig *rig, const char *method, const char *path)
{
	struct ask ask = ask_of(DIALECT_HTTP, method, path, PERSIST_IMPLIED);

	respond(rig, &ask);
	return sent(rig);
}

static const char *
classic_to(struct rig *rig, const char *method, const char *path)
{
	struct ask ask = ask_of(DIALECT_CLASSIC, method, path, PERSIST_IMPLIED);

	respond(rig, &ask);
	return sent(rig);
}

static void
answers_a_route_in_one_step(void **state)
{
	struct rig *rig = *state;
	const char *text = answer_to(rig, "GET", "/");

	assert_int_equal(rig->script.n, 1);
	assert_int_equal(rig->script.step[0].stay, STAY_TABLE);
	assert_int_equal(rig->script.status, 200);
	assert_int_equal(rig->script.content, 24);
	assert_int_equal(rig->script.route->place.line, 3);
	assert_null(strstr(text, "Connection"));
}

static void
ends_the_connection_when_asked(void **state)
{
	struct rig *rig = *state;
	struct ask ask = ask_of(DIALECT_HTTP, "GET", "/", PERSIST_NOT);

	respond(rig, &ask);
	assert_int_equal(rig->script.n, 2);
	assert_int_equal(last_step(rig), STEP_CLOSE);
	assert_non_null(strstr(sent(rig), "\r\nConnection: close\r\n"));
	ask = ask_of(DIALECT_HTTP, "GET", "/nope", PERSIST_NOT);
	respond(rig, &ask);
	assert_int_equal(last_step(rig), STEP_CLOSE);
	ask = ask_of(DIALECT_HTTP, "GET", "/", PERSIST_SAID);
	respond(rig, &ask);
	assert_int_equal(rig->script.n, 1);
	assert_non_null(strstr(sent(rig), "\r\nConnection: keep-alive\r\n"));
}

static void
answers_classic_without_a_head(void **state)
{
	struct rig *rig = *state;
	struct ask ask = ask_of(DIALECT_CLASSIC, "POST", "/", PERSIST_IMPLIED);

	assert_string_equal(
	    classic_to(rig, "POST", "/create"), "HTTP/201 CREATED");
	assert_int_equal(last_step(rig), STEP_CLOSE);
	/* Nor a body: the log counts none. */
	assert_int_equal(rig->script.content, 0);
	assert_string_equal(
	    classic_to(rig, "POST", "/"), "HTTP/400 BAD REQUEST");
	respond_refusal(
	    &rig->respond, &ask, HTTPERR_CLASSIC_REQUEST, &rig->script);
	assert_string_equal(sent(rig), "HTTP/400 BAD REQUEST");
	assert_int_equal(last_step(rig), STEP_LINGER);
	assert_int_equal(rig->script.content, 0);
}

static void
answers_classic_with_status_and_reason_alone(void **state)
{
	struct rig *rig = *state;

	serve(rig,
	    "host test.com {\n"
	    "	GET /a return 299 \"no body\" reason \"Quite ok\" header A b\n"
	    "	GET /u/{id} return 200 reason \"Hi {id}\" template delay 2s\n"
	    "	GET /e echo\n"
	    "	GET /r redirect 302 /a\n"
	    "}\n");
	assert_string_equal(classic_to(rig, "GET", "/a"), "HTTP/299 QUITE OK");
	assert_string_equal(classic_to(rig, "GET", "/u/bo"), "HTTP/200 HI BO");
	assert_int_equal(rig->script.step[0].kind, STEP_WAIT);
	assert_int_equal(rig->script.step[0].due, 2000000);
	assert_int_equal(rig->script.delay, 2000000);
	assert_string_equal(classic_to(rig, "GET", "/e"), "HTTP/200 OK");
	assert_string_equal(classic_to(rig, "GET", "/r"), "HTTP/302 FOUND");
	assert_string_equal(classic_to(rig, "GET", "/x"), "HTTP/404 NOT FOUND");
	assert_string_equal(
	    classic_to(rig, "PUT", "/a"), "HTTP/405 METHOD NOT ALLOWED");
	assert_string_equal(
	    classic_to(rig, "XX", "/a"), "HTTP/501 NOT IMPLEMENTED");
}

static void
refuses_with_what_why_and_where(void **state)
{
	struct rig *rig = *state;
	struct ask ask = { .dialect = DIALECT_HTTP };
	int e;

	for (e = 1; e < HTTPERR_COUNT; e++) {
		respond_refusal(
		    &rig->respond, &ask, (enum httperr)e, &rig->script);
		assert_int_equal(
		    rig->script.status, httperr_status((enum httperr)e));
		assert_int_equal(last_step(rig), STEP_LINGER);
		assert_non_null(
		    strstr(sent(rig), httperr_right((enum httperr)e)));
		assert_non_null(strstr(sent(rig),
		    test_text(
			"The rule: %s.\n", httperr_section((enum httperr)e))));
		assert_non_null(strstr(sent(rig), "\r\nConnection: close\r\n"));
	}
}

static void
answers_head_without_length_and_body(void **state)
{
	struct rig *rig = *state;
	struct ask ask = ask_of(DIALECT_HTTP, "HEAD", "/x", PERSIST_IMPLIED);

	respond(rig, &ask);
	assert_int_equal(rig->script.content, 0);
	assert_string_equal(strstr(sent(rig), "\r\n\r\n"), "\r\n\r\n");
	assert_null(strstr(sent(rig), "Content-Length"));
	respond_refusal(&rig->respond, &ask, HTTPERR_HOST_TWICE, &rig->script);
	assert_string_equal(strstr(sent(rig), "\r\n\r\n"), "\r\n\r\n");
	assert_null(strstr(sent(rig), "Content-Length"));
}

/* As long as that of a GET, where the same route answers it. */
static void
answers_head_as_long_as_get(void **state)
{
	static const char *const paths[] = { "/both", "/any", "/made",
		"/others", "/head", "/else", "/echo" };
	struct rig *rig = *state;
	const char *text;
	size_t i;

	serve(rig,
	    "host test.com {\n"
	    "	GET,HEAD /both return 200 \"12345\"\n"
	    "	* /any return 200 \"12345\"\n"
	    "	HEAD,GET /made return 200 \"1{n}345\" template\n"
	    "	HEAD,POST /others return 200 \"12345\"\n"
	    "	HEAD /head return 200 \"12345\"\n"
	    "	GET /else return 200 \"123\"\n"
	    "	* /else return 200 \"12345\"\n"
	    "	* /echo echo\n"
	    "}\n");
	for (i = 0; i < 7; i++) {
		text = answer_to(rig, "HEAD", paths[i]);
		assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n");
		assert_int_equal(rig->script.content, 0);
		assert_int_equal(
		    strstr(text, "\r\nContent-Length: 5\r\n") != NULL, i < 3);
		assert_int_equal(
		    strstr(text, "\r\nContent-Length: ") != NULL, i < 3);
	}
	text = answer_to(rig, "POST", "/others");
	assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n12345");
}

static void
says_what_a_route_says(void **state)
{
	struct rig *rig = *state;

	serve(rig,
	    "host test.com {\n"
	    "	GET /a return 200 \"<a>\" type text/html header X-A b header "
	    "X-A c reason Fine close\n"
	    "	GET /b redirect 307 /c header A b\n"
	    "	GET /c return 204\n"
	    "	GET /d return 200 \"x\" header Date never header content-type "
	    "a/b\n"
	    "	GET /e return 299\n"
	    "	GET /f/{name...} redirect 301 \"/g/{name}\" template\n"
	    "}\n");
	assert_non_null(strstr(answer_to(rig, "GET", "/a"),
	    "Connection: close\r\nContent-Type: text/html\r\nX-A: b\r\n"
	    "X-A: c\r\nContent-Length: 3\r\n\r\n<a>"));
	assert_memory_equal(sent(rig), "HTTP/1.1 200 Fine\r\n", 19);
	assert_int_equal(last_step(rig), STEP_LINGER);
	assert_non_null(strstr(answer_to(rig, "GET", "/b"),
	    "\r\nLocation: /c\r\nA: b\r\nContent-Length: 0\r\n\r\n"));
	assert_null(strstr(answer_to(rig, "GET", "/c"), "Content-"));
	assert_string_equal(answer_to(rig, "GET", "/d"),
	    "HTTP/1.1 200 OK\r\nDate: never\r\ncontent-type: a/b\r\n"
	    "Content-Length: 1\r\n\r\nx");
	assert_memory_equal(
	    answer_to(rig, "GET", "/e"), "HTTP/1.1 299 \r\n", 15);
	assert_non_null(strstr(answer_to(rig, "GET", "/f/x/y"),
	    "\r\nLocation: /g/x/y\r\nContent-Length: 0\r\n\r\n"));
}

static void
takes_the_items_of_a_seq_in_turn(void **state)
{
	struct rig *rig = *state;
	struct ask ask = ask_of(DIALECT_HTTP, "GET", "/", PERSIST_IMPLIED);
	const int want[] = { 201, 202, 203, 203 };
	size_t i;

	serve(rig,
	    "host test.com {\n"
	    "	GET / seq {\n"
	    "		return 201\n		return 202\n		return "
	    "203\n"
	    "	}\n"
	    "}\n");
	for (i = 0; i < 4; i++) {
		assert_int_equal(
		    respond_peek(&rig->respond, &ask, rig->chance), want[i]);
		respond(rig, &ask);
		assert_int_equal(rig->script.status, want[i]);
	}
}

static void
says_which_methods_are_right(void **state)
{
	struct rig *rig = *state;

	serve(rig,
	    "host test.com {\n"
	    "	GET,HEAD /a return 200\n"
	    "	PUT /a return 200\n"
	    "	BREW /b return 200\n"
	    "	GET /once times 1 return 200\n"
	    "	PUT,POST /q query x = 1 return 200\n"
	    "}\n");
	assert_non_null(strstr(
	    answer_to(rig, "POST", "/a"), "\r\nAllow: GET, HEAD, PUT\r\n"));
	assert_int_equal(rig->script.status, 405);
	answer_to(rig, "BREW", "/c");
	assert_int_equal(rig->script.status, 404);
	answer_to(rig, "BEAT", "/a");
	assert_int_equal(rig->script.status, 501);
	/* Only if nothing else differs. */
	answer_to(rig, "GET", "/q");
	assert_int_equal(rig->script.status, 404);
	answer_to(rig, "POST", "/once");
	assert_int_equal(rig->script.status, 405);
	answer_to(rig, "GET", "/once");
	answer_to(rig, "POST", "/once");
	assert_int_equal(rig->script.status, 404);
	serve(rig, "host test.com { GET / return 200 }\nunmatched 405\n");
	assert_non_null(
	    strstr(answer_to(rig, "POST", "/"), "\r\nAllow: GET\r\n"));
	assert_non_null(strstr(answer_to(rig, "GET", "/x"), "\r\nAllow: \r\n"));
}

static void
sends_what_stands_for_unmatched(void **state)
{
	struct rig *rig = *state;

	serve(rig,
	    "host test.com { GET / return 200 }\n"
	    "unmatched 418 \"tea\"\n");
	assert_string_equal(
	    strstr(answer_to(rig, "GET", "/x"), "\r\n\r\n"), "\r\n\r\ntea");
	assert_int_equal(rig->script.status, 418);
	assert_int_equal(rig->script.content, 3);
	assert_null(rig->script.route);
	serve(rig, "host test.com { GET / return 200 }\nunmatched 204\n");
	assert_string_equal(
	    strstr(answer_to(rig, "GET", "/x"), "\r\n\r\n"), "\r\n\r\n");
}

static void
explains_in_the_form_that_is_asked_for(void **state)
{
	static const char bytes[] = "GET /x HTTP/1.1\r\nHost: test.com\r\n"
				    "Accept: application/json\r\n\r\n";
	struct rig *rig = *state;
	struct ask ask = ask_of(DIALECT_HTTP, "GET", "/x", PERSIST_IMPLIED);
	struct head head;
	enum httperr why;

	respond(rig, &ask);
	assert_non_null(strstr(sent(rig), "\r\n\r\nNo route answers "));
	head_parse_request(bytes, strlen(bytes), 0, &head, &why);
	ask.head = &head;
	ask.base = bytes;
	respond(rig, &ask);
	assert_non_null(
	    strstr(sent(rig), "\r\nContent-Type: application/json\r\n"));
	assert_int_equal(strstr(sent(rig), "\r\n\r\n")[4], '{');
}

/* The longest names there can be, of bytes that grow when they are shown. */
static void
explains_at_bounded_length(void **state)
{
	struct rig *rig = *state;
	char *big = test_alloc(LIMIT_START_LINE + 1);
	struct ask ask;

	memset(big, '\x9b', LIMIT_START_LINE);
	big[0] = '/';
	ask = ask_of(DIALECT_HTTP, big, big, PERSIST_IMPLIED);
	ask.host = span_text(big);
	respond(rig, &ask);
	assert_int_equal(rig->script.status, 400);
	assert_in_range(rig->script.content, 100, 16 * 1024);
}

/* A head cannot be made as long as a client likes. */
static void
says_when_an_answer_would_be_too_long(void **state)
{
	struct rig *rig = *state;
	size_t n = 3 * 1024 * 1024;
	char *body = test_alloc(n + 1);
	struct ask ask = ask_of(DIALECT_HTTP, "POST", "/a", PERSIST_IMPLIED);

	memset(body, 'x', n);
	ask.content = span_text(body);
	serve(rig,
	    "host test.com {\n"
	    "	POST /a return 200 \"{body}{body}{body}{body}{body}{body}\" "
	    "template\n"
	    "	POST /b return 200 \"b\" template header A "
	    "{body}{body}{body}{body}{body}{body}\n"
	    "	POST /c return 200 \"{body}\" template\n"
	    "	POST /d return 200 \"d\" template reason \"{body}\"\n"
	    "}\n");
	respond(rig, &ask);
	assert_int_equal(rig->script.status, 500);
	assert_non_null(strstr(sent(rig),
	    "The answer of t.conf:2 cannot be given: it would be longer "
	    "than 16 MiB"));
	ask.path = span_text("/b");
	respond(rig, &ask);
	assert_int_equal(rig->script.status, 500);
	ask.path = span_text("/d");
	respond(rig, &ask);
	assert_int_equal(strcspn(sent(rig), "\r"), LIMIT_START_LINE);
	ask.path = span_text("/c");
	respond(rig, &ask);
	assert_int_equal(rig->script.status, 200);
	assert_int_equal(rig->script.content, n);
	assert_int_equal(rig->script.step[1].stay, STAY_STEP);
	script_release(&rig->script);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_a_route_in_one_step),
		TEST(ends_the_connection_when_asked),
		TEST(answers_classic_without_a_head),
		TEST(answers_classic_with_status_and_reason_alone),
		TEST(refuses_with_what_why_and_where),
		TEST(answers_head_without_length_and_body),
		TEST(answers_head_as_long_as_get),
		TEST(says_what_a_route_says),
		TEST(takes_the_items_of_a_seq_in_turn),
		TEST(says_which_methods_are_right),
		TEST(sends_what_stands_for_unmatched),
		TEST(explains_in_the_form_that_is_asked_for),
		TEST(explains_at_bounded_length),
		TEST(says_when_an_answer_would_be_too_long),
	};

	return cmocka_run_group_tests_name("respond", tests, NULL, NULL);
}
