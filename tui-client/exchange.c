#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "classic.h"
#include "encode.h"

struct exchange *
exchange_new(void)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->times = (struct times){ -1, -1, -1, -1, -1 };
	x->request.body.max = LIMIT_ANSWER_BODY;
	x->raw.max = 4 * LIMIT_HEAD; /* a head, and what came with it */
	x->body.max = LIMIT_ANSWER_BODY;
	tape_init(
	    &x->tape, LIMIT_TAPE_FIRST, LIMIT_TAPE_LAST, LIMIT_TAPE_MARKS);
	for (int i = 0; i < ASIDE_COUNT; i++)
		x->aside[i].kept.max = LIMIT_ASIDE;
	return x;
}

void
exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	free(x->url);
	free(x->host);
	request_release(&x->request);
	tape_release(&x->tape);
	free(x->head);
	buf_release(&x->raw);
	buf_release(&x->body);
	for (int i = 0; i < ASIDE_COUNT; i++)
		buf_release(&x->aside[i].kept);
	free(x);
}

const char *
outcome_words(enum outcome outcome)
{
	static const char *const words[] = {
#define X(name, w) [OUTCOME_##name] = w,
		OUTCOMES(X)
#undef X
	};

	return words[outcome];
}

bool
exchange_has_status(const struct exchange *x)
{
	return x->status > 0 || x->head != NULL ||
	    x->outcome == OUTCOME_ANSWERED;
}

struct span
exchange_reason(const struct exchange *x)
{
	struct classic_answer answer;

	if (x->head != NULL)
		return slice_in(x->raw.data, x->head->reason);
	if (x->request.dialect == DIALECT_CLASSIC && exchange_has_status(x) &&
	    classic_parse_answer(
		x->raw.data, x->raw.len, CLASSIC_EOF, &answer) == PARSE_DONE)
		return answer.reason;
	return span_text("");
}

void
aside_add(struct aside *a, struct span s)
{
	size_t room = a->kept.max - a->kept.len;

	if (a->kept.len == a->all)
		buf_append(&a->kept, s.p, s.n < room ? s.n : room);
	a->all += s.n;
}

bool
exchange_switches(const struct exchange *x)
{
	return x->head != NULL &&
	    (x->status == 101 ||
		(x->status / 100 == 2 &&
		    strcmp(x->request.method, "CONNECT") == 0));
}

/* With one, more was sent than a head; where nothing was, nobody knows. */
bool
exchange_lost_body(const struct exchange *x)
{
	struct buf head = { .max = LIMIT_REQUEST_BODY };
	bool lost = x->body_dropped &&
	    (!encode_request(&head, &x->request) ||
		head.len != x->tape.reel[TAPE_OUT].all);

	buf_release(&head);
	return lost;
}

static size_t
text_weight(const char *s)
{
	return s == NULL ? 0 : strlen(s) + 1;
}

size_t
exchange_weight(const struct exchange *x)
{
	const struct headers *h = &x->request.headers;
	size_t n = sizeof(*x) + text_weight(x->url) + text_weight(x->host) +
	    text_weight(x->request.method) + text_weight(x->request.target) +
	    h->cap * sizeof(h->v[0]) + x->request.body.cap +
	    tape_weight(&x->tape) + x->raw.cap + x->body.cap;

	for (size_t i = 0; i < h->n; i++)
		n += text_weight(h->v[i].name) + text_weight(h->v[i].value);
	if (x->head != NULL)
		n += sizeof(*x->head);
	for (int k = 0; k < ASIDE_COUNT; k++)
		n += x->aside[k].kept.cap;
	return n;
}
