/*
 * A second retortd, started when it is first wanted, whose only route answers
 * with the request as it was received.  It dies with the client like the other.
 */
#ifndef RETORT_ECHO_H
#define RETORT_ECHO_H

#include <stdint.h>

#include "serverproc.h"

struct echo {
	struct serverproc server;
	int routes;    /* its routes file, in memory; -1 */
	char path[64]; /* by which the server finds that */
};

void echo_init(struct echo *);

/* On a free port: e->server is STARTING, or FAILED with why.  It must be
 * STOPPED or FAILED. */
void echo_start(struct echo *, int64_t now);

void echo_release(struct echo *);

#endif
