/*
 * Answers as bytes, one a row: whole, cut in two at every place, and byte by
 * byte they must leave the same exchange.
 */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "oom.h"
#include "test.h"

/* How the bytes end. */
enum ending {
	STAYS, /* the connection stays open */
	EOFS,
	BREAKS,
	QUIET,
};

struct row {
	const char *method; /* NULL: classic */
	const char *bytes;
	enum ending ending;
	enum answer_state state;
	int status;
	const char *body;
	httperr_set wrong;
};

#define BIT(name) ((httperr_set)1 << HTTPERR_##name)
#define OK	  "HTTP/1.1 200 OK\r\n"
#define CLASSIC	  NULL

/* Codings that a Transfer-Encoding holds. */
#define CHUNKED	   OK "Transfer-Encoding: chunked\r\n\r\n"
#define LENGTH(n)  OK "Content-Length: " #n "\r\n\r\n"
#define UNPARSABLE ANSWER_UNPARSABLE
#define WHOLE	   ANSWER_WHOLE
#define BROKEN	   ANSWER_BROKEN
#define CUT	   ANSWER_CUT

/* clang-format off */
static const struct row rows[] = {
	/* framed by a length, by chunks, by the close */
	{ "GET", LENGTH(5) "hello", STAYS, WHOLE, 200, "hello", 0 },
	{ "GET", LENGTH(0), STAYS, WHOLE, 200, "", 0 },
	{ "GET", "\r\n" LENGTH(2) "hi", STAYS, WHOLE, 200, "hi", 0 },
	{ "GET", CHUNKED "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n", STAYS, WHOLE, 200, "abcde", 0 },
	{ "GET", OK "\r\nto the end", EOFS, WHOLE, 200, "to the end", 0 },
	{ "GET", OK "\r\n", EOFS, WHOLE, 200, "", 0 },
	{ "GET", OK "\r\nto the end", BREAKS, CUT, 200, "to the end", BIT(BODY_SHORT) },

	/* without a body */
	{ "HEAD", LENGTH(5), STAYS, WHOLE, 200, "", 0 },
	{ "HEAD", CHUNKED, STAYS, WHOLE, 200, "", 0 },
	{ "GET", "HTTP/1.1 204 No Content\r\n\r\n", STAYS, WHOLE, 204, "", 0 },
	{ "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", STAYS, WHOLE, 304, "", 0 },
	{ "GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n", STAYS, WHOLE, 101, "", BIT(UPGRADE_MISSING) | BIT(UPGRADE_UNASKED) },

	/* interim answers */
	{ "POST", "HTTP/1.1 100 Continue\r\n\r\n" LENGTH(2) "hi", STAYS, WHOLE, 200, "hi", 0 },
	{ "POST", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" LENGTH(0), STAYS, WHOLE, 200, "", 0 },
	{ "POST", "HTTP/1.1 100 Continue\r\n\r\n", EOFS, CUT, 0, "", 0 },

	{ "POST", "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n" LENGTH(0), STAYS, WHOLE, 200, "", BIT(LENGTH_FORBIDDEN) },
	{ "POST", "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n" LENGTH(0), STAYS, WHOLE, 200, "", BIT(CODING_FORBIDDEN) },

	/* broken, and shown */
	{ "GET", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", STAYS, WHOLE, 200, "hi", BIT(BARE_LF) },
	{ "GET", OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", STAYS, WHOLE, 200, "hi", BIT(LENGTH_TWICE) },
	{ "GET", OK "no colon\r\nContent-Length: 2\r\n\r\nhi", STAYS, WHOLE, 200, "hi", BIT(FIELD_NO_COLON) },
	{ "GET", CHUNKED "2\r\nhi\r\nxyz\r\n", STAYS, BROKEN, 200, "hi", BIT(CHUNK_SIZE) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\nX: a\r\n b\r\n\r\n", STAYS, WHOLE, 200, "hi", BIT(FIELD_FOLD) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\n b\r\n\r\n", STAYS, WHOLE, 200, "hi", BIT(FIELD_FOLD) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\nX : a\r\n\r\n", STAYS, WHOLE, 200, "hi", BIT(FIELD_SPACE) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\nX: a\n\nmore", STAYS, WHOLE, 200, "hi", BIT(BARE_LF) | BIT(BODY_UNASKED) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\n\n", STAYS, WHOLE, 200, "hi", BIT(BARE_LF) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\nno\r\n more\r\n: x\r\n\r\n", STAYS, WHOLE, 200, "hi", BIT(FIELD_NO_COLON) | BIT(FIELD_NAME) | BIT(FIELD_FOLD) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\nX: a\rb\r\n\r\r\n\r\n", STAYS, WHOLE, 200, "hi", BIT(BARE_CR) },
	{ "GET", CHUNKED "2\r\nhi\r\n0\r\nX: \001\r\n", EOFS, CUT, 200, "hi", BIT(BODY_SHORT) | BIT(FIELD_VALUE) },
	{ "GET", "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", STAYS, WHOLE, 401, "", BIT(CHALLENGE_MISSING) },
	{ "GET", "HTTP/1.1 205 Reset\r\nContent-Length: 2\r\n\r\nhi", STAYS, WHOLE, 205, "hi", BIT(RESET_CONTENT) },
	{ "GET", "HTTP/1.1 205 Reset\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", STAYS, WHOLE, 205, "", 0 },
	{ "GET", "HTTP/1.1 205 Reset\r\n\r\n", EOFS, WHOLE, 205, "", 0 },
	{ "GET", "HTTP/1.1 999 Far Out\r\nContent-Length: 0\r\n\r\n", STAYS, WHOLE, 999, "", BIT(STATUS_RANGE) },
	{ "GET", LENGTH(2) "hi, and more", STAYS, WHOLE, 200, "hi", BIT(BODY_UNASKED) },
	{ "HEAD", LENGTH(2) "hi", STAYS, WHOLE, 200, "", BIT(BODY_UNASKED) },
	{ "GET", CHUNKED "1\r\na\r\n0\r\n\r\nmore", STAYS, WHOLE, 200, "a", BIT(BODY_UNASKED) },

	/* too short */
	{ "GET", LENGTH(9) "hello", EOFS, CUT, 200, "hello", BIT(BODY_SHORT) },
	{ "GET", LENGTH(9) "hello", BREAKS, CUT, 200, "hello", BIT(BODY_SHORT) },
	{ "GET", CHUNKED "9\r\nhel", EOFS, CUT, 200, "hel", BIT(BODY_SHORT) },
	{ "GET", CHUNKED "3\r\nhel\r\n", EOFS, CUT, 200, "hel", BIT(BODY_SHORT) },
	{ "GET", OK "Content-Le", EOFS, CUT, 0, "", 0 },
	{ "GET", "HT", EOFS, CUT, 0, "", 0 },
	{ "GET", "", EOFS, CUT, 0, "", 0 },
	{ CLASSIC, "", EOFS, CUT, 0, "", 0 },

	/* not an answer */
	{ "GET", "SSH-2.0-OpenSSH_9.2\r\n", STAYS, UNPARSABLE, 0, "", BIT(STATUS_LINE) },
	{ "GET", "SSH-2.0", EOFS, UNPARSABLE, 0, "", BIT(STATUS_LINE) },
	{ "GET", "J\001\002binary", QUIET, UNPARSABLE, 0, "", BIT(STATUS_LINE) },
	{ "GET", "HTTP/200 OK", QUIET, UNPARSABLE, 0, "", BIT(STATUS_LINE) },
	{ "GET", "HTTP/200 OK\n", STAYS, UNPARSABLE, 0, "", BIT(STATUS_LINE) },
	{ CLASSIC, LENGTH(0), STAYS, UNPARSABLE, 0, "", BIT(CLASSIC_ANSWER) },
	{ CLASSIC, "hello", EOFS, UNPARSABLE, 0, "", BIT(CLASSIC_ANSWER) },

	/* classic: ended by LF, close, silence */
	{ CLASSIC, "HTTP/200 OK\r\n", STAYS, WHOLE, 200, "", 0 },
	{ CLASSIC, "HTTP/200 OK\n", STAYS, WHOLE, 200, "", 0 },
	{ CLASSIC, "HTTP/201 CREATED", EOFS, WHOLE, 201, "", 0 },
	{ CLASSIC, "HTTP/201 CREATED", BREAKS, WHOLE, 201, "", 0 },
	{ CLASSIC, "HTTP/400 BAD REQUEST", QUIET, WHOLE, 400, "", 0 },
	{ CLASSIC, "HTTP/200 OK\nmore", STAYS, WHOLE, 200, "", BIT(BODY_UNASKED) },
	{ CLASSIC, "HTTP/999 HM", EOFS, WHOLE, 999, "", BIT(STATUS_RANGE) },
};
/* clang-format on */

enum {
	NROWS = sizeof(rows) / sizeof(rows[0])
};

static struct exchange *
exchange_for(const char *method)
{
	struct exchange *x = exchange_new();

	assert_non_null(x);
	x->request.dialect = method == NULL ? DIALECT_CLASSIC : DIALECT_HTTP;
	x->request.method = strdup(method == NULL ? "GET" : method);
	return x;
}

static void
say_where(const struct row *r, size_t piece)
{
	print_error("row %d, in pieces of %zu: %s\n", (int)(r - rows), piece,
	    test_show(r->bytes, strlen(r->bytes)));
}

static void
expect(const struct row *r, const struct answer *a, size_t piece)
{
	const struct exchange *x = a->x;

	if (a->state == r->state && x->status == r->status &&
	    x->wrong == r->wrong && span_is(buf_span(&x->body), r->body) &&
	    x->body_len == x->body.len)
		return;
	say_where(r, piece);
	assert_int_equal(a->state, r->state);
	assert_int_equal(x->status, r->status);
	assert_int_equal(x->wrong, r->wrong);
	assert_int_equal(x->body.len, strlen(r->body));
	test_fail("another body");
}

static void
finish(const struct row *r, struct answer *a)
{
	if (r->ending == QUIET) {
		assert_true(answer_may_end(a));
		answer_quiet(a);
	} else if (r->ending != STAYS) {
		answer_eof(a, r->ending == BREAKS);
	}
}

/* The first piece is `first` bytes long, all others `piece`. */
static void
feed(const struct row *r, size_t first, size_t piece)
{
	struct exchange *x = exchange_for(r->method);
	struct answer a;
	size_t n = strlen(r->bytes), at = 0, take = first;

	assert_true(answer_init(&a, x));
	while (at < n) {
		/* A copy, so that a sanitizer sees a read past its end. */
		char *copy = malloc(take);

		memcpy(copy, r->bytes + at, take);
		assert_true(answer_read(&a, copy, take));
		free(copy);
		at += take;
		take = n - at < piece ? n - at : piece;
	}
	finish(r, &a);
	expect(r, &a, first);
	answer_release(&a);
	exchange_free(x);
}

static void
reads_every_answer_in_one_piece(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < NROWS; i++) {
		n = strlen(rows[i].bytes);
		feed(&rows[i], n, n);
	}
}

static void
reads_every_answer_cut_anywhere(void **state)
{
	size_t i, n, cut;

	(void)state;
	for (i = 0; i < NROWS; i++) {
		n = strlen(rows[i].bytes);
		for (cut = 1; cut < n; cut++)
			feed(&rows[i], cut, n);
	}
}

static void
reads_every_answer_byte_by_byte(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NROWS; i++)
		feed(&rows[i], strlen(rows[i].bytes) > 0, 1);
}

static void
keeps_the_final_head_only(void **state)
{
	struct exchange *x = exchange_for("GET");
	struct answer a;
	const char bytes[] = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"
			     "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n"
			     "hi";

	(void)state;
	assert_true(answer_init(&a, x));
	assert_true(answer_read(&a, bytes, sizeof(bytes) - 1));
	answer_release(&a);
	assert_true(span_is(buf_span(&x->raw),
	    "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n"));
	assert_int_equal(x->raw.cap, x->raw.len);
	assert_true(span_is(exchange_reason(x), "Created"));
	assert_true(
	    span_is(head_value(x->raw.data, x->head, "content-length"), "2"));
	exchange_free(x);
}

static void
keeps_what_cannot_be_parsed(void **state)
{
	struct exchange *x = exchange_for("GET");
	struct answer a;
	const char bytes[] = "220 mail.test ESMTP\r\n";

	(void)state;
	assert_true(answer_init(&a, x));
	assert_true(answer_read(&a, bytes, sizeof(bytes) - 1));
	assert_true(answer_read(&a, "500 what?\r\n", 11));
	answer_release(&a);
	assert_true(
	    span_is(buf_span(&x->raw), "220 mail.test ESMTP\r\n500 what?\r\n"));
	assert_null(x->head);
	exchange_free(x);
}

static void
keeps_a_classic_answer_whole(void **state)
{
	struct exchange *x = exchange_for(CLASSIC);
	struct answer a;

	(void)state;
	assert_true(answer_init(&a, x));
	assert_true(answer_read(&a, "HTTP/400 BAD", 12));
	assert_true(answer_may_end(&a));
	assert_true(answer_read(&a, " REQUEST", 8));
	answer_quiet(&a);
	answer_release(&a);
	assert_true(span_is(buf_span(&x->raw), "HTTP/400 BAD REQUEST"));
	assert_true(span_is(exchange_reason(x), "BAD REQUEST"));
	exchange_free(x);
}

static void
waits_for_an_end_while_there_may_be_one(void **state)
{
	static const char *const begun[] = { "H", "HTTP/", "HTTP/1",
		"HTTP/1.1 200", "\r\n\r\nHTT", "\n", "" };
	struct exchange *x;
	struct answer a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(begun) / sizeof(begun[0]); i++) {
		x = exchange_for("GET");
		assert_true(answer_init(&a, x));
		assert_true(answer_read(&a, begun[i], strlen(begun[i])));
		assert_false(answer_may_end(&a));
		answer_release(&a);
		exchange_free(x);
	}
}

/* Silence ends a classic answer only behind "HTTP/NNN x". */
static void
does_not_take_half_a_classic_answer(void **state)
{
	const char whole[] = "HTTP/200 O";
	struct exchange *x;
	struct answer a;
	size_t n;

	(void)state;
	for (n = 1; n < sizeof(whole); n++) {
		x = exchange_for(CLASSIC);
		assert_true(answer_init(&a, x));
		assert_true(answer_read(&a, whole, n));
		assert_int_equal(answer_may_end(&a), n == sizeof(whole) - 1);
		answer_release(&a);
		exchange_free(x);
	}
}

static void
counts_a_body_past_its_ceiling(void **state)
{
	struct exchange *x = exchange_for("GET");
	struct answer a;
	const char head[] = LENGTH(26);
	const char body[] = "abcdefghijklmnopqrstuvwxyz";

	(void)state;
	x->body.max = 10;
	assert_true(answer_init(&a, x));
	assert_true(answer_read(&a, head, sizeof(head) - 1));
	assert_true(answer_read(&a, body, 7));
	assert_true(answer_read(&a, body + 7, 7));
	assert_true(answer_read(&a, body + 14, 12));
	assert_int_equal(a.state, ANSWER_WHOLE);
	answer_release(&a);
	assert_true(span_is(buf_span(&x->body), "abcdefghij"));
	assert_int_equal(x->body_len, 26);
	exchange_free(x);
}

static void
refuses_a_head_past_its_ceiling(void **state)
{
	struct exchange *x = exchange_for("GET");
	struct answer a;
	char line[1024];
	size_t i;

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "Name:", 5);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	assert_true(answer_init(&a, x));
	assert_true(answer_read(&a, OK, strlen(OK)));
	for (i = 0; i < 40; i++)
		assert_true(answer_read(&a, line, sizeof(line)));
	assert_int_equal(a.state, ANSWER_UNPARSABLE);
	/* That is our fault, not the peer's. */
	assert_int_equal(a.why, HTTPERR_HEAD_TOO_LARGE);
	assert_non_null(answer_ceiling(a.why));
	assert_int_equal(x->wrong, 0);
	assert_int_equal(x->status, 200);
	assert_int_equal(x->raw.len, strlen(OK) + 40 * sizeof(line));
	answer_release(&a);
	exchange_free(x);
}

