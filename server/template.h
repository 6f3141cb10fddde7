/*
 * Templates: text with {name}s in it.
 *
 *	{name}          a segment of the path, or the rest: see the route
 *	{query.x}       the first x of the query, decoded
 *	{header.x}      the first field of that name
 *	{body}          the request's content
 *	{json./pointer} a value of it: a string decoded, others as they stand
 *	{uuid} {now}    a version 4 UUID; the time as in RFC 3339, UTC
 *	{n}             the route's count, this answer included
 *
 * "{{" is a brace, and so is one behind which no such name stands: JSON can
 * mostly be written as it is.  What is absent is empty.
 */
#ifndef RETORTD_TEMPLATE_H
#define RETORTD_TEMPLATE_H

#include "ask.h"
#include "buf.h"
#include "chance.h"
#include "routes.h"

/* What templates are filled from. */
struct template_data {
	const struct ask *ask;
	const struct route *route;
	struct span path;
	uint64_t n;
	int64_t wall_us; /* since the epoch */
	struct chance *chance;
};

enum template_into {
	TEMPLATE_BODY,
	TEMPLATE_FIELD, /* control characters become spaces */
	TEMPLATE_URI,	/* a field; what may not stand in a URI is encoded */
};

/* Append the text filled in.  False if b has no room. */
bool template_append(struct buf *b, struct span text, enum template_into,
    const struct template_data *);

/*
 * The next {word} of a text that looks like a name and is none (an unknown
 * word, or no {name} of the route's path), for the loader to complain of.
 * False at the end.  *at moves behind it.
 */
bool template_next_unknown(
    struct span text, const struct route *, size_t *at, struct span *word);

/* Does it look at the request's body? */
bool template_wants_body(struct span text);

#endif
