/*
 * Every exchange of this run, oldest first.  The owner of them all: rows and
 * views name an exchange by its id and ask here.
 */
#ifndef RETORT_HISTORY_H
#define RETORT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange.h"

enum {
	HISTORY_BUDGET = 512 * 1024 * 1024
};

struct history {
	struct exchange **v; /* by index; ids are index + 1 */
	size_t n;
	size_t cap;
	size_t weight;	/* bytes, as exchange_weight counts */
	size_t budget;	/* HISTORY_BUDGET; tests set less */
	size_t trimmed; /* those below it have lost their bodies, */
	size_t erased;	/* and those below it what their tapes kept, too */
	/* What search looks through, in one run: a hundred thousand exchanges
	 * are too many to visit at a keystroke. */
	struct buf words;     /* of those that are done, in lower case */
	struct slice *search; /* by index, into words; empty if not there */
};

void history_init(struct history *);
void history_release(struct history *);

/* Takes x; its id, or 0 if memory is out (x is then the caller's still). */
uint64_t history_add(struct history *, struct exchange *x);

/* NULL if there is no such id. */
struct exchange *history_get(const struct history *, uint64_t id);

/*
 * x is done: count its weight.  What passes the budget is dropped, the oldest
 * first: bodies (body_dropped is set), and if that is not enough the bytes on
 * tapes (which know how many are gone).  Rows, times and marks stay.
 */
void history_settle(struct history *, struct exchange *x);

/*
 * The next exchange from `from` (excluded; 0: from the end that comes first)
 * towards newer (step 1) or older (-1) in which text stands in method, URL,
 * status, reason or failure; case-insensitive in ASCII; wraps round once.
 * 0 if none.
 */
uint64_t history_search(
    const struct history *, uint64_t from, int step, const char *text);

#endif
