/*
 * Each allocation of a connection's life failed in turn: the connection dies,
 * or it gets just the answer it would have got, and the next one is served.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "builtin_text.h"
#include "limit.h"
#include "link.h"
#include "oom.h"
#include "routes_file.h"
#include "test.h"

#define TO_TEST		   "Host: test.com\r\n"
#define GOOD		   "GET / HTTP/1.1\r\n" TO_TEST "\r\n"
#define NOPE		   "GET /nope HTTP/1.1\r\n" TO_TEST "\r\n"
#define PUT		   "PUT /update HTTP/1.1\r\n" TO_TEST
#define CHUNKED		   PUT "Transfer-Encoding: chunked\r\n\r\n"
#define MORE(method, path) method " " path " HTTP/1.1\r\nHost: more.com\r\n"
#define OK		   "HTTP/1.1 200 OK\r\n"
#define ALL		   ((size_t)-1)

enum {
	ACTS_MAX = 8,
	GOT_MAX = 1024 * 1024, /* all answers of a scenario */
};

/* --- what a peer does ---------------------------------------------------- */

enum op {
	OP_END,
	OP_SAY,
	OP_DRIP,  /* byte by byte */
	OP_FLOOD, /* four hundred times */
	OP_BLOCK, /* take nothing */
	OP_TAKE,  /* take everything from now on */
	OP_SOME,  /* take a hundred bytes */
	OP_LEAVE, /* half-close */
	OP_PASS,  /* time passes */
};

struct act {
	enum op op;
	const char *text;
	int ms;
};

/* clang-format off */
#define SAY(text)	{ OP_SAY, text, 0 }
#define DRIP(text)	{ OP_DRIP, text, 0 }
#define FLOOD(text)	{ OP_FLOOD, text, 0 }
#define PASS(ms)	{ OP_PASS, NULL, ms }
#define DO(op)		{ OP_##op, NULL, 0 }
/* clang-format on */

struct scenario {
	const char *name;
	int answers; /* without a failure */
	struct act act[ACTS_MAX];
};

