#include "chance.h"

#include <math.h>
#include <stdlib.h>

#include "limit.h"
#include "test.h"

enum {
	MANY = 100000,
	MS = 1000 /* microseconds */
};

/* What is a moment here would be within four deviations of its own in all but
 * one of 16,000 seeds; this seed is one of them, always. */
#define SEED 20261123

struct moments {
	double mean;
	double deviation;
	double skew;
};

static struct moments
moments(const double *v, size_t n)
{
	struct moments m = { 0, 0, 0 };
	size_t i;

	for (i = 0; i < n; i++)
		m.mean += v[i] / (double)n;
	for (i = 0; i < n; i++)
		m.deviation += pow(v[i] - m.mean, 2) / (double)n;
	m.deviation = sqrt(m.deviation);
	for (i = 0; i < n; i++)
		m.skew += pow((v[i] - m.mean) / m.deviation, 3) / (double)n;
	return m;
}

static void
near(const char *what, double is, double right, double by)
{
	if (fabs(is - right) > by)
		test_fail("%s is %f, not %f", what, is, right);
}

/* MANY delays. */
static double *
draws(const struct delay *d, uint64_t conn)
{
	struct chance c = chance_of(SEED, conn);
	double *v = test_alloc(MANY * sizeof(*v));
	size_t i;

	for (i = 0; i < MANY; i++)
		v[i] = (double)delay_draw(d, &c);
	return v;
}

static void
units_are_uniform(void **state)
{
	double *v = test_alloc(MANY * sizeof(*v));
	struct chance c = chance_of(SEED, 1);
	size_t bin[16] = { 0 };
	struct moments m;
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		v[i] = chance_unit(&c);
		assert_true(v[i] >= 0 && v[i] < 1);
		bin[(int)(v[i] * 16)]++;
	}
	m = moments(v, MANY);
	near("mean", m.mean, 0.5, 0.0037);
	near("deviation", m.deviation, 1 / sqrt(12), 0.002);
	for (i = 0; i < 16; i++)
		near("a sixteenth", (double)bin[i], MANY / 16.0, 307);
}

static void
neighbours_have_nothing_in_common(void **state)
{
	double *first = test_alloc(MANY * sizeof(*first));
	double both = 0;
	struct moments m;
	struct chance c;
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		c = chance_of(SEED, i);
		first[i] = chance_unit(&c);
	}
	m = moments(first, MANY);
	near("mean", m.mean, 0.5, 0.0037);
	near("deviation", m.deviation, 1 / sqrt(12), 0.002);
	for (i = 1; i < MANY; i++)
		both += (first[i - 1] - 0.5) * (first[i] - 0.5) * 12 / MANY;
	near("correlation", both, 0, 0.013);
}

static void
can_be_had_again(void **state)
{
	struct chance a = chance_of(7, 3), b = chance_of(7, 3);
	struct chance conn = chance_of(7, 4), seed = chance_of(8, 3);
	struct chance swapped = chance_of(3, 7);
	uint64_t bits;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		bits = chance_bits(&a);
		assert_true(bits == chance_bits(&b));
		assert_true(bits != chance_bits(&conn));
		assert_true(bits != chance_bits(&seed));
		assert_true(bits != chance_bits(&swapped));
	}
}

/* The algorithm is a promise: a run of today can be had with the next
 * version. */
static void
stays_what_it_is(void **state)
{
	struct chance c = { 0 };

	(void)state;
	/* The published first outputs of splitmix64 from state 0. */
	assert_true(chance_bits(&c) == 0xe220a8397b1dcdafu);
	assert_true(chance_bits(&c) == 0x6e789e6aa1b965f4u);
	assert_true(chance_bits(&c) == 0x06c45d188009454fu);
}

