#include "listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "url.h"

bool
listen_parse(const char *text, union address_any *sa)
{
	char host[INET6_ADDRSTRLEN];
	struct span name;
	uint16_t port;
	bool has_port;

	if (!authority_parse(span_text(text), &name, &has_port, &port) ||
	    !has_port || name.n >= sizeof(host))
		return false;
	memcpy(host, name.p, name.n);
	host[name.n] = '\0';
	*sa = (union address_any){ 0 };
	if (text[0] == '[') {
		sa->v6.sin6_family = AF_INET6;
		sa->v6.sin6_port = htons(port);
		return inet_pton(AF_INET6, host, &sa->v6.sin6_addr) == 1;
	}
	sa->v4.sin_family = AF_INET;
	sa->v4.sin_port = htons(port);
	return inet_pton(AF_INET, host, &sa->v4.sin_addr) == 1;
}

bool
listen_is_loopback(const union address_any *sa)
{
	if (sa->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&sa->v6.sin6_addr);
	return ntohl(sa->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static socklen_t
size_of(const union address_any *sa)
{
	return sa->any.sa_family == AF_INET6 ? sizeof(sa->v6) : sizeof(sa->v4);
}

/*
 * What is accepted inherits these.  Answers that the kernel took have gone as
 * far as the server can see, so it is the kernel that bounds them, and that
 * gives up a peer which takes nothing.  A connection is handed over with its
 * first bytes; one that stays silent, after a second.
 */
static bool
set_options(int fd, bool is_ipv6)
{
	const int on = 1;
	const int patience = TIME_PROGRESS;
	const int unsent = LIMIT_UNSENT;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &unsent, sizeof(unsent)) !=
		0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience,
		sizeof(patience)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &on, sizeof(on)) != 0)
		return false;
	return !is_ipv6 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0;
}

static void
set_name(struct listener *l)
{
	union address_any sa = { 0 };
	socklen_t n = sizeof(sa);
	struct address peer;

	getsockname(l->fd, &sa.any, &n);
	peer = address_of(&sa);
	address_text(&peer, l->name);
}

bool
listeners_open(struct listeners *all, const union address_any *sa)
{
	struct listener *l = &all->v[all->n];
	int error;

	l->fd = socket(
	    sa->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return false;
	if (!set_options(l->fd, sa->any.sa_family == AF_INET6) ||
	    bind(l->fd, &sa->any, size_of(sa)) != 0 ||
	    listen(l->fd, SOMAXCONN) != 0) {
		error = errno;
		close(l->fd);
		errno = error;
		return false;
	}
	set_name(l);
	l->all = all;
	all->n++;
	return true;
}

static void
watch_all(struct listeners *all, uint32_t events)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		loop_change(all->loop, all->v[i].fd, &all->v[i].watch, events);
}

static bool
is_paused(const struct listeners *all)
{
	return all->timer.class != TIMER_NONE;
}

/* Descriptors or memory are out: an unwatched listener cannot spin. */
static void
pause_all(struct listeners *all, int64_t now)
{
	watch_all(all, 0);
	timers_set(&all->links->server->timers, &all->timer, TIMER_ACCEPT, now);
}

void
listeners_resume(struct listeners *all)
{
	if (!is_paused(all))
		return;
	timers_set(&all->links->server->timers, &all->timer, TIMER_NONE, 0);
	watch_all(all, EPOLLIN);
}

/* It was due, so it is set no more. */
static void
pause_due(struct timer *timer, int64_t now)
{
	struct listeners *all = (struct listeners *)((char *)timer -
	    offsetof(struct listeners, timer));

	(void)now;
	watch_all(all, EPOLLIN);
}

/* One connection.  False if there is no other to take now. */
static bool
accept_one(struct listener *l, int64_t now)
{
	union address_any sa;
	socklen_t n = sizeof(sa);
	int fd = accept4(l->fd, &sa.any, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		links_add(l->all->links, fd, &sa, now);
		return true;
	}
	switch (errno) {
	case EAGAIN:
		return false;
	case ECONNABORTED:
	case EINTR:
	case EPROTO:
		return true;
	default:
		/* EMFILE, most likely: to look again at once would spin. */
		pause_all(l->all, now);
		return false;
	}
}

/* A try too many costs as much as a connection does, so the kernel is asked how
 * many there are; at least the one that was announced. */
static int
count_waiting(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t n = offsetof(struct tcp_info, tcpi_unacked) +
	    sizeof(info.tcpi_unacked); /* of a listener, those that wait */

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 ||
	    info.tcpi_unacked == 0)
		return 1;
	return info.tcpi_unacked < LIMIT_ACCEPTS ? (int)info.tcpi_unacked
						 : LIMIT_ACCEPTS;
}

static void
listener_ready(struct watch *watch, uint32_t events, int64_t now)
{
	struct listener *l = (struct listener *)watch;
	int left = count_waiting(l->fd);

	(void)events;
	while (left-- > 0 && !is_paused(l->all) && accept_one(l, now))
		;
}

bool
listeners_start(struct listeners *all, struct loop *loop, struct links *links)
{
	size_t i;

	all->loop = loop;
	all->links = links;
	all->timer.fire = pause_due;
	for (i = 0; i < all->n; i++) {
		all->v[i].watch.ready = listener_ready;
		if (!loop_watch(loop, all->v[i].fd, &all->v[i].watch, EPOLLIN))
			return false;
	}
	return true;
}

void
listeners_take_queued(struct listeners *all, int64_t now)
{
	size_t i;
	int n;

	for (i = 0; i < all->n; i++)
		for (n = 0; n < SOMAXCONN && accept_one(&all->v[i], now); n++)
			;
}

void
listeners_close(struct listeners *all)
{
	size_t i;

	if (is_paused(all))
		timers_set(
		    &all->links->server->timers, &all->timer, TIMER_NONE, 0);
	for (i = 0; i < all->n; i++)
		close(all->v[i].fd);
	all->n = 0;
}
