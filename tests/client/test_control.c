/*
 * The control socket from the client's end: lines into events and replies,
 * whatever way they are cut; faults with a sentence; and the socket itself.
 */
#include "control.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net.h"
#include "oom.h"
#include "test.h"

enum {
	MS = 5000
};

static struct control c;

static int
begin(void **state)
{
	(void)state;
	control_init(&c);
	return 0;
}

static int
end(void **state)
{
	control_release(&c);
	return test_end(state);
}

/* ' for ". */
static char *
json(const char *text)
{
	char *copy = test_text("%s", text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

/* What comes of it in order, a letter each: an event, a reply, a fault. */
static const char *
kinds_of(const char *text, size_t cut)
{
	size_t n = strlen(text), k = 0;
	char *kinds = test_alloc(n + 1);
	struct control_line line;
	enum control_kind kind;

	for (size_t at = 0; at < n; at += cut) {
		assert_true(
		    control_feed(&c, text + at, cut < n - at ? cut : n - at));
		while ((kind = control_next(&c, &line)) != CONTROL_MORE) {
			kinds[k++] = "?erB"[kind];
			if (kind == CONTROL_BAD)
				return kinds;
		}
	}
	return kinds;
}

#define EVENT                                                                \
	"{'t':1,'ev':'open','conn':3,'at':'x','peer':'127.0.0.1:9','local':" \
	"'127.0.0.1:80'}\n"
#define REPLY "{'id':7,'ok':true,'routes':2}\n"

static void
tells_events_from_replies_however_they_are_cut(void **state)
{
	const char *text = json(EVENT REPLY
	    "{'ev':'lost','n':4}\n" EVENT "{'id':8,'ok':false,'error':'no'}\n");

	(void)state;
	for (size_t cut = 1; cut <= strlen(text); cut++) {
		assert_string_equal(kinds_of(text, cut), "ereer");
		control_release(&c);
	}
}

static void
hands_out_what_stands_in_them(void **state)
{
	struct control_line line;
	const char *text = json(EVENT REPLY);

	(void)state;
	assert_true(control_feed(&c, text, strlen(text)));
	assert_int_equal(control_next(&c, &line), CONTROL_EVENT);
	assert_int_equal(line.event.kind, JOURNAL_OPEN);
	assert_int_equal(line.event.conn, 3);
	assert_true(span_is(line.event.peer, "127.0.0.1:9"));
	assert_int_equal(control_next(&c, &line), CONTROL_REPLY);
	assert_int_equal(line.id, 7);
	assert_true(line.ok);
	assert_true(span_is(line.json, json("{'id':7,'ok':true,'routes':2}")));
	assert_int_equal(control_next(&c, &line), CONTROL_MORE);
}

static void
passes_over_what_it_does_not_know(void **state)
{
	(void)state;
	assert_string_equal(
	    kinds_of(json("{'ev':'news','x':[1,{}]}\n{}\n" REPLY), 1000), "r");
	assert_string_equal(
	    kinds_of(json("{'ev':'open','conn':1}\n" REPLY), 1000), "r");
	/* An id that is no number of ours. */
	assert_string_equal(
	    kinds_of(json("{'id':'7'}\n{'id':-1}\n" REPLY), 1000), "r");
}

static void
what_is_no_json_is_a_fault(void **state)
{
	static const char *const bad[] = { "\n", "hello\n", "{\n", "[]\n",
		"{'id':1,}\n", "\xff\n", "{} {}\n", "HTTP/1.1 400\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_string_equal(
		    kinds_of(json(test_text(REPLY "%s" REPLY, bad[i])), 1000),
		    "rB");
		assert_string_equal(c.why, "what it sent is no line of JSON");
		control_release(&c);
	}
}

static void
a_line_may_be_long_but_not_endless(void **state)
{
	char *block = test_alloc(CONTROL_TURN);
	struct control_line line;
	size_t n = 0;

	(void)state;
	memset(block, 'x', CONTROL_TURN);
	assert_true(control_feed(&c, "{\"id\":1,\"x\":\"", 13));
	while (n + CONTROL_TURN < CONTROL_LINE_MAX - 64) {
		assert_true(control_feed(&c, block, CONTROL_TURN));
		assert_int_equal(control_next(&c, &line), CONTROL_MORE);
		n += CONTROL_TURN;
	}
	assert_true(control_feed(&c, "\"}\n{", 4));
	assert_int_equal(control_next(&c, &line), CONTROL_REPLY);
	assert_int_equal(line.json.n, n + 15);
	assert_int_equal(control_next(&c, &line), CONTROL_MORE);
	for (n = 1; control_feed(&c, block, CONTROL_TURN); n += CONTROL_TURN)
		assert_int_equal(control_next(&c, &line), CONTROL_MORE);
	assert_true(n <= CONTROL_LINE_MAX);
	assert_string_equal(
	    c.why, "it sent a line of more than 8 MiB, which no retortd does");
}

/* --- the socket ------------------------------------------------------------- */

/* The other end. */
static int
pair(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	control_open(&c, fds[0]);
	return fds[1];
}

static bool
turn(void)
{
	struct pollfd p;
	size_t n = control_pollfds(&c, &p);

	assert_int_equal(poll(&p, n, MS), 1);
	return control_step(&c, &p, n);
}

static void
asks_with_ids_of_their_own(void **state)
{
	int fd = pair();
	struct bytes got;

	(void)state;
	assert_int_equal(control_ask(&c, "stats", ""), 1);
	assert_int_equal(control_ask(&c, "subscribe", "\"from\":\"ring\""), 2);
	got = net_read_n(fd, 62, MS);
	assert_string_equal(got.data,
	    json("{'id':1,'do':'stats'}\n"
		 "{'id':2,'do':'subscribe','from':'ring'}\n"));
	close(fd);
	while (control_is_open(&c))
		turn();
	assert_int_equal(control_ask(&c, "stats", ""), 0);
}

static void
reads_a_bounded_amount_at_once(void **state)
{
	int fd = pair(), size = 4 * CONTROL_TURN;
	char *block = test_alloc(CONTROL_TURN);
	struct control_line line;
	size_t replies = 0, sent = 0;
	ssize_t n;

	(void)state;
	memset(block, ' ', CONTROL_TURN);
	for (size_t i = 0; i + 20 < CONTROL_TURN; i += 20)
		memcpy(block + i, "{\"id\":1,\"ok\":true}\n\n" + 0, 19);
	for (size_t i = 19; i < CONTROL_TURN; i += 20)
		block[i] = ' ';
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((n = write(fd, block, CONTROL_TURN)) > 0)
		sent += (size_t)n;
	assert_true(sent > 0);
	while (control_is_open(&c)) {
		size_t before = c.in.len - c.taken;

		assert_true(turn());
		assert_true(c.in.len <= before + CONTROL_TURN + 64 * 1024);
		while (control_next(&c, &line) == CONTROL_REPLY)
			replies++;
		if (fd >= 0 && replies > 0) {
			close(fd);
			fd = -1;
		}
	}
	assert_true(replies >= sent / 20 - 2);
	assert_string_equal(c.why, "it closed the connection");
}

static void
what_came_before_the_end_is_read(void **state)
{
	int fd = pair();
	struct control_line line;

	(void)state;
	net_say(fd, json(REPLY));
	close(fd);
	assert_true(turn());
	assert_int_equal(control_next(&c, &line), CONTROL_REPLY);
	while (control_is_open(&c))
		turn();
	assert_string_equal(c.why, "it closed the connection");
	assert_int_equal(control_pollfds(&c, NULL), 0);
}

/* A socket in a folder, and whether somebody listens there. */
static const char *
socket_at(const char *name, bool listens, int *fd)
{
	const char *path = test_text("%s/%s", test_folder(), name);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	strlcpy(at.sun_path, path, sizeof(at.sun_path));
	*fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(*fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	if (listens)
		assert_int_equal(listen(*fd, 1), 0);
	return path;
}

static void
says_why_it_cannot_connect(void **state)
{
	char *path = test_alloc(300);
	int fd;

	(void)state;
	assert_false(control_connect(&c, "/nonexistent/socket"));
	assert_string_equal(
	    c.why, "no such socket; retortd -C unix:PATH makes one");
	assert_false(control_connect(&c, socket_at("deaf", false, &fd)));
	assert_string_equal(
	    c.why, "no server is there; retortd -C unix:PATH makes one");
	close(fd);
	memset(path, 'x', 299);
	assert_false(control_connect(&c, path));
	assert_string_equal(
	    c.why, "the path of a socket has at most 107 bytes");
	assert_false(control_is_open(&c));
}

static void
waits_for_the_first_word_but_not_for_ever(void **state)
{
	int fd, peer;
	const char *path = socket_at("retortd", true, &fd);
	struct control_line line;

	(void)state;
	assert_true(control_connect(&c, path));
	peer = accept(fd, NULL, NULL);
	net_say(peer, json(REPLY));
	assert_true(control_greet(&c, MS));
	assert_int_equal(control_next(&c, &line), CONTROL_REPLY);
	assert_false(control_greet(&c, 20));
	assert_string_equal(c.why,
	    "no answer within 20 ms: that is no control socket of a retortd");
	close(peer);
	assert_false(control_greet(&c, MS));
	assert_string_equal(c.why, "it closed the connection");
	close(fd);
}

static void
survives_each_allocation_that_fails(void **state)
{
	const char *text = json(EVENT REPLY);
	size_t n = 0;

	(void)state;
	do {
		struct control_line line;

		oom_after(++n);
		if (control_feed(&c, text, strlen(text)))
			while (control_next(&c, &line) != CONTROL_MORE)
				;
		control_release(&c);
	} while (oom_off());
	assert_true(n > 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_events_from_replies_however_they_are_cut),
		TEST(hands_out_what_stands_in_them),
		TEST(passes_over_what_it_does_not_know),
		TEST(what_is_no_json_is_a_fault),
		TEST(a_line_may_be_long_but_not_endless),
		TEST(asks_with_ids_of_their_own),
		TEST(reads_a_bounded_amount_at_once),
		TEST(what_came_before_the_end_is_read),
		TEST(says_why_it_cannot_connect),
		TEST(waits_for_the_first_word_but_not_for_ever),
		TEST(survives_each_allocation_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
