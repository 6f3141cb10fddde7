#include "load.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	HEADS = 64,
	MAX_DEPTH = 16,
	MAX_CONNS = 64,
	MAX_IDLE = 16 * 1024,
	HEAD_ROOM = 512, /* for one head */
	ANSWER_ROOM = 4096,
	INPUT = 64 * 1024,
	SUB = 64, /* parts of an octave in the histogram */
	WARM_UP_NS = 100 * 1000 * 1000,
	PATIENCE = 5000, /* ms without any answer */
	PATIENCE_S = PATIENCE / 1000,
	SECOND_NS = 1000 * 1000 * 1000,
};

#define DATE	 "\r\nDate: "
#define DATE_LEN 29

/* Written back to back and once more from the start, so that any MAX_DEPTH
 * of them stand in one piece. */
static char heads[(HEADS + MAX_DEPTH) * HEAD_ROOM];
static size_t head_at[HEADS + MAX_DEPTH + 1];

/* What this server answers; the Date in it may change. */
struct answer {
	char text[ANSWER_ROOM];
	size_t len;
	size_t date; /* offset, 0 if there is none */
};

struct peer {
	int fd;
	int head;     /* the next to send */
	size_t got;   /* of the answers to the last batch */
	int64_t sent; /* when, in ns */
};

struct load {
	const struct load_mode *mode;
	struct sockaddr_in to;
	int epoll;
	struct answer answer;
	struct peer peer[MAX_CONNS];
	int busy; /* peers that wait for answers */
	bool ending;
	uint64_t answers;
	uint32_t took[SUB * 40]; /* batches by their time */
	int idle[MAX_IDLE];
};

static int64_t
ns_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

static int64_t
now(void)
{
	return ns_of(CLOCK_MONOTONIC);
}

/* --- requests ------------------------------------------------------------ */

/* clang-format off */
static const char *const agents[] = {
	"curl/7.88.1",
	"Wget/1.21.3",
	"python-requests/2.28.1",
	"Go-http-client/1.1",
	"okhttp/4.10.0",
	"Apache-HttpClient/4.5.13 (Java/17.0.6)",
	"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
	"retort/0.1.0",
};
static const char *const accepts[] = {
	"*/*",
	"application/json",
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
	"text/plain, */*;q=0.1",
	"application/json\r\nAccept-Language: ko-KR,ko;q=0.9,en;q=0.8",
	"*/*\r\nAccept-Encoding: gzip, deflate, br",
	"*/*\r\nCookie: session=0f1e2d3c4b5a69788796a5b4c3d2e1f0",
	"*/*\r\nCache-Control: no-cache",
};
/* clang-format on */

static int
write_plain(char *to, int i, bool one_shot)
{
	return snprintf(to, HEAD_ROOM,
	    "GET / HTTP/1.1\r\nHost: test.com\r\nUser-Agent: %s\r\n"
	    "Accept: %s\r\nX-Request-Id: %08x\r\n%s\r\n",
	    agents[i % 8], accepts[i / 8 % 8],
	    (unsigned)(i % HEADS) * 2654435761U,
	    one_shot ? "Connection: close\r\n" : "");
}

/* Whoever prefers JSON would have another explanation: all accept the same. */
static int
write_request(char *to, int i, const struct load_request *r)
{
	int n = snprintf(to, HEAD_ROOM,
	    "%s %s HTTP/1.1\r\nHost: test.com\r\nUser-Agent: %s\r\n"
	    "Accept: */*\r\n%s",
	    r->method, r->target, agents[i % 8], r->field);

	if (r->body[0] != '\0')
		n += snprintf(to + n, HEAD_ROOM - (size_t)n,
		    "Content-Length: %zu\r\n", strlen(r->body));
	return n + snprintf(to + n, HEAD_ROOM - (size_t)n, "\r\n%s", r->body);
}

