/*
 * Numbers by chance that can be had again: a generator per connection, seeded
 * with the table's seed and the connection's number, so that neither the order
 * of connections nor what others ask changes what one of them gets.
 */
#ifndef RETORTD_CHANCE_H
#define RETORTD_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

struct chance chance_of(uint64_t seed, uint64_t conn);

uint64_t chance_bits(struct chance *);

/* Uniform in [0, 1). */
double chance_unit(struct chance *);

/* X(name, as in the routes file, arguments) */
#define DELAYS(X)                \
	X(FIXED, "", 1)          \
	X(UNIFORM, "uniform", 2) \
	X(NORMAL, "normal", 2)   \
	X(LOGNORMAL, "lognormal", 2)

enum delay_kind {
	DELAY_NONE,
#define X(name, word, n) DELAY_##name,
	DELAYS(X)
#undef X
};

/* FIXED: a.  UNIFORM: from a to b.  NORMAL: mean a, deviation b.  LOGNORMAL:
 * median a, sigma b (of the logarithm).  Microseconds, but for sigma. */
struct delay {
	enum delay_kind kind;
	double a;
	double b;
};

/* In microseconds, from 0 to TIME_DELAY (an hour). */
int64_t delay_draw(const struct delay *, struct chance *);

#endif
