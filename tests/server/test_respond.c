#include "respond.h"

#include <string.h>

#include "builtin.h"
#include "encode.h"
#include "escape.h"
#include "limit.h"
#include "test.h"

struct rig {
	struct routes *routes;
	struct respond respond;
	struct script script;
};

static int
start(void **state)
{
	static struct rig rig;

	rig.routes = builtin_routes();
	assert_true(respond_init(&rig.respond, rig.routes));
	*state = &rig;
	return 0;
}

static int
stop(void **state)
{
	struct rig *rig = *state;

	respond_release(&rig->respond);
	routes_free(rig->routes);
	return test_end(NULL);
}

static struct ask
ask_of(enum dialect dialect, const char *method, const char *path,
    enum persist persist)
{
	return (struct ask){ .dialect = dialect,
		.method = span_text(method),
		.host = span_text("test.com"),
		.path = span_text(path),
		.persist = persist };
}

static const char *
sent(const struct rig *rig)
{
	const struct rendered *send = &rig->script.step[0].send;

	assert_int_equal(rig->script.step[0].kind, STEP_SEND);
	return test_text("%.*s", (int)send->bytes.n, send->bytes.p);
}

static void
answers_a_route_in_one_step(void **state)
{
	struct rig *rig = *state;
	struct ask ask = ask_of(DIALECT_HTTP, "GET", "/", PERSIST_IMPLIED);

	respond_to(&rig->respond, &ask, &rig->script);
	assert_int_equal(rig->script.n, 1);
	assert_int_equal(rig->script.status, 200);
	assert_int_equal(rig->script.content, 24);
	assert_null(strstr(sent(rig), "Connection"));
}

static void
ends_the_connection_when_asked(void **state)
{
	struct rig *rig = *state;
	struct ask ask = ask_of(DIALECT_HTTP, "GET", "/", PERSIST_NOT);

	respond_to(&rig->respond, &ask, &rig->script);
	assert_int_equal(rig->script.n, 2);
	assert_int_equal(rig->script.step[1].kind, STEP_CLOSE);
	assert_non_null(strstr(sent(rig), "\r\nConnection: close\r\n"));
	ask = ask_of(DIALECT_HTTP, "GET", "/nope", PERSIST_NOT);
	respond_to(&rig->respond, &ask, &rig->script);
	assert_int_equal(rig->script.step[1].kind, STEP_CLOSE);
	ask = ask_of(DIALECT_HTTP, "GET", "/", PERSIST_SAID);
	respond_to(&rig->respond, &ask, &rig->script);
	assert_int_equal(rig->script.n, 1);
	assert_non_null(strstr(sent(rig), "\r\nConnection: keep-alive\r\n"));
}

static void
answers_classic_without_a_head(void **state)
{
	struct rig *rig = *state;
	struct ask ask =
	    ask_of(DIALECT_CLASSIC, "POST", "/create", PERSIST_IMPLIED);

	respond_to(&rig->respond, &ask, &rig->script);
	assert_string_equal(sent(rig), "HTTP/201 CREATED");
	assert_int_equal(rig->script.step[1].kind, STEP_CLOSE);
	ask = ask_of(DIALECT_CLASSIC, "POST", "/", PERSIST_IMPLIED);
	respond_to(&rig->respond, &ask, &rig->script);
	assert_string_equal(sent(rig), "HTTP/400 BAD REQUEST");
	respond_refusal(
	    &rig->respond, &ask, HTTPERR_CLASSIC_REQUEST, &rig->script);
	assert_string_equal(sent(rig), "HTTP/400 BAD REQUEST");
	assert_int_equal(rig->script.step[1].kind, STEP_LINGER);
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
		assert_int_equal(rig->script.step[1].kind, STEP_LINGER);
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

	respond_to(&rig->respond, &ask, &rig->script);
	assert_int_equal(rig->script.content, 0);
	assert_string_equal(strstr(sent(rig), "\r\n\r\n"), "\r\n\r\n");
	assert_null(strstr(sent(rig), "Content-Length"));
	respond_refusal(&rig->respond, &ask, HTTPERR_HOST_TWICE, &rig->script);
	assert_string_equal(strstr(sent(rig), "\r\n\r\n"), "\r\n\r\n");
	assert_null(strstr(sent(rig), "Content-Length"));
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
	respond_to(&rig->respond, &ask, &rig->script);
	assert_int_equal(rig->script.status, 400);
	assert_non_null(strstr(sent(rig), "\\x9b..."));
	assert_non_null(strstr(sent(rig),
	    "(the host, the method and the path "
	    "differ).\n"));
	assert_in_range(rig->script.content, 100, 4096);
}

static void
explains_nothing_without_routes(void **state)
{
	struct rig *rig = *state;
	struct routes *none = routes_new(NULL, 0, 404);
	struct ask ask = ask_of(DIALECT_HTTP, "GET", "/", PERSIST_IMPLIED);

	rig->respond.routes = none;
	respond_to(&rig->respond, &ask, &rig->script);
	assert_int_equal(rig->script.status, 404);
	assert_string_equal(strstr(sent(rig), "\r\n\r\n"),
	    "\r\n\r\nNo route answers GET test.com/.\n");
	routes_free(none);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_a_route_in_one_step),
		TEST(ends_the_connection_when_asked),
		TEST(answers_classic_without_a_head),
		TEST(refuses_with_what_why_and_where),
		TEST(answers_head_without_length_and_body),
		TEST(explains_at_bounded_length),
		TEST(explains_nothing_without_routes),
	};

	return cmocka_run_group_tests_name("respond", tests, NULL, NULL);
}
