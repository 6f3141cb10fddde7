#include "witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "choose.h"
#include "explain.h"
#include "journal.h"
#include "limit.h"

enum {
	SECOND = 1000 * 1000 * 1000, /* in nanoseconds */
	LIMIT_LINE = LIMIT_JOURNAL,  /* no event comes near it */
	ROUTE_ROOM = 4096,
	PENDING_KEPT = 4,
};

static int64_t
clock_of(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec;
}

int64_t
witness_clock(const struct witness *w)
{
	return clock_of(CLOCK_MONOTONIC) - w->start;
}

/* --- telling ------------------------------------------------------------- */

static bool
make_line(struct buf *b, const struct journal_event *e)
{
	b->len = 0;
	return journal_append(b, e);
}

/* Of an event that tells bytes, how many there were: for those who have no room
 * for more.  Made but once. */
static struct span
bare_line(struct witness *w, const struct journal_event *e)
{
	struct journal_event bare = *e;

	if (e->kind != JOURNAL_READ && e->kind != JOURNAL_WRITE)
		return buf_span(&w->line);
	bare.bytes.n = 0;
	if (w->bare.len == 0)
		make_line(&w->bare, &bare);
	return buf_span(&w->bare);
}

static void
tell_feed(struct witness *w, struct feed *f, const struct journal_event *e)
{
	if (feed_has_room(f, w->line.len))
		feed_line(f, buf_span(&w->line));
	else
		feed_line(f, bare_line(w, e));
}

static void
tell(struct witness *w, struct account *a, struct journal_event *e, int64_t req)
{
	struct feed *f;

	e->conn = a->number;
	w->bare.len = 0;
	if (!make_line(&w->line, e)) {
		for (f = TAILQ_FIRST(&w->feeds); f != NULL;
		     f = TAILQ_NEXT(f, entry))
			sink_drop(&f->sink);
		return;
	}
	for (f = TAILQ_FIRST(&w->feeds); f != NULL; f = TAILQ_NEXT(f, entry))
		tell_feed(w, f, e);
	if (w->ring != NULL)
		ring_take(w->ring, a->ring, e, buf_span(&w->line), req);
}

static bool
make_first_line(struct witness *w)
{
	char mono[24], at[WALL_ISO_LEN + 1];
	struct wall wall;

	wall_set(&wall, 0, clock_of(CLOCK_REALTIME) / 1000);
	wall_iso(&wall, 0, at);
	snprintf(mono, sizeof(mono), "%" PRId64, w->start);
	w->first.max = sizeof(mono) + sizeof(at) + 100;
	return journal_append(&w->first,
	    &(struct journal_event){
		.kind = JOURNAL_START,
		.v = JOURNAL_VERSION,
		.pid = getpid(),
		.mono = span_text(mono),
		.at = span_text(at),
	    });
}

bool
witness_init(struct witness *w, struct ring *ring)
{
	*w = (struct witness){ .ring = ring };
	w->start = clock_of(CLOCK_MONOTONIC);
	w->line.max = w->bare.max = LIMIT_LINE;
	w->text.max = LIMIT_EXPLANATION;
	TAILQ_INIT(&w->feeds);
	return buf_reserve(&w->text, LIMIT_EXPLANATION) && make_first_line(w);
}

void
witness_release(struct witness *w)
{
	buf_release(&w->first);
	buf_release(&w->line);
	buf_release(&w->bare);
	buf_release(&w->text);
}

void
witness_add(struct witness *w, struct feed *f)
{
	TAILQ_INSERT_TAIL(&w->feeds, f, entry);
}

void
witness_remove(struct witness *w, struct feed *f)
{
	TAILQ_REMOVE(&w->feeds, f, entry);
}

/* --- connections --------------------------------------------------------- */

