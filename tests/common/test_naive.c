/*
 * Our request parsers against a naive one, which was written from the grammar
 * alone: over all cases of tests/wire, and over messages mutated from them.
 *	test_naive [MUTATIONS [SEED]]
 */
#include <inttypes.h>

#include "differ.h"
#include "naive.h"
#include "wire.h"

enum {
	MUTATIONS = 200000,
	MESSAGE_MAX = 64 * 1024,
	LONG = 4 * 1024, /* such messages are mutated less often */
};

static uint64_t mutations = MUTATIONS;
static uint64_t seed = 1;

/* --- the cases ---------------------------------------------------------- */

static void
want_agreement(const char *path, const char *p, size_t n)
{
	const char *what = differ(p, n);

	if (what != NULL)
		test_fail("%s: the parsers differ in %s", path, what);
}

/* So that both being wrong in the same way is not taken for agreement. */
static void
naive_reads_the_case(void **state)
{
	static struct naive r;
	const struct wire_case *c = cases_load(*state);
	const char *want = wire_verdict(c);
	const char *p = c->bytes.data;
	size_t n = c->bytes.len;

	want_agreement(c->path, p, n);
	naive_request(p, n, &r);
	naive_release(&r);
	if (strncmp(want, "bad ", 4) == 0)
		assert_int_equal(r.verdict, NAIVE_BAD);
	else if (strcmp(want, "more") == 0 || r.framing != NAIVE_NO_BODY)
		assert_int_not_equal(r.verdict, NAIVE_BAD);
	else
		assert_int_equal(r.verdict, NAIVE_DONE);
}

/* --- mutations ---------------------------------------------------------- */

/* splitmix64: the same numbers everywhere. */
static uint64_t
draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t
draw_below(uint64_t *state, size_t n)
{
	return n == 0 ? 0 : (size_t)(draw(state) % n);
}

struct message {
	char *p;
	size_t n;
};

/* Replace p[at..at+gone) by what. */
static void
splice(struct message *m, size_t at, size_t gone, struct span what)
{
	static char kept[MESSAGE_MAX];

	if (m->n - gone + what.n > MESSAGE_MAX)
		return;
	/* It may be a part of the message itself. */
	if (what.n > 0)
		memcpy(kept, what.p, what.n);
	memmove(m->p + at + what.n, m->p + at + gone, m->n - at - gone);
	memcpy(m->p + at, kept, what.n);
	m->n += what.n - gone;
}

/* Bytes and words that the grammar cares about. */
static const char bytes[] = "\r\n\t \0:;,=\"\\%/?#[]@*.-_~!$&'()+<>{}|^`"
			    "\x01\x0b\x1b\x7f\x80\xc3\xff"
			    "0159afAFgGhHtTpPxXzZ";
static const char *const words[] = { "\r\n", "\r\n\r\n", "\r\n ", "\n\n",
	"HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "GET ", "POST ", "OPTIONS * ",
	"CONNECT ", "http://", "https://", "http://a.b:80", "[::1]",
	"[1:2:3:4:5:6:7:8]", "[::1.2.3.4]", "%41", "Host: a.b\r\n",
	"Host: ", "Content-Length: 3\r\n",
	"Content-Length: ", "Transfer-Encoding: chunked\r\n",
	"Transfer-Encoding: ", "Connection: close\r\n",
	"Connection: keep-alive\r\n", "Expect: 100-continue\r\n",
	"Expect: ", "chunked", "gzip", "keep-alive", "close", ", ", " ,", ":80",
	": ", "0\r\n\r\n", "3\r\nabc\r\n", "ffffffffffffffff",
	"10000000000000000", "1000001\r\n", "00000000000000000001", "16777216",
	"16777217", "18446744073709551617", ";a=b", ";a=\"b\\\"c\"",
	"a: b\r\n" };

static struct span
some_word(uint64_t *state)
{
	return span_text(
	    words[draw_below(state, sizeof(words) / sizeof(words[0]))]);
}

static struct span
some_byte(uint64_t *state)
{
	return span_of(bytes + draw_below(state, sizeof(bytes) - 1), 1);
}

/* A run within n bytes, most of them short. */
static struct span
some_run(uint64_t *state, const char *p, size_t n)
{
	size_t at = draw_below(state, n);
	size_t most = draw(state) % 4 == 0 ? n - at : 24;

	if (most > n - at)
		most = n - at;
	return span_of(p + at, draw_below(state, most + 1));
}

