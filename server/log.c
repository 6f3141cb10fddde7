#include "log.h"

#include <inttypes.h>
#include <stdio.h>

#include "escape.h"
#include "json.h"
#include "limit.h"

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

bool
log_open(struct log *l, enum log_format format, const char *path, int fd)
{
	*l = (struct log){ .format = format };
	if (format != LOG_NONE)
		return sink_open(&l->sink, "log", path, fd, LIMIT_LOG) &&
		    buf_reserve(&l->sink.lines, LIMIT_LOG);
	sink_open_none(&l->sink);
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
	struct buf *lines = &l->sink.lines;
	size_t before = lines->len;
	bool ok;

	if (l->format == LOG_JSON)
		ok = append_json(lines, e, wall, now);
	else
		ok = append_common(lines, e, wall);
	if (!ok)
		lines->len = before;
	return ok;
}

void
log_request(struct log *l, const struct log_entry *e, const struct wall *wall,
    int64_t now)
{
	if (l->sink.ended || append_line(l, e, wall, now))
		return;
	sink_make_room(&l->sink);
	if (!l->sink.ended && !append_line(l, e, wall, now))
		sink_drop(&l->sink);
}
