#include "link.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "limit.h"

enum {
	SENDS_MAX = 16, /* of one connection in a turn: others wait */

	/* Told once, when it happens: epoll need not ask the socket again after
	 * each read whether that took all.  It did if there was room for more
	 * and no word of what ends a read before the data end: the peer's end,
	 * urgent data. */
	INPUT = EPOLLIN | EPOLLRDHUP | EPOLLPRI | EPOLLET,
};

bool
links_init(struct links *all, struct loop *loop, struct server *server)
{
	all->loop = loop;
	all->server = server;
	all->nparcels = 0;
	volley_init(&all->volley);
	TAILQ_INIT(&all->open);
	TAILQ_INIT(&all->closed);
	all->input = malloc(LIMIT_INPUT);
	return all->input != NULL;
}

/* The conn has closed: so does the socket.  Closing takes it off epoll. */
static void
link_close(struct link *l)
{
	struct conn *c = &l->conn;

	if (c->account != NULL)
		witness_close(c->server->witness, c->account, c->left, c->why);
	c->account = NULL;
	close(l->fd);
	l->fd = -1;
	TAILQ_REMOVE(&l->links->open, l, entry);
	TAILQ_INSERT_TAIL(&l->links->closed, l, entry);
}

/* So many bytes of it were sent at that time, or -errno.  False if no more can
 * be sent now. */
static bool
link_sent(struct link *l, struct span out, ssize_t n, int64_t at, int64_t now)
{
	struct conn *c = &l->conn;

	if (n < 0 && n != -EAGAIN && n != -EWOULDBLOCK && n != -EINTR) {
		conn_lose(c);
		return false;
	}
	if (c->account != NULL && n > 0)
		witness_write(
		    c->server->witness, c->account, at, out.p, (size_t)n);
	conn_sent(c, out, n > 0 ? (size_t)n : 0, now);
	return n == (ssize_t)out.n;
}

/* Send what there is.  False if no more can be sent now.  The end of a last
 * answer goes with it, not behind it. */
static bool
link_send(struct link *l, struct span out, int64_t now)
{
	struct conn *c = &l->conn;
	int64_t at = c->account == NULL ? 0 : witness_clock(c->server->witness);
	int more = conn_is_ending(c) ? MSG_MORE : 0;
	ssize_t n = send(l->fd, out.p, out.n, MSG_NOSIGNAL | more);

	return link_sent(l, out, n < 0 ? -errno : n, at, now);
}

static bool
link_watch(struct link *l, uint32_t events)
{
	struct loop *loop = l->links->loop;

	if (l->is_watched && events == l->events && !l->is_behind)
		return true;
	l->events = events;
	l->is_behind = false;
	if (l->is_watched)
		return loop_change(loop, l->fd, &l->watch, events);
	l->is_watched = true;
	return loop_watch(loop, l->fd, &l->watch, events);
}

/* What the conn's state asks of the socket. */
static void
link_settle(struct link *l)
{
	struct conn *c = &l->conn;
	uint32_t events = 0;

	if (c->state == CONN_LINGERING && !l->is_shut) {
		l->is_shut = true;
		shutdown(l->fd, SHUT_WR);
	}
	if (c->state == CONN_ANSWERING)
		events = EPOLLOUT;
	else if (conn_wants_input(c))
		events = INPUT;
	if (c->state != CONN_CLOSED && !link_watch(l, events))
		conn_close(c, "out of memory");
	if (c->state == CONN_CLOSED)
		link_close(l);
}

/* Carry out what came of it. */
static void
link_deliver(struct link *l, struct span out, int64_t now)
{
	int i;

	for (i = 0; out.n > 0 && i < SENDS_MAX && link_send(l, out, now); i++)
		out = conn_output(&l->conn);
	if (i == SENDS_MAX && out.n > 0)
		conn_sent(&l->conn, out, 0, now);
	link_settle(l);
}

/* A volley took n bytes of it, or may have. */
static void
parcel_sent(struct parcel *p, ssize_t n, int64_t now)
{
	struct span none = span_of(NULL, 0);
	bool more = link_sent(p->link, p->out, n, 0, now);

	link_deliver(p->link, more ? conn_output(&p->link->conn) : none, now);
}

/* Parcels are loaded as they are posted: the volley knows them by the same
 * numbers. */
void
links_flush(struct links *all)
{
	size_t i, tried = volley_fire(&all->volley);
	const ssize_t *sent = all->volley.sent;
	struct parcel *p;

	for (i = 0; i < all->nparcels; i++) {
		p = &all->parcel[i];
		if (i < tried && sent[i] != 0)
			parcel_sent(p, sent[i], all->posted);
		else
			link_deliver(p->link, p->out, all->posted);
	}
	all->nparcels = 0;
	server_clear_aside(all->server);
}

/* A volley tells no time of its sends, nor does it keep an answer for the end
 * to go with it. */
static bool
goes_by_volley(const struct link *l)
{
	return l->conn.account == NULL && !conn_is_ending(&l->conn);
}

/* The conn was called.  If its output waits it is not before that is flushed.
 */
