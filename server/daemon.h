/*
 * retortd at work: sockets, signals, log and deadlines around one loop.
 */
#ifndef RETORTD_DAEMON_H
#define RETORTD_DAEMON_H

#include <stdbool.h>

#include "control.h"
#include "feed.h"
#include "link.h"
#include "listen.h"
#include "loop.h"
#include "server.h"
#include "witness.h"

/* To be woken when a sink can take more. */
struct sink_room {
	struct watch watch;
	struct loop *loop;
	int fd; /* watched for that, else -1 */
};

struct daemon {
	struct loop loop;
	struct server server;
	struct links links;
	struct listeners listeners; /* opened before daemon_start */
	struct watch signals;
	int signal_fd;
	struct sink_room log_room;
	struct witness witness; /* the server has it if somebody listens */
	struct feed journal;	/* -j; ended if there is none */
	struct sink_room journal_room;
	struct control control; /* -C */
	bool is_controlled;
	int controller; /* a client of it from the start; or -1 */
	struct timer drain;
	const char *routes_path; /* NULL: they are built in */
	bool done;
};

/*
 * Block the signals that matter, and make ready.  d is zeroed but for the
 * listeners, the path of the routes, the sink of the journal, and what
 * control_open made; takes the routes, borrows the log.  False with errno.
 */
bool daemon_start(struct daemon *d, struct routes *, struct log *);

/* Serve until a signal ends it. */
void daemon_run(struct daemon *);

void daemon_release(struct daemon *);

/* Read the routes file anew.  False, and why in a sentence, if the old routes
 * stay. */
bool daemon_reload(struct daemon *, char *why, size_t cap);

#endif
