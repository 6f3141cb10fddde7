/*
 * TCP on 127.0.0.1 as a test wants it: everything has a deadline of ms
 * milliseconds, everything that goes wrong fails the test with what was there.
 * Descriptors are closed at the test's end; close one earlier by net_close.
 * What is read belongs to the test.
 */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>

#include "test.h"

/* A listener on a free port. */
int net_listen(int *port);

/* A port where nobody listens: connecting to it is refused. */
int net_refused_port(void);

int net_connect(int port);

/* The same, with hardly any room for what comes. */
int net_connect_narrow(int port);

int net_accept(int listener, int ms);

/* Send all n bytes; net_say sends a string.  Waits at most 10 s. */
void net_send(int fd, const void *p, size_t n);
void net_say(int fd, const char *text);

/* Exactly n bytes. */
struct bytes net_read_n(int fd, size_t n, int ms);

/* Bytes up to and with the first text; what follows stays unread. */
struct bytes net_read_until(int fd, const char *text, int ms);

/* All bytes until the peer closes; a reset fails the test. */
struct bytes net_read_until_close(int fd, int ms);

/* The same, but the end must be a reset. */
struct bytes net_read_until_reset(int fd, int ms);

/* True if something can be read (an end counts) within ms. */
bool net_readable(int fd, int ms);

void net_half_close(int fd);
void net_close(int fd);

/* Close with a RST.  What was sent but not acknowledged is lost. */
void net_reset(int fd);

#ifndef TEST_LIB
#define NET_AT			     test_at(__FILE__, __LINE__)
#define net_connect(p)		     (NET_AT, net_connect(p))
#define net_connect_narrow(p)	     (NET_AT, net_connect_narrow(p))
#define net_accept(l, ms)	     (NET_AT, net_accept(l, ms))
#define net_send(fd, p, n)	     (NET_AT, net_send(fd, p, n))
#define net_say(fd, text)	     (NET_AT, net_say(fd, text))
#define net_read_n(fd, n, ms)	     (NET_AT, net_read_n(fd, n, ms))
#define net_read_until(fd, text, ms) (NET_AT, net_read_until(fd, text, ms))
#define net_read_until_close(fd, ms) (NET_AT, net_read_until_close(fd, ms))
#define net_read_until_reset(fd, ms) (NET_AT, net_read_until_reset(fd, ms))
#endif

#endif
