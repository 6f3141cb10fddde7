#include "parse.h"

#include "chars.h"
#include "like.h"
#include "method.h"
#include "url.h"

const char *const match_words[] = {
#define X(name, word) word,
	MATCHES(X)
#undef X
};

static const struct {
	const char *word;
	bool has_value;
} ops[] = {
#define X(name, word, has_value) { word, has_value },
	MATCH_OPS(X)
#undef X
};

enum {
	OPS = sizeof(ops) / sizeof(ops[0]),
};

/* --- methods ------------------------------------------------------------- */

/* Any token is a method, but most that look like one of the standard's are
 * meant to be it. */
static void
check_method(struct parser *p, const struct item *item)
{
	struct typo typo = typo_of(item->text);
	int m;

	if (!chars_are_token(item->text.p, item->text.n)) {
		parse_error_at(p, &item->token, item->at,
		    "%s is no method: a method has none of the characters "
		    "( ) < > @ , ; : \\ \" / [ ] ? = { } and no blank",
		    diag_show(item->text).text);
		return;
	}
	if (method_find(item->text.p, item->text.n) != METHOD_OTHER)
		return;
	for (m = METHOD_OTHER + 1; m < METHOD_COUNT; m++)
		typo_try(&typo, span_text(method_name((enum method)m)));
	if (typo.best.p != NULL && typo_is_close(&typo))
		parse_warning(p, &item->token, item->at,
		    "the method %s is not the standard's %s (methods are "
		    "case-sensitive)",
		    diag_show(item->text).text, diag_show(typo.best).text);
}

static void
take_methods(struct parser *p, struct route *r)
{
	const struct item *items = (const void *)p->items.data;
	size_t n = p->items.len / sizeof(*items), i;
	struct span *methods;

	methods = parse_alloc(p, n * sizeof(*methods));
	if (methods == NULL)
		return;
	for (i = 0; i < n; i++) {
		if (span_is(items[i].text, "*")) {
			r->any_method = true;
			if (n > 1)
				parse_error_at(p, &items[i].token, items[i].at,
				    "* is any method, and needs no other "
				    "beside it");
			continue;
		}
		check_method(p, &items[i]);
		methods[r->nmethods++] = parse_keep(p, items[i].text);
	}
	r->methods = methods;
}

static void
parse_methods(struct parser *p, struct route *r)
{
	parse_list(p, "method", &p->items);
	take_methods(p, r);
	if (r->any_method)
		r->nmethods = 0;
}

/* --- the path ------------------------------------------------------------ */

/* The segment at p, without its slash. */
static struct span
segment(struct span s)
{
	const char *slash = s.n > 0 ? memchr(s.p, '/', s.n) : NULL;

	return span_of(s.p, slash != NULL ? (size_t)(slash - s.p) : s.n);
}

static bool
has_brace(struct span s)
{
	return memchr(s.p, '{', s.n) != NULL || memchr(s.p, '}', s.n) != NULL;
}

/* What is between the braces, without dots. */
static struct span
param_name(struct span s, bool *is_rest)
{
	s = span_of(s.p + 1, s.n - 2);
	*is_rest = s.n >= 3 && memcmp(s.p + s.n - 3, "...", 3) == 0;
	if (*is_rest)
		s.n -= 3;
	return s;
}

static bool
is_param(struct span s)
{
	return s.n >= 2 && s.p[0] == '{' && s.p[s.n - 1] == '}' &&
	    !has_brace(span_of(s.p + 1, s.n - 2));
}

static bool
is_param_name(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '-' && !lex_is_name(span_of(s.p + i, 1)))
			return false;
	return s.n > 0;
}

/* Does {name} stand in the path in front of `end` already? */
static bool
is_twice(struct span path, size_t end, struct span name)
{
	struct span s;
	bool is_rest;
	size_t i;

	for (i = 1; i < end; i += s.n + 1) {
		s = segment(span_of(path.p + i, end - i));
		if (is_param(s) && span_eq(param_name(s, &is_rest), name))
			return true;
	}
	return false;
}

