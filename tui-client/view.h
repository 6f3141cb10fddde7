/*
 * One exchange as lines, made as they are asked for: however long a body is,
 * a view holds the same few dozen KiB, and a line far down costs little more than
 * one at the top.  It borrows nothing: the exchange is passed to each call.
 */
#ifndef RETORT_VIEW_H
#define RETORT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "exchange.h"
#include "rows.h"

/* X(name, title) */
#define VIEW_PARTS(X)           \
	X(RESPONSE, "Response") \
	X(REQUEST, "Request")

enum view_part {
#define X(name, title) VIEW_##name,
	VIEW_PARTS(X)
#undef X
	VIEW_PART_COUNT
};

enum {
	VIEW_BLOCKS = 24,
	VIEW_MARKS = 256 /* of a block: where every so many lines begin */
};

/* Where the bytes of a block are. */
enum view_source {
	VIEW_FROM_NOTES, /* the view's own sentences */
	VIEW_FROM_RAW,	 /* x->raw, and so on */
	VIEW_FROM_BODY,
	VIEW_FROM_SENT,	 /* what x->tape kept of it */
	VIEW_FROM_ASIDE, /* x->aside[0], and so on: the last ones */
};

/* A run of bytes that are shown alike: as text wrapped to the width, whose
 * lines are found as they are asked for, or as so many bytes a line. */
struct block {
	enum view_source source;
	size_t from; /* offsets in the source */
	size_t to;
	enum role role; /* up to the first colon of a line, */
	enum role rest; /* and behind it */
	size_t hex;	/* bytes a line; 0: text */
	size_t lines;	/* known so far */
	size_t next;	/* where the first line not known begins */
	bool whole;	/* there are no more */
	size_t every;	/* lines between two marks */
	size_t nmark;
	size_t mark[VIEW_MARKS];
};

/* All that the lines depend on. */
struct view_of {
	uint64_t id;
	enum view_part part;
	size_t cols;
	enum outcome outcome;
	int status;
	httperr_set wrong;
	bool dropped;
	size_t raw;
	size_t body;
	uint64_t sent;
	size_t sent_kept;
	size_t kept[ASIDE_COUNT];
	uint64_t aside[ASIDE_COUNT];
};

struct view {
	struct view_of of;
	size_t nblock;
	struct block block[VIEW_BLOCKS];
	struct buf notes;
	/* The line found last: going on from there is cheap. */
	size_t near_block;
	size_t near; /* in its block */
	size_t near_at;
	uint64_t steps; /* lines measured ever, for tests */
};

void view_init(struct view *);
void view_release(struct view *);

/* Show that part of x in cols columns (1 or more).  Call it before each frame:
 * nothing is done when nothing has changed, and an answer that grew goes on
 * where it was. */
void view_set(
    struct view *, const struct exchange *x, enum view_part, size_t cols);

/* Find lines until `want` are known or all are; how many are known (may be
 * more or less than want). */
size_t view_reach(struct view *, const struct exchange *x, size_t want);

/* All of them. */
size_t view_lines(struct view *, const struct exchange *x);

/* Line i (from 0) into *line.  False if there is none. */
bool view_line(
    struct view *, const struct exchange *x, size_t i, struct line *line);

/*
 * The next line after `from` (step 1) or before it (-1) in which text begins,
 * case-insensitive in ASCII; wraps round once.  SIZE_MAX if there is none.
 * from SIZE_MAX: from the end that comes first, that line included.
 */
size_t view_search(struct view *, const struct exchange *x, size_t from,
    int step, const char *text);

#endif
