#include "loop.h"

#include <limits.h>
#include <time.h>
#include <unistd.h>

bool
loop_init(struct loop *l)
{
	l->nready = 0;
	l->fd = epoll_create1(EPOLL_CLOEXEC);
	return l->fd >= 0;
}

void
loop_release(struct loop *l)
{
	if (l->fd >= 0)
		close(l->fd);
}

int64_t
loop_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static bool
control(struct loop *l, int op, int fd, struct watch *watch, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = watch };

	return epoll_ctl(l->fd, op, fd, &ev) == 0;
}

bool
loop_watch(struct loop *l, int fd, struct watch *watch, uint32_t events)
{
	return control(l, EPOLL_CTL_ADD, fd, watch, events);
}

bool
loop_change(struct loop *l, int fd, struct watch *watch, uint32_t events)
{
	return control(l, EPOLL_CTL_MOD, fd, watch, events);
}

void
loop_forget(struct loop *l, int fd)
{
	control(l, EPOLL_CTL_DEL, fd, NULL, 0);
}

/* For epoll: milliseconds, rounded up so that what is due is due then. */
static int
timeout_until(int64_t due)
{
	int64_t left;

	if (due == INT64_MAX)
		return -1;
	left = due - loop_clock();
	if (left <= 0)
		return 0;
	left = (left + 999) / 1000;
	return left < INT_MAX ? (int)left : INT_MAX;
}

void
loop_wait(struct loop *l, int64_t due)
{
	l->nready =
	    epoll_wait(l->fd, l->ready, LOOP_EVENTS, timeout_until(due));
}

void
loop_dispatch(struct loop *l, int64_t now)
{
	struct watch *watch;
	int i;

	for (i = 0; i < l->nready; i++) {
		watch = l->ready[i].data.ptr;
		watch->ready(watch, l->ready[i].events, now);
	}
}
