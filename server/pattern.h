/*
 * Paths with {name}, which stands for a whole segment, and at the end perhaps
 * {name...}, which stands for the rest.
 */
#ifndef RETORTD_PATTERN_H
#define RETORTD_PATTERN_H

#include <stdbool.h>

#include "span.h"

enum segment_kind {
	SEGMENT_LITERAL,
	SEGMENT_ONE,  /* {name}: any that is not empty */
	SEGMENT_REST, /* {name...}: all that follows, perhaps nothing */
};

/* What a segment of a pattern is; its name, if it has one. */
enum segment_kind segment_kind_of(struct span segment, struct span *name);

/* The first segment, taken off *rest with its slash; false if it was the
 * last.  A path's rest begins behind its first slash. */
bool segment_next(struct span *rest, struct span *segment);

/* A path without its first slash. */
static inline struct span
path_rest(struct span path)
{
	return path.n > 0 ? span_of(path.p + 1, path.n - 1) : path;
}

bool pattern_matches(struct span pattern, struct span path);

/* What {name} stands for; p is NULL if the pattern has no such name. */
struct span pattern_param(
    struct span pattern, struct span path, struct span name);

#endif
