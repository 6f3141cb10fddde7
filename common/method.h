/*
 * The methods of RFC 9110 9.3 and RFC 5789.
 */
#ifndef RETORT_METHOD_H
#define RETORT_METHOD_H

#include <stddef.h>
#include <string.h>

/* In the order in which the client's menu shows them. */
#define METHODS(X) \
	X(GET)     \
	X(POST)    \
	X(PUT)     \
	X(HEAD)    \
	X(DELETE)  \
	X(PATCH)   \
	X(OPTIONS) \
	X(TRACE)   \
	X(CONNECT)

enum method {
	METHOD_OTHER, /* a token that is none of these */
#define X(name) METHOD_##name,
	METHODS(X)
#undef X
	METHOD_COUNT
};

enum {
	METHOD_LONGEST = sizeof("CONNECT") - 1 /* none is longer */
};

/* Case-sensitive (RFC 9110 9.1). */
enum method method_find(const char *p, size_t n);

/* The same of what a space ends, and how long it is; 0 if it is none of these.
 * METHOD_LONGEST + 1 bytes stand at p. */
static inline size_t
method_begins(const char *p, enum method *m)
{
#define X(name)                                         \
	if (memcmp(p, #name " ", sizeof(#name)) == 0) { \
		*m = METHOD_##name;                     \
		return sizeof(#name) - 1;               \
	}
	METHODS(X)
#undef X
	return 0;
}

/* The name; NULL for METHOD_OTHER. */
const char *method_name(enum method);

#endif
