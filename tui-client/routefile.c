#include "routefile.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t basis = 0xcbf29ce484222325; /* of FNV-1a */

static uint64_t
stamp_line(uint64_t stamp, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		stamp = (stamp ^ (unsigned char)p[i]) * 0x100000001b3;
	return stamp;
}

/* Others might never end. */
static FILE *
open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	FILE *f = NULL;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		f = fdopen(fd, "r");
	if (f == NULL && fd >= 0)
		close(fd);
	return f;
}

/* Of all that it holds.  0 if it includes others: what they hold is not
 * looked at, so it is never known to be the same. */
static uint64_t
stamp_of(const char *path)
{
	static const char include[] = "include";
	FILE *f = open_regular(path);
	uint64_t stamp = basis;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (f == NULL)
		return 0;
	while (stamp != 0 && (n = getline(&line, &cap, f)) >= 0) {
		const char *word = line + strspn(line, " \t");

		if (strncmp(word, include, sizeof(include) - 1) == 0)
			stamp = 0;
		else
			stamp = stamp_line(stamp, line, (size_t)n);
	}
	if (ferror(f))
		stamp = 0;
	free(line);
	fclose(f);
	return stamp;
}

void
routefile_ask(struct routefile *r)
{
	r->asked = r->path != NULL ? stamp_of(r->path) : 0;
}

void
routefile_took(struct routefile *r)
{
	r->taken = r->asked;
}

bool
routefile_changed(const struct routefile *r)
{
	return r->taken == 0 || stamp_of(r->path) != r->taken;
}
