/*
 * An exchange in flight is a call.  A call goes on when its descriptor is
 * ready or its deadline has come, as far as it can without waiting, but never
 * further than STEP_BYTES in each direction, so that the screen stays alive
 * before the fastest peer.  Sending and receiving go on side by side: an
 * answer may come before its request is out.
 */
#include "engine.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "encode.h"
#include "escape.h"
#include "failure.h"
#include "limit.h"
#include "resolve.h"
#include "tcp.h"
#include "transport.h"

enum {
	READ_BYTES = 64 * 1024,
	STEP_BYTES = 256 * 1024
};

enum call_state {
	CALL_RESOLVING,
	CALL_CONNECTING,
	CALL_SENDING, /* and receiving */
	CALL_RECEIVING,
	CALL_DONE,
};

struct call {
	enum call_state state;
	struct exchange *x;
	uint64_t lookup; /* RESOLVING: its serial number */
	struct transport t;
	short events;	  /* what to poll t.fd for */
	int64_t progress; /* when something last moved */
	int64_t (*clock)(void);
	struct buf out; /* the request, */
	size_t sent;	/* and how much of it the kernel took */
	int error;	/* errno: the connection broke */
	char why[sizeof(((struct exchange *)NULL)->why)];
	struct answer answer;
};

struct engine {
	struct resolver resolver;
	int64_t (*clock)(void);
	size_t n;
	struct call call[ENGINE_CALLS_MAX];
	bool changed;
	char in[READ_BYTES];
};

struct engine *
engine_new(int64_t (*clock)(void))
{
	struct engine *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->clock = clock;
	if (resolver_init(&e->resolver))
		return e;
	free(e);
	return NULL;
}

static int64_t
ms(int64_t n)
{
	return n * 1000000;
}

/*
 * Something happened just now, or is about to: onto the tape.  A turn connects,
 * sends and receives: its beginning is the time of none of them.  The time
 * since the start.
 */
static int64_t
call_stamp(struct call *c, enum tape_event what, int error)
{
	int64_t at = c->clock();

	tape_event(&c->x->tape, what, at, error);
	return at - c->x->start;
}

/* The one door between states; call_end is the one to CALL_DONE. */
static void
call_enter(struct call *c, enum call_state next, int64_t now)
{
	assert(c->state <= next && c->state != CALL_DONE);
	c->state = next;
	c->progress = now;
	c->events = 0;
}

/* The connection, if there is one, stood until now. */
static void
call_hang_up(struct call *c)
{
	struct exchange *x = c->x;

	if (c->t.fd >= 0) {
		tcp_note_figures(c->t.fd, &x->tape);
		x->times.total = call_stamp(c, TAPE_CLOSE, 0);
	} else {
		x->times.total = c->clock() - x->start;
	}
	if (c->t.ops != NULL)
		c->t.ops->free(&c->t);
	tape_fit(&x->tape);
}

static void
call_end(struct call *c, enum outcome outcome, int64_t now)
{
	struct exchange *x = c->x;

	call_enter(c, CALL_DONE, now);
	call_hang_up(c);
	buf_release(&c->out);
	answer_release(&c->answer);
	strlcpy(x->hint, failure_hint(x, outcome), sizeof(x->hint));
	x->outcome = outcome;
}

static void call_fail(struct call *, enum outcome, int64_t now, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

static void
call_fail(
    struct call *c, enum outcome outcome, int64_t now, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->x->why, sizeof(c->x->why), fmt, ap);
	va_end(ap);
	call_end(c, outcome, now);
}

static void
call_fail_memory(struct call *c, int64_t now)
{
	call_fail(c, OUTCOME_FAILED, now, "Memory is out.");
}

static bool
has_received(const struct exchange *x)
{
	return x->tape.reel[TAPE_IN].all > 0;
}

/* The transport failed for good, or in the middle: c->error and c->why. */
static void
call_note_break(struct call *c)
{
	if (c->error != 0)
		return;
	c->error = c->t.ops->why(&c->t, c->why, sizeof(c->why));
	call_stamp(c,
	    failure_outcome(c->error) == OUTCOME_RESET ? TAPE_RESET
						       : TAPE_FAILED,
	    c->error);
}

static void
call_want(struct call *c, enum transport_step step)
{
	if (step == TRANSPORT_WANT_READ)
		c->events |= POLLIN;
	else if (step == TRANSPORT_WANT_WRITE)
		c->events |= POLLOUT;
}

/* --- the end of an answer --- */

