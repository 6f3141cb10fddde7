#include "control.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK = 64 * 1024,
	ROOM_KEPT = 1024 * 1024, /* more is given back once it is empty */
};

void
control_init(struct control *c)
{
	*c = (struct control){
		.fd = -1,
		.in.max = CONTROL_LINE_MAX + CONTROL_TURN,
		.out.max = CONTROL_ASKED_MAX,
		.scratch.max = CONTROL_LINE_MAX,
	};
}

/* What was on its way is nobody's now. */
static void
forget(struct control *c)
{
	buf_release(&c->in);
	buf_release(&c->out);
	c->taken = c->scanned = 0;
}

void
control_close(struct control *c, const char *why)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	forget(c);
	if (why != NULL)
		strlcpy(c->why, why, sizeof(c->why));
}

void
control_release(struct control *c)
{
	control_close(c, NULL);
	buf_release(&c->scratch);
	control_init(c);
}

/* --- bytes ------------------------------------------------------------------ */

/* Lines that were handed out make room. */
static void
drop_taken(struct control *c)
{
	buf_drop(&c->in, c->taken);
	c->scanned -= c->taken;
	c->taken = 0;
	if (c->in.len == 0 && c->in.cap > ROOM_KEPT)
		buf_release(&c->in);
	if (c->scratch.cap > ROOM_KEPT)
		buf_release(&c->scratch);
}

static bool
too_long(struct control *c)
{
	snprintf(c->why, sizeof(c->why),
	    "it sent a line of more than %d MiB, which no retortd does",
	    CONTROL_LINE_MAX >> 20);
	return false;
}

/* The bytes behind in.len came. */
static bool
fed(struct control *c, size_t n)
{
	size_t begin = c->in.len;
	const char *lf = memrchr(c->in.data + begin, '\n', n);

	c->in.len += n;
	/* Lines that are whole will go: only what is none yet counts. */
	if (lf == NULL && c->scanned == begin)
		c->scanned = c->in.len;
	if (c->in.len - c->taken > CONTROL_LINE_MAX && c->scanned == c->in.len)
		return too_long(c);
	return true;
}

bool
control_feed(struct control *c, const void *p, size_t n)
{
	assert(n <= CONTROL_TURN);
	drop_taken(c);
	if (!buf_reserve(&c->in, n))
		return too_long(c);
	memcpy(c->in.data + c->in.len, p, n);
	return fed(c, n);
}

static bool
read_reply(struct span line, struct control_line *out)
{
	struct span value;

	*out = (struct control_line){ .json = line };
	if (!json_find(line, span_text("/id"), &value) ||
	    !json_integer(value, &out->id) || out->id < 0)
		return false;
	out->ok =
	    json_find(line, span_text("/ok"), &value) && span_is(value, "true");
	return true;
}

static enum control_kind
read_line(struct control *c, struct span line, struct control_line *out)
{
	if (journal_read(line, &out->event, &c->scratch))
		return CONTROL_EVENT;
	if (read_reply(line, out))
		return CONTROL_REPLY;
	if (json_is_valid(line) && line.n > 0 && line.p[0] == '{')
		return CONTROL_MORE;
	strlcpy(c->why, "what it sent is no line of JSON", sizeof(c->why));
	return CONTROL_BAD;
}

/* The next whole line; false if there is none. */
static bool
take_line(struct control *c, struct span *line)
{
	const char *lf =
	    memchr(c->in.data + c->scanned, '\n', c->in.len - c->scanned);

	if (lf == NULL) {
		c->scanned = c->in.len;
		return false;
	}
	*line = span_of(
	    c->in.data + c->taken, (size_t)(lf - (c->in.data + c->taken)));
	c->taken = c->scanned = (size_t)(lf + 1 - c->in.data);
	return true;
}

enum control_kind
control_next(struct control *c, struct control_line *out)
{
	enum control_kind kind;
	struct span line;

	while (c->in.len > c->scanned && take_line(c, &line)) {
		kind = read_line(c, line, out);
		if (kind != CONTROL_MORE)
			return kind;
	}
	return CONTROL_MORE;
}

