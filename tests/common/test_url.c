/* URLs as people type them, authorities, ports, normal paths. */
#include "url.h"

#include <string.h>

#include "chars.h"
#include "oom.h"
#include "test.h"

static const struct good {
	const char *text;
	enum scheme scheme;
	const char *host;
	bool is_ipv6;
	int port; /* -1: the scheme's own, not typed */
	const char *path;
	const char *target;
	const char *host_field;
} goods[] = {
	{ "test.com", SCHEME_HTTP, "test.com", false, -1, "", "/", "test.com" },
	{ "test.com/", SCHEME_HTTP, "test.com", false, -1, "/", "/",
	    "test.com" },
	{ "http://test.com/create", SCHEME_HTTP, "test.com", false, -1,
	    "/create", "/create", "test.com" },
	{ "HTTP://Test.Com", SCHEME_HTTP, "Test.Com", false, -1, "", "/",
	    "Test.Com" },
	{ "https://test.com/x", SCHEME_HTTPS, "test.com", false, -1, "/x", "/x",
	    "test.com" },
	{ "localhost:3000/users", SCHEME_HTTP, "localhost", false, 3000,
	    "/users", "/users", "localhost:3000" },
	{ "test.com:80", SCHEME_HTTP, "test.com", false, 80, "", "/",
	    "test.com:80" },
	{ "test.com:", SCHEME_HTTP, "test.com", false, -1, "", "/",
	    "test.com" },
	{ "test.com:65535/", SCHEME_HTTP, "test.com", false, 65535, "/", "/",
	    "test.com:65535" },
	{ "127.0.0.1:10000", SCHEME_HTTP, "127.0.0.1", false, 10000, "", "/",
	    "127.0.0.1:10000" },
	{ "http://[::1]:8080/x?q#f", SCHEME_HTTP, "::1", true, 8080, "/x?q",
	    "/x?q", "[::1]:8080" },
	{ "[2001:db8::7]", SCHEME_HTTP, "2001:db8::7", true, -1, "", "/",
	    "[2001:db8::7]" },
	{ "[::ffff:127.0.0.1]/x", SCHEME_HTTP, "::ffff:127.0.0.1", true, -1,
	    "/x", "/x", "[::ffff:127.0.0.1]" },
	{ "test.com?a=b", SCHEME_HTTP, "test.com", false, -1, "?a=b", "/?a=b",
	    "test.com" },
	{ "test.com/?a=b?c/d", SCHEME_HTTP, "test.com", false, -1, "/?a=b?c/d",
	    "/?a=b?c/d", "test.com" },
	{ "test.com#top", SCHEME_HTTP, "test.com", false, -1, "", "/",
	    "test.com" },
	{ "test.com/a#b?c", SCHEME_HTTP, "test.com", false, -1, "/a", "/a",
	    "test.com" },
	{ "test.com/a b", SCHEME_HTTP, "test.com", false, -1, "/a b", "/a%20b",
	    "test.com" },
	{ "test.com/\xed\x95\x9c\xea\xb5\xad?\xea\xb0\x80=1", SCHEME_HTTP,
	    "test.com", false, -1, "/\xed\x95\x9c\xea\xb5\xad?\xea\xb0\x80=1",
	    "/%ED%95%9C%EA%B5%AD?%EA%B0%80=1", "test.com" },
	{ "test.com/%41%2f", SCHEME_HTTP, "test.com", false, -1, "/%41%2f",
	    "/%41%2f", "test.com" },
	{ "test.com/100%", SCHEME_HTTP, "test.com", false, -1, "/100%",
	    "/100%25", "test.com" },
	{ "test.com/%4", SCHEME_HTTP, "test.com", false, -1, "/%4", "/%254",
	    "test.com" },
	{ "test.com/%zz", SCHEME_HTTP, "test.com", false, -1, "/%zz", "/%25zz",
	    "test.com" },
	{ "test.com/\"<>\\^`{|}[]", SCHEME_HTTP, "test.com", false, -1,
	    "/\"<>\\^`{|}[]", "/%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D",
	    "test.com" },
	{ "test.com/-._~!$&'()*+,;=:@", SCHEME_HTTP, "test.com", false, -1,
	    "/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@", "test.com" },
	{ "test.com/a/../b/./c", SCHEME_HTTP, "test.com", false, -1,
	    "/a/../b/./c", "/a/../b/./c", "test.com" },
	{ "test.com/http://x", SCHEME_HTTP, "test.com", false, -1, "/http://x",
	    "/http://x", "test.com" },
};

