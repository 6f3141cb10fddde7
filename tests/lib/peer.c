#define TEST_LIB
#include "peer.h"

#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net.h"

#define STEP_MS	  10000
#define CHUNK	  65536
#define SEED_SIZE 1024
#define SEED_HOST "test.com"

/* One connection; its thread writes it, under the lock, the test reads it. */
struct conn {
	struct peer_state *s;
	pthread_t thread;
	int fd;
	struct bytes got;
	size_t used; /* of got, by the steps so far */
	bool over;
	const char *fault;
};

struct peer_state {
	const struct peer_step *steps;
	int listener;
	int stop; /* readable when the test is over */
	pthread_t acceptor;
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct conn **conns;
	size_t n;
};

/* True when fd is ready; false at the deadline, or when the test is over. */
static bool
ready(struct peer_state *s, int fd, short events, int ms)
{
	struct pollfd p[2] = { { .fd = s->stop, .events = POLLIN },
		{ .fd = fd, .events = events } };
	int64_t until = test_now() + ms;
	int r;

	do
		r = poll(p, 2, ms < 0 ? -1 : test_left(until));
	while (r < 0 && errno == EINTR);
	return r > 0 && p[0].revents == 0;
}

static void
keep(struct conn *c, const char *p, size_t n)
{
	pthread_mutex_lock(&c->s->lock);
	c->got.data = realloc(c->got.data, c->got.len + n + 1);
	if (c->got.data == NULL)
		abort();
	memcpy(c->got.data + c->got.len, p, n);
	c->got.len += n;
	c->got.data[c->got.len] = '\0';
	pthread_cond_broadcast(&c->s->change);
	pthread_mutex_unlock(&c->s->lock);
}

/* Receive some; 0 at the end, -1 at a reset, the deadline or the test's end. */
static ssize_t
fill(struct conn *c, int ms)
{
	char chunk[CHUNK];
	ssize_t n;

	if (!ready(c->s, c->fd, POLLIN, ms))
		return -1;
	n = recv(c->fd, chunk, sizeof(chunk), 0);
	if (n > 0)
		keep(c, chunk, (size_t)n);
	return n;
}

static const char *
read_n(struct conn *c, size_t n)
{
	while (c->got.len - c->used < n)
		if (fill(c, STEP_MS) <= 0)
			return "the client sent too little";
	c->used += n;
	return NULL;
}

static const char *
expect(struct conn *c, const struct peer_step *step)
{
	const char *fault = read_n(c, step->n);

	if (fault != NULL)
		return fault;
	if (memcmp(c->got.data + c->used - step->n, step->data, step->n) != 0)
		return "the client sent other bytes than expected";
	return NULL;
}

static const char *
read_head(struct conn *c)
{
	const char *end = NULL;

	for (;;) {
		if (c->got.len > c->used)
			end = memmem(c->got.data + c->used,
			    c->got.len - c->used, "\r\n\r\n", 4);
		if (end != NULL)
			break;
		if (fill(c, STEP_MS) <= 0)
			return "the client sent no blank line";
	}
	c->used = (size_t)(end - c->got.data) + 4;
	return NULL;
}

static const char *
read_to_end(struct conn *c)
{
	ssize_t n;

	while ((n = fill(c, STEP_MS)) > 0)
		;
	c->used = c->got.len;
	return n == 0 ? NULL : "the client did not half-close";
}

