#include "live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "json.h"

enum {
	TEXT_MAX = 4096,
	LISTED_MAX = 1024 * 1024
};

void
live_init(struct live *l, struct serverproc *server, int64_t wall)
{
	*l = (struct live){ .server = server, .wall = wall };
	l->listed.max = LISTED_MAX * sizeof(int64_t);
	seen_init(&l->seen);
}

void
live_release(struct live *l)
{
	seen_release(&l->seen);
	buf_release(&l->listed);
}

/* --- asking ------------------------------------------------------------------ */

static void
begin(struct live *l)
{
	l->why[0] = '\0';
	l->stats = l->connections = l->reload = 0;
	l->counted = l->asked = 0;
	l->listed.len = 0;
	l->lost = l->lost_row = 0;
	l->stale = false;
}

void
live_begin(struct live *l, struct control *c)
{
	begin(l);
	control_ask(c, "subscribe", "\"from\":\"ring\"");
}

void
live_reload(struct live *l, struct control *c)
{
	l->reload = control_ask(c, "reload", "");
	if (l->reload != 0)
		serverproc_asked(l->server);
}

void
live_ask(struct live *l, struct control *c)
{
	/* One question at a time: it is answered before the next. */
	if (!l->stale || l->connections != 0)
		return;
	l->stale = false;
	l->stats = control_ask(c, "stats", "");
	l->connections = control_ask(c, "connections", "");
}

/* --- replies ----------------------------------------------------------------- */

/* The string at that pointer, of which U+0000 to U+00FF stand for bytes;
 * emptied if there is none. */
static void
string_at(struct span json, const char *pointer, struct buf *out)
{
	struct span value;

	out->len = 0;
	if (json_find(json, span_text(pointer), &value) && value.n > 0 &&
	    value.p[0] == '"' && !json_append_string_bytes(out, value))
		json_append_string(out, value);
}

/* The number at that pointer; 0 if there is none, or none that a server could
 * have counted.  As microseconds it is nanoseconds without overflow. */
static int64_t
number_at(struct span json, const char *pointer)
{
	struct span value;
	int64_t n;

	if (!json_find(json, span_text(pointer), &value) ||
	    !json_integer(value, &n) || n < 0 || n > SEEN_TIME_MAX / 1000)
		return 0;
	return n;
}

void
live_attach(struct live *l, struct control *c, struct span stats)
{
	struct buf address = { .max = TEXT_MAX };

	begin(l);
	string_at(stats, "/listen/0", &address);
	serverproc_attached(l->server, buf_span(&address));
	l->server->requests = (uint64_t)number_at(stats, "/requests");
	buf_release(&address);
	/* Until they are answered what comes is what the ring held. */
	l->counted = l->asked = INT64_MAX;
	control_ask(c, "subscribe", "\"from\":\"ring\"");
	l->stale = true;
	live_ask(l, c);
}

static void
take_stats(struct live *l, const struct control_line *line, int64_t now)
{
	l->counted = now;
	if (!line->ok)
		return;
	l->server->requests = (uint64_t)number_at(line->json, "/requests");
	l->counted = l->seen.start + 1000 * number_at(line->json, "/uptime");
}

