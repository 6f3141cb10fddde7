/*
 * What is answered, as a script of steps.  Deciding sends nothing: whoever
 * performs the script does.
 */
#ifndef RETORTD_RESPOND_H
#define RETORTD_RESPOND_H

#include "ask.h"
#include "buf.h"
#include "httperr.h"
#include "render.h"
#include "route.h"

enum step_kind {
	STEP_SEND,   /* bytes of the answer, its head included */
	STEP_CLOSE,  /* the connection ends when all is sent */
	STEP_LINGER, /* likewise, but first the peer's input is drained */
};

struct step {
	enum step_kind kind;
	struct rendered send; /* STEP_SEND */
};

enum {
	SCRIPT_STEPS = 2
};

struct script {
	struct step step[SCRIPT_STEPS];
	unsigned n;
	int status;
	uint32_t content; /* bytes of the body, for the log */
};

/* It borrows the routes. */
struct respond {
	const struct routes *routes;
	struct buf path;
	struct buf text;
	struct buf bytes;
};

/* False if memory is out. */
bool respond_init(struct respond *, const struct routes *);
void respond_release(struct respond *);

/* What the routes say.  The script borrows from the routes and from r, until
 * the next answer. */
void respond_to(struct respond *r, const struct ask *, struct script *);

/* What is said to a request that breaks the rules: in classic that it is bad,
 * in HTTP why.  The connection ends. */
void respond_refusal(
    struct respond *r, const struct ask *, enum httperr, struct script *);

/* "100 Continue", in front of the answer itself. */
void respond_continue(struct script *);

#endif
