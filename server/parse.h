/*
 * A routes file being read: what its statements share.
 *
 * A mistake is said at once, and reading goes on behind it: at the next word
 * where that is safe, else at the next statement.  A table with mistakes is
 * thrown away at the end, so nothing here undoes anything.
 */
#ifndef RETORTD_PARSE_H
#define RETORTD_PARSE_H

#include "lex.h"
#include "routes.h"
#include "typo.h"

/* A token, and the actions of the statement that it is for. */
struct use {
	struct token token;
	size_t begin;
	size_t end;
};

struct parser {
	struct routes *routes;
	struct diags *diags;
	struct lexer lex;
	struct token token;   /* the one to look at */
	const char *folder;   /* where relative names begin; NULL: the disk is
			       * not to be touched */
	struct buf statement; /* as one line, see route->text */
	struct map macros;
	struct map folders; /* of routes->beneath */
	size_t order;
	unsigned depth; /* of includes */
	size_t bytes;	/* of all sources */
	struct source *sources;
	/* Arrays that grow; from `items` on they are of the statement. */
	struct buf table;     /* struct route * */
	struct buf spots;     /* struct spot, of each route */
	struct buf beneath;   /* const char * */
	struct buf items;     /* struct item */
	struct buf matches;   /* struct match */
	struct buf actions;   /* struct action */
	struct buf fields;    /* struct answer_field */
	struct buf texts;     /* struct use, of what may be a template */
	struct buf templates; /* struct use, of the option */
	bool has_seed;
	bool odd_brace; /* a { was skipped: who knows what its } ends */
	bool no_memory;
};

/* The token is done with; look at the next one. */
void parse_advance(struct parser *);

/* To the end of the statement: a newline (not in braces), or a } that begins
 * nothing here. */
void parse_skip(struct parser *);

void parse_newlines(struct parser *);

/* n bytes of the arena; NULL if memory is out, which is noted. */
void *parse_alloc(struct parser *, size_t n);
struct span parse_keep(struct parser *, struct span);

/* Append to one of the arrays. */
void parse_push(struct parser *, struct buf *, const void *, size_t n);

/* Complain of a token, n bytes into it, unless the lexer did; of this one. */
void parse_error_at(struct parser *, const struct token *, size_t n,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#define parse_error(p, ...) parse_error_at(p, &(p)->token, 0, __VA_ARGS__)
void parse_warning(struct parser *, const struct token *, size_t n,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Where a byte of what a token means stands, as far as that is known: where
 * the token begins, if escapes or macros are between. */
struct spot token_spot(const struct token *, size_t n);

/* Is it a word, from a macro or not?  A text in quotes, or from a macro? */
bool parse_at_word(const struct parser *);
bool parse_at_text(const struct parser *);

/* Is it this word, literally? */
bool parse_at(const struct parser *, const char *word);

/* Is it the end of a statement? */
bool parse_at_end(const struct parser *);

/* Is it a word that makes no sense, and would without the } at its end?  Then
 * that is said. */
bool parse_glued_close(struct parser *);

/* Which of n words it is, literally; -1 if none. */
int parse_which(const struct parser *, const char *const *words, size_t n);

/* A token, as a sentence names it; this one. */
struct shown token_shown(const struct token *);
struct shown parse_shown(const struct parser *);

void typo_try_all(struct typo *, const char *const *words, size_t n);

/* " ("return" is meant?)", or nothing. */
struct shown typo_shown(const struct typo *);

/* A word, a string or a macro, taken.  False, with a complaint, if there is
 * none. */
bool parse_value(struct parser *, const char *behind, struct token *);

/* A status, taken; 0, with a complaint, if it is none.  False if there is
 * nothing that could be one.  `right` shows how it is written. */
bool parse_status(struct parser *, const char *right, int *status);

/* A decimal number, taken.  False, with a complaint, if there is none. */
bool parse_number(struct parser *, const char *behind, uint64_t *);

/* One of "NAME, NAME". */
struct item {
	struct span text;
	struct token token; /* that it stands in */
	size_t at;	    /* where */
};

/* Such a list, taken. */
void parse_list(struct parser *, const char *what, struct buf *items);

/* [ STRING | <<WORD ] behind a status, taken; p is NULL if there is none. */
bool parse_body(struct parser *, int status, struct token *);

/* A file's name as it is to be opened, with a NUL behind; p is NULL, with a
 * complaint, if it cannot be.  Its folder is noted for the sandbox. */
struct span parse_file_name(struct parser *, const struct token *);

/* One route of these hosts; the token is its first. */
void parse_route(struct parser *, const struct host *, size_t nhosts);

/* action { option }, into p->actions.  False if what else stands there makes
 * no sense. */
bool parse_answer(struct parser *, unsigned depth);

/* When all is there: of the route's templates. */
void parse_templates(struct parser *, const struct route *);

/* Does a template of it look at the request's body? */
bool action_wants_body(const struct action *);

extern const char *const match_words[], *const action_words[],
					    *const option_words[];

enum {
#define X(...) +1
	MATCH_WORDS = 0 MATCHES(X),
	ACTION_WORDS = 0 ACTIONS(X),
	OPTION_WORDS = 0 ROUTE_OPTIONS(X),
#undef X
};

#endif
