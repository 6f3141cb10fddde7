#include "logline.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "escape.h"

enum {
	TEXT_MAX = 4096, /* bytes of a text, before it is escaped */
	ALL_MAX = 16 * TEXT_MAX,
};

/* --- kinds ----------------------------------------------------------------- */

/* How it says that it listens, in front of the address and behind it. */
static const struct {
	const char *before;
	const char *after;
} readies[] = {
	{ "retortd: listening on ", "" },
	{ "{\"ev\":\"listen\",\"local\":\"", "\"}" },
};

static bool
begins(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p, with, n) == 0;
}

static bool
holds(struct span s, const char *what)
{
	return memmem(s.p, s.n, what, strlen(what)) != NULL;
}

struct span
logline_address(struct span line)
{
	for (size_t i = 0; i < sizeof(readies) / sizeof(readies[0]); i++) {
		size_t before = strlen(readies[i].before);
		size_t after = strlen(readies[i].after);

		if (begins(line, readies[i].before) && line.n > before + after)
			return span_of(
			    line.p + before, line.n - before - after);
	}
	return span_of("", 0);
}

/* A number and a colon in front of s; what is behind them. */
static bool
skip_number(struct span *s)
{
	size_t n = 0;

	while (n < s->n && isdigit((unsigned char)s->p[n]))
		n++;
	if (n == 0 || n == s->n || s->p[n] != ':')
		return false;
	*s = span_of(s->p + n + 1, s->n - n - 1);
	return true;
}

/* "FILE:LINE:COLUMN: what" */
static bool
has_place(struct span s)
{
	const char *colon;

	while ((colon = memchr(s.p, ':', s.n)) != NULL) {
		struct span rest;

		s = span_of(colon + 1, s.n - (size_t)(colon + 1 - s.p));
		rest = s;
		if (skip_number(&rest) && skip_number(&rest) &&
		    begins(rest, " "))
			return true;
	}
	return false;
}

/* "FILE: what" or "\"FILE\" is what", of the file as a whole. */
static bool
names(struct span s, const char *file)
{
	bool quoted = begins(s, "\"");
	size_t n = strlen(file);

	if (quoted)
		s = span_of(s.p + 1, s.n - 1);
	return begins(s, file) &&
	    begins(span_of(s.p + n, s.n - n), quoted ? "\" " : ": ");
}

/* Of what is for people. */
static enum logline_kind
kind_of_sentence(struct span line, const char *routes)
{
	if (span_is(span_trim(line), "^"))
		return LOGLINE_CARET;
	if (has_place(line) || (routes != NULL && names(line, routes)))
		return holds(line, ": warning: ") ? LOGLINE_WARNING
						  : LOGLINE_FAULT;
	if (!begins(line, "retortd: "))
		return LOGLINE_TEXT;
	if (holds(line, " routes loaded") || holds(line, " route loaded"))
		return LOGLINE_LOADED;
	if (holds(line, "the old routes stay"))
		return LOGLINE_REFUSED;
	return LOGLINE_TEXT;
}

enum logline_kind
logline_kind(struct span line, const char *routes)
{
	if (logline_address(line).n > 0)
		return LOGLINE_READY;
	return kind_of_sentence(line, routes);
}

/* --- what is kept ------------------------------------------------------------ */

/* A line while it is read: its texts in one run, each ended by a NUL. */
struct reading {
	struct logline line;
	struct buf texts;
	size_t text;
	size_t peer; /* SIZE_MAX: it has none */
	size_t route;
};

/* Add a text; where it is. */
static bool
keep(struct reading *r, size_t *at, struct span text)
{
	*at = r->texts.len;
	if (text.n > TEXT_MAX)
		text.n = TEXT_MAX;
	return escape_append(&r->texts, text, ESCAPE_SCREEN) &&
	    buf_append(&r->texts, "", 1);
}

/* The same of what is for people.  Carets stand below what they mean by having
 * the same tabs in front. */
static bool
keep_tabs(struct reading *r, size_t *at, struct span text)
{
	*at = r->texts.len;
	if (text.n > TEXT_MAX)
		text.n = TEXT_MAX;
	for (;;) {
		const char *tab = memchr(text.p, '\t', text.n);
		size_t n = tab != NULL ? (size_t)(tab - text.p) : text.n;

		if (!escape_append(
			&r->texts, span_of(text.p, n), ESCAPE_SCREEN))
			return false;
		if (tab == NULL)
			return buf_append(&r->texts, "", 1);
		if (!buf_append(&r->texts, "\t", 1))
			return false;
		text = span_of(tab + 1, text.n - n - 1);
	}
}

