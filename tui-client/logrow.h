/*
 * A line of what retortd says as a row of the server's pane: the clock, who
 * asked, the request, the status in its colour, and the route that answered.
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

#endif
