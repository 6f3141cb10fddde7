/*
 * Deadlines.  A class of one duration is a queue in which the first is due
 * first: setting and dropping cost the same however many wait.  Those that
 * are due whenever their owner says are a tree.
 * Times are microseconds of a clock that only goes forward.
 */
#ifndef RETORTD_TIMERS_H
#define RETORTD_TIMERS_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdint.h>

#include "limit.h"

/* X(name, milliseconds) */
#define TIMERS(X)                            \
	X(IDLE, TIME_IDLE)                   \
	X(KEEP_ALIVE, TIME_KEEP_ALIVE)       \
	X(HEAD, TIME_HEAD)                   \
	X(PROGRESS, TIME_PROGRESS)           \
	X(CLASSIC_URL, TIME_CLASSIC_URL)     \
	X(CLASSIC_QUIET, TIME_CLASSIC_QUIET) \
	X(LINGER, TIME_LINGER)               \
	X(ACCEPT, TIME_ACCEPT)               \
	X(DRAIN, TIME_DRAIN)

enum timer_class {
	TIMER_NONE,
#define X(name, ms) TIMER_##name,
	TIMERS(X)
#undef X
	TIMER_AT, /* when timers_set_at says */
	TIMER_COUNT
};

/* Embedded in whoever waits; zeroed memory is a timer that is not set. */
struct timer {
	union {
		TAILQ_ENTRY(timer) queue;
		RB_ENTRY(timer) tree; /* TIMER_AT */
	} entry;
	int64_t due;
	void (*fire)(struct timer *, int64_t now);
	enum timer_class class; /* TIMER_NONE: not set */
};

TAILQ_HEAD(timer_queue, timer);
RB_HEAD(timer_tree, timer);

struct timers {
	struct timer_queue queue[TIMER_AT];
	struct timer_tree at;
};

void timers_init(struct timers *);

/* Let t be due the class's time from now, whatever it was set to before.
 * TIMER_NONE drops it; TIMER_AT is for the next. */
void timers_set(
    struct timers *, struct timer *t, enum timer_class, int64_t now);

void timers_set_at(struct timers *, struct timer *t, int64_t due);

/* When the next one is due; INT64_MAX if none is set. */
int64_t timers_next(const struct timers *);

/* Drop one that is due by now and return it; NULL if there is none. */
struct timer *timers_pop(struct timers *, int64_t now);

#endif
