/*
 * The methods of RFC 9110 9.3 and RFC 5789.
 */
#ifndef RETORT_METHOD_H
#define RETORT_METHOD_H

#include <stddef.h>

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

/* Case-sensitive (RFC 9110 9.1). */
enum method method_find(const char *p, size_t n);

/* The name; NULL for METHOD_OTHER. */
const char *method_name(enum method);

#endif
