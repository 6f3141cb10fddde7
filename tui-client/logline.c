#include "logline.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "escape.h"
#include "json.h"
#include "utf8.h"

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
	if (begins(line, "{\"ev\":\"request\","))
		return LOGLINE_REQUEST;
	return kind_of_sentence(line, routes);
}

/* --- JSON ------------------------------------------------------------------ */

/* The bytes that U+0000 to U+00FF stand for (json_append_bytes); others stay
 * what they are. */
static bool
append_bytes(struct buf *out, struct span utf8)
{
	while (utf8.n > 0) {
		uint32_t cp = 0;
		size_t n = utf8_decode(utf8.p, utf8.n, &cp);
		char byte = (char)cp;

		if (n == 0)
			n = 1;
		if (cp <= 0xff ? !buf_append(out, &byte, 1)
			       : !buf_append(out, utf8.p, n))
			return false;
		utf8 = span_of(utf8.p + n, utf8.n - n);
	}
	return true;
}

/* The string at that pointer, into *out in place of what was there. */
static bool
string_at(struct span json, const char *pointer, struct buf *out)
{
	struct span value;

	out->len = 0;
	return json_find(json, span_text(pointer), &value) && value.n > 0 &&
	    value.p[0] == '"' && json_append_string(out, value);
}

/* A number of ours is digits alone. */
static bool
number_at(struct span json, const char *pointer, uint64_t *out)
{
	struct span value;

	if (!json_find(json, span_text(pointer), &value) || value.n == 0)
		return false;
	*out = 0;
	for (size_t i = 0; i < value.n && i < 18; i++) {
		if (!isdigit((unsigned char)value.p[i]))
			return false;
		*out = 10 * *out + (uint64_t)(value.p[i] - '0');
	}
	return true;
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

/* --- requests ------------------------------------------------------------------ */

/* "2026-11-23T06:24:36.123Z" to the clock on the wall here. */
static bool
read_clock(char out[sizeof("09:41:07")], const char *at)
{
	struct tm tm = { 0 };
	time_t t;

	if (strptime(at, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return false;
	t = timegm(&tm);
	return localtime_r(&t, &tm) != NULL &&
	    strftime(out, sizeof("09:41:07"), "%H:%M:%S", &tm) > 0;
}

static bool
keep_bytes(struct reading *r, size_t *at, struct span utf8)
{
	struct buf bytes = { .max = utf8.n + 1 };
	bool ok = append_bytes(&bytes, utf8) && keep(r, at, buf_span(&bytes));

	buf_release(&bytes);
	return ok;
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

static bool
keep_route(struct reading *r, struct span json, struct buf *text)
{
	struct span value;

	if (string_at(json, "/route", text))
		return keep_bytes(r, &r->route, buf_span(text));
	return !json_find(json, span_text("/route"), &value) ||
	    keep(r, &r->route, span_of("", 0));
}

static bool
read_request(struct reading *r, struct span json)
{
	struct buf text = { .max = json.n + 1 };
	uint64_t status = 0;
	bool ok = string_at(json, "/at", &text) && buf_append(&text, "", 1) &&
	    read_clock(r->line.clock, text.data) &&
	    number_at(json, "/status", &status) && status <= 999 &&
	    number_at(json, "/bytes", &r->line.bytes) &&
	    string_at(json, "/peer", &text) &&
	    keep(r, &r->peer, host_of(buf_span(&text))) &&
	    string_at(json, "/line", &text) &&
	    keep_bytes(r, &r->text, buf_span(&text)) &&
	    keep_route(r, json, &text);

	r->line.status = (int)status;
	buf_release(&text);
	return ok;
}

static void
begin(struct reading *r, enum logline_kind kind)
{
	r->line = (struct logline){ .kind = kind };
	r->texts.len = 0;
	r->peer = r->route = SIZE_MAX;
}

/* The same however it was said. */
static bool
read_ready(struct reading *r, struct span line)
{
	size_t address;

	r->text = 0;
	return buf_append_text(&r->texts, "listening on ") &&
	    keep(r, &address, logline_address(line));
}

static bool
read_line(struct reading *r, struct span line, const char *routes)
{
	begin(r, logline_kind(line, routes));
	if (r->line.kind == LOGLINE_READY)
		return read_ready(r, line);
	if (r->line.kind == LOGLINE_REQUEST) {
		if (read_request(r, line))
			return true;
		begin(r, LOGLINE_TEXT);
	}
	return keep_tabs(r, &r->text, line);
}

struct logline *
logline_read(struct span line, const char *routes)
{
	struct reading r = { .texts.max = ALL_MAX };
	struct logline *out = NULL;

	if (read_line(&r, line, routes))
		out = finish(&r);
	buf_release(&r.texts);
	return out;
}
