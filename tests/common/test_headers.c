/* Lists of fields, and the requests that own one. */
#include "headers.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "oom.h"
#include "test.h"

static bool
add(struct headers *h, const char *name, const char *value)
{
	return headers_add(h, span_text(name), span_text(value));
}

static void
keeps_order_and_repeats(void **state)
{
	struct headers h = { 0 };

	(void)state;
	assert_true(add(&h, "Host", "test.com"));
	assert_true(add(&h, "X", "1"));
	assert_true(add(&h, "x", "2"));
	assert_int_equal(h.n, 3);
	assert_string_equal(h.v[0].name, "Host");
	assert_string_equal(h.v[1].value, "1");
	assert_string_equal(h.v[2].name, "x");
	assert_string_equal(h.v[2].value, "2");
	headers_release(&h);
	assert_int_equal(h.n, 0);
}

static void
owns_its_text(void **state)
{
	struct headers h = { 0 };
	char name[] = "Name", value[] = "value";

	(void)state;
	assert_true(headers_add(&h, span_of(name, 4), span_of(value, 3)));
	name[0] = value[0] = '?';
	assert_string_equal(h.v[0].name, "Name");
	assert_string_equal(h.v[0].value, "val");
	headers_release(&h);
}

static void
finds_the_first_in_any_case(void **state)
{
	struct headers h = { 0 };

	(void)state;
	assert_null(headers_find(&h, "Host"));
	add(&h, "Accept", "*/*");
	add(&h, "X-A", "");
	add(&h, "x-a", "2");
	assert_string_equal(headers_find(&h, "ACCEPT"), "*/*");
	assert_string_equal(headers_find(&h, "x-a"), "");
	assert_null(headers_find(&h, "X-"));
	assert_null(headers_find(&h, "X-AB"));
	headers_release(&h);
}

static void
removes_one_and_keeps_the_others_in_order(void **state)
{
	struct headers h = { 0 };

	(void)state;
	add(&h, "A", "1");
	add(&h, "B", "2");
	add(&h, "C", "3");
	headers_remove(&h, 1);
	assert_int_equal(h.n, 2);
	assert_string_equal(h.v[0].name, "A");
	assert_string_equal(h.v[1].name, "C");
	headers_remove(&h, 1);
	headers_remove(&h, 0);
	assert_int_equal(h.n, 0);
	assert_true(add(&h, "D", "4"));
	assert_string_equal(headers_find(&h, "D"), "4");
	headers_release(&h);
}

static void
copies_to_a_list_of_its_own(void **state)
{
	struct headers h = { 0 }, copy = { 0 }, nothing = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 50; i++)
		add(&h, "Name", "value");
	assert_true(headers_copy(&copy, &h));
	headers_release(&h);
	assert_int_equal(copy.n, 50);
	for (i = 0; i < 50; i++)
		assert_string_equal(copy.v[i].value, "value");
	headers_release(&copy);
	assert_true(headers_copy(&copy, &nothing));
	assert_int_equal(copy.n, 0);
	headers_release(&copy);
}

static void
is_untouched_when_memory_is_out(void **state)
{
	struct headers h = { 0 }, copy = { 0 };
	size_t fail, before;
	bool ok;

	(void)state;
	for (before = 0; before < 20; before++) {
		for (fail = 1;; fail++) {
			oom_after(fail);
			ok = add(&h, "Name", "value");
			if (!oom_off())
				break;
			assert_false(ok);
			assert_int_equal(h.n, before);
		}
		assert_true(ok);
		assert_int_equal(h.n, before + 1);
		assert_true(fail > 1);
	}
	for (fail = 1;; fail++) {
		oom_after(fail);
		ok = headers_copy(&copy, &h);
		if (!oom_off())
			break;
		assert_false(ok);
		assert_int_equal(copy.n, 0);
	}
	assert_true(ok && fail > 1);
	assert_int_equal(copy.n, h.n);
	headers_release(&copy);
	headers_release(&h);
}

static void
compose(struct request *r)
{
	*r = (struct request){ .dialect = DIALECT_HTTP };
	r->method = strdup("POST");
	r->target = strdup("/create");
	add(&r->headers, "Host", "test.com");
	add(&r->headers, "Content-Length", "5");
	r->body.max = 100;
	buf_append_text(&r->body, "hello");
}

static void
copies_a_request(void **state)
{
	struct request a, b = { 0 };

	(void)state;
	compose(&a);
	assert_true(request_copy(&b, &a));
	request_release(&a);
	assert_int_equal(b.dialect, DIALECT_HTTP);
	assert_string_equal(b.method, "POST");
	assert_string_equal(b.target, "/create");
	assert_string_equal(headers_find(&b.headers, "host"), "test.com");
	assert_true(span_is(buf_span(&b.body), "hello"));
	request_release(&b);
}

/* The sanitizer build sees what such a copy forgets. */
static void
copies_a_request_whole_or_not_at_all(void **state)
{
	struct request a, b = { 0 };
	size_t fail;
	bool ok;

	(void)state;
	compose(&a);
	for (fail = 1;; fail++) {
		memset(&b, 0, sizeof(b));
		oom_after(fail);
		ok = request_copy(&b, &a);
		if (!oom_off())
			break;
		assert_false(ok);
	}
	assert_true(ok && fail > 1);
	assert_string_equal(b.method, "POST");
	request_release(&b);
	request_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_order_and_repeats),
		cmocka_unit_test(owns_its_text),
		cmocka_unit_test(finds_the_first_in_any_case),
		cmocka_unit_test(removes_one_and_keeps_the_others_in_order),
		cmocka_unit_test(copies_to_a_list_of_its_own),
		cmocka_unit_test(is_untouched_when_memory_is_out),
		cmocka_unit_test(copies_a_request),
		cmocka_unit_test(copies_a_request_whole_or_not_at_all),
	};

	return cmocka_run_group_tests_name("headers", tests, NULL, NULL);
}
