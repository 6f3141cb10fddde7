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
#include "peer.h"
#include "timers.h"

struct listener {
	struct source source;
	struct listeners *all;
	int fd;
	char name[PEER_TEXT]; /* as bound: port 0 has become another */
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
bool listen_parse(const char *text, union peer_sockaddr *);

bool listen_is_loopback(const union peer_sockaddr *);

/* Bind and listen.  False with errno. */
bool listeners_open(struct listeners *, const union peer_sockaddr *);

/* Accept what comes.  False with errno. */
bool listeners_start(struct listeners *, struct loop *, struct links *);

/* A descriptor was freed: go on if that was what was missing. */
void listeners_resume(struct listeners *);

void listeners_close(struct listeners *);

#endif
