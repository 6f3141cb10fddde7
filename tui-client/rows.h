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
	X(HEADER_VALUE)
/* clang-format on */

enum role {
#define X(name) ROLE_##name,
	ROLES(X)
#undef X
	ROLE_COUNT
};

enum {
	LINE_SEGMENTS = 16
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

/* Append text, made harmless.  What memory has no room for is left out. */
void line_add(struct line *, enum role, struct span);
/* Append n spaces. */
void line_pad(struct line *, size_t n);

/* "0.31 ms", "12.3 ms", "123 ms", "1.23 s"; "–" for -1.  At most 7 columns. */
enum {
	ROWS_TIME = 24
};
void rows_time(char out[ROWS_TIME], int64_t ns);

/* "6 B", "1.2 kB", "340 kB", "1.2 MB".  At most 6 columns. */
void rows_size(char out[ROWS_TIME], uint64_t bytes);

/* The role of the answer, or of its lack. */
enum role rows_role(const struct exchange *);

/*
 * One row of the history, exactly cols columns: time of day, method, URL,
 * status or failure, time, size; the first column is left blank for the mark
 * of the selection.  A narrow row loses its size, then its time, then the time
 * of day; the URL its middle; never the status.  now (CLOCK_MONOTONIC,
 * nanoseconds) is for those in flight, which show their age.
 */
void rows_history(
    struct line *, const struct exchange *, size_t cols, int64_t now);

/* "name –  connect 0.05  first byte 0.28  total 0.31 ms  sent 78 B  …" in at
 * most cols columns; narrow, it loses items from the front but for the total. */
void rows_times(
    struct line *, const struct exchange *, size_t cols, int64_t now);

/* --- one exchange as lines --------------------------------------------- */

/* X(name, title) */
#define VIEW_PARTS(X)           \
	X(RESPONSE, "Response") \
	X(REQUEST, "Request")

enum view_part {
#define X(name, title) VIEW_##name,
	VIEW_PARTS(X)
#undef X
	VIEW_PART_COUNT
};

enum {
	VIEW_BLOCKS = 8,
	VIEW_MARKS = 512 /* of a block: where every so many lines begin */
};

/* Where the bytes of a block are. */
enum view_source {
	VIEW_FROM_NOTES, /* the view's own sentences */
	VIEW_FROM_RAW,	 /* x->raw, and so on */
	VIEW_FROM_BODY,
	VIEW_FROM_SENT,
};

/* A run of bytes that are shown alike, wrapped to the width.  Its lines are
 * found as they are asked for. */
struct block {
	enum view_source source;
	size_t from; /* offsets in the source */
	size_t to;
	enum role role; /* up to the first colon of a line, */
	enum role rest; /* and behind it */
	bool flat;	/* LF is shown, and ends no line */
	size_t lines;	/* known so far */
	size_t next;	/* where the first line not known begins */
	bool whole;	/* there are no more */
	size_t every;	/* lines between two marks */
	size_t nmark;
	size_t mark[VIEW_MARKS];
};

/*
 * The lines of one exchange, made as they are asked for: however long a body
 * is, the view holds the same few KiB.  It borrows nothing: the exchange is
 * passed to each call, the one of the last view_set.
 */
struct view {
	uint64_t id;
	enum view_part part;
	size_t cols;
	size_t nblock;
	struct block block[VIEW_BLOCKS];
	struct buf notes;
	size_t last;	/* line asked for last, */
	size_t last_at; /* and its offset in its block: going on is cheap */
};

void view_init(struct view *);
void view_release(struct view *);

/* Show that part of x in cols columns (1 or more).  Call it before each frame:
 * nothing is done when nothing has changed, and an answer that grew goes on
 * where it was. */
void view_set(
    struct view *, const struct exchange *x, enum view_part, size_t cols);

/* Find lines until `want` are known or all are; how many are known (may be
 * more or less than want). */
size_t view_reach(struct view *, const struct exchange *x, size_t want);

/* All of them. */
size_t view_lines(struct view *, const struct exchange *x);

/* Line i (from 0) into *line.  False if there is none. */
bool view_line(
    struct view *, const struct exchange *x, size_t i, struct line *line);

/*
 * The next line after `from` (step 1) or before it (-1) in which text begins,
 * case-insensitive in ASCII; wraps round once.  SIZE_MAX if there is none.
 * from SIZE_MAX: from the end that comes first, that line included.
 */
size_t view_search(struct view *, const struct exchange *x, size_t from,
    int step, const char *text);

#endif
