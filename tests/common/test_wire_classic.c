/*
 * tests/wire/classic-request and tests/wire/classic-answer: one file, one
 * message, one test.
 * Keys of both: want (done, more, bad), end (what ends it: open, the message
 * itself; quiet; eof; open), rest (bytes behind the message, 0).
 * Of requests: start (bytes of empty lines, 0), method, url, host, path,
 * query.  Of answers: status, reason.
 */
#include "classic.h"
#include "dialect.h"
#include "wire.h"

static const char *const verdicts[] = {
	[PARSE_MORE] = "more",
	[PARSE_DONE] = "done",
	[PARSE_BAD] = "bad",
};

static enum classic_end
case_end(const struct wire_case *c)
{
	const char *end = cases_get(c, "end");

	if (end == NULL || strcmp(end, "open") == 0)
		return CLASSIC_OPEN;
	if (strcmp(end, "quiet") == 0)
		return CLASSIC_QUIET;
	assert_string_equal(end, "eof");
	return CLASSIC_EOF;
}

/* Has the message of this case ended within its first k bytes? */
static bool
has_ended(const struct wire_case *c, size_t k)
{
	return case_end(c) == CLASSIC_OPEN &&
	    k >= c->bytes.len - wire_number(c, "rest", 0);
}

/* --- requests ----------------------------------------------------------- */

static enum parse
parse_request(struct guard *g, const struct wire_case *c, size_t k,
    enum classic_end end, struct classic_request *r)
{
	memset(r, 0xa5, sizeof(*r));
	return classic_parse_request(guard_put(g, c->bytes.data, k), k, end, r);
}

/* What a prefix of a good request is, however its sender goes on. */
static void
good_request(const struct wire_case *c)
{
	struct span method = wire_key(c, "method"), url = wire_key(c, "url");
	size_t n = c->bytes.len, k;
	size_t comma = wire_number(c, "start", 0) + method.n;
	struct guard *g = guard_new(n);
	struct classic_request r;
	enum dialect dialect;
	bool may_end;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		may_end = k > comma + 1;
		assert_int_equal(
		    classic_may_end(guard_put(g, c->bytes.data, k), k),
		    may_end);
		dialect = dialect_sniff(guard_put(g, c->bytes.data, k), k);
		assert_int_equal(
		    dialect, k > comma ? DIALECT_CLASSIC : DIALECT_UNDECIDED);
		assert_int_equal(parse_request(g, c, k, CLASSIC_OPEN, &r),
		    has_ended(c, k) ? PARSE_DONE : PARSE_MORE);
		assert_int_equal(parse_request(g, c, k, CLASSIC_QUIET, &r),
		    may_end ? PARSE_DONE : PARSE_MORE);
		if (k <= comma)
			continue;
		assert_int_equal(parse_request(g, c, k, CLASSIC_EOF, &r),
		    may_end ? PARSE_DONE : PARSE_BAD);
		if (!may_end)
			continue;
		assert_true(span_eq(r.method, method));
		if (url.n > k - comma - 1)
			url.n = k - comma - 1;
		assert_true(span_eq(r.url, url));
		url = wire_key(c, "url");
	}
}

/* Once bad, it stays bad. */
static void
bad_request(const struct wire_case *c)
{
	size_t n = c->bytes.len, k;
	struct guard *g = guard_new(n);
	struct classic_request r;
	bool known = false;
	enum parse got;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		got = parse_request(g, c, k, CLASSIC_OPEN, &r);
		assert_int_not_equal(got, PARSE_DONE);
		if (known)
			assert_int_equal(got, PARSE_BAD);
		known = got == PARSE_BAD;
	}
	assert_int_equal(parse_request(g, c, n, CLASSIC_EOF, &r), PARSE_BAD);
}

static void
request(void **state)
{
	const struct wire_case *c = cases_load(*state);
	struct guard *g = guard_new(c->bytes.len);
	struct span host, path, query;
	struct classic_request r;
	enum parse got = parse_request(g, c, c->bytes.len, case_end(c), &r);

	wire_want_text(c, "want", verdicts[got]);
	if (got == PARSE_BAD)
		bad_request(c);
	if (got != PARSE_DONE)
		return;
	assert_int_equal(r.len, c->bytes.len - wire_number(c, "rest", 0));
	wire_want(c, "method", r.method);
	wire_want(c, "url", r.url);
	classic_url_split(r.url, &host, &path, &query);
	wire_want(c, "host", host);
	wire_want(c, "path", path);
	wire_want(c, "query", query);
	assert_int_equal(query.p != NULL, cases_get(c, "query") != NULL);
	good_request(c);
}

/* --- answers ------------------------------------------------------------ */

static enum parse
parse_answer(struct guard *g, const struct wire_case *c, size_t k,
    enum classic_end end, struct classic_answer *a)
{
	memset(a, 0xa5, sizeof(*a));
	return classic_parse_answer(guard_put(g, c->bytes.data, k), k, end, a);
}

static void
good_answer(const struct wire_case *c)
{
	size_t least = strlen("HTTP/200 O");
	size_t n = c->bytes.len, k;
	struct guard *g = guard_new(n);
	struct classic_answer a;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		assert_int_equal(parse_answer(g, c, k, CLASSIC_OPEN, &a),
		    has_ended(c, k) ? PARSE_DONE : PARSE_MORE);
		assert_int_equal(parse_answer(g, c, k, CLASSIC_QUIET, &a),
		    k >= least ? PARSE_DONE : PARSE_MORE);
		assert_int_equal(parse_answer(g, c, k, CLASSIC_EOF, &a),
		    k >= least ? PARSE_DONE : PARSE_BAD);
	}
}

static void
bad_answer(const struct wire_case *c)
{
	size_t n = c->bytes.len, k;
	struct guard *g = guard_new(n);
	struct classic_answer a;
	bool known = false;
	enum parse got;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		got = parse_answer(g, c, k, CLASSIC_OPEN, &a);
		assert_int_not_equal(got, PARSE_DONE);
		if (known)
			assert_int_equal(got, PARSE_BAD);
		known = got == PARSE_BAD;
	}
	assert_int_equal(parse_answer(g, c, n, CLASSIC_EOF, &a), PARSE_BAD);
}

static void
answer(void **state)
{
	const struct wire_case *c = cases_load(*state);
	struct guard *g = guard_new(c->bytes.len);
	struct classic_answer a;
	enum parse got = parse_answer(g, c, c->bytes.len, case_end(c), &a);

	wire_want_text(c, "want", verdicts[got]);
	if (got == PARSE_BAD)
		bad_answer(c);
	if (got != PARSE_DONE)
		return;
	assert_int_equal(a.len, c->bytes.len - wire_number(c, "rest", 0));
	wire_want_text(c, "status", test_text("%d", a.status));
	wire_want(c, "reason", a.reason);
	good_answer(c);
}

int
main(void)
{
	struct CMUnitTest *tests = NULL;
	size_t n = 0;
	int failed;

	n = wire_add(&tests, n, "wire/classic-request", request);
	n = wire_add(&tests, n, "wire/classic-answer", answer);
	test_keep();
	failed = _cmocka_run_group_tests("wire_classic", tests, n, NULL, NULL);
	free(tests);
	return failed != 0;
}
