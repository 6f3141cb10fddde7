/*
 * Test cases as data: files of a folder, and the format of tests/wire/.
 *
 * A case file is one message.  First what is known about it, then a line of
 * three dashes, then the message:
 *
 *	# A Host that a parser might split at the wrong colon.
 *	expect: ok
 *	host: [::1]:8080
 *	---
 *	GET / HTTP/1.1\r\n
 *	Host: [::1]:8080\r\n
 *	\r\n
 *
 * Above the dashes: empty lines, # comments, and "key: value" lines; a key may
 * come again.  In a value too, the escapes below are decoded.
 * Below: a newline of the file counts for nothing, so that each byte is
 * explicit; spaces and # are themselves; \r \n \t \\ \0 and \xHH are the bytes
 * they name.  Any other backslash is a fault in the file.
 * \*NUMBER{text} stands for text NUMBER times, escapes in it decoded: for
 * messages at a limit.  The text holds no brace.
 *
 * Faults fail the test with FILE:LINE.  All memory belongs to the test.
 */
#ifndef CASES_H
#define CASES_H

#include <stddef.h>

#include "test.h"

struct case_key {
	const char *key;
	struct bytes value;
};

struct wire_case {
	const char *path;
	const char *name; /* the path's last part */
	struct case_key *keys;
	size_t nkeys;
	struct bytes bytes; /* the message */
};

/*
 * The paths of a folder's files, sorted, NULL behind the last; dot-files are
 * left out.  The folder is one of tests/, as in cases_in("wire/request", &n).
 * One without files fails the test.
 */
const char *const *cases_in(const char *folder, size_t *n);

/* A file's bytes as they stand. */
struct bytes cases_bytes(const char *path);

/* A file in the format above. */
struct wire_case *cases_load(const char *path);

/* One run of bytes in the notation of a message.  A fault names `where`. */
struct bytes cases_decode(const char *where, const char *text, size_t n);

/* The value of a key, NULL if it is not there; the nth one (from 0) of many. */
const char *cases_get(const struct wire_case *c, const char *key);
const struct bytes *cases_nth(
    const struct wire_case *c, const char *key, size_t nth);

#endif
