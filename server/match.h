/*
 * The conditions of a route, held against a request.
 */
#ifndef RETORTD_MATCH_H
#define RETORTD_MATCH_H

#include "ask.h"
#include "limit.h"
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

#endif
