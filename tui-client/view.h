/*
 * One exchange as lines, made as they are asked for: however long a body is,
 * a view holds the same few dozen KiB, and a line far down costs little more than
 * one at the top.  It borrows nothing: the exchange, and what the server saw of
 * it, are passed to each call.
 */
#ifndef RETORT_VIEW_H
#define RETORT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "buf.h"
#include "exchange.h"
#include "rows.h"
#include "seen.h"

/* X(name, title) */
#define VIEW_PARTS(X)           \
	X(RESPONSE, "Response") \
	X(REQUEST, "Request")   \
	X(WIRE, "Wire")         \
	X(TIMELINE, "Timeline") \
	X(FINDINGS, "Findings")

enum view_part {
#define X(name, title) VIEW_##name,
	VIEW_PARTS(X)
#undef X
	VIEW_PART_COUNT
};

enum {
	VIEW_BLOCKS = 32,
	VIEW_WIRES = 2,	   /* the request's and the answer's */
	VIEW_STEP = 100000 /* lines found at once: some milliseconds */
};

/* What is looked at. */
struct view_what {
	const struct exchange *x;
	struct seen_end end;
};

/* And how. */
struct view_how {
	enum view_part part;
	size_t cols; /* 1 or more */
	bool raw;    /* JSON and XML as they came */
	bool hex;    /* the wire in hexadecimal digits */
	bool scale;  /* the timeline to scale, not folded */
};

/* Where the bytes of a block are. */
enum view_source {
	VIEW_FROM_NOTES, /* the view's own sentences */
	VIEW_FROM_RAW,	 /* x->raw, and so on */
	VIEW_FROM_BODY,
	VIEW_FROM_SENT,	    /* what x->tape kept of it */
	VIEW_FROM_COMPOSED, /* x->request.body */
	VIEW_FROM_WIRE,	    /* view->wire[0], and the next */
	VIEW_FROM_TIMELINE = VIEW_FROM_WIRE + VIEW_WIRES,
	VIEW_FROM_ASIDE, /* x->aside[0], and so on: the last ones */
};

/* A block and where its bytes are: offsets in the source. */
struct view_block {
	struct block lines;
	enum view_source source;
	size_t from;
	size_t to;
	struct pretty pretty;
	int only; /* a wire's side, or WIRE_SIDES */
};

/* All that the lines depend on; what is no number is one here. */
struct view_of {
	uint64_t id;
	uint64_t part;
	uint64_t cols;
	uint64_t raw_text;
	uint64_t hex;
	uint64_t scale;
	uint64_t outcome;
	uint64_t status;
	uint64_t wrong;
	uint64_t dropped;
	uint64_t raw;
	uint64_t body;
	uint64_t body_len;
	uint64_t composed;
	uint64_t sent;
	uint64_t sent_kept;
	uint64_t got;
	uint64_t got_kept;
	uint64_t marks;
	uint64_t how;
	uint64_t life;
	uint64_t conn;
	uint64_t req;
	uint64_t changes;
	uint64_t kept[ASIDE_COUNT];
	uint64_t aside[ASIDE_COUNT];
};

struct view {
	struct view_of of;
	size_t nblock;
	struct view_block block[VIEW_BLOCKS];
	struct buf notes;
	struct wire wire[VIEW_WIRES];
	/* What was found, and whose line is not known yet. */
	size_t found_block;
	struct found found;
	uint64_t steps; /* lines measured ever, for tests */
};

void view_init(struct view *);
void view_release(struct view *);

/* Show that.  Call it before each frame: nothing is done when nothing has
 * changed, and an answer that grew goes on where it was. */
void view_set(struct view *, const struct view_what *, const struct view_how *);

/* Find lines until `want` are known or all are; how many are known (may be
 * more or less than want). */
size_t view_reach(struct view *, const struct view_what *, size_t want);

/* All of them. */
size_t view_lines(struct view *, const struct view_what *);

/* VIEW_STEP lines more.  True if all are known. */
bool view_reach_more(struct view *, const struct view_what *);

/* Line i (from 0) into *line.  False if there is none. */
bool view_line(
    struct view *, const struct view_what *, size_t i, struct line *line);

enum {
	VIEW_LATER = -2 /* found, but its line is not known yet */
};

/*
 * The next line after `from` (by 1) or before it (-1) in which text begins,
 * case-insensitive in ASCII; wraps round once.  SIZE_MAX if there is none.
 * from SIZE_MAX: from the end that comes first, that line included.
 * (size_t)VIEW_LATER: ask view_search_on, until it answers something else or
 * the view is set to something else.
 */
size_t view_search(struct view *, const struct view_what *, size_t from, int by,
    const char *text);
size_t view_search_on(struct view *, const struct view_what *);

#endif
