/*
 * Bytes to JSON (RFC 8259).
 */
#ifndef RETORT_JSON_H
#define RETORT_JSON_H

#include <stdbool.h>

#include "buf.h"
#include "span.h"

/* A string, quotes included, in which U+0000 to U+00FF stand for one byte
 * each: whatever the bytes are, they can be had back. */
bool json_append_bytes(struct buf *, struct span);

#endif
