/*
 * UTF-8, strictly (RFC 3629): no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */
#ifndef RETORT_UTF8_H
#define RETORT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length of the character at p (1 to 4) and its code point in *cp;
 * 0 if p[0..n) begins with none. */
size_t utf8_decode(const char *p, size_t n, uint32_t *cp);

/* Its bytes into out; how many (1 to 4). */
size_t utf8_encode(uint32_t cp, char out[4]);

/* The length of the character that ends at p + n; 1 if that is no character. */
size_t utf8_back(const char *p, size_t n);

#endif
