#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* What was sent is kept through trimming unless it is longer: short
	 * ones weigh less than their row. */
	SENT_KEPT = 64 * 1024
};

void
history_init(struct history *h)
{
	*h = (struct history){ .budget = HISTORY_BUDGET };
}

void
history_release(struct history *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		exchange_free(h->v[i]);
	free(h->v);
	history_init(h);
}

uint64_t
history_add(struct history *h, struct exchange *x)
{
	struct exchange **v;
	size_t cap;

	if (h->n == h->cap) {
		cap = h->cap == 0 ? 64 : h->cap * 2;
		v = realloc(h->v, cap * sizeof(*v));
		if (v == NULL)
			return 0;
		h->v = v;
		h->cap = cap;
	}
	h->v[h->n++] = x;
	x->id = h->n;
	return x->id;
}

struct exchange *
history_get(const struct history *h, uint64_t id)
{
	return id >= 1 && id <= h->n ? h->v[id - 1] : NULL;
}

static void
drop_body(struct history *h, struct exchange *x)
{
	size_t before = exchange_weight(x);

	if (x->body.cap > 0) {
		buf_release(&x->body);
		x->body_dropped = true;
	}
	if (x->sent.len > SENT_KEPT)
		buf_release(&x->sent);
	h->weight -= before - exchange_weight(x);
}

void
history_settle(struct history *h, struct exchange *x)
{
	size_t i, at = x->id - 1;

	h->weight += exchange_weight(x);
	for (i = h->trimmed; i < h->n && h->weight > h->budget; i++)
		if (i != at && h->v[i]->outcome != OUTCOME_FLIGHT)
			drop_body(h, h->v[i]);
	/* Whoever looks at x waits for its body: it goes the next time. */
	h->trimmed = i < at ? i : at;
}

/* --- search -------------------------------------------------------------- */

/* "404 Not Found", as the row says it; longer reasons are cut. */
static void
answer_words(char out[128], const struct exchange *x)
{
	struct span reason = exchange_reason(x);
	int n = reason.n < 100 ? (int)reason.n : 100;

	snprintf(out, 128, "%d %.*s", x->status, n, reason.p);
}

static bool
stands_in(const char *where, const char *text)
{
	return where != NULL && strcasestr(where, text) != NULL;
}

static bool
exchange_has(const struct exchange *x, const char *text)
{
	char answer[128];

	if (stands_in(x->request.method, text) || stands_in(x->url, text))
		return true;
	if (x->outcome != OUTCOME_ANSWERED &&
	    (stands_in(outcome_words(x->outcome), text) ||
		stands_in(x->why, text)))
		return true;
	if (x->status == 0)
		return false;
	answer_words(answer, x);
	return stands_in(answer, text);
}

uint64_t
history_search(
    const struct history *h, uint64_t from, int step, const char *text)
{
	uint64_t id = from;
	size_t i;

	if (text[0] == '\0')
		return 0;
	if (id == 0 || id > h->n)
		id = step > 0 ? h->n : 1;
	for (i = 0; i < h->n; i++) {
		if (step > 0)
			id = id == h->n ? 1 : id + 1;
		else
			id = id == 1 ? h->n : id - 1;
		if (exchange_has(h->v[id - 1], text))
			return id;
	}
	return 0;
}
