/*
 * A program on a pseudo-terminal, as a job: between it and the test stands a
 * small monitor, the session leader, as a shell would, so that Ctrl-Z stops the
 * program and closing the terminal hangs it up.  Program and monitor die with
 * the test program.  screen.h is what tests use; this is what it stands on.
 */
#ifndef PTY_H
#define PTY_H

#include <sys/types.h>

#include <stdbool.h>
#include <termios.h>

struct pty {
	int master; /* does not block; -1 once hung up */
	int slave;  /* an opening of our own: outlives the program, no block */
	int talk;   /* readable when the monitor has news */
	pid_t monitor;
	pid_t pid; /* the program; do not signal it once ended */
	bool stopped;
	bool ended;
	int status; /* as from waitpid, once ended */
	struct termios before;
};

/* Start argv[0] with just this environment.  The pty ends with the test. */
struct pty *pty_start(
    int rows, int cols, char *const env[], const char *const argv[]);

/* Take the news there are; never waits. */
void pty_news(struct pty *p);

/* Bring the stopped program to the foreground again, as fg does. */
void pty_continue(struct pty *p);

/* Close the terminal under the program. */
void pty_hangup(struct pty *p);

#endif
