#include "theirs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "limit.h"
#include "url.h"

/* Its bytes of one way go onto the tape of the exchange, where what the server
 * read is what was sent. */
static void
copy_way(struct exchange *x, const struct seen_conn *c, enum tape_way way,
    const struct seen_range *r)
{
	enum tape_event what = way == TAPE_IN ? TAPE_WRITE : TAPE_READ;
	uint64_t gone, off = r->from, end = seen_to(c, way, r);
	struct span s;

	for (; off < end; off += s.n + gone) {
		s = tape_run(&c->tape, way, off, end, &gone);
		seen_bytes(&x->tape, what, x->start, s, s.n + gone);
	}
}

/* When the first or the last such call of the range was, from the start. */
static int64_t
time_of(const struct exchange *x, const struct seen_conn *c,
    enum tape_event what, const struct seen_range *r, bool last)
{
	int64_t at = -1;

	for (size_t i = 0; i < c->tape.nmark; i++) {
		const struct tape_mark *m = &c->tape.mark[i];

		if (m->what != what || m->off >= r->to ||
		    m->off + m->n <= r->from)
			continue;
		at = m->at - x->start;
		if (!last)
			break;
	}
	return at;
}

/* The request as one that could be sent from here: its fields, and all bytes
 * behind its head, framed as they came. */
static bool
set_fields(struct exchange *x)
{
	uint64_t gone, all = x->tape.reel[TAPE_OUT].all;
	struct span s = tape_run(&x->tape, TAPE_OUT, 0, all, &gone);
	enum httperr why;
	struct head h;

	if (x->request.dialect != DIALECT_HTTP ||
	    head_parse_request(s.p, s.n, 0, &h, &why) != PARSE_DONE)
		return true;
	for (size_t i = 0; i < h.nfield; i++) {
		struct span name = slice_in(s.p, h.field[i].name);
		struct span value = slice_in(s.p, h.field[i].value);

		if (!headers_add(&x->request.headers, name, value))
			return false;
	}
	x->body_dropped = s.n < all;
	return x->body_dropped ||
	    buf_append(&x->request.body, s.p + h.len, s.n - h.len);
}

/* "test.com/create", as one would type it; classic names all of it itself. */
static char *
url_of(const struct seen_request *r)
{
	struct buf b = { .max = 2 * LIMIT_START_LINE + 1 };
	const char *target = r->target != NULL ? r->target : "";
	bool whole = r->dialect == DIALECT_CLASSIC || target[0] != '/';

	if (!buf_append_text(&b, whole || r->host == NULL ? "" : r->host) ||
	    !buf_append_text(&b, target) || !buf_append(&b, "", 1)) {
		buf_release(&b);
		return NULL;
	}
	return b.data;
}

/* Where it came to: "127.0.0.1:80", "[::1]:80". */
static bool
set_place(struct exchange *x, const char *local)
{
	const char *colon = strrchr(local, ':');
	struct span host = span_text(local);

	if (colon != NULL) {
		host.n = (size_t)(colon - local);
		port_parse(span_text(colon + 1), &x->port);
	}
	if (host.n > 2 && host.p[0] == '[')
		host = span_of(host.p + 1, host.n - 2);
	x->host = strndup(host.p, host.n);
	return x->host != NULL;
}

static bool
set_request(
    struct exchange *x, const struct seen_conn *c, const struct seen_request *r)
{
	x->via = true;
	x->url = url_of(r);
	x->request.dialect = r->dialect;
	x->request.method = strdup(r->method);
	x->request.target = strdup(r->target != NULL ? r->target : "");
	return x->url != NULL && x->request.method != NULL &&
	    x->request.target != NULL && set_place(x, c->tape.local);
}

static void
set_times(
    struct exchange *x, const struct seen_conn *c, const struct seen_request *r)
{
	x->times.sent = time_of(x, c, TAPE_READ, &r->in, true);
	x->times.first_byte = time_of(x, c, TAPE_WRITE, &r->out, false);
	if (r->end >= 0)
		x->times.total = r->end - x->start;
	else if (c->closed >= 0)
		x->times.total = c->closed - x->start;
}

/* The answer as a client would read it, up to what was not kept. */
static bool
read_answer(struct exchange *x, bool ended)
{
	uint64_t gone, all = x->tape.reel[TAPE_IN].all;
	struct span s = tape_run(&x->tape, TAPE_IN, 0, all, &gone);
	struct answer a;
	bool ok = answer_init(&a, x) && answer_read(&a, s.p, s.n);

	if (ok && ended && s.n == all && !answer_is_over(&a))
		answer_eof(&a, false);
	answer_release(&a);
	return ok;
}

static void
set_outcome(
    struct exchange *x, const struct seen_conn *c, const struct seen_request *r)
{
	if (r->end >= 0) {
		x->outcome = OUTCOME_ANSWERED;
		if (x->body_len < (uint64_t)r->content)
			x->body_len = (uint64_t)r->content;
	} else if (c->closed >= 0) {
		x->outcome = OUTCOME_CLOSED;
		snprintf(x->why, sizeof(x->why),
		    "The connection ended before the answer did: %s.",
		    c->reason[0] != '\0' ? c->reason : "nobody says why");
	}
}

struct exchange *
theirs_new(const struct seen_conn *c, const struct seen_request *r)
{
	struct exchange *x = exchange_new();
	bool ended = r->end >= 0 || c->closed >= 0;

	if (x == NULL)
		return NULL;
	x->theirs = true;
	x->start = r->begin >= 0 ? r->begin : r->heard;
	if (r->req <= 1 && c->opened >= 0)
		x->start = c->opened;
	copy_way(x, c, TAPE_IN, &r->in);
	copy_way(x, c, TAPE_OUT, &r->out);
	if (!set_request(x, c, r) || !set_fields(x) || !read_answer(x, ended)) {
		exchange_free(x);
		return NULL;
	}
	set_times(x, c, r);
	set_outcome(x, c, r);
	return x;
}
