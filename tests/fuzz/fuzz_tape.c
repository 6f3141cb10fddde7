/*
 * Tapes against a model that keeps everything.  Bytes 0 to 2: the ceilings;
 * then calls, a byte each: what happens, and how much.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tape.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum {
	CALLS_MAX = 4096,
	MARKS_MIN = 8
};

/* One way, all of it. */
struct stream {
	struct buf all;
	uint64_t dropped; /* those before were kept until a drop */
	size_t first;	  /* to be kept of those behind */
};

struct model {
	struct stream way[TAPE_WAYS];
	struct tape_mark mark[CALLS_MAX];
	size_t n;
	size_t last;
	size_t marks;
	bool dropped;
};

static struct model model;

static void
check_bytes(const struct tape *t, enum tape_way way)
{
	const struct stream *s = &model.way[way];
	uint64_t off, gone, all = s->all.len, kept = 0;
	uint64_t fresh = all - s->dropped;
	struct span run;
	int holes = 0;

	assert(t->reel[way].all == all);
	for (off = 0; off < all; off += run.n + gone) {
		run = tape_run(t, way, off, all, &gone);
		assert((run.n == 0) != (gone == 0));
		assert(run.n <= all - off && gone <= all - off);
		assert(
		    run.n == 0 || memcmp(run.p, s->all.data + off, run.n) == 0);
		holes += gone > 0;
		kept += run.n;
	}
	assert(off == all && holes <= 1);
	assert(kept <= s->first + 2 * model.last);
	if (s->dropped == 0)
		assert(tape_has(t, way, 0, all < s->first ? all : s->first));
	if (fresh > model.last)
		fresh = model.last;
	assert(tape_has(t, way, all - fresh, all));
}

static void
check_marks(const struct tape *t)
{
	size_t i, behind = 0;

	assert(t->nmark <= model.marks && t->nmark + t->lost == model.n);
	assert(t->lost == 0 || model.n > model.marks || model.dropped);
	assert(t->lost == 0 || t->lost_at > 0);
	assert(t->lost == 0 || t->lost_at < t->nmark);
	for (i = 0; i < t->nmark; i++) {
		if (t->lost > 0 && i == t->lost_at)
			behind = t->lost;
		assert(t->mark[i].at == model.mark[i + behind].at);
		assert(t->mark[i].off == model.mark[i + behind].off);
		assert(t->mark[i].n == model.mark[i + behind].n);
		assert(t->mark[i].what == model.mark[i + behind].what);
		assert(t->mark[i].error == model.mark[i + behind].error);
	}
}

static void
move(struct tape *t, enum tape_event what, size_t n)
{
	struct stream *s = &model.way[what == TAPE_WRITE ? TAPE_OUT : TAPE_IN];
	struct tape_mark m = { (int64_t)model.n, s->all.len, (uint32_t)n, 0,
		(uint8_t)what };
	size_t i, from = s->all.len;
	bool ok = buf_reserve(&s->all, n);

	assert(ok);
	for (i = 0; i < n; i++)
		s->all.data[from + i] = (char)((from + i) * 31 + what);
	s->all.len += n;
	model.mark[model.n++] = m;
	tape_bytes(t, what, m.at, n == 0 ? "" : s->all.data + from, n);
}

static void
happen(struct tape *t, enum tape_event what, int error)
{
	struct tape_mark m = { (int64_t)model.n, 0, 0, (uint16_t)error,
		(uint8_t)what };

	model.mark[model.n++] = m;
	tape_event(t, what, m.at, error);
}

static void
drop(struct tape *t)
{
	tape_drop(t);
	assert(t->nmark <= TAPE_DROPPED_MARKS);
	assert(tape_weight(t) <= t->nmark * sizeof(t->mark[0]));
	model.dropped = true;
	for (int way = 0; way < TAPE_WAYS; way++) {
		model.way[way].dropped = model.way[way].all.len;
		model.way[way].first = 0;
	}
}

static void
call(struct tape *t, uint8_t what)
{
	size_t n = what >> 3;

	switch (what & 7) {
	case 0:
	case 1:
		move(t, TAPE_WRITE, n);
		break;
	case 2:
	case 3:
		move(t, TAPE_READ, n);
		break;
	case 4:
		move(t, TAPE_READ, n * 16);
		break;
	case 5:
	case 6:
		happen(t, TAPE_END + n % 4, (int)n);
		break;
	case 7:
		tape_fit(t);
		if (n == 31)
			drop(t);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tape t;
	size_t i;

	if (size < 3 || size > CALLS_MAX)
		return 0;
	model.n = 0;
	model.dropped = false;
	model.last = data[1];
	model.marks = MARKS_MIN + data[2];
	for (int way = 0; way < TAPE_WAYS; way++)
		model.way[way] = (struct stream){
			.all.max = SIZE_MAX,
			.first = data[0],
		};
	tape_init(&t, data[0], data[1], model.marks);
	for (i = 3; i < size; i++) {
		call(&t, data[i]);
		check_bytes(&t, TAPE_OUT);
		check_bytes(&t, TAPE_IN);
		check_marks(&t);
	}
	tape_release(&t);
	for (int way = 0; way < TAPE_WAYS; way++)
		buf_release(&model.way[way].all);
	return 0;
}
