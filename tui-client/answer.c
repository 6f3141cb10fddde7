#include "answer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "classic.h"
#include "method.h"
#include "semantics.h"

bool
answer_init(struct answer *a, struct exchange *x)
{
	bool classic = x->request.dialect == DIALECT_CLASSIC;

	*a = (struct answer){
		.state = classic ? ANSWER_CLASSIC : ANSWER_HEAD,
		.x = x,
		.line.max = LIMIT_CHUNK_LINE + 1, /* and its CR */
	};
	if (classic)
		return true;
	a->head = malloc(sizeof(*a->head));
	return a->head != NULL;
}

void
answer_release(struct answer *a)
{
	free(a->head);
	a->head = NULL;
	buf_release(&a->line);
	buf_fit(&a->x->raw);
	buf_fit(&a->x->body);
	for (int i = 0; i < ASIDE_COUNT; i++)
		buf_fit(&a->x->aside[i].kept);
}

static void
broke(struct answer *a, enum httperr e)
{
	a->x->wrong |= httperr_bit(e);
}

/* It makes no sense from here on, or more than we take. */
static void
give_up(struct answer *a, enum answer_state state, enum httperr why)
{
	a->state = state;
	a->why = why;
	if (answer_ceiling(why) == NULL)
		broke(a, why);
}

static void
put_aside(struct answer *a, enum aside_name name, const char *p, size_t n)
{
	if (n > 0)
		aside_add(&a->x->aside[name], span_of(p, n));
}

/* Bytes behind the end. */
static void
read_extra(struct answer *a, const char *p, size_t n)
{
	put_aside(a, ASIDE_EXTRA, p, n);
	if (n > 0 && !exchange_switches(a->x))
		broke(a, HTTPERR_BODY_UNASKED);
}

/* What fits of it; from then on, whether by the ceiling or because memory is
 * out, the body is only counted. */
static void
keep(struct exchange *x, struct span data)
{
	size_t room = x->body.max - x->body.len;

	if (x->body.len == x->body_len)
		buf_append(&x->body, data.p, data.n < room ? data.n : room);
	x->body_len += data.n;
	if (x->status == 205 && data.n > 0)
		x->wrong |= httperr_bit(HTTPERR_RESET_CONTENT);
}

static bool
in_trailers(const struct body *b)
{
	return b->state >= BODY_TRAILER_START && b->state <= BODY_LAST_LF;
}

/* What came of them breaks what a head's fields could break. */
static void
judge_trailers(struct exchange *x)
{
	const struct buf *kept = &x->aside[ASIDE_TRAILERS].kept;

	x->wrong |= trailers_wrong(kept->data, kept->len);
}

/* The empty line behind them is none of them. */
static void
end_trailers(struct aside *trailers)
{
	const char *end = trailers->kept.data + trailers->kept.len;
	bool whole = trailers->kept.len == trailers->all;
	size_t n = whole && (trailers->all == 1 || end[-2] != '\r') ? 1 : 2;

	if (whole)
		trailers->kept.len -= n;
	trailers->all -= n;
}

/* The n bytes at p were read, of which the last line is not whole.  Should it
 * be wrong, it is shown from its first byte on. */
static void
hold_line(struct answer *a, const char *p, size_t n)
{
	const char *lf = n > 0 ? memrchr(p, '\n', n) : NULL;

	if (lf != NULL) {
		a->line.len = 0;
		n -= (size_t)(lf + 1 - p);
		p = lf + 1;
	}
	buf_append(&a->line, p, n);
}

/* p may be at the end of what came: a body may be empty. */
static void
read_body(struct answer *a, const char *p, size_t n)
{
	enum httperr why = HTTPERR_NONE;
	enum body_step step;
	struct span data;
	bool trailers;
	size_t used;

	do {
		trailers = in_trailers(&a->body);
		step = body_read(&a->body, p, n, &used, &data, &why);
		if (step == BODY_DATA) {
			a->line.len = 0;
			keep(a->x, data);
		} else if (trailers) {
			put_aside(a, ASIDE_TRAILERS, p, used);
		} else {
			hold_line(a, p, used);
		}
		p += used;
		n -= used;
	} while (step == BODY_DATA);
	if (step == BODY_MORE)
		return;
	judge_trailers(a->x);
	if (step == BODY_BAD) {
		give_up(a, ANSWER_BROKEN, why);
		put_aside(a, ASIDE_EXTRA, a->line.data, a->line.len);
		put_aside(a, ASIDE_EXTRA, p, n);
		return;
	}
	a->state = ANSWER_WHOLE;
	if (trailers)
		end_trailers(&a->x->aside[ASIDE_TRAILERS]);
	read_extra(a, p, n);
}

