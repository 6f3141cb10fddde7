#include "unreached.h"

#include "escape.h"
#include "map.h"

enum {
	NODES_MAX = 64 /* that one path is looked for in */
};

/*
 * The paths seen so far as a tree of segments, and which (path, host, method,
 * matches) are answered.  A route is never reached if each of its hosts with
 * each of its methods is answered by one in front of it, under a path that is
 * the same or takes more.
 */
struct node {
	struct node *param; /* {name} */
	struct node *rest;  /* {name...} */
};

struct reach {
	struct arena arena;
	struct map edges;  /* struct node by its parent and a segment */
	struct map routes; /* struct route by what it answers */
	struct node root;
	struct node any; /* the path "*" */
	struct buf key;
	bool no_memory;
};

/* All nodes whose paths take whatever the path of a route takes. */
struct nodes {
	const struct node *v[NODES_MAX];
	size_t n;
};

/* --- paths --------------------------------------------------------------- */

static struct span
segment(struct span path)
{
	const char *slash = path.n > 0 ? memchr(path.p, '/', path.n) : NULL;

	return span_of(
	    path.p, slash != NULL ? (size_t)(slash - path.p) : path.n);
}

/* What stands behind a segment and its slash; p is NULL if nothing does. */
static struct span
behind(struct span path, struct span s)
{
	if (s.n == path.n)
		return span_of(NULL, 0);
	return span_of(path.p + s.n + 1, path.n - s.n - 1);
}

static bool
is_param(const struct route *r, struct span s)
{
	return r->path_kind == PATH_PATTERN && s.n > 2 && s.p[0] == '{' &&
	    s.p[s.n - 1] == '}';
}

static bool
is_rest(const struct route *r, struct span s)
{
	return is_param(r, s) && s.n > 4 &&
	    memcmp(s.p + s.n - 4, "...", 3) == 0;
}

static bool
add(struct reach *t, const void *p, size_t n)
{
	t->no_memory = !buf_append(&t->key, p, n) || t->no_memory;
	return !t->no_memory;
}

static struct span
edge_key(struct reach *t, const struct node *from, struct span s)
{
	t->key.len = 0;
	add(t, &from, sizeof(from));
	add(t, s.p, s.n);
	return buf_span(&t->key);
}

static struct node *
node_new(struct reach *t)
{
	struct node *node = arena_alloc(&t->arena, sizeof(*node));

	t->no_memory = t->no_memory || node == NULL;
	return node;
}

static struct node *
node_slot(struct reach *t, struct node **slot)
{
	if (*slot == NULL)
		*slot = node_new(t);
	return *slot;
}

static struct node *
node_literal(struct reach *t, const struct node *from, struct span s)
{
	struct span key = edge_key(t, from, s);
	struct node *node = map_find(&t->edges, key);

	if (node != NULL || t->no_memory)
		return node;
	node = node_new(t);
	if (node != NULL && !map_add(&t->edges, key, node))
		t->no_memory = true;
	return node;
}

/* Where the path of a route ends in the tree; NULL if memory is out. */
static struct node *
node_of(struct reach *t, const struct route *r)
{
	struct node *node = &t->root;
	struct span path, s;

	if (r->path_kind == PATH_ANY)
		return &t->any;
	path = span_of(r->path.p + 1, r->path.n - 1);
	for (; path.p != NULL && node != NULL; path = behind(path, s)) {
		s = segment(path);
		if (is_rest(r, s))
			node = node_slot(t, &node->rest);
		else if (is_param(r, s))
			node = node_slot(t, &node->param);
		else
			node = node_literal(t, node, s);
	}
	return node;
}

static void
nodes_add(struct nodes *all, const struct node *node)
{
	if (node != NULL && all->n < NODES_MAX)
		all->v[all->n++] = node;
}

/* Both ways go down only, and a path has few segments that are named in the
 * tree; past NODES_MAX a warning may be missing. */
