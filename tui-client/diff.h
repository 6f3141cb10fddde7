/*
 * What two sequences have in common: the longest such that few enough edits
 * make one of the other (Myers, "An O(ND) Difference Algorithm", 1986).
 */
#ifndef RETORT_DIFF_H
#define RETORT_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* Edits until it gives up; memory goes with their square. */
	DIFF_EDITS = 256
};

/* a[at_a..at_a + n) is b[at_b..at_b + n). */
struct diff_run {
	size_t at_a;
	size_t at_b;
	size_t n;
};

/*
 * The runs that they share, in order, into *runs, which the caller frees (NULL
 * if there is none); how many into *nrun.  False, and *runs NULL, if more than
 * `edits` (at most DIFF_EDITS) would be needed, and without memory.
 */
bool diff_runs(const uint64_t *a, size_t na, const uint64_t *b, size_t nb,
    size_t edits, struct diff_run **runs, size_t *nrun);

#endif
