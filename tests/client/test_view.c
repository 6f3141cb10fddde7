/*
 * An exchange as lines: what is shown, that it never passes the width, and
 * that no more is measured than was asked for.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oom.h"
#include "test.h"
#include "view.h"
#include "width.h"

static void
release_exchange(void *x)
{
	exchange_free(x);
}

static struct exchange *
make(enum outcome outcome)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	test_later(release_exchange, x);
	x->id = 1;
	x->request.method = strdup("GET");
	x->request.dialect = DIALECT_HTTP;
	x->url = strdup("test.com");
	x->outcome = outcome;
	return x;
}

static void
set_body(struct exchange *x, struct span body)
{
	x->body.len = 0;
	assert_true(buf_append_span(&x->body, body));
	x->body_len = body.n;
}

static void
add_sent(struct exchange *x, const char *p, size_t n)
{
	tape_bytes(&x->tape, TAPE_WRITE, 0, p, n);
}

static struct exchange *
answered(const char *head, const char *body)
{
	struct exchange *x = make(OUTCOME_ANSWERED);
	enum httperr why;

	assert_true(buf_append_text(&x->raw, head));
	x->head = malloc(sizeof(*x->head));
	assert_int_equal(
	    head_parse_response(x->raw.data, x->raw.len, 0, x->head, &why),
	    PARSE_DONE);
	x->status = x->head->status;
	set_body(x, span_text(body));
	return x;
}

static void
release_view(void *v)
{
	view_release(v);
}

static struct view *
make_view(void)
{
	struct view *v = test_alloc(sizeof(*v));

	view_init(v);
	test_later(release_view, v);
	return v;
}

#define WHAT(x) (&(const struct view_what){ .x = (x) })

/* That part, shown as it is at first. */
static void
set(struct view *v, const struct exchange *x, enum view_part part, size_t cols)
{
	view_set(
	    v, WHAT(x), &(const struct view_how){ .part = part, .cols = cols });
}

static const char role_letters[ROLE_COUNT] = {
	[ROLE_PLAIN] = ' ',
	[ROLE_DIM] = 'd',
	[ROLE_INFO] = 'i',
	[ROLE_ERROR] = 'e',
	[ROLE_OK] = 'o',
	[ROLE_CLIENT_ERROR] = 'c',
	[ROLE_SERVER_ERROR] = 's',
	[ROLE_FAILURE] = 'f',
	[ROLE_FLIGHT] = '.',
	[ROLE_HEADER_NAME] = 'n',
	[ROLE_HEADER_VALUE] = 'v',
	[ROLE_TITLE] = 't',
	[ROLE_NAME] = 'N',
	[ROLE_STRING] = 'S',
	[ROLE_NUMBER] = '0',
	[ROLE_WORD] = 'W',
	[ROLE_TAG] = 'T',
	[ROLE_DIFFERENT] = '!',
};

