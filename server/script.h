/*
 * An answer as steps, one after the other.  Whoever decides on it sends
 * nothing; a conn performs it, and may take long: a step waits for its time,
 * or for room to send.
 */
#ifndef RETORTD_SCRIPT_H
#define RETORTD_SCRIPT_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "content.h"
#include "routes.h"
#include "span.h"

enum step_kind {
	STEP_WAIT,	/* until `due` */
	STEP_SEND,	/* bytes of the answer, its head included */
	STEP_SEND_FILE, /* likewise, out of a file */
	STEP_CLOSE,	/* the connection ends when all is sent, as its peer
			 * wished */
	STEP_LINGER,	/* likewise, whatever it wished: its input is drained */
};

/* How long the bytes of a STEP_SEND stay. */
enum stay {
	STAY_CALL,  /* while the script is made and first performed */
	STAY_TABLE, /* as long as the routes */
	STAY_STEP,  /* they are the step's own */
};

struct step {
	enum step_kind kind;
	enum stay stay;
	uint32_t date_at; /* SEND: see struct rendered */
	union {
		int64_t due; /* WAIT */
		struct {
			struct span bytes; /* SEND: those that are left */
			char *own;	   /* STAY_STEP: to be freed */
		};
		struct content file; /* SEND_FILE */
	};
};

enum {
	SCRIPT_STEPS = 4 /* wait, head, content, end */
};

/* One that is kept to be gone on with holds the routes. */
struct script {
	struct step step[SCRIPT_STEPS];
	unsigned n;
	unsigned at;		   /* the step to go on with */
	int status;		   /* these are for the log */
	uint64_t content;	   /* bytes of the body */
	int64_t delay;		   /* microseconds that it waits by itself */
	const struct route *route; /* that answers; NULL if none does */
	bool no_memory;		   /* there is no answer */
	struct routes *routes;
};

/* No step yet. */
static inline void
script_begin(struct script *s, int status, const struct route *route)
{
	s->n = s->at = 0;
	s->status = status;
	s->content = 0;
	s->delay = 0;
	s->route = route;
	s->no_memory = false;
	s->routes = NULL;
}

static inline struct step *
script_add(struct script *s, enum step_kind kind)
{
	struct step *step = &s->step[s->n++];

	assert(s->n <= SCRIPT_STEPS);
	step->kind = kind;
	return step;
}

void script_wait(struct script *, int64_t now, int64_t us);

/* Of nothing no step is made. */
static inline void
script_send(
    struct script *s, struct span bytes, uint32_t date_at, enum stay stay)
{
	struct step *step;

	if (bytes.n == 0)
		return;
	step = script_add(s, STEP_SEND);
	step->stay = stay;
	step->date_at = date_at;
	step->bytes = bytes;
}

/* The same for what is in a buf: it stays there for the call, or, when it is
 * much, is taken. */
void script_send_buf(struct script *, struct buf *, uint32_t date_at);

/* Takes the file. */
void script_send_file(struct script *, struct content *);

static inline void
script_end(struct script *s, enum step_kind how)
{
	script_add(s, how);
}

/*
 * A copy of what is left of it, to be performed later; what it borrows for the
 * call becomes its own, but for what stands in `held`, which stays as long.
 * NULL if memory is out.  s is used up either way.
 */
struct script *script_keep(struct script *s, struct routes *, struct span held);

/* What is left of it is not performed. */
void script_release(struct script *);
void script_free(struct script *);

/* A step is done: drop what is its own. */
static inline void
step_release(struct step *step)
{
	if (step->kind == STEP_SEND_FILE)
		content_close(&step->file);
	else if (step->kind == STEP_SEND && step->stay == STAY_STEP)
		free(step->own);
}

#endif
