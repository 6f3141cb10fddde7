#include "conn.h"

#include <assert.h>

#include "chars.h"
#include "classic.h"
#include "limit.h"
#include "semantics.h"

/* The one door between states. */
static void
conn_enter(struct conn *c, enum conn_state state, int64_t now)
{
	static const enum timer_class timer[] = {
#define X(name, class, word) [CONN_##name] = class,
		CONN_STATES(X)
#undef X
	};

	assert(c->state != CONN_CLOSED);
	c->state = state;
	if (state == CONN_DELAYED)
		timers_set_at(&c->server->timers, &c->timer,
		    c->script->step[c->script->at].due);
	else
		timers_set(&c->server->timers, &c->timer, timer[state], now);
}

void
conn_init(
    struct conn *c, struct server *s, const struct address *peer, int64_t now)
{
	*c = (struct conn){ .server = s, .peer = *peer };
	c->in.max = LIMIT_HEAD + LIMIT_INPUT;
	c->out.max = s->out.max;
	c->held.max = LIMIT_KEPT;
	c->chance = chance_of(s->respond.routes->seed, ++s->conns);
	conn_enter(c, CONN_IDLE, now);
}

void
conn_release(struct conn *c)
{
	timers_set(&c->server->timers, &c->timer, TIMER_NONE, 0);
	buf_release(&c->in);
	buf_release(&c->out);
	buf_release(&c->held);
	script_free(c->script);
	routes_unref(c->routes);
}

void
conn_close(struct conn *c, const char *why)
{
	if (c->state == CONN_CLOSED)
		return;
	conn_enter(c, CONN_CLOSED, 0);
	c->why = why;
	c->server->out.len = 0;
}

void
conn_leave(struct conn *c, bool linger, int64_t now)
{
	assert(c->state == CONN_IDLE || c->state == CONN_KEPT);
	if (linger)
		conn_enter(c, CONN_LINGERING, now);
	else
		conn_close(c, "the server leaves");
}

void
conn_lose(struct conn *c)
{
	c->eof = c->left = true;
	conn_close(c, "the peer has reset the connection");
}

/* --- answering --- */

/* Enough is gathered: the rest is for when that has gone. */
static bool
out_is_full(const struct conn *c)
{
	return c->server->out.len >= LIMIT_OUTPUT;
}

/* The same when there may not be room for all of them: the first of many. */
static __attribute__((noinline)) bool
perform_send_much(struct conn *c, struct step *step)
{
	struct server *s = c->server;
	size_t begin = s->out.len, n = step->bytes.n;

	if (n > LIMIT_ANSWER && step->date_at + DATE_LEN <= LIMIT_ANSWER)
		n = LIMIT_ANSWER;
	if (!buf_append(&s->out, step->bytes.p, n)) {
		conn_close(c, "no memory for the answer");
		return false;
	}
	if (step->date_at != 0)
		memcpy(s->out.data + begin + step->date_at, s->wall.date,
		    DATE_LEN);
	if (n == step->bytes.n)
		return true;
	step->date_at = 0;
	step->bytes = span_of(step->bytes.p + n, step->bytes.n - n);
	return false;
}

/* Append it to what is sent next, if it is not much and there is room. */
static inline bool
send_little(struct server *s, struct span bytes, uint32_t date_at)
{
	struct buf *out = &s->out;
	char *to = out->data + out->len;

	if (bytes.n > out->cap - out->len || bytes.n > LIMIT_ANSWER)
		return false;
	out->len += bytes.n;
	memcpy(to, bytes.p, bytes.n);
	if (date_at != 0)
		memcpy(to + date_at, s->wall.date, DATE_LEN);
	return true;
}

static bool
perform_send(struct conn *c, struct step *step)
{
	if (out_is_full(c))
		return false;
	return send_little(c->server, step->bytes, step->date_at) ||
	    perform_send_much(c, step);
}

