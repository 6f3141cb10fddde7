/*
 * What is being composed: the automatic rows, the request that comes of it,
 * and what is said when none does.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "form.h"
#include "oom.h"
#include "test.h"

#define CONSTANT                                  \
	"User-Agent: retort/" RETORT_VERSION "\n" \
	"Accept: */*\n"                           \
	"Connection: close"

static void
release_form(void *f)
{
	form_release(f);
}

static struct form *
make(void)
{
	struct form *f = test_alloc(sizeof(*f));

	assert_true(form_init(f));
	test_later(release_form, f);
	return f;
}

static void
release_exchange(void *x)
{
	exchange_free(x);
}

static struct exchange *
make_exchange(void)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	test_later(release_exchange, x);
	return x;
}

static void
set_url(struct form *f, const char *url)
{
	assert_true(lineedit_set(&f->url, span_text(url)));
	assert_true(form_refresh(f));
}

static void
set_rows(struct form *f, const char *rows)
{
	assert_true(textedit_set(&f->headers, span_text(rows)));
	assert_true(form_refresh(f));
}

/* The headers editor reads so. */
static void
rows_are(const struct form *f, const char *want)
{
	struct span s = textedit_text(&f->headers);

	if (!span_is(s, want))
		test_fail(
		    "the rows are\n%.*s\nand not\n%s", (int)s.n, s.p, want);
}

/* --- the automatic rows -------------------------------------------------- */

static void
begins_with_three_rows(void **state)
{
	struct form *f = make();

	(void)state;
	assert_string_equal(f->method, "GET");
	assert_int_equal(f->dialect, DIALECT_HTTP);
	assert_true(f->via);
	assert_string_equal(f->via_host, "127.0.0.1");
	assert_int_equal(f->via_port, 10000);
	rows_are(f, CONSTANT);
}

static void
host_follows_the_url(void **state)
{
	struct form *f = make();

	(void)state;
	set_url(f, "t");
	rows_are(f, "Host: t\n" CONSTANT);
	set_url(f, "test.com/create");
	rows_are(f, "Host: test.com\n" CONSTANT);
	set_url(f, "http://[::1]:8080/x");
	rows_are(f, "Host: [::1]:8080\n" CONSTANT);
	/* Half typed: that it is the last good one's host nobody could see. */
	set_url(f, "test.com:8x");
	rows_are(f, CONSTANT);
	set_url(f, "test.com:8");
	rows_are(f, "Host: test.com:8\n" CONSTANT);
	set_url(f, "*");
	rows_are(f, CONSTANT);
	set_url(f, "http");
	set_url(f, "http://한글.com:80/x");
	rows_are(f, CONSTANT);
	set_url(f, "");
	rows_are(f, CONSTANT);
	set_url(f, "a.b");
	rows_are(f, "Host: a.b\n" CONSTANT);
}

static void
length_follows_the_body(void **state)
{
	struct form *f = make();

	(void)state;
	set_url(f, "test.com");
	assert_true(form_set_body(f, span_text("{}")));
	rows_are(f, "Host: test.com\n" CONSTANT "\nContent-Length: 2");
	assert_true(form_set_body(f, span_text("김철수")));
	rows_are(f, "Host: test.com\n" CONSTANT "\nContent-Length: 9");
	assert_true(form_set_body(f, span_text("")));
	rows_are(f, "Host: test.com\n" CONSTANT);
	assert_true(form_set_body(f, span_text("x")));
	rows_are(f, "Host: test.com\n" CONSTANT "\nContent-Length: 1");
}

static void
a_method_that_brings_a_body_says_that_there_is_none(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "PATCH" };
	struct form *f = make();

	(void)state;
	set_url(f, "test.com");
	for (size_t i = 0; i < 3; i++) {
		assert_true(form_set_method(f, span_text(methods[i])));
		rows_are(f, "Host: test.com\n" CONSTANT "\nContent-Length: 0");
		assert_true(form_set_body(f, span_text("{}")));
		rows_are(f, "Host: test.com\n" CONSTANT "\nContent-Length: 2");
		assert_true(form_set_body(f, span_text("")));
		assert_true(form_set_method(f, span_text("DELETE")));
		rows_are(f, "Host: test.com\n" CONSTANT);
	}
	/* A row like any other: what is removed stays away. */
	assert_true(form_set_method(f, span_text("POST")));
	set_rows(f, "A: b");
	assert_true(form_set_body(f, span_text("{}")));
	rows_are(f, "A: b");
}

