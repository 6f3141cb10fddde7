/*
 * The retortd that the client started: a child that dies with it; or one that
 * it is attached to, which somebody else started.
 */
#ifndef RETORT_SERVERPROC_H
#define RETORT_SERVERPROC_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "limit.h"
#include "logline.h"
#include "routefile.h"

enum serverproc_state {
	SERVER_STOPPED,
	SERVER_STARTING, /* until its ready line */
	SERVER_RUNNING,
	SERVER_STOPPING,
	SERVER_FAILED,	 /* it could not start, died or went: see why */
	SERVER_ATTACHED, /* it runs, and is not ours */
};

/* What came of its routes file when it was to read that again. */
enum serverproc_reload {
	RELOAD_NONE,  /* that was never asked */
	RELOAD_ASKED, /* and it has not said yet */
	RELOAD_DONE,
	RELOAD_REFUSED, /* the old routes stay: see why */
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
	int control; /* our end of its control socket, for whoever takes it; -1 */
	struct routefile routes; /* that it is started with, if it has a path */
	enum serverproc_reload reload; /* RUNNING */
	uint64_t reload_line; /* the first line said since that, or its start */
	char address[64];     /* RUNNING, ATTACHED: "127.0.0.1:10000" */
	uint16_t port;	      /* the same */
	bool tells; /* somebody takes its control socket: set before the start;
		      * else it has none, and keeps nothing to tell */
	bool port_taken;   /* FAILED: somebody else has the port */
	bool fault;	   /* why is the first that is wrong with the routes */
	char why[200];	   /* FAILED: its own sentence, escaped; also when it
			    * left unasked but in peace: STOPPED */
	uint64_t requests; /* that it answered since its start */
	uint64_t nlines;   /* lines ever; the last SERVERPROC_LINES are kept */
	struct logline *lines[SERVERPROC_LINES]; /* line i at i % that */
	int64_t deadline; /* of STARTING, STOPPING and ASKED; INT64_MAX */
	/* ... the input that is no whole line yet is serverproc.c's own */
	size_t npartial_out;
	size_t npartial_err;
	char partial_out[LIMIT_LOG];
	char partial_err[LIMIT_LOG];
};

void serverproc_init(struct serverproc *);

/*
 * Start it on ADDRESS:PORT (port 0: a free one), with the routes file if there
 * is one.  The program is the retortd beside the running binary, else the one
 * on PATH.  State STARTING, or FAILED with why.  There must be none yet:
 * STOPPED or FAILED.
 */
void serverproc_start(struct serverproc *, const char *listen, int64_t now);

/* The same with any program in retortd's place. */
void serverproc_exec(struct serverproc *, const char *path,
    const char *const *argv, int64_t now);

/* Ask it to leave (TERM; KILL after the deadline).  Nothing if there is none. */
void serverproc_stop(struct serverproc *, int64_t now);

/* Let it read its routes file anew (HUP): ASKED.  It must be RUNNING. */
void serverproc_reload(struct serverproc *, int64_t now);

size_t serverproc_pollfds(const struct serverproc *, struct pollfd *);
int64_t serverproc_deadline(const struct serverproc *);

/* Read what it said, see whether it left.  Whether anything changed. */
bool serverproc_step(
    struct serverproc *, const struct pollfd *, size_t n, int64_t now);

/* Line i of nlines, 0 the oldest; NULL if it is no longer kept. */
const struct logline *serverproc_line(const struct serverproc *, uint64_t i);

/* One more line for its pane, which becomes ours; NULL: memory was out. */
void serverproc_keep(struct serverproc *, struct logline *);

/* The last line is not to be shown after all. */
void serverproc_unkeep(struct serverproc *);

/* There is one at that address, which is not ours; it is gone. */
void serverproc_attached(struct serverproc *, struct span address);
void serverproc_detached(struct serverproc *, const char *why);

/* What the attached one was asked, and what came of it: a sentence. */
void serverproc_asked(struct serverproc *);
void serverproc_told(struct serverproc *, bool ok, struct span sentence);

static inline bool
serverproc_is_up(const struct serverproc *s)
{
	return s->state == SERVER_RUNNING || s->state == SERVER_ATTACHED;
}

/* KILL and reap, if there is one; frees the lines. */
void serverproc_release(struct serverproc *);

/* The path of retortd as serverproc_start would find it; false if there is
 * none.  --server-only becomes it by exec. */
bool serverproc_find(char *path, size_t cap);

#endif