static __attribute__((noinline)) bool
perform_file(struct conn *c, struct step *step)
{
	while (step->file.left > 0) {
		if (out_is_full(c))
			return false;
		if (content_read(&step->file, &c->server->out))
			continue;
		conn_close(c, "the file cannot be read as was promised");
		return false;
	}
	return true;
}

/*
 * Whoever sends to a connection that was closed resets it, and a reset may
 * destroy the answer on its way (RFC 9112 9.6): then the input is drained
 * first.  Not if a peer who said itself that it sends no more gets so little
 * that it has it before.
 */
static __attribute__((noinline)) void
perform_end(struct conn *c, enum step_kind how, bool unread, int64_t now)
{
	bool much = c->server->out.len > LIMIT_SURE;
	bool linger =
	    how == STEP_LINGER || unread || much || c->server->draining;

	if (c->eof)
		linger = false;
	c->then = linger ? CONN_LINGERING : CONN_CLOSED;
	conn_enter(c, CONN_ANSWERING, now);
}

/* False if it cannot be done, or not to its end now. */
static bool
perform_step(struct conn *c, struct step *step, bool unread, int64_t now)
{
	switch (step->kind) {
	case STEP_WAIT:
		return step->due <= now;
	case STEP_SEND:
		return perform_send(c, step);
	case STEP_SEND_FILE:
		return perform_file(c, step);
	case STEP_CLOSE:
	case STEP_LINGER:
		perform_end(c, step->kind, unread, now);
	}
	return true;
}

/* `unread`: input stands behind the request.  False if something is left. */
static bool
perform(struct conn *c, struct script *s, bool unread, int64_t now)
{
	struct step *step = &s->step[s->at];

	for (; s->at < s->n; s->at++, step++) {
		if (!perform_step(c, step, unread, now))
			return false;
		step_release(step);
	}
	return true;
}

/* Until when? */
static void
await_step(struct conn *c, int64_t now)
{
	if (c->script->step[c->script->at].kind == STEP_WAIT) {
		conn_enter(c, CONN_DELAYED, now);
	} else {
		c->then = CONN_ANSWERING;
		conn_enter(c, CONN_ANSWERING, now);
	}
}

/* All bytes of the answer are on their way. */
static inline void
answer_is_made(struct conn *c)
{
	if (c->account != NULL)
		witness_made(c->account, c->out.len + c->server->out.len);
}

/* It cannot be performed to its end now, or not at all. */
static __attribute__((noinline)) void
keep_script(struct conn *c, struct script *s, int64_t now)
{
	if (c->state == CONN_CLOSED) {
		script_release(s);
		return;
	}
	c->script =
	    script_keep(s, c->server->respond.routes, buf_span(&c->held));
	if (c->script == NULL)
		conn_close(c, "no memory for the answer");
	else
		await_step(c, now);
}

/* Perform what can be performed now, and keep the rest. */
static inline void
begin_script(struct conn *c, struct script *s, bool unread, int64_t now)
{
	if (s->no_memory)
		conn_close(c, "no memory for the answer");
	if (s->no_memory || !perform(c, s, unread, now))
		keep_script(c, s, now);
	else
		answer_is_made(c);
}

/* All is performed.  Whoever was told meanwhile to leave takes no more than has
 * come already. */
static void
end_script(struct conn *c, int64_t now)
{
	bool is_last = c->state == CONN_ANSWERING && c->then != CONN_ANSWERING;

	answer_is_made(c);
	script_free(c->script);
	c->script = NULL;
	buf_release(&c->held);
	if (is_last)
		return;
	if (c->server->draining && c->in.len == 0)
		perform_end(c, STEP_LINGER, true, now);
	else
		conn_enter(c, CONN_KEPT, now);
}

/* What is unread is not known: nothing was read for so long. */
static void
resume_script(struct conn *c, int64_t now)
{
	if (perform(c, c->script, true, now))
		end_script(c, now);
	else if (c->state != CONN_CLOSED)
		await_step(c, now);
}