/* clang-format off */
static struct scenario scenarios[] = {
	{ "plain", 1, { SAY(GOOD) } },
	{ "unmatched", 1, { SAY(NOPE) } },
	{ "in two pieces", 1, { SAY("GET / HT"), SAY("TP/1.1\r\n" TO_TEST "\r\n") } },
	{ "byte by byte", 1, { DRIP(GOOD) } },
	{ "pipelined", 4, { SAY(GOOD NOPE GOOD GOOD) } },
	{ "pipelined, the last in two pieces", 3,
	    { SAY(GOOD NOPE "GE"), SAY("T / HTTP/1.1\r\n" TO_TEST "\r\n") } },
	{ "kept alive", 2, { SAY(GOOD), DRIP(GOOD) } },
	{ "a path with dots and percents", 1,
	    { SAY("PUT /a/../%75pdate HTTP/1.1\r\n" TO_TEST "\r\n") } },
	{ "a body", 1, { SAY(PUT "Content-Length: 5\r\n\r\nhello") } },
	{ "a body behind its head", 2,
	    { SAY(PUT "Content-Length: 5\r\n\r\n"), SAY("he"), SAY("llo" GOOD) } },
	{ "a body byte by byte", 1,
	    { DRIP(PUT "Content-Length: 5\r\n\r\nhello") } },
	{ "chunked", 1, { SAY(CHUNKED "5\r\nhello\r\n0\r\nA: b\r\n\r\n") } },
	{ "chunked byte by byte", 2,
	    { DRIP(CHUNKED "5;a=b\r\nhello\r\n0\r\n\r\n"), SAY(GOOD) } },
	{ "100-continue", 1,
	    { SAY(PUT "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
	      SAY("hello") } },
	{ "an expectation refused", 1,
	    { SAY("PUT /nope HTTP/1.1\r\n" TO_TEST "Expect: 100-continue\r\n"
		  "Content-Length: 5\r\n\r\n"), SAY("hello"), PASS(TIME_LINGER) } },
	{ "an answer that is not taken at once", 2,
	    { DO(BLOCK), SAY(GOOD NOPE), DO(SOME), DO(TAKE) } },
	{ "a flood that is not taken at once", 402,
	    { DO(BLOCK), FLOOD(GOOD), DO(SOME), DO(TAKE), SAY(GOOD),
	      DRIP(GOOD) } },
	{ "a flood that is never taken", 0,
	    { DO(BLOCK), FLOOD(NOPE), PASS(TIME_PROGRESS) } },
	{ "a body after an answer not taken", 2,
	    { DO(BLOCK), SAY(GOOD PUT "Content-Length: 5\r\n\r\nhe"), DO(TAKE),
	      SAY("llo") } },
	{ "no head", 1, { SAY("GET\r\n\r\n"), PASS(TIME_LINGER) } },
	{ "no Host", 1, { DRIP("GET / HTTP/1.1\r\n\r\n"), SAY(GOOD) } },
	{ "two lengths", 1,
	    { SAY(PUT "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!") } },
	{ "a bad chunk", 1, { SAY(CHUNKED), SAY("g\r\n"), SAY(GOOD) } },
	{ "a refusal not taken", 1,
	    { DO(BLOCK), SAY("GET\r\n\r\n" GOOD), DO(TAKE), SAY(GOOD), DO(LEAVE) } },
	{ "a head cut short", 2, { SAY(GOOD "GET /"), DO(LEAVE) } },
	{ "a body cut short", 1,
	    { SAY(PUT "Content-Length: 5\r\n\r\nhe"), DO(LEAVE) } },
	{ "a slow head", 1, { SAY("GET / HTTP/1.1\r\n"), PASS(TIME_HEAD),
	    PASS(TIME_LINGER) } },
	{ "a slow body", 1, { SAY(PUT "Content-Length: 5\r\n\r\nhe"),
	    PASS(TIME_PROGRESS), PASS(TIME_LINGER) } },
	{ "HTTP/1.0", 1, { SAY("GET / HTTP/1.0\r\n" TO_TEST "\r\n") } },
	{ "classic", 1, { SAY("GET,test.com"), PASS(TIME_CLASSIC_QUIET) } },
	{ "classic byte by byte", 1, { DRIP("PUT,test.com/update\n") } },
	{ "classic, not taken at once", 1,
	    { DO(BLOCK), SAY("GET,test.com\n"), DO(TAKE) } },
	{ "classic and wrong", 1, { SAY("GET,test\x01.com"), DO(LEAVE) } },
	{ "a delay", 1, { SAY(MORE("GET", "/slow") "\r\n"), PASS(100) } },
	{ "a delay among others", 3,
	    { SAY(GOOD MORE("GET", "/slow") "\r\n" GOOD), PASS(100) } },
	{ "a delay, not taken at once", 2,
	    { DO(BLOCK), SAY(GOOD MORE("GET", "/slow") "\r\n"), PASS(100),
	      DO(TAKE), PASS(100) } },
	{ "an explanation as JSON", 1,
	    { SAY(MORE("GET", "/nope") "Accept: application/json\r\n\r\n") } },
	{ "a template", 1, { SAY(MORE("GET", "/made?a=b") "\r\n") } },
	{ "a template with a delay", 1,
	    { SAY(MORE("GET", "/late?a=b") "\r\n"), PASS(100) } },
	{ "a file", 1, { SAY(MORE("GET", "/file") "\r\n") } },
	{ "a file as a template", 1, { SAY(MORE("GET", "/text") "\r\n") } },
	{ "an echo", 1, { SAY(MORE("GET", "/echo") "\r\n") } },
	{ "an echo of a body", 2,
	    { SAY(MORE("PUT", "/echo") "Content-Length: 5\r\n\r\nhe"),
	      SAY("llo" GOOD) } },
	{ "an echo, later", 1,
	    { SAY(MORE("PUT", "/parrot") "Content-Length: 5\r\n\r\nhe"),
	      SAY("llo"), PASS(100) } },
	{ "a body that is looked at", 1,
	    { DRIP(MORE("PUT", "/json") "Content-Length: 7\r\n\r\n{\"a\":1}") } },
	{ "a chunked body that is looked at", 1,
	    { SAY(MORE("PUT", "/json") "Transfer-Encoding: chunked\r\n\r\n"
		  "3\r\n{\"a\r\n"), SAY("4\r\n\":1}\r\n0\r\n\r\n") } },
	{ "empty lines, and no more", 0, { SAY("\r\n\r\n"), PASS(TIME_HEAD) } },
};
/* clang-format on */

enum {
	SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0])
};

