/*
 * The child's end is seen through a pidfd, not SIGCHLD: one more descriptor
 * to poll, and no signal to lose.  What it said until then is read first.
 */
#include "serverproc.h"

#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "span.h"
#include "url.h"

enum {
	START_SECONDS = 5,  /* until the ready line */
	STOP_SECONDS = 2,   /* until KILL */
	RELOAD_SECONDS = 5, /* until it has said what came of it */
	STEP_BYTES = 64 * 1024,
	CHILD_CONTROL = 3, /* its end of the control socket */
};

static int64_t
seconds(int64_t n)
{
	return n * 1000000000;
}

void
serverproc_init(struct serverproc *s)
{
	/* Not the room for lines: it is never touched if none is long. */
	memset(s, 0, offsetof(struct serverproc, npartial_out));
	s->npartial_out = s->npartial_err = 0;
	s->state = SERVER_STOPPED;
	s->pidfd = s->out = s->err = s->control = -1;
	s->deadline = INT64_MAX;
}

/* The one door. */
static void
serverproc_enter(
    struct serverproc *s, enum serverproc_state next, int64_t deadline)
{
	s->state = next;
	s->deadline = deadline;
}

/* --- where it is --- */

/* "DIRECTORY/retortd", if that can be run. */
static bool
is_there(char *path, size_t cap, const char *directory, size_t n)
{
	int len = snprintf(path, cap, "%.*s/retortd", (int)n, directory);

	return len > 0 && (size_t)len < cap && access(path, X_OK) == 0;
}

bool
serverproc_find(char *path, size_t cap)
{
	char self[PATH_MAX];
	const char *p = getenv("PATH");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	const char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
	size_t len;

	if (slash != NULL && is_there(path, cap, self, (size_t)(slash - self)))
		return true;
	for (; p != NULL && *p != '\0'; p += len + (p[len] == ':')) {
		len = strcspn(p, ":");
		if (len > 0 && is_there(path, cap, p, len))
			return true;
	}
	return false;
}

/* --- starting --- */

/* A pipe whose end at [0] is ours, and never waits. */
static bool
open_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	return true;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
say(const char *text)
{
	ssize_t n = write(STDERR_FILENO, text, strlen(text));

	(void)n;
}

static void
child_reset_signals(void)
{
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The descriptors that it has, and no others. */
static bool
child_take(const int theirs[])
{
	int null = open("/dev/null", O_RDWR);
	int control = theirs[2];

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(theirs[0], STDOUT_FILENO) < 0 ||
	    dup2(theirs[1], STDERR_FILENO) < 0)
		return false;
	if (control < 0) {
		closefrom(CHILD_CONTROL);
		return true;
	}
	if (control != CHILD_CONTROL && dup2(control, CHILD_CONTROL) < 0)
		return false;
	closefrom(CHILD_CONTROL + 1);
	return fcntl(CHILD_CONTROL, F_SETFD, 0) == 0;
}

/* Between fork and exec other threads' locks may be held: only calls that are
 * safe in a signal handler. */
static void
child_main(
    pid_t parent, const int theirs[], const char *path, const char *const *argv)
{
	setsid(); /* the terminal's ^C is not for it */
	child_reset_signals();
	if (!child_take(theirs))
		_exit(127);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127); /* it died before it could be watched */
	execv(path, (char **)(uintptr_t)argv); /* which it leaves alone */
	say("retortd: cannot run ");
	say(path);
	say(": ");
	say(strerrordesc_np(errno));
	say("\n");
	_exit(127);
}

static void
serverproc_fail(struct serverproc *s, const char *what)
{
	snprintf(s->why, sizeof(s->why), "%s: %s.", what, strerror(errno));
	serverproc_enter(s, SERVER_FAILED, INT64_MAX);
}

/* Nothing is left of the child; its lines stay. */
static void
serverproc_forget(struct serverproc *s)
{
	close_fd(&s->out);
	close_fd(&s->err);
	close_fd(&s->control);
	close_fd(&s->pidfd);
	s->pid = 0;
}

