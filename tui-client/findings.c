#include "findings.h"

#include <string.h>

#include "head.h"
#include "semantics.h"

/* What is looked at. */
struct looked {
	const struct exchange *x;
	const struct head *asked; /* NULL: not sent, or not understood */
	const char *asked_at;
	struct request_semantics request;
	uint64_t sent; /* bytes of the request's body that left */
};

/* --- the request ---------------------------------------------------------- */

static bool
asked_has(const struct looked *l, const char *name)
{
	return head_value(l->asked_at, l->asked, name).p != NULL;
}

static bool
has_content(const struct looked *l)
{
	return l->request.framing.kind == FRAMING_CHUNKED ||
	    l->request.framing.length > 0;
}

static bool
get_with_content(const struct looked *l)
{
	return has_content(l) &&
	    (l->request.method == METHOD_GET ||
		l->request.method == METHOD_HEAD ||
		l->request.method == METHOD_DELETE);
}

static bool
trace_with_content(const struct looked *l)
{
	return has_content(l) && l->request.method == METHOD_TRACE;
}

static bool
content_of_no_type(const struct looked *l)
{
	return has_content(l) && !asked_has(l, "Content-Type");
}

/* All of it left, and of what was not chunked it is not as much as the head
 * says; without a word of it that is nothing (RFC 9112 6.3). */
static bool
is_of_other_length(const struct looked *l)
{
	return l->request.framing.kind != FRAMING_CHUNKED &&
	    l->x->outcome != OUTCOME_FLIGHT && l->x->times.sent >= 0 &&
	    l->sent != l->request.framing.length;
}

static bool
length_is_not_the_content(const struct looked *l)
{
	return is_of_other_length(l) && asked_has(l, "Content-Length");
}

static bool
content_of_no_length(const struct looked *l)
{
	return is_of_other_length(l) && !asked_has(l, "Content-Length");
}

/* --- the answer ----------------------------------------------------------- */

/* What it must not do is in x->wrong, found when it came; this is what it had
 * better do. */

static bool
has(const struct looked *l, const char *name)
{
	return head_value(l->x->raw.data, l->x->head, name).p != NULL;
}

static bool
is(const struct looked *l, int status)
{
	return l->x->status == status;
}

static bool
no_location(const struct looked *l)
{
	return (is(l, 301) || is(l, 302) || is(l, 303) || is(l, 307) ||
		   is(l, 308)) &&
	    !has(l, "Location");
}

static bool
no_date(const struct looked *l)
{
	return l->x->status >= 200 && l->x->status < 500 && !has(l, "Date");
}

static bool
answer_of_no_type(const struct looked *l)
{
	return l->x->body_len > 0 && !has(l, "Content-Type");
}

/* --- all of them ---------------------------------------------------------- */

/* clang-format off */
static const struct {
	enum finding_of of;
	bool (*broken)(const struct looked *);
	const char *section;
	const char *wrong;
	const char *right;
} rules[] = {
	{ FINDING_REQUEST, get_with_content, "RFC 9110 9.3",
	    "content in a GET, HEAD or DELETE means nothing, and servers may refuse it",
	    "send it with POST or PUT" },
	{ FINDING_REQUEST, trace_with_content, "RFC 9110 9.3.8",
	    "a TRACE has content",
	    "send none" },
	{ FINDING_REQUEST, content_of_no_type, "RFC 9110 8.3",
	    "there is content, and no Content-Type says what it is",
	    "add a Content-Type" },
	{ FINDING_REQUEST, length_is_not_the_content, "RFC 9110 8.6",
	    "the Content-Length is not the length of the content",
	    "send as many bytes as were announced" },
	{ FINDING_REQUEST, content_of_no_length, "RFC 9112 6.3",
	    "there is content, and no Content-Length says how much",
	    "add a Content-Length" },
	{ FINDING_ANSWER, no_location, "RFC 9110 15.4",
	    "a redirection does not say where to",
	    "add a Location field" },
	{ FINDING_ANSWER, answer_of_no_type, "RFC 9110 8.3",
	    "there is content, and no Content-Type says what it is",
	    "add a Content-Type" },
	{ FINDING_ANSWER, no_date, "RFC 9110 6.6.1",
	    "there is no Date",
	    "add one, if the server has a clock" },
};
/* clang-format on */

struct list {
	struct finding *out;
	size_t n;
};

static void
add(struct list *list, enum finding_of of, const char *section,
    const char *wrong, const char *right)
{
	if (list->n < FINDINGS_MAX)
		list->out[list->n++] =
		    (struct finding){ of, section, wrong, right };
}

static void
add_error(struct list *list, enum finding_of of, enum httperr e)
{
	add(list, of, httperr_section(e), httperr_wrong(e), httperr_right(e));
}

/* The head as it was sent; and what is wrong with it. */
static void
look_at_request(struct looked *l, struct head *h, struct list *list)
{
	const struct tape *t = &l->x->tape;
	uint64_t gone, all = t->reel[TAPE_OUT].all;
	struct span s = tape_run(t, TAPE_OUT, 0, all, &gone);
	enum httperr why = HTTPERR_NONE;

	if (l->x->request.dialect != DIALECT_HTTP || s.n == 0)
		return;
	if (head_parse_request(s.p, s.n, 0, h, &why) == PARSE_DONE)
		why = request_semantics_of(s.p, h, &l->request);
	else if (why == HTTPERR_NONE)
		return; /* it is not all there */
	if (why != HTTPERR_NONE) {
		add_error(list, FINDING_REQUEST, why);
		return;
	}
	l->asked = h;
	l->asked_at = s.p;
	l->sent = all - h->len;
}

static void
add_rules(const struct looked *l, enum finding_of of, struct list *list)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].of == of && rules[i].broken(l))
			add(list, of, rules[i].section, rules[i].wrong,
			    rules[i].right);
}

size_t
findings_of(const struct exchange *x, const struct seen_end *end,
    struct finding out[FINDINGS_MAX])
{
	struct looked l = { .x = x };
	struct list list = { out, 0 };
	struct head h;

	look_at_request(&l, &h, &list);
	if (l.asked != NULL)
		add_rules(&l, FINDING_REQUEST, &list);
	for (size_t i = 0; end->request != NULL && i < end->request->nerror;
	     i++)
		add(&list, FINDING_SERVER, end->request->error[i].section,
		    end->request->error[i].why, NULL);
	for (enum httperr e = HTTPERR_NONE + 1; e < HTTPERR_COUNT; e++)
		if (httperr_in(x->wrong, e))
			add_error(&list, FINDING_ANSWER, e);
	if (x->head != NULL && x->outcome != OUTCOME_FLIGHT)
		add_rules(&l, FINDING_ANSWER, &list);
	return list.n;
}
