/*
 * Both ends of real exchanges: the engine on one, and on the other what the
 * real retortd tells over its control socket.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"
#include "engine.h"
#include "live.h"
#include "serverproc.h"
#include "test.h"
#include "timeline.h"

#define MS     5000
#define SECOND INT64_C(1000000000)

enum {
	EXCHANGES = 1000
};

static struct engine *engine;
static struct serverproc server;
static struct control control;
static struct live live;

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

/* --- a loop such as main's -------------------------------------------------- */

static void
listen_to_server(void)
{
	struct control_line line;
	enum control_kind kind;

	while ((kind = control_next(&control, &line)) != CONTROL_MORE) {
		if (kind == CONTROL_BAD)
			test_fail("%s", control.why);
		live_take(&live, kind, &line, now());
	}
	if (!control_is_open(&control))
		test_fail("%s", control.why);
}

static void
turn(int64_t ms)
{
	struct pollfd fds[SERVERPROC_FDS + CONTROL_FDS + ENGINE_FDS];
	size_t a = serverproc_pollfds(&server, fds);
	size_t b = control_pollfds(&control, fds + a);
	size_t c = engine_pollfds(engine, fds + a + b, ENGINE_FDS);

	assert_true(poll(fds, a + b + c, (int)ms) >= 0);
	serverproc_step(&server, fds, a, now());
	if (control_step(&control, fds + a, b))
		listen_to_server();
	engine_step(engine, fds + a + b, c, now());
}

#define until(fact)                                              \
	do {                                                     \
		int64_t by = test_now() + MS;                    \
                                                                 \
		while (!(fact)) {                                \
			if (test_left(by) == 0)                  \
				test_fail("never came: " #fact); \
			turn(test_left(by));                     \
		}                                                \
	} while (0)

static int
begin(void **state)
{
	(void)state;
	engine = engine_new(now);
	serverproc_init(&server);
	control_init(&control);
	live_init(&live, &server, 0);
	return engine == NULL;
}

static int
end(void **state)
{
	control_release(&control);
	serverproc_release(&server);
	live_release(&live);
	engine_free(engine);
	return test_end(state);
}

/* With those routes, or the ones that are built in. */
static void
start(const char *routes)
{
	const char *const argv[] = { "retortd", "-l", "127.0.0.1:0", "-L",
		"none", "-C", "fd:3", routes != NULL ? "-r" : NULL, routes,
		NULL };

	server.tells = true;
	serverproc_exec(&server, PROGRAMS "/retortd", argv, now());
	assert_true(server.control >= 0);
	control_open(&control, server.control);
	server.control = -1;
	live_begin(&live, &control);
	until(server.state != SERVER_STARTING);
	if (server.state != SERVER_RUNNING)
		test_fail("%s", server.why);
}

static void
free_exchange(void *x)
{
	exchange_free(x);
}

static struct exchange *
go(const char *target)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	test_later(free_exchange, x);
	x->host = strdup("127.0.0.1");
	x->port = server.port;
	x->request.method = strdup("GET");
	x->request.target = strdup(target);
	assert_true(headers_add(
	    &x->request.headers, span_text("Host"), span_text("test.com")));
	assert_true(engine_start(engine, x, now(), 1));
	until(x->outcome != OUTCOME_FLIGHT);
	assert_int_equal(x->outcome, OUTCOME_ANSWERED);
	return x;
}

/* --- in order --------------------------------------------------------------- */

/* Each byte was sent before it was received. */
static void
check_way(const struct tape *from, const struct tape *to)
{
	const struct tape_mark *w = from->mark, *r = to->mark;

	for (; r < to->mark + to->nmark; r++) {
		if (r->what != TAPE_READ)
			continue;
		/* The last write that brought bytes of that read. */
		while (w < from->mark + from->nmark &&
		    (w->what != TAPE_WRITE || w->off + w->n < r->off + r->n))
			w++;
		assert_true(w < from->mark + from->nmark);
		assert_true(w->at < r->at);
	}
	assert_int_equal(from->reel[TAPE_OUT].all, to->reel[TAPE_IN].all);
}