/* False and errno, and the child, if there was one already, is gone. */
static bool
serverproc_fork(struct serverproc *s, const char *path, const char *const *argv)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, control[2] = { -1, -1 };
	pid_t parent = getpid();
	int saved;

	if (open_pipe(out) && open_pipe(err) &&
	    (!s->tells ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) ==
		    0)) {
		const int theirs[] = { out[1], err[1], control[1] };

		s->pid = fork();
		if (s->pid == 0)
			child_main(parent, theirs, path, argv);
		if (s->pid > 0)
			s->pidfd = pidfd_open(s->pid, 0);
	}
	saved = errno;
	s->out = out[0];
	s->err = err[0];
	s->control = control[0];
	close_fd(&out[1]);
	close_fd(&err[1]);
	close_fd(&control[1]);
	if (s->pidfd >= 0)
		return true;
	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	serverproc_forget(s);
	errno = saved;
	return false;
}

void
serverproc_exec(struct serverproc *s, const char *path, const char *const *argv,
    int64_t now)
{
	assert(s->state == SERVER_STOPPED || s->state == SERVER_FAILED);
	s->address[0] = s->why[0] = '\0';
	s->port = 0;
	s->port_taken = s->fault = false;
	s->requests = 0;
	s->npartial_out = s->npartial_err = 0;
	s->reload = RELOAD_NONE;
	s->reload_line = s->nlines;
	routefile_ask(&s->routes);
	if (serverproc_fork(s, path, argv))
		serverproc_enter(
		    s, SERVER_STARTING, now + seconds(START_SECONDS));
	else
		serverproc_fail(s, "Cannot start a process");
}

void
serverproc_start(struct serverproc *s, const char *listen, int64_t now)
{
	/* Of its requests it tells over the control socket, if at all. */
	const char *argv[10] = { "retortd", "-l", listen, "-L", "none" };
	size_t n = 5;
	char path[PATH_MAX];

	if (!serverproc_find(path, sizeof(path))) {
		errno = ENOENT;
		serverproc_fail(s, "No retortd beside retort, nor on the PATH");
		return;
	}
	if (s->tells) {
		argv[n++] = "-C";
		argv[n++] = "fd:3";
	}
	if (s->routes.path != NULL) {
		argv[n++] = "-r";
		argv[n] = s->routes.path;
	}
	serverproc_exec(s, path, argv, now);
}

/* --- what it says --- */

void
serverproc_keep(struct serverproc *s, struct logline *line)
{
	struct logline **slot = &s->lines[s->nlines % SERVERPROC_LINES];

	if (line == NULL)
		return;
	free(*slot);
	*slot = line;
	s->nlines++;
}

void
serverproc_unkeep(struct serverproc *s)
{
	struct logline **slot = &s->lines[(s->nlines - 1) % SERVERPROC_LINES];

	assert(s->nlines > 0);
	free(*slot);
	*slot = NULL;
	s->nlines--;
}

static void
set_why(struct serverproc *s, struct span why)
{
	escape_text(s->why, sizeof(s->why), why, ESCAPE_SCREEN);
}

static bool
set_address(struct serverproc *s, struct span at)
{
	const char *colon = at.n > 0 ? memrchr(at.p, ':', at.n) : NULL;
	uint16_t port;

	if (colon == NULL ||
	    !port_parse(
		span_of(colon + 1, at.n - (size_t)(colon + 1 - at.p)), &port))
		return false;
	s->port = port;
	escape_text(s->address, sizeof(s->address), at, ESCAPE_SCREEN);
	return true;
}

/* It listens: it runs. */
static void
take_ready(struct serverproc *s, struct span at)
{
	if (s->state != SERVER_STARTING || !set_address(s, at))
		return;
	s->why[0] = '\0';
	s->port_taken = s->fault = false;
	routefile_took(&s->routes);
	serverproc_enter(s, SERVER_RUNNING, INT64_MAX);
}

static void
take_out(struct serverproc *s, struct span line)
{
	if (logline_kind(line, s->routes.path) == LOGLINE_READY)
		take_ready(s, logline_address(line));
}

/* It has said what came of the routes file. */
static void
end_reload(struct serverproc *s, enum serverproc_reload how)
{
	if (!serverproc_is_up(s) || s->reload != RELOAD_ASKED)
		return;
	if (how == RELOAD_DONE) {
		routefile_took(&s->routes);
		s->why[0] = '\0';
	}
	s->reload = how;
	serverproc_enter(s, s->state, INT64_MAX);
}

/* Its last words, should it end.  What is wrong with the port, and the first
 * that is wrong with the routes file, outweigh what comes later. */