struct account *
witness_open(struct witness *w, int64_t number, const struct address *peer,
    const struct address *local, const char *at)
{
	struct account *a = calloc(1, sizeof(*a));
	char peer_text[ADDRESS_TEXT], local_text[ADDRESS_TEXT];

	if (a == NULL)
		return NULL;
	a->number = number;
	a->local = *local;
	a->opened = a->read_at = witness_clock(w);
	if (w->ring != NULL)
		a->ring = ring_open(w->ring, number);
	address_text(peer, peer_text);
	address_text(local, local_text);
	tell(w, a,
	    &(struct journal_event){
		.kind = JOURNAL_OPEN,
		.t = a->opened,
		.at = span_text(at),
		.peer = span_text(peer_text),
		.local = span_text(local_text),
	    },
	    0);
	return a;
}

void
witness_close(
    struct witness *w, struct account *a, bool by_peer, const char *reason)
{
	tell(w, a,
	    &(struct journal_event){
		.kind = JOURNAL_CLOSE,
		.t = witness_clock(w),
		.by = span_text(by_peer ? "peer" : "server"),
		.reason = span_text(reason),
	    },
	    a->requests > 0 ? a->requests : 1);
	if (w->ring != NULL)
		ring_close(w->ring, a->ring);
	free(a->pending);
	free(a);
}

/* The request that bytes belong to, which come or go now. */
static int64_t
current(const struct account *a)
{
	if (a->npending > 0)
		return a->pending[0].req;
	return a->last ? a->requests : a->requests + 1;
}

void
witness_read(struct witness *w, struct account *a, const char *p, size_t n)
{
	a->read_at = witness_clock(w);
	a->read += n;
	w->read += n;
	tell(w, a,
	    &(struct journal_event){
		.kind = JOURNAL_READ,
		.t = a->read_at,
		.n = (int64_t)n,
		.bytes = span_of(p, n),
	    },
	    current(a));
}

/* A connection that has no answer on its way keeps no room for many. */
static void
shrink(struct account *a)
{
	if (a->cap <= PENDING_KEPT)
		return;
	free(a->pending);
	a->pending = NULL;
	a->cap = 0;
}

/* Tell the answers that have gone as a whole. */
static void
tell_answered(struct witness *w, struct account *a)
{
	int64_t now = witness_clock(w);
	const struct pending *p = a->pending;
	size_t n;

	for (n = 0; n < a->npending && p[n].end <= a->written; n++)
		tell(w, a,
		    &(struct journal_event){
			.kind = JOURNAL_RESPONSE,
			.t = now,
			.req = p[n].req,
			.status = p[n].status,
			.reason = span_of(p[n].reason, p[n].nreason),
			.content = (int64_t)p[n].content,
			.us = (now - p[n].heard) / 1000,
		    },
		    p[n].req);
	a->npending -= n;
	if (n > 0 && a->npending > 0)
		memmove(a->pending, p + n, a->npending * sizeof(*p));
	if (a->npending == 0)
		shrink(a);
}

void
witness_write(
    struct witness *w, struct account *a, int64_t at, const char *p, size_t n)
{
	a->written += n;
	w->written += n;
	tell(w, a,
	    &(struct journal_event){
		.kind = JOURNAL_WRITE,
		.t = at,
		.n = (int64_t)n,
		.bytes = span_of(p, n),
	    },
	    current(a));
	if (a->npending > 0 && a->pending[0].end <= a->written)
		tell_answered(w, a);
}

/* --- answers ------------------------------------------------------------- */

static bool
grow(struct account *a)
{
	size_t cap = a->cap == 0 ? 1 : a->cap * 2;
	struct pending *p;

	if (a->npending < a->cap)
		return true;
	p = realloc(a->pending, cap * sizeof(*p));
	if (p == NULL)
		return false;
	a->pending = p;
	a->cap = cap;
	return true;
}

/* What stands behind the status code of an answer. */
static struct span
reason_of(const struct script *s, enum dialect dialect)
{
	size_t before =
	    strlen(dialect == DIALECT_CLASSIC ? "HTTP/200 " : "HTTP/1.1 200 ");
	struct span line = { "", 0 };
	const char *end;
	unsigned i;

	for (i = 0; i < s->n && line.n == 0; i++)
		if (s->step[i].kind == STEP_SEND)
			line = s->step[i].bytes;
	if (line.n < before)
		return span_of("", 0);
	line = span_of(line.p + before, line.n - before);
	end = memchr(line.p, '\r', line.n);
	return end == NULL ? line : span_of(line.p, (size_t)(end - line.p));
}

