/*
 * Which of the words that are known is probably meant by one that is not.
 */
#ifndef RETORTD_TYPO_H
#define RETORTD_TYPO_H

#include "span.h"

struct typo {
	struct span word;
	struct span best; /* p is NULL: none is near */
	unsigned distance;
};

struct typo typo_of(struct span word);

/* Is it this one?  Letters' case counts for less than a letter. */
void typo_try(struct typo *, struct span known);

/* Is the best but a letter away, or none but for their case? */
bool typo_is_close(const struct typo *);

#endif
