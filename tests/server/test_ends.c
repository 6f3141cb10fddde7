/*
 * How connections end: whatever the peer sends then, no answer is lost on its
 * way to it.
 */
#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "net.h"
#include "proc.h"
#include "test.h"

enum {
	LONG = 60000 /* more than a narrow peer takes at once, and less than
		      * is sent at once */
};

static const struct {
	const char *name;
	const char *path;
	const char *fields;
	const char *behind; /* sent when the server has closed */
} ends[] = {
	{ "the route's, and a next request", "/close", "", GOOD },
	{ "the client's, and a stray line", "/", "Connection: close\r\n",
	    "\r\n" },
};

/* A server that answers at length. */
static struct retortd *
serve(void)
{
	char *body = test_alloc(LONG + 1);

	memset(body, 'x', LONG);
	return retortd_start("-L", "common", "-r",
	    test_file("routes.conf",
		test_text("host test.com {\n"
			  "GET / return 200 '%s'\n"
			  "GET /close return 200 '%s' close\n}\n",
		    body, body)),
	    NULL);
}

/* It is written at the end of a turn: all of that has happened. */
static void
await_log(struct retortd *d)
{
	assert_non_null(proc_read_line(d->proc, SOON));
}

static void
want_long(const char *name, struct bytes b)
{
	if (b.len < LONG || strspn(b.data + b.len - LONG, "x") != LONG)
		test_fail("%s: %zu bytes", name, b.len);
}

static void
bytes_behind_an_end_destroy_no_answer(void **state)
{
	struct retortd *d = serve();
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		fd = net_connect_narrow(d->port);
		net_say(fd,
		    test_text("GET %s HTTP/1.1\r\nHost: test.com\r\n%s\r\n",
			ends[i].path, ends[i].fields));
		await_log(d);
		net_say(fd, ends[i].behind);
		want_long(ends[i].name, net_read_until_close(fd, SOON));
		net_close(fd);
	}
}

/* It takes no more connections, hence was told to leave. */
static void
await_refusal(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int64_t until = test_now() + SOON;
	int fd, refused = 0;

	while (!refused) {
		assert_true(test_left(until) > 0);
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_true(fd >= 0);
		refused = connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 &&
		    errno == ECONNREFUSED;
		close(fd);
		poll(NULL, 0, 1);
	}
}

static void
leaving_destroys_no_answer(void **state)
{
	struct retortd *d = serve();
	int fd = net_connect_narrow(d->port);

	(void)state;
	net_say(fd, GOOD);
	await_log(d);
	proc_kill(d->proc, SIGQUIT);
	await_refusal(d->port);
	net_say(fd, GOOD);
	want_long("a kept connection", net_read_until_close(fd, SOON));
	net_close(fd);
	assert_int_equal(proc_wait(d->proc, SOON), 0);
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_behind_an_end_destroy_no_answer),
		TEST(leaving_destroys_no_answer),
	};

	return cmocka_run_group_tests_name("ends", tests, NULL, NULL);
}
