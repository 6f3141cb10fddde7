#include "arena.h"

#include <stdlib.h>
#include <string.h>

/* Tests make it small, so that every table has many. */
#ifndef ARENA_BLOCK
#define ARENA_BLOCK ((size_t)32 * 1024)
#endif

/* No table has a piece as large, and sizes below it can be added up. */
#define ARENA_MOST ((size_t)1 << 30)

struct arena_block {
	struct arena_block *next;
	max_align_t bytes[];
};

/* What does not fit goes to a block of its own; a big one stands behind the
 * newest, of which there may be much left. */
static struct arena_block *
arena_grow(struct arena *a, size_t n)
{
	bool is_big = n > ARENA_BLOCK / 4;
	size_t size = is_big ? n : ARENA_BLOCK;
	struct arena_block *block;

	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	if (is_big && a->blocks != NULL) {
		block->next = a->blocks->next;
		a->blocks->next = block;
		return block;
	}
	block->next = a->blocks;
	a->blocks = block;
	a->left = size;
	return block;
}

/* Blocks are used from their ends: how long each is, nobody has to know. */
void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t unit = _Alignof(max_align_t);
	struct arena_block *block = a->blocks;

	if (n > ARENA_MOST)
		return NULL;
	n = (n + unit - 1) / unit * unit;
	if (block == NULL || n > a->left) {
		block = arena_grow(a, n);
		if (block == NULL)
			return NULL;
		if (block != a->blocks)
			return memset(block->bytes, 0, n);
	}
	a->left -= n;
	/* Each piece by itself: what no piece needs takes no memory. */
	return memset((char *)block->bytes + a->left, 0, n);
}

struct span
arena_copy(struct arena *a, struct span s)
{
	char *p = s.n < ARENA_MOST ? arena_alloc(a, s.n + 1) : NULL;

	if (p == NULL)
		return span_of(NULL, 0);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return span_of(p, s.n);
}

void
arena_release(struct arena *a)
{
	struct arena_block *block, *next;

	for (block = a->blocks; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	*a = (struct arena){ 0 };
}
