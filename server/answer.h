/*
 * What one action of a route answers, as a script.
 */
#ifndef RETORTD_ANSWER_H
#define RETORTD_ANSWER_H

#include "respond.h"

/* A route that was chosen.  The path is that of ask_path. */
struct answer {
	struct respond *respond;
	const struct ask *ask;
	struct route *route;
	struct span path;
	struct chance *chance;
	int64_t now;
	struct script *script;
};

/* The action that is next, and its script; the route counts it. */
void answer_route(const struct answer *);

/* The action that is next. */
const struct action *answer_next(const struct route *);

/* r->text as an answer of its own. */
void answer_text(struct respond *r, const struct ask *, int status,
    enum persist, struct script *);

/* HTTP/STATUS REASON, which is all that classic has; reason.p is NULL for the
 * registered one. */
void answer_classic(
    struct respond *r, int status, struct span reason, struct script *);

#endif
