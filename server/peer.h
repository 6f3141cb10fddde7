/*
 * Who is at the other end, in as few bytes as that takes.
 */
#ifndef RETORTD_PEER_H
#define RETORTD_PEER_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>

struct peer {
	uint8_t address[16]; /* of which IPv4 uses the first 4 */
	uint16_t port;
	bool is_ipv6;
};

union peer_sockaddr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

enum {
	PEER_TEXT = INET6_ADDRSTRLEN + 8 /* [V6]:PORT and a NUL */
};

struct peer peer_of(const union peer_sockaddr *);

/* ADDRESS alone, or ADDRESS:PORT with an IPv6 address in brackets.  The
 * length. */
size_t peer_address(const struct peer *, char out[PEER_TEXT]);
size_t peer_text(const struct peer *, char out[PEER_TEXT]);

#endif
