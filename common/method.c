#include "method.h"

#include <string.h>

static const struct {
	const char *name;
	size_t n;
} methods[METHOD_COUNT] = {
#define X(name) [METHOD_##name] = { #name, sizeof(#name) - 1 },
	METHODS(X)
#undef X
};

enum method
method_find(const char *p, size_t n)
{
	int i;

	for (i = METHOD_OTHER + 1; i < METHOD_COUNT; i++)
		if (methods[i].n == n && memcmp(methods[i].name, p, n) == 0)
			return i;
	return METHOD_OTHER;
}

const char *
method_name(enum method m)
{
	return methods[m].name;
}
