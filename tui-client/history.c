#include "history.h"

#include <stdlib.h>
#include <string.h>

void
history_init(struct history *h)
{
	*h = (struct history){
		.budget = HISTORY_BUDGET,
		.words.max = HISTORY_BUDGET,
	};
}

void
history_release(struct history *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		exchange_free(h->v[i]);
	free(h->v);
	free(h->search);
	buf_release(&h->words);
	history_init(h);
}

static bool
make_room(struct history *h)
{
	size_t cap = h->cap == 0 ? 64 : h->cap * 2;
	struct exchange **v;
	struct slice *search;

	if (h->n < h->cap)
		return true;
	v = realloc(h->v, cap * sizeof(*v));
	if (v == NULL)
		return false;
	h->v = v;
	search = realloc(h->search, cap * sizeof(*search));
	if (search == NULL)
		return false;
	h->search = search;
	h->cap = cap;
	return true;
}

uint64_t
history_add(struct history *h, struct exchange *x)
{
	if (!make_room(h))
		return 0;
	h->search[h->n] = (struct slice){ 0, 0 };
	h->v[h->n++] = x;
	x->id = h->n;
	return x->id;
}

struct exchange *
history_get(const struct history *h, uint64_t id)
{
	return id >= 1 && id <= h->n ? h->v[id - 1] : NULL;
}

/* --- search -------------------------------------------------------------- */

static void
lower(struct span s, char *to)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		to[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | ' ' : s.p[i];
}

/* All that a search may find of x, in lower case, a line each. */
static bool
append_words(struct buf *b, const struct exchange *x)
{
	size_t from = b->len;

	if (!buf_printf(b, "%s\n%s%s\n", x->request.method,
		x->echo ? "echo " : "", x->url))
		return false;
	if (exchange_has_status(x) &&
	    !(buf_printf(b, "%03d ", x->status) &&
		buf_append_span(b, exchange_reason(x)) &&
		buf_append_text(b, "\n")))
		return false;
	if (x->outcome != OUTCOME_ANSWERED &&
	    !buf_printf(b, "%s\n%s\n", outcome_words(x->outcome), x->why))
		return false;
	lower(span_of(b->data + from, b->len - from), b->data + from);
	return true;
}

/* Without memory for it x is searched as those in flight are. */
static void
keep_words(struct history *h, const struct exchange *x)
{
	size_t from = h->words.len;

	if (append_words(&h->words, x))
		h->search[x->id - 1] =
		    (struct slice){ from, h->words.len - from };
	else
		h->words.len = from;
	h->weight += h->words.len - from;
}

static bool
has_words(const struct history *h, size_t i, struct span text)
{
	struct buf now = { .max = HISTORY_BUDGET };
	struct span words;
	bool found;

	if (h->search[i].len > 0) {
		words = slice_in(h->words.data, h->search[i]);
		return memmem(words.p, words.n, text.p, text.n) != NULL;
	}
	found = append_words(&now, h->v[i]) &&
	    memmem(now.data, now.len, text.p, text.n) != NULL;
	buf_release(&now);
	return found;
}

uint64_t
history_search(
    const struct history *h, uint64_t from, int step, const char *text)
{
	struct span s = span_text(text);
	char *low = malloc(s.n + 1);
	uint64_t id = from, found = 0;
	size_t i;

	if (low == NULL || s.n == 0) {
		free(low);
		return 0;
	}
	lower(s, low);
	if (id == 0 || id > h->n)
		id = step > 0 ? h->n : 1;
	for (i = 0; i < h->n && found == 0; i++) {
		if (step > 0)
			id = id == h->n ? 1 : id + 1;
		else
			id = id == 1 ? h->n : id - 1;
		if (has_words(h, id - 1, span_of(low, s.n)))
			found = id;
	}
	free(low);
	return found;
}

/* --- the budget ---------------------------------------------------------- */

static void
drop_bodies(struct exchange *x)
{
	if (x->body.cap > 0 || x->request.body.cap > 0)
		x->body_dropped = true;
	buf_release(&x->body);
	buf_release(&x->request.body);
	for (int i = 0; i < ASIDE_COUNT; i++)
		buf_release(&x->aside[i].kept);
}

static void
drop_tape(struct exchange *x)
{
	tape_drop(&x->tape);
}

/* Those from *from on lose it until the rest fits.  Whoever looks at the one
 * at `at` waits for it: it goes the next time. */
static void
trim(
    struct history *h, size_t *from, size_t at, void (*drop)(struct exchange *))
{
	struct exchange *x;
	size_t i;

	for (i = *from; i < h->n && h->weight > h->budget; i++) {
		x = h->v[i];
		if (i == at || x->outcome == OUTCOME_FLIGHT)
			continue;
		h->weight -= exchange_weight(x);
		drop(x);
		h->weight += exchange_weight(x);
	}
	*from = i < at ? i : at;
}

void
history_settle(struct history *h, struct exchange *x)
{
	keep_words(h, x);
	h->weight += exchange_weight(x);
	trim(h, &h->trimmed, x->id - 1, drop_bodies);
	trim(h, &h->erased, x->id - 1, drop_tape);
}
