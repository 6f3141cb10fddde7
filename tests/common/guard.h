/*
 * Memory in front of a page that may not be touched: bytes put there end
 * flush with it, so that reading one too many is a crash.
 */
#ifndef GUARD_H
#define GUARD_H

#include <sys/mman.h>

#include <string.h>
#include <unistd.h>

#include "test.h"

struct guard {
	char *map;
	size_t size; /* without the forbidden page */
};

static inline void
guard_free(void *arg)
{
	struct guard *g = arg;

	munmap(g->map, g->size + (size_t)sysconf(_SC_PAGESIZE));
}

/* Room for n bytes, until the test's end. */
static inline struct guard *
guard_new(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct guard *g = test_alloc(sizeof(*g));

	g->size = (n + page) / page * page;
	g->map = mmap(NULL, g->size + page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g->map == MAP_FAILED ||
	    mprotect(g->map + g->size, page, PROT_NONE) == -1)
		test_fail("no guarded memory");
	test_later(guard_free, g);
	return g;
}

/* A copy of p[0..n) with nothing behind it. */
static inline const char *
guard_put(struct guard *g, const char *p, size_t n)
{
	char *to = g->map + g->size - n;

	memcpy(to, p, n);
	return to;
}

#endif
