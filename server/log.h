/*
 * One line per request, for people or for scripts.
 */
#ifndef RETORTD_LOG_H
#define RETORTD_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "ask.h"
#include "address.h"
#include "routes.h"
#include "sink.h"
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
	struct sink sink;
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

/* As sink_open, but for LOG_NONE: that needs neither. */
bool log_open(struct log *, enum log_format, const char *path, int fd);

void log_request(
    struct log *, const struct log_entry *, const struct wall *, int64_t now);

#endif
