/*
 * A whole connection: the real conn with all it stands on, an invented socket
 * and an invented clock.  The input is a program.
 *
 * Byte 0 is a set of `enum flag`, byte 1 says how many steps follow, of two
 * bytes each: `enum step_op` and its argument.  What follows the steps is what
 * the peer sends; steps take from it, and what they leave is sent at the end.
 *
 * The naive parser says which requests were sent.  Each must be answered, in
 * order, with what it deserves, and nothing else; nothing may be stuck, grow
 * or be kept; and without time passing the same bytes get the same answers
 * however they are cut.  What a witness tells of it all must be the truth.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builtin_text.h"
#include "conn.h"
#include "head.h"
#include "journal.h"
#include "naive.h"
#include "routes_file.h"
#include "semantics.h"
#include "witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum flag {
	FLAG_BLOCKED = 1 << 0,	/* at first the socket takes nothing */
	FLAG_DRAINING = 1 << 1, /* the server is about to leave */
	FLAG_EOF = 1 << 2,	/* at the end the peer half-closes */
	FLAG_RESET = 1 << 3,	/* at the end the peer resets */
	FLAG_ROUTES = 1 << 4,	/* there are routes of each kind */
};

enum step_op {
	STEP_OP_FEED,	   /* so many bytes */
	STEP_OP_FEED_MANY, /* sixteen times as many */
	STEP_OP_DRIP,	   /* so many bytes, one by one */
	STEP_OP_REPEAT,	   /* so many bytes, sixty-four times */
	STEP_OP_WAIT,	   /* one of waits[] */
	STEP_OP_TAKE,	   /* the socket takes so many bytes */
	STEP_OP_TAKE_ALL,
	STEP_OP_EOF,
	STEP_OP_COUNT
};

enum {
	STEPS_MAX = 32,
	FED_MAX = 128 * 1024,
	EXPIRES_MAX = 4096, /* no connection outlives so many of its timers */
};

/* Milliseconds. */
static const int64_t waits[] = { 1, TIME_CLASSIC_QUIET - 1, TIME_CLASSIC_QUIET,
	TIME_LINGER, TIME_CLASSIC_URL, TIME_PROGRESS, TIME_HEAD, TIME_IDLE };

/* What takes time, makes its answers, or looks at bodies.  Nothing counts or
 * draws: the same bytes must give the same answers. */
static const char more_routes[] =
    "host test.com {\n"
    "	GET /slow return 200 \"slow\" delay 100ms\n"
    "	GET,HEAD /both return 200 \"both\"\n"
    "	* /made/{id} return 200 \"{id} {query.a} {body} {json./a}\" "
    "header X {id}{header.x}{body} reason {id}{query.a} template\n"
    "	* /late/{x...} return 201 \"{x}{body}\" template delay 50ms\n"
    "	* /echo echo\n"
    "	* /parrot echo delay 20ms\n"
    "	* /json json /a = 1 return 201\n"
    "	* /json json /a ~ \"^b+$\" return 200\n"
    "	* /json return 400 \"no a\"\n"
    "	* /x header X = y return 200\n"
    "}\n";

/* Two for the program, by its routes; two for its bytes cut otherwise. */
static struct server servers[4];
static struct log log_;

/* The first two have a witness, the others none: that changes no answer. */
static struct witness witness;
static struct feed journal;
static struct ring ring;

/* What stands around a connection, and all that was seen of it. */
struct rig {
	struct server *server;
	struct conn conn;
	int64_t now;
	size_t room;	/* bytes that the socket still takes */
	struct buf fed; /* all that was read */
	struct buf out; /* all that was taken */
	size_t lines;	/* of the log: one for each answer */
	bool expired;	/* a timer was due, but that of a delay */
	bool waited;	/* an answer came later */
	bool lost;	/* and there was output left that nobody took */
};

/* --- what must hold at any time ----------------------------------------- */

/* Every request is logged once, in a line that is harmless. */
static size_t
drain_log(void)
{
	const struct buf *b = &log_.sink.lines;
	size_t i, lines = 0;

	for (i = 0; i < b->len; i++) {
		assert(b->data[i] == '\n' ||
		    (b->data[i] >= 0x20 && b->data[i] < 0x7f));
		lines += b->data[i] == '\n';
	}
	assert(log_.sink.dropped == 0);
	log_.sink.lines.len = 0;
	return lines;
}