static void
refuses_no_garbage_for_its_length(void **state)
{
	struct exchange *x = exchange_for("GET");
	struct answer a;
	char text[1024];
	size_t i;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_true(answer_init(&a, x));
	for (i = 0; i < 300; i++)
		assert_true(answer_read(&a, text, sizeof(text)));
	assert_int_equal(a.state, ANSWER_UNPARSABLE);
	assert_null(answer_ceiling(a.why));
	assert_int_equal(x->wrong, BIT(STATUS_LINE));
	/* Beside what is kept the rest is counted. */
	assert_int_equal(
	    x->raw.len + x->aside[ASIDE_EXTRA].all, 300 * sizeof(text));
	assert_int_equal(x->aside[ASIDE_EXTRA].kept.len, LIMIT_ASIDE);
	answer_release(&a);
	exchange_free(x);
}

#define INTERIM	 "HTTP/1.1 100 Continue\r\n\r\n"
#define SWITCHES "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"
#define HINTS	 "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
#define LAST	 "2\r\nhi\r\n0\r\n"

/* clang-format off */
static const struct {
	struct row row;
	const char *aside[ASIDE_COUNT]; /* in front, trailers, extra */
} asides[] = {
	{ { "GET", LENGTH(2) "hi", STAYS, WHOLE, 200, "hi", 0 }, { "", "", "" } },
	{ { "GET", INTERIM HINTS LENGTH(2) "hi", STAYS, WHOLE, 200, "hi", 0 }, { INTERIM HINTS, "", "" } },
	{ { "GET", HINTS, EOFS, CUT, 0, "", 0 }, { HINTS, "", "" } },
	{ { "GET", CHUNKED LAST "\r\n", STAYS, WHOLE, 200, "hi", 0 }, { "", "", "" } },
	{ { "GET", CHUNKED LAST "A: b\r\nC: d\r\n\r\n", STAYS, WHOLE, 200, "hi", 0 }, { "", "A: b\r\nC: d\r\n", "" } },
	{ { "GET", CHUNKED LAST "A: b\r\n", EOFS, CUT, 200, "hi", BIT(BODY_SHORT) }, { "", "A: b\r\n", "" } },
	{ { "GET", CHUNKED LAST "A: b\r\nC: \033[m\r\n\r\n", STAYS, WHOLE, 200, "hi", BIT(FIELD_VALUE) }, { "", "A: b\r\nC: \033[m\r\n", "" } },
	{ { "GET", CHUNKED LAST "A: b\n\nmore", STAYS, WHOLE, 200, "hi", BIT(BARE_LF) | BIT(BODY_UNASKED) }, { "", "A: b\n", "more" } },
	{ { "GET", CHUNKED LAST "\n", STAYS, WHOLE, 200, "hi", BIT(BARE_LF) }, { "", "", "" } },
	{ { "GET", CHUNKED LAST "\r\nmore", STAYS, WHOLE, 200, "hi", BIT(BODY_UNASKED) }, { "", "", "more" } },
	{ { "GET", CHUNKED "2\r\nhiX\r\n0\r\n\r\n", STAYS, BROKEN, 200, "hi", BIT(CHUNK_END) }, { "", "", "X\r\n0\r\n\r\n" } },
	{ { "GET", CHUNKED "2\r\nhi\rX\n", STAYS, BROKEN, 200, "hi", BIT(CHUNK_END) }, { "", "", "\rX\n" } },
	{ { "GET", CHUNKED "FFFFFFFFFFFFFFFFF\r\nx", STAYS, BROKEN, 200, "", BIT(CHUNK_TOO_LARGE) }, { "", "", "FFFFFFFFFFFFFFFFF\r\nx" } },
	{ { "GET", CHUNKED "2\r\nhi\r\n3;a=\r\nx", STAYS, BROKEN, 200, "hi", BIT(CHUNK_LINE) }, { "", "", "3;a=\r\nx" } },
	{ { "GET", CHUNKED "5\nhello\n0\n\n", STAYS, BROKEN, 200, "", BIT(BARE_LF) }, { "", "", "5\nhello\n0\n\n" } },
	{ { "GET", CHUNKED "2\r\nhi\r\n1\rX", STAYS, BROKEN, 200, "hi", BIT(BARE_CR) }, { "", "", "1\rX" } },
	{ { "GET", LENGTH(2) "hi, and more", STAYS, WHOLE, 200, "hi", BIT(BODY_UNASKED) }, { "", "", ", and more" } },
	{ { "HEAD", LENGTH(2) "hi", STAYS, WHOLE, 200, "", BIT(BODY_UNASKED) }, { "", "", "hi" } },
	{ { "GET", "HTTP/1.1 204 No Content\r\n\r\nbody", STAYS, WHOLE, 204, "", BIT(BODY_UNASKED) }, { "", "", "body" } },
	{ { CLASSIC, "HTTP/200 OK\nmore", STAYS, WHOLE, 200, "", BIT(BODY_UNASKED) }, { "", "", "more" } },
	/* Another protocol: no fault of these bytes. */
	{ { "GET", SWITCHES "\1\2", STAYS, WHOLE, 101, "", BIT(UPGRADE_UNASKED) }, { "", "", "\1\2" } },
	{ { "CONNECT", OK "\r\n\1\2", STAYS, WHOLE, 200, "", 0 }, { "", "", "\1\2" } },
};
/* clang-format on */