/* --- a connection -------------------------------------------------------- */

static struct server server;
static struct log log_;
static int null_fd = -1;

struct rig {
	struct conn conn;
	int64_t now;
	size_t room;
	struct bytes got; /* in memory of the test */
	size_t cap;
};

/* The test's own memory is not what is to fail: it is there beforehand. */
static void
rig_open(struct rig *r)
{
	struct address peer = { .bytes = { 127, 0, 0, 1 } };

	r->now = 0;
	r->room = ALL;
	r->got.len = 0;
	conn_init(&r->conn, &server, &peer, r->now);
}

static void
rig_new(struct rig *r, size_t cap)
{
	r->cap = cap;
	r->got.data = test_alloc(cap);
	rig_open(r);
}

static void
pump(struct rig *r)
{
	struct span out;
	size_t n;

	while ((out = conn_output(&r->conn)).n > 0) {
		n = out.n < r->room ? out.n : r->room;
		assert_true(r->got.len + n <= r->cap);
		memcpy(r->got.data + r->got.len, out.p, n);
		r->got.len += n;
		r->room -= r->room == ALL ? 0 : n;
		conn_sent(&r->conn, out, n, r->now);
		if (n < out.n)
			return;
	}
}

/* False if it is not wanted: the connection has ended, or waits for room. */
static bool
feed(struct rig *r, const char *p, size_t n)
{
	if (!conn_wants_input(&r->conn))
		return false;
	conn_feed(&r->conn, p, n, r->now);
	pump(r);
	return true;
}

static void
pass(struct rig *r, int64_t us)
{
	r->now += us;
	while (timers_pop(&server.timers, r->now) != NULL) {
		conn_expire(&r->conn, r->now);
		pump(r);
	}
}

static const char flood_of_good[] = GOOD, flood_of_nope[] = NOPE;

/* Made beforehand, and said as one read. */
static void
flood(struct rig *r, const char *text)
{
	static char many[400 * sizeof(flood_of_nope)];
	size_t n = strlen(text), i;

	assert_true(
	    n < sizeof(flood_of_nope) && n >= sizeof(flood_of_good) - 1);
	for (i = 0; i < 400; i++)
		memcpy(many + i * n, text, n);
	feed(r, many, 400 * n);
}

static void
run_act(struct rig *r, const struct act *s)
{
	const char *p;

	switch (s->op) {
	case OP_SAY:
		feed(r, s->text, strlen(s->text));
		break;
	case OP_DRIP:
		for (p = s->text; *p != '\0' && feed(r, p, 1); p++)
			;
		break;
	case OP_FLOOD:
		flood(r, s->text);
		break;
	case OP_BLOCK:
		r->room = 0;
		break;
	case OP_TAKE:
	case OP_SOME:
		r->room = s->op == OP_TAKE ? ALL : 100;
		pump(r);
		break;
	case OP_LEAVE:
		if (conn_wants_input(&r->conn))
			conn_eof(&r->conn, r->now);
		pump(r);
		break;
	case OP_PASS:
		pass(r, (int64_t)s->ms * 1000);
		break;
	case OP_END:
		break;
	}
}

static void
run(struct rig *r, const struct scenario *s)
{
	int i;

	for (i = 0; i < ACTS_MAX; i++)
		run_act(r, &s->act[i]);
}

static bool
died_of_memory(const struct rig *r)
{
	return r->conn.state == CONN_CLOSED &&
	    strncmp(r->conn.why, "no memory", 9) == 0;
}

