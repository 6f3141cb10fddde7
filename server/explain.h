/*
 * Why no route answered: which came nearest, and what differed in each.
 * For the client that asked, as text and as JSON; for -e; for the journal.
 */
#ifndef RETORTD_EXPLAIN_H
#define RETORTD_EXPLAIN_H

#include "ask.h"
#include "routes.h"

enum {
	LIMIT_EXPLANATION = 16 * 1024 /* it always fits */
};

/*
 * Appended to b, which must have LIMIT_EXPLANATION free:
 *
 *	No route answers POST test.com/update.
 *	The nearest: PUT test.com/update (the method differs), routes.conf:5.
 *
 * and perhaps two more.  Of the table that is compiled in no line is named.
 * Names from the request and from the file are escaped and cut.
 */
void explain_text(
    struct buf *b, const struct routes *, const struct ask *, struct span path);

/* "PUT test.com/update (the method differs), routes.conf:5": the first of
 * them, of one line; nothing if there is no route at all. */
void explain_nearest(
    struct buf *b, const struct routes *, const struct ask *, struct span path);

/* The same as one JSON object and a newline. */
void explain_json(
    struct buf *b, const struct routes *, const struct ask *, struct span path);

/* A route's conditions and what it saw instead, as in `query page = 2 does not
 * hold: it is "3"`; appended. */
void explain_match(struct buf *b, const struct match *, const struct route *,
    const struct ask *);

/* Does the request prefer JSON: does its Accept name application/json (with a
 * q above that of text/plain, where it names both)? */
bool explain_wants_json(const struct ask *);

#endif