static void
keep_aside(size_t i, size_t piece)
{
	const struct row *r = &asides[i].row;
	struct exchange *x = exchange_for(r->method);
	struct answer a;
	size_t at, take, k, n = strlen(r->bytes);

	assert_true(answer_init(&a, x));
	for (at = 0; at < n; at += take) {
		take = n - at < piece ? n - at : piece;
		assert_true(answer_read(&a, r->bytes + at, take));
	}
	finish(r, &a);
	if (a.state != r->state || x->wrong != r->wrong ||
	    x->status != r->status || !span_is(buf_span(&x->body), r->body))
		test_fail("row %zu in pieces of %zu", i, piece);
	for (k = 0; k < ASIDE_COUNT; k++) {
		if (!span_is(buf_span(&x->aside[k].kept), asides[i].aside[k]) ||
		    x->aside[k].all != x->aside[k].kept.len)
			test_fail("row %zu in pieces of %zu: aside %zu is %s",
			    i, piece, k,
			    test_show(
				x->aside[k].kept.data, x->aside[k].kept.len));
	}
	answer_release(&a);
	exchange_free(x);
}

static void
keeps_what_is_around_head_and_body(void **state)
{
	size_t i, piece;

	(void)state;
	for (i = 0; i < sizeof(asides) / sizeof(asides[0]); i++)
		for (piece = 1; piece <= strlen(asides[i].row.bytes); piece++)
			keep_aside(i, piece);
}

