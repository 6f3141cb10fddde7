#include "oom.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* volatile: compilers take malloc for a function that touches nothing. */
static _Thread_local volatile size_t fail_at;
static _Thread_local volatile size_t count;
static _Thread_local volatile bool failed;

/* Weak, so that a test may be linked with fewer wraps, or with none. */
#define WEAK __attribute__((weak))

WEAK void *__real_malloc(size_t);
WEAK void *__real_calloc(size_t, size_t);
WEAK void *__real_realloc(void *, size_t);
WEAK void *__real_reallocarray(void *, size_t, size_t);
WEAK char *__real_strdup(const char *);
WEAK char *__real_strndup(const char *, size_t);

void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_reallocarray(void *, size_t, size_t);
char *__wrap_strdup(const char *);
char *__wrap_strndup(const char *, size_t);

/* Without the linker's wraps a test of failures would pass by not testing. */
static void
demand_wraps(void)
{
	void *volatile p;

	count = 0;
	p = malloc(1);
	free(p);
	if (count == 0)
		errx(1, "linked without --wrap=malloc: no allocation can fail");
}

void
oom_after(size_t n)
{
	fail_at = 0;
	demand_wraps();
	fail_at = n;
	count = 0;
	failed = false;
}

bool
oom_off(void)
{
	fail_at = 0;
	return failed;
}

size_t
oom_count(void)
{
	return count;
}

static bool
fails(void)
{
	count++;
	if (fail_at == 0 || count != fail_at)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *
__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}
