/*
 * Heads.  Byte 0: request or response; byte 1: where to cut; then the message.
 * Whole, cut in two and byte by byte it must be the same head, and lie within
 * its bytes; what parsed must have a meaning.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "head.h"
#include "semantics.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct result {
	enum parse parse;
	enum httperr why;
	struct head head;
};

typedef enum parse parse_fn(
    const char *, size_t, size_t, struct head *, enum httperr *);

static void
parse(struct result *r, parse_fn *fn, const char *p, size_t n, size_t scanned)
{
	memset(r, 0xa5, sizeof(*r));
	r->parse = fn(p, n, scanned, &r->head, &r->why);
	if (r->parse == PARSE_BAD)
		assert(r->why > HTTPERR_NONE && r->why < HTTPERR_COUNT);
}

static void
slice_check(const struct head *h, struct slice s)
{
	assert(s.len <= h->len && s.off <= h->len - s.len);
}

static void
bounds_check(const struct head *h, size_t n)
{
	int i;

	assert(h->len <= n && h->start < h->len);
	assert(h->nfield <= LIMIT_FIELDS);
	slice_check(h, h->method);
	slice_check(h, h->target);
	slice_check(h, h->reason);
	for (i = 0; i < h->nfield; i++) {
		slice_check(h, h->field[i].name);
		slice_check(h, h->field[i].value);
	}
}

static void
slice_same(struct slice a, struct slice b)
{
	assert(a.len == b.len && (a.len == 0 || a.off == b.off));
}

static void
same(const struct result *a, const struct result *b)
{
	const struct head *x = &a->head, *y = &b->head;
	int i;

	assert(a->parse == b->parse);
	if (a->parse == PARSE_BAD)
		assert(a->why == b->why);
	if (a->parse != PARSE_MORE) {
		slice_same(x->method, y->method);
		slice_same(x->target, y->target);
	}
	if (a->parse != PARSE_DONE)
		return;
	assert(x->start == y->start && x->len == y->len);
	assert(x->status == y->status && x->wrong == y->wrong);
	assert(x->major == y->major && x->minor == y->minor);
	slice_same(x->reason, y->reason);
	assert(x->nfield == y->nfield);
	for (i = 0; i < x->nfield; i++) {
		slice_same(x->field[i].name, y->field[i].name);
		slice_same(x->field[i].value, y->field[i].value);
	}
}

static void
span_check(struct span s, const char *p, size_t n)
{
	/* "/" and "*" may stand in for what the target leaves out. */
	if (s.n > 1)
		assert(s.p >= p && s.p + s.n <= p + n);
}

static void
meaning_check(const char *p, const struct head *h, bool request)
{
	struct request_semantics q;
	struct response_semantics a;
	enum httperr why;

	if (!request) {
		response_semantics_of(p, h, METHOD_GET, &a);
		assert(a.framing.kind <= FRAMING_CLOSE);
		return;
	}
	why = request_semantics_of(p, h, &q);
	assert(why < HTTPERR_COUNT);
	if (why != HTTPERR_NONE)
		return;
	assert(q.framing.kind != FRAMING_CLOSE && q.path.n > 0);
	span_check(q.host, p, h->len);
	span_check(q.path, p, h->len);
	span_check(q.query, p, h->len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct result whole, r;
	parse_fn *fn;
	const char *p = (const char *)data + 2;
	size_t n = size - 2, cut, k;
	char *piece;

	if (size < 2)
		return 0;
	fn = data[0] % 2 == 0 ? head_parse_request : head_parse_response;
	cut = n * data[1] / 255;
	parse(&whole, fn, p, n, 0);
	if (whole.parse == PARSE_DONE) {
		bounds_check(&whole.head, n);
		meaning_check(p, &whole.head, data[0] % 2 == 0);
	}

	/* In memory of its own, so that reading past the piece is seen. */
	piece = malloc(cut + 1);
	assert(piece != NULL);
	memcpy(piece + 1, p, cut);
	parse(&r, fn, piece + 1, cut, 0);
	free(piece);
	if (r.parse == PARSE_MORE)
		parse(&r, fn, p, n, cut);
	same(&whole, &r);

	r.parse = PARSE_MORE;
	for (k = 1; k <= n && r.parse == PARSE_MORE; k++)
		parse(&r, fn, p, k, k - 1);
	same(&whole, &r);
	return 0;
}
