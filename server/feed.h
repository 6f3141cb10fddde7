/*
 * Somebody who is told events, as lines: the journal's file, or a client of
 * the control socket.  What it does not take in time is lost, and it is told
 * how many events were.
 */
#ifndef RETORTD_FEED_H
#define RETORTD_FEED_H

#include <sys/queue.h>

#include <stddef.h>
#include <stdint.h>

#include "sink.h"

struct feed {
	TAILQ_ENTRY(feed) entry; /* of a witness */
	struct sink sink;
	size_t room;	  /* bytes of events that may wait in it */
	uint64_t told;	  /* of sink.dropped: those that a line tells of, */
	uint64_t sure;	  /* and those that a line written did */
	uint64_t told_at; /* of sink.written: where the last such line ends */
	unsigned telling; /* such lines that are not written yet */
};

TAILQ_HEAD(feeds, feed);

/* Is there room for n bytes more, once what can be taken has been? */
bool feed_has_room(struct feed *, size_t n);

/* A line with an event, newline and all. */
void feed_line(struct feed *, struct span line);

/* Write what can be written now.  True as from sink_flush. */
bool feed_flush(struct feed *);

/* So many events never came here. */
void feed_lose(struct feed *, uint64_t n);

/* The last of it: also what was lost, if that can be said. */
void feed_close(struct feed *);

#endif
