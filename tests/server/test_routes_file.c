#include "routes_file.h"

#include "test.h"

static struct routes *
parse(const char *text, struct diags *diags)
{
	return routes_parse("test.conf", NULL, span_text(text), diags);
}

static void
reads_the_seeds_routes(void **state)
{
	struct diags diags = { 0 };
	struct routes *t = parse("host test.com {\n"
				 "	GET   /        return 200\n"
				 "	POST  /create  return 201\n"
				 "	HEAD  /option  return 200\n"
				 "	PUT   /update  return 200\n"
				 "}\n"
				 "unmatched 400\n",
	    &diags);

	(void)state;
	assert_non_null(t);
	assert_int_equal(diags.n, 0);
	assert_int_equal(t->n, 4);
	assert_int_equal(t->unmatched, 400);
	assert_true(span_is(t->v[1]->text, "POST /create return 201"));
	assert_true(span_is(t->v[3]->path, "/update"));
	assert_true(span_is(t->v[3]->hosts[0].name, "test.com"));
	assert_int_equal(t->v[1]->actions[0].status, 201);
	routes_unref(t);
	diags_release(&diags);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_seeds_routes),
	};

	return cmocka_run_group_tests_name("routes_file", tests, NULL, NULL);
}