static void
no_length_stands_beside_a_coding(void **state)
{
	struct form_fault fault;
	struct form *f = make();

	(void)state;
	assert_true(form_add_header(f, "transfer-encoding: chunked", &fault));
	assert_true(form_set_body(f, span_text("{}")));
	rows_are(f, CONSTANT "\ntransfer-encoding: chunked");
	/* It comes when that goes, and goes when that comes. */
	set_rows(f, "");
	rows_are(f, "Content-Length: 2");
	set_rows(f, "Content-Length: 2\nTransfer-Encoding: x");
	rows_are(f, "Transfer-Encoding: x");
	/* By hand it may stand there, even if it says the same. */
	set_rows(f, "Transfer-Encoding: x\nContent-Length: 2");
	assert_true(form_set_body(f, span_text("longer")));
	rows_are(f, "Transfer-Encoding: x\nContent-Length: 2");
}

/* Of what was sent so, nothing is ours. */
static void
loads_a_length_beside_a_coding(void **state)
{
	struct form_fault fault;
	struct exchange *x = make_exchange();
	struct form *f = make(), *g = make();
	const char rows[] = "Host: a\nTransfer-Encoding: x\nContent-Length: 2";

	(void)state;
	set_url(f, "a");
	assert_true(form_set_body(f, span_text("{}")));
	set_rows(f, "Host: a\nTransfer-Encoding: x");
	set_rows(f, rows);
	assert_true(form_request(f, x, &fault));
	assert_true(form_load(g, x));
	assert_true(form_refresh(g));
	rows_are(g, rows);
}

static void
a_star_asks_the_via_address(void **state)
{
	struct form_fault fault;
	struct form *f = make();

	(void)state;
	set_url(f, "*");
	rows_are(f, CONSTANT);
	assert_false(form_request(f, make_exchange(), &fault));
	assert_non_null(strstr(fault.why, "OPTIONS alone"));
	assert_true(form_set_method(f, span_text("OPTIONS")));
	rows_are(f, "Host: 127.0.0.1:10000\n" CONSTANT);
	assert_true(form_request(f, make_exchange(), &fault));
	f->via = false;
	assert_true(form_refresh(f));
	assert_false(form_request(f, make_exchange(), &fault));
	assert_int_equal(fault.where, FORM_URL);
	assert_non_null(strstr(fault.why, "no host"));
}

static void
leaves_alone_what_the_user_changed(void **state)
{
	struct form *f = make();

	(void)state;
	set_url(f, "test.com");
	assert_true(form_set_body(f, span_text("{}")));
	set_rows(f, "Host: mine\nContent-Length: 99");
	set_url(f, "other.com");
	assert_true(form_set_body(f, span_text("longer")));
	rows_are(f, "Host: mine\nContent-Length: 99");
	assert_true(form_set_body(f, span_text("")));
	set_url(f, "");
	rows_are(f, "Host: mine\nContent-Length: 99");
}

static void
writes_no_removed_row_again(void **state)
{
	struct form *f = make();

	(void)state;
	set_url(f, "test.com");
	assert_true(form_set_body(f, span_text("{}")));
	set_rows(f, "X: y");
	set_url(f, "other.com");
	assert_true(form_set_body(f, span_text("")));
	assert_true(form_set_body(f, span_text("again")));
	set_url(f, "");
	set_url(f, "test.com");
	rows_are(f, "X: y");
	set_rows(f, "");
	rows_are(f, "");
}

static void
takes_a_row_back_that_reads_as_written(void **state)
{
	struct form *f = make();

	(void)state;
	set_url(f, "test.com");
	set_rows(f, "Host: test.co");
	set_url(f, "test.com/x");
	rows_are(f, "Host: test.co");
	set_rows(f, "Host: test.com");
	set_url(f, "other.com");
	rows_are(f, "Host: other.com");
}