/* And the ladder made of both is one in time. */
static void
check_ladder(const struct exchange *x, const struct seen_end *seen)
{
	const struct timeline t = { x, *seen, 100, false };
	struct timeline_at at = { 0 };
	struct line line;
	double last = 0;

	line_init(&line);
	timeline_row(&t, &at, &line); /* the title */
	while (line_clear(&line), timeline_row(&t, &at, &line)) {
		double time;

		if (line.text.len == 0)
			break;
		buf_append(&line.text, "", 1);
		time = strtod(line.text.data, NULL);
		assert_true(time >= last || time == 0);
		if (time > last)
			last = time;
	}
	line_release(&line);
}

static void
check(const struct exchange *x)
{
	struct seen_end seen = seen_join(&live.seen, x);
	const struct tape *ours = &x->tape, *theirs;

	assert_int_equal(seen.how, SEEN_SAME);
	assert_non_null(seen.request);
	theirs = &seen.conn->tape;
	assert_true(tape_first(ours, TAPE_CONNECT)->at <
	    tape_first(theirs, TAPE_ACCEPT)->at);
	check_way(ours, theirs);
	check_way(theirs, ours);
	if (seen.conn->by_peer)
		assert_true(tape_last(ours, TAPE_CLOSE)->at <
		    tape_last(theirs, TAPE_END)->at);
	for (const struct tape *t = ours;; t = theirs) {
		for (size_t i = 1; i < t->nmark; i++)
			assert_true(t->mark[i - 1].at <= t->mark[i].at);
		if (t == theirs)
			break;
	}
	check_ladder(x, &seen);
}

static void
both_ends_are_in_causal_order(void **state)
{
	struct exchange **x = test_alloc(EXCHANGES * sizeof(*x));

	(void)state;
	start(NULL);
	for (int i = 0; i < EXCHANGES; i++)
		x[i] = go("/");
	until(server.requests == EXCHANGES);
	until(seen_next_open(&live.seen, NULL) == NULL);
	assert_int_equal(live.lost, 0);
	for (int i = 0; i < EXCHANGES; i++)
		check(x[i]);
}

/* --- in time ---------------------------------------------------------------- */

/* How far the phases are from what they should be, at most. */
static int64_t
worst_bar(void)
{
	/* clang-format off */
	static const struct {
		enum timeline_phase phase;
		int ms;
	} bars[] = {
		{ TIMELINE_CONNECT, 0 }, { TIMELINE_SEND, 0 },
		{ TIMELINE_THINK, 20 }, { TIMELINE_BACK, 0 },
		{ TIMELINE_TOTAL, 20 },
	};
	/* clang-format on */
	uint64_t before = server.requests;
	struct timeline_span p[TIMELINE_PHASE_COUNT];
	struct exchange *x = go("/slow");
	struct timeline t = { .x = x, .cols = 100 };
	int64_t worst = 0;

	until(server.requests > before);
	t.end = seen_join(&live.seen, x);
	assert_int_equal(t.end.how, SEEN_SAME);
	timeline_phases(&t, p);
	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		const struct timeline_span *s = &p[bars[i].phase];
		int64_t error = s->to - s->from - bars[i].ms * 1000000;

		assert_true(s->from >= 0);
		/* Never before its time: but each end has a clock tick. */
		assert_true(error > -1000000);
		if (error > worst)
			worst = error;
	}
	return worst;
}

/* Others may hold the processor up, so not each time. */
static void
each_bar_is_right_within_two_milliseconds(void **state)
{
	const char *path = test_text("%s/routes.conf", test_folder());
	FILE *f = fopen(path, "w");
	int64_t worst = INT64_MAX;

	(void)state;
	assert_non_null(f);
	fputs("host * {\n\tGET /slow return 200 \"x\" delay 20ms\n}\n", f);
	assert_int_equal(fclose(f), 0);
	start(path);
	for (int i = 0; i < 40 && worst > TEST_EXACT; i++)
		worst = worst_bar();
	if (worst > TEST_EXACT)
		test_fail("%d us wrong", (int)(worst / 1000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_ends_are_in_causal_order),
		TEST(each_bar_is_right_within_two_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
