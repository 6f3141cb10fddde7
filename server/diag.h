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
	struct place place; /* its file belongs to this diag */
	char *text;	    /* the sentence, escaped for a screen */
	char *line;   /* the line it stands on, escaped but for its tabs, cut
		     * when long; NULL if there is none */
	size_t caret; /* columns in front of the caret */
	size_t order; /* where it was read, over all files */
};

/* Zeroed memory is a valid empty list. */
struct diags {
	struct diag *v;
	size_t n;
	size_t nerrors;
	size_t nomitted; /* past LIMIT_DIAGS; counted only */
	size_t cap;
	bool no_memory; /* an error of its own */
};

/* A text that is read. */
struct source {
	const char *name;
	struct span text;
	struct source *next;
	const struct source *within; /* the one that includes it */
	uint64_t device, number;     /* of its file */
};

/* Where something stands in it. */
struct spot {
	const struct source *source;
	size_t at;
	size_t line_at; /* its line's first byte */
	uint32_t line;
	uint32_t column;
	size_t order; /* see struct diag */
};

struct place spot_place(struct spot);

/* n bytes further on the same line. */
struct spot spot_move(struct spot, size_t n);

/* Say what is wrong.  The format's arguments are made of harmless text
 * (diag_show).  Of a source without a name: a sentence without a place. */
void diags_add(struct diags *, enum diag_level, struct spot, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

void diags_no_memory(struct diags *);

/* What does not fit is cut: a sentence quotes a word, not a book. */
struct shown {
	char text[224];
};

/* Escaped; and in quotes. */
struct shown diag_cut(struct span word);
struct shown diag_show(struct span word);

/* In the order of the text. */
void diags_sort(struct diags *);

/* "FILE:LINE:COLUMN: what is wrong", the line and a caret below it, for each;
 * appended. */
bool diags_append(struct buf *, const struct diags *);

void diags_release(struct diags *);

#endif