static void
writes_beside_no_row_of_the_user(void **state)
{
	struct form *f = make();

	(void)state;
	set_rows(f, "content-length: 5\nHOST: mine");
	set_url(f, "test.com");
	assert_true(form_set_body(f, span_text("{}")));
	rows_are(f, "content-length: 5\nHOST: mine");
	/* Nor later, when the user removes it. */
	set_rows(f, "X: y");
	assert_true(form_set_body(f, span_text("{ }")));
	rows_are(f, "X: y");
}

static void
adds_rows_on_lines_of_their_own(void **state)
{
	struct form *f = make();

	(void)state;
	set_rows(f, "");
	set_url(f, "test.com");
	rows_are(f, "Host: test.com");
	set_url(f, "");
	rows_are(f, "");
	set_rows(f, "X: y\n");
	assert_true(form_set_body(f, span_text("a")));
	rows_are(f, "X: y\nContent-Length: 1");
}

static void
keeps_the_cursor_while_rows_come_and_go(void **state)
{
	struct form *f = make();

	(void)state;
	textedit_move(&f->headers, 5); /* before "Agent" */
	set_url(f, "test.com");
	assert_memory_equal(
	    f->headers.text.data + f->headers.cursor, "Agent", 5);
	set_url(f, "longer.test.com");
	assert_memory_equal(
	    f->headers.text.data + f->headers.cursor, "Agent", 5);
	set_url(f, "");
	assert_memory_equal(
	    f->headers.text.data + f->headers.cursor, "Agent", 5);
}

static void
takes_rows_of_the_command_line(void **state)
{
	struct form_fault fault;
	struct form *f = make();

	(void)state;
	set_rows(f, "Accept: */*");
	assert_true(form_add_header(f, "X-Name: 김철수", &fault));
	assert_true(form_add_header(f, "accept: text/html", &fault));
	assert_true(form_add_header(f, "Host: mine", &fault));
	set_url(f, "test.com");
	rows_are(f, "accept: text/html\nX-Name: 김철수\nHost: mine");
	assert_false(form_add_header(f, "nonsense", &fault));
	assert_int_equal(fault.where, FORM_HEADERS);
	assert_non_null(strstr(fault.why, "nonsense"));
	assert_non_null(strstr(fault.why, "colon"));
	assert_false(form_add_header(f, "A: b\r\nC: d", &fault));
	rows_are(f, "accept: text/html\nX-Name: 김철수\nHost: mine");
}

/* --- composing ----------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *method;
	const char *url;
	bool via;
	const char *host;
	uint16_t port;
	const char *sent;
} http[] = {
	{ "GET", "test.com", true, "127.0.0.1", 10000,
	    "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n" },
	{ "GET", "test.com", false, "test.com", 80,
	    "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n" },
	{ "PUT", " HTTP://localhost:3000/a b?q=한#f ", false, "localhost",
	    3000, "PUT /a%20b?q=%ED%95%9C HTTP/1.1\r\n"
	    "Host: localhost:3000\r\nContent-Length: 0\r\n\r\n" },
	{ "OPTIONS", "*", true, "127.0.0.1", 10000,
	    "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:10000\r\n\r\n" },
	{ "GET", "[::1]:81/x", false, "::1", 81,
	    "GET /x HTTP/1.1\r\nHost: [::1]:81\r\n\r\n" },
	{ "OPTIONS", "test.com/*", true, "127.0.0.1", 10000,
	    "OPTIONS * HTTP/1.1\r\nHost: test.com\r\n\r\n" },
	{ "OPTIONS", "test.com", true, "127.0.0.1", 10000,
	    "OPTIONS / HTTP/1.1\r\nHost: test.com\r\n\r\n" },
	{ "GET", "test.com/*", true, "127.0.0.1", 10000,
	    "GET /* HTTP/1.1\r\nHost: test.com\r\n\r\n" },
	{ "x-any!", "test.com", true, "127.0.0.1", 10000,
	    "x-any! / HTTP/1.1\r\nHost: test.com\r\n\r\n" },
};

static const struct {
	const char *url;
	bool via;
	const char *host;
	uint16_t port;
	const char *sent;
} classic[] = {
	{ "test.com/create", true, "127.0.0.1", 10000, "PUT,test.com/create" },
	{ "test.com", false, "test.com", 80, "PUT,test.com" },
	{ "http://test.com/", true, "127.0.0.1", 10000, "PUT,test.com/" },
	{ "HTTP://test.com:81/x", false, "test.com", 81, "PUT,test.com:81/x" },
	{ " test.com/a,b c ", true, "127.0.0.1", 10000, "PUT,test.com/a,b c" },
	{ "한글/x", true, "127.0.0.1", 10000, "PUT,한글/x" },
};
/* clang-format on */