/* Of one that stands nothing may have been told, or nothing yet. */
static void
take_connection(struct live *l, struct span json)
{
	struct buf peer = { .max = TEXT_MAX }, local = { .max = TEXT_MAX };
	int64_t number = number_at(json, "/conn");
	const uint64_t bytes[TAPE_WAYS] = {
		[TAPE_IN] = (uint64_t)number_at(json, "/read"),
		[TAPE_OUT] = (uint64_t)number_at(json, "/written"),
	};

	if (number <= 0)
		return;
	string_at(json, "/peer", &peer);
	string_at(json, "/local", &local);
	seen_list(&l->seen, number, l->asked,
	    l->asked - 1000 * number_at(json, "/age"), buf_span(&peer),
	    buf_span(&local), bytes);
	buf_append(&l->listed, &number, sizeof(number));
	buf_release(&peer);
	buf_release(&local);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* One of which the end was not told is not listed. */
static bool
stands(const struct live *l, const struct seen_conn *c)
{
	size_t n = l->listed.len / sizeof(int64_t);

	if (c->opened >= l->asked || l->asked == INT64_MAX)
		return true;
	return n > 0 &&
	    bsearch(&c->number, l->listed.data, n, sizeof(int64_t), compare) !=
	    NULL;
}

const struct seen_conn *
live_next_open(const struct live *l, const struct seen_conn *before)
{
	do
		before = seen_next_open(&l->seen, before);
	while (before != NULL && !stands(l, before));
	return before;
}

static void
take_connections(struct live *l, struct span json)
{
	struct json_reader r;
	struct span list, token;

	l->connections = 0;
	if (!json_find(json, span_text("/connections"), &list))
		return;
	l->asked = l->counted;
	l->listed.len = 0;
	json_reader_init(&r, list);
	if (json_next(&r, &token) != JSON_ARRAY)
		return;
	while (json_next(&r, &token) == JSON_OBJECT &&
	    json_rest(&r, JSON_OBJECT, &token))
		take_connection(l, token);
	if (l->listed.len > 0)
		qsort(l->listed.data, l->listed.len / sizeof(int64_t),
		    sizeof(int64_t), compare);
}

static void
take_reload(struct live *l, const struct control_line *line)
{
	struct buf text = { .max = TEXT_MAX };
	int64_t n = number_at(line->json, "/routes");

	string_at(line->json, "/error", &text);
	if (line->ok)
		buf_printf(
		    &text, "%" PRId64 " route%s loaded", n, n == 1 ? "" : "s");
	else if (text.len == 0)
		buf_append_text(&text, "the server does not say why");
	serverproc_told(l->server, line->ok, buf_span(&text));
	buf_release(&text);
}

static void
take_reply(struct live *l, const struct control_line *line, int64_t now)
{
	if (line->id == l->stats)
		take_stats(l, line, now);
	else if (line->id == l->connections)
		take_connections(l, line->json);
	else if (line->id == l->reload)
		take_reload(l, line);
}

/* --- events ------------------------------------------------------------------ */

static void
add_request(
    struct live *l, const struct seen_conn *c, const struct seen_request *r)
{
	struct logline *nearest = logline_nearest(c, r);

	serverproc_keep(l->server, logline_request(c, r, l->wall));
	if (nearest != NULL)
		serverproc_keep(l->server, nearest);
}

/* Those that will have no answer; or it was lost, as events were. */
static void
add_unanswered(struct live *l, const struct seen_conn *c)
{
	for (size_t i = 0; !c->torn && i < c->nrequest; i++)
		if (c->request[i].end < 0)
			add_request(l, c, &c->request[i]);
}

/* In one row, as long as nothing comes between. */
static void
add_lost(struct live *l, int64_t n)
{
	struct serverproc *server = l->server;
	struct logline *line;
	char text[96];

	l->stale = true;
	if (l->lost_row != server->nlines)
		l->lost = 0;
	l->lost += n > 0 ? (uint64_t)n : 0;
	snprintf(text, sizeof(text),
	    "%" PRIu64 " event%s of the server %s lost on the way here",
	    l->lost, l->lost == 1 ? "" : "s", l->lost == 1 ? "was" : "were");
	line = logline_say(LOGLINE_WARNING, text);
	if (line == NULL)
		return;
	if (l->lost_row == server->nlines && server->nlines > 0)
		serverproc_unkeep(server);
	serverproc_keep(server, line);
	l->lost_row = server->nlines;
}

static void
take_event(struct live *l, const struct journal_event *e)
{
	const struct seen_conn *c = seen_find(&l->seen, l->seen.life, e->conn);
	bool closes = e->kind == JOURNAL_CLOSE && c != NULL && c->closed < 0;

	seen_take(&l->seen, e);
	if (e->kind == JOURNAL_LOST) {
		add_lost(l, e->n);
		return;
	}
	if (e->kind != JOURNAL_RESPONSE && !closes)
		return;
	c = seen_find(&l->seen, l->seen.life, e->conn);
	if (c == NULL)
		return;
	if (closes) {
		add_unanswered(l, c);
	} else {
		const struct seen_request *r = seen_find_request(c, e->req);

		if (r == NULL)
			return;
		/* Others are among those that it has counted. */
		if (l->counted == 0 || r->heard > l->counted)
			l->server->requests++;
		add_request(l, c, r);
	}
}

void
live_take(struct live *l, enum control_kind kind,
    const struct control_line *line, int64_t now)
{
	if (kind == CONTROL_EVENT)
		take_event(l, &line->event);
	else if (kind == CONTROL_REPLY)
		take_reply(l, line, now);
}

void
live_over(struct live *l, const char *why)
{
	strlcpy(l->why, why, sizeof(l->why));
	seen_over(&l->seen);
	if (l->server->state == SERVER_ATTACHED) {
		char text[CONTROL_WHY_MAX + 64];

		snprintf(text, sizeof(text),
		    "The attached server has left: %s.", why);
		serverproc_detached(l->server, text);
	}
}
