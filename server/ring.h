/*
 * The last exchanges, as the lines that were told of them: for those who begin
 * to listen later, and for those who ask.
 *
 * Lines are in the order of time.  They are dropped together with all that was
 * told of the same group: the exchanges of one connection that overlap, mostly
 * one.  Past a ceiling those go first that a route answered, the oldest first;
 * then those that none did; then what is still going on.
 */
#ifndef RETORTD_RING_H
#define RETORTD_RING_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "journal.h"

/* X(name): in the order in which they go */
#define RING_CLASSES(X) \
	X(MATCHED)      \
	X(UNMATCHED)    \
	X(UNDER_WAY)

enum ring_class {
#define X(name) RING_##name,
	RING_CLASSES(X)
#undef X
	RING_CLASS_COUNT
};

struct ring_line {
	TAILQ_ENTRY(ring_line) in_ring;
	TAILQ_ENTRY(ring_line) in_group;
	struct ring_group *group;
	uint64_t seq;	/* of all lines told, from 1 */
	uint64_t ended; /* the exchange that ended with it: from 1; or 0 */
	int64_t req;	/* whose it is; 0: the connection's */
	enum journal_kind kind;
	bool unmatched; /* REQUEST: no route matches */
	size_t len;
	char text[];
};

TAILQ_HEAD(ring_lines, ring_line);

/* Overlapping exchanges of a connection. */
struct ring_group {
	TAILQ_ENTRY(ring_group) in_class;
	TAILQ_ENTRY(ring_group) in_conn;
	struct ring_conn *conn;
	struct ring_lines lines;
	enum ring_class class;
	int64_t heard;	  /* the last request that was */
	int64_t answered; /* and that was answered */
	unsigned requests;
	bool unmatched; /* one of them was */
	size_t kept[2]; /* bytes read and written that are in lines */
	struct ring_line *bare[2]; /* the last that tells only how many came
				    * and went; NULL if there is none */
	int64_t nbare[2];	   /* that many */
};

TAILQ_HEAD(ring_groups, ring_group);

/* A connection that was told of.  It stays until it has closed and its groups
 * are gone. */
struct ring_conn {
	int64_t number;
	struct ring_groups groups;
	struct ring_group *last; /* NULL: the next line begins one */
	bool closed;
};

/* A place in the ring. */
struct ring_reader {
	TAILQ_ENTRY(ring_reader) entry;
	struct ring_line *next; /* NULL: at the end */
	uint64_t seq;		/* of the first line it has not read */
	uint64_t lost;		/* of those, that are gone */
};

struct ring {
	struct ring_lines lines;
	struct ring_groups groups[RING_CLASS_COUNT];
	TAILQ_HEAD(, ring_reader) readers;
	struct buf cut;	   /* a line that is being shortened */
	uint64_t seq;	   /* lines told so far */
	uint64_t ended;	   /* exchanges so far */
	size_t exchanges;  /* those kept */
	size_t weight;	   /* bytes of memory */
	size_t max_weight; /* LIMIT_RING; tests set less */
	size_t max_exchanges;
	size_t max_body;
};

void ring_init(struct ring *);
void ring_release(struct ring *);

/* NULL if memory is out; then the other calls may be given that. */
struct ring_conn *ring_open(struct ring *, int64_t number);

/* Its CLOSE has been told: it is not to be named again. */
void ring_close(struct ring *, struct ring_conn *);

/* The event was told by that line; req is whose it is, also for events that do
 * not say so.  What memory has no room for is missing. */
void ring_take(struct ring *, struct ring_conn *, const struct journal_event *,
    struct span line, int64_t req);

/* Read from the oldest line on. */
void ring_begin(struct ring *, struct ring_reader *);

/* The next line; false at the end.  *lost counts those in front of it that went
 * before they could be read. */
bool ring_read(
    struct ring *, struct ring_reader *, struct span *line, uint64_t *lost);
void ring_end(struct ring *, struct ring_reader *);

/* The line that ended the next exchange: of all, if line is NULL, else behind
 * the one that ended with that line.  NULL at the end. */
const struct ring_line *ring_next(
    const struct ring *, const struct ring_line *);

/* Did no route match the exchange that ended with that line? */
bool ring_is_unmatched(const struct ring_line *end);

/* Is that one of the lines of the exchange that ended with `end`? */
bool ring_is_of(const struct ring_line *, const struct ring_line *end);

/* The line that opened its connection; NULL if that is gone. */
const struct ring_line *ring_opening(const struct ring_line *end);

#endif
