/*
 * A second opinion on requests: HTTP/1.1 read straight from the grammar of
 * RFC 9110, RFC 9112 and RFC 3986, rule by rule, over the whole message.
 * Written for tests and for nothing but being right; it shares no code with
 * what it judges, only the limits.
 */
#ifndef NAIVE_H
#define NAIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "limit.h"
#include "span.h"

enum naive_verdict {
	NAIVE_MORE, /* the beginning of a right request */
	NAIVE_DONE,
	NAIVE_BAD,
};

/* X(status): all that a request may be refused with. */
#define NAIVE_STATUSES(X) \
	X(400) X(413) X(414) X(417) X(421) X(431) X(501) X(505)

enum naive_status {
#define X(status) NAIVE_##status,
	NAIVE_STATUSES(X)
#undef X
};

enum naive_form {
	NAIVE_ORIGIN,
	NAIVE_ABSOLUTE,
	NAIVE_AUTHORITY,
	NAIVE_ASTERISK,
};

enum naive_framing {
	NAIVE_NO_BODY,
	NAIVE_LENGTH,
	NAIVE_CHUNKED,
};

struct naive_field {
	struct span name;
	struct span value;
};

/* Spans borrow from the message. */
struct naive {
	enum naive_verdict verdict;
	unsigned refusals; /* BAD: a bit for each status that is deserved */
	struct span method;
	struct span target;
	int major;
	int minor;
	size_t nfield;
	struct naive_field field[LIMIT_FIELDS];
	size_t head; /* its bytes, once it is whole and right; else 0 */
	enum naive_form form;
	struct span host; /* without port, brackets and a last dot */
	struct span path;
	struct span query;
	bool has_query;
	enum naive_framing framing;
	uint64_t length;
	bool keep_alive;
	bool expects; /* 100-continue */
	char *content;
	size_t ncontent;
	size_t total; /* DONE: bytes of the message */
};

/* Read the request that p[0..n) begins with.  naive_release frees it. */
void naive_request(const char *p, size_t n, struct naive *);
void naive_release(struct naive *);

/* Would it be right to refuse with this status? */
bool naive_may_refuse(const struct naive *, int status);

#endif
