/*
 * retortd under attack, in small: hundreds that begin and never end, that
 * never read, that vanish; and a disk without room for the log.  Somebody who
 * behaves is answered all the while.
 */
#include <sys/resource.h>
#include <sys/socket.h>

#include <string.h>

#include "answer.h"
#include "net.h"
#include "proc.h"
#include "process.h"
#include "test.h"

enum {
	ATTACKERS = 300,
	ROUNDS = 20,
};

static struct retortd *server;
static int attacker[ATTACKERS];

static int
start(void **state)
{
	struct rlimit r;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
	r.rlim_cur = r.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
	server = retortd_start("-L", "none", NULL);
	return 0;
}

/* It has survived, and is at rest when nobody speaks. */
static int
stop(void **state)
{
	answer_new(server->port);
	want_asleep(server->proc->pid, 50);
	retortd_stop(server);
	return test_end(state);
}

static void
attack(const char *text)
{
	int i;

	for (i = 0; i < ATTACKERS; i++) {
		attacker[i] = net_connect(server->port);
		net_say(attacker[i], text);
	}
}

/* All of them say one byte more, in turn with a client that behaves: on a
 * connection that stays, and on a new one each time. */
static void
drip(const char *byte)
{
	int fd = net_connect(server->port);
	int i, round;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < ATTACKERS; i++)
			net_say(attacker[i], byte);
		answer_good(fd);
		answer_new(server->port);
	}
	net_close(fd);
}

static void
want_unanswered(void)
{
	int i;

	for (i = 0; i < ATTACKERS; i++)
		assert_false(net_readable(attacker[i], 0));
}

/* They are still connections like others. */
static void
want_answered(const char *end)
{
	int i;

	for (i = 0; i < ATTACKERS; i++) {
		net_say(attacker[i], end);
		assert_int_equal(answer_read(attacker[i], false).status, 200);
	}
}

static void
answers_beside_slow_heads(void **state)
{
	(void)state;
	attack("GET / HTTP/1.1\r\nHost: test.com\r\nX: ");
	drip("a");
	want_unanswered();
	want_answered("\r\n\r\n");
}

static void
answers_beside_slow_methods(void **state)
{
	(void)state;
	attack("G");
	drip("G");
	want_unanswered();
}

static void
answers_beside_slow_lengths(void **state)
{
	(void)state;
	attack("PUT /update HTTP/1.1\r\nHost: test.com\r\n"
	       "Content-Length: 21\r\n\r\n");
	drip("a");
	want_unanswered();
	want_answered("a");
}

static void
answers_beside_slow_chunks(void **state)
{
	(void)state;
	attack("PUT /update HTTP/1.1\r\nHost: test.com\r\n"
	       "Transfer-Encoding: chunked\r\n\r\n14\r\n");
	drip("a");
	want_unanswered();
	want_answered("\r\n0\r\n\r\n");
}

static void
answers_beside_slow_classic(void **state)
{
	(void)state;
	attack("GET");
	drip("T");
	want_unanswered();
}

/* Each asks for more than the kernel holds for it, and takes none of it: with
 * a small window, so that this is not much. */
static void
answers_beside_those_who_never_read(void **state)
{
	static char many[64 * 1024];
	static const char one[] =
	    "GET /nope HTTP/1.1\r\nHost: test.com\r\n\r\n";
	const size_t n = sizeof(one) - 1;
	const int window = 4096;
	size_t at;
	int fd = net_connect(server->port);
	int i;

	(void)state;
	for (at = 0; at + n <= sizeof(many); at += n)
		memcpy(many + at, one, n);
	attack(one);
	for (i = 0; i < ATTACKERS; i++) {
		setsockopt(attacker[i], SOL_SOCKET, SO_RCVBUF, &window,
		    sizeof(window));
		/* As much as goes, from those who are still read. */
		send(attacker[i], many, at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (i % 10 == 0)
			answer_good(fd);
	}
	answer_new(server->port);
	net_close(fd);
}

static void
survives_those_who_vanish(void **state)
{
	int round, i;

	(void)state;
	for (round = 0; round < 3; round++) {
		attack(round == 0    ? GOOD GOOD "GET"
			: round == 1 ? "PUT /update HTTP/1.1\r\nHost: a"
				     : "\x16\x03\x01");
		for (i = 0; i < ATTACKERS; i++)
			net_reset(attacker[i]);
		answer_new(server->port);
	}
}

/* --- a full disk --- */

static int
start_on_a_full_disk(void **state)
{
	(void)state;
	server = retortd_start("-o", "/dev/full", NULL);
	return 0;
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void
answers_when_the_disk_under_its_log_is_full(void **state)
{
	int fd = net_connect(server->port);
	int i;

	(void)state;
	for (i = 0; i < 500; i++)
		answer_good(fd);
	for (i = 0; i < 50; i++)
		answer_new(server->port);
	want_asleep(server->proc->pid, 100);
	assert_string_equal(proc_err(server->proc),
	    "retortd: cannot write the log: No space left on device\n");
	retortd_stop(server);
	assert_int_equal(count(proc_err(server->proc), "No space left"), 1);
	assert_int_equal(
	    count(proc_err(server->proc), "log lines dropped: 550\n"), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		TEST(answers_beside_slow_heads),
		TEST(answers_beside_slow_methods),
		TEST(answers_beside_slow_lengths),
		TEST(answers_beside_slow_chunks),
		TEST(answers_beside_slow_classic),
		TEST(answers_beside_those_who_never_read),
		TEST(survives_those_who_vanish),
		cmocka_unit_test_setup_teardown(
		    answers_when_the_disk_under_its_log_is_full,
		    start_on_a_full_disk, test_end),
	};

	return cmocka_run_group_tests_name("attack", tests, NULL, NULL);
}