/* Did the request say that it speaks that protocol, too? */
static bool
was_offered(const struct headers *asked, struct span protocol)
{
	struct span rest, member;

	for (size_t i = 0; i < asked->n; i++) {
		if (strcasecmp(asked->v[i].name, "Upgrade") != 0)
			continue;
		rest = span_text(asked->v[i].value);
		while (list_next(&rest, &member))
			if (member.n == protocol.n &&
			    strncasecmp(member.p, protocol.p, member.n) == 0)
				return true;
	}
	return false;
}

/* RFC 9110 7.8: a 101 may go to nothing else. */
static void
judge_switch(struct answer *a)
{
	struct exchange *x = a->x;
	bool offered = headers_find(&x->request.headers, "Upgrade") != NULL;
	struct span rest, member;
	int i = -1;

	while ((i = head_find(x->raw.data, x->head, i + 1, "Upgrade")) >= 0) {
		rest = slice_in(x->raw.data, x->head->field[i].value);
		while (list_next(&rest, &member))
			if (!was_offered(&x->request.headers, member))
				offered = false;
	}
	if (!offered)
		broke(a, HTTPERR_UPGRADE_UNASKED);
}

/* What a whole head means, at the front of x->raw; and what it broke. */
static struct response_semantics
judge_head(struct exchange *x, const struct head *h)
{
	const char *method = x->request.method;
	struct response_semantics semantics;

	response_semantics_of(
	    x->raw.data, h, method_find(method, strlen(method)), &semantics);
	x->wrong |= h->wrong | semantics.wrong;
	return semantics;
}

/* The head is whole; the `left` bytes at p came behind it. */
static void
begin_body(struct answer *a, const char *p, size_t left)
{
	struct exchange *x = a->x;
	struct response_semantics semantics = judge_head(x, a->head);

	x->raw.len = a->head->len;
	x->head = a->head;
	a->head = NULL;
	x->status = x->head->status;
	if (x->status == 101)
		judge_switch(a);
	body_init_response(&a->body, semantics.framing);
	a->state = ANSWER_BODY;
	read_body(a, p, left);
}

/* RFC 9110 15.2: any number of them may come before the answer.  Behind 101
 * another protocol begins, so that one is the last we understand. */
static bool
is_interim(const struct head *h)
{
	return h->status >= 100 && h->status < 200 && h->status != 101;
}

/* "HTTP/" DIGIT "." is how any HTTP answer begins, maybe behind empty lines. */
static bool
cannot_be_http(const struct buf *raw)
{
	static const char begin[] = "HTTP/";
	size_t i = 0, n;

	while (i < raw->len && (raw->data[i] == '\r' || raw->data[i] == '\n'))
		i++;
	n = raw->len - i;
	if (n > 6 && raw->data[i + 6] != '.')
		return true;
	if (n > sizeof(begin) - 1)
		n = sizeof(begin) - 1;
	return n > 0 && memcmp(raw->data + i, begin, n) != 0;
}

/* What is no answer is so however long it is. */
static void
refuse_head(struct answer *a, enum httperr why)
{
	bool ours = answer_ceiling(why) != NULL;

	if (ours && cannot_be_http(&a->x->raw))
		why = HTTPERR_STATUS_LINE;
	else if (ours)
		a->x->status = a->head->status;
	give_up(a, ANSWER_UNPARSABLE, why);
}

static bool
read_head(struct answer *a, const char *p, size_t n)
{
	struct buf *raw = &a->x->raw;
	enum httperr why = HTTPERR_NONE;
	enum parse verdict;
	size_t left;

	if (!buf_append(raw, p, n))
		return false;
	while ((verdict = head_parse_response(raw->data, raw->len, a->scanned,
		    a->head, &why)) == PARSE_DONE) {
		if (!is_interim(a->head)) {
			left = raw->len - a->head->len;
			begin_body(a, p + n - left, left);
			return true;
		}
		judge_head(a->x, a->head);
		put_aside(a, ASIDE_INTERIM, raw->data, a->head->len);
		buf_drop(raw, a->head->len);
		a->scanned = 0;
	}
	a->scanned = raw->len;
	if (verdict == PARSE_BAD)
		refuse_head(a, why);
	return true;
}

