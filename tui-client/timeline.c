#include "timeline.h"

#include <stdio.h>
#include <string.h>

#include "width.h"

enum {
	NO = UINT32_MAX,
	TIME_COLS = 10,
	LABEL_COLS = 20,
	ARROW_AT = 16, /* behind the time */
	ARROW_COLS = 20,
	PHASE_COLS = 9,
	MS_COLS = 14
};

enum part {
	TITLE,
	LADDER,
	BEHIND,
};

/* --- what is there ------------------------------------------------------- */

static bool
has_server(const struct timeline *t)
{
	return t->end.conn != NULL;
}

static bool
has_client(const struct timeline *t)
{
	return !t->x->theirs && (t->x->tape.nmark > 0 || !has_server(t));
}

static bool
is_wide(const struct timeline *t)
{
	return t->cols >= TIMELINE_WIDE && has_server(t) && has_client(t);
}

static const struct tape *
tape_of(const struct timeline *t, int side)
{
	if (side == TIMELINE_CLIENT)
		return t->x->theirs ? NULL : &t->x->tape;
	return has_server(t) ? &t->end.conn->tape : NULL;
}

/* The first byte of the exchange, in a side's way. */
static uint64_t
first_byte(const struct timeline *t, int side, enum tape_way way)
{
	const struct seen_request *r = t->end.request;

	if (side == TIMELINE_CLIENT || !seen_is_part(&t->end, t->x))
		return 0;
	return way == TAPE_IN ? r->in.from : r->out.from;
}

/* Of a connection that others use as they like the first request has the
 * accept, and the last one the end. */
static bool
is_of_theirs(const struct timeline *t, const struct tape_mark *m)
{
	const struct seen_conn *c = t->end.conn;

	return m->at >= t->x->start &&
	    (m->what == TAPE_ACCEPT ||
		t->end.request == &c->request[c->nrequest - 1]);
}

/* Of a connection with more requests only what belongs to this one. */
static bool
is_ours(const struct timeline *t, int side, const struct tape_mark *m)
{
	const struct seen_request *r = t->end.request;
	const struct seen_range *range;

	if (side == TIMELINE_CLIENT || !seen_is_part(&t->end, t->x))
		return true;
	if (m->what != TAPE_READ && m->what != TAPE_WRITE)
		return t->end.how == SEEN_SAME && is_of_theirs(t, m);
	range = m->what == TAPE_READ ? &r->in : &r->out;
	return m->off < range->to && m->off + m->n > range->from;
}

/* The mark at or behind i that belongs here; NO if there is none. */
static uint32_t
mark_at(const struct timeline *t, int side, uint32_t i)
{
	const struct tape *tape = tape_of(t, side);

	if (tape == NULL)
		return NO;
	while (i < tape->nmark && !is_ours(t, side, &tape->mark[i]))
		i++;
	return i < tape->nmark ? i : NO;
}

static const struct tape_mark *
mark_of(const struct timeline *t, int side, uint32_t i)
{
	return &tape_of(t, side)->mark[i];
}

static bool
is_bytes(const struct tape_mark *m)
{
	return m->what == TAPE_READ || m->what == TAPE_WRITE;
}

/* What has an effect at the other end comes before it, at one time. */
static bool
is_cause(const struct tape_mark *m)
{
	return m->what == TAPE_CONNECT || m->what == TAPE_WRITE ||
	    m->what == TAPE_SHUT || m->what == TAPE_CLOSE;
}

/* Did a (of `side`) cause b, at the other end? */
static bool
caused(const struct timeline *t, int side, const struct tape_mark *a,
    const struct tape_mark *b)
{
	int other = TIMELINE_SIDES - 1 - side;

	switch (a->what) {
	case TAPE_CONNECT:
		return b->what == TAPE_ACCEPT;
	case TAPE_WRITE:
		return b->what == TAPE_READ &&
		    a->off - first_byte(t, side, TAPE_OUT) ==
		    b->off - first_byte(t, other, TAPE_IN);
	case TAPE_SHUT:
	case TAPE_CLOSE:
		return b->what == TAPE_END || b->what == TAPE_RESET;
	default:
		return false;
	}
}

/* --- phases -------------------------------------------------------------- */

