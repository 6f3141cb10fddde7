#include "parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "chars.h"
#include "status.h"

/* --- moving on ----------------------------------------------------------- */

/* Blanks are squeezed, and newlines are blanks. */
void
parse_advance(struct parser *p)
{
	struct span raw = p->token.raw;

	if (raw.n > 0 &&
	    ((p->statement.len > 0 && !buf_append(&p->statement, " ", 1)) ||
		!buf_append_span(&p->statement, raw)))
		p->no_memory = true;
	p->token = lex_next(&p->lex);
	p->no_memory = p->no_memory || p->lex.no_memory;
}

void
parse_skip(struct parser *p)
{
	unsigned depth = 0;

	for (;; parse_advance(p)) {
		switch (p->token.kind) {
		case TOKEN_END:
			return;
		case TOKEN_NEWLINE:
			if (depth == 0)
				return;
			break;
		case TOKEN_OPEN:
			p->odd_brace = true;
			depth++;
			break;
		case TOKEN_CLOSE:
			if (depth == 0)
				return;
			depth--;
			break;
		default:
			break;
		}
	}
}

void
parse_newlines(struct parser *p)
{
	while (p->token.kind == TOKEN_NEWLINE)
		parse_advance(p);
}

/* --- memory -------------------------------------------------------------- */

void *
parse_alloc(struct parser *p, size_t n)
{
	void *at = arena_alloc(&p->routes->arena, n);

	p->no_memory = p->no_memory || at == NULL;
	return at;
}

struct span
parse_keep(struct parser *p, struct span s)
{
	struct span kept = arena_copy(&p->routes->arena, s);

	p->no_memory = p->no_memory || kept.p == NULL;
	return kept;
}

void
parse_push(struct parser *p, struct buf *b, const void *what, size_t n)
{
	p->no_memory = !buf_append(b, what, n) || p->no_memory;
}

/* --- complaints ---------------------------------------------------------- */

/* In the text of a heredoc, which does not stand where its token does. */
static struct spot
heredoc_spot(struct spot s, const char *to)
{
	const char *p = s.source->text.p + s.line_at;
	const char *end;

	while ((end = memchr(p, '\n', (size_t)(to - p))) != NULL) {
		p = end + 1;
		s.line++;
	}
	s.at = s.line_at = (size_t)(p - s.source->text.p);
	s.column = 1;
	return spot_move(s, (size_t)(to - p));
}

/* Pointers are compared as numbers: they may be of different objects. */
static bool
is_within(struct span s, struct span in)
{
	uintptr_t begin = (uintptr_t)in.p, p = (uintptr_t)s.p;

	return p >= begin && p - begin <= in.n && s.n <= in.n - (p - begin);
}

struct spot
token_spot(const struct token *t, size_t n)
{
	if (n == 0 && t->kind != TOKEN_HEREDOC)
		return t->spot;
	if (is_within(t->text, t->raw))
		return spot_move(t->spot, (size_t)(t->text.p - t->raw.p) + n);
	if (t->kind == TOKEN_HEREDOC && n > 0)
		return heredoc_spot(t->spot, t->text.p + n);
	return t->spot;
}

static void __attribute__((format(printf, 5, 0)))
say(struct parser *p, enum diag_level level, const struct token *t, size_t n,
    const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	diags_add(p->diags, level, token_spot(t, n), "%s", text);
}

void
parse_error_at(
    struct parser *p, const struct token *t, size_t n, const char *fmt, ...)
{
	va_list ap;

	if (t->bad)
		return;
	va_start(ap, fmt);
	say(p, DIAG_ERROR, t, n, fmt, ap);
	va_end(ap);
}

void
parse_warning(
    struct parser *p, const struct token *t, size_t n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(p, DIAG_WARNING, t, n, fmt, ap);
	va_end(ap);
}

struct shown
token_shown(const struct token *t)
{
	struct shown end = { "the end of the file" };
	struct shown line = { "the end of the line" };

	switch (t->kind) {
	case TOKEN_END:
		return end;
	case TOKEN_NEWLINE:
		return line;
	case TOKEN_STRING: /* it has quotes of its own */
		return diag_cut(t->raw);
	default:
		return diag_show(t->raw);
	}
}

struct shown
parse_shown(const struct parser *p)
{
	return token_shown(&p->token);
}

struct shown
typo_shown(const struct typo *t)
{
	struct shown s = { "" };

	if (t->best.p != NULL)
		snprintf(s.text, sizeof(s.text), " (\"%.*s\" is meant?)",
		    (int)t->best.n, t->best.p);
	return s;
}

/* --- what the token is --------------------------------------------------- */

bool
parse_at_word(const struct parser *p)
{
	return p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_MACRO;
}

bool
parse_at_text(const struct parser *p)
{
	return p->token.kind == TOKEN_STRING || p->token.kind == TOKEN_MACRO;
}

bool
parse_at(const struct parser *p, const char *word)
{
	return p->token.kind == TOKEN_WORD && span_is(p->token.text, word);
}

