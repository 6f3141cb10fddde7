/*
 * The engine against real sockets: scripted peers on loopback, and a clock
 * that can be advanced.
 */
#include <sys/socket.h>

#include <errno.h>
#include <locale.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine.h"
#include "limit.h"
#include "net.h"
#include "oom.h"
#include "peer.h"
#include "tcp.h"
#include "test.h"
#include "timeline.h"

#define MS	  5000 /* for what must happen soon */
#define BIT(name) ((httperr_set)1 << HTTPERR_##name)
#define SECOND	  ((int64_t)1000000000)

static struct engine *engine;
static int64_t skew; /* how far the clock was advanced */

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec + skew;
}

static int
begin(void **state)
{
	(void)state;
	skew = 0;
	engine = engine_new(now);
	return engine == NULL;
}

/* The engine first: it borrows the exchanges that test_end frees. */
static int
end(void **state)
{
	engine_free(engine);
	engine = NULL;
	return test_end(state);
}

static void
free_exchange(void *x)
{
	exchange_free(x);
}

/* A request to 127.0.0.1, or as classic if there is a comma in it. */
static struct exchange *
ask(int port, const char *method, const char *target)
{
	static uint64_t ids;
	struct exchange *x = exchange_new();

	assert_non_null(x);
	test_later(free_exchange, x);
	x->id = ++ids;
	x->host = strdup("127.0.0.1");
	x->port = (uint16_t)port;
	x->request.dialect = target[0] == '/' ? DIALECT_HTTP : DIALECT_CLASSIC;
	x->request.method = strdup(method);
	x->request.target = strdup(target);
	if (target[0] == '/')
		assert_true(headers_add(&x->request.headers, span_text("Host"),
		    span_text("test.com")));
	return x;
}

static void
set_host(struct exchange *x, const char *host)
{
	free(x->host);
	x->host = strdup(host);
}

static void
set_body(struct exchange *x, size_t n)
{
	char *length = test_text("%zu", n);

	assert_true(buf_reserve(&x->request.body, n));
	memset(x->request.body.data, 'b', n);
	x->request.body.len = n;
	assert_true(headers_add(&x->request.headers,
	    span_text("Content-Length"), span_text(length)));
}

static void
start(struct exchange *x)
{
	assert_true(engine_start(engine, x, now(), 1));
}

/* One turn of a loop such as main's; waits for at most ms. */
static bool
turn(int64_t ms)
{
	struct pollfd fds[ENGINE_FDS];
	size_t n = engine_pollfds(engine, fds, ENGINE_FDS);
	int64_t left = engine_deadline(engine);
	struct timespec wait;

	if (left != INT64_MAX)
		left -= now();
	if (left > ms * 1000000)
		left = ms * 1000000;
	if (left < 0)
		left = 0;
	wait = (struct timespec){ left / SECOND, left % SECOND };
	assert_true(ppoll(fds, n, &wait, NULL) >= 0);
	return engine_step(engine, fds, n, now());
}

static void
settle(struct exchange *x)
{
	int64_t until = test_now() + MS;

	while (x->outcome == OUTCOME_FLIGHT) {
		if (test_left(until) == 0)
			test_fail("still in flight");
		turn(test_left(until));
	}
	assert_true(x->times.total >= 0);
}

static uint64_t
all_in(const struct exchange *x)
{
	return x->tape.reel[TAPE_IN].all;
}

/* What was sent, as far as the tape kept it without a hole. */
static struct span
sent_of(const struct exchange *x)
{
	uint64_t gone;

	return tape_run(
	    &x->tape, TAPE_OUT, 0, x->tape.reel[TAPE_OUT].all, &gone);
}

/* Turn until n bytes have come. */
static void
receive(struct exchange *x, uint64_t n)
{
	int64_t until = test_now() + MS;

	while (all_in(x) < n) {
		assert_int_equal(x->outcome, OUTCOME_FLIGHT);
		if (test_left(until) == 0)
			test_fail("only %d bytes", (int)all_in(x));
		turn(test_left(until));
	}
}

static void
until_sent(struct exchange *x)
{
	int64_t until = test_now() + MS;

	while (x->times.sent < 0 && test_left(until) > 0)
		turn(test_left(until));
	assert_true(x->times.sent >= 0);
}

static void
go(struct exchange *x)
{
	start(x);
	settle(x);
}

/* The descriptor of the only exchange in flight. */
static int
engine_fd(void)
{
	struct pollfd fds[ENGINE_FDS];

	assert_int_equal(engine_pollfds(engine, fds, ENGINE_FDS), 2);
	return fds[1].fd;
}

/* Let time pass without a byte. */
static void
pass(int64_t ns)
{
	skew += ns;
	engine_step(engine, NULL, 0, now());
}

static void
expect_words_at(const struct exchange *x, enum outcome outcome, const char *why,
    const char *hint)
{
	if (x->outcome != outcome || strstr(x->why, why) == NULL ||
	    strstr(x->hint, hint) == NULL)
		test_fail("%s\nwhy:  %s\nhint: %s", outcome_words(x->outcome),
		    x->why, x->hint);
}

#define expect_words(x, outcome, why, hint) \
	(test_at(__FILE__, __LINE__), expect_words_at(x, outcome, why, hint))

static const char *
address(int port)
{
	return test_text("127.0.0.1:%d", port);
}

/* A peer that reads a head, answers, and does `then`. */
static struct peer *
answering(const char *bytes, enum peer_op then)
{
	struct peer_step *steps = test_alloc(4 * sizeof(*steps));

	steps[0] = (struct peer_step)PEER_HEAD;
	steps[1] = (struct peer_step)PEER_SEND(bytes, strlen(bytes));
	steps[2] = (struct peer_step){ then, NULL, 0, 0 };
	steps[3] = (struct peer_step)PEER_END;
	return peer_start(steps);
}

static void
close_later(void *fd)
{
	close((int)(intptr_t)fd);
}