static void
nodes_find(struct reach *t, struct nodes *all, const struct route *r,
    const struct node *node, struct span path)
{
	struct span s;

	if (node == NULL || all->n >= NODES_MAX)
		return;
	if (path.p == NULL) {
		nodes_add(all, node);
		return;
	}
	nodes_add(all, node->rest);
	s = segment(path);
	if (is_rest(r, s))
		return;
	path = behind(path, s);
	if (!is_param(r, s))
		nodes_find(
		    t, all, r, map_find(&t->edges, edge_key(t, node, s)), path);
	if (s.n > 0)
		nodes_find(t, all, r, node->param, path);
}

/* --- matches ------------------------------------------------------------- */

static bool
is_counted(const struct match *m)
{
	return m->kind == MATCH_TIMES || m->kind == MATCH_P;
}

static bool
same_name(const struct match *a, const struct match *b)
{
	return a->name.n == b->name.n &&
	    (a->kind == MATCH_HEADER
		    ? strncasecmp(a->name.p, b->name.p, a->name.n) == 0
		    : span_eq(a->name, b->name));
}

static bool
same_match(const struct match *a, const struct match *b)
{
	return a->kind == b->kind && a->op == b->op &&
	    span_eq(a->value, b->value) &&
	    (a->kind == MATCH_BODY || same_name(a, b));
}

/* Has b each match of a?  Those of times and p let only less through. */
static bool
has_matches(const struct route *b, const struct route *a)
{
	size_t i, k;

	for (i = 0; i < a->nmatches; i++) {
		for (k = 0; k < b->nmatches; k++)
			if (same_match(&a->matches[i], &b->matches[k]))
				break;
		if (k == b->nmatches)
			return false;
	}
	return true;
}

/* The same for the same matches in any order. */
static uint64_t
matches_sum(const struct route *r)
{
	uint64_t sum = 0, one;
	size_t i, k;

	for (i = 0; i < r->nmatches; i++) {
		if (is_counted(&r->matches[i]))
			continue;
		one = 0xcbf29ce484222325 + (uint64_t)r->matches[i].kind * 8 +
		    (uint64_t)r->matches[i].op;
		for (k = 0; k < r->matches[i].value.n; k++)
			one = (one ^ (unsigned char)r->matches[i].value.p[k]) *
			    0x100000001b3;
		sum += (one ^ r->matches[i].name.n) * 0x9e3779b97f4a7c15;
	}
	return sum;
}

static bool
is_always(const struct route *r)
{
	size_t i;

	for (i = 0; i < r->nmatches; i++)
		if (is_counted(&r->matches[i]))
			return false;
	return true;
}

/* --- what is answered ---------------------------------------------------- */

static const struct span any_method = { "*", 1 };

static struct span
answer_key(struct reach *t, const struct node *node, const struct host *host,
    struct span method, uint64_t sum)
{
	t->key.len = 0;
	add(t, &node, sizeof(node));
	add(t, &sum, sizeof(sum));
	add(t, &host->kind, sizeof(host->kind));
	add(t, host->name.p, host->name.n);
	add(t, "", 1);
	add(t, method.p, method.n);
	return buf_span(&t->key);
}

static size_t
method_count(const struct route *r)
{
	return r->any_method ? 1 : r->nmethods;
}

static struct span
nth_method(const struct route *r, size_t i)
{
	return r->any_method ? any_method : r->methods[i];
}

static void
note(struct reach *t, struct route *r)
{
	const struct node *node = node_of(t, r);
	uint64_t sum = matches_sum(r);
	struct span key;
	size_t i, k;

	for (i = 0; i < r->nhosts; i++) {
		for (k = 0; k < method_count(r) && !t->no_memory; k++) {
			key = answer_key(
			    t, node, &r->hosts[i], nth_method(r, k), sum);
			if (map_find(&t->routes, key) == NULL)
				t->no_memory = !map_add(&t->routes, key, r) ||
				    t->no_memory;
		}
	}
}

/* With exactly this host and method: without matches, or with the same. */
static const struct route *
answered_exactly(struct reach *t, const struct nodes *nodes,
    const struct route *r, const struct host *host, struct span method)
{
	const uint64_t sums[] = { 0, matches_sum(r) };
	const struct route *other;
	size_t i, k;

	for (i = 0; i < nodes->n; i++) {
		for (k = 0; k < 2; k++) {
			other = map_find(&t->routes,
			    answer_key(t, nodes->v[i], host, method, sums[k]));
			if (other != NULL && has_matches(r, other))
				return other;
		}
	}
	return NULL;
}

