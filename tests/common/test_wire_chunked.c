/*
 * tests/wire/chunked: one file, one chunked body, one test.
 * Keys: want (done, more, bad RULE; bad body-short when it ends too early),
 * data (the content), rest (bytes behind the body, 0).
 */
#include "body.h"
#include "httperr.h"
#include "wire.h"

/* What came of a body, or of the pieces of one. */
struct result {
	struct body body;
	enum body_step step;
	enum httperr why;
	size_t used;
	char *data;
	size_t ndata;
};

static struct result
begin(const struct wire_case *c)
{
	struct result r = { .step = BODY_MORE };

	memset(&r.body, 0xa5, sizeof(r.body));
	body_init(&r.body, (struct framing){ FRAMING_CHUNKED, 0 });
	r.data = test_alloc(c->bytes.len);
	return r;
}

static void
feed(const struct wire_case *c, struct result *r, const char *p, size_t n)
{
	const char *end = p + n;
	struct span data;
	size_t used;

	do {
		used = SIZE_MAX;
		r->step = body_read(
		    &r->body, p, (size_t)(end - p), &used, &data, &r->why);
		if (r->step == BODY_BAD)
			return;
		assert_true(used <= (size_t)(end - p));
		if (r->step == BODY_DATA) {
			assert_true(used > 0);
			assert_true(data.p >= p && data.p + data.n <= p + used);
			assert_true(r->ndata + data.n <= c->bytes.len);
			memcpy(r->data + r->ndata, data.p, data.n);
			r->ndata += data.n;
		}
		p += used;
		r->used += used;
	} while (r->step == BODY_DATA);
	if (r->step == BODY_MORE)
		assert_true(p == end);
}

static bool
result_eq(const struct result *a, const struct result *b)
{
	return a->step == b->step && a->why == b->why && a->used == b->used &&
	    span_eq(span_of(a->data, a->ndata), span_of(b->data, b->ndata));
}

/* Cut in two, each piece flush with the forbidden page. */
static void
any_split(const struct wire_case *c, const struct result *whole)
{
	size_t n = c->bytes.len, k;
	struct guard *g = guard_new(n);
	struct result r;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		r = begin(c);
		feed(c, &r, guard_put(g, c->bytes.data, k), k);
		if (wire_is_good(c) && k < whole->used)
			assert_int_equal(r.step, BODY_MORE);
		if (r.step == BODY_MORE)
			feed(c, &r, guard_put(g, c->bytes.data + k, n - k),
			    n - k);
		r.used = whole->step == BODY_BAD ? whole->used : r.used;
		if (!result_eq(&r, whole))
			test_fail("%s: cut before byte %zu it is another body",
			    c->path, k);
	}
}

static void
byte_by_byte(const struct wire_case *c, const struct result *whole)
{
	struct guard *g = guard_new(1);
	struct result r = begin(c);
	size_t k;

	for (k = 0; k < c->bytes.len && r.step == BODY_MORE; k++)
		feed(c, &r, guard_put(g, c->bytes.data + k, 1), 1);
	r.used = whole->step == BODY_BAD ? whole->used : r.used;
	if (!result_eq(&r, whole))
		test_fail("%s: byte by byte it is another body", c->path);
}

/* A connection that ends anywhere but at the end cuts the body short. */
static void
any_end(const struct wire_case *c, const struct result *whole)
{
	enum httperr why = HTTPERR_NONE;
	struct result r;
	size_t k;

	for (k = 0; k < c->bytes.len; k = wire_next_cut(k, c->bytes.len)) {
		r = begin(c);
		feed(c, &r, c->bytes.data, k);
		if (r.step != BODY_MORE)
			break;
		assert_int_equal(body_eof(&r.body, &why), BODY_BAD);
		assert_int_equal(why, HTTPERR_BODY_SHORT);
	}
	r = *whole;
	if (r.step == BODY_DONE)
		assert_int_equal(body_eof(&r.body, &why), BODY_DONE);
}

static void
chunked(void **state)
{
	const struct wire_case *c = cases_load(*state);
	struct result whole = begin(c);
	const char *got = "more";

	feed(c, &whole, c->bytes.data, c->bytes.len);
	any_split(c, &whole);
	byte_by_byte(c, &whole);
	any_end(c, &whole);
	if (whole.step == BODY_DONE)
		got = "done";
	else if (whole.step == BODY_BAD ||
	    (strcmp(wire_verdict(c), "bad body-short") == 0 &&
		body_eof(&whole.body, &whole.why) == BODY_BAD))
		got = test_text("bad %s", httperr_name(whole.why));
	wire_want_text(c, "want", got);
	wire_want(c, "data", span_of(whole.data, whole.ndata));
	if (wire_is_good(c))
		assert_int_equal(
		    whole.used, c->bytes.len - wire_number(c, "rest", 0));
}

int
main(void)
{
	struct CMUnitTest *tests = NULL;
	size_t n = wire_add(&tests, 0, "wire/chunked", chunked);
	int failed;

	test_keep();
	failed = _cmocka_run_group_tests("wire_chunked", tests, n, NULL, NULL);
	free(tests);
	return failed != 0;
}