/* Something will move it: its timer, and its input or its output. */
static void
check_alive(const struct rig *r)
{
	static const enum timer_class timer[] = {
#define X(name, class, word) [CONN_##name] = class,
		CONN_STATES(X)
#undef X
	};
	const struct conn *c = &r->conn;
	bool has_output = conn_output(c).n > 0;

	assert(c->timer.class == timer[c->state]);
	if (c->state == CONN_CLOSED) {
		assert(c->why != NULL && !has_output && !conn_wants_input(c));
		assert(timers_next(&r->server->timers) == INT64_MAX);
		return;
	}
	assert(timers_next(&r->server->timers) == c->timer.due);
	assert(c->timer.due > r->now || c->state == CONN_DELAYED);
	assert((c->script != NULL) ==
	    (c->state == CONN_DELAYED ||
		(c->state == CONN_ANSWERING &&
		    (c->then == CONN_ANSWERING || c->then == CONN_DELAYED))));
	assert((c->state == CONN_ANSWERING) == has_output);
	assert(conn_wants_input(c) ==
	    (!has_output && !c->eof && c->state != CONN_DELAYED));
	assert(has_output || !c->eof || c->state == CONN_DELAYED);
}

/* Nothing is kept that is not needed. */
static void
check_memory(const struct rig *r)
{
	const struct conn *c = &r->conn;
	bool between = c->state == CONN_IDLE || c->state == CONN_KEPT ||
	    c->state == CONN_LINGERING;

	assert(r->server->out.len == 0 &&
	    r->server->out.cap <= r->server->out.max);
	assert(c->in.cap <= LIMIT_HEAD + LIMIT_INPUT);
	assert(c->out.cap <= r->server->out.max);
	assert(c->held.cap <= LIMIT_KEPT);
	if (between || c->state == CONN_BODY)
		assert(c->in.data == NULL);
	if (c->state == CONN_HEAD || c->state == CONN_CLASSIC_URL ||
	    c->state == CONN_CLASSIC_QUIET)
		assert(c->in.len > 0 && c->in.len <= LIMIT_HEAD);
	if (c->state != CONN_ANSWERING && c->state != CONN_CLOSED)
		assert(c->out.data == NULL);
	if (between || c->state == CONN_HEAD)
		assert(c->held.data == NULL);
}

/* --- driving ------------------------------------------------------------- */

/* As link.c does after each call. */
static void
pump(struct rig *r)
{
	struct span out;
	size_t n;

	for (;;) {
		out = conn_output(&r->conn);
		if (out.n == 0)
			break;
		n = out.n < r->room ? out.n : r->room;
		assert(buf_append(&r->out, out.p, n));
		if (r->conn.account != NULL && n > 0)
			witness_write(&witness, r->conn.account,
			    witness_clock(&witness), out.p, n);
		r->room -= r->room == SIZE_MAX ? 0 : n;
		conn_sent(&r->conn, out, n, r->now);
		if (n < out.n)
			break;
	}
	r->lines += drain_log();
	check_alive(r);
	check_memory(r);
}

static struct server *
server_for(unsigned flags, int first)
{
	return &servers[first + (flags & FLAG_ROUTES ? 1 : 0)];
}

static void
rig_begin(struct rig *r, struct server *s, unsigned flags)
{
	static const struct address peer = { 0 };

	*r = (struct rig){ .server = s };
	r->room = flags & FLAG_BLOCKED ? 0 : SIZE_MAX;
	r->fed.max = r->out.max = SIZE_MAX;
	s->draining = (flags & FLAG_DRAINING) != 0;
	conn_init(&r->conn, s, &peer, r->now);
	if (s->witness != NULL)
		r->conn.account =
		    witness_open(s->witness, 1, &peer, &peer, "now");
}

/* --- what was told ------------------------------------------------------- */

struct told {
	struct buf in;
	struct buf out;
	int64_t t;
	int64_t heard; /* requests */
	int64_t answered;
	bool ended;
};

