/*
 * A file that was not there before.
 */
#ifndef RETORT_OUTFILE_H
#define RETORT_OUTFILE_H

#include <stddef.h>

#include "span.h"

enum outfile {
	OUTFILE_DONE,
	OUTFILE_THERE, /* something has that name: it is left alone */
	OUTFILE_FAILED,
};

/*
 * Make it, for its owner alone (mode 0600), with these bytes; "~/" in front is
 * $HOME.  Unless DONE nothing of it is left, and a sentence is in why.
 */
enum outfile outfile_write(
    const char *path, struct span bytes, char *why, size_t cap);

#endif