/* The first or the last such call that belongs here. */
static const struct tape_mark *
call_of(const struct timeline *t, int side, enum tape_event what, bool last)
{
	const struct tape_mark *found = NULL;
	uint32_t i = 0;

	for (; (i = mark_at(t, side, i)) != NO; i++) {
		const struct tape_mark *m = mark_of(t, side, i);

		if (m->what != what)
			continue;
		found = m;
		if (!last)
			break;
	}
	return found;
}

static void
set_phase(const struct timeline *t, struct timeline_span *s,
    const struct tape_mark *from, const struct tape_mark *to)
{
	if (from == NULL || to == NULL || to->at < from->at)
		return;
	s->from = from->at - t->x->start;
	s->to = to->at - t->x->start;
}

void
timeline_phases(
    const struct timeline *t, struct timeline_span out[TIMELINE_PHASE_COUNT])
{
	const struct tape_mark *sent, *answered, *resolved;
	int far = has_server(t) ? TIMELINE_SERVER : TIMELINE_CLIENT;
	int near = has_client(t) ? TIMELINE_CLIENT : TIMELINE_SERVER;
	bool both = far != near;

	for (int i = 0; i < TIMELINE_PHASE_COUNT; i++)
		out[i] = (struct timeline_span){ -1, -1 };
	resolved = call_of(t, TIMELINE_CLIENT, TAPE_RESOLVED, false);
	if (resolved != NULL && t->x->times.name >= 0)
		out[TIMELINE_NAME] =
		    (struct timeline_span){ 0, t->x->times.name };
	set_phase(t, &out[TIMELINE_CONNECT],
	    call_of(t, TIMELINE_CLIENT, TAPE_CONNECT, false),
	    call_of(t, TIMELINE_CLIENT, TAPE_CONNECTED, true));
	/* The last byte leaves us, or arrives there if that is known. */
	sent = both || !has_client(t)
	    ? call_of(t, TIMELINE_SERVER, TAPE_READ, true)
	    : call_of(t, TIMELINE_CLIENT, TAPE_WRITE, true);
	answered = both || !has_client(t)
	    ? call_of(t, TIMELINE_SERVER, TAPE_WRITE, false)
	    : call_of(t, TIMELINE_CLIENT, TAPE_READ, false);
	set_phase(t, &out[TIMELINE_SEND],
	    call_of(t, near, has_client(t) ? TAPE_WRITE : TAPE_READ, false),
	    sent);
	set_phase(t, &out[TIMELINE_THINK], sent, answered);
	set_phase(t, &out[TIMELINE_BACK], answered,
	    call_of(t, near, has_client(t) ? TAPE_READ : TAPE_WRITE, true));
	if (t->x->times.total >= 0)
		out[TIMELINE_TOTAL] =
		    (struct timeline_span){ 0, t->x->times.total };
}

/* --- the order of things -------------------------------------------------- */

/* What a row is made of. */
struct row {
	uint32_t mark[TIMELINE_SIDES]; /* NO: nothing of that side */
	bool route;
	int64_t at;
};

static int64_t
time_at(const struct timeline *t, int side, uint32_t i)
{
	return i == NO ? INT64_MAX : mark_of(t, side, i)->at;
}

static bool
is_first(const struct timeline *t, const uint32_t next[])
{
	int64_t client = time_at(t, TIMELINE_CLIENT, next[TIMELINE_CLIENT]);
	int64_t server = time_at(t, TIMELINE_SERVER, next[TIMELINE_SERVER]);

	if (client != server || next[TIMELINE_SERVER] == NO)
		return client <= server;
	return is_cause(mark_of(t, TIMELINE_CLIENT, next[TIMELINE_CLIENT]));
}

static bool
route_is_next(const struct timeline *t, const struct timeline_at *at,
    const uint32_t next[])
{
	const struct seen_request *r = t->end.request;

	return !at->heard && r != NULL && r->heard >= 0 &&
	    time_at(t, TIMELINE_CLIENT, next[TIMELINE_CLIENT]) > r->heard &&
	    time_at(t, TIMELINE_SERVER, next[TIMELINE_SERVER]) > r->heard;
}

