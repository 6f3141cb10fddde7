#include "seen.h"

#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "escape.h"
#include "limit.h"
#include "semantics.h"

enum {
	MARKS = 4096,
	TEXT_MAX = LIMIT_START_LINE
};

static void
forget(struct seen_request *r)
{
	free(r->host);
	free(r->target);
	free(r->route);
	free(r->nearest);
}

static void
conn_free(struct seen_conn *c)
{
	for (size_t i = 0; i < c->nrequest; i++)
		forget(&c->request[i]);
	free(c->request);
	tape_release(&c->tape);
	free(c);
}

void
seen_init(struct seen *s)
{
	*s = (struct seen){ .budget = SEEN_BUDGET };
}

void
seen_release(struct seen *s)
{
	for (size_t i = 0; i < s->n; i++)
		conn_free(s->v[i]);
	free(s->v);
	seen_init(s);
}

/* --- the ring ------------------------------------------------------------ */

/* Where that connection stands, or would. */
static size_t
place_of(const struct seen *s, unsigned life, int64_t number)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct seen_conn *c = s->v[mid];

		if (c->life < life || (c->life == life && c->number < number))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct seen_conn *
find(const struct seen *s, unsigned life, int64_t number)
{
	size_t at = place_of(s, life, number);

	if (at == s->n || s->v[at]->life != life || s->v[at]->number != number)
		return NULL;
	return s->v[at];
}

const struct seen_conn *
seen_find(const struct seen *s, unsigned life, int64_t number)
{
	return find(s, life, number);
}

const struct seen_request *
seen_find_request(const struct seen_conn *c, int64_t req)
{
	for (size_t i = c->nrequest; i-- > 0;)
		if (c->request[i].req == req)
			return &c->request[i];
	return NULL;
}

const struct seen_conn *
seen_next_open(const struct seen *s, const struct seen_conn *before)
{
	size_t i = before == NULL ? place_of(s, s->life, 0)
				  : place_of(s, s->life, before->number) + 1;

	for (; i < s->n; i++)
		if (s->v[i]->closed < 0)
			return s->v[i];
	return NULL;
}

static void
evict(struct seen *s, size_t at)
{
	struct seen_conn *c = s->v[at];

	if (c->life == s->life && c->number > s->evicted)
		s->evicted = c->number;
	s->weight -= c->weight;
	conn_free(c);
	s->n--;
	memmove(&s->v[at], &s->v[at + 1], (s->n - at) * sizeof(s->v[0]));
}

/* The oldest that is closed, else the oldest; but not `keep`. */
static size_t
oldest(const struct seen *s, const struct seen_conn *keep)
{
	size_t at = s->n;

	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i] == keep)
			continue;
		if (s->v[i]->closed >= 0 || s->v[i]->life != s->life)
			return i;
		if (at == s->n)
			at = i;
	}
	return at;
}

static void
trim(struct seen *s, const struct seen_conn *keep)
{
	size_t at;

	while (s->n > SEEN_CONNS || s->weight > s->budget) {
		at = oldest(s, keep);
		if (at == s->n)
			return;
		evict(s, at);
	}
}

static bool
grow(struct seen *s)
{
	size_t cap = s->cap == 0 ? 64 : s->cap * 2;
	struct seen_conn **v;

	if (s->n < s->cap)
		return true;
	v = realloc(s->v, cap * sizeof(s->v[0]));
	if (v == NULL)
		return false;
	s->v = v;
	s->cap = cap;
	return true;
}

/* One that is not there yet; NULL without memory. */
static struct seen_conn *
conn_new(struct seen *s, int64_t number)
{
	size_t at = place_of(s, s->life, number);
	struct seen_conn *c;

	if (!grow(s))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->life = s->life;
	c->number = number;
	c->opened = c->closed = c->listed = -1;
	tape_init(&c->tape, LIMIT_TAPE_FIRST, LIMIT_TAPE_LAST, MARKS);
	memmove(&s->v[at + 1], &s->v[at], (s->n - at) * sizeof(s->v[0]));
	s->v[at] = c;
	s->n++;
	return c;
}

