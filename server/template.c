#include "template.h"

#include <inttypes.h>

#include "chars.h"
#include "choose.h"
#include "json.h"
#include "match.h"
#include "pattern.h"
#include "wall.h"

/* X(name, as in a text, whether an argument follows) */
#define WORDS(X)                   \
	X(QUERY, "query.", true)   \
	X(HEADER, "header.", true) \
	X(BODY, "body", false)     \
	X(JSON, "json.", true)     \
	X(UUID, "uuid", false)     \
	X(NOW, "now", false)       \
	X(N, "n", false)

enum word_kind {
	WORD_NONE, /* text as it stands; also an unknown word */
	WORD_PARAM,
#define X(name, text, has_arg) WORD_##name,
	WORDS(X)
#undef X
};

/* Text, or a word in its braces. */
struct piece {
	enum word_kind kind;
	bool unknown;
	struct span text; /* what is appended for NONE */
	struct span arg;  /* what it is all about; if unknown, the word */
};

/* --- pieces --- */

static bool
is_param(const struct route *route, struct span word)
{
	struct span rest, segment, name;
	bool more;

	if (route == NULL || route->path_kind != PATH_PATTERN)
		return false;
	rest = path_rest(route->path);
	do {
		more = segment_next(&rest, &segment);
		if (segment_kind_of(segment, &name) != SEGMENT_LITERAL &&
		    span_eq(name, word))
			return true;
	} while (more);
	return false;
}

static bool
arg_is_good(enum word_kind kind, struct span arg)
{
	switch (kind) {
	case WORD_HEADER:
		return chars_are_token(arg.p, arg.n);
	case WORD_JSON:
		return json_is_pointer(arg);
	default:
		return arg.n > 0;
	}
}

static enum word_kind
word_kind_of(struct span word, const struct route *route, struct span *arg)
{
	static const struct {
		const char *text;
		enum word_kind kind;
		bool has_arg;
	} words[] = {
#define X(name, text, has_arg) { text, WORD_##name, has_arg },
		WORDS(X)
#undef X
	};
	size_t i, n;

	*arg = word;
	if (is_param(route, word))
		return WORD_PARAM;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i].text);
		if (word.n < n || memcmp(word.p, words[i].text, n) != 0)
			continue;
		*arg = span_of(word.p + n, word.n - n);
		if (words[i].has_arg ? arg_is_good(words[i].kind, *arg)
				     : arg->n == 0)
			return words[i].kind;
	}
	*arg = word;
	return WORD_NONE;
}

/* Could it be meant as one?  {return x} and {color:red} are not. */
static bool
looks_like_word(struct span s)
{
	size_t i;
	char c;

	for (i = 0; i < s.n; i++) {
		c = s.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '_')
			continue;
		if (i == 0 ||
		    (!char_is((unsigned char)c, CHAR_DIGIT) &&
			strchr("-./~", c) == NULL))
			return false;
	}
	return s.n > 0;
}

/* What stands behind a brace, up to the one that ends it; p is NULL if none
 * does.  Stops at the next brace, so that a whole text is looked at twice. */
static struct span
word_behind(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q != '{' && *q != '}' && (unsigned char)*q >= ' ')
		q++;
	if (q == end || *q != '}')
		return span_of(NULL, 0);
	return span_of(p, (size_t)(q - p));
}

/* From *at, which is not the end and moves on. */
static struct piece
next_piece(struct span text, const struct route *route, size_t *at)
{
	const char *p = text.p + *at, *end = text.p + text.n;
	struct piece piece = { .text = { p, 1 } };
	const char *brace;
	struct span word;

	if (*p != '{') {
		brace = memchr(p, '{', (size_t)(end - p));
		piece.text.n = (size_t)((brace == NULL ? end : brace) - p);
		*at += piece.text.n;
		return piece;
	}
	if (end - p > 1 && p[1] == '{') {
		*at += 2;
		return piece;
	}
	word = word_behind(p + 1, end);
	if (word.p != NULL) {
		piece.kind = word_kind_of(word, route, &piece.arg);
		piece.unknown =
		    piece.kind == WORD_NONE && looks_like_word(word);
		piece.text.n = word.n + 2;
	}
	*at += piece.text.n;
	return piece;
}

bool
template_next_unknown(
    struct span text, const struct route *route, size_t *at, struct span *word)
{
	struct piece piece;

	while (*at < text.n) {
		piece = next_piece(text, route, at);
		if (piece.unknown) {
			*word = piece.arg;
			return true;
		}
	}
	return false;
}

bool
template_wants_body(struct span text)
{
	struct piece piece;
	size_t at = 0;

	while (at < text.n) {
		piece = next_piece(text, NULL, &at);
		if (piece.kind == WORD_BODY || piece.kind == WORD_JSON)
			return true;
	}
	return false;
}

/* --- values --- */