static void
demand(const char *what, const char *text, struct span got, const char *want)
{
	if (!span_is(got, want))
		test_fail("%s of %s is \"%s\", not \"%s\"", what, text,
		    test_show(got.p, got.n), want);
}

static void
understands_what_people_type(void **state)
{
	const struct good *g;
	struct buf b = { .max = 1000 };
	const char *why;
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		g = &goods[i];
		memset(&u, 0xa5, sizeof(u));
		if (!url_parse(span_text(g->text), &u, &why))
			test_fail("%s is refused: %s", g->text, why);
		assert_int_equal(u.scheme, g->scheme);
		demand("host", g->text, u.host, g->host);
		assert_int_equal(u.is_ipv6, g->is_ipv6);
		assert_int_equal(u.has_port, g->port != -1);
		assert_int_equal(u.port,
		    g->port != -1		   ? g->port
			: g->scheme == SCHEME_HTTP ? 80
						   : 443);
		demand("path", g->text, u.path, g->path);
		assert_true(url_append_target(&b, &u));
		demand("target", g->text, buf_span(&b), g->target);
		buf_drop(&b, b.len);
		assert_true(url_append_host(&b, &u));
		demand("Host", g->text, buf_span(&b), g->host_field);
		buf_drop(&b, b.len);
	}
	buf_release(&b);
}

static void
refuses_with_a_sentence(void **state)
{
	static const struct {
		const char *text;
		const char *word; /* of the sentence */
	} bad[] = {
		{ "", "empty" },
		{ "  ", "empty" },
		{ "http://", "host" },
		{ "https:///x", "host" },
		{ "/x", "host" },
		{ "?q", "host" },
		{ "#f", "host" },
		{ ":80", "" },
		{ "http://:80/", "names no host" },
		{ ":80", "names no host" },
		{ ":/x", "names no host" },
		{ "http:/x", "two slashes" },
		{ "HTTP:", "two slashes" },
		{ "https:/test.com", "two slashes" },
		{ "ftp://test.com", "scheme" },
		{ "ws://test.com/", "scheme" },
		{ "test com/", "host" },
		{ "te\"st.com", "host" },
		{ "te\\st.com/", "host" },
		{ "test.com:99999", "port" },
		{ "test.com:65536", "port" },
		{ "test.com:abc", "port" },
		{ "test.com:-1", "port" },
		{ "test.com:80:80", "port" },
		{ "::1", "" },
		{ "[::1", "IPV6" },
		{ "[::1]80", "IPV6" },
		{ "[::1]x/", "IPV6" },
		{ "[::g]", "IPV6" },
		{ "[]", "IPV6" },
		{ "[1.2.3.4]", "IPV6" },
		{ "[:::]", "IPV6" },
		{ "[1:2:3:4:5:6:7:8:9]", "IPV6" },
		{ "me@test.com", "user" },
		{ "http://me:pw@test.com/", "user" },
		{ "\xed\x95\x9c\xea\xb5\xad.kr/", "ASCII" },
	};
	const char *why;
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = NULL;
		if (url_parse(span_text(bad[i].text), &u, &why))
			test_fail("\"%s\" is understood", bad[i].text);
		if (why == NULL || strlen(why) < 10 ||
		    strstr(why, bad[i].word) == NULL)
			test_fail("\"%s\" is refused with \"%s\"", bad[i].text,
			    why == NULL ? "" : why);
	}
	why = NULL;
	assert_false(url_parse(span_of("te\0st.com", 9), &u, &why));
	assert_non_null(why);
}