/* The next row of the ladder, past which *at goes.  False at its end. */
static bool
next_row(const struct timeline *t, struct timeline_at *at, struct row *row)
{
	uint32_t next[TIMELINE_SIDES];
	const struct tape_mark *m;
	int side, other;

	for (int i = 0; i < TIMELINE_SIDES; i++)
		next[i] = mark_at(t, i, at->mark[i]);
	*row = (struct row){ .mark = { NO, NO } };
	if (route_is_next(t, at, next)) {
		row->route = at->heard = true;
		row->at = t->end.request->heard;
		return true;
	}
	if (next[0] == NO && next[1] == NO)
		return false;
	side = is_first(t, next) ? TIMELINE_CLIENT : TIMELINE_SERVER;
	other = TIMELINE_SIDES - 1 - side;
	m = mark_of(t, side, next[side]);
	row->mark[side] = next[side];
	row->at = m->at;
	at->mark[side] = next[side] + 1;
	if (!is_wide(t) || next[other] == NO ||
	    !caused(t, side, m, mark_of(t, other, next[other])))
		return true;
	/* The route was named in between. */
	if (!at->heard && t->end.request != NULL && other == TIMELINE_SERVER &&
	    t->end.request->heard >= 0 &&
	    t->end.request->heard < time_at(t, other, next[other]))
		return true;
	row->mark[other] = next[other];
	at->mark[other] = next[other] + 1;
	return true;
}

/* Bytes from client to server (1), back (-1), or something else (0)? */
static int
direction_of(const struct timeline *t, const struct row *row)
{
	int way = 0;

	for (int i = 0; i < TIMELINE_SIDES; i++) {
		const struct tape_mark *m;

		if (row->mark[i] == NO)
			continue;
		m = mark_of(t, i, row->mark[i]);
		if (!is_bytes(m))
			return 0;
		way =
		    (m->what == TAPE_WRITE) == (i == TIMELINE_CLIENT) ? 1 : -1;
	}
	return way;
}

/* How many rows of bytes in that direction come next. */
static uint32_t
rows_alike(const struct timeline *t, struct timeline_at at, int way)
{
	struct row row;
	uint32_t n = 0;

	while (next_row(t, &at, &row) && !row.route &&
	    direction_of(t, &row) == way)
		n++;
	return n;
}

/* --- drawing -------------------------------------------------------------- */

static void
add_cut(struct line *line, enum role role, const char *text, size_t cols)
{
	struct buf b = { .max = 4096 };

	if (line != NULL && width_append_end(&b, span_text(text), cols))
		line_add(line, role, buf_span(&b));
	buf_release(&b);
}

static size_t
left_of(const struct line *line, size_t cols)
{
	return line->cols < cols ? cols - line->cols : 0;
}

/* "12.345", milliseconds, right-aligned. */
static void
add_time(const struct timeline *t, struct line *line, int64_t at)
{
	char text[ROWS_TIME], padded[ROWS_TIME + TIME_COLS];

	rows_moment(text, at - t->x->start);
	text[strlen(text) - 3] = '\0'; /* " ms" */
	snprintf(padded, sizeof(padded), "%*s  ", TIME_COLS - 1, text);
	add_cut(line, ROLE_DIM, padded, left_of(line, t->cols));
}

static void
label_of(
    const struct timeline *t, int side, const struct tape_mark *m, char out[96])
{
	const char *words = tape_event_words((enum tape_event)m->what);
	char size[ROWS_TIME];

	(void)t;
	if (is_bytes(m)) {
		rows_size(size, m->n);
		snprintf(out, 96, "%s %s", words, size);
	} else if (m->error != 0) {
		snprintf(out, 96, "%s: %s", words, strerror(m->error));
	} else if (m->what == TAPE_CLOSE) {
		snprintf(out, 96, "%s (%s)", words,
		    side == TIMELINE_CLIENT ? "ours" : "the server's");
	} else {
		snprintf(out, 96, "%s", words);
	}
}

static void
route_label(const struct timeline *t, struct buf *b)
{
	const struct seen_request *r = t->end.request;
	const char *slash = r->route != NULL ? strrchr(r->route, '/') : NULL;

	/* Its folders have no room here. */
	if (r->route != NULL)
		width_append(
		    b, span_text(slash != NULL ? slash + 1 : r->route));
	else
		buf_append_text(b, r->nerror > 0 ? "refused" : "no route");
}

