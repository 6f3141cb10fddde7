/*
 * Failing allocations on purpose.  A test that uses this is linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc, and reallocarray, strdup and
 * strndup likewise as far as they are used.  Allocations made inside libc
 * (asprintf, getline) are not seen.
 *
 * The counting is the calling thread's own.  Each allocation failed in turn:
 *
 *	n = 0;
 *	do {
 *		oom_after(++n);
 *		ok = thing_under_test();
 *	} while (oom_off());
 */
#ifndef OOM_H
#define OOM_H

#include <stdbool.h>
#include <stddef.h>

/* The nth allocation from now fails, once; the very next one is n == 1. */
void oom_after(size_t n);

/* No failure from now on.  True if the failure asked for has happened. */
bool oom_off(void);

/* Allocations asked for since the last oom_after, the failed one included. */
size_t oom_count(void);

#endif
