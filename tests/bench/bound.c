/*
 * The practical bound for a server with one thread: it parses nothing and
 * answers a constant for every blank line.  What it costs is the kernel's
 * work, of which a server can save little: it asks for input level-triggered,
 * and sends to each connection, by a call of its own, before it reads the next.
 *	bound [-1]	-1: one answer a connection, then close
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLANK	"\r\n\r\n"
#define CONTENT "GET test.com/ is right.\n"
#define ANSWER                                        \
	"HTTP/1.1 200 OK\r\n"                         \
	"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"     \
	"Content-Type: text/plain; charset=utf-8\r\n" \
	"Content-Length: 24\r\n"                      \
	"\r\n" CONTENT

enum {
	CARRY =
	    sizeof(BLANK) - 2, /* of a blank line cut by the end of a read */
	ANSWER_LEN = sizeof(ANSWER) - 1,
	COPIES = 128, /* that one send takes at most */
	INPUT = 16 * 1024,
	DESCRIPTORS = 32 * 1024,
	EVENTS = 512,
	BACKLOG = 4096,
	ACCEPTS = 64, /* in one turn */
};

_Static_assert(sizeof(CONTENT) - 1 == 24, "the length that ANSWER tells");

static char answers[COPIES * ANSWER_LEN];
static char carry[DESCRIPTORS][CARRY]; /* the last bytes, by descriptor */
static bool one_shot;

static void
must(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
}

static size_t
count_blank_lines(const char *p, const char *end)
{
	size_t n = 0;

	p += CARRY;
	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n += memcmp(p - CARRY, BLANK, CARRY + 1) == 0;
		p++;
	}
	return n;
}

/* All at once, or the client does not read, which is not provided for. */
static bool
answer(int fd, size_t n, int flags)
{
	size_t len;

	for (; n > 0; n -= len / ANSWER_LEN) {
		len = (n < COPIES ? n : COPIES) * ANSWER_LEN;
		if (send(fd, answers, len, flags) != (ssize_t)len)
			return false;
	}
	return true;
}

/* Read what is there and answer it.  False: the connection is over. */
static bool
serve(int fd)
{
	static char input[CARRY + INPUT];
	ssize_t n = recv(fd, input + CARRY, INPUT, 0);
	size_t asked;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	memcpy(input, carry[fd], CARRY);
	asked = count_blank_lines(input, input + CARRY + n);
	memcpy(carry[fd], input + n, CARRY);
	if (!one_shot)
		return answer(fd, asked, MSG_NOSIGNAL);
	if (asked > 0)
		answer(fd, asked, MSG_NOSIGNAL | MSG_MORE);
	return asked == 0;
}

static void
watch(int epoll, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e), "epoll_ctl");
}

/* The request came before its connection, by TCP_DEFER_ACCEPT: most often a
 * connection for one request never meets epoll. */
static void
accept_some(int epoll, int listener)
{
	int i, fd;

	for (i = 0; i < ACCEPTS; i++) {
		fd =
		    accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED))
			return;
		must(fd, "accept4");
		if (fd >= DESCRIPTORS)
			errx(1, "more connections than %d", DESCRIPTORS);
		memset(carry[fd], 0, CARRY);
		if (serve(fd))
			watch(epoll, fd);
		else
			close(fd);
	}
}

static int
listen_on_loopback(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	must(fd, "socket");
	must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)),
	    "TCP_NODELAY");
	must(setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &one, sizeof(one)),
	    "TCP_DEFER_ACCEPT");
	must(bind(fd, (struct sockaddr *)&at, sizeof(at)), "bind");
	must(listen(fd, BACKLOG), "listen");
	must(getsockname(fd, (struct sockaddr *)&at, &len), "getsockname");
	printf("bound: listening on 127.0.0.1:%d\n", ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

int
main(int argc, char **argv)
{
	static struct epoll_event events[EVENTS];
	int epoll, listener, i, n;

	one_shot = argc == 2 && strcmp(argv[1], "-1") == 0;
	if (argc > 1 && !one_shot)
		errx(2, "usage: bound [-1]");
	for (i = 0; i < COPIES; i++)
		memcpy(answers + i * ANSWER_LEN, ANSWER, ANSWER_LEN);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	must(epoll, "epoll_create1");
	listener = listen_on_loopback();
	watch(epoll, listener);
	for (;;) {
		n = epoll_wait(epoll, events, EVENTS, -1);
		if (n < 0 && errno != EINTR)
			err(1, "epoll_wait");
		for (i = 0; i < n; i++)
			if (events[i].data.fd == listener)
				accept_some(epoll, listener);
			else if (!serve(events[i].data.fd))
				close(events[i].data.fd);
	}
}
