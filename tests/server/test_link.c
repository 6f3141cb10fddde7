/*
 * A connection's socket: the real loop over a socket pair, by a clock of our
 * own.
 */
#include "link.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "builtin_text.h"
#include "limit.h"
#include "net.h"
#include "routes_file.h"
#include "test.h"

#define GOOD	"GET / HTTP/1.1\r\nHost: test.com\r\n\r\n"
#define SECONDS *(int64_t)1000000

struct rig {
	struct loop loop;
	struct server server;
	struct log log;
	struct links links;
	int64_t now;
	int fd; /* the peer's */
};

static struct rig rig;

/* Whatever is ready, until nothing is. */
static void
turn(void)
{
	do {
		loop_wait(&rig.loop, 0);
		loop_dispatch(&rig.loop, rig.now);
		links_flush(&rig.links);
		links_bury(&rig.links);
	} while (rig.loop.nready > 0);
}

static void
pass(int64_t us)
{
	struct timer *t;

	rig.now += us;
	while ((t = timers_pop(&rig.server.timers, rig.now)) != NULL)
		t->fire(t, rig.now);
	links_flush(&rig.links);
	links_bury(&rig.links);
}

static int
start(void **state)
{
	union address_any any = { .v4 = { .sin_family = AF_INET } };
	int fd[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN); /* as the daemon does */
	rig = (struct rig){ .now = 1 SECONDS };
	assert_true(log_open(&rig.log, LOG_NONE, NULL, -1));
	assert_true(server_init(&rig.server, builtin_load(), &rig.log));
	wall_set(&rig.server.wall, rig.now, 1795415076123456);
	assert_true(loop_init(&rig.loop));
	assert_true(links_init(&rig.links, &rig.loop, &rig.server));
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	rig.fd = fd[0];
	links_add(&rig.links, fd[1], &any, rig.now);
	return 0;
}

static int
stop(void **state)
{
	close(rig.fd);
	links_release(&rig.links);
	loop_release(&rig.loop);
	server_release(&rig.server);
	return test_end(state);
}

