#include "choose.h"

#include "index.h"
#include "match.h"
#include "method.h"
#include "pattern.h"
#include "semantics.h"
#include "url.h"

enum {
	FEW = 8
};

/* Might decoding or dots change it?  A dot alone is common (a file's name). */
static bool
is_normal(struct span path)
{
	size_t i;

	for (i = 0; i < path.n; i++)
		if (path.p[i] == '%' ||
		    (path.p[i] == '.' && i > 0 && path.p[i - 1] == '/'))
			return false;
	return true;
}

struct span
ask_path_normal(const struct ask *ask, struct buf *scratch)
{
	if (ask->path.n == 0 || ask->path.p[0] != '/' || is_normal(ask->path))
		return ask->path;
	scratch->len = 0;
	if (!path_append_normal(scratch, ask->path))
		return ask->path;
	return buf_span(scratch);
}

/* OPTIONS * and TRACE ask about the server: only the path "*" is theirs. */
static bool
asks_server(const struct ask *ask)
{
	return ask->path.n == 0 || ask->path.p[0] != '/' ||
	    span_is(ask->method, "TRACE");
}

static bool
list_is_for(const struct list *l, const struct ask *ask)
{
	return l->method.p == NULL || span_eq(l->method, ask->method);
}

/* --- the first ----------------------------------------------------------- */

/* The first route from `from` on for which all but chance holds. */
struct choice {
	struct spot_walk walk;
	const struct routes *routes;
	uint32_t from;
	uint32_t best;
};

struct keyed_choice {
	struct keyed_walk walk;
	struct choice *choice;
};

static bool
route_holds(const struct route *r, const struct ask *ask)
{
	size_t i;

	for (i = 0; i < r->nmatches; i++)
		if (!match_holds(&r->matches[i], r, ask))
			return false;
	return true;
}