static void
check_event(struct told *told, const struct journal_event *e)
{
	assert(e->t >= told->t && !told->ended && e->conn == 1);
	told->t = e->t;
	switch (e->kind) {
	case JOURNAL_READ:
		assert(buf_append_span(&told->in, e->bytes));
		break;
	case JOURNAL_WRITE:
		assert(buf_append_span(&told->out, e->bytes));
		break;
	case JOURNAL_REQUEST:
		assert(e->req == ++told->heard);
		assert(e->route.p == NULL || e->nearest.p == NULL);
		break;
	case JOURNAL_ERROR:
		/* Of a request that was understood, or of none. */
		assert(e->req >= told->heard && e->req <= told->heard + 1);
		told->heard = e->req;
		break;
	case JOURNAL_RESPONSE:
		assert(e->req == ++told->answered && e->req <= told->heard);
		assert(e->status >= 200 && e->us >= 0);
		break;
	default:
		assert(e->kind == JOURNAL_CLOSE);
		told->ended = true;
	}
}

static void
check_bytes(const struct buf *told, const struct buf *really)
{
	assert(told->len == really->len);
	assert(
	    told->len == 0 || memcmp(told->data, really->data, told->len) == 0);
}

/* Line by line: an opening, what happened, the end. */
static void
check_told(const struct rig *r)
{
	struct span rest = buf_span(&journal.sink.lines);
	struct buf scratch = { .max = SIZE_MAX };
	struct told told = {
		.in.max = SIZE_MAX,
		.out.max = SIZE_MAX,
	};
	struct journal_event e;
	const char *end;
	bool first = true;

	for (; rest.n > 0; first = false) {
		end = memchr(rest.p, '\n', rest.n);
		assert(end != NULL);
		assert(journal_read(
		    span_of(rest.p, (size_t)(end - rest.p)), &e, &scratch));
		assert(first == (e.kind == JOURNAL_OPEN));
		if (!first)
			check_event(&told, &e);
		rest = span_of(end + 1, rest.n - (size_t)(end - rest.p) - 1);
	}
	assert(told.ended && told.heard == (int64_t)r->lines);
	check_bytes(&told.in, &r->fed);
	check_bytes(&told.out, &r->out);
	assert(journal.sink.dropped == 0);
	journal.sink.lines.len = 0;
	buf_release(&told.in);
	buf_release(&told.out);
	buf_release(&scratch);
}

/* --- driving, again ------------------------------------------------------ */

static void
rig_end(struct rig *r)
{
	conn_lose(&r->conn);
	if (r->conn.account != NULL) {
		witness_close(
		    &witness, r->conn.account, r->conn.left, r->conn.why);
		check_told(r);
	}
	conn_release(&r->conn);
	assert(timers_next(&r->server->timers) == INT64_MAX);
	buf_release(&r->fed);
	buf_release(&r->out);
}

/* One read.  False if it is not wanted. */
static bool
feed(struct rig *r, const char *p, size_t n)
{
	enum conn_state before = r->conn.state;
	int64_t due = r->conn.timer.due;
	size_t lines = r->lines;

	if (n == 0 || !conn_wants_input(&r->conn) || r->fed.len + n > FED_MAX)
		return false;
	assert(buf_append(&r->fed, p, n));
	if (r->conn.account != NULL)
		witness_read(&witness, r->conn.account, p, n);
	conn_feed(&r->conn, p, n, r->now);
	pump(r);
	/* Who drips cannot stretch the time for a head. */
	if (r->conn.state == before && r->lines == lines &&
	    (before == CONN_HEAD || before == CONN_CLASSIC_URL))
		assert(r->conn.timer.due == due);
	return true;
}

static void
end_input(struct rig *r)
{
	if (!conn_wants_input(&r->conn))
		return;
	conn_eof(&r->conn, r->now);
	pump(r);
}

static void
expire(struct rig *r)
{
	struct timer *t = timers_pop(&r->server->timers, r->now);

	assert(t == &r->conn.timer && t->class == TIMER_NONE);
	if (r->conn.state == CONN_DELAYED)
		r->waited = true;
	else
		r->expired = true;
	r->lost |= conn_output(&r->conn).n > 0;
	conn_expire(&r->conn, r->now);
	pump(r);
}

static void
wait_for(struct rig *r, int64_t ms)
{
	r->now += ms * 1000;
	while (timers_next(&r->server->timers) <= r->now)
		expire(r);
}

/* --- the program --------------------------------------------------------- */

static struct span
take(struct span *rest, size_t n)
{
	struct span s = *rest;

	if (n > s.n)
		n = s.n;
	*rest = span_of(s.p + n, s.n - n);
	s.n = n;
	return s;
}

