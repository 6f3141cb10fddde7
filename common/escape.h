/*
 * Hostile bytes to printable text.  Everything from a peer passes here before
 * it may reach a cell or a log.
 *
 * Escaped, byte by byte as \xHH: C0 and C1 controls, DEL, invalid UTF-8, and
 * characters that move, hide or reorder others (bidi and format controls,
 * zero-width ones, line and paragraph separators, tags, noncharacters).
 */
#ifndef RETORT_ESCAPE_H
#define RETORT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum escape {
	ESCAPE_SCREEN, /* UTF-8 stays */
	ESCAPE_LOG,    /* ASCII only; " and \ get a \ in front */
};

/* Append s, made harmless.  False, and b untouched, as buf_reserve. */
bool escape_append(struct buf *b, struct span s, enum escape);

/*
 * Into dst, of cap bytes and always NUL-terminated; stops before the first
 * character that does not fit.  Bytes written.
 */
size_t escape_text(char *dst, size_t cap, struct span s, enum escape);

/* May this character stand on a screen as it is? */
bool escape_is_printable(uint32_t cp);

#endif