/* clang-format off */
static const struct {
	const char *offered; /* the request's Upgrade; NULL: none */
	const char *fields;  /* of the 101 */
	httperr_set wrong;
} switches[] = {
	{ "x", "Upgrade: x\r\n", 0 },
	{ "x/1, websocket", "Upgrade: WebSocket\r\n", 0 },
	{ "x, y", "Upgrade: x\r\nUpgrade: y\r\n", 0 },
	{ "x", "Upgrade: y\r\n", BIT(UPGRADE_UNASKED) },
	{ "x", "Upgrade: x, y\r\n", BIT(UPGRADE_UNASKED) },
	{ "x", "", BIT(UPGRADE_MISSING) },
	{ NULL, "Upgrade: x\r\n", BIT(UPGRADE_UNASKED) },
	{ NULL, "", BIT(UPGRADE_MISSING) | BIT(UPGRADE_UNASKED) },
};
/* clang-format on */

static void
switches_to_what_was_offered(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		struct exchange *x = exchange_for("GET");
		const char *bytes = test_text(
		    "HTTP/1.1 101 Switching\r\n%s\r\n", switches[i].fields);
		struct answer a;

		if (switches[i].offered != NULL)
			assert_true(headers_add(&x->request.headers,
			    span_text("upgrade"),
			    span_text(switches[i].offered)));
		assert_true(answer_init(&a, x));
		assert_true(answer_read(&a, bytes, strlen(bytes)));
		assert_int_equal(a.state, ANSWER_WHOLE);
		if (x->wrong != switches[i].wrong)
			test_fail("row %zu", i);
		answer_release(&a);
		exchange_free(x);
	}
}

