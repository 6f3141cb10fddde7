/*
 * One connection, as a function of bytes and time: what came goes in, what is
 * to be sent comes out.  It has no socket; link.c gives it one.
 *
 * After each call that takes `now`, the owner sends conn_output as far as it
 * goes and tells conn_sent, until there is none or it would wait.  Before that
 * nothing else may be told this connection; others may, if the output was put
 * aside (server_put_aside): answers are made in the server's buffer, and what
 * could not be sent moves to the connection's.
 *
 * While an answer waits for its time or is left to be sent, nothing is read
 * and nothing is parsed: a peer that does not take its answers costs one read
 * of input and one buffer of output at most.
 */
#ifndef RETORTD_CONN_H
#define RETORTD_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "body.h"
#include "buf.h"
#include "chance.h"
#include "dialect.h"
#include "address.h"
#include "script.h"
#include "server.h"
#include "timers.h"

/* X(name, the timer that runs in it, as the control socket calls it) */
/* clang-format off */
#define CONN_STATES(X) \
	X(IDLE, TIMER_IDLE, "idle")		/* not a byte has come yet */ \
	X(HEAD, TIMER_HEAD, "head")		/* a part of a head has */ \
	X(CLASSIC_URL, TIMER_CLASSIC_URL, "classic-url") \
						/* METHOD and comma have */ \
	X(CLASSIC_QUIET, TIMER_CLASSIC_QUIET, "classic-quiet") \
						/* silence would end it */ \
	X(BODY, TIMER_PROGRESS, "body")		/* dropped, or kept */ \
	X(DELAYED, TIMER_AT, "delayed")		/* its script waits */ \
	X(ANSWERING, TIMER_PROGRESS, "answering") \
						/* output is left to send */ \
	X(KEPT, TIMER_KEEP_ALIVE, "kept")	/* between two requests */ \
	X(LINGERING, TIMER_LINGER, "lingering")	/* input is drained */ \
	X(CLOSED, TIMER_NONE, "closed")
/* clang-format on */

enum conn_state {
#define X(name, timer, word) CONN_##name,
	CONN_STATES(X)
#undef X
};

struct conn {
	enum conn_state state;
	enum conn_state then; /* ANSWERING: where to when all is sent;
			       * ANSWERING: the script goes on */
	enum dialect dialect;
	bool has_asked;	  /* a request was read */
	bool eof;	  /* the peer sends no more */
	bool left;	  /* it ended the connection, not we */
	bool wants_body;  /* BODY: an answer may look at it */
	uint32_t scanned; /* HEAD: bytes of `in` that were parsed */
	struct server *server;
	struct timer timer;
	int64_t since;	       /* the request's first byte */
	struct buf in;	       /* what came and is not used yet */
	struct buf out;	       /* what could not be sent yet */
	struct buf held;       /* BODY: the head before it, and if it is wanted
			  * the body; until it is answered */
	struct routes *routes; /* BODY: those that it began with */
	struct script *script; /* what is left of the answer; mostly NULL */
	struct chance chance;
	struct body body;
	uint32_t content; /* BODY: bytes of it so far */
	uint32_t drained; /* LINGERING: bytes */
	struct address peer;
	struct account *account; /* of what was told of it; NULL: nothing */
	const char *why; /* CLOSED: the reason, as in "idle for 300 s" */
};

void conn_init(
    struct conn *, struct server *, const struct address *, int64_t now);
void conn_release(struct conn *);

/* Then no request is taken. */
static inline bool
conn_is_answering(const struct conn *c)
{
	return c->state == CONN_ANSWERING || c->state == CONN_DELAYED;
}

/* May it be fed, or told of the end? */
static inline bool
conn_wants_input(const struct conn *c)
{
	return !conn_is_answering(c) && c->state != CONN_CLOSED && !c->eof;
}

void conn_feed(struct conn *, const char *p, size_t n, int64_t now);

/* The peer will send no more, but may still read. */
void conn_eof(struct conn *, int64_t now);

/* Its timer was due. */
void conn_expire(struct conn *, int64_t now);

/* What is to be sent now; empty if nothing.  It borrows. */
static inline struct span
conn_output(const struct conn *c)
{
	if (c->state == CONN_CLOSED)
		return span_of(NULL, 0);
	return buf_span(c->out.len > 0 ? &c->out : &c->server->out);
}

/* Nothing follows that output but the end of the connection. */
static inline bool
conn_is_ending(const struct conn *c)
{
	return c->state == CONN_ANSWERING && c->then == CONN_CLOSED;
}

/* The first n bytes of `out`, which was conn_output, have gone; less than all
 * means that the rest would wait. */
void conn_sent(struct conn *, struct span out, size_t n, int64_t now);

/* The only way out.  The reason is a literal. */
void conn_close(struct conn *, const char *why);

/* The server leaves, and no request is under way; `linger` if the last answer
 * is. */
void conn_leave(struct conn *, bool linger, int64_t now);

/* The peer has reset the connection. */
void conn_lose(struct conn *);

#endif
