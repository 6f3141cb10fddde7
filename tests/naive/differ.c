#include "differ.h"

#include <stdio.h>
#include <stdlib.h>

#include "body.h"
#include "head.h"
#include "naive.h"
#include "semantics.h"

/* What our parsers make of a whole message. */
struct ours {
	enum parse verdict;
	enum httperr why;
	struct head head;
	struct request_semantics sem;
	char *content;
	size_t ncontent;
	size_t total;
};

static void
read_body(struct ours *o, const char *p, size_t n)
{
	enum body_step step;
	struct body b;
	struct span data;
	size_t used;

	body_init(&b, o->sem.framing);
	do {
		step = body_read(
		    &b, p + o->total, n - o->total, &used, &data, &o->why);
		if (step != BODY_BAD)
			o->total += used;
		if (step == BODY_DATA) {
			memcpy(o->content + o->ncontent, data.p, data.n);
			o->ncontent += data.n;
		}
		if (body_announced(&b) > LIMIT_REQUEST_BODY - o->ncontent) {
			o->why = HTTPERR_LENGTH_TOO_LARGE;
			step = BODY_BAD;
		}
	} while (step == BODY_DATA);
	o->verdict = step == BODY_DONE ? PARSE_DONE
	    : step == BODY_MORE	       ? PARSE_MORE
				       : PARSE_BAD;
}

static void
read_ours(struct ours *o, const char *p, size_t n)
{
	o->why = HTTPERR_NONE;
	o->ncontent = o->total = 0;
	o->content = malloc(n + 1);
	if (o->content == NULL)
		abort();
	o->verdict = head_parse_request(p, n, 0, &o->head, &o->why);
	if (o->verdict != PARSE_DONE)
		return;
	o->why = request_semantics_of(p, &o->head, &o->sem);
	o->total = o->head.len;
	if (o->why != HTTPERR_NONE)
		o->verdict = PARSE_BAD;
	else
		read_body(o, p, n);
}

static const char *
fields_differ(const struct ours *o, const char *p, const struct naive *r)
{
	const struct field *f = o->head.field;
	size_t i;

	if (o->head.nfield != r->nfield)
		return "the number of fields";
	for (i = 0; i < r->nfield; i++) {
		if (!span_eq(slice_in(p, f[i].name), r->field[i].name))
			return "the name of a field";
		if (!span_eq(slice_in(p, f[i].value), r->field[i].value))
			return "the value of a field";
	}
	return NULL;
}

static const char *
target_differs(const struct request_semantics *s, const struct naive *r)
{
	static const enum naive_form form[] = {
		[TARGET_ORIGIN] = NAIVE_ORIGIN,
		[TARGET_ABSOLUTE] = NAIVE_ABSOLUTE,
		[TARGET_ASTERISK] = NAIVE_ASTERISK,
	};

	if (form[s->form] != r->form)
		return "the form of the target";
	if (!span_eq(s->host, r->host))
		return "the host";
	if (!span_eq(s->path, r->path))
		return "the path";
	if ((s->query.p != NULL) != r->has_query ||
	    !span_eq(s->query, r->query))
		return "the query";
	return NULL;
}

static const char *
framing_differs(const struct request_semantics *s, const struct naive *r)
{
	static const enum naive_framing kind[] = {
		[FRAMING_NONE] = NAIVE_NO_BODY,
		[FRAMING_LENGTH] = NAIVE_LENGTH,
		[FRAMING_CHUNKED] = NAIVE_CHUNKED,
	};

	if (s->framing.kind >= FRAMING_CLOSE ||
	    kind[s->framing.kind] != r->framing)
		return "the framing";
	if (r->framing == NAIVE_LENGTH && s->framing.length != r->length)
		return "the length";
	if (s->keep_alive != r->keep_alive)
		return "whether the connection goes on";
	if (s->expect_continue != r->expects)
		return "whether 100 is expected";
	return NULL;
}

/* Both took the head. */
static const char *
heads_differ(const struct ours *o, const char *p, const struct naive *r)
{
	const struct head *h = &o->head;
	const char *what;

	if (!span_eq(slice_in(p, h->method), r->method))
		return "the method";
	if (!span_eq(slice_in(p, h->target), r->target))
		return "the target";
	if (h->major != r->major || h->minor != r->minor)
		return "the version";
	if (h->len != r->head)
		return "the length of the head";
	what = fields_differ(o, p, r);
	if (what == NULL)
		what = target_differs(&o->sem, r);
	return what != NULL ? what : framing_differs(&o->sem, r);
}

static const char *
parts_differ(const struct ours *o, const char *p, const struct naive *r)
{
	const char *what = heads_differ(o, p, r);

	if (what != NULL)
		return what;
	if (o->ncontent != r->ncontent ||
	    memcmp(o->content, r->content, r->ncontent) != 0)
		return "the content";
	if (r->verdict == NAIVE_DONE && o->total != r->total)
		return "where the message ends";
	return NULL;
}

static const char *
name_of(const struct ours *o)
{
	if (o->verdict == PARSE_BAD)
		return httperr_name(o->why);
	return o->verdict == PARSE_DONE ? "done" : "more";
}

static const char *
refusal_differs(const struct ours *o, const struct naive *r)
{
	static char text[128];

	if (naive_may_refuse(r, httperr_status(o->why)))
		return NULL;
	snprintf(text, sizeof(text), "the status of %s", name_of(o));
	return text;
}

/* Whole or not at the same byte, wrong or right. */
static const char *
verdict_differs(const struct ours *o, const struct naive *r)
{
	static const char *const names[] = { "more", "done", "bad" };
	static char text[128];

	if ((o->verdict == PARSE_BAD) == (r->verdict == NAIVE_BAD) &&
	    (o->verdict == PARSE_DONE) == (r->verdict == NAIVE_DONE))
		return NULL;
	snprintf(text, sizeof(text), "the verdict: ours %s, the naive %s",
	    name_of(o), names[r->verdict]);
	return text;
}

static const char *
compare(const char *p, size_t n, bool *early)
{
	static struct ours o;
	static struct naive r;
	const char *what;

	read_ours(&o, p, n);
	naive_request(p, n, &r);
	what = verdict_differs(&o, &r);
	*early = what != NULL && o.verdict != PARSE_DONE && r.head == 0;
	if (what == NULL && r.verdict == NAIVE_BAD)
		what = refusal_differs(&o, &r);
	else if (what == NULL && r.head > 0)
		what = parts_differ(&o, p, &r);
	free(o.content);
	naive_release(&r);
	return what;
}

const char *
differ(const char *p, size_t n)
{
	const char *what;
	char *ended;
	bool early;

	what = compare(p, n, &early);
	if (!early)
		return what;
	/* Ours judges by lines, the other by bytes, and what the head means at
	 * its end: they must agree once the line and the head are whole. */
	ended = malloc(n + 4);
	if (ended == NULL)
		abort();
	memcpy(ended, p, n);
	memcpy(ended + n, "\r\n\r\n", 4);
	what = compare(ended, n + 4, &early);
	free(ended);
	return what;
}
