/*
 * Tables of tests that are data, a row a test.
 *
 * The table of tests/letter/: what RFC 9112 and RFC 9110 (and RFC 3986, where
 * they refer to it) demand, a row a requirement, in the order of their
 * sections.  Each row is a test:
 *
 *	9112 2.2 MAY a line ends with CR LF: LF alone is refused
 *	> GET / HTTP/1.1\nHost: test.com\r\n\r\n
 *	< 400 bare-lf close
 *
 * The first line is RFC, section, level and words, and is the test's name.
 * The level is MUST, SHOULD or MAY as the RFC has it, or OURS: what the RFC
 * leaves to us, or a SHOULD that we do not follow, with the reason in words.
 * Each line behind it begins with what it is, a byte and a space; what that
 * means, and which there are, is for the driver: tests/server/test_letter.c
 * and tests/client/test_letter.c.
 *
 * In other tables, as in tests/routes/, a row begins with words alone:
 *
 *	= the first match in file order wins
 *
 * A requirement that does not concern us has a line that says why:
 *
 *	- 9112 2.3 MUST a proxy sends a version of its own: no proxy
 *
 * Empty lines and # comments are skipped.  Bytes are written as in cases.h.
 * Faults fail the test with FILE:LINE.  All memory belongs to the test.
 */
#ifndef LETTER_H
#define LETTER_H

#include <stddef.h>

#include "test.h"

struct letter_line {
	char kind;
	const char *text;  /* behind the space */
	const char *where; /* FILE:LINE */
};

struct letter_row {
	const char *name;
	const char *where;
	struct letter_line *lines;
	size_t n;
};

struct letter {
	struct letter_row *rows;
	size_t n;
};

/* All files of a folder of tests/, whose lines are of these kinds. */
struct letter letter_load(const char *folder, const char *kinds);

/* Run them as the group's tests: run's *state is the row.  The exit code. */
int letter_run(const char *folder, const char *kinds, CMUnitTestFunction run,
    CMFixtureFunction setup);

/* Fail, with a line's place in front. */
void letter_fail(const char *where, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

#endif