static void
counts_interim_answers_past_their_ceiling(void **state)
{
	struct exchange *x = exchange_for("GET");
	struct aside *interim = &x->aside[ASIDE_INTERIM];
	struct answer a;
	size_t i;

	(void)state;
	assert_true(answer_init(&a, x));
	for (i = 0; i < 5000; i++)
		assert_true(answer_read(&a, INTERIM, strlen(INTERIM)));
	assert_true(answer_read(&a, LENGTH(0), strlen(LENGTH(0))));
	assert_int_equal(x->status, 200);
	assert_int_equal(interim->kept.len, LIMIT_ASIDE);
	assert_int_equal(interim->all, 5000 * strlen(INTERIM));
	answer_release(&a);
	exchange_free(x);
}

static void
knows_the_other_dialect_when_it_sees_it(void **state)
{
	struct exchange *x = exchange_for("GET");

	(void)state;
	assert_false(answer_is_foreign(x));
	assert_true(buf_append_text(&x->raw, "HTTP/200 OK"));
	assert_true(answer_is_foreign(x));
	x->raw.len = 0;
	assert_true(buf_append_text(&x->raw, "SSH-2.0-x\r\n"));
	assert_false(answer_is_foreign(x));
	x->request.dialect = DIALECT_CLASSIC;
	assert_false(answer_is_foreign(x));
	x->raw.len = 0;
	assert_true(buf_append_text(&x->raw, "HTTP/1.1 400 Bad Request\r\n"));
	assert_true(answer_is_foreign(x));
	exchange_free(x);
}

