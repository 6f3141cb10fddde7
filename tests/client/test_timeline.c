/*
 * An exchange in time: the ladder as rows, what is folded, what is to scale,
 * and how long each phase was.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "timeline.h"
#include "width.h"

enum {
	US = 1000,
	MS = 1000 * 1000
};

static struct exchange *x;
static struct seen_conn conn;
static struct seen_request request;

static int
setup(void **state)
{
	(void)state;
	x = exchange_new();
	assert_non_null(x);
	x->start = 5 * MS;
	conn = (struct seen_conn){ .opened = 0, .closed = -1 };
	tape_init(&conn.tape, 1 << 20, 1 << 16, 1 << 14);
	request = (struct seen_request){
		.req = 1, .heard = -1, .in.to = UINT64_MAX, .out.to = UINT64_MAX
	};
	return 0;
}

static int
teardown(void **state)
{
	exchange_free(x);
	tape_release(&conn.tape);
	return test_end(state);
}

static void
we(enum tape_event what, int64_t us)
{
	tape_event(&x->tape, what, x->start + us * US, 0);
}

static void
they(enum tape_event what, int64_t us)
{
	tape_event(&conn.tape, what, x->start + us * US, 0);
}

static void
move(struct tape *t, enum tape_event what, int64_t us, size_t n)
{
	static char bytes[100000];

	tape_bytes(t, what, x->start + us * US, bytes, n);
}

/* As in a real one. */
static void
whole_exchange(void)
{
	static char route[] = "shop/routes.conf:12";

	we(TAPE_CONNECT, 0);
	we(TAPE_CONNECTED, 30);
	they(TAPE_ACCEPT, 41);
	move(&x->tape, TAPE_WRITE, 52, 78);
	move(&conn.tape, TAPE_READ, 71, 78);
	request.heard = x->start + 74 * US;
	request.route = route;
	move(&conn.tape, TAPE_WRITE, 96, 131);
	move(&x->tape, TAPE_READ, 118, 131);
	we(TAPE_CLOSE, 121);
	they(TAPE_END, 140);
	x->times.total = 121 * US;
}

static struct timeline
timeline(enum seen_how how, size_t cols, bool scale)
{
	struct timeline t = { .x = x, .cols = cols, .scale = scale };

	t.end.how = how;
	if (how == SEEN_SAME || how == SEEN_THROUGH) {
		t.end.conn = &conn;
		t.end.request = &request;
	}
	return t;
}

