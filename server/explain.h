/*
 * Why no route answered: which came nearest, and what differed in each.
 * For the client that asked, as text and as JSON; for -e; for the journal.
 */
#ifndef RETORTD_EXPLAIN_H
#define RETORTD_EXPLAIN_H

#include "ask.h"
#include "choose.h"

enum {
	LIMIT_EXPLANATION = 16 * 1024 /* it always fits */
};

/* "No route answers POST test.com/update.\nThe nearest: PUT test.com/update
 * (routes.conf:5): the method differs.\n" and so on, appended to b, which must
 * have LIMIT_EXPLANATION free.  Names from the request are escaped and cut. */
void explain_text(
    struct buf *b, const struct routes *, const struct ask *, struct span path);

/* The same as one JSON object and a newline. */
void explain_json(
    struct buf *b, const struct routes *, const struct ask *, struct span path);

/* Does the request prefer JSON: does its Accept name application/json (with a
 * q above that of text/plain, where it names both)? */
bool explain_wants_json(const struct ask *);

#endif
