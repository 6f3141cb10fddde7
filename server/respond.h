/*
 * What is answered, as a script of steps.  Deciding sends nothing: whoever
 * performs the script does.
 */
#ifndef RETORTD_RESPOND_H
#define RETORTD_RESPOND_H

#include "ask.h"
#include "buf.h"
#include "chance.h"
#include "httperr.h"
#include "routes.h"
#include "script.h"
#include "wall.h"

/* It holds the routes, and borrows the time of day. */
struct respond {
	struct routes *routes;
	const struct wall *wall;
	struct buf path;
	struct buf text;
	struct buf allow;
	struct buf bytes; /* a head, or all of a short answer */
	struct buf body;  /* made of a template */
	struct buf file;  /* which is one */
};

/* It takes the routes, also when it fails: if memory is out. */
bool respond_init(struct respond *, struct routes *, const struct wall *);
void respond_release(struct respond *);

/* Answer from these from now on; it takes them. */
void respond_swap(struct respond *, struct routes *);

/* What is to be answered; it borrows from r and the request until the next. */
struct chosen {
	struct span path;    /* as ask_path gives it */
	struct route *route; /* NULL: none matches */
	const struct action *action;
	bool is_as_get; /* of a HEAD: it is also what answers the GET */
};

/*
 * What the routes say; it counts.  Mostly the answer is at hand as a whole, and
 * can be sent at once, with the connection's end behind it if ask->persist says
 * so; NULL if it has to be made.
 */
const struct rendered *respond_choose(
    struct respond *r, const struct ask *, struct chance *, struct chosen *);

/* That answer as a script, whether it is at hand or not. */
void respond_make(struct respond *r, const struct ask *, const struct chosen *,
    struct chance *, int64_t now, struct script *);

/* The status of that answer, if it were given now. */
int respond_peek(struct respond *r, const struct ask *, struct chance);

/* May that answer depend on the body?  Asked before it has come. */
bool respond_wants_body(struct respond *r, const struct ask *);

/* What is said to a request that breaks the rules: in classic that it is bad,
 * in HTTP why.  The connection ends. */
void respond_refusal(
    struct respond *r, const struct ask *, enum httperr, struct script *);

/* "100 Continue", in front of the answer itself. */
void respond_continue(struct script *);

#endif