/* Does anybody want to know what is answered? */
static inline bool
is_noted(const struct conn *c)
{
	return c->account != NULL || !c->server->log->sink.ended;
}

static __attribute__((noinline)) void
note(struct conn *c, const struct ask *ask, enum httperr e,
    const struct script *script, int64_t now)
{
	struct server *s = c->server;
	const struct log_entry entry = { &c->peer, ask, script->route,
		script->status, script->content,
		now - c->since + script->delay };

	if (c->account != NULL)
		witness_answer(
		    s->witness, c->account, &s->respond, ask, e, script);
	log_request(s->log, &entry, &s->wall, now);
}

/* What was chosen, by a script. */
static __attribute__((noinline)) void
answer_chosen(struct conn *c, const struct ask *ask,
    const struct chosen *chosen, bool unread, int64_t now)
{
	struct script script;

	respond_make(
	    &c->server->respond, ask, chosen, &c->chance, now, &script);
	if (is_noted(c))
		note(c, ask, HTTPERR_NONE, &script, now);
	begin_script(c, &script, unread, now);
}

/* The answer to a request that keeps the rules; `unread`: something follows
 * it.  Mostly it is at hand and nobody takes note. */
static void
answer(struct conn *c, const struct ask *ask, bool unread, int64_t now)
{
	struct server *s = c->server;
	struct chosen chosen;
	const struct rendered *ready =
	    respond_choose(&s->respond, ask, &c->chance, &chosen);

	if (ready == NULL || is_noted(c) ||
	    !send_little(s, ready->bytes, ready->date_at))
		answer_chosen(c, ask, &chosen, unread, now);
	else if (ask->persist == PERSIST_NOT)
		perform_end(c, STEP_CLOSE, unread, now);
	if (c->state == CONN_IDLE || c->state == CONN_HEAD ||
	    c->state == CONN_BODY)
		conn_enter(c, CONN_KEPT, now);
}

/* The answer to one that breaks them.  What follows it is not a request. */
static void
refuse(struct conn *c, const struct ask *ask, enum httperr e, struct span *rest,
    int64_t now)
{
	struct script script;

	respond_refusal(&c->server->respond, ask, e, &script);
	if (is_noted(c))
		note(c, ask, e, &script, now);
	begin_script(c, &script, rest->n > 0, now);
	*rest = span_of(rest->p + rest->n, 0);
}

/* --- HTTP --- */

enum {
	VERSION_PART = 9 /* SP HTTP/1.1 */
};

/* What a head asks for.  False and *why if it breaks a rule. */
static inline bool
ask_from_head(const struct conn *c, const char *p, const struct head *head,
    struct ask *ask, struct request_semantics *sem, enum httperr *why)
{
	*why = request_semantics_of(p, head, sem);
	ask->dialect = DIALECT_HTTP;
	ask->verb = sem->method;
	ask->method = slice_in(p, head->method);
	ask->target = slice_in(p, head->target);
	ask->line = span_of(ask->method.p,
	    (size_t)(ask->target.p - ask->method.p) + ask->target.n +
		VERSION_PART);
	/* Not as a whole: their parts were just written one by one, and would
	 * have to reach the cache first. */
	ask->host = span_of(sem->host.p, sem->host.n);
	ask->path = span_of(sem->path.p, sem->path.n);
	ask->path_is_plain = sem->path_is_plain;
	ask->query = span_of(sem->query.p, sem->query.n);
	ask->head = head;
	ask->base = p;
	ask->raw = span_of(p + head->start, head->len - head->start);
	ask->content = span_of(NULL, 0);
	if (!sem->keep_alive || c->server->draining)
		ask->persist = PERSIST_NOT;
	else
		ask->persist =
		    head->minor == 0 ? PERSIST_SAID : PERSIST_IMPLIED;
	return *why == HTTPERR_NONE;
}

