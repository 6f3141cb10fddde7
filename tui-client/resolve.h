/*
 * Names to addresses.  getaddrinfo blocks, so each look-up is a thread of its
 * own, which does that and nothing more, and answers through a pipe.  It
 * shares no memory with anybody: a look-up that nobody waits for any longer
 * is left to end by itself.
 */
#ifndef RETORT_RESOLVE_H
#define RETORT_RESOLVE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	ADDRESSES_MAX = 16
};

struct address {
	socklen_t len;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
};

struct addresses {
	size_t n;
	struct address v[ADDRESSES_MAX];
};

struct resolver {
	int fd; /* readable when an answer is there */
	int answers;
	uint64_t serial; /* of the last look-up */
};

struct resolved {
	uint64_t serial;
	int error;	  /* EAI_*; 0: there are addresses */
	int system_error; /* errno behind EAI_SYSTEM */
	struct addresses addresses;
};

/* False and errno if there is no descriptor left. */
bool resolver_init(struct resolver *r);
void resolver_release(struct resolver *r);

/* An address in digits needs no look-up.  False if it is a name. */
bool resolve_numeric(const char *host, uint16_t port, struct addresses *to);

/* Look a name up.  Its serial number, 0 and errno if that cannot be. */
uint64_t resolver_ask(struct resolver *r, const char *host, uint16_t port);

/* The next answer; false if there is none now. */
bool resolver_answer(struct resolver *r, struct resolved *answer);

/* Does that mean that there is no such name (and not that nobody could say)? */
bool resolved_is_unknown(const struct resolved *answer);

/* What went wrong, in the system's words. */
const char *resolved_why(const struct resolved *answer);

#endif
