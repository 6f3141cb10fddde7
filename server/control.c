#include "control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limit.h"
#include "verbs.h"

enum {
	PIECE = 16 * 1024, /* read at once */
	COMMANDS_MAX = 8,  /* of one client in a turn: requests come between */
	BACKLOG = 16,
};

/* What is said to no command. */
#define REFUSAL "{\"id\":null,\"ok\":false,\"error\":\"%s\"}\n"

/* --- opening ------------------------------------------------------------- */

/* NULL if it names no path. */
static const char *
path_of(const char *where)
{
	return strncmp(where, "unix:", 5) == 0 && where[5] != '\0' ? where + 5
								   : NULL;
}

/* -1 if it names no descriptor. */
static int
fd_of(const char *where)
{
	const char *wrong;
	int fd;

	if (strncmp(where, "fd:", 3) != 0)
		return -1;
	fd = (int)strtonum(where + 3, 0, INT_MAX, &wrong);
	return wrong == NULL ? fd : -1;
}

bool
control_is_place(const char *where)
{
	return path_of(where) != NULL || fd_of(where) >= 0;
}

static bool
address_of_path(const char *path, struct sockaddr_un *sa, struct buf *why)
{
	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlcpy(sa->sun_path, path, sizeof(sa->sun_path)) <
	    sizeof(sa->sun_path))
		return true;
	buf_printf(
	    why, "the path is longer than %zu bytes", sizeof(sa->sun_path) - 1);
	return false;
}

/* A socket whose server has gone may be replaced; nothing else. */
static bool
make_way(const struct sockaddr_un *sa, struct buf *why)
{
	struct stat st;
	bool is_alone;
	int fd;

	if (lstat(sa->sun_path, &st) != 0)
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		buf_append_text(
		    why, "something stands there that is no socket");
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	is_alone = fd >= 0 &&
	    connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) != 0 &&
	    errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	if (is_alone && unlink(sa->sun_path) == 0)
		return true;
	buf_append_text(
	    why, is_alone ? strerror(errno) : "another server has it");
	return false;
}

/* So that no other is removed in its place. */
static bool
remember(struct control *c, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	c->path = path;
	c->device = st.st_dev;
	c->number = st.st_ino;
	return true;
}

static void
remove_socket(const struct control *c)
{
	struct stat st;

	if (c->path != NULL && lstat(c->path, &st) == 0 &&
	    st.st_dev == c->device && st.st_ino == c->number)
		unlink(c->path);
}

/* Nobody else may connect: not even before the mode is set. */
static bool
bind_privately(int fd, const struct sockaddr_un *sa)
{
	mode_t mask = umask(0177);
	bool ok = bind(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0;

	umask(mask);
	return ok;
}

static bool
open_path(struct control *c, const char *path, struct buf *why)
{
	struct sockaddr_un sa;
	int fd;

	if (!address_of_path(path, &sa, why) || !make_way(&sa, why))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && bind_privately(fd, &sa) && remember(c, path) &&
	    listen(fd, BACKLOG) == 0) {
		c->fd = fd;
		return true;
	}
	buf_append_text(why, strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

static bool
open_inherited(int fd, int *connected, struct buf *why)
{
	int type = 0;
	socklen_t n = sizeof(type);
	struct sockaddr_storage peer;
	socklen_t npeer = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) != 0 ||
	    type != SOCK_STREAM ||
	    getpeername(fd, (struct sockaddr *)&peer, &npeer) != 0) {
		buf_append_text(why, "it is no connected stream socket");
		return false;
	}
	/* A copy: the number itself stays with whoever gave it. */
	*connected = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (*connected >= 0)
		return true;
	buf_append_text(why, strerror(errno));
	return false;
}

bool
control_open(
    struct control *c, const char *where, int *connected, struct buf *why)
{
	const char *path = path_of(where);

	ring_init(&c->ring);
	c->reply = (struct buf){ .max = LIMIT_REPLY };
	c->fd = c->spare = *connected = -1;
	c->path = NULL;
	if (path != NULL)
		return open_path(c, path, why);
	return open_inherited(fd_of(where), connected, why);
}

/* --- clients ------------------------------------------------------------- */

static void
hear(struct controller *c, enum hearing what)
{
	struct control *all = c->control;

	if (c->hears == HEARS_NOTHING && what != HEARS_NOTHING)
		feed_line(&c->feed, buf_span(&all->witness->first));
	if (c->hears == HEARS_PAST)
		ring_end(&all->ring, &c->reader);
	if (c->hears == HEARS_PRESENT)
		witness_remove(all->witness, &c->feed);
	if (what == HEARS_PAST)
		ring_begin(&all->ring, &c->reader);
	if (what == HEARS_PRESENT)
		witness_add(all->witness, &c->feed);
	c->hears = what;
}