/* The first line, whatever it is, for the log: no more than may be one. */
static struct span
raw_line(struct span s)
{
	const char *p = s.p, *end = s.p + s.n;
	const char *stop;

	while (p < end && (*p == '\r' || *p == '\n'))
		p++;
	if (end - p > LIMIT_START_LINE)
		end = p + LIMIT_START_LINE;
	for (stop = p; stop < end && *stop != '\r' && *stop != '\n'; stop++)
		;
	return span_of(p, (size_t)(stop - p));
}

/* The method that a request begins with, whatever is wrong behind it.  In front
 * of it are no more empty lines than it may come behind: else the same bytes
 * would be answered otherwise when it comes later. */
static struct span
raw_method(struct span s, bool is_first)
{
	size_t n;
	int i;

	for (i = 0; i < LIMIT_EMPTY_LINES; i++)
		if (s.n >= 2 && s.p[0] == '\r' && s.p[1] == '\n')
			s = span_of(s.p + 2, s.n - 2);
		else if (is_first && s.n >= 1 && s.p[0] == '\n')
			s = span_of(s.p + 1, s.n - 1);
	n = chars_run(s.p, s.n, CHAR_TOKEN);
	return span_of(s.p, n < s.n && s.p[n] == ' ' ? n : 0);
}

/*
 * A head that is no head, or not a whole one.  Of the latter nothing was kept;
 * but what answers a HEAD has no body whatever it says (RFC 9110 9.3.2).
 */
static void
refuse_head(struct conn *c, enum httperr e, struct span *rest, int64_t now)
{
	struct ask ask = { .dialect = DIALECT_HTTP };

	ask.line = raw_line(*rest);
	ask.method = raw_method(*rest, !c->has_asked);
	if (e != HTTPERR_TIMEOUT && e != HTTPERR_HEAD_SHORT)
		ask.target = slice_in(rest->p, c->server->head.target);
	c->scanned = 0;
	refuse(c, &ask, e, rest, now);
}

/* With what is announced: a chunk's size line says enough. */
static enum httperr
check_size(const struct conn *c)
{
	if (c->content > LIMIT_REQUEST_BODY ||
	    body_announced(&c->body) > LIMIT_REQUEST_BODY - c->content)
		return HTTPERR_LENGTH_TOO_LARGE;
	return c->body.extensions > LIMIT_EXTENSIONS ? HTTPERR_EXTENSIONS
						     : HTTPERR_NONE;
}

/* Drop what of rest belongs to the body. */
static enum body_step
drop_body(struct conn *c, struct span *rest, enum httperr *why)
{
	enum body_step step;
	struct span data;
	size_t used;

	do {
		step = body_read(&c->body, rest->p, rest->n, &used, &data, why);
		*rest = span_of(rest->p + used, rest->n - used);
		if (step == BODY_DATA)
			c->content += (uint32_t)data.n;
		if (step != BODY_BAD)
			*why = check_size(c);
		if (*why != HTTPERR_NONE)
			return BODY_BAD;
	} while (step == BODY_DATA);
	return step;
}

/*
 * Take what of rest belongs to the body.  If it is wanted, all of the request
 * is kept, and that has a ceiling, too: what is held of it, what came since
 * `begin`, and what is announced.
 */
static enum body_step
read_body(
    struct conn *c, const char *begin, struct span *rest, enum httperr *why)
{
	enum body_step step = drop_body(c, rest, why);
	size_t raw = c->held.len + (size_t)(rest->p - begin);

	if (!c->wants_body || step == BODY_BAD ||
	    (raw <= LIMIT_KEPT && body_announced(&c->body) <= LIMIT_KEPT - raw))
		return step;
	*why = HTTPERR_REQUEST_TOO_LARGE;
	return BODY_BAD;
}

