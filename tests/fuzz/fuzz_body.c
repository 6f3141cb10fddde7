/*
 * Bodies.  Byte 0: chunked, of a length, or until close; byte 1: where to cut;
 * then the body.  Whole, cut in two and byte by byte it must be the same
 * content, which is never more than what came.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct result {
	struct body body;
	enum body_step step;
	enum httperr why;
	size_t used;
	char *data;
	size_t ndata;
	size_t size;
};

static void
begin(struct result *r, struct framing f, size_t size)
{
	r->step = BODY_MORE;
	r->why = HTTPERR_NONE;
	r->used = r->ndata = 0;
	r->size = size;
	r->data = malloc(size + 1);
	assert(r->data != NULL);
	body_init(&r->body, f);
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct framing f = { FRAMING_CHUNKED, 0 };
	const char *p = (const char *)data + 2;
	size_t n = size - 2, cut, k;
	struct result whole, r;

	if (size < 2)
		return 0;
	if (data[0] % 8 == 1)
		f = (struct framing){ FRAMING_LENGTH, data[0] };
	else if (data[0] % 8 == 2)
		f.kind = FRAMING_CLOSE;
	cut = n * data[1] / 255;

	begin(&whole, f, n);
	feed(&whole, p, n);

	begin(&r, f, n);
	feed(&r, p, cut);
	if (r.step == BODY_MORE)
		feed(&r, p + cut, n - cut);
	same(&whole, &r);
	free(r.data);

	begin(&r, f, n);
	for (k = 0; k < n && r.step == BODY_MORE; k++)
		feed(&r, p + k, 1);
	if (n > 0)
		same(&whole, &r);
	free(r.data);
	free(whole.data);
	return 0;
}
