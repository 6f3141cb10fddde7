/*
 * Routes files of any length, and requests for them.  A third of the routes
 * are literal paths, a third have a {name}, and a third are the same paths with
 * a matcher, half of them on a field and half on the body.
 */
#ifndef TABLE_H
#define TABLE_H

#include "load.h"

enum table_kind {
	TABLE_LITERAL,
	TABLE_NAME,
	TABLE_HEADER,
	TABLE_JSON,
	TABLE_MISS, /* explained, with the three nearest */
	TABLE_KINDS
};

extern const char *const table_kinds[TABLE_KINDS];

enum {
	TABLE_REQUESTS = 3 /* the first, the middle and the last route */
};

void table_write(const char *path, int routes);

struct load_requests table_requests(
    enum table_kind, int routes, struct load_request room[TABLE_REQUESTS]);

#endif
