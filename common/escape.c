#include "escape.h"

#include "utf8.h"

/* clang-format off */
/* Characters that move, hide or reorder others, in order. */
static const struct {
	uint32_t first, last;
} unprintable[] = {
	{ 0x0000, 0x001f },	/* C0 */
	{ 0x007f, 0x009f },	/* DEL and C1 */
	{ 0x00ad, 0x00ad },	/* soft hyphen */
	{ 0x034f, 0x034f },	/* combining grapheme joiner */
	{ 0x061c, 0x061c },	/* Arabic letter mark */
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x17b4, 0x17b5 },	/* Khmer inherent vowels */
	{ 0x180b, 0x180f },	/* Mongolian selectors */
	{ 0x200b, 0x200f },	/* zero-width, bidi marks */
	{ 0x2028, 0x202e },	/* separators, bidi embeddings */
	{ 0x2060, 0x206f },	/* joiner, bidi isolates, deprecated formats */
	{ 0x3164, 0x3164 },	/* Hangul filler */
	{ 0xd800, 0xdfff },	/* surrogates */
	{ 0xe000, 0xf8ff },	/* private use: of unknown width */
	{ 0xfdd0, 0xfdef },	/* noncharacters */
	{ 0xfeff, 0xfeff },	/* byte order mark */
	{ 0xffa0, 0xffa0 },	/* halfwidth Hangul filler */
	{ 0xfff0, 0xfffb },	/* specials, but the replacement character */
	{ 0xfffe, 0xffff },	/* noncharacters */
	{ 0x1bca0, 0x1bca3 },	/* shorthand format controls */
	{ 0x1d173, 0x1d17a },	/* musical format controls */
	{ 0xe0000, 0x10ffff },	/* tags, selectors, private use */
};
/* clang-format on */

bool
escape_is_printable(uint32_t cp)
{
	size_t i;

	if (cp < 0x7f)
		return cp >= 0x20;
	for (i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++) {
		if (cp < unprintable[i].first)
			return (cp & 0xfffe) != 0xfffe;
		if (cp <= unprintable[i].last)
			return false;
	}
	return false;
}

enum {
	ESCAPED_MAX = 16
}; /* four bytes as \xHH */

/* One character, or one byte that begins none, of s into out.  *used says how
 * many bytes of s that was, the answer how many of out. */
static size_t
escape_one(char out[ESCAPED_MAX], struct span s, enum escape how, size_t *used)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t cp = 0;
	size_t len = utf8_decode(s.p, s.n, &cp);
	size_t i, n = 0;
	unsigned char c;

	*used = len > 0 ? len : 1;
	if (len > 0 && escape_is_printable(cp) &&
	    (how == ESCAPE_SCREEN || cp < 0x80)) {
		if (how == ESCAPE_LOG && (cp == '"' || cp == '\\'))
			out[n++] = '\\';
		for (i = 0; i < len; i++)
			out[n++] = s.p[i];
		return n;
	}
	for (i = 0; i < *used; i++) {
		c = s.p[i];
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	return n;
}

bool
escape_append(struct buf *b, struct span s, enum escape how)
{
	char one[ESCAPED_MAX];
	size_t before = b->len;
	size_t n, used;

	while (s.n > 0) {
		n = escape_one(one, s, how, &used);
		if (!buf_append(b, one, n)) {
			b->len = before;
			return false;
		}
		s = span_of(s.p + used, s.n - used);
	}
	return true;
}

size_t
escape_text(char *dst, size_t cap, struct span s, enum escape how)
{
	char one[ESCAPED_MAX];
	size_t n, used, len = 0;

	if (cap == 0)
		return 0;
	while (s.n > 0) {
		n = escape_one(one, s, how, &used);
		if (n >= cap - len)
			break;
		memcpy(dst + len, one, n);
		len += n;
		s = span_of(s.p + used, s.n - used);
	}
	dst[len] = '\0';
	return len;
}
