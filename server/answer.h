/*
 * What one action of a route answers, as a script.
 */
#ifndef RETORTD_ANSWER_H
#define RETORTD_ANSWER_H

#include "respond.h"

/* What was chosen, which is a route. */
struct answer {
	struct respond *respond;
	const struct ask *ask;
	const struct chosen *chosen;
	struct chance *chance;
	int64_t now;
	struct script *script;
};

/* Its script, whatever it takes; the route has counted it. */
void answer_make(const struct answer *);

/* The action that is next. */
static inline const struct action *
answer_next(const struct route *route)
{
	size_t last = route->nactions - 1;

	return &route->actions[route->taken < last ? route->taken : last];
}

/* r->text as an answer of its own. */
void answer_text(struct respond *r, const struct ask *, int status,
    enum persist, struct script *);

/* HTTP/STATUS REASON, which is all that classic has; reason.p is NULL for the
 * registered one. */
void answer_classic(
    struct respond *r, int status, struct span reason, struct script *);

#endif
