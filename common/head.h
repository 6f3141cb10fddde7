/*
 * The head of an HTTP/1.x message: start-line and fields, up to and with the
 * empty line (RFC 9112 2 to 5).
 *
 * A pure function of bytes: allocates nothing, keeps nothing, and any split
 * of the input gives the same head.  Everything found is a slice relative to
 * p, so a head may be copied or moved with its bytes.
 *
 * A request is refused at the first rule it breaks.  A response is read on as
 * far as it can be understood, and what it broke is collected in `wrong`: its
 * reader wants to see it all the same.
 */
#ifndef RETORT_HEAD_H
#define RETORT_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "httperr.h"
#include "limit.h"
#include "method.h"
#include "span.h"

enum parse {
	PARSE_MORE, /* good so far, not whole yet */
	PARSE_DONE,
	PARSE_BAD, /* and no byte to come can mend it */
};

/* What a message means hangs on these.  No two names are equally long, which is
 * how they are told apart. */
#define KNOWN_FIELDS(X)             \
	X(HOST, "Host")             \
	X(EXPECT, "Expect")         \
	X(CONNECTION, "Connection") \
	X(LENGTH, "Content-Length") \
	X(CODING, "Transfer-Encoding")

enum field_kind {
	FIELD_OTHER,
#define X(id, name) FIELD_##id,
	KNOWN_FIELDS(X)
#undef X
};

struct field {
	struct slice name;
	struct slice value; /* without white space at its ends */
	enum field_kind kind;
};

struct head {
	uint32_t start;	     /* the start-line's first byte, past empty lines */
	uint32_t len;	     /* the head's bytes from p, empty lines and all */
	enum method verb;    /* request; METHOD_OTHER: method tells */
	struct slice method; /* request */
	struct slice target; /* request */
	struct slice reason; /* response; may be empty */
	bool target_is_plain; /* of letters, digits, hyphens and slashes; false
			       * says nothing */
	int status;	      /* response */
	uint8_t major;
	uint8_t minor;
	uint8_t nfield;
	uint8_t nknown;
	httperr_set wrong; /* response: the rules it broke */
	struct field field[LIMIT_FIELDS];
	uint8_t known[LIMIT_FIELDS]; /* those that are not FIELD_OTHER */
};

_Static_assert(LIMIT_FIELDS <= UINT8_MAX, "a byte numbers a field");

/*
 * p[0..n) is all that came of the message so far; of it, `scanned` bytes were
 * there when the last call said MORE (0 at first), which keeps input that
 * comes byte by byte linear.  On BAD *why is set, and so are those parts of
 * the start-line that were understood (others are empty slices).
 */
enum parse head_parse_request(
    const char *p, size_t n, size_t scanned, struct head *, enum httperr *why);
enum parse head_parse_response(
    const char *p, size_t n, size_t scanned, struct head *, enum httperr *why);

/* The rules that the trailers of a response broke, read on as its fields are:
 * p[0..n) is what came of them, in the end with the empty line. */
httperr_set trailers_wrong(const char *p, size_t n);

/* The index of the first field of that name at or after `from`; -1 if none.
 * Case-insensitive. */
int head_find(const char *p, const struct head *, int from, const char *name);

/* That field's value; p is NULL in the span if there is none. */
struct span head_value(const char *p, const struct head *, const char *name);

/*
 * One field line without its line end, as in "Name: value".
 * HTTPERR_NONE and both spans, or what is wrong with it.
 */
enum httperr field_parse(
    struct span line, struct span *name, struct span *value);

#endif