static const char *
text_in(const char *texts, size_t at)
{
	return at == SIZE_MAX ? NULL : texts + at;
}

static struct logline *
finish(const struct reading *r)
{
	struct logline *line = malloc(sizeof(*line) + r->texts.len);
	char *texts;

	if (line == NULL)
		return NULL;
	texts = (char *)(line + 1);
	*line = r->line;
	memcpy(texts, r->texts.data, r->texts.len);
	line->text = text_in(texts, r->text);
	line->peer = text_in(texts, r->peer);
	line->route = text_in(texts, r->route);
	return line;
}

static void
begin(struct reading *r, enum logline_kind kind)
{
	*r = (struct reading){ .line.kind = kind, .texts.max = ALL_MAX };
	r->peer = r->route = SIZE_MAX;
}

static struct logline *
end(struct reading *r, bool ok)
{
	struct logline *line = ok ? finish(r) : NULL;

	buf_release(&r->texts);
	return line;
}

/* --- sentences ----------------------------------------------------------------- */

/* The same however it was said. */
static bool
read_ready(struct reading *r, struct span line)
{
	size_t address;

	r->text = 0;
	return buf_append_text(&r->texts, "listening on ") &&
	    keep(r, &address, logline_address(line));
}

struct logline *
logline_read(struct span line, const char *routes)
{
	struct reading r;

	begin(&r, logline_kind(line, routes));
	return end(&r,
	    r.line.kind == LOGLINE_READY ? read_ready(&r, line)
					 : keep_tabs(&r, &r.text, line));
}

struct logline *
logline_say(enum logline_kind kind, const char *text)
{
	struct reading r;

	begin(&r, kind);
	return end(&r, keep(&r, &r.text, span_text(text)));
}

/* --- requests ------------------------------------------------------------------ */

/* The clock on the wall here. */
static void
set_clock(struct logline *line, int64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(line->clock, sizeof(line->clock), "%H:%M:%S", &tm) == 0)
		line->clock[0] = '\0';
}

/* "127.0.0.1:51234" without its port. */
static struct span
host_of(struct span address)
{
	const char *colon = memrchr(address.p, ':', address.n);

	if (colon != NULL)
		address.n = (size_t)(colon - address.p);
	return address;
}

/* The line with which it began, as it came. */
static struct span
first_line(const struct seen_conn *c, const struct seen_request *r)
{
	uint64_t gone, to = seen_to(c, TAPE_IN, &r->in), from = r->in.from;
	struct span s =
	    tape_run(&c->tape, TAPE_IN, from < to ? from : to, to, &gone);
	const char *lf;

	while (s.n > 0 && (s.p[0] == '\r' || s.p[0] == '\n'))
		s = span_of(s.p + 1, s.n - 1);
	lf = s.n > 0 ? memchr(s.p, '\n', s.n) : NULL;
	if (lf != NULL)
		s.n = (size_t)(lf - s.p);
	if (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

/* Or, when that was not kept, what is known of it. */
static bool
keep_first_line(struct reading *r, const struct seen_conn *c,
    const struct seen_request *request)
{
	struct span s = first_line(c, request);
	struct buf b = { .max = TEXT_MAX };
	bool ok;

	if (s.n > 0 || request->target == NULL)
		return keep(r, &r->text, s);
	ok = buf_printf(&b, "%s %s", request->method, request->target) &&
	    keep(r, &r->text, buf_span(&b));
	buf_release(&b);
	return ok;
}

static void
set_request(struct logline *line, const struct seen_conn *c,
    const struct seen_request *r)
{
	line->life = c->life;
	line->conn = c->number;
	line->req = r->req;
}

struct logline *
logline_request(
    const struct seen_conn *c, const struct seen_request *request, int64_t wall)
{
	int64_t at = request->end >= 0 ? request->end : request->heard;
	const char *route = request->route != NULL ? request->route : "";
	struct reading r;

	begin(&r, LOGLINE_REQUEST);
	set_request(&r.line, c, request);
	set_clock(&r.line, at + wall);
	r.line.status = request->status;
	r.line.bytes = request->content > 0 ? (uint64_t)request->content : 0;
	return end(&r,
	    keep(&r, &r.peer, host_of(span_text(c->tape.peer))) &&
		keep_first_line(&r, c, request) &&
		(request->target == NULL || request->nerror > 0 ||
		    keep(&r, &r.route, span_text(route))));
}

struct logline *
logline_nearest(const struct seen_conn *c, const struct seen_request *request)
{
	struct reading r;

	if (request->nearest == NULL)
		return NULL;
	begin(&r, LOGLINE_NEAREST);
	set_request(&r.line, c, request);
	return end(&r, keep(&r, &r.text, span_text(request->nearest)));
}
