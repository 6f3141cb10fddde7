#include "like.h"

#include "chars.h"

enum {
	LIKE_MAX = 1024,  /* bytes of a regular expression */
	LIKE_DEPTH = 32,  /* parentheses in it, one within the other */
	LIKE_SIZE = 2000, /* what its repetitions come to */
};

/*
 * How much a pattern comes to when the C library has copied what is repeated:
 * "a+" is a second a, "(a{9}){9}" are 81, and a compiler that believes it all
 * would not end.  By depth of parentheses: all so far, and the last piece.
 */
struct like_size {
	size_t all[LIKE_DEPTH + 1];
	size_t last[LIKE_DEPTH + 1];
	size_t depth;
};

static void
like_add(struct like_size *z, size_t n)
{
	z->all[z->depth] += n;
	z->last[z->depth] = n;
}

static void
like_repeat(struct like_size *z, size_t n)
{
	if (n == 0)
		return;
	z->all[z->depth] += z->last[z->depth] * (n - 1);
	z->last[z->depth] *= n;
}

/* The bytes of "[...]", where a ] may stand first, and [:classes:] within. */
static size_t
like_bracket(struct span s)
{
	size_t i = 1;
	char kind;

	i += i < s.n && s.p[i] == '^';
	i += i < s.n && s.p[i] == ']';
	for (; i < s.n && s.p[i] != ']'; i++) {
		if (s.p[i] != '[' || i + 1 == s.n ||
		    strchr(":.=", s.p[i + 1]) == NULL)
			continue;
		kind = s.p[i + 1];
		for (i += 2;
		     i + 1 < s.n && !(s.p[i] == kind && s.p[i + 1] == ']'); i++)
			;
		i++;
	}
	return i < s.n ? i + 1 : s.n;
}

/* The greater number of "{m,n}", and its bytes. */
static size_t
like_interval(struct span s, size_t *most)
{
	size_t i, n = 0;

	*most = 0;
	for (i = 1; i < s.n && s.p[i] != '}'; i++) {
		if (!char_is((unsigned char)s.p[i], CHAR_DIGIT)) {
			n = 0;
			continue;
		}
		n = n <= LIKE_SIZE ? n * 10 + (size_t)(s.p[i] - '0') : n;
		if (n > *most)
			*most = n;
	}
	return i < s.n ? i + 1 : s.n;
}

/* One piece of it; how many bytes that is. */
static size_t
like_piece(struct like_size *z, struct span s)
{
	size_t n, most, inner;

	switch (s.p[0]) {
	case '\\':
		like_add(z, 1);
		return s.n > 1 ? 2 : 1;
	case '[':
		like_add(z, 1);
		return like_bracket(s);
	case '(':
		z->depth++;
		if (z->depth <= LIKE_DEPTH)
			z->all[z->depth] = z->last[z->depth] = 0;
		return 1;
	case ')':
		if (z->depth == 0)
			return 1;
		inner = z->all[z->depth--];
		like_add(z, inner + 1);
		return 1;
	case '+':
		like_repeat(z, 2);
		return 1;
	case '{':
		n = like_interval(s, &most);
		like_repeat(z, most);
		return n;
	case '*':
	case '?':
		return 1;
	default:
		like_add(z, 1);
		return 1;
	}
}

static const char *
like_too_much(struct span s)
{
	struct like_size z = { .depth = 0 };
	size_t i;

	for (i = 0; i < s.n;) {
		i += like_piece(&z, span_of(s.p + i, s.n - i));
		if (z.depth > LIKE_DEPTH)
			return "more than 32 parentheses are open at once";
		if (z.all[z.depth] > LIKE_SIZE)
			return "its repetitions come to more than 2000 "
			       "characters";
	}
	return NULL;
}

const char *
like_fault(struct span s)
{
	size_t i;

	if (s.n > LIKE_MAX)
		return "it is longer than 1024 bytes";
	if (memchr(s.p, '\0', s.n) != NULL)
		return "it has a NUL";
	for (i = 0; i + 1 < s.n; i++) {
		if (s.p[i] == '\\' && s.p[i + 1] >= '1' && s.p[i + 1] <= '9')
			return "POSIX extended ones know no \\1 to \\9";
		i += s.p[i] == '\\';
	}
	return like_too_much(s);
}
