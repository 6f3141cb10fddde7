/*
 * What takes more than one talk to show of a routes file: runs that can be had
 * again, and connections that do not wait for one another.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "net.h"
#include "proc.h"
#include "test.h"

enum {
	CONNS = 3,
	ASKED = 20, /* on each */
	MANY = 2000
};

static struct retortd *
serve(const char *text)
{
	return retortd_start(
	    "-L", "none", "-r", test_file("routes.conf", text), NULL);
}

static const char *
ask(int fd)
{
	net_say(fd, GOOD);
	return answer_read(fd, false).body;
}

/* All that a run of connections gets, theirs in one piece each; `mixed`: their
 * requests come in turns. */
static const char *
run(const char *seed, bool mixed)
{
	struct retortd *d = serve(test_text(
	    "%s\nhost * {\n"
	    "GET / p 0.3 return 200 'a {uuid} ' template\n"
	    "GET / return 200 'b {uuid} ' template delay uniform(0s,1ms)\n}\n",
	    seed));
	const char *got[CONNS] = { "", "", "" };
	int fd[CONNS], i, k, step;

	for (i = 0; i < CONNS; i++) {
		fd[i] = net_connect(d->port);
		got[i] = ask(fd[i]); /* which numbers the connections */
	}
	for (step = 0; step < CONNS * ASKED; step++) {
		i = mixed ? step % CONNS : step / ASKED;
		got[i] = test_text("%s%s", got[i], ask(fd[i]));
	}
	for (k = 0; k < CONNS; k++)
		net_close(fd[k]);
	retortd_stop(d);
	assert_string_not_equal(got[0], got[1]);
	return test_text("%s\n%s\n%s\n", got[0], got[1], got[2]);
}

static void
a_seeded_run_can_be_had_again(void **state)
{
	const char *first = run("set seed 42", false);

	(void)state;
	assert_string_equal(run("set seed 42", false), first);
	assert_string_equal(run("set seed 42", true), first);
	assert_string_not_equal(run("set seed 43", false), first);
}

static void
without_a_seed_each_run_is_another(void **state)
{
	(void)state;
	assert_string_not_equal(run("", false), run("", false));
}

static void
p_is_a_probability(void **state)
{
	struct retortd *d = serve("set seed 1\nhost * {\n"
				  "GET / p 0.3 return 200 'a'\n"
				  "GET / return 200 'b'\n}\n");
	int fd = net_connect(d->port), n = 0, i;

	(void)state;
	for (i = 0; i < MANY; i++)
		n += strcmp(ask(fd), "a") == 0;
	/* 600, and four deviations of 20.5 */
	if (n < 518 || n > 682)
		test_fail("%d of %d", n, MANY);
}

static void
a_delay_holds_up_nobody_else(void **state)
{
	struct retortd *d =
	    serve("host slow.com { GET / return 200 'slow' delay 400ms }\n"
		  "host test.com { GET / return 200 'fast' }\n");
	int slow = net_connect(d->port), fast = net_connect(d->port), i;

	(void)state;
	net_say(slow, "GET / HTTP/1.1\r\nHost: slow.com\r\n\r\n");
	for (i = 0; i < ASKED; i++)
		assert_string_equal(ask(fast), "fast");
	/* All of them were there before it. */
	assert_false(net_readable(slow, 0));
	assert_string_equal(answer_read(slow, false).body, "slow");
}

/* Whoever leaves while he waits leaves nothing behind. */
static void
a_delay_outlives_no_client(void **state)
{
	struct retortd *d =
	    serve("host slow.com { GET / return 200 'slow' delay 50ms }\n"
		  "host test.com { GET / return 200 'fast' delay 100ms }\n");
	int slow = net_connect(d->port), fast = net_connect(d->port);

	(void)state;
	net_say(slow, "GET / HTTP/1.1\r\nHost: slow.com\r\n\r\n");
	net_reset(slow);
	assert_string_equal(ask(fast), "fast");
	retortd_stop(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    a_seeded_run_can_be_had_again, test_end),
		cmocka_unit_test_teardown(
		    without_a_seed_each_run_is_another, test_end),
		cmocka_unit_test_teardown(p_is_a_probability, test_end),
		cmocka_unit_test_teardown(
		    a_delay_holds_up_nobody_else, test_end),
		cmocka_unit_test_teardown(a_delay_outlives_no_client, test_end),
	};

	return cmocka_run_group_tests_name("routes_run", tests, NULL, NULL);
}