static const struct route *
answered_by_host(struct reach *t, const struct nodes *nodes,
    const struct route *r, const struct host *host, struct span method)
{
	const struct route *other = answered_exactly(t, nodes, r, host, method);

	if (other == NULL && !span_eq(method, any_method))
		other = answered_exactly(t, nodes, r, host, any_method);
	return other;
}

/* Who answers this host and method in front of the route; NULL if nobody. */
static const struct route *
answered(struct reach *t, const struct nodes *nodes, const struct route *r,
    const struct host *host, struct span method)
{
	struct host wider = *host;
	const struct route *other = answered_by_host(t, nodes, r, host, method);
	const char *dot;
	struct span name = host->name;

	wider.kind = HOST_BELOW;
	while (other == NULL && name.n > 0 &&
	    (dot = memchr(name.p, '.', name.n)) != NULL) {
		name.n -= (size_t)(dot + 1 - name.p);
		name.p = dot + 1;
		wider.name = name;
		other = answered_by_host(t, nodes, r, &wider, method);
	}
	wider = (struct host){ .kind = HOST_ANY };
	if (other == NULL && host->kind != HOST_ANY)
		other = answered_by_host(t, nodes, r, &wider, method);
	return other;
}

/* The first of those who answer all that the route would; NULL if something
 * is left for it. */
static const struct route *
unreached(struct reach *t, const struct route *r)
{
	const struct route *first = NULL, *other;
	struct nodes nodes = { .n = 0 };
	size_t i, k;

	nodes_add(&nodes, &t->any);
	if (r->path_kind != PATH_ANY)
		nodes_find(t, &nodes, r, &t->root,
		    span_of(r->path.p + 1, r->path.n - 1));
	for (i = 0; i < r->nhosts; i++) {
		for (k = 0; k < method_count(r); k++) {
			other = answered(
			    t, &nodes, r, &r->hosts[i], nth_method(r, k));
			if (other == NULL)
				return NULL;
			if (first == NULL)
				first = other;
		}
	}
	return first;
}

/* RFC 9110 9.3.8: TRACE asks the server, not something on it. */
static bool
has_lost_trace(const struct route *r)
{
	size_t i;

	for (i = 0; i < r->nmethods; i++)
		if (span_is(r->methods[i], "TRACE"))
			return r->path_kind != PATH_ANY;
	return false;
}

static void
warn_trace(struct diags *diags, struct spot spot)
{
	diags_add(diags, DIAG_WARNING, spot,
	    "TRACE is never answered here: it asks the server itself, which "
	    "only the path * matches");
}

static void
warn_unreached(struct reach *t, struct diags *diags, struct spot spot,
    const struct route *by)
{
	char file[128];

	escape_text(
	    file, sizeof(file), span_text(by->place.file), ESCAPE_SCREEN);
	t->key.len = 0;
	t->no_memory = !route_append_methods(&t->key, by) || t->no_memory;
	diags_add(diags, DIAG_WARNING, spot,
	    "this route is never reached: %s:%u:%u (%s %s) answers whatever "
	    "it would",
	    file, by->place.line, by->place.column,
	    diag_cut(buf_span(&t->key)).text, diag_cut(by->path).text);
}

static void
look_at(struct reach *t, struct diags *diags, struct spot spot, struct route *r)
{
	const struct route *by;

	if (has_lost_trace(r)) {
		warn_trace(diags, spot);
		if (r->nmethods == 1)
			return;
	}
	by = unreached(t, r);
	if (by != NULL && !t->no_memory)
		warn_unreached(t, diags, spot, by);
	else if (is_always(r))
		note(t, r);
}

bool
unreached_warn(
    const struct routes *table, const struct spot *spots, struct diags *diags)
{
	struct reach t = { .key = { .max = SIZE_MAX } };
	size_t i;

	t.edges.arena = t.routes.arena = &t.arena;
	for (i = 0; i < table->n && !t.no_memory; i++)
		look_at(&t, diags, spots[i], table->v[i]);
	buf_release(&t.key);
	map_release(&t.edges);
	map_release(&t.routes);
	arena_release(&t.arena);
	return !t.no_memory;
}