static void
say_it(const char *text)
{
	assert_int_equal(
	    send(rig.fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	turn();
}

/* What has come; NULL at the end. */
static const char *
hear(void)
{
	char *p = test_alloc(4096);
	ssize_t n = recv(rig.fd, p, 4095, 0);

	return n == 0 ? NULL : n > 0 ? p : "";
}

static const struct link *
only_link(void)
{
	return TAILQ_FIRST(&rig.links.open);
}

static bool
reads(const struct link *l)
{
	return (l->events & EPOLLIN) != 0;
}

static void
answers_and_waits_for_more(void **state)
{
	(void)state;
	say_it(GOOD);
	assert_memory_equal(hear(), "HTTP/1.1 200 OK", 15);
	say_it("GET /");
	assert_string_equal(hear(), "");
	say_it(" HTTP/1.1\r\nHost: test.com\r\n\r\n");
	assert_memory_equal(hear(), "HTTP/1.1 200 OK", 15);
	assert_true(reads(only_link()));
}

static void
ends_when_its_peer_does(void **state)
{
	(void)state;
	say_it(GOOD);
	close(rig.fd);
	turn();
	assert_null(only_link());
	rig.fd = -1;
}

static void
use_routes(const char *text)
{
	struct diags diags = { 0 };

	respond_swap(&rig.server.respond,
	    routes_parse("t.conf", NULL, span_text(text), &diags));
	diags_release(&diags);
}

/* While an answer waits nothing is read, and still its peer's end is seen. */
static void
gives_up_an_answer_that_nobody_waits_for(void **state)
{
	(void)state;
	use_routes("host test.com { GET / return 200 delay 1m }");
	say_it(GOOD GOOD);
	assert_string_equal(hear(), "");
	assert_int_equal(only_link()->events, 0);
	assert_int_equal(only_link()->conn.state, CONN_DELAYED);
	turn();
	assert_non_null(only_link());
	close(rig.fd);
	rig.fd = -1;
	turn();
	assert_null(only_link());
	assert_true(timers_next(&rig.server.timers) == INT64_MAX);
}

static void
answers_when_a_delay_is_over(void **state)
{
	(void)state;
	use_routes("host test.com { GET / return 201 delay 1s }");
	say_it(GOOD GOOD);
	pass(1 SECONDS);
	assert_memory_equal(hear(), "HTTP/1.1 201 Created", 20);
	assert_int_equal(only_link()->conn.state, CONN_DELAYED);
	pass(1 SECONDS);
	assert_memory_equal(hear(), "HTTP/1.1 201 Created", 20);
	assert_true(reads(only_link()));
}

static void
closes_the_kept_one_when_it_is_due(void **state)
{
	(void)state;
	say_it(GOOD);
	hear();
	pass(75 SECONDS);
	assert_null(only_link());
	assert_null(hear());
}

static void
shuts_its_side_and_drains_when_it_lingers(void **state)
{
	(void)state;
	say_it("no request\r\n\r\n");
	assert_memory_equal(hear(), "HTTP/1.1 400 ", 13);
	assert_null(hear());
	say_it("and more");
	assert_non_null(only_link());
	pass(2 SECONDS);
	assert_null(only_link());
}

/* Fill its socket with answers that nobody takes: it watches for room alone,
 * reads no more, and gives up after 30 s. */
static void
gives_up_on_a_peer_that_never_reads(void **state)
{
	char many[4096] = "";
	const struct link *l = only_link();

	(void)state;
	while (strlen(many) + sizeof(GOOD) < sizeof(many))
		strlcat(many, GOOD, sizeof(many));
	while (reads(l)) {
		if (send(rig.fd, many, strlen(many), MSG_NOSIGNAL) < 0)
			test_fail("it reads on and on");
		turn();
	}
	assert_int_equal(l->events, EPOLLOUT);
	assert_int_equal(l->conn.state, CONN_ANSWERING);
	assert_in_range(l->conn.in.cap + l->conn.out.cap, 1,
	    LIMIT_INPUT + LIMIT_HEAD + 2 * LIMIT_OUTPUT);
	pass(29 SECONDS);
	assert_ptr_equal(only_link(), l);
	pass(1 SECONDS);
	assert_null(only_link());
}

static void
goes_on_when_its_peer_reads_at_last(void **state)
{
	char many[4096] = "";
	const struct link *l = only_link();
	size_t asked = 0, answered = 0;
	const char *p;

	(void)state;
	while (strlen(many) + sizeof(GOOD) < sizeof(many))
		strlcat(many, GOOD, sizeof(many));
	while (reads(l)) {
		assert_true(send(rig.fd, many, strlen(many), MSG_NOSIGNAL) > 0);
		asked += strlen(many) / (sizeof(GOOD) - 1);
		turn();
	}
	while ((p = hear()) != NULL && p[0] != '\0') {
		for (; *p != '\0'; p++)
			answered += *p == '.';
		turn();
	}
	/* Full stops: in HTTP/1.1, in test.com, behind right. */
	assert_int_equal(answered, 3 * asked);
	assert_true(reads(l));
	assert_null(l->conn.out.data);
}

/* epoll tells of both but once. */
static void
sees_an_end_that_came_with_a_request(void **state)
{
	(void)state;
	assert_true(send(rig.fd, GOOD, sizeof(GOOD) - 1, MSG_NOSIGNAL) > 0);
	shutdown(rig.fd, SHUT_WR);
	turn();
	assert_memory_equal(hear(), "HTTP/1.1 200 OK", 15);
	assert_null(only_link());
}

static void
reads_on_behind_what_one_read_takes(void **state)
{
	static const char head[] = "PUT / HTTP/1.1\r\nHost: test.com\r\n"
				   "Content-Length: 131072\r\n\r\n";
	static char body[131072];

	(void)state;
	assert_true(send(rig.fd, head, sizeof(head) - 1, MSG_MORE) > 0);
	assert_int_equal(send(rig.fd, body, sizeof(body), 0), sizeof(body));
	turn();
	assert_memory_equal(hear(), "HTTP/1.1 ", 9);
}

/* A read ends in front of an urgent byte, whatever stands behind it. */
static void
reads_on_behind_an_urgent_byte(void **state)
{
	union address_any any = { .v4 = { .sin_family = AF_INET } };
	int port, listener = net_listen(&port), fd = net_connect(port);
	int own = fcntl(net_accept(listener, 5000), F_DUPFD_CLOEXEC, 0);

	(void)state;
	fcntl(own, F_SETFL, O_NONBLOCK);
	links_add(&rig.links, own, &any, rig.now);
	net_say(fd, "GET / HTTP/1.1\r\n");
	assert_int_equal(send(fd, "!", 1, MSG_OOB), 1);
	net_say(fd, "Host: test.com\r\n\r\n");
	turn();
	net_read_until(fd, "HTTP/1.1 200 OK", 5000);
}

/* A connection whose peer says that. */
static int
say(const char *bytes, size_t n)
{
	union address_any any = { .v4 = { .sin_family = AF_INET } };
	int fd[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	links_add(&rig.links, fd[1], &any, rig.now);
	net_send(fd[0], bytes, n);
	return fd[0];
}

/* One whose peer asks n times for /number, at once. */
static int
ask_many(int number, size_t n)
{
	const char *request =
	    test_text("GET /%03d HTTP/1.1\r\nHost: test.com\r\n\r\n", number);
	size_t i, len = strlen(request);
	char *requests = test_alloc(n * len + 1);

	for (i = 0; i < n; i++)
		memcpy(requests + i * len, request, len);
	return say(requests, n * len);
}

static int
count(const char *text, const char *part)
{
	int n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* More of them than are put aside at a time, by number and by bytes. */
static void
gives_each_its_own_answers(void **state)
{
	enum {
		PEERS = 100,
		MANY = 100
	};
	int fd[PEERS], i, n;
	char *got = test_alloc(MANY * 1024);

	(void)state;
	for (i = 0; i < PEERS; i++)
		fd[i] = ask_many(i, i % 10 == 0 ? MANY : 1);
	turn();
	for (i = 0; i < PEERS; i++) {
		memset(got, 0, MANY * 1024);
		assert_true(recv(fd[i], got, MANY * 1024 - 1, 0) > 0);
		n = i % 10 == 0 ? MANY : 1;
		assert_int_equal(count(got, "HTTP/1.1 400 "), n);
		assert_int_equal(
		    count(got, test_text("answers GET test.com/%03d.", i)), n);
		close(fd[i]);
	}
}

/* All that this peer is sent, by and by. */
static struct bytes
read_all(int fd)
{
	enum {
		ROOM = 1024 * 1024
	};
	char *got = test_alloc(ROOM);
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, got + len, ROOM - 1 - len, 0)) > 0) {
		len += (size_t)n;
		turn();
	}
	return (struct bytes){ got, len };
}

/* So many answers, each the same. */
static void
assert_answers(struct bytes b, size_t times)
{
	size_t n = b.len / times;

	assert_int_equal(count(b.data, "HTTP/1.1 "), times);
	assert_int_equal(n * times, b.len);
	assert_memory_equal(b.data, b.data + n, b.len - n);
}

/* What was made for one goes while more is made for the other. */
static void
makes_more_behind_what_waits_for_others(void **state)
{
	enum {
		MIDDLE = 30000,
		LARGE = 65000,
		MANY = 6
	};
	const int wide = 4 * 1024 * 1024;
	const struct link *l;
	int i, fd[2];

	(void)state;
	use_routes(test_text("host test.com { GET /000 return 200 \"%0*d\"\n"
			     "GET /001 return 200 \"%0*d\"\n}",
	    MIDDLE, 0, LARGE, 0));
	fd[0] = ask_many(0, 2);
	fd[1] = ask_many(1, MANY);
	for (l = only_link(); l != NULL; l = TAILQ_NEXT(l, entry))
		setsockopt(l->fd, SOL_SOCKET, SO_SNDBUF, &wide, sizeof(wide));
	turn();
	assert_answers(read_all(fd[0]), 2);
	assert_answers(read_all(fd[1]), MANY);
	for (i = 0; i < 2; i++)
		close(fd[i]);
}

static int
count_links(void)
{
	const struct link *l;
	int n = 0;

	for (l = only_link(); l != NULL; l = TAILQ_NEXT(l, entry))
		n++;
	return n;
}

/* All in one turn: one reads slowly, one is gone, and the others do not
 * notice. */
static void
sends_past_who_takes_little_or_nothing(void **state)
{
	enum {
		PEERS = 8,
		SLOW = 3,
		GONE = 5,
		MANY = 100
	};
	const struct link *slow = only_link();
	const int least = 1;
	int fd[PEERS], i;

	(void)state;
	for (i = 0; i < PEERS; i++) {
		fd[i] = ask_many(i, i == SLOW ? MANY : 1);
		if (i == SLOW)
			slow = TAILQ_LAST(&rig.links.open, link_queue);
	}
	setsockopt(slow->fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least));
	close(fd[GONE]);
	turn();
	assert_true(rig.links.volley.sent[0] > 0);
	assert_int_equal(slow->events, EPOLLOUT);
	assert_int_equal(count_links(), 1 + PEERS - 1);
	for (i = 0; i < PEERS; i++) {
		if (i == GONE)
			continue;
		assert_answers(read_all(fd[i]), i == SLOW ? MANY : 1);
		close(fd[i]);
	}
}

