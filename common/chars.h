/*
 * What each byte may be in HTTP's grammar (RFC 9110 5.6, RFC 3986 2).
 */
#ifndef RETORT_CHARS_H
#define RETORT_CHARS_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum chars {
	CHAR_TOKEN = 1 << 0,  /* tchar: methods, names of fields, codings */
	CHAR_FIELD = 1 << 1,  /* field-vchar, obs-text, SP, HTAB */
	CHAR_TARGET = 1 << 2, /* pchar, "/", "?" and "%" */
	CHAR_DIGIT = 1 << 3,
	CHAR_HEX = 1 << 4,
	CHAR_HOST = 1 << 5,	  /* reg-name, without "%" */
	CHAR_PLAIN_PATH = 1 << 6, /* CHAR_TARGET without "%", "?" and "." */
};

extern const uint8_t chars_table[256];

static inline bool
char_is(unsigned char c, enum chars what)
{
	return (chars_table[c] & what) != 0;
}

/* The first byte of p[0..n) that is not of that kind, as an offset; n if
 * all are. */
static inline size_t
chars_run(const char *p, size_t n, enum chars what)
{
	size_t i = 0;

	while (i < n && char_is((unsigned char)p[i], what))
		i++;
	return i;
}

/* Is each byte of p[0..n) of that kind? */
static inline bool
chars_all(const char *p, size_t n, enum chars what)
{
	unsigned all = what;
	size_t i;

	for (i = 0; i < n; i++)
		all &= chars_table[(unsigned char)p[i]];
	return all != 0;
}

/* Many bytes at once, for heads: CHARS_AT_ONCE of them stand at p. */
#ifdef __SSE2__

enum {
	CHARS_AT_ONCE = 16
};

/* A bit for each that is printable ASCII or a space, the lowest for the first.
 * Behind DEL the signed bytes begin anew, with the least of all. */
static inline unsigned
chars_plain_some(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i next = _mm_add_epi8(v, _mm_set1_epi8(1));
	__m128i plain = _mm_cmpgt_epi8(next, _mm_set1_epi8(' '));

	return (unsigned)_mm_movemask_epi8(plain);
}

/* Which of them are one of `n` from `first` on. */
static inline __m128i
chars_range(__m128i v, char first, char n)
{
	__m128i x = _mm_sub_epi8(v, _mm_set1_epi8(first));

	return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8((char)(n - 1))), x);
}

static inline __m128i
chars_letters(__m128i v)
{
	return chars_range(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 26);
}

/* Letters, and from the hyphen to the nine: digits, dot and slash; but one. */
static inline __m128i
chars_path_but(__m128i v, char but)
{
	__m128i digits = chars_range(v, '-', '9' + 1 - '-');

	return _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(but)),
	    _mm_or_si128(chars_letters(v), digits));
}

/* How many are in front of the first that is not. */
static inline size_t
chars_leading(__m128i is)
{
	return (size_t)__builtin_ctz(~(unsigned)_mm_movemask_epi8(is));
}

/* How many at p are letters or hyphens; CHARS_AT_ONCE if all are. */
static inline size_t
chars_words_some(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

	return chars_leading(_mm_or_si128(
	    chars_letters(v), _mm_cmpeq_epi8(v, _mm_set1_epi8('-'))));
}

/* The same of letters, digits, hyphens and dots. */
static inline size_t
chars_names_some(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

	return chars_leading(chars_path_but(v, '/'));
}

/* The same of letters, digits, hyphens and slashes. */
static inline size_t
chars_paths_some(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

	return chars_leading(chars_path_but(v, '.'));
}

#else

enum {
	CHARS_AT_ONCE = 8
};

/* Each byte of w is answered for by its bit 7, which no sum of the lower seven
 * carries out of; the eight are then gathered in the topmost byte. */
static inline unsigned
chars_plain_some(const char *p)
{
	const uint64_t each = UINT64_MAX / 255; /* times a byte: eight of it */
	uint64_t w, low7, del, visible, plain;

	memcpy(&w, p, sizeof(w));
	w = le64toh(w);
	low7 = w & each * 0x7f;
	del = low7 + each * 0x01;
	visible = low7 + each * (0x80 - ' ');
	plain = visible & ~del & ~w & each * 0x80;
	return (unsigned)((plain >> 7) * 0x0102040810204080 >> 56);
}

/* With what else a token, a host or a path may hold, here. */
static inline size_t
chars_words_some(const char *p)
{
	return chars_run(p, CHARS_AT_ONCE, CHAR_TOKEN);
}

static inline size_t
chars_names_some(const char *p)
{
	return chars_run(p, CHARS_AT_ONCE, CHAR_HOST);
}

static inline size_t
chars_paths_some(const char *p)
{
	return chars_run(p, CHARS_AT_ONCE, CHAR_PLAIN_PATH);
}

#endif

/* chars_plain_some of p[0..64). */
static inline uint64_t
chars_plain(const char *p)
{
	uint64_t bits = 0;
	int i;

#pragma GCC unroll 8
	for (i = 0; i < 64; i += CHARS_AT_ONCE)
		bits |= (uint64_t)chars_plain_some(p + i) << i;
	return bits;
}

/* One byte or more, all tchar (RFC 9110 5.6.2). */
bool chars_are_token(const char *p, size_t n);

/* The value of a hexadecimal digit, -1 for any other byte. */
int char_hex(unsigned char c);

#endif
