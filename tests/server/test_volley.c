/*
 * Many sends at once: real socket pairs, of which some cannot take what is
 * sent.
 */
#include "volley.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
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
	assert_int_equal(v.sent[6], 0);
	assert_int_equal(v.sent[7], 1);
	assert_int_equal(v.sent[9], 3);
	free(large);
}

static void
leaves_whose_peer_is_gone(void **state)
{
	(void)state;
	close(theirs[2]);
	theirs[2] = -1;
	load(6);
	assert_int_equal(volley_fire(&v), 6);
	assert_int_equal(v.sent[2], 0);
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
	load(MANY);
	assert_int_equal(volley_fire(&v), 0);
	load(MANY);
	assert_int_equal(v.n, MANY);
}

/* The last of the tests: the process cannot take it back. */
static void
asks_no_more_who_does_not_tell(void **state)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_getevents, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	(void)state;
	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
	load(MANY);
	assert_int_equal(volley_fire(&v), MANY);
	assert_int_equal(v.sent[0], -EIO);
	assert_int_equal(v.sent[MANY - 1], -EIO);
	load(MANY);
	assert_int_equal(volley_fire(&v), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sends_to_each_its_own),
		TEST(tells_what_was_not_taken),
		TEST(leaves_whose_peer_is_gone),
		TEST(leaves_what_was_not_submitted),
		TEST(leaves_few_to_others),
		TEST(leaves_all_when_the_kernel_has_none),
		TEST(asks_no_more_who_does_not_tell),
	};

	return cmocka_run_group_tests_name("volley", tests, NULL, NULL);
}
