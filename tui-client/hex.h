/*
 * Bytes as hexadecimal digits and characters, so many on a line as its columns
 * allow.
 */
#ifndef RETORT_HEX_H
#define RETORT_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "rows.h"
#include "span.h"

enum {
	HEX_MOST = 16 /* bytes on a line */
};

/* Bytes on a line of so many columns. */
size_t hex_bytes(size_t cols);

/*
 * "00000010  48 54 54 50 …  HTTP": append bytes (at most hex_bytes) that stand
 * at `off`.  roles (of each byte) may be NULL.
 */
void hex_add(struct line *, struct span bytes, uint64_t off, size_t cols,
    const enum role roles[HEX_MOST]);

#endif