static void
take_words(struct serverproc *s, struct span line, bool fault)
{
	static const char taken[] = "in use";

	if (s->port_taken || s->state == SERVER_STOPPING)
		return;
	if (s->state == SERVER_STARTING &&
	    memmem(line.p, line.n, taken, sizeof(taken) - 1) != NULL) {
		set_why(s, line);
		s->port_taken = true;
	} else if (!s->fault) {
		set_why(s, line);
		s->fault = fault;
	}
}

static void
take_err(struct serverproc *s, struct span line)
{
	enum logline_kind kind = logline_kind(line, s->routes.path);

	if (kind == LOGLINE_LOADED)
		end_reload(s, RELOAD_DONE);
	else if (kind != LOGLINE_WARNING && kind != LOGLINE_CARET)
		take_words(s, line, kind == LOGLINE_FAULT);
	if (kind == LOGLINE_REFUSED)
		end_reload(s, RELOAD_REFUSED);
}

/* One of the two streams. */
struct stream {
	int *fd;
	char *partial;
	size_t *n;
	void (*take)(struct serverproc *, struct span line);
};

static void
stream_take(struct serverproc *s, const struct stream *st)
{
	struct span line = span_of(st->partial, *st->n);

	serverproc_keep(s, logline_read(line, s->routes.path));
	st->take(s, line);
	*st->n = 0;
}

/* Of a line that is longer than the room for it the rest is dropped. */
static void
stream_feed(
    struct serverproc *s, const struct stream *st, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '\n')
			stream_take(s, st);
		else if (*st->n < sizeof(s->partial_out))
			st->partial[(*st->n)++] = p[i];
	}
}

/* As much as a pipe can hold, at most. */
static bool
stream_read(struct serverproc *s, const struct stream *st)
{
	char in[4096];
	size_t budget = STEP_BYTES;
	bool changed = false;
	ssize_t n;

	while (*st->fd >= 0 && budget > 0) {
		n = read(
		    *st->fd, in, budget < sizeof(in) ? budget : sizeof(in));
		if (n == 0)
			close_fd(st->fd);
		if (n <= 0)
			break;
		stream_feed(s, st, in, (size_t)n);
		budget -= (size_t)n;
		changed = true;
	}
	return changed;
}

static bool
serverproc_read(struct serverproc *s, bool last)
{
	const struct stream out = { &s->out, s->partial_out, &s->npartial_out,
		take_out };
	const struct stream err = { &s->err, s->partial_err, &s->npartial_err,
		take_err };
	/* Of its routes file it speaks before it listens, or answers by it. */
	bool changed = stream_read(s, &err);

	changed = stream_read(s, &out) || changed;
	/* The last line may lack its end. */
	if (last && s->npartial_err > 0)
		stream_take(s, &err);
	return changed;
}

/* --- one that is not ours --- */

void
serverproc_attached(struct serverproc *s, struct span address)
{
	assert(s->pid == 0);
	if (!set_address(s, address))
		strlcpy(s->address, "somewhere", sizeof(s->address));
	s->why[0] = '\0';
	s->port_taken = s->fault = false;
	s->reload = RELOAD_NONE;
	s->reload_line = s->nlines;
	serverproc_enter(s, SERVER_ATTACHED, INT64_MAX);
}

void
serverproc_detached(struct serverproc *s, const char *why)
{
	assert(s->state == SERVER_ATTACHED);
	set_why(s, span_text(why));
	serverproc_enter(s, SERVER_FAILED, INT64_MAX);
}

void
serverproc_asked(struct serverproc *s)
{
	assert(s->state == SERVER_ATTACHED);
	s->why[0] = '\0';
	s->fault = false;
	s->reload = RELOAD_ASKED;
	s->reload_line = s->nlines;
}

void
serverproc_told(struct serverproc *s, bool ok, struct span sentence)
{
	char text[sizeof(s->why)];

	escape_text(text, sizeof(text), sentence, ESCAPE_SCREEN);
	serverproc_keep(
	    s, logline_say(ok ? LOGLINE_LOADED : LOGLINE_FAULT, text));
	if (!ok)
		take_words(s, sentence, true);
	end_reload(s, ok ? RELOAD_DONE : RELOAD_REFUSED);
}

/* --- ending --- */

static void
serverproc_signal(struct serverproc *s, int sig)
{
	/* Not reaped yet, so the number is still its own. */
	if (s->pid > 0)
		kill(s->pid, sig);
}