/* Each byte in memory of its own size, so that a byte too far is seen. */
static bool
feed_exactly(struct rig *r, const char *p, size_t n)
{
	char *piece = malloc(n);
	bool wanted;

	assert(piece != NULL || n == 0);
	if (n > 0)
		memcpy(piece, p, n);
	wanted = feed(r, piece, n);
	free(piece);
	return wanted;
}

static void
step(struct rig *r, enum step_op op, size_t arg, struct span *rest)
{
	struct span piece = { NULL, 0 };
	size_t i;

	if (!conn_wants_input(&r->conn) && op <= STEP_OP_REPEAT)
		return;
	if (op == STEP_OP_FEED_MANY)
		piece = take(rest, arg * 16);
	else if (op <= STEP_OP_REPEAT)
		piece = take(rest, arg);
	switch (op) {
	case STEP_OP_FEED:
	case STEP_OP_FEED_MANY:
		feed_exactly(r, piece.p, piece.n);
		break;
	case STEP_OP_DRIP:
		for (i = 0; i < piece.n; i++)
			if (!feed_exactly(r, piece.p + i, 1))
				break;
		break;
	case STEP_OP_REPEAT:
		for (i = 0; i < 64; i++)
			if (!feed_exactly(r, piece.p, piece.n))
				break;
		break;
	case STEP_OP_WAIT:
		wait_for(r, waits[arg % (sizeof(waits) / sizeof(waits[0]))]);
		break;
	case STEP_OP_TAKE:
	case STEP_OP_TAKE_ALL:
		r->room = op == STEP_OP_TAKE ? arg : SIZE_MAX;
		pump(r);
		break;
	case STEP_OP_EOF:
	case STEP_OP_COUNT:
		end_input(r);
	}
}

/* --- what came out ------------------------------------------------------- */

/* What the peer said, message by message. */
struct oracle {
	struct span rest;
	struct naive next;
};

static void
oracle_read(struct oracle *o)
{
	char *ended;

	naive_request(o->rest.p, o->rest.n, &o->next);
	if (o->next.verdict != NAIVE_MORE || o->next.head > 0)
		return;
	/* A head that is not whole may be refused already. */
	ended = malloc(o->rest.n + 4);
	assert(ended != NULL);
	if (o->rest.n > 0)
		memcpy(ended, o->rest.p, o->rest.n);
	memcpy(ended + o->rest.n, "\r\n\r\n", 4);
	naive_release(&o->next);
	naive_request(ended, o->rest.n + 4, &o->next);
	free(ended);
	if (o->next.verdict == NAIVE_BAD)
		return;
	o->next.verdict = NAIVE_MORE;
	o->next.head = 0;
	o->next.expects = false;
}

static void
oracle_next(struct oracle *o)
{
	o->rest = span_of(o->rest.p + o->next.total, o->rest.n - o->next.total);
	naive_release(&o->next);
	oracle_read(o);
}

static bool
is_blank(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '\r' && s.p[i] != '\n')
			return false;
	return true;
}

/* Behind a fault nothing counts. */
static bool
begins_with_head(struct span s, bool is_first)
{
	size_t n;
	int i;

	for (i = 0; i < LIMIT_EMPTY_LINES; i++) {
		n = s.n > 0 && s.p[0] == '\r';
		if (n < s.n && s.p[n] == '\n' && (n == 1 || is_first))
			s = span_of(s.p + n + 1, s.n - n - 1);
	}
	return s.n >= 5 && memcmp(s.p, "HEAD ", 5) == 0;
}

/* May this request have got this answer? */
static void
check_status(
    const struct rig *r, const struct oracle *o, int status, bool closes)
{
	const struct naive *next = &o->next;

	if (next->verdict == NAIVE_DONE &&
	    (status == 200 || status == 201 || status == 400)) {
		assert(closes || next->keep_alive);
		assert(!closes || !next->keep_alive || r->server->draining ||
		    (next->expects && status == 400));
		return;
	}
	assert(closes);
	if (status == 408)
		assert(r->expired);
	else if (status == 413 && next->verdict == NAIVE_MORE && next->head > 0)
		assert(r->server->respond.routes->wants_body);
	else if (next->verdict == NAIVE_BAD)
		assert(naive_may_refuse(next, status) ||
		    (r->conn.eof && status == 400));
	else
		assert(status == 400 && (r->conn.eof || next->expects));
}