/* --- the socket ------------------------------------------------------------- */

void
control_open(struct control *c, int fd)
{
	control_close(c, NULL);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	c->fd = fd;
	c->why[0] = '\0';
}

static void
write_asked(struct control *c)
{
	while (c->fd >= 0 && c->out.len > 0) {
		ssize_t n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* an end is read, too */
		buf_drop(&c->out, (size_t)n);
	}
}

int64_t
control_ask(struct control *c, const char *verb, const char *members)
{
	if (c->fd < 0 ||
	    !buf_printf(&c->out, "{\"id\":%" PRId64 ",\"do\":\"%s\"%s%s}\n",
		c->asked + 1, verb, members[0] != '\0' ? "," : "", members))
		return 0;
	write_asked(c);
	return ++c->asked;
}

/* What it is that does not let us in. */
static const char *
connect_words(int error)
{
	switch (error) {
	case ENOENT:
		return "no such socket; retortd -C unix:PATH makes one";
	case ECONNREFUSED:
		return "no server is there; retortd -C unix:PATH makes one";
	case EACCES:
	case EPERM:
		return "it is another user's, and only that one may attach";
	default:
		return strerror(error);
	}
}

bool
control_connect(struct control *c, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = -1;

	if (strlcpy(to.sun_path, path, sizeof(to.sun_path)) >=
	    sizeof(to.sun_path)) {
		snprintf(c->why, sizeof(c->why),
		    "the path of a socket has at most %zu bytes",
		    sizeof(to.sun_path) - 1);
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		strlcpy(c->why, connect_words(errno), sizeof(c->why));
		if (fd >= 0)
			close(fd);
		return false;
	}
	control_open(c, fd);
	return true;
}

static void
ended(struct control *c, ssize_t n, int error)
{
	char why[CONTROL_WHY_MAX];

	snprintf(why, sizeof(why), "%s",
	    n == 0 ? "it closed the connection" : strerror(error));
	control_close(c, why);
}

/* Up to CONTROL_TURN bytes.  False if nothing came. */
static bool
read_some(struct control *c)
{
	size_t left = CONTROL_TURN;

	drop_taken(c);
	while (left > 0) {
		ssize_t n;

		if (!buf_reserve(&c->in, CHUNK)) {
			too_long(c);
			control_close(c, NULL);
			return true;
		}
		n = recv(c->fd, c->in.data + c->in.len, CHUNK, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			/* What came before is read first. */
			if (left == CONTROL_TURN)
				ended(c, n, errno);
			return true;
		}
		if (!fed(c, (size_t)n)) {
			control_close(c, NULL);
			return true;
		}
		left -= (size_t)n < left ? (size_t)n : left;
	}
	return left < CONTROL_TURN;
}

size_t
control_pollfds(const struct control *c, struct pollfd *fds)
{
	if (c->fd < 0)
		return 0;
	fds[0] = (struct pollfd){ c->fd,
		(short)(POLLIN | (c->out.len > 0 ? POLLOUT : 0)), 0 };
	return 1;
}

bool
control_step(struct control *c, const struct pollfd *fds, size_t n)
{
	if (n == 0 || c->fd < 0 || fds[0].fd != c->fd || fds[0].revents == 0)
		return false;
	if ((fds[0].revents & POLLOUT) != 0)
		write_asked(c);
	return read_some(c);
}

static int64_t
milliseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

bool
control_greet(struct control *c, int ms)
{
	int64_t until = milliseconds() + ms, left;
	struct pollfd p;

	while (c->fd >= 0 && c->scanned == c->in.len) {
		left = until - milliseconds();
		if (left <= 0) {
			snprintf(c->why, sizeof(c->why),
			    "no answer within %d ms: that is no control socket "
			    "of a retortd",
			    ms);
			return false;
		}
		if (poll(&p, control_pollfds(c, &p), (int)left) > 0)
			control_step(c, &p, 1);
	}
	return c->fd >= 0;
}
