/*
 * An answer's bytes into its exchange: head, body, classic answer, and what
 * they broke.  Knows neither socket nor clock.
 */
#ifndef RETORT_ANSWER_H
#define RETORT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "body.h"
#include "exchange.h"

enum answer_state {
	ANSWER_HEAD, /* HTTP, answers in between (1xx) included */
	ANSWER_BODY,
	ANSWER_CLASSIC,
	/* It is over. */
	ANSWER_WHOLE,
	ANSWER_BROKEN,	   /* its body ends where its framing breaks */
	ANSWER_UNPARSABLE, /* nothing of it can be understood */
	ANSWER_CUT,	   /* it ended too early, or did not even begin */
};

struct answer {
	enum answer_state state;
	struct exchange *x; /* borrowed */
	struct head *head;  /* until the head is whole; then x has it */
	size_t scanned;	    /* of x->raw, by the head's parser */
	struct body body;
	struct buf line;  /* of its framing, while it is not whole */
	enum httperr why; /* of UNPARSABLE and BROKEN */
};

/* False if memory is out. */
bool answer_init(struct answer *a, struct exchange *x);
void answer_release(struct answer *a);

static inline bool
answer_is_over(const struct answer *a)
{
	return a->state >= ANSWER_WHOLE;
}

/* The next bytes, as they come; also behind the end, where none belong.
 * False if memory is out. */
bool answer_read(struct answer *a, const char *p, size_t n);

/* Would silence (TIME_CLASSIC_QUIET) end it, as things stand? */
bool answer_may_end(const struct answer *a);

/* Silence fell. */
void answer_quiet(struct answer *a);

/* The connection ended: by a close, or (broken) by anything else. */
void answer_eof(struct answer *a, bool broken);

/* A ceiling of ours that an answer passed, as a sentence: no fault of the
 * peer's.  NULL if why is none. */
const char *answer_ceiling(enum httperr why);

/* Do the bytes of x->raw speak the other dialect than the request did? */
bool answer_is_foreign(const struct exchange *x);

#endif