static void
sends(
    const struct exchange *x, const char *host, uint16_t port, const char *want)
{
	struct buf b = { .max = 10000 };

	assert_string_equal(x->host, host);
	assert_int_equal(x->port, port);
	assert_true(encode_request(&b, &x->request));
	if (!span_is(buf_span(&b), want))
		test_fail("it sends %s", test_show(b.data, b.len));
	buf_release(&b);
}

static void
composes_http(void **state)
{
	struct form_fault fault;
	struct exchange *x;
	struct form *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(http) / sizeof(http[0]); i++) {
		f = make();
		x = make_exchange();
		set_rows(f, "");
		assert_true(form_set_method(f, span_text(http[i].method)));
		set_url(f, http[i].url);
		f->via = http[i].via;
		if (!form_request(f, x, &fault))
			test_fail("case %zu: %s", i, fault.why);
		sends(x, http[i].host, http[i].port, http[i].sent);
		assert_int_equal(x->via, http[i].via);
	}
}

static void
composes_classic(void **state)
{
	struct form_fault fault;
	struct exchange *x;
	struct form *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(classic) / sizeof(classic[0]); i++) {
		f = make();
		x = make_exchange();
		f->dialect = DIALECT_CLASSIC;
		assert_true(form_set_method(f, span_text("PUT")));
		assert_true(form_set_body(f, span_text("not sent")));
		set_url(f, classic[i].url);
		f->via = classic[i].via;
		if (!form_request(f, x, &fault))
			test_fail("case %zu: %s", i, fault.why);
		sends(x, classic[i].host, classic[i].port, classic[i].sent);
		assert_int_equal(x->request.headers.n, 0);
		assert_int_equal(x->request.body.len, 0);
	}
}

static void
sends_exactly_the_rows_and_the_body(void **state)
{
	struct form_fault fault;
	struct exchange *x = make_exchange();
	struct form *f = make();

	(void)state;
	set_url(f, " test.com/create ");
	assert_true(form_set_method(f, span_text("POST")));
	assert_true(form_set_body(f, span_text("{\"name\":\"김철수\"}")));
	assert_true(form_add_header(f, "X-A:  b ", &fault));
	set_rows(f, "X-A:  b \n\n \nX-A: c\nX-Empty:");
	assert_true(form_request(f, x, &fault));
	assert_string_equal(x->url, "test.com/create");
	sends(x, "127.0.0.1", 10000,
	    "POST /create HTTP/1.1\r\nX-A: b\r\nX-A: c\r\nX-Empty: \r\n\r\n"
	    "{\"name\":\"김철수\"}");
}

