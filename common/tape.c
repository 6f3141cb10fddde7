/*
 * A reel is one run of memory: the first bytes, which stay, and behind them
 * the last ones, which slide.  So are the marks.
 */
#include "tape.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	MARKS_FIRST = 8, /* as many as a short exchange has */
	DROPPED_FIRST = TAPE_DROPPED_MARKS / 4 * 3,
	DROPPED_LAST = TAPE_DROPPED_MARKS - DROPPED_FIRST
};

void
tape_init(struct tape *t, size_t first, size_t last, size_t marks)
{
	assert(marks >= MARKS_FIRST);
	*t = (struct tape){ .last = last, .marks = marks };
	for (int way = 0; way < TAPE_WAYS; way++) {
		t->reel[way].cut = first;
		t->reel[way].kept.max = first + 2 * last;
	}
}

void
tape_release(struct tape *t)
{
	for (int way = 0; way < TAPE_WAYS; way++)
		buf_release(&t->reel[way].kept);
	free(t->mark);
	*t = (struct tape){ 0 };
}

/* --- marks --------------------------------------------------------------- */

/* Twice the room, up to the ceiling. */
static bool
marks_grow(struct tape *t)
{
	size_t cap = t->cap == 0 ? MARKS_FIRST : t->cap * 2;
	struct tape_mark *mark;

	if (cap > t->marks)
		cap = t->marks;
	if (cap == t->cap)
		return false;
	mark = realloc(t->mark, cap * sizeof(*mark));
	if (mark == NULL)
		return false;
	t->mark = mark;
	t->cap = cap;
	return true;
}

/* Lose those between the first ones and the last, and all that stand in front
 * of others that are lost: there is but one hole. */
static void
marks_lose(struct tape *t, size_t first, size_t last)
{
	size_t n;

	if (t->lost > 0 && last > t->nmark - t->lost_at)
		last = t->nmark - t->lost_at;
	if (t->lost == 0 || t->lost_at > first)
		t->lost_at = first;
	n = t->nmark - last - t->lost_at;
	t->nmark -= n;
	t->lost += n;
	memmove(t->mark + t->lost_at, t->mark + t->lost_at + n,
	    (t->nmark - t->lost_at) * sizeof(t->mark[0]));
}

/* The first three quarters stay, and of the others the newer half. */
static void
marks_slide(struct tape *t)
{
	size_t first = t->lost == 0 ? t->nmark / 4 * 3 : t->lost_at;

	marks_lose(t, first, (t->nmark - first + 1) / 2);
}

static void
marks_fit(struct tape *t)
{
	struct tape_mark *mark;

	if (t->nmark == 0)
		return;
	mark = realloc(t->mark, t->nmark * sizeof(*mark));
	if (mark == NULL)
		return;
	t->mark = mark;
	t->cap = t->nmark;
}

static void
add_mark(struct tape *t, struct tape_mark m)
{
	if (t->nmark == t->cap && !marks_grow(t)) {
		if (t->cap == 0) {
			t->lost++;
			return;
		}
		marks_slide(t);
	}
	t->mark[t->nmark++] = m;
}

void
tape_event(struct tape *t, enum tape_event what, int64_t at, int error)
{
	assert(what != TAPE_READ && what != TAPE_WRITE);
	add_mark(t,
	    (struct tape_mark){
		.at = at,
		.what = what,
		.error = (uint16_t)error,
	    });
}

const char *
tape_event_words(enum tape_event what)
{
	static const char *const words[] = {
#define X(name, w) [TAPE_##name] = w,
		TAPE_EVENTS(X)
#undef X
	};

	return words[what];
}

static const struct tape_mark *
find(const struct tape *t, enum tape_event what, size_t from, bool back)
{
	const struct tape_mark *m;
	size_t i;

	for (i = from; i < t->nmark; i++) {
		m = &t->mark[back ? t->nmark - 1 - i : i];
		if (m->what == what)
			return m;
	}
	return NULL;
}

const struct tape_mark *
tape_first(const struct tape *t, enum tape_event what)
{
	return find(t, what, 0, false);
}