/* In HTTP each has a Date; in classic there is one at most. */
static int
count_answers(const struct bytes *b)
{
	static const char date[] = "\r\nDate: ";
	const char *at = b->data, *end = b->data + b->len;
	int n = 0;

	while ((at = memmem(at, (size_t)(end - at), date, strlen(date)))) {
		at += strlen(date);
		n++;
	}
	return n > 0 ? n : b->len > 0;
}

/* The built-in ones, and others that need memory. */
static struct routes *
make_routes(void)
{
	const char *folder = test_folder();
	FILE *f = fopen(test_text("%s/file", folder), "w");
	struct diags diags = { 0 };
	struct routes *routes;
	char *text;

	assert_non_null(f);
	fputs("a file with {query.x}\n", f);
	assert_int_equal(fclose(f), 0);
	text = test_text("%s"
			 "host more.com {\n"
			 "	GET /slow return 200 \"slow\" delay 100ms\n"
			 "	GET /made return 200 \"{query.a}\" template\n"
			 "	GET /late return 200 \"{query.a}\" template "
			 "delay 100ms\n"
			 "	GET /file file \"file\"\n"
			 "	GET /text file \"file\" header A {header.host} "
			 "template\n"
			 "	* /echo echo\n"
			 "	PUT /parrot echo delay 100ms\n"
			 "	PUT /json json /a = 1 return 200 \"one\"\n"
			 "	PUT /json return 400\n"
			 "}\n",
	    builtin_text);
	routes = routes_parse("oom.conf", folder, span_text(text), &diags);
	assert_non_null(routes);
	diags_release(&diags);
	return routes;
}

/* --- the tests ----------------------------------------------------------- */

static int
start(void **state)
{
	(void)state;
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	assert_true(null_fd >= 0);
	assert_true(log_open(&log_, LOG_JSON, NULL, null_fd));
	assert_true(server_init(&server, make_routes(), &log_));
	wall_set(&server.wall, 0, 1795415076123456);
	return 0;
}

static int
stop(void **state)
{
	assert_true(timers_next(&server.timers) == INT64_MAX);
	server_release(&server);
	sink_close(&log_.sink);
	close(null_fd);
	return test_end(state);
}

static void
want_the_next_served(void)
{
	struct rig r;

	rig_new(&r, 4096);
	feed(&r, GOOD, strlen(GOOD));
	assert_memory_equal(r.got.data, OK, strlen(OK));
	assert_int_equal(r.conn.state, CONN_KEPT);
	conn_release(&r.conn);
}

static void
dies_or_answers(void **state)
{
	const struct scenario *s = *state;
	struct rig good, r;
	size_t n = 0;
	bool failed;

	rig_new(&good, GOT_MAX);
	run(&good, s);
	assert_false(died_of_memory(&good));
	assert_int_equal(count_answers(&good.got), s->answers);
	conn_release(&good.conn);

	rig_new(&r, GOT_MAX);
	do {
		conn_release(&r.conn);
		rig_open(&r);
		oom_after(++n);
		run(&r, s);
		failed = oom_off();
		sink_flush(&log_.sink);
		if (died_of_memory(&r))
			assert_true(failed && r.got.len <= good.got.len);
		else
			assert_int_equal(r.got.len, good.got.len);
		assert_memory_equal(r.got.data, good.got.data, r.got.len);
		want_the_next_served();
	} while (failed);
	conn_release(&r.conn);
}

/* What main does before it listens. */
static void
starts_or_says_no(void **state)
{
	struct routes *routes;
	struct links links;
	struct server s;
	struct log l;
	struct loop loop = { .fd = -1 };
	size_t n = 0;
	bool failed, started;

	(void)state;
	do {
		links = (struct links){ 0 };
		oom_after(++n);
		routes = builtin_load();
		started = log_open(&l, LOG_JSON, NULL, null_fd);
		started = server_init(&s, routes, &l) && started;
		started = links_init(&links, &loop, &s) && started;
		failed = oom_off();
		assert_true(started == !failed);
		links_release(&links);
		server_release(&s);
		sink_close(&l.sink);
	} while (failed);
	assert_true(n > 6);
}

