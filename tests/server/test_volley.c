/*
 * Many sends at once: real socket pairs, of which some cannot take what is
 * sent.
 */
#include "volley.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

enum {
	MANY = LIMIT_PARCELS
};

static struct volley v;
static int ours[MANY], theirs[MANY];

static int
start(void **state)
{
	int fd[2], i;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	volley_init(&v);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
		ours[i] = fd[0];
		theirs[i] = fd[1];
	}
	return 0;
}

static int
stop(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		close(ours[i]);
		if (theirs[i] >= 0)
			close(theirs[i]);
	}
	volley_release(&v);
	return 0;
}

static void
load(int n)
{
	static const char bytes[] = "a number of bytes, each another number";
	int i;

	for (i = 0; i < n; i++)
		volley_load(&v, ours[i], (struct span){ bytes, (size_t)i + 1 });
}

/* A peer gets the bytes that were told. */
static void
assert_got(int i, ssize_t n)
{
	char got[64];

	assert_int_equal(v.sent[i], n);
	assert_int_equal(recv(theirs[i], got, sizeof(got), 0), n);
}

static void
sends_to_each_its_own(void **state)
{
	int i, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		load(MANY);
		assert_int_equal(volley_fire(&v), MANY);
		for (i = 0; i < MANY; i++)
			assert_got(i, i + 1);
	}
}

/* Room for some but not for all, and room for none. */
static void
tells_what_was_not_taken(void **state)
{
	enum {
		LARGE = 16 * 1024 * 1024
	};
	char *large = calloc(1, LARGE);

	(void)state;
	assert_non_null(large);
	load(5);
	volley_load(&v, ours[5], (struct span){ large, LARGE });
	volley_load(&v, ours[5], (struct span){ large, LARGE });
	load(3);
	assert_int_equal(volley_fire(&v), 10);
	assert_in_range(v.sent[5], 1, LARGE - 1);
	assert_int_equal(v.sent[6], -EAGAIN);
	assert_int_equal(v.sent[7], 1);
	assert_int_equal(v.sent[9], 3);
	free(large);
}

static void
tells_whose_peer_is_gone(void **state)
{
	(void)state;
	close(theirs[2]);
	theirs[2] = -1;
	load(6);
	assert_int_equal(volley_fire(&v), 6);
	assert_int_equal(v.sent[2], -EPIPE);
	assert_got(1, 2);
	assert_got(3, 4);
}

/* The kernel takes none behind what is no descriptor. */
static void
leaves_what_was_not_submitted(void **state)
{
	char got[64];

	(void)state;
	load(4);
	volley_load(&v, -1, (struct span){ "x", 1 });
	volley_load(&v, ours[5], (struct span){ "x", 1 });
	assert_int_equal(volley_fire(&v), 4);
	assert_got(3, 4);
	assert_true(recv(theirs[5], got, sizeof(got), 0) < 0);

	volley_load(&v, -1, (struct span){ "x", 1 });
	load(4);
	assert_int_equal(volley_fire(&v), 0);
	assert_true(recv(theirs[3], got, sizeof(got), 0) < 0);
}

static void
leaves_few_to_others(void **state)
{
	char got[64];

	(void)state;
	load(1);
	assert_int_equal(volley_fire(&v), 0);
	assert_true(recv(theirs[0], got, sizeof(got), 0) < 0);
	load(MANY);
	assert_int_equal(volley_fire(&v), MANY);
	assert_got(0, 1);
}

static void
leaves_all_when_the_kernel_has_none(void **state)
{
	(void)state;
	volley_release(&v);
	v.context = 0;
	load(MANY);
	assert_int_equal(volley_fire(&v), 0);
	load(MANY);
	assert_int_equal(v.n, MANY);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sends_to_each_its_own),
		TEST(tells_what_was_not_taken),
		TEST(tells_whose_peer_is_gone),
		TEST(leaves_what_was_not_submitted),
		TEST(leaves_few_to_others),
		TEST(leaves_all_when_the_kernel_has_none),
	};

	return cmocka_run_group_tests_name("volley", tests, NULL, NULL);
}