/* How long the server had nothing to say. */
static void
thinks_label(const struct timeline *t, struct buf *b)
{
	const struct seen_request *r = t->end.request;
	const struct tape_mark *m =
	    call_of(t, TIMELINE_SERVER, TAPE_WRITE, false);
	char time[ROWS_TIME];

	if (m == NULL || m->at < r->heard)
		return;
	rows_moment(time, m->at - r->heard);
	buf_printf(b, "%sthinks %s", b->len > 0 ? ", " : "", time);
}

/* From column `to` on: "──── 19 µs ───▶". */
static void
add_arrow(struct line *line, size_t to, int way, bool whole, int64_t took)
{
	const char *shaft = whole ? "─" : "┄";
	size_t cols = line->cols < to ? to - line->cols : 0, n, i;
	char text[32] = "";

	if (whole && took >= 0 && took < 10 * 1000 * 1000)
		snprintf(
		    text, sizeof(text), " %lld µs ", (long long)(took / 1000));
	n = width_of(span_text(text));
	if (cols < 3)
		return;
	if (n + 6 > cols)
		n = 0, text[0] = '\0';
	if (way < 0)
		line_add(line, ROLE_DIM, span_text("◀"));
	for (i = 0; i < (cols - 1 - n) / 2; i++)
		line_add(line, ROLE_DIM, span_text(shaft));
	line_add(line, ROLE_DIM, span_text(text));
	for (; i < cols - 1 - n; i++)
		line_add(line, ROLE_DIM, span_text(shaft));
	if (way > 0)
		line_add(line, ROLE_DIM, span_text("▶"));
}

/* 1 from client to server, -1 back, 0 neither. */
static int
way_of(int side, const struct tape_mark *m)
{
	int out = side == TIMELINE_CLIENT ? 1 : -1;

	switch (m->what) {
	case TAPE_CONNECT:
	case TAPE_WRITE:
	case TAPE_SHUT:
	case TAPE_CLOSE:
		return out;
	case TAPE_ACCEPT:
	case TAPE_READ:
	case TAPE_END:
	case TAPE_RESET:
		return -out;
	default:
		return 0;
	}
}

/* The columns of the server's part. */
static size_t
server_col(const struct timeline *t)
{
	return t->cols - TIME_COLS - 1 - LABEL_COLS - (t->cols > 100 ? 12 : 0);
}

static void
wide_row(const struct timeline *t, const struct row *row, struct line *line)
{
	const struct tape_mark *m[TIMELINE_SIDES] = { NULL, NULL };
	bool whole = row->mark[0] != NO && row->mark[1] != NO;
	struct buf b = { .max = 4096 };
	char label[96];
	int way = 0;

	for (int i = 0; i < TIMELINE_SIDES; i++)
		if (row->mark[i] != NO) {
			m[i] = mark_of(t, i, row->mark[i]);
			way = way_of(i, m[i]);
		}
	if (m[TIMELINE_CLIENT] != NULL) {
		add_time(t, line, m[TIMELINE_CLIENT]->at);
		label_of(t, TIMELINE_CLIENT, m[TIMELINE_CLIENT], label);
		add_cut(line, ROLE_PLAIN, label, LABEL_COLS);
		line_pad(line, 1);
	}
	line_pad(line, left_of(line, TIME_COLS + 1 + ARROW_AT));
	if (way != 0)
		add_arrow(line, server_col(t) - 1, way, whole,
		    whole ? way * (m[1]->at - m[0]->at) : -1);
	if (row->route) {
		thinks_label(t, &b);
		line_pad(line, left_of(line, server_col(t) - 1 - b.len));
		line_add(line, ROLE_DIM, buf_span(&b));
		b.len = 0;
	}
	line_pad(line, left_of(line, server_col(t)));
	if (row->route) {
		route_label(t, &b);
		add_time(t, line, row->at);
		line_add(line, ROLE_INFO,
		    width_cut(buf_span(&b), left_of(line, t->cols)));
	}
	if (m[TIMELINE_SERVER] != NULL) {
		add_time(t, line, m[TIMELINE_SERVER]->at);
		label_of(t, TIMELINE_SERVER, m[TIMELINE_SERVER], label);
		add_cut(line, ROLE_PLAIN, label, left_of(line, t->cols));
	}
	buf_release(&b);
}

