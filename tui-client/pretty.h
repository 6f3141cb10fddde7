/*
 * JSON and XML set out over indented lines, from any line on: all that is
 * known of what stands before it is in a place of a hundred bytes.  There is
 * no tree and no copy, and no line costs more than the bytes it shows, so a
 * text may be of any length.
 *
 * From where a text is not what it claims to be (or is nested deeper than
 * LIMIT_JSON_DEPTH) a line says so, and the rest is text as it stands.  JSON
 * is read to the letter but for the UTF-8 in its strings.  Of XML only the
 * tags count: neither names nor entities are looked up.
 */
#ifndef RETORT_PRETTY_H
#define RETORT_PRETTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limit.h"
#include "rows.h"
#include "span.h"

enum pretty_kind {
	PRETTY_JSON,
	PRETTY_XML,
};

struct pretty {
	enum pretty_kind kind;
	struct span text;
	bool open; /* more of it is to come */
	size_t cols;
};

enum {
	/* What stands at a place may hang on as many bytes behind its `read`:
	 * when a text has grown, places nearer to its old end do not hold. */
	PRETTY_AHEAD = 512
};

/* Where a line begins.  Zeroed: the first one. */
struct pretty_at {
	size_t off;  /* bytes that were shown, or passed over, */
	size_t read; /* and those that are understood, all of one role */
	uint64_t objects[LIMIT_JSON_DEPTH / 64]; /* JSON: a bit a level */
	uint16_t depth;
	uint8_t state;
	uint8_t role;
	uint8_t why; /* it is broken */
	char quote;  /* XML: what ends the value of an attribute */
	bool gap;    /* a blank is due */
	bool filled; /* something stands on the line, */
	bool folded; /* or on the one before, which it goes on with */
	bool tight;  /* XML: what follows stays on the line of its tag */
};

/* The line at *at, which becomes that of the next one.  line may be NULL: it is
 * only passed.  False, and nothing done, behind the last. */
bool pretty_line(const struct pretty *, struct pretty_at *at, struct line *);

/* What such a body is: by its Content-Type (p is NULL: it has none), or by how
 * it begins.  False if it is neither. */
bool pretty_kind_of(struct span type, struct span body, enum pretty_kind *kind);

#endif
