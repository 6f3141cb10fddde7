#include "lex.h"

#include "chars.h"
#include "typo.h"

enum {
	EXPANDED_MAX = 64 * 1024 /* a word with its macros replaced */
};

struct lexer
lexer_of(const struct source *source)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct span text = source->text;
	bool has_mark = text.n >= 3 && memcmp(text.p, mark, 3) == 0;
	size_t at = has_mark ? 3 : 0;

	return (struct lexer){
		.source = source,
		.at = at,
		.line_at = at,
		.counted = at,
		.line = 1,
		.column = 1,
	};
}

static bool
at_end(const struct lexer *l)
{
	return l->at >= l->source->text.n;
}

static char
peek(const struct lexer *l)
{
	return l->source->text.p[l->at];
}

static struct span
rest(const struct lexer *l)
{
	struct span text = l->source->text;

	return span_of(text.p + l->at, text.n - l->at);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* How many bytes of it continue the line: a backslash at its end. */
static size_t
continuation(struct span s)
{
	if (s.n >= 2 && s.p[0] == '\\' && s.p[1] == '\n')
		return 2;
	return s.n >= 3 && memcmp(s.p, "\\\r\n", 3) == 0 ? 3 : 0;
}

/* Behind a newline, and behind the heredocs that follow it. */
static void
next_line(struct lexer *l)
{
	l->line++;
	if (l->behind > 0) {
		l->at = l->behind;
		l->line = l->behind_line;
		l->behind = 0;
	}
	l->line_at = l->counted = l->at;
	l->column = 1;
}

static void
skip_blanks(struct lexer *l)
{
	size_t n;

	while (!at_end(l)) {
		n = continuation(rest(l));
		if (n > 0) {
			l->at += n;
			next_line(l);
		} else if (is_blank(peek(l))) {
			l->at++;
		} else {
			return;
		}
	}
}

static void
skip_comment(struct lexer *l)
{
	struct span s = rest(l);
	const char *end = memchr(s.p, '\n', s.n);

	l->at += end != NULL ? (size_t)(end - s.p) : s.n;
}

/* Where the lexer stands.  Asked in order, so that each byte is counted
 * once. */
static struct spot
here(struct lexer *l)
{
	struct spot s = {
		.source = l->source,
		.at = l->counted,
		.line_at = l->line_at,
		.line = l->line,
		.column = l->column,
		.order = *l->order,
	};

	s = spot_move(s, l->at - l->counted);
	l->counted = l->at;
	l->column = s.column;
	return s;
}

static bool
ends_word(struct span s)
{
	return s.n == 0 || is_blank(s.p[0]) || s.p[0] == '\n' ||
	    continuation(s) > 0;
}

/* Up to the next blank. */
static struct span
word_run(struct lexer *l)
{
	struct span s = rest(l);
	size_t n = 0;

	while (!ends_word(span_of(s.p + n, s.n - n)))
		n++;
	l->at += n;
	return span_of(s.p, n);
}

static struct span
keep(struct lexer *l, struct buf *b)
{
	struct span s = arena_copy(l->arena, buf_span(b));

	l->no_memory = l->no_memory || s.p == NULL;
	buf_release(b);
	return s;
}

static void
complain(struct lexer *l, struct token *t, size_t at, const char *what)
{
	t->bad = true;
	diags_add(l->diags, DIAG_ERROR, spot_move(t->spot, at), "%s", what);
}

/* --- macros -------------------------------------------------------------- */

static bool
is_name_byte(char c)
{
	return c == '_' || char_is((unsigned char)c, CHAR_DIGIT) ||
	    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t
name_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && is_name_byte(s.p[n]))
		n++;
	return n;
}

bool
lex_is_name(struct span s)
{
	return s.n > 0 && name_run(s) == s.n;
}

