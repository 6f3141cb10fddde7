#include "timers.h"

#include <assert.h>
#include <stddef.h>

/* Microseconds, by class. */
static const int64_t duration[] = {
#define X(name, ms) [TIMER_##name] = (int64_t)ms * 1000,
	TIMERS(X)
#undef X
};

/* Those that are due at the same moment have any order, and it stays. */
static int
compare(const struct timer *a, const struct timer *b)
{
	if (a->due != b->due)
		return a->due < b->due ? -1 : 1;
	return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

/* cppcheck-suppress unknownMacro */
RB_PROTOTYPE(timer_tree, timer, entry.tree, compare)
RB_GENERATE(timer_tree, timer, entry.tree, compare)

void
timers_init(struct timers *all)
{
	int i;

	for (i = 0; i < TIMER_AT; i++)
		TAILQ_INIT(&all->queue[i]);
	RB_INIT(&all->at);
}

static void
drop(struct timers *all, struct timer *t)
{
	if (t->class == TIMER_AT)
		RB_REMOVE(timer_tree, &all->at, t);
	else if (t->class != TIMER_NONE)
		TAILQ_REMOVE(&all->queue[t->class], t, entry.queue);
}

void
timers_set(
    struct timers *all, struct timer *t, enum timer_class class, int64_t now)
{
	assert(class != TIMER_AT);
	drop(all, t);
	t->class = class;
	if (class == TIMER_NONE)
		return;
	t->due = now + duration[class];
	TAILQ_INSERT_TAIL(&all->queue[class], t, entry.queue);
}

void
timers_set_at(struct timers *all, struct timer *t, int64_t due)
{
	drop(all, t);
	t->class = TIMER_AT;
	t->due = due;
	RB_INSERT(timer_tree, &all->at, t);
}

/* The one that is due first of all. */
static struct timer *
first(const struct timers *all)
{
	/* The first of a tree is looked for, but it changes nothing. */
	struct timer_tree at = all->at;
	struct timer *best = RB_MIN(timer_tree, &at);
	struct timer *t;
	int i;

	for (i = TIMER_NONE + 1; i < TIMER_AT; i++) {
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
