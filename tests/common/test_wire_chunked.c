/*
 * tests/wire/chunked: one file, one chunked body, one test.
 * Keys: want (done, more, bad RULE; bad body-short when it ends too early),
 * data (the content), rest (bytes behind the body, 0); and of one that is an
 * answer's: answer (as want, and like it), wrong (rules its trailers broke).
 */
#include "body.h"
#include "head.h"
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
	size_t trailers; /* begin here, if the last chunk came; else 0 */
};

typedef void init_fn(struct body *, struct framing);

static struct result
begin(const struct wire_case *c, init_fn *init)
{
	struct result r = { .step = BODY_MORE };

	memset(&r.body, 0xa5, sizeof(r.body));
	init(&r.body, (struct framing){ FRAMING_CHUNKED, 0 });
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
		if (r->step == BODY_DATA && data.n == 0)
			r->trailers = r->used;
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
any_split(const struct wire_case *c, init_fn *init, const struct result *whole)
{
	size_t n = c->bytes.len, k;
	struct guard *g = guard_new(n);
	struct result r;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		r = begin(c, init);
		feed(c, &r, guard_put(g, c->bytes.data, k), k);
		if (whole->step == BODY_DONE && k < whole->used)
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
byte_by_byte(
    const struct wire_case *c, init_fn *init, const struct result *whole)
{
	struct guard *g = guard_new(1);
	struct result r = begin(c, init);
	size_t k;

	for (k = 0; k < c->bytes.len && r.step == BODY_MORE; k++)
		feed(c, &r, guard_put(g, c->bytes.data + k, 1), 1);
	r.used = whole->step == BODY_BAD ? whole->used : r.used;
	if (!result_eq(&r, whole))
		test_fail("%s: byte by byte it is another body", c->path);
}

/* A connection that ends anywhere but at the end cuts the body short. */
static void
any_end(const struct wire_case *c, init_fn *init, const struct result *whole)
{
	enum httperr why = HTTPERR_NONE;
	struct result r;
	size_t k;

	for (k = 0; k < c->bytes.len; k = wire_next_cut(k, c->bytes.len)) {
		r = begin(c, init);
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

/* Its verdict, however it comes. */
static const char *
verdict_of(const struct wire_case *c, init_fn *init, struct result *whole)
{
	*whole = begin(c, init);
	feed(c, whole, c->bytes.data, c->bytes.len);
	any_split(c, init, whole);
	byte_by_byte(c, init, whole);
	any_end(c, init, whole);
	if (whole->step == BODY_DONE)
		return "done";
	if (whole->step == BODY_BAD ||
	    (strcmp(wire_verdict(c), "bad body-short") == 0 &&
		body_eof(&whole->body, &whole->why) == BODY_BAD))
		return test_text("bad %s", httperr_name(whole->why));
	return "more";
}

static void
want_content(const struct wire_case *c, const struct result *whole)
{
	wire_want(c, "data", span_of(whole->data, whole->ndata));
	if (whole->step == BODY_DONE)
		assert_int_equal(
		    whole->used, c->bytes.len - wire_number(c, "rest", 0));
}

/* What the trailers broke that were read. */
static httperr_set
wrong_in(const struct wire_case *c, const struct result *r)
{
	if (r->step != BODY_DONE)
		return 0;
	return trailers_wrong(
	    c->bytes.data + r->trailers, r->used - r->trailers);
}

static void
chunked(void **state)
{
	const struct wire_case *c = cases_load(*state);
	struct result whole;

	wire_want_text(c, "want", verdict_of(c, body_init, &whole));
	want_content(c, &whole);
	wire_want_or(c, "answer", wire_verdict(c),
	    verdict_of(c, body_init_response, &whole));
	want_content(c, &whole);
	wire_want_or(c, "wrong", "", wire_names(wrong_in(c, &whole)));
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
