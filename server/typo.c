#include "typo.h"

#include <ctype.h>

enum {
	WORD_MAX = 32, /* longer ones are no typos of ours */
	WRONG = 4,     /* a letter wrong, missing, too many, or two swapped */
	CASE = 1,
};

struct typo
typo_of(struct span word)
{
	return (struct typo){ .word = word };
}

static unsigned
min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
letter(char a, char b)
{
	if (a == b)
		return 0;
	return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE
								      : WRONG;
}

/* Edit distance with transpositions (optimal string alignment). */
static unsigned
distance(struct span a, struct span b)
{
	unsigned row[WORD_MAX + 1][WORD_MAX + 1];
	unsigned d;
	size_t i, j;

	for (i = 0; i <= a.n; i++)
		row[i][0] = (unsigned)i * WRONG;
	for (j = 0; j <= b.n; j++)
		row[0][j] = (unsigned)j * WRONG;
	for (i = 1; i <= a.n; i++) {
		for (j = 1; j <= b.n; j++) {
			d = row[i - 1][j - 1] + letter(a.p[i - 1], b.p[j - 1]);
			d = min(d, row[i - 1][j] + WRONG);
			d = min(d, row[i][j - 1] + WRONG);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1])
				d = min(d, row[i - 2][j - 2] + WRONG);
			row[i][j] = d;
		}
	}
	return row[a.n][b.n];
}

/* A third of the letters may be wrong, and one of two. */
void
typo_try(struct typo *t, struct span known)
{
	size_t n = t->word.n > known.n ? t->word.n : known.n;
	unsigned d;

	if (t->word.n > WORD_MAX || known.n > WORD_MAX || t->word.n == 0)
		return;
	d = distance(t->word, known);
	if (d > WRONG * (n / 3 > 0 ? n / 3 : 1) || d >= n * WRONG)
		return;
	if (t->best.p == NULL || d < t->distance) {
		t->best = known;
		t->distance = d;
	}
}

bool
typo_is_close(const struct typo *t)
{
	return t->distance <= WRONG ||
	    (t->word.n == t->best.n && t->distance <= t->word.n * CASE);
}