/* clang-format off */
static const struct {
	const char *method;
	const char *url;
	const char *rows;
	enum dialect dialect;
	enum form_field where;
	size_t line;
	const char *says; /* stands in the sentence */
} faults[] = {
	{ "", "test.com", "", DIALECT_HTTP, FORM_METHOD, 0, "no method" },
	{ "GE T", "test.com", "", DIALECT_HTTP, FORM_METHOD, 0, "\"GE T\"" },
	{ "GET,", "test.com", "", DIALECT_CLASSIC, FORM_METHOD, 0, "GET," },
	{ "GET", "", "", DIALECT_HTTP, FORM_URL, 0, "no URL" },
	{ "GET", "  ", "", DIALECT_CLASSIC, FORM_URL, 0, "no URL" },
	{ "GET", "https://test.com", "", DIALECT_HTTP, FORM_URL, 0,
	    "write http://" },
	{ "GET", "HTTPS://test.com", "", DIALECT_CLASSIC, FORM_URL, 0,
	    "write http://" },
	{ "GET", "ftp://test.com", "", DIALECT_HTTP, FORM_URL, 0, "scheme" },
	{ "GET", "/create", "", DIALECT_HTTP, FORM_URL, 0, "host" },
	{ "GET", "test.com:99999", "", DIALECT_HTTP, FORM_URL, 0, "port" },
	{ "GET", "http://", "", DIALECT_CLASSIC, FORM_URL, 0, "host" },
	{ "GET", "test.com", "A: b\n\nnonsense", DIALECT_HTTP, FORM_HEADERS,
	    2, "line 3: a field line has no colon; write Name: value." },
	{ "GET", "test.com", "A B: c", DIALECT_HTTP, FORM_HEADERS, 0, "name" },
	{ "GET", "test.com", "A: b\nC: \033[1m", DIALECT_HTTP, FORM_HEADERS,
	    1, "control byte" },
	{ "GET", "test.com", ": x", DIALECT_HTTP, FORM_HEADERS, 0, "name" },
};
/* clang-format on */

static void
says_what_is_wrong_and_where(void **state)
{
	struct form_fault fault;
	struct form *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		f = make();
		f->dialect = faults[i].dialect;
		assert_true(form_set_method(f, span_text(faults[i].method)));
		set_url(f, faults[i].url);
		assert_true(
		    textedit_set(&f->headers, span_text(faults[i].rows)));
		if (form_request(f, make_exchange(), &fault))
			test_fail("case %zu is sent", i);
		if (fault.where != faults[i].where ||
		    fault.line != faults[i].line ||
		    strstr(fault.why, faults[i].says) == NULL)
			test_fail("case %zu: %s", i, fault.why);
		assert_true(fault.why[0] >= 'A' || fault.why[0] == '"');
		assert_int_equal(fault.why[strlen(fault.why) - 1], '.');
	}
}

static void
wants_a_server_before_it_goes_via_port_0(void **state)
{
	struct form_fault fault;
	struct form *f = make();
	const char *why;

	(void)state;
	set_url(f, "test.com");
	assert_true(form_set_via(f, "127.0.0.1:0", &why));
	assert_false(form_request(f, make_exchange(), &fault));
	assert_int_equal(fault.where, FORM_VIA);
	f->via = false;
	assert_true(form_request(f, make_exchange(), &fault));
}

static void
refuses_a_classic_request_past_its_ceiling(void **state)
{
	struct form_fault fault;
	struct form *f = make();
	char *url = test_alloc(LIMIT_CLASSIC + 1);

	(void)state;
	memset(url, 'x', LIMIT_CLASSIC);
	set_url(f, url);
	f->dialect = DIALECT_CLASSIC;
	assert_false(form_request(f, make_exchange(), &fault));
	assert_int_equal(fault.where, FORM_URL);
	url[LIMIT_CLASSIC - 4] = '\0';
	set_url(f, url);
	assert_true(form_request(f, make_exchange(), &fault));
}

static void
sets_the_via_address(void **state)
{
	static const char *const bad[] = { "", "127.0.0.1", "127.0.0.1:", ":80",
		"127.0.0.1:x", "::1:80", "127.0.0.1:65536" };
	struct form *f = make();
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (form_set_via(f, bad[i], &why))
			test_fail("%s is taken", bad[i]);
		assert_non_null(strstr(why, "127.0.0.1:10000"));
	}
	assert_string_equal(f->via_host, "127.0.0.1");
	assert_true(form_set_via(f, "[::1]:8080", &why));
	assert_string_equal(f->via_host, "::1");
	assert_int_equal(f->via_port, 8080);
}

static void
refuses_a_method_past_its_ceiling(void **state)
{
	struct form *f = make();
	char *method = test_alloc(FORM_METHOD_MAX + 2);

	(void)state;
	memset(method, 'X', FORM_METHOD_MAX + 1);
	assert_false(form_set_method(f, span_text(method)));
	assert_string_equal(f->method, "GET");
	method[FORM_METHOD_MAX] = '\0';
	assert_true(form_set_method(f, span_text(method)));
	assert_string_equal(f->method, method);
}

