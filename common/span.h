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

/* The first n bytes and the last n, which may overlap. */
static inline bool
span_ends_eq(struct span a, struct span b, size_t n)
{
	return memcmp(a.p, b.p, n) == 0 &&
	    memcmp(a.p + a.n - n, b.p + b.n - n, n) == 0;
}

/* The same, without a call or a loop for the few bytes of a method, path or
 * host. */
static inline bool
span_eq_short(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	if (a.n > 16)
		return span_eq(a, b);
	if (a.n >= 8)
		return span_ends_eq(a, b, 8);
	if (a.n >= 4)
		return span_ends_eq(a, b, 4);
	return a.n == 0 ||
	    (span_ends_eq(a, b, 1) && a.p[a.n / 2] == b.p[a.n / 2]);
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

static inline bool
span_eq_nocase(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
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
