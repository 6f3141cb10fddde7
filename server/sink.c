#include "sink.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "say.h"

bool
sink_is_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

/* Others share what was inherited, and do not expect EAGAIN. */
int
sink_open_terminal(int fd)
{
	char name[32];

	if (!isatty(fd))
		return -1;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static enum sink_kind
kind_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return SINK_STREAM;
	if (S_ISREG(st.st_mode))
		return SINK_FILE;
	return S_ISSOCK(st.st_mode) ? SINK_SOCKET : SINK_STREAM;
}

static int
open_file(const char *path, mode_t mode)
{
	/* O_NONBLOCK: a FIFO without a reader is an error, not a wait. */
	return open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    mode);
}

static bool
begin(struct sink *s, int fd)
{
	int own = s->path != NULL ? open_file(s->path, s->mode)
				  : sink_open_terminal(fd);

	if (s->path != NULL && own < 0)
		return false;
	s->is_own = own >= 0;
	s->fd = s->is_own ? own : fd;
	s->kind = kind_of(s->fd);
	return true;
}

bool
sink_open(
    struct sink *s, const char *name, const char *path, int fd, size_t max)
{
	*s = (struct sink){ .name = name, .path = path, .mode = 0644 };
	s->lines.max = max;
	return begin(s, fd);
}

bool
sink_open_private(
    struct sink *s, const char *name, const char *path, int fd, size_t max)
{
	*s = (struct sink){ .name = name, .path = path, .mode = 0600 };
	s->lines.max = max;
	return begin(s, fd);
}

void
sink_open_none(struct sink *s)
{
	*s = (struct sink){ .fd = -1, .ended = true };
}

/* --- what is lost -------------------------------------------------------- */

static void
say_dropped(struct sink *s)
{
	if (s->dropped > s->said && s->name != NULL)
		say("%s lines dropped: %" PRIu64, s->name,
		    s->dropped - s->said);
	s->said = s->dropped;
}

/* All behind the first `kept` bytes, which end a line. */
static void
drop_lines(struct sink *s, size_t kept)
{
	size_t i;

	for (i = kept; i < s->lines.len; i++)
		s->dropped += s->lines.data[i] == '\n';
	s->lines.len = kept;
}

/* The rest of the line that was cut when it was written. */
static size_t
torn_rest(const struct sink *s)
{
	const char *end = s->torn && s->lines.len > 0
	    ? memchr(s->lines.data, '\n', s->lines.len)
	    : NULL;

	return end != NULL ? (size_t)(end + 1 - s->lines.data) : 0;
}

/* The lines cannot be written: EPIPE is for good, a full disk may pass.  Then
 * the line that was cut is ended first of all. */
static void
fail(struct sink *s, int error)
{
	s->ended = error == EPIPE || error == ECONNRESET;
	drop_lines(s, s->ended ? 0 : torn_rest(s));
	if (!s->failing && s->name != NULL)
		say("cannot write the %s: %s", s->name, strerror(error));
	s->failing = true;
	if (s->ended)
		say_dropped(s);
}

/* The rest of a line is of no use in another file. */
bool
sink_reopen(struct sink *s)
{
	size_t rest = torn_rest(s);
	int fd;

	if (s->path == NULL)
		return true;
	fd = open_file(s->path, s->mode);
	if (fd < 0)
		return false;
	close(s->fd);
	s->dropped += rest > 0;
	buf_drop(&s->lines, rest);
	s->fd = fd;
	s->kind = kind_of(fd);
	s->failing = s->ended = s->torn = false;
	return true;
}

/* --- writing ------------------------------------------------------------- */

/*
 * As much as can be taken at once.  The descriptor may be shared with others,
 * so it is not ours to make non-blocking: a pipe that poll calls writable has
 * room for PIPE_BUF bytes.  -1 with errno, EAGAIN if it would wait.
 */
static ssize_t
write_some(const struct sink *s, struct span bytes)
{
	switch (s->kind) {
	case SINK_FILE:
		return write(s->fd, bytes.p, bytes.n);
	case SINK_SOCKET:
		return send(
		    s->fd, bytes.p, bytes.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	case SINK_STREAM:
		break;
	}
	if (!sink_is_writable(s->fd)) {
		errno = EAGAIN;
		return -1;
	}
	return write(s->fd, bytes.p, bytes.n < PIPE_BUF ? bytes.n : PIPE_BUF);
}

bool
sink_flush(struct sink *s)
{
	struct span rest = buf_span(&s->lines);
	ssize_t n = 0;
	size_t sent;

	while (!s->ended && rest.n > 0) {
		n = write_some(s, rest);
		if (n >= 0)
			rest = span_of(rest.p + n, rest.n - (size_t)n);
		else if (errno != EINTR)
			break;
	}
	sent = s->lines.len - rest.n;
	if (sent > 0) {
		s->failing = false;
		s->torn = rest.p[-1] != '\n';
	}
	s->written += sent;
	buf_drop(&s->lines, sent);
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n < 0)
		fail(s, errno);
	else if (sent > 0)
		say_dropped(s);
	return false;
}

void
sink_make_room(struct sink *s)
{
	/* A busy turn, or nobody reads. */
	if (!s->ended)
		sink_flush(s);
}

void
sink_drop(struct sink *s)
{
	if (!s->ended && s->dropped++ == s->said && s->name != NULL)
		say("%s lines are being dropped: nobody takes them", s->name);
}

bool
sink_append(struct sink *s, struct span line)
{
	if (s->ended)
		return false;
	if (buf_append_span(&s->lines, line))
		return true;
	sink_make_room(s);
	if (!s->ended && buf_append_span(&s->lines, line))
		return true;
	sink_drop(s);
	return false;
}

void
sink_close(struct sink *s)
{
	sink_flush(s);
	drop_lines(s, 0);
	say_dropped(s);
	if (s->is_own)
		close(s->fd);
	buf_release(&s->lines);
}
