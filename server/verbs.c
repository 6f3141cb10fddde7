#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "limit.h"
#include "version.h"

/* A command being carried out. */
struct call {
	struct daemon *daemon;
	struct controller *client;
	struct span line;
	struct buf *reply;
	bool full;	   /* the reply has no room for all */
	const char *error; /* why it cannot be; NULL: it is done */
	char room[512];	   /* for that */
};

static void do_close(struct call *);
static void do_connections(struct call *);
static void do_exchanges(struct call *);
static void do_reload(struct call *);
static void do_routes(struct call *);
static void do_stats(struct call *);
static void do_stop(struct call *);
static void do_subscribe(struct call *);

/* X(name, function, what it does) */
/* clang-format off */
#define VERBS(X) \
	X("subscribe", do_subscribe)	/* from: "ring" or "now" */ \
	X("exchanges", do_exchanges)	/* since, max, unmatched */ \
	X("connections", do_connections) \
	X("stats", do_stats) \
	X("routes", do_routes) \
	X("reload", do_reload) \
	X("close", do_close)		/* conn */ \
	X("stop", do_stop)
/* clang-format on */

static const struct verb {
	const char *name;
	void (*run)(struct call *);
} verbs[] = {
#define X(name, run) { name, run },
	VERBS(X)
#undef X
};

/* --- replies ------------------------------------------------------------- */

/* Whether it was appended. */
static void
put(struct call *c, bool ok)
{
	c->full |= !ok;
}

static void
put_text(struct call *c, const char *text)
{
	put(c, buf_append_text(c->reply, text));
}

/* A member; a comma before it. */
static void
put_string(struct call *c, const char *name, struct span value)
{
	put(c,
	    buf_printf(c->reply, "\"%s\":", name) &&
		json_append_bytes(c->reply, value));
}

#define put_format(c, ...) put((c), buf_printf((c)->reply, __VA_ARGS__))

/* --- what was asked ------------------------------------------------------ */

/* A member of the command as it stands: a string has its quotes. */
static bool
member(const struct call *c, const char *name, struct span *value)
{
	char pointer[32];

	snprintf(pointer, sizeof(pointer), "/%s", name);
	return json_find(c->line, span_text(pointer), value);
}

static bool
is_string(struct span value, const char *text)
{
	return value.n >= 2 && value.p[0] == '"' &&
	    span_is(span_of(value.p + 1, value.n - 2), text);
}

/* A whole number from 0 on; `otherwise` if the member is not there. */
static uint64_t
number(struct call *c, const char *name, uint64_t otherwise)
{
	struct span value;
	uint64_t v = 0;
	size_t i;

	if (!member(c, name, &value))
		return otherwise;
	for (i = 0; i < value.n && value.p[i] >= '0' && value.p[i] <= '9' &&
	     v < UINT64_MAX / 100;
	     i++)
		v = v * 10 + (uint64_t)(value.p[i] - '0');
	if (i == value.n)
		return v;
	snprintf(c->room, sizeof(c->room),
	    "%s is a whole number that is not negative", name);
	c->error = c->room;
	return otherwise;
}

static bool
flag(struct call *c, const char *name)
{
	struct span value;

	if (!member(c, name, &value) || span_is(value, "false"))
		return false;
	if (!span_is(value, "true")) {
		snprintf(c->room, sizeof(c->room), "%s is true or false", name);
		c->error = c->room;
	}
	return true;
}

/* --- verbs --------------------------------------------------------------- */

static void
do_subscribe(struct call *c)
{
	struct span from;

	if (!member(c, "from", &from) || is_string(from, "now"))
		c->client->wants = HEARS_PRESENT;
	else if (is_string(from, "ring"))
		c->client->wants = HEARS_PAST;
	else
		c->error = "from is \"now\" or \"ring\"";
}

/* Without its end. */
static bool
append_line(struct buf *b, const struct ring_line *line)
{
	return buf_append(b, line->text, line->len - 1);
}

