#define TEST_LIB
#include "proc.h"

#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_LEN 65536
#define ARGS_MAX     32

/* Under a sanitizer and beside three others a start can take this long. */
#define START_MS 10000
#define STOP_MS	 5000

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
proc_end(void *arg)
{
	struct proc *p = arg;

	kill(-p->pid, SIGKILL);
	if (!p->reaped) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, NULL, 0);
	}
	shut(&p->in);
	shut(&p->out);
	shut(&p->err);
	shut(&p->pidfd);
	free(p->line.data);
	free(p);
}

/* In the child: nothing of the test's but the three descriptors. */
static void
child(const struct proc_how *how, const char *const argv[], int fd[3],
    pid_t parent)
{
	sigset_t none;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	for (i = 0; i < 3; i++)
		if (dup2(fd[i], i) < 0)
			_exit(127);
	if (how->env != NULL)
		environ = (char **)(uintptr_t)how->env;
	execvp(argv[0], (char **)(uintptr_t)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* The child's end of a stream, and ours: a file, or a pipe. */
static int
stream(const char *path, bool input, int *ours)
{
	int fds[2], fd;

	*ours = -1;
	if (path != NULL) {
		fd = open(path,
		    O_CLOEXEC |
			(input ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC),
		    0600);
		if (fd < 0)
			test_fail("%s: %s", path, strerror(errno));
		return fd;
	}
	if (pipe2(fds, O_CLOEXEC) < 0)
		test_fail("pipe: %s", strerror(errno));
	*ours = fds[input];
	return fds[!input];
}

struct proc *
proc_start(const struct proc_how *how, const char *const argv[])
{
	static const struct proc_how usual;
	struct proc *p = calloc(1, sizeof(*p));
	pid_t parent = getpid();
	int fd[3], i;

	if (p == NULL)
		abort();
	if (how == NULL)
		how = &usual;
	signal(SIGPIPE, SIG_IGN);
	p->name = argv[0];
	fd[0] = stream(how->in, true, &p->in);
	fd[1] = stream(how->out, false, &p->out);
	p->err = memfd_create("stderr", MFD_CLOEXEC);
	fd[2] = fcntl(p->err, F_DUPFD_CLOEXEC, 3);
	p->pid = fork();
	if (p->pid == 0)
		child(how, argv, fd, parent);
	for (i = 0; i < 3; i++)
		close(fd[i]);
	if (p->pid < 0)
		test_fail("fork: %s", strerror(errno));
	setpgid(p->pid, p->pid);
	p->pidfd = pidfd_open(p->pid, 0);
	test_later(proc_end, p);
	return p;
}

const char *
proc_err(struct proc *p)
{
	off_t n = lseek(p->err, 0, SEEK_END);
	char *text = test_alloc((size_t)(n > 0 ? n : 0) + 1);

	if (n > 0 && pread(p->err, text, (size_t)n, 0) < 0)
		text[0] = '\0';
	return text;
}

static bool
ready(int fd, short events, int64_t until)
{
	struct pollfd f = { .fd = fd, .events = events };
	int r;

	do
		r = poll(&f, 1, test_left(until));
	while (r < 0 && errno == EINTR);
	return r > 0;
}

int
proc_wait(struct proc *p, int ms)
{
	if (!p->reaped) {
		if (!ready(p->pidfd, POLLIN, test_now() + ms))
			test_fail("%s still runs after %d ms; its stderr:\n%s",
			    p->name, ms, proc_err(p));
		waitpid(p->pid, &p->status, 0);
		p->reaped = true;
	}
	return WIFEXITED(p->status) ? WEXITSTATUS(p->status)
				    : -WTERMSIG(p->status);
}

bool
proc_alive(struct proc *p)
{
	return !p->reaped && !ready(p->pidfd, POLLIN, 0);
}

void
proc_kill(struct proc *p, int sig)
{
	if (!p->reaped)
		kill(p->pid, sig);
}

/* More of stdout behind p->line; false at its end. */
static bool
fill(struct proc *p, int64_t until, const char *want)
{
	ssize_t n;

	if (p->out < 0)
		return false;
	if (!ready(p->out, POLLIN, until))
		test_fail("%s: no %s in time; so far \"%s\"; its stderr:\n%s",
		    p->name, want, test_show(p->line.data, p->line.len),
		    proc_err(p));
	p->line.data = realloc(p->line.data, p->line.len + LINE_MAX_LEN + 1);
	if (p->line.data == NULL)
		abort();
	n = read(p->out, p->line.data + p->line.len, LINE_MAX_LEN);
	if (n <= 0) {
		shut(&p->out);
		return false;
	}
	p->line.len += (size_t)n;
	return true;
}

/* The first n bytes read ahead, without the skip ones that follow. */
static struct bytes
take(struct proc *p, size_t n, size_t skip)
{
	struct bytes b = { test_alloc(n + 1), n };

	if (n > 0)
		memcpy(b.data, p->line.data, n);
	p->line.len -= n + skip;
	if (p->line.len > 0)
		memmove(p->line.data, p->line.data + n + skip, p->line.len);
	return b;
}

const char *
proc_read_line(struct proc *p, int ms)
{
	int64_t until = test_now() + ms;
	const char *nl = NULL;

	for (;;) {
		if (p->line.len > 0)
			nl = memchr(p->line.data, '\n', p->line.len);
		if (nl != NULL)
			return take(p, (size_t)(nl - p->line.data), 1).data;
		if (!fill(p, until, "line"))
			break;
	}
	return p->line.len > 0 ? take(p, p->line.len, 0).data : NULL;
}

struct bytes
proc_read_all(struct proc *p, int ms)
{
	int64_t until = test_now() + ms;

	while (fill(p, until, "end of its output"))
		;
	return take(p, p->line.len, 0);
}

void
proc_write(struct proc *p, const char *text)
{
	size_t n = strlen(text);

	if (write(p->in, text, n) != (ssize_t)n)
		test_fail(
		    "%s does not take its input: %s", p->name, strerror(errno));
}

void
proc_close_in(struct proc *p)
{
	shut(&p->in);
}

int
retortd_port(const char *line)
{
	const char *colon = line == NULL ? NULL : strrchr(line, ':');
	long port;

	if (colon == NULL)
		return 0;
	port = strtol(colon + 1, NULL, 10);
	return port > 0 && port <= 65535 ? (int)port : 0;
}

struct retortd *
retortd_start(const char *arg, ...)
{
	static const struct proc_how how = { .in = "/dev/null" };
	const char *argv[ARGS_MAX] = { RETORTD, "-l", "127.0.0.1:0" };
	struct retortd *d = test_alloc(sizeof(*d));
	const char *line;
	size_t n = 3;
	va_list ap;

	va_start(ap, arg);
	for (; arg != NULL && n < ARGS_MAX - 1; arg = va_arg(ap, const char *))
		argv[n++] = arg;
	va_end(ap);
	d->proc = proc_start(&how, argv);
	line = proc_read_line(d->proc, START_MS);
	d->port = retortd_port(line);
	if (d->port == 0)
		test_fail("retortd is not ready, it says \"%s\"; stderr:\n%s",
		    line == NULL ? "" : line, proc_err(d->proc));
	return d;
}

void
retortd_stop(struct retortd *d)
{
	int code;

	proc_kill(d->proc, SIGTERM);
	code = proc_wait(d->proc, STOP_MS);
	if (code != 0)
		test_fail("retortd ended with %d; its stderr:\n%s", code,
		    proc_err(d->proc));
}