bool
parse_at_end(const struct parser *p)
{
	return p->token.kind == TOKEN_NEWLINE || p->token.kind == TOKEN_END ||
	    p->token.kind == TOKEN_CLOSE;
}

bool
parse_glued_close(struct parser *p)
{
	struct span s = p->token.text;

	if (p->token.kind != TOKEN_WORD || s.n < 2 || s.p[s.n - 1] != '}' ||
	    memchr(s.p, '{', s.n) != NULL)
		return false;
	parse_error_at(p, &p->token, s.n - 1, "put a blank in front of this }");
	p->odd_brace = true;
	return true;
}

int
parse_which(const struct parser *p, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (parse_at(p, words[i]))
			return (int)i;
	return -1;
}

void
typo_try_all(struct typo *t, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		typo_try(t, span_text(words[i]));
}

/* --- what is taken ------------------------------------------------------- */

bool
parse_value(struct parser *p, const char *behind, struct token *t)
{
	if (!parse_at_word(p) && p->token.kind != TOKEN_STRING) {
		parse_error(p, "a value is missing behind %s, where %s stands",
		    behind, parse_shown(p).text);
		return false;
	}
	*t = p->token;
	parse_advance(p);
	return true;
}

static bool
is_number(struct span s, uint64_t *n)
{
	uint64_t v = 0, digit;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (!char_is((unsigned char)s.p[i], CHAR_DIGIT))
			return false;
		digit = (uint64_t)(s.p[i] - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*n = v;
	return s.n > 0;
}

/* The reason phrase that is meant, if it is one. */
static struct shown
status_meant(struct span word)
{
	struct typo typo = typo_of(word);
	struct shown s = { "" };
	int i, best = 0;

	for (i = 200; i <= 599; i++) {
		if (status_reason(i) == NULL)
			continue;
		typo_try(&typo, span_text(status_reason(i)));
		if (typo.best.p == status_reason(i))
			best = i;
	}
	if (best > 0)
		snprintf(s.text, sizeof(s.text), " (%d is %s)", best,
		    status_reason(best));
	return s;
}

static void
no_status(struct parser *p, const char *right)
{
	if (parse_glued_close(p))
		return;
	parse_error(p, "%s is no status%s: three digits are, as in %s",
	    parse_shown(p).text, status_meant(p->token.text).text, right);
}

bool
parse_status(struct parser *p, const char *right, int *status)
{
	struct span s = p->token.text;
	uint64_t n;

	*status = 0;
	if (!parse_at_word(p)) {
		parse_error(p, "a status is missing where %s stands, as in %s",
		    parse_shown(p).text, right);
		return false;
	}
	if (!is_number(s, &n))
		no_status(p, right);
	else if (n >= 100 && n < 200)
		parse_error(p,
		    "%s is no status of a final answer: those from 200 to 599 "
		    "are",
		    parse_shown(p).text);
	else if (n < 200 || n > 599 || s.n != 3)
		parse_error(p, "%s is no status: those from 200 to 599 are",
		    parse_shown(p).text);
	else
		*status = (int)n;
	parse_advance(p);
	return true;
}

bool
parse_number(struct parser *p, const char *behind, uint64_t *n)
{
	if (!parse_at_word(p) || p->token.text.n == 0 ||
	    !char_is((unsigned char)p->token.text.p[0], CHAR_DIGIT)) {
		parse_error(p, "a number is missing behind %s, where %s stands",
		    behind, parse_shown(p).text);
		return false;
	}
	if (!is_number(p->token.text, n)) {
		parse_error(p,
		    "%s is no number: digits are, up to 18446744073709551615",
		    parse_shown(p).text);
		return false;
	}
	parse_advance(p);
	return true;
}

static bool
begins_with_comma(const struct parser *p)
{
	return p->token.text.n > 0 && p->token.text.p[0] == ',';
}

/* Up to the next comma. */
static size_t
comma(struct span s)
{
	const char *at = memchr(s.p, ',', s.n);

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

void
parse_list(struct parser *p, const char *what, struct buf *items)
{
	struct item item;
	bool wants = true;
	size_t i;

	items->len = 0;
	while (parse_at_word(p) && (wants || begins_with_comma(p))) {
		item.token = p->token;
		for (i = 0; i < p->token.text.n; i += item.text.n) {
			item.at = i;
			item.text =
			    span_of(p->token.text.p + i, p->token.text.n - i);
			if (item.text.p[0] == ',') {
				if (wants)
					parse_error_at(p, &p->token, i,
					    "no %s stands in front of this "
					    "comma",
					    what);
				item.text.n = 1;
				wants = true;
				continue;
			}
			item.text.n = comma(item.text);
			parse_push(p, items, &item, sizeof(item));
			wants = false;
		}
		parse_advance(p);
	}
	if (wants)
		parse_error(p, "a %s is missing here, where %s stands", what,
		    parse_shown(p).text);
}
