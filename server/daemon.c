#include "daemon.h"

#include <sys/signalfd.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load.h"
#include "say.h"

/* --- the log --- */

static void
unwatch_sink(struct sink_room *r)
{
	if (r->fd >= 0)
		loop_forget(r->loop, r->fd);
	r->fd = -1;
}

static void
room_ready(struct watch *watch, uint32_t events, int64_t now)
{
	(void)events;
	(void)now;
	unwatch_sink((struct sink_room *)watch);
}

static void
sink_room_init(struct sink_room *r, struct loop *loop)
{
	*r = (struct sink_room){ { room_ready }, loop, -1 };
}

/* What gathered in this turn was written, or waits for its reader: then be
 * woken when there is room. */
static void
watch_sink(struct sink_room *r, const struct sink *sink, bool waits)
{
	if (waits && loop_watch(r->loop, sink->fd, &r->watch, EPOLLOUT))
		r->fd = sink->fd;
}

static void
flush_log(struct daemon *d)
{
	struct sink *sink = &d->server.log->sink;

	if (d->log_room.fd < 0)
		watch_sink(&d->log_room, sink, sink_flush(sink));
}

static void
flush_journal(struct daemon *d)
{
	struct feed *feed = &d->journal;

	if (d->journal_room.fd < 0)
		watch_sink(&d->journal_room, &feed->sink, feed_flush(feed));
}

static void
reopen_sink(struct sink_room *r, struct sink *sink)
{
	sink_flush(sink);
	unwatch_sink(r);
	if (!sink_reopen(sink))
		say("cannot open %s again: %s", sink->path, strerror(errno));
}

/* --- signals --- */

/* Take no more; requests under way are answered, within TIME_DRAIN. */
static void
begin_drain(struct daemon *d, int64_t now)
{
	if (d->server.draining)
		return;
	d->server.draining = true;
	listeners_take_queued(&d->listeners, now);
	listeners_close(&d->listeners);
	links_close_idle(&d->links, now);
	timers_set(&d->server.timers, &d->drain, TIMER_DRAIN, now);
}

static void
drain_due(struct timer *timer, int64_t now)
{
	struct daemon *d =
	    (struct daemon *)((char *)timer - offsetof(struct daemon, drain));

	(void)now;
	d->done = true;
}

/* Requests under way have their table. */
bool
daemon_reload(struct daemon *d, char *why, size_t cap)
{
	struct respond *r = &d->server.respond;
	struct routes *routes;

	if (d->routes_path == NULL) {
		strlcpy(why, "nothing to reload: the routes are built in", cap);
		say("%s", why);
		return false;
	}
	routes = load_again(d->routes_path, r->routes, why, cap);
	if (routes == NULL)
		return false;
	respond_swap(r, routes);
	return true;
}

/* Whoever reads a journal begins with its start, whichever file it is in. */
static void
reopen_journal(struct daemon *d)
{
	if (d->journal.sink.path == NULL)
		return;
	reopen_sink(&d->journal_room, &d->journal.sink);
	feed_line(&d->journal, buf_span(&d->witness.first));
}

static void
handle(struct daemon *d, int sig, int64_t now)
{
	char why[512];

	switch (sig) {
	case SIGTERM:
	case SIGINT:
		d->done = true;
		break;
	case SIGQUIT:
		begin_drain(d, now);
		break;
	case SIGHUP:
		daemon_reload(d, why, sizeof(why));
		break;
	case SIGUSR1:
		reopen_sink(&d->log_room, &d->server.log->sink);
		reopen_journal(d);
		break;
	}
}

static void
signals_ready(struct watch *watch, uint32_t events, int64_t now)
{
	struct daemon *d =
	    (struct daemon *)((char *)watch - offsetof(struct daemon, signals));
	struct signalfd_siginfo info;

	(void)events;
	while (read(d->signal_fd, &info, sizeof(info)) == sizeof(info))
		handle(d, (int)info.ssi_signo, now);
}

/*
 * Through a descriptor, since a loop that always has something ready would
 * never get to a signal that interrupts waiting.
 */
static bool
watch_signals(struct daemon *d)
{
	static const int wanted[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
		SIGUSR1 };
	sigset_t set;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return false;
	d->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	d->signals.ready = signals_ready;
	return d->signal_fd >= 0 &&
	    loop_watch(&d->loop, d->signal_fd, &d->signals, EPOLLIN);
}

/* --- the loop --- */

/* Is there anybody to be told what happens? */
static bool
has_listener(const struct daemon *d)
{
	return d->is_controlled || !d->journal.sink.ended;
}

static bool
start_witness(struct daemon *d)
{
	if (!has_listener(d))
		return true;
	if (!witness_init(
		&d->witness, d->is_controlled ? &d->control.ring : NULL))
		return false;
	d->server.witness = &d->witness;
	if (!d->journal.sink.ended) {
		feed_line(&d->journal, buf_span(&d->witness.first));
		witness_add(&d->witness, &d->journal);
	}
	return !d->is_controlled ||
	    control_start(&d->control, &d->loop, d, &d->witness, d->controller);
}

bool
daemon_start(struct daemon *d, struct routes *routes, struct log *log)
{
	d->signal_fd = d->loop.fd = -1;
	sink_room_init(&d->log_room, &d->loop);
	sink_room_init(&d->journal_room, &d->loop);
	d->journal.room = LIMIT_JOURNAL;
	d->drain.fire = drain_due;
	/* localtime_r reads the zone from a file, and later there are none. */
	tzset();
	return server_init(&d->server, routes, log) &&
	    links_init(&d->links, &d->loop, &d->server) &&
	    loop_init(&d->loop) && watch_signals(d) && start_witness(d) &&
	    listeners_start(&d->listeners, &d->loop, &d->links);
}

static void
update_wall(struct wall *wall, int64_t now)
{
	struct timespec ts;

	if (!wall_is_stale(wall, now))
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	wall_set(wall, now, (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static void
fire_timers(struct daemon *d, int64_t now)
{
	struct timer *t;

	while ((t = timers_pop(&d->server.timers, now)) != NULL)
		t->fire(t, now);
	links_flush(&d->links);
}

static void
flush_told(struct daemon *d)
{
	flush_journal(d);
	if (d->is_controlled)
		control_flush(&d->control);
}

static void
turn(struct daemon *d)
{
	struct server *s = &d->server;
	int64_t due = timers_next(&s->timers), now;

	loop_wait(&d->loop, due);
	now = loop_clock();
	update_wall(&s->wall, now);
	loop_dispatch(&d->loop, now);
	links_flush(&d->links);
	if (due <= now)
		fire_timers(d, now);
	if (links_bury(&d->links))
		listeners_resume(&d->listeners);
	flush_log(d);
	if (s->witness != NULL)
		flush_told(d);
	if (s->draining && TAILQ_EMPTY(&d->links.open))
		d->done = true;
}

void
daemon_run(struct daemon *d)
{
	if (d->server.witness != NULL)
		flush_told(d);
	while (!d->done)
		turn(d);
}

/* The last that is told is how the connections ended. */
static void
release_witness(struct daemon *d)
{
	unwatch_sink(&d->journal_room);
	if (d->is_controlled)
		control_close(&d->control);
	feed_close(&d->journal);
	witness_release(&d->witness);
}

void
daemon_release(struct daemon *d)
{
	listeners_close(&d->listeners);
	links_release(&d->links);
	unwatch_sink(&d->log_room);
	if (d->server.witness != NULL)
		release_witness(d);
	if (d->signal_fd >= 0)
		close(d->signal_fd);
	loop_release(&d->loop);
	server_release(&d->server);
}
