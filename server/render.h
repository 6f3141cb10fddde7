/*
 * An HTTP answer as bytes.
 */
#ifndef RETORTD_RENDER_H
#define RETORTD_RENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "ask.h"
#include "buf.h"
#include "span.h"

/* The bytes at date_at are for whoever sends them to fill in, DATE_LEN of
 * them. */
struct rendered {
	struct span bytes;
	uint32_t date_at; /* 0: there is no Date */
	uint32_t content; /* bytes of the body among them */
	int status;
};

struct action;
struct answer_field;
struct template_data;

/* What a head says.  A field named Content-Type or Date stands for ours. */
struct render {
	int status;
	struct span reason;   /* p is NULL: the registered one */
	struct span type;     /* p is NULL: plain text, if there is content */
	struct span location; /* p is NULL: none */
	const struct answer_field *fields;
	size_t nfields;
	enum persist persist;
	uint64_t length; /* of the content that a GET has */
	bool no_length; /* it answers a HEAD, and nobody knows (RFC 9110 8.6) */
	const struct template_data *fill; /* for what is a template; NULL:
					   * nothing is */
};

/*
 * Append the head up to and with its empty line; *date_at counts from where it
 * begins, 0 if it has no Date of ours.  False if b has no room.
 */
bool render_head(struct buf *b, const struct render *, uint32_t *date_at);

/*
 * Append head and content, whose length it is.  With no_length there is no
 * content.  r->bytes borrows from b, until b grows.  False if b has no room.
 */
bool render_answer(
    struct buf *b, struct render *, struct span content, struct rendered *r);

/* Plain text, as refusals and explanations are. */
bool render_text(struct buf *b, int status, struct span text, enum persist,
    bool bodiless, struct rendered *r);

/* A RETURN or REDIRECT as it stands, for action->ready. */
bool render_action(
    struct buf *b, const struct action *, enum persist, struct rendered *r);

#endif