/* The connection of an event.  One whose beginning was lost is torn. */
static struct seen_conn *
conn_of(struct seen *s, const struct journal_event *e)
{
	struct seen_conn *c = find(s, s->life, e->conn);

	if (c != NULL || e->conn <= s->evicted)
		return c;
	c = conn_new(s, e->conn);
	if (c != NULL)
		c->torn = e->kind != JOURNAL_OPEN;
	return c;
}

static void
weigh(struct seen *s, struct seen_conn *c)
{
	size_t weight = sizeof(*c) + tape_weight(&c->tape) +
	    c->cap * sizeof(c->request[0]) + c->text;

	s->weight += weight - c->weight;
	c->weight = weight;
}

/* --- where messages end -------------------------------------------------- */

/* Where the body that begins at `at` ends. */
static uint64_t
body_end(const struct tape *t, enum tape_way way, uint64_t at, struct framing f)
{
	uint64_t gone, all = t->reel[way].all;
	struct body body;
	struct span s, data;
	enum body_step step;
	enum httperr why;
	size_t used;

	if (f.kind == FRAMING_NONE)
		return at;
	if (f.kind == FRAMING_CLOSE)
		return UINT64_MAX;
	if (f.kind == FRAMING_LENGTH)
		return f.length < UINT64_MAX - at ? at + f.length : UINT64_MAX;
	if (way == TAPE_IN)
		body_init(&body, f);
	else
		body_init_response(&body, f);
	s = tape_run(t, way, at, all, &gone);
	do {
		step = body_read(&body, s.p, s.n, &used, &data, &why);
		s = span_of(s.p + used, s.n - used);
		at += used;
	} while (step == BODY_DATA);
	return step == BODY_DONE ? at : UINT64_MAX;
}

static uint64_t
request_end(const struct tape *t, uint64_t from)
{
	uint64_t gone;
	struct span s = tape_run(t, TAPE_IN, from, t->reel[TAPE_IN].all, &gone);
	struct request_semantics semantics;
	enum httperr why;
	struct head h;

	if (head_parse_request(s.p, s.n, 0, &h, &why) != PARSE_DONE ||
	    request_semantics_of(s.p, &h, &semantics) != HTTPERR_NONE)
		return UINT64_MAX;
	return body_end(t, TAPE_IN, from + h.len, semantics.framing);
}

/* With the answers in between. */
static uint64_t
answer_end(const struct tape *t, uint64_t from, enum method asked)
{
	uint64_t gone, all = t->reel[TAPE_OUT].all;
	struct response_semantics semantics;
	enum httperr why;
	struct head h;

	for (;;) {
		struct span s = tape_run(t, TAPE_OUT, from, all, &gone);

		if (head_parse_response(s.p, s.n, 0, &h, &why) != PARSE_DONE)
			return UINT64_MAX;
		from += h.len;
		if (h.status >= 200) {
			response_semantics_of(s.p, &h, asked, &semantics);
			return body_end(t, TAPE_OUT, from, semantics.framing);
		}
		if (h.status == 101)
			return UINT64_MAX;
	}
}

uint64_t
seen_to(
    const struct seen_conn *c, enum tape_way way, const struct seen_range *r)
{
	uint64_t all = c->tape.reel[way].all;

	return r->to < all ? r->to : all;
}

/* --- requests ------------------------------------------------------------ */

/* When the byte at off was read. */
static int64_t
read_at(const struct tape *t, uint64_t off)
{
	for (size_t i = 0; i < t->nmark; i++) {
		const struct tape_mark *m = &t->mark[i];

		if (m->what == TAPE_READ && m->off <= off &&
		    off < m->off + m->n)
			return m->at;
	}
	return -1;
}

