/*
 * Child programs.  Each runs in a process group of its own, dies with the test
 * program, and is killed and reaped, with its group, at the test's end.
 * Deadlines are in milliseconds; what goes wrong fails the test and shows what
 * the program wrote to stderr.
 */
#ifndef PROC_H
#define PROC_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "test.h"

/* An argument vector: ARGV("sh", "-c", "exit 3"). */
#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define RETORT	  PROGRAMS "/retort"
#define RETORTD	  PROGRAMS "/retortd"

/* How a program is to run, where that is not the usual way. */
struct proc_how {
	const char *const *env; /* NULL: the test's own */
	const char *in;		/* a file as stdin; NULL: a pipe */
	const char *out;	/* a file, made anew, as stdout; NULL: a pipe */
};

struct proc {
	pid_t pid;
	int in;	 /* write end of its stdin, -1 when closed or a file */
	int out; /* read end of its stdout, -1 when closed or a file */

	/* private */
	const char *name;
	int err;   /* a file in memory */
	int pidfd; /* readable once it has ended */
	bool reaped;
	int status;
	struct bytes line; /* read ahead of proc_read_line */
};

/* Run argv[0], by PATH if it has no slash.  how may be NULL. */
struct proc *proc_start(const struct proc_how *how, const char *const argv[]);

/* Wait for its end.  The exit code, or minus the signal that killed it. */
int proc_wait(struct proc *p, int ms);

bool proc_alive(struct proc *p);
void proc_kill(struct proc *p, int sig);

/* The next line of stdout without its newline, NULL at the end. */
const char *proc_read_line(struct proc *p, int ms);

/* All of stdout that has not been read as lines, to its end. */
struct bytes proc_read_all(struct proc *p, int ms);

/* stderr as far as it has come. */
const char *proc_err(struct proc *p);

/* Write to stdin; close it. */
void proc_write(struct proc *p, const char *text);
void proc_close_in(struct proc *p);

/* A real retortd on a free port of 127.0.0.1. */
struct retortd {
	struct proc *proc;
	int port;
};

/* With these arguments behind -l 127.0.0.1:0; NULL ends them.  Ready. */
struct retortd *retortd_start(const char *arg, ...) __attribute__((sentinel));

/* Ask it to end (TERM); it must do so within 5 s and exit 0. */
void retortd_stop(struct retortd *d);

/* The port in a ready line "... 127.0.0.1:41231", 0 if there is none. */
int retortd_port(const char *line);

#ifndef TEST_LIB
#define PROC_AT		      test_at(__FILE__, __LINE__)
#define proc_start(how, argv) (PROC_AT, proc_start(how, argv))
#define proc_wait(p, ms)      (PROC_AT, proc_wait(p, ms))
#define proc_read_line(p, ms) (PROC_AT, proc_read_line(p, ms))
#define proc_read_all(p, ms)  (PROC_AT, proc_read_all(p, ms))
#define retortd_start(...)    (PROC_AT, retortd_start(__VA_ARGS__))
#define retortd_stop(d)	      (PROC_AT, retortd_stop(d))
#endif

#endif
