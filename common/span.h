/*
 * A borrowed run of bytes.  Never freed, never NUL-terminated, gone with
 * whatever it points into.
 */
#ifndef RETORT_SPAN_H
#define RETORT_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *p;
	size_t n;
};

/* A run of bytes inside a head, relative to the head's first byte. */
struct slice {
	uint32_t off;
	uint32_t len;
};

static inline struct span
span_of(const char *p, size_t n)
{
	return (struct span){ p, n };
}

static inline struct span
span_text(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static inline struct span
slice_in(const char *base, struct slice s)
{
	return (struct span){ base + s.off, s.len };
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The same, without a call for the few bytes of a method, path or host. */
static inline bool
span_eq_short(struct span a, struct span b)
{
	uint64_t a8[2], b8[2];
	size_t i;

	if (a.n != b.n || a.n > 16)
		return span_eq(a, b);
	if (a.n < 8) {
		for (i = 0; i < a.n && a.p[i] == b.p[i]; i++)
			;
		return i == a.n;
	}
	memcpy(&a8[0], a.p, 8);
	memcpy(&b8[0], b.p, 8);
	memcpy(&a8[1], a.p + a.n - 8, 8);
	memcpy(&b8[1], b.p + a.n - 8, 8);
	return a8[0] == b8[0] && a8[1] == b8[1];
}

static inline bool
span_is(struct span a, const char *text)
{
	return span_eq(a, span_text(text));
}

/*
 * Case-insensitive in ASCII, as names of fields and hosts are.  Most are either
 * spelled just so or differ in their first letter: strncasecmp costs more.
 */
static inline bool
span_is_nocase(struct span a, const char *text)
{
	if (a.n != strlen(text))
		return false;
	if (a.n == 0 || memcmp(a.p, text, strlen(text)) == 0)
		return true;
	return ((a.p[0] ^ text[0]) & ~0x20) == 0 &&
	    strncasecmp(a.p, text, a.n) == 0;
}

/* Without the spaces and tabs at both ends (OWS, RFC 9110 5.6.3). */
static inline struct span
span_trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s.p++, s.n--;
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

#endif
