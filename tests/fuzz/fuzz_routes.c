/*
 * A routes file.  Whatever it is, it becomes a table or errors that name lines
 * of it, in text that is harmless on a screen; a table is whole.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "limit.h"
#include "routes_file.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static size_t
lines(struct span s)
{
	size_t n = 1, i;

	for (i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static void
harmless(struct span s)
{
	uint32_t cp;
	size_t i, n;

	for (i = 0; i < s.n; i += n) {
		n = utf8_decode(s.p + i, s.n - i, &cp);
		assert(n > 0);
		assert(cp == '\t' || cp == '\n' || escape_is_printable(cp));
	}
}

static void
diags_check(const struct diags *diags, size_t nlines)
{
	struct buf b = { .max = SIZE_MAX };
	const struct diag *d;
	size_t errors = 0, i;

	assert(diags->n <= LIMIT_DIAGS && !diags->no_memory);
	for (i = 0; i < diags->n; i++) {
		d = &diags->v[i];
		errors += d->level == DIAG_ERROR;
		assert(d->place.line >= 1 && d->place.line <= nlines);
		assert(d->place.column >= 1 && d->text[0] != '\0');
		assert(i == 0 || d->order >= d[-1].order);
	}
	assert(errors == diags->nerrors || diags->n == LIMIT_DIAGS);
	assert(diags->nerrors == 0 || errors > 0);
	assert(diags_append(&b, diags));
	harmless(buf_span(&b));
	buf_release(&b);
}

static void
action_check(const struct action *a)
{
	int i;

	assert(a->kind != ACTION_SEQ && a->kind != ACTION_FILE);
	assert(a->status >= 200 && a->status <= 599);
	assert(a->delay.a >= 0 && a->delay.a <= TIME_DELAY * 1e3);
	for (i = 0; i < PERSIST_COUNT; i++)
		assert((a->ready[i].bytes.p != NULL) ==
		    (!a->template && a->kind != ACTION_ECHO));
}

static void
route_check(const struct route *r, size_t nlines)
{
	size_t i;

	assert(r->place.line >= 1 && r->place.line <= nlines);
	assert(r->text.n > 0 && memchr(r->text.p, '\n', r->text.n) == NULL);
	assert(r->nhosts > 0 && r->nactions > 0);
	assert(r->any_method == (r->nmethods == 0));
	assert(r->path.n > 0 &&
	    r->path.p[0] == (r->path_kind == PATH_ANY ? '*' : '/'));
	for (i = 0; i < r->nmatches; i++)
		if (r->matches[i].kind < MATCH_TIMES &&
		    r->matches[i].op == OP_LIKE)
			assert(r->matches[i].like != NULL);
	for (i = 0; i < r->nactions; i++)
		action_check(&r->actions[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of((const char *)data, size);
	size_t nlines = lines(text), i;
	struct diags diags = { 0 };
	struct routes *t = routes_parse("fuzz", NULL, text, &diags);

	assert((t == NULL) == (diags.nerrors > 0));
	diags_check(&diags, nlines);
	for (i = 0; t != NULL && i < t->n; i++)
		route_check(t->v[i], nlines);
	routes_unref(t);
	diags_release(&diags);
	return 0;
}