/*
 * The content of a request that stands as a whole in p[0..n), head first.  It
 * is a part of that unless it is chunked.  False if memory is out.
 */
static bool
decode_body(struct conn *c, const char *p, size_t n, struct framing framing,
    struct ask *ask)
{
	struct buf *b = &c->server->content;
	struct span rest = span_of(p + ask->head->len, n - ask->head->len);
	struct span data;
	enum httperr why;
	size_t used;

	ask->raw.n = n - ask->head->start;
	ask->content = rest;
	if (framing.kind != FRAMING_CHUNKED)
		return true;
	body_init(&c->body, framing);
	b->len = 0;
	while (body_read(&c->body, rest.p, rest.n, &used, &data, &why) ==
	    BODY_DATA) {
		if (!buf_append_span(b, data))
			return false;
		rest = span_of(rest.p + used, rest.n - used);
	}
	ask->content = buf_span(b);
	return true;
}

/* The request stands in p[0..n), body and all: answer it. */
static void
answer_whole(struct conn *c, const char *p, size_t n, struct framing framing,
    struct ask *ask, bool unread, int64_t now)
{
	struct buf *content = &c->server->content;

	if (c->wants_body && !decode_body(c, p, n, framing, ask))
		conn_close(c, "no memory for the body");
	else
		answer(c, ask, unread, now);
	if (content->cap > LIMIT_ANSWER)
		buf_release(content);
}

/*
 * The client asks before it sends its body (RFC 9110 10.1.1).  If the answer
 * is an error whatever the body may be, it is given at once, and is the last:
 * whether the body follows all the same cannot be known.  False then.
 */
static bool
answer_expectation(struct conn *c, const struct ask *ask, int64_t now)
{
	struct ask last = *ask;
	struct script script;

	last.persist = PERSIST_NOT;
	if (!c->wants_body &&
	    respond_peek(&c->server->respond, &last, c->chance) >= 400) {
		answer(c, &last, true, now);
		return false;
	}
	respond_continue(&script);
	begin_script(c, &script, true, now);
	return c->state != CONN_CLOSED;
}

/* The body is not all there: keep the head, and what is wanted of the body. */
static void
await_body(struct conn *c, struct span bytes, int64_t now)
{
	c->routes = routes_ref(c->server->respond.routes);
	if (buf_append_span(&c->held, bytes))
		conn_enter(c, CONN_BODY, now);
	else
		conn_close(c, "no memory for the head");
}

/* A head stands at rest->p, and perhaps a part of its body behind it. */
static void
take_body_begun(struct conn *c, struct ask *ask,
    const struct request_semantics *sem, struct span *rest, int64_t now)
{
	const char *begin = ask->base;
	const char *behind = rest->p;
	enum httperr why;

	body_init(&c->body, sem->framing);
	c->content = 0;
	c->wants_body = respond_wants_body(&c->server->respond, ask);
	switch (read_body(c, begin, rest, &why)) {
	case BODY_DONE:
		answer_whole(c, begin, (size_t)(rest->p - begin), sem->framing,
		    ask, rest->n > 0, now);
		break;
	case BODY_BAD:
		refuse(c, ask, why, rest, now);
		break;
	default:
		if (rest->p != behind || !sem->expect_continue ||
		    answer_expectation(c, ask, now))
			await_body(c,
			    span_of(begin,
				(size_t)((c->wants_body ? rest->p : behind) -
				    begin)),
			    now);
	}
}

/* A whole head stands at rest->p, and perhaps its body behind it. */
static void
take_message(struct conn *c, struct span *rest, int64_t now)
{
	const struct head *head = &c->server->head;
	struct request_semantics sem;
	const char *begin = rest->p;
	struct ask ask;
	enum httperr why;

	c->scanned = 0;
	c->has_asked = true;
	*rest = span_of(begin + head->len, rest->n - head->len);
	if (!ask_from_head(c, begin, head, &ask, &sem, &why))
		refuse(c, &ask, why, rest, now);
	else if (sem.framing.kind == FRAMING_NONE)
		answer(c, &ask, rest->n > 0, now);
	else
		take_body_begun(c, &ask, &sem, rest, now);
}

