/*
 * What each byte may be in HTTP's grammar (RFC 9110 5.6, RFC 3986 2).
 */
#ifndef RETORT_CHARS_H
#define RETORT_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
size_t chars_run(const char *p, size_t n, enum chars what);

/* One byte or more, all tchar (RFC 9110 5.6.2). */
bool chars_are_token(const char *p, size_t n);

/* The value of a hexadecimal digit, -1 for any other byte. */
int char_hex(unsigned char c);

#endif