/* Mostly there is but one, and one answer may be much to tell. */
static void
share_room(struct control *all)
{
	struct controller *c;

	for (c = TAILQ_FIRST(&all->clients); c != NULL;
	     c = TAILQ_NEXT(c, entry))
		c->feed.room = LIMIT_FEED / all->n;
}

/* It stays until the turn ends: events may name it. */
static void
controller_end(struct controller *c)
{
	struct control *all = c->control;

	if (c->ended)
		return;
	c->ended = true;
	hear(c, HEARS_NOTHING);
	loop_forget(all->loop, c->fd);
	/* Whoever gave it to us has it open as well. */
	shutdown(c->fd, SHUT_RDWR);
	close(c->fd);
	TAILQ_REMOVE(&all->clients, c, entry);
	TAILQ_INSERT_TAIL(&all->ended, c, entry);
	all->n--;
	share_room(all);
}

static void
bury(struct control *all)
{
	struct controller *c;

	while ((c = TAILQ_FIRST(&all->ended)) != NULL) {
		TAILQ_REMOVE(&all->ended, c, entry);
		buf_release(&c->feed.sink.lines);
		buf_release(&c->in);
		free(c);
	}
}

/* --- commands ------------------------------------------------------------ */

/* It does not take what it was told: nothing more is said until it has. */
static bool
is_behind(const struct controller *c)
{
	return c->feed.sink.lines.len >= c->feed.room;
}

/* Nor is anything between what the ring holds: whatever is asked behind a
 * subscription is answered when the past has been told. */
static bool
must_wait(const struct controller *c)
{
	return is_behind(c) || c->hears == HEARS_PAST;
}

static void
refuse(struct controller *c, const char *why)
{
	buf_printf(&c->feed.sink.lines, REFUSAL, why);
	sink_flush(&c->feed.sink);
	controller_end(c);
}

static void
refuse_long(struct controller *c)
{
	refuse(c, "a command is a line of 64 KiB at most");
}

static void
run(struct controller *c, struct span line)
{
	struct buf *reply = &c->control->reply;

	c->wants = c->hears;
	verbs_run(c->control->daemon, c, line, reply);
	/* A reply that is not given would be waited for. */
	if (!buf_append_span(&c->feed.sink.lines, buf_span(reply)))
		controller_end(c);
	buf_release(reply);
	if (!c->ended && c->wants != c->hears)
		hear(c, c->wants);
}

/* All whole lines, as long as replies have room. */
static void
run_lines(struct controller *c)
{
	struct span rest = buf_span(&c->in);
	const char *end;
	int i;

	c->more = false;
	for (i = 0; rest.n > 0 && (end = memchr(rest.p, '\n', rest.n)) != NULL;
	     i++) {
		c->more = i == COMMANDS_MAX || must_wait(c);
		if (c->more || c->ended)
			break;
		if (end - rest.p > LIMIT_COMMAND)
			refuse_long(c);
		else
			run(c, span_of(rest.p, (size_t)(end - rest.p)));
		rest = span_of(end + 1, rest.n - (size_t)(end - rest.p) - 1);
	}
	buf_drop(&c->in, c->in.len - rest.n);
}

static void
take(struct controller *c)
{
	char piece[PIECE];
	ssize_t n = recv(c->fd, piece, sizeof(piece), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 || (n > 0 && !buf_append(&c->in, piece, (size_t)n))) {
		controller_end(c);
		return;
	}
	c->eof = n == 0;
	/* A last line has ended, too. */
	if (c->eof && c->in.len > 0)
		buf_append(&c->in, "\n", 1);
	run_lines(c);
	if (!c->ended && !c->more && c->in.len > LIMIT_COMMAND)
		refuse_long(c);
}

/* Whoever says no more may go on listening. */
static bool
wants_input(const struct controller *c)
{
	return !c->eof && !c->more && !must_wait(c);
}

static void
controller_ready(struct watch *watch, uint32_t events, int64_t now)
{
	struct controller *c = (struct controller *)watch;

	(void)now;
	if (c->ended)
		return;
	if ((events & EPOLLIN) != 0 && wants_input(c))
		take(c);
	else if ((events & (EPOLLHUP | EPOLLERR)) != 0)
		controller_end(c);
}

/* --- sending ------------------------------------------------------------- */

/* What the ring holds, as far as there is room; then the present. */
static void
tell_past(struct controller *c)
{
	struct control *all = c->control;
	struct span line;
	uint64_t lost;
	bool more = true;

	/* There is room for a line whenever it is not behind. */
	while (more && !is_behind(c)) {
		more = ring_read(&all->ring, &c->reader, &line, &lost);
		feed_lose(&c->feed, lost);
		if (more)
			sink_append(&c->feed.sink, line);
	}
	if (more)
		return;
	hear(c, HEARS_PRESENT);
}

