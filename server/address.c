#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct address
address_of(const union address_any *sa)
{
	struct address a = { .is_ipv6 = sa->any.sa_family == AF_INET6 };

	if (a.is_ipv6) {
		memcpy(a.bytes, &sa->v6.sin6_addr, 16);
		a.port = ntohs(sa->v6.sin6_port);
	} else {
		memcpy(a.bytes, &sa->v4.sin_addr, 4);
		a.port = ntohs(sa->v4.sin_port);
	}
	return a;
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
address_host(const struct address *a, char out[ADDRESS_TEXT])
{
	size_t n = 0;
	int i;

	if (a->is_ipv6) {
		if (inet_ntop(AF_INET6, a->bytes, out, INET6_ADDRSTRLEN) ==
		    NULL)
			out[0] = '\0';
		return strlen(out);
	}
	for (i = 0; i < 4; i++) {
		if (i > 0)
			out[n++] = '.';
		n += append_number(out + n, a->bytes[i]);
	}
	out[n] = '\0';
	return n;
}

size_t
address_text(const struct address *a, char out[ADDRESS_TEXT])
{
	size_t n = 0;

	if (a->is_ipv6)
		out[n++] = '[';
	n += address_host(a, out + n);
	if (a->is_ipv6)
		out[n++] = ']';
	out[n++] = ':';
	n += append_number(out + n, a->port);
	out[n] = '\0';
	return n;
}
