#define TEST_LIB
#include "proxy.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net.h"

enum {
	CHUNK = 64 * 1024,
	PUT_MAX = 4096,
	CLIENT = 0,
	SERVER
};

struct proxy_state {
	int listener;
	int to;
	const char *found;
	const char *put;
	bool done; /* with this connection's text */
	int stop;  /* readable when the test is over */
	pthread_t thread;
};

static int
connect_to(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* In a piece with room for it. */
static size_t
rewrite(struct proxy_state *s, char *chunk, size_t n)
{
	size_t found = strlen(s->found), put = strlen(s->put);
	char *at = s->done ? NULL : memmem(chunk, n, s->found, found);

	if (at == NULL)
		return n;
	s->done = true;
	memmove(at + put, at + found, n - (size_t)(at - chunk) - found);
	memcpy(at, s->put, put);
	return n - found + put;
}

/* In one piece, as it came.  The text stands in one, or does not count. */
static bool
pass_on(struct proxy_state *s, int from, int to, bool rewrites)
{
	char chunk[CHUNK + PUT_MAX];
	ssize_t n = recv(from, chunk, CHUNK, 0);

	if (n <= 0)
		return false;
	return send_all(
	    to, chunk, rewrites ? rewrite(s, chunk, (size_t)n) : (size_t)n);
}

/* Until an end closes.  False when the test is over. */
static bool
relay(struct proxy_state *s, const int fds[])
{
	struct pollfd p[] = { { .fd = fds[CLIENT], .events = POLLIN },
		{ .fd = fds[SERVER], .events = POLLIN },
		{ .fd = s->stop, .events = POLLIN } };

	for (;;) {
		if (poll(p, 3, -1) < 0)
			return false;
		if (p[2].revents != 0)
			return false;
		for (int i = CLIENT; i <= SERVER; i++)
			if (p[i].revents != 0 &&
			    !pass_on(s, fds[i], fds[1 - i], i == CLIENT))
				return true;
	}
}

static void *
serve(void *arg)
{
	struct proxy_state *s = arg;
	struct pollfd p[] = { { .fd = s->listener, .events = POLLIN },
		{ .fd = s->stop, .events = POLLIN } };
	bool goes_on = true;

	while (goes_on && poll(p, 2, -1) > 0 && p[1].revents == 0) {
		int fds[] = { accept(s->listener, NULL, NULL), -1 };

		s->done = false;
		fds[SERVER] = connect_to(s->to);
		if (fds[CLIENT] >= 0 && fds[SERVER] >= 0)
			goes_on = relay(s, fds);
		for (int i = CLIENT; i <= SERVER; i++)
			if (fds[i] >= 0)
				close(fds[i]);
	}
	return NULL;
}

static void
proxy_end(void *arg)
{
	struct proxy_state *s = arg;

	eventfd_write(s->stop, 1);
	pthread_join(s->thread, NULL);
	close(s->stop);
}

struct proxy *
proxy_start(int to, const char *found, const char *put)
{
	struct proxy *p = test_alloc(sizeof(*p));
	struct proxy_state *s = test_alloc(sizeof(*s));

	assert_true(strlen(put) <= PUT_MAX);
	s->listener = net_listen(&p->port);
	s->to = to;
	s->found = found;
	s->put = put;
	s->stop = eventfd(0, EFD_CLOEXEC);
	if (pthread_create(&s->thread, NULL, serve, s) != 0)
		abort();
	test_later(proxy_end, s);
	p->state = s;
	return p;
}
