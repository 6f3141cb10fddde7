#include "method.h"

#include <string.h>

static const char *const methods[METHOD_COUNT] = {
#define X(name) [METHOD_##name] = #name,
	METHODS(X)
#undef X
};

enum method
method_find(const char *p, size_t n)
{
#define X(name)                                                 \
	if (n == sizeof(#name) - 1 && memcmp(p, #name, n) == 0) \
		return METHOD_##name;
	METHODS(X)
#undef X
	return METHOD_OTHER;
}

const char *
method_name(enum method m)
{
	return methods[m];
}
