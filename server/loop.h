/*
 * epoll: who waits for which descriptor.  Level-triggered unless the events say
 * otherwise, without a timeout unless something is due.
 */
#ifndef RETORTD_LOOP_H
#define RETORTD_LOOP_H

#include <sys/epoll.h>

#include <stdbool.h>
#include <stdint.h>

/* Embedded in whoever owns a descriptor that is watched. */
struct watch {
	void (*ready)(struct watch *, uint32_t events, int64_t now);
};

enum {
	LOOP_EVENTS = 256 /* of one turn */
};

struct loop {
	int fd;
	int nready;
	struct epoll_event ready[LOOP_EVENTS];
};

/* False with errno. */
bool loop_init(struct loop *);
void loop_release(struct loop *);

/* The clock of deadlines, in microseconds. */
int64_t loop_clock(void);

/* False with errno.  The watch must stay until its descriptor is closed or
 * forgotten, and until the end of the turn in which that happens. */
bool loop_watch(struct loop *, int fd, struct watch *, uint32_t events);
bool loop_change(struct loop *, int fd, struct watch *, uint32_t events);
void loop_forget(struct loop *, int fd);

/* Sleep until something is ready, or until `due` of loop_clock. */
void loop_wait(struct loop *, int64_t due);

/* Call all sources that are ready. */
void loop_dispatch(struct loop *, int64_t now);

#endif