/* All lines, each ended by LF, a segment as "[role]text". */
static const char *
all_of(struct view *v, const struct exchange *x)
{
	struct buf b = { .max = 1 << 20 };
	struct line line;
	const char *text;
	struct span s;
	size_t i, k;

	line_init(&line);
	for (i = 0; view_line(v, WHAT(x), i, &line); i++) {
		assert_true(line.cols <= v->of.cols);
		assert_int_equal(width_of(buf_span(&line.text)), line.cols);
		for (k = 0; k < line.n; k++) {
			s = line_segment(&line, k);
			buf_printf(&b, "[%c]%.*s",
			    role_letters[line.seg[k].role], (int)s.n, s.p);
		}
		buf_append_text(&b, "\n");
	}
	assert_int_equal(view_lines(v, WHAT(x)), i);
	line_release(&line);
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

static void
shows(const struct exchange *x, enum view_part part, size_t cols,
    const char *want)
{
	struct view *v = make_view();

	set(v, x, part, cols);
	assert_string_equal(all_of(v, x), want);
}

#define OK "HTTP/1.1 200 OK\r\nContent-Type: a:b\r\nX:\r\n\r\n"

static void
shows_an_answer(void **state)
{
	struct exchange *x = answered(OK, "one\r\ntwo\n\n한글\n");

	(void)state;
	shows(x, VIEW_RESPONSE, 80,
	    "[o]HTTP/1.1 200 OK\n[n]Content-Type[v]: a:b\n[n]X[v]:\n\n"
	    "[ ]one\n[ ]two\n\n[ ]한글\n");
}

static void
shows_an_answer_without_a_body(void **state)
{
	(void)state;
	shows(answered("\r\nHTTP/1.1 404 \r\n\r\n", ""), VIEW_RESPONSE, 80,
	    "[c]HTTP/1.1 404 \n\n");
}

static void
shows_a_classic_answer(void **state)
{
	struct exchange *x = make(OUTCOME_ANSWERED);

	(void)state;
	x->request.dialect = DIALECT_CLASSIC;
	assert_true(buf_append_text(&x->raw, "HTTP/400 BAD REQUEST"));
	add_sent(x, "GET,test.com/nope", 17);
	x->status = 400;
	shows(x, VIEW_RESPONSE, 80, "[c]HTTP/400 BAD REQUEST\n");
	shows(x, VIEW_REQUEST, 80, "[ ]GET,test.com/nope\n");
}

static void
shows_a_failure_in_two_lines(void **state)
{
	struct exchange *x = make(OUTCOME_REFUSED);

	(void)state;
	snprintf(x->why, sizeof(x->why), "Nobody listens.");
	snprintf(x->hint, sizeof(x->hint), "s starts a server.");
	shows(x, VIEW_RESPONSE, 80,
	    "[f]Nobody listens.\n[i]s starts a server.\n");
	shows(x, VIEW_REQUEST, 80, "[d]nothing was sent\n");
}

static void
shows_what_came_before_a_failure(void **state)
{
	struct exchange *x = answered(OK, "half");

	(void)state;
	x->outcome = OUTCOME_CUT;
	snprintf(x->why, sizeof(x->why), "It ended.");
	shows(x, VIEW_RESPONSE, 80,
	    "[f]It ended.\n\n[f]HTTP/1.1 200 OK\n[n]Content-Type[v]: a:b\n"
	    "[n]X[v]:\n\n[ ]half\n");
	x = make(OUTCOME_UNPARSABLE);
	assert_true(buf_append_text(&x->raw, "SSH-2.0\r\n\033[2J"));
	x->wrong = httperr_bit(HTTPERR_STATUS_LINE);
	shows(x, VIEW_RESPONSE, 80,
	    "[d]RFC 9112 4[e]: the status line is not VERSION SP THREE-DIGITS "
	    "SP REASON\n\n[ ]SSH-2.0\n[ ]\\x1b[2J\n");
}

static void
shows_which_rules_were_broken(void **state)
{
	struct exchange *x = answered(OK, "");

	(void)state;
	x->wrong =
	    httperr_bit(HTTPERR_BARE_LF) | httperr_bit(HTTPERR_BODY_UNASKED);
	shows(x, VIEW_RESPONSE, 40,
	    "[d]RFC 9112 2.2[e]: a line ends with LF alone\n"
	    "[d]RFC 9112 6.3[e]: bytes follow the end of\n[e]the answer\n\n"
	    "[o]HTTP/1.1 200 OK\n[n]Content-Type[v]: a:b\n[n]X[v]:\n\n");
}

static void
shows_the_request_as_sent(void **state)
{
	struct exchange *x = make(OUTCOME_ANSWERED);

	(void)state;
	add_sent(
	    x, "POST /x HTTP/1.1\r\nHost: test.com\r\n\r\n[\"a\"\r\n1}", 44);
	shows(x, VIEW_REQUEST, 80,
	    "[ ]POST /x HTTP/1.1\n[n]Host[v]: test.com\n\n"
	    "[ ][\"a\"\n[ ]1}\n");
	x->body_dropped = true;
	shows(x, VIEW_RESPONSE, 80, "");
	tape_drop(&x->tape);
	shows(
	    x, VIEW_REQUEST, 80, "[d]what was sent was dropped to make room\n");
}

/* The view of an upload in flight follows it. */
static void
shows_what_the_tape_kept_of_an_upload(void **state)
{
	struct exchange *x = make(OUTCOME_FLIGHT);
	struct view *v = make_view();
	static char body[1000];

	(void)state;
	memset(body, 'b', sizeof(body));
	tape_init(&x->tape, 30, 6, 8);
	add_sent(x, "PUT / HTTP/1.1\r\nA: b\r\n\r\n012345", 30);
	set(v, x, VIEW_REQUEST, 80);
	assert_string_equal(
	    all_of(v, x), "[ ]PUT / HTTP/1.1\n[n]A[v]: b\n\n[ ]012345\n");
	add_sent(x, body, sizeof(body));
	add_sent(x, "uvwxyz", 6);
	set(v, x, VIEW_REQUEST, 80);
	assert_string_equal(all_of(v, x),
	    "[ ]PUT / HTTP/1.1\n[n]A[v]: b\n\n[ ]012345\n\n"
	    "[d]994 B in the middle were not kept:\n[ ]bbbbbbuvwxyz\n");
	add_sent(x, "012345", 6);
	set(v, x, VIEW_REQUEST, 80);
	assert_string_equal(all_of(v, x),
	    "[ ]PUT / HTTP/1.1\n[n]A[v]: b\n\n[ ]012345\n\n"
	    "[d]1.0 kB in the middle were not kept:\n[ ]012345\n");
}

/* On its way, at a URL's host, all of 26 bytes. */
static struct exchange *
on_its_way(void)
{
	struct exchange *x = make(OUTCOME_FLIGHT);

	x->host = strdup("te\033st.com");
	x->port = 81;
	x->request.target = strdup("/");
	assert_true(buf_append_text(&x->request.body, "12345678"));
	return x;
}

/* A connection that is not taken and a body that stalls are no answer that is
 * late. */
static void
says_how_far_it_is(void **state)
{
	struct exchange *x = on_its_way();
	struct view *v = make_view();

	(void)state;
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(all_of(v, x), "[.]looking up te\\x1bst.com\n");
	tape_event(&x->tape, TAPE_CONNECT, 0, 0);
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(
	    all_of(v, x), "[.]connecting to te\\x1bst.com, port 81\n");
	tape_event(&x->tape, TAPE_CONNECTED, 0, 0);
	x->times.connect = 0;
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(all_of(v, x), "[.]sending: 0 B of 26 B\n");
	add_sent(x, "GET / HTTP/1.1\r\n\r\n12", 20);
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(all_of(v, x), "[.]sending: 20 B of 26 B\n");
	add_sent(x, "345678", 6);
	x->times.sent = 0;
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(all_of(v, x), "[.]waiting for the answer\n");
	assert_true(buf_append_text(&x->raw, "HTTP/1.1 2"));
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(
	    all_of(v, x), "[ ]HTTP/1.1 2\n[.]receiving the answer\n");
}

static void
says_that_more_of_a_body_is_to_come(void **state)
{
	struct exchange *x = answered(OK, "half");

	(void)state;
	x->outcome = OUTCOME_FLIGHT;
	shows(x, VIEW_RESPONSE, 80,
	    "[.]HTTP/1.1 200 OK\n[n]Content-Type[v]: a:b\n[n]X[v]:\n\n"
	    "[ ]half\n\n[.]receiving the answer\n");
	/* What another sends to another. */
	x->theirs = true;
	shows(x, VIEW_RESPONSE, 80,
	    "[.]HTTP/1.1 200 OK\n[n]Content-Type[v]: a:b\n[n]X[v]:\n\n"
	    "[ ]half\n");
}

static void
says_what_of_a_body_is_not_there(void **state)
{
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "abc");

	(void)state;
	x->body_len = 5000;
	shows(x, VIEW_RESPONSE, 80,
	    "[o]HTTP/1.1 200 OK\n\n[ ]abc\n"
	    "[d]3 B of the body was kept, of 5.0 kB received\n");
	buf_release(&x->body);
	x->body_dropped = true;
	shows(x, VIEW_RESPONSE, 80,
	    "[o]HTTP/1.1 200 OK\n\n"
	    "[d]its body, 5.0 kB, was dropped to make room\n");
}

