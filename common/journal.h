/*
 * The journal: what a server saw, as lines of JSON (NDJSON), one event a line,
 * in the order of time.  For people with jq, for scripts, and for retort; both
 * ends of it are here.
 *
 *	{"ev":"start","v":1,"pid":4711,"mono":"81234567890123","at":"..."}
 *	{"t":51234,"ev":"open","conn":1,"at":"...","peer":"127.0.0.1:41231",...}
 *
 * t counts nanoseconds from the start, which was at `mono` on the machine's
 * monotonic clock; conn counts from 1 and is never used again in a process.
 * In strings U+0000 to U+00FF stand for one byte each: whatever went over the
 * wire can be had back from it.
 */
#ifndef RETORT_JOURNAL_H
#define RETORT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "head.h"
#include "json.h"
#include "span.h"

enum {
	JOURNAL_VERSION = 1
};

/* X(name, ev) */
/* clang-format off */
#define JOURNAL_EVENTS(X) \
	X(START, "start")	/* v, pid, mono, at */ \
	X(OPEN, "open")		/* at, peer, local: "127.0.0.1:41231" */ \
	X(READ, "read")		/* n, bytes: what one call returned; of what is
				 * told later, bytes may be only the first */ \
	X(WRITE, "write")	/* n, bytes: what one call took; likewise */ \
	X(REQUEST, "request")	/* req, dialect, method, host, target, version,
				 * headers, route: "FILE:LINE" or null; nearest:
				 * only if no route matches, the one that
				 * almost did and what differs */ \
	X(RESPONSE, "response")	/* req, status, reason, bytes (of the body), us:
				 * from the request's end to the last byte */ \
	X(ERROR, "error")	/* req, why, section: a rule that was broken */ \
	X(CLOSE, "close")	/* by: "peer" or "server"; reason */ \
	X(LOST, "lost")		/* n: events that a slow reader did not get */
/* clang-format on */

enum journal_kind {
#define X(name, ev) JOURNAL_##name,
	JOURNAL_EVENTS(X)
#undef X
	JOURNAL_KINDS
};

/*
 * One event.  Which members it has hangs on its kind, as above; the others are
 * not looked at, and zero when it was read.  A string whose p is NULL is null.
 */
struct journal_event {
	enum journal_kind kind;
	int64_t t; /* but START and LOST */
	int64_t conn;

	int64_t v;
	int64_t pid;
	struct span mono; /* nanoseconds, in digits */
	struct span at;	  /* RFC 3339 */

	struct span peer;
	struct span local;

	int64_t n;
	struct span bytes;

	int64_t req; /* from 1 in its connection; 0: before the first */
	struct span dialect;
	struct span method;
	struct span host;
	struct span target;
	struct span version;	 /* "1.1"; null in classic */
	const struct head *head; /* to write: the fields, in `base`; or NULL */
	const char *base;
	struct span headers; /* when read: the array, for journal_field */
	struct span route;
	struct span nearest; /* NULL: absent */

	int64_t status;
	struct span reason;
	int64_t content; /* "bytes" of a response */
	int64_t us;

	struct span why;
	struct span section;
	struct span by;
};

/* Append the event and a newline.  False, and b untouched, as buf_reserve. */
bool journal_append(struct buf *b, const struct journal_event *);

/*
 * Read a line.  Strings are decoded into scratch, which is emptied first and
 * must outlive the event; headers borrows from the line.  False if it is no
 * event that we know: no JSON, another ev, a member that is missing or of the
 * wrong type.  Members that we do not know are passed over.
 */
bool journal_read(
    struct span line, struct journal_event *, struct buf *scratch);

/*
 * The fields of a request that was read, one after the other: initialise r
 * with e.headers (json_reader_init); name and value are appended to scratch
 * (never emptied here) and borrow from it until it grows.  False at the end.
 */
bool journal_field(struct json_reader *r, struct buf *scratch,
    struct span *name, struct span *value);

/* What is said of an event: "open", "read". */
const char *journal_name(enum journal_kind);

#endif
