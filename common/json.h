/*
 * JSON (RFC 8259): bytes to JSON, and JSON to tokens, values and text.
 *
 * What is read is read strictly: a text is JSON or it is not, whatever part of
 * it is wanted.  Strings are UTF-8, nothing stands in front of the value or
 * behind it but white space (no byte order mark either), and what is nested
 * deeper than LIMIT_JSON_DEPTH is none.  Nothing allocates, but for the buf
 * that is appended to.
 */
#ifndef RETORT_JSON_H
#define RETORT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "limit.h"
#include "span.h"

enum json_kind {
	JSON_BAD, /* what follows is no JSON; so are all further tokens */
	JSON_END, /* the text was JSON; so are all further tokens */
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,
	JSON_ARRAY_END,
	JSON_NAME, /* a string and its colon; the value is the next token */
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
};

/* What may come next. */
enum json_wants {
	JSON_WANTS_VALUE,
	JSON_WANTS_VALUE_OR_END, /* behind [ */
	JSON_WANTS_NAME,
	JSON_WANTS_NAME_OR_END,	 /* behind { */
	JSON_WANTS_COMMA_OR_END, /* behind a value within another */
	JSON_WANTS_END,		 /* behind the outermost value */
	JSON_WANTS_NOTHING,	 /* it is no JSON */
};

/* A place in a text; the text must outlive it. */
struct json_reader {
	const char *p;
	const char *end;
	enum json_wants wants;
	unsigned depth;
	uint64_t objects[LIMIT_JSON_DEPTH / 64]; /* a bit for each level */
};

void json_reader_init(struct json_reader *, struct span text);

/* The next token; its text is that of a string with its quotes, of a number
 * or a word, or the one bracket. */
enum json_kind json_next(struct json_reader *, struct span *token);

/* Behind a token that begins a value, of that kind: read all of the value, and
 * make the token that.  False if it is no JSON. */
bool json_rest(struct json_reader *, enum json_kind, struct span *token);

/* The whole number that those digits are, in JSON or not; a minus may stand in
 * front.  False if it is none, or beyond INT64_MAX either way. */
bool json_integer(struct span text, int64_t *);

/* Does text consist of one value, whatever is around it being white space? */
bool json_is_valid(struct span text);

/* Is it "" or a run of /name, with ~ only as ~0 and ~1 (RFC 6901)? */
bool json_is_pointer(struct span);

/*
 * The value that a pointer (RFC 6901) names, as it stands in the text: a
 * string has its quotes.  Of names that stand in an object twice the first
 * counts.  False if there is none, and if the text is no JSON.
 */
bool json_find(struct span text, struct span pointer, struct span *value);

/* Append what a string (with its quotes, as above) stands for, as UTF-8; half
 * a surrogate pair becomes U+FFFD.  False, and b untouched, as buf_reserve. */
bool json_append_string(struct buf *, struct span string);

/* A string, quotes included, in which U+0000 to U+00FF stand for one byte
 * each: whatever the bytes are, they can be had back. */
bool json_append_bytes(struct buf *, struct span);

/* And back: append the bytes that such a string (as json_next or json_find
 * gives it) stands for.  False, and b untouched, as buf_reserve, and if it has
 * a character above U+00FF. */
bool json_append_string_bytes(struct buf *, struct span string);

#endif