/* --- and back ------------------------------------------------------------ */

static void
comes_back_from_an_exchange(void **state)
{
	struct form_fault fault;
	struct exchange *x = make_exchange();
	struct form *f = make(), *g = make();

	(void)state;
	set_url(f, "test.com/create");
	assert_true(form_set_method(f, span_text("POST")));
	assert_true(form_set_body(f, span_text("{\n}")));
	assert_true(form_add_header(f, "X: y", &fault));
	f->via = false;
	assert_true(form_request(f, x, &fault));
	assert_true(form_load(g, x));
	assert_string_equal(g->method, "POST");
	assert_true(span_is(lineedit_text(&g->url), "test.com/create"));
	assert_true(span_is(textedit_text(&g->body), "{\n}"));
	assert_false(g->via);
	rows_are(g, "Host: test.com\n" CONSTANT "\nContent-Length: 3\nX: y");
	/* Its automatic rows are automatic again. */
	set_url(g, "other.com");
	assert_true(form_set_body(g, span_text("")));
	rows_are(g, "Host: other.com\n" CONSTANT "\nContent-Length: 0\nX: y");
	assert_true(form_set_method(g, span_text("GET")));
	rows_are(g, "Host: other.com\n" CONSTANT "\nX: y");
}

static void
brings_no_removed_row_back(void **state)
{
	struct form_fault fault;
	struct exchange *x = make_exchange();
	struct form *f = make(), *g = make();

	(void)state;
	set_url(f, "test.com");
	set_rows(f, "Host: mine");
	assert_true(form_request(f, x, &fault));
	assert_true(form_load(g, x));
	set_url(g, "other.com");
	rows_are(g, "Host: mine");
	/* The body is new: so is its length. */
	assert_true(form_set_body(g, span_text("a")));
	rows_are(g, "Host: mine\nContent-Length: 1");
}

static void
keeps_headers_and_body_when_classic_comes_back(void **state)
{
	struct form_fault fault;
	struct exchange *x = make_exchange();
	struct form *f = make();

	(void)state;
	f->dialect = DIALECT_CLASSIC;
	set_url(f, "test.com");
	assert_true(form_set_body(f, span_text("{}")));
	assert_true(form_request(f, x, &fault));
	f->dialect = DIALECT_HTTP;
	set_url(f, "other.com");
	assert_true(form_load(f, x));
	assert_int_equal(f->dialect, DIALECT_CLASSIC);
	assert_true(span_is(lineedit_text(&f->url), "test.com"));
	assert_true(span_is(textedit_text(&f->body), "{}"));
}

static void
stays_as_it_was_without_memory(void **state)
{
	struct form_fault fault;
	struct exchange *x = make_exchange();
	struct form *f = make(), *g;
	size_t n = 0;
	bool ok;

	(void)state;
	set_url(f, "test.com/create");
	assert_true(form_set_body(f, span_text("{}")));
	assert_true(form_request(f, x, &fault));
	do {
		g = make();
		set_url(g, "other.com");
		oom_after(++n);
		ok = form_load(g, x);
		if (oom_off() && !ok) {
			rows_are(g, "Host: other.com\n" CONSTANT);
			assert_true(
			    span_is(lineedit_text(&g->url), "other.com"));
			set_url(g, "third.com");
			rows_are(g, "Host: third.com\n" CONSTANT);
		}
	} while (!ok);
	assert_true(n > 5);
}

static void
says_when_memory_is_out(void **state)
{
	struct form_fault fault;
	struct form *f = make();
	size_t n = 0;
	bool ok;

	(void)state;
	set_url(f, "test.com/create");
	assert_true(form_set_body(f, span_text("{}")));
	do {
		struct exchange *x = make_exchange();

		fault.where = FORM_URL;
		oom_after(++n);
		ok = form_request(f, x, &fault);
		oom_off();
		assert_true(ok || fault.where == FORM_NOWHERE);
	} while (!ok);
	assert_true(n > 5);
}

/* --- earlier URLs -------------------------------------------------------- */