/* A segment at path.p + at that has a brace. */
static bool
check_param(struct parser *p, struct span path, size_t at, struct span s)
{
	bool is_rest;
	struct span name;

	if (!is_param(s)) {
		parse_error_at(p, &p->token, at,
		    "%s has a brace: {name} stands for a whole segment of the "
		    "path, from one / to the next",
		    diag_show(s).text);
		return false;
	}
	name = param_name(s, &is_rest);
	if (!is_param_name(name)) {
		parse_error_at(p, &p->token, at,
		    "%s is no name of a segment: letters, digits, _ and - are "
		    "allowed, and ... behind the last",
		    diag_show(s).text);
		return false;
	}
	if (is_twice(path, at, name))
		parse_error_at(p, &p->token, at,
		    "%s stands in this path twice: give the second another "
		    "name",
		    diag_show(s).text);
	if (is_rest && at + s.n < path.n)
		parse_error_at(p, &p->token, at,
		    "%s takes all the rest of the path, so it stands last",
		    diag_show(s).text);
	return true;
}

/* What may stand in a path, byte by byte. */
static bool
check_bytes(struct parser *p, struct span path)
{
	size_t i;
	unsigned char c;

	for (i = 0; i < path.n; i++) {
		c = (unsigned char)path.p[i];
		if (c == '?' || c == '#') {
			parse_error_at(p, &p->token, i,
			    c == '?' ? "a path ends where its query begins: "
				       "match that with query NAME = VALUE"
				     : "a fragment is never sent to a server: "
				       "leave out what begins with #");
			return false;
		}
		if (c < 0x20 || c == 0x7f) {
			parse_error_at(p, &p->token, i,
			    "a path has no control characters: write %%%02X",
			    c);
			return false;
		}
		if (c == '%' &&
		    (path.n - i < 3 ||
			char_hex((unsigned char)path.p[i + 1]) < 0 ||
			char_hex((unsigned char)path.p[i + 2]) < 0)) {
			parse_error_at(p, &p->token, i,
			    "two hexadecimal digits stand behind %% in a path: "
			    "write %%25 for one of its own");
			return false;
		}
	}
	return true;
}

/* How many {name}s. */
static size_t
count_params(struct span path)
{
	struct span s;
	size_t i, n = 0;

	for (i = 1; i <= path.n; i += s.n + 1) {
		s = segment(span_of(path.p + i, path.n - i));
		n += is_param(s);
	}
	return n;
}

static bool
check_path(struct parser *p, struct span path)
{
	struct span s;
	size_t i;

	if (!check_bytes(p, path))
		return false;
	for (i = 1; i <= path.n; i += s.n + 1) {
		s = segment(span_of(path.p + i, path.n - i));
		if (has_brace(s) && !check_param(p, path, i, s))
			return false;
	}
	return true;
}

static void
take_path(struct parser *p, struct route *r)
{
	struct span path = p->token.text;
	struct buf normal = { .max = SIZE_MAX };
	size_t params;

	if (span_is(path, "*")) {
		r->path_kind = PATH_ANY;
		r->path = parse_keep(p, path);
		return;
	}
	if (!check_path(p, path))
		return;
	params = count_params(path);
	r->path_kind = params > 0 ? PATH_PATTERN : PATH_LITERAL;
	if (path_append_normal(&normal, path))
		r->path = parse_keep(p, buf_span(&normal));
	else
		p->no_memory = true;
	/* Of a literal one nobody asks what its braces are. */
	if (params > 0 && r->path.p != NULL && count_params(r->path) != params)
		parse_error(p,
		    "this path loses or wins a {name} by its dots or encoded "
		    "braces: write it without them");
	buf_release(&normal);
}

/* Words that people put into a host block. */
static const char *
belongs_outside(struct span word)
{
	static const char *const words[] = { "host", "include", "set",
		"unmatched" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(word, words[i]))
			return words[i];
	return NULL;
}

