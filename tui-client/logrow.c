#include "logrow.h"

#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "width.h"

enum {
	GAP = 2,
	CLOCK_COLS = sizeof("09:41:07") - 1,
	PEER_COLS = sizeof("127.0.0.1") - 1,
	STATUS_COLS = 3,
	BYTES_COLS = 6, /* as rows_size says */
	ROW_BYTES = 8192,

	CONN_STATE_COLS = sizeof("answering") - 1,
	CONN_BYTES_COLS = sizeof("123 kB out") - 1,
	CONN_AGE = 26,	 /* columns from which its age is said, */
	CONN_BYTES = 56, /* its bytes, */
	CONN_ALL = 56,	 /* and which way they went */
};

/* What there is room for, from so many columns on. */
/* clang-format off */
static const struct fit {
	size_t cols;
	bool clock;
	bool peer;
	bool bytes;
	size_t route; /* columns; they are right-aligned */
} fits[] = {
	{ 100, true, true, true, 32 },
	{ 72, true, false, true, 20 },
	{ 56, true, false, true, 14 },
	{ 36, true, false, true, 0 },
	{ 26, true, false, false, 0 },
	{ 0, false, false, false, 0 },
};
/* clang-format on */

static const struct fit *
fit_of(size_t cols)
{
	const struct fit *fit = fits;

	while (cols < fit->cols)
		fit++;
	return fit;
}

/* The columns behind the request. */
static size_t
tail_of(const struct fit *fit)
{
	return GAP + STATUS_COLS + (fit->bytes ? 1 + BYTES_COLS : 0) +
	    (fit->route > 0 ? GAP + fit->route : 0);
}

static enum role
role_of_status(int status)
{
	switch (status / 100) {
	case 1:
	case 2:
		return ROLE_OK;
	case 3:
		return ROLE_REDIRECT;
	case 4:
		return ROLE_CLIENT_ERROR;
	case 5:
		return ROLE_SERVER_ERROR;
	default:
		return ROLE_PLAIN;
	}
}

static enum role
role_of_kind(enum logline_kind kind)
{
	switch (kind) {
	case LOGLINE_LOADED:
		return ROLE_OK;
	case LOGLINE_REFUSED:
	case LOGLINE_FAULT:
	case LOGLINE_CARET:
		return ROLE_ERROR;
	case LOGLINE_WARNING:
		return ROLE_CLIENT_ERROR;
	case LOGLINE_READY:
	case LOGLINE_NEAREST:
		return ROLE_DIM;
	default:
		return ROLE_PLAIN;
	}
}

typedef bool cutter(struct buf *, struct span, size_t cols);

/* In at most that many columns. */
static void
add_cut(
    struct line *line, enum role role, struct span s, size_t cols, cutter *cut)
{
	struct buf text = { .max = ROW_BYTES };

	cut(&text, s, cols);
	line_add(line, role, buf_span(&text));
	buf_release(&text);
}

static void
pad_to(struct line *line, size_t col)
{
	if (line->cols < col)
		line_pad(line, col - line->cols);
}

/* Without its version if that helps: mostly it is the same. */
static struct span
short_request(struct span request, size_t cols)
{
	static const char version[] = " HTTP/1.1";
	size_t n = sizeof(version) - 1;

	if (width_of(request) > cols && request.n > n &&
	    memcmp(request.p + request.n - n, version, n) == 0)
		request.n -= n;
	return request;
}

static void
add_request(struct line *line, const char *text, size_t cols)
{
	struct span request =
	    text[0] != '\0' ? span_text(text) : span_text("–");

	add_cut(line, ROLE_PLAIN, short_request(request, cols), cols,
	    width_append_end);
}

/* Its end stays: folders go first, as in "…/routes.conf:12". */
static void
append_place(struct buf *out, struct span place, size_t cols)
{
	if (width_of(place) > cols) {
		buf_append_text(out, "…");
		cols--;
	}
	while (width_of(place) > cols) {
		const char *slash = memchr(place.p + 1, '/', place.n - 1);
		size_t skip = slash != NULL ? (size_t)(slash - place.p)
					    : glyph_next(place, 0).len;

		place = span_of(place.p + skip, place.n - skip);
	}
	width_append(out, place);
}

static void
add_route(struct line *line, const char *route, size_t cols)
{
	struct buf text = { .max = ROW_BYTES };
	bool none = route == NULL || route[0] == '\0';
	const char *words = route == NULL ? "refused"
	    : none			  ? "no route"
					  : route;

	append_place(&text, span_text(words), cols);
	line_pad(line, cols - width_of(buf_span(&text)));
	line_add(line, none ? ROLE_DIM : ROLE_PLAIN, buf_span(&text));
	buf_release(&text);
}

static void
add_status(struct line *line, const struct logline *l, const struct fit *fit)
{
	char text[ROWS_TIME];

	if (l->status > 0)
		snprintf(text, sizeof(text), "%*d", STATUS_COLS, l->status);
	line_add(line, l->status > 0 ? role_of_status(l->status) : ROLE_FAILURE,
	    span_text(l->status > 0 ? text : "  –"));
	if (fit->bytes) {
		size_t col = line->cols + 1 + BYTES_COLS;

		rows_size(text, l->bytes);
		pad_to(line, col - width_of(span_text(text)));
		line_add(line, ROLE_DIM, span_text(text));
	}
	if (fit->route > 0) {
		line_pad(line, GAP);
		add_route(line, l->route, fit->route);
	}
}

