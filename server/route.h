/*
 * The table of routes: which request is answered with what.  Immutable once
 * made; the answers are bytes before the first request comes.
 */
#ifndef RETORTD_ROUTE_H
#define RETORTD_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "ask.h"
#include "buf.h"
#include "render.h"

/* A route as it is written. */
struct route_row {
	const char *host;
	const char *method;
	const char *path;
	int status;
	const char *text; /* the body */
};

struct route {
	const struct route_row *row;
	struct span host; /* these three are the row's, measured */
	struct span method;
	struct span path;
	struct rendered answer[PERSIST_COUNT];
	struct rendered classic;
};

struct routes {
	struct route *v;
	size_t n;
	int unmatched;	  /* the status when none matches */
	struct buf bytes; /* what all answers borrow from */
};

/* In which ways a request and a route differ. */
enum route_differs {
	DIFFERS_METHOD = 1 << 0,
	DIFFERS_PATH = 1 << 1,
	DIFFERS_HOST = 1 << 2,
};

/* The rows must outlive the table.  NULL if memory is out. */
struct routes *routes_new(
    const struct route_row *rows, size_t n, int unmatched);
void routes_free(struct routes *);

/*
 * The path to match, percent-decoded and without dot-segments: ask->path, or
 * a span of scratch, which is emptied first.
 */
struct span route_path(const struct ask *, struct buf *scratch);

/* The first route that matches; NULL if none does.  path: see route_path. */
const struct route *routes_match(
    const struct routes *, const struct ask *, struct span path);

/* The route with the fewest differences, of those the one whose host, then
 * whose path is the same.  *differs is a set of enum route_differs. */
const struct route *routes_nearest(const struct routes *, const struct ask *,
    struct span path, unsigned *differs);

#endif