static void
no_path(struct parser *p, const struct token *first)
{
	struct span s = p->token.text;
	int word = -1;
	size_t i;

	for (i = 0; i < ACTION_WORDS; i++)
		if (first->kind == TOKEN_WORD &&
		    span_is(first->text, action_words[i]))
			word = (int)i;
	if (belongs_outside(first->text) != NULL)
		parse_error_at(p, first, 0,
		    "%s stands outside of a host's braces, not in them",
		    diag_show(first->text).text);
	else if (word >= 0)
		parse_error_at(p, first, 0,
		    "methods and a path stand in front of %s: GET / %s",
		    diag_show(first->text).text, action_words[word]);
	else if (!parse_at_word(p))
		parse_error(p,
		    "a path is missing behind the method, where %s stands: "
		    "GET /path",
		    parse_shown(p).text);
	else if (memmem(s.p, s.n, "://", 3) != NULL)
		parse_error(p,
		    "%s is a whole URL: its path alone stands here, and its "
		    "host in front of the block",
		    parse_shown(p).text);
	else
		parse_error(p, "%s is no path: a path begins with /, or is *",
		    parse_shown(p).text);
}

static bool
parse_path(
    struct parser *p, struct route *r, const struct token *first, size_t errors)
{
	struct span s = p->token.text;

	if (!parse_at_word(p) ||
	    !(span_is(s, "*") || (s.n > 0 && s.p[0] == '/'))) {
		if (!p->token.bad && p->diags->nerrors == errors)
			no_path(p, first);
		return false;
	}
	take_path(p, r);
	parse_advance(p);
	return true;
}

/* --- matches ------------------------------------------------------------- */

static void
parse_like(struct parser *p, struct match *m, const struct token *value)
{
	const char *why = like_fault(value->text);
	struct like *like;
	char text[128];
	int e;

	if (why == NULL) {
		like = parse_alloc(p, sizeof(*like));
		if (like == NULL || m->value.p == NULL)
			return;
		e = regcomp(&like->regex, m->value.p, REG_EXTENDED | REG_NOSUB);
		if (e == 0) {
			like->next = p->routes->likes;
			p->routes->likes = like;
			m->like = &like->regex;
			return;
		}
		if (e == REG_ESPACE) {
			p->no_memory = true;
			return;
		}
		regerror(e, &like->regex, text, sizeof(text));
		why = text;
	}
	parse_error_at(p, value, 0, "this is no regular expression: %s", why);
}

/* The operator's index, taken; -1, with a complaint, if it is none. */
static int
parse_op(struct parser *p, const char *behind)
{
	struct typo typo = typo_of(p->token.text);
	size_t i;

	for (i = 0; i < OPS; i++) {
		if (parse_at(p, ops[i].word)) {
			parse_advance(p);
			return (int)i;
		}
		typo_try(&typo, span_text(ops[i].word));
	}
	parse_error(p,
	    "one of = != ~ exists absent is missing behind %s, where %s "
	    "stands%s",
	    behind, parse_shown(p).text, typo_shown(&typo).text);
	return -1;
}

static bool
is_pointer(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '~' &&
		    (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
			return false;
	return s.n == 0 || s.p[0] == '/';
}

/* What is looked at: the name of a field or of the query, or a pointer. */
static bool
parse_match_name(struct parser *p, struct match *m)
{
	struct token name;

	if (m->kind == MATCH_BODY)
		return true;
	if (!parse_value(p, match_words[m->kind], &name))
		return false;
	if (m->kind == MATCH_HEADER &&
	    !chars_are_token(name.text.p, name.text.n))
		parse_error_at(p, &name, 0, "%s is no name of a field%s",
		    diag_show(name.text).text,
		    memchr(name.text.p, '=', name.text.n) != NULL
			? ": put blanks around the ="
			: "");
	if (m->kind == MATCH_JSON && !is_pointer(name.text))
		parse_error_at(p, &name, 0,
		    "%s is no JSON pointer: it begins with /, and ~0 is ~, ~1 "
		    "is / in it, as in /user/name",
		    diag_show(name.text).text);
	m->name = parse_keep(p, name.text);
	return true;
}

/* header NAME op VALUE, and its likes. */
static bool
parse_comparison(struct parser *p, struct match *m)
{
	const char *behind = match_words[m->kind];
	struct token value;
	int op;

	if (!parse_match_name(p, m))
		return false;
	op = parse_op(p, behind);
	if (op < 0)
		return false;
	m->op = (enum match_op)op;
	if (!ops[op].has_value)
		return true;
	if (!parse_value(p, ops[op].word, &value))
		return false;
	m->value = parse_keep(p, value.text);
	if (m->op == OP_LIKE)
		parse_like(p, m, &value);
	return true;
}

static bool
parse_times(struct parser *p, struct match *m)
{
	struct token number = p->token;

	if (!parse_number(p, "times", &m->times))
		return false;
	if (m->times == 0)
		parse_warning(p, &number, 0,
		    "a route that answers 0 times never answers");
	return true;
}

/* 0 to 1 as decimal digits. */
static bool
is_share(struct span s, double *x)
{
	double unit = 1;
	size_t i = 0, digits = 0;

	for (*x = 0; i < s.n && char_is((unsigned char)s.p[i], CHAR_DIGIT);
	     i++, digits++)
		*x = *x * 10 + (s.p[i] - '0');
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && char_is((unsigned char)s.p[i], CHAR_DIGIT);
		     i++, digits++)
			*x += (unit /= 10) * (s.p[i] - '0');
	return i == s.n && digits > 0 && *x <= 1;
}

