#include "index.h"

#include <stdlib.h>

#include "choose.h"
#include "match.h"
#include "pattern.h"

enum {
	LIST_SHORT = 8, /* so many routes are looked at one by one */
	MAX_POINTERS = 8,
	NUMBER_MAX = UINT32_MAX >> EDGE_BITS
};

/* A growing array; its first element is none of the parts. */
struct parts {
	void *v;
	size_t size; /* of one */
	uint32_t n;
	uint32_t cap;
};

/* A route to be put into a list. */
struct entry {
	uint32_t list;
	uint32_t route;
};

struct builder {
	const struct routes *table;
	struct edges edges;
	struct parts roots, nodes, spots, lists, pointers, entries, waiting;
	uint32_t names; /* numbers given to what values come from */
	struct routes_index *index;
	bool failed; /* memory is out: go on with parts 0, in vain */
};

/* --- parts --------------------------------------------------------------- */

static bool
parts_grow(struct parts *parts)
{
	uint32_t cap = parts->cap == 0 ? 16 : parts->cap * 2;
	void *v;

	if (cap > NUMBER_MAX)
		return false;
	v = reallocarray(parts->v, cap, parts->size);
	if (v == NULL)
		return false;
	parts->v = v;
	parts->cap = cap;
	return true;
}

static bool
parts_init(struct parts *parts, size_t size)
{
	*parts = (struct parts){ .size = size, .n = 1 };
	if (!parts_grow(parts))
		return false;
	memset(parts->v, 0, size);
	return true;
}

/* A new one, zeroed; 0 if memory is out. */
static uint32_t
part_new(struct builder *b, struct parts *parts)
{
	if (parts->n == parts->cap && !parts_grow(parts)) {
		b->failed = true;
		return 0;
	}
	memset((char *)parts->v + parts->n * parts->size, 0, parts->size);
	return parts->n++;
}

static struct root *
root_at(const struct builder *b, uint32_t i)
{
	return (struct root *)b->roots.v + i;
}

static struct node *
node_at(const struct builder *b, uint32_t i)
{
	return (struct node *)b->nodes.v + i;
}

static struct spot *
spot_at(const struct builder *b, uint32_t i)
{
	return (struct spot *)b->spots.v + i;
}

static struct list *
list_at(const struct builder *b, uint32_t i)
{
	return (struct list *)b->lists.v + i;
}

static struct pointer *
pointer_at(const struct builder *b, uint32_t i)
{
	return (struct pointer *)b->pointers.v + i;
}

static uint32_t *
entry_at(const struct builder *b, uint32_t i)
{
	return (uint32_t *)b->entries.v + i;
}

/* The part that the edge leads to: a new one if there is no edge yet. */
static uint32_t
follow(struct builder *b, enum edge_kind kind, uint32_t from, struct span s,
    struct parts *parts)
{
	uint32_t to = edge_find(&b->edges, kind, from, s);

	if (to != 0)
		return to;
	to = parts != NULL ? part_new(b, parts) : ++b->names;
	if (to != 0 && !edges_add(&b->edges, kind, from, s, to))
		b->failed = true;
	return to;
}

/* --- hosts and paths ----------------------------------------------------- */

static uint32_t
spot_new(struct builder *b, uint32_t route)
{
	uint32_t spot = part_new(b, &b->spots);

	spot_at(b, spot)->first = route;
	return spot;
}

static uint32_t
node_new(struct builder *b, uint32_t route)
{
	uint32_t node = part_new(b, &b->nodes);

	node_at(b, node)->first = route;
	return node;
}

static uint32_t
spot_of_edge(struct builder *b, enum edge_kind kind, uint32_t from,
    struct span s, uint32_t route)
{
	uint32_t known = b->spots.n;
	uint32_t spot = follow(b, kind, from, s, &b->spots);

	if (spot >= known)
		spot_at(b, spot)->first = route;
	return spot;
}

