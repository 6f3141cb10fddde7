/*
 * Names to addresses.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "oom.h"
#include "resolve.h"
#include "test.h"

#define MS 10000

static struct resolver resolver;

static int
begin(void **state)
{
	(void)state;
	return resolver_init(&resolver) ? 0 : -1;
}

static int
end(void **state)
{
	resolver_release(&resolver);
	return test_end(state);
}

static void
wait_for(struct resolved *answer)
{
	struct pollfd p = { resolver.fd, POLLIN, 0 };

	if (poll(&p, 1, MS) != 1)
		test_fail("no answer");
	assert_true(resolver_answer(&resolver, answer));
}

static void
takes_addresses_at_once(void **state)
{
	struct addresses to;

	(void)state;
	assert_true(resolve_numeric("127.0.0.1", 10000, &to));
	assert_int_equal(to.n, 1);
	assert_int_equal(to.v[0].at.any.sa_family, AF_INET);
	assert_int_equal(to.v[0].len, sizeof(struct sockaddr_in));
	assert_int_equal(ntohs(to.v[0].at.v4.sin_port), 10000);
	assert_int_equal(ntohl(to.v[0].at.v4.sin_addr.s_addr), INADDR_LOOPBACK);

	assert_true(resolve_numeric("::1", 65535, &to));
	assert_int_equal(to.n, 1);
	assert_int_equal(to.v[0].at.any.sa_family, AF_INET6);
	assert_int_equal(ntohs(to.v[0].at.v6.sin6_port), 65535);

	assert_false(resolve_numeric("localhost", 80, &to));
	assert_false(resolve_numeric("test.com", 80, &to));
	assert_false(resolve_numeric("", 80, &to));
}

static void
looks_a_name_up(void **state)
{
	struct resolved answer;
	uint64_t serial = resolver_ask(&resolver, "localhost", 81);

	(void)state;
	assert_true(serial != 0);
	wait_for(&answer);
	assert_int_equal(answer.serial, serial);
	assert_int_equal(answer.error, 0);
	assert_true(answer.addresses.n >= 1);
	/* The port stands at the same place in both families. */
	assert_int_equal(ntohs(answer.addresses.v[0].at.v4.sin_port), 81);
	assert_false(resolver_answer(&resolver, &answer));
}

static void
tells_answers_apart_by_serial(void **state)
{
	enum {
		N = 32
	};
	struct resolved answer;
	bool seen[N + 1] = { false };
	uint64_t serial;
	int i;

	(void)state;
	for (i = 1; i <= N; i++) {
		serial = resolver_ask(&resolver, "localhost", (uint16_t)i);
		assert_int_equal(serial, i);
	}
	for (i = 1; i <= N; i++) {
		wait_for(&answer);
		assert_in_range(answer.serial, 1, N);
		assert_false(seen[answer.serial]);
		seen[answer.serial] = true;
		assert_int_equal(answer.error, 0);
		assert_int_equal(
		    ntohs(answer.addresses.v[0].at.v4.sin_port), answer.serial);
	}
}

/* What getaddrinfo refuses without asking anybody. */
static void
says_why_there_is_no_address(void **state)
{
	struct resolved answer = { .error = EAI_NONAME };
	char longest[2000];

	(void)state;
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_true(resolver_ask(&resolver, longest, 80) != 0);
	wait_for(&answer);
	assert_int_not_equal(answer.error, 0);
	assert_true(strlen(resolved_why(&answer)) > 0);
}

static void
tells_an_unknown_name_from_no_answer(void **state)
{
	struct resolved answer = { .error = EAI_NONAME };

	(void)state;
	assert_true(resolved_is_unknown(&answer));
	assert_string_equal(resolved_why(&answer), gai_strerror(EAI_NONAME));
	answer.error = EAI_AGAIN;
	assert_false(resolved_is_unknown(&answer));
	assert_string_equal(resolved_why(&answer), gai_strerror(EAI_AGAIN));
	answer.error = EAI_SYSTEM;
	answer.system_error = ENFILE;
	assert_false(resolved_is_unknown(&answer));
	assert_string_equal(resolved_why(&answer), strerror(ENFILE));
}

/* The thread owns all it needs, and blocks the signals that are main's. */
static void
may_leave_while_a_name_is_looked_up(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		assert_true(resolver_ask(&resolver, "localhost", 80) != 0);
		resolver_release(&resolver);
		assert_true(resolver_init(&resolver));
	}
}

static void
says_so_when_memory_is_out(void **state)
{
	(void)state;
	oom_after(1);
	assert_int_equal(resolver_ask(&resolver, "localhost", 80), 0);
	assert_true(oom_off());
	assert_int_equal(errno, ENOMEM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_addresses_at_once),
		TEST(looks_a_name_up),
		TEST(tells_answers_apart_by_serial),
		TEST(says_why_there_is_no_address),
		TEST(tells_an_unknown_name_from_no_answer),
		TEST(may_leave_while_a_name_is_looked_up),
		TEST(says_so_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
