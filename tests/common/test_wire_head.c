/*
 * tests/wire/request and tests/wire/response: one file, one message, one test.
 *
 * Keys of both: want (done, more, bad RULE), version, start and rest (bytes
 * before and behind the head, 0), field (each, in order), fields (how many),
 * framing (none, length N, chunked, close; none), keep (yes, no; yes),
 * early (refused before more than so many bytes have come).
 * Of requests: method, target, form, host, path, query, expect (yes, no; no),
 * dialect (http, classic; http).  A path without a query has none.
 * Of responses: status, reason, asked (GET), wrong (the rules broken).
 */
#include "chars.h"
#include "dialect.h"
#include "head.h"
#include "httperr.h"
#include "method.h"
#include "semantics.h"
#include "wire.h"

typedef enum parse parse_fn(
    const char *, size_t, size_t, struct head *, enum httperr *);

/* Where a message is parsed to: what came out, and of which bytes. */
struct result {
	enum parse parse;
	enum httperr why;
	struct head head;
};

static struct result
parse(parse_fn *fn, const char *p, size_t n, size_t scanned)
{
	struct result r;

	/* Nothing may be left over from an earlier call. */
	memset(&r, 0xa5, sizeof(r));
	r.parse = fn(p, n, scanned, &r.head, &r.why);
	if (r.parse != PARSE_BAD)
		r.why = HTTPERR_NONE;
	return r;
}

static bool
slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || a.off == b.off);
}

static bool
fields_eq(const struct head *a, const struct head *b)
{
	int i;

	if (a->nfield != b->nfield)
		return false;
	for (i = 0; i < a->nfield; i++)
		if (!slice_eq(a->field[i].name, b->field[i].name) ||
		    !slice_eq(a->field[i].value, b->field[i].value))
			return false;
	return true;
}

/* The same head, as far as each is one. */
static bool
result_eq(const struct result *a, const struct result *b, bool request)
{
	const struct head *x = &a->head, *y = &b->head;

	if (a->parse != b->parse || a->why != b->why)
		return false;
	if (a->parse == PARSE_MORE)
		return true;
	if (request &&
	    (!slice_eq(x->method, y->method) ||
		!slice_eq(x->target, y->target)))
		return false;
	if (a->parse == PARSE_BAD)
		return true;
	if (!request &&
	    (!slice_eq(x->reason, y->reason) || x->status != y->status ||
		x->wrong != y->wrong))
		return false;
	return x->start == y->start && x->len == y->len &&
	    x->major == y->major && x->minor == y->minor && fields_eq(x, y);
}

/* Every slice of a head lies within the head. */
static void
demand_bounds(const struct wire_case *c, const struct head *h)
{
	int i;

	if (h->len > c->bytes.len || h->nfield > LIMIT_FIELDS)
		test_fail("%s: a head of %u bytes, %d fields", c->path, h->len,
		    h->nfield);
	for (i = 0; i < h->nfield; i++) {
		const struct field *f = &h->field[i];

		if (f->name.off + f->name.len > h->len ||
		    f->value.off + f->value.len > h->len)
			test_fail("%s: field %d out of bounds", c->path, i);
	}
}

/* A good message says MORE until it is whole, then for ever the same. */
static void
good_prefixes(const struct wire_case *c, parse_fn *fn, bool request,
    const struct result *whole)
{
	const char *p = c->bytes.data, *at;
	size_t n = c->bytes.len, k;
	struct guard *g = guard_new(n);
	struct result r;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		at = guard_put(g, p, k);
		r = parse(fn, at, k, 0);
		if (k < whole->head.len && r.parse != PARSE_MORE)
			test_fail("%s: %s with %zu of %zu bytes", c->path,
			    r.parse == PARSE_DONE ? "whole"
						  : httperr_name(r.why),
			    k, n);
		if (k >= whole->head.len && !result_eq(&r, whole, request))
			test_fail(
			    "%s: another head with %zu bytes", c->path, k);
	}
}

/* A bad one says MORE, then for ever the same BAD. */
static void
bad_prefixes(const struct wire_case *c, parse_fn *fn, bool request,
    const struct result *whole)
{
	const char *p = c->bytes.data, *at;
	size_t n = c->bytes.len, k, early = wire_number(c, "early", SIZE_MAX);
	struct guard *g = guard_new(n);
	bool known = false;
	struct result r;

	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		at = guard_put(g, p, k);
		r = parse(fn, at, k, 0);
		if (r.parse == PARSE_MORE && known)
			test_fail("%s: mended by byte %zu", c->path, k);
		known = r.parse != PARSE_MORE;
		if (known && !result_eq(&r, whole, request))
			test_fail("%s: with %zu bytes %s, with all %zu %s",
			    c->path, k, httperr_name(r.why), n,
			    httperr_name(whole->why));
		if (!known && k >= early)
			test_fail("%s: not refused by byte %zu", c->path, k);
	}
}

