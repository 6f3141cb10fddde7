/*
 * One request, its answer or its failure, its bytes and its times: the record
 * that the whole client shares.
 *
 * The history owns exchanges; the engine writes into one while it is in
 * flight (outcome OUTCOME_FLIGHT) and never touches it afterwards.  The
 * history therefore neither frees nor trims one in flight.
 */
#ifndef RETORT_EXCHANGE_H
#define RETORT_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "head.h"
#include "httperr.h"
#include "message.h"
#include "tape.h"

/* X(name, the words in a history row) */
/* clang-format off */
#define OUTCOMES(X) \
	X(FLIGHT, "…") \
	X(ANSWERED, "answered") \
	X(REFUSED, "refused") \
	X(RESET, "reset") \
	X(CLOSED, "no answer") \
	X(CUT, "cut short") \
	X(TIMED_OUT, "timed out") \
	X(NO_NAME, "name unknown") \
	X(UNREACHABLE, "unreachable") \
	X(UNPARSABLE, "unparsable") \
	X(BROKEN, "broken body") \
	X(TOO_LARGE, "too large") \
	X(CANCELLED, "cancelled") \
	X(FAILED, "failed")
/* clang-format on */

enum outcome {
#define X(name, words) OUTCOME_##name,
	OUTCOMES(X)
#undef X
};

/* Nanoseconds from the start, as stamped on the tape; -1: not reached. */
struct times {
	int64_t name;	    /* the name is resolved; -1 for an address too */
	int64_t connect;    /* the connection is established */
	int64_t sent;	    /* the last byte is handed to the kernel; stays -1
			     * when an answer came before */
	int64_t first_byte; /* of the answer */
	int64_t total;	    /* done, whatever the outcome */
};

/* Bytes around head and body: kept up to LIMIT_ASIDE, counted beyond. */
struct aside {
	struct buf kept;
	uint64_t all;
};

/* X(name) */
/* clang-format off */
#define ASIDES(X) \
	X(INTERIM)	/* heads in front: answers in between (1xx) */ \
	X(TRAILERS)	/* lines behind a chunked body */ \
	X(EXTRA)	/* behind the end; or from where it makes no sense on */
/* clang-format on */

enum aside_name {
#define X(name) ASIDE_##name,
	ASIDES(X)
#undef X
	ASIDE_COUNT
};

struct exchange {
	uint64_t id;   /* from 1, given by the history */
	int64_t wall;  /* when it was sent, seconds since 1970 */
	int64_t start; /* the same on the monotonic clock, nanoseconds */

	/* Not ours, but made from what a server saw (theirs.h): of its tape
	 * only the bytes mean something, which others sent. */
	bool theirs;
	const char *unread; /* why of its request there are only bytes, static;
			     * NULL: it may be sent from here, but for: */
	bool http_1_0;	    /* it was sent as that, not as HTTP/1.1 */
	bool reworded;	    /* its head is written otherwise, and says the
			     * same */

	/* What was asked. */
	char *url;     /* as typed */
	bool via;      /* to the via address, else to the URL's own host */
	bool echo;     /* but it went to the server that echoes */
	char *host;    /* where the connection goes: name or address, */
	uint16_t port; /* and port */
	struct request request;

	/* What came of it. */
	enum outcome outcome;
	char why[240];	/* failures: what happened, a sentence */
	char hint[160]; /* failures: what to press or check, a sentence */
	struct times times;
	struct tape tape; /* what went over the wire, and when */

	/* The answer, as far as it came, whatever the outcome; status is 0
	 * until there is one, and may be then (exchange_has_status).  raw is
	 * the head as received (the final one's; in classic the whole answer;
	 * of what cannot be parsed the first bytes), body what the framing
	 * delivered, aside all the rest. */
	int status;
	struct head *head; /* of raw; NULL in classic and without answer */
	struct buf raw;
	struct buf body;
	uint64_t body_len; /* all of it; body.len less when it was cut */
	bool body_dropped; /* this and request.body, by the history, to make
			    * room; the tape's bytes may go later */
	struct aside aside[ASIDE_COUNT];
	httperr_set wrong; /* the rules that the answer broke */
};

/* Everything NULL or empty, times at -1, outcome FLIGHT. */
struct exchange *exchange_new(void);
void exchange_free(struct exchange *);

/* The words of a history row: "200 OK", "refused", "…". Static or inside x;
 * the reason is the peer's bytes: escape before showing. */
const char *outcome_words(enum outcome);

/* Did an answer come as far as its status? */
bool exchange_has_status(const struct exchange *);

/* The reason phrase the peer sent, unescaped; may be empty. */
struct span exchange_reason(const struct exchange *);

/* Put those bytes aside.  What memory has no room for is only counted. */
void aside_add(struct aside *, struct span);

/* Do the bytes behind its head belong to another protocol: 101, or a tunnel? */
bool exchange_switches(const struct exchange *);

/* Did the history drop a body that the request had? */
bool exchange_lost_body(const struct exchange *);

/* Memory it holds, in bytes. */
size_t exchange_weight(const struct exchange *);

#endif