static void
write_heads(bool one_shot, const struct load_requests *requests)
{
	int i, n;
	size_t at = 0;

	for (i = 0; i < HEADS + MAX_DEPTH; i++) {
		n = requests == NULL
		    ? write_plain(heads + at, i, one_shot)
		    : write_request(
			  heads + at, i, &requests->v[i % HEADS % requests->n]);
		if (n < 0 || n >= HEAD_ROOM)
			errx(1, "a request is too long");
		head_at[i] = at;
		at += (size_t)n;
	}
	head_at[i] = at;
}

/* --- answers ------------------------------------------------------------- */

/* A piece of an answer from offset `at` on. */
static bool
is_piece(const struct answer *a, size_t at, const char *p, size_t n)
{
	size_t date_end = a->date + DATE_LEN, before;

	if (a->date == 0 || at + n <= a->date || at >= date_end)
		return memcmp(a->text + at, p, n) == 0;
	before = at < a->date ? a->date - at : 0;
	if (memcmp(a->text + at, p, before) != 0)
		return false;
	if (at + n <= date_end)
		return true;
	return memcmp(a->text + date_end, p + (date_end - at),
		   at + n - date_end) == 0;
}

/* p[0..n) continues a stream of answers of which `got` bytes have come. */
static void
check(const struct answer *a, size_t got, const char *p, size_t n)
{
	size_t at = got % a->len, len;

	for (; n > 0; p += len, n -= len, at = 0) {
		len = n < a->len - at ? n : a->len - at;
		if (!is_piece(a, at, p, len))
			errx(1, "a wrong answer: \"%.*s\" at %zu of \"%.*s\"",
			    (int)len, p, at, (int)a->len, a->text);
	}
}

static struct sockaddr_in
loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A blocking connection with a deadline. */
static int
dial(struct sockaddr_in to)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err(1, "connect");
	return fd;
}

static void
send_heads(int fd, int first, int n)
{
	size_t len = head_at[first + n] - head_at[first];

	if (send(fd, heads + head_at[first], len, MSG_NOSIGNAL) != (ssize_t)len)
		err(1, "the request cannot be sent");
}

/* Where the field's value begins, just behind `name`. */
static size_t
find(const struct answer *a, const char *name)
{
	const char *p = memmem(a->text, a->len, name, strlen(name));

	return p != NULL ? (size_t)(p - a->text) + strlen(name) : 0;
}

/* The whole length once the head is there, else 0. */
static size_t
whole_length(const struct answer *a, int status)
{
	size_t head = find(a, "\r\n\r\n");
	size_t length = find(a, "\r\nContent-Length: ");

	if (head == 0)
		return 0;
	if (strncmp(a->text, "HTTP/1.1 ", 9) != 0 ||
	    strtol(a->text + 9, NULL, 10) != status || length == 0)
		errx(
		    1, "not a %d with Content-Length: \"%s\"", status, a->text);
	return head + strtoul(a->text + length, NULL, 10);
}

/* Ask once, and take down the answer as what all have to be. */
static void
learn(struct answer *a, struct sockaddr_in to, int status)
{
	int fd = dial(to);
	ssize_t n;
	size_t whole;

	a->len = 0;
	send_heads(fd, 0, 1);
	do {
		n = recv(fd, a->text + a->len, ANSWER_ROOM - 1 - a->len, 0);
		if (n <= 0)
			errx(1, "no whole answer: \"%.*s\"", (int)a->len,
			    a->text);
		a->len += (size_t)n;
		a->text[a->len] = '\0';
		whole = whole_length(a, status);
	} while (whole == 0 || a->len < whole);
	if (a->len > whole)
		errx(1, "more than one answer: \"%s\"", a->text);
	a->date = find(a, DATE);
	close(fd);
}

/* --- idle connections ---------------------------------------------------- */

/* Having asked once it is accepted for sure, and idle as most are: kept alive
 * for a next request. */
