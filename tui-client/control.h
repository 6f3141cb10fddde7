/*
 * The control socket of a retortd, from our end: what is asked goes out, and
 * what comes is replies and the events of the server's journal, one JSON object
 * a line.
 *
 * control_feed and control_next are a machine on bytes and know no descriptor;
 * the others move those bytes.  Nothing here waits but control_greet.
 */
#ifndef RETORT_CONTROL_H
#define RETORT_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "journal.h"
#include "span.h"

enum {
	CONTROL_LINE_MAX = 8 * 1024 * 1024, /* a reply has up to 4 MiB */
	CONTROL_ASKED_MAX = 64 * 1024,	    /* and not yet gone */
	CONTROL_TURN = 256 * 1024,	    /* read at once, at most */
	CONTROL_WHY_MAX = 200,
};

struct control {
	int fd; /* -1: there is none, or no longer */
	struct buf in;
	size_t taken;	/* bytes of it */
	size_t scanned; /* bytes of it that hold no end of a line */
	struct buf out;
	struct buf scratch; /* the strings of the event handed out last */
	int64_t asked;	    /* the last id */
	char why[CONTROL_WHY_MAX]; /* a clause, once it has ended */
};

void control_init(struct control *);
void control_release(struct control *);

/* --- bytes ------------------------------------------------------------------ */

/* The next bytes that came, CONTROL_TURN at most, once all lines before were
 * taken.  False, with why, if a line is too long. */
bool control_feed(struct control *, const void *p, size_t n);

enum control_kind {
	CONTROL_MORE, /* no whole line is left */
	CONTROL_EVENT,
	CONTROL_REPLY,
	CONTROL_BAD, /* that was no JSON: see why */
};

/* It borrows from the control until that is called again. */
struct control_line {
	struct journal_event event;
	int64_t id; /* of a reply */
	bool ok;
	struct span json; /* the whole reply */
};

/* The next whole line; what we do not know is passed over. */
enum control_kind control_next(struct control *, struct control_line *);

/*
 * Ask: a verb, and members behind it as JSON ("\"from\":\"ring\"") or "".  The
 * id that its reply will have; 0 if there is no connection, or it takes nothing
 * more.
 */
int64_t control_ask(struct control *, const char *verb, const char *members);

/* --- the socket ------------------------------------------------------------- */

/* A connected stream socket, which becomes the control's. */
void control_open(struct control *, int fd);

/* Connect to a socket in the file system.  False, with why. */
bool control_connect(struct control *, const char *path);

/* Wait until a whole line stands there, for so many milliseconds at most.
 * False, with why. */
bool control_greet(struct control *, int ms);

/* The end, with why if that is not NULL. */
void control_close(struct control *, const char *why);

static inline bool
control_is_open(const struct control *c)
{
	return c->fd >= 0;
}

enum {
	CONTROL_FDS = 1
};

size_t control_pollfds(const struct control *, struct pollfd *);

/* Read and write what can be; whether there may be lines now, or it ended. */
bool control_step(struct control *, const struct pollfd *, size_t n);

#endif
