#include "diff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* After d edits the farthest place on each diagonal from -d to d, those of
 * all d one after the other: row d begins at d * d. */
struct trace {
	int32_t *far;
};

static int32_t *
row_of(const struct trace *t, size_t d)
{
	return t->far + d * d + d;
}

/* One edit more than d - 1, to diagonal k: down (into b) or right (of a)? */
static bool
goes_down(const int32_t *before, int d, int k)
{
	return k == -d || (k != d && before[k - 1] < before[k + 1]);
}

/* Fill row d.  True if the end is reached. */
static bool
advance(const struct trace *t, int d, const uint64_t *a, size_t na,
    const uint64_t *b, size_t nb)
{
	const int32_t *before = d == 0 ? NULL : row_of(t, (size_t)d - 1);
	int32_t *now = row_of(t, (size_t)d);

	for (int k = -d; k <= d; k += 2) {
		int32_t x = 0, y;

		if (d > 0)
			x = goes_down(before, d, k) ? before[k + 1]
						    : before[k - 1] + 1;
		y = x - k;
		while (x >= 0 && y >= 0 && (size_t)x < na && (size_t)y < nb &&
		    a[x] == b[y])
			x++, y++;
		now[k] = x;
		if (x >= 0 && (size_t)x >= na && y >= 0 && (size_t)y >= nb)
			return true;
		/* Those between belong to the row before. */
		if (k < d)
			now[k + 1] = -1;
	}
	return false;
}

/* The runs from the last to the first, into runs[]; how many. */
static size_t
walk_back(
    const struct trace *t, int d, size_t na, size_t nb, struct diff_run *runs)
{
	int32_t x = (int32_t)na, y = (int32_t)nb;
	size_t n = 0;

	for (; d >= 0; d--) {
		int k = x - y;
		int32_t from = 0, start = 0;

		if (d > 0) {
			const int32_t *before = row_of(t, (size_t)d - 1);
			bool down = goes_down(before, d, k);

			from = down ? before[k + 1] : before[k - 1];
			start = down ? from : from + 1;
			k = down ? k + 1 : k - 1;
		}
		if (x > start) {
			runs[n++] = (struct diff_run){ (size_t)start,
				(size_t)(start - (x - y)),
				(size_t)(x - start) };
		}
		x = from;
		y = from - k;
	}
	return n;
}

bool
diff_runs(const uint64_t *a, size_t na, const uint64_t *b, size_t nb,
    size_t edits, struct diff_run **runs, size_t *nrun)
{
	struct trace t = { NULL };
	size_t d, count;

	assert(edits <= DIFF_EDITS && na <= INT32_MAX && nb <= INT32_MAX);
	*runs = NULL;
	*nrun = 0;
	for (d = 0; d <= edits; d++) {
		size_t n = (d + 1) * (d + 1) + 1;
		int32_t *far = realloc(t.far, n * sizeof(t.far[0]));

		if (far == NULL)
			break;
		t.far = far;
		if (advance(&t, (int)d, a, na, b, nb))
			goto found;
	}
	free(t.far);
	return false;
found:
	*runs = calloc(d + 1, sizeof(**runs));
	if (*runs == NULL) {
		free(t.far);
		return false;
	}
	count = walk_back(&t, (int)d, na, nb, *runs);
	free(t.far);
	for (size_t i = 0; i < count / 2; i++) {
		struct diff_run swap = (*runs)[i];

		(*runs)[i] = (*runs)[count - 1 - i];
		(*runs)[count - 1 - i] = swap;
	}
	*nrun = count;
	return true;
}