static void
keeps_no_answer_for_those_that_ask_nothing(void **state)
{
	int asks = ask_many(1, 1), begins = say("GET", 3);
	char got[1024];

	(void)state;
	loop_wait(&rig.loop, 0);
	assert_int_equal(rig.loop.nready, 2);
	loop_dispatch(&rig.loop, rig.now);
	assert_true(recv(asks, got, sizeof(got), 0) > 0);
	close(asks);
	close(begins);
}

static void
sends_what_waits_before_it_closes_idle_ones(void **state)
{
	enum {
		PEERS = 5
	};
	int fd[PEERS], i;

	(void)state;
	for (i = 0; i < PEERS; i++)
		fd[i] = ask_many(i, 1);
	loop_wait(&rig.loop, 0);
	loop_dispatch(&rig.loop, rig.now);
	links_close_idle(&rig.links, rig.now);
	links_bury(&rig.links);
	for (i = 0; i < PEERS; i++) {
		assert_answers(read_all(fd[i]), 1);
		close(fd[i]);
	}
}

/* --- a crowd ------------------------------------------------------------- */

/* Small and large answers, asked for, taken and left at random: whatever is
 * sent together, each gets all of its own and nothing else. */
enum {
	CROWD = 12,
	KINDS = 4,
	ASKED = 1024 * 1024, /* bytes that one asks for before it takes some */
};

