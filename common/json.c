#include "json.h"

#include <string.h>

#include "chars.h"
#include "utf8.h"

/* --- bytes --- */

/* Bytes that a byte takes in a string: itself, \n, or \u000b. */
static size_t
width(unsigned char c)
{
	if (c == '"' || c == '\\' || c == '\r' || c == '\n' || c == '\t')
		return 2;
	return c >= 0x20 && c < 0x7f ? 1 : 6;
}

static char *
put_pair(char *p, unsigned char c)
{
	*p++ = '\\';
	*p++ = c == '\r' ? 'r' : c == '\n' ? 'n' : c == '\t' ? 't' : (char)c;
	return p;
}

static char *
put_code(char *p, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";

	memcpy(p, "\\u00", 4);
	p[4] = digits[c >> 4];
	p[5] = digits[c & 15];
	return p + 6;
}

/* Measured first: what goes over a wire comes in large pieces. */
bool
json_append_bytes(struct buf *b, struct span s)
{
	const unsigned char *in = (const unsigned char *)s.p;
	size_t i, n = 2;
	char *p;

	for (i = 0; i < s.n; i++)
		n += width(in[i]);
	if (!buf_reserve(b, n))
		return false;
	p = b->data + b->len;
	b->len += n;
	*p++ = '"';
	for (i = 0; i < s.n; i++) {
		switch (width(in[i])) {
		case 1:
			*p++ = (char)in[i];
			break;
		case 2:
			p = put_pair(p, in[i]);
			break;
		default:
			p = put_code(p, in[i]);
		}
	}
	*p = '"';
	return true;
}

/* --- tokens --- */

void
json_reader_init(struct json_reader *r, struct span text)
{
	/* No text may be NULL, to which nothing can be added. */
	r->p = text.n == 0 ? "" : text.p;
	r->end = r->p + text.n;
	r->wants = JSON_WANTS_VALUE;
	r->depth = 0;
}

static enum json_kind
bad(struct json_reader *r)
{
	r->wants = JSON_WANTS_NOTHING;
	return JSON_BAD;
}

/* The byte that comes next, -1 at the end. */
static int
peek(const struct json_reader *r)
{
	return r->p < r->end ? (unsigned char)*r->p : -1;
}

static bool
take(struct json_reader *r, char c)
{
	if (peek(r) != c)
		return false;
	r->p++;
	return true;
}

