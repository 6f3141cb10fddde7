#include "peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct peer
peer_of(const union peer_sockaddr *sa)
{
	struct peer p = { .is_ipv6 = sa->any.sa_family == AF_INET6 };

	if (p.is_ipv6) {
		memcpy(p.address, &sa->v6.sin6_addr, 16);
		p.port = ntohs(sa->v6.sin6_port);
	} else {
		memcpy(p.address, &sa->v4.sin_addr, 4);
		p.port = ntohs(sa->v4.sin_port);
	}
	return p;
}

/* By hand: inet_ntop takes longer than all else in a log line. */
static size_t
append_number(char *out, unsigned v)
{
	char digits[8];
	size_t i, n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	for (i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	return n;
}

size_t
peer_address(const struct peer *p, char out[PEER_TEXT])
{
	size_t n = 0;
	int i;

	if (p->is_ipv6) {
		if (inet_ntop(AF_INET6, p->address, out, INET6_ADDRSTRLEN) ==
		    NULL)
			out[0] = '\0';
		return strlen(out);
	}
	for (i = 0; i < 4; i++) {
		if (i > 0)
			out[n++] = '.';
		n += append_number(out + n, p->address[i]);
	}
	out[n] = '\0';
	return n;
}

size_t
peer_text(const struct peer *p, char out[PEER_TEXT])
{
	size_t n = 0;

	if (p->is_ipv6)
		out[n++] = '[';
	n += peer_address(p, out + n);
	if (p->is_ipv6)
		out[n++] = ']';
	out[n++] = ':';
	n += append_number(out + n, p->port);
	out[n] = '\0';
	return n;
}
