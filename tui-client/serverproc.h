/*
 * The retortd that the client started: a child that dies with it.
 */
#ifndef RETORT_SERVERPROC_H
#define RETORT_SERVERPROC_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum serverproc_state {
	SERVER_STOPPED,
	SERVER_STARTING, /* until its ready line */
	SERVER_RUNNING,
	SERVER_STOPPING,
	SERVER_FAILED, /* it could not start, or died: see why */
};

enum {
	SERVERPROC_LINES = 1000,
	SERVERPROC_FDS = 3
};

struct serverproc {
	enum serverproc_state state;
	pid_t pid; /* 0: there is none */
	int pidfd; /* readable once it has ended; -1 */
	int out;   /* its stdout: ready line, then log; -1 */
	int err;
	char address[64];  /* RUNNING: "127.0.0.1:10000" */
	uint16_t port;	   /* RUNNING */
	bool port_taken;   /* FAILED: somebody else has the port */
	char why[200];	   /* FAILED: its own sentence, escaped; also when it
			    * left unasked but in peace: STOPPED */
	uint64_t requests; /* log lines of requests seen since the start */
	uint64_t nlines;   /* lines ever; the last SERVERPROC_LINES are kept */
	char *lines[SERVERPROC_LINES]; /* line i at i % SERVERPROC_LINES,
					* escaped for the screen */
	int64_t deadline;	       /* of STARTING and STOPPING; INT64_MAX */
	/* ... the input that is no whole line yet is serverproc.c's own */
	char partial_out[4096];
	char partial_err[4096];
	size_t npartial_out;
	size_t npartial_err;
};

void serverproc_init(struct serverproc *);

/*
 * Start it on ADDRESS:PORT (port 0: a free one).  extra: further arguments,
 * NULL-terminated, or NULL.  The program is the retortd beside the running
 * binary, else the one on PATH.  State STARTING, or FAILED with why.  There
 * must be none yet: STOPPED or FAILED.
 */
void serverproc_start(
    struct serverproc *, const char *listen, char *const *extra, int64_t now);

/* The same with any program in retortd's place. */
void serverproc_exec(
    struct serverproc *, const char *path, char *const *argv, int64_t now);

/* Ask it to leave (TERM; KILL after the deadline).  Nothing if there is none. */
void serverproc_stop(struct serverproc *, int64_t now);

size_t serverproc_pollfds(const struct serverproc *, struct pollfd *);
int64_t serverproc_deadline(const struct serverproc *);

/* Read what it said, see whether it left.  Whether anything changed. */
bool serverproc_step(
    struct serverproc *, const struct pollfd *, size_t n, int64_t now);

/* Line i of nlines, 0 the oldest; NULL if it is no longer kept. */
const char *serverproc_line(const struct serverproc *, uint64_t i);

/* KILL and reap, if there is one; frees the lines. */
void serverproc_release(struct serverproc *);

/* The path of retortd as serverproc_start would find it; false if there is
 * none.  --server-only becomes it by exec. */
bool serverproc_find(char *path, size_t cap);

#endif