/* Anywhere, or where a line begins. */
static size_t
some_place(uint64_t *state, const struct message *m)
{
	size_t at = draw_below(state, m->n + 1);
	const char *lf;

	if (draw(state) % 2 == 0)
		return at;
	lf = memchr(m->p + at, '\n', m->n - at);
	return lf != NULL ? (size_t)(lf + 1 - m->p) : at;
}

static void
mutate(struct message *m, const struct wire_case *other, uint64_t *state)
{
	size_t at = some_place(state, m);
	size_t one = at < m->n;
	struct span run = some_run(state, m->p, m->n);

	switch (draw(state) % 9) {
	case 0:
		splice(m, at, one, some_byte(state));
		break;
	case 1:
		splice(m, at, 0, some_byte(state));
		break;
	case 2:
		splice(m, at, one, span_of("", 0));
		break;
	case 3:
		splice(m, at, 0, some_word(state));
		break;
	case 4:
		splice(m, (size_t)(run.p - m->p), run.n, some_word(state));
		break;
	case 5:
		splice(m, (size_t)(run.p - m->p), run.n, span_of("", 0));
		break;
	case 6:
		splice(m, at, 0, run);
		break;
	case 7:
		if (one)
			m->p[at] ^= (char)(1 << draw(state) % 8);
		break;
	default:
		splice(m, at, 0,
		    some_run(state, other->bytes.data, other->bytes.len));
	}
}

/* All cases: heads, and bodies with a head put before them. */
static struct wire_case **
load_all(size_t *n)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n";
	size_t nheads, nbodies, i;
	const char *const *heads = cases_in("wire/request", &nheads);
	const char *const *bodies = cases_in("wire/chunked", &nbodies);
	struct wire_case **all = test_alloc((nheads + nbodies) * sizeof(*all));
	struct bytes *b;
	char *p;

	for (i = 0; i < nheads; i++)
		all[i] = cases_load(heads[i]);
	for (i = 0; i < nbodies; i++) {
		all[nheads + i] = cases_load(bodies[i]);
		b = &all[nheads + i]->bytes;
		p = test_alloc(sizeof(head) + b->len);
		memcpy(p, head, sizeof(head) - 1);
		memcpy(p + sizeof(head) - 1, b->data, b->len);
		*b = (struct bytes){ p, sizeof(head) - 1 + b->len };
	}
	*n = nheads + nbodies;
	return all;
}

static void
bodies_of_the_cases_agree(void **state)
{
	struct wire_case **all;
	size_t n, i;

	(void)state;
	all = load_all(&n);
	for (i = 0; i < n; i++)
		want_agreement(
		    all[i]->path, all[i]->bytes.data, all[i]->bytes.len);
}

/* Wrong and long ones less often: there is less to be said about them. */
static const struct wire_case *
some_case(uint64_t *state, struct wire_case **all, size_t n)
{
	const struct wire_case *c;

	do
		c = all[draw_below(state, n)];
	while ((c->bytes.len > LONG && draw(state) % 32 > 0) ||
	    (strncmp(wire_verdict(c), "bad ", 4) == 0 && draw(state) % 8 > 0));
	return c;
}

static void
mutated_messages_agree(void **state)
{
	static char bytes_of[MESSAGE_MAX];
	struct message m = { bytes_of, 0 };
	const struct wire_case *c;
	struct wire_case **all;
	uint64_t i, random = seed;
	const char *what;
	size_t n, k;

	(void)state;
	all = load_all(&n);
	for (i = 0; i < mutations; i++) {
		c = some_case(&random, all, n);
		if (c->bytes.len > MESSAGE_MAX)
			continue;
		m.n = c->bytes.len;
		memcpy(m.p, c->bytes.data, m.n);
		for (k = 0; k == 0 || draw(&random) % 3 == 0; k++)
			mutate(&m, all[draw_below(&random, n)], &random);
		what = differ(m.p, m.n);
		if (what != NULL)
			test_fail("mutation %" PRIu64 " of %s: the parsers "
				  "differ in %s:\n%s",
			    i, c->name, what, test_show(m.p, m.n));
	}
}

int
main(int argc, char *argv[])
{
	struct CMUnitTest *tests = NULL;
	size_t n;
	int failed;

	if (argc > 1)
		mutations = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	n = wire_add(&tests, 0, "wire/request", naive_reads_the_case);
	tests = reallocarray(tests, n + 2, sizeof(*tests));
	if (tests == NULL)
		abort();
	tests[n++] = (struct CMUnitTest)cmocka_unit_test_teardown(
	    bodies_of_the_cases_agree, test_end);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test_teardown(
	    mutated_messages_agree, test_end);
	test_keep();
	failed = _cmocka_run_group_tests("naive", tests, n, NULL, NULL);
	free(tests);
	return failed != 0;
}
