/*
 * From bytes to a pointer.
 */
#ifndef RETORTD_MAP_H
#define RETORTD_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "span.h"

struct map_entry {
	uint64_t hash;
	struct span key; /* p is NULL: a free place */
	void *value;
};

/* Zeroed memory with an arena, which owns the keys, is a valid empty map. */
struct map {
	struct arena *arena;
	struct map_entry *v; /* cap places, n of them taken */
	size_t n;
	size_t cap;
};

/* The value; NULL if there is none. */
void *map_find(const struct map *, struct span key);

/* A value, not NULL, for a key that has none yet; the key is copied.  False if
 * memory is out. */
bool map_add(struct map *, struct span key, void *value);

void map_release(struct map *);

#endif
