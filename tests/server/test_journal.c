/*
 * The journal of a real retortd, held against what its clients sent and got.
 */
#include "journal.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "cases.h"
#include "limit.h"
#include "net.h"
#include "peer.h"
#include "proc.h"
#include "process.h"
#include "test.h"

/* --- what a journal says ------------------------------------------------- */

struct told_request {
	int64_t heard; /* -1: it has no request event */
	int64_t answered;
	int64_t status;
	char *why; /* NULL: it broke no rule */
	char *route;
	char *nearest;
};

enum {
	REQUESTS_MAX = 64,
	CONNS_MAX = 2048
};

struct told {
	char *peer;
	char *local;
	struct buf in;
	struct buf out;
	struct told_request request[REQUESTS_MAX + 1];
	int64_t nrequests;
	char *by;
	char *reason;
};

static struct told *told[CONNS_MAX + 1];
static int64_t nconns;

static struct told *
conn_of(const struct journal_event *e)
{
	assert_in_range(e->conn, 1, CONNS_MAX);
	if (told[e->conn] == NULL) {
		/* They are counted from 1, and begin with their opening. */
		assert_int_equal(e->kind, JOURNAL_OPEN);
		assert_int_equal(e->conn, nconns + 1);
		nconns++;
		told[e->conn] = test_alloc(sizeof(*told[0]));
		told[e->conn]->in.max = told[e->conn]->out.max = 1 << 26;
	}
	return told[e->conn];
}

static char *
text(struct span s)
{
	return s.p == NULL ? NULL : test_text("%.*s", (int)s.n, s.p);
}

static struct told_request *
request_of(struct told *t, const struct journal_event *e)
{
	assert_in_range(e->req, 1, REQUESTS_MAX);
	if (e->req > t->nrequests) {
		assert_int_equal(e->req, t->nrequests + 1);
		t->nrequests++;
		t->request[e->req].heard = -1;
	}
	return &t->request[e->req];
}

static void
take(const struct journal_event *e)
{
	struct told *t = conn_of(e);
	struct told_request *r;

	assert_null(t->by); /* nothing follows the end */
	switch (e->kind) {
	case JOURNAL_OPEN:
		t->peer = text(e->peer);
		t->local = text(e->local);
		break;
	case JOURNAL_READ:
	case JOURNAL_WRITE:
		assert_int_equal(e->n, e->bytes.n);
		assert_true(e->n > 0);
		assert_true(buf_append_span(
		    e->kind == JOURNAL_READ ? &t->in : &t->out, e->bytes));
		break;
	case JOURNAL_REQUEST:
		r = request_of(t, e);
		r->heard = e->t;
		r->route = text(e->route);
		r->nearest = text(e->nearest);
		break;
	case JOURNAL_ERROR:
		r = request_of(t, e);
		r->why = text(e->why);
		assert_memory_equal(e->section.p, "RFC ", 4);
		break;
	case JOURNAL_RESPONSE:
		r = request_of(t, e);
		assert_int_equal(r->answered, 0);
		r->answered = e->t;
		r->status = e->status;
		break;
	case JOURNAL_CLOSE:
		t->by = text(e->by);
		t->reason = text(e->reason);
		break;
	default:
		test_fail("%s between others", journal_name(e->kind));
	}
}

/* Read all of it: each line is an event, the first the start, and time goes
 * forward. */
static void
read_journal(const char *path)
{
	struct bytes all = cases_bytes(path);
	struct buf scratch = { .max = 1 << 26 };
	struct journal_event e;
	const char *p = all.data, *end;
	int64_t t = 0;

	memset(told, 0, sizeof(told));
	nconns = 0;
	for (; p < all.data + all.len; p = end + 1) {
		end = memchr(p, '\n', (size_t)(all.data + all.len - p));
		assert_non_null(end);
		if (!journal_read(span_of(p, (size_t)(end - p)), &e, &scratch))
			test_fail("no event: %s", test_show(p, 200));
		assert_int_equal(p == all.data, e.kind == JOURNAL_START);
		if (e.kind == JOURNAL_START)
			continue;
		assert_true(e.t >= t);
		t = e.t;
		take(&e);
	}
	buf_release(&scratch);
}

static void
forget_journal(void)
{
	int64_t i;

	for (i = 1; i <= nconns; i++) {
		buf_release(&told[i]->in);
		buf_release(&told[i]->out);
	}
}

static int
end(void **state)
{
	forget_journal();
	nconns = 0;
	return test_end(state);
}

