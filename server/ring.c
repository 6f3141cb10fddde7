#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "limit.h"

enum {
	TEXT_ROOM = 1024 /* of a line, around its bytes */
};

void
ring_init(struct ring *r)
{
	int class;

	*r = (struct ring){
		.max_weight = LIMIT_RING,
		.max_exchanges = LIMIT_RING_COUNT,
		.max_body = LIMIT_RING_BODY,
	};
	r->cut.max = 6 * (LIMIT_OUTPUT + 2 * LIMIT_ANSWER) + TEXT_ROOM;
	TAILQ_INIT(&r->lines);
	TAILQ_INIT(&r->readers);
	for (class = 0; class < RING_CLASS_COUNT; class ++)
		TAILQ_INIT(&r->groups[class]);
}

/* --- to let go ----------------------------------------------------------- */

/* Whoever would have read a line has lost it. */
static void
lose(struct ring *r, uint64_t seq)
{
	struct ring_reader *reader;

	for (reader = TAILQ_FIRST(&r->readers); reader != NULL;
	     reader = TAILQ_NEXT(reader, entry))
		reader->lost += reader->seq <= seq;
}

/* Whoever would read it next reads the one behind it. */
static void
line_drop(struct ring *r, struct ring_line *line)
{
	struct ring_reader *reader;

	lose(r, line->seq);
	for (reader = TAILQ_FIRST(&r->readers); reader != NULL;
	     reader = TAILQ_NEXT(reader, entry))
		if (reader->next == line)
			reader->next = TAILQ_NEXT(line, in_ring);
	TAILQ_REMOVE(&r->lines, line, in_ring);
	TAILQ_REMOVE(&line->group->lines, line, in_group);
	r->weight -= sizeof(*line) + line->len;
	r->exchanges -= line->ended != 0;
	free(line);
}

static void
conn_forget(struct ring *r, struct ring_conn *c)
{
	if (!c->closed || !TAILQ_EMPTY(&c->groups))
		return;
	r->weight -= sizeof(*c);
	free(c);
}

/* What was told of the connection itself at its beginning is the next one's,
 * if there is one. */
static void
hand_on(struct ring_group *g)
{
	struct ring_group *next = TAILQ_NEXT(g, in_conn);
	struct ring_line *line = TAILQ_FIRST(&g->lines);

	if (next == NULL || line == NULL || line->req != 0)
		return;
	TAILQ_REMOVE(&g->lines, line, in_group);
	TAILQ_INSERT_HEAD(&next->lines, line, in_group);
	line->group = next;
}

static void
group_drop(struct ring *r, struct ring_group *g)
{
	struct ring_conn *c = g->conn;
	struct ring_line *line;

	hand_on(g);
	while ((line = TAILQ_FIRST(&g->lines)) != NULL)
		line_drop(r, line);
	TAILQ_REMOVE(&r->groups[g->class], g, in_class);
	TAILQ_REMOVE(&c->groups, g, in_conn);
	if (c->last == g)
		c->last = NULL;
	r->weight -= sizeof(*g);
	free(g);
	conn_forget(r, c);
}

static struct ring_group *
oldest(struct ring *r)
{
	struct ring_group *g = NULL;
	int class;

	for (class = 0; class < RING_CLASS_COUNT && g == NULL; class ++)
		g = TAILQ_FIRST(&r->groups[class]);
	return g;
}

static void
trim(struct ring *r)
{
	struct ring_group *g;

	while ((r->weight > r->max_weight || r->exchanges > r->max_exchanges) &&
	    (g = oldest(r)) != NULL)
		group_drop(r, g);
}

void
ring_release(struct ring *r)
{
	struct ring_group *g;

	while ((g = oldest(r)) != NULL)
		group_drop(r, g);
	buf_release(&r->cut);
}

/* --- to take ------------------------------------------------------------- */

struct ring_conn *
ring_open(struct ring *r, int64_t number)
{
	struct ring_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->number = number;
	TAILQ_INIT(&c->groups);
	r->weight += sizeof(*c);
	return c;
}

void
ring_close(struct ring *r, struct ring_conn *c)
{
	if (c == NULL)
		return;
	c->closed = true;
	conn_forget(r, c);
}