/* --- the states that take bytes --- */

/* Each takes what it can of rest, and answers whether to go on. */

static bool
take_head(struct conn *c, struct span *rest, int64_t now)
{
	enum httperr why = HTTPERR_NONE;

	switch (head_parse_request(
	    rest->p, rest->n, c->scanned, &c->server->head, &why)) {
	case PARSE_MORE:
		c->scanned = (uint32_t)rest->n;
		if (c->state != CONN_HEAD)
			conn_enter(c, CONN_HEAD, now);
		return false;
	case PARSE_BAD:
		refuse_head(c, why, rest, now);
		return false;
	case PARSE_DONE:
		take_message(c, rest, now);
	}
	return true;
}

/* Its head, which was held, is answered. */
static void
answer_held(struct conn *c, enum httperr e, struct span *rest, int64_t now)
{
	struct head *head = &c->server->head;
	struct span held = buf_span(&c->held);
	struct request_semantics sem;
	struct ask ask;
	enum httperr none;

	/* Read once more: cheaper than keeping its slices all the time. */
	head_parse_request(held.p, held.n, 0, head, &none);
	ask_from_head(c, held.p, head, &ask, &sem, &none);
	if (e == HTTPERR_NONE)
		answer_whole(
		    c, held.p, held.n, sem.framing, &ask, rest->n > 0, now);
	else
		refuse(c, &ask, e, rest, now);
	if (c->script == NULL)
		buf_release(&c->held);
}

/* The body has ended, well or not.  Other routes may have been loaded since it
 * began: it ends with its own. */
static void
end_body(struct conn *c, enum httperr e, struct span *rest, int64_t now)
{
	struct respond *r = &c->server->respond;
	struct routes *current = r->routes;

	r->routes = c->routes;
	answer_held(c, e, rest, now);
	r->routes = current;
	routes_unref(c->routes);
	c->routes = NULL;
}

/* What came of it is wanted as well.  False if memory is out. */
static bool
hold_body(struct conn *c, struct span part)
{
	if (!c->wants_body || buf_append_span(&c->held, part))
		return true;
	conn_close(c, "no memory for the body");
	return false;
}

static bool
take_body(struct conn *c, struct span *rest, int64_t now)
{
	enum httperr why = HTTPERR_NONE;
	const char *begin = rest->p;
	enum body_step step = read_body(c, begin, rest, &why);

	if (step != BODY_BAD &&
	    !hold_body(c, span_of(begin, (size_t)(rest->p - begin))))
		return false;
	if (step == BODY_MORE && c->eof)
		step = body_eof(&c->body, &why);
	if (step == BODY_MORE) {
		conn_enter(c, CONN_BODY, now);
		return false;
	}
	end_body(c, why, rest, now);
	return true;
}

static bool
take_classic(
    struct conn *c, struct span *rest, enum classic_end end, int64_t now)
{
	struct classic_request request;
	struct ask ask = { .dialect = DIALECT_CLASSIC };

	switch (classic_parse_request(rest->p, rest->n, end, &request)) {
	case PARSE_MORE:
		if (classic_may_end(rest->p, rest->n))
			conn_enter(c, CONN_CLASSIC_QUIET, now);
		else if (c->state != CONN_CLASSIC_URL)
			conn_enter(c, CONN_CLASSIC_URL, now);
		break;
	case PARSE_BAD:
		ask.line = raw_line(*rest);
		refuse(c, &ask, HTTPERR_CLASSIC_REQUEST, rest, now);
		break;
	case PARSE_DONE:
		ask.verb = method_find(request.method.p, request.method.n);
		ask.method = request.method;
		ask.target = request.url;
		ask.line = span_of(
		    request.method.p, request.method.n + 1 + request.url.n);
		classic_url_split(
		    request.url, &ask.host, &ask.path, &ask.query);
		ask.raw = ask.line;
		*rest = span_of(rest->p + request.len, rest->n - request.len);
		answer(c, &ask, rest->n > 0, now);
	}
	return false;
}

