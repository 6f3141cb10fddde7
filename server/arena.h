/*
 * Memory that is freed all at once: what a table of routes consists of.
 * Zeroed memory is a valid empty arena.
 */
#ifndef RETORTD_ARENA_H
#define RETORTD_ARENA_H

#include <stddef.h>

#include "span.h"

struct arena {
	struct arena_block *blocks;
	size_t left; /* bytes of the newest block */
};

/* n zeroed bytes, aligned for anything; NULL if memory is out or n is more
 * than a gigabyte. */
void *arena_alloc(struct arena *, size_t n);

/* A copy, with a NUL behind it; p is NULL if memory is out. */
struct span arena_copy(struct arena *, struct span);

void arena_release(struct arena *);

#endif
