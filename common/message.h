/*
 * A request as it was composed, before it is bytes.  It owns all it holds.
 */
#ifndef RETORT_MESSAGE_H
#define RETORT_MESSAGE_H

#include <stdbool.h>

#include "buf.h"
#include "dialect.h"
#include "headers.h"

struct request {
	enum dialect dialect;
	char *method;
	char *target;		/* HTTP: origin-form or *; classic: the URL */
	struct headers headers; /* unused in classic */
	struct buf body;	/* unused in classic */
};

bool request_copy(struct request *to, const struct request *from);
void request_release(struct request *);

#endif
