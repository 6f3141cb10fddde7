#include "body.h"

#include "chars.h"
#include "limit.h"

void
body_init(struct body *b, struct framing f)
{
	static const enum body_state first[] = {
		[FRAMING_NONE] = BODY_ENDED,
		[FRAMING_LENGTH] = BODY_IN_DATA,
		[FRAMING_CHUNKED] = BODY_SIZE_FIRST,
		[FRAMING_CLOSE] = BODY_TO_CLOSE,
	};

	*b = (struct body){ .state = first[f.kind], .left = f.length };
	if (f.kind == FRAMING_LENGTH && f.length == 0)
		b->state = BODY_ENDED;
}

void
body_init_response(struct body *b, struct framing f)
{
	body_init(b, f);
	b->response = true;
}

/* Where byte c leads from `ext`; false if it may not stand there. */
static bool
ext_step(enum body_ext *ext, unsigned char c)
{
	bool space = c == ' ' || c == '\t';
	bool token = char_is(c, CHAR_TOKEN);

	switch (*ext) {
	case EXT_QUOTED_END:
	case EXT_GAP:
		*ext = c == ';' ? EXT_NAME_GAP : EXT_GAP;
		return c == ';' || space;
	case EXT_NAME_GAP:
		*ext = token ? EXT_NAME : EXT_NAME_GAP;
		return token || space;
	case EXT_NAME:
		if (token)
			return true;
		__attribute__((fallthrough));
	case EXT_NAME_END:
		*ext = c == '=' ? EXT_VALUE_GAP
		    : c == ';'	? EXT_NAME_GAP
				: EXT_NAME_END;
		return c == '=' || c == ';' || space;
	case EXT_VALUE_GAP:
		*ext = c == '"' ? EXT_QUOTED
		    : token	? EXT_VALUE
				: EXT_VALUE_GAP;
		return c == '"' || token || space;
	case EXT_VALUE:
		if (token)
			return true;
		*ext = c == ';' ? EXT_NAME_GAP : EXT_GAP;
		return c == ';' || space;
	case EXT_QUOTED:
		*ext = c == '"' ? EXT_QUOTED_END
		    : c == '\\' ? EXT_QUOTED_PAIR
				: EXT_QUOTED;
		return char_is(c, CHAR_FIELD);
	case EXT_QUOTED_PAIR:
		*ext = EXT_QUOTED;
		return char_is(c, CHAR_FIELD);
	}
	return false;
}

static bool
ext_may_end(enum body_ext ext)
{
	return ext == EXT_NAME || ext == EXT_VALUE || ext == EXT_QUOTED_END;
}

static enum httperr
step(struct body *b, enum body_state next)
{
	b->state = next;
	return HTTPERR_NONE;
}

/* The line that says how long a chunk is (RFC 9112 7.1). */
static enum httperr
size_step(struct body *b, unsigned char c)
{
	int digit = char_hex(c);

	if (++b->line > LIMIT_CHUNK_LINE)
		return HTTPERR_CHUNK_LINE;
	if (digit >= 0) {
		if (b->left > UINT64_MAX >> 4)
			return HTTPERR_CHUNK_TOO_LARGE;
		b->left = b->left << 4 | (unsigned)digit;
		return step(b, BODY_SIZE);
	}
	if (b->state == BODY_SIZE_FIRST)
		return HTTPERR_CHUNK_SIZE;
	if (c == '\r')
		return step(b, BODY_SIZE_LF);
	b->ext = EXT_GAP;
	return ext_step(&b->ext, c) ? step(b, BODY_EXTENSION)
				    : HTTPERR_CHUNK_SIZE;
}

static enum httperr
extension_step(struct body *b, unsigned char c)
{
	if (++b->line > LIMIT_CHUNK_LINE)
		return HTTPERR_CHUNK_LINE;
	b->extensions++;
	if (c == '\r' && ext_may_end(b->ext))
		return step(b, BODY_SIZE_LF);
	return ext_step(&b->ext, c) ? HTTPERR_NONE : HTTPERR_CHUNK_LINE;
}

/* The line behind the size has ended: a chunk, or after the last one the
 * trailers. */
static enum httperr
size_end(struct body *b)
{
	b->line = 0;
	return step(b, b->left > 0 ? BODY_CHUNK : BODY_TRAILER_START);
}

/* Those of a response, of which only the end matters here. */
static enum httperr
trailer_skip(struct body *b, unsigned char c)
{
	bool first = b->state == BODY_TRAILER_START;

	if (c == '\n')
		return step(b,
		    first || b->state == BODY_LAST_LF ? BODY_ENDED
						      : BODY_TRAILER_START);
	if (++b->line > LIMIT_TRAILERS)
		return HTTPERR_TRAILERS;
	if (first && c == '\r')
		return step(b, BODY_LAST_LF);
	/* A fold is of the line before it. */
	if (first && c != ' ' && c != '\t' && ++b->trailers > LIMIT_FIELDS)
		return HTTPERR_TRAILERS;
	return step(b, BODY_TRAILER_VALUE);
}

