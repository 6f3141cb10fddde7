/*
 * A line of the server's pane: what retortd said to people, or a request that
 * it saw.  What is kept of it is what the pane shows.
 */
#ifndef RETORT_LOGLINE_H
#define RETORT_LOGLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "seen.h"
#include "span.h"

enum logline_kind {
	LOGLINE_READY,	 /* it listens */
	LOGLINE_REQUEST, /* it answered one, or the client left */
	LOGLINE_NEAREST, /* what would have matched the one above */
	LOGLINE_LOADED,	 /* it took the routes file */
	LOGLINE_REFUSED, /* it kept the old routes */
	LOGLINE_FAULT,	 /* what is wrong, and where in which file */
	LOGLINE_WARNING,
	LOGLINE_CARET, /* points at something in the line above */
	LOGLINE_TEXT,
};

/* All text is escaped for the screen; tabs stay in what is for people. */
struct logline {
	enum logline_kind kind;
	const char *text; /* the line, or the first of the request */

	/* REQUEST and NEAREST: where it is in what the server saw. */
	unsigned life;
	int64_t conn;
	int64_t req;

	/* REQUEST */
	const char *peer;		/* without its port */
	char clock[sizeof("09:41:07")]; /* local time */
	int status;			/* 0: it had no answer */
	uint64_t bytes;			/* of the answer's body */
	/* "routes.conf:12"; "" if none answered, NULL if it was refused. */
	const char *route;
};

/* What kind of sentence that is; needs no memory.  routes: the file whose
 * faults may be meant, or NULL. */
enum logline_kind logline_kind(struct span line, const char *routes);

/* READY: where it listens. */
struct span logline_address(struct span line);

/* These are one piece of memory, for free(); NULL if there is none. */
struct logline *logline_read(struct span line, const char *routes);

/* A sentence of ours. */
struct logline *logline_say(enum logline_kind, const char *text);

/* wall: what the clock on the wall is ahead of the monotonic one. */
struct logline *logline_request(
    const struct seen_conn *, const struct seen_request *, int64_t wall);

/* NULL, too, if nothing came near. */
struct logline *logline_nearest(
    const struct seen_conn *, const struct seen_request *);

#endif
