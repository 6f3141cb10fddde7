/*
 * The request of an exchange as a command that makes curl send the same bytes,
 * for any POSIX shell.
 *
 * Every argument is one word, in single quotes unless it is made of harmless
 * characters alone.  curl is kept from all that it would add or change by
 * itself; what it cannot send just so is said in comments in front.
 */
#ifndef RETORT_CURL_H
#define RETORT_CURL_H

#include <stdbool.h>

#include "buf.h"
#include "exchange.h"

enum {
	CURL_ARGUMENT_MAX = 64 * 1024, /* a body in one; Linux takes twice it */
};

/*
 * Append the command, its newline included, to go where x went.  The request's
 * body must be there.  False, out as it was, and *why a sentence if curl cannot
 * send such a request, or NULL if there is no room for the command.
 */
bool curl_command(struct buf *out, const struct exchange *x, const char **why);

#endif