/* Trailers are fields: read and checked (RFC 9112 7.1.2). */
static enum httperr
trailer_step(struct body *b, unsigned char c)
{
	if (++b->line > LIMIT_TRAILERS)
		return HTTPERR_TRAILERS;
	switch (b->state) {
	case BODY_TRAILER_START:
		if (c == '\r')
			return step(b, BODY_LAST_LF);
		if (c == ' ' || c == '\t')
			return HTTPERR_FIELD_FOLD;
		if (!char_is(c, CHAR_TOKEN))
			return HTTPERR_FIELD_NAME;
		if (++b->trailers > LIMIT_FIELDS)
			return HTTPERR_TRAILERS;
		return step(b, BODY_TRAILER_NAME);
	case BODY_TRAILER_NAME:
		if (c == ':')
			return step(b, BODY_TRAILER_VALUE);
		if (c == ' ' || c == '\t')
			return HTTPERR_FIELD_SPACE;
		if (c == '\r')
			return HTTPERR_FIELD_NO_COLON;
		return char_is(c, CHAR_TOKEN) ? HTTPERR_NONE
					      : HTTPERR_FIELD_NAME;
	default:
		if (c == '\r')
			return step(b, BODY_TRAILER_LF);
		return char_is(c, CHAR_FIELD) ? HTTPERR_NONE
					      : HTTPERR_FIELD_VALUE;
	}
}

/* One byte of the framing between pieces of content. */
static enum httperr
frame_step(struct body *b, unsigned char c)
{
	if (b->response && b->state >= BODY_TRAILER_START)
		return trailer_skip(b, c);
	switch (b->state) {
	case BODY_SIZE_FIRST:
		return size_step(b, c);
	case BODY_SIZE:
		return c == '\n' ? HTTPERR_BARE_LF : size_step(b, c);
	case BODY_EXTENSION:
		return c == '\n' ? HTTPERR_BARE_LF : extension_step(b, c);
	case BODY_SIZE_LF:
		return c == '\n' ? size_end(b) : HTTPERR_BARE_CR;
	case BODY_CHUNK_CR:
		return c == '\r' ? step(b, BODY_CHUNK_LF) : HTTPERR_CHUNK_END;
	case BODY_CHUNK_LF:
		return c == '\n' ? step(b, BODY_SIZE_FIRST) : HTTPERR_CHUNK_END;
	case BODY_TRAILER_START:
	case BODY_TRAILER_NAME:
	case BODY_TRAILER_VALUE:
		return c == '\n' ? HTTPERR_BARE_LF : trailer_step(b, c);
	case BODY_TRAILER_LF:
		return c == '\n' ? step(b, BODY_TRAILER_START)
				 : HTTPERR_BARE_CR;
	case BODY_LAST_LF:
		return c == '\n' ? step(b, BODY_ENDED) : HTTPERR_BARE_CR;
	case BODY_IN_DATA:
	case BODY_TO_CLOSE:
	case BODY_CHUNK:
	case BODY_ENDED:
		break;
	}
	return HTTPERR_NONE;
}

static bool
in_content(const struct body *b)
{
	return b->state == BODY_IN_DATA || b->state == BODY_TO_CLOSE ||
	    b->state == BODY_CHUNK;
}

/* As much content as is there. */
static enum body_step
content(
    struct body *b, const char *p, size_t n, size_t *used, struct span *data)
{
	size_t take = n;

	if (b->state != BODY_TO_CLOSE) {
		if (take > b->left)
			take = (size_t)b->left;
		b->left -= take;
	}
	*data = span_of(p, take);
	*used += take;
	if (b->state == BODY_IN_DATA && b->left == 0)
		b->state = BODY_ENDED;
	else if (b->state == BODY_CHUNK && b->left == 0)
		b->state = BODY_CHUNK_CR;
	return BODY_DATA;
}

/* The last chunk has just ended? */
static bool
at_trailers(const struct body *b)
{
	return b->state == BODY_TRAILER_START && b->line == 0;
}

enum body_step
body_read(struct body *b, const char *p, size_t n, size_t *used,
    struct span *data, enum httperr *why)
{
	enum httperr e;

	*used = 0;
	while (b->state != BODY_ENDED) {
		if (*used == n)
			return BODY_MORE;
		if (in_content(b))
			return content(b, p + *used, n - *used, used, data);
		e = frame_step(b, p[*used]);
		if (e != HTTPERR_NONE) {
			*why = e;
			return BODY_BAD;
		}
		++*used;
		if (p[*used - 1] == '\n' && at_trailers(b)) {
			*data = span_of(p + *used, 0);
			return BODY_DATA;
		}
	}
	return BODY_DONE;
}

uint64_t
body_announced(const struct body *b)
{
	return b->state == BODY_IN_DATA || b->state == BODY_CHUNK ? b->left : 0;
}

enum body_step
body_eof(struct body *b, enum httperr *why)
{
	if (b->state == BODY_TO_CLOSE)
		b->state = BODY_ENDED;
	if (b->state == BODY_ENDED)
		return BODY_DONE;
	*why = HTTPERR_BODY_SHORT;
	return BODY_BAD;
}
