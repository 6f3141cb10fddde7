/*
 * HTTP or classic?  Decided once per connection, by its first message.
 */
#ifndef RETORT_DIALECT_H
#define RETORT_DIALECT_H

#include <stddef.h>

enum dialect {
	DIALECT_UNDECIDED, /* more bytes are needed */
	DIALECT_HTTP,	   /* also whatever is wrong: it is refused in HTTP */
	DIALECT_CLASSIC,
};

/*
 * After at most LIMIT_EMPTY_LINES empty lines, the first byte that cannot be
 * in a method token decides: a comma is classic, anything else HTTP.  No
 * longer input ever changes a decision.
 */
enum dialect dialect_sniff(const char *p, size_t n);

const char *dialect_name(enum dialect); /* "HTTP/1.1", "classic" */

#endif
