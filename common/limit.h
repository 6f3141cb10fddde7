/*
 * Every ceiling in one list.  LIMIT_* are bytes or counts, TIME_* milliseconds.
 */
#ifndef RETORT_LIMIT_H
#define RETORT_LIMIT_H

/* clang-format off */
enum {
	/* One message. */
	LIMIT_EMPTY_LINES  = 8,			/* skipped before a start-line */
	LIMIT_START_LINE   = 8 * 1024,		/* 414, or a broken answer */
	LIMIT_HEAD         = 32 * 1024,		/* 431; start-line and fields */
	LIMIT_FIELDS       = 100,		/* 431; also in trailers */
	LIMIT_CHUNK_LINE   = 4 * 1024,		/* a chunk's size and extensions */
	LIMIT_EXTENSIONS   = 64 * 1024,		/* all of a request's together */
	LIMIT_TRAILERS     = 8 * 1024,		/* all trailer lines together */
	LIMIT_CLASSIC      = 8 * 1024,		/* METHOD,URL */
	LIMIT_REQUEST_BODY = 16 * 1024 * 1024,	/* 413; read and dropped up to it */
	LIMIT_JSON_DEPTH   = 512,		/* brackets within brackets; of 64s */

	/* The classic dialect knows no end of message but silence. */
	TIME_CLASSIC_QUIET = 50,
	TIME_CLASSIC_URL   = 10 * 1000,		/* from the comma to the URL */

	/* retortd. */
	TIME_IDLE          = 300 * 1000,	/* before the first byte */
	TIME_KEEP_ALIVE    = 75 * 1000,		/* between requests, closed silently */
	TIME_HEAD          = 60 * 1000,		/* a head, from its first byte: 408 */
	TIME_PROGRESS      = 30 * 1000,		/* body and answer without a byte */
	TIME_LINGER        = 2 * 1000,		/* a refused peer's input is drained */
	TIME_ACCEPT        = 1000,		/* out of descriptors: accept again */
	TIME_DRAIN         = 10 * 1000,		/* QUIT waits this long */

	LIMIT_LISTENERS    = 16,		/* -l */
	LIMIT_ACCEPTS      = 64,		/* per listener and turn */
	LIMIT_INPUT        = 64 * 1024,		/* read at once */
	LIMIT_OUTPUT       = 64 * 1024,		/* answers gathered before a send */
	LIMIT_ANSWER       = 64 * 1024,		/* one of those */
	LIMIT_PUT_ASIDE    = 64 * 1024,		/* made for other connections, */
	LIMIT_PARCELS      = 32,		/* so many of them, before all are sent */
	LIMIT_SURE         = 2 * 1024,		/* a peer has so much at once */
	LIMIT_UNSENT       = 128 * 1024,	/* sent, and not yet gone */
	LIMIT_LINGER       = 32 * 1024 * 1024,	/* drained from a refused peer */
	LIMIT_LOG          = 256 * 1024,	/* lines nobody has taken yet */

	LIMIT_JOURNAL      = 4 * 1024 * 1024,	/* lines nobody has taken yet */
	LIMIT_CONTROLLERS  = 16,		/* -C: clients at a time */
	LIMIT_COMMAND      = 64 * 1024,		/* a line of theirs */
	LIMIT_FEED         = 4 * 1024 * 1024,	/* events that they have not taken yet; shared */
	LIMIT_REPLY        = 4 * 1024 * 1024,	/* to one command */
	LIMIT_RING         = 16 * 1024 * 1024,	/* what was told, kept; in all, */
	LIMIT_RING_COUNT   = 2000,		/* exchanges, */
	LIMIT_RING_BODY    = 64 * 1024,		/* and of one body */

	TIME_DELAY         = 3600 * 1000,	/* of a route, at most */
	LIMIT_KEPT         = 16 * 1024 * 1024,	/* 413; a request that a route looks at */
	LIMIT_LIKE         = 8 * 1024,		/* a value that ~ looks at */
	LIMIT_ROUTES_FILE  = 16 * 1024 * 1024,	/* with all that it includes */
	LIMIT_INCLUDES     = 16,		/* one within the other */
	LIMIT_DIAGS        = 100,		/* shown; the rest is counted */
	LIMIT_TEMPLATED    = 16 * 1024 * 1024,	/* an answer made of a template */

	/* retort. */
	TIME_CONNECT       = 10 * 1000,
	TIME_ANSWER        = 30 * 1000,		/* without progress */
	LIMIT_ANSWER_BODY  = 256 * 1024 * 1024,	/* kept of one answer; the rest is counted */
	LIMIT_TAPE_FIRST   = 1024 * 1024,	/* kept of what went one way: the first bytes, */
	LIMIT_TAPE_LAST    = 64 * 1024,		/* the last ones, */
	LIMIT_TAPE_MARKS   = 16 * 1024,		/* and what happened */
	LIMIT_ASIDE        = 64 * 1024,		/* the same, of what is around head and body */
};
/* clang-format on */

#endif