static struct seen_request *
request_new(struct seen_conn *c, int64_t req)
{
	size_t cap = c->cap == 0 ? 1 : c->cap * 2;
	struct seen_request *r = c->request;

	if (c->nrequest == SEEN_REQUESTS) {
		c->text -= r[0].text;
		forget(&r[0]);
		memmove(&r[0], &r[1], --c->nrequest * sizeof(r[0]));
	}
	if (c->nrequest == c->cap) {
		r = realloc(r, cap * sizeof(*r));
		if (r == NULL)
			return NULL;
		c->request = r;
		c->cap = cap;
	}
	r = &c->request[c->nrequest];
	*r = (struct seen_request){
		.req = req,
		.in.to = UINT64_MAX,
		.out.to = UINT64_MAX,
		.begin = -1,
		.heard = -1,
		.end = -1,
	};
	if (c->nrequest > 0) {
		r->in.from = seen_to(c, TAPE_IN, &r[-1].in);
		r->out.from = seen_to(c, TAPE_OUT, &r[-1].out);
	}
	c->nrequest++;
	return r;
}

/* Requests come in their order; what stands before those that are kept is
 * gone. */
static struct seen_request *
request_of(struct seen_conn *c, int64_t req)
{
	for (size_t i = c->nrequest; i-- > 0;)
		if (c->request[i].req == req)
			return &c->request[i];
	if (c->nrequest > 0 && c->request[c->nrequest - 1].req > req)
		return NULL;
	return request_new(c, req);
}

/* A text of r's own; NULL if it is none, or without memory. */
static char *
text_of(struct seen_request *r, struct span s)
{
	size_t n = s.n < TEXT_MAX ? s.n : TEXT_MAX;
	char *text = s.p == NULL ? NULL : strndup(s.p, n);

	if (text != NULL)
		r->text += n + 1;
	return text;
}

static void
take_request(struct seen_conn *c, const struct journal_event *e, int64_t at)
{
	struct seen_request *r = request_of(c, e->req);

	if (r == NULL || r->target != NULL)
		return;
	escape_text(r->method, sizeof(r->method), e->method, ESCAPE_SCREEN);
	r->host = text_of(r, e->host);
	r->target = text_of(r, e->target);
	r->route = text_of(r, e->route);
	r->nearest = text_of(r, e->nearest);
	r->dialect =
	    span_is(e->dialect, "classic") ? DIALECT_CLASSIC : DIALECT_HTTP;
	c->text += r->text;
	r->heard = at;
	if (r->dialect == DIALECT_HTTP)
		r->in.to = request_end(&c->tape, r->in.from);
	r->begin = read_at(&c->tape, r->in.from);
}

static void
take_response(struct seen_conn *c, const struct journal_event *e, int64_t at)
{
	struct seen_request *r = request_of(c, e->req);
	const struct tape_mark *wrote = tape_last(&c->tape, TAPE_WRITE);

	if (r == NULL)
		return;
	/* Its bytes may have arrived before that was told. */
	if (wrote != NULL && wrote->at >= r->heard)
		at = wrote->at;
	r->status = (int)e->status;
	r->content = e->content;
	r->end = at;
	if (r->begin < 0)
		r->begin = read_at(&c->tape, r->in.from);
	if (r->in.to == UINT64_MAX && r->heard >= 0)
		r->in.to = request_end(&c->tape, r->in.from);
	/* The one before it may have been answered since it was heard. */
	if (r > c->request)
		r->out.from = seen_to(c, TAPE_OUT, &r[-1].out);
	r->out.to = answer_end(
	    &c->tape, r->out.from, method_find(r->method, strlen(r->method)));
}

static void
take_error(struct seen_conn *c, const struct journal_event *e, int64_t at)
{
	struct seen_request *r = request_of(c, e->req > 0 ? e->req : 1);
	struct seen_error *error;

	if (r == NULL || r->nerror == SEEN_ERRORS)
		return;
	error = &r->error[r->nerror++];
	escape_text(error->why, sizeof(error->why), e->why, ESCAPE_SCREEN);
	escape_text(
	    error->section, sizeof(error->section), e->section, ESCAPE_SCREEN);
	if (r->heard < 0)
		r->heard = at;
}

/* --- events -------------------------------------------------------------- */

/* No server has run for longer, and none was asked before it began. */
static int64_t
bounded(int64_t t)
{
	return t < 0 ? 0 : t > SEEN_TIME_MAX ? SEEN_TIME_MAX : t;
}

/* On our clock. */
static int64_t
our_time(const struct seen *s, int64_t t)
{
	return bounded(s->start + bounded(t));
}