/* It ended too early, or there was none. */
static void
call_conclude_cut(struct call *c, int64_t now)
{
	struct exchange *x = c->x;
	const char *when = has_received(x) ? "in the middle of its answer"
	    : c->sent < c->out.len	   ? "before it took the whole request"
					   : "without an answer";

	if (failure_outcome(c->error) == OUTCOME_RESET)
		call_fail(c, OUTCOME_RESET, now, "%s reset the connection %s.",
		    c->t.peer, when);
	else if (c->error != 0)
		call_fail(c, failure_outcome(c->error), now, "%s", c->why);
	else if (x->raw.len == 0)
		call_fail(c, OUTCOME_CLOSED, now,
		    "%s closed the connection %s.", c->t.peer,
		    has_received(x) ? "behind an interim answer" : when);
	else
		call_fail(c, OUTCOME_CUT, now, "%s closed the connection %s.",
		    c->t.peer, when);
}

/* What cannot be read, or is more than we take. */
static void
call_conclude_bad(struct call *c, int64_t now)
{
	enum httperr why = c->answer.why;
	const char *ceiling = answer_ceiling(why);

	if (ceiling != NULL)
		call_fail(c, OUTCOME_TOO_LARGE, now, "%s", ceiling);
	else if (c->answer.state == ANSWER_BROKEN)
		call_fail(c, OUTCOME_BROKEN, now,
		    "The body that %s sent cannot be read to its end: %s.",
		    c->t.peer, httperr_wrong(why));
	else
		call_fail(c, OUTCOME_UNPARSABLE, now,
		    "What %s sent is no answer in %s: %s.", c->t.peer,
		    dialect_name(c->x->request.dialect), httperr_wrong(why));
}

static void
call_conclude(struct call *c, int64_t now)
{
	switch (c->answer.state) {
	case ANSWER_HEAD:
	case ANSWER_BODY:
	case ANSWER_CLASSIC:
		assert(!"an answer is not over");
		return;
	case ANSWER_WHOLE:
		call_end(c, OUTCOME_ANSWERED, now);
		return;
	case ANSWER_BROKEN:
	case ANSWER_UNPARSABLE:
		call_conclude_bad(c, now);
		return;
	case ANSWER_CUT:
		call_conclude_cut(c, now);
		return;
	}
}

/* --- going on --- */

static void
call_resolved(struct call *c, const struct addresses *to, int64_t now)
{
	struct exchange *x = c->x;

	if (tcp_init(&c->t, to, x->host, x->start + ms(TIME_CONNECT)))
		call_enter(c, CALL_CONNECTING, now);
	else
		call_fail_memory(c, now);
}

static void
call_connect(struct call *c, int64_t now)
{
	struct exchange *x = c->x;
	size_t tried = c->t.tried;
	int64_t at = c->clock();
	enum transport_step step = c->t.ops->connect(&c->t, now);

	assert(c->state == CALL_CONNECTING);
	call_want(c, step);
	if (c->t.tried > tried)
		tape_event(&x->tape, TAPE_CONNECT, at, 0);
	if (step == TRANSPORT_OK) {
		x->times.connect = call_stamp(c, TAPE_CONNECTED, 0);
		tcp_note_ends(c->t.fd, &x->tape);
		call_enter(c, CALL_SENDING, now);
	} else if (step == TRANSPORT_FAIL) {
		call_note_break(c);
		call_fail(c, failure_outcome(c->error), now, "%s", c->why);
	}
}

/* One write of *n bytes at most; *n becomes what was taken. */
static enum transport_step
call_write(struct call *c, size_t *n)
{
	const char *p = c->out.data + c->sent;
	int64_t at = c->clock();
	enum transport_step step = c->t.ops->write(&c->t, p, *n, n);

	if (step != TRANSPORT_OK)
		return step;
	tape_bytes(&c->x->tape, TAPE_WRITE, at, p, *n);
	c->sent += *n;
	if (c->sent == c->out.len)
		c->x->times.sent = at - c->x->start;
	return step;
}

/* A peer that takes no more may have answered all the same. */
static void
call_send(struct call *c, int64_t now)
{
	size_t budget = STEP_BYTES;
	enum transport_step step;
	size_t n;

	assert(c->state == CALL_SENDING);
	while (c->sent < c->out.len) {
		n = c->out.len - c->sent;
		if (n > budget)
			n = budget;
		step = n == 0 ? TRANSPORT_WANT_WRITE : call_write(c, &n);
		call_want(c, step);
		if (step == TRANSPORT_FAIL) {
			call_note_break(c);
			break;
		}
		if (step != TRANSPORT_OK)
			return;
		budget -= n;
		c->progress = now;
	}
	call_enter(c, CALL_RECEIVING, now);
}

