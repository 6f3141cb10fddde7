/*
 * The table of tests/letter/client/: the rows that judge how an answer is
 * read.  Behind a row's name:
 *
 *	? METHOD	was asked, else GET
 *	> BYTES		come, all of them
 *	+ close		the peer closes; `reset`: it resets
 *	< STATUS STATE	what it was: whole, broken, cut, unparsable, or still open;
 *			then the rules it broke, by their names in httperr.h
 *	& CONDITION	on that answer: `Name: value`, `no Name`, where `body`
 *			and `reason` are names too; `persists` or `ends` (the
 *			connection)
 *
 * A row runs with all bytes at once, cut in two at every place, and byte by
 * byte.
 */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "cases.h"
#include "letter.h"
#include "semantics.h"
#include "test.h"

/* The line of that kind; NULL if there is none. */
static const struct letter_line *
line_of(const struct letter_row *row, char kind)
{
	size_t i;

	for (i = 0; i < row->n; i++)
		if (row->lines[i].kind == kind)
			return &row->lines[i];
	return NULL;
}

/* Its lines of bytes as one run. */
static struct bytes
bytes_of(const struct letter_row *row)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < row->n; i++)
		if (row->lines[i].kind == '>')
			text = test_text("%s%s", text, row->lines[i].text);
	return cases_decode(row->where, text, strlen(text));
}

/* "200 whole length-twice" */
static const char *
outcome(const struct answer *a)
{
	static const char *const states[] = {
		[ANSWER_HEAD] = "open",
		[ANSWER_BODY] = "open",
		[ANSWER_WHOLE] = "whole",
		[ANSWER_BROKEN] = "broken",
		[ANSWER_UNPARSABLE] = "unparsable",
		[ANSWER_CUT] = "cut",
	};
	const char *text = test_text("%d %s", a->x->status, states[a->state]);
	int e;

	for (e = 1; e < HTTPERR_COUNT; e++)
		if (httperr_in(a->x->wrong, (enum httperr)e))
			text = test_text(
			    "%s %s", text, httperr_name((enum httperr)e));
	return text;
}

static bool
persists(const struct exchange *x)
{
	struct response_semantics s;
	const char *method = x->request.method;

	response_semantics_of(
	    x->raw.data, x->head, method_find(method, strlen(method)), &s);
	return s.keep_alive;
}

/* The part of an answer that a condition names; p is NULL if it has none. */
static struct span
part(const struct exchange *x, const char *name)
{
	if (strcmp(name, "body") == 0)
		return buf_span(&x->body);
	if (strcmp(name, "reason") == 0)
		return exchange_reason(x);
	return head_value(x->raw.data, x->head, name);
}

/* What the condition asks for, as it is. */
static const char *
fact(const struct exchange *x, const char *text)
{
	const char *colon = strstr(text, ": ");
	const char *name;
	struct span s;

	if (strncmp(text, "no ", 3) == 0)
		return part(x, text + 3).n == 0 ? text : "there";
	if (colon == NULL)
		return persists(x) ? "persists" : "ends";
	name = test_text("%.*s", (int)(colon - text), text);
	s = part(x, name);
	return test_text("%s: %.*s", name, (int)s.n, s.p);
}

static void
judge(const struct letter_row *row, const struct answer *a)
{
	const char *is, *wanted;
	size_t i;

	for (i = 0; i < row->n; i++) {
		wanted = row->lines[i].text;
		if (row->lines[i].kind == '<')
			is = outcome(a);
		else if (row->lines[i].kind == '&')
			is = fact(a->x, wanted);
		else
			continue;
		if (strcmp(is, wanted) != 0)
			letter_fail(row->lines[i].where, "it is: %s", is);
	}
}

static void
release_answer(void *arg)
{
	struct answer *a = arg;
	struct exchange *x = a->x;

	answer_release(a);
	exchange_free(x);
}

static struct answer *
answer_to(const char *method)
{
	struct answer *a = test_alloc(sizeof(*a));
	struct exchange *x = exchange_new();

	x->request.dialect = DIALECT_HTTP;
	x->request.method = strdup(method);
	assert_true(answer_init(a, x));
	test_later(release_answer, a);
	return a;
}

/* The first piece is `first` bytes long, all others `piece`. */
static void
run(const struct letter_row *row, size_t first, size_t piece)
{
	const struct letter_line *asked = line_of(row, '?');
	const struct letter_line *end = line_of(row, '+');
	struct answer *a = answer_to(asked != NULL ? asked->text : "GET");
	struct bytes b = bytes_of(row);
	size_t at, n;

	for (at = 0, n = first; at < b.len; at += n) {
		n = at == 0 ? first : piece;
		if (n > b.len - at)
			n = b.len - at;
		assert_true(answer_read(a, b.data + at, n));
	}
	if (end != NULL)
		answer_eof(a, strcmp(end->text, "reset") == 0);
	judge(row, a);
}

static void
letter(void **state)
{
	const struct letter_row *row = *state;
	size_t n = bytes_of(row).len, cut;

	if (line_of(row, '<') == NULL)
		letter_fail(row->where, "no answer is expected");
	run(row, n, n);
	for (cut = 1; cut < n && n <= 512; cut++)
		run(row, cut, n);
	run(row, 1, 1);
}

int
main(void)
{
	return letter_run("letter/client", "?>+<&", letter, NULL);
}
