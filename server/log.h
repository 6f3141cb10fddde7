/*
 * One line per request.  Lines gather in a bounded buffer, which is written
 * once per turn of the loop as far as that can be done without waiting; what
 * has no room is dropped and counted.  A log that nobody reads, or that cannot
 * be written, never holds up a request.
 */
#ifndef RETORTD_LOG_H
#define RETORTD_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "ask.h"
#include "buf.h"
#include "address.h"
#include "routes.h"
#include "wall.h"

/* X(name, as on the command line) */
#define LOG_FORMATS(X)      \
	X(COMMON, "common") \
	X(JSON, "json")     \
	X(NONE, "none")

enum log_format {
#define X(name, text) LOG_##name,
	LOG_FORMATS(X)
#undef X
};

struct log {
	enum log_format format;
	const char *path; /* NULL: an inherited descriptor, or none */
	int fd;
	bool ended;   /* nobody will read what is written */
	bool is_file; /* a write to it never waits */
	struct buf lines;
	uint64_t dropped; /* since that was last said */
	bool failing;	  /* the last write did; it has been said */
};

struct log_entry {
	const struct address *peer;
	const struct ask *ask;
	const struct route *route; /* that answers; NULL if none does */
	int status;
	uint64_t content; /* bytes of the body */
	int64_t us;	  /* from the request's first byte to its answer, which
			   * may be still to come */
};

/* The format of that name; false if there is none. */
bool log_format_find(const char *name, enum log_format *);

/* Append to the file, or use fd if path is NULL.  False with errno. */
bool log_open(struct log *, enum log_format, const char *path, int fd);

/* The file anew, after it was moved away.  False with errno, and the old one
 * stays. */
bool log_reopen(struct log *);

void log_request(
    struct log *, const struct log_entry *, const struct wall *, int64_t now);

/* Write what can be written now.  True if lines are left that wait for a
 * reader: log->fd is to be watched for being writable. */
bool log_flush(struct log *);

/* A last flush; says what was lost. */
void log_close(struct log *);

/* A line for the user on stderr, "retortd: " in front; lost rather than
 * waited for. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Lines as they stand, likewise; each but the longest is written as a whole. */
void say_lines(struct span);

#endif
