/*
 * Something that stands between a client and a server, on a port of its own, in
 * a thread of the test program: it passes on what comes, each way, until either
 * end closes, but for one text in the client's bytes, the first time that it
 * stands there.  One connection after the other.
 *
 *	p = proxy_start(server->port, "X-Trace: a", "X-Trace: b");
 */
#ifndef PROXY_H
#define PROXY_H

#include "test.h"

struct proxy {
	int port;
	struct proxy_state *state; /* private */
};

/* The texts must outlive the proxy, whose life ends with the test. */
struct proxy *proxy_start(int to, const char *found, const char *put);

#endif
