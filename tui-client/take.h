/*
 * What may be taken out of an exchange: to the clipboard, or to a file.
 */
#ifndef RETORT_TAKE_H
#define RETORT_TAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "exchange.h"

/* X(id, the menu's word, the ending of a file of it) */
/* clang-format off */
#define TAKES(X) \
	X(URL, "URL", "url") \
	X(REQUEST, "request", "request") \
	X(RESPONSE, "response", "response") \
	X(BODY, "body", "body")		/* of the response, without framing */ \
	X(CURL, "curl command", "sh") \
	X(RAW, "raw: request, answer", "raw")
/* clang-format on */

enum take {
#define X(id, word, ending) TAKE_##id,
	TAKES(X)
#undef X
	TAKE_COUNT
};

enum {
	TAKE_MAX = 640 * 1024 * 1024, /* for the buf that takes it */
	TAKE_WHY = 240,
};

const char *take_word(enum take);

/* Is it there already when the request is only composed? */
bool take_is_composed(enum take);

/* "retort-17.body"; "retort.sh" of a request that has no id yet;
 * "retort-server.body" of what a server saw. */
void take_name(const struct exchange *, enum take, char *out, size_t cap);

/*
 * Append it.  Requests and responses are the bytes of the wire: of a request
 * that is only composed (it has no id) those that would be sent.
 *
 * False, out as it was, and a sentence in why if it is not there, or no longer
 * whole.  Else why is empty, or says what is to be known of it.
 */
bool take_append(
    struct buf *out, const struct exchange *, enum take, char why[TAKE_WHY]);

#endif
