/*
 * What went one way over a connection, as its two ends have it: what was sent
 * on the left, what was received on the right, line by line.  Lines that are
 * alike stand beside each other; bytes that the other end has otherwise, or not
 * at all, have a role of their own.  Each call is where it was, with its time.
 *
 * What is built is where lines belong together and which bytes differ; rows are
 * made from the two tapes as they are asked for.
 */
#ifndef RETORT_WIRE_H
#define RETORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rows.h"
#include "tape.h"

enum {
	WIRE_LEFT,  /* the sender's */
	WIRE_RIGHT, /* the receiver's */
	WIRE_SIDES,
	WIRE_TWO_FROM = 56, /* columns for two of them beside each other */

	WIRE_LINES = 4096,  /* compared line by line between the same ones */
	WIRE_RANGES = 1024, /* that differ, of one side */
};

/* One end. */
struct wire_side {
	const struct tape *tape; /* NULL: nobody knows */
	enum tape_way way;
	uint64_t from; /* its bytes */
	uint64_t to;
	const char *title; /* "we sent" */
};

struct wire_ends {
	struct wire_side side[WIRE_SIDES];
	int64_t zero; /* times count from it */
};

enum wire_kind {
	WIRE_SAME,  /* as many bytes on both sides, the same ones */
	WIRE_PAIR,  /* a line on one side or on both */
	WIRE_LOOSE, /* not compared */
};

struct wire_hunk {
	enum wire_kind kind;
	uint64_t from[WIRE_SIDES];
	uint64_t to[WIRE_SIDES];
};

struct wire_range {
	uint64_t from;
	uint64_t to;
};

struct wire {
	struct wire_hunk *hunk;
	size_t nhunk;
	size_t cap;
	struct wire_range *differs[WIRE_SIDES];
	size_t ndiffers[WIRE_SIDES];
	bool capped; /* not all that differs is known */
};

/* Zeroed memory is an empty wire. */
void wire_release(struct wire *);

/* Compare the ends.  What memory has no room for is not compared. */
void wire_build(struct wire *, const struct wire_ends *);

/* Do both ends have the same bytes? */
bool wire_is_same(const struct wire *);

struct wire_form {
	size_t cols;
	bool hex;
	int only; /* WIRE_LEFT or WIRE_RIGHT alone; WIRE_SIDES: both */
};

/* Where a row begins.  Zeroed: the first, which has the titles. */
struct wire_at {
	uint64_t off[WIRE_SIDES];
	uint64_t end[WIRE_SIDES]; /* of what stands beside each other */
	uint32_t mark[WIRE_SIDES];
	uint32_t calls[WIRE_SIDES]; /* so far */
	uint32_t hunk;
	bool titled;
	bool begun;
};

/* The row at *at, which becomes that of the next.  line may be NULL.  False,
 * and nothing done, behind the last. */
bool wire_row(const struct wire *, const struct wire_ends *,
    const struct wire_form *, struct wire_at *at, struct line *line);

#endif
