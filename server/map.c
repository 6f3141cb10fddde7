#include "map.h"

#include <stdlib.h>

enum {
	MAP_FIRST = 16
};

/* FNV-1a. */
static uint64_t
hash(struct span key)
{
	uint64_t h = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3;
	return h ^ h >> 32;
}

/* Where it is, or would be.  At most half of the places are taken. */
static struct map_entry *
map_place(const struct map *m, struct span key, uint64_t h)
{
	struct map_entry *e;
	size_t i;

	for (i = h & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
		e = &m->v[i];
		if (e->key.p == NULL || (e->hash == h && span_eq(e->key, key)))
			return e;
	}
}

void *
map_find(const struct map *m, struct span key)
{
	return m->n > 0 ? map_place(m, key, hash(key))->value : NULL;
}

static bool
map_grow(struct map *m)
{
	struct map bigger = *m;
	size_t i;

	bigger.cap = m->cap > 0 ? m->cap * 2 : MAP_FIRST;
	bigger.v = calloc(bigger.cap, sizeof(*bigger.v));
	if (bigger.v == NULL)
		return false;
	for (i = 0; i < m->cap; i++)
		if (m->v[i].key.p != NULL)
			*map_place(&bigger, m->v[i].key, m->v[i].hash) =
			    m->v[i];
	free(m->v);
	*m = bigger;
	return true;
}

bool
map_add(struct map *m, struct span key, void *value)
{
	struct map_entry e = { .hash = hash(key), .value = value };

	if (m->n >= m->cap / 2 && !map_grow(m))
		return false;
	e.key = arena_copy(m->arena, key);
	if (e.key.p == NULL)
		return false;
	*map_place(m, key, e.hash) = e;
	m->n++;
	return true;
}

void
map_release(struct map *m)
{
	free(m->v);
	*m = (struct map){ 0 };
}
