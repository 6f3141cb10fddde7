/*
 * Bodies.  Byte 0: chunked, of a length, or until close; byte 1: where to cut;
 * then the body.  Whole, cut in two and byte by byte it must be the same
 * content, which is never more than what came.  A response's must be the same
 * as a request's, but for what is wrong with its trailers.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "head.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct result {
	struct body body;
	enum body_step step;
	enum httperr why;
	size_t used;
	char *data;
	size_t ndata;
	size_t size;
	size_t trailers; /* begin here; 0: they have not begun */
};

typedef void init_fn(struct body *, struct framing);

static void
begin(struct result *r, init_fn *init, struct framing f, size_t size)
{
	r->step = BODY_MORE;
	r->why = HTTPERR_NONE;
	r->used = r->ndata = r->trailers = 0;
	r->size = size;
	r->data = malloc(size + 1);
	assert(r->data != NULL);
	init(&r->body, f);
}

static void
feed(struct result *r, const char *p, size_t n)
{
	struct span data;
	size_t used;

	do {
		r->step = body_read(&r->body, p, n, &used, &data, &r->why);
		if (r->step == BODY_BAD) {
			assert(r->why > HTTPERR_NONE);
			assert(r->why < HTTPERR_COUNT);
			return;
		}
		assert(used <= n);
		if (r->step == BODY_DATA) {
			assert(used > 0 && data.p >= p);
			assert(data.p + data.n <= p + used);
			assert(r->ndata + data.n <= r->size);
			memcpy(r->data + r->ndata, data.p, data.n);
			r->ndata += data.n;
		}
		p += used;
		n -= used;
		r->used += used;
		if (r->step == BODY_DATA && data.n == 0)
			r->trailers = r->used;
	} while (r->step == BODY_DATA);
	assert(r->step == BODY_DONE || n == 0);
}

static void
same(const struct result *a, const struct result *b)
{
	assert(a->step == b->step && a->why == b->why);
	assert(a->step == BODY_BAD || a->used == b->used);
	assert(a->ndata == b->ndata);
	assert(memcmp(a->data, b->data, a->ndata) == 0);
}

/* As it came, in all ways; *whole is to be freed. */
static void
read_all_ways(struct result *whole, init_fn *init, struct framing f,
    const char *p, size_t n, size_t cut)
{
	struct result r;
	size_t k;

	begin(whole, init, f, n);
	feed(whole, p, n);

	begin(&r, init, f, n);
	feed(&r, p, cut);
	if (r.step == BODY_MORE)
		feed(&r, p + cut, n - cut);
	same(whole, &r);
	free(r.data);

	begin(&r, init, f, n);
	for (k = 0; k < n && r.step == BODY_MORE; k++)
		feed(&r, p + k, 1);
	if (n > 0)
		same(whole, &r);
	free(r.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct framing f = { FRAMING_CHUNKED, 0 };
	const char *p = (const char *)data + 2;
	size_t n = size - 2, cut;
	struct result request, response;
	httperr_set wrong;

	if (size < 2)
		return 0;
	if (data[0] % 8 == 1)
		f = (struct framing){ FRAMING_LENGTH, data[0] };
	else if (data[0] % 8 == 2)
		f.kind = FRAMING_CLOSE;
	cut = n * data[1] / 255;
	read_all_ways(&request, body_init, f, p, n, cut);
	read_all_ways(&response, body_init_response, f, p, n, cut);
	wrong = trailers_wrong(p + response.trailers,
	    response.trailers > 0 ? response.used - response.trailers : 0);
	if (request.step != BODY_BAD || request.trailers == 0)
		same(&request, &response);
	if (request.step == BODY_DONE)
		assert(wrong == 0);
	else if (request.step == BODY_BAD && response.step == BODY_DONE)
		assert(wrong != 0);
	free(request.data);
	free(response.data);
	return 0;
}