/* Below its request. */
static void
add_nearest(struct line *line, const struct logline *l, const struct fit *fit,
    size_t cols)
{
	struct buf text = { .max = ROW_BYTES };

	if (fit->clock)
		line_pad(line, CLOCK_COLS + GAP);
	if (fit->peer)
		line_pad(line, PEER_COLS + GAP);
	buf_printf(&text, "nearest: %s", l->text);
	if (line->cols < cols)
		add_cut(line, ROLE_DIM, buf_span(&text), cols - line->cols,
		    width_append_end);
	buf_release(&text);
}

void
logrow(struct line *line, const struct logline *l, size_t cols)
{
	const struct fit *fit = fit_of(cols);
	size_t end = cols > tail_of(fit) ? cols - tail_of(fit) : 0;

	line_clear(line);
	if (l->kind == LOGLINE_NEAREST) {
		add_nearest(line, l, fit, cols);
		return;
	}
	if (end == 0 && l->kind == LOGLINE_REQUEST)
		return;
	if (l->kind != LOGLINE_REQUEST) {
		add_cut(line, role_of_kind(l->kind), span_text(l->text), cols,
		    width_append_end);
		return;
	}
	if (fit->clock) {
		line_add(line, ROLE_DIM, span_text(l->clock));
		line_pad(line, GAP);
	}
	if (fit->peer) {
		add_cut(line, ROLE_DIM, span_text(l->peer), PEER_COLS,
		    width_append_middle);
		pad_to(line, CLOCK_COLS + GAP + PEER_COLS + GAP);
	}
	add_request(line, l->text, end - line->cols);
	pad_to(line, end + GAP);
	add_status(line, l, fit);
}

/* --- connections that stand -------------------------------------------------- */

/* The request that is not answered yet, else the last one; NULL: none came. */
static const struct seen_request *
request_of(const struct seen_conn *c)
{
	for (size_t i = 0; i < c->nrequest; i++)
		if (c->request[i].end < 0)
			return &c->request[i];
	return c->nrequest > 0 ? &c->request[c->nrequest - 1] : NULL;
}

/* What has come from there on is told of only when all of it has. */
static const char *
state_of_input(const struct seen_conn *c, uint64_t from)
{
	uint64_t gone;
	struct span s =
	    tape_run(&c->tape, TAPE_IN, from, c->tape.reel[TAPE_IN].all, &gone);

	return s.n > 0 && memmem(s.p, s.n, "\r\n\r\n", 4) != NULL ? "body"
								  : "head";
}

static const char *
state_of(const struct seen_conn *c, const struct seen_request *r)
{
	const struct tape_reel *in = &c->tape.reel[TAPE_IN];

	if (r == NULL)
		return in->all == 0 ? "idle" : state_of_input(c, 0);
	if (r->end >= 0)
		return seen_to(c, TAPE_IN, &r->in) < in->all
		    ? state_of_input(c, seen_to(c, TAPE_IN, &r->in))
		    : "kept";
	if (r->in.to != UINT64_MAX && r->in.to > in->all)
		return "body";
	return c->tape.reel[TAPE_OUT].all > r->out.from ? "answering"
							: "delayed";
}

static void
add_right(struct line *line, const char *text, size_t col)
{
	size_t n = width_of(span_text(text));

	if (col >= n)
		pad_to(line, col - n);
	line_add(line, ROLE_DIM, span_text(text));
}

/* Who, and what about; only that where there is no room for both. */
static void
add_about(struct line *line, const struct seen_conn *c,
    const struct seen_request *r, size_t cols)
{
	struct buf text = { .max = ROW_BYTES }, about = { .max = ROW_BYTES };
	size_t used = 0;

	if (r != NULL && r->target != NULL) {
		buf_printf(&about, "%s ", r->method);
		escape_append(&about, span_text(r->target), ESCAPE_SCREEN);
		used = GAP + width_of(buf_span(&about));
	}
	if (used == 0 || used + strlen(c->tape.peer) <= cols)
		buf_printf(&text, "%s%s",
		    c->tape.peer[0] != '\0' ? c->tape.peer : "–",
		    used > 0 ? "  " : "");
	buf_append_span(&text, buf_span(&about));
	buf_release(&about);
	add_cut(line, ROLE_PLAIN, buf_span(&text), cols, width_append_end);
	buf_release(&text);
}

void
connrow(struct line *line, const struct seen_conn *c, size_t cols, int64_t now)
{
	const struct seen_request *r = request_of(c);
	bool all = cols >= CONN_ALL, bytes = cols >= CONN_BYTES;
	size_t tail =
	    CONN_STATE_COLS + (bytes ? 2 * (CONN_BYTES_COLS + GAP) : 0);
	char text[ROWS_TIME + 8], size[ROWS_TIME];
	size_t end = cols > tail + GAP ? cols - tail - GAP : 0;

	line_clear(line);
	rows_time(text, c->opened >= 0 ? now - c->opened : -1);
	if (cols >= CONN_AGE) {
		add_right(line, text, CLOCK_COLS);
		line_pad(line, GAP);
	}
	if (end > line->cols)
		add_about(line, c, r, end - line->cols);
	pad_to(line, end > 0 ? end + GAP : 0);
	add_cut(line, ROLE_INFO, span_text(state_of(c, r)), cols - line->cols,
	    width_append_end);
	for (int way = TAPE_IN; bytes && way >= TAPE_OUT; way--) {
		rows_size(size, c->tape.reel[way].all);
		snprintf(text, sizeof(text), "%s%s", size,
		    !all		 ? ""
			: way == TAPE_IN ? " in"
					 : " out");
		add_right(line, text,
		    way == TAPE_IN ? cols - CONN_BYTES_COLS - GAP : cols);
	}
}
