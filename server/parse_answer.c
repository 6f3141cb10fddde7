#include "parse.h"

#include "chars.h"
#include "limit.h"
#include "pattern.h"
#include "status.h"
#include "template.h"

const char *const action_words[] = {
#define X(name, word) word,
	ACTIONS(X)
#undef X
};

const char *const option_words[] = {
#define X(name, word) word,
	ROUTE_OPTIONS(X)
#undef X
};

enum option {
#define X(name, word) OPTION_##name,
	ROUTE_OPTIONS(X)
#undef X
};

enum {
	SEQ_DEPTH = 16,
	DIST_MAX = 128 /* bytes of a delay */
};

/* The options of an action, or of all that a seq holds. */
struct options {
	struct action set; /* what they say, fields included */
	bool seen[OPTION_WORDS];
	struct token template;
};

static size_t
action_count(const struct parser *p)
{
	return p->actions.len / sizeof(struct action);
}

static void
action_push(struct parser *p, const struct action *a)
{
	parse_push(p, &p->actions, a, sizeof(*a));
}

/* This text may be a template: of the actions from `begin` to the last. */
static void
use_push(struct parser *p, struct buf *b, const struct token *t, size_t begin)
{
	struct use use = { *t, begin, action_count(p) };

	parse_push(p, b, &use, sizeof(use));
}

/* --- what stands behind an action ---------------------------------------- */

/* May it stand behind a field's name (RFC 9110 5.5)? */
static void
check_field_value(struct parser *p, const struct token *t)
{
	size_t n = chars_run(t->text.p, t->text.n, CHAR_FIELD);

	if (n < t->text.n)
		parse_error_at(p, t, n,
		    "%s has a control character, which no field of a head may "
		    "have: leave it out",
		    diag_show(t->text).text);
}

static void
check_body(struct parser *p, const struct token *body, int status)
{
	if (status_forbids_content(status))
		parse_error_at(p, body, 0,
		    "an answer with status %d never has a body: leave it out",
		    status);
}

bool
parse_body(struct parser *p, int status, struct token *body)
{
	if (!parse_at_text(p) && p->token.kind != TOKEN_HEREDOC)
		return false;
	*body = p->token;
	parse_advance(p);
	check_body(p, body, status);
	return true;
}

static bool
parse_return(struct parser *p)
{
	struct action a = { .kind = ACTION_RETURN };
	struct token body;
	size_t begin = action_count(p);
	bool has_body;

	parse_advance(p);
	if (!parse_status(p, "return 200", &a.status))
		return false;
	has_body = parse_body(p, a.status, &body);
	if (has_body)
		a.body = parse_keep(p, body.text);
	action_push(p, &a);
	if (has_body)
		use_push(p, &p->texts, &body, begin);
	return true;
}

static bool
parse_file(struct parser *p)
{
	struct action a = { .kind = ACTION_FILE, .status = 200 };
	struct token name;

	parse_advance(p);
	if (!parse_at_text(p)) {
		parse_error(p,
		    "a file's name in quotes is missing behind file, where %s "
		    "stands: file \"answer.json\"",
		    parse_shown(p).text);
		return false;
	}
	name = p->token;
	parse_advance(p);
	a.body = parse_file_name(p, &name);
	action_push(p, &a);
	return true;
}

static bool
parse_redirect(struct parser *p)
{
	struct action a = { .kind = ACTION_REDIRECT };
	struct token status, where;
	size_t begin = action_count(p);

	parse_advance(p);
	status = p->token;
	if (!parse_status(p, "redirect 302 /path", &a.status))
		return false;
	if (a.status != 0 && a.status != 301 && a.status != 302 &&
	    a.status != 303 && a.status != 307 && a.status != 308)
		parse_error_at(p, &status, 0,
		    "%d is no redirection: 301, 302, 303, 307 and 308 are",
		    a.status);
	if (a.status == 0 && parse_at_end(p))
		return true;
	if (!parse_value(p, "redirect", &where))
		return false;
	check_field_value(p, &where);
	a.body = parse_keep(p, where.text);
	action_push(p, &a);
	use_push(p, &p->texts, &where, begin);
	return true;
}

