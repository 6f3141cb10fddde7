/*
 * Where a body ends: content-length, chunked and until-close as one small
 * machine that never holds a byte (RFC 9112 6 and 7).
 */
#ifndef RETORT_BODY_H
#define RETORT_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "httperr.h"
#include "semantics.h"
#include "span.h"

/* Where in *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ). */
enum body_ext {
	EXT_GAP, /* white space; only ";" leads on */
	EXT_NAME_GAP,
	EXT_NAME,
	EXT_NAME_END, /* white space; "=" or ";" lead on */
	EXT_VALUE_GAP,
	EXT_VALUE,
	EXT_QUOTED,
	EXT_QUOTED_PAIR,
	EXT_QUOTED_END,
};

enum body_state {
	BODY_IN_DATA, /* content-length */
	BODY_TO_CLOSE,
	BODY_SIZE_FIRST, /* chunked, in the order in which they come */
	BODY_SIZE,
	BODY_EXTENSION,
	BODY_SIZE_LF,
	BODY_CHUNK,
	BODY_CHUNK_CR,
	BODY_CHUNK_LF,
	BODY_TRAILER_START,
	BODY_TRAILER_NAME,
	BODY_TRAILER_VALUE,
	BODY_TRAILER_LF,
	BODY_LAST_LF,
	BODY_ENDED,
};

struct body {
	enum body_state state;
	enum body_ext ext;   /* of BODY_EXTENSION */
	uint64_t left;	     /* bytes to come of the content or the chunk */
	uint32_t line;	     /* bytes of this chunk line, or of all trailers */
	uint32_t extensions; /* bytes of all chunks' */
	uint16_t trailers;
	bool response;
};

enum body_step {
	BODY_MORE, /* all input used up, more is to come */
	BODY_DATA, /* *data is content; call again with what is left.  It is
		    * empty at the last chunk: trailers follow */
	BODY_DONE, /* *used bytes belonged to it; the rest does not */
	BODY_BAD,
};

/* Of a request, whose trailers are checked here; and of a response, whose are
 * read on up to the empty line: trailers_wrong (head.h) tells what they broke. */
void body_init(struct body *, struct framing);
void body_init_response(struct body *, struct framing);

/*
 * Take some of p[0..n): *used says how many bytes.  Loop while it answers
 * BODY_DATA.  *data borrows from p.
 */
enum body_step body_read(struct body *, const char *p, size_t n, size_t *used,
    struct span *data, enum httperr *why);

/* Bytes of content that are to come for certain: of the length, or of the chunk
 * whose size line has been read. */
uint64_t body_announced(const struct body *);

/* The connection ended here: BODY_DONE if that ends the body, else
 * BODY_BAD and HTTPERR_BODY_SHORT. */
enum body_step body_eof(struct body *, enum httperr *why);

#endif
