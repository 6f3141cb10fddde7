/*
 * An exchange in time: a ladder between client and server on one clock, row by
 * row as they are asked for.  A call and what it caused at the other end share
 * a row when nothing came between.
 */
#ifndef RETORT_TIMELINE_H
#define RETORT_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange.h"
#include "rows.h"
#include "seen.h"

enum {
	TIMELINE_WIDE = 64, /* columns for the two beside each other */
	TIMELINE_ROWS = 40, /* of gaps in all, to scale */
	TIMELINE_FOLD = 4,  /* more rows of bytes one way are folded */
};

struct timeline {
	const struct exchange *x;
	struct seen_end end; /* how NOT or SEVERAL: one side alone */
	size_t cols;
	bool scale; /* gaps are as long as they last; else calls are folded */
};

/* X(name, with both ends known, with ours alone, with the server's alone) */
/* clang-format off */
#define TIMELINE_PHASES(X) \
	X(NAME, "name", "name", "name") \
	X(CONNECT, "connect", "connect", "connect") \
	X(SEND, "send", "send", "receive") \
	X(THINK, "server", "wait", "think") \
	X(BACK, "back", "receive", "send") \
	X(TOTAL, "total", "total", "total")
/* clang-format on */

enum timeline_phase {
#define X(name, both, ours, theirs) TIMELINE_##name,
	TIMELINE_PHASES(X)
#undef X
	TIMELINE_PHASE_COUNT
};

/* Nanoseconds from the exchange's start; from -1: it is not known, or was
 * not. */
struct timeline_span {
	int64_t from;
	int64_t to;
};

void timeline_phases(
    const struct timeline *, struct timeline_span out[TIMELINE_PHASE_COUNT]);

enum {
	TIMELINE_CLIENT,
	TIMELINE_SERVER,
	TIMELINE_SIDES
};

/* Where a row begins.  Zeroed: the first. */
struct timeline_at {
	uint32_t mark[TIMELINE_SIDES]; /* the next ones */
	uint32_t fold;		       /* rows that the next one stands for */
	uint32_t gap;		       /* empty rows that are left, */
	bool measured;		       /* and known */
	int64_t last;		       /* when the last row was */
	bool heard;		       /* the server's route was named */
	uint8_t part;		       /* title, ladder, what is behind it */
	uint16_t line;		       /* of that */
};

/* The row at *at, which becomes that of the next.  line may be NULL.  False
 * behind the last. */
bool timeline_row(
    const struct timeline *, struct timeline_at *at, struct line *line);

#endif
