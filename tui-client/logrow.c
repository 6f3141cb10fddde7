#include "logrow.h"

#include <stdio.h>
#include <string.h>

#include "width.h"

enum {
	GAP = 2,
	CLOCK_COLS = sizeof("09:41:07") - 1,
	PEER_COLS = sizeof("127.0.0.1") - 1,
	STATUS_COLS = 3,
	BYTES_COLS = 6, /* as rows_size says */
	ROW_BYTES = 8192,
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
	bool none = route[0] == '\0';

	append_place(
	    &text, none ? span_text("no route") : span_text(route), cols);
	line_pad(line, cols - width_of(buf_span(&text)));
	line_add(line, none ? ROLE_DIM : ROLE_PLAIN, buf_span(&text));
	buf_release(&text);
}

static void
add_status(struct line *line, const struct logline *l, const struct fit *fit)
{
	char text[ROWS_TIME];

	snprintf(text, sizeof(text), "%*d", STATUS_COLS, l->status);
	line_add(line, role_of_status(l->status), span_text(text));
	if (fit->bytes) {
		size_t col = line->cols + 1 + BYTES_COLS;

		rows_size(text, l->bytes);
		pad_to(line, col - width_of(span_text(text)));
		line_add(line, ROLE_DIM, span_text(text));
	}
	if (fit->route > 0 && l->route != NULL) {
		line_pad(line, GAP);
		add_route(line, l->route, fit->route);
	}
}

void
logrow(struct line *line, const struct logline *l, size_t cols)
{
	const struct fit *fit = fit_of(cols);
	size_t end = cols > tail_of(fit) ? cols - tail_of(fit) : 0;

	line_clear(line);
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