/* Behind seq: { NL { action { option } NL } }. */
static bool
parse_items(struct parser *p, unsigned depth)
{
	struct token open = p->token;

	parse_advance(p);
	for (;;) {
		parse_newlines(p);
		if (p->token.kind == TOKEN_CLOSE) {
			parse_advance(p);
			return true;
		}
		if (p->token.kind == TOKEN_END) {
			parse_error_at(p, &open, 0,
			    "the } that belongs to this { is missing");
			return false;
		}
		if (!parse_answer(p, depth + 1))
			parse_skip(p);
	}
}

static bool
parse_seq(struct parser *p, unsigned depth)
{
	struct token seq = p->token;
	size_t begin = action_count(p), errors = p->diags->nerrors;

	parse_advance(p);
	if (p->token.kind != TOKEN_OPEN) {
		parse_error(p, "{ is missing behind seq, where %s stands",
		    parse_shown(p).text);
		return false;
	}
	if (depth >= SEQ_DEPTH) {
		parse_error_at(p, &seq, 0,
		    "this seq stands in more than %d others: one is enough",
		    SEQ_DEPTH);
		return false;
	}
	if (!parse_items(p, depth))
		return false;
	if (action_count(p) == begin && p->diags->nerrors == errors)
		parse_error_at(p, &seq, 0,
		    "this seq is empty: an action, such as return 200, stands "
		    "in it on each line");
	return true;
}

static bool
parse_action(struct parser *p, unsigned depth)
{
	struct action echo = { .kind = ACTION_ECHO, .status = 200 };
	struct typo typo;

	switch (parse_which(p, action_words, ACTION_WORDS)) {
	case ACTION_RETURN:
		return parse_return(p);
	case ACTION_FILE:
		return parse_file(p);
	case ACTION_ECHO:
		parse_advance(p);
		action_push(p, &echo);
		return true;
	case ACTION_REDIRECT:
		return parse_redirect(p);
	case ACTION_SEQ:
		return parse_seq(p, depth);
	default:
		break;
	}
	typo = typo_of(p->token.text);
	typo_try_all(&typo, action_words, ACTION_WORDS);
	parse_error(p,
	    "an action (return, file, echo, redirect or seq) is missing where "
	    "%s stands%s",
	    parse_shown(p).text, typo_shown(&typo).text);
	return false;
}

/* --- delays -------------------------------------------------------------- */

static const struct {
	const char *word;
	int n;
} delays[] = {
#define X(name, word, n) { word, n },
	DELAYS(X)
#undef X
};

/* Digits, perhaps with a fraction; taken off the front. */
static bool
take_real(struct span *s, double *x)
{
	size_t i = 0, digits = 0;
	double unit = 1;

	for (*x = 0; i < s->n && char_is((unsigned char)s->p[i], CHAR_DIGIT);
	     i++, digits++)
		*x = *x * 10 + (s->p[i] - '0');
	if (i < s->n && s->p[i] == '.')
		for (i++;
		     i < s->n && char_is((unsigned char)s->p[i], CHAR_DIGIT);
		     i++, digits++)
			*x += (unit /= 10) * (s->p[i] - '0');
	*s = span_of(s->p + i, s->n - i);
	return digits > 0;
}

/* "250ms" in microseconds. */
static bool
read_time(struct span s, double *us)
{
	static const struct {
		const char *word;
		double us;
	} units[] = { { "us", 1 }, { "ms", 1e3 }, { "s", 1e6 }, { "m", 6e7 } };
	size_t i;

	if (!take_real(&s, us))
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (span_is(s, units[i].word)) {
			*us *= units[i].us;
			return true;
		}
	}
	return false;
}

