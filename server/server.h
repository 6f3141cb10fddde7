/*
 * What all connections share.  No descriptor among it but those of the log and
 * of the witness's readers.
 */
#ifndef RETORTD_SERVER_H
#define RETORTD_SERVER_H

#include <stdbool.h>

#include "buf.h"
#include "head.h"
#include "log.h"
#include "respond.h"
#include "timers.h"
#include "wall.h"
#include "witness.h"

struct server {
	struct timers timers;
	struct wall wall;
	struct log *log;
	struct witness *witness; /* NULL: nobody listens */
	struct respond respond;
	bool draining;	    /* every answer is its connection's last */
	struct head head;   /* of the request being read */
	struct buf out;	    /* answers of the connection being served; behind
			     * those that were put aside */
	char *aside;	    /* where these begin */
	struct buf content; /* of the request being answered, if it is not in
			     * its bytes as one */
	uint64_t conns;	    /* connections so far */
};

/* It takes the routes, also when it fails, and borrows the log.  False if
 * memory is out. */
bool server_init(struct server *, struct routes *, struct log *);
void server_release(struct server *);

/* What is in `out` stays where it is until it is sent; the next connection's
 * comes behind it.  False: there is no room for the next before all that was
 * put aside is sent. */
bool server_put_aside(struct server *);

/* All of that was sent. */
void server_clear_aside(struct server *);

#endif
