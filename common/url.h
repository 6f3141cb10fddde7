/*
 * What a person types as a URL, taken apart and put together.
 */
#ifndef RETORT_URL_H
#define RETORT_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum scheme {
	SCHEME_HTTP, /* also when none was typed */
	SCHEME_HTTPS,
};

/* Spans borrow from the text. */
struct url {
	enum scheme scheme;
	struct span host; /* an IPv6 address without its brackets */
	bool is_ipv6;
	bool has_port;
	uint16_t port;	  /* the scheme's own if none was typed */
	struct span path; /* with the query, without the fragment; may be
			   * empty */
};

/*
 * "test.com", "http://[::1]:8080/x?q#f", "localhost:3000/users".  False and a
 * sentence (static text: what is wrong and what would be right) otherwise.
 */
bool url_parse(struct span text, struct url *, const char **why);

/* The request-target in origin-form: what may not stand in one (spaces,
 * Korean, …) percent-encoded, what is encoded already left alone. */
bool url_append_target(struct buf *, const struct url *);

/* The value of Host: brackets and a port that was typed included. */
bool url_append_host(struct buf *, const struct url *);

/* HOST, HOST:PORT, [V6]:PORT (RFC 9110 7.2, RFC 3986 3.2).  An empty port
 * counts as none: has_port false.  False if it is none of these. */
bool authority_parse(
    struct span text, struct span *host, bool *has_port, uint16_t *port);

/*
 * A path percent-decoded and with its dot-segments removed (RFC 3986 5.2.4),
 * appended.  %2F and %25 stay encoded, so that segments stay what they were
 * and two paths are the same only if they mean the same.
 */
bool path_append_normal(struct buf *, struct span path);

/* A port from text; false unless 0 to 65535 in digits only. */
bool port_parse(struct span text, uint16_t *port);

#endif
