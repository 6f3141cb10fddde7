/*
 * A routes file loaded before the user's eyes: what is wrong with it is said
 * on stderr.
 */
#ifndef RETORTD_LOAD_H
#define RETORTD_LOAD_H

#include "routes.h"

/* Those that are compiled in if path is NULL.  NULL if the file cannot be used:
 * the last line says so, once all errors are said.  Warnings are said, too. */
struct routes *load_routes(const char *path);

/*
 * The same for a server at work, to whom `old` are the routes until then: its
 * counters are carried over.  NULL if the old ones stay: then the first error
 * stands in why.
 */
struct routes *load_again(
    const char *path, const struct routes *old, char *why, size_t cap);

#endif