static void
fails_where_there_is_no_room(void **state)
{
	struct buf b = { .max = 2 };
	const char *why;
	struct url u;

	(void)state;
	assert_true(url_parse(span_text("[::1]:80/a b"), &u, &why));
	assert_false(url_append_target(&b, &u));
	buf_release(&b);
	assert_false(url_append_host(&b, &u));
	buf_release(&b);
	b.max = 100;
	oom_after(1);
	assert_false(url_append_target(&b, &u));
	assert_true(oom_off());
	oom_after(1);
	assert_false(url_append_host(&b, &u));
	assert_true(oom_off());
	buf_release(&b);
}

static void
takes_authorities_apart(void **state)
{
	static const struct {
		const char *text;
		const char *host; /* NULL: refused */
		int port;	  /* -1: none */
	} rows[] = {
		{ "test.com", "test.com", -1 },
		{ "test.com:80", "test.com", 80 },
		{ "test.com:", "test.com", -1 },
		{ "test.com:0", "test.com", 0 },
		{ "test.com:00080", "test.com", 80 },
		{ "test.com.", "test.com.", -1 },
		{ "127.0.0.1:1", "127.0.0.1", 1 },
		{ "[::1]", "::1", -1 },
		{ "[::1]:", "::1", -1 },
		{ "[::1]:65535", "::1", 65535 },
		{ "[fe80::1:2]:8", "fe80::1:2", 8 },
		{ "a_b-c~d!e", "a_b-c~d!e", -1 },
		{ "a%41b", "a%41b", -1 },
		{ "a%4", NULL, 0 },
		{ "a%zz", NULL, 0 },
		{ "a%g4", NULL, 0 },
		{ "test.com:65536", NULL, 0 },
		{ "test.com:8o", NULL, 0 },
		{ "test.com:+1", NULL, 0 },
		{ "test.com: 1", NULL, 0 },
		{ "a:b:c", NULL, 0 },
		{ "::1", NULL, 0 },
		{ "[::1", NULL, 0 },
		{ "::1]", NULL, 0 },
		{ "[::1]a", NULL, 0 },
		{ "[]", NULL, 0 },
		{ "[test.com]", NULL, 0 },
		{ "[12345::]", NULL, 0 },
		{ "[1::2::3]", NULL, 0 },
		{ "[1:2:3]", NULL, 0 },
		{ "a b", NULL, 0 },
		{ "a@b", NULL, 0 },
		{ "a/b", NULL, 0 },
		{ "a?b", NULL, 0 },
		{ "a\tb", NULL, 0 },
		{ "\xed\x95\x9c", NULL, 0 },
	};
	struct span host;
	uint16_t port;
	bool has_port, ok;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ok = authority_parse(
		    span_text(rows[i].text), &host, &has_port, &port);
		if (ok != (rows[i].host != NULL))
			test_fail("%s is %s", rows[i].text,
			    ok ? "understood" : "refused");
		if (!ok)
			continue;
		demand("host", rows[i].text, host, rows[i].host);
		assert_int_equal(has_port, rows[i].port != -1);
		if (has_port)
			assert_int_equal(port, rows[i].port);
	}
}

static void
reads_ports(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1a",
		"0x1", "65536", "99999999999999999999999", "1.0" };
	uint16_t port;
	size_t i;

	(void)state;
	assert_true(port_parse(span_text("0"), &port) && port == 0);
	assert_true(port_parse(span_text("80"), &port) && port == 80);
	assert_true(port_parse(span_text("65535"), &port) && port == 65535);
	assert_true(port_parse(span_text("0000000080"), &port) && port == 80);
	assert_true(port_parse(span_of("8080", 2), &port) && port == 80);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (port_parse(span_text(bad[i]), &port))
			test_fail("\"%s\" is a port", bad[i]);
	assert_false(port_parse(span_of("1\0", 2), &port));
}