struct member {
	int fd;
	struct buf due; /* all that it asked for */
	size_t got;
};

static struct member crowd[CROWD];
static struct bytes kinds[KINDS];
static uint32_t seed;

static uint32_t
below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void
use_kinds(void)
{
	static const int sizes[KINDS] = { 10, 2000, 30000, 65000 };
	struct buf b = { .max = 1 << 20 };
	int i, at, fd;

	buf_append_text(&b, "host test.com {\n");
	for (i = 0; i < KINDS; i++) {
		buf_printf(&b, "GET /%03d return 200 \"", i);
		for (at = 0; at < sizes[i]; at++)
			buf_printf(&b, "%c", 'a' + (at * 7 + i) % 26);
		buf_append_text(&b, "\"\n");
	}
	buf_append_text(&b, "}");
	use_routes(test_text("%.*s", (int)b.len, b.data));
	buf_release(&b);
	for (i = 0; i < KINDS; i++) {
		fd = ask_many(i, 1);
		turn();
		kinds[i] = read_all(fd);
		assert_true(kinds[i].len > (size_t)sizes[i]);
		close(fd);
	}
}

static void
join(struct member *m)
{
	static const int room[] = { 1, 64 * 1024, 4 * 1024 * 1024 };

	*m = (struct member){ .fd = say("", 0), .due.max = SIZE_MAX };
	setsockopt(TAILQ_LAST(&rig.links.open, link_queue)->fd, SOL_SOCKET,
	    SO_SNDBUF, &room[below(3)], sizeof(room[0]));
}

