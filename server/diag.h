/*
 * What is wrong with a file: places, sentences, and the line with a caret.
 */
#ifndef RETORTD_DIAG_H
#define RETORTD_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "routes.h"

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
};

struct diag {
	enum diag_level level;
	struct place place;
	char *text; /* the sentence, escaped for a screen */
	char *line; /* the line it stands on, escaped; NULL if there is none */
	size_t caret; /* columns in front of the caret */
};

struct diags {
	struct diag *v;
	size_t n;
	size_t nerrors;
	size_t nomitted; /* past LIMIT_DIAGS; counted only */
};

/* "FILE:LINE:COLUMN: what is wrong", the line and a caret below it, for each;
 * appended. */
bool diags_append(struct buf *, const struct diags *);

void diags_release(struct diags *);

#endif
