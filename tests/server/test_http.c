/*
 * HTTP as seen from outside: the real retortd, raw sockets, curl.
 */
#include <sys/socket.h>

#include <string.h>

#include "answer.h"
#include "limit.h"
#include "net.h"
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

/* --- one message each --- */

enum then {
	STAYS, /* another request is answered */
	CLOSES,
};

struct row {
	const char *name;
	const char *sent;
	const char *begins; /* the answer, up to and with the reason */
	const char *has;    /* somewhere in the answer */
	enum then then;
};

#define OK	"HTTP/1.1 200 OK\r\n"
#define BAD	"HTTP/1.1 400 Bad Request\r\n"
#define TO_TEST "Host: test.com\r\n"

/* clang-format off */
static const struct row rows[] = {
	{ "GET the root", GOOD, OK, "\r\n\r\nGET test.com/ is right.\n", STAYS },
	{ "POST create", "POST /create HTTP/1.1\r\n" TO_TEST "\r\n",
	    "HTTP/1.1 201 Created\r\n", "", STAYS },
	{ "PUT update", "PUT /update HTTP/1.1\r\n" TO_TEST "\r\n", OK, "",
	    STAYS },
	{ "has a Date", GOOD, OK, " GMT\r\n", STAYS },
	{ "has a type", GOOD, OK,
	    "Content-Type: text/plain; charset=utf-8\r\n", STAYS },
	{ "a port in Host", "GET / HTTP/1.1\r\nHost: test.com:81\r\n\r\n",
	    OK, "", STAYS },
	{ "a dot behind Host", "GET / HTTP/1.1\r\nHost: test.com.\r\n\r\n",
	    OK, "", STAYS },
	{ "capitals in Host", "GET / HTTP/1.1\r\nHost: TEST.Com\r\n\r\n",
	    OK, "", STAYS },
	{ "absolute-form wins",
	    "GET http://test.com/ HTTP/1.1\r\nHost: a.b\r\n\r\n", OK, "",
	    STAYS },
	{ "a query takes no part", "GET /?a=/b HTTP/1.1\r\n" TO_TEST "\r\n",
	    OK, "", STAYS },
	{ "a percent-encoded path",
	    "PUT /%75pdate HTTP/1.1\r\n" TO_TEST "\r\n", OK, "", STAYS },
	{ "dot-segments", "PUT /x/.././update HTTP/1.1\r\n" TO_TEST "\r\n",
	    OK, "", STAYS },
	{ "empty lines in front", "\r\n\r\n" GOOD, OK, "", STAYS },

	{ "another path", "GET /nope HTTP/1.1\r\n" TO_TEST "\r\n", BAD,
	    "No route answers GET test.com/nope.\n"
	    "The nearest: GET test.com/ (the path differs).\n", STAYS },
	{ "another method", "POST /update HTTP/1.1\r\n" TO_TEST "\r\n", BAD,
	    "The nearest: PUT test.com/update (the method differs).\n",
	    STAYS },
	{ "another host", "GET / HTTP/1.1\r\nHost: a.com\r\n\r\n", BAD,
	    "The nearest: GET test.com/ (the host differs).\n", STAYS },
	{ "nothing right", "DELETE /x HTTP/1.1\r\nHost: a.com\r\n\r\n", BAD,
	    "(the host, the method and the path differ)", STAYS },
	{ "a slash behind", "PUT /update/ HTTP/1.1\r\n" TO_TEST "\r\n", BAD,
	    "the path differs", STAYS },
	{ "an unknown method", "FLY / HTTP/1.1\r\n" TO_TEST "\r\n", BAD,
	    "No route answers FLY test.com/.\n", STAYS },
	{ "a method in small letters", "get / HTTP/1.1\r\n" TO_TEST "\r\n",
	    BAD, "the method differs", STAYS },
	{ "OPTIONS *", "OPTIONS * HTTP/1.1\r\n" TO_TEST "\r\n", BAD,
	    "No route answers OPTIONS * of test.com.\n", STAYS },
	{ "TRACE", "TRACE / HTTP/1.1\r\n" TO_TEST "\r\n", BAD,
	    "the method differs", STAYS },
	{ "hostile bytes are shown, not sent",
	    "GET /%1b[31m%00 HTTP/1.1\r\n" TO_TEST "\r\n", BAD, "", CLOSES },
	{ "decoded controls are shown, not sent",
	    "GET /%1b%5b%9b HTTP/1.1\r\n" TO_TEST "\r\n", BAD,
	    "GET test.com/\\x1b[\\x9b.\n", STAYS },
	{ "CONNECT", "CONNECT test.com:1 HTTP/1.1\r\n" TO_TEST "\r\n",
	    "HTTP/1.1 501 Not Implemented\r\n", "no proxy", CLOSES },

	{ "1.0 closes", "GET / HTTP/1.0\r\n" TO_TEST "\r\n", OK,
	    "Connection: close\r\n", CLOSES },
	{ "1.0 stays when asked",
	    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n" TO_TEST "\r\n", OK,
	    "Connection: keep-alive\r\n", STAYS },
	{ "1.0 without Host", "GET / HTTP/1.0\r\n\r\n", BAD,
	    "without a host", CLOSES },
	{ "asked to close",
	    "GET / HTTP/1.1\r\nConnection: close\r\n" TO_TEST "\r\n", OK,
	    "Connection: close\r\n", CLOSES },
	{ "asked to close, with more behind",
	    "GET / HTTP/1.1\r\nConnection: close\r\n" TO_TEST "\r\n" GOOD, OK,
	    "Connection: close\r\n", CLOSES },
	{ "1.2 is as 1.1", "GET / HTTP/1.2\r\n" TO_TEST "\r\n", OK, "",
	    STAYS },
	{ "2.0", "GET / HTTP/2.0\r\n" TO_TEST "\r\n",
	    "HTTP/1.1 505 HTTP Version Not Supported\r\n",
	    "Connection: close\r\n", CLOSES },

	{ "a body with a length",
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Content-Length: 5\r\n\r\nhello", OK, "", STAYS },
	{ "a chunked body",
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n"
	    "0\r\nT: x\r\n\r\n", OK, "", STAYS },
	{ "a body with an unmatched request",
	    "PUT /nope HTTP/1.1\r\n" TO_TEST
	    "Content-Length: 5\r\n\r\nhello", BAD, "", STAYS },
	{ "an expectation met by the body",
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", OK, "",
	    STAYS },
	{ "an expectation without a body",
	    "GET / HTTP/1.1\r\n" TO_TEST "Expect: 100-continue\r\n\r\n", OK,
	    "", STAYS },
	{ "no 100 before a 400",
	    "PUT /nope HTTP/1.1\r\n" TO_TEST
	    "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", BAD,
	    "Connection: close\r\n", CLOSES },
	{ "no 100 before a 413",
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Expect: 100-continue\r\nContent-Length: 16777217\r\n\r\n",
	    "HTTP/1.1 413 Content Too Large\r\n", "larger than 16 MiB",
	    CLOSES },
	{ "another expectation",
	    "GET / HTTP/1.1\r\n" TO_TEST "Expect: 200-ok\r\n\r\n",
	    "HTTP/1.1 417 Expectation Failed\r\n", "", CLOSES },
	{ "two lengths",
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", BAD,
	    "The rule: RFC 9112 6.3.\n", CLOSES },
	{ "length and coding",
	    "PUT /update HTTP/1.1\r\n" TO_TEST "Content-Length: 2\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", BAD, "", CLOSES },
	{ "an unknown coding",
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Transfer-Encoding: gzip, chunked\r\n\r\n",
	    "HTTP/1.1 501 Not Implemented\r\n", "", CLOSES },
	{ "a bad chunk",
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", BAD,
	    "hexadecimal", CLOSES },

	{ "no Host", "GET / HTTP/1.1\r\n\r\n", BAD,
	    "HTTP/1.1 wants a Host field, and there is none: add Host: ",
	    CLOSES },
	{ "two Hosts", "GET / HTTP/1.1\r\n" TO_TEST TO_TEST "\r\n", BAD, "",
	    CLOSES },
	{ "bare LF", "GET / HTTP/1.1\n", BAD, "RFC 9112 2.2", CLOSES },
	{ "obs-fold", "GET / HTTP/1.1\r\n" TO_TEST "A: b\r\n c\r\n\r\n", BAD,
	    "", CLOSES },
	{ "space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", BAD,
	    "", CLOSES },
	{ "no target", "GET\r\n", BAD, "METHOD SP TARGET SP VERSION",
	    CLOSES },
	{ "a TLS handshake", "\x16\x03\x01\x02", BAD,
	    "neither an HTTP request nor METHOD,URL", CLOSES },
	{ "classic behind HTTP", GOOD "GET,test.com\n", OK, BAD, CLOSES },
	{ "HTTP behind a refusal", "GET /\r\n" GOOD, BAD, "", CLOSES },
};
/* clang-format on */

/* An answer to the end, whichever way it is known. */
static const char *
read_row(int fd, const struct row *row)
{
	struct answer a;

	if (row->then == CLOSES)
		return net_read_until_close(fd, SOON).data;
	a = answer_read(fd, false);
	return test_text("%s%s", a.head, a.body);
}

static void
answers(void **state)
{
	const struct row *row = *state;
	int fd = net_connect(server->port);
	const char *got;

	net_say(fd, row->sent);
	got = read_row(fd, row);
	if (strncmp(got, row->begins, strlen(row->begins)) != 0 ||
	    strstr(got, row->has) == NULL)
		test_fail("want %s...%s, got %s", row->begins, row->has, got);
	if (strncmp(row->has, "Connection: close", 17) == 0 &&
	    strstr(strstr(got, "\r\n\r\n"), "HTTP/1.1 2") != NULL)
		test_fail("more than one answer: %s", got);
	if (row->then == STAYS)
		answer_good(fd);
}

/* --- more than one message, or not whole ones --- */

static void
answers_head_without_a_body(void **state)
{
	int fd = net_connect(server->port);
	struct answer a;

	(void)state;
	net_say(fd,
	    "HEAD /option HTTP/1.1\r\n" TO_TEST "\r\n"
	    "HEAD /nope HTTP/1.1\r\n" TO_TEST "\r\n" GOOD);
	a = answer_read(fd, true);
	assert_int_equal(a.status, 200);
	assert_null(answer_field(&a, "Content-Length"));
	a = answer_read(fd, true);
	assert_int_equal(a.status, 400);
	assert_null(answer_field(&a, "Content-Length"));
	a = answer_read(fd, false);
	assert_string_equal(a.body, "GET test.com/ is right.\n");
}

static void
answers_a_hundred_in_one_packet_in_order(void **state)
{
	int fd = net_connect(server->port);
	char *all = test_alloc(100 * 80);
	struct answer a;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		snprintf(all + strlen(all), 80,
		    "GET /%d HTTP/1.1\r\n" TO_TEST "\r\n", i);
	net_say(fd, all);
	for (i = 0; i < 100; i++) {
		a = answer_read(fd, false);
		assert_int_equal(a.status, 400);
		assert_non_null(
		    strstr(a.body, test_text("answers GET test.com/%d.\n", i)));
	}
}

/* Far more than is read or gathered at once. */
static void
answers_ten_thousand_in_order(void **state)
{
	enum {
		MANY = 10000,
		ROW = 64
	};
	int fd = net_connect(server->port);
	char *all = test_alloc(MANY * ROW + 1);
	size_t n = 0;
	struct bytes got;
	const char *at;
	int i;

	(void)state;
	for (i = 0; i < MANY; i++)
		n += (size_t)snprintf(all + n, ROW,
		    "GET /%d HTTP/1.1\r\n" TO_TEST "%s\r\n", i,
		    i == MANY - 1 ? "Connection: close\r\n" : "");
	net_send(fd, all, n);
	got = net_read_until_close(fd, 4 * SOON);
	at = got.data;
	for (i = 0; i < MANY; i++) {
		char want[48];

		snprintf(want, sizeof(want), "GET test.com/%d.\n", i);
		at = strstr(at, "No route answers ");
		assert_non_null(at);
		at += strlen("No route answers ");
		assert_memory_equal(at, want, strlen(want));
	}
}

static void
answers_a_request_sent_byte_by_byte(void **state)
{
	static const char request[] = "\r\nPUT /update HTTP/1.1\r\n" TO_TEST
				      "Transfer-Encoding: chunked\r\n\r\n"
				      "5\r\nhello\r\n0\r\n\r\n" GOOD;
	int fd = net_connect(server->port);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(request) - 1; i++)
		net_send(fd, request + i, 1);
	assert_int_equal(answer_read(fd, false).status, 200);
	assert_int_equal(answer_read(fd, false).status, 200);
	answer_good(fd);
}