static void
controller_flush(struct controller *c)
{
	if (c->ended)
		return;
	if (c->hears == HEARS_PAST)
		tell_past(c);
	feed_flush(&c->feed);
	if (c->feed.sink.ended)
		controller_end(c);
}

static void
controller_watch(struct controller *c)
{
	uint32_t events = wants_input(c) ? EPOLLIN : 0;

	if (c->feed.sink.lines.len > 0 || c->hears == HEARS_PAST || c->more)
		events |= EPOLLOUT;
	if (events == c->events)
		return;
	c->events = events;
	loop_change(c->control->loop, c->fd, &c->watch, events);
}

/* Nothing will be said to it any more. */
static bool
is_done(const struct controller *c)
{
	return c->eof && c->hears == HEARS_NOTHING && !c->more &&
	    c->feed.sink.lines.len == 0;
}

static void
controller_turn(struct controller *c)
{
	controller_flush(c);
	if (c->more && !c->ended && !must_wait(c)) {
		run_lines(c);
		controller_flush(c);
	}
	if (!c->ended && is_done(c))
		controller_end(c);
	if (!c->ended)
		controller_watch(c);
}

/* Another descriptor may be free. */
static void
resume(struct control *all)
{
	if (all->fd < 0 || all->spare >= 0)
		return;
	all->spare = fcntl(all->fd, F_DUPFD_CLOEXEC, 0);
	if (all->spare < 0 || !all->is_paused)
		return;
	all->is_paused = false;
	loop_change(all->loop, all->fd, &all->watch, EPOLLIN);
}

void
control_flush(struct control *all)
{
	struct controller *c, *next;

	for (c = TAILQ_FIRST(&all->clients); c != NULL; c = next) {
		next = TAILQ_NEXT(c, entry);
		controller_turn(c);
	}
	bury(all);
	resume(all);
}

/* --- accepting ----------------------------------------------------------- */

static bool
add(struct control *all, int fd)
{
	struct controller *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return false;
	c->watch.ready = controller_ready;
	c->control = all;
	c->fd = fd;
	c->events = EPOLLIN;
	c->in.max = LIMIT_COMMAND + PIECE;
	sink_open(&c->feed.sink, NULL, NULL, fd, LIMIT_FEED + LIMIT_REPLY);
	if (!loop_watch(all->loop, fd, &c->watch, c->events)) {
		free(c);
		return false;
	}
	TAILQ_INSERT_TAIL(&all->clients, c, entry);
	all->n++;
	share_room(all);
	return true;
}

/* Whoever may read this server's memory anyway. */
static bool
is_same_user(int fd)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
	    peer.uid == geteuid();
}

static void
turn_away(int fd, const char *why)
{
	char line[128];
	int n = snprintf(line, sizeof(line), REFUSAL, why);

	/* To whom it cannot be said, it is not. */
	if (send(fd, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

/* -1 if there is none to take. */
static int
accept_one(struct control *all)
{
	int fd = accept4(all->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 || errno == EAGAIN || errno == EINTR ||
	    errno == ECONNABORTED)
		return fd;
	/* Descriptors are out, most likely: then somebody may want to close
	 * connections, and to look again at once would spin. */
	if (all->spare >= 0)
		close(all->spare);
	all->spare = -1;
	fd = accept4(all->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		return fd;
	all->is_paused = true;
	loop_change(all->loop, all->fd, &all->watch, 0);
	return -1;
}

static void
control_ready(struct watch *watch, uint32_t events, int64_t now)
{
	struct control *all = (struct control *)watch;
	int fd = accept_one(all);

	(void)events;
	(void)now;
	if (fd < 0)
		return;
	if (!is_same_user(fd))
		turn_away(fd, "only the user that the server runs as may ask");
	else if (all->n >= LIMIT_CONTROLLERS)
		turn_away(fd, "there are too many clients already");
	else if (add(all, fd))
		return;
	close(fd);
}

bool
control_start(struct control *all, struct loop *loop, struct daemon *daemon,
    struct witness *witness, int connected)
{
	all->loop = loop;
	all->daemon = daemon;
	all->witness = witness;
	all->watch.ready = control_ready;
	TAILQ_INIT(&all->clients);
	TAILQ_INIT(&all->ended);
	if (connected >= 0)
		return add(all, connected);
	return loop_watch(loop, all->fd, &all->watch, EPOLLIN);
}

void
control_close(struct control *all)
{
	struct controller *c;

	control_flush(all);
	while ((c = TAILQ_FIRST(&all->clients)) != NULL)
		controller_end(c);
	bury(all);
	if (all->fd >= 0)
		close(all->fd);
	if (all->spare >= 0)
		close(all->spare);
	remove_socket(all);
	ring_release(&all->ring);
}
