/*
 * A connection's socket: moves bytes between it and the conn, and ends with
 * it.
 */
#ifndef RETORTD_LINK_H
#define RETORTD_LINK_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "loop.h"
#include "address.h"
#include "limit.h"
#include "server.h"
#include "volley.h"

struct link {
	struct watch watch;
	struct conn conn;
	int fd;
	bool is_watched; /* by epoll */
	uint32_t events; /* for which */
	bool is_behind;	 /* more may be there than was read, and epoll will not
			  * say so by itself */
	bool is_shut;	 /* our side has ended */
	struct links *links;
	TAILQ_ENTRY(link) entry;
};

TAILQ_HEAD(link_queue, link);

/* Output on its way: connections are read one after another, and then sent to
 * together.  The machine does each better if it does only that. */
struct parcel {
	struct link *link;
	struct span out;
};

/* All of a server's. */
struct links {
	struct loop *loop;
	struct server *server;
	struct link_queue open;
	struct link_queue closed; /* until the turn ends: events may name
				   * them */
	char *input;		  /* what one read brings */
	struct parcel parcel[LIMIT_PARCELS];
	size_t nparcels;
	struct volley volley;
	int64_t posted; /* when: all in the same turn */
};

/* False if memory is out. */
bool links_init(struct links *, struct loop *, struct server *);

/* Closes all of them. */
void links_release(struct links *);

/* Takes fd, which is accepted, connected and non-blocking. */
void links_add(struct links *, int fd, const union address_any *, int64_t now);

/* Send what came of those that were called. */
void links_flush(struct links *);

/* Close those that wait for a request; what was answered goes out. */
void links_close_idle(struct links *, int64_t now);

/* Close the one that has this number in its account; false if none has. */
bool links_close_one(struct links *, int64_t number);

/* Free what was closed in this turn.  True if there was something. */
bool links_bury(struct links *);

#endif
