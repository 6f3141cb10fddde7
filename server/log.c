#include "log.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "escape.h"
#include "json.h"
#include "limit.h"

static bool
is_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

void
say(const char *fmt, ...)
{
	char line[512] = "retortd: ";
	size_t n = strlen(line);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	n = strlen(line);
	line[n++] = '\n';
	/* Nobody can be told if stderr fails too. */
	if (is_writable(STDERR_FILENO) && write(STDERR_FILENO, line, n) < 0)
		return;
}

void
say_lines(struct span s)
{
	const char *end;
	size_t n;

	while (s.n > 0 && is_writable(STDERR_FILENO)) {
		n = s.n < PIPE_BUF ? s.n : PIPE_BUF;
		end = memrchr(s.p, '\n', n);
		if (end != NULL)
			n = (size_t)(end - s.p) + 1;
		if (write(STDERR_FILENO, s.p, n) != (ssize_t)n)
			return;
		s = span_of(s.p + n, s.n - n);
	}
}

bool
log_format_find(const char *name, enum log_format *format)
{
	static const char *const names[] = {
#define X(name, text) [LOG_##name] = text,
		LOG_FORMATS(X)
#undef X
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			*format = (enum log_format)i;
			return true;
		}
	}
	return false;
}

static bool
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static int
open_file(const char *path)
{
	/* O_NONBLOCK: a FIFO without a reader is an error, not a wait. */
	return open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0644);
}

bool
log_open(struct log *l, enum log_format format, const char *path, int fd)
{
	*l = (struct log){ .format = format, .path = path, .fd = fd };
	l->lines.max = LIMIT_LOG;
	if (format == LOG_NONE) {
		l->ended = true;
		l->path = NULL;
		return true;
	}
	if (path != NULL && (l->fd = open_file(path)) < 0)
		return false;
	l->is_file = is_file(l->fd);
	return buf_reserve(&l->lines, LIMIT_LOG);
}

bool
log_reopen(struct log *l)
{
	int fd;

	if (l->path == NULL)
		return true;
	fd = open_file(l->path);
	if (fd < 0)
		return false;
	close(l->fd);
	l->fd = fd;
	l->is_file = is_file(fd);
	l->failing = l->ended = false;
	return true;
}

/* A peer's bytes.  Most of them stand for themselves. */
static bool
append_escaped(struct buf *b, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 ||
		    (unsigned char)s.p[i] >= 0x7f || s.p[i] == '"' ||
		    s.p[i] == '\\')
			return escape_append(b, s, ESCAPE_LOG);
	return buf_append_span(b, s);
}

static bool
append_number(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	return buf_append(b, digits + i, sizeof(digits) - i);
}

/* Common Log Format: 127.0.0.1 - - [time] "request line" status bytes */
static bool
append_common(struct buf *b, const struct log_entry *e, const struct wall *wall)
{
	char peer[ADDRESS_TEXT];

	return buf_append(b, peer, address_host(e->peer, peer)) &&
	    buf_append(b, " - - [", 6) && buf_append_text(b, wall->clf) &&
	    buf_append(b, "] \"", 3) &&
	    append_escaped(
		b, e->ask->line.n > 0 ? e->ask->line : span_of("-", 1)) &&
	    buf_append(b, "\" ", 2) && append_number(b, e->status) &&
	    buf_append(b, " ", 1) && append_number(b, e->content) &&
	    buf_append(b, "\n", 1);
}

static bool
append_member(struct buf *b, const char *name, struct span value)
{
	return buf_append(b, ",\"", 2) && buf_append_text(b, name) &&
	    buf_append(b, "\":", 2) && json_append_bytes(b, value);
}

static bool
append_route(struct buf *b, const struct route *route)
{
	char line[16];
	struct span file;

	if (route == NULL)
		return buf_append_text(b, ",\"route\":null");
	snprintf(line, sizeof(line), ":%" PRIu32 "\"", route->place.line);
	file = span_text(route->place.file);
	if (!append_member(b, "route", file))
		return false;
	b->len--; /* its end belongs behind the line */
	return buf_append_text(b, line);
}