static uint32_t
node_of_edge(struct builder *b, uint32_t from, struct span s, uint32_t route)
{
	uint32_t known = b->nodes.n;
	uint32_t node = follow(b, EDGE_SEGMENT, from, s, &b->nodes);

	if (node >= known)
		node_at(b, node)->first = route;
	return node;
}

static uint32_t
spot_of_last(
    struct builder *b, uint32_t at, struct span segment, uint32_t route)
{
	uint32_t spot;
	struct span name;

	switch (segment_kind_of(segment, &name)) {
	case SEGMENT_REST:
		spot = node_at(b, at)->rest;
		if (spot == 0)
			spot = spot_new(b, route);
		node_at(b, at)->rest = spot;
		return spot;
	case SEGMENT_ONE:
		spot = node_at(b, at)->end;
		if (spot == 0)
			spot = spot_new(b, route);
		node_at(b, at)->end = spot;
		return spot;
	case SEGMENT_LITERAL:
		break;
	}
	node_at(b, at)->segments = true;
	return spot_of_edge(b, EDGE_END, at, segment, route);
}

static uint32_t
node_behind(struct builder *b, uint32_t at, struct span segment, uint32_t route)
{
	uint32_t next;
	struct span name;

	if (segment_kind_of(segment, &name) == SEGMENT_LITERAL) {
		node_at(b, at)->segments = true;
		return node_of_edge(b, at, segment, route);
	}
	next = node_at(b, at)->one;
	if (next == 0)
		next = node_new(b, route);
	node_at(b, at)->one = next;
	return next;
}

static uint32_t
spot_of_pattern(
    struct builder *b, uint32_t root, struct span rest, uint32_t route)
{
	uint32_t at = root_at(b, root)->trie;
	struct span segment;

	if (at == 0)
		at = node_new(b, route);
	root_at(b, root)->trie = at;
	while (segment_next(&rest, &segment))
		at = node_behind(b, at, segment, route);
	return spot_of_last(b, at, segment, route);
}

static uint32_t
spot_of(struct builder *b, uint32_t root, uint32_t route)
{
	const struct route *r = b->table->v[route];
	uint32_t spot;

	switch (r->path_kind) {
	case PATH_ANY:
		spot = root_at(b, root)->any;
		if (spot == 0)
			spot = spot_new(b, route);
		root_at(b, root)->any = spot;
		return spot;
	case PATH_PATTERN:
		return spot_of_pattern(b, root, path_rest(r->path), route);
	case PATH_LITERAL:
		break;
	}
	root_at(b, root)->literal = true;
	return spot_of_edge(b, EDGE_PATH, root, r->path, route);
}

static uint32_t
count_dots(struct span s)
{
	uint32_t dots = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		dots += s.p[i] == '.';
	return dots;
}

static uint32_t
root_of(struct builder *b, const struct host *host, uint32_t route)
{
	struct routes_index *x = b->index;
	uint32_t known = b->roots.n, root = x->any, dots;

	switch (host->kind) {
	case HOST_NAME:
		root = follow(b, EDGE_HOST, 0, host->name, &b->roots);
		break;
	case HOST_BELOW:
		x->below = true;
		dots = count_dots(host->name);
		if (dots > x->below_dots)
			x->below_dots = dots;
		root = follow(b, EDGE_BELOW, 0, host->name, &b->roots);
		break;
	case HOST_ANY:
		if (root == 0)
			root = x->any = part_new(b, &b->roots);
	}
	if (root >= known)
		root_at(b, root)->first = route;
	return root;
}

/* --- lists --------------------------------------------------------------- */

static void
add_entry(struct builder *b, uint32_t list, uint32_t route)
{
	uint32_t i = part_new(b, &b->waiting);

	((struct entry *)b->waiting.v)[i] = (struct entry){ list, route };
}

static void
add_to_spot(
    struct builder *b, uint32_t spot, struct span method, uint32_t route)
{
	uint32_t i, last = 0;