static bool
parse_p(struct parser *p, struct match *m)
{
	struct span s = p->token.text;

	if (!parse_at_word(p) || s.n == 0 ||
	    !(s.p[0] == '.' || char_is((unsigned char)s.p[0], CHAR_DIGIT))) {
		parse_error(p,
		    "a number from 0 to 1 is missing behind p, where %s stands",
		    parse_shown(p).text);
		return false;
	}
	if (!is_share(p->token.text, &m->p))
		parse_error(p,
		    "%s is no probability: a number from 0 to 1 is, as in 0.25",
		    parse_shown(p).text);
	else if (m->p <= 0)
		parse_warning(p, &p->token, 0,
		    "a route that answers with probability 0 never answers");
	parse_advance(p);
	return true;
}

static void
check_once(struct parser *p, const struct match *m, const struct token *word)
{
	const struct match *v = (const void *)p->matches.data;
	size_t i;

	for (i = 0; i < p->matches.len / sizeof(*v); i++)
		if (v[i].kind == m->kind)
			parse_error_at(p, word, 0,
			    "%s stands in this route twice",
			    match_words[m->kind]);
}

static bool
parse_match(struct parser *p, enum match_kind kind)
{
	struct token word = p->token;
	struct match m = { .kind = kind, .place = spot_place(word.spot) };
	bool ok;

	parse_advance(p);
	if (kind == MATCH_TIMES || kind == MATCH_P) {
		check_once(p, &m, &word);
		ok = kind == MATCH_P ? parse_p(p, &m) : parse_times(p, &m);
	} else {
		ok = parse_comparison(p, &m);
	}
	if (ok)
		parse_push(p, &p->matches, &m, sizeof(m));
	return ok;
}

static void
no_action(struct parser *p)
{
	struct typo typo = typo_of(p->token.text);

	if (parse_which(p, option_words, OPTION_WORDS) >= 0) {
		parse_error(p,
		    "%s says how to answer, so it stands behind an action, "
		    "such as return 200",
		    parse_shown(p).text);
		return;
	}
	if (parse_glued_close(p))
		return;
	typo_try_all(&typo, match_words, MATCH_WORDS);
	typo_try_all(&typo, action_words, ACTION_WORDS);
	parse_error(p,
	    "an action (return, file, echo, redirect or seq) is missing where "
	    "%s stands%s",
	    parse_shown(p).text, typo_shown(&typo).text);
}

/* Up to the action.  Behind a mistake the action may still be there. */
static bool
parse_matches(struct parser *p)
{
	bool ok = true;
	int kind;

	while (ok && (kind = parse_which(p, match_words, MATCH_WORDS)) >= 0)
		ok = parse_match(p, (enum match_kind)kind);
	if (ok && parse_which(p, action_words, ACTION_WORDS) < 0) {
		no_action(p);
		ok = false;
	}
	while (!ok && !parse_at_end(p) && p->token.kind != TOKEN_OPEN &&
	    !(ok = parse_which(p, action_words, ACTION_WORDS) >= 0))
		parse_advance(p);
	return ok;
}