/* One event a row, of the server with a mark. */
static void
narrow_row(const struct timeline *t, const struct row *row, struct line *line)
{
	struct buf b = { .max = 4096 };
	char label[96];
	int side = row->mark[TIMELINE_CLIENT] != NO ? TIMELINE_CLIENT
						    : TIMELINE_SERVER,
	    way = 0;

	add_time(t, line, row->at);
	if (side == TIMELINE_SERVER && has_client(t))
		add_cut(line, ROLE_DIM, "server: ", left_of(line, t->cols));
	if (row->route) {
		route_label(t, &b);
		thinks_label(t, &b);
	} else {
		label_of(t, side, mark_of(t, side, row->mark[side]), label);
		buf_append_text(&b, label);
		way = way_of(side, mark_of(t, side, row->mark[side]));
	}
	line_add(
	    line, ROLE_PLAIN, width_cut(buf_span(&b), left_of(line, t->cols)));
	buf_release(&b);
	/* Arrows show who began where there is room, and one end alone. */
	if (way == 0 || has_server(t) ||
	    t->cols < TIME_COLS + 1 + ARROW_AT + ARROW_COLS)
		return;
	line_pad(line, left_of(line, TIME_COLS + ARROW_AT) + 1);
	add_arrow(line, TIME_COLS + 1 + ARROW_AT + ARROW_COLS, way, false, -1);
}

/* Of rows that are folded, on one side. */
struct folded {
	uint64_t calls[TIMELINE_SIDES];
	uint64_t bytes[TIMELINE_SIDES];
};

static void
folded_words(const struct folded *f, int side, int way, char out[96])
{
	char size[ROWS_TIME];
	bool writes = (way > 0) == (side == TIMELINE_CLIENT);

	out[0] = '\0';
	if (f->calls[side] == 0)
		return;
	rows_size(size, f->bytes[side]);
	snprintf(out, 96, "… %llu %s%s, %s", (unsigned long long)f->calls[side],
	    writes ? "write" : "read", f->calls[side] == 1 ? "" : "s", size);
}

static void
folded_row(const struct timeline *t, const struct folded *f, int way,
    struct line *line)
{
	char text[TIMELINE_SIDES][96];

	if (line == NULL)
		return;
	for (int i = 0; i < TIMELINE_SIDES; i++)
		folded_words(f, i, way, text[i]);
	add_cut(line, ROLE_PLAIN, "", 0);
	line_pad(line, TIME_COLS + 1 < t->cols ? TIME_COLS + 1 : 0);
	if (!is_wide(t)) {
		add_cut(line, ROLE_DIM,
		    text[text[TIMELINE_CLIENT][0] == '\0' ? TIMELINE_SERVER
							  : TIMELINE_CLIENT],
		    left_of(line, t->cols));
		return;
	}
	add_cut(line, ROLE_DIM, text[TIMELINE_CLIENT],
	    left_of(line, server_col(t)));
	line_pad(line, left_of(line, server_col(t) + TIME_COLS + 1));
	add_cut(line, ROLE_DIM, text[TIMELINE_SERVER], left_of(line, t->cols));
}

static void
fold(const struct timeline *t, struct timeline_at *at, struct line *line)
{
	struct folded f = { { 0 }, { 0 } };
	struct row row;
	int way = 0;

	for (; at->fold > 0 && next_row(t, at, &row); at->fold--) {
		way = direction_of(t, &row);
		for (int i = 0; i < TIMELINE_SIDES; i++)
			if (row.mark[i] != NO) {
				f.calls[i]++;
				f.bytes[i] += mark_of(t, i, row.mark[i])->n;
			}
		at->last = row.at;
	}
	at->fold = 0;
	folded_row(t, &f, way, line);
}

/* --- to scale ------------------------------------------------------------- */

