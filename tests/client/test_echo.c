/*
 * The server that echoes: the real retortd with a route that no folder has.
 */
#include "echo.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net.h"
#include "test.h"

#define MS 5000
#define REQUEST                                          \
	"BREW /a?b HTTP/1.1\r\nHost: any\r\nX-A:  b\r\n" \
	"Content-Length: 2\r\nConnection: close\r\n\r\nhi"

static struct echo echo;

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int
begin(void **state)
{
	(void)state;
	setenv("PATH", test_text("%s:%s", PROGRAMS, getenv("PATH")), 1);
	echo_init(&echo);
	return 0;
}

static int
end(void **state)
{
	echo_release(&echo);
	return test_end(state);
}

static void
until(enum serverproc_state state)
{
	int64_t late = test_now() + MS;

	while (echo.server.state != state) {
		struct pollfd fds[SERVERPROC_FDS];
		size_t n = serverproc_pollfds(&echo.server, fds);

		if (test_left(late) == 0)
			test_fail(
			    "state %d: %s", echo.server.state, echo.server.why);
		assert_true(poll(fds, n, test_left(late)) >= 0);
		serverproc_step(&echo.server, fds, n, now());
	}
}

static void
answers_with_the_request(void)
{
	int fd = net_connect(echo.server.port);
	struct bytes got;

	net_say(fd, REQUEST);
	got = net_read_until_close(fd, MS);
	assert_memory_equal(got.data, "HTTP/1.1 200 ", 13);
	assert_non_null(strstr(got.data, "\r\n\r\n" REQUEST));
}

static void
answers_with_what_it_received(void **state)
{
	(void)state;
	echo_start(&echo, now());
	until(SERVER_RUNNING);
	answers_with_the_request();
}

/* Nobody hears what it would tell: it keeps no record of it. */
static void
has_no_control_socket(void **state)
{
	const char *path;
	char line[1024] = { 0 };
	FILE *f;

	(void)state;
	echo_start(&echo, now());
	assert_int_equal(echo.server.control, -1);
	until(SERVER_RUNNING);
	path = test_text("/proc/%d/cmdline", (int)echo.server.pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(line, 1, sizeof(line) - 1, f) > 0);
	fclose(f);
	assert_null(memmem(line, sizeof(line), "-C", 3));
	assert_non_null(memmem(line, sizeof(line), "-r", 3));
}

static void
can_be_started_again(void **state)
{
	(void)state;
	echo_start(&echo, now());
	until(SERVER_RUNNING);
	assert_int_equal(kill(echo.server.pid, SIGKILL), 0);
	until(SERVER_FAILED);
	echo_start(&echo, now());
	until(SERVER_RUNNING);
	answers_with_the_request();
}

static void
leaves_nothing(void **state)
{
	pid_t pid;

	(void)state;
	echo_start(&echo, now());
	until(SERVER_RUNNING);
	pid = echo.server.pid;
	echo_release(&echo);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(echo.routes, -1);
	assert_int_equal(echo.server.state, SERVER_STOPPED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_with_what_it_received),
		TEST(has_no_control_socket),
		TEST(can_be_started_again),
		TEST(leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
