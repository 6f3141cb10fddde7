#include "match.h"

#include <stdlib.h>

#include "chars.h"
#include "decimal.h"
#include "json.h"

/* --- operators ----------------------------------------------------------- */

/* On a copy with a NUL behind it, where sanitizers look for one whatever the
 * range says; regexec itself allocates more than once. */
static bool
is_found(const regex_t *like, struct span value)
{
	regmatch_t range = { .rm_so = 0, .rm_eo = (regoff_t)value.n };
	char *text = malloc(value.n + 1);
	bool suits;

	if (text == NULL)
		return false;
	if (value.n > 0)
		memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	suits = regexec(like, text, 1, &range, REG_STARTEND) == 0;
	free(text);
	return suits;
}

/* What is long is not looked at: the C library's time may grow with the square
 * of it, and everybody else waits. */
static bool
is_like(const regex_t *like, struct span value)
{
	return value.n <= LIMIT_LIKE && is_found(like, value);
}

/* A value that is there, held against the matcher's; its negation aside. */
static bool
value_suits(const struct match *m, struct span value)
{
	switch (m->op) {
	case OP_IS:
	case OP_IS_NOT:
		return span_eq(value, m->value);
	case OP_LIKE:
		return is_like(m->like, value);
	case OP_EXISTS:
	case OP_ABSENT:
		break;
	}
	return true;
}

/* --- what a request has -------------------------------------------------- */

static bool
header_suits(const struct match *m, const struct ask *ask)
{
	const struct field *f, *end;

	if (ask->head == NULL)
		return false;
	end = ask->head->field + ask->head->nfield;
	for (f = ask->head->field; f < end; f++)
		if (f->name.len == m->name.n &&
		    strncasecmp(
			ask->base + f->name.off, m->name.p, m->name.n) == 0 &&
		    value_suits(m, slice_in(ask->base, f->value)))
			return true;
	return false;
}

/* Into *to, which moves on, unless it is the same as it stands. */
static struct span
query_decode(struct span s, char **to)
{
	char *begin = *to;
	size_t i;

	if (s.n == 0 ||
	    (memchr(s.p, '%', s.n) == NULL && memchr(s.p, '+', s.n) == NULL))
		return s;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && s.n - i > 2 && char_hex(s.p[i + 1]) >= 0 &&
		    char_hex(s.p[i + 2]) >= 0) {
			*(*to)++ = (char)(char_hex(s.p[i + 1]) << 4 |
			    char_hex(s.p[i + 2]));
			i += 2;
		} else {
			*(*to)++ = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return span_of(begin, (size_t)(*to - begin));
}

/* What stands in front of the first c, taken off s with it. */
static struct span
cut(struct span *s, char c)
{
	const char *mark = s->n > 0 ? memchr(s->p, c, s->n) : NULL;
	struct span before = *s;

	if (mark == NULL) {
		*s = span_of(s->p + s->n, 0);
		return before;
	}
	before.n = (size_t)(mark - s->p);
	*s = span_of(mark + 1, s->n - before.n - 1);
	return before;
}

bool
query_next(struct span *rest, char room[LIMIT_START_LINE], struct span *name,
    struct span *value)
{
	char *to = room;
	struct span pair;

	/* Nothing stands for "", and only what stands is a pair. */
	do {
		if (rest->n == 0)
			return false;
		pair = cut(rest, '&');
	} while (pair.n == 0);
	*value = pair;
	*name = cut(value, '=');
	if (pair.n > LIMIT_START_LINE)
		return true;
	*name = query_decode(*name, &to);
	*value = query_decode(*value, &to);
	return true;
}

static bool
query_suits(const struct match *m, const struct ask *ask)
{
	char room[LIMIT_START_LINE];
	struct span rest = ask->query, name, value;

	while (query_next(&rest, room, &name, &value))
		if (span_eq(name, m->name) && value_suits(m, value))
			return true;
	return false;
}

bool
json_value(const struct ask *ask, struct span pointer, struct buf *b,
    struct span *value, bool *is_number)
{
	struct span s;

	if (ask->content.n == 0 || !json_find(ask->content, pointer, &s))
		return false;
	*is_number = s.p[0] == '-' || char_is(s.p[0], CHAR_DIGIT);
	*value = s;
	if (s.p[0] != '"')
		return true;
	if (memchr(s.p, '\\', s.n) == NULL) {
		*value = span_of(s.p + 1, s.n - 2);
		return true;
	}
	b->len = 0;
	b->max = s.n;
	if (!json_append_string(b, s))
		return false;
	*value = buf_span(b);
	return true;
}

static bool
is_same_number(struct span a, struct span b)
{
	struct decimal x, y;

	return decimal_parse(a, &x) && decimal_parse(b, &y) &&
	    decimal_eq(&x, &y);
}

static bool
json_suits(const struct match *m, const struct ask *ask)
{
	struct buf b = { .max = 0 };
	struct span value;
	bool is_number, suits;

	suits = json_value(ask, m->name, &b, &value, &is_number) &&
	    (value_suits(m, value) ||
		(is_number && (m->op == OP_IS || m->op == OP_IS_NOT) &&
		    is_same_number(value, m->value)));
	buf_release(&b);
	return suits;
}

static bool
some_suits(const struct match *m, const struct ask *ask)
{
	switch (m->kind) {
	case MATCH_HEADER:
		return header_suits(m, ask);
	case MATCH_QUERY:
		return query_suits(m, ask);
	case MATCH_BODY:
		return ask->content.n > 0 && value_suits(m, ask->content);
	case MATCH_JSON:
		return json_suits(m, ask);
	case MATCH_TIMES:
	case MATCH_P:
		break;
	}
	return true;
}

bool
match_holds(const struct match *m, const struct route *r, const struct ask *ask)
{
	if (m->kind == MATCH_TIMES)
		return r->taken < m->times;
	if (m->kind == MATCH_P)
		return true;
	return some_suits(m, ask) == (m->op != OP_IS_NOT && m->op != OP_ABSENT);
}

bool
match_looks_at_body(const struct match *m)
{
	return m->kind == MATCH_BODY || m->kind == MATCH_JSON;
}
