/*
 * What a person may type as a URL.  What is understood becomes a target of
 * legal bytes, and both are understood again as themselves; the normal form of
 * a path is its own, and holds no dot-segment.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "chars.h"
#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
within(struct span s, struct span of)
{
	if (s.n > 0)
		assert(s.p >= of.p && s.p + s.n <= of.p + of.n);
}

static void
target_check(struct span t)
{
	size_t i;

	assert(t.n > 0 && t.p[0] == '/');
	assert(chars_run(t.p, t.n, CHAR_TARGET) == t.n);
	for (i = 0; i < t.n; i++)
		if (t.p[i] == '%')
			assert(t.n - i >= 3 && char_hex(t.p[i + 1]) >= 0 &&
			    char_hex(t.p[i + 2]) >= 0);
}

/* Host and target, written as a URL, say what they said. */
static void
again(const struct url *u, struct span host, struct span target)
{
	struct buf text = { .max = SIZE_MAX };
	struct buf b = { .max = SIZE_MAX };
	const char *why;
	struct url v;

	assert(buf_append_text(
	    &text, u->scheme == SCHEME_HTTPS ? "https://" : "http://"));
	assert(buf_append_span(&text, host));
	assert(buf_append_span(&text, target));
	assert(url_parse(buf_span(&text), &v, &why));
	assert(v.scheme == u->scheme && v.is_ipv6 == u->is_ipv6);
	assert(v.has_port == u->has_port && v.port == u->port);
	assert(span_eq(v.host, u->host));
	assert(url_append_target(&b, &v));
	assert(span_eq(buf_span(&b), target));
	buf_release(&b);
	assert(url_append_host(&b, &v));
	assert(span_eq(buf_span(&b), host));
	buf_release(&b);
	buf_release(&text);
}

static void
url_check(struct span text)
{
	struct buf host = { .max = SIZE_MAX }, target = { .max = SIZE_MAX };
	const char *why = NULL;
	struct url u;

	if (!url_parse(text, &u, &why)) {
		assert(why != NULL && why[0] != '\0');
		return;
	}
	within(u.host, text);
	within(u.path, text);
	assert(u.host.n > 0);
	assert(url_append_target(&target, &u));
	target_check(buf_span(&target));
	assert(url_append_host(&host, &u));
	again(&u, buf_span(&host), buf_span(&target));
	buf_release(&host);
	buf_release(&target);
}

static void
authority_check(struct span text)
{
	struct span host;
	bool has_port;
	uint16_t port;

	if (authority_parse(text, &host, &has_port, &port)) {
		within(host, text);
		assert(host.n > 0);
	}
}

static void
dots_check(struct span path)
{
	const char *slash;
	struct span segment;

	while (path.n > 0) {
		assert(path.p[0] == '/');
		path = span_of(path.p + 1, path.n - 1);
		slash = path.n > 0 ? memchr(path.p, '/', path.n) : NULL;
		segment = path;
		if (slash != NULL)
			segment.n = (size_t)(slash - path.p);
		assert(!span_is(segment, ".") && !span_is(segment, ".."));
		path = span_of(path.p + segment.n, path.n - segment.n);
	}
}

static void
path_check(struct span text)
{
	struct buf path = { .max = SIZE_MAX }, once = { .max = SIZE_MAX };
	struct buf twice = { .max = SIZE_MAX };

	assert(buf_append_text(&path, "/") && buf_append_span(&path, text));
	assert(path_append_normal(&once, buf_span(&path)));
	dots_check(buf_span(&once));
	assert(once.len <= 3 * path.len);
	assert(path_append_normal(&twice, buf_span(&once)));
	assert(span_eq(buf_span(&once), buf_span(&twice)));
	buf_release(&path);
	buf_release(&once);
	buf_release(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of((const char *)data, size);

	url_check(text);
	authority_check(text);
	path_check(text);
	return 0;
}