static struct ring_group *
group_new(struct ring *r, struct ring_conn *c)
{
	struct ring_group *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->conn = c;
	g->class = RING_UNDER_WAY;
	TAILQ_INIT(&g->lines);
	TAILQ_INSERT_TAIL(&c->groups, g, in_conn);
	TAILQ_INSERT_TAIL(&r->groups[g->class], g, in_class);
	r->weight += sizeof(*g);
	return g;
}

static void
group_enter(struct ring *r, struct ring_group *g, enum ring_class class)
{
	if (class == g->class)
		return;
	TAILQ_REMOVE(&r->groups[g->class], g, in_class);
	g->class = class;
	TAILQ_INSERT_TAIL(&r->groups[class], g, in_class);
}

/* The group that the event belongs to.  Input behind what was answered begins
 * a new one. */
static struct ring_group *
group_of(struct ring *r, struct ring_conn *c, const struct journal_event *e,
    int64_t req)
{
	struct ring_group *g = c->last;

	if (g != NULL && e->kind == JOURNAL_READ &&
	    g->class != RING_UNDER_WAY && req > g->heard)
		g = NULL;
	if (g == NULL)
		g = c->last = group_new(r, c);
	return g;
}

static void
line_add(struct ring *r, struct ring_group *g, struct ring_line *line)
{
	struct ring_reader *reader;

	line->group = g;
	line->seq = r->seq;
	TAILQ_INSERT_TAIL(&r->lines, line, in_ring);
	TAILQ_INSERT_TAIL(&g->lines, line, in_group);
	r->weight += sizeof(*line) + line->len;
	for (reader = TAILQ_FIRST(&r->readers); reader != NULL;
	     reader = TAILQ_NEXT(reader, entry))
		if (reader->next == NULL)
			reader->next = line;
}

static int
way_of(enum journal_kind kind)
{
	return kind == JOURNAL_WRITE;
}

/* Of a body only the first bytes are kept; and of what is read the last request
 * is not known yet.  Whether some are taken from the event. */
static bool
shorten(struct ring *r, struct ring_group *g, struct journal_event *e)
{
	size_t *kept = &g->kept[way_of(e->kind)];
	size_t bodies = g->requests + (e->kind == JOURNAL_READ);
	size_t most = (bodies > 0 ? bodies : 1) * r->max_body + LIMIT_HEAD;

	if (e->kind != JOURNAL_READ && e->kind != JOURNAL_WRITE)
		return false;
	if (*kept + e->bytes.n <= most) {
		*kept += e->bytes.n;
		return false;
	}
	e->bytes.n = most - *kept;
	*kept = most;
	return true;
}

/* Of bytes that are not kept one line tells, not thousands; but what somebody
 * may have read already stands. */
static void
add_up(struct ring *r, struct ring_group *g, struct journal_event *e)
{
	int way = way_of(e->kind);

	if (g->bare[way] != NULL && TAILQ_EMPTY(&r->readers)) {
		e->n += g->nbare[way];
		line_drop(r, g->bare[way]);
	}
	g->nbare[way] = e->n;
}

static struct ring_line *
line_new(struct span text, enum journal_kind kind, int64_t req)
{
	struct ring_line *line = malloc(sizeof(*line) + text.n);

	if (line == NULL)
		return NULL;
	*line = (struct ring_line){ .req = req, .kind = kind, .len = text.n };
	memcpy(line->text, text.p, text.n);
	return line;
}

/* The line of an event that has been shortened. */
static struct ring_line *
line_cut(
    struct ring *r, struct ring_group *g, struct journal_event *e, int64_t req)
{
	bool is_bare = e->bytes.n == 0;
	struct ring_line *line = NULL;

	if (is_bare)
		add_up(r, g, e);
	if (journal_append(&r->cut, e))
		line = line_new(buf_span(&r->cut), e->kind, req);
	buf_release(&r->cut);
	if (is_bare)
		g->bare[way_of(e->kind)] = line;
	return line;
}

