#include "pty.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#define TALK	 3
#define START_MS 10000

struct news {
	pid_t pid;
	int status;
	bool started;
};

static volatile sig_atomic_t child_changed;
static volatile sig_atomic_t hung_up;

static void
on_signal(int sig)
{
	if (sig == SIGCHLD)
		child_changed = 1;
	else
		hung_up = 1;
}

static void
say(pid_t pid, int status, bool started)
{
	struct news n = { pid, status, started };

	if (send(TALK, &n, sizeof(n), MSG_NOSIGNAL) < 0)
		_exit(1);
}

/* The program's own side of the fork. */
static void
run(int tty, char *const env[], const char *const argv[], pid_t monitor)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != monitor)
		_exit(127);
	setpgid(0, 0);
	tcsetpgrp(tty, getpid());
	dup2(tty, 0);
	dup2(tty, 1);
	dup2(tty, 2);
	signal(SIGTTOU, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvpe(argv[0], (char **)(uintptr_t)argv, env);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void
watch(int tty, pid_t pid)
{
	struct pollfd talk = { .fd = TALK, .events = POLLIN };
	sigset_t none;
	int status;
	char c;

	sigemptyset(&none);
	for (;;) {
		ppoll(&talk, 1, NULL, &none);
		if (hung_up) {
			hung_up = 0;
			kill(-pid, SIGHUP);
			kill(-pid, SIGCONT);
		}
		if (child_changed) {
			child_changed = 0;
			while (waitpid(pid, &status,
				   WNOHANG | WUNTRACED | WCONTINUED) > 0) {
				if (WIFSTOPPED(status))
					tcsetpgrp(tty, getpid());
				say(pid, status, false);
			}
		}
		if (recv(TALK, &c, 1, MSG_DONTWAIT) > 0) {
			tcsetpgrp(tty, pid);
			kill(-pid, SIGCONT);
		}
	}
}

/*
 * The monitor.  It keeps none of the test's descriptors, or a socket that the
 * test closes would stay open here.
 */
static void
monitor(int talk, const char *path, char *const env[], const char *const argv[],
    pid_t parent)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t both;
	pid_t pid, self;
	int tty;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(talk, TALK) < 0)
		_exit(127);
	close_range(TALK + 1, ~0U, 0);
	setsid();
	tty = open(path, O_RDWR | O_CLOEXEC);
	if (tty < 0 || ioctl(tty, TIOCSCTTY, 0) < 0)
		_exit(127);
	fcntl(TALK, F_SETFD, FD_CLOEXEC);
	signal(SIGTTOU, SIG_IGN);
	sigaction(SIGCHLD, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	sigemptyset(&both);
	sigaddset(&both, SIGCHLD);
	sigaddset(&both, SIGHUP);
	sigprocmask(SIG_SETMASK, &both, NULL);
	self = getpid();
	pid = fork();
	if (pid == 0)
		run(tty, env, argv, self);
	if (pid < 0)
		_exit(127);
	setpgid(pid, pid);
	say(pid, 0, true);
	watch(tty, pid);
}

static void
pty_end(void *arg)
{
	struct pty *p = arg;

	pty_news(p);
	if (p->pid > 0 && !p->ended)
		kill(-p->pid, SIGKILL);
	kill(p->monitor, SIGKILL);
	waitpid(p->monitor, NULL, 0);
	if (p->master >= 0)
		close(p->master);
	close(p->slave);
	close(p->talk);
}

static void
open_pair(struct pty *p, int rows, int cols, char path[64])
{
	struct winsize size = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols };

	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (p->master < 0 || grantpt(p->master) < 0 ||
	    unlockpt(p->master) < 0 || ptsname_r(p->master, path, 64) != 0)
		test_fail("no pseudo-terminal: %s", strerror(errno));
	p->slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (p->slave < 0 || tcgetattr(p->slave, &p->before) < 0)
		test_fail("%s: %s", path, strerror(errno));
	p->before.c_iflag |= IUTF8;
	tcsetattr(p->slave, TCSANOW, &p->before);
	ioctl(p->master, TIOCSWINSZ, &size);
}

struct pty *
pty_start(int rows, int cols, char *const env[], const char *const argv[])
{
	struct pty *p = test_alloc(sizeof(*p));
	struct pollfd poll_talk = { .events = POLLIN };
	pid_t parent = getpid();
	char path[64];
	int talk[2];

	open_pair(p, rows, cols, path);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, talk) < 0)
		test_fail("socketpair: %s", strerror(errno));
	p->talk = poll_talk.fd = talk[0];
	p->monitor = fork();
	if (p->monitor == 0)
		monitor(talk[1], path, env, argv, parent);
	close(talk[1]);
	if (p->monitor < 0)
		test_fail("fork: %s", strerror(errno));
	test_later(pty_end, p);
	poll(&poll_talk, 1, START_MS);
	pty_news(p);
	if (p->pid == 0)
		test_fail("%s: the monitor did not start it", argv[0]);
	return p;
}

void
pty_news(struct pty *p)
{
	struct news n;

	while (recv(p->talk, &n, sizeof(n), MSG_DONTWAIT) == sizeof(n)) {
		if (n.started) {
			p->pid = n.pid;
			continue;
		}
		p->stopped = WIFSTOPPED(n.status);
		p->ended = WIFEXITED(n.status) || WIFSIGNALED(n.status);
		p->status = n.status;
	}
}

void
pty_continue(struct pty *p)
{
	if (send(p->talk, "c", 1, MSG_NOSIGNAL) < 0)
		test_fail("the monitor is gone: %s", strerror(errno));
}

void
pty_hangup(struct pty *p)
{
	close(p->master);
	p->master = -1;
}
