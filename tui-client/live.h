/*
 * What a server tells over its control socket, as it comes: it goes into what
 * was seen of it, and into the rows of its pane.  Pure: whoever has the socket
 * passes the lines on, and asks.
 */
#ifndef RETORT_LIVE_H
#define RETORT_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "seen.h"
#include "serverproc.h"

struct live {
	struct seen seen;
	struct serverproc *server; /* whose pane has the rows; borrowed */
	int64_t wall; /* what the clock on the wall is ahead of ours */
	/* When it gave its figures, on our clock: what it tells of the time
	 * before may come behind. */
	int64_t counted;   /* its requests */
	int64_t asked;	   /* its connections, */
	struct buf listed; /* and their numbers */
	uint64_t lost;	   /* events, since the row that says so */
	uint64_t lost_row; /* that row's number, from 1 */
	bool stale;	   /* for what was lost its figures are wanted */
	char why[CONTROL_WHY_MAX]; /* why it tells no more; "" while it does */
	int64_t stats; /* the ids of what was asked; 0: nothing was */
	int64_t connections;
	int64_t reload;
};

void live_init(struct live *, struct serverproc *, int64_t wall);
void live_release(struct live *);

/* A server that was started here begins to tell, or one that is attached to,
 * whose reply to "stats" is known: ask it for all that is wanted. */
void live_begin(struct live *, struct control *);
void live_attach(struct live *, struct control *, struct span stats);

/* Events were lost, the ends of connections maybe: ask what stands.  Nothing if
 * none were. */
void live_ask(struct live *, struct control *);

/* Ask the attached one to read its routes file again. */
void live_reload(struct live *, struct control *);

/* The next line, at that time. */
void live_take(
    struct live *, enum control_kind, const struct control_line *, int64_t now);

/* The connections that stand, as seen_next_open; but an attached server may
 * have forgotten to tell of an end. */
const struct seen_conn *live_next_open(
    const struct live *, const struct seen_conn *before);

/* It tells no more. */
void live_over(struct live *, const char *why);

#endif