static int64_t
total_of(const struct timeline *t)
{
	int64_t total = t->x->times.total;

	for (int i = 0; i < TIMELINE_SIDES; i++) {
		const struct tape *tape = tape_of(t, i);

		if (tape == NULL || tape->nmark == 0)
			continue;
		if (tape->mark[tape->nmark - 1].at - t->x->start > total)
			total = tape->mark[tape->nmark - 1].at - t->x->start;
	}
	return total;
}

static void
gap_row(const struct timeline *t, int64_t ns, bool first, struct line *line)
{
	char text[ROWS_TIME + 8] = "┊", time[ROWS_TIME];

	if (line == NULL)
		return;
	if (first) {
		rows_moment(time, ns);
		snprintf(text, sizeof(text), "┊ %s", time);
	}
	line_pad(line, TIME_COLS + 1 < t->cols ? TIME_COLS + 1 : 0);
	add_cut(line, ROLE_DIM, text, left_of(line, t->cols));
}

/* Are there empty rows in front of this one? */
static bool
gap(const struct timeline *t, struct timeline_at *at, struct line *line)
{
	struct timeline_at ahead = *at;
	int64_t total = total_of(t), ns;
	struct row row;
	bool first = !at->measured;

	if (!t->scale || total <= 0 || !next_row(t, &ahead, &row))
		return false;
	ns = row.at - (at->last > 0 ? at->last : t->x->start);
	if (first) {
		at->measured = true;
		at->gap = ns <= 0 ? 0
		    : ns >= total
		    ? TIMELINE_ROWS
		    : (uint32_t)((double)ns * TIMELINE_ROWS / (double)total);
	}
	if (at->gap == 0)
		return false;
	at->gap--;
	gap_row(t, ns, first, line);
	return true;
}

static bool
ladder(const struct timeline *t, struct timeline_at *at, struct line *line)
{
	struct row row;
	int way;

	if (at->fold > 0) {
		fold(t, at, line);
		return true;
	}
	if (gap(t, at, line))
		return true;
	if (!next_row(t, at, &row))
		return false;
	at->measured = false;
	at->last = row.at;
	way = row.route ? 0 : direction_of(t, &row);
	if (way != 0 && !t->scale) {
		uint32_t n = rows_alike(t, *at, way);

		at->fold = n >= TIMELINE_FOLD ? n - 1 : 0;
	}
	if (line == NULL)
		return true;
	if (is_wide(t))
		wide_row(t, &row, line);
	else
		narrow_row(t, &row, line);
	return true;
}

/* --- the ends -------------------------------------------------------------- */

static bool
title(const struct timeline *t, struct line *line)
{
	if (line == NULL)
		return true;
	if (!is_wide(t)) {
		add_cut(line, ROLE_TITLE,
		    has_client(t) ? "       ms  retort"
				  : "       ms  the server",
		    t->cols);
		return true;
	}
	add_cut(line, ROLE_DIM, "       ms  ", t->cols);
	line_add(line, ROLE_TITLE, span_text("retort"));
	line_pad(line, left_of(line, server_col(t)));
	add_cut(line, ROLE_DIM, "       ms  ", left_of(line, t->cols));
	add_cut(line, ROLE_TITLE, "retortd", left_of(line, t->cols));
	return true;
}

static const char *
phase_word(const struct timeline *t, int i)
{
	static const char *const words[][3] = {
#define X(name, both, ours, theirs) { both, ours, theirs },
		TIMELINE_PHASES(X)
#undef X
	};

	return words[i][!has_client(t) ? 2 : !has_server(t)];
}

static const char *
closer(const struct timeline *t)
{
	const struct tape *tape =
	    tape_of(t, has_client(t) ? TIMELINE_CLIENT : TIMELINE_SERVER);
	const struct tape_mark *m =
	    tape != NULL && tape->nmark > 0 ? tape_ended(tape) : NULL;

	if (m != NULL && !has_client(t))
		return m->what == TAPE_CLOSE ? "closed by the server"
		    : m->what == TAPE_RESET  ? "reset by the client"
					     : "closed by the client";
	if (m == NULL)
		return "the connection stands";
	if (m->what == TAPE_FAILED)
		return "no connection";
	if (m->what == TAPE_CLOSE)
		return "closed by us";
	return m->what == TAPE_RESET ? "reset by the peer"
				     : "closed by the peer";
}