/* False if memory is out. */
static bool
call_received(struct call *c, const char *p, size_t n, int64_t now)
{
	struct exchange *x = c->x;
	int64_t at = c->clock();

	if (!has_received(x))
		x->times.first_byte = at - x->start;
	tape_bytes(&x->tape, TAPE_READ, at, p, n);
	c->progress = now;
	return answer_read(&c->answer, p, n);
}

/* Also behind the end of the answer, for as long as there are bytes in this
 * step: they are a fault of the peer that its user wants to know. */
static void
call_receive(struct call *c, struct engine *e, int64_t now)
{
	size_t budget = STEP_BYTES;
	enum transport_step step = TRANSPORT_OK;
	size_t n;

	while (step == TRANSPORT_OK && budget >= sizeof(e->in)) {
		step = c->t.ops->read(&c->t, e->in, sizeof(e->in), &n);
		if (step != TRANSPORT_OK)
			break;
		if (!call_received(c, e->in, n, now)) {
			call_fail_memory(c, now);
			return;
		}
		budget -= n;
	}
	if (step == TRANSPORT_FAIL)
		call_note_break(c);
	if (step == TRANSPORT_EOF)
		call_stamp(c, TAPE_END, 0);
	if (step == TRANSPORT_FAIL || step == TRANSPORT_EOF)
		/* EPIPE: it had closed before it broke. */
		answer_eof(&c->answer, c->error != 0 && c->error != EPIPE);
	call_want(c, step == TRANSPORT_OK ? TRANSPORT_WANT_READ : step);
	if (answer_is_over(&c->answer))
		call_conclude(c, now);
}

static int64_t
call_deadline(const struct call *c)
{
	switch (c->state) {
	case CALL_RESOLVING:
		return c->x->start + ms(TIME_CONNECT);
	case CALL_CONNECTING:
		return c->t.deadline;
	case CALL_SENDING:
	case CALL_RECEIVING:
		return c->progress +
		    ms(answer_may_end(&c->answer) ? TIME_CLASSIC_QUIET
						  : TIME_ANSWER);
	case CALL_DONE:
		break;
	}
	return INT64_MAX;
}

/* Nothing came, and the deadline has. */
static void
call_expire(struct call *c, int64_t now)
{
	if (c->state == CALL_RESOLVING) {
		call_fail(c, OUTCOME_TIMED_OUT, now,
		    "Nobody said within %d s what address %s has.",
		    TIME_CONNECT / 1000, c->t.peer);
	} else if (answer_may_end(&c->answer)) {
		answer_quiet(&c->answer);
		call_conclude(c, now);
	} else {
		call_fail(c, OUTCOME_TIMED_OUT, now, "%s %s for %d s.",
		    c->t.peer,
		    c->state == CALL_SENDING ? "neither took nor sent a byte"
			: has_received(c->x) ? "sent nothing more"
					     : "sent nothing",
		    TIME_ANSWER / 1000);
	}
}

static bool
is_connected(enum call_state state)
{
	return state == CALL_SENDING || state == CALL_RECEIVING;
}

/*
 * As far as it goes.  When only the deadline of SENDING has come, not the
 * descriptor (ready), there is a last look at what was received; but that the
 * kernel would take some more bytes is no sign of life of the peer.
 */
static void
call_run(struct call *c, struct engine *e, bool ready, int64_t now)
{
	int64_t progress = c->progress;
	enum call_state state = c->state;

	c->events = 0;
	if (c->state == CALL_CONNECTING)
		call_connect(c, now);
	if (c->state == CALL_SENDING && (ready || state != CALL_SENDING))
		call_send(c, now);
	else if (c->state == CALL_SENDING)
		c->events |= POLLOUT;
	if (is_connected(state))
		call_receive(c, e, now);
	else if (is_connected(c->state))
		c->events |= POLLIN; /* an answer is for the next turn */
	if (call_deadline(c) <= now)
		call_expire(c, now);
	if (c->state != state || c->progress != progress)
		e->changed = true;
}

/* --- beginning --- */

static void
call_look_up(struct call *c, struct engine *e, int64_t now)
{
	struct exchange *x = c->x;
	struct addresses to;

	if (resolve_numeric(x->host, x->port, &to)) {
		call_resolved(c, &to, now);
		return;
	}
	c->lookup = resolver_ask(&e->resolver, x->host, x->port);
	if (c->lookup == 0)
		call_fail(c, OUTCOME_FAILED, now, "%s cannot be looked up: %s.",
		    c->t.peer, strerror(errno));
}

/* What is over leaves; the order of the others counts for nothing. */
static void
engine_sweep(struct engine *e)
{
	size_t i = 0;

	while (i < e->n)
		if (e->call[i].state == CALL_DONE)
			e->call[i] = e->call[--e->n];
		else
			i++;
}