static void
none_and_fixed_draw_nothing(void **state)
{
	const struct delay none = { .kind = DELAY_NONE };
	const struct delay fixed = { DELAY_FIXED, 250 * MS, 0 };
	struct chance c = chance_of(SEED, 1);
	uint64_t before = c.state;

	(void)state;
	assert_int_equal(delay_draw(&none, &c), 0);
	assert_int_equal(delay_draw(&fixed, &c), 250 * MS);
	assert_true(c.state == before);
}

static void
uniform_lies_between(void **state)
{
	const struct delay d = { DELAY_UNIFORM, 20 * MS, 120 * MS };
	double *v = draws(&d, 2);
	struct moments m = moments(v, MANY);
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++)
		assert_true(v[i] >= d.a && v[i] <= d.b);
	near("mean", m.mean, 70 * MS, 370);
	near("deviation", m.deviation, 100 * MS / sqrt(12), 200);
	near("skew", m.skew, 0, 0.02);
}

static void
normal_has_mean_and_deviation(void **state)
{
	const struct delay d = { DELAY_NORMAL, 100 * MS, 10 * MS };
	double *v = draws(&d, 3);
	struct moments m = moments(v, MANY);
	size_t i, within = 0;

	(void)state;
	near("mean", m.mean, d.a, 127);
	near("deviation", m.deviation, d.b, 90);
	near("skew", m.skew, 0, 0.031);
	for (i = 0; i < MANY; i++)
		within += fabs(v[i] - d.a) < d.b;
	near("within one deviation", (double)within, 0.6827 * MANY, 590);
}

static void
normal_is_never_below_0(void **state)
{
	const struct delay d = { DELAY_NORMAL, 0, 10 * MS };
	double *v = draws(&d, 4);
	size_t i, zero = 0;

	(void)state;
	for (i = 0; i < MANY; i++) {
		assert_true(v[i] >= 0);
		zero += v[i] < 1;
	}
	near("clipped", (double)zero, MANY / 2.0, 640);
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
lognormal_has_median_and_sigma(void **state)
{
	const struct delay d = { DELAY_LOGNORMAL, 100 * MS, 0.5 };
	double *v = draws(&d, 5);
	struct moments m;
	size_t i;

	(void)state;
	qsort(v, MANY, sizeof(*v), by_size);
	near("median", v[MANY / 2], d.a, 800);
	for (i = 0; i < MANY; i++)
		v[i] = log(v[i]);
	m = moments(v, MANY);
	near("mean of the logarithm", m.mean, log(d.a), 0.0064);
	near("deviation of the logarithm", m.deviation, d.b, 0.0045);
	near("skew of the logarithm", m.skew, 0, 0.031);
}

static void
nothing_is_longer_than_the_ceiling(void **state)
{
	const struct delay d = { DELAY_LOGNORMAL, TIME_DELAY * 1e3, 1000 };
	double *v = draws(&d, 6);
	size_t i, most = 0;

	(void)state;
	for (i = 0; i < MANY; i++) {
		assert_true(v[i] >= 0 && v[i] <= TIME_DELAY * 1e3);
		most += v[i] >= TIME_DELAY * 1e3;
	}
	near("at the ceiling", (double)most, MANY / 2.0, 640);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(units_are_uniform, test_end),
		cmocka_unit_test_teardown(
		    neighbours_have_nothing_in_common, test_end),
		cmocka_unit_test(can_be_had_again),
		cmocka_unit_test(stays_what_it_is),
		cmocka_unit_test(none_and_fixed_draw_nothing),
		cmocka_unit_test_teardown(uniform_lies_between, test_end),
		cmocka_unit_test_teardown(
		    normal_has_mean_and_deviation, test_end),
		cmocka_unit_test_teardown(normal_is_never_below_0, test_end),
		cmocka_unit_test_teardown(
		    lognormal_has_median_and_sigma, test_end),
		cmocka_unit_test_teardown(
		    nothing_is_longer_than_the_ceiling, test_end),
	};

	return cmocka_run_group_tests_name("chance", tests, NULL, NULL);
}
