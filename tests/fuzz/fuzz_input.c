/*
 * What a terminal sends.  Byte 0: where it is cut in two; then the bytes.  The
 * events are the same whole, cut and byte by byte, and silence at the end
 * always leads to where nothing is waited for.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
note(struct buf *out, const struct input_event *e)
{
	assert(buf_printf(out, "%d:", e->kind));
	if (e->kind == INPUT_IS_KEY)
		assert(e->key != 0 && buf_printf(out, "%x ", e->key));
	else if (e->kind == INPUT_IS_MOUSE)
		assert(buf_printf(out, "%d@%d,%d ", e->mouse, e->y, e->x));
	else
		assert(buf_append_span(out, e->paste));
}

/* All events, with reads of so many bytes, all at the same time. */
static void
take_apart(struct span all, size_t step, struct buf *out)
{
	struct input_event e;
	struct input in;
	int64_t at;

	input_init(&in);
	for (size_t n; all.n > 0; all = span_of(all.p + n, all.n - n)) {
		n = step < all.n ? step : all.n;
		input_feed(&in, span_of(all.p, n), 0);
		while (input_next(&in, &e))
			note(out, &e);
	}
	for (int i = 0; (at = input_deadline(&in)) != INT64_MAX; i++) {
		assert(i < 2);
		if (input_silence(&in, at, &e))
			note(out, &e);
	}
	input_release(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { .max = SIZE_MAX };
	struct buf cut = { .max = SIZE_MAX };
	struct buf single = { .max = SIZE_MAX };
	struct span all;

	if (size < 2)
		return 0;
	all = span_of((const char *)data + 1, size - 1);
	take_apart(all, all.n, &whole);
	take_apart(all, data[0] + 1u, &cut);
	take_apart(all, 1, &single);
	assert(span_eq(buf_span(&whole), buf_span(&cut)));
	assert(span_eq(buf_span(&whole), buf_span(&single)));
	buf_release(&whole);
	buf_release(&cut);
	buf_release(&single);
	return 0;
}