static void
end_classic(struct answer *a, enum classic_end end)
{
	struct exchange *x = a->x;
	struct classic_answer c;

	switch (classic_parse_answer(x->raw.data, x->raw.len, end, &c)) {
	case PARSE_MORE:
		return;
	case PARSE_BAD:
		give_up(a, ANSWER_UNPARSABLE, HTTPERR_CLASSIC_ANSWER);
		return;
	case PARSE_DONE:
		break;
	}
	a->state = ANSWER_WHOLE;
	x->status = c.status;
	if (c.status < 100 || c.status > 599)
		broke(a, HTTPERR_STATUS_RANGE);
	read_extra(a, x->raw.data + c.len, x->raw.len - c.len);
	x->raw.len = c.len;
}

bool
answer_read(struct answer *a, const char *p, size_t n)
{
	struct buf *raw = &a->x->raw;
	size_t room;

	switch (a->state) {
	case ANSWER_HEAD:
		return read_head(a, p, n);
	case ANSWER_BODY:
		read_body(a, p, n);
		return true;
	case ANSWER_CLASSIC:
		if (!buf_append(raw, p, n))
			return false;
		end_classic(a, CLASSIC_OPEN);
		return true;
	case ANSWER_WHOLE:
		read_extra(a, p, n);
		return true;
	case ANSWER_BROKEN:
		put_aside(a, ASIDE_EXTRA, p, n);
		return true;
	case ANSWER_UNPARSABLE:
		room = raw->max - raw->len;
		if (room > n)
			room = n;
		if (!buf_append(raw, p, room))
			return false;
		put_aside(a, ASIDE_EXTRA, p + room, n - room);
		return true;
	case ANSWER_CUT:
		break;
	}
	assert(!"bytes behind the end of the connection");
	return false;
}

static bool
is_classic(const struct buf *raw, enum classic_end end)
{
	struct classic_answer c;

	return classic_parse_answer(raw->data, raw->len, end, &c) == PARSE_DONE;
}

/* Only where no end is announced: a classic answer has none, and what can
 * never become HTTP need not be waited for. */
bool
answer_may_end(const struct answer *a)
{
	if (a->state == ANSWER_CLASSIC)
		return is_classic(&a->x->raw, CLASSIC_QUIET);
	return a->state == ANSWER_HEAD && cannot_be_http(&a->x->raw);
}

void
answer_quiet(struct answer *a)
{
	assert(answer_may_end(a));
	if (a->state == ANSWER_CLASSIC)
		end_classic(a, CLASSIC_QUIET);
	else
		give_up(a, ANSWER_UNPARSABLE, HTTPERR_STATUS_LINE);
}

static void
eof_in_body(struct answer *a, bool broken)
{
	enum httperr why;

	/* RFC 9112 8: only a close says that what came until it is all. */
	if (body_eof(&a->body, &why) == BODY_DONE && !broken) {
		a->state = ANSWER_WHOLE;
		return;
	}
	judge_trailers(a->x);
	broke(a, HTTPERR_BODY_SHORT);
	a->state = ANSWER_CUT;
}

void
answer_eof(struct answer *a, bool broken)
{
	if (answer_is_over(a))
		return;
	if (a->state == ANSWER_BODY)
		eof_in_body(a, broken);
	else if (a->x->raw.len == 0)
		a->state = ANSWER_CUT;
	else if (a->state == ANSWER_CLASSIC)
		end_classic(a, CLASSIC_EOF);
	else if (cannot_be_http(&a->x->raw))
		give_up(a, ANSWER_UNPARSABLE, HTTPERR_STATUS_LINE);
	else
		a->state = ANSWER_CUT;
}

const char *
answer_ceiling(enum httperr why)
{
	switch (why) {
	case HTTPERR_EMPTY_LINES:
		return "More empty lines stand before the answer than the 8 "
		       "that retort skips.";
	case HTTPERR_START_LINE_TOO_LONG:
		return "The answer's status line is longer than the 8 KiB "
		       "that retort takes.";
	case HTTPERR_HEAD_TOO_LARGE:
		return "The answer's head is larger than the 32 KiB that "
		       "retort takes.";
	case HTTPERR_TOO_MANY_FIELDS:
		return "The answer has more fields than the 100 that retort "
		       "takes.";
	case HTTPERR_TRAILERS:
		return "The answer's trailers are more than the 8 KiB, or the "
		       "100 fields, that retort takes.";
	default:
		return NULL;
	}
}

bool
answer_is_foreign(const struct exchange *x)
{
	if (x->request.dialect == DIALECT_CLASSIC)
		return x->raw.len > 6 && !cannot_be_http(&x->raw);
	return is_classic(&x->raw, CLASSIC_EOF);
}