/* "connect 0.041  …  total 0.121 ms" */
static void
add_sums(const struct timeline *t, struct buf *b)
{
	struct timeline_span p[TIMELINE_PHASE_COUNT];
	char time[ROWS_TIME];

	timeline_phases(t, p);
	for (int i = 0; i < TIMELINE_PHASE_COUNT; i++) {
		if (p[i].from < 0 &&
		    (i == TIMELINE_NAME ||
			(i == TIMELINE_CONNECT && !has_client(t))))
			continue;
		rows_moment(time, p[i].to - p[i].from);
		time[strlen(time) - 3] = '\0';
		buf_printf(b, "%s%s %s", b->len > 0 ? "  " : "",
		    phase_word(t, i), p[i].from < 0 ? "–" : time);
	}
	if (p[TIMELINE_TOTAL].from >= 0)
		buf_append_text(b, " ms");
}

/* Who closed, and what TCP says. */
static void
add_end(const struct timeline *t, struct buf *b)
{
	const struct tape_tcp *tcp = &t->x->tape.tcp;
	char time[ROWS_TIME];

	buf_append_text(b, closer(t));
	if (!tcp->known)
		return;
	rows_moment(time, (int64_t)tcp->rtt * 1000);
	buf_printf(b, ", round trip %s, segments sent again: %u", time,
	    tcp->retransmits);
}

/* Line i of them. */
static bool
sums_row(const struct timeline *t, size_t i, struct line *line)
{
	struct buf b = { .max = 4096 };
	struct span rest, s = { 0 };

	for (int part = 0; part < 2; part++) {
		b.len = 0;
		(part == 0 ? add_sums : add_end)(t, &b);
		rest = buf_span(&b);
		while (rest.n > 0) {
			s = width_line(&rest, t->cols);
			if (i-- == 0)
				goto found;
		}
	}
	buf_release(&b);
	return false;
found:
	if (line != NULL)
		line_add(line, ROLE_DIM, s);
	buf_release(&b);
	return true;
}

/* "connect  0.041 ms     ███". */
static void
bar_row(const struct timeline *t, int i, const struct timeline_span *p,
    struct line *line)
{
	char text[64], time[ROWS_TIME];
	int64_t total = total_of(t);
	size_t room, from, to;

	if (line == NULL)
		return;
	rows_moment(time, p->from < 0 ? 0 : p->to - p->from);
	snprintf(text, sizeof(text), "%-*s%*s  ", PHASE_COLS, phase_word(t, i),
	    MS_COLS - 2, p->from < 0 ? "-" : time);
	add_cut(line, ROLE_PLAIN, text, t->cols);
	room = left_of(line, t->cols);
	if (p->from < 0 || total <= 0 || room == 0)
		return;
	from = (size_t)((double)p->from * (double)room / (double)total);
	to = (size_t)((double)p->to * (double)room / (double)total + 0.5);
	if (from >= room)
		from = room - 1;
	if (to > room)
		to = room;
	line_pad(line, from);
	do
		line_add(line, ROLE_TAG, span_text("█"));
	while (++from < to);
}

/* Line i of what stands behind the ladder. */
static bool
behind(const struct timeline *t, size_t i, struct line *line)
{
	struct timeline_span p[TIMELINE_PHASE_COUNT];

	if (i == 0)
		return true;
	if (!t->scale)
		return sums_row(t, i - 1, line);
	timeline_phases(t, p);
	if (i <= TIMELINE_PHASE_COUNT) {
		bar_row(t, (int)i - 1, &p[i - 1], line);
		return true;
	}
	if (i == TIMELINE_PHASE_COUNT + 1)
		return true;
	return sums_row(t, i - TIMELINE_PHASE_COUNT - 2, line);
}

bool
timeline_row(
    const struct timeline *t, struct timeline_at *at, struct line *line)
{
	switch ((enum part)at->part) {
	case TITLE:
		at->part = LADDER;
		return title(t, line);
	case LADDER:
		if (ladder(t, at, line))
			return true;
		at->part = BEHIND;
		__attribute__((fallthrough));
	case BEHIND:
		break;
	}
	return behind(t, at->line++, line);
}