const struct tape_mark *
tape_last(const struct tape *t, enum tape_event what)
{
	return find(t, what, 0, true);
}

const struct tape_mark *
tape_ended(const struct tape *t)
{
	const struct tape_mark *m;

	for (m = t->mark; m < t->mark + t->nmark; m++)
		if (m->what == TAPE_END || m->what == TAPE_CLOSE ||
		    m->what == TAPE_RESET || m->what == TAPE_FAILED)
			return m;
	return NULL;
}

/* --- bytes --------------------------------------------------------------- */

/* The first bytes: so many are kept. */
static size_t
reel_head(const struct tape_reel *r)
{
	return r->kept.len < r->cut ? r->kept.len : r->cut;
}

/* The last ones: where they begin, in the stream. */
static uint64_t
reel_tail(const struct tape_reel *r)
{
	return r->all - (r->kept.len - reel_head(r));
}

/* Behind the first bytes; n is not more than `last`. */
static void
reel_slide(struct tape_reel *r, const char *p, size_t n, size_t last)
{
	struct buf *b = &r->kept;
	size_t stay = last - n;

	if (b->len - r->cut + n > 2 * last) {
		memmove(b->data + r->cut, b->data + b->len - stay, stay);
		b->len = r->cut + stay;
	}
	if (!buf_append(b, p, n))
		b->len = r->cut;
}

static void
reel_add(struct tape_reel *r, const char *p, size_t n, size_t last)
{
	size_t head = r->cut - reel_head(r);

	r->all += n;
	if (head > n)
		head = n;
	/* Without memory the hole begins here. */
	if (!buf_append(&r->kept, p, head))
		r->cut = r->kept.len;
	p += head;
	n -= head;
	if (n > last) {
		p += n - last;
		n = last;
		r->kept.len = r->cut;
	}
	if (n > 0)
		reel_slide(r, p, n, last);
}

void
tape_bytes(
    struct tape *t, enum tape_event what, int64_t at, const void *p, size_t n)
{
	struct tape_mark m = { .at = at, .what = what, .n = (uint32_t)n };
	struct tape_reel *r = &t->reel[tape_way_of(&m)];

	assert(what == TAPE_READ || what == TAPE_WRITE);
	assert(n <= UINT32_MAX);
	m.off = r->all;
	add_mark(t, m);
	reel_add(r, p, n, t->last);
}

struct span
tape_run(const struct tape *t, enum tape_way way, uint64_t off, uint64_t end,
    uint64_t *gone)
{
	const struct tape_reel *r = &t->reel[way];
	size_t head = reel_head(r);
	uint64_t tail = reel_tail(r);

	assert(off <= end && end <= r->all);
	*gone = 0;
	if (off == end)
		return span_of("", 0);
	if (off >= tail)
		return span_of(r->kept.data + head + (off - tail), end - off);
	if (off < head && (end <= head || tail == head))
		return span_of(r->kept.data + off, end - off);
	if (off < head)
		return span_of(r->kept.data + off, head - off);
	*gone = (end < tail ? end : tail) - off;
	return span_of("", 0);
}

bool
tape_has(const struct tape *t, enum tape_way way, uint64_t off, uint64_t end)
{
	uint64_t gone;

	return tape_run(t, way, off, end, &gone).n == end - off;
}

/* --- memory -------------------------------------------------------------- */

void
tape_fit(struct tape *t)
{
	for (int way = 0; way < TAPE_WAYS; way++)
		buf_fit(&t->reel[way].kept);
	marks_fit(t);
}

void
tape_drop(struct tape *t)
{
	for (int way = 0; way < TAPE_WAYS; way++) {
		buf_release(&t->reel[way].kept);
		t->reel[way].cut = 0;
	}
	if (t->nmark > TAPE_DROPPED_MARKS)
		marks_lose(t, DROPPED_FIRST, DROPPED_LAST);
	marks_fit(t);
}

size_t
tape_weight(const struct tape *t)
{
	return t->reel[TAPE_OUT].kept.cap + t->reel[TAPE_IN].kept.cap +
	    t->cap * sizeof(t->mark[0]);
}