bool
engine_start(struct engine *e, struct exchange *x, int64_t now, int64_t wall)
{
	struct call *c = &e->call[e->n];

	assert(x->outcome == OUTCOME_FLIGHT && x->host != NULL);
	if (e->n == ENGINE_CALLS_MAX)
		return false;
	e->n++;
	x->start = now;
	x->wall = wall;
	*c = (struct call){
		.x = x,
		.t.fd = -1,
		.clock = e->clock,
		.out.max = LIMIT_ANSWER_BODY + LIMIT_REQUEST_BODY,
	};
	escape_text(
	    c->t.peer, sizeof(c->t.peer), span_text(x->host), ESCAPE_SCREEN);
	call_enter(c, CALL_RESOLVING, now);
	if (!answer_init(&c->answer, x) ||
	    !encode_request(&c->out, &x->request))
		call_fail_memory(c, now);
	else
		call_look_up(c, e, now);
	call_run(c, e, true, now);
	engine_sweep(e);
	return true;
}

/* --- what main calls --- */

void
engine_cancel(struct engine *e, uint64_t id, int64_t now)
{
	static const char *const doing[] = {
		[CALL_RESOLVING] = "while its name was looked up",
		[CALL_CONNECTING] = "while connecting",
		[CALL_SENDING] = "while sending",
		[CALL_RECEIVING] = "while receiving",
	};
	struct call *c;
	size_t i;

	for (i = 0; i < e->n; i++) {
		c = &e->call[i];
		if (c->x->id == id)
			call_fail(c, OUTCOME_CANCELLED, now,
			    "You gave it up %s.",
			    c->state == CALL_RECEIVING && !has_received(c->x)
				? "while waiting for the answer"
				: doing[c->state]);
	}
	engine_sweep(e);
}

void
engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	while (e->n > 0)
		engine_cancel(e, e->call[0].x->id, e->call[0].progress);
	resolver_release(&e->resolver);
	free(e);
}

uint64_t
engine_newest(const struct engine *e)
{
	uint64_t newest = 0;
	size_t i;

	for (i = 0; i < e->n; i++)
		if (e->call[i].x->id > newest)
			newest = e->call[i].x->id;
	return newest;
}

size_t
engine_in_flight(const struct engine *e)
{
	return e->n;
}

size_t
engine_pollfds(const struct engine *e, struct pollfd *fds, size_t cap)
{
	size_t i, n = 0;

	if (n < cap)
		fds[n++] = (struct pollfd){ e->resolver.fd, POLLIN, 0 };
	for (i = 0; i < e->n && n < cap; i++)
		if (e->call[i].t.fd >= 0)
			fds[n++] = (struct pollfd){ e->call[i].t.fd,
				e->call[i].events, 0 };
	return n;
}

int64_t
engine_deadline(const struct engine *e)
{
	int64_t next = INT64_MAX, deadline;
	size_t i;

	for (i = 0; i < e->n; i++) {
		deadline = call_deadline(&e->call[i]);
		if (deadline < next)
			next = deadline;
	}
	return next;
}

static bool
is_ready(const struct pollfd *fds, size_t n, int fd)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fds[i].fd == fd)
			return fds[i].revents != 0;
	return false;
}

static void
call_take_answer(struct call *c, const struct resolved *r, int64_t now)
{
	if (r->error != 0) {
		call_stamp(c, TAPE_FAILED, 0);
		call_fail(c, OUTCOME_NO_NAME, now,
		    resolved_is_unknown(r) ? "There is no host %s: %s."
					   : "%s cannot be looked up now: %s.",
		    c->t.peer, resolved_why(r));
		return;
	}
	c->x->times.name = call_stamp(c, TAPE_RESOLVED, 0);
	call_resolved(c, &r->addresses, now);
}

static void
engine_take_answers(struct engine *e, int64_t now)
{
	struct resolved r;
	size_t i;

	while (resolver_answer(&e->resolver, &r))
		for (i = 0; i < e->n; i++) {
			struct call *c = &e->call[i];

			if (c->state != CALL_RESOLVING || c->lookup != r.serial)
				continue;
			call_take_answer(c, &r, now);
			call_run(c, e, true, now);
			e->changed = true;
		}
}

bool
engine_step(struct engine *e, const struct pollfd *fds, size_t n, int64_t now)
{
	struct call *c;
	bool ready;
	size_t i;

	e->changed = false;
	if (is_ready(fds, n, e->resolver.fd))
		engine_take_answers(e, now);
	for (i = 0; i < e->n; i++) {
		c = &e->call[i];
		ready = is_ready(fds, n, c->t.fd);
		if (ready || call_deadline(c) <= now)
			call_run(c, e, ready, now);
	}
	engine_sweep(e);
	return e->changed;
}
