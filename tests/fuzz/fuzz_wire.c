/*
 * Bytes 0 and 1: columns, hexadecimal or not; bytes 2 and 3: how long the calls
 * of each side are; then, up to a line of "=", the left side, and behind it the
 * right one.  Rows keep their width; every byte of both sides stands in one
 * row; what is said to be the same is; what differs is marked.
 */
#include <assert.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "width.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
fill(struct tape *t, enum tape_event what, struct span s, size_t call)
{
	int64_t at = 0;

	tape_init(t, 4096, 64, 64);
	while (s.n > 0) {
		size_t n = s.n < call ? s.n : call;

		tape_bytes(t, what, at++, s.p, n);
		s = span_of(s.p + n, s.n - n);
	}
}

static size_t
marked(const struct wire *w, int side)
{
	size_t n = 0;

	for (size_t i = 0; i < w->ndiffers[side]; i++) {
		assert(w->differs[side][i].from < w->differs[side][i].to);
		assert(i == 0 ||
		    w->differs[side][i - 1].to < w->differs[side][i].from);
		n += w->differs[side][i].to - w->differs[side][i].from;
	}
	return n;
}

static void
rows(const struct wire *w, const struct wire_ends *e, const struct wire_form *f)
{
	struct wire_at at = { 0 }, passed = { 0 };
	struct line line;

	line_init(&line);
	while (line_clear(&line), wire_row(w, e, f, &at, &line)) {
		assert(line.cols <= f->cols);
		assert(width_of(buf_span(&line.text)) == line.cols);
		assert(wire_row(w, e, f, &passed, NULL));
		assert(memcmp(&at, &passed, sizeof(at)) == 0);
	}
	for (int i = 0; i < WIRE_SIDES; i++)
		assert(at.off[i] == e->side[i].to);
	line_release(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	struct wire_ends e = { .zero = 0 };
	struct tape tape[WIRE_SIDES];
	struct wire w = { 0 };
	struct wire_form f;
	const char *split;
	struct span s[WIRE_SIDES];

	if (size < 4)
		return 0;
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		abort();
	split = memmem(p + 4, size - 4, "\n=\n", 3);
	s[0] = span_of(
	    p + 4, split == NULL ? size - 4 : (size_t)(split - p) + 1 - 4);
	s[1] = split == NULL ? s[0] : span_of(split + 3, size - 4 - s[0].n - 2);
	fill(&tape[0], TAPE_WRITE, s[0], 1 + data[2]);
	fill(&tape[1], TAPE_READ, s[1], 1 + data[3]);
	for (int i = 0; i < WIRE_SIDES; i++)
		e.side[i] = (struct wire_side){ &tape[i],
			i == 0 ? TAPE_OUT : TAPE_IN, 0, s[i].n, "title" };
	wire_build(&w, &e);
	f = (struct wire_form){ WIRE_TWO_FROM + data[0] % 80, data[1] % 2 != 0,
		WIRE_SIDES };
	rows(&w, &e, &f);
	f = (struct wire_form){ 1 + data[0], data[1] % 2 != 0, WIRE_LEFT };
	rows(&w, &e, &f);
	if (!w.capped) {
		assert(wire_is_same(&w) == span_eq(s[0], s[1]));
		/* What is not marked is as much on both sides. */
		assert(s[0].n - marked(&w, 0) == s[1].n - marked(&w, 1));
	}
	wire_release(&w);
	tape_release(&tape[0]);
	tape_release(&tape[1]);
	return 0;
}