	for (i = spot_at(b, spot)->lists; i != 0; i = list_at(b, i)->next) {
		if (span_eq(list_at(b, i)->method, method))
			break;
		last = i;
	}
	if (i == 0) {
		i = part_new(b, &b->lists);
		list_at(b, i)->method = method;
		if (last != 0)
			list_at(b, last)->next = i;
		else
			spot_at(b, spot)->lists = i;
	}
	add_entry(b, i, route);
}

static uint16_t
verbs_of(const struct route *r)
{
	unsigned verbs = r->any_method ? UINT16_MAX : 0;
	size_t i;

	for (i = 0; i < r->nmethods; i++)
		verbs |= 1U << method_find(r->methods[i].p, r->methods[i].n);
	return (uint16_t)verbs;
}

static void
add_route(struct builder *b, uint32_t route)
{
	struct route *r = b->table->v[route];
	uint32_t spot;
	size_t i, k;

	r->verbs = verbs_of(r);
	for (k = 0; k < r->nmethods; k++)
		follow(b, EDGE_METHOD, 0, r->methods[k], NULL);
	for (i = 0; i < r->nhosts; i++) {
		spot = spot_of(b, root_of(b, &r->hosts[i], route), route);
		if (r->any_method)
			add_to_spot(b, spot, span_of(NULL, 0), route);
		for (k = 0; !r->any_method && k < r->nmethods; k++)
			add_to_spot(b, spot, r->methods[k], route);
	}
}

/* Room for n entries; where they begin. */
static uint32_t
reserve_entries(struct builder *b, uint32_t n)
{
	uint32_t begin = b->entries.n;

	while (!b->failed && b->entries.cap - begin < n)
		if (!parts_grow(&b->entries))
			b->failed = true;
	if (b->failed)
		return 0;
	b->entries.n += n;
	return begin;
}

/* The entries that wait go into their lists; those were empty, and are
 * numbered from `first` on.  A route that names its method or its host twice
 * is entered once. */
static void
fill_lists(struct builder *b, uint32_t first)
{
	const struct entry *e = b->waiting.v;
	struct list *list;
	uint32_t i;

	for (i = 1; i < b->waiting.n; i++)
		list_at(b, e[i].list)->all.n++;
	for (i = first; i < b->lists.n; i++) {
		list = list_at(b, i);
		list->all.begin = reserve_entries(b, list->all.n);
		list->all.n = 0;
	}
	for (i = 1; i < b->waiting.n && !b->failed; i++) {
		list = list_at(b, e[i].list);
		if (list->all.n > 0 &&
		    *entry_at(b, list->all.begin + list->all.n - 1) ==
			e[i].route)
			continue;
		*entry_at(b, list->all.begin + list->all.n++) = e[i].route;
		list->wants_body |= b->table->v[e[i].route]->wants_body;
	}
	b->waiting.n = 1;
	for (i = first; i < b->lists.n; i++)
		list_at(b, i)->rest = list_at(b, i)->all;
}

/* --- keys ---------------------------------------------------------------- */

/* Lists that routes with a certain value of a matcher are in. */
struct key {
	enum keyed kind;
	uint32_t list;
	uint32_t number; /* the value is a number as well: of those; or 0 */
};

static uint32_t
pointer_of(struct builder *b, uint32_t list, struct span text)
{
	uint32_t i, n = 0, at;

	at = edge_find(&b->edges, EDGE_POINTER, list, text);
	if (at != 0)
		return at;
	for (i = list_at(b, list)->pointers; i != 0; i = pointer_at(b, i)->next)
		n++;
	if (n == MAX_POINTERS)
		return 0;
	at = follow(b, EDGE_POINTER, list, text, &b->pointers);
	pointer_at(b, at)->text = text;
	pointer_at(b, at)->values = ++b->names;
	pointer_at(b, at)->next = list_at(b, list)->pointers;
	list_at(b, list)->pointers = at;
	return at;
}

