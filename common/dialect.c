#include "dialect.h"

#include "chars.h"
#include "limit.h"

enum dialect
dialect_sniff(const char *p, size_t n)
{
	size_t i = 0;
	int empty;

	for (empty = 0; i < n && empty <= LIMIT_EMPTY_LINES; empty++) {
		if (p[i] == '\n')
			i += 1;
		else if (p[i] != '\r')
			break;
		else if (i + 1 == n)
			return DIALECT_UNDECIDED;
		else if (p[i + 1] == '\n')
			i += 2;
		else
			return DIALECT_HTTP;
	}
	if (empty > LIMIT_EMPTY_LINES)
		return DIALECT_HTTP;
	while (i < n && i < LIMIT_START_LINE && char_is(p[i], CHAR_TOKEN))
		i++;
	if (i == LIMIT_START_LINE)
		return DIALECT_HTTP;
	if (i == n)
		return DIALECT_UNDECIDED;
	return p[i] == ',' ? DIALECT_CLASSIC : DIALECT_HTTP;
}

const char *
dialect_name(enum dialect d)
{
	return d == DIALECT_CLASSIC ? "classic" : "HTTP/1.1";
}