static void
link_post(struct link *l, int64_t now)
{
	struct links *all = l->links;
	struct span out = conn_output(&l->conn);

	/* No answer waits for those that ask nothing, of which there may be
	 * thousands. */
	if (out.n == 0) {
		links_flush(all);
		link_settle(l);
		return;
	}
	if (!goes_by_volley(l)) {
		link_deliver(l, out, now);
		return;
	}
	all->posted = now;
	all->parcel[all->nparcels++] = (struct parcel){ l, out };
	volley_load(&all->volley, l->fd, out);
	if (!server_put_aside(all->server) || all->nparcels == LIMIT_PARCELS)
		links_flush(all);
}

static void
link_read(struct link *l, uint32_t events, int64_t now)
{
	struct conn *c = &l->conn;
	char *input = l->links->input;
	ssize_t n = recv(l->fd, input, LIMIT_INPUT, 0);

	l->is_behind = n == LIMIT_INPUT || (events & ~(uint32_t)EPOLLIN) != 0;
	if (n > 0 && c->account != NULL)
		witness_read(c->server->witness, c->account, input, (size_t)n);
	if (n > 0)
		conn_feed(c, input, (size_t)n, now);
	else if (n == 0)
		conn_eof(c, now);
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		conn_lose(c);
}

static void
link_ready(struct watch *watch, uint32_t events, int64_t now)
{
	struct link *l = (struct link *)watch;

	if (l->conn.state == CONN_CLOSED)
		return;
	if (conn_wants_input(&l->conn))
		link_read(l, events, now);
	else if ((events & EPOLLOUT) == 0)
		conn_lose(&l->conn);
	link_post(l, now);
}

static void
link_due(struct timer *timer, int64_t now)
{
	struct link *l =
	    (struct link *)((char *)timer - offsetof(struct link, conn.timer));

	conn_expire(&l->conn, now);
	link_post(l, now);
}

/* Begin to tell of it.  In a function of its own: its room is not needed
 * otherwise. */
static void __attribute__((noinline))
link_tell(struct link *l, const struct address *peer, int64_t now)
{
	struct server *s = l->links->server;
	union address_any any = { 0 };
	socklen_t n = sizeof(any);
	char at[WALL_ISO_LEN + 1];
	struct address local;

	getsockname(l->fd, &any.any, &n);
	local = address_of(&any);
	wall_iso(&s->wall, now, at);
	l->conn.account =
	    witness_open(s->witness, (int64_t)s->conns, peer, &local, at);
}

void
links_add(
    struct links *all, int fd, const union address_any *address, int64_t now)
{
	struct link *l = malloc(sizeof(*l));
	struct address peer = address_of(address);

	if (l == NULL) {
		close(fd);
		return;
	}
	*l = (struct link){ .watch.ready = link_ready, .fd = fd, .links = all };
	conn_init(&l->conn, all->server, &peer, now);
	l->conn.timer.fire = link_due;
	TAILQ_INSERT_TAIL(&all->open, l, entry);
	if (all->server->witness != NULL)
		link_tell(l, &peer, now);
	/* Listeners defer to the first bytes, so those are here already: a
	 * connection for one request never meets epoll.  It is answered while
	 * all of it is at hand, too. */
	link_read(l, 0, now);
	link_deliver(l, conn_output(&l->conn), now);
}

/* Has its peer not taken all that was sent? */
static bool
link_is_sending(const struct link *l)
{
	int left = 0;

	return ioctl(l->fd, SIOCOUTQ, &left) == 0 && left > 0;
}

void
links_close_idle(struct links *all, int64_t now)
{
	struct link *l, *next;

	links_flush(all);
	for (l = TAILQ_FIRST(&all->open); l != NULL; l = next) {
		next = TAILQ_NEXT(l, entry);
		if (l->conn.state != CONN_IDLE && l->conn.state != CONN_KEPT)
			continue;
		conn_leave(&l->conn, link_is_sending(l), now);
		link_settle(l);
	}
}

bool
links_close_one(struct links *all, int64_t number)
{
	struct link *l;

	links_flush(all);
	for (l = TAILQ_FIRST(&all->open); l != NULL; l = TAILQ_NEXT(l, entry)) {
		if (l->conn.account == NULL ||
		    l->conn.account->number != number)
			continue;
		conn_close(&l->conn, "closed by command");
		link_close(l);
		return true;
	}
	return false;
}

bool
links_bury(struct links *all)
{
	bool any = !TAILQ_EMPTY(&all->closed);
	struct link *l;

	while ((l = TAILQ_FIRST(&all->closed)) != NULL) {
		TAILQ_REMOVE(&all->closed, l, entry);
		conn_release(&l->conn);
		free(l);
	}
	return any;
}

void
links_release(struct links *all)
{
	struct link *l;

	while ((l = TAILQ_FIRST(&all->open)) != NULL) {
		conn_close(&l->conn, "the server leaves");
		link_close(l);
	}
	links_bury(all);
	volley_release(&all->volley);
	free(all->input);
}
