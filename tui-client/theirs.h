/*
 * A request that a server saw as an exchange of its own, whoever sent it: what
 * the views show of ours they show of it, but for what only the client's end
 * knows.  It may be brought into the form, sent again and taken from as well.
 */
#ifndef RETORT_THEIRS_H
#define RETORT_THEIRS_H

#include "exchange.h"
#include "seen.h"

/* One with x->theirs, which copies what it needs; NULL if memory is out.  Times
 * count from the accept for the first request of a connection, else from its
 * first byte. */
struct exchange *theirs_new(
    const struct seen_conn *, const struct seen_request *);

#endif