/* In a normal path %2F and %25 alone are encoded still (url.h). */
static bool
append_param(struct buf *b, struct span s)
{
	const char *mark;
	size_t n;

	while (s.n > 0) {
		mark = memchr(s.p, '%', s.n);
		n = mark == NULL ? s.n : (size_t)(mark - s.p);
		if (!buf_append(b, s.p, n))
			return false;
		s = span_of(s.p + n, s.n - n);
		if (s.n < 3)
			return buf_append_span(b, s);
		if (!buf_append(b, s.p[2] == '5' ? "%" : "/", 1))
			return false;
		s = span_of(s.p + 3, s.n - 3);
	}
	return true;
}

static bool
append_query(struct buf *b, const struct ask *ask, struct span wanted)
{
	char room[LIMIT_START_LINE];
	struct span rest = ask->query, name, value;

	while (query_next(&rest, room, &name, &value))
		if (span_eq(name, wanted))
			return buf_append_span(b, value);
	return true;
}

static bool
append_header(struct buf *b, const struct ask *ask, struct span wanted)
{
	const struct field *f, *end;

	if (ask->head == NULL)
		return true;
	end = ask->head->field + ask->head->nfield;
	for (f = ask->head->field; f < end; f++)
		if (f->name.len == wanted.n &&
		    strncasecmp(ask->base + f->name.off, wanted.p, wanted.n) ==
			0)
			return buf_append_span(
			    b, slice_in(ask->base, f->value));
	return true;
}

static bool
append_json(struct buf *b, const struct ask *ask, struct span pointer)
{
	struct span value;

	if (!json_find(ask->content, pointer, &value))
		return true;
	if (value.p[0] == '"')
		return json_append_string(b, value);
	return buf_append_span(b, value);
}

/* RFC 9562 5.4. */
static bool
append_uuid(struct buf *b, struct chance *chance)
{
	uint64_t hi = chance_bits(chance), lo = chance_bits(chance);

	return buf_printf(b, "%08x-%04x-4%03x-%04x-%012" PRIx64,
	    (unsigned)(hi >> 32), (unsigned)(hi >> 16 & 0xffff),
	    (unsigned)(hi & 0xfff), (unsigned)(0x8000 | (lo >> 48 & 0x3fff)),
	    lo & 0xffffffffffff);
}

static bool
append_now(struct buf *b, int64_t wall_us)
{
	const struct wall w = { .now = wall_us, .real = wall_us };
	char text[WALL_ISO_LEN + 1];

	wall_iso(&w, wall_us, text);
	return buf_append_text(b, text);
}

static bool
append_piece(
    struct buf *b, const struct piece *p, const struct template_data *data)
{
	switch (p->kind) {
	case WORD_NONE:
		break;
	case WORD_PARAM:
		return append_param(
		    b, route_param(data->route, data->path, p->arg));
	case WORD_QUERY:
		return append_query(b, data->ask, p->arg);
	case WORD_HEADER:
		return append_header(b, data->ask, p->arg);
	case WORD_BODY:
		return buf_append_span(b, data->ask->content);
	case WORD_JSON:
		return append_json(b, data->ask, p->arg);
	case WORD_UUID:
		return append_uuid(b, data->chance);
	case WORD_NOW:
		return append_now(b, data->wall_us);
	case WORD_N:
		return buf_printf(b, "%" PRIu64, data->n);
	}
	return buf_append_span(b, p->text);
}

/* RFC 9110 5.5: nothing in it may end a field, or begin another. */
static void
make_field(char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!char_is((unsigned char)p[i], CHAR_FIELD))
			p[i] = ' ';
}

/* May the byte at i stand in a URI as it is (RFC 3986 2)?  What is encoded
 * already may. */
static bool
is_of_uri(const struct buf *b, size_t i)
{
	unsigned char c = (unsigned char)b->data[i];

	if (c != '%')
		return char_is(c, CHAR_TARGET);
	return i + 2 < b->len && char_hex(b->data[i + 1]) >= 0 &&
	    char_hex(b->data[i + 2]) >= 0;
}

/* Percent-encode what stands behind `from`.  False if b has no room. */
static bool
make_uri(struct buf *b, size_t from)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i, to, n = 0;
	unsigned char c;

	for (i = from; i < b->len; i++)
		n += !is_of_uri(b, i);
	if (n == 0)
		return true;
	if (!buf_reserve(b, 2 * n))
		return false;
	for (i = b->len, to = b->len + 2 * n; i-- > from;) {
		c = (unsigned char)b->data[i];
		if (is_of_uri(b, i)) {
			b->data[--to] = (char)c;
			continue;
		}
		b->data[--to] = digits[c & 15];
		b->data[--to] = digits[c >> 4];
		b->data[--to] = '%';
	}
	b->len += 2 * n;
	return true;
}

bool
template_append(struct buf *b, struct span text, enum template_into into,
    const struct template_data *data)
{
	size_t before = b->len, at = 0, from;
	struct piece piece;
	bool ok = true;

	while (ok && at < text.n) {
		piece = next_piece(text, data->route, &at);
		from = b->len;
		ok = append_piece(b, &piece, data);
		if (ok && into == TEMPLATE_URI && piece.kind != WORD_NONE)
			ok = make_uri(b, from);
	}
	if (!ok) {
		b->len = before;
		return false;
	}
	if (into != TEMPLATE_BODY && b->len > before)
		make_field(b->data + before, b->len - before);
	return true;
}