static void
says_continue_when_the_body_is_waited_for(void **state)
{
	int fd = net_connect(server->port);

	(void)state;
	net_say(fd,
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
	assert_string_equal(net_read_until(fd, "\r\n\r\n", SOON).data,
	    "HTTP/1.1 100 Continue\r\n\r\n");
	net_say(fd, "hello");
	assert_int_equal(answer_read(fd, false).status, 200);
	answer_good(fd);
}

static void
waits_for_the_body_before_it_answers(void **state)
{
	int fd = net_connect(server->port);

	(void)state;
	net_say(fd,
	    "PUT /update HTTP/1.1\r\n" TO_TEST "Content-Length: 5\r\n\r\nhell");
	assert_false(net_readable(fd, 50));
	net_say(fd, "o");
	assert_int_equal(answer_read(fd, false).status, 200);
}

static void
answers_all_to_a_half_closed_client(void **state)
{
	int fd = net_connect(server->port);
	struct bytes got;

	(void)state;
	net_say(fd,
	    GOOD GOOD "PUT /update HTTP/1.1\r\n" TO_TEST
		      "Content-Length: 2\r\n\r\nhi\r\n");
	net_half_close(fd);
	assert_int_equal(answer_read(fd, false).status, 200);
	assert_int_equal(answer_read(fd, false).status, 200);
	assert_int_equal(answer_read(fd, false).status, 200);
	got = net_read_until_close(fd, SOON);
	assert_int_equal(got.len, 0);
}

static void
tells_a_half_closed_client_what_is_missing(void **state)
{
	int fd = net_connect(server->port);

	(void)state;
	net_say(fd, GOOD "GET / HTTP/1.1\r\nHost");
	net_half_close(fd);
	answer_read(fd, false);
	assert_non_null(strstr(net_read_until_close(fd, SOON).data,
	    "The connection ended before the head did"));

	fd = net_connect(server->port);
	net_say(fd,
	    "PUT /update HTTP/1.1\r\n" TO_TEST "Content-Length: 5\r\n\r\nhell");
	net_half_close(fd);
	assert_non_null(strstr(net_read_until_close(fd, SOON).data,
	    "The connection ended before the body did"));
}

/* A close with input unread would reset the connection, and might destroy
 * the answer: net_read_until_close fails on a reset. */
static void
lets_a_refused_client_finish_and_read(void **state)
{
	size_t n = 1024 * 1024;
	char *junk = test_alloc(n);
	int fd = net_connect(server->port);

	(void)state;
	memset(junk, 'x', n);
	net_say(fd,
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Content-Length: 99999999\r\n\r\n");
	net_send(fd, junk, n);
	assert_memory_equal(
	    net_read_until_close(fd, SOON).data, "HTTP/1.1 413 ", 13);
}

static void
refuses_a_chunked_body_past_its_limit(void **state)
{
	size_t n = 1024 * 1024;
	char *chunk = test_alloc(n);
	int fd = net_connect(server->port);
	struct bytes got;
	size_t i;

	(void)state;
	net_say(fd,
	    "PUT /update HTTP/1.1\r\n" TO_TEST
	    "Transfer-Encoding: chunked\r\n\r\n");
	for (i = 0; i < LIMIT_REQUEST_BODY / n; i++) {
		net_say(fd, "100000\r\n");
		net_send(fd, chunk, n);
		net_say(fd, "\r\n");
	}
	assert_false(net_readable(fd, 0));
	net_say(fd, "1\r\nx");
	got = net_read_until_close(fd, SOON);
	assert_memory_equal(got.data, "HTTP/1.1 413 ", 13);
}

static void
takes_a_body_of_just_its_limit(void **state)
{
	size_t n = 1024 * 1024;
	char *part = test_alloc(n);
	int fd = net_connect(server->port);
	size_t i;

	(void)state;
	net_say(fd,
	    test_text("PUT /update HTTP/1.1\r\n" TO_TEST
		      "Content-Length: %d\r\n\r\n",
		LIMIT_REQUEST_BODY));
	for (i = 0; i < LIMIT_REQUEST_BODY / n; i++)
		net_send(fd, part, n);
	assert_int_equal(answer_read(fd, false).status, 200);
	answer_good(fd);
}

/* A request of `line` bytes of request line, or with a field or many. */
static void
refuses_what_is_too_long(void **state)
{
	char *big = test_alloc(LIMIT_HEAD + 1);
	int fd, i;

	(void)state;
	memset(big, 'a', LIMIT_HEAD);
	fd = net_connect(server->port);
	net_say(fd, test_text("GET /%.*s", LIMIT_START_LINE, big));
	assert_memory_equal(
	    net_read_until_close(fd, SOON).data, "HTTP/1.1 414 ", 13);

	fd = net_connect(server->port);
	net_say(fd, test_text("GET / HTTP/1.1\r\nA: %s", big));
	assert_memory_equal(
	    net_read_until_close(fd, SOON).data, "HTTP/1.1 431 ", 13);

	fd = net_connect(server->port);
	net_say(fd, "GET / HTTP/1.1\r\n");
	for (i = 0; i <= LIMIT_FIELDS; i++)
		net_say(fd, "A: b\r\n");
	assert_memory_equal(
	    net_read_until_close(fd, SOON).data, "HTTP/1.1 431 ", 13);
}

/* --- other people's clients --- */

static const char *
curl(const char *method, const char *url)
{
	const char *connect = test_text("::127.0.0.1:%d", server->port);
	struct proc *p;

	/* -X HEAD would wait for a body. */
	if (strcmp(method, "HEAD") == 0)
		p = proc_start(NULL,
		    ARGV("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
			"--connect-to", connect, "-I", url));
	else
		p = proc_start(NULL,
		    ARGV("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
			"--connect-to", connect, "-X", method, url));
	return proc_read_all(p, SOON).data;
}

static void
answers_curl_on_the_four_routes(void **state)
{
	(void)state;
	assert_string_equal(curl("GET", "http://test.com/"), "200");
	assert_string_equal(curl("POST", "http://test.com/create"), "201");
	assert_string_equal(curl("HEAD", "http://test.com/option"), "200");
	assert_string_equal(curl("PUT", "http://test.com/update"), "200");
	assert_string_equal(curl("GET", "http://test.com/update"), "400");
	assert_string_equal(curl("GET", "http://example.com/"), "400");
}

/* --- hostile clients --- */

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Bytes at random, or a good request with some bytes changed. */
static size_t
garbage(char *out, size_t cap, uint32_t *seed)
{
	static const char *const good[] = {
		GOOD GOOD,
		"PUT /update HTTP/1.1\r\n" TO_TEST
		"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"GET,test.com/create",
		"POST /create HTTP/1.1\r\nContent-Length: 12\r\n" TO_TEST
		"\r\nhello, world",
	};
	uint32_t kind = next_random(seed) % 8;
	size_t n, i, changes;

	if (kind < 4) {
		n = strlen(good[kind]);
		memcpy(out, good[kind], n);
		changes = next_random(seed) % 4;
	} else {
		n = changes = 1 + next_random(seed) % cap;
	}
	for (i = 0; i < changes; i++)
		out[kind < 4 ? next_random(seed) % n : i] =
		    (char)next_random(seed);
	return n;
}

static void
survives_two_thousand_garbage_requests(void **state)
{
	uint32_t seed = 20261123;
	char bytes[300];
	size_t n;
	int i, fd;

	(void)state;
	for (i = 0; i < 2000; i++) {
		n = garbage(bytes, sizeof(bytes), &seed);
		fd = net_connect(server->port);
		net_send(fd, bytes, n);
		net_half_close(fd);
		net_read_until_close(fd, SOON);
		net_close(fd);
	}
	answer_new(server->port);
}

static void
outlives_clients_that_vanish(void **state)
{
	int i, fd;

	(void)state;
	for (i = 0; i < 200; i++) {
		fd = net_connect(server->port);
		if (i % 4 == 1)
			net_say(fd, "GET / HT");
		else if (i % 4 == 2)
			net_say(fd, "GET,");
		else if (i % 4 == 3)
			net_say(fd, GOOD GOOD GOOD);
		if (i % 8 < 4)
			net_reset(fd);
		else
			net_close(fd);
	}
	answer_new(server->port);
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(answers_head_without_a_body),
		TEST(answers_a_hundred_in_one_packet_in_order),
		TEST(answers_ten_thousand_in_order),
		TEST(answers_a_request_sent_byte_by_byte),
		TEST(says_continue_when_the_body_is_waited_for),
		TEST(waits_for_the_body_before_it_answers),
		TEST(answers_all_to_a_half_closed_client),
		TEST(tells_a_half_closed_client_what_is_missing),
		TEST(lets_a_refused_client_finish_and_read),
		TEST(refuses_a_chunked_body_past_its_limit),
		TEST(takes_a_body_of_just_its_limit),
		TEST(refuses_what_is_too_long),
		TEST(answers_curl_on_the_four_routes),
		TEST(survives_two_thousand_garbage_requests),
		TEST(outlives_clients_that_vanish),
	};
	enum {
		ROWS = sizeof(rows) / sizeof(rows[0]),
		REST = sizeof(tests) / sizeof(tests[0])
	};
	static struct CMUnitTest all[ROWS + REST];
	static struct row copies[ROWS];
	size_t i;

	for (i = 0; i < ROWS; i++) {
		copies[i] = rows[i];
		all[i] = (struct CMUnitTest){ .name = rows[i].name,
			.test_func = answers,
			.teardown_func = test_end,
			.initial_state = &copies[i] };
	}
	memcpy(all + ROWS, tests, sizeof(tests));
	return cmocka_run_group_tests_name("http", all, start, test_end);
}