/* The lines of an exchange, the one of its connection first. */
static bool
append_events(struct buf *b, const struct ring_line *end)
{
	const struct ring_line *line = ring_opening(end);
	const char *comma = line == NULL ? "" : ",";

	if (line != NULL && !append_line(b, line))
		return false;
	for (line = TAILQ_FIRST(&end->group->lines); line != NULL;
	     line = TAILQ_NEXT(line, in_group)) {
		if (!ring_is_of(line, end))
			continue;
		if (!buf_append_text(b, comma) || !append_line(b, line))
			return false;
		comma = ",";
	}
	return true;
}

/* One that has no room is not told of, and neither are those behind it. */
static bool
append_exchange(struct buf *b, const struct ring_line *end, bool unmatched,
    int64_t conn, const char *comma)
{
	size_t before = b->len;

	/* The end of the reply has room, too. */
	if (buf_printf(b,
		"%s{\"n\":%" PRIu64 ",\"conn\":%" PRId64 ",\"req\":%" PRId64
		",\"unmatched\":%s,\"events\":[",
		comma, end->ended, conn, end->req,
		unmatched ? "true" : "false") &&
	    append_events(b, end) && buf_append_text(b, "]}") &&
	    b->max - b->len >= 64)
		return true;
	b->len = before;
	return false;
}

static void
do_exchanges(struct call *c)
{
	const struct ring *ring = &c->daemon->control.ring;
	uint64_t next = number(c, "since", 0), max = number(c, "max", 100);
	bool only_unmatched = flag(c, "unmatched");
	const struct ring_line *end = NULL;
	const char *comma = "";

	if (c->error != NULL)
		return;
	put_text(c, ",\"exchanges\":[");
	while (max > 0 && (end = ring_next(ring, end)) != NULL) {
		bool unmatched = ring_is_unmatched(end);

		if (end->ended <= next || (only_unmatched && !unmatched))
			continue;
		if (!append_exchange(c->reply, end, unmatched,
			end->group->conn->number, comma))
			break;
		comma = ",";
		next = end->ended;
		max--;
	}
	put_format(c, "],\"next\":%" PRIu64, next);
}

/* "classic-url" */
static const char *
state_name(enum conn_state state)
{
	static const char *const names[] = {
#define X(name, timer, word) [CONN_##name] = word,
		CONN_STATES(X)
#undef X
	};

	return names[state];
}

static void
do_connections(struct call *c)
{
	const struct witness *w = &c->daemon->witness;
	const struct link *l;
	char peer[ADDRESS_TEXT], local[ADDRESS_TEXT];
	const char *comma = "";

	put_text(c, ",\"connections\":[");
	for (l = TAILQ_FIRST(&c->daemon->links.open); l != NULL;
	     l = TAILQ_NEXT(l, entry)) {
		const struct account *a = l->conn.account;

		if (a == NULL)
			continue;
		address_text(&l->conn.peer, peer);
		address_text(&a->local, local);
		put_format(c,
		    "%s{\"conn\":%" PRId64 ",\"peer\":\"%s\",\"local\":\"%s\","
		    "\"state\":\"%s\",\"age\":%" PRId64 ",\"read\":%" PRIu64
		    ",\"written\":%" PRIu64 ",\"requests\":%" PRId64 "}",
		    comma, a->number, peer, local, state_name(l->conn.state),
		    (witness_clock(w) - a->opened) / 1000, a->read, a->written,
		    a->requests);
		comma = ",";
	}
	put_text(c, "]");
}

static size_t
count_links(const struct links *links)
{
	const struct link *l;
	size_t n = 0;

	for (l = TAILQ_FIRST(&links->open); l != NULL; l = TAILQ_NEXT(l, entry))
		n++;
	return n;
}

static void
put_listeners(struct call *c, const struct listeners *all)
{
	size_t i;

	put_text(c, ",\"listen\":[");
	for (i = 0; i < all->n; i++)
		put_format(c, "%s\"%s\"", i == 0 ? "" : ",", all->v[i].name);
	put_text(c, "]");
}

