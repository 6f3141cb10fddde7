/*
 * What a failure means and what the user can do about it.
 */
#ifndef RETORT_FAILURE_H
#define RETORT_FAILURE_H

#include "exchange.h"

/* The outcome that an errno of the network stands for. */
enum outcome failure_outcome(int error);

/* What to press or check: a sentence for that outcome of x, which is not set
 * yet. */
const char *failure_hint(const struct exchange *x, enum outcome outcome);

#endif
