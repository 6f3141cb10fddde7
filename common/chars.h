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

enum chars {
	CHAR_TOKEN = 1 << 0,  /* tchar: methods, names of fields, codings */
	CHAR_FIELD = 1 << 1,  /* field-vchar, obs-text, SP, HTAB */
	CHAR_TARGET = 1 << 2, /* pchar, "/", "?" and "%" */
	CHAR_DIGIT = 1 << 3,
	CHAR_HEX = 1 << 4,
	CHAR_HOST = 1 << 5, /* reg-name, without "%" */
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

/* The same for CHAR_FIELD, of which there may be much: eight at a time. */
static inline size_t
chars_run_field(const char *p, size_t n)
{
	const uint64_t each = UINT64_MAX / 255; /* times a byte: eight of it */
	uint64_t w, low7, del, visible, bad;
	size_t i;

	for (i = 0; n - i >= sizeof(w); i += sizeof(w)) {
		memcpy(&w, p + i, sizeof(w));
		w = le64toh(w);
		/* Each byte's answer is its bit 7, which no sum of the lower
		 * seven carries out of. */
		low7 = w & each * 0x7f;
		del = low7 + each * 0x01;
		visible = low7 + each * (0x80 - ' ');
		bad = (del | ~visible) & ~w & each * 0x80;
		if (bad == 0)
			continue;
		i += (unsigned)__builtin_ctzll(bad) / 8;
		if (p[i] != '\t')
			return i;
		break;
	}
	return i + chars_run(p + i, n - i, CHAR_FIELD);
}

/* One byte or more, all tchar (RFC 9110 5.6.2). */
bool chars_are_token(const char *p, size_t n);

/* The value of a hexadecimal digit, -1 for any other byte. */
int char_hex(unsigned char c);

#endif
