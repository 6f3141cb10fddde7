/*
 * Reading HTTP answers off a socket, by their Content-Length.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "test.h"

enum {
	SOON = 5000 /* ms, for what comes at once */
};

#define GOOD "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n"

struct answer {
	int status;
	const char *head; /* up to and with the empty line */
	const char *body;
};

/* The value of a field, as it stands there; NULL if it is not. */
static inline const char *
answer_field(const struct answer *a, const char *name)
{
	const char *at = strstr(a->head, test_text("\r\n%s: ", name));
	const char *end;

	if (at == NULL)
		return NULL;
	at += strlen(name) + 4;
	end = strstr(at, "\r\n");
	return test_text("%.*s", (int)(end - at), at);
}

/* The next answer; bodiless if it answers a HEAD. */
static inline struct answer
answer_read(int fd, bool bodiless)
{
	struct answer a = { 0, net_read_until(fd, "\r\n\r\n", SOON).data, "" };
	const char *length = answer_field(&a, "Content-Length");

	if (strncmp(a.head, "HTTP/1.1 ", 9) != 0 || strlen(a.head) < 13)
		test_fail("no answer: %s", a.head);
	a.status = (int)strtol(a.head + 9, NULL, 10);
	if (length != NULL && !bodiless)
		a.body = net_read_n(fd, (size_t)strtoul(length, NULL, 10), SOON)
			     .data;
	return a;
}

/* A good request on this connection is answered. */
static inline void
answer_good(int fd)
{
	struct answer a;

	net_say(fd, GOOD);
	a = answer_read(fd, false);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "GET test.com/ is right.\n");
}

/* A server on this port serves a new connection. */
static inline void
answer_new(int port)
{
	int fd = net_connect(port);

	answer_good(fd);
	net_close(fd);
}

#endif