static bool
parse_time(struct parser *p, const struct token *t, struct span s, double *us)
{
	if (!read_time(s, us)) {
		parse_error_at(p, t, 0,
		    "%s is no time: a number with us, ms, s or m is, as in "
		    "250ms or 1.5s",
		    diag_show(s).text);
		return false;
	}
	if (*us > TIME_DELAY * 1e3) {
		parse_error_at(p, t, 0,
		    "%s is longer than an hour, which is the longest delay",
		    diag_show(s).text);
		return false;
	}
	return true;
}

static bool
parse_sigma(struct parser *p, const struct token *t, struct span s, double *x)
{
	struct span rest = s;

	if (take_real(&rest, x) && rest.n == 0 && *x <= 100)
		return true;
	parse_error_at(p, t, 0,
	    "%s is no sigma of a lognormal distribution: a number such as 0.4 "
	    "is",
	    diag_show(s).text);
	return false;
}

/* "KIND(a,b)", whose arguments are s. */
static bool
parse_pair(
    struct parser *p, const struct token *t, struct delay *d, struct span s)
{
	const char *comma = memchr(s.p, ',', s.n);
	struct span a, b;

	if (comma == NULL ||
	    memchr(comma + 1, ',', (size_t)(s.p + s.n - comma - 1)) != NULL) {
		parse_error_at(p, t, 0,
		    "%s takes two numbers with a comma between, as in "
		    "%s(100ms,%s)",
		    delays[d->kind - 1].word, delays[d->kind - 1].word,
		    d->kind == DELAY_LOGNORMAL ? "0.4" : "200ms");
		return false;
	}
	a = span_of(s.p, (size_t)(comma - s.p));
	b = span_of(comma + 1, s.n - a.n - 1);
	if (!parse_time(p, t, a, &d->a))
		return false;
	if (d->kind == DELAY_LOGNORMAL)
		return parse_sigma(p, t, b, &d->b);
	if (!parse_time(p, t, b, &d->b))
		return false;
	if (d->kind == DELAY_UNIFORM && d->a > d->b)
		parse_error_at(p, t, 0,
		    "uniform begins with the shorter time: %s is longer than "
		    "%s",
		    diag_show(a).text, diag_show(b).text);
	return true;
}

static void
unknown_delay(struct parser *p, const struct token *t, struct span word)
{
	struct typo typo = typo_of(word);
	size_t i;

	for (i = 1; i < sizeof(delays) / sizeof(delays[0]); i++)
		typo_try(&typo, span_text(delays[i].word));
	parse_error_at(p, t, 0,
	    "%s is no distribution of delays: uniform, normal and lognormal "
	    "are%s",
	    diag_show(word).text, typo_shown(&typo).text);
}

static void
read_delay(
    struct parser *p, const struct token *t, struct span s, struct delay *d)
{
	const char *open = memchr(s.p, '(', s.n);
	struct span word;
	size_t i;

	if (open == NULL) {
		if (parse_time(p, t, s, &d->a))
			d->kind = DELAY_FIXED;
		return;
	}
	word = span_of(s.p, (size_t)(open - s.p));
	if (s.p[s.n - 1] != ')') {
		parse_error_at(p, t, 0, "the ) of this delay is missing");
		return;
	}
	for (i = 1; i < sizeof(delays) / sizeof(delays[0]); i++) {
		if (span_is(word, delays[i].word)) {
			d->kind = (enum delay_kind)(i + 1);
			parse_pair(
			    p, t, d, span_of(open + 1, s.n - word.n - 2));
			return;
		}
	}
	unknown_delay(p, t, word);
}

/* A word, or several up to the one that closes the parenthesis: people put
 * a blank behind the comma. */
