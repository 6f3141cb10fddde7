/*
 * A request as routes, answers and logs see it, whatever its dialect.
 */
#ifndef RETORTD_ASK_H
#define RETORTD_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect.h"
#include "head.h"
#include "method.h"
#include "span.h"

/* What an answer says about the connection (RFC 9112 9.3). */
enum persist {
	PERSIST_IMPLIED, /* it goes on, as HTTP/1.1 does */
	PERSIST_SAID,	 /* it goes on, as an HTTP/1.0 client asked */
	PERSIST_NOT,
	PERSIST_COUNT
};

/* Spans borrow from the request's bytes; those unknown are empty. */
struct ask {
	enum dialect dialect;
	struct span line; /* as it came: start-line, or METHOD,URL */
	enum method verb; /* METHOD_OTHER: `method` tells */
	struct span method;
	struct span target; /* as it came; classic: the URL */
	struct span host;   /* without port and trailing dot */
	struct span path;   /* as it came, without the query; or "*" */
	bool path_is_plain; /* there is nothing to decode and no dot in it */
	enum persist persist;
	struct span query; /* as it came, without "?"; p is NULL if none */
	const struct head *head; /* NULL in classic; its slices are in base */
	const char *base;
	struct span raw;     /* the whole request as received, if it is kept */
	struct span content; /* its body, decoded, if it is kept */
};

#endif