static int
dial_idle(const struct load *l, int i)
{
	char input[ANSWER_ROOM];
	int fd = dial(l->to);
	ssize_t n;

	send_heads(fd, i % HEADS, 1);
	n = recv(fd, input, l->answer.len, MSG_WAITALL);
	if (n != (ssize_t)l->answer.len)
		errx(1, "no answer on idle connection %d", i);
	check(&l->answer, 0, input, (size_t)n);
	return fd;
}

/* --- the loop ------------------------------------------------------------ */

static void
ask(struct load *l, struct peer *p)
{
	if (l->ending) {
		l->busy--;
		return;
	}
	p->got = 0;
	send_heads(p->fd, p->head, l->mode->depth);
	p->head = (p->head + l->mode->depth) % HEADS;
}

static void
open_peer(struct load *l, struct peer *p)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = p };

	/* Its sent stands before the connect: that belongs to the request. */
	p->sent = now();
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		err(1, "socket");
	if (connect(p->fd, (struct sockaddr *)&l->to, sizeof(l->to)) < 0)
		err(1, "connect");
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, p->fd, &e) < 0)
		err(1, "epoll_ctl");
	ask(l, p);
}

static void
note_time(struct load *l, int64_t ns)
{
	int shift = 57 - __builtin_clzll((uint64_t)ns | SUB);
	size_t i = (size_t)shift * SUB + (size_t)(ns >> shift);

	if (i < sizeof(l->took) / sizeof(l->took[0]))
		l->took[i]++;
}

static void
batch_done(struct load *l, struct peer *p)
{
	int64_t t = now();

	l->answers += (uint64_t)l->mode->depth;
	note_time(l, t - p->sent);
	p->sent = t;
	if (!l->mode->one_shot)
		ask(l, p);
}

/* The server closed: right after its one answer, wrong before. */
static void
peer_ended(struct load *l, struct peer *p)
{
	if (!l->mode->one_shot || p->got != l->answer.len)
		errx(1, "a connection ended at %zu bytes of its answers",
		    p->got);
	close(p->fd);
	p->fd = -1;
	if (l->ending)
		l->busy--;
	else
		open_peer(l, p);
}

static void
peer_readable(struct load *l, struct peer *p)
{
	static char input[INPUT];
	size_t want = l->answer.len * (size_t)l->mode->depth;
	ssize_t n = recv(p->fd, input, sizeof(input), MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0)
		err(1, "recv");
	if (n == 0) {
		peer_ended(l, p);
		return;
	}
	check(&l->answer, p->got, input, (size_t)n);
	p->got += (size_t)n;
	if (p->got > want)
		errx(1, "more answers than requests");
	if (p->got < want)
		return;
	batch_done(l, p);
	/* The end mostly came with the answer: no need to wait for it. */
	if (l->mode->one_shot)
		peer_readable(l, p);
}

/* Without sleeping: a server would pay for waking it, and the more often the
 * slower it is itself. */
static int
wait_for_some(const struct load *l, struct epoll_event events[MAX_CONNS])
{
	int64_t patience = now() + PATIENCE * (int64_t)1000000;
	int n;

	do {
		n = epoll_wait(l->epoll, events, MAX_CONNS, 0);
		if (n < 0)
			err(1, "epoll_wait");
		if (n == 0 && now() > patience)
			errx(1, "an answer is missing after %d s", PATIENCE_S);
	} while (n == 0);
	return n;
}

/* Turn until `until`; when ending, until the last answer. */
static void
turn(struct load *l, int64_t until)
{
	struct epoll_event events[MAX_CONNS];
	int i, n;

	while (l->ending ? l->busy > 0 : now() < until) {
		n = wait_for_some(l, events);
		for (i = 0; i < n; i++)
			peer_readable(l, events[i].data.ptr);
	}
}

/* --- results ------------------------------------------------------------- */

