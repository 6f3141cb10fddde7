#include "choose.h"

#include "index.h"
#include "match.h"

enum {
	NEAR_ALL = 16,	 /* so many routes are all looked at */
	NEAR_HERE = 4,	 /* of a list for the method */
	NEAR_KEYED = 2,	 /* of each list below it whose key is right */
	NEAR_SPOTS = 8,	 /* of all spots of the host and the path */
	NEAR_WINDOW = 4, /* to both sides, of paths in order */
	PATH_SEEN = 256, /* of a path, when how near it is, is judged */
};

struct nearest {
	struct spot_walk walk;
	const struct routes *routes;
	struct span path;
	unsigned left; /* of NEAR_SPOTS */
	size_t n;
	struct near *near;
	uint64_t rank[NEAR_MAX];
};

/* --- differences --------------------------------------------------------- */

/* How many do not hold; the first of them.  Where all of them do, it can only
 * have been chance. */
static unsigned
count_failing(const struct route *r, const struct ask *ask, bool look_at_body,
    const struct match **first)
{
	const struct match *m, *chance = NULL;
	unsigned n = 0;

	*first = NULL;
	for (m = r->matches; m < r->matches + r->nmatches; m++) {
		if (m->kind == MATCH_P && chance == NULL)
			chance = m;
		if (match_looks_at_body(m) && !look_at_body)
			continue;
		if (!match_holds(m, r, ask) && n++ == 0)
			*first = m;
	}
	if (n == 0 && look_at_body)
		*first = chance;
	return n;
}

/* OPTIONS or TRACE of "*" ask about the server: they are no nearer to a path
 * than any other. */
static unsigned
differs_from_server(const struct route *r, const struct ask *ask)
{
	bool about_server = r->nmethods > 0 && r->path_kind == PATH_ANY &&
	    (span_is(r->methods[0], "OPTIONS") ||
		span_is(r->methods[0], "TRACE"));

	return about_server && ask->path.n > 0 && ask->path.p[0] == '/'
	    ? DIFFERS_PATH
	    : 0;
}

/* The ways in which they differ.  A body is looked at only if nothing else
 * does: it may be long. */
static unsigned
differences(struct near *near, const struct nearest *w)
{
	const struct ask *ask = w->walk.ask;
	const struct route *r = near->route;
	unsigned failing;

	near->differs = 0;
	if (!route_has_host(r, ask->host))
		near->differs |= DIFFERS_HOST;
	if (!route_has_path(r, w->path))
		near->differs |= DIFFERS_PATH;
	if (!route_has_method(r, ask))
		near->differs |= DIFFERS_METHOD | differs_from_server(r, ask);
	else if (r->path_kind != PATH_ANY && span_is(ask->method, "TRACE"))
		near->differs |= DIFFERS_PATH;
	failing = count_failing(r, ask, near->differs == 0, &near->match);
	if (near->match != NULL)
		near->differs |= DIFFERS_MATCH;
	return failing;
}

struct near
route_near(const struct route *r, const struct ask *ask, struct span path)
{
	struct nearest w = { .path = path };
	struct near near = { .route = r };

	w.walk.ask = ask;
	differences(&near, &w);
	return near;
}

/* --- ranks --------------------------------------------------------------- */

/* The bytes between what both begin and what both end with. */
static unsigned
distance(struct span a, struct span b)
{
	size_t front = 0, back = 0, n;

	if (a.n > PATH_SEEN)
		a.n = PATH_SEEN;
	if (b.n > PATH_SEEN)
		b.n = PATH_SEEN;
	n = a.n < b.n ? a.n : b.n;
	while (front < n && a.p[front] == b.p[front])
		front++;
	while (front + back < n && a.p[a.n - back - 1] == b.p[b.n - back - 1])
		back++;
	return (unsigned)((a.n > b.n ? a.n : b.n) - front - back);
}

/* Fewest differences first, then a matcher before the method, that before the
 * path, that before the host; then what is least apart; then as in the file. */