static void
add_pending(
    struct account *a, enum dialect dialect, const struct script *script)
{
	struct span reason = reason_of(script, dialect);
	struct pending *p;

	if (!grow(a))
		return;
	p = &a->pending[a->npending++];
	*p = (struct pending){
		.req = a->requests,
		.heard = a->read_at,
		.end = UINT64_MAX,
		.content = script->content,
		.status = script->status,
	};
	if (reason.n > sizeof(p->reason))
		reason.n = sizeof(p->reason);
	p->nreason = (uint8_t)reason.n;
	memcpy(p->reason, reason.p, reason.n);
}

static struct span
dialect_word(enum dialect dialect)
{
	return span_text(dialect == DIALECT_CLASSIC ? "classic" : "http");
}

/* "1.1"; the major version of what is understood is 1. */
static struct span
version_of(const struct ask *ask)
{
	if (ask->head == NULL)
		return span_of(NULL, 0);
	return span_text(ask->head->minor == 0 ? "1.0" : "1.1");
}

/* "routes.conf:12" */
static struct span
place_of(const struct route *route, char room[ROUTE_ROOM])
{
	if (route == NULL)
		return span_of(NULL, 0);
	snprintf(room, ROUTE_ROOM, "%s:%" PRIu32, route->place.file,
	    route->place.line);
	return span_text(room);
}

/* Which route almost matched. */
static struct span
nearest_of(struct witness *w, struct respond *r, const struct ask *ask)
{
	w->text.len = 0;
	explain_nearest(&w->text, r->routes, ask, ask_path(ask, &r->path));
	return buf_span(&w->text);
}

static void
tell_request(struct witness *w, struct account *a, struct respond *r,
    const struct ask *ask, bool unmatched, const struct route *route)
{
	char room[ROUTE_ROOM];

	tell(w, a,
	    &(struct journal_event){
		.kind = JOURNAL_REQUEST,
		.t = witness_clock(w),
		.req = a->requests,
		.dialect = dialect_word(ask->dialect),
		.method = ask->method,
		.host = ask->host,
		.target = ask->target,
		.version = version_of(ask),
		.head = ask->head,
		.base = ask->base,
		.route = place_of(route, room),
		.nearest = unmatched ? nearest_of(w, r, ask) : span_of(NULL, 0),
	    },
	    a->requests);
}

static void
tell_error(struct witness *w, struct account *a, enum httperr e)
{
	tell(w, a,
	    &(struct journal_event){
		.kind = JOURNAL_ERROR,
		.t = witness_clock(w),
		.req = a->requests,
		.why = span_text(httperr_wrong(e)),
		.section = span_text(httperr_section(e)),
	    },
	    a->requests);
}

/* Was it understood, right or wrong? */
static bool
has_request(const struct ask *ask, enum httperr e)
{
	return e == HTTPERR_NONE || ask->head != NULL;
}

void
witness_answer(struct witness *w, struct account *a, struct respond *r,
    const struct ask *ask, enum httperr e, const struct script *script)
{
	bool unmatched = e == HTTPERR_NONE && script->route == NULL;

	a->requests++;
	w->requests++;
	w->unmatched += unmatched;
	w->refused += e != HTTPERR_NONE;
	a->last = e != HTTPERR_NONE || ask->persist == PERSIST_NOT ||
	    ask->dialect == DIALECT_CLASSIC;
	if (has_request(ask, e))
		tell_request(w, a, r, ask, unmatched, script->route);
	if (e != HTTPERR_NONE)
		tell_error(w, a, e);
	add_pending(a, ask->dialect, script);
}

void
witness_made(struct account *a, size_t unsent)
{
	if (a->npending > 0 && a->pending[a->npending - 1].end == UINT64_MAX)
		a->pending[a->npending - 1].end = a->written + unsent;
}