/* A server begins: its numbers begin anew. */
static void
take_start(struct seen *s, const struct journal_event *e)
{
	int64_t ns;

	s->life++;
	s->start = json_integer(e->mono, &ns) ? bounded(ns) : 0;
	s->evicted = 0;
}

/* Nobody knows whose they were. */
static void
take_lost(struct seen *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i]->life == s->life && s->v[i]->closed < 0) {
			s->v[i]->torn = true;
			s->v[i]->changes++;
		}
}

static void
take_open(struct seen_conn *c, const struct journal_event *e, int64_t at)
{
	if (c->opened >= 0)
		return;
	c->opened = at;
	escape_text(c->tape.peer, sizeof(c->tape.peer), e->peer, ESCAPE_SCREEN);
	escape_text(
	    c->tape.local, sizeof(c->tape.local), e->local, ESCAPE_SCREEN);
	tape_event(&c->tape, TAPE_ACCEPT, at, 0);
}

/* What was read behind the last request and became no other is its own. */
static void
take_rest(struct seen_conn *c)
{
	struct seen_range *in;

	if (c->nrequest == 0)
		return;
	in = &c->request[c->nrequest - 1].in;
	if (in->to < c->tape.reel[TAPE_IN].all)
		in->to = UINT64_MAX;
}

static void
take_close(struct seen_conn *c, const struct journal_event *e, int64_t at)
{
	if (c->closed >= 0)
		return;
	c->closed = at;
	c->by_peer = span_is(e->by, "peer");
	escape_text(c->reason, sizeof(c->reason), e->reason, ESCAPE_SCREEN);
	tape_event(&c->tape, c->by_peer ? TAPE_END : TAPE_CLOSE, at, 0);
	tape_fit(&c->tape);
	take_rest(c);
}

/* What is told of it is better than its numbers. */
static void
unlist(struct seen_conn *c)
{
	char peer[TAPE_ADDRESS], local[TAPE_ADDRESS];

	strlcpy(peer, c->tape.peer, sizeof(peer));
	strlcpy(local, c->tape.local, sizeof(local));
	tape_release(&c->tape);
	tape_init(&c->tape, LIMIT_TAPE_FIRST, LIMIT_TAPE_LAST, MARKS);
	strlcpy(c->tape.peer, peer, sizeof(peer));
	strlcpy(c->tape.local, local, sizeof(local));
	tape_event(&c->tape, TAPE_ACCEPT, c->opened, 0);
	c->listed = -1;
}

/* A tape runs forward, whatever comes. */
static int64_t
time_of(const struct seen *s, const struct seen_conn *c, int64_t t)
{
	const struct tape *tape = &c->tape;
	int64_t at = our_time(s, t);

	if (tape->nmark > 0 && at < tape->mark[tape->nmark - 1].at)
		at = tape->mark[tape->nmark - 1].at;
	return at;
}

void
seen_bytes(struct tape *t, enum tape_event what, int64_t at, struct span first,
    uint64_t n)
{
	struct tape_reel *r = &t->reel[what == TAPE_READ ? TAPE_IN : TAPE_OUT];
	uint64_t off = r->all, gone = n > first.n ? n - first.n : 0;
	struct tape_mark *last;

	tape_bytes(t, what, at, first.n > 0 ? first.p : "", first.n);
	if (gone == 0)
		return;
	last = t->nmark > 0 ? &t->mark[t->nmark - 1] : NULL;
	if (last != NULL && last->what == what && last->off == off)
		last->n += (uint32_t)gone;
	/* A tape has one hole: in front of it the first bytes stay, and what
	 * was behind another one is part of it now. */
	r->all += gone;
	if (r->cut > r->kept.len)
		r->cut = r->kept.len;
	r->kept.len = r->cut;
}

/* Bytes that a call moved; a replay may have kept only the first ones. */
static uint64_t
moved(const struct journal_event *e)
{
	if (e->n < 0 || (uint64_t)e->n < e->bytes.n || e->n > INT32_MAX)
		return e->bytes.n;
	return (uint64_t)e->n;
}

