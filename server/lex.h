/*
 * The words of a routes file, with their places.
 *
 * A word is a run of bytes without blanks; "{" and "}" are tokens only when
 * they stand alone.  A string begins with " or ' as the first byte of a word,
 * and ends on its line.  A comment begins with # where a word could.  A
 * backslash at a line's end is a blank.  $NAME is replaced inside words, not
 * inside strings.  <<WORD is the text from the next line to the one that is
 * WORD and nothing else; what follows <<WORD on its line (and behind a
 * backslash at its end, below the text) still belongs to the statement.
 */
#ifndef RETORTD_LEX_H
#define RETORTD_LEX_H

#include <stdbool.h>

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "map.h"
#include "span.h"

enum token_kind {
	TOKEN_END,
	TOKEN_NEWLINE,
	TOKEN_OPEN,  /* { */
	TOKEN_CLOSE, /* } */
	TOKEN_WORD,
	TOKEN_MACRO, /* a word that is a macro and nothing else */
	TOKEN_STRING,
	TOKEN_HEREDOC,
};

struct token {
	enum token_kind kind;
	struct span text; /* what it means: decoded, macros replaced; borrowed
			   * from the source or the arena */
	struct span raw;  /* as it stands in the source */
	struct spot spot;
	bool bad; /* a complaint about it was made */
};

struct macro {
	struct span value;
	struct spot spot;
};

/* One source being read.  What the others share is the reader's. */
struct lexer {
	const struct source *source;
	size_t at;
	size_t line_at;
	uint32_t line;
	uint32_t column;
	size_t counted; /* up to where `column` knows */
	size_t behind;	/* where the next line begins, if this one has
			 * heredocs; else 0 */
	uint32_t behind_line;
	size_t *order; /* counts tokens over all sources */
	struct arena *arena;
	struct diags *diags;
	const struct map *macros; /* struct macro by name */
	bool swallowed;		  /* by a heredoc that has no end */
	bool no_memory;
};

/* At the beginning of a source; the last four are still to be set. */
struct lexer lexer_of(const struct source *);

/* The next token; behind the last it is TOKEN_END again and again. */
struct token lex_next(struct lexer *);

/* Letters, digits and _. */
bool lex_is_name(struct span);

#endif
