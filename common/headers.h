/*
 * An ordered list of fields to be sent.  It owns its text.
 * Zeroed memory is a valid empty list.
 */
#ifndef RETORT_HEADERS_H
#define RETORT_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "span.h"

struct header {
	char *name;
	char *value;
};

struct headers {
	struct header *v;
	size_t n;
	size_t cap;
};

/* False, and the list untouched, if memory is out.  The caller has checked
 * that name and value may be sent (field_parse). */
bool headers_add(struct headers *, struct span name, struct span value);

/* The first one's value, case-insensitive; NULL if there is none. */
const char *headers_find(const struct headers *, const char *name);

void headers_remove(struct headers *, size_t i);

/* A list of its own in *to, which must be empty. */
bool headers_copy(struct headers *to, const struct headers *from);

void headers_release(struct headers *);

#endif
