/*
 * Where a socket or its peer is, in as few bytes as that takes.
 */
#ifndef RETORTD_ADDRESS_H
#define RETORTD_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>

struct address {
	uint8_t bytes[16]; /* of which IPv4 uses the first 4 */
	uint16_t port;
	bool is_ipv6;
};

union address_any {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

enum {
	ADDRESS_TEXT = INET6_ADDRSTRLEN + 8 /* [V6]:PORT and a NUL */
};

struct address address_of(const union address_any *);

/* ADDRESS alone, or ADDRESS:PORT with an IPv6 address in brackets.  The
 * length. */
size_t address_host(const struct address *, char out[ADDRESS_TEXT]);
size_t address_text(const struct address *, char out[ADDRESS_TEXT]);

#endif