/* The answer at p; its length, 0 if not all of it was taken. */
static size_t
check_answer(const struct rig *r, const struct oracle *o, struct span p,
    bool *interim, bool *closes)
{
	static struct head head;
	struct response_semantics s;
	enum method asked;
	enum httperr why;
	enum parse verdict;
	size_t n;

	verdict = head_parse_response(p.p, p.n, 0, &head, &why);
	if (verdict == PARSE_MORE)
		return 0;
	assert(verdict == PARSE_DONE && head.wrong == 0 && head.start == 0);
	asked = begins_with_head(o->rest, o->rest.p == r->fed.data)
	    ? METHOD_HEAD
	    : METHOD_OTHER;
	response_semantics_of(p.p, &head, asked, &s);
	assert(s.wrong == 0 && s.framing.kind <= FRAMING_LENGTH);
	*interim = head.status == 100;
	*closes = !s.keep_alive;
	if (*interim) {
		assert(o->next.expects && o->next.head > 0);
		assert(o->next.framing != NAIVE_NO_BODY);
		return head.len;
	}
	assert(head_find(p.p, &head, 0, "Date") >= 0);
	check_status(r, o, head.status, *closes);
	n = head.len + (size_t)s.framing.length;
	return n <= p.n ? n : 0;
}

/* All taken: then each whole request has its answer. */
static void
check_nothing_owed(const struct rig *r, const struct oracle *o)
{
	if (r->conn.state == CONN_CLOSED && r->expired)
		return;
	assert(o->next.verdict != NAIVE_DONE);
	if (r->conn.eof)
		assert(is_blank(o->rest));
}

/* The answer was the last.  To close with input unread would destroy it. */
static void
check_farewell(const struct rig *r, const struct oracle *o)
{
	if (r->conn.state == CONN_LINGERING)
		return;
	assert(r->conn.state == CONN_CLOSED);
	assert(r->conn.eof || r->expired ||
	    (o->next.verdict == NAIVE_DONE && o->next.total == o->rest.n));
}

static void
check_http(const struct rig *r)
{
	static struct oracle o;
	struct span out = buf_span(&r->out);
	bool interim = false, was_interim = false, closes = false;
	size_t n = 0, finals = 0;

	o.rest = buf_span(&r->fed);
	oracle_read(&o);
	while (out.n > 0) {
		assert(!closes);
		n = check_answer(r, &o, out, &interim, &closes);
		if (n == 0)
			break;
		out = span_of(out.p + n, out.n - n);
		assert(!interim || !was_interim);
		was_interim = interim;
		if (interim)
			continue;
		finals++;
		if (closes)
			assert(out.n == 0);
		else
			oracle_next(&o);
	}
	assert(finals <= r->lines);
	if (out.n > 0)
		assert(r->lost || conn_output(&r->conn).n > 0);
	if (out.n == 0 && r->conn.state == CONN_DELAYED) {
		assert(finals + 1 == r->lines && !closes);
	} else if (out.n == 0 && conn_output(&r->conn).n == 0 && !r->lost) {
		assert(finals == r->lines);
		if (closes)
			check_farewell(r, &o);
		else
			check_nothing_owed(r, &o);
	}
	naive_release(&o.next);
}

static void
check_classic(const struct rig *r)
{
	static const char *const answers[] = { "HTTP/200 OK",
		"HTTP/201 CREATED", "HTTP/400 BAD REQUEST" };
	size_t i, n = r->out.len;

	assert(r->lines <= 1);
	if (n == 0)
		return;
	for (i = 0; i < 3; i++)
		if (n <= strlen(answers[i]) &&
		    memcmp(r->out.data, answers[i], n) == 0)
			break;
	assert(i < 3 && r->lines == 1);
	if (conn_output(&r->conn).n == 0 && !r->lost)
		assert(n == strlen(answers[i]));
}

static void
check_output(const struct rig *r)
{
	switch (r->conn.dialect) {
	case DIALECT_HTTP:
		check_http(r);
		break;
	case DIALECT_CLASSIC:
		check_classic(r);
		break;
	case DIALECT_UNDECIDED:
		if (!r->expired && !r->conn.eof)
			assert(r->out.len == 0);
	}
}