static void
unknown_macro(struct lexer *l, struct token *t, size_t at, struct span name)
{
	struct typo typo = typo_of(name);
	size_t i;

	t->bad = true;
	for (i = 0; i < l->macros->cap; i++)
		if (l->macros->v[i].key.p != NULL)
			typo_try(&typo, l->macros->v[i].key);
	if (typo.best.p != NULL)
		diags_add(l->diags, DIAG_ERROR, spot_move(t->spot, at),
		    "no macro is named %s above this line: %s is meant?",
		    diag_show(name).text, diag_show(typo.best).text);
	else
		diags_add(l->diags, DIAG_ERROR, spot_move(t->spot, at),
		    "no macro is named %s above this line: define it there as "
		    "in NAME = \"value\"",
		    diag_show(name).text);
}

static void
append(struct lexer *l, struct token *t, struct buf *b, struct span s)
{
	if (b->max - b->len >= s.n)
		l->no_memory = !buf_append_span(b, s) || l->no_memory;
	else if (!t->bad)
		complain(l, t, 0,
		    "this word, with its macros replaced, is longer than "
		    "64 KiB: put such a text into a heredoc (<<WORD)");
}

/* Replace the $NAMEs of a word. */
static void
expand(struct lexer *l, struct token *t)
{
	struct span word = t->raw, name;
	struct buf b = { .max = EXPANDED_MAX };
	const struct macro *macro;
	size_t i;

	for (i = 0; i < word.n; i += 1 + name.n) {
		name = span_of(word.p + i + 1, word.n - i - 1);
		name.n = word.p[i] == '$' ? name_run(name) : 0;
		if (name.n == 0) {
			append(l, t, &b, span_of(word.p + i, 1));
			continue;
		}
		macro = map_find(l->macros, name);
		if (macro == NULL)
			unknown_macro(l, t, i, name);
		else
			append(l, t, &b, macro->value);
		if (1 + name.n == word.n)
			t->kind = TOKEN_MACRO;
	}
	t->text = keep(l, &b);
}

/* --- strings ------------------------------------------------------------- */

/* One escape behind its backslash; how many bytes that was, 0 if none. */
static size_t
unescape(struct span s, char *c)
{
	static const char names[] = "\"\\nt", values[] = "\"\\\n\t";
	const char *at =
	    s.n > 0 && s.p[0] != '\0' ? strchr(names, s.p[0]) : NULL;

	if (at != NULL) {
		*c = values[at - names];
		return 1;
	}
	if (s.n < 3 || s.p[0] != 'x' || char_hex((unsigned char)s.p[1]) < 0 ||
	    char_hex((unsigned char)s.p[2]) < 0)
		return 0;
	*c = (char)(char_hex((unsigned char)s.p[1]) << 4 |
	    char_hex((unsigned char)s.p[2]));
	return 3;
}

/* What stands between the quotes of "...". */
static void
decode(struct lexer *l, struct token *t, struct span s)
{
	struct buf b = { .max = SIZE_MAX };
	size_t i = 0, n;
	char c;

	if (s.n == 0 || memchr(s.p, '\\', s.n) == NULL) {
		t->text = s;
		return;
	}
	while (i < s.n) {
		c = s.p[i++];
		if (c == '\\') {
			n = unescape(span_of(s.p + i, s.n - i), &c);
			if (n == 0)
				complain(l, t, i,
				    "a backslash in \"...\" has \", \\, n, t "
				    "or "
				    "xHH behind it: write \\\\ for one of its "
				    "own, or use '...'");
			i += n;
		}
		l->no_memory = !buf_append(&b, &c, 1) || l->no_memory;
	}
	t->text = keep(l, &b);
}

static void
read_string(struct lexer *l, struct token *t)
{
	struct span s = rest(l);
	char quote = s.p[0];
	size_t n = 1;

	t->kind = TOKEN_STRING;
	while (n < s.n && s.p[n] != quote && s.p[n] != '\n')
		n += quote == '"' && s.p[n] == '\\' && n + 1 < s.n &&
			s.p[n + 1] != '\n'
		    ? 2
		    : 1;
	if (n >= s.n || s.p[n] != quote) {
		n = n < s.n ? n : s.n;
		complain(l, t, 0,
		    "this string does not end on its line: close it, or put a "
		    "text of several lines into a heredoc (<<WORD)");
		l->at += n;
		t->text = span_of(s.p + 1, n - 1);
		return;
	}
	l->at += n + 1;
	t->text = span_of(s.p + 1, n - 1);
	if (quote == '"')
		decode(l, t, t->text);
	if (!ends_word(rest(l)) && !t->bad) {
		complain(l, t, n + 1,
		    "this stands right behind a string: put a blank between");
		word_run(l);
	}
}

