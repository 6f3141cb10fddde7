/*
 * Our parsers against the naive one.
 */
#ifndef DIFFER_H
#define DIFFER_H

#include <stddef.h>

/*
 * NULL if both take p[0..n) for the same: taken or refused, with a status that
 * is deserved, and every part of the request alike.  Else what differs; the
 * text is good until the next call.
 */
const char *differ(const char *p, size_t n);

#endif