/* A screen of 80 columns and one of each narrower kind. */
static void
shows_bytes_of_binary_line_by_line(void **state)
{
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "");

	(void)state;
	set_body(x, span_of("\x89PNG\r\n\0 <- 8, and 16", 21));
	shows(x, VIEW_RESPONSE, 79,
	    "[o]HTTP/1.1 200 OK\n\n[d]binary, 21 B:\n"
	    "[d]00000000 [ ] 89 50 4e 47 0d 0a 00 20  3c 2d 20 38 2c 20 61 6e"
	    "  [v].PNG... <- 8, an\n"
	    "[d]00000010 [ ] 64 20 31 36 00                                  "
	    "  [v]d 16.\n");
	shows(x, VIEW_RESPONSE, 43,
	    "[o]HTTP/1.1 200 OK\n\n[d]binary, 21 B:\n"
	    "[d]00000000 [ ] 89 50 4e 47 0d 0a 00 20  [v].PNG... \n"
	    "[d]00000008 [ ] 3c 2d 20 38 2c 20 61 6e  [v]<- 8, an\n"
	    "[d]00000010 [ ] 64 20 31 36 00           [v]d 16.\n");
	set_body(x, span_of("a\0b", 3));
	shows(x, VIEW_RESPONSE, 10,
	    "[o]HTTP/1.1 2\n[o]00 OK\n\n[d]binary, 3\n[d]B:\n"
	    "[ ]61 00  [v]a.\n[ ]62     [v]b\n");
}

static void
shows_all_of_binary_lazily(void **state)
{
	enum {
		SIZE = 16 * 100000
	};
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "");
	char *bytes = test_alloc(SIZE);
	struct view *v = make_view();
	struct line line;
	size_t cols, i;

	(void)state;
	memset(bytes, 0, SIZE);
	memcpy(bytes + SIZE - 20, "needle", 6);
	set_body(x, span_of(bytes, SIZE));
	set(v, x, VIEW_RESPONSE, 79);
	assert_int_equal(view_lines(v, WHAT(x)), 3 + SIZE / 16);
	assert_int_equal(
	    view_search(v, WHAT(x), 0, 1, "NEEDLE"), 3 + SIZE / 16 - 2);
	assert_true(v->steps < 20);
	line_init(&line);
	assert_true(view_line(v, WHAT(x), 3 + SIZE / 16 - 1, &line));
	assert_true(span_is(line_segment(&line, 0), "001869f0 "));
	assert_false(view_line(v, WHAT(x), 3 + SIZE / 16, &line));
	for (cols = 1; cols < 100; cols++) {
		set(v, x, VIEW_RESPONSE, cols);
		for (i = 0; i < 40; i++) {
			assert_true(view_line(v, WHAT(x), i, &line));
			assert_true(line.cols <= cols);
		}
	}
	line_release(&line);
}

static void
shows_the_bytes_of_a_binary_request(void **state)
{
	struct exchange *x = make(OUTCOME_ANSWERED);

	(void)state;
	add_sent(x, "PUT / HTTP/1.1\r\nA: b\r\n\r\n\0\1\2", 27);
	shows(x, VIEW_REQUEST, 43,
	    "[ ]PUT / HTTP/1.1\n[n]A[v]: b\n\n[d]binary, 3 B:\n"
	    "[d]00000000 [ ] 00 01 02                 [v]...\n");
}

/* Characters that are shown escaped are text all the same. */
static void
takes_joined_emoji_for_text(void **state)
{
	(void)state;
	shows(
	    answered("HTTP/1.1 200 OK\r\n\r\n", "👩\xe2\x80\x8d👧\xe2\x80\x8d👦"),
	    VIEW_RESPONSE, 80,
	    "[o]HTTP/1.1 200 OK\n\n"
	    "[ ]👩\\xe2\\x80\\x8d👧\\xe2\\x80\\x8d👦\n");
}

static void
set_aside(struct exchange *x, enum aside_name name, const char *text)
{
	aside_add(&x->aside[name], span_text(text));
}

static void
shows_what_is_around_head_and_body(void **state)
{
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "hi");

	(void)state;
	set_aside(x, ASIDE_INTERIM, "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n");
	set_aside(x, ASIDE_TRAILERS, "A: b\r\nC: d\r\n");
	set_aside(x, ASIDE_EXTRA, "more");
	shows(x, VIEW_RESPONSE, 80,
	    "[d]interim answers:\n[n]HTTP/1.1 103 Early\n[n]Link[v]: x\n\n"
	    "[o]HTTP/1.1 200 OK\n\n[ ]hi\n\n"
	    "[d]trailers:\n[n]A[v]: b\n[n]C[v]: d\n\n"
	    "[d]bytes behind the end: 4 B\n[ ]more\n");
	x->outcome = OUTCOME_BROKEN;
	x->aside[ASIDE_INTERIM].all = 0;
	x->aside[ASIDE_TRAILERS].all = 0;
	x->aside[ASIDE_EXTRA].all = 5000;
	shows(x, VIEW_RESPONSE, 80,
	    "[f]HTTP/1.1 200 OK\n\n[ ]hi\n\n"
	    "[d]bytes that cannot be read: 5.0 kB\n[ ]more\n"
	    "[d]4 B of it is there, of 5.0 kB received\n");
}

static void
shows_an_interim_answer_while_it_waits(void **state)
{
	struct exchange *x = make(OUTCOME_FLIGHT);
	struct view *v = make_view();

	(void)state;
	x->times.connect = x->times.sent = 0;
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(all_of(v, x), "[.]waiting for the answer\n");
	set_aside(x, ASIDE_INTERIM, "HTTP/1.1 100 Continue\r\n\r\n");
	set(v, x, VIEW_RESPONSE, 80);
	assert_string_equal(all_of(v, x),
	    "[.]waiting for the answer\n\n"
	    "[d]interim answers:\n[n]HTTP/1.1 100 Continue\n\n");
}

static void
shows_the_bytes_of_another_protocol(void **state)
{
	struct exchange *x =
	    answered("HTTP/1.1 101 Switching Protocols\r\n\r\n", "");

	(void)state;
	set_aside(x, ASIDE_EXTRA, "raw");
	shows(x, VIEW_RESPONSE, 80,
	    "[o]HTTP/1.1 101 Switching Protocols\n\n"
	    "[d]bytes of the other protocol: 3 B\n[ ]raw\n");
}

