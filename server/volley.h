/*
 * Sends on many sockets with two system calls instead of one each, by the
 * kernel's older asynchronous I/O.  A write to a socket that does not block is
 * over when io_submit returns: this only takes less time.
 *
 * SIGPIPE has to be ignored: there is no MSG_NOSIGNAL here.
 */
#ifndef RETORTD_VOLLEY_H
#define RETORTD_VOLLEY_H

#include <sys/types.h>

#include <linux/aio_abi.h>
#include <stddef.h>

#include "limit.h"
#include "span.h"

struct volley {
	aio_context_t context; /* 0: the kernel gives none */
	size_t n;
	struct iocb shot[LIMIT_PARCELS];
	struct iocb *shots[LIMIT_PARCELS];
	struct io_event end[LIMIT_PARCELS];
	ssize_t sent[LIMIT_PARCELS]; /* see volley_fire */
};

void volley_init(struct volley *);
void volley_release(struct volley *);

/* Load one more, LIMIT_PARCELS at most.  The bytes stay the caller's. */
void volley_load(struct volley *, int fd, struct span);

/*
 * Send what was loaded, and be empty again.  Returns how many of the first ones
 * were tried; `sent` has the bytes that went of each.  0: none, and send() can
 * tell why.  -EIO: nobody knows.
 */
size_t volley_fire(struct volley *);

#endif