/* --- the route ----------------------------------------------------------- */

/* Those that cost nothing to be tried first, in order; then TIMES, then P. */
static void
take_matches(struct parser *p, struct route *r)
{
	static const unsigned char turn[] = {
		[MATCH_TIMES] = 1,
		[MATCH_P] = 2,
	};
	const struct match *v = (const void *)p->matches.data;
	size_t n = p->matches.len / sizeof(*v), i;
	struct match *matches = parse_alloc(p, p->matches.len);
	unsigned t;

	for (t = 0; matches != NULL && t < 3; t++)
		for (i = 0; i < n; i++)
			if ((v[i].kind < sizeof(turn) ? turn[v[i].kind] : 0) ==
			    t)
				matches[r->nmatches++] = v[i];
	r->matches = matches;
}

static void
take_actions(struct parser *p, struct route *r)
{
	r->actions = parse_alloc(p, p->actions.len);
	if (r->actions == NULL || p->actions.len == 0)
		return;
	memcpy(r->actions, p->actions.data, p->actions.len);
	r->nactions = p->actions.len / sizeof(*r->actions);
}

static bool
wants_body(const struct route *r)
{
	size_t i;

	for (i = 0; i < r->nmatches; i++)
		if (r->matches[i].kind == MATCH_BODY ||
		    r->matches[i].kind == MATCH_JSON)
			return true;
	for (i = 0; i < r->nactions; i++)
		if (r->actions[i].kind == ACTION_ECHO ||
		    action_wants_body(&r->actions[i]))
			return true;
	return false;
}

/* What there is to send, for those whose answers are always the same. */
static void
render_ready(struct parser *p, struct action *a)
{
	struct buf b = { .max = SIZE_MAX };
	int i;

	if (a->template ||
	    (a->kind != ACTION_RETURN && a->kind != ACTION_REDIRECT))
		return;
	for (i = 0; i < PERSIST_COUNT; i++) {
		b.len = 0;
		if (!render_action(&b, a, (enum persist)i, &a->ready[i]))
			p->no_memory = true;
		else
			a->ready[i].bytes = parse_keep(p, buf_span(&b));
	}
	a->at_hand = a->delay.kind == DELAY_NONE && !a->close;
	buf_release(&b);
}

static void
route_add(struct parser *p, struct route *r, const struct token *first)
{
	struct route *kept = parse_alloc(p, sizeof(*kept));
	size_t i;

	take_matches(p, r);
	take_actions(p, r);
	r->text = parse_keep(p, buf_span(&p->statement));
	if (r->path.p != NULL)
		parse_templates(p, r);
	/* Nobody will ask a faulty table, and it may lack something. */
	if (p->no_memory || p->diags->nerrors > 0)
		return;
	r->wants_body = wants_body(r);
	p->routes->wants_body = p->routes->wants_body || r->wants_body;
	for (i = 0; i < r->nactions; i++)
		render_ready(p, &r->actions[i]);
	*kept = *r;
	parse_push(p, &p->table, &kept, sizeof(kept));
	parse_push(p, &p->spots, &first->spot, sizeof(first->spot));
}

void
parse_route(struct parser *p, const struct host *hosts, size_t nhosts)
{
	struct token first = p->token;
	size_t errors = p->diags->nerrors;
	struct route r = {
		.place = spot_place(first.spot),
		.hosts = hosts,
		.nhosts = nhosts,
	};

	p->statement.len = p->matches.len = p->actions.len = 0;
	p->texts.len = p->templates.len = 0;
	if (!parse_at_word(p)) {
		parse_error(p,
		    "a route begins with its methods, as in GET,HEAD or *, "
		    "not with %s",
		    parse_shown(p).text);
		parse_skip(p);
		return;
	}
	parse_methods(p, &r);
	if (!parse_path(p, &r, &first, errors) || !parse_matches(p) ||
	    !parse_answer(p, 0)) {
		parse_skip(p);
		return;
	}
	route_add(p, &r, &first);
}
