/*
 * The classic dialect: METHOD,URL answered by HTTP/CODE REASON, with no line
 * end, field or body on either side.  Where a message ends nobody says, so
 * silence (TIME_CLASSIC_QUIET) and half-close are ends too.
 */
#ifndef RETORT_CLASSIC_H
#define RETORT_CLASSIC_H

#include <stdbool.h>

#include "buf.h"
#include "head.h"
#include "span.h"

/* What else is known of the input than its bytes. */
enum classic_end {
	CLASSIC_OPEN,  /* more may come */
	CLASSIC_QUIET, /* nothing came for TIME_CLASSIC_QUIET */
	CLASSIC_EOF,   /* nothing will */
};

struct classic_request {
	struct span method;
	struct span url; /* up to the end: further commas are its own */
	size_t len;	 /* bytes used, LF included */
};

struct classic_answer {
	int status;
	struct span reason;
	size_t len;
};

/* Empty lines before the request are skipped.  BAD: empty method or URL,
 * past LIMIT_CLASSIC, or a byte below 0x20 or 0x7f in it. */
enum parse classic_parse_request(
    const char *p, size_t n, enum classic_end, struct classic_request *);

/* Complete at LF, at EOF, or when quiet behind "HTTP/NNN x". */
enum parse classic_parse_answer(
    const char *p, size_t n, enum classic_end, struct classic_answer *);

/* Has the comma come, and a byte of the URL behind it?  Then silence ends the
 * request. */
bool classic_may_end(const char *p, size_t n);

/* The whole answer, as in "HTTP/201 CREATED". */
bool classic_encode_answer(struct buf *, int status, const char *reason);

bool classic_encode_request(struct buf *, struct span method, struct span url);

/* Host and path of a classic URL: "test.com/x" is test.com and /x,
 * "test.com" and "test.com/" both have the path "/"; http:// in front and a
 * port are understood; query as in request_semantics. */
void classic_url_split(
    struct span url, struct span *host, struct span *path, struct span *query);

#endif
