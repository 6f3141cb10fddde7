/*
 * What a server saw, from the events of its journal: its connections, each
 * with a tape of its own, and the requests on them.  Pure: whoever reads the
 * journal feeds it.  It is a ring: past the budget the oldest connections go,
 * those that are closed first.
 *
 * Times are on our clock: both ends are on one machine, and the journal tells
 * when it began on CLOCK_MONOTONIC.  Whatever a server tells they are from 0 to
 * SEEN_TIME_MAX, so that two may be added.  Nothing here fails: what memory has no
 * room for is missing, as if it had been lost on the way.
 */
#ifndef RETORT_SEEN_H
#define RETORT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dialect.h"
#include "exchange.h"
#include "journal.h"
#include "tape.h"

enum {
	SEEN_BUDGET = 16 * 1024 * 1024,
	SEEN_CONNS = 4096,
	SEEN_REQUESTS = 256, /* of one connection: the newest ones */
	SEEN_ERRORS = 8,     /* of one request: the first ones */
	SEEN_TEXT = 160
};

#define SEEN_TIME_MAX INT64_C(1000000000000000000) /* 31 years */

struct seen_error {
	char why[SEEN_TEXT];
	char section[32];
};

/* Bytes of one way.  to may lie behind what has come so far. */
struct seen_range {
	uint64_t from;
	uint64_t to; /* UINT64_MAX: nobody knows */
};

struct seen_request {
	int64_t req;	       /* from 1 in its connection */
	int64_t begin;	       /* its first byte was read; -1: unknown */
	int64_t heard;	       /* it was understood, or refused */
	int64_t end;	       /* the answer's last bytes went; -1: not yet */
	struct seen_range in;  /* of TAPE_IN */
	struct seen_range out; /* of TAPE_OUT: the answer */
	int status;	       /* 0: no answer yet */
	int64_t content;       /* bytes of the answer's body */
	enum dialect dialect;
	char method[32];
	char *host; /* these four may be NULL; escape before showing */
	char *target;
	char *route;   /* "FILE:LINE"; NULL: none matched */
	char *nearest; /* then which came nearest, and what differed */
	size_t text;   /* bytes of them */
	struct seen_error error[SEEN_ERRORS];
	size_t nerror;
};

struct seen_conn {
	unsigned life;	/* of the server: how many starts were seen */
	int64_t number; /* unique in a life */
	struct tape tape;
	bool torn;	/* events were lost: bytes may be missing anywhere */
	int64_t listed; /* by then only its numbers were known; -1 */
	int64_t opened; /* -1: unknown */
	int64_t closed; /* -1: it stands */
	bool by_peer;
	char reason[SEEN_TEXT];
	struct seen_request *request; /* oldest first */
	size_t nrequest;
	size_t cap;
	size_t text;	  /* bytes of the requests' texts */
	uint64_t changes; /* counts the events taken */
	size_t weight;
};

struct seen {
	struct seen_conn **v; /* in the order of (life, number) */
	size_t n;
	size_t cap;
	size_t weight; /* bytes of all */
	size_t budget; /* SEEN_BUDGET; tests set less */
	unsigned life;
	int64_t start;	 /* of the journal, on our clock */
	int64_t evicted; /* the highest number in this life that is gone */
};

void seen_init(struct seen *);
void seen_release(struct seen *);

/* The next event.  It borrows nothing. */
void seen_take(struct seen *, const struct journal_event *);

/*
 * A connection of which nothing was told so far stood at that time, was opened
 * then, and had moved so many bytes each way.  Should its events come
 * nevertheless, they count.
 */
void seen_list(struct seen *, int64_t number, int64_t at, int64_t opened,
    struct span peer, struct span local, const uint64_t bytes[TAPE_WAYS]);

/* The server is gone, and with it the connections that stood. */
void seen_over(struct seen *);

/* NULL if it is gone, or never was. */
const struct seen_conn *seen_find(
    const struct seen *, unsigned life, int64_t number);
const struct seen_request *seen_find_request(
    const struct seen_conn *, int64_t req);

/* The connections that stand, one after the other: NULL asks for the first,
 * and is behind the last. */
const struct seen_conn *seen_next_open(
    const struct seen *, const struct seen_conn *before);

/* Bytes of a call that moved n, of which only the first ones are there. */
void seen_bytes(struct tape *, enum tape_event what, int64_t at,
    struct span first, uint64_t n);

/* The first byte behind the range that has come. */
uint64_t seen_to(
    const struct seen_conn *, enum tape_way, const struct seen_range *);

enum seen_how {
	SEEN_NOT,     /* the server saw nothing of it */
	SEEN_SAME,    /* on the same connection */
	SEEN_THROUGH, /* by another connection: the only request that began and
		       * ended meanwhile */
	SEEN_SEVERAL, /* there were several: nobody knows which */
};

struct seen_end {
	enum seen_how how;
	const struct seen_conn *conn;	    /* SAME, THROUGH; lives as long */
	const struct seen_request *request; /* as nothing is taken.  NULL: none
					     * was understood */
};

/* The other end of that exchange. */
struct seen_end seen_join(const struct seen *, const struct exchange *);

/* Does only what belongs to its request belong to the exchange?  Else all of
 * the connection does, which has no other: more may have arrived than what the
 * server took for the request. */
bool seen_is_part(const struct seen_end *, const struct exchange *);

#endif
