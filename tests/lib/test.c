#include "test.h"

#include <sys/resource.h>

#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHOW_MAX 400
#define SHOW_ONE 5 /* "\\xff" and its NUL */

struct later {
	void (*fn)(void *);
	void *arg;
};

static struct later *laters;
static size_t nlaters;
static size_t nkept;
static const char *at_file = "tests/lib";
static int at_line;

void
test_at(const char *file, int line)
{
	at_file = file;
	at_line = line;
}

void
test_fail(const char *fmt, ...)
{
	va_list ap;
	char *text, *rest, *line;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	/* By lines: cmocka cuts its first piece at 1 kB. */
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL)
		print_error("%s\n", line);
	free(text);
	_fail(at_file, at_line);
	abort();
}

void
test_later(void (*fn)(void *), void *arg)
{
	struct later *p;

	p = reallocarray(laters, nlaters + 1, sizeof(*p));
	if (p == NULL)
		abort();
	laters = p;
	laters[nlaters++] = (struct later){ fn, arg };
}

void
test_never(void (*fn)(void *), void *arg)
{
	size_t i = nlaters;

	while (i-- > 0) {
		if (laters[i].fn != fn || laters[i].arg != arg)
			continue;
		memmove(&laters[i], &laters[i + 1],
		    (nlaters - i - 1) * sizeof(*laters));
		nlaters--;
		if (i < nkept)
			nkept--;
		return;
	}
}

static void
unwind(size_t until)
{
	struct later l;

	while (nlaters > until) {
		l = laters[--nlaters];
		l.fn(l.arg);
	}
}

int
test_end(void **state)
{
	(void)state;
	unwind(nkept);
	return 0;
}

static void
end_kept(void)
{
	nkept = 0;
	unwind(0);
	free(laters);
	laters = NULL;
}

void
test_keep(void)
{
	if (nkept == 0)
		atexit(end_kept);
	nkept = nlaters;
}

void *
test_alloc(size_t n)
{
	void *p = calloc(1, n == 0 ? 1 : n);

	if (p == NULL)
		abort();
	test_later(free, p);
	return p;
}

char *
test_text(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	test_later(free, text);
	return text;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void
remove_folder(void *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(path);
}

const char *
test_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path;

	if (asprintf(&path, "%s/retort-XXXXXX", tmp == NULL ? "/tmp" : tmp) < 0)
		abort();
	if (mkdtemp(path) == NULL)
		test_fail("%s: %s", path, strerror(errno));
	test_later(remove_folder, path);
	return path;
}

void
test_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		test_fail("%s: %s", path, strerror(errno));
}

const char *
test_file(const char *name, const char *text)
{
	const char *path = test_text("%s/%s", test_folder(), name);

	test_write(path, text);
	return path;
}

void
test_limit_files(long n)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
		test_fail("getrlimit: %s", strerror(errno));
	limit.rlim_cur = n < 0 ? limit.rlim_max : (rlim_t)n;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		test_fail("setrlimit: %s", strerror(errno));
}

int64_t
test_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
test_left(int64_t until)
{
	int64_t left = until - test_now();

	return left > 0 ? (int)left : 0;
}

const char *
test_show(const char *data, size_t len)
{
	static char text[SHOW_MAX * (SHOW_ONE - 1) + 64];
	static const char named[] = "\r\n\t\033";
	size_t i, n = 0, first = len > SHOW_MAX ? len - SHOW_MAX : 0;
	const char *name;

	if (first > 0)
		n = (size_t)snprintf(
		    text, sizeof(text), "[%zu bytes, the last:] ", len);
	text[n] = '\0';
	for (i = first; i < len; i++) {
		unsigned char c = (unsigned char)data[i];
		char *at = text + n;

		name = c == '\0' ? NULL : strchr(named, c);
		if (name != NULL)
			n += (size_t)snprintf(
			    at, SHOW_ONE, "\\%c", "rnte"[name - named]);
		else if (isprint(c))
			n += (size_t)snprintf(at, SHOW_ONE, "%c", c);
		else
			n += (size_t)snprintf(at, SHOW_ONE, "\\x%02x", c);
	}
	return text;
}