/* All rows, blanks at their ends cut. */
static const char *
rows_of(enum seen_how how, size_t cols, bool scale)
{
	struct timeline t = timeline(how, cols, scale);
	struct timeline_at at = { 0 }, passed = { 0 };
	struct buf b = { .max = 1 << 22 };
	const char *text;
	struct line line;

	line_init(&line);
	while (line_clear(&line), timeline_row(&t, &at, &line)) {
		assert_true(line.cols <= cols);
		assert_true(timeline_row(&t, &passed, NULL));
		assert_memory_equal(&at, &passed, sizeof(at));
		buf_append_span(&b, buf_span(&line.text));
		while (b.len > 0 && b.data[b.len - 1] == ' ')
			b.len--;
		buf_append_text(&b, "\n");
	}
	line_release(&line);
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

static void
is_a_ladder_between_both_ends(void **state)
{
	(void)state;
	whole_exchange();
	assert_string_equal(rows_of(SEEN_SAME, 79, false),
	    "       ms  retort                                      ms  "
	    "retortd\n"
	    "    0.000  connect         ────── 41 µs ──────▶     0.041  "
	    "accept\n"
	    "    0.030  connected\n"
	    "    0.052  write 78 B      ────── 19 µs ──────▶     0.071  read "
	    "78 B\n"
	    "                                thinks 0.022 ms     0.074  "
	    "routes.conf:12\n"
	    "    0.118  read 131 B      ◀────── 22 µs ──────     0.096  write "
	    "131 B\n"
	    "    0.121  close (ours)    ────── 19 µs ──────▶     0.140  end of "
	    "input\n"
	    "\n"
	    "connect 0.030  send 0.019  server 0.025  back 0.022  total 0.121 "
	    "ms\n"
	    "closed by us\n");
}

static void
shows_one_end_alone(void **state)
{
	(void)state;
	whole_exchange();
	assert_string_equal(rows_of(SEEN_NOT, 79, false),
	    "       ms  retort\n"
	    "    0.000  connect         ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶\n"
	    "    0.030  connected\n"
	    "    0.052  write 78 B      ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶\n"
	    "    0.118  read 131 B      ◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "    0.121  close (ours)    ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶\n"
	    "\n"
	    "connect 0.030  send 0.000  wait 0.066  receive 0.000  total 0.121 "
	    "ms\n"
	    "closed by us\n");
}

static void
stands_on_narrow_screens(void **state)
{
	(void)state;
	whole_exchange();
	assert_string_equal(rows_of(SEEN_SAME, 40, false),
	    "       ms  retort\n"
	    "    0.000  connect\n"
	    "    0.030  connected\n"
	    "    0.041  server: accept\n"
	    "    0.052  write 78 B\n"
	    "    0.071  server: read 78 B\n"
	    "    0.074  server: routes.conf:12, think\n"
	    "    0.096  server: write 131 B\n"
	    "    0.118  read 131 B\n"
	    "    0.121  close (ours)\n"
	    "    0.140  server: end of input\n"
	    "\n"
	    "connect 0.030  send 0.019  server 0.025\n"
	    "back 0.022  total 0.121 ms\n"
	    "closed by us\n");
}

static void
folds_many_calls(void **state)
{
	(void)state;
	we(TAPE_CONNECT, 0);
	we(TAPE_CONNECTED, 30);
	they(TAPE_ACCEPT, 41);
	move(&x->tape, TAPE_WRITE, 52, 78);
	move(&conn.tape, TAPE_READ, 71, 78);
	for (int i = 0; i < 412; i++)
		move(i % 4 == 0 ? &conn.tape : &x->tape,
		    i % 4 == 0 ? TAPE_WRITE : TAPE_READ, 100 + i * 10,
		    i % 4 == 0 ? 3000 : 1000);
	assert_string_equal(rows_of(SEEN_SAME, 79, false),
	    "       ms  retort                                      ms  "
	    "retortd\n"
	    "    0.000  connect         ────── 41 µs ──────▶     0.041  "
	    "accept\n"
	    "    0.030  connected\n"
	    "    0.052  write 78 B      ────── 19 µs ──────▶     0.071  read "
	    "78 B\n"
	    "    0.110  read 1.0 kB     ◀────── 10 µs ──────     0.100  write "
	    "3.0 kB\n"
	    "           … 307 reads, 307 kB                             … 102 "
	    "writes, 306 kB\n"
	    "    4.210  read 1.0 kB     ◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "\n"
	    "connect 0.030  send 0.019  server 0.029  back 4.110  total –\n"
	    "the connection stands\n");
}

static void
draws_gaps_and_bars_to_scale(void **state)
{
	(void)state;
	we(TAPE_CONNECT, 0);
	we(TAPE_CONNECTED, 1000);
	move(&x->tape, TAPE_WRITE, 1000, 10);
	move(&x->tape, TAPE_READ, 9000, 10);
	we(TAPE_END, 10000);
	we(TAPE_CLOSE, 10000);
	x->times.total = 10 * MS;
	assert_string_equal(rows_of(SEEN_NOT, 60, true),
	    "       ms  retort\n"
	    "    0.000  connect         ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶\n"
	    "           ┊ 1.000 ms\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "    1.000  connected\n"
	    "    1.000  write 10 B      ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶\n"
	    "           ┊ 8.000 ms\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "    9.000  read 10 B       ◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "           ┊ 1.000 ms\n"
	    "           ┊\n"
	    "           ┊\n"
	    "           ┊\n"
	    "   10.000  end of input    ◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "   10.000  close (ours)    ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶\n"
	    "\n"
	    "name                -\n"
	    "connect      1.000 ms  ████\n"
	    "send         0.000 ms     █\n"
	    "wait         8.000 ms     ██████████████████████████████\n"
	    "receive      0.000 ms                                   █\n"
	    "total       10.000 ms  █████████████████████████████████████\n"
	    "\n"
	    "connect 1.000  send 0.000  wait 8.000  receive 0.000  total\n"
	    "10.000 ms\n"
	    "closed by the peer\n");
}

static void
says_how_it_failed(void **state)
{
	(void)state;
	we(TAPE_RESOLVED, 10);
	x->times.name = 10 * US;
	we(TAPE_CONNECT, 10);
	tape_event(&x->tape, TAPE_FAILED, x->start + 20 * US, ECONNREFUSED);
	x->times.total = 20 * US;
	assert_string_equal(rows_of(SEEN_NOT, 79, false),
	    "       ms  retort\n"
	    "    0.010  name resolved\n"
	    "    0.010  connect         ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶\n"
	    "    0.020  failed: Connection refused\n"
	    "\n"
	    "name 0.010  connect –  send –  wait –  receive –  total 0.020 ms\n"
	    "no connection\n");
}

/* 20 ms of thinking, 50 ms of dripping. */
static void
measures_each_phase(void **state)
{
	struct timeline t = timeline(SEEN_SAME, 80, true);
	struct timeline_span p[TIMELINE_PHASE_COUNT];
	static const int64_t want[TIMELINE_PHASE_COUNT][2] = {
		{ -1, -1 },
		{ 0, 100 * US },
		{ 200 * US, 300 * US },
		{ 300 * US, 20 * MS },
		{ 20 * MS, 70 * MS },
		{ 0, 71 * MS },
	};

	(void)state;
	we(TAPE_CONNECT, 0);
	we(TAPE_CONNECTED, 100);
	move(&x->tape, TAPE_WRITE, 200, 10);
	move(&conn.tape, TAPE_READ, 300, 10);
	move(&conn.tape, TAPE_WRITE, 20000, 10);
	move(&x->tape, TAPE_READ, 20100, 10);
	move(&conn.tape, TAPE_WRITE, 69900, 10);
	move(&x->tape, TAPE_READ, 70000, 10);
	x->times.total = 71 * MS;
	timeline_phases(&t, p);
	for (int i = 0; i < TIMELINE_PHASE_COUNT; i++) {
		assert_int_equal(p[i].from, want[i][0]);
		assert_int_equal(p[i].to, want[i][1]);
	}
}

/* Other requests of a connection that goes on are not shown. */
static void
shows_its_own_request_alone(void **state)
{
	(void)state;
	move(&conn.tape, TAPE_READ, -900, 50);
	move(&conn.tape, TAPE_WRITE, -800, 60);
	move(&x->tape, TAPE_WRITE, 10, 78);
	move(&conn.tape, TAPE_READ, 20, 80);
	move(&conn.tape, TAPE_WRITE, 30, 70);
	move(&x->tape, TAPE_READ, 40, 72);
	move(&conn.tape, TAPE_READ, 900, 50);
	request.in = (struct seen_range){ 50, 130 };
	request.out = (struct seen_range){ 60, 130 };
	assert_string_equal(rows_of(SEEN_THROUGH, 79, false),
	    "       ms  retort                                      ms  "
	    "retortd\n"
	    "    0.010  write 78 B      ────── 10 µs ──────▶     0.020  read "
	    "80 B\n"
	    "    0.040  read 72 B       ◀────── 10 µs ──────     0.030  write "
	    "70 B\n"
	    "\n"
	    "connect –  send 0.010  server 0.010  back 0.010  total –\n"
	    "the connection stands\n");
}

static void
stands_any_events_at_any_width(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 300; i++) {
		enum tape_event what;

		seed = seed * 1103515245 + 12345;
		what = (enum tape_event)((seed >> 16) % TAPE_EVENT_COUNT);
		if (what == TAPE_READ || what == TAPE_WRITE)
			move(seed >> 28 & 1 ? &x->tape : &conn.tape, what,
			    i * 7, (seed >> 20) % 100);
		else
			(seed >> 28 & 1 ? we : they)(what, i * 7);
	}
	for (size_t cols = 1; cols < 140; cols++) {
		rows_of(SEEN_SAME, cols, false);
		rows_of(SEEN_SAME, cols, true);
		rows_of(SEEN_NOT, cols, cols % 2 == 0);
		rows_of(SEEN_THROUGH, cols, cols % 2 == 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_a_ladder_between_both_ends),
		TEST(shows_one_end_alone),
		TEST(stands_on_narrow_screens),
		TEST(folds_many_calls),
		TEST(draws_gaps_and_bars_to_scale),
		TEST(says_how_it_failed),
		TEST(measures_each_phase),
		TEST(shows_its_own_request_alone),
		TEST(stands_any_events_at_any_width),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
