#include "chance.h"

#include <string.h>

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

/*
 * The few functions that are needed of reals: to some 12 digits, and the same
 * on every machine, so that a run can be had again on another.  The library of
 * them all would be a fifth of the memory of a server that does nothing.
 */

#define LN2 0.69314718055994530942
#define PI  3.14159265358979323846

/* x = m * 2^k with m near 1. */
static double
split(double x, int *k)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	*k = (int)(bits >> 52) - 1022;
	bits = (bits & 0xfffffffffffff) | (uint64_t)1022 << 52;
	memcpy(&x, &bits, sizeof(x));
	if (x < 0.70710678118654752440) {
		x *= 2;
		--*k;
	}
	return x;
}

/* Of a number above 0: ln(m) is 2 artanh((m - 1) / (m + 1)). */
static double
ln(double x)
{
	int k, i;
	double m = split(x, &k), s = (m - 1) / (m + 1), sum = 0;

	for (i = 19; i > 0; i -= 2)
		sum = sum * s * s + 1.0 / i;
	return 2 * s * sum + k * LN2;
}

/* e^x is 2^k * e^r with a small r; what is out of range is at its end. */
static double
e_to(double x)
{
	double r, sum = 1, power;
	uint64_t bits;
	int k, i;

	x = x > 700 ? 700 : x < -700 ? -700 : x;
	k = (int)(x / LN2 + (x < 0 ? -0.5 : 0.5));
	r = x - k * LN2;
	for (i = 14; i > 0; i--)
		sum = 1 + sum * r / i;
	bits = (uint64_t)(1023 + k) << 52;
	memcpy(&power, &bits, sizeof(power));
	return sum * power;
}

/* Of up to a whole turn, by its series around the half. */
static double
cos_of_turn(double turn)
{
	double x = 2 * PI * (turn - 0.5), sum = 1;
	int i;

	for (i = 28; i > 0; i -= 2)
		sum = 1 - sum * x * x / (i * (i - 1));
	return -sum;
}

static double
root(double x)
{
	return x > 0 ? e_to(ln(x) / 2) : 0;
}

/* Of mean 0 and deviation 1, by Box and Muller.  The other one of the pair is
 * dropped: a generator is one number, and is at the same place each time. */
static double
normal(struct chance *c)
{
	double r = root(-2 * ln(1 - chance_unit(c)));

	return r * cos_of_turn(chance_unit(c));
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
		return d->a * e_to(d->b * normal(c));
	}
	return 0;
}

int64_t
delay_draw(const struct delay *d, struct chance *c)
{
	const double most = TIME_DELAY * 1e3;
	double us = draw(d, c);

	return us > most ? TIME_DELAY * INT64_C(1000)
	    : us > 0	 ? (int64_t)us
			 : 0;
}