/* What the event says of its group. */
static void
note(struct ring *r, struct ring_group *g, const struct journal_event *e,
    struct ring_line *line)
{
	switch (e->kind) {
	case JOURNAL_REQUEST:
	case JOURNAL_ERROR:
		g->requests += line->req > g->heard;
		g->heard = line->req;
		line->unmatched = e->nearest.p != NULL;
		g->unmatched |= line->unmatched;
		break;
	case JOURNAL_RESPONSE:
		g->answered = line->req;
		if (g->heard < line->req)
			g->heard = line->req;
		line->ended = ++r->ended;
		break;
	case JOURNAL_CLOSE:
		if (g->heard > g->answered) {
			line->req = g->answered + 1;
			line->ended = ++r->ended;
		}
		break;
	default:
		break;
	}
	r->exchanges += line->ended != 0;
}

/* Where it belongs behind the event: an answer may be followed by a request
 * that came with the one before it. */
static enum ring_class
class_of(const struct ring_group *g, const struct journal_event *e)
{
	if (e->kind != JOURNAL_CLOSE && g->heard > g->answered)
		return RING_UNDER_WAY;
	if (e->kind != JOURNAL_CLOSE && e->kind != JOURNAL_RESPONSE)
		return g->class;
	return g->unmatched ? RING_UNMATCHED : RING_MATCHED;
}

/* False if there is no memory for it. */
static bool
take(struct ring *r, struct ring_conn *c, const struct journal_event *e,
    struct span text, int64_t req)
{
	struct ring_group *g = group_of(r, c, e, req);
	struct journal_event cut = *e;
	struct ring_line *line;

	if (g == NULL)
		return false;
	if (shorten(r, g, &cut))
		line = line_cut(r, g, &cut, req);
	else
		line = line_new(text, e->kind, req);
	if (line == NULL)
		return false;
	note(r, g, e, line);
	line_add(r, g, line);
	group_enter(r, g, class_of(g, e));
	return true;
}

void
ring_take(struct ring *r, struct ring_conn *c, const struct journal_event *e,
    struct span text, int64_t req)
{
	r->seq++;
	if (c == NULL || !take(r, c, e, text, req))
		lose(r, r->seq);
	trim(r);
}

/* --- to read ------------------------------------------------------------- */

void
ring_begin(struct ring *r, struct ring_reader *reader)
{
	struct ring_line *first = TAILQ_FIRST(&r->lines);

	reader->next = first;
	reader->seq = first == NULL ? r->seq + 1 : first->seq;
	reader->lost = 0;
	TAILQ_INSERT_TAIL(&r->readers, reader, entry);
}

bool
ring_read(struct ring *r, struct ring_reader *reader, struct span *line,
    uint64_t *lost)
{
	struct ring_line *next = reader->next;
	uint64_t seq = next == NULL ? r->seq + 1 : next->seq;

	/* Told where lines are missing; not all that are were its to read. */
	*lost = 0;
	if (next == NULL || seq > reader->seq) {
		*lost = reader->lost;
		reader->lost = 0;
	}
	if (next == NULL) {
		reader->seq = seq;
		return false;
	}
	reader->seq = seq + 1;
	reader->next = TAILQ_NEXT(next, in_ring);
	*line = span_of(next->text, next->len);
	return true;
}

void
ring_end(struct ring *r, struct ring_reader *reader)
{
	TAILQ_REMOVE(&r->readers, reader, entry);
}

const struct ring_line *
ring_next(const struct ring *r, const struct ring_line *line)
{
	line =
	    line == NULL ? TAILQ_FIRST(&r->lines) : TAILQ_NEXT(line, in_ring);
	while (line != NULL && line->ended == 0)
		line = TAILQ_NEXT(line, in_ring);
	return line;
}

/* A connection that closes may end several. */
bool
ring_is_of(const struct ring_line *line, const struct ring_line *end)
{
	return line->req == end->req ||
	    (end->kind == JOURNAL_CLOSE && line->req > end->req);
}

bool
ring_is_unmatched(const struct ring_line *end)
{
	const struct ring_line *line;

	for (line = TAILQ_FIRST(&end->group->lines); line != NULL;
	     line = TAILQ_NEXT(line, in_group))
		if (line->unmatched && ring_is_of(line, end))
			return true;
	return false;
}

const struct ring_line *
ring_opening(const struct ring_line *end)
{
	const struct ring_group *g = TAILQ_FIRST(&end->group->conn->groups);
	const struct ring_line *line = TAILQ_FIRST(&g->lines);

	return line != NULL && line->req == 0 ? line : NULL;
}
