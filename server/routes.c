#include "routes.h"

#include <assert.h>
#include <stdlib.h>

#include "map.h"

struct routes *
routes_ref(struct routes *t)
{
	t->uses++;
	return t;
}

void
routes_unref(struct routes *t)
{
	struct like *like;

	if (t == NULL)
		return;
	assert(t->uses > 0);
	if (--t->uses > 0)
		return;
	for (like = t->likes; like != NULL; like = like->next)
		regfree(&like->regex);
	arena_release(&t->arena);
	free(t);
}

bool
route_append_methods(struct buf *b, const struct route *route)
{
	size_t i;

	if (route->any_method)
		return buf_append_text(b, "*");
	for (i = 0; i < route->nmethods; i++)
		if ((i > 0 && !buf_append_text(b, ",")) ||
		    !buf_append_span(b, route->methods[i]))
			return false;
	return true;
}

static bool
append_host(struct buf *b, const struct host *host)
{
	switch (host->kind) {
	case HOST_ANY:
		return buf_append_text(b, "*");
	case HOST_BELOW:
		return buf_append_text(b, "*.") &&
		    buf_append_span(b, host->name);
	case HOST_NAME:
		break;
	}
	return buf_append_span(b, host->name);
}

bool
route_append_hosts(struct buf *b, const struct route *route)
{
	size_t i;

	for (i = 0; i < route->nhosts; i++)
		if ((i > 0 && !buf_append_text(b, ",")) ||
		    !append_host(b, &route->hosts[i]))
			return false;
	return true;
}

/* --- a reload ------------------------------------------------------------ */

/* Of the routes of one key: the first whose count nobody has taken over. */
struct heir {
	const struct route *route;
	struct heir *next;
};

struct heirs {
	struct heir *first;
	struct heir **end;
};

/* Hosts and text; a NUL is in neither host nor text. */
static bool
carry_key(struct buf *key, const struct route *route)
{
	key->len = 0;
	return route_append_hosts(key, route) && buf_append(key, "", 1) &&
	    buf_append_span(key, route->text);
}

static bool
carry_note(struct map *map, struct span key, const struct route *route)
{
	struct heirs *heirs = map_find(map, key);
	struct heir *heir = arena_alloc(map->arena, sizeof(*heir));

	if (heir == NULL)
		return false;
	if (heirs == NULL) {
		heirs = arena_alloc(map->arena, sizeof(*heirs));
		if (heirs == NULL || !map_add(map, key, heirs))
			return false;
		heirs->end = &heirs->first;
	}
	heir->route = route;
	*heirs->end = heir;
	heirs->end = &heir->next;
	return true;
}

static void
carry_take(struct map *map, struct span key, struct route *route)
{
	struct heirs *heirs = map_find(map, key);

	if (heirs == NULL || heirs->first == NULL)
		return;
	route->taken = heirs->first->route->taken;
	heirs->first = heirs->first->next;
}

bool
routes_carry(struct routes *t, const struct routes *old)
{
	struct arena arena = { 0 };
	struct map map = { .arena = &arena };
	struct buf key = { .max = SIZE_MAX };
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < old->n; i++)
		ok = carry_key(&key, old->v[i]) &&
		    carry_note(&map, buf_span(&key), old->v[i]);
	for (i = 0; ok && i < t->n; i++) {
		ok = carry_key(&key, t->v[i]);
		if (ok)
			carry_take(&map, buf_span(&key), t->v[i]);
	}
	buf_release(&key);
	map_release(&map);
	arena_release(&arena);
	return ok;
}
