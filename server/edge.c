#include "edge.h"

#include <stdlib.h>

enum {
	FIRST_ROOM = 16 /* a power of two */
};

bool
edges_init(struct edges *edges)
{
	*edges = (struct edges){ .mask = FIRST_ROOM - 1 };
	edges->v = calloc(FIRST_ROOM, sizeof(*edges->v));
	return edges->v != NULL;
}

void
edges_release(struct edges *edges)
{
	free(edges->v);
	edges->v = NULL;
}

static void
place_edge(struct edges *edges, const struct edge *e)
{
	uint32_t i = e->hash & edges->mask;

	while (edges->v[i].to != 0)
		i = (i + 1) & edges->mask;
	edges->v[i] = *e;
}

/* At most half of it is ever used. */
static bool
make_room(struct edges *edges)
{
	struct edges bigger = { .mask = edges->mask * 2 + 1, .n = edges->n };
	uint32_t i;

	if (edges->n < edges->mask / 2)
		return true;
	bigger.v = calloc((size_t)bigger.mask + 1, sizeof(*bigger.v));
	if (bigger.v == NULL)
		return false;
	for (i = 0; i <= edges->mask; i++)
		if (edges->v[i].to != 0)
			place_edge(&bigger, &edges->v[i]);
	free(edges->v);
	*edges = bigger;
	return true;
}

bool
edges_add(struct edges *edges, enum edge_kind kind, uint32_t part,
    struct span s, uint32_t to)
{
	uint32_t from = part << EDGE_BITS | (uint32_t)kind;
	struct edge e = { .from = from,
		.hash = edge_hash(kind, from, s),
		.to = to,
		.len = (uint32_t)s.n,
		.p = s.p };

	if (!make_room(edges))
		return false;
	place_edge(edges, &e);
	edges->n++;
	return true;
}