static void
skip_white(struct json_reader *r)
{
	while (r->p < r->end &&
	    (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
		r->p++;
}

static bool
in_object(const struct json_reader *r)
{
	unsigned level = r->depth - 1;

	return (r->objects[level / 64] >> level % 64 & 1) != 0;
}

/* Behind a bracket. */
static enum json_kind
open_level(struct json_reader *r, bool object)
{
	uint64_t bit = (uint64_t)1 << r->depth % 64;
	uint64_t *word = &r->objects[r->depth / 64];

	if (r->depth == LIMIT_JSON_DEPTH)
		return bad(r);
	*word = object ? *word | bit : *word & ~bit;
	r->depth++;
	r->wants = object ? JSON_WANTS_NAME_OR_END : JSON_WANTS_VALUE_OR_END;
	return object ? JSON_OBJECT : JSON_ARRAY;
}

/* A value is complete. */
static enum json_kind
value_done(struct json_reader *r, enum json_kind kind)
{
	r->wants = r->depth == 0 ? JSON_WANTS_END : JSON_WANTS_COMMA_OR_END;
	return kind;
}

static enum json_kind
close_level(struct json_reader *r)
{
	bool object = in_object(r);

	if (!take(r, object ? '}' : ']'))
		return bad(r);
	r->depth--;
	return value_done(r, object ? JSON_OBJECT_END : JSON_ARRAY_END);
}

/* Behind a backslash. */
static bool
read_escape(struct json_reader *r)
{
	int c = peek(r), i;

	if (c <= 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return false;
	r->p++;
	for (i = 0; c == 'u' && i < 4; i++, r->p++)
		if (r->p == r->end || char_hex((unsigned char)*r->p) < 0)
			return false;
	return true;
}

static bool
read_string(struct json_reader *r)
{
	uint32_t cp;
	size_t used;
	int c;

	if (!take(r, '"'))
		return false;
	while ((c = peek(r)) >= 0x20) {
		if (c < 0x80) {
			r->p++;
			if (c == '"')
				return true;
			if (c == '\\' && !read_escape(r))
				return false;
			continue;
		}
		used = utf8_decode(r->p, (size_t)(r->end - r->p), &cp);
		if (used == 0)
			return false;
		r->p += used;
	}
	return false;
}

static bool
read_digits(struct json_reader *r)
{
	size_t n = chars_run(r->p, (size_t)(r->end - r->p), CHAR_DIGIT);

	r->p += n;
	return n > 0;
}

static bool
read_number(struct json_reader *r)
{
	take(r, '-');
	if (!take(r, '0') && !read_digits(r))
		return false;
	if (take(r, '.') && !read_digits(r))
		return false;
	if (!take(r, 'e') && !take(r, 'E'))
		return true;
	if (!take(r, '+'))
		take(r, '-');
	return read_digits(r);
}

static enum json_kind
read_word(struct json_reader *r, const char *word, enum json_kind kind)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
		return bad(r);
	r->p += n;
	return value_done(r, kind);
}

static enum json_kind
read_value(struct json_reader *r)
{
	switch (peek(r)) {
	case '{':
	case '[':
		return open_level(r, *r->p++ == '{');
	case '"':
		return read_string(r) ? value_done(r, JSON_STRING) : bad(r);
	case 't':
		return read_word(r, "true", JSON_TRUE);
	case 'f':
		return read_word(r, "false", JSON_FALSE);
	case 'n':
		return read_word(r, "null", JSON_NULL);
	default:
		return read_number(r) ? value_done(r, JSON_NUMBER) : bad(r);
	}
}

/* The colon counts for the token, but not for its text. */
static enum json_kind
read_name(struct json_reader *r, struct span *token)
{
	if (!read_string(r))
		return bad(r);
	token->n = (size_t)(r->p - token->p);
	skip_white(r);
	if (!take(r, ':'))
		return bad(r);
	r->wants = JSON_WANTS_VALUE;
	return JSON_NAME;
}

/* What stands here, white space and comma behind us; it begins at token. */
static enum json_kind
read_token(struct json_reader *r, struct span *token)
{
	int c = peek(r);

	switch (r->wants) {
	case JSON_WANTS_NAME_OR_END:
		if (c == '}')
			return close_level(r);
		__attribute__((fallthrough));
	case JSON_WANTS_NAME:
		return read_name(r, token);
	case JSON_WANTS_VALUE_OR_END:
		if (c == ']')
			return close_level(r);
		__attribute__((fallthrough));
	case JSON_WANTS_VALUE:
		return read_value(r);
	case JSON_WANTS_COMMA_OR_END:
		return close_level(r);
	case JSON_WANTS_END:
		return c < 0 ? JSON_END : bad(r);
	case JSON_WANTS_NOTHING:
		break;
	}
	return JSON_BAD;
}

enum json_kind
json_next(struct json_reader *r, struct span *token)
{
	enum json_kind kind;

	skip_white(r);
	if (r->wants == JSON_WANTS_COMMA_OR_END && take(r, ',')) {
		r->wants = in_object(r) ? JSON_WANTS_NAME : JSON_WANTS_VALUE;
		skip_white(r);
	}
	*token = span_of(r->p, 0);
	kind = read_token(r, token);
	if (token->n == 0)
		token->n = (size_t)(r->p - token->p);
	return kind;
}

/* --- values --- */

bool
json_rest(struct json_reader *r, enum json_kind kind, struct span *token)
{
	unsigned outside = r->depth - 1;
	struct span inner;

	if (kind == JSON_BAD)
		return false;
	if (kind == JSON_OBJECT || kind == JSON_ARRAY)
		while (r->depth > outside)
			if (json_next(r, &inner) == JSON_BAD)
				return false;
	token->n = (size_t)(r->p - token->p);
	return true;
}

/* The next value, whole. */
static bool
read_whole(struct json_reader *r, struct span *value)
{
	return json_rest(r, json_next(r, value), value);
}

static bool
read_to_end(struct json_reader *r)
{
	struct span token;
	enum json_kind kind;

	do
		kind = json_next(r, &token);
	while (kind > JSON_END);
	return kind == JSON_END;
}

bool
json_is_valid(struct span text)
{
	struct json_reader r;

	json_reader_init(&r, text);
	return read_to_end(&r);
}

bool
json_integer(struct span text, int64_t *value)
{
	bool negative = text.n > 0 && text.p[0] == '-';
	int64_t v = 0;

	if (text.n == negative)
		return false;
	for (size_t i = negative; i < text.n; i++) {
		int digit = text.p[i] - '0';

		if (digit < 0 || digit > 9 || v > (INT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*value = negative ? -v : v;
	return true;
}

/* --- strings --- */

static uint32_t
hex4(const char *p)
{
	uint32_t v = 0;
	int i;

	for (i = 0; i < 4; i++)
		v = v << 4 | (uint32_t)char_hex((unsigned char)p[i]);
	return v;
}

/* Behind "\u"; *p moves on.  What follows a string's escape is at least its
 * quote. */
static uint32_t
decode_unicode(const char **p)
{
	uint32_t cp = hex4(*p), low;

	*p += 4;
	if (cp < 0xd800 || cp > 0xdfff)
		return cp;
	if (cp < 0xdc00 && (*p)[0] == '\\' && (*p)[1] == 'u') {
		low = hex4(*p + 2);
		if (low >= 0xdc00 && low <= 0xdfff) {
			*p += 6;
			return 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return 0xfffd;
}

/* A byte, or the character that an escape stands for; *p moves on. */
static size_t
decode_some(const char **p, char out[4])
{
	static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
	const char *name;

	out[0] = *(*p)++;
	if (out[0] != '\\')
		return 1;
	out[0] = *(*p)++;
	if (out[0] == 'u')
		return utf8_encode(decode_unicode(p), out);
	name = strchr(names, out[0]);
	if (name != NULL)
		out[0] = values[name - names];
	return 1;
}

bool
json_append_string(struct buf *b, struct span string)
{
	const char *p = string.p + 1, *end = string.p + string.n - 1;
	size_t before = b->len;
	const char *stop;
	char some[4];
	size_t n;

	while (p < end) {
		stop = memchr(p, '\\', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		if (!buf_append(b, p, (size_t)(stop - p)))
			goto out;
		p = stop;
		if (p == end)
			break;
		n = decode_some(&p, some);
		if (!buf_append(b, some, n))
			goto out;
	}
	return true;
out:
	b->len = before;
	return false;
}

/* UTF-8 to a byte for each character, in place.  False if one has no byte. */
static bool
narrow(struct buf *b, size_t from)
{
	unsigned char *p = (unsigned char *)b->data;
	size_t to = from;

	for (; from < b->len; from++) {
		if (p[from] < 0x80) {
			p[to++] = p[from];
			continue;
		}
		if (p[from] > 0xc3)
			return false;
		p[to++] = (unsigned char)(p[from] << 6 | (p[from + 1] & 0x3f));
		from++;
	}
	b->len = to;
	return true;
}

bool
json_append_string_bytes(struct buf *b, struct span string)
{
	size_t before = b->len;

	if (!json_append_string(b, string))
		return false;
	if (narrow(b, before))
		return true;
	b->len = before;
	return false;
}

/* --- pointers --- */

bool
json_is_pointer(struct span s)
{
	size_t i;

	if (s.n > 0 && s.p[0] != '/')
		return false;
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '~' &&
		    (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
			return false;
	return true;
}

/* The next byte that a pointer's token stands for. */
static bool
token_takes(struct span *token, char c)
{
	char want;

	if (token->n == 0)
		return false;
	want = *token->p++;
	token->n--;
	if (want == '~') {
		want = *token->p++ == '0' ? '~' : '/';
		token->n--;
	}
	return want == c;
}

static bool
token_is_name(struct span token, struct span name)
{
	const char *p = name.p + 1, *end = name.p + name.n - 1;
	char some[4];
	size_t i, n;

	while (p < end) {
		n = decode_some(&p, some);
		for (i = 0; i < n; i++)
			if (!token_takes(&token, some[i]))
				return false;
	}
	return token.n == 0;
}

/* RFC 6901 4: digits without a leading zero. */
static bool
token_is_index(struct span token, uint64_t *index)
{
	size_t i;

	*index = 0;
	if (token.n == 0 || token.n > 18 ||
	    (token.n > 1 && token.p[0] == '0') ||
	    chars_run(token.p, token.n, CHAR_DIGIT) != token.n)
		return false;
	for (i = 0; i < token.n; i++)
		*index = *index * 10 + (uint64_t)(token.p[i] - '0');
	return true;
}

/* Behind {: up to the value of that name. */
static bool
enter_member(struct json_reader *r, struct span token)
{
	struct span name, value;

	while (json_next(r, &name) == JSON_NAME) {
		if (token_is_name(token, name))
			return true;
		if (!read_whole(r, &value))
			return false;
	}
	return false;
}

/* Behind [ or an element: is there another? */
static bool
has_element(struct json_reader *r)
{
	skip_white(r);
	return r->wants == JSON_WANTS_VALUE_OR_END ? peek(r) != ']'
						   : peek(r) == ',';
}

/* Behind [: up to that element. */
static bool
enter_element(struct json_reader *r, struct span token)
{
	struct span value;
	uint64_t index;

	if (!token_is_index(token, &index))
		return false;
	for (; has_element(r); index--) {
		if (index == 0)
			return true;
		if (!read_whole(r, &value))
			return false;
	}
	return false;
}

/* From in front of a value to in front of what the token names within it. */
static bool
enter(struct json_reader *r, struct span token)
{
	struct span bracket;

	switch (json_next(r, &bracket)) {
	case JSON_OBJECT:
		return enter_member(r, token);
	case JSON_ARRAY:
		return enter_element(r, token);
	default:
		return false;
	}
}

/* Off the front of a pointer, without its slash. */
static struct span
take_token(struct span *pointer)
{
	struct span token = span_of(pointer->p + 1, pointer->n - 1);
	const char *slash = memchr(token.p, '/', token.n);

	if (slash != NULL)
		token.n = (size_t)(slash - token.p);
	pointer->p += token.n + 1;
	pointer->n -= token.n + 1;
	return token;
}

bool
json_find(struct span text, struct span pointer, struct span *value)
{
	struct json_reader r;
	bool found = json_is_pointer(pointer);

	json_reader_init(&r, text);
	while (found && pointer.n > 0)
		found = enter(&r, take_token(&pointer));
	found = found && read_whole(&r, value);
	return read_to_end(&r) && found;
}