/* A message begins, or goes on. */
static bool
take_first(struct conn *c, struct span *rest, int64_t now)
{
	enum classic_end end = c->eof ? CLASSIC_EOF : CLASSIC_OPEN;

	if (c->state == CONN_IDLE || c->state == CONN_KEPT)
		c->since = now;
	if (c->dialect == DIALECT_UNDECIDED)
		c->dialect = dialect_sniff(rest->p, rest->n);
	switch (c->dialect) {
	case DIALECT_CLASSIC:
		return take_classic(c, rest, end, now);
	case DIALECT_HTTP:
		return take_head(c, rest, now);
	case DIALECT_UNDECIDED:
		if (c->state != CONN_HEAD)
			conn_enter(c, CONN_HEAD, now);
	}
	return false;
}

static bool
take(struct conn *c, struct span *rest, int64_t now)
{
	switch (c->state) {
	case CONN_IDLE:
	case CONN_KEPT:
	case CONN_HEAD:
	case CONN_CLASSIC_URL:
	case CONN_CLASSIC_QUIET:
		return rest->n > 0 && take_first(c, rest, now);
	case CONN_BODY:
		return take_body(c, rest, now);
	case CONN_LINGERING:
		c->drained += (uint32_t)rest->n;
		*rest = span_of(rest->p + rest->n, 0);
		if (c->drained > LIMIT_LINGER)
			conn_close(c, "sent too much behind a refusal");
		return false;
	case CONN_ANSWERING:
	case CONN_DELAYED:
	case CONN_CLOSED:
		break;
	}
	return false;
}

/* Empty lines in front of a request that never comes are no fault. */
static bool
is_blank(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '\r' && s.p[i] != '\n')
			return false;
	return true;
}

/* No byte is to come, and those that came lead no further. */
static void
take_end(struct conn *c, struct span *rest, int64_t now)
{
	switch (c->state) {
	case CONN_HEAD:
		if (!is_blank(*rest)) {
			refuse_head(c, HTTPERR_HEAD_SHORT, rest, now);
			break;
		}
		__attribute__((fallthrough));
	case CONN_IDLE:
	case CONN_KEPT:
	case CONN_LINGERING:
		*rest = span_of(rest->p, 0);
		/* A peer whose input is drained was told that we end. */
		c->left = c->state != CONN_LINGERING;
		c->then = CONN_CLOSED;
		conn_enter(c, CONN_ANSWERING, now);
		break;
	case CONN_CLASSIC_URL:
	case CONN_CLASSIC_QUIET:
	case CONN_BODY:
	case CONN_ANSWERING:
	case CONN_DELAYED:
	case CONN_CLOSED:
		break;
	}
}

/* What is not used yet stays with the connection. */
static void
keep(struct conn *c, struct span rest)
{
	if (rest.n == 0)
		buf_release(&c->in);
	else if (c->in.len > 0)
		buf_drop(&c->in, c->in.len - rest.n);
	else if (!buf_append_span(&c->in, rest))
		conn_close(c, "no memory for the input");
}

/* All has gone that was to be sent: whatever waited for that may happen. */
static void
all_sent(struct conn *c, int64_t now)
{
	if (c->state != CONN_ANSWERING)
		return;
	if (c->then == CONN_ANSWERING)
		resume_script(c, now);
	else if (c->then == CONN_CLOSED)
		conn_close(c, c->left ? "the peer has left" : "answered");
	else
		conn_enter(c, c->then, now);
}

