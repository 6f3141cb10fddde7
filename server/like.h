/*
 * Regular expressions that the C library may be asked to compile: it copies
 * what is repeated, and follows parentheses as deep as they go.
 */
#ifndef RETORTD_LIKE_H
#define RETORTD_LIKE_H

#include "span.h"

/* Why it should not be asked to, behind a colon; NULL if it may. */
const char *like_fault(struct span pattern);

#endif