/* False if the matcher is none that routes could be found by. */
static bool
key_of(struct builder *b, uint32_t list, const struct match *m, struct key *key)
{
	struct decimal number;
	uint32_t from;

	key->number = 0;
	if (m->op != OP_IS)
		return false;
	switch (m->kind) {
	case MATCH_HEADER:
		key->kind = KEYED_HEADER;
		from = follow(b, EDGE_HEADER, list, m->name, NULL);
		break;
	case MATCH_QUERY:
		key->kind = KEYED_QUERY;
		from = follow(b, EDGE_QUERY, list, m->name, NULL);
		break;
	case MATCH_JSON:
		key->kind = KEYED_JSON;
		from = pointer_of(b, list, m->name);
		if (from == 0)
			return false;
		from = pointer_at(b, from)->values;
		if (decimal_parse(m->value, &number))
			key->number =
			    follow(b, EDGE_NUMBER, from, m->value, &b->lists);
		break;
	case MATCH_BODY:
		key->kind = KEYED_BODY;
		key->list = follow(b, EDGE_BODY, list, m->value, &b->lists);
		return true;
	case MATCH_TIMES:
	case MATCH_P:
	default:
		return false;
	}
	key->list = follow(b, EDGE_VALUE, from, m->value, &b->lists);
	return true;
}

static uint32_t
key_count(const struct builder *b, const struct key *key)
{
	uint32_t n = list_at(b, key->list)->all.n;
	uint32_t numbers =
	    key->number != 0 ? list_at(b, key->number)->all.n : 0;

	return n > numbers ? n : numbers;
}

/* Count how many routes have each key. */
static void
count_keys(struct builder *b, uint32_t list, const struct route *r)
{
	struct key key;
	size_t i;

	for (i = 0; i < r->nmatches; i++) {
		if (!key_of(b, list, &r->matches[i], &key))
			continue;
		list_at(b, key.list)->all.n++;
		if (key.number != 0)
			list_at(b, key.number)->all.n++;
	}
}

/* The key that the fewest routes of the list share; false if most do. */
static bool
rarest_key(
    struct builder *b, uint32_t list, const struct route *r, struct key *best)
{
	uint32_t least = list_at(b, list)->all.n / 2 + 1;
	struct key key;
	bool found = false;
	size_t i;

	for (i = 0; i < r->nmatches; i++) {
		if (!key_of(b, list, &r->matches[i], &key) ||
		    key_count(b, &key) >= least)
			continue;
		least = key_count(b, &key);
		*best = key;
		found = true;
	}
	return found;
}

/* Entry i of the list goes to its key's list, else to the rest. */
static void
split_entry(struct builder *b, uint32_t list, uint32_t i)
{
	uint32_t route = *entry_at(b, list_at(b, list)->all.begin + i);
	struct key key;
	struct list *l;

	if (!rarest_key(b, list, b->table->v[route], &key)) {
		l = list_at(b, list);
		*entry_at(b, l->rest.begin + l->rest.n++) = route;
		return;
	}
	add_entry(b, key.list, route);
	if (key.number != 0)
		add_entry(b, key.number, route);
	l = list_at(b, list);
	l->keyed |= key.kind;
	if ((key.kind & KEYED_BY_HEAD) == 0)
		*entry_at(b, l->by_body.begin + l->by_body.n++) = route;
}

/* A list of many: what has a rare key is found by it. */
static void
split_list(struct builder *b, uint32_t list)
{
	uint32_t n = list_at(b, list)->all.n, first = b->lists.n, i, begin;

	if (n <= LIST_SHORT)
		return;
	for (i = 0; i < n; i++)
		count_keys(b, list,
		    b->table->v[*entry_at(b, list_at(b, list)->all.begin + i)]);
	begin = reserve_entries(b, n);
	list_at(b, list)->rest = (struct run){ begin, 0 };
	begin = reserve_entries(b, n);
	list_at(b, list)->by_body = (struct run){ begin, 0 };
	for (i = 0; i < n && !b->failed; i++)
		split_entry(b, list, i);
	for (i = first; i < b->lists.n; i++)
		list_at(b, i)->all.n = 0;
	fill_lists(b, first);
}