static void
do_stats(struct call *c)
{
	const struct daemon *d = c->daemon;
	const struct witness *w = &d->witness;

	put_format(c,
	    ",\"version\":\"" RETORT_VERSION
	    "\",\"pid\":%d,\"uptime\":%" PRId64,
	    (int)getpid(), witness_clock(w) / 1000);
	put_listeners(c, &d->listeners);
	put_format(c,
	    ",\"connections\":%zu,\"accepted\":%" PRIu64
	    ",\"requests\":%" PRIu64 ",\"unmatched\":%" PRIu64
	    ",\"refused\":%" PRIu64 ",\"read\":%" PRIu64
	    ",\"written\":%" PRIu64,
	    count_links(&d->links), d->server.conns, w->requests, w->unmatched,
	    w->refused, w->read, w->written);
	put_format(c, ",\"ring\":{\"exchanges\":%zu,\"bytes\":%zu},",
	    d->control.ring.exchanges, d->control.ring.weight);
	put_string(c, "routes", span_text(d->server.respond.routes->file));
}

static void
put_route(struct call *c, const struct route *r)
{
	char place[4096], names[512];
	struct buf hosts = { names, 0, sizeof(names), sizeof(names) };

	snprintf(
	    place, sizeof(place), "%s:%" PRIu32, r->place.file, r->place.line);
	route_append_hosts(&hosts, r);
	put_text(c, "{");
	put_string(c, "route", span_text(place));
	put_text(c, ",");
	put_string(c, "host", buf_span(&hosts));
	put_text(c, ",");
	put_string(c, "text", r->text);
	put_format(c, ",\"taken\":%" PRIu64 "}", r->taken);
}

static void
do_routes(struct call *c)
{
	const struct routes *t = c->daemon->server.respond.routes;
	size_t i;

	put_text(c, ",\"routes\":[");
	for (i = 0; i < t->n && !c->full; i++) {
		put_text(c, i == 0 ? "" : ",");
		put_route(c, t->v[i]);
	}
	put_text(c, "]");
}

static void
do_reload(struct call *c)
{
	if (daemon_reload(c->daemon, c->room, sizeof(c->room)))
		put_format(
		    c, ",\"routes\":%zu", c->daemon->server.respond.routes->n);
	else
		c->error = c->room;
}

static void
do_close(struct call *c)
{
	uint64_t conn = number(c, "conn", 0);

	if (c->error != NULL)
		return;
	if (conn == 0)
		c->error = "close wants the number of a connection as conn";
	else if (!links_close_one(&c->daemon->links, (int64_t)conn))
		c->error = "there is no such connection";
}

static void
do_stop(struct call *c)
{
	c->daemon->done = true;
}

/* --- commands ------------------------------------------------------------ */

static void
no_such_verb(struct call *c)
{
	size_t i;

	strlcpy(c->room, "do is one of", sizeof(c->room));
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		strlcat(c->room, i == 0 ? " " : ", ", sizeof(c->room));
		strlcat(c->room, verbs[i].name, sizeof(c->room));
	}
	c->error = c->room;
}

static void
run_verb(struct call *c)
{
	struct span verb;
	size_t i;

	if (!json_is_valid(c->line)) {
		c->error = "that is no JSON";
		return;
	}
	if (!member(c, "do", &verb)) {
		c->error = "a command is an object with a member do";
		return;
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (is_string(verb, verbs[i].name)) {
			verbs[i].run(c);
			return;
		}
	no_such_verb(c);
}

void
verbs_run(struct daemon *d, struct controller *client, struct span line,
    struct buf *reply)
{
	struct call c = {
		.daemon = d, .client = client, .line = line, .reply = reply
	};
	struct span id;
	size_t before;

	if (!member(&c, "id", &id))
		id = span_text("null");
	put_text(&c, "{\"id\":");
	put(&c, buf_append_span(reply, id));
	before = reply->len;
	put_text(&c, ",\"ok\":true");
	run_verb(&c);
	if (c.error == NULL) {
		put_text(&c, "}\n");
		if (!c.full)
			return;
		c.error = "the reply is too long";
	}
	reply->len = before;
	put_text(&c, ",\"ok\":false,");
	c.full = false;
	put_string(&c, "error", span_text(c.error));
	put_text(&c, "}\n");
	if (c.full)
		reply->len = 0;
}
