/*
 * The routes of a retortd that was given none: those of the seed, for its
 * host; whatever else is asked gets a 400.
 */
#ifndef RETORTD_BUILTIN_H
#define RETORTD_BUILTIN_H

#include "route.h"

/* NULL if memory is out. */
struct routes *builtin_routes(void);

#endif
