#include "ui_editor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ui_term.h"

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

static bool
read_all(int fd, struct buf *out)
{
	char chunk[16 * 1024];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && !buf_append(out, chunk, (size_t)n)) {
			errno = EFBIG;
			return false;
		}
	}
	return true;
}

/* The editor's own process: the shell splits $EDITOR as everybody expects. */
static void
become_editor(const char *path)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c",
	    "eval \"${VISUAL:-${EDITOR:-vi}} \\\"\\$1\\\"\"", "sh", path,
	    (char *)NULL);
	_exit(127);
}

/* Its exit status, -1 if it could not be run. */
static int
run(const char *path)
{
	int status = -1;
	pid_t pid;

	term_pause();
	pid = fork();
	if (pid == 0)
		become_editor(path);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	term_resume();
	return pid < 0 ? -1 : status;
}

static bool
edit(int fd, const char *path, struct span text, struct buf *out)
{
	int again;
	bool ok;

	if (!write_all(fd, text))
		return false;
	if (run(path) != 0) {
		errno = ECANCELED;
		return false;
	}
	/* Opened anew: editors put another file in its place. */
	again = open(path, O_RDONLY | O_CLOEXEC);
	if (again < 0)
		return false;
	ok = read_all(again, out);
	close(again);
	return ok;
}

bool
editor_run(struct span text, struct buf *out, char *why, size_t cap)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	bool ok;
	int fd;

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	snprintf(path, sizeof(path), "%s/retort.XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, cap, "%s: %s", path, strerror(errno));
		return false;
	}
	ok = edit(fd, path, text, out);
	if (!ok)
		snprintf(why, cap, "%s: nothing changed",
		    errno == ECANCELED ? "the editor failed" : strerror(errno));
	close(fd);
	unlink(path);
	return ok;
}
