/*
 * retortd at work: sockets, signals, log and deadlines around one loop.
 */
#ifndef RETORTD_DAEMON_H
#define RETORTD_DAEMON_H

#include <stdbool.h>

#include "link.h"
#include "listen.h"
#include "loop.h"
#include "server.h"

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
	struct timer drain;
	const char *routes_path; /* NULL: they are built in */
	bool done;
};

/*
 * Block the signals that matter, and make ready.  d is zeroed but for the
 * listeners and the path of the routes; takes the routes, borrows the log.  False with errno.
 */
bool daemon_start(struct daemon *d, struct routes *, struct log *);

/* Serve until a signal ends it. */
void daemon_run(struct daemon *);

void daemon_release(struct daemon *);

#endif