/* The first of a run that is not in front of `from`. */
static uint32_t
run_from(const struct choice *c, struct run run)
{
	const uint32_t *v = c->walk.index->entries + run.begin;
	uint32_t low = 0, high = run.n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (v[middle] < c->from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
choose_run(struct choice *c, struct run run)
{
	const uint32_t *v = c->walk.index->entries + run.begin;
	uint32_t i = c->from == 0 ? 0 : run_from(c, run);

	for (; i < run.n && v[i] < c->best; i++)
		if (route_holds(c->routes->v[v[i]], c->walk.ask)) {
			c->best = v[i];
			return;
		}
}

static void
choose_keyed(struct keyed_walk *walk, const struct list *l)
{
	struct keyed_choice *k = (struct keyed_choice *)walk;

	if (k->walk.index->entries[l->all.begin] >= k->choice->best)
		return;
	choose_run(k->choice, l->rest);
	if (l->keyed != 0)
		walk_keyed(walk, l);
}

static void
choose_list(struct choice *c, const struct list *l)
{
	const struct spot_walk *walk = &c->walk;
	struct keyed_choice keyed;

	choose_run(c, l->rest);
	if (l->keyed == 0)
		return;
	keyed.walk = (struct keyed_walk){ walk->index, walk->ask, KEYED_BY_ANY,
		choose_keyed };
	keyed.choice = c;
	walk_keyed(&keyed.walk, l);
}

static void
choose_spot(struct spot_walk *walk, const struct spot *spot)
{
	struct choice *c = (struct choice *)walk;
	const struct list *l;
	uint32_t i;

	for (i = spot->lists; i != 0; i = l->next) {
		l = &walk->index->lists[i];
		if (list_is_for(l, walk->ask))
			choose_list(c, l);
	}
	walk->before = c->best;
}

static bool
is_drawn(const struct route *r, struct chance *chance)
{
	size_t i;

	for (i = 0; i < r->nmatches; i++)
		if (r->matches[i].kind == MATCH_P &&
		    chance_unit(chance) >= r->matches[i].p)
			return false;
	return true;
}

/* One after the other: of a few routes that is quicker than any index. */
static inline struct route *
choose_few(const struct routes *t, const struct ask *ask, struct span path,
    struct chance *chance)
{
	bool server = asks_server(ask);
	struct route *r;
	size_t i;

	for (i = 0; i < t->n; i++) {
		r = t->v[i];
		if ((server ? r->path_kind == PATH_ANY
			    : route_has_path(r, path)) &&
		    route_has_method(r, ask) && route_has_host(r, ask->host) &&
		    (r->nmatches == 0 ||
			(route_holds(r, ask) && is_drawn(r, chance))))
			return r;
	}
	return NULL;
}

static __attribute__((noinline)) struct route *
choose_indexed(const struct routes *t, const struct ask *ask, struct span path,
    struct chance *chance)
{
	struct choice c = { .routes = t };
	bool server = asks_server(ask);
	struct route *r;

	c.walk = (struct spot_walk){ t->index, ask, UINT32_MAX, choose_spot };
	for (;;) {
		c.walk.before = c.best = UINT32_MAX;
		if (server)
			walk_any_spots(&c.walk);
		else
			walk_spots(&c.walk, path);
		if (c.best == UINT32_MAX)
			return NULL;
		r = t->v[c.best];
		if (r->nmatches == 0 || is_drawn(r, chance))
			return r;
		c.from = c.best + 1;
	}
}

struct route *
routes_choose(const struct routes *t, const struct ask *ask, struct span path,
    struct chance *chance)
{
	return t->n <= FEW ? choose_few(t, ask, path, chance)
			   : choose_indexed(t, ask, path, chance);
}

/* --- the body ------------------------------------------------------------ */

/* What the head says of a route. */
enum verdict {
	VERDICT_NO,
	VERDICT_PERHAPS, /* body or chance will tell */
	VERDICT_YES,
};

/* The first route from which on it is clear whether the body matters. */
struct wanting {
	struct spot_walk walk;
	const struct routes *routes;
	uint32_t best;
	bool wants;
};

struct keyed_wanting {
	struct keyed_walk walk;
	struct wanting *wanting;
};

/* A route whose times are not used up may have none left when the body has
 * come. */
static enum verdict
verdict_of(const struct route *r, const struct ask *ask)
{
	enum verdict verdict = VERDICT_YES;
	const struct match *m;

	for (m = r->matches; m < r->matches + r->nmatches; m++) {
		if (match_looks_at_body(m))
			verdict = VERDICT_PERHAPS;
		else if (!match_holds(m, r, ask))
			return VERDICT_NO;
		else if (m->kind == MATCH_TIMES || m->kind == MATCH_P)
			verdict = VERDICT_PERHAPS;
	}
	return verdict;
}

static void
want_run(struct wanting *w, struct run run)
{
	const uint32_t *v = w->walk.index->entries + run.begin;
	const struct route *r;
	enum verdict verdict;
	uint32_t i;

	for (i = 0; i < run.n && v[i] < w->best; i++) {
		r = w->routes->v[v[i]];
		verdict = verdict_of(r, w->walk.ask);
		if (verdict == VERDICT_NO ||
		    (verdict == VERDICT_PERHAPS && !r->wants_body))
			continue;
		w->best = v[i];
		w->wants = r->wants_body;
		return;
	}
}

static void
want_list(struct keyed_walk *walk, const struct list *l)
{
	struct keyed_wanting *k = (struct keyed_wanting *)walk;

	want_run(k->wanting, l->rest);
	if (l->keyed == 0)
		return;
	want_run(k->wanting, l->by_body);
	walk_keyed(walk, l);
}

static void
want_spot(struct spot_walk *walk, const struct spot *spot)
{
	struct wanting *w = (struct wanting *)walk;
	struct keyed_wanting k = {
		{ walk->index, walk->ask, KEYED_BY_HEAD, want_list }, w
	};
	const struct list *l;
	uint32_t i;

	for (i = spot->lists; i != 0; i = l->next) {
		l = &walk->index->lists[i];
		if (list_is_for(l, walk->ask))
			want_list(&k.walk, l);
	}
	walk->before = w->best;
}

bool
routes_want_body(
    const struct routes *t, const struct ask *ask, struct span path)
{
	struct wanting w = { { t->index, ask, UINT32_MAX, want_spot }, t,
		UINT32_MAX, false };

	if (!t->wants_body)
		return false;
	if (asks_server(ask))
		walk_any_spots(&w.walk);
	else
		walk_spots(&w.walk, path);
	return w.wants;
}

/* --- methods ------------------------------------------------------------- */

struct allowing {
	struct spot_walk walk;
	struct buf *allow;
	const struct routes *routes;
	bool some; /* one is about the path, not only about the server */
	bool none; /* the method is not what differs, or no room */
};

static bool
is_listed(struct span list, struct span name)
{
	struct span member;

	while (list_next(&list, &member))
		if (span_eq(member, name))
			return true;
	return false;
}

/* With the path "*", OPTIONS and TRACE are about the server: alone they allow
 * nothing at a path. */
static bool
list_is_about_server(const struct allowing *a, const struct list *l)
{
	uint32_t first = a->walk.index->entries[l->all.begin];

	return a->routes->v[first]->path_kind == PATH_ANY &&
	    (span_is(l->method, "OPTIONS") || span_is(l->method, "TRACE"));
}

/* But for the method, does one of its routes match? */
static bool
list_holds(const struct allowing *a, const struct list *l)
{
	struct choice c = { a->walk, a->routes, 0, UINT32_MAX };

	choose_list(&c, l);
	return c.best != UINT32_MAX;
}

static void
allow_spot(struct spot_walk *walk, const struct spot *spot)
{
	struct allowing *a = (struct allowing *)walk;
	const struct list *l;
	uint32_t i;

	for (i = spot->lists; i != 0; i = l->next) {
		l = &walk->index->lists[i];
		if (!list_is_for(l, walk->ask) && !list_holds(a, l))
			continue;
		a->some |= !list_is_about_server(a, l);
		if (list_is_for(l, walk->ask))
			a->none = true;
		else if (!is_listed(buf_span(a->allow), l->method) &&
		    !(buf_append_text(
			  a->allow, a->allow->len > 0 ? ", " : "") &&
			buf_append_span(a->allow, l->method)))
			a->none = true;
	}
}

bool
routes_allow(const struct routes *t, const struct ask *ask, struct span path,
    struct buf *allow)
{
	struct allowing a = { { t->index, ask, UINT32_MAX, allow_spot }, allow,
		t, false, false };
	bool is_path = path.n > 0 && path.p[0] == '/';

	allow->len = 0;
	if (is_path)
		walk_spots(&a.walk, path);
	else
		walk_any_spots(&a.walk);
	if (a.none || (is_path && !a.some))
		allow->len = 0;
	return allow->len > 0;
}

bool
routes_know_method(const struct routes *t, struct span method)
{
	return method_find(method.p, method.n) != METHOD_OTHER ||
	    edge_find(&t->index->edges, EDGE_METHOD, 0, method) != 0;
}

struct span
route_param(const struct route *r, struct span path, struct span name)
{
	if (r->path_kind != PATH_PATTERN)
		return span_of(NULL, 0);
	return pattern_param(r->path, path, name);
}