/* --- the same bytes, cut otherwise --------------------------------------- */

/* Whether "100 Continue" is sent depends on what came with the head. */
static bool
expects_something(struct span fed)
{
	return memmem(fed.p, fed.n, "100-", 4) != NULL;
}

static bool
has_ended(const struct rig *r)
{
	return r->conn.state == CONN_LINGERING || r->conn.state == CONN_CLOSED;
}

static void
check_cut(const struct rig *whole, unsigned flags, size_t piece)
{
	struct rig r;
	size_t at, n;

	rig_begin(&r, server_for(flags, 2), flags & FLAG_DRAINING);
	for (at = 0; at < whole->fed.len; at += n) {
		n = whole->fed.len - at < piece ? whole->fed.len - at : piece;
		if (!feed(&r, whole->fed.data + at, n))
			break;
	}
	if (whole->conn.eof)
		end_input(&r);
	assert(r.out.len == whole->out.len);
	assert(r.out.len == 0 ||
	    memcmp(r.out.data, whole->out.data, r.out.len) == 0);
	assert(r.lines == whole->lines);
	assert(has_ended(&r) == has_ended(whole));
	assert(has_ended(&r) || r.conn.state == whole->conn.state);
	rig_end(&r);
}

static void
check_cuts(const struct rig *r, unsigned flags)
{
	if (r->expired || r->waited || r->fed.len == 0 ||
	    expects_something(buf_span(&r->fed)))
		return;
	check_cut(r, flags, LIMIT_INPUT);
	/* Byte by byte it is slow: short ones will do. */
	check_cut(r, flags, r->fed.len <= 512 ? 1 : 61);
}

/* --- all of it ----------------------------------------------------------- */

static struct routes *
load(bool more)
{
	struct diags diags = { 0 };
	struct buf b = { .max = SIZE_MAX };
	struct routes *routes;

	assert(!more || buf_append_text(&b, more_routes));
	assert(buf_append_text(&b, builtin_text));
	routes = routes_parse("fuzz.conf", NULL, buf_span(&b), &diags);
	diags_release(&diags);
	buf_release(&b);
	return routes;
}

static void
prepare(void)
{
	int i;

	if (servers[0].respond.routes != NULL)
		return;
	assert(log_open(&log_, LOG_JSON, "/dev/null", -1));
	for (i = 0; i < 4; i++) {
		assert(server_init(&servers[i], load(i % 2 == 1), &log_));
		wall_set(&servers[i].wall, 0, 1800000000000000);
	}
	/* So small that something is let go of all the time. */
	ring_init(&ring);
	ring.max_weight = 8192;
	ring.max_body = 100;
	assert(witness_init(&witness, &ring));
	sink_open_none(&journal.sink);
	journal.sink.ended = false;
	journal.sink.lines.max = journal.room = SIZE_MAX;
	witness_add(&witness, &journal);
	servers[0].witness = servers[1].witness = &witness;
}

/* From here on time is all that can happen, and it must lead to the end. */
static void
run_out(struct rig *r)
{
	int i;

	for (i = 0; i < EXPIRES_MAX && r->conn.state != CONN_CLOSED; i++) {
		if (r->conn.timer.due > r->now)
			r->now = r->conn.timer.due;
		expire(r);
	}
	assert(r->conn.state == CONN_CLOSED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest;
	struct rig r;
	size_t i, steps;

	if (size < 2 || size < 2 + 2 * (size_t)(data[1] % STEPS_MAX))
		return 0;
	prepare();
	steps = data[1] % STEPS_MAX;
	rest =
	    span_of((const char *)data + 2 + 2 * steps, size - 2 - 2 * steps);
	rig_begin(&r, server_for(data[0], 0), data[0]);
	for (i = 0; i < steps; i++)
		step(&r, data[2 + 2 * i] % STEP_OP_COUNT, data[3 + 2 * i],
		    &rest);
	feed_exactly(&r, rest.p, rest.n);
	check_output(&r);

	if ((data[0] & FLAG_RESET) == 0) {
		r.room = SIZE_MAX;
		pump(&r);
		if (data[0] & FLAG_EOF)
			end_input(&r);
		check_output(&r);
		check_cuts(&r, data[0]);
		run_out(&r);
		check_output(&r);
	}
	rig_end(&r);
	return 0;
}