/* RFC 3986 5.2.4 and 5.4, and what percent-encoding adds. */
static void
normalises_paths(void **state)
{
	static const struct {
		const char *path;
		const char *want;
	} rows[] = {
		{ "/", "/" },
		{ "/a/b", "/a/b" },
		{ "/a/b/", "/a/b/" },
		{ "/a/b/c/./../../g", "/a/g" },
		{ "/b/c/.", "/b/c/" },
		{ "/b/c/./", "/b/c/" },
		{ "/b/c/..", "/b/" },
		{ "/b/c/../", "/b/" },
		{ "/b/c/../..", "/" },
		{ "/../a", "/a" },
		{ "/../../../a", "/a" },
		{ "/..", "/" },
		{ "/.", "/" },
		{ "/./", "/" },
		{ "/a/..", "/" },
		{ "/a/../..", "/" },
		{ "/b/c/g.", "/b/c/g." },
		{ "/b/c/.g", "/b/c/.g" },
		{ "/b/c/..g", "/b/c/..g" },
		{ "/b/c/g..", "/b/c/g.." },
		{ "/...", "/..." },
		{ "/b/c/g;x=1/../y", "/b/c/y" },
		{ "//a", "//a" },
		{ "/a//b", "/a//b" },
		{ "/a//../b", "/a/b" },
		{ "/%41%7e", "/A~" },
		{ "/a%20b", "/a b" },
		{ "/%ed%95%9C", "/\xed\x95\x9c" },
		{ "/a/%2e%2E/b", "/b" },
		{ "/a/.%2e/b", "/b" },
		{ "/a/%2e/b", "/a/b" },
		{ "/a%2Fb", "/a%2Fb" },
		{ "/a%2fb", "/a%2Fb" },
		{ "/a%2f..%2fb", "/a%2F..%2Fb" },
		{ "/a/..%2fb", "/a/..%2Fb" },
		{ "/%25", "/%25" },
		{ "/%252f", "/%252f" },
		{ "/%252e%252e/b", "/%252e%252e/b" },
		{ "/\xed\x95\x9c", "/\xed\x95\x9c" },
	};
	struct buf b = { .max = 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(path_append_normal(&b, span_text(rows[i].path)));
		demand("normal form", rows[i].path, buf_span(&b), rows[i].want);
		buf_drop(&b, b.len);
	}
	assert_true(path_append_normal(&b, span_text("/%00x")));
	assert_true(span_eq(buf_span(&b), span_of("/\0x", 3)));
	buf_release(&b);
}

/* Dot-segments eat up to where this path began, and no further. */
static void
normalises_behind_what_is_there(void **state)
{
	struct buf b = { .max = 100 };

	(void)state;
	buf_append_text(&b, "x/y");
	assert_true(path_append_normal(&b, span_text("/../../a")));
	assert_true(span_is(buf_span(&b), "x/y/a"));
	buf_release(&b);
	for (b.max = 0; b.max < strlen("/a%25/%2Fb"); b.max++) {
		assert_false(path_append_normal(&b, span_text("/a%/%2fb")));
		buf_release(&b);
	}
	assert_true(path_append_normal(&b, span_text("/a%/%2fb")));
	assert_true(span_is(buf_span(&b), "/a%25/%2Fb"));
	buf_release(&b);
	b.max = 100;
	oom_after(1);
	assert_false(path_append_normal(&b, span_text("/a")));
	assert_true(oom_off());
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands_what_people_type),
		cmocka_unit_test(refuses_with_a_sentence),
		cmocka_unit_test(fails_where_there_is_no_room),
		cmocka_unit_test(takes_authorities_apart),
		cmocka_unit_test(reads_ports),
		cmocka_unit_test(normalises_paths),
		cmocka_unit_test(normalises_behind_what_is_there),
	};

	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