/* --- heredocs ------------------------------------------------------------ */

/* The line at p, without its newline and a CR. */
static struct span
line_at(struct span s)
{
	const char *end = memchr(s.p, '\n', s.n);

	if (end != NULL)
		s.n = (size_t)(end - s.p);
	if (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

/* Offset of the line behind this one; the text's length if it is the last. */
static size_t
line_behind(struct span text, size_t at)
{
	const char *end = memchr(text.p + at, '\n', text.n - at);

	return end != NULL ? (size_t)(end - text.p) + 1 : text.n;
}

static void
heredoc_open(
    struct lexer *l, struct token *t, struct span word, uint32_t indented)
{
	t->bad = l->swallowed = true;
	if (indented > 0)
		diags_add(l->diags, DIAG_ERROR, t->spot,
		    "no line is just %s, which would end this text: on line "
		    "%u are blanks beside it",
		    diag_show(word).text, indented);
	else
		diags_add(l->diags, DIAG_ERROR, t->spot,
		    "no line is just %s, which would end this text",
		    diag_show(word).text);
}

static void
read_heredoc(struct lexer *l, struct token *t)
{
	struct span text = l->source->text;
	struct span word = span_of(t->raw.p + 2, t->raw.n - 2), line;
	size_t begin = l->behind, at;
	uint32_t number = l->behind_line, indented = 0;

	t->kind = TOKEN_HEREDOC;
	if (word.n == 0) {
		complain(l, t, 0,
		    "a word stands right behind <<, and ends the text below: "
		    "<<EOF");
		return;
	}
	if (begin == 0) {
		begin = line_behind(text, l->at);
		number = l->line + 1;
	}
	for (at = begin; at < text.n; at = line_behind(text, at), number++) {
		line = line_at(span_of(text.p + at, text.n - at));
		if (span_eq(line, word))
			break;
		if (indented == 0 && span_eq(span_trim(line), word))
			indented = number;
	}
	t->text = span_of(text.p + begin, at - begin);
	if (at >= text.n)
		heredoc_open(l, t, word, indented);
	l->behind = at < text.n ? line_behind(text, at) : text.n;
	l->behind_line = number + 1;
}

/* --- tokens -------------------------------------------------------------- */

static void
read_word(struct lexer *l, struct token *t)
{
	struct span word = word_run(l);

	t->kind = TOKEN_WORD;
	t->text = t->raw = word;
	if (span_is(word, "{"))
		t->kind = TOKEN_OPEN;
	else if (span_is(word, "}"))
		t->kind = TOKEN_CLOSE;
	else if (word.n >= 2 && memcmp(word.p, "<<", 2) == 0)
		read_heredoc(l, t);
	else if (memchr(word.p, '$', word.n) != NULL)
		expand(l, t);
}

struct token
lex_next(struct lexer *l)
{
	struct token t = { .kind = TOKEN_END };
	size_t begin;

	skip_blanks(l);
	if (!at_end(l) && peek(l) == '#')
		skip_comment(l);
	++*l->order;
	t.spot = here(l);
	t.bad = at_end(l) && l->swallowed;
	if (at_end(l))
		return t;
	begin = l->at;
	if (peek(l) == '\n') {
		t.kind = TOKEN_NEWLINE;
		l->at++;
		next_line(l);
		return t;
	}
	if (peek(l) == '"' || peek(l) == '\'') {
		read_string(l, &t);
		t.raw = span_of(l->source->text.p + begin, l->at - begin);
	} else {
		read_word(l, &t);
	}
	return t;
}
