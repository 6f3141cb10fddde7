#include "decimal.h"

#include "chars.h"

/* Past this all exponents are the same: no number needs more. */
static const int64_t exponent_max = INT64_C(1000000000000000);

/* How many digits text begins with, taken off it. */
static size_t
take_digits(struct span *text)
{
	size_t n = chars_run(text->p, text->n, CHAR_DIGIT);

	*text = span_of(text->p + n, text->n - n);
	return n;
}

static bool
take(struct span *text, const char *any)
{
	if (text->n == 0 || strchr(any, text->p[0]) == NULL ||
	    text->p[0] == '\0')
		return false;
	*text = span_of(text->p + 1, text->n - 1);
	return true;
}

/* What is behind the mantissa: nothing, or e and a number. */
static bool
take_exponent(struct span *text, int64_t *exponent)
{
	bool negative;
	int64_t v = 0;
	size_t i, n;
	const char *p;

	*exponent = 0;
	if (text->n == 0)
		return true;
	if (!take(text, "eE"))
		return false;
	negative = text->n > 0 && text->p[0] == '-';
	take(text, "+-");
	p = text->p;
	n = take_digits(text);
	for (i = 0; i < n && v < exponent_max; i++)
		v = v * 10 + (p[i] - '0');
	*exponent = negative ? -v : v;
	return n > 0 && text->n == 0;
}

/* Without zeros and the point at both ends. */
static void
strip(struct decimal *d)
{
	struct span s = d->digits;

	for (; s.n > 0 && (s.p[0] == '0' || s.p[0] == '.'); s.p++, s.n--)
		if (s.p[0] == '0')
			d->exponent--;
	while (s.n > 0 && (s.p[s.n - 1] == '0' || s.p[s.n - 1] == '.'))
		s.n--;
	d->digits = s;
	if (s.n == 0) {
		d->negative = false;
		d->exponent = 0;
	}
}

bool
decimal_parse(struct span text, struct decimal *d)
{
	const char *begin;
	size_t whole;

	d->negative = text.n > 0 && text.p[0] == '-';
	take(&text, "-");
	begin = text.p;
	whole = take_digits(&text);
	if (whole == 0 || (whole > 1 && *begin == '0'))
		return false;
	if (take(&text, ".") && take_digits(&text) == 0)
		return false;
	d->digits = span_of(begin, (size_t)(text.p - begin));
	if (!take_exponent(&text, &d->exponent))
		return false;
	d->exponent += (int64_t)whole;
	strip(d);
	return true;
}

/* The next digit; -1 at the end. */
static int
next_digit(const struct decimal *d, size_t *at)
{
	if (*at < d->digits.n && d->digits.p[*at] == '.')
		++*at;
	return *at < d->digits.n ? d->digits.p[(*at)++] : -1;
}

bool
decimal_eq(const struct decimal *a, const struct decimal *b)
{
	size_t i = 0, j = 0;
	int x, y;

	if (a->negative != b->negative || a->exponent != b->exponent)
		return false;
	do {
		x = next_digit(a, &i);
		y = next_digit(b, &j);
	} while (x == y && x >= 0);
	return x == y;
}

uint32_t
decimal_hash(const struct decimal *d)
{
	uint32_t h = (uint32_t)d->exponent * 2 + d->negative;
	size_t at = 0;
	int digit;

	while ((digit = next_digit(d, &at)) >= 0)
		h = (h ^ (uint32_t)digit) * 0x01000193;
	return h;
}
