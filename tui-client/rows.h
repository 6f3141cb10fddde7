/*
 * Exchanges to lines of {role, text}.  Painters draw them and decide nothing;
 * ui_theme alone knows what a role looks like.  All text is harmless to draw.
 */
#ifndef RETORT_ROWS_H
#define RETORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "exchange.h"
#include "span.h"

/* clang-format off */
#define ROLES(X) \
	X(PLAIN)	\
	X(DIM)		\
	X(TITLE)	/* the name of a pane */ \
	X(KEY)		/* a key, in the footer and in help */ \
	X(INFO)		/* a message */ \
	X(ERROR)	/* a message of what went wrong; a broken rule */ \
	X(OK)		/* 1xx and 2xx */ \
	X(REDIRECT)	/* 3xx */ \
	X(CLIENT_ERROR)	/* 4xx */ \
	X(SERVER_ERROR)	/* 5xx and what is no class */ \
	X(FAILURE)	/* no answer, or none that can be read */ \
	X(FLIGHT)	/* not done yet */ \
	X(HEADER_NAME)	\
	X(HEADER_VALUE)	\
	X(NAME)		/* in JSON, and of attributes in XML */ \
	X(STRING)	\
	X(NUMBER)	\
	X(WORD)		/* true, false, null */ \
	X(TAG)		/* in XML */ \
	X(DIFFERENT)	/* bytes that the other end has otherwise, or not */
/* clang-format on */

enum role {
#define X(name) ROLE_##name,
	ROLES(X)
#undef X
	ROLE_COUNT
};

enum {
	LINE_SEGMENTS = 128
};

struct segment {
	enum role role;
	size_t off; /* in the line's text */
	size_t len;
};

/* One line of the screen.  Reuse it: clearing keeps its memory. */
struct line {
	struct buf text;
	size_t cols;
	size_t n;
	struct segment seg[LINE_SEGMENTS];
};

void line_init(struct line *);
void line_clear(struct line *);
void line_release(struct line *);

static inline struct span
line_segment(const struct line *l, size_t i)
{
	return span_of(l->text.data + l->seg[i].off, l->seg[i].len);
}

/* Append text, made harmless; tabs go by the line's columns.  What memory or
 * LINE_SEGMENTS have no room for is left out. */
void line_add(struct line *, enum role, struct span);
/* Append n spaces, as plain text. */
void line_pad(struct line *, size_t n);

/* "0.31 ms", "12.3 ms", "123 ms", "1.23 s"; "–" for -1.  At most 7 columns. */
enum {
	ROWS_TIME = 24
};
void rows_time(char out[ROWS_TIME], int64_t ns);

/* "0.052 ms", "20.114 ms", "12345.678 ms": to the microsecond. */
void rows_moment(char out[ROWS_TIME], int64_t ns);

/* "6 B", "1.2 kB", "340 kB", "1.2 MB".  At most 6 columns. */
void rows_size(char out[ROWS_TIME], uint64_t bytes);

/* The role of the answer, or of its lack. */
enum role rows_role(const struct exchange *);

/*
 * One row of the history, exactly cols columns: time of day, method, URL,
 * status or failure, time, size; the first column is left blank for the mark
 * of the selection.  A ! behind the status says that the answer broke rules.  A
 * narrow row loses its size, then its time, then the time
 * of day; the URL its middle; never the status.  now (CLOCK_MONOTONIC,
 * nanoseconds) is for those in flight, which show their age.
 */
void rows_history(
    struct line *, const struct exchange *, size_t cols, int64_t now);

enum figures {
	FIGURES_ALL,
	FIGURES_TIMES,
	FIGURES_BYTES,
};

/* Times and bytes, "name 0.02 ms  connect 0.05 ms  first byte 0.28 ms  total
 * 0.31 ms  sent 78 B  got 131 B", or one kind of them, in at most cols columns;
 * a narrow one loses what was sent, then items from the left, but never the
 * total.  An address has no name to resolve.  The first column is blank. */
void rows_times(struct line *, const struct exchange *, size_t cols,
    int64_t now, enum figures);

#endif
