#include "chance.h"

#include <math.h>

#include "limit.h"

/* 2^64 divided by the golden ratio. */
#define STEP 0x9e3779b97f4a7c15u

/* The output function of splitmix64, a bijection: no two states have the same
 * successor. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* States of neighbours must not be steps of one another: mixed twice, they
 * stand anywhere on the one cycle of 2^64. */
struct chance
chance_of(uint64_t seed, uint64_t conn)
{
	return (struct chance){ mix(mix(seed + STEP) + conn) };
}

uint64_t
chance_bits(struct chance *c)
{
	c->state += STEP;
	return mix(c->state);
}

double
chance_unit(struct chance *c)
{
	return (double)(chance_bits(c) >> 11) * 0x1p-53;
}

/* Of mean 0 and deviation 1, by Box and Muller.  The other one of the pair is
 * dropped: a generator is one number, and is at the same place each time. */
static double
normal(struct chance *c)
{
	double r = sqrt(-2 * log(1 - chance_unit(c)));

	return r * cos(2 * M_PI * chance_unit(c));
}

static double
draw(const struct delay *d, struct chance *c)
{
	switch (d->kind) {
	case DELAY_NONE:
		break;
	case DELAY_FIXED:
		return d->a;
	case DELAY_UNIFORM:
		return d->a + (d->b - d->a) * chance_unit(c);
	case DELAY_NORMAL:
		return d->a + d->b * normal(c);
	case DELAY_LOGNORMAL:
		return d->a * exp(d->b * normal(c));
	}
	return 0;
}

int64_t
delay_draw(const struct delay *d, struct chance *c)
{
	return (int64_t)fmin(fmax(draw(d, c), 0), TIME_DELAY * 1e3);
}
