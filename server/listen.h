/*
 * Where connections come from.
 */
#ifndef RETORTD_LISTEN_H
#define RETORTD_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "limit.h"
#include "link.h"
#include "loop.h"
#include "address.h"
#include "timers.h"

struct listener {
	struct watch watch;
	struct listeners *all;
	int fd;
	char name[ADDRESS_TEXT]; /* as bound: port 0 has become another */
};

/* Zeroed memory is none.  While descriptors are out nobody is accepted. */
struct listeners {
	struct listener v[LIMIT_LISTENERS];
	size_t n;
	struct loop *loop;
	struct links *links;
	struct timer timer; /* set: none is watched until it is due */
};

/* ADDRESS:PORT with a numeric address, as in 127.0.0.1:8080 and [::1]:0. */
bool listen_parse(const char *text, union address_any *);

bool listen_is_loopback(const union address_any *);

/* Bind and listen.  False with errno. */
bool listeners_open(struct listeners *, const union address_any *);

/* Accept what comes.  False with errno. */
bool listeners_start(struct listeners *, struct loop *, struct links *);

/* A descriptor was freed: go on if that was what was missing. */
void listeners_resume(struct listeners *);

/* Accept all that wait now, however many. */
void listeners_take_queued(struct listeners *, int64_t now);

void listeners_close(struct listeners *);

#endif
