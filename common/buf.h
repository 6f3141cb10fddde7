/*
 * A growable run of bytes with a ceiling.
 * Zeroed memory is a valid empty buf; set max before the first append.
 */
#ifndef RETORT_BUF_H
#define RETORT_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "span.h"

struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;
};

static inline struct span
buf_span(const struct buf *b)
{
	return span_of(b->data, b->len);
}

/* Make room for n bytes more.  False, and b untouched, if that would pass
 * b->max or memory is out. */
bool buf_reserve(struct buf *b, size_t n);

/* Append n bytes.  False, and b untouched, as buf_reserve. */
bool buf_append(struct buf *b, const void *p, size_t n);
bool buf_append_text(struct buf *b, const char *text);
bool buf_append_span(struct buf *b, struct span s);

/* Append as printf would.  False, and b untouched, as buf_reserve. */
bool buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Drop the first n bytes; those behind move up. */
void buf_drop(struct buf *b, size_t n);

/* No more will come: give back the room that was for more. */
void buf_fit(struct buf *b);

/* Hand the bytes to the caller, who frees them.  b becomes empty. */
char *buf_take(struct buf *b, size_t *n);

/* Free the memory; b is empty and usable, max as before. */
void buf_release(struct buf *b);

#endif
