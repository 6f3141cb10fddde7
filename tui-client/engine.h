/*
 * The exchanges in flight: names, sockets, bytes, deadlines.  No curses, no
 * clock of its own, never blocks.  `now` is CLOCK_MONOTONIC in nanoseconds.
 */
#ifndef RETORT_ENGINE_H
#define RETORT_ENGINE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange.h"

struct engine;

enum {
	ENGINE_CALLS_MAX = 64, /* in flight at once */
	ENGINE_FDS = ENGINE_CALLS_MAX + 1
};

/* clock is that of `now`, for the stamps within a step.  NULL and errno: memory
 * or descriptors are out. */
struct engine *engine_new(int64_t (*clock)(void));

/* Those still in flight end as OUTCOME_CANCELLED. */
void engine_free(struct engine *);

/*
 * Set x going; it borrows x until x->outcome is no longer OUTCOME_FLIGHT,
 * which may be so on return already.  x has host, port and request; wall and
 * start are set here.  False, with x untouched, when ENGINE_CALLS_MAX are in
 * flight.
 */
bool engine_start(
    struct engine *, struct exchange *x, int64_t now, int64_t wall);

/* Give that exchange up: OUTCOME_CANCELLED.  Nothing if it is not in flight. */
void engine_cancel(struct engine *, uint64_t id, int64_t now);

/* The newest in flight; 0 if none is. */
uint64_t engine_newest(const struct engine *);
size_t engine_in_flight(const struct engine *);

/* Descriptors to poll, at most cap (ENGINE_FDS suffices); how many. */
size_t engine_pollfds(const struct engine *, struct pollfd *, size_t cap);

/* When engine_step must be called though nothing is ready, on the clock of
 * `now`; INT64_MAX if never. */
int64_t engine_deadline(const struct engine *);

/* Do all that can be done at once, but never more than 256 KiB of one exchange
 * in each direction.  Whether any exchange changed. */
bool engine_step(struct engine *, const struct pollfd *, size_t n, int64_t now);

#endif
