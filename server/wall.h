/*
 * The time of day as answers and logs write it, made once per second.
 */
#ifndef RETORTD_WALL_H
#define RETORTD_WALL_H

#include <stdbool.h>
#include <stdint.h>

#include "encode.h"

enum {
	WALL_CLF_LEN = 26, /* 23/Nov/2026:06:24:36 +0000 */
	WALL_ISO_LEN = 24, /* 2026-11-23T06:24:36.123Z */
};

struct wall {
	int64_t now;   /* these two are the same moment, in microseconds */
	int64_t real;  /* since 1970 */
	int64_t stale; /* from here on the second is another */
	char date[DATE_LEN + 1];
	char clf[WALL_CLF_LEN + 1]; /* in local time */
};

/* Zeroed memory is stale. */
static inline bool
wall_is_stale(const struct wall *w, int64_t now)
{
	return now >= w->stale;
}

/* Both in microseconds: the loop's clock, and the time since 1970. */
void wall_set(struct wall *, int64_t now, int64_t real);

/* RFC 3339 with milliseconds, in UTC. */
void wall_iso(const struct wall *, int64_t now, char out[WALL_ISO_LEN + 1]);

#endif