static uint64_t
rank_of(const struct near *near, const struct nearest *w, unsigned failing,
    uint32_t number)
{
	/* By the set of differences. */
	static const uint8_t ranks[] = {
		[0] = 0,
		[DIFFERS_MATCH] = 1,
		[DIFFERS_METHOD] = 2,
		[DIFFERS_PATH] = 3,
		[DIFFERS_HOST] = 4,
		[DIFFERS_MATCH | DIFFERS_METHOD] = 5,
		[DIFFERS_MATCH | DIFFERS_PATH] = 6,
		[DIFFERS_METHOD | DIFFERS_PATH] = 7,
		[DIFFERS_MATCH | DIFFERS_HOST] = 8,
		[DIFFERS_METHOD | DIFFERS_HOST] = 9,
		[DIFFERS_PATH | DIFFERS_HOST] = 10,
		[DIFFERS_MATCH | DIFFERS_METHOD | DIFFERS_PATH] = 11,
		[DIFFERS_MATCH | DIFFERS_METHOD | DIFFERS_HOST] = 12,
		[DIFFERS_MATCH | DIFFERS_PATH | DIFFERS_HOST] = 13,
		[DIFFERS_METHOD | DIFFERS_PATH | DIFFERS_HOST] = 14,
		[DIFFERS_MATCH | DIFFERS_METHOD | DIFFERS_PATH | DIFFERS_HOST] =
		    15,
	};
	const struct route *r = near->route;
	uint64_t apart = 0;

	if (near->differs & DIFFERS_PATH)
		apart += distance(r->path, w->path);
	if (near->differs & DIFFERS_HOST)
		apart += distance(r->hosts[0].name, w->walk.ask->host);
	return (uint64_t)ranks[near->differs] << 60 |
	    (uint64_t)(failing < 255 ? failing : 255) << 52 | apart << 32 |
	    number;
}

/* Among the nearest, if it is one of them. */
static void
consider(struct nearest *w, uint32_t number)
{
	struct near near = { .route = w->routes->v[number] };
	unsigned failing;
	uint64_t rank;
	size_t i;

	for (i = 0; i < w->n; i++)
		if (w->near[i].route == near.route)
			return;
	failing = differences(&near, w);
	rank = rank_of(&near, w, failing, number);
	if (w->n < NEAR_MAX)
		i = w->n++;
	else if (rank < w->rank[NEAR_MAX - 1])
		i = NEAR_MAX - 1;
	else
		return;
	for (; i > 0 && rank < w->rank[i - 1]; i--) {
		w->rank[i] = w->rank[i - 1];
		w->near[i] = w->near[i - 1];
	}
	w->rank[i] = rank;
	w->near[i] = near;
}

/* --- candidates ---------------------------------------------------------- */

struct keyed_nearest {
	struct keyed_walk walk;
	struct nearest *nearest;
};

static void
consider_run(struct nearest *w, struct run run, unsigned most)
{
	uint32_t i;

	for (i = 0; i < run.n && most-- > 0 && w->left > 0; i++, w->left--)
		consider(w, w->walk.index->entries[run.begin + i]);
}

static void
near_keyed(struct keyed_walk *walk, const struct list *l)
{
	consider_run(
	    ((struct keyed_nearest *)walk)->nearest, l->all, NEAR_KEYED);
}

static void
near_spot(struct spot_walk *walk, const struct spot *spot)
{
	struct nearest *w = (struct nearest *)walk;
	struct keyed_nearest k = {
		{ walk->index, walk->ask, KEYED_BY_ANY, near_keyed }, w
	};
	const struct list *l;
	uint32_t i;

	for (i = spot->lists; i != 0 && w->left > 0; i = l->next) {
		l = &walk->index->lists[i];
		if (l->method.p != NULL &&
		    !span_eq(l->method, walk->ask->method)) {
			consider_run(w, l->all, 1);
			continue;
		}
		if (l->keyed != 0)
			walk_keyed(&k.walk, l);
		consider_run(w, l->all, NEAR_HERE);
	}
}

/* Is the route in front of the request, by path, then host? */
static bool
is_in_front(const struct nearest *w, uint32_t number)
{
	const struct route *r = w->routes->v[number];
	int c = index_compare(r->path, w->path);

	if (c == 0 && r->nhosts > 0)
		c = index_compare(r->hosts[0].name, w->walk.ask->host);
	return c < 0;
}

static void
consider_window(struct nearest *w)
{
	const uint32_t *v = w->walk.index->by_path;
	size_t low = 0, high = w->routes->n, middle, i;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (is_in_front(w, v[middle]))
			low = middle + 1;
		else
			high = middle;
	}
	i = low > NEAR_WINDOW ? low - NEAR_WINDOW : 0;
	for (; i < low + NEAR_WINDOW && i < w->routes->n; i++)
		consider(w, v[i]);
}

size_t
routes_near(const struct routes *t, const struct ask *ask, struct span path,
    struct near near[NEAR_MAX])
{
	struct nearest w = {
		.routes = t, .path = path, .left = NEAR_SPOTS, .near = near
	};
	uint32_t i;

	w.walk = (struct spot_walk){ t->index, ask, UINT32_MAX, near_spot };
	if (t->n <= NEAR_ALL) {
		for (i = 0; i < t->n; i++)
			consider(&w, i);
		return w.n;
	}
	if (path.n > 0 && path.p[0] == '/')
		walk_spots(&w.walk, path);
	else
		walk_any_spots(&w.walk);
	consider_window(&w);
	return w.n;
}
