/*
 * The control socket: clients that listen to what is told, and that ask.  One
 * JSON object a line, both ways; what a command does is in verbs.c.
 *
 *	{"id":1,"do":"subscribe","from":"ring"}
 *	{"id":1,"ok":true}
 *
 * A client that does not read loses events, and one that does not take its
 * replies is asked for no more commands.  Nobody is waited for.
 */
#ifndef RETORTD_CONTROL_H
#define RETORTD_CONTROL_H

#include <sys/queue.h>

#include <sys/types.h>

#include <stdbool.h>

#include "buf.h"
#include "feed.h"
#include "loop.h"
#include "ring.h"
#include "witness.h"

struct daemon;

/* X(name): what a client hears */
#define HEARINGS(X)                                        \
	X(NOTHING) /* but replies */                       \
	X(PAST)	   /* the ring, before what happens now */ \
	X(PRESENT) /* what happens */

enum hearing {
#define X(name) HEARS_##name,
	HEARINGS(X)
#undef X
};

struct controller {
	struct watch watch;
	struct control *control;
	TAILQ_ENTRY(controller) entry;
	int fd;
	uint32_t events; /* watched for */
	bool ended;	 /* it has left, or is to */
	bool eof;	 /* it says no more */
	bool more;	 /* commands wait until it has taken what was said */
	enum hearing hears;
	enum hearing wants;	   /* from behind the next reply on */
	struct ring_reader reader; /* PAST */
	struct feed feed;	   /* all that is said to it */
	struct buf in;
};

TAILQ_HEAD(controllers, controller);

struct control {
	struct watch watch; /* of fd */
	int fd;		    /* listens; -1: there is none */
	const char *path;   /* of it; NULL: not ours to remove */
	dev_t device;	    /* and what stood there when it was made */
	ino_t number;
	int spare; /* given up to accept one when descriptors are out; -1 */
	bool is_paused; /* then nobody can be accepted */
	struct loop *loop;
	struct daemon *daemon; /* for the verbs */
	struct witness *witness;
	struct ring ring;
	struct buf reply; /* being made: what it tells comes before it */
	struct controllers clients;
	struct controllers ended; /* until the turn does: events may name
				   * them */
	size_t n;
};

/*
 * Open such a place.  False, and a sentence in why, if that cannot be:
 * then nothing was opened.  *connected becomes fd:N if that is a client, else
 * -1.
 */
bool control_open(
    struct control *, const char *where, int *connected, struct buf *why);

/* Is it "unix:PATH" or "fd:N"? */
bool control_is_place(const char *where);

/* Serve: a client is there already if connected is one.  False with errno. */
bool control_start(struct control *, struct loop *, struct daemon *,
    struct witness *, int connected);

/* The turn ends: send what gathered. */
void control_flush(struct control *);

/* A last flush; closes, and removes the socket. */
void control_close(struct control *);

#endif
