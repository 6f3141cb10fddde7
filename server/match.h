/*
 * The conditions of a route, held against a request.
 */
#ifndef RETORTD_MATCH_H
#define RETORTD_MATCH_H

#include "ask.h"
#include "limit.h"
#include "pattern.h"
#include "routes.h"

/*
 * Does it hold?  Of TIMES: is one left?  P always does: whoever chooses draws.
 */
bool match_holds(
    const struct match *, const struct route *, const struct ask *);

/* Does it look at what comes behind the head? */
bool match_looks_at_body(const struct match *);

/* The next pair of a query, percent-decoded and with + as a space; `room` is
 * where, if it has to be.  *rest shrinks; false at the end. */
bool query_next(struct span *rest, char room[LIMIT_START_LINE],
    struct span *name, struct span *value);

/*
 * The value that a pointer names in the request's body: a string decoded,
 * others as they stand.  False if there is none, or no memory.  The span
 * borrows from the request or from b.
 */
bool json_value(const struct ask *, struct span pointer, struct buf *b,
    struct span *value, bool *is_number);

/* --- host, method and path ------------------------------------------------ */

static inline bool
host_suits(const struct host *h, struct span name)
{
	switch (h->kind) {
	case HOST_NAME:
		break;
	case HOST_BELOW:
		if (name.n < h->name.n + 2 ||
		    name.p[name.n - h->name.n - 1] != '.')
			return false;
		name = span_of(name.p + name.n - h->name.n, h->name.n);
		break;
	case HOST_ANY:
		return true;
	}
	return span_eq_short(name, h->name) ||
	    (name.n == h->name.n &&
		strncasecmp(name.p, h->name.p, name.n) == 0);
}

/* `name` as ask->host. */
static inline bool
route_has_host(const struct route *r, struct span name)
{
	size_t i;

	for (i = 0; i < r->nhosts; i++)
		if (host_suits(&r->hosts[i], name))
			return true;
	return false;
}

static inline bool
route_has_method(const struct route *r, const struct ask *ask)
{
	size_t i;

	if (ask->verb != METHOD_OTHER)
		return r->verbs >> ask->verb & 1;
	for (i = 0; i < r->nmethods; i++)
		if (span_eq(r->methods[i], ask->method))
			return true;
	return r->any_method;
}

/* `path` as ask_path gives it. */
static inline bool
route_has_path(const struct route *r, struct span path)
{
	switch (r->path_kind) {
	case PATH_ANY:
		return true;
	case PATH_PATTERN:
		return pattern_matches(r->path, path);
	case PATH_LITERAL:
		break;
	}
	return span_eq_short(r->path, path);
}

#endif
