/*
 * The classic dialect as seen from outside.
 */
#include <poll.h>
#include <string.h>

#include "answer.h"
#include "limit.h"
#include "net.h"
#include "peer.h"
#include "proc.h"
#include "test.h"

static struct retortd *server;

static int
start(void **state)
{
	(void)state;
	server = retortd_start("-L", "none", NULL);
	test_keep();
	return 0;
}

enum end {
	SILENCE,
	HALF_CLOSE,
};

struct row {
	const char *sent;
	enum end end;
	const char *want;
};

#define OK  "HTTP/200 OK"
#define BAD "HTTP/400 BAD REQUEST"

/* clang-format off */
static const struct row rows[] = {
	{ "GET,test.com", SILENCE, OK },
	{ "GET,test.com", HALF_CLOSE, OK },
	{ "GET,test.com\n", SILENCE, OK },
	{ "GET,test.com\r\n", SILENCE, OK },
	{ "GET,test.com/\n", SILENCE, OK },
	{ "\r\n\nGET,test.com\n", SILENCE, OK },
	{ "POST,test.com/create\n", SILENCE, "HTTP/201 CREATED" },
	{ "HEAD,test.com/option\n", SILENCE, OK },
	{ "PUT,test.com/update\n", SILENCE, OK },
	{ "GET,http://test.com\n", SILENCE, OK },
	{ "GET,test.com:10000/\n", SILENCE, OK },
	{ "GET,test.com\nGET,test.com\n", SILENCE, OK },
	{ "GET,test.com/create\n", SILENCE, BAD },
	{ "POST,test.com\n", SILENCE, BAD },
	{ "DELETE,test.com/update\n", SILENCE, BAD },
	{ "get,test.com\n", SILENCE, BAD },
	{ "GET,test.com,x\n", SILENCE, BAD },
	{ "GET,example.com\n", SILENCE, BAD },
	{ "GET, test.com\n", SILENCE, BAD },
	{ "GET,\n", SILENCE, BAD },
	{ "GET,", HALF_CLOSE, BAD },
	{ ",test.com\n", SILENCE, BAD },
	{ ",", HALF_CLOSE, BAD },
	{ "GET,test.com\x1b[31m\n", SILENCE, BAD },
};
/* clang-format on */

static void
answers_and_closes(void **state)
{
	const struct row *row;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		row = &rows[i];
		fd = net_connect(server->port);
		net_say(fd, row->sent);
		if (row->end == HALF_CLOSE)
			net_half_close(fd);
		if (strcmp(net_read_until_close(fd, SOON).data, row->want) != 0)
			test_fail("%s is not answered by %s",
			    test_show(row->sent, strlen(row->sent)), row->want);
		net_close(fd);
	}
}

/* All cuts at once, each in two packets 20 ms apart. */
static void
answers_once_wherever_it_is_cut(void **state)
{
	static const char request[] = "PUT,test.com/update";
	enum {
		CUTS = sizeof(request) - 2
	};
	int fd[CUTS];
	size_t i;

	(void)state;
	for (i = 0; i < CUTS; i++) {
		fd[i] = net_connect(server->port);
		net_send(fd[i], request, i + 1);
	}
	poll(NULL, 0, 20);
	for (i = 0; i < CUTS; i++)
		net_send(fd[i], request + i + 1, CUTS - i);
	for (i = 0; i < CUTS; i++)
		assert_string_equal(net_read_until_close(fd[i], SOON).data, OK);
}

static void
is_quick_once_the_peer_is_quiet(void **state)
{
	int64_t begun = test_now();
	int fd = net_connect(server->port);

	(void)state;
	net_say(fd, "GET,test.com");
	assert_string_equal(net_read_until_close(fd, SOON).data, OK);
	assert_in_range(test_now() - begun, TIME_CLASSIC_QUIET - 1, 200);
}

/* A comma alone is not ended by silence. */
static void
waits_for_the_url(void **state)
{
	int fd = net_connect(server->port);

	(void)state;
	net_say(fd, "GET,");
	assert_false(net_readable(fd, 3 * TIME_CLASSIC_QUIET));
	net_say(fd, "test.com");
	assert_string_equal(net_read_until_close(fd, SOON).data, OK);
}

static void
refuses_what_is_too_long(void **state)
{
	char *big = test_alloc(LIMIT_CLASSIC + 16);
	int fd = net_connect(server->port);

	(void)state;
	memset(big, 'a', LIMIT_CLASSIC + 1);
	memcpy(big, "GET,", 4);
	net_say(fd, big);
	assert_string_equal(net_read_until_close(fd, SOON).data, BAD);
}

/* Connects first, and asks its user afterwards: others are served meanwhile. */
static void
answers_the_seeds_client(void **state)
{
	int fd = peer_seed_connect(server->port);
	int other = peer_seed_connect(server->port);

	(void)state;
	assert_string_equal(peer_seed_ask(other, "GET", "test.com"), OK);
	assert_string_equal(
	    peer_seed_ask(fd, "POST", "test.com/create"), "HTTP/201 CREATED");
	fd = peer_seed_connect(server->port);
	assert_string_equal(peer_seed_ask(fd, "HEAD", "test.com/option"), OK);
	fd = peer_seed_connect(server->port);
	assert_string_equal(peer_seed_ask(fd, "PUT", "test.com/update"), OK);
	fd = peer_seed_connect(server->port);
	assert_string_equal(peer_seed_ask(fd, "GET", "test.com/nope"), BAD);
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_and_closes),
		TEST(answers_once_wherever_it_is_cut),
		TEST(is_quick_once_the_peer_is_quiet),
		TEST(waits_for_the_url),
		TEST(refuses_what_is_too_long),
		TEST(answers_the_seeds_client),
	};

	return cmocka_run_group_tests_name("classic", tests, start, test_end);
}
