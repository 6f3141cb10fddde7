/*
 * The plain TCP transport.
 */
#ifndef RETORT_TCP_H
#define RETORT_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "resolve.h"
#include "transport.h"

/*
 * A transport to the first of the addresses that takes the connection, tried
 * in their order until `end` on the clock of `now`, each with its share of the
 * time.  host is what the user calls them.  False if memory is out.
 */
bool tcp_init(struct transport *t, const struct addresses *to, const char *host,
    int64_t end);

#endif