void
serverproc_stop(struct serverproc *s, int64_t now)
{
	if (s->state != SERVER_STARTING && s->state != SERVER_RUNNING)
		return;
	s->why[0] = '\0';
	serverproc_signal(s, SIGTERM);
	serverproc_enter(s, SERVER_STOPPING, now + seconds(STOP_SECONDS));
}

void
serverproc_reload(struct serverproc *s, int64_t now)
{
	assert(s->state == SERVER_RUNNING);
	s->why[0] = '\0';
	s->fault = false;
	s->reload = RELOAD_ASKED;
	s->reload_line = s->nlines;
	routefile_ask(&s->routes);
	serverproc_signal(s, SIGHUP);
	serverproc_enter(s, SERVER_RUNNING, now + seconds(RELOAD_SECONDS));
}

/* It was not asked to leave. */
static void
left_unasked(struct serverproc *s, int status)
{
	enum serverproc_state next = SERVER_FAILED;

	if (WIFSIGNALED(status)) {
		snprintf(s->why, sizeof(s->why),
		    "retortd was ended by signal %d (%s).", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) == 0) {
		strlcpy(s->why, "retortd left by itself.", sizeof(s->why));
		next = SERVER_STOPPED;
	} else if (s->why[0] == '\0') {
		snprintf(s->why, sizeof(s->why),
		    "retortd ended with status %d.", WEXITSTATUS(status));
	}
	serverproc_enter(s, next, INT64_MAX);
}

/* It was reaped; what it said last is still in the pipes. */
static void
serverproc_ended(struct serverproc *s, int status)
{
	serverproc_read(s, true);
	serverproc_forget(s);
	if (s->state != SERVER_STOPPING)
		left_unasked(s, status);
	else
		serverproc_enter(s,
		    s->why[0] != '\0' ? SERVER_FAILED : SERVER_STOPPED,
		    INT64_MAX);
}

/* TERM was not enough, or it never became ready, or said nothing of its routes
 * file. */
static void
serverproc_expire(struct serverproc *s)
{
	if (s->state == SERVER_RUNNING) {
		if (s->why[0] == '\0')
			snprintf(s->why, sizeof(s->why),
			    "retortd did not say within %d s what came of its "
			    "routes file.",
			    RELOAD_SECONDS);
		end_reload(s, RELOAD_REFUSED);
		return;
	}
	if (s->state == SERVER_STARTING)
		snprintf(s->why, sizeof(s->why),
		    "retortd did not say within %d s that it listens.",
		    START_SECONDS);
	serverproc_signal(s, SIGKILL);
	serverproc_enter(s, SERVER_STOPPING, INT64_MAX);
}

size_t
serverproc_pollfds(const struct serverproc *s, struct pollfd *fds)
{
	const int all[SERVERPROC_FDS] = { s->out, s->err, s->pidfd };
	size_t i, n = 0;

	for (i = 0; i < SERVERPROC_FDS; i++)
		if (all[i] >= 0)
			fds[n++] = (struct pollfd){ all[i], POLLIN, 0 };
	return n;
}

int64_t
serverproc_deadline(const struct serverproc *s)
{
	return s->deadline;
}

static bool
is_ready(const struct pollfd *fds, size_t n, int fd)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fds[i].fd == fd)
			return fds[i].revents != 0;
	return false;
}

bool
serverproc_step(
    struct serverproc *s, const struct pollfd *fds, size_t n, int64_t now)
{
	bool changed = false;
	int status;

	if (s->pid == 0)
		return false;
	if (is_ready(fds, n, s->pidfd) &&
	    waitpid(s->pid, &status, WNOHANG) == s->pid) {
		serverproc_ended(s, status);
		return true;
	}
	if (is_ready(fds, n, s->out) || is_ready(fds, n, s->err))
		changed = serverproc_read(s, false);
	if (now < s->deadline)
		return changed;
	serverproc_expire(s);
	return true;
}

const struct logline *
serverproc_line(const struct serverproc *s, uint64_t i)
{
	if (i >= s->nlines || s->nlines - i > SERVERPROC_LINES)
		return NULL;
	return s->lines[i % SERVERPROC_LINES];
}

void
serverproc_release(struct serverproc *s)
{
	size_t i;

	if (s->pid > 0) {
		serverproc_signal(s, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	serverproc_forget(s);
	for (i = 0; i < SERVERPROC_LINES; i++)
		free(s->lines[i]);
	serverproc_init(s);
}
