/*
 * What the drivers of tests/wire/ share: a test for each file of a folder,
 * where to cut a message, and comparing with what the file says.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "guard.h"
#include "httperr.h"
#include "limit.h"
#include "span.h"
#include "test.h"

/* Add a test a file to v, which has n already; how many there are then. */
static inline size_t
wire_add(
    struct CMUnitTest **v, size_t n, const char *folder, CMUnitTestFunction run)
{
	size_t count, i;
	const char *const *paths = cases_in(folder, &count);

	*v = reallocarray(*v, n + count, sizeof(**v));
	if (*v == NULL)
		abort();
	for (i = 0; i < count; i++)
		(*v)[n + i] = (struct CMUnitTest){
			.name = strstr(paths[i], folder),
			.test_func = run,
			.teardown_func = test_end,
			.initial_state = test_text("%s", paths[i]),
		};
	return n + count;
}

/*
 * Is a message of n bytes worth cutting before byte k?  Short ones everywhere;
 * long ones at both ends, near each limit, and here and there.
 */
static inline bool
wire_cut_here(size_t k, size_t n)
{
	static const size_t limits[] = { LIMIT_CHUNK_LINE, LIMIT_START_LINE,
		LIMIT_HEAD };
	size_t i;

	if (n <= 2048 || k < 64 || n - k < 64 || k % 97 == 0)
		return true;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (k + 4 > limits[i] && k < limits[i] + 4)
			return true;
	return false;
}

/* The next place to cut behind k, at most n. */
static inline size_t
wire_next_cut(size_t k, size_t n)
{
	do
		k++;
	while (k < n && !wire_cut_here(k, n));
	return k;
}

static inline const char *
wire_show(struct span s)
{
	return test_text("%s", test_show(s.p, s.n));
}

/* What the case says `key` is; nothing if it does not say. */
static inline struct span
wire_key(const struct wire_case *c, const char *key)
{
	const struct bytes *value = cases_nth(c, key, 0);

	return value == NULL ? span_of(NULL, 0)
			     : span_of(value->data, value->len);
}

/* If the case says what `key` is, it must be just that. */
static inline void
wire_want(const struct wire_case *c, const char *key, struct span got)
{
	struct span want = wire_key(c, key);

	if (want.p != NULL && !span_eq(got, want))
		test_fail("%s: %s is \"%s\", not \"%s\"", c->path, key,
		    wire_show(got), wire_show(want));
}

static inline void
wire_want_text(const struct wire_case *c, const char *key, const char *got)
{
	wire_want(c, key, span_text(got));
}

/* The same, but a case that does not say means `usual`; `any` leaves it
 * open. */
static inline void
wire_want_or(const struct wire_case *c, const char *key, const char *usual,
    const char *got)
{
	const char *want = cases_get(c, key);

	if (want == NULL)
		want = usual;
	if (strcmp(want, "any") != 0 && strcmp(got, want) != 0)
		test_fail("%s: %s is %s, not %s", c->path, key, got, want);
}

/* The names of what was wrong, in the table's order, a space between. */
static inline const char *
wire_names(httperr_set set)
{
	const char *names = "";
	int e;

	for (e = 1; e < HTTPERR_COUNT; e++)
		if (httperr_in(set, (enum httperr)e))
			names = test_text("%s%s%s", names,
			    names[0] == '\0' ? "" : " ",
			    httperr_name((enum httperr)e));
	return names;
}

static inline size_t
wire_number(const struct wire_case *c, const char *key, size_t usual)
{
	const char *text = cases_get(c, key);

	return text == NULL ? usual : strtoul(text, NULL, 10);
}

/* What the case calls the message: "done", "more" or "bad some-rule". */
static inline const char *
wire_verdict(const struct wire_case *c)
{
	const char *want = cases_get(c, "want");

	if (want == NULL)
		test_fail("%s: no `want:'", c->path);
	return want;
}

static inline bool
wire_is_good(const struct wire_case *c)
{
	return strcmp(wire_verdict(c), "done") == 0;
}

#endif