/* clang-format off */
static const struct {
	const char *body;
	size_t cols;
	const char *lines; /* "/" ends one */
} wraps[] = {
	{ "abcdef", 3, "abc/def/" },
	{ "abcdef\n", 6, "abcdef/" },
	{ "abcdef\r\ng", 6, "abcdef/g/" },
	{ "\n\n", 6, "//" },
	{ "한글한글", 5, "한글/한글/" },
	{ "한글", 2, "한/글/" },
	{ "한글a", 1, "…/…/a/" },		/* too wide for the pane */
	{ "e\xcc\x81xe\xcc\x81", 2, "e\xcc\x81x/e\xcc\x81/" },
	{ "ab\033c", 5, "ab/\\x1bc/" },
	{ "ab\033c", 3, "ab/…/c/" },
	{ "ab\tc", 10, "ab      c/" },
	{ "ab\tc", 6, "ab/…/c/" },
	{ "a\rb", 10, "a\\x0db/" },
	{ "\r", 10, "\\x0d/" },
	{ "text with a bad \xff byte", 30, "text with a bad \\xff byte/" },
	{ "a right \xe2\x80\xae to left", 30, "a right \\xe2\\x80\\xae to left/" },
	{ "a CSI \xc2\x9b" "2J of C1, in UTF-8", 40, "a CSI \\xc2\\x9b2J of C1, in UTF-8/" },
};
/* clang-format on */

static void
wraps_between_glyphs(void **state)
{
	struct exchange *x;
	struct line line;
	struct view *v;
	struct buf b = { .max = 1000 };
	size_t i, k;

	(void)state;
	line_init(&line);
	for (i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		x = answered("HTTP/1.1 200 OK\r\n\r\n", wraps[i].body);
		x->raw.len = 0;
		free(x->head);
		x->head = NULL;
		x->status = 0;
		v = make_view();
		set(v, x, VIEW_RESPONSE, wraps[i].cols);
		b.len = 0;
		for (k = 0; view_line(v, WHAT(x), k, &line); k++) {
			buf_append_span(&b, buf_span(&line.text));
			buf_append_text(&b, "/");
			assert_true(line.cols <= wraps[i].cols);
		}
		if (!span_is(buf_span(&b), wraps[i].lines))
			test_fail("case %zu: %.*s", i, (int)b.len, b.data);
	}
	buf_release(&b);
	line_release(&line);
}

static void
passes_no_width_whatever_comes(void **state)
{
	static const char *const parts[] = { "a", "/", "한", "🙂", "\xcc\x81",
		"\xff", "\xed\x95", "\033[2J", "\t", "\xe2\x80\xae", "\n",
		"\r\n", "\x80", "text text text", ": " };
	struct exchange *x = answered(OK, "");
	struct view *v = make_view();
	struct line line;
	unsigned seed = 5;
	size_t i, k, cols;

	(void)state;
	line_init(&line);
	for (i = 0; i < 300; i++) {
		x->body.len = 0;
		for (k = 0; k < 40; k++) {
			seed = seed * 1103515245 + 12345;
			buf_append_text(&x->body,
			    parts[(seed >> 16) %
				(sizeof(parts) / sizeof(parts[0]))]);
		}
		x->body_len = x->body.len;
		x->id++;
		cols = 1 + i % 25;
		set(v, x, VIEW_RESPONSE, cols);
		for (k = 0; view_line(v, WHAT(x), k, &line); k++) {
			assert_true(line.cols <= cols);
			assert_int_equal(
			    width_of(buf_span(&line.text)), line.cols);
			assert_null(
			    memchr(line.text.data, '\033', line.text.len));
		}
	}
	line_release(&line);
}

/* --- laziness ------------------------------------------------------------ */

static struct exchange *
with_numbered_lines(size_t n)
{
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "");
	size_t i;

	for (i = 0; i < n; i++)
		assert_true(buf_printf(&x->body, "line %zu\n", i));
	x->body_len = x->body.len;
	return x;
}

/* Lines before those of the body. */
enum {
	HEAD_LINES = 2
};

static void
line_is(struct view *v, const struct exchange *x, size_t i)
{
	struct line line;
	char want[32];

	line_init(&line);
	snprintf(want, sizeof(want), "line %zu", i);
	assert_true(view_line(v, WHAT(x), i + HEAD_LINES, &line));
	if (!span_is(buf_span(&line.text), want))
		test_fail(
		    "%.*s is not %s", (int)line.text.len, line.text.data, want);
	line_release(&line);
}

static void
measures_only_what_is_asked_for(void **state)
{
	enum {
		MANY = 300000
	};
	struct exchange *x = with_numbered_lines(MANY);
	struct view *v = make_view();
	uint64_t steps;
	size_t i;

	(void)state;
	set(v, x, VIEW_RESPONSE, 80);
	assert_int_equal(v->steps, 0);
	for (i = 0; i < 24; i++)
		line_is(v, x, i);
	assert_true(v->steps < 100);
	assert_int_equal(view_reach(v, WHAT(x), 100), 100);
	/* The end is a pass over all, once. */
	line_is(v, x, MANY - 1);
	assert_int_equal(view_lines(v, WHAT(x)), MANY + HEAD_LINES);
	steps = v->steps;
	assert_true(steps < MANY + 2 * (MANY / BLOCK_MARKS) * 2 + 1000);
	/* A line anywhere costs at most the lines between two marks, */
	line_is(v, x, MANY / 3);
	assert_true(
	    v->steps - steps <= v->block[v->nblock - 1].lines.every + 1);
	assert_true(
	    v->block[v->nblock - 1].lines.every <= 4 * MANY / BLOCK_MARKS);
	/* and the ones behind it a step each. */
	steps = v->steps;
	for (i = 1; i <= 24; i++)
		line_is(v, x, MANY / 3 + i);
	assert_int_equal(v->steps - steps, 24);
	/* Nothing changed: nothing is done. */
	steps = v->steps;
	set(v, x, VIEW_RESPONSE, 80);
	line_is(v, x, MANY / 3 + 1);
	assert_true(v->steps - steps <= 2);
}

static void
finds_every_line_in_any_order(void **state)
{
	enum {
		MANY = 5000
	};
	struct exchange *x = with_numbered_lines(MANY);
	struct view *v = make_view();
	unsigned seed = 9;
	struct line line;
	size_t i;

	(void)state;
	set(v, x, VIEW_RESPONSE, 80);
	for (i = MANY; i-- > 0;)
		line_is(v, x, i);
	for (i = 0; i < 2000; i++) {
		seed = seed * 1103515245 + 12345;
		line_is(v, x, (seed >> 8) % MANY);
	}
	line_init(&line);
	assert_false(view_line(v, WHAT(x), MANY + HEAD_LINES, &line));
	assert_int_equal(line.cols, 0);
	line_release(&line);
}

