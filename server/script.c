#include "script.h"

#include <string.h>

#include "limit.h"

void
script_wait(struct script *s, int64_t now, int64_t us)
{
	if (us <= 0)
		return;
	s->delay = us;
	script_add(s, STEP_WAIT)->due = now + us;
}

void
script_send_buf(struct script *s, struct buf *b, uint32_t date_at)
{
	struct step *step;
	size_t n;

	if (b->len <= LIMIT_ANSWER) {
		script_send(s, buf_span(b), date_at, STAY_CALL);
		return;
	}
	step = script_add(s, STEP_SEND);
	step->stay = STAY_STEP;
	step->date_at = date_at;
	step->own = buf_take(b, &n);
	step->bytes = span_of(step->own, n);
}

void
script_send_file(struct script *s, struct content *file)
{
	script_add(s, STEP_SEND_FILE)->file = *file;
}

static bool
is_in(struct span s, struct span whole)
{
	return whole.n > 0 && (uintptr_t)s.p >= (uintptr_t)whole.p &&
	    (uintptr_t)s.p < (uintptr_t)whole.p + whole.n;
}

/* Make its own what it borrows for the call. */
static bool
step_keep(struct step *step, struct span held)
{
	if (step->kind != STEP_SEND || step->stay != STAY_CALL ||
	    is_in(step->bytes, held))
		return true;
	step->own = malloc(step->bytes.n);
	if (step->own == NULL)
		return false;
	memcpy(step->own, step->bytes.p, step->bytes.n);
	step->bytes.p = step->own;
	step->stay = STAY_STEP;
	return true;
}

struct script *
script_keep(struct script *s, struct routes *routes, struct span held)
{
	struct script *kept = malloc(sizeof(*kept));
	unsigned i;

	for (i = s->at; kept != NULL && i < s->n; i++) {
		if (step_keep(&s->step[i], held))
			continue;
		free(kept);
		kept = NULL;
	}
	if (kept == NULL) {
		script_release(s);
		return NULL;
	}
	*kept = *s;
	kept->routes = routes_ref(routes);
	return kept;
}

void
script_release(struct script *s)
{
	for (; s->at < s->n; s->at++)
		step_release(&s->step[s->at]);
	routes_unref(s->routes);
	s->routes = NULL;
}

void
script_free(struct script *s)
{
	if (s == NULL)
		return;
	script_release(s);
	free(s);
}
