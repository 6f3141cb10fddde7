/*
 * What happens on the connections, told as it happens: each event is made one
 * line of the journal, once, for all who want it.  The server has a witness
 * only if somebody may (-j, -C): without one nothing of this is computed.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC since the witness began.
 */
#ifndef RETORTD_WITNESS_H
#define RETORTD_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "ask.h"
#include "buf.h"
#include "feed.h"
#include "httperr.h"
#include "respond.h"
#include "ring.h"
#include "wall.h"

/* An answer on its way. */
struct pending {
	int64_t req;
	int64_t heard; /* when the last byte of the request had come */
	uint64_t end;  /* the byte behind its last in the connection's output;
			* UINT64_MAX: it is not all made */
	uint64_t content;
	int status;
	char reason[64]; /* its first bytes */
	uint8_t nreason;
};

/* What was told of one connection. */
struct account {
	int64_t number; /* unique in the process, from 1 */
	struct address local;
	int64_t opened;
	int64_t read_at; /* the last read */
	uint64_t read;	 /* bytes */
	uint64_t written;
	int64_t requests;
	bool last; /* no request can follow */
	struct pending *pending;
	size_t npending;
	size_t cap;
	struct ring_conn *ring;
};

struct witness {
	int64_t start;	  /* on CLOCK_MONOTONIC */
	struct buf first; /* the line of the start: everybody's first */
	struct buf line;  /* the one being told */
	struct buf bare;  /* the same, without the bytes that went */
	struct buf text;
	struct feeds feeds;
	struct ring *ring; /* NULL: nobody will ask for the past */

	uint64_t read; /* bytes of all connections */
	uint64_t written;
	uint64_t requests;
	uint64_t unmatched;
	uint64_t refused;
};

/* It borrows the ring, which may be NULL.  False if memory is out. */
bool witness_init(struct witness *, struct ring *);
void witness_release(struct witness *);

/* Tell it from now on. */
void witness_add(struct witness *, struct feed *);
void witness_remove(struct witness *, struct feed *);

/* The time, for what is stamped before it is done. */
int64_t witness_clock(const struct witness *);

/* One was accepted.  NULL if memory is out: then nothing is told of it. */
struct account *witness_open(struct witness *, int64_t number,
    const struct address *peer, const struct address *local, const char *at);

/* One read brought, one write took n bytes. */
void witness_read(struct witness *, struct account *, const char *p, size_t n);
void witness_write(
    struct witness *, struct account *, int64_t at, const char *p, size_t n);

/* A request was decided upon: by a route, by none, or refused. */
void witness_answer(struct witness *, struct account *, struct respond *,
    const struct ask *, enum httperr, const struct script *);

/* All bytes of that answer are in the output, of which `unsent` are left. */
void witness_made(struct account *, size_t unsent);

/* It ends.  Frees the account. */
void witness_close(
    struct witness *, struct account *, bool by_peer, const char *reason);

#endif