/* The time in us that this share of the batches did not pass. */
static double
percentile(const struct load *l, double share)
{
	const size_t parts = sizeof(l->took) / sizeof(l->took[0]);
	uint64_t all = 0, seen = 0;
	size_t i;

	for (i = 0; i < parts; i++)
		all += l->took[i];
	for (i = 0; i < parts - 1; i++) {
		seen += l->took[i];
		if ((double)seen >= share * (double)all)
			break;
	}
	if (i < SUB)
		return (double)i / 1000;
	return (double)((i % SUB + SUB) << (i / SUB - 1)) / 1000;
}

double
load_resident(pid_t pid)
{
	char path[64], line[256];
	double kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtod(line + 6, NULL);
	fclose(f);
	return kib;
}

static void
measure(
    struct load *l, pid_t server, double seconds, struct load_result *result)
{
	clockid_t clock;
	int64_t began, cpu;
	double answers;

	if (clock_getcpuclockid(server, &clock) != 0)
		errx(1, "no CPU clock of process %d", (int)server);
	turn(l, now() + WARM_UP_NS);
	l->answers = 0;
	memset(l->took, 0, sizeof(l->took));
	began = now();
	cpu = ns_of(clock);
	turn(l, began + (int64_t)(seconds * SECOND_NS));
	cpu = ns_of(clock) - cpu;
	answers = (double)l->answers;
	if (l->answers == 0)
		errx(1, "no answer in %g s", seconds);
	result->rate = answers / (double)(now() - began) * SECOND_NS;
	result->cpu = (double)cpu / answers / 1000;
	result->p50 = percentile(l, 0.50);
	result->p99 = percentile(l, 0.99);
	result->resident = load_resident(server);
}

size_t
load_ask(int port)
{
	struct answer answer;

	write_heads(false, NULL);
	learn(&answer, loopback(port), 200);
	return answer.len;
}

struct load_result
load_run(const struct load_mode *mode, const struct load_requests *requests,
    int port, pid_t server, double seconds)
{
	static struct load l;
	struct load_result result;
	int i;

	memset(&l, 0, sizeof(l));
	l.mode = mode;
	l.to = loopback(port);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l.epoll < 0)
		err(1, "epoll_create1");
	write_heads(mode->one_shot, requests);
	learn(&l.answer, l.to, requests != NULL ? requests->status : 200);
	for (i = 0; i < mode->idle; i++)
		l.idle[i] = dial_idle(&l, i);
	for (i = 0; i < mode->conns; i++) {
		l.peer[i].head = i;
		open_peer(&l, &l.peer[i]);
	}
	l.busy = mode->conns;
	measure(&l, server, seconds, &result);
	l.ending = true;
	turn(&l, 0);
	for (i = 0; i < mode->conns; i++)
		if (l.peer[i].fd >= 0)
			close(l.peer[i].fd);
	for (i = 0; i < mode->idle; i++)
		close(l.idle[i]);
	close(l.epoll);
	return result;
}

/* --- slow heads ---------------------------------------------------------- */

static void
sleep_until(int64_t ns)
{
	const struct timespec t = { .tv_sec = ns / SECOND_NS,
		.tv_nsec = ns % SECOND_NS };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

void
load_attack(int n, int port, int ready)
{
	static const char begun[] =
	    "GET / HTTP/1.1\r\nHost: test.com\r\nX-Slow: ";
	int *fd = calloc((size_t)n, sizeof(*fd));
	int64_t next;
	int i;

	if (fd == NULL)
		err(1, NULL);
	for (i = 0; i < n; i++) {
		fd[i] = dial(loopback(port));
		send(fd[i], begun, sizeof(begun) - 1, MSG_NOSIGNAL);
	}
	if (write(ready, "", 1) != 1)
		err(1, "write");
	/* What the server thinks of it does not matter here. */
	for (i = 0, next = now();; i = (i + 1) % n) {
		next += SECOND_NS / n;
		sleep_until(next);
		send(fd[i], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
}
