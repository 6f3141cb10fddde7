#include "ui_editor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
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

/* Its status as wait gives it, -1 and errno if it could not be run. */
static int
run(const char *path)
{
	int status = -1;
	int why;
	pid_t pid;

	term_pause();
	pid = fork();
	why = errno;
	if (pid == 0)
		become_editor(path);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	term_resume();
	errno = why;
	return pid < 0 ? -1 : status;
}

/* As become_editor chooses it. */
static const char *
editor_name(void)
{
	static const char *const names[] = { "VISUAL", "EDITOR" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *name = getenv(names[i]);

		if (name != NULL && name[0] != '\0')
			return name;
	}
	return "vi";
}

/* What a person is told, in the caller's room for it. */
struct why {
	char *text;
	size_t cap;
};

__attribute__((format(printf, 2, 3))) static bool
failed(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, why->cap, fmt, ap);
	va_end(ap);
	return false;
}

/* Only 0 says that the file is to be taken; then is what comes of others. */
static bool
check_status(int status, const char *then, struct why *why)
{
	const char *name = editor_name();

	if (status == 0)
		return true;
	if (status < 0)
		return failed(
		    why, "The editor cannot be started: %s.", strerror(errno));
	if (WIFSIGNALED(status))
		return failed(why, "Signal %d ended the editor '%s'%s.",
		    WTERMSIG(status), name, then);
	/* The shell's word for a command that is not there. */
	if (WEXITSTATUS(status) == 127)
		return failed(why,
		    "There is no editor '%s' here: set EDITOR to one that is.",
		    name);
	return failed(why, "The editor '%s' exited %d%s.", name,
	    WEXITSTATUS(status), then);
}

static bool
edit(int fd, const char *path, struct span text, struct buf *out,
    struct why *why)
{
	int again;
	bool ok;

	if (!write_all(fd, text))
		return failed(why,
		    "The editor's file %s cannot be written: %s; TMPDIR says "
		    "where it is.",
		    path, strerror(errno));
	if (!check_status(run(path), ": nothing changed", why))
		return false;
	/* Opened anew: editors put another file in its place. */
	again = open(path, O_RDONLY | O_CLOEXEC);
	ok = again >= 0 && read_all(again, out);
	if (!ok && errno == EFBIG)
		failed(why,
		    "The editor's text has more than %zu bytes: nothing "
		    "changed.",
		    out->max);
	else if (!ok)
		failed(why, "The editor's file %s cannot be read back: %s.",
		    path, strerror(errno));
	if (again >= 0)
		close(again);
	return ok;
}

bool
editor_run(struct span text, struct buf *out, char *why, size_t cap)
{
	const char *folder = getenv("TMPDIR");
	struct why told = { why, cap };
	char path[4096];
	bool ok;
	int fd;

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	snprintf(path, sizeof(path), "%s/retort.XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return failed(&told,
		    "No file for the editor can be made in %s: %s; TMPDIR says "
		    "where.",
		    folder, strerror(errno));
	ok = edit(fd, path, text, out, &told);
	close(fd);
	unlink(path);
	return ok;
}

bool
editor_open(const char *path, char *why, size_t cap)
{
	struct why told = { why, cap };

	return check_status(run(path), "", &told);
}
