/*
 * The examples of routes(5), played against the real retortd.  In the page
 *
 *	.\" example NAME
 *
 * stands in front of a display, which is the file, and lines such as
 *
 *	.\" > GET localhost/
 *	.\" < 200 hello
 *
 * behind it are those of dialog.h.
 */
#include <stdbool.h>
#include <string.h>

#include "cases.h"
#include "dialog.h"
#include "letter.h"
#include "test.h"

#define PAGE TESTS "/../server/routes.5"

enum {
	EXAMPLES_MAX = 64,
	EXAMPLES_MIN = 10
};

struct line {
	char kind;
	const char *text;
	const char *where;
};

struct example {
	const char *name;
	const char *where;
	struct line lines[100];
	size_t n;
};

static struct example examples[EXAMPLES_MAX];
static size_t nexamples;

/* What a line of a literal display stands for (mandoc_char(7)). */
static const char *
displayed(const char *text, const char *where)
{
	static const char *const escapes[][2] = {
		{ "\\e", "\\" },
		{ "\\(aq", "'" },
		{ "\\(dq", "\"" },
		{ "\\&", "" },
	};
	char *out, *to;
	size_t i;

	out = to = test_alloc(strlen(text) + 1);
	while (*text != '\0') {
		if (*text != '\\') {
			*to++ = *text++;
			continue;
		}
		for (i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
			if (strncmp(text, escapes[i][0],
				strlen(escapes[i][0])) == 0)
				break;
		if (i == sizeof(escapes) / sizeof(escapes[0]))
			letter_fail(where, "an unknown escape");
		to = stpcpy(to, escapes[i][1]);
		text += strlen(escapes[i][0]);
	}
	return out;
}

static void
add(struct example *e, char kind, const char *text, const char *where)
{
	if (e == NULL)
		letter_fail(where, "in front of the first example");
	if (e->n == sizeof(e->lines) / sizeof(e->lines[0]))
		letter_fail(where, "too many lines");
	e->lines[e->n++] = (struct line){ kind, text, where };
}

static const char *
behind(const char *text, const char *begin)
{
	size_t n = strlen(begin);

	return strncmp(text, begin, n) == 0 ? text + n : NULL;
}

static void
load(void)
{
	char *rest = cases_bytes(PAGE).data;
	struct example *e = NULL;
	bool ours = false, inside = false;
	const char *text, *where, *name;
	int line = 0;

	while ((text = strsep(&rest, "\n")) != NULL) {
		where = test_text("routes.5:%d", ++line);
		name = behind(text, ".\\\" example ");
		if (name != NULL) {
			if (nexamples == EXAMPLES_MAX)
				letter_fail(where, "too many examples");
			e = &examples[nexamples++];
			e->name = name;
			e->where = where;
			ours = true;
		} else if (behind(text, ".\\\" ") != NULL) {
			add(e, text[4], text[5] == '\0' ? "" : text + 6, where);
		} else if (behind(text, ".Bd -literal") != NULL) {
			inside = ours;
		} else if (strcmp(text, ".Ed") == 0) {
			ours = ours && !inside;
			inside = false;
		} else if (inside) {
			add(e, '|', displayed(text, where), where);
		}
	}
}

static void
example_plays(void **state)
{
	const struct example *e = *state;
	struct dialog *d = dialog_new();
	size_t i;

	for (i = 0; i < e->n; i++)
		dialog_line(
		    d, e->lines[i].kind, e->lines[i].text, e->lines[i].where);
	dialog_end(d, e->where);
}

static void
there_are_enough(void **state)
{
	(void)state;
	assert_true(nexamples >= EXAMPLES_MIN);
}

int
main(void)
{
	struct CMUnitTest tests[EXAMPLES_MAX + 1] = {
		cmocka_unit_test(there_are_enough),
	};
	size_t i;

	load();
	for (i = 0; i < nexamples; i++)
		tests[i + 1] = (struct CMUnitTest){
			.name = examples[i].name,
			.test_func = example_plays,
			.teardown_func = test_end,
			.initial_state = &examples[i],
		};
	test_keep();
	return _cmocka_run_group_tests(
		   "routes(5)", tests, nexamples + 1, NULL, NULL) != 0;
}
