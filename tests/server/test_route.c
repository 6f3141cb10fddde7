#include "route.h"

#include "builtin.h"
#include "encode.h"
#include "oom.h"
#include "test.h"

static struct ask
ask_of(const char *method, const char *host, const char *path)
{
	return (struct ask){ .dialect = DIALECT_HTTP,
		.method = span_text(method),
		.host = span_text(host),
		.path = span_text(path) };
}

/* The path of the route that matches, "-" if none does. */
static const char *
match(const struct routes *t, const char *method, const char *host,
    const char *path)
{
	struct ask ask = ask_of(method, host, path);
	struct buf scratch = { .max = 1000 };
	const struct route *r =
	    routes_match(t, &ask, route_path(&ask, &scratch));

	buf_release(&scratch);
	return r != NULL ? r->row->path : "-";
}

static void
matches_the_seeds_routes_and_no_other(void **state)
{
	struct routes *t = builtin_routes();

	(void)state;
	assert_non_null(t);
	assert_int_equal(t->unmatched, 400);
	assert_string_equal(match(t, "GET", "test.com", "/"), "/");
	assert_string_equal(match(t, "POST", "TEST.COM", "/create"), "/create");
	assert_string_equal(match(t, "HEAD", "test.com", "/option"), "/option");
	assert_string_equal(match(t, "PUT", "test.com", "/update"), "/update");
	assert_string_equal(match(t, "HEAD", "test.com", "/"), "-");
	assert_string_equal(match(t, "OPTIONS", "test.com", "*"), "-");
	assert_string_equal(match(t, "GET", "", "/"), "-");
	assert_string_equal(match(t, "", "test.com", "/"), "-");
	assert_string_equal(match(t, "GET", "test.com.kr", "/"), "-");
	routes_free(t);
}

static void
matches_paths_decoded_and_without_dots(void **state)
{
	struct routes *t = builtin_routes();

	(void)state;
	assert_string_equal(
	    match(t, "PUT", "test.com", "/%75pd%61te"), "/update");
	assert_string_equal(
	    match(t, "PUT", "test.com", "/./update"), "/update");
	assert_string_equal(
	    match(t, "PUT", "test.com", "/a/b/../../update"), "/update");
	assert_string_equal(
	    match(t, "PUT", "test.com", "/a/%2e%2E/update"), "/update");
	assert_string_equal(match(t, "GET", "test.com", "/.."), "/");
	assert_string_equal(match(t, "PUT", "test.com", "/update/"), "-");
	assert_string_equal(match(t, "PUT", "test.com", "//update"), "-");
	assert_string_equal(match(t, "PUT", "test.com", "/%2fupdate"), "-");
	assert_string_equal(match(t, "PUT", "test.com", "/update%00"), "-");
	routes_free(t);
}

static void
takes_the_first_of_two(void **state)
{
	static const struct route_row rows[] = {
		{ "a", "GET", "/x", 201, "one" },
		{ "a", "GET", "/x", 202, "two" },
	};
	struct routes *t = routes_new(rows, 2, 404);
	struct ask ask = ask_of("GET", "a", "/x");
	const struct route *r = routes_match(t, &ask, ask.path);

	(void)state;
	assert_int_equal(r->row->status, 201);
	assert_int_equal(r->answer[PERSIST_IMPLIED].status, 201);
	assert_string_equal(r->row->text, "one");
	routes_free(t);
}

/* All answers are there, whole, and where they say. */
static void
has_its_answers_ready(void **state)
{
	struct routes *t = builtin_routes();
	const struct rendered *a;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < t->n; i++) {
		for (k = 0; k < PERSIST_COUNT; k++) {
			a = &t->v[i].answer[k];
			assert_memory_equal(a->bytes.p, "HTTP/1.1 20", 11);
			assert_memory_equal(
			    a->bytes.p + a->date_at - 6, "Date: ", 6);
			assert_memory_equal(
			    a->bytes.p + a->date_at + DATE_LEN, "\r\n", 2);
			assert_memory_equal(
			    a->bytes.p + a->bytes.n - a->content - 4,
			    "\r\n\r\n", 4);
		}
		assert_memory_equal(t->v[i].classic.bytes.p, "HTTP/20", 7);
	}
	assert_memory_equal(t->v[1].classic.bytes.p, "HTTP/201 CREATED", 16);
	assert_int_equal(t->v[1].classic.bytes.n, 16);
	routes_free(t);
}

static void
want_nearest(const char *method, const char *host, const char *path,
    const char *near, unsigned differs)
{
	struct routes *t = builtin_routes();
	struct ask ask = ask_of(method, host, path);
	unsigned got = 0;
	const struct route *r = routes_nearest(t, &ask, ask.path, &got);

	assert_string_equal(r->row->path, near);
	assert_int_equal(got, differs);
	routes_free(t);
}

static void
finds_the_nearest(void **state)
{
	unsigned all = DIFFERS_METHOD | DIFFERS_PATH | DIFFERS_HOST;

	(void)state;
	want_nearest("POST", "test.com", "/update", "/update", DIFFERS_METHOD);
	want_nearest("POST", "test.com", "/x", "/create", DIFFERS_PATH);
	want_nearest("PUT", "a.com", "/update", "/update", DIFFERS_HOST);
	want_nearest(
	    "FLY", "test.com", "/x", "/", DIFFERS_METHOD | DIFFERS_PATH);
	want_nearest("PUT", "a.com", "/option", "/option",
	    DIFFERS_METHOD | DIFFERS_HOST);
	want_nearest(
	    "PUT", "a.com", "/x", "/update", DIFFERS_PATH | DIFFERS_HOST);
	want_nearest("FLY", "a.com", "/x", "/", all);
}

static void
is_none_without_memory(void **state)
{
	struct routes *t;
	size_t n = 0;
	bool failed;

	(void)state;
	do {
		oom_after(++n);
		t = builtin_routes();
		failed = oom_off();
		assert_true((t == NULL) == failed);
		routes_free(t);
	} while (failed);
	assert_true(n > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_the_seeds_routes_and_no_other),
		cmocka_unit_test(matches_paths_decoded_and_without_dots),
		cmocka_unit_test(takes_the_first_of_two),
		cmocka_unit_test(has_its_answers_ready),
		cmocka_unit_test(finds_the_nearest),
		cmocka_unit_test(is_none_without_memory),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