static void
take_of(struct seen_conn *c, const struct journal_event *e, int64_t at)
{
	switch (e->kind) {
	case JOURNAL_OPEN:
		take_open(c, e, at);
		break;
	case JOURNAL_READ:
		seen_bytes(&c->tape, TAPE_READ, at, e->bytes, moved(e));
		break;
	case JOURNAL_WRITE:
		seen_bytes(&c->tape, TAPE_WRITE, at, e->bytes, moved(e));
		break;
	case JOURNAL_REQUEST:
		take_request(c, e, at);
		break;
	case JOURNAL_RESPONSE:
		take_response(c, e, at);
		break;
	case JOURNAL_ERROR:
		take_error(c, e, at);
		break;
	case JOURNAL_CLOSE:
		take_close(c, e, at);
		break;
	default:
		break;
	}
}

void
seen_take(struct seen *s, const struct journal_event *e)
{
	struct seen_conn *c;

	if (e->kind == JOURNAL_START) {
		take_start(s, e);
		return;
	}
	if (e->kind == JOURNAL_LOST) {
		take_lost(s);
		return;
	}
	c = conn_of(s, e);
	if (c == NULL)
		return;
	if (c->listed > our_time(s, e->t))
		unlist(c);
	take_of(c, e, time_of(s, c, e->t));
	c->changes++;
	weigh(s, c);
	trim(s, c);
}

void
seen_over(struct seen *s)
{
	s->life++;
	s->start = 0;
	s->evicted = 0;
}

void
seen_list(struct seen *s, int64_t number, int64_t at, int64_t opened,
    struct span peer, struct span local, const uint64_t bytes[TAPE_WAYS])
{
	struct journal_event e = { .peer = peer, .local = local };
	struct seen_conn *c = find(s, s->life, number);

	if (c != NULL || number <= s->evicted ||
	    (c = conn_new(s, number)) == NULL)
		return;
	at = bounded(at);
	take_open(c, &e, bounded(opened));
	c->listed = at;
	for (int way = TAPE_OUT; way < TAPE_WAYS; way++)
		if (bytes[way] > 0)
			seen_bytes(&c->tape,
			    way == TAPE_IN ? TAPE_READ : TAPE_WRITE, at,
			    span_of("", 0), bytes[way]);
	weigh(s, c);
	trim(s, c);
}

/* --- the other end ------------------------------------------------------- */

static const struct seen_conn *
same_connection(const struct seen *s, const struct exchange *x)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct seen_conn *c = s->v[i];

		/* Ports are used again. */
		if (c->opened >= x->start && x->tape.local[0] != '\0' &&
		    strcmp(c->tape.peer, x->tape.local) == 0 &&
		    strcmp(c->tape.local, x->tape.peer) == 0)
			return c;
	}
	return NULL;
}

/* The only request within the exchange. */
static struct seen_end
only_request(const struct seen *s, const struct exchange *x)
{
	struct seen_end end = { SEEN_NOT, NULL, NULL };
	int64_t last =
	    x->times.total >= 0 ? x->start + x->times.total : INT64_MAX;

	for (size_t i = 0; i < s->n; i++) {
		const struct seen_conn *c = s->v[i];

		for (size_t k = 0; k < c->nrequest; k++) {
			const struct seen_request *r = &c->request[k];

			if (r->begin < x->start || r->end < 0 || r->end > last)
				continue;
			if (end.how != SEEN_NOT)
				return (struct seen_end){ SEEN_SEVERAL, NULL,
					NULL };
			end = (struct seen_end){ SEEN_THROUGH, c, r };
		}
	}
	return end;
}

struct seen_end
seen_join(const struct seen *s, const struct exchange *x)
{
	struct seen_end end = { SEEN_SAME, same_connection(s, x), NULL };

	if (end.conn == NULL)
		return only_request(s, x);
	/* Each exchange has a connection of its own. */
	if (end.conn->nrequest > 0 && end.conn->request[0].req == 1)
		end.request = &end.conn->request[0];
	return end;
}

bool
seen_is_part(const struct seen_end *end, const struct exchange *x)
{
	return end->request != NULL && (end->how != SEEN_SAME || x->theirs);
}
