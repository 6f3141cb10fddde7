/*
 * A line of what retortd says: of its log in JSON a request, or a sentence for
 * people.  What is kept of it is what the server's pane shows.
 */
#ifndef RETORT_LOGLINE_H
#define RETORT_LOGLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

enum logline_kind {
	LOGLINE_READY,	 /* it listens */
	LOGLINE_REQUEST, /* it answered one */
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
	const char *text; /* the line, or that of the request */

	/* REQUEST */
	const char *peer;		/* without its port */
	char clock[sizeof("09:41:07")]; /* local time */
	int status;
	uint64_t bytes; /* of the answer's body */
	/* "routes.conf:12"; "" if none answered, NULL if it does not say. */
	const char *route;
};

/* What kind of line that is; needs no memory.  routes: the file whose faults
 * may be meant, or NULL. */
enum logline_kind logline_kind(struct span line, const char *routes);

/* READY: where it listens. */
struct span logline_address(struct span line);

/* One piece of memory, for free(); NULL if there is none. */
struct logline *logline_read(struct span line, const char *routes);

#endif