/* Go as far as the bytes lead, or until there is enough to send. */
static void
go(struct conn *c, struct span rest, int64_t now)
{
	bool more = true;

	/* Not even the first if what went before has just filled it. */
	while (more && !out_is_full(c))
		more = take(c, &rest, now);
	if (c->eof && !more)
		take_end(c, &rest, now);
	keep(c, rest);
	if (c->server->out.len == 0)
		all_sent(c, now);
	else if (c->state == CONN_KEPT)
		conn_enter(c, CONN_KEPT, now);
}

/* What came and is not used yet. */
static struct span
kept(const struct conn *c)
{
	return c->in.len > 0 ? buf_span(&c->in) : span_of("", 0);
}

void
conn_feed(struct conn *c, const char *p, size_t n, int64_t now)
{
	assert(conn_wants_input(c));
	if (c->in.len == 0) {
		go(c, span_of(p, n), now);
		return;
	}
	if (buf_append(&c->in, p, n))
		go(c, kept(c), now);
	else
		conn_close(c, "no memory for the input");
}

void
conn_eof(struct conn *c, int64_t now)
{
	assert(conn_wants_input(c));
	c->eof = true;
	go(c, kept(c), now);
}

/* Whatever came while it was not looked at. */
static void
go_on(struct conn *c, int64_t now)
{
	if (!conn_is_answering(c) && c->state != CONN_CLOSED &&
	    (c->in.len > 0 || c->eof))
		go(c, kept(c), now);
}

/* The request did not come to its end in time. */
static void
expire_request(struct conn *c, int64_t now)
{
	struct span rest = kept(c);
	enum classic_end end = CLASSIC_QUIET;

	switch (c->state) {
	case CONN_HEAD:
		if (is_blank(rest))
			conn_close(c, "no request behind empty lines");
		else
			refuse_head(c, HTTPERR_TIMEOUT, &rest, now);
		break;
	case CONN_BODY:
		end_body(c, HTTPERR_TIMEOUT, &rest, now);
		break;
	default:
		if (c->state == CONN_CLASSIC_URL)
			end = CLASSIC_EOF;
		take_classic(c, &rest, end, now);
	}
	keep(c, rest);
}

void
conn_expire(struct conn *c, int64_t now)
{
	switch (c->state) {
	case CONN_IDLE:
		conn_close(c, "idle for 300 s");
		break;
	case CONN_KEPT:
		conn_close(c, "no further request for 75 s");
		break;
	case CONN_ANSWERING:
		conn_close(c, "nothing was taken for 30 s");
		break;
	case CONN_LINGERING:
		conn_close(c, "lingered for 2 s");
		break;
	case CONN_DELAYED:
		resume_script(c, now);
		go_on(c, now);
		break;
	case CONN_HEAD:
	case CONN_BODY:
	case CONN_CLASSIC_URL:
	case CONN_CLASSIC_QUIET:
		expire_request(c, now);
		break;
	case CONN_CLOSED:
		break;
	}
}

/* What of the shared buffer did not go moves to the connection. */
static void
take_unsent(struct conn *c, struct span rest, int64_t now)
{
	if (!buf_append_span(&c->out, rest)) {
		conn_close(c, "no memory for the answer");
		return;
	}
	if (c->state != CONN_ANSWERING) {
		c->then = c->state;
		conn_enter(c, CONN_ANSWERING, now);
	}
}

void
conn_sent(struct conn *c, struct span out, size_t n, int64_t now)
{
	if (c->out.len == 0) {
		c->server->out.len = 0;
		if (n < out.n)
			take_unsent(c, span_of(out.p + n, out.n - n), now);
	} else {
		buf_drop(&c->out, n);
		if (n > 0)
			conn_enter(c, CONN_ANSWERING, now);
	}
	if (c->out.len > 0 || c->state == CONN_CLOSED)
		return;
	buf_release(&c->out);
	all_sent(c, now);
	go_on(c, now);
}