static bool
parse_delay(struct parser *p, struct delay *d)
{
	struct token first = p->token;
	char text[DIST_MAX];
	struct span s = { text, 0 }, word;

	if (!parse_at_word(p)) {
		parse_error(p,
		    "a time is missing behind delay, where %s stands: delay "
		    "250ms",
		    parse_shown(p).text);
		return false;
	}
	do {
		word = p->token.text;
		if (word.n > sizeof(text) - s.n) {
			parse_error_at(p, &first, 0, "%s is no time",
			    diag_show(word).text);
			return false;
		}
		if (word.n > 0)
			memcpy(text + s.n, word.p, word.n);
		s.n += word.n;
		parse_advance(p);
	} while (parse_at_word(p) && memchr(text, '(', s.n) != NULL &&
	    memchr(text, ')', s.n) == NULL);
	read_delay(p, &first, s, d);
	return true;
}

/* --- options ------------------------------------------------------------- */

/* What retortd says itself, from what it does. */
static bool
is_framing(struct span name)
{
	static const char *const names[] = { "Content-Length",
		"Transfer-Encoding", "Connection", "Trailer" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

static void
check_field_name(struct parser *p, const struct token *t)
{
	if (!chars_are_token(t->text.p, t->text.n))
		parse_error_at(p, t, 0, "%s is no name of a field",
		    diag_show(t->text).text);
	else if (span_is_nocase(t->text, "Connection"))
		parse_error_at(p, t, 0,
		    "retortd writes Connection itself: the option close "
		    "closes it");
	else if (is_framing(t->text))
		parse_error_at(p, t, 0,
		    "retortd writes %s itself, as the body is",
		    diag_show(t->text).text);
}

/* No sender repeats a field that is no list (RFC 9110 5.3); but who wants to
 * see what a client does then may. */
static void
check_repeated(struct parser *p, const struct token *name, size_t begin)
{
	static const char *const singles[] = { "Content-Type", "Date", "ETag",
		"Expires", "Last-Modified", "Location", "Retry-After" };
	const struct answer_field *f = (const void *)p->fields.data;
	const struct action *a = (const void *)p->actions.data;
	size_t i, n = p->fields.len / sizeof(*f);
	bool is_single = false, repeated = false;

	for (i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		is_single |= span_is_nocase(name->text, singles[i]);
	for (i = 0; i < n; i++)
		repeated |= span_eq_nocase(f[i].name, name->text);
	if (span_is_nocase(name->text, "Location"))
		for (i = begin; i < action_count(p); i++)
			repeated |= a[i].kind == ACTION_REDIRECT;
	if (is_single && repeated)
		parse_warning(p, name, 0,
		    "this answer has %s twice, and it should be there once",
		    diag_show(name->text).text);
}

static bool
parse_header(struct parser *p, size_t begin)
{
	struct token name, value;
	struct answer_field field;

	if (!parse_value(p, "header", &name))
		return false;
	check_field_name(p, &name);
	check_repeated(p, &name, begin);
	if (parse_at(p, "=")) {
		parse_error(p,
		    "a field to be sent has no = between name and value: "
		    "header NAME VALUE");
		parse_advance(p);
	}
	if (!parse_value(p, "the field's name", &value))
		return false;
	check_field_value(p, &value);
	field.name = parse_keep(p, name.text);
	field.value = parse_keep(p, value.text);
	parse_push(p, &p->fields, &field, sizeof(field));
	use_push(p, &p->texts, &value, begin);
	if (p->fields.len / sizeof(field) == LIMIT_FIELDS + 1)
		parse_error_at(p, &name, 0, "an answer has at most %d fields",
		    LIMIT_FIELDS);
	return true;
}

static bool
parse_text_option(
    struct parser *p, const char *word, size_t begin, struct span *to)
{
	struct token value;

	if (!parse_value(p, word, &value))
		return false;
	check_field_value(p, &value);
	*to = parse_keep(p, value.text);
	use_push(p, &p->texts, &value, begin);
	return true;
}

static bool
parse_option(struct parser *p, int which, size_t begin, struct options *o)
{
	struct token word = p->token;

	if (which != OPTION_HEADER && o->seen[which])
		parse_error(p, "%s stands here twice", parse_shown(p).text);
	o->seen[which] = true;
	parse_advance(p);
	switch (which) {
	case OPTION_HEADER:
		return parse_header(p, begin);
	case OPTION_TYPE:
		return parse_text_option(p, "type", begin, &o->set.type);
	case OPTION_REASON:
		return parse_text_option(p, "reason", begin, &o->set.reason);
	case OPTION_DELAY:
		return parse_delay(p, &o->set.delay);
	case OPTION_TEMPLATE:
		o->set.template = true;
		use_push(p, &p->templates, &word, begin);
		return true;
	default:
		o->set.close = true;
		return true;
	}
}

static void
unknown_option(struct parser *p)
{
	struct typo typo = typo_of(p->token.text);

	if (p->token.kind == TOKEN_OPEN) {
		parse_error(p, "a { stands only behind host and seq");
		return;
	}
	if (!parse_at_word(p)) {
		parse_error(p,
		    "%s belongs to nothing: a body stands behind return and "
		    "its status, a value behind its option",
		    parse_shown(p).text);
		return;
	}
	if (parse_glued_close(p))
		return;
	if (parse_which(p, match_words, MATCH_WORDS) >= 0) {
		parse_error(p,
		    "%s says when to answer, so it stands in front of the "
		    "action",
		    parse_shown(p).text);
		return;
	}
	if (parse_which(p, action_words, ACTION_WORDS) >= 0) {
		parse_error(p,
		    "a route has one action: several, each in its turn, stand "
		    "in seq { }");
		return;
	}
	typo_try_all(&typo, option_words, OPTION_WORDS);
	parse_error(p,
	    "%s is no option: header, type, reason, delay, template and close "
	    "are%s%s",
	    parse_shown(p).text, typo_shown(&typo).text,
	    typo.best.p == NULL ? " (a body stands in quotes)" : "");
}

static bool
parse_options(struct parser *p, size_t begin, struct options *o)
{
	int which;

	p->fields.len = 0;
	while (!parse_at_end(p)) {
		which = parse_which(p, option_words, OPTION_WORDS);
		if (which < 0) {
			unknown_option(p);
			return false;
		}
		if (!parse_option(p, which, begin, o))
			return false;
	}
	o->set.nfields = p->fields.len / sizeof(*o->set.fields);
	o->set.fields = parse_alloc(p, p->fields.len);
	if (o->set.fields == NULL)
		o->set.nfields = 0;
	else if (p->fields.len > 0)
		memcpy(o->set.fields, p->fields.data, p->fields.len);
	return true;
}

/* Behind those it has of its own. */
static void
add_fields(struct parser *p, struct action *a, const struct action *set)
{
	struct answer_field *v;

	if (set->nfields == 0)
		return;
	if (a->nfields == 0) {
		a->fields = set->fields;
		a->nfields = set->nfields;
		return;
	}
	v = parse_alloc(p, (a->nfields + set->nfields) * sizeof(*v));
	if (v == NULL)
		return;
	memcpy(v, a->fields, a->nfields * sizeof(*v));
	memcpy(v + a->nfields, set->fields, set->nfields * sizeof(*v));
	a->fields = v;
	a->nfields += set->nfields;
}

/* Where the action does not say it itself. */
static void
apply(struct parser *p, struct action *a, const struct action *set)
{
	if (a->type.p == NULL)
		a->type = set->type;
	if (a->reason.p == NULL)
		a->reason = set->reason;
	if (a->delay.kind == DELAY_NONE)
		a->delay = set->delay;
	a->template = a->template || set->template;
	a->close = a->close || set->close;
	add_fields(p, a, set);
}

bool
parse_answer(struct parser *p, unsigned depth)
{
	struct options o = { .set = { .template = false } };
	size_t begin = action_count(p), i;
	struct action *v;

	if (!parse_action(p, depth) || !parse_options(p, begin, &o))
		return false;
	v = (struct action *)(void *)p->actions.data;
	for (i = begin; i < action_count(p); i++)
		apply(p, &v[i], &o.set);
	return true;
}

/* --- templates ----------------------------------------------------------- */

/* What is in a file nobody knows before it is read. */
bool
action_wants_body(const struct action *a)
{
	size_t i;

	if (!a->template)
		return false;
	for (i = 0; i < a->nfields; i++)
		if (template_wants_body(a->fields[i].value))
			return true;
	return a->kind == ACTION_FILE || template_wants_body(a->body) ||
	    template_wants_body(a->type) || template_wants_body(a->reason);
}

/* Does a { that begins a name stand in it? */
static bool
has_name(struct span s)
{
	size_t i;

	for (i = 0; i + 1 < s.n; i++) {
		if (s.p[i] != '{')
			continue;
		if (s.p[i + 1] == '{')
			i++;
		else if (lex_is_name(span_of(s.p + i + 1, 1)))
			return true;
	}
	return false;
}

static bool
any(const bool *v, size_t begin, size_t end)
{
	while (begin < end && !v[begin])
		begin++;
	return begin < end;
}

/* Which actions have a {name} somewhere: of a file nobody knows. */
static void
mark_names(struct parser *p, const struct route *r, bool *named)
{
	const struct use *texts = (const void *)p->texts.data;
	size_t i, k;

	for (i = 0; i < r->nactions; i++)
		named[i] = r->actions[i].kind == ACTION_FILE;
	for (i = 0; i < p->texts.len / sizeof(*texts); i++)
		if (has_name(texts[i].token.text))
			for (k = texts[i].begin; k < texts[i].end; k++)
				named[k] = true;
}

/* What {word} is a slip of: a word of templates, or a {name} of the path. */
static struct typo
template_typo(const struct route *r, struct span word)
{
	static const char *const words[] = { "query", "header", "body", "json",
		"uuid", "now", "n" };
	const char *dot = memchr(word.p, '.', word.n);
	struct typo typo;
	struct span rest = path_rest(r->path), segment, name;
	bool more = r->path_kind == PATH_PATTERN;

	if (dot != NULL)
		word.n = (size_t)(dot - word.p);
	typo = typo_of(word);
	typo_try_all(&typo, words, sizeof(words) / sizeof(words[0]));
	while (more) {
		more = segment_next(&rest, &segment);
		if (segment_kind_of(segment, &name) != SEGMENT_LITERAL)
			typo_try(&typo, name);
	}
	return typo;
}

static void
check_template(struct parser *p, const struct route *r, const struct token *t)
{
	struct typo typo;
	struct span word;
	size_t at = 0;

	while (template_next_unknown(t->text, r, &at, &word)) {
		typo = template_typo(r, word);
		parse_error_at(p, t, (size_t)(word.p - t->text.p),
		    "a template knows no {%s}%s: the {name}s of the path, "
		    "query.X, header.X, body, json./X, uuid, now and n are "
		    "known, and {{ is a brace",
		    diag_cut(word).text, typo_shown(&typo).text);
	}
}

static bool
is_template(const struct route *r, const struct use *use)
{
	size_t i;

	for (i = use->begin; i < use->end; i++)
		if (r->actions[i].template)
			return true;
	return false;
}

void
parse_templates(struct parser *p, const struct route *r)
{
	const struct use *texts = (const void *)p->texts.data;
	const struct use *options = (const void *)p->templates.data;
	bool *named;
	size_t i;

	if (p->templates.len == 0 || p->no_memory)
		return;
	for (i = 0; i < p->texts.len / sizeof(*texts); i++)
		if (is_template(r, &texts[i]))
			check_template(p, r, &texts[i].token);
	named = parse_alloc(p, r->nactions * sizeof(*named));
	if (named == NULL)
		return;
	mark_names(p, r, named);
	for (i = 0; i < p->templates.len / sizeof(*options); i++)
		if (!any(named, options[i].begin, options[i].end))
			parse_warning(p, &options[i].token, 0,
			    "no {name} stands in what this template is for");
}