static void
any_split(const struct wire_case *c, parse_fn *fn, bool request,
    const struct result *whole)
{
	const char *p = c->bytes.data;
	size_t n = c->bytes.len, k;
	struct guard *g = guard_new(n);
	struct result r;

	p = guard_put(g, p, n);
	for (k = 0; k < n; k = wire_next_cut(k, n)) {
		r = parse(fn, p, k, 0);
		if (r.parse == PARSE_MORE)
			r = parse(fn, p, n, k);
		if (!result_eq(&r, whole, request))
			test_fail("%s: cut before byte %zu it is %s", c->path,
			    k,
			    r.parse == PARSE_BAD ? httperr_name(r.why)
						 : "another message");
	}
}

static void
byte_by_byte(const struct wire_case *c, parse_fn *fn, bool request,
    const struct result *whole)
{
	struct result r = { .parse = PARSE_MORE };
	size_t k;

	for (k = 1; k <= c->bytes.len && r.parse == PARSE_MORE; k++)
		r = parse(fn, c->bytes.data, k, k - 1);
	if (!result_eq(&r, whole, request))
		test_fail("%s: byte by byte it is %s at %zu", c->path,
		    r.parse == PARSE_BAD ? httperr_name(r.why)
					 : "another message",
		    k);
}

/* However it comes, it is the same message. */
static struct result
parse_all_ways(const struct wire_case *c, parse_fn *fn, bool request)
{
	struct result whole = parse(fn, c->bytes.data, c->bytes.len, 0);

	if (whole.parse == PARSE_DONE) {
		demand_bounds(c, &whole.head);
		good_prefixes(c, fn, request, &whole);
	} else {
		bad_prefixes(c, fn, request, &whole);
	}
	any_split(c, fn, request, &whole);
	byte_by_byte(c, fn, request, &whole);
	return whole;
}

static void
want_verdict(const struct wire_case *c, enum parse parsed, enum httperr why)
{
	const char *got = parsed == PARSE_MORE ? "more" : "done";

	if (parsed == PARSE_BAD)
		got = test_text("bad %s", httperr_name(why));
	wire_want_text(c, "want", got);
}

static void
want_fields(const struct wire_case *c, const struct head *h)
{
	const struct bytes *want;
	struct field f;
	size_t i;

	for (i = 0; (want = cases_nth(c, "field", i)) != NULL; i++) {
		const char *colon = memchr(want->data, ':', want->len);
		size_t n = (size_t)(colon - want->data);
		struct span value = span_of(colon + 1, want->len - n - 1);

		if (value.n > 0 && value.p[0] == ' ')
			value.p++, value.n--;
		if (i >= h->nfield)
			test_fail("%s: field %zu is not there", c->path, i);
		f = h->field[i];
		if (!span_eq(slice_in(c->bytes.data, f.name),
			span_of(want->data, n)) ||
		    !span_eq(slice_in(c->bytes.data, f.value), value))
			test_fail("%s: field %zu is \"%s\": \"%s\"", c->path, i,
			    wire_show(slice_in(c->bytes.data, f.name)),
			    wire_show(slice_in(c->bytes.data, f.value)));
	}
	if (i == 0)
		i = h->nfield;
	assert_int_equal(h->nfield, wire_number(c, "fields", i));
}

/* What requests and responses have in common. */
static void
want_head(const struct wire_case *c, const struct head *h)
{
	size_t rest = wire_number(c, "rest", 0);

	assert_int_equal(h->start, wire_number(c, "start", 0));
	assert_int_equal(h->len, c->bytes.len - rest);
	wire_want_text(c, "version", test_text("%d.%d", h->major, h->minor));
	want_fields(c, h);
}

static void
want_framing(const struct wire_case *c, struct framing f)
{
	static const char *const names[] = {
		[FRAMING_NONE] = "none",
		[FRAMING_LENGTH] = "length",
		[FRAMING_CHUNKED] = "chunked",
		[FRAMING_CLOSE] = "close",
	};
	const char *got = names[f.kind];

	if (f.kind == FRAMING_LENGTH)
		got = test_text("length %ju", (uintmax_t)f.length);
	wire_want_or(c, "framing", "none", got);
}

/* --- requests ----------------------------------------------------------- */

