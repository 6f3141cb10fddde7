/*
 * Numbers as JSON writes them (RFC 8259 6), compared exactly: 17, 17.0 and
 * 1.7e1 are the same, 9007199254740993 and 9007199254740992 are not.
 */
#ifndef RETORTD_DECIMAL_H
#define RETORTD_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

/* 0.DIGITS times ten to the power of `exponent`. */
struct decimal {
	bool negative;
	int64_t exponent;
	struct span digits; /* perhaps with a point; no zeros at the ends */
};

/* False if the text is no such number.  It borrows from the text. */
bool decimal_parse(struct span text, struct decimal *);

bool decimal_eq(const struct decimal *, const struct decimal *);

/* The same for numbers that are the same. */
uint32_t decimal_hash(const struct decimal *);

#endif