/* --- with a socket ------------------------------------------------------- */

static struct loop loop_;
static struct links links_;

static void
turn(void)
{
	do {
		loop_wait(&loop_, 0);
		loop_dispatch(&loop_, 0);
		links_flush(&links_);
		links_bury(&links_);
	} while (loop_.nready > 0);
}

/* A connection that comes with these bytes, then says those. */
static int
connect_and_say(const char *first, const char *then)
{
	union address_any any = { .v4 = { .sin_family = AF_INET } };
	int fd[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	assert_int_equal(
	    send(fd[0], first, strlen(first), MSG_NOSIGNAL), strlen(first));
	links_add(&links_, fd[1], &any, 0);
	turn();
	send(fd[0], then, strlen(then), MSG_NOSIGNAL);
	turn();
	return fd[0];
}

static const char *
hear(int fd)
{
	static char text[4096];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
closes_the_socket_or_answers(void **state)
{
	size_t n = 0;
	bool failed;
	int fd;

	(void)state;
	assert_true(loop_init(&loop_));
	assert_true(links_init(&links_, &loop_, &server));
	do {
		oom_after(++n);
		fd = connect_and_say(
		    PUT "Content-Length: 5\r\n", "\r\nhello" GOOD);
		failed = oom_off();
		if (!failed) {
			assert_memory_equal(hear(fd), OK, strlen(OK));
		} else {
			assert_string_equal(hear(fd), "");
			assert_true(TAILQ_EMPTY(&links_.open));
		}
		close(fd);
		turn();
		fd = connect_and_say(GOOD, "");
		assert_memory_equal(hear(fd), OK, strlen(OK));
		close(fd);
		turn();
	} while (failed);
	assert_true(n >= 3);
	links_release(&links_);
	loop_release(&loop_);
}

/* What cannot be told for want of memory is not told: no request suffers. */
static void
serves_on_without_being_told_of(void **state)
{
	static struct ring ring;
	static struct witness witness;
	static struct feed feed_;
	size_t n = 0, told = 0;
	bool failed;
	int fd;

	(void)state;
	ring_init(&ring);
	assert_true(witness_init(&witness, &ring));
	assert_true(sink_open(&feed_.sink, NULL, "/dev/null", -1, LIMIT_FEED));
	feed_.room = LIMIT_FEED;
	witness_add(&witness, &feed_);
	server.witness = &witness;
	assert_true(loop_init(&loop_));
	assert_true(links_init(&links_, &loop_, &server));
	do {
		oom_after(++n);
		fd = connect_and_say(
		    PUT "Content-Length: 5\r\n", "\r\nhello" GOOD);
		failed = oom_off();
		told += strncmp(hear(fd), OK, strlen(OK)) == 0;
		close(fd);
		turn();
		fd = connect_and_say(GOOD, "");
		assert_memory_equal(hear(fd), OK, strlen(OK));
		close(fd);
		turn();
	} while (failed);
	/* All but those that hit the connection itself. */
	assert_true(n > 15 && told >= n - 6);
	assert_int_equal(TAILQ_EMPTY(&ring.groups[RING_UNDER_WAY]), 1);
	links_release(&links_);
	loop_release(&loop_);
	sink_close(&feed_.sink);
	witness_release(&witness);
	ring_release(&ring);
	assert_int_equal(ring.weight, 0);
}

int
main(void)
{
	struct CMUnitTest tests[SCENARIOS + 3] = {
		cmocka_unit_test_setup_teardown(
		    serves_on_without_being_told_of, start, stop),
		cmocka_unit_test_setup_teardown(starts_or_says_no, start, stop),
		cmocka_unit_test_setup_teardown(
		    closes_the_socket_or_answers, start, stop),
	};
	int i;

	for (i = 0; i < SCENARIOS; i++)
		tests[i + 3] = (struct CMUnitTest){
			.name = scenarios[i].name,
			.test_func = dies_or_answers,
			.setup_func = start,
			.teardown_func = stop,
			.initial_state = &scenarios[i],
		};
	return cmocka_run_group_tests_name("oom", tests, NULL, NULL);
}
