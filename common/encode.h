/*
 * Messages to bytes.  Nothing is added, mended or left out: what the caller
 * composed is what leaves.
 */
#ifndef RETORT_ENCODE_H
#define RETORT_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "message.h"
#include "span.h"

/* The whole request in its dialect, body included. */
bool encode_request(struct buf *, const struct request *);

/* "HTTP/1.1 200 OK" CR LF; an empty reason leaves its space. */
bool encode_status_line(struct buf *, int status, const char *reason);

/* "Name: value" CR LF. */
bool encode_field(struct buf *, const char *name, struct span value);

enum {
	DATE_LEN = 29
};

/* IMF-fixdate (RFC 9110 5.6.7), exactly DATE_LEN bytes and a NUL, of seconds
 * since 1970. */
void encode_date(char out[DATE_LEN + 1], int64_t seconds);

#endif