/* --- the order for people ------------------------------------------------ */

int
index_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
compare_routes(const void *a, const void *b, void *table)
{
	const uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct route *r = ((const struct routes *)table)->v[i];
	const struct route *s = ((const struct routes *)table)->v[k];
	int c = index_compare(r->path, s->path);

	if (c == 0 && r->nhosts > 0 && s->nhosts > 0)
		c = index_compare(r->hosts[0].name, s->hosts[0].name);
	return c != 0 ? c : (i > k) - (i < k);
}

static bool
sort_by_path(struct routes *t, struct routes_index *x)
{
	uint32_t i;

	x->by_path = arena_alloc(&t->arena, (t->n + 1) * sizeof(*x->by_path));
	if (x->by_path == NULL)
		return false;
	for (i = 0; i < t->n; i++)
		x->by_path[i] = i;
	qsort_r(x->by_path, t->n, sizeof(*x->by_path), compare_routes, t);
	return true;
}

/* --- all of it ----------------------------------------------------------- */

static bool
builder_init(struct builder *b)
{
	return edges_init(&b->edges) &&
	    parts_init(&b->roots, sizeof(struct root)) &&
	    parts_init(&b->nodes, sizeof(struct node)) &&
	    parts_init(&b->spots, sizeof(struct spot)) &&
	    parts_init(&b->lists, sizeof(struct list)) &&
	    parts_init(&b->pointers, sizeof(struct pointer)) &&
	    parts_init(&b->entries, sizeof(uint32_t)) &&
	    parts_init(&b->waiting, sizeof(struct entry));
}

static void
builder_release(struct builder *b)
{
	edges_release(&b->edges);
	free(b->roots.v);
	free(b->nodes.v);
	free(b->spots.v);
	free(b->lists.v);
	free(b->pointers.v);
	free(b->entries.v);
	free(b->waiting.v);
}

static void *
keep(struct builder *b, struct arena *arena, const void *v, size_t n)
{
	void *copy = arena_alloc(arena, n);

	if (copy == NULL)
		b->failed = true;
	else
		memcpy(copy, v, n);
	return copy;
}

static void *
keep_parts(struct builder *b, struct arena *arena, const struct parts *parts)
{
	return keep(b, arena, parts->v, parts->n * parts->size);
}

static void
keep_all(struct builder *b, struct arena *arena)
{
	struct routes_index *x = b->index;

	x->edges = b->edges;
	x->edges.v = keep(b, arena, b->edges.v,
	    ((size_t)b->edges.mask + 1) * sizeof(*b->edges.v));
	x->roots = keep_parts(b, arena, &b->roots);
	x->nodes = keep_parts(b, arena, &b->nodes);
	x->spots = keep_parts(b, arena, &b->spots);
	x->lists = keep_parts(b, arena, &b->lists);
	x->pointers = keep_parts(b, arena, &b->pointers);
	x->entries = keep_parts(b, arena, &b->entries);
}

static void
build(struct builder *b)
{
	uint32_t i;

	for (i = 0; i < b->table->n; i++)
		add_route(b, i);
	fill_lists(b, 1);
	/* Lists that this makes are split in their turn. */
	for (i = 1; i < b->lists.n && !b->failed; i++)
		split_list(b, i);
}

bool
routes_index(struct routes *t)
{
	struct builder b = { .table = t };
	bool ok = false;

	if (t->n >= NUMBER_MAX)
		return false;
	b.index = arena_alloc(&t->arena, sizeof(*b.index));
	if (b.index == NULL)
		return false;
	if (builder_init(&b)) {
		build(&b);
		keep_all(&b, &t->arena);
		ok = !b.failed && sort_by_path(t, b.index);
	}
	builder_release(&b);
	if (ok)
		t->index = b.index;
	return ok;
}
