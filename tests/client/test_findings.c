/*
 * Which rules an exchange broke: each of them by a request and an answer that
 * break it, and none by those that do not.
 */
#include "findings.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "test.h"

static void
release(void *x)
{
	exchange_free(x);
}

/* That request was sent, and that answer came, whole. */
static struct exchange *
exchange(const char *sent, const char *answer)
{
	struct exchange *x = exchange_new();
	struct answer a;
	const char *space = strchr(sent, ' ');

	assert_non_null(x);
	test_later(release, x);
	x->request.dialect = DIALECT_HTTP;
	x->request.method = strndup(sent, (size_t)(space - sent));
	tape_bytes(&x->tape, TAPE_WRITE, 1, sent, strlen(sent));
	x->times.sent = 1;
	assert_true(answer_init(&a, x));
	assert_true(answer_read(&a, answer, strlen(answer)));
	if (!answer_is_over(&a))
		answer_eof(&a, false);
	x->outcome = OUTCOME_ANSWERED;
	answer_release(&a);
	return x;
}

#define ASK   "GET / HTTP/1.1\r\nHost: a\r\n"
#define GET   ASK "\r\n"
#define OK    "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define EMPTY "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n"

/* clang-format off */
static const struct {
	const char *sent;
	const char *answer;
	const char *sections; /* "" for none */
} cases[] = {
	{ GET, OK "Content-Length: 0\r\n\r\n", "" },
	{ GET, OK "Content-Type: a/b\r\nContent-Length: 2\r\n\r\nhi", "" },
	/* The request: */
	{ "GET / HTTP/1.1\r\n\r\n", OK "Content-Length: 0\r\n\r\n", "RFC 9112 3.2" },
	{ ASK "Content-Type: a/b\r\nContent-Length: 1\r\n\r\nx",
	    OK "Content-Length: 0\r\n\r\n", "RFC 9110 9.3" },
	{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
	    OK "Content-Length: 0\r\n\r\n", "RFC 9110 8.3" },
	{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 1\r\n\r\nxyz",
	    OK "Content-Length: 0\r\n\r\n", "RFC 9110 8.6" },
	{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nxyz",
	    OK "Content-Length: 0\r\n\r\n", "RFC 9110 8.6" },
	{ "POST / HTTP/1.1\r\nHost: a\r\n\r\nxyz",
	    OK "Content-Length: 0\r\n\r\n", "RFC 9112 6.3" },
	{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	    OK "Content-Length: 0\r\n\r\n", "" },
	{ "TRACE / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 1\r\n\r\nx",
	    OK "Content-Length: 0\r\n\r\n", "RFC 9110 9.3.8" },
	/* The answer, as parsed: */
	{ GET, "HTTP/1.1 200 OK\n" EMPTY, "RFC 9112 2.2" },
	{ GET, OK "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", "RFC 9112 6.3" },
	{ GET, "HTTP/1.1 204 No\r\n" EMPTY, "RFC 9110 8.6" },
	{ "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
	    OK "Content-Length: 2\r\n\r\nhi", "RFC 9112 6.3" },
	{ GET, OK "Content-Type: a/b\r\nContent-Length: 9\r\n\r\nhi", "RFC 9112 8" },
	/* and as understood: */
	{ GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "RFC 9110 6.6.1" },
	{ GET, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "" },
	{ GET, OK "Content-Length: 2\r\n\r\nhi", "RFC 9110 8.3" },
	{ GET, "HTTP/1.1 405 No\r\n" EMPTY, "RFC 9110 15.5.6" },
	{ GET, "HTTP/1.1 405 No\r\nAllow: GET\r\n" EMPTY, "" },
	{ GET, "HTTP/1.1 401 No\r\n" EMPTY, "RFC 9110 15.5.2" },
	{ GET, "HTTP/1.1 407 No\r\n" EMPTY, "RFC 9110 15.5.8" },
	{ GET, "HTTP/1.1 426 No\r\n" EMPTY, "RFC 9110 7.8" },
	{ GET, "HTTP/1.1 206 Part\r\n" EMPTY, "RFC 9110 15.3.7" },
	{ GET, "HTTP/1.1 206 Part\r\nContent-Type: Multipart/byteranges; boundary=x\r\n" EMPTY, "" },
	{ GET, "HTTP/1.1 302 There\r\n" EMPTY, "RFC 9110 15.4" },
	{ GET, "HTTP/1.1 302 There\r\nLocation: /\r\n" EMPTY, "" },
	{ GET, "HTTP/1.1 304 Same\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", "" },
	{ GET, "HTTP/1.1 205 No\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: a/b\r\nContent-Length: 1\r\n\r\nx",
	    "RFC 9110 15.3.6" },
};
/* clang-format on */

static void
finds_what_was_broken_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct exchange *x = exchange(cases[i].sent, cases[i].answer);
		struct finding f[FINDINGS_MAX];
		size_t n = findings_of(
		    x, &(const struct seen_end){ .how = SEEN_NOT }, f);
		size_t want = cases[i].sections[0] != '\0';

		if (n != want ||
		    (n > 0 && strcmp(f[0].section, cases[i].sections) != 0))
			test_fail("case %zu: %zu, %s", i, n,
			    n > 0 ? f[0].section : "none");
	}
}

static void
adds_what_the_server_says(void **state)
{
	struct exchange *x = exchange(GET, OK "Content-Length: 0\r\n\r\n");
	struct seen_request r = { .nerror = SEEN_ERRORS };
	struct seen_end end = { SEEN_SAME, NULL, &r };
	struct finding f[FINDINGS_MAX];

	(void)state;
	assert_int_equal(findings_of(x, &end, f), SEEN_ERRORS);
	assert_int_equal(f[0].of, FINDING_SERVER);
	assert_null(f[0].right);
}

/* All rules at once find room. */
static void
has_room_for_all(void **state)
{
	struct exchange *x =
	    exchange("GET / HTTP/1.1\r\n\r\n", OK "Content-Length: 0\r\n\r\n");
	struct seen_request r = { .nerror = SEEN_ERRORS };
	struct seen_end end = { SEEN_SAME, NULL, &r };
	struct finding f[FINDINGS_MAX];

	(void)state;
	for (enum httperr e = HTTPERR_NONE + 1; e < HTTPERR_COUNT; e++)
		x->wrong |= httperr_bit(e);
	assert_int_equal(findings_of(x, &end, f), SEEN_ERRORS + HTTPERR_COUNT);
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_what_was_broken_and_nothing_else),
		TEST(adds_what_the_server_says),
		TEST(has_room_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