static void
url_is(const struct form *f, const char *want)
{
	struct span s = lineedit_text(&f->url);

	if (!span_is(s, want))
		test_fail("the URL is %.*s and not %s", (int)s.n, s.p, want);
}

static void
walks_earlier_urls_and_back_to_the_draft(void **state)
{
	struct form *f = make();

	(void)state;
	assert_false(form_earlier(f));
	assert_false(form_later(f));
	set_url(f, "a.com");
	form_remember(f);
	form_remember(f); /* the same again is one */
	set_url(f, "b.com");
	form_remember(f);
	set_url(f, "draf");
	assert_true(form_earlier(f));
	url_is(f, "b.com");
	assert_true(form_earlier(f));
	url_is(f, "a.com");
	rows_are(f, "Host: a.com\n" CONSTANT);
	assert_int_equal(f->url.cursor, 5);
	assert_false(form_earlier(f));
	url_is(f, "a.com");
	assert_true(form_later(f));
	url_is(f, "b.com");
	assert_true(form_later(f));
	url_is(f, "draf");
	assert_false(form_later(f));
	/* An empty draft is one too. */
	set_url(f, "");
	assert_true(form_earlier(f));
	assert_true(form_later(f));
	url_is(f, "");
}

static void
remembers_so_many(void **state)
{
	struct form *f = make();
	char url[32];
	size_t i;

	(void)state;
	set_url(f, "  ");
	form_remember(f);
	assert_int_equal(f->nurls, 0);
	for (i = 0; i < FORM_URLS_MAX + 5; i++) {
		snprintf(url, sizeof(url), "%zu.com", i);
		set_url(f, url);
		form_remember(f);
	}
	assert_int_equal(f->nurls, FORM_URLS_MAX);
	assert_string_equal(f->urls[0], "5.com");
	assert_true(form_earlier(f));
	url_is(f, url);
}

static void
summarises_what_it_sends(void **state)
{
	struct form *f = make();
	char text[128];

	(void)state;
	set_rows(f, "A: b");
	form_summary(f, text, sizeof(text));
	assert_string_equal(text, "1 header · no body");
	set_rows(f, "A: b\n\ncontent-type:  application/json \n");
	assert_true(form_set_body(f, span_text("{\"name\":\"김철수\"}")));
	form_summary(f, text, sizeof(text));
	assert_string_equal(text, "3 headers · body 20 B application/json");
	set_rows(f, "Content-Type: \033[2J");
	form_summary(f, text, sizeof(text));
	assert_string_equal(text, "1 header · body 20 B \\x1b[2J");
	f->dialect = DIALECT_CLASSIC;
	form_summary(f, text, sizeof(text));
	assert_non_null(strstr(text, "classic"));
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins_with_three_rows),
		TEST(host_follows_the_url),
		TEST(length_follows_the_body),
		TEST(a_method_that_brings_a_body_says_that_there_is_none),
		TEST(no_length_stands_beside_a_coding),
		TEST(loads_a_length_beside_a_coding),
		TEST(a_star_asks_the_via_address),
		TEST(leaves_alone_what_the_user_changed),
		TEST(writes_no_removed_row_again),
		TEST(takes_a_row_back_that_reads_as_written),
		TEST(writes_beside_no_row_of_the_user),
		TEST(adds_rows_on_lines_of_their_own),
		TEST(keeps_the_cursor_while_rows_come_and_go),
		TEST(takes_rows_of_the_command_line),
		TEST(composes_http),
		TEST(composes_classic),
		TEST(sends_exactly_the_rows_and_the_body),
		TEST(says_what_is_wrong_and_where),
		TEST(wants_a_server_before_it_goes_via_port_0),
		TEST(refuses_a_classic_request_past_its_ceiling),
		TEST(sets_the_via_address),
		TEST(refuses_a_method_past_its_ceiling),
		TEST(comes_back_from_an_exchange),
		TEST(brings_no_removed_row_back),
		TEST(keeps_headers_and_body_when_classic_comes_back),
		TEST(stays_as_it_was_without_memory),
		TEST(says_when_memory_is_out),
		TEST(walks_earlier_urls_and_back_to_the_draft),
		TEST(remembers_so_many),
		TEST(summarises_what_it_sends),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
