#include "timers.h"

#include <stddef.h>

/* Microseconds, by class. */
static const int64_t duration[] = {
#define X(name, ms) [TIMER_##name] = (int64_t)ms * 1000,
	TIMERS(X)
#undef X
};

void
timers_init(struct timers *all)
{
	int i;

	for (i = 0; i < TIMER_COUNT; i++)
		TAILQ_INIT(&all->queue[i]);
}

void
timers_set(
    struct timers *all, struct timer *t, enum timer_class class, int64_t now)
{
	if (t->class != TIMER_NONE)
		TAILQ_REMOVE(&all->queue[t->class], t, entry);
	t->class = class;
	if (class == TIMER_NONE)
		return;
	t->due = now + duration[class];
	TAILQ_INSERT_TAIL(&all->queue[class], t, entry);
}

/* The one that is due first of all. */
static struct timer *
first(const struct timers *all)
{
	struct timer *best = NULL;
	struct timer *t;
	int i;

	for (i = TIMER_NONE + 1; i < TIMER_COUNT; i++) {
		t = TAILQ_FIRST(&all->queue[i]);
		if (t != NULL && (best == NULL || t->due < best->due))
			best = t;
	}
	return best;
}

int64_t
timers_next(const struct timers *all)
{
	const struct timer *t = first(all);

	return t != NULL ? t->due : INT64_MAX;
}

struct timer *
timers_pop(struct timers *all, int64_t now)
{
	struct timer *t = first(all);

	if (t == NULL || t->due > now)
		return NULL;
	timers_set(all, t, TIMER_NONE, now);
	return t;
}
