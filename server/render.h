/*
 * An HTTP answer as bytes.
 */
#ifndef RETORTD_RENDER_H
#define RETORTD_RENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "ask.h"
#include "buf.h"
#include "span.h"

/* The bytes at date_at are for whoever sends them to fill in, DATE_LEN of
 * them. */
struct rendered {
	struct span bytes;
	uint32_t date_at; /* 0: there is no Date */
	uint32_t content; /* bytes of the body among them */
	int status;
};

/*
 * Append the whole answer with a plain text as body.  `bodiless`, as the
 * answer to a HEAD is, it has neither body nor Content-Length: that would have
 * to be the one of a GET (RFC 9110 8.6), which may be answered otherwise.
 * r->bytes borrows from b, until b grows.  False if b has no room.
 */
bool render_answer(struct buf *b, int status, struct span text, enum persist,
    bool bodiless, struct rendered *r);

#endif
