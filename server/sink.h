/*
 * Where lines go: a file, a pipe, a terminal, a socket.  They gather in a
 * bounded buffer, which is written once per turn of the loop as far as that
 * can be done without waiting; what has no room is dropped and counted.  A
 * sink that nobody reads, or that cannot be written, never holds up a request.
 */
#ifndef RETORTD_SINK_H
#define RETORTD_SINK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

enum sink_kind {
	SINK_FILE,   /* a write to it never waits */
	SINK_STREAM, /* a pipe or a terminal, shared with others perhaps */
	SINK_SOCKET,
};

struct sink {
	const char *name; /* in what is said of it: "log"; NULL: say nothing */
	const char *path; /* NULL: an inherited descriptor, or none */
	int fd;
	enum sink_kind kind;
	mode_t mode; /* of a file that is made */
	bool is_own; /* the descriptor is ours to close */
	bool ended;  /* nobody will read what is written */
	struct buf lines;
	uint64_t written; /* bytes, ever */
	uint64_t dropped; /* lines, ever */
	uint64_t said;	  /* of these, those that were said to be */
	bool failing;	  /* the last write did; it has been said */
	bool torn;	  /* what was written last is a part of a line, whose
			   * rest is first in `lines` */
};

/* Append to the file, or use fd if path is NULL; `max` bytes may wait.  False
 * with errno. */
bool sink_open(
    struct sink *, const char *name, const char *path, int fd, size_t max);

/* Likewise a file that others may not read, if it is made. */
bool sink_open_private(
    struct sink *, const char *name, const char *path, int fd, size_t max);

/* One that takes nothing. */
void sink_open_none(struct sink *);

/* The file anew, after it was moved away.  False with errno, and the old one
 * stays. */
bool sink_reopen(struct sink *);

/*
 * Lines are appended to s->lines as they are made, and if that fails once more
 * after sink_make_room: should it fail again, sink_drop counts the line.
 */
void sink_make_room(struct sink *);
void sink_drop(struct sink *);

/* Append a line that is made already, newline and all.  False: dropped. */
bool sink_append(struct sink *, struct span line);

/* Write what can be written now.  True if lines are left that wait for a
 * reader: s->fd is to be watched for being writable. */
bool sink_flush(struct sink *);

/* A last flush; says what was lost.  Closes its file, not another's fd. */
void sink_close(struct sink *);

/* Would a write of up to PIPE_BUF bytes not wait?  Of a terminal it can not be
 * known: write to one that sink_open_terminal has opened. */
bool sink_is_writable(int fd);

/* The terminal that fd is, opened once more so that no write waits; -1 if it is
 * none, or cannot be. */
int sink_open_terminal(int fd);

#endif
