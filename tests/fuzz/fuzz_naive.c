/*
 * Whole requests, body and all: our parsers and the naive one must take each
 * for the same.
 */
#include <err.h>
#include <stdint.h>
#include <stdlib.h>

#include "differ.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *what = differ((const char *)data, size);

	if (what != NULL) {
		warnx("the parsers differ in %s", what);
		abort();
	}
	return 0;
}
