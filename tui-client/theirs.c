#include "theirs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "classic.h"
#include "encode.h"
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

/* "test.com/create", as one would type it; classic names all of it itself. */
static char *
url_of(enum dialect dialect, struct span host, struct span target)
{
	struct buf b = { .max = 2 * LIMIT_START_LINE + 1 };
	bool whole =
	    dialect == DIALECT_CLASSIC || target.n == 0 || target.p[0] != '/';

	if (!buf_append_span(&b, whole ? span_of("", 0) : host) ||
	    !buf_append_span(&b, target) || !buf_append(&b, "", 1)) {
		buf_release(&b);
		return NULL;
	}
	return b.data;
}

static bool
set_line(struct exchange *x, struct span method, struct span target,
    struct span host)
{
	x->url = url_of(x->request.dialect, host, target);
	x->request.method = strndup(method.p, method.n);
	x->request.target = strndup(target.p, target.n);
	return x->url != NULL && x->request.method != NULL &&
	    x->request.target != NULL;
}

static struct span
text_of(const char *text)
{
	return span_text(text != NULL ? text : "");
}

/* There are only bytes, and what the server said of them. */
static bool
set_unread(struct exchange *x, const struct seen_request *r, enum parse verdict)
{
	x->unread = verdict == PARSE_BAD && r->target == NULL
	    ? "the server did not understand it: there is only its raw form"
	    : "its head is not all here: there is only its raw form";
	return set_line(
	    x, text_of(r->method), text_of(r->target), text_of(r->host));
}

/* Would those bytes be sent from here?  What is behind the head would. */
static bool
compare_head(struct exchange *x, struct span head)
{
	struct request composed = x->request;
	struct buf b = { .max = 2 * LIMIT_HEAD };
	size_t minor = strlen(composed.method) + strlen(composed.target) +
	    sizeof("  HTTP/1.") - 1;

	composed.body = (struct buf){ 0 };
	if (!encode_request(&b, &composed))
		return false;
	if (x->http_1_0)
		b.data[minor] = '0';
	x->reworded = !span_eq(buf_span(&b), head);
	buf_release(&b);
	return true;
}

/* The request as one that could be sent from here: its fields, and all bytes
 * behind its head, framed as they came. */
static bool
set_http(struct exchange *x, const struct seen_request *r, struct span s)
{
	struct span host = text_of(r->host);
	enum httperr why;
	struct head h;
	enum parse verdict = head_parse_request(s.p, s.n, 0, &h, &why);

	if (verdict != PARSE_DONE)
		return set_unread(x, r, verdict);
	if (host.n == 0 && head_find(s.p, &h, 0, "Host") >= 0)
		host = head_value(s.p, &h, "Host");
	x->http_1_0 = h.minor == 0;
	if (!set_line(
		x, slice_in(s.p, h.method), slice_in(s.p, h.target), host))
		return false;
	for (size_t i = 0; i < h.nfield; i++) {
		struct span name = slice_in(s.p, h.field[i].name);
		struct span value = slice_in(s.p, h.field[i].value);

		if (!headers_add(&x->request.headers, name, value))
			return false;
	}
	x->body_dropped = s.n < x->tape.reel[TAPE_OUT].all;
	return compare_head(x, span_of(s.p, h.len)) &&
	    (x->body_dropped ||
		buf_append(&x->request.body, s.p + h.len, s.n - h.len));
}

static bool
set_classic(struct exchange *x, const struct seen_request *r, struct span s)
{
	struct classic_request c;
	enum parse verdict = classic_parse_request(s.p, s.n, CLASSIC_EOF, &c);

	if (verdict != PARSE_DONE)
		return set_unread(x, r, verdict);
	return set_line(x, c.method, c.url, span_of("", 0));
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
	uint64_t gone, all = x->tape.reel[TAPE_OUT].all;
	struct span s = tape_run(&x->tape, TAPE_OUT, 0, all, &gone);

	if (s.n == 0)
		s = span_of("", 0);
	x->via = true;
	x->request.dialect = r->dialect;
	return set_place(x, c->tape.local) &&
	    (r->dialect == DIALECT_CLASSIC ? set_classic(x, r, s)
					   : set_http(x, r, s));
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
		if (r->content > 0 && x->body_len < (uint64_t)r->content)
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
	if (!set_request(x, c, r) || !read_answer(x, ended)) {
		exchange_free(x);
		return NULL;
	}
	set_times(x, c, r);
	set_outcome(x, c, r);
	return x;
}
