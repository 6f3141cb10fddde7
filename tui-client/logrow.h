/*
 * A line of retortd's log as a row of the server's pane: the clock, who asked,
 * the request, and the status in its colour.
 */
#ifndef RETORT_LOGROW_H
#define RETORT_LOGROW_H

#include <stddef.h>

#include "rows.h"

/* At most cols columns into *line, which is cleared first.  What is no line of
 * a request (common log format) stands there as it is. */
void logrow(struct line *, const char *text, size_t cols);

#endif
