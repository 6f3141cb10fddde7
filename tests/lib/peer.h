/*
 * A scripted server for clients to talk to, on a port of its own, in threads
 * of the test program.  Each connection is served at once, runs the script
 * from its first step, and ends (closed, if it still stands) behind the last:
 *
 *	static const struct peer_step slow[] = {
 *		PEER_HEAD, PEER_SAY("HTTP/1.1 200 OK\r\n"), PEER_WAIT(50),
 *		PEER_SAY("Content-Length: 0\r\n\r\n"), PEER_END,
 *	};
 *	p = peer_start(slow);
 *	... p->port ...
 *	assert_string_equal(peer_wait(p, 0, 1000).data, "GET / HTTP/1.1\r\n...");
 *
 * A step that cannot be done (an end where bytes were wanted, the wrong bytes,
 * a wait past 10 s) ends the connection; peer_wait then fails the test.
 * Also here: the seed's server and client, as they behave.
 */
#ifndef PEER_H
#define PEER_H

#include <stddef.h>

#include "test.h"

enum peer_op {
	PEER_OP_END,
	PEER_OP_EXPECT,
	PEER_OP_READ,
	PEER_OP_HEAD,
	PEER_OP_TO_END,
	PEER_OP_SEND,
	PEER_OP_DRIP,
	PEER_OP_WAIT,
	PEER_OP_HALF_CLOSE,
	PEER_OP_RESET,
	PEER_OP_HANG,
};

struct peer_step {
	enum peer_op op;
	const char *data;
	size_t n; /* bytes */
	int ms;
};

/* clang-format off */
/* The next bytes are just these. */
#define PEER_EXPECT(text)	{ PEER_OP_EXPECT, text, sizeof(text) - 1, 0 }
/* The next n bytes, whatever they are. */
#define PEER_READ(n)		{ PEER_OP_READ, NULL, n, 0 }
/* Bytes up to and with a blank line. */
#define PEER_HEAD		{ PEER_OP_HEAD, NULL, 0, 0 }
/* Bytes until the client half-closes. */
#define PEER_TO_END		{ PEER_OP_TO_END, NULL, 0, 0 }
/* A string literal's bytes; n bytes at p. */
#define PEER_SAY(text)		{ PEER_OP_SEND, text, sizeof(text) - 1, 0 }
#define PEER_SEND(p, n)		{ PEER_OP_SEND, p, n, 0 }
/* The same, a byte at a time with ms between. */
#define PEER_DRIP(text, ms)	{ PEER_OP_DRIP, text, sizeof(text) - 1, ms }
#define PEER_WAIT(ms)		{ PEER_OP_WAIT, NULL, 0, ms }
#define PEER_HALF_CLOSE		{ PEER_OP_HALF_CLOSE, NULL, 0, 0 }
/* Close with a RST, once all that was sent has arrived. */
#define PEER_RESET		{ PEER_OP_RESET, NULL, 0, 0 }
/* Nothing more until the client leaves, or the test ends. */
#define PEER_HANG		{ PEER_OP_HANG, NULL, 0, 0 }
#define PEER_END		{ PEER_OP_END, NULL, 0, 0 }
/* clang-format on */

struct peer {
	int port;
	struct peer_state *state; /* private */
};

/* The steps must outlive the peer, whose life ends with the test. */
struct peer *peer_start(const struct peer_step *steps);

/* A peer that behaves like the seed's server. */
struct peer *peer_seed_server(void);

/* How many connections have come. */
size_t peer_count(struct peer *p);

/* Wait until connection nth (from 0) has ended; all it received. */
struct bytes peer_wait(struct peer *p, size_t nth, int ms);

/* Wait until connection nth has received this text; all it received so far. */
struct bytes peer_wait_for(
    struct peer *p, size_t nth, const char *text, int ms);

/*
 * The seed's client: connect first, then, with its user's words, send
 * "METHOD,URL", take one recv of up to 1024 bytes for the answer, and close.
 */
int peer_seed_connect(int port);
const char *peer_seed_ask(int fd, const char *method, const char *url);

#ifndef TEST_LIB
#define PEER_AT			     test_at(__FILE__, __LINE__)
#define peer_wait(p, nth, ms)	     (PEER_AT, peer_wait(p, nth, ms))
#define peer_wait_for(p, nth, t, ms) (PEER_AT, peer_wait_for(p, nth, t, ms))
#define peer_seed_ask(fd, m, u)	     (PEER_AT, peer_seed_ask(fd, m, u))
#endif

#endif
