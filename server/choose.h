/*
 * Which route answers a request: the first of the file that matches.
 * The cost does not grow with the table.
 */
#ifndef RETORTD_CHOOSE_H
#define RETORTD_CHOOSE_H

#include "ask.h"
#include "routes.h"

/*
 * The path to match, percent-decoded and without dot-segments: ask->path, or
 * a span of scratch, which is emptied first.
 */
struct span ask_path_normal(const struct ask *, struct buf *scratch);

static inline struct span
ask_path(const struct ask *ask, struct buf *scratch)
{
	return ask->path_is_plain ? ask->path : ask_path_normal(ask, scratch);
}

/*
 * Made once per table, out of its arena.  False if memory is out.
 */
bool routes_index(struct routes *);

/*
 * The first route that matches; NULL if none does.  `path` is what
 * ask_path gives.  `chance` is drawn from for P, only where all else matched.
 * Nothing is counted: whoever answers counts (route->taken).
 */
struct route *routes_choose(const struct routes *, const struct ask *,
    struct span path, struct chance *);

/* Could a route answer this head whose choice or answer looks at the body?
 * Asked when the head is there and the body is not. */
bool routes_want_body(
    const struct routes *, const struct ask *, struct span path);

/* Each way in which a request and a route differ. */
enum differs {
	DIFFERS_METHOD = 1 << 0,
	DIFFERS_PATH = 1 << 1,
	DIFFERS_HOST = 1 << 2,
	DIFFERS_MATCH = 1 << 3, /* the first match that fails is `match` */
};

struct near {
	const struct route *route;
	unsigned differs;
	const struct match *match; /* NULL: all match */
};

enum {
	NEAR_MAX = 3
};

/* The nearest routes, best first, at most NEAR_MAX; how many.  The cost does
 * not grow with the table either. */
size_t routes_near(const struct routes *, const struct ask *, struct span path,
    struct near near[NEAR_MAX]);

/* How one route and a request differ. */
struct near route_near(
    const struct route *, const struct ask *, struct span path);

/* The methods of all routes that would match but for that, "GET, HEAD", alone
 * in allow; false if there are none, or if one of them is for the
 * request's method: then that is not what differs; or if all they say of a
 * path is OPTIONS or TRACE of the path "*". */
bool routes_allow(const struct routes *, const struct ask *, struct span path,
    struct buf *allow);

/* Is it a method of the standard, or named by a route? */
bool routes_know_method(const struct routes *, struct span method);

/*
 * What {name} of the route's pattern stands for in this path; p is NULL if
 * the pattern has no such name.
 */
struct span route_param(
    const struct route *, struct span path, struct span name);

#endif
