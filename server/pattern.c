#include "pattern.h"

enum segment_kind
segment_kind_of(struct span s, struct span *name)
{
	*name = span_of(NULL, 0);
	if (s.n < 3 || s.p[0] != '{' || s.p[s.n - 1] != '}')
		return SEGMENT_LITERAL;
	*name = span_of(s.p + 1, s.n - 2);
	if (name->n > 3 && memcmp(s.p + s.n - 4, "...", 3) == 0) {
		name->n -= 3;
		return SEGMENT_REST;
	}
	return SEGMENT_ONE;
}

bool
segment_next(struct span *rest, struct span *segment)
{
	const char *slash = rest->n > 0 ? memchr(rest->p, '/', rest->n) : NULL;

	*segment = *rest;
	if (slash == NULL) {
		*rest = span_of(rest->p + rest->n, 0);
		return false;
	}
	segment->n = (size_t)(slash - rest->p);
	*rest = span_of(slash + 1, rest->n - segment->n - 1);
	return true;
}

bool
pattern_matches(struct span pattern, struct span path)
{
	struct span wanted, got, name;
	bool more, has;

	if (path.n == 0 || path.p[0] != '/')
		return false;
	pattern = path_rest(pattern);
	path = path_rest(path);
	do {
		more = segment_next(&pattern, &wanted);
		switch (segment_kind_of(wanted, &name)) {
		case SEGMENT_REST:
			return true;
		case SEGMENT_ONE:
			has = segment_next(&path, &got);
			if (got.n == 0)
				return false;
			break;
		case SEGMENT_LITERAL:
		default:
			has = segment_next(&path, &got);
			if (!span_eq(wanted, got))
				return false;
		}
		if (more != has)
			return false;
	} while (more);
	return true;
}

struct span
pattern_param(struct span pattern, struct span path, struct span name)
{
	struct span wanted, got, is;
	bool more, has = true;

	pattern = path_rest(pattern);
	path = path_rest(path);
	do {
		more = segment_next(&pattern, &wanted);
		if (segment_kind_of(wanted, &is) == SEGMENT_REST)
			return span_eq(is, name) ? path : span_of(NULL, 0);
		has = segment_next(&path, &got);
		if (is.p != NULL && span_eq(is, name))
			return got;
	} while (more && has);
	return span_of(NULL, 0);
}