static void
wraps_a_long_line_lazily(void **state)
{
	enum {
		SIZE = 1 << 20
	};
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "");
	struct view *v = make_view();
	char *text = test_alloc(SIZE);
	struct line line;

	(void)state;
	memset(text, 'x', SIZE);
	set_body(x, span_of(text, SIZE));
	set(v, x, VIEW_RESPONSE, 64);
	line_init(&line);
	assert_true(view_line(v, WHAT(x), 10, &line));
	assert_int_equal(line.cols, 64);
	assert_true(v->steps < 50);
	assert_int_equal(view_lines(v, WHAT(x)), SIZE / 64 + HEAD_LINES);
	line_release(&line);
}

/* A body comes bit by bit, cut anywhere: the view is the same as one that is
 * made of the whole, and does not begin anew each time. */
static void
goes_on_when_an_answer_grows(void **state)
{
	static const char part[] =
	    "한글 text 🙂 e\xcc\x81\xcc\x81 more\r\n";
	enum {
		PARTS = 400
	};
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "");
	struct view *v = make_view(), *whole = make_view();
	struct buf all = { .max = 1 << 20 };
	unsigned seed = 2;
	size_t i, n;

	(void)state;
	x->outcome = OUTCOME_FLIGHT;
	for (i = 0; i < PARTS; i++)
		buf_append_text(&all, part);
	for (i = 0; i < all.len; i += n) {
		seed = seed * 1103515245 + 12345;
		n = 1 + (seed >> 16) % 40;
		if (n > all.len - i)
			n = all.len - i;
		buf_append(&x->body, all.data + i, n);
		x->body_len = x->body.len;
		set(v, x, VIEW_RESPONSE, 7);
		view_lines(v, WHAT(x));
	}
	set(whole, x, VIEW_RESPONSE, 7);
	assert_string_equal(all_of(v, x), all_of(whole, x));
	/* Each of some 600 growths from the start would be 300 times as much. */
	assert_true(v->steps < 40 * whole->steps);
	buf_release(&all);
}

static void
begins_anew_for_another_exchange(void **state)
{
	struct exchange *x = with_numbered_lines(1000);
	struct exchange *y = answered("HTTP/1.1 200 OK\r\n\r\n", "other\n");
	struct view *v = make_view();

	(void)state;
	set(v, x, VIEW_RESPONSE, 80);
	line_is(v, x, 500);
	y->id = 2;
	set(v, y, VIEW_RESPONSE, 80);
	assert_string_equal(all_of(v, y), "[o]HTTP/1.1 200 OK\n\n[ ]other\n");
	set(v, x, VIEW_RESPONSE, 4);
	assert_int_equal(view_lines(v, WHAT(x)), 4 + 1 + 10 * 2 + 990 * 2);
	/* Its body goes while it is looked at. */
	buf_release(&x->body);
	x->body_dropped = true;
	set(v, x, VIEW_RESPONSE, 80);
	assert_int_equal(view_lines(v, WHAT(x)), HEAD_LINES + 1);
}

/* --- pretty ------------------------------------------------------------------ */

#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"

static void
sets_json_out_over_lines(void **state)
{
	struct exchange *x = answered(JSON_HEAD, "{\"a\":[1,true]}");
	struct view *v = make_view();
	struct view_how how = { .part = VIEW_RESPONSE, .cols = 80 };

	(void)state;
	shows(x, VIEW_RESPONSE, 80,
	    "[o]HTTP/1.1 200 OK\n[n]Content-Type[v]: application/json\n\n"
	    "[ ]{\n[ ]  [N]\"a\"[ ]: [\n[ ]    [0]1[ ],\n[ ]    [W]true\n"
	    "[ ]  ]\n[ ]}\n");
	how.raw = true;
	view_set(v, WHAT(x), &how);
	assert_string_equal(all_of(v, x),
	    "[o]HTTP/1.1 200 OK\n[n]Content-Type[v]: application/json\n\n"
	    "[ ]{\"a\":[1,true]}\n");
}

static void
says_where_json_breaks_once_it_is_over(void **state)
{
	struct exchange *x = answered(JSON_HEAD, "[1");
	struct view *v = make_view();

	(void)state;
	x->outcome = OUTCOME_FLIGHT;
	set(v, x, VIEW_RESPONSE, 80);
	assert_null(strstr(all_of(v, x), "here the JSON"));
	x->outcome = OUTCOME_ANSWERED;
	set(v, x, VIEW_RESPONSE, 80);
	assert_non_null(
	    strstr(all_of(v, x), "  [0]1\n[e]here the JSON ends too early\n"));
}

/* n values, each of which takes a line of its own. */
static void
add_values(struct exchange *x, size_t n)
{
	assert_true(buf_append_text(&x->body, "["));
	for (size_t i = 0; i < n; i++)
		assert_true(buf_printf(
		    &x->body, "%s\"line %zu\"", i > 0 ? "," : "", i));
	assert_true(buf_append_text(&x->body, "]"));
	x->body_len = x->body.len;
}

static void
finds_far_values_without_a_tree(void **state)
{
	enum {
		MANY = 300000,
		BEFORE = 4 /* lines */
	};
	struct exchange *x = answered(JSON_HEAD, "");
	struct view *v = make_view();
	struct line line;
	uint64_t steps;
	size_t at, turns = 0;

	(void)state;
	add_values(x, MANY);
	set(v, x, VIEW_RESPONSE, 80);
	line_init(&line);
	assert_true(view_line(v, WHAT(x), 20, &line));
	assert_true(v->steps < 100);
	/* A match far down is found in steps. */
	at = view_search(v, WHAT(x), 0, 1, "line 250000");
	while (at == (size_t)VIEW_LATER) {
		assert_true(v->steps < (++turns + 1) * (VIEW_STEP + 5000));
		at = view_search_on(v, WHAT(x));
	}
	assert_int_equal(at, 250000 + BEFORE);
	assert_true(turns >= 2);
	assert_true(view_line(v, WHAT(x), at, &line));
	assert_true(span_is(buf_span(&line.text), "  \"line 250000\","));
	while (!view_reach_more(v, WHAT(x)))
		;
	assert_int_equal(view_lines(v, WHAT(x)), MANY + BEFORE + 1);
	steps = v->steps;
	assert_true(view_line(v, WHAT(x), MANY / 2, &line));
	assert_true(v->steps - steps <= 4 * MANY / BLOCK_MARKS);
	assert_true(span_is(buf_span(&line.text), "  \"line 149996\","));
	line_release(&line);
}