static const char *
send_n(struct conn *c, const char *p, size_t n)
{
	ssize_t r;

	while (n > 0) {
		if (!ready(c->s, c->fd, POLLOUT, STEP_MS))
			return "the client did not read";
		r = send(c->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return "the client left before it had all";
		if (r > 0) {
			p += r;
			n -= (size_t)r;
		}
	}
	return NULL;
}

/* Let time pass, but not past the test's end. */
static void
pause_ms(struct conn *c, int ms)
{
	struct pollfd p = { .fd = c->s->stop, .events = POLLIN };

	poll(&p, 1, ms);
}

static const char *
drip(struct conn *c, const struct peer_step *step)
{
	const char *fault = NULL;
	size_t i;

	for (i = 0; i < step->n && fault == NULL; i++) {
		fault = send_n(c, step->data + i, 1);
		pause_ms(c, step->ms);
	}
	return fault;
}

/* Lingering for no time drops what the client's side has not yet taken. */
static const char *
reset(struct conn *c)
{
	struct linger now = { .l_onoff = 1 };
	int64_t until = test_now() + STEP_MS;
	int left = 0;

	while (ioctl(c->fd, SIOCOUTQ, &left) == 0 && left > 0 &&
	    test_left(until) > 0)
		pause_ms(c, 1);
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return left == 0 ? NULL
			 : "the client did not take all before the reset";
}

static const char *
do_step(struct conn *c, const struct peer_step *step)
{
	switch (step->op) {
	case PEER_OP_EXPECT:
		return expect(c, step);
	case PEER_OP_READ:
		return read_n(c, step->n);
	case PEER_OP_HEAD:
		return read_head(c);
	case PEER_OP_TO_END:
		return read_to_end(c);
	case PEER_OP_SEND:
		return send_n(c, step->data, step->n);
	case PEER_OP_DRIP:
		return drip(c, step);
	case PEER_OP_WAIT:
		pause_ms(c, step->ms);
		return NULL;
	case PEER_OP_HALF_CLOSE:
		shutdown(c->fd, SHUT_WR);
		return NULL;
	case PEER_OP_RESET:
		return reset(c);
	case PEER_OP_HANG:
		while (fill(c, -1) > 0)
			;
		return NULL;
	case PEER_OP_END:
		break;
	}
	return NULL;
}

static void
conn_over(struct conn *c, const char *fault)
{
	pthread_mutex_lock(&c->s->lock);
	c->fault = fault;
	c->over = true;
	pthread_cond_broadcast(&c->s->change);
	pthread_mutex_unlock(&c->s->lock);
}

static void *
conn_run(void *arg)
{
	struct conn *c = arg;
	const struct peer_step *step = c->s->steps;
	const char *fault = NULL;

	while (fault == NULL && step->op != PEER_OP_END) {
		fault = do_step(c, step);
		if (step->op == PEER_OP_RESET)
			break;
		step++;
	}
	close(c->fd);
	conn_over(c, fault);
	return NULL;
}

/* The next connection, NULL when the test is over. */
static struct conn *
conn_accept(struct peer_state *s)
{
	struct conn *c;
	int fd, one = 1;

	do {
		if (!ready(s, s->listener, POLLIN, -1))
			return NULL;
		/* cppcheck-suppress nullPointer; both may be NULL */
		fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	} while (fd < 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		abort();
	c->s = s;
	c->fd = fd;
	pthread_mutex_lock(&s->lock);
	s->conns = reallocarray(s->conns, s->n + 1, sizeof(c));
	if (s->conns == NULL)
		abort();
	s->conns[s->n++] = c;
	pthread_cond_broadcast(&s->change);
	pthread_mutex_unlock(&s->lock);
	return c;
}

static void *
serve_script(void *arg)
{
	struct peer_state *s = arg;
	struct conn *c;

	while ((c = conn_accept(s)) != NULL)
		if (pthread_create(&c->thread, NULL, conn_run, c) != 0)
			abort();
	return NULL;
}

static const char *
seed_answer(const char *method, const char *url)
{
	if (strcmp(method, "GET") == 0)
		return strcmp(url, SEED_HOST) == 0 ? "HTTP/200 OK" : NULL;
	if (strcmp(method, "POST") == 0)
		return strcmp(url, SEED_HOST "/create") == 0
		    ? "HTTP/201 CREATED"
		    : NULL;
	if (strcmp(method, "HEAD") == 0)
		return strcmp(url, SEED_HOST "/option") == 0 ? "HTTP/200 OK"
							     : NULL;
	return strcmp(url, SEED_HOST "/update") == 0 ? "HTTP/200 OK" : NULL;
}

/* One recv, one send.  False where the seed's server dies: no comma came. */
static bool
seed_talk(struct conn *c)
{
	char text[SEED_SIZE + 1], *rest = text, *method, *url;
	const char *answer;
	ssize_t n;

	if (!ready(c->s, c->fd, POLLIN, -1))
		return false;
	n = recv(c->fd, text, SEED_SIZE, 0);
	if (n < 0)
		return false;
	text[n] = '\0';
	keep(c, text, (size_t)n);
	method = strsep(&rest, ",");
	url = strsep(&rest, ",");
	if (url == NULL)
		return false;
	answer = seed_answer(method, url);
	if (answer == NULL)
		answer = "HTTP/400 BAD REQUEST";
	return send(c->fd, answer, strlen(answer), MSG_NOSIGNAL) > 0;
}

static void *
serve_seed(void *arg)
{
	struct peer_state *s = arg;
	struct conn *c, *before = NULL;
	bool alive = true;

	while (alive && (c = conn_accept(s)) != NULL) {
		if (before != NULL)
			close(before->fd);
		alive = seed_talk(c);
		conn_over(c, NULL);
		before = c;
	}
	shutdown(s->listener, SHUT_RDWR);
	if (before != NULL)
		close(before->fd);
	return NULL;
}

static void
peer_end(void *arg)
{
	struct peer_state *s = arg;
	size_t i;

	eventfd_write(s->stop, 1);
	pthread_join(s->acceptor, NULL);
	for (i = 0; i < s->n; i++) {
		if (s->steps != NULL)
			pthread_join(s->conns[i]->thread, NULL);
		free(s->conns[i]->got.data);
		free(s->conns[i]);
	}
	free(s->conns);
	close(s->stop);
	pthread_cond_destroy(&s->change);
	pthread_mutex_destroy(&s->lock);
}

static struct peer *
start(const struct peer_step *steps, void *(*serve)(void *))
{
	struct peer *p = test_alloc(sizeof(*p));
	struct peer_state *s = test_alloc(sizeof(*s));
	pthread_condattr_t attr;

	p->state = s;
	s->steps = steps;
	s->listener = net_listen(&p->port);
	s->stop = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->change, &attr);
	pthread_condattr_destroy(&attr);
	if (steps == NULL)
		listen(s->listener, 1);
	if (pthread_create(&s->acceptor, NULL, serve, s) != 0)
		abort();
	test_later(peer_end, s);
	return p;
}

struct peer *
peer_start(const struct peer_step *steps)
{
	return start(steps, serve_script);
}

struct peer *
peer_seed_server(void)
{
	return start(NULL, serve_seed);
}

size_t
peer_count(struct peer *p)
{
	size_t n;

	pthread_mutex_lock(&p->state->lock);
	n = p->state->n;
	pthread_mutex_unlock(&p->state->lock);
	return n;
}

/* Under the lock: has connection nth come so far? */
static bool
reached(struct peer_state *s, size_t nth, const char *text)
{
	struct conn *c;

	if (nth >= s->n)
		return false;
	c = s->conns[nth];
	if (c->over || text == NULL)
		return c->over;
	return c->got.len > 0 &&
	    memmem(c->got.data, c->got.len, text, strlen(text)) != NULL;
}

/* A copy of what connection nth received, for the test. */
static struct bytes
wait_until(struct peer *p, size_t nth, const char *text, int ms,
    const char **fault, bool *late)
{
	struct peer_state *s = p->state;
	int64_t until = test_now() + ms;
	struct timespec ts = { until / 1000, until % 1000 * 1000000 };
	struct bytes b = { NULL, 0 };
	int r = 0;

	*fault = NULL;
	pthread_mutex_lock(&s->lock);
	while (r == 0 && !reached(s, nth, text))
		r = pthread_cond_timedwait(&s->change, &s->lock, &ts);
	*late = !reached(s, nth, text);
	if (nth < s->n) {
		b.len = s->conns[nth]->got.len;
		b.data = test_alloc(b.len + 1);
		if (b.len > 0)
			memcpy(b.data, s->conns[nth]->got.data, b.len);
		*fault = s->conns[nth]->fault;
	}
	pthread_mutex_unlock(&s->lock);
	return b;
}

struct bytes
peer_wait(struct peer *p, size_t nth, int ms)
{
	const char *fault;
	bool late;
	struct bytes b = wait_until(p, nth, NULL, ms, &fault, &late);

	if (late && b.data == NULL)
		test_fail("connection %zu did not come within %d ms", nth, ms);
	if (late)
		test_fail("connection %zu still stands after %d ms; it got: %s",
		    nth, ms, test_show(b.data, b.len));
	if (fault != NULL)
		test_fail("connection %zu: %s; it got: %s", nth, fault,
		    test_show(b.data, b.len));
	return b;
}

struct bytes
peer_wait_for(struct peer *p, size_t nth, const char *text, int ms)
{
	const char *fault;
	bool late;
	struct bytes b = wait_until(p, nth, text, ms, &fault, &late);

	if (late || b.data == NULL ||
	    memmem(b.data, b.len, text, strlen(text)) == NULL)
		test_fail("no \"%s\" on connection %zu within %d ms: %s", text,
		    nth, ms, test_show(b.data, b.len));
	return b;
}

int
peer_seed_connect(int port)
{
	return net_connect(port);
}

const char *
peer_seed_ask(int fd, const char *method, const char *url)
{
	char *answer = test_alloc(SEED_SIZE + 1);

	net_say(fd, test_text("%s,%s", method, url));
	if (!net_readable(fd, STEP_MS))
		test_fail(
		    "no answer to %s,%s within %d ms", method, url, STEP_MS);
	if (recv(fd, answer, SEED_SIZE, 0) < 0)
		test_fail("%s,%s: %s", method, url, strerror(errno));
	net_close(fd);
	return answer;
}
