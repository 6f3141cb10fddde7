/*
 * A text or a file in the user's editor.  The terminal is the editor's meanwhile.
 */
#ifndef RETORT_UI_EDITOR_H
#define RETORT_UI_EDITOR_H

#include <stdbool.h>

#include "buf.h"
#include "span.h"

/*
 * Open text in $VISUAL, else $EDITOR, else vi, and append what was saved to
 * *out, up to its max.  False and a sentence if that failed.
 */
bool editor_run(struct span text, struct buf *out, char *why, size_t cap);

/* Open that file of the user's; it may be new.  Whether it was changed is not
 * said.  False and a sentence if the editor failed. */
bool editor_open(const char *path, char *why, size_t cap);

#endif