static void
goes_on_when_json_grows(void **state)
{
	struct exchange *x = answered(JSON_HEAD, "");
	struct view *v = make_view(), *whole = make_view();
	struct buf all;
	unsigned seed = 2;

	(void)state;
	add_values(x, 3000);
	all = x->body;
	x->body = (struct buf){ .max = all.max };
	x->outcome = OUTCOME_FLIGHT;
	for (size_t i = 0, n; i < all.len; i += n) {
		seed = seed * 1103515245 + 12345;
		n = 1 + (seed >> 16) % 200;
		if (n > all.len - i)
			n = all.len - i;
		buf_append(&x->body, all.data + i, n);
		set(v, x, VIEW_RESPONSE, 30);
		view_lines(v, WHAT(x));
	}
	set(whole, x, VIEW_RESPONSE, 30);
	assert_string_equal(all_of(v, x), all_of(whole, x));
	assert_true(v->steps < 60 * whole->steps);
	buf_release(&all);
}

/* --- the other parts --------------------------------------------------------- */

static void
compose(struct exchange *x, const char *body)
{
	x->request.target = strdup("/");
	assert_true(headers_add(
	    &x->request.headers, span_text("Host"), span_text("test.com")));
	assert_true(buf_append_text(&x->request.body, body));
}

#define SENT "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n"

static void
says_how_the_sent_differs_from_the_composed(void **state)
{
	struct exchange *x = make(OUTCOME_ANSWERED);

	(void)state;
	compose(x, "body");
	shows(x, VIEW_REQUEST, 80,
	    "[d]nothing was sent; this was composed:\n\n"
	    "[ ]GET / HTTP/1.1\n[n]Host[v]: test.com\n\n[ ]body\n");
	add_sent(x, SENT "bo", sizeof(SENT) + 1);
	shows(x, VIEW_REQUEST, 80,
	    "[d]sent so far as composed, 36 B of 38 B\n\n"
	    "[ ]GET / HTTP/1.1\n[n]Host[v]: test.com\n\n[ ]bo\n");
	add_sent(x, "dy", 2);
	shows(x, VIEW_REQUEST, 80,
	    "[d]sent as composed, 38 B\n\n"
	    "[ ]GET / HTTP/1.1\n[n]Host[v]: test.com\n\n[ ]body\n");
	add_sent(x, "!", 1);
	shows(x, VIEW_REQUEST, 80,
	    "[d]sent, 39 B, not as composed, which is below:\n\n"
	    "[ ]GET / HTTP/1.1\n[n]Host[v]: test.com\n\n[ ]body!\n\n"
	    "[d]composed:\n"
	    "[ ]GET / HTTP/1.1\n[n]Host[v]: test.com\n\n[ ]body\n");
}

static void
release_tape(void *t)
{
	tape_release(t);
}

/* The other end of x: it got these bytes, and answered with those. */
static struct seen_end
other_end(enum seen_how how, const char *got, const char *answer)
{
	struct seen_conn *c = test_alloc(sizeof(*c));

	tape_init(&c->tape, 1 << 20, 1 << 10, 64);
	test_later(release_tape, &c->tape);
	tape_event(&c->tape, TAPE_ACCEPT, 1000, 0);
	tape_bytes(&c->tape, TAPE_READ, 2000, got, strlen(got));
	tape_bytes(&c->tape, TAPE_WRITE, 3000, answer, strlen(answer));
	return (struct seen_end){ how, c, NULL };
}

static const char *
part_of(const struct view_what *what, enum view_part part, size_t cols)
{
	struct view *v = make_view();
	struct view_how how = { .part = part, .cols = cols };
	struct buf b = { .max = 1 << 20 };
	struct line line;
	const char *text;

	view_set(v, what, &how);
	line_init(&line);
	for (size_t i = 0; view_line(v, what, i, &line); i++) {
		assert_true(line.cols <= cols);
		assert_null(memchr(line.text.data, '\033', line.text.len));
		for (size_t k = 0; k < line.n; k++)
			buf_printf(&b,
			    line.seg[k].role == ROLE_DIFFERENT ? "{%.*s}"
							       : "%.*s",
			    (int)line.seg[k].len,
			    line.text.data + line.seg[k].off);
		while (b.len > 0 && b.data[b.len - 1] == ' ')
			b.len--;
		buf_append_text(&b, "\n");
	}
	line_release(&line);
	text = test_text("%.*s", (int)b.len, b.data == NULL ? "" : b.data);
	buf_release(&b);
	return text;
}

static void
shows_both_ends_of_the_wire(void **state)
{
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "");
	struct view_what what = { .x = x };

	(void)state;
	add_sent(x, "GET / HTTP/1.1\r\nA: b\r\n\r\n", 24);
	tape_bytes(&x->tape, TAPE_READ, 4000, "HTTP/1.1 200 OK\r\n\r\n", 19);
	what.end = other_end(SEEN_SAME, "GET / HTTP/1.1\r\nA: c\r\n\r\n",
	    "HTTP/1.1 200 OK\r\n\r\n");
	assert_string_equal(part_of(&what, VIEW_WIRE, 61),
	    "we sent                  24 B │ the server received      24 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.002 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "GET / HTTP/1.1␍␊              │ GET / HTTP/1.1␍␊\n"
	    "A: {b}␍␊                        │ A: {c}␍␊\n"
	    "␍␊                            │ ␍␊\n"
	    "\n"
	    "the server sent          19 B │ we received              19 B\n"
	    "┄ 1 ┄ 0.003 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.004 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "HTTP/1.1 200 OK␍␊             │ HTTP/1.1 200 OK␍␊\n"
	    "␍␊                            │ ␍␊\n");
	assert_string_equal(part_of(&what, VIEW_WIRE, 30),
	    "we sent                   24 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "GET / HTTP/1.1␍␊\n"
	    "A: {b}␍␊\n"
	    "␍␊\n"
	    "the server received       24 B\n"
	    "┄ 1 ┄ 0.002 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "GET / HTTP/1.1␍␊\n"
	    "A: {c}␍␊\n"
	    "␍␊\n"
	    "\n"
	    "the server sent           19 B\n"
	    "┄ 1 ┄ 0.003 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "HTTP/1.1 200 OK␍␊\n"
	    "␍␊\n"
	    "we received               19 B\n"
	    "┄ 1 ┄ 0.004 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "HTTP/1.1 200 OK␍␊\n"
	    "␍␊\n");
	what.end.how = SEEN_THROUGH;
	assert_non_null(strstr(
	    part_of(&what, VIEW_TIMELINE, 80), "through another connection"));
	assert_non_null(strstr(part_of(&what, VIEW_FINDINGS, 80),
	    "what arrived is not what was sent: 3 shows where"));
}

