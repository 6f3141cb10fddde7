#define TEST_LIB
#include "net.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEND_MS 10000

enum end {
	END_CLOSED,
	END_RESET,
};

static void
close_later(void *fd)
{
	close((int)(intptr_t)fd);
}

static int
owned(int fd)
{
	test_later(close_later, (void *)(intptr_t)fd);
	return fd;
}

void
net_close(int fd)
{
	test_never(close_later, (void *)(intptr_t)fd);
	close(fd);
}

static int
tcp(int kind)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | kind, 0);

	if (fd < 0)
		test_fail("socket: %s", strerror(errno));
	return owned(fd);
}

static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* Bound, not yet listening. */
static int
bound(int *port)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = tcp(SOCK_NONBLOCK);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		test_fail("bind: %s", strerror(errno));
	*port = ntohs(a.sin_port);
	return fd;
}

int
net_listen(int *port)
{
	int fd = bound(port);

	if (listen(fd, 128) < 0)
		test_fail("listen: %s", strerror(errno));
	return fd;
}

int
net_refused_port(void)
{
	int port;

	/* Bound until the test's end: nobody else can get it. */
	bound(&port);
	return port;
}

static int
connect_to(int fd, int port)
{
	struct sockaddr_in a = loopback(port);
	int one = 1;

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		test_fail("connect to port %d: %s", port, strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

int
net_connect(int port)
{
	return connect_to(tcp(0), port);
}

int
net_connect_narrow(int port)
{
	int fd = tcp(0), room = 4096;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return connect_to(fd, port);
}

static bool
ready(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t until = test_now() + ms;
	int r;

	do
		r = poll(&p, 1, test_left(until));
	while (r < 0 && errno == EINTR);
	return r > 0;
}

bool
net_readable(int fd, int ms)
{
	return ready(fd, POLLIN, ms);
}

int
net_accept(int listener, int ms)
{
	int fd;

	if (!ready(listener, POLLIN, ms))
		test_fail("nobody connected within %d ms", ms);
	/* cppcheck-suppress nullPointer; both may be NULL */
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		test_fail("accept: %s", strerror(errno));
	return owned(fd);
}

void
net_send(int fd, const void *p, size_t n)
{
	int64_t until = test_now() + SEND_MS;
	const char *at = p;
	size_t left = n;
	ssize_t r;

	while (left > 0) {
		if (!ready(fd, POLLOUT, test_left(until)))
			test_fail(
			    "only %zu of %zu bytes could be sent in %d ms",
			    n - left, n, SEND_MS);
		r = send(fd, at, left, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			test_fail("send, after %zu of %zu bytes: %s", n - left,
			    n, strerror(errno));
		if (r > 0) {
			at += r;
			left -= (size_t)r;
		}
	}
}

void
net_say(int fd, const char *text)
{
	net_send(fd, text, strlen(text));
}

/* Room for n more bytes and a NUL behind them. */
static void
grow(struct bytes *b, size_t *cap, size_t n)
{
	if (b->len + n + 1 <= *cap)
		return;
	*cap = (b->len + n + 1) * 2;
	b->data = realloc(b->data, *cap);
	if (b->data == NULL)
		abort();
}

/* The test owns what was gathered, however the gathering ended. */
static struct bytes
gathered(struct bytes b)
{
	struct bytes mine = { test_alloc(b.len + 1), b.len };

	if (b.len > 0)
		memcpy(mine.data, b.data, b.len);
	free(b.data);
	return mine;
}

/* How many of the n bytes peeked at behind b->len are wanted. */
static size_t
wanted(const struct bytes *b, size_t n, const char *text, bool *found)
{
	size_t tlen = strlen(text), from;
	const char *hit;

	from = b->len >= tlen ? b->len - tlen + 1 : 0;
	hit = memmem(b->data + from, b->len + n - from, text, tlen);
	*found = hit != NULL;
	return *found ? (size_t)(hit - b->data) + tlen - b->len : n;
}

/*
 * Read until text has come, or max bytes, or the end.  False when the deadline
 * passed first; *how is 0 or the errno of the end, -1 if there was none.
 */
static bool
gather(
    int fd, const char *text, size_t max, int ms, struct bytes *out, int *how)
{
	int64_t until = test_now() + ms;
	struct bytes b = { NULL, 0 };
	size_t cap = 0, n;
	bool found = false, late = false;
	ssize_t r;

	*how = -1;
	while (!found && b.len < max && *how < 0) {
		late = !ready(fd, POLLIN, test_left(until));
		if (late)
			break;
		n = max - b.len < 65536 ? max - b.len : 65536;
		grow(&b, &cap, n);
		r = recv(fd, b.data + b.len, n, text == NULL ? 0 : MSG_PEEK);
		if (r > 0 && text != NULL)
			r = recv(fd, b.data + b.len,
			    wanted(&b, (size_t)r, text, &found), 0);
		if (r > 0)
			b.len += (size_t)r;
		else if (r == 0)
			*how = 0;
		else if (errno != EINTR && errno != EAGAIN)
			*how = errno;
	}
	*out = gathered(b);
	return !late;
}

struct bytes
net_read_n(int fd, size_t n, int ms)
{
	struct bytes b;
	int how;

	if (!gather(fd, NULL, n, ms, &b, &how))
		test_fail("%zu of %zu bytes came within %d ms: %s", b.len, n,
		    ms, test_show(b.data, b.len));
	if (how >= 0)
		test_fail("%s after %zu of %zu bytes: %s",
		    how == 0 ? "closed" : strerror(how), b.len, n,
		    test_show(b.data, b.len));
	return b;
}

struct bytes
net_read_until(int fd, const char *text, int ms)
{
	struct bytes b;
	int how;

	if (!gather(fd, text, SIZE_MAX, ms, &b, &how))
		test_fail("no \"%s\" came within %d ms; what did come: %s",
		    text, ms, test_show(b.data, b.len));
	if (how >= 0)
		test_fail("%s before \"%s\" came; what did come: %s",
		    how == 0 ? "closed" : strerror(how), text,
		    test_show(b.data, b.len));
	return b;
}

static struct bytes
read_to_end(int fd, enum end end, int ms)
{
	struct bytes b;
	int how;

	if (!gather(fd, NULL, SIZE_MAX, ms, &b, &how))
		test_fail("still open after %d ms; what came: %s", ms,
		    test_show(b.data, b.len));
	if (how == 0 && end == END_RESET)
		test_fail("closed, not reset; what came: %s",
		    test_show(b.data, b.len));
	if (how > 0 && (end == END_CLOSED || how != ECONNRESET))
		test_fail("%s; what came: %s", strerror(how),
		    test_show(b.data, b.len));
	return b;
}

struct bytes
net_read_until_close(int fd, int ms)
{
	return read_to_end(fd, END_CLOSED, ms);
}

struct bytes
net_read_until_reset(int fd, int ms)
{
	return read_to_end(fd, END_RESET, ms);
}

void
net_half_close(int fd)
{
	if (shutdown(fd, SHUT_WR) < 0)
		test_fail("shutdown: %s", strerror(errno));
}

void
net_reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	net_close(fd);
}