/* The connection of that local port. */
static struct told *
told_of(int port)
{
	const char *peer = test_text("127.0.0.1:%d", port);
	int64_t i;

	for (i = 1; i <= nconns; i++)
		if (strcmp(told[i]->peer, peer) == 0)
			return told[i];
	test_fail("nothing is told of %s", peer);
}

/* --- clients ------------------------------------------------------------- */

static int
local_port(int fd)
{
	struct sockaddr_in a;
	socklen_t n = sizeof(a);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	return ntohs(a.sin_port);
}

/* What one client did. */
struct talk {
	int port; /* its own */
	struct buf sent;
	struct buf got;
};

/* All that comes, until the end or a reset. */
static void
hear(int fd, struct buf *got)
{
	char piece[65536];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t until = test_now() + SOON;
	ssize_t n;

	do {
		if (poll(&p, 1, test_left(until)) != 1)
			test_fail("the connection does not end");
		n = recv(fd, piece, sizeof(piece), 0);
		if (n > 0)
			assert_true(buf_append(got, piece, (size_t)n));
	} while (n > 0);
}

/* The same random numbers in each run. */
static unsigned
random_below(unsigned n)
{
	static uint64_t seed = 20261128;

	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static const char *const random_heads[] = {
	"GET / HTTP/1.1\r\nHost: test.com\r\n\r\n",
	"GET /nope?q=%00 HTTP/1.1\r\nHost: test.com\r\n\r\n",
	"HEAD /option HTTP/1.1\r\nHost: test.com\r\n\r\n",
	"\r\nPUT /update HTTP/1.1\r\nHost: test.com\r\n"
	"Content-Length: 5\r\n\r\n\xed\x95\x9c\xff\n",
	"POST /create HTTP/1.1\r\nHost: test.com\r\n"
	"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
	"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	"POST /create HTTP/1.1\r\nHost: test.com\r\nExpect: 100-continue\r\n"
	"Content-Length: 3\r\n\r\nxyz",
};

static const char *const random_ends[] = {
	"",
	"GET / HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n",
	"GET / HTTP/1.1\r\n bad: fold\r\n\r\n",
	"GET / HTTP/1.1\r\nHo",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nabcdef",
	"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	"GET / HTTP/9.9\r\n\r\nand what follows is not read as a request",
};

#define ANY(list) (list[random_below(sizeof(list) / sizeof(list[0]))])

/* Some requests behind each other, cut at random, and a random end. */
static unsigned
talk_at_random(struct talk *t, int port)
{
	unsigned i, n = random_below(20);
	int fd = net_connect(port);
	size_t at, piece;

	t->port = local_port(fd);
	t->sent.max = t->got.max = 1 << 24;
	for (i = 0; i < n; i++)
		buf_append_text(&t->sent, ANY(random_heads));
	buf_append_text(&t->sent, ANY(random_ends));
	for (at = 0; at < t->sent.len; at += piece) {
		piece = 1 + random_below(400);
		if (piece > t->sent.len - at)
			piece = t->sent.len - at;
		net_send(fd, t->sent.data + at, piece);
	}
	net_half_close(fd);
	hear(fd, &t->got);
	net_close(fd);
	return n;
}

/* --- the tests ----------------------------------------------------------- */

static struct retortd *
start(const char *journal, const char *routes)
{
	if (routes == NULL)
		return retortd_start("-j", journal, NULL);
	return retortd_start("-j", journal, "-r", routes, NULL);
}

static void
want_bytes(const struct buf *told_bytes, const struct buf *really, bool exact)
{
	size_t n = told_bytes->len;

	if (exact)
		assert_int_equal(n, really->len);
	assert_true(n <= really->len);
	if (n > 0)
		assert_memory_equal(told_bytes->data, really->data, n);
}

/* What our reads returned is what was sent, or a prefix of it where a request
 * was refused; and what went out is what came. */
static void
tells_a_thousand_random_requests_byte_for_byte(void **state)
{
	const char *path = test_text("%s/journal", test_folder());
	struct retortd *d = start(path, NULL);
	unsigned n = 0, ntalks = 0, refused = 0, i;
	struct talk *talks = test_alloc(CONNS_MAX * sizeof(*talks));
	const struct told *t;

	(void)state;
	while (n < 1000)
		n += talk_at_random(&talks[ntalks++], d->port);
	retortd_stop(d);
	read_journal(path);
	assert_int_equal(nconns, ntalks);
	for (i = 0; i < ntalks; i++) {
		t = told_of(talks[i].port);
		refused += t->request[t->nrequests].why != NULL;
		want_bytes(&t->in, &talks[i].sent,
		    t->request[t->nrequests].why == NULL);
		want_bytes(&t->out, &talks[i].got, true);
		assert_non_null(t->by);
		buf_release(&talks[i].sent);
		buf_release(&talks[i].got);
	}
	assert_in_range(refused, ntalks / 4, ntalks);
}

static void
tells_what_curl_and_the_seed_did(void **state)
{
	const char *path = test_text("%s/journal", test_folder());
	struct retortd *d = start(path, NULL);
	const char *server = test_text("::127.0.0.1:%d", d->port);
	const struct told *t;
	int fd, port;

	(void)state;
	assert_int_equal(
	    proc_wait(proc_start(NULL,
			  ARGV("curl", "-s", "-A", "me", "-H", "Accept:", "-d",
			      "name=\xea\xb9\x80", "--connect-to", server,
			      "http://test.com/create")),
		SOON),
	    0);
	fd = peer_seed_connect(d->port);
	port = local_port(fd);
	assert_string_equal(
	    peer_seed_ask(fd, "PUT", "test.com/nope"), "HTTP/400 BAD REQUEST");
	retortd_stop(d);
	read_journal(path);
	assert_int_equal(nconns, 2);

	t = told[1];
	assert_string_equal(test_text("%.*s", (int)t->in.len, t->in.data),
	    "POST /create HTTP/1.1\r\nHost: test.com\r\nUser-Agent: me\r\n"
	    "Content-Length: 8\r\n"
	    "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
	    "name=\xea\xb9\x80");
	assert_int_equal(t->request[1].status, 201);
	assert_string_equal(t->request[1].route, "builtin:4");
	assert_null(t->request[1].nearest);
	assert_string_equal(t->by, "peer");

	t = told_of(port);
	assert_string_equal(
	    test_text("%.*s", (int)t->in.len, t->in.data), "PUT,test.com/nope");
	assert_string_equal(test_text("%.*s", (int)t->out.len, t->out.data),
	    "HTTP/400 BAD REQUEST");
	assert_null(t->request[1].route);
	assert_string_equal(
	    t->request[1].nearest, "PUT test.com/update (the path differs)");
	assert_string_equal(t->by, "server");
	assert_string_equal(t->reason, "answered");
}

/* The words of the events, members in their order, as they are documented. */
static void
writes_documented_lines(void **state)
{
	const char *path = test_text("%s/journal", test_folder());
	struct retortd *d = start(path, NULL);
	int fd = net_connect(d->port);
	struct bytes all;

	(void)state;
	net_say(fd, "GET /a?b HTTP/1.0\r\nA: \t\xff\"\r\n\r\n");
	net_read_until_close(fd, SOON);
	retortd_stop(d);
	all = cases_bytes(path);
	assert_memory_equal(all.data, "{\"ev\":\"start\",\"v\":1,\"pid\":", 26);
	assert_non_null(strstr(all.data, ",\"mono\":\""));
	assert_non_null(strstr(
	    all.data, test_text("\"ev\":\"open\",\"conn\":1,\"at\":\"20")));
	assert_non_null(strstr(all.data,
	    test_text("Z\",\"peer\":\"127.0.0.1:%d\",\"local\":"
		      "\"127.0.0.1:%d\"}\n",
		local_port(fd), d->port)));
	assert_non_null(strstr(all.data,
	    "\"ev\":\"read\",\"conn\":1,\"n\":29,\"bytes\":\"GET /a?b "
	    "HTTP/1.0\\r\\nA: \\t\\u00ff\\\"\\r\\n"
	    "\\r\\n\"}\n"));
	assert_non_null(strstr(all.data,
	    "\"ev\":\"request\",\"conn\":1,\"req\":1,\"dialect\":\"http\","
	    "\"method\":\"GET\",\"host\":\"\",\"target\":\"/a?b\","
	    "\"version\":\"1.0\",\"headers\":[[\"A\",\"\\u00ff\\\"\"]],"
	    "\"route\":null,\"nearest\":\""));
	assert_non_null(strstr(all.data,
	    "\"ev\":\"response\",\"conn\":1,\"req\":1,\"status\":400,"
	    "\"reason\":\"Bad Request\",\"bytes\":"));
}

/* A delayed answer: think time, and the bytes when they have gone. */
static void
measures_until_the_last_byte(void **state)
{
	const char *folder = test_folder();
	const char *path = test_text("%s/journal", folder);
	const char *routes = test_text("%s/routes", folder);
	FILE *f = fopen(routes, "w");
	struct retortd *d;
	int fd;

	(void)state;
	fputs("host * {\n\tGET / return 299 'x' reason 'So So' delay 30ms\n}\n",
	    f);
	fclose(f);
	d = start(path, routes);
	fd = net_connect(d->port);
	net_say(fd, GOOD GOOD);
	net_read_until(fd, "\r\n\r\nx", SOON);
	net_read_until(fd, "\r\n\r\nx", SOON);
	retortd_stop(d);
	read_journal(path);
	assert_int_equal(told[1]->nrequests, 2);
	assert_in_range(
	    told[1]->request[1].answered - told[1]->request[1].heard, 30000000,
	    60000000);
	assert_true(
	    told[1]->request[2].heard > told[1]->request[1].heard + 30000000);
	assert_non_null(strstr(cases_bytes(path).data,
	    "\"status\":299,\"reason\":\"So So\",\"bytes\":1,\"us\":3"));
}

/* All of them ask while it sleeps, and so in one turn. */
static void
tells_of_those_that_ask_at_once(void **state)
{
	enum {
		PEERS = 8
	};
	const char *path = test_text("%s/journal", test_folder());
	struct retortd *d = start(path, NULL);
	int fd[PEERS], i, round;

	(void)state;
	for (i = 0; i < PEERS; i++)
		fd[i] = net_connect(d->port);
	for (round = 0; round < 2; round++) {
		assert_int_equal(kill(d->proc->pid, SIGSTOP), 0);
		for (i = 0; i < PEERS; i++)
			net_say(fd[i], GOOD);
		assert_int_equal(kill(d->proc->pid, SIGCONT), 0);
		for (i = 0; i < PEERS; i++)
			net_read_until(fd[i], "right.", SOON);
	}
	retortd_stop(d);
	read_journal(path);
	for (i = 1; i <= PEERS; i++) {
		assert_int_equal(told[i]->nrequests, 2);
		assert_true(
		    told[i]->request[2].answered > told[i]->request[2].heard);
	}
}

/* Who says no more may still be answered: then it is we who end it. */
static void
tells_who_ended_a_connection(void **state)
{
	const char *path = test_text("%s/journal", test_folder());
	struct retortd *d = start(path, NULL);
	int half = net_connect(d->port), gone = net_connect(d->port);
	int reset = net_connect(d->port);

	(void)state;
	net_say(half, "GET,test.com");
	net_half_close(half);
	net_read_until_close(half, SOON);
	answer_good(gone);
	net_half_close(gone);
	net_read_until_close(gone, SOON);
	answer_good(reset);
	net_reset(reset);
	retortd_stop(d);
	read_journal(path);
	assert_string_equal(told[1]->by, "server");
	assert_string_equal(told[1]->reason, "answered");
	assert_string_equal(told[2]->by, "peer");
	assert_string_equal(told[2]->reason, "the peer has left");
	assert_string_equal(told[3]->by, "peer");
}

/* However many answers it had on their way. */
static void
keeps_nothing_for_an_idle_connection(void **state)
{
	enum {
		CONNS = 300,
		DEPTH = 900
	};
	struct retortd *d = start("/dev/null", NULL);
	struct buf many = { .max = 1 << 20 };
	long before = status_of(d->proc->pid, "VmRSS");
	int fd, i, k;
	char one[1024];
	ssize_t n;

	(void)state;
	fd = net_connect(d->port);
	net_say(fd, GOOD);
	assert_true(net_readable(fd, SOON));
	n = recv(fd, one, sizeof(one), 0);
	assert_true(n > 0);
	for (k = 0; k < DEPTH; k++)
		buf_append_text(&many, GOOD);
	for (i = 0; i < CONNS; i++) {
		fd = net_connect(d->port);
		net_send(fd, many.data, many.len);
		net_read_n(fd, DEPTH * (size_t)n, SOON);
	}
	buf_release(&many);
#ifndef __SANITIZE_ADDRESS__ /* what was freed is held for a while */
	assert_in_range(status_of(d->proc->pid, "VmRSS") - before, 0, 10000);
#else
	(void)before;
#endif
	retortd_stop(d);
}

/* With the journal on standard output nothing else is there but where it
 * listens. */
static void
writes_to_standard_output(void **state)
{
	struct proc *p =
	    proc_start(NULL, ARGV(RETORTD, "-l", "127.0.0.1:0", "-j", "-"));
	const char *line = proc_read_line(p, SOON);
	int port, fd;

	(void)state;
	assert_memory_equal(
	    line, "{\"ev\":\"listen\",\"local\":\"127.0.0.1:", 34);
	port = (int)strtol(line + 34, NULL, 10);
	assert_memory_equal(proc_read_line(p, SOON), "{\"ev\":\"start\"", 13);
	fd = net_connect(port);
	answer_good(fd);
	assert_non_null(strstr(proc_read_line(p, SOON), "\"ev\":\"open\""));
	assert_non_null(strstr(proc_read_line(p, SOON), "\"ev\":\"read\""));
	assert_non_null(strstr(proc_read_line(p, SOON), "\"ev\":\"request\""));
	assert_non_null(strstr(proc_read_line(p, SOON), "\"ev\":\"write\""));
	assert_non_null(strstr(proc_read_line(p, SOON), "\"ev\":\"response\""));
	proc_kill(p, SIGTERM);
	line = proc_read_line(p, SOON);
	assert_non_null(strstr(line,
	    "\"ev\":\"close\",\"conn\":1,\"by\":\"server\","
	    "\"reason\":\"the server leaves\"}"));
	assert_null(proc_read_line(p, SOON));
}

/* Whoever does not read loses bytes before events; nobody waits. */
static void
says_how_many_bytes_had_no_room(void **state)
{
	static char junk[60000];
	struct proc *p =
	    proc_start(NULL, ARGV(RETORTD, "-l", "127.0.0.1:0", "-j", "-"));
	const char *line = proc_read_line(p, SOON);
	int port = (int)strtol(line + 34, NULL, 10), fd, i;
	struct buf scratch = { .max = 1 << 20 };
	struct journal_event e;
	int64_t n = 0;
	size_t kept = 0;

	(void)state;
	memset(junk, 1, sizeof(junk));
	for (i = 0; i < 30; i++) {
		fd = net_connect(port);
		net_say(fd,
		    "PUT /update HTTP/1.1\r\nHost: test.com\r\n"
		    "Content-Length: 60000\r\nConnection: close\r\n\r\n");
		net_send(fd, junk, sizeof(junk));
		net_read_until_close(fd, SOON);
		net_close(fd);
	}
	for (i = 0; i < 30;) {
		assert_true(journal_read(
		    span_text(proc_read_line(p, SOON)), &e, &scratch));
		assert_int_not_equal(e.kind, JOURNAL_LOST);
		i += e.kind == JOURNAL_CLOSE;
		n += e.kind == JOURNAL_READ ? e.n : 0;
		kept += e.kind == JOURNAL_READ ? e.bytes.n : 0;
	}
	assert_in_range(n, 30 * 60000, 30 * 60200);
	assert_in_range(kept, 500000, 1000000);
	buf_release(&scratch);
}

/* It is rotated as the log is, and the new file can be read by itself. */
static void
begins_anew_in_another_file(void **state)
{
	const char *folder = test_folder();
	const char *path = test_text("%s/journal", folder);
	const char *old = test_text("%s/journal.1", folder);
	struct retortd *d = start(path, NULL);
	int64_t until = test_now() + SOON;
	struct told *t;

	(void)state;
	answer_new(d->port);
	assert_int_equal(rename(path, old), 0);
	proc_kill(d->proc, SIGUSR1);
	while (access(path, F_OK) != 0) {
		if (test_left(until) == 0)
			test_fail("there is no new journal");
		poll(NULL, 0, 2);
	}
	retortd_stop(d);
	read_journal(old);
	t = told[1];
	assert_int_equal(t->request[1].status, 200);
	assert_memory_equal(cases_bytes(path).data, "{\"ev\":\"start\",", 14);
}

#define TEST(f) cmocka_unit_test_teardown(f, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_a_thousand_random_requests_byte_for_byte),
		TEST(tells_what_curl_and_the_seed_did),
		TEST(writes_documented_lines),
		TEST(measures_until_the_last_byte),
		TEST(tells_of_those_that_ask_at_once),
		TEST(tells_who_ended_a_connection),
		TEST(keeps_nothing_for_an_idle_connection),
		TEST(writes_to_standard_output),
		TEST(says_how_many_bytes_had_no_room),
		TEST(begins_anew_in_another_file),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
