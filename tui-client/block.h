/*
 * Lines that are made alike, as they are asked for: a text wrapped to the
 * width, bytes so many a line, JSON and XML set out, both ends of a wire, a
 * ladder in time.  A block holds a few places from which its lines can be had
 * again, however many there are; what they are made of is passed to each call.
 */
#ifndef RETORT_BLOCK_H
#define RETORT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pretty.h"
#include "rows.h"
#include "span.h"
#include "timeline.h"
#include "wire.h"

enum {
	BLOCK_MARKS = 256, /* places that are kept, at most */
	BLOCK_NEAR = 2
};

enum block_kind {
	BLOCK_TEXT,
	BLOCK_HEX,
	BLOCK_PRETTY,
	BLOCK_WIRE,
	BLOCK_TIME,
};

/* Where a line begins; zeroed, the first. */
union block_at {
	size_t at; /* TEXT, HEX: bytes before it */
	struct pretty_at pretty;
	struct wire_at wire;
	struct timeline_at time;
};

struct block {
	enum block_kind kind;
	enum role role;	     /* TEXT: up to the first colon of a line, */
	enum role rest;	     /* and behind it */
	bool words;	     /* TEXT: no word is cut that fits in a line */
	size_t indent;	     /* TEXT: columns, where there is room */
	size_t lines;	     /* known so far */
	bool whole;	     /* there are no more */
	union block_at next; /* of the first line not known */
	size_t every;	     /* lines between two marks */
	union block_at
	    *mark; /* of line `every` and so on: the first is zeroed */
	size_t nmark;
	size_t cap;
	/* The first and the last line of those that were asked for one after
	 * the other: going on from there is cheap. */
	size_t near[BLOCK_NEAR];
	union block_at near_at[BLOCK_NEAR];
};

/* What the lines of a block are made of: as far as its kind asks. */
struct block_of {
	size_t cols;
	struct span bytes;
	struct pretty pretty; /* without text and cols */
	const struct wire *wire;
	const struct wire_ends *ends;
	struct wire_form form; /* without cols */
	const struct timeline *timeline;
	uint64_t *steps; /* lines passed or made: for tests */
};

void block_init(struct block *, enum block_kind);
void block_release(struct block *);

/* Find lines until `want` are known or all are. */
void block_reach(struct block *, const struct block_of *, size_t want);

/* Line i, which is known. */
void block_line(
    struct block *, const struct block_of *, size_t i, struct line *line);

/* The text has grown from `old` bytes: what is known of old's lines (which is
 * left empty) holds as far as it does not hang on its end. */
void block_go_on(struct block *, struct block *old, size_t bytes);

/* Where a text was found: a line, or a byte whose line is not known yet. */
struct found {
	bool is_line;
	size_t at;
};

/*
 * The next place behind line `from` (before it: step -1) where text begins,
 * case-insensitive in ASCII.  from SIZE_MAX: from the end that comes first.
 * Of bytes, wherever they are; of rows as they are shown.  False if there is
 * none.
 */
bool block_find(struct block *, const struct block_of *, size_t from, int step,
    struct span text, struct found *found);

/* Its line, if no more than `budget` further lines must be found for that;
 * else SIZE_MAX, and so many more are known. */
size_t block_found_line(struct block *, const struct block_of *,
    const struct found *, size_t budget);

#endif
