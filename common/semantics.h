/*
 * What a parsed head means: whom it asks, where its body ends (RFC 9112 6),
 * whether the connection goes on (RFC 9112 9).  Pure, allocates nothing.
 */
#ifndef RETORT_SEMANTICS_H
#define RETORT_SEMANTICS_H

#include <stdbool.h>
#include <stdint.h>

#include "head.h"
#include "method.h"
#include "span.h"

enum framing_kind {
	FRAMING_NONE,	 /* no body */
	FRAMING_LENGTH,	 /* `length` bytes */
	FRAMING_CHUNKED, /* until the last chunk */
	FRAMING_CLOSE,	 /* response only: until the connection ends */
};

struct framing {
	enum framing_kind kind;
	uint64_t length;
};

enum target_form {
	TARGET_ORIGIN,	  /* /path?query */
	TARGET_ABSOLUTE,  /* http://host/path?query */
	TARGET_ASTERISK,  /* *, of OPTIONS */
	TARGET_AUTHORITY, /* host:port, of CONNECT; not looked at */
};

struct request_semantics {
	enum method method;
	enum target_form form;
	struct span host;  /* without port and trailing dot; may be empty */
	struct span path;  /* as sent; "/" if the target names none */
	struct span query; /* without "?"; p is NULL if there is none */
	struct framing framing;
	bool path_is_plain; /* of origin-form, without query, "%" and "." */
	bool keep_alive;
	bool expect_continue;
};

struct response_semantics {
	struct framing framing;
	bool keep_alive;
	httperr_set wrong; /* the rules that its head broke by what it means */
};

/* The first rule that the request breaks, else HTTPERR_NONE.  p is what the
 * head was parsed from; spans borrow from it. */
enum httperr request_semantics_of(
    const char *p, const struct head *, struct request_semantics *);

/* Never fails: picks the framing that RFC 9112 6.3 demands, and notes what
 * was broken.  `asked` is the method of the request. */
void response_semantics_of(const char *p, const struct head *,
    enum method asked, struct response_semantics *);

/*
 * The next member of a comma-separated list (RFC 9110 5.6.1), trimmed, empty
 * ones skipped.  *rest shrinks; false at the end.
 */
bool list_next(struct span *rest, struct span *member);

#endif