static bool
append_json(struct buf *b, const struct log_entry *e, const struct wall *wall,
    int64_t now)
{
	const struct ask *ask = e->ask;
	bool is_classic = ask->dialect == DIALECT_CLASSIC;
	char at[WALL_ISO_LEN + 1];
	char peer[ADDRESS_TEXT];

	wall_iso(wall, now, at);
	address_text(e->peer, peer);
	return buf_append_text(b, "{\"ev\":\"request\"") &&
	    append_member(b, "at", span_text(at)) &&
	    append_member(b, "peer", span_text(peer)) &&
	    append_member(
		b, "dialect", span_text(is_classic ? "classic" : "http")) &&
	    append_member(b, "line", ask->line) &&
	    append_member(b, "method", ask->method) &&
	    append_member(b, "host", ask->host) &&
	    append_member(b, "target", ask->target) &&
	    buf_printf(b,
		",\"status\":%d,\"bytes\":%" PRIu64 ",\"us\":%" PRId64,
		e->status, e->content, e->us) &&
	    append_route(b, e->route) && buf_append(b, "}\n", 2);
}

static bool
append_line(struct log *l, const struct log_entry *e, const struct wall *wall,
    int64_t now)
{
	size_t before = l->lines.len;
	bool ok;

	if (l->format == LOG_JSON)
		ok = append_json(&l->lines, e, wall, now);
	else
		ok = append_common(&l->lines, e, wall);
	if (!ok)
		l->lines.len = before;
	return ok;
}

void
log_request(struct log *l, const struct log_entry *e, const struct wall *wall,
    int64_t now)
{
	if (l->ended || append_line(l, e, wall, now))
		return;
	/* A busy turn, or nobody reads. */
	log_flush(l);
	if (!l->ended && !append_line(l, e, wall, now) && l->dropped++ == 0)
		say("log lines are being dropped: nobody takes them");
}

static void
say_dropped(struct log *l)
{
	if (l->dropped > 0)
		say("log lines dropped: %" PRIu64, l->dropped);
	l->dropped = 0;
}

static void
drop_lines(struct log *l)
{
	size_t i;

	for (i = 0; i < l->lines.len; i++)
		l->dropped += l->lines.data[i] == '\n';
	l->lines.len = 0;
}

/* The lines cannot be written: EPIPE is for good, a full disk may pass. */
static void
fail(struct log *l, int error)
{
	drop_lines(l);
	if (!l->failing)
		say("cannot write the log: %s", strerror(error));
	l->failing = true;
	if (error != EPIPE)
		return;
	l->ended = true;
	say_dropped(l);
}

/*
 * As much as can be taken at once.  The descriptor may be shared with others,
 * so it is not ours to make non-blocking: a pipe that poll calls writable has
 * room for PIPE_BUF bytes.  -1 with errno, EAGAIN if it would wait.
 */
static ssize_t
write_some(const struct log *l, struct span s)
{
	if (l->is_file)
		return write(l->fd, s.p, s.n);
	if (!is_writable(l->fd)) {
		errno = EAGAIN;
		return -1;
	}
	return write(l->fd, s.p, s.n < PIPE_BUF ? s.n : PIPE_BUF);
}

bool
log_flush(struct log *l)
{
	struct span rest = buf_span(&l->lines);
	ssize_t n = 0;
	size_t sent;

	while (!l->ended && rest.n > 0) {
		n = write_some(l, rest);
		if (n >= 0)
			rest = span_of(rest.p + n, rest.n - (size_t)n);
		else if (errno != EINTR)
			break;
	}
	sent = l->lines.len - rest.n;
	buf_drop(&l->lines, sent);
	if (sent > 0)
		l->failing = false;
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n < 0)
		fail(l, errno);
	else if (sent > 0)
		say_dropped(l);
	return false;
}

void
log_close(struct log *l)
{
	if (log_flush(l))
		drop_lines(l);
	say_dropped(l);
	if (l->path != NULL)
		close(l->fd);
	buf_release(&l->lines);
}