/* A body may be lost, but is then counted; nothing else may. */
static void
read_without_memory(const struct row *r)
{
	struct exchange *x = exchange_for(r->method);
	struct answer a;
	size_t at, n = strlen(r->bytes);
	bool ok = answer_init(&a, x);

	for (at = 0; ok && at < n; at++)
		ok = answer_read(&a, r->bytes + at, 1);
	if (ok) {
		finish(r, &a);
		assert_int_equal(a.state, r->state);
		assert_int_equal(x->status, r->status);
		assert_int_equal(x->body_len, strlen(r->body));
	}
	answer_release(&a);
	exchange_free(x);
}

static void
survives_each_allocation_that_fails(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < NROWS; i++) {
		n = 1; /* the exchange itself */
		do {
			oom_after(++n);
			read_without_memory(&rows[i]);
		} while (oom_off());
		assert_true(rows[i].bytes[0] == '\0' || n > 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_answer_in_one_piece),
		cmocka_unit_test(reads_every_answer_cut_anywhere),
		cmocka_unit_test(reads_every_answer_byte_by_byte),
		cmocka_unit_test(keeps_the_final_head_only),
		cmocka_unit_test(keeps_what_cannot_be_parsed),
		cmocka_unit_test(keeps_a_classic_answer_whole),
		cmocka_unit_test(waits_for_an_end_while_there_may_be_one),
		cmocka_unit_test(does_not_take_half_a_classic_answer),
		cmocka_unit_test(counts_a_body_past_its_ceiling),
		cmocka_unit_test(refuses_a_head_past_its_ceiling),
		cmocka_unit_test(refuses_no_garbage_for_its_length),
		cmocka_unit_test(keeps_what_is_around_head_and_body),
		cmocka_unit_test_teardown(
		    switches_to_what_was_offered, test_end),
		cmocka_unit_test(counts_interim_answers_past_their_ceiling),
		cmocka_unit_test(knows_the_other_dialect_when_it_sees_it),
		cmocka_unit_test(survives_each_allocation_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
