#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* False and errno if it is too long. */
static bool
expand(const char *path, char out[PATH_MAX])
{
	const char *home = getenv("HOME");
	int n;

	if (path[0] == '~' && path[1] == '/' && home != NULL)
		n = snprintf(out, PATH_MAX, "%s%s", home, path + 1);
	else
		n = snprintf(out, PATH_MAX, "%s", path);
	errno = ENAMETOOLONG;
	return n >= 0 && n < PATH_MAX;
}

static bool
write_all(int fd, struct span s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			s = span_of(s.p + n, s.n - (size_t)n);
	}
	return true;
}

enum outfile
outfile_write(const char *path, struct span bytes, char *why, size_t cap)
{
	char full[PATH_MAX];
	int fd = -1, saved;
	bool ok;

	why[0] = '\0';
	if (expand(path, full))
		fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) {
		snprintf(why, cap,
		    "nothing is overwritten: %s is there already; another "
		    "name?",
		    path);
		return OUTFILE_THERE;
	}
	ok = fd >= 0 && write_all(fd, bytes);
	saved = errno;
	/* Some say only here that the disk is full. */
	if (fd >= 0 && close(fd) != 0 && ok) {
		saved = errno;
		ok = false;
	}
	if (ok)
		return OUTFILE_DONE;
	if (fd >= 0)
		unlink(full);
	snprintf(
	    why, cap, "%s cannot be written: %s", path, strerrordesc_np(saved));
	return OUTFILE_FAILED;
}
