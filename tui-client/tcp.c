#include "tcp.h"

#include <sys/socket.h>

#include <errno.h>
#include <linux/tcp.h> /* its tcp_info has more than libc's */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "limit.h"

struct tcp {
	struct addresses to;
	size_t next; /* of the addresses, when the one at fd has failed */
	int64_t end;
	int error; /* of the last FAIL */
	char why[240];
	char host[100]; /* escaped; empty if the user wrote the address */
};

static bool
is_unreachable(int error)
{
	return error == ENETUNREACH || error == EHOSTUNREACH ||
	    error == ENETDOWN || error == EHOSTDOWN || error == EADDRNOTAVAIL ||
	    error == EAFNOSUPPORT;
}

/* "127.0.0.1:80" or "[::1]:80"; empty if it is no such address.  bare is
 * what stands before the port. */
static void
address_text(char *to, size_t cap, char bare[64], const struct sockaddr *a,
    socklen_t len)
{
	char port[8];

	to[0] = bare[0] = '\0';
	if (getnameinfo(a, len, bare, 64, port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(to, cap,
		    a->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", bare, port);
}

/* t->peer, for the address that is tried now. */
static void
tcp_name_peer(struct transport *t, const struct address *a)
{
	const struct tcp *tcp = t->state;
	char address[TAPE_ADDRESS], bare[64];

	address_text(address, sizeof(address), bare, &a->at.any, a->len);
	if (tcp->host[0] == '\0' || strcmp(tcp->host, bare) == 0)
		strlcpy(t->peer, address, sizeof(t->peer));
	else
		snprintf(
		    t->peer, sizeof(t->peer), "%s (%s)", tcp->host, address);
}

/* A socket for the next address, with its share of the time. */
static bool
tcp_open(struct transport *t, int64_t now)
{
	struct tcp *tcp = t->state;
	const struct address *a = &tcp->to.v[tcp->next];
	int64_t left = (int64_t)(tcp->to.n - tcp->next);
	int on = 1;

	t->tried++;
	tcp_name_peer(t, a);
	t->deadline = now + (tcp->end - now) / left;
	t->fd = socket(a->at.any.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (t->fd < 0)
		return false;
	/* What we write is whole: nothing gains by waiting. */
	setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return true;
}

/* Remember what happened, and to whom. */
static void
tcp_note(struct transport *t, int error)
{
	struct tcp *tcp = t->state;
	char *to = tcp->why;
	size_t cap = sizeof(tcp->why);

	tcp->error = error;
	if (error == ECONNREFUSED)
		snprintf(to, cap,
		    "%s refused the connection: nothing listens there.",
		    t->peer);
	else if (error == ETIMEDOUT)
		snprintf(to, cap,
		    "%s did not answer: no connection within %d s.", t->peer,
		    TIME_CONNECT / 1000);
	else if (is_unreachable(error))
		snprintf(to, cap, "%s cannot be reached: %s.", t->peer,
		    strerror(error));
	else
		snprintf(to, cap, "The connection to %s failed: %s.", t->peer,
		    strerror(error));
}

/* The next address, then.  That one was refused tells more than that another
 * is of a kind that cannot be reached from here. */
static void
tcp_give_up_address(struct transport *t, int error)
{
	struct tcp *tcp = t->state;

	if (tcp->error == 0 || !is_unreachable(error))
		tcp_note(t, error);
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	tcp->next++;
}

static bool
tcp_is_connected(const struct transport *t)
{
	const struct tcp *tcp = t->state;
	const struct address *a = &tcp->to.v[tcp->next];

	return connect(t->fd, &a->at.any, a->len) == 0 || errno == EISCONN;
}

/* connect(2) again on a socket that is connecting says how far it is.  On this
 * machine that is to its end, though the first one never says so. */
static enum transport_step
tcp_try(struct transport *t, int64_t now)
{
	if (tcp_is_connected(t) ||
	    (errno == EINPROGRESS && tcp_is_connected(t)))
		return TRANSPORT_OK;
	if (errno != EINPROGRESS && errno != EALREADY && errno != EINTR)
		return TRANSPORT_FAIL;
	if (now < t->deadline)
		return TRANSPORT_WANT_WRITE;
	errno = ETIMEDOUT;
	return TRANSPORT_FAIL;
}

static enum transport_step
tcp_connect(struct transport *t, int64_t now)
{
	struct tcp *tcp = t->state;
	enum transport_step step;

	while (tcp->next < tcp->to.n) {
		step = TRANSPORT_FAIL;
		if (t->fd >= 0 || tcp_open(t, now))
			step = tcp_try(t, now);
		if (step == TRANSPORT_OK)
			t->deadline = INT64_MAX;
		if (step != TRANSPORT_FAIL)
			return step;
		tcp_give_up_address(t, errno);
	}
	return TRANSPORT_FAIL;
}

static enum transport_step
tcp_failed(struct transport *t, enum transport_step want)
{
	if (errno == EAGAIN || errno == EINTR)
		return want;
	tcp_note(t, errno);
	return TRANSPORT_FAIL;
}

static enum transport_step
tcp_read(struct transport *t, char *p, size_t cap, size_t *n)
{
	ssize_t r = recv(t->fd, p, cap, 0);

	if (r < 0)
		return tcp_failed(t, TRANSPORT_WANT_READ);
	*n = (size_t)r;
	return r == 0 ? TRANSPORT_EOF : TRANSPORT_OK;
}

static enum transport_step
tcp_write(struct transport *t, const char *p, size_t n, size_t *written)
{
	ssize_t r = send(t->fd, p, n, MSG_NOSIGNAL);

	if (r < 0)
		return tcp_failed(t, TRANSPORT_WANT_WRITE);
	*written = (size_t)r;
	return TRANSPORT_OK;
}

static int
tcp_why(const struct transport *t, char *sentence, size_t cap)
{
	const struct tcp *tcp = t->state;

	strlcpy(sentence, tcp->why, cap);
	return tcp->error;
}

static void
tcp_free(struct transport *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	free(t->state);
	t->state = NULL;
}

bool
tcp_init(struct transport *t, const struct addresses *to, const char *host,
    int64_t end)
{
	static const struct transport_ops ops = {
		.connect = tcp_connect,
		.read = tcp_read,
		.write = tcp_write,
		.why = tcp_why,
		.free = tcp_free,
	};
	struct tcp *tcp = calloc(1, sizeof(*tcp));

	if (tcp == NULL)
		return false;
	tcp->to = *to;
	tcp->end = end;
	escape_text(
	    tcp->host, sizeof(tcp->host), span_text(host), ESCAPE_SCREEN);
	*t = (struct transport){
		.ops = &ops,
		.state = tcp,
		.fd = -1,
		.deadline = INT64_MAX,
	};
	return true;
}

/* --- for the tape --- */

void
tcp_note_ends(int fd, struct tape *tape)
{
	struct sockaddr_storage a;
	struct sockaddr *any = (struct sockaddr *)&a;
	socklen_t len = sizeof(a);
	char bare[64];

	if (getsockname(fd, any, &len) == 0)
		address_text(tape->local, sizeof(tape->local), bare, any, len);
	len = sizeof(a);
	if (getpeername(fd, any, &len) == 0)
		address_text(tape->peer, sizeof(tape->peer), bare, any, len);
}

void
tcp_note_figures(int fd, struct tape *tape)
{
	struct tcp_info info = { 0 }; /* an old kernel fills in less */
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return;
	tape->tcp = (struct tape_tcp){
		.known = true,
		.rtt = info.tcpi_rtt,
		.rttvar = info.tcpi_rttvar,
		.retransmits = info.tcpi_total_retrans,
		.send_window = info.tcpi_snd_cwnd,
		.peer_window = info.tcpi_snd_wnd,
		.recv_window = info.tcpi_rcv_space,
		.send_mss = info.tcpi_snd_mss,
		.recv_mss = info.tcpi_rcv_mss,
	};
}
