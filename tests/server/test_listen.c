/*
 * Listeners on real sockets of 127.0.0.1.
 */
#include "listen.h"

#include <netinet/tcp.h>

#include <poll.h>
#include <unistd.h>

#include "net.h"
#include "test.h"

static struct listeners all;

static int
start(void **state)
{
	union address_any sa;

	(void)state;
	all = (struct listeners){ 0 };
	assert_true(listen_parse("127.0.0.1:0", &sa));
	assert_true(listeners_open(&all, &sa));
	return 0;
}

static int
stop(void **state)
{
	listeners_close(&all);
	return test_end(state);
}

/* The end of a connection to the listener. */
static int
accept_one(void)
{
	struct pollfd p = { .fd = all.v[0].fd, .events = POLLIN };
	struct address at;
	union address_any sa;
	socklen_t n = sizeof(sa);
	int fd;

	assert_int_equal(getsockname(p.fd, &sa.any, &n), 0);
	at = address_of(&sa);
	net_say(net_connect(at.port), "x");
	assert_int_equal(poll(&p, 1, 5000), 1);
	fd = accept(p.fd, NULL, NULL);
	assert_true(fd >= 0);
	return fd;
}

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &n), 0);
	return value;
}

/* The kernel sees what was taken of all that it holds; the server does not. */
static void
gives_up_peers_that_take_nothing(void **state)
{
	int fd = accept_one();

	(void)state;
	assert_int_equal(
	    option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), TIME_PROGRESS);
	assert_int_not_equal(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
	close(fd);
}

/* Linux doubles what it is told, for what it spends itself. */
static void
bounds_what_the_kernel_holds(void **state)
{
	int fd = accept_one();

	(void)state;
	assert_in_range(option(fd, SOL_SOCKET, SO_SNDBUF), 1, 2 * LIMIT_UNSENT);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    gives_up_peers_that_take_nothing, start, stop),
		cmocka_unit_test_setup_teardown(
		    bounds_what_the_kernel_holds, start, stop),
	};

	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