static void
ask_some(struct member *m)
{
	uint32_t i, kind, n = 1 + below(6);
	struct buf asks = { .max = 4096 };

	for (i = 0; i < n && m->due.len - m->got < ASKED; i++) {
		kind = below(KINDS);
		buf_printf(&asks,
		    "GET /%03u HTTP/1.1\r\nHost: test.com\r\n\r\n", kind);
		buf_append(&m->due, kinds[kind].data, kinds[kind].len);
	}
	net_send(m->fd, asks.data, asks.len);
	buf_release(&asks);
}

static void
take_some(struct member *m, size_t most)
{
	static char got[256 * 1024];
	ssize_t n =
	    recv(m->fd, got, most < sizeof(got) ? most : sizeof(got), 0);

	if (n < 0)
		return;
	assert_in_range(n, 1, m->due.len - m->got);
	assert_memory_equal(got, m->due.data + m->got, n);
	m->got += (size_t)n;
}

static void
leave(struct member *m)
{
	close(m->fd);
	buf_release(&m->due);
}

static void
serves_a_crowd_at_random(void **state)
{
	struct member *m;
	int step;

	(void)state;
	seed = 1;
	use_kinds();
	for (m = crowd; m < crowd + CROWD; m++)
		join(m);
	for (step = 0; step < 5000; step++) {
		m = &crowd[below(CROWD)];
		switch (below(16)) {
		case 0:
			leave(m);
			join(m);
			break;
		case 1:
		case 2:
			turn();
			break;
		case 3:
		case 4:
		case 5:
		case 6:
		case 7:
		case 8:
			ask_some(m);
			break;
		default:
			take_some(m, 1 + below(200000));
		}
	}
	for (m = crowd; m < crowd + CROWD; m++) {
		for (step = 0; m->got < m->due.len; step++) {
			assert_true(step < 10000);
			turn();
			take_some(m, SIZE_MAX);
		}
		leave(m);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_and_waits_for_more),
		TEST(ends_when_its_peer_does),
		TEST(gives_up_an_answer_that_nobody_waits_for),
		TEST(answers_when_a_delay_is_over),
		TEST(closes_the_kept_one_when_it_is_due),
		TEST(shuts_its_side_and_drains_when_it_lingers),
		TEST(gives_up_on_a_peer_that_never_reads),
		TEST(goes_on_when_its_peer_reads_at_last),
		TEST(sees_an_end_that_came_with_a_request),
		TEST(reads_on_behind_what_one_read_takes),
		TEST(reads_on_behind_an_urgent_byte),
		TEST(gives_each_its_own_answers),
		TEST(makes_more_behind_what_waits_for_others),
		TEST(sends_past_who_takes_little_or_nothing),
		TEST(sends_what_waits_before_it_closes_idle_ones),
		TEST(serves_a_crowd_at_random),
		TEST(keeps_no_answer_for_those_that_ask_nothing),
	};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
