/*
 * Routes that can never be reached, since others in front of them answer
 * whatever they would.
 */
#ifndef RETORTD_UNREACHED_H
#define RETORTD_UNREACHED_H

#include "diag.h"
#include "routes.h"

/* Warn of each; spots are those of the routes.  The cost grows with the table,
 * not with its square.  False if memory is out. */
bool unreached_warn(
    const struct routes *, const struct spot *spots, struct diags *);

#endif
