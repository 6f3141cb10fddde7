/*
 * The routes of a retortd that was given none: those of the seed, for its
 * host; whatever else is asked gets a 400.
 */
#ifndef RETORTD_BUILTIN_TEXT_H
#define RETORTD_BUILTIN_TEXT_H

#include "routes.h"

/* As a routes file. */
extern const char builtin_text[];

/* NULL if memory is out. */
struct routes *builtin_load(void);

#endif
