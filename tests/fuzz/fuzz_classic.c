/*
 * The classic dialect, and telling it from HTTP.  Byte 0: request or answer;
 * byte 1: where to cut; then the message.  More bytes never change what a
 * message was, nor its dialect; what is found lies within it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "classic.h"
#include "dialect.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
within(struct span s, const char *p, size_t n)
{
	if (s.n > 0)
		assert(s.p >= p && s.p + s.n <= p + n);
}

static void
url_check(struct span url)
{
	struct span host, path, query;

	classic_url_split(url, &host, &path, &query);
	within(host, url.p, url.n);
	within(query, url.p, url.n);
	assert(path.n > 0);
	if (!span_is(path, "/"))
		within(path, url.p, url.n);
}

static void
request_check(const char *p, size_t n, size_t cut)
{
	struct classic_request r, early;
	enum parse open, quiet, eof, before;

	eof = classic_parse_request(p, n, CLASSIC_EOF, &r);
	assert(eof != PARSE_MORE);
	if (eof == PARSE_DONE) {
		assert(r.len <= n && r.method.n > 0 && r.url.n > 0);
		within(r.method, p, r.len);
		within(r.url, p, r.len);
		url_check(r.url);
	}
	quiet = classic_parse_request(p, n, CLASSIC_QUIET, &r);
	assert(quiet == eof || (quiet == PARSE_MORE && !classic_may_end(p, n)));
	open = classic_parse_request(p, n, CLASSIC_OPEN, &r);
	assert(open == quiet || open == PARSE_MORE);

	before = classic_parse_request(p, cut, CLASSIC_OPEN, &early);
	if (before == PARSE_MORE)
		return;
	assert(open == before);
	if (open == PARSE_DONE)
		assert(r.len == early.len && span_eq(r.method, early.method) &&
		    span_eq(r.url, early.url));
}

static void
answer_check(const char *p, size_t n, size_t cut)
{
	struct classic_answer a, early;
	enum parse open, quiet, eof, before;

	eof = classic_parse_answer(p, n, CLASSIC_EOF, &a);
	assert(eof != PARSE_MORE);
	if (eof == PARSE_DONE) {
		assert(a.len <= n && a.status >= 0 && a.status <= 999);
		within(a.reason, p, a.len);
	}
	quiet = classic_parse_answer(p, n, CLASSIC_QUIET, &a);
	assert(quiet == eof || quiet == PARSE_MORE);
	open = classic_parse_answer(p, n, CLASSIC_OPEN, &a);
	assert(open == quiet || open == PARSE_MORE);

	before = classic_parse_answer(p, cut, CLASSIC_OPEN, &early);
	if (before == PARSE_MORE)
		return;
	assert(open == before);
	if (open == PARSE_DONE)
		assert(a.len == early.len && a.status == early.status &&
		    span_eq(a.reason, early.reason));
}

static void
dialect_check(const char *p, size_t n, size_t cut)
{
	enum dialect early = dialect_sniff(p, cut);

	if (early != DIALECT_UNDECIDED)
		assert(dialect_sniff(p, n) == early);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data + 2;
	size_t n = size - 2, cut;

	if (size < 2)
		return 0;
	cut = n * data[1] / 255;
	dialect_check(p, n, cut);
	if (data[0] % 2 == 0)
		request_check(p, n, cut);
	else
		answer_check(p, n, cut);
	return 0;
}
