/*
 * What happened on one connection, as seen from one of its ends: marks in the
 * order of time, and the bytes that went each way.  Whoever owns the
 * connection tells the tape; times are nanoseconds on that owner's clock.
 *
 * So that the two ends of a connection, on one clock, are in causal order,
 * what has an effect on the other end (connect, write, shut, close) is stamped
 * before the call, and what was caused there (accept, read, the end of input)
 * behind it.
 *
 * Each way the first bytes and the last ones are kept, and so of the marks;
 * the middle is counted.  A tape never fails: for what memory is out it
 * counts.
 */
#ifndef RETORT_TAPE_H
#define RETORT_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

/* X(name, words) */
/* clang-format off */
#define TAPE_EVENTS(X) \
	X(RESOLVED, "name resolved") \
	X(CONNECT, "connect")		/* to the next address, maybe */ \
	X(CONNECTED, "connected") \
	X(ACCEPT, "accept") \
	X(WRITE, "write") \
	X(READ, "read") \
	X(END, "end of input")		/* the peer closed, or half-closed */ \
	X(SHUT, "end of output")	/* we half-closed */ \
	X(CLOSE, "close")		/* we closed */ \
	X(RESET, "reset")		/* the peer reset */ \
	X(FAILED, "failed")		/* of connecting, or later */
/* clang-format on */

enum tape_event {
#define X(name, words) TAPE_##name,
	TAPE_EVENTS(X)
#undef X
	TAPE_EVENT_COUNT
};

enum tape_way {
	TAPE_OUT, /* what we wrote */
	TAPE_IN,  /* what we read */
	TAPE_WAYS
};

struct tape_mark {
	int64_t at;
	uint64_t off;	/* READ, WRITE: of the first byte, in its way */
	uint32_t n;	/* and how many: what the call returned */
	uint16_t error; /* errno: RESET, FAILED */
	uint8_t what;	/* enum tape_event */
};

/* The bytes that went one way. */
struct tape_reel {
	struct buf kept; /* the first ones; behind cut the last ones */
	size_t cut;
	uint64_t all; /* bytes that went */
};

/* What TCP itself has to say at the end: TCP_INFO, filled by the owner. */
struct tape_tcp {
	bool known;
	uint32_t rtt; /* smoothed, microseconds */
	uint32_t rttvar;
	uint32_t retransmits; /* segments, in all */
	uint32_t send_window; /* congestion window, segments */
	uint32_t peer_window; /* what the peer would take, bytes; 0: unknown */
	uint32_t recv_window; /* what we would take, bytes */
	uint32_t send_mss;    /* bytes of a segment */
	uint32_t recv_mss;
};

enum {
	TAPE_ADDRESS = 80, /* "127.0.0.1:41231", "[::1]:80", with its NUL */
	TAPE_DROPPED_MARKS = 64
};

struct tape {
	struct tape_reel reel[TAPE_WAYS];
	struct tape_mark *mark;
	size_t nmark;
	size_t cap;
	uint64_t lost;	/* so many marks are missing: between */
	size_t lost_at; /* mark[lost_at - 1] and mark[lost_at] */
	size_t last;	/* ceilings, as set by tape_init */
	size_t marks;
	struct tape_tcp tcp;
	char local[TAPE_ADDRESS]; /* filled by the owner; empty if unknown */
	char peer[TAPE_ADDRESS];
};

/*
 * Keep the first `first` bytes each way and at least the last `last` ones
 * (never more than twice as many), and `marks` marks, 8 or more.  Nothing is
 * allocated until there is something to keep.
 */
void tape_init(struct tape *t, size_t first, size_t last, size_t marks);
void tape_release(struct tape *t);

/* n bytes at p went (what: READ or WRITE). */
void tape_bytes(
    struct tape *t, enum tape_event what, int64_t at, const void *p, size_t n);

/* Anything else happened.  error: errno, 0 if none. */
void tape_event(struct tape *t, enum tape_event what, int64_t at, int error);

const char *tape_event_words(enum tape_event what);

/* The way of a READ or WRITE. */
static inline enum tape_way
tape_way_of(const struct tape_mark *m)
{
	return m->what == TAPE_WRITE ? TAPE_OUT : TAPE_IN;
}

/*
 * The bytes from off up to end in one way, as far as they are kept without a
 * hole.  Empty where there is a hole: *gone is then how many are missing until
 * the next one that is kept, or until end; else it is 0.  To have all:
 *
 *	for (; off < end; off += s.n + gone)
 *		s = tape_run(t, way, off, end, &gone);
 *
 * end is at most t->reel[way].all.  What is returned lives until the tape
 * grows, is fitted, dropped or released.
 */
struct span tape_run(const struct tape *t, enum tape_way way, uint64_t off,
    uint64_t end, uint64_t *gone);

/* Are all bytes from off up to end kept? */
bool tape_has(
    const struct tape *t, enum tape_way way, uint64_t off, uint64_t end);

/* The first such mark (NULL if none), and the last. */
const struct tape_mark *tape_first(const struct tape *t, enum tape_event what);
const struct tape_mark *tape_last(const struct tape *t, enum tape_event what);

/* The mark with which the connection ended: the first END, CLOSE, RESET or
 * FAILED; NULL if it stands.  CLOSE was our doing, END and RESET the peer's. */
const struct tape_mark *tape_ended(const struct tape *t);

/* Nothing more will come, likely: give back room that was for more. */
void tape_fit(struct tape *t);

/* Free the bytes; counts and figures stay, and of the marks as many as are
 * needed for all but the longest exchanges (TAPE_DROPPED_MARKS). */
void tape_drop(struct tape *t);

/* Bytes of memory behind the struct. */
size_t tape_weight(const struct tape *t);

#endif