/* Undecided or right at every prefix, and decided when the message is. */
static void
want_dialect(const struct wire_case *c, const struct result *whole)
{
	bool classic = false;
	enum dialect want, got = DIALECT_UNDECIDED, last;
	const char *key = cases_get(c, "dialect");
	struct guard *g = guard_new(c->bytes.len);
	size_t k, n = c->bytes.len;

	classic = key != NULL && strcmp(key, "classic") == 0;
	want = classic ? DIALECT_CLASSIC : DIALECT_HTTP;
	for (k = 0; k <= n; k = wire_next_cut(k, n)) {
		last = got;
		got = dialect_sniff(guard_put(g, c->bytes.data, k), k);
		if (got != DIALECT_UNDECIDED && got != want)
			test_fail(
			    "%s: taken for %s", c->path, dialect_name(got));
		if (last != DIALECT_UNDECIDED && got != last)
			test_fail("%s: in doubt again", c->path);
	}
	if (whole->parse != PARSE_MORE)
		assert_int_equal(got, want);
}

static void
want_semantics(const struct wire_case *c, const struct request_semantics *s)
{
	static const char *const forms[] = {
		[TARGET_ORIGIN] = "origin",
		[TARGET_ABSOLUTE] = "absolute",
		[TARGET_ASTERISK] = "asterisk",
	};
	bool has_query = cases_get(c, "query") != NULL;

	wire_want_or(c, "form", "origin", forms[s->form]);
	wire_want(c, "host", s->host);
	wire_want(c, "path", s->path);
	wire_want(c, "query", s->query);
	if (cases_get(c, "path") != NULL && has_query != (s->query.p != NULL))
		test_fail("%s: a query %s", c->path,
		    has_query ? "is missing" : "nobody sent");
	assert_int_equal(s->path_is_plain,
	    s->path.n > 0 && s->path.p[0] == '/' && s->query.p == NULL &&
		s->form == TARGET_ORIGIN &&
		memchr(s->path.p, '%', s->path.n) == NULL &&
		memchr(s->path.p, '.', s->path.n) == NULL);
	want_framing(c, s->framing);
	wire_want_or(c, "keep", "yes", s->keep_alive ? "yes" : "no");
	wire_want_or(c, "expect", "no", s->expect_continue ? "yes" : "no");
}

static void
request(void **state)
{
	const struct wire_case *c = cases_load(*state);
	struct result r = parse_all_ways(c, head_parse_request, true);
	const char *p = c->bytes.data;
	struct request_semantics s;
	enum httperr why = r.why;

	want_dialect(c, &r);
	if (r.parse == PARSE_DONE) {
		memset(&s, 0xa5, sizeof(s));
		why = request_semantics_of(p, &r.head, &s);
	}
	want_verdict(c, why == HTTPERR_NONE ? r.parse : PARSE_BAD, why);
	if (r.parse != PARSE_MORE) {
		wire_want(c, "method", slice_in(p, r.head.method));
		wire_want(c, "target", slice_in(p, r.head.target));
	}
	if (r.parse == PARSE_DONE)
		want_head(c, &r.head);
	if (wire_is_good(c)) {
		struct span method = slice_in(p, r.head.method);

		assert_int_equal(s.method, method_find(method.p, method.n));
		want_semantics(c, &s);
	}
}

/* --- responses ---------------------------------------------------------- */

static void
response(void **state)
{
	const struct wire_case *c = cases_load(*state);
	struct result r = parse_all_ways(c, head_parse_response, false);
	const char *asked = cases_get(c, "asked");
	struct response_semantics s;

	want_verdict(c, r.parse, r.why);
	if (r.parse != PARSE_DONE)
		return;
	if (asked == NULL)
		asked = "GET";
	memset(&s, 0xa5, sizeof(s));
	response_semantics_of(
	    c->bytes.data, &r.head, method_find(asked, strlen(asked)), &s);
	want_head(c, &r.head);
	wire_want_text(c, "status", test_text("%d", r.head.status));
	wire_want(c, "reason", slice_in(c->bytes.data, r.head.reason));
	want_framing(c, s.framing);
	wire_want_or(c, "keep", "yes", s.keep_alive ? "yes" : "no");
	wire_want_or(c, "wrong", "", wire_names(r.head.wrong | s.wrong));
}

int
main(void)
{
	struct CMUnitTest *tests = NULL;
	size_t n = 0;
	int failed;

	n = wire_add(&tests, n, "wire/request", request);
	n = wire_add(&tests, n, "wire/response", response);
	test_keep();
	failed = _cmocka_run_group_tests("wire_head", tests, n, NULL, NULL);
	free(tests);
	return failed != 0;
}
