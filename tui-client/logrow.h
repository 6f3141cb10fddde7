/*
 * Rows of the server's pane: a line of what it said or saw, that is the clock,
 * who asked, the request, the status in its colour, and the route that answered;
 * and a connection that stands, that is its age, who and what it is about, its
 * state, and its bytes.
 */
#ifndef RETORT_LOGROW_H
#define RETORT_LOGROW_H

#include <stddef.h>

#include "logline.h"
#include "rows.h"

/* At most cols columns into *line, which is cleared first.  What a narrow row
 * loses is the same in all rows of that width, so that they line up; never the
 * status. */
void logrow(struct line *line, const struct logline *, size_t cols);

/* The same for a connection, at that time. */
void connrow(
    struct line *line, const struct seen_conn *, size_t cols, int64_t now);

#endif