static void
says_why_one_end_is_alone(void **state)
{
	struct exchange *x = make(OUTCOME_ANSWERED);
	struct view_what what = { .x = x, .end.how = SEEN_SEVERAL };

	(void)state;
	add_sent(x, "GET,x", 5);
	assert_string_equal(part_of(&what, VIEW_WIRE, 100),
	    "several requests reached the server meanwhile: nobody knows which "
	    "of them was this one\n"
	    "we sent                                                           "
	    "                               5 B\n"
	    "┄ 1 ┄ 0.000 ms "
	    "┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄"
	    "┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "GET,x\n"
	    "\n"
	    "we received                                                       "
	    "                               0 B\n");
	what.end.how = SEEN_NOT;
	x = make(OUTCOME_REFUSED);
	what.x = x;
	assert_string_equal(
	    part_of(&what, VIEW_WIRE, 80), "nothing went over a wire\n");
}

/* Nobody else sends anything on a connection of ours, whatever the server makes
 * of it; another client may send the next request. */
static void
shows_all_that_arrived_of_an_exchange_of_ours(void **state)
{
	struct exchange *x = answered("HTTP/1.1 200 OK\r\n\r\n", "");
	struct view_what what = { .x = x };
	struct seen_request r = { .in.to = 2, .out.to = 4 };

	(void)state;
	add_sent(x, "hello", 5);
	tape_bytes(&x->tape, TAPE_READ, 4000, "one two", 7);
	what.end = other_end(SEEN_SAME, "hello", "one two");
	what.end.request = &r;
	assert_string_equal(part_of(&what, VIEW_WIRE, 61),
	    "we sent                   5 B │ the server received       5 B\n"
	    "┄ 1 ┄ 0.000 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.002 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "hello                         │ hello\n"
	    "\n"
	    "the server sent           7 B │ we received               7 B\n"
	    "┄ 1 ┄ 0.003 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄ │ ┄ 1 ┄ 0.004 ms ┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "one two                       │ one two\n");
	assert_null(
	    strstr(part_of(&what, VIEW_FINDINGS, 80), "what arrived is not"));
	what.end.how = SEEN_THROUGH;
	assert_non_null(strstr(
	    part_of(&what, VIEW_WIRE, 61), "│ the server received       2 B"));
}

static void
lists_every_broken_rule(void **state)
{
	struct exchange *x = answered("HTTP/1.1 405 No\r\n\r\n", "");
	struct view_what what = { .x = x };
	struct seen_request r = { .nerror = 1 };

	(void)state;
	x->wrong =
	    httperr_bit(HTTPERR_BARE_LF) | httperr_bit(HTTPERR_ALLOW_MISSING);
	add_sent(x, "GET / HTTP/1.1\nHost: a\r\n\r\n", 26);
	strlcpy(r.error[0].why, "said the server", sizeof(r.error[0].why));
	strlcpy(r.error[0].section, "RFC 9112 2.2", sizeof(r.error[0].section));
	what.end.request = &r;
	assert_string_equal(part_of(&what, VIEW_FINDINGS, 80),
	    "the request:\n"
	    "RFC 9112 2.2: a line ends with LF alone\n"
	    "    end each line with CR LF\n"
	    "\n"
	    "the request, as the server has it:\n"
	    "RFC 9112 2.2: said the server\n"
	    "\n"
	    "the answer:\n"
	    "RFC 9112 2.2: a line ends with LF alone\n"
	    "    end each line with CR LF\n"
	    "RFC 9110 15.5.6: a 405 does not say which methods are allowed\n"
	    "    add an Allow field\n"
	    "RFC 9110 6.6.1: there is no Date\n"
	    "    add one, if the server has a clock\n");
	what.end.request = NULL;
	what.x = make(OUTCOME_ANSWERED);
	assert_string_equal(part_of(&what, VIEW_FINDINGS, 80),
	    "no rule was broken that retort knows of\n");
}

/* Else one does not see where the next thing begins. */
static void
what_is_indented_stays_so_over_lines(void **state)
{
	struct exchange *x = make(OUTCOME_ANSWERED);
	static char nearest[] = "GET test.com/ (the path differs)";
	struct seen_request r = { .req = 1, .nearest = nearest };
	struct view_what what = { .x = x, .end.request = &r };

	(void)state;
	assert_string_equal(part_of(&what, VIEW_FINDINGS, 30),
	    "no rule was broken that retort\n"
	    "knows of\n"
	    "\n"
	    "no route matched; the nearest:\n"
	    "    GET test.com/ (the path\n"
	    "    differs)\n");
	/* Where there is room for it. */
	assert_non_null(strstr(
	    part_of(&what, VIEW_FINDINGS, 7), "\nGET\ntest.co\nm/ (the\n"));
}

/* Whatever a peer says, in every part. */
static void
keeps_hostile_bytes_off_the_screen(void **state)
{
	static const char hostile[] =
	    "HTTP/1.1 200 \033[2J\xe2\x80\xae\x9b\r\n\033]0;x\a: \xff\n\n";
	struct exchange *x = make(OUTCOME_UNPARSABLE);
	struct view_what what = { .x = x };
	struct seen_request r = { .req = 1, .status = 200, .heard = 2500 };
	static char route[] = "\033[2J:1";

	(void)state;
	assert_true(buf_append_text(&x->raw, hostile));
	set_body(x, span_text(hostile));
	aside_add(&x->aside[ASIDE_EXTRA], span_text(hostile));
	add_sent(x, hostile, sizeof(hostile) - 1);
	tape_bytes(&x->tape, TAPE_READ, 4000, hostile, sizeof(hostile) - 1);
	what.end = other_end(SEEN_SAME, hostile, hostile);
	r.route = route;
	r.in.to = r.out.to = UINT64_MAX;
	what.end.request = &r;
	for (int part = 0; part < VIEW_PART_COUNT; part++)
		for (size_t cols = 1; cols < 130; cols += 3)
			part_of(&what, (enum view_part)part, cols);
}

/* --- search -------------------------------------------------------------- */

static void
searches_both_ways_and_round(void **state)
{
	struct exchange *x =
	    answered("HTTP/1.1 200 OK\r\nServer: needle\r\n\r\n",
		"one\nNEEDLE two\nthree\nlong line with a needle in it\nfive");
	struct view *v = make_view();
	/* clang-format off */
	static const struct {
		size_t from;
		int step;
		const char *text;
		size_t found;
	} cases[] = {
		{ SIZE_MAX, 1, "needle", 1 },
		{ 0, 1, "needle", 1 },
		{ 1, 1, "needle", 4 },
		{ 4, 1, "needle", 7 },	/* in the second line of a long one */
		{ 7, 1, "needle", 1 },
		{ SIZE_MAX, -1, "needle", 7 },
		{ 7, -1, "needle", 4 },
		{ 4, -1, "needle", 1 },
		{ 1, -1, "needle", 7 },
		{ 0, 1, "five", 8 },
		{ 8, 1, "five", 8 },
		{ SIZE_MAX, 1, "200 ok", 0 },
		{ 3, 1, "absent", SIZE_MAX },
		{ 3, -1, "absent", SIZE_MAX },
		{ 3, 1, "", SIZE_MAX },
		{ 99, 1, "one", 3 },
	};
	/* clang-format on */
	size_t i, found;

	(void)state;
	set(v, x, VIEW_RESPONSE, 17);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		found = view_search(
		    v, WHAT(x), cases[i].from, cases[i].step, cases[i].text);
		if (found != cases[i].found)
			test_fail("case %zu finds line %zu", i, found);
	}
}