/* A port where connecting takes for ever: the queue is full. */
static int
stuck_port(void)
{
	struct pollfd p = { .events = POLLOUT };
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int i, port, l = net_listen(&port);

	assert_int_equal(getsockname(l, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(listen(l, 0), 0);
	for (i = 0; i < 8; i++) {
		p.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		test_later(close_later, (void *)(intptr_t)p.fd);
		connect(p.fd, (struct sockaddr *)&a, len);
		if (poll(&p, 1, 100) == 0)
			return port;
	}
	test_fail("the queue is never full");
}

/* --- answers --- */

#define OK200 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

static void
sends_what_was_composed_and_shows_the_answer(void **state)
{
	struct peer *p = answering(OK200, PEER_OP_HANG);
	struct exchange *x = ask(p->port, "GET", "/a?b");
	const char *sent = "GET /a?b HTTP/1.1\r\nHost: test.com\r\n\r\n";

	(void)state;
	start(x);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	assert_int_equal(engine_in_flight(engine), 1);
	settle(x);
	assert_int_equal(engine_in_flight(engine), 0);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_string_equal(x->why, "");
	assert_string_equal(x->hint, "");
	assert_int_equal(x->status, 200);
	assert_true(span_is(exchange_reason(x), "OK"));
	assert_true(span_is(buf_span(&x->body), "hi"));
	assert_int_equal(x->body_len, 2);
	assert_int_equal(all_in(x), strlen(OK200));
	assert_int_equal(x->wrong, 0);
	assert_int_equal(x->wall, 1);
	assert_true(span_is(sent_of(x), sent));
	/* It ends because we close. */
	assert_string_equal(peer_wait(p, 0, MS).data, sent);
}

static void
times_each_part(void **state)
{
	static const struct peer_step steps[] = { PEER_HEAD, PEER_WAIT(20),
		PEER_SAY("HTTP/1.1 200 OK\r\n"), PEER_WAIT(20),
		PEER_SAY("Content-Length: 0\r\n\r\n"), PEER_END };
	struct exchange *x = ask(peer_start(steps)->port, "GET", "/");

	(void)state;
	go(x);
	assert_int_equal(x->times.name, -1);
	assert_true(x->times.connect >= 0);
	assert_true(x->times.sent >= x->times.connect);
	assert_true(x->times.first_byte >= x->times.sent + 20000000);
	assert_true(x->times.total >= x->times.sent + 40000000);
	assert_true(x->times.total > x->times.first_byte);
	assert_true(x->times.total < MS * (int64_t)1000000);
}

/* All of it in one turn, and late: each part has its own time even so. */
static void
times_apart_what_one_turn_does(void **state)
{
	static const struct peer_step steps[] = { PEER_SAY(OK200),
		{ PEER_OP_HANG, NULL, 0, 0 }, PEER_END };
	struct exchange *x = ask(peer_start(steps)->port, "GET", "/");
	struct pollfd p = { .events = POLLIN };

	(void)state;
	start(x);
	p.fd = engine_fd();
	assert_int_equal(poll(&p, 1, MS), 1);
	skew += SECOND;
	settle(x);
	assert_true(x->times.connect > 0);
	assert_true(x->times.connect < SECOND);
	assert_true(x->times.sent > x->times.connect);
	assert_true(x->times.first_byte > x->times.sent);
	assert_true(x->times.first_byte >= SECOND);
	assert_true(x->times.total > x->times.first_byte);
}

static void
reads_an_answer_until_the_close(void **state)
{
	struct peer *p =
	    answering("HTTP/1.0 200 OK\r\n\r\nto the end", PEER_OP_END);
	struct exchange *x = ask(p->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_true(span_is(buf_span(&x->body), "to the end"));
	assert_int_equal(x->wrong, 0);
}

/* RFC 9112 8: only the close says that this was all. */
static void
an_answer_until_the_close_may_be_reset(void **state)
{
	struct peer *p =
	    answering("HTTP/1.0 200 OK\r\n\r\nto the", PEER_OP_RESET);
	struct exchange *x = ask(p->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_RESET, "in the middle of its answer", "r ");
	assert_int_equal(x->status, 200);
	assert_true(span_is(buf_span(&x->body), "to the"));
	assert_int_equal(x->wrong, BIT(BODY_SHORT));
}

static void
reads_an_answer_in_chunks(void **state)
{
	struct peer *p = answering("HTTP/1.1 200 OK\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n"
				   "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
	    PEER_OP_HANG);
	struct exchange *x = ask(p->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_true(span_is(buf_span(&x->body), "abcde"));
}

static void
waits_for_no_body_behind_head(void **state)
{
	struct peer *p = answering(
	    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", PEER_OP_HANG);
	struct exchange *x = ask(p->port, "HEAD", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_int_equal(x->body_len, 0);
	assert_int_equal(x->wrong, 0);
}

static void
reads_an_answer_that_drips(void **state)
{
	static const struct peer_step steps[] = { PEER_HEAD,
		PEER_DRIP("HTTP/1.1 100 Continue\r\n\r\n" OK200, 1), PEER_HANG,
		PEER_END };
	struct exchange *x = ask(peer_start(steps)->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_int_equal(x->status, 200);
	assert_true(span_is(buf_span(&x->body), "hi"));
}

static void
notes_what_follows_the_answer(void **state)
{
	struct peer *p = answering(OK200 "there", PEER_OP_HANG);
	struct exchange *x = ask(p->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_true(span_is(buf_span(&x->body), "hi"));
	assert_int_equal(x->wrong, BIT(BODY_UNASKED));
}

static void
sends_a_large_body_whole(void **state)
{
	enum {
		N = 4 << 20
	};
	static const struct peer_step steps[] = { PEER_HEAD, PEER_READ(N),
		PEER_SAY(OK200), PEER_END };
	struct peer *p = peer_start(steps);
	struct exchange *x = ask(p->port, "POST", "/");
	struct bytes got;

	(void)state;
	set_body(x, N);
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_true(x->times.sent >= 0);
	got = peer_wait(p, 0, MS);
	assert_int_equal(got.len, x->tape.reel[TAPE_OUT].all);
	assert_int_equal(sent_of(x).n, LIMIT_TAPE_FIRST);
	assert_memory_equal(got.data, sent_of(x).p, sent_of(x).n);
}

#define TOO_LARGE                            \
	"HTTP/1.1 413 Content Too Large\r\n" \
	"Content-Length: 4\r\n\r\nless"

static void
takes_an_early_answer_while_it_sends(void **state)
{
	struct peer *p = answering(TOO_LARGE, PEER_OP_HANG);
	struct exchange *x = ask(p->port, "POST", "/");

	(void)state;
	set_body(x, 16 << 20);
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_int_equal(x->status, 413);
	assert_true(span_is(buf_span(&x->body), "less"));
	assert_int_equal(x->times.sent, -1);
	assert_true(x->tape.reel[TAPE_OUT].all < x->request.body.len);
}

/* The reset may come while we write, or while we read. */
static void
keeps_an_answer_that_a_reset_follows(void **state)
{
	struct exchange *x;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		x = ask(answering(TOO_LARGE, PEER_OP_RESET)->port, "POST", "/");
		set_body(x, 8 << 20);
		go(x);
		expect_words(x, OUTCOME_ANSWERED, "", "");
		assert_int_equal(x->status, 413);
		assert_int_equal(x->wrong, 0);
	}
}

static void
keeps_sixty_four_in_flight(void **state)
{
	struct peer *p = answering(OK200, PEER_OP_END);
	struct exchange *x[ENGINE_CALLS_MAX], *more;
	int i;

	(void)state;
	for (i = 0; i < ENGINE_CALLS_MAX; i++)
		start(x[i] = ask(p->port, "GET", "/"));
	assert_int_equal(engine_in_flight(engine), ENGINE_CALLS_MAX);
	assert_int_equal(engine_newest(engine), x[ENGINE_CALLS_MAX - 1]->id);

	more = ask(p->port, "GET", "/");
	assert_false(engine_start(engine, more, now(), 1));
	assert_int_equal(more->start, 0);

	for (i = 0; i < ENGINE_CALLS_MAX; i++) {
		settle(x[i]);
		expect_words(x[i], OUTCOME_ANSWERED, "", "");
	}
	assert_int_equal(engine_in_flight(engine), 0);
	assert_int_equal(engine_newest(engine), 0);
	assert_int_equal(engine_deadline(engine), INT64_MAX);
	go(more);
	expect_words(more, OUTCOME_ANSWERED, "", "");
}

/* However much there is, a step comes to its end. */
static void
takes_a_large_answer_in_steps(void **state)
{
	enum {
		N = 8 << 20
	};
	struct peer_step steps[] = { PEER_HEAD,
		PEER_SAY("HTTP/1.0 200 OK\r\n\r\n"),
		PEER_SEND(test_alloc(N), N), PEER_END };
	struct exchange *x = ask(peer_start(steps)->port, "GET", "/");
	uint64_t before;

	(void)state;
	x->body.max = 3 << 20;
	start(x);
	while (x->outcome == OUTCOME_FLIGHT) {
		before = all_in(x);
		turn(MS);
		assert_true(all_in(x) - before <= 256 * 1024);
	}
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_int_equal(x->body_len, N);
	assert_int_equal(x->body.len, 3 << 20);
}

/* --- failures --- */

static void
says_who_refused(void **state)
{
	int port = net_refused_port();
	struct exchange *x = ask(port, "GET", "/");

	(void)state;
	x->via = true;
	go(x);
	expect_words(x, OUTCOME_REFUSED, address(port),
	    "s starts a server here; v switches to direct.");
	assert_int_equal(x->times.connect, -1);
	assert_int_equal(x->tape.reel[TAPE_OUT].all, 0);

	x = ask(port, "GET", "/");
	go(x);
	expect_words(x, OUTCOME_REFUSED,
	    "refused the connection: nothing listens there.",
	    "v switches to the via address.");
}

static void
says_what_cannot_be_reached(void **state)
{
	struct exchange *x = ask(80, "GET", "/");

	(void)state;
	set_host(x, "224.0.0.1"); /* TCP has no multicast */
	go(x);
	expect_words(x, OUTCOME_UNREACHABLE, "224.0.0.1:80 cannot be reached",
	    "v switches to the via address.");
}

static void
says_that_no_answer_came(void **state)
{
	static const struct peer_step steps[] = { PEER_HEAD, PEER_END };
	int port = peer_start(steps)->port;
	struct exchange *x = ask(port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_CLOSED, address(port), "c switches to classic");
	assert_true(x->times.sent >= 0);
}

static void
says_that_only_an_interim_answer_came(void **state)
{
	struct peer *p =
	    answering("HTTP/1.1 100 Continue\r\n\r\n", PEER_OP_END);
	struct exchange *x = ask(p->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_CLOSED, "behind an interim answer", "r ");
	assert_int_equal(x->status, 0);
}

static void
shows_an_answer_that_was_cut_short(void **state)
{
	struct peer *p = answering(
	    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", PEER_OP_END);
	struct exchange *x = ask(p->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(
	    x, OUTCOME_CUT, "closed the connection in the middle", "r ");
	assert_int_equal(x->status, 200);
	assert_true(span_is(buf_span(&x->body), "half"));
	assert_int_equal(x->wrong, BIT(BODY_SHORT));

	p = answering("HTTP/1.1 200 OK\r\nContent-", PEER_OP_END);
	x = ask(p->port, "GET", "/");
	go(x);
	expect_words(x, OUTCOME_CUT, "in the middle of its answer", "r ");
	assert_int_equal(x->status, 0);
	assert_true(span_is(buf_span(&x->raw), "HTTP/1.1 200 OK\r\nContent-"));
}

static void
says_that_the_peer_reset(void **state)
{
	static const struct peer_step steps[] = { PEER_HEAD, PEER_RESET,
		PEER_END };
	int port = peer_start(steps)->port;
	struct exchange *x = ask(port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_RESET, address(port), "c switches to classic");
	assert_non_null(strstr(x->why, "without an answer"));

	x = ask(answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
		    PEER_OP_RESET)
		    ->port,
	    "GET", "/");
	go(x);
	expect_words(x, OUTCOME_RESET, "in the middle of its answer", "r ");
	assert_int_equal(x->status, 200);
	assert_true(span_is(buf_span(&x->body), "half"));
}

static void
says_that_the_upload_was_reset(void **state)
{
	static const struct peer_step steps[] = { PEER_HEAD, PEER_READ(1000),
		PEER_RESET, PEER_END };
	struct exchange *x = ask(peer_start(steps)->port, "POST", "/");

	(void)state;
	set_body(x, 16 << 20);
	go(x);
	expect_words(x, OUTCOME_RESET, "before it took the whole request", "");
	assert_true(x->tape.reel[TAPE_OUT].all > 1000);
}

static void
keeps_what_is_no_answer(void **state)
{
	static const struct peer_step steps[] = {
		PEER_SAY("SSH-2.0-OpenSSH_9.2p1\r\n"), PEER_HANG, PEER_END
	};
	int port = peer_start(steps)->port;
	struct exchange *x = ask(port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_UNPARSABLE, address(port), "Check the port");
	assert_int_equal(x->status, 0);
	assert_true(span_is(buf_span(&x->raw), "SSH-2.0-OpenSSH_9.2p1\r\n"));
	assert_int_equal(x->wrong, BIT(STATUS_LINE));
}

static void
names_the_dialect_that_the_peer_speaks(void **state)
{
	static const struct peer_step http[] = { PEER_READ(12),
		PEER_SAY("HTTP/1.1 400 Bad Request\r\n\r\n"), PEER_HANG,
		PEER_END };
	struct exchange *x =
	    ask(answering("HTTP/200 OK", PEER_OP_HANG)->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_UNPARSABLE, "no answer in HTTP/1.1",
	    "c switches to classic.");
	assert_true(span_is(buf_span(&x->raw), "HTTP/200 OK"));

	x = ask(peer_start(http)->port, "GET", "test.com");
	go(x);
	expect_words(x, OUTCOME_UNPARSABLE, "no answer in classic",
	    "c switches to HTTP/1.1.");
}

/* Whoever said something in this dialect speaks it. */
static void
does_not_doubt_the_dialect_that_was_spoken(void **state)
{
	static const struct {
		const char *says;
		enum peer_op then; /* HANG: until time is up */
		enum outcome outcome;
	} rows[] = {
		{ "HTTP/1.1 100 Continue\r\n\r\n", PEER_OP_END,
		    OUTCOME_CLOSED },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha",
		    PEER_OP_RESET, OUTCOME_RESET },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha",
		    PEER_OP_HANG, OUTCOME_TIMED_OUT },
		{ "HTTP/1.1 2", PEER_OP_HANG, OUTCOME_TIMED_OUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct peer *p = answering(rows[i].says, rows[i].then);
		struct exchange *x = ask(p->port, "GET", "/");

		start(x);
		if (rows[i].then == PEER_OP_HANG) {
			receive(x, strlen(rows[i].says));
			pass(31 * SECOND);
		}
		settle(x);
		assert_int_equal(x->outcome, rows[i].outcome);
		assert_string_equal(x->hint, "r sends it again.");
	}
}

/* --- names --- */

static void
looks_a_name_up(void **state)
{
	struct exchange *x =
	    ask(answering(OK200, PEER_OP_END)->port, "GET", "/");

	(void)state;
	set_host(x, "localhost");
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_true(x->times.name >= 0);
	assert_true(x->times.connect >= x->times.name);
}

static void
names_the_address_behind_a_name(void **state)
{
	int port = net_refused_port();
	struct exchange *x = ask(port, "GET", "/");

	(void)state;
	set_host(x, "localhost");
	go(x);
	expect_words(x, OUTCOME_REFUSED, "localhost (", "");
	assert_non_null(strstr(x->why, test_text(":%d) refused", port)));
}

/* RFC 6761 6.4: no name under .invalid exists.  Where nobody can be asked the
 * look-up may take long, but can be given up. */
static void
says_that_a_name_is_unknown(void **state)
{
	struct exchange *x = ask(80, "GET", "/");
	int64_t until = test_now() + 2000;

	(void)state;
	set_host(x, "nowhere.invalid");
	start(x);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	while (x->outcome == OUTCOME_FLIGHT && test_left(until) > 0)
		turn(test_left(until));
	if (x->outcome != OUTCOME_FLIGHT) {
		expect_words(x, OUTCOME_NO_NAME, "nowhere.invalid",
		    "v switches to the via address.");
		return;
	}
	engine_cancel(engine, x->id, now());
	expect_words(x, OUTCOME_CANCELLED, "name", "r ");
}

static void
escapes_the_name_it_complains_of(void **state)
{
	struct exchange *x = ask(80, "GET", "/");

	(void)state;
	set_host(x, "a\033[2Jb.invalid");
	start(x);
	pass(11 * SECOND);
	expect_words(x, OUTCOME_TIMED_OUT, "a\\x1b[2Jb.invalid", "v ");
}

static void
speaks_to_ipv6(void **state)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(a);
	int l = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct exchange *x;

	(void)state;
	test_later(close_later, (void *)(intptr_t)l);
	if (l < 0 || bind(l, (struct sockaddr *)&a, len) < 0)
		skip(); /* no IPv6 here */
	assert_int_equal(getsockname(l, (struct sockaddr *)&a, &len), 0);
	x = ask(ntohs(a.sin6_port), "GET", "/");
	set_host(x, "::1");
	go(x);
	expect_words(x, OUTCOME_REFUSED,
	    test_text("[::1]:%d refused", ntohs(a.sin6_port)), "");

	assert_int_equal(listen(l, 1), 0);
	x = ask(ntohs(a.sin6_port), "GET", "/");
	set_host(x, "::1");
	start(x);
	close(net_accept(l, MS));
	settle(x);
	assert_true(x->times.connect >= 0);
}

/* --- the addresses of a name --- */

static void
add_address(struct addresses *to, int port)
{
	struct addresses one;

	assert_true(resolve_numeric("127.0.0.1", (uint16_t)port, &one));
	to->v[to->n++] = one.v[0];
}

/* connect, given a moment to come to an end. */
static enum transport_step
connect_at(struct transport *t, int64_t at)
{
	enum transport_step step = t->ops->connect(t, at);
	struct pollfd p = { t->fd, POLLOUT, 0 };

	if (step == TRANSPORT_WANT_WRITE && poll(&p, 1, 100) > 0)
		step = t->ops->connect(t, at);
	return step;
}

static void
tries_the_next_address(void **state)
{
	struct addresses to = { 0 };
	struct transport t;
	int port, l = net_listen(&port);
	int64_t at = now();

	(void)state;
	add_address(&to, net_refused_port());
	add_address(&to, stuck_port());
	add_address(&to, port);
	assert_true(tcp_init(&t, &to, "test.com", at + 10 * SECOND));
	/* The first is refused; the second has half of what is left. */
	assert_int_equal(connect_at(&t, at), TRANSPORT_WANT_WRITE);
	assert_int_equal(t.deadline, at + 5 * SECOND);
	assert_int_equal(connect_at(&t, t.deadline - 1), TRANSPORT_WANT_WRITE);
	assert_int_equal(connect_at(&t, t.deadline), TRANSPORT_OK);
	assert_string_equal(t.peer, test_text("test.com (127.0.0.1:%d)", port));
	assert_int_equal(t.deadline, INT64_MAX);
	net_accept(l, MS);
	t.ops->free(&t);
}

static void
tells_of_the_address_that_answered_at_all(void **state)
{
	struct addresses to = { 0 }, multicast;
	struct transport t;
	char why[200];
	int port = net_refused_port();

	(void)state;
	add_address(&to, port);
	assert_true(resolve_numeric("224.0.0.1", 80, &multicast));
	to.v[to.n++] = multicast.v[0];
	assert_true(tcp_init(&t, &to, "127.0.0.1", now() + SECOND));
	assert_int_equal(connect_at(&t, now()), TRANSPORT_FAIL);
	assert_int_equal(t.ops->why(&t, why, sizeof(why)), ECONNREFUSED);
	assert_non_null(strstr(why, address(port)));
	t.ops->free(&t);
}

/* --- giving up --- */

static void
expect_cancelled(struct exchange *x, const char *why)
{
	engine_cancel(engine, x->id, now());
	expect_words(x, OUTCOME_CANCELLED, why, "r sends it again.");
	assert_int_equal(engine_in_flight(engine), 0);
	assert_true(x->times.total >= 0);
}

static void
cancels_in_every_state(void **state)
{
	static const struct peer_step idle[] = { PEER_HANG, PEER_END };
	struct exchange *x = ask(80, "GET", "/");
	struct peer *p;

	(void)state;
	set_host(x, "nowhere.invalid");
	start(x);
	expect_cancelled(x, "while its name was looked up");

	x = ask(stuck_port(), "GET", "/");
	start(x);
	expect_cancelled(x, "while connecting");

	x = ask(peer_start(idle)->port, "POST", "/");
	set_body(x, 16 << 20);
	start(x);
	turn(MS);
	expect_cancelled(x, "while sending");

	x = ask(peer_start(idle)->port, "GET", "/");
	start(x);
	until_sent(x);
	expect_cancelled(x, "while waiting for the answer");

	p = answering("HTTP/1.1 200 OK\r\n\r\npart", PEER_OP_HANG);
	x = ask(p->port, "GET", "/");
	start(x);
	receive(x, 4);
	expect_cancelled(x, "while receiving");

	/* One that is not in flight stays what it is. */
	engine_cancel(engine, x->id, now());
	engine_cancel(engine, 1000000, now());
	assert_int_equal(x->outcome, OUTCOME_CANCELLED);
}

/* The answer to a look-up that was given up goes to nobody. */
static void
forgets_the_name_of_a_cancelled_one(void **state)
{
	struct exchange *x = ask(80, "GET", "/");
	struct exchange *y =
	    ask(answering(OK200, PEER_OP_END)->port, "GET", "/");

	(void)state;
	set_host(x, "localhost");
	start(x);
	engine_cancel(engine, x->id, now());
	set_host(y, "localhost");
	go(y);
	expect_words(y, OUTCOME_ANSWERED, "", "");
	assert_int_equal(x->outcome, OUTCOME_CANCELLED);
}

static void
cancels_what_is_in_flight_at_the_end(void **state)
{
	struct exchange *x = ask(80, "GET", "/");
	struct exchange *y = ask(stuck_port(), "GET", "/");

	(void)state;
	set_host(x, "nowhere.invalid");
	start(x);
	start(y);
	engine_free(engine);
	engine = NULL;
	assert_int_equal(x->outcome, OUTCOME_CANCELLED);
	assert_int_equal(y->outcome, OUTCOME_CANCELLED);
}

static void
times_out_in_every_state(void **state)
{
	static const struct peer_step idle[] = { PEER_HANG, PEER_END };
	struct exchange *x = ask(80, "GET", "/");
	struct peer *p;
	int port = stuck_port();

	(void)state;
	set_host(x, "nowhere.invalid");
	start(x);
	assert_true(engine_deadline(engine) == x->start + 10 * SECOND);
	pass(10 * SECOND);
	expect_words(x, OUTCOME_TIMED_OUT, "nowhere.invalid", "v ");

	x = ask(port, "GET", "/");
	start(x);
	assert_true(engine_deadline(engine) == x->start + 10 * SECOND);
	pass(9 * SECOND);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	pass(SECOND);
	expect_words(x, OUTCOME_TIMED_OUT, address(port), "v ");

	net_listen(&port); /* and nobody reads */
	x = ask(port, "POST", "/");
	set_body(x, 16 << 20);
	start(x);
	while (turn(300) || x->times.connect < 0)
		;
	pass(29 * SECOND);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	pass(30 * SECOND);
	expect_words(x, OUTCOME_TIMED_OUT, "neither took nor sent a byte",
	    "c switches to classic");

	x = ask(peer_start(idle)->port, "GET", "/");
	start(x);
	until_sent(x);
	pass(31 * SECOND);
	expect_words(x, OUTCOME_TIMED_OUT, "sent nothing for 30 s",
	    "c switches to classic");

	p = answering(
	    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", PEER_OP_HANG);
	x = ask(p->port, "GET", "/");
	start(x);
	receive(x, 42);
	pass(29 * SECOND);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	pass(SECOND);
	expect_words(x, OUTCOME_TIMED_OUT, "sent nothing more", "r ");
	assert_int_equal(x->status, 200);
	assert_true(span_is(buf_span(&x->body), "part"));
}

/* The clock may have stood still for us (^Z): what has come counts first. */
static void
reads_before_it_times_out(void **state)
{
	int port, l = net_listen(&port), fd;
	struct exchange *x = ask(port, "GET", "/");

	(void)state;
	start(x);
	fd = net_accept(l, MS);
	until_sent(x);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	net_say(fd, OK200);
	assert_true(net_readable(engine_fd(), MS));
	pass(100 * SECOND);
	expect_words(x, OUTCOME_ANSWERED, "", "");
}

/* Likewise a connection that was made in time. */
static void
sends_over_a_connection_it_sees_late(void **state)
{
	int port, l = net_listen(&port), fd;
	struct exchange *x = ask(port, "GET", "/");

	(void)state;
	start(x);
	fd = net_accept(l, MS);
	pass(10 * SECOND);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	net_read_until(fd, "\r\n\r\n", MS);
	net_say(fd, OK200);
	settle(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
}

/* An interim answer is a sign of life too, and the rest of the request goes
 * out behind it. */
static void
goes_on_sending_after_a_late_look(void **state)
{
	int port, l = net_listen(&port), fd;
	struct exchange *x = ask(port, "POST", "/");
	int64_t until = test_now() + MS;
	char in[65536];

	(void)state;
	set_body(x, 16 << 20);
	start(x);
	fd = net_accept(l, MS);
	while (turn(100) || x->times.connect < 0)
		;
	net_say(fd, "HTTP/1.1 100 Continue\r\n\r\n");
	assert_true(net_readable(engine_fd(), MS));
	pass(30 * SECOND);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	while (x->times.sent < 0 && test_left(until) > 0) {
		while (recv(fd, in, sizeof(in), MSG_DONTWAIT) > 0)
			;
		turn(10);
	}
	assert_true(x->times.sent >= 0);
	net_say(fd, OK200);
	settle(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
}

/* --- classic --- */

static void
asks_the_seeds_server(void **state)
{
	struct peer *p = peer_seed_server();
	static const struct {
		const char *method, *url;
		int status;
	} rows[] = {
		{ "GET", "test.com", 200 },
		{ "POST", "test.com/create", 201 },
		{ "HEAD", "test.com/option", 200 },
		{ "PUT", "test.com/update", 200 },
		{ "GET", "test.com/nope", 400 },
	};
	struct exchange *x;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		x = ask(p->port, rows[i].method, rows[i].url);
		go(x);
		expect_words(x, OUTCOME_ANSWERED, "", "");
		assert_int_equal(x->status, rows[i].status);
		assert_int_equal(x->wrong, 0);
		assert_null(x->head);
		assert_true(x->times.total < 200 * (int64_t)1000000);
		assert_true(span_is(sent_of(x),
		    test_text("%s,%s", rows[i].method, rows[i].url)));
	}
}

static void
takes_a_classic_answer_in_pieces(void **state)
{
	static const struct peer_step early[] = { PEER_READ(12),
		PEER_SAY("HTTP/2"), PEER_WAIT(80), PEER_SAY("00 "),
		PEER_WAIT(80), PEER_SAY("OK"), PEER_HANG, PEER_END };
	static const struct peer_step late[] = { PEER_READ(12),
		PEER_SAY("HTTP/400 B"), PEER_WAIT(10), PEER_SAY("AD REQUEST"),
		PEER_HANG, PEER_END };
	struct exchange *x = ask(peer_start(early)->port, "GET", "test.com");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_true(span_is(buf_span(&x->raw), "HTTP/200 OK"));

	x = ask(peer_start(late)->port, "GET", "test.com");
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_true(span_is(exchange_reason(x), "BAD REQUEST"));
}

static void
needs_no_silence_where_a_classic_answer_ends(void **state)
{
	static const struct peer_step line[] = { PEER_READ(12),
		PEER_SAY("HTTP/200 OK\n"), PEER_HANG, PEER_END };
	static const struct peer_step closed[] = { PEER_READ(12),
		PEER_SAY("HTTP/200 OK"), PEER_END };
	struct exchange *x = ask(peer_start(line)->port, "GET", "test.com");

	(void)state;
	/* With the clock standing still for the silence to come. */
	start(x);
	while (x->outcome == OUTCOME_FLIGHT) {
		struct pollfd fds[ENGINE_FDS];
		size_t n = engine_pollfds(engine, fds, ENGINE_FDS);

		assert_true(poll(fds, n, MS) > 0);
		engine_step(engine, fds, n, x->start);
	}
	expect_words(x, OUTCOME_ANSWERED, "", "");

	x = ask(peer_start(closed)->port, "GET", "test.com");
	go(x);
	expect_words(x, OUTCOME_ANSWERED, "", "");
	assert_int_equal(x->status, 200);
}

static void
tells_a_body_that_breaks_from_an_answer(void **state)
{
	struct peer *p = answering("HTTP/1.1 200 OK\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n"
				   "3\r\nabc\r\nxyz\r\n",
	    PEER_OP_HANG);
	struct exchange *x = ask(p->port, "GET", "/");

	(void)state;
	go(x);
	expect_words(x, OUTCOME_BROKEN, "cannot be read to its end: a chunk's",
	    "What came before is shown");
	assert_int_equal(x->status, 200);
	assert_true(span_is(buf_span(&x->body), "abc"));
	assert_true(span_is(buf_span(&x->aside[ASIDE_EXTRA].kept), "xyz\r\n"));
	assert_int_equal(x->wrong, BIT(CHUNK_SIZE));
}

static void
says_that_a_limit_is_its_own(void **state)
{
	struct buf b = { .max = 1 << 20 };
	struct exchange *x;
	const char *bytes;
	int i;

	(void)state;
	assert_true(buf_append_text(&b, "HTTP/1.1 200 OK\r\n"));
	for (i = 0; i < 500; i++)
		assert_true(buf_printf(&b, "X-%d: y\r\n", i));
	assert_true(buf_append(&b, "\r\n", 3));
	bytes = test_text("%s", b.data);
	buf_release(&b);
	x = ask(answering(bytes, PEER_OP_END)->port, "GET", "/");
	go(x);
	expect_words(x, OUTCOME_TOO_LARGE, "the 100 that retort takes",
	    "The limit is retort's");
	assert_int_equal(x->status, 200);
	assert_int_equal(x->wrong, 0);
	assert_int_equal(x->raw.len, all_in(x));
}

static void
waits_fifty_milliseconds_behind_a_classic_answer(void **state)
{
	static const struct peer_step steps[] = { PEER_READ(12),
		PEER_SAY("HTTP/200 OK"), PEER_HANG, PEER_END };
	struct exchange *x = ask(peer_start(steps)->port, "GET", "test.com");

	(void)state;
	start(x);
	receive(x, 11);
	assert_int_equal(x->outcome, OUTCOME_FLIGHT);
	assert_true(engine_deadline(engine) > x->start + 50000000);
	assert_true(engine_deadline(engine) <=
	    x->start + x->times.first_byte + 50000000);
	pass(50000000);
	expect_words(x, OUTCOME_ANSWERED, "", "");
}

/* --- memory --- */

/* Each part that is lost ends the exchange with a sentence; only of the body
 * may less be kept. */
static void
ask_without_memory(struct exchange *x)
{
	engine = engine_new(now);
	if (engine == NULL)
		return;
	go(x);
	engine_free(engine);
	engine = NULL;
	if (x->outcome == OUTCOME_ANSWERED) {
		assert_int_equal(x->status, 200);
		assert_int_equal(x->body_len, 2);
	} else {
		assert_int_equal(x->outcome, OUTCOME_FAILED);
		assert_true(strstr(x->why, "Memory is out.") != NULL ||
		    strstr(x->why, "Cannot allocate memory") != NULL);
	}
}

static void
survives_each_allocation_that_fails(void **state)
{
	struct peer *p = answering(OK200, PEER_OP_END);
	static const char *const hosts[] = { "127.0.0.1", "localhost" };
	struct exchange *x;
	size_t i, n;

	(void)state;
	engine_free(engine);
	engine = NULL;
	for (i = 0; i < 2; i++) {
		n = 0;
		do {
			x = ask(p->port, "POST", "/");
			set_host(x, hosts[i]);
			oom_after(++n);
			ask_without_memory(x);
		} while (oom_off());
		assert_true(n > 5);
		assert_int_equal(x->outcome, OUTCOME_ANSWERED);
		assert_true(span_is(buf_span(&x->body), "hi"));
	}
}

/* --- the tape --- */

/* "connect, connected, write, read, close": reads and writes in a row are
 * one. */
static const char *
marks_of(const struct exchange *x)
{
	const struct tape *t = &x->tape;
	const char *text = "";
	size_t i;

	for (i = 0; i < t->nmark; i++)
		if (i == 0 || t->mark[i].what != t->mark[i - 1].what)
			text = test_text("%s%s%s", text, i == 0 ? "" : ", ",
			    tape_event_words(t->mark[i].what));
	return text;
}

/* In the order of time, each run of bytes where the one before ended, from
 * the start to the end that the times know, too. */
static void
check_tape(const struct exchange *x)
{
	const struct tape *t = &x->tape;
	uint64_t off[TAPE_WAYS] = { 0 };
	int64_t at = x->start;
	const struct tape_mark *m;

	assert_int_equal(t->lost, 0);
	for (m = t->mark; m < t->mark + t->nmark; m++) {
		assert_true(m->at >= at);
		at = m->at;
		if (m->what != TAPE_READ && m->what != TAPE_WRITE)
			continue;
		assert_int_equal(m->off, off[tape_way_of(m)]);
		off[tape_way_of(m)] += m->n;
	}
	assert_true(x->start + x->times.total >= at);
	assert_int_equal(off[TAPE_IN], t->reel[TAPE_IN].all);
	assert_int_equal(off[TAPE_OUT], t->reel[TAPE_OUT].all);
	m = tape_first(t, TAPE_RESOLVED);
	assert_int_equal(x->times.name, m == NULL ? -1 : m->at - x->start);
	m = tape_first(t, TAPE_CONNECTED);
	assert_int_equal(x->times.connect, m == NULL ? -1 : m->at - x->start);
	m = tape_first(t, TAPE_READ);
	assert_int_equal(
	    x->times.first_byte, m == NULL ? -1 : m->at - x->start);
}

static void
expect_tape_at(struct exchange *x, const char *marks)
{
	go(x);
	check_tape(x);
	if (strcmp(marks_of(x), marks) != 0)
		test_fail("%s: %s", outcome_words(x->outcome), marks_of(x));
}

#define expect_tape(x, marks) \
	(test_at(__FILE__, __LINE__), expect_tape_at(x, marks))

static void
tapes_who_ended_the_connection(void **state)
{
	static const struct peer_step resets[] = { PEER_HEAD, PEER_RESET,
		PEER_END };
	struct exchange *x =
	    ask(answering(OK200, PEER_OP_HANG)->port, "GET", "/");

	(void)state;
	expect_tape(x, "connect, connected, write, read, close");
	assert_int_equal(tape_ended(&x->tape)->what, TAPE_CLOSE);
	assert_int_equal(tape_ended(&x->tape)->at, x->start + x->times.total);
	x = ask(answering("HTTP/1.0 200 OK\r\n\r\nhi", PEER_OP_END)->port,
	    "GET", "/");
	expect_tape(x, "connect, connected, write, read, end of input, close");
	assert_int_equal(tape_ended(&x->tape)->what, TAPE_END);
	x = ask(peer_start(resets)->port, "GET", "/");
	expect_tape(x, "connect, connected, write, reset, close");
	assert_int_equal(tape_ended(&x->tape)->error, ECONNRESET);
	x = ask(net_refused_port(), "GET", "/");
	expect_tape(x, "connect, failed");
	assert_int_equal(tape_ended(&x->tape)->error, ECONNREFUSED);
	x = ask(stuck_port(), "GET", "/");
	start(x);
	engine_cancel(engine, x->id, now());
	assert_string_equal(marks_of(x), "connect, close");
	x = ask(answering(OK200, PEER_OP_HANG)->port, "GET", "/");
	set_host(x, "localhost");
	expect_tape(x, "name resolved, connect, connected, write, read, close");
}

static void
tapes_what_was_received(void **state)
{
	struct exchange *x =
	    ask(answering(OK200 "more", PEER_OP_END)->port, "GET", "/");
	struct span s;
	uint64_t gone;

	(void)state;
	go(x);
	s = tape_run(&x->tape, TAPE_IN, 0, all_in(x), &gone);
	assert_true(span_is(s, OK200 "more"));
}

/* Both ends must name the connection alike. */
static void
tapes_both_addresses_and_what_tcp_says(void **state)
{
	struct peer *p = answering(OK200, PEER_OP_HANG);
	struct exchange *x = ask(p->port, "GET", "/");
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	(void)state;
	start(x);
	assert_int_equal(
	    getsockname(engine_fd(), (struct sockaddr *)&a, &len), 0);
	settle(x);
	assert_string_equal(x->tape.local, address(ntohs(a.sin_port)));
	assert_string_equal(x->tape.peer, address(p->port));
	assert_true(x->tape.tcp.known);
	assert_true(x->tape.tcp.rtt > 0 && x->tape.tcp.rtt < 1000000);
	assert_true(x->tape.tcp.send_mss >= 536);
	assert_true(x->tape.tcp.send_window > 0);
	assert_true(x->tape.tcp.peer_window > 0);
	assert_true(x->tape.tcp.recv_window > 0);
	assert_int_equal(x->tape.tcp.retransmits, 0);

	x = ask(net_refused_port(), "GET", "/");
	go(x);
	assert_string_equal(x->tape.local, "");
	assert_false(x->tape.tcp.known);
}

static void
tapes_each_write_of_an_upload(void **state)
{
	enum {
		N = 4 << 20
	};
	static const struct peer_step steps[] = { PEER_HEAD, PEER_READ(N),
		PEER_SAY(OK200), PEER_HANG, PEER_END };
	struct exchange *x = ask(peer_start(steps)->port, "POST", "/");

	(void)state;
	set_body(x, N);
	expect_tape(x, "connect, connected, write, read, close");
	assert_true(tape_last(&x->tape, TAPE_WRITE)->off > 0);
	assert_int_equal(
	    tape_last(&x->tape, TAPE_WRITE)->at, x->start + x->times.sent);
	assert_true(exchange_weight(x) <
	    N + LIMIT_TAPE_FIRST + 2 * LIMIT_TAPE_LAST + 64 * 1024);
}

/* How far off is the worst stamp of an answer with known delays, in ns? */
static int64_t
lateness(void)
{
	static const struct peer_step slow[] = { PEER_HEAD, PEER_WAIT(20),
		PEER_SAY("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"),
		PEER_WAIT(50), PEER_DRIP("abc", 50), PEER_HANG, PEER_END };
	struct exchange *x = ask(peer_start(slow)->port, "GET", "/");
	const struct tape_mark *m;
	int64_t late, wrong, worst = 0, waited = 20;

	expect_tape(x, "connect, connected, write, read, close");
	m = tape_first(&x->tape, TAPE_WRITE);
	assert_int_equal(x->tape.nmark, 8);
	for (; m->what != TAPE_CLOSE; m++, waited = 50) {
		if (m[1].what == TAPE_CLOSE)
			waited = 0;
		late = m[1].at - m->at - waited * 1000000;
		/* A sleep ends late, never early: so may what follows it be,
		 * by as much as the one before was late. */
		wrong = late < 0 ? -late - worst : late;
		if (wrong > worst)
			worst = wrong;
	}
	return worst;
}

/* Others may hold the processor up, so not each time. */
static void
stamps_within_two_milliseconds(void **state)
{
	int64_t late = INT64_MAX;
	int i;

	(void)state;
	for (i = 0; i < 40 && late > TEST_EXACT; i++)
		late = lateness();
	if (late > TEST_EXACT)
		test_fail("%d us late", (int)(late / 1000));
}

/* How far one phase is from what it should be, in nanoseconds; its bar says
 * the same figure. */
static int64_t
bar_error(const struct exchange *x, enum timeline_phase phase, int ms)
{
	const struct timeline t = { .x = x, .cols = 100, .scale = true };
	struct timeline_span p[TIMELINE_PHASE_COUNT];
	struct timeline_at at = { 0 };
	char figure[ROWS_TIME];
	struct line line;
	int64_t error;
	bool said = false;

	timeline_phases(&t, p);
	assert_true(p[phase].from >= 0);
	rows_moment(figure, p[phase].to - p[phase].from);
	line_init(&line);
	while (line_clear(&line), !said && timeline_row(&t, &at, &line))
		said = memmem(line.text.data, line.text.len, "█", 3) != NULL &&
		    memmem(line.text.data, line.text.len, figure,
			strlen(figure)) != NULL;
	line_release(&line);
	assert_true(said);
	error = p[phase].to - p[phase].from - ms * INT64_C(1000000);
	return error < 0 ? -error : error;
}

static int64_t
worst_bar(void)
{
	static const struct peer_step slow[] = { PEER_HEAD, PEER_WAIT(20),
		PEER_SAY("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"),
		PEER_WAIT(50), PEER_DRIP("abc", 50), PEER_HANG, PEER_END };
	/* clang-format off */
	static const struct {
		enum timeline_phase phase;
		int ms;
	} bars[] = {
		{ TIMELINE_CONNECT, 0 }, { TIMELINE_SEND, 0 },
		{ TIMELINE_THINK, 20 }, { TIMELINE_BACK, 150 },
		{ TIMELINE_TOTAL, 170 },
	};
	/* clang-format on */
	struct exchange *x = ask(peer_start(slow)->port, "GET", "/");
	int64_t error, worst = 0;

	go(x);
	assert_int_equal(x->outcome, OUTCOME_ANSWERED);
	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		error = bar_error(x, bars[i].phase, bars[i].ms);
		if (error > worst)
			worst = error;
	}
	return worst;
}

static void
each_bar_is_right_within_two_milliseconds(void **state)
{
	int64_t worst = INT64_MAX;

	(void)state;
	for (int i = 0; i < 40 && worst > TEST_EXACT; i++)
		worst = worst_bar();
	if (worst > TEST_EXACT)
		test_fail("%d us wrong", (int)(worst / 1000));
}

enum {
	EXCHANGES = 1000
};

/* What the other end saw of one connection. */
struct other_seen {
	int64_t accepted;
	int64_t read;
	int64_t wrote;
	int64_t ended;
};

struct other_end {
	int listener;
	pthread_t thread;
	struct other_seen seen[EXCHANGES];
	int n;
};

/* Stamps as a tape is stamped: before a write, and behind what was caused. */
static bool
serve_one(int listener, struct other_seen *seen)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct timeval ms = { MS / 1000, 0 };
	char bytes[1024];
	bool ok;
	int fd;

	poll(&p, 1, MS);
	fd = accept(listener, NULL, NULL);
	seen->accepted = now();
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &ms, sizeof(ms));
	ok = recv(fd, bytes, sizeof(bytes), 0) > 0;
	seen->read = now();
	seen->wrote = now();
	ok = ok && send(fd, OK200, strlen(OK200), MSG_NOSIGNAL) > 0;
	ok = ok && recv(fd, bytes, sizeof(bytes), 0) == 0;
	seen->ended = now();
	close(fd);
	return ok;
}

static void *
serve_all(void *arg)
{
	struct other_end *o = arg;

	while (o->n < EXCHANGES && serve_one(o->listener, &o->seen[o->n]))
		o->n++;
	return NULL;
}

static void
join(void *arg)
{
	struct other_end *o = arg;

	pthread_join(o->thread, NULL);
}

/* Cause before effect, whichever end a stamp is from. */
static void
stamps_in_causal_order_with_the_other_end(void **state)
{
	struct other_end *o = test_alloc(sizeof(*o));
	struct exchange *x[EXCHANGES];
	const struct other_seen *seen;
	const struct tape *t;
	int i, port;

	(void)state;
	o->listener = net_listen(&port);
	assert_int_equal(pthread_create(&o->thread, NULL, serve_all, o), 0);
	test_later(join, o);
	for (i = 0; i < EXCHANGES; i++)
		go(x[i] = ask(port, "GET", "/"));
	test_never(join, o);
	join(o);
	assert_int_equal(o->n, EXCHANGES);
	for (i = 0; i < EXCHANGES; i++) {
		t = &x[i]->tape;
		seen = &o->seen[i];
		check_tape(x[i]);
		assert_true(tape_first(t, TAPE_CONNECT)->at < seen->accepted);
		assert_true(tape_first(t, TAPE_WRITE)->at < seen->read);
		assert_true(seen->wrote < tape_first(t, TAPE_READ)->at);
		assert_true(tape_last(t, TAPE_CLOSE)->at < seen->ended);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sends_what_was_composed_and_shows_the_answer),
		TEST(times_each_part),
		TEST(times_apart_what_one_turn_does),
		TEST(reads_an_answer_until_the_close),
		TEST(an_answer_until_the_close_may_be_reset),
		TEST(reads_an_answer_in_chunks),
		TEST(waits_for_no_body_behind_head),
		TEST(reads_an_answer_that_drips),
		TEST(notes_what_follows_the_answer),
		TEST(sends_a_large_body_whole),
		TEST(takes_an_early_answer_while_it_sends),
		TEST(keeps_an_answer_that_a_reset_follows),
		TEST(keeps_sixty_four_in_flight),
		TEST(takes_a_large_answer_in_steps),
		TEST(says_who_refused),
		TEST(says_what_cannot_be_reached),
		TEST(says_that_no_answer_came),
		TEST(says_that_only_an_interim_answer_came),
		TEST(shows_an_answer_that_was_cut_short),
		TEST(says_that_the_peer_reset),
		TEST(says_that_the_upload_was_reset),
		TEST(keeps_what_is_no_answer),
		TEST(names_the_dialect_that_the_peer_speaks),
		TEST(does_not_doubt_the_dialect_that_was_spoken),
		TEST(looks_a_name_up),
		TEST(names_the_address_behind_a_name),
		TEST(says_that_a_name_is_unknown),
		TEST(escapes_the_name_it_complains_of),
		TEST(speaks_to_ipv6),
		TEST(tries_the_next_address),
		TEST(tells_of_the_address_that_answered_at_all),
		TEST(cancels_in_every_state),
		TEST(forgets_the_name_of_a_cancelled_one),
		TEST(cancels_what_is_in_flight_at_the_end),
		TEST(times_out_in_every_state),
		TEST(reads_before_it_times_out),
		TEST(sends_over_a_connection_it_sees_late),
		TEST(goes_on_sending_after_a_late_look),
		TEST(asks_the_seeds_server),
		TEST(takes_a_classic_answer_in_pieces),
		TEST(needs_no_silence_where_a_classic_answer_ends),
		TEST(tells_a_body_that_breaks_from_an_answer),
		TEST(says_that_a_limit_is_its_own),
		TEST(waits_fifty_milliseconds_behind_a_classic_answer),
		TEST(survives_each_allocation_that_fails),
		TEST(tapes_who_ended_the_connection),
		TEST(tapes_what_was_received),
		TEST(tapes_both_addresses_and_what_tcp_says),
		TEST(tapes_each_write_of_an_upload),
		TEST(stamps_within_two_milliseconds),
		TEST(each_bar_is_right_within_two_milliseconds),
		TEST(stamps_in_causal_order_with_the_other_end),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
