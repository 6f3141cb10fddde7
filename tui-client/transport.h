/*
 * The connection below an exchange: a socket now, perhaps with TLS over it.
 * Nothing here blocks; each step says what it needs in order to go on.
 */
#ifndef RETORT_TRANSPORT_H
#define RETORT_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

enum transport_step {
	TRANSPORT_OK,
	TRANSPORT_WANT_READ,  /* call again when fd is readable */
	TRANSPORT_WANT_WRITE, /* call again when fd is writable */
	TRANSPORT_EOF,	      /* read: the peer sends nothing more */
	TRANSPORT_FAIL,	      /* why says what happened */
};

struct transport;

struct transport_ops {
	/* Go on until OK.  Behind a WANT call again at t->deadline too. */
	enum transport_step (*connect)(struct transport *t, int64_t now);

	/* OK: *n bytes, one or more, were moved. */
	enum transport_step (*read)(
	    struct transport *t, char *p, size_t cap, size_t *n);
	enum transport_step (*write)(
	    struct transport *t, const char *p, size_t n, size_t *written);

	/* The errno of the last FAIL, and a sentence about it. */
	int (*why)(const struct transport *t, char *sentence, size_t cap);

	void (*free)(struct transport *t);
};

struct transport {
	const struct transport_ops *ops;
	void *state;
	int fd;		  /* to poll; connecting may change it; or -1 */
	int64_t deadline; /* of connecting; INT64_MAX afterwards */
	size_t tried;	  /* addresses, that of fd included */
	char peer[184];	  /* whom it concerns, for sentences:
			   * "localhost (127.0.0.1:3000)", escaped */
};

#endif