static void
searches_far_down(void **state)
{
	enum {
		MANY = 100000
	};
	struct exchange *x = with_numbered_lines(MANY);
	struct view *v = make_view();
	size_t at;

	(void)state;
	set(v, x, VIEW_RESPONSE, 80);
	at = view_search(v, WHAT(x), 0, 1, "LINE 99");
	assert_int_equal(at, 99 + HEAD_LINES);
	assert_true(v->steps < 1000);
	at = view_search(v, WHAT(x), at, 1, "line 88888");
	assert_int_equal(at, 88888 + HEAD_LINES);
	assert_int_equal(
	    view_search(v, WHAT(x), at, -1, "line 77"), 77999 + HEAD_LINES);
	assert_int_equal(
	    view_search(v, WHAT(x), 0, -1, "line 5"), 59999 + HEAD_LINES);
	line_is(v, x, 59999);
}

static void
finds_nothing_in_nothing(void **state)
{
	struct exchange *x = answered(OK, "");
	struct view *v = make_view();
	struct line line;

	(void)state;
	line_init(&line);
	assert_int_equal(view_lines(v, WHAT(x)), 0);
	assert_false(view_line(v, WHAT(x), 0, &line));
	assert_int_equal(view_search(v, WHAT(x), SIZE_MAX, 1, "x"), SIZE_MAX);
	line_release(&line);
}

static void
shows_what_it_can_without_memory(void **state)
{
	struct exchange *x = answered(OK, "body");
	size_t n = 0;

	(void)state;
	x->outcome = OUTCOME_CUT;
	x->wrong = httperr_bit(HTTPERR_BODY_SHORT);
	snprintf(x->why, sizeof(x->why), "It ended.");
	do {
		struct view v;
		struct line line;
		size_t i;

		view_init(&v);
		line_init(&line);
		oom_after(++n);
		set(&v, x, VIEW_RESPONSE, 20);
		for (i = 0; view_line(&v, WHAT(x), i, &line); i++)
			;
		assert_true(i >= 5);
		line_release(&line);
		view_release(&v);
	} while (oom_off());
	assert_true(n > 2);
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shows_an_answer),
		TEST(shows_an_answer_without_a_body),
		TEST(shows_a_classic_answer),
		TEST(shows_a_failure_in_two_lines),
		TEST(shows_what_came_before_a_failure),
		TEST(shows_which_rules_were_broken),
		TEST(shows_the_request_as_sent),
		TEST(shows_what_the_tape_kept_of_an_upload),
		TEST(says_how_far_it_is),
		TEST(says_that_more_of_a_body_is_to_come),
		TEST(says_what_of_a_body_is_not_there),
		TEST(shows_bytes_of_binary_line_by_line),
		TEST(shows_all_of_binary_lazily),
		TEST(shows_the_bytes_of_a_binary_request),
		TEST(takes_joined_emoji_for_text),
		TEST(shows_what_is_around_head_and_body),
		TEST(shows_an_interim_answer_while_it_waits),
		TEST(shows_the_bytes_of_another_protocol),
		TEST(wraps_between_glyphs),
		TEST(passes_no_width_whatever_comes),
		TEST(measures_only_what_is_asked_for),
		TEST(finds_every_line_in_any_order),
		TEST(wraps_a_long_line_lazily),
		TEST(goes_on_when_an_answer_grows),
		TEST(begins_anew_for_another_exchange),
		TEST(sets_json_out_over_lines),
		TEST(says_where_json_breaks_once_it_is_over),
		TEST(finds_far_values_without_a_tree),
		TEST(goes_on_when_json_grows),
		TEST(says_how_the_sent_differs_from_the_composed),
		TEST(shows_both_ends_of_the_wire),
		TEST(shows_all_that_arrived_of_an_exchange_of_ours),
		TEST(says_why_one_end_is_alone),
		TEST(lists_every_broken_rule),
		TEST(what_is_indented_stays_so_over_lines),
		TEST(keeps_hostile_bytes_off_the_screen),
		TEST(searches_both_ways_and_round),
		TEST(searches_far_down),
		TEST(finds_nothing_in_nothing),
		TEST(shows_what_it_can_without_memory),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
