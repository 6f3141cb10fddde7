#include "wire.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "hex.h"
#include "width.h"

enum {
	UNIT = 1024,   /* bytes of a longer line that stay side by side */
	IN_LINE = 512, /* bytes of a line that are compared one by one, */
	IN_LINE_EDITS = 64,
	IN_LINE_RUN = 3, /* and that many alike are no accident */
	LOOK_AHEAD = 16, /* lines, for one that is like this */
	BLANKS = 256	 /* at the end of a line that are marked */
};

void
wire_release(struct wire *w)
{
	free(w->hunk);
	for (int i = 0; i < WIRE_SIDES; i++)
		free(w->differs[i]);
	*w = (struct wire){ 0 };
}

/* --- building ------------------------------------------------------------ */

static void
add_hunk(struct wire *w, struct wire_hunk h)
{
	size_t cap = w->cap == 0 ? 8 : w->cap * 2;
	struct wire_hunk *hunk;

	if (h.from[0] == h.to[0] && h.from[1] == h.to[1])
		return;
	if (w->nhunk == w->cap) {
		hunk = realloc(w->hunk, cap * sizeof(*hunk));
		if (hunk == NULL) {
			w->capped = true;
			return;
		}
		w->hunk = hunk;
		w->cap = cap;
	}
	w->hunk[w->nhunk++] = h;
}

static void
add_range(struct wire *w, int side, uint64_t from, uint64_t to)
{
	size_t n = w->ndiffers[side];
	struct wire_range *r = w->differs[side];

	if (from == to)
		return;
	if (n > 0 && r[n - 1].to == from) {
		r[n - 1].to = to;
		return;
	}
	/* Twice the room whenever it is a power of two. */
	if ((n & (n - 1)) == 0 && n < WIRE_RANGES) {
		r = realloc(
		    w->differs[side], (n == 0 ? 1 : 2 * n) * sizeof(*r));
		if (r != NULL)
			w->differs[side] = r;
	}
	if (r == NULL || n == WIRE_RANGES) {
		w->capped = true;
		return;
	}
	r[n] = (struct wire_range){ from, to };
	w->ndiffers[side]++;
}

/* What is compared: bytes of both sides, and where they stand in theirs. */
struct both {
	struct span s[WIRE_SIDES];
	uint64_t base[WIRE_SIDES];
};

static size_t
common_start(struct span a, struct span b)
{
	size_t i = 0, n = a.n < b.n ? a.n : b.n;

	while (i + 256 <= n && memcmp(a.p + i, b.p + i, 256) == 0)
		i += 256;
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

static size_t
common_end(struct span a, struct span b)
{
	size_t i = 0, n = a.n < b.n ? a.n : b.n;

	while (i < n && a.p[a.n - 1 - i] == b.p[b.n - 1 - i])
		i++;
	return i;
}

static struct span
middle(struct span s, size_t start, size_t end)
{
	return span_of(s.p + start, s.n - start - end);
}

/* The bytes of two lines one by one, between those that are the same at their
 * ends. */
static void
compare_bytes(struct wire *w, const struct both *b)
{
	uint64_t bytes[WIRE_SIDES][IN_LINE];
	struct diff_run *runs = NULL;
	size_t nrun = 0, at[WIRE_SIDES] = { 0, 0 };

	if (b->s[0].n <= IN_LINE && b->s[1].n <= IN_LINE) {
		for (int i = 0; i < WIRE_SIDES; i++)
			for (size_t k = 0; k < b->s[i].n; k++)
				bytes[i][k] = (unsigned char)b->s[i].p[k];
		diff_runs(bytes[0], b->s[0].n, bytes[1], b->s[1].n,
		    IN_LINE_EDITS, &runs, &nrun);
	}
	for (size_t k = 0; k < nrun; k++) {
		const size_t to[] = { runs[k].at_a, runs[k].at_b };

		if (runs[k].n < IN_LINE_RUN)
			continue;
		for (int i = 0; i < WIRE_SIDES; i++) {
			add_range(w, i, b->base[i] + at[i], b->base[i] + to[i]);
			at[i] = to[i] + runs[k].n;
		}
	}
	for (int i = 0; i < WIRE_SIDES; i++)
		add_range(w, i, b->base[i] + at[i], b->base[i] + b->s[i].n);
	free(runs);
}

/* A line on both sides, or on one. */
static void
add_pair(struct wire *w, const struct both *b)
{
	struct both in = *b;
	size_t start = common_start(b->s[0], b->s[1]), end;

	for (int i = 0; i < WIRE_SIDES; i++) {
		in.s[i] = middle(b->s[i], start, 0);
		in.base[i] += start;
	}
	end = common_end(in.s[0], in.s[1]);
	for (int i = 0; i < WIRE_SIDES; i++)
		in.s[i] = middle(in.s[i], 0, end);
	add_hunk(w,
	    (struct wire_hunk){
		.kind = WIRE_PAIR,
		.from = { b->base[0], b->base[1] },
		.to = { b->base[0] + b->s[0].n, b->base[1] + b->s[1].n },
	    });
	compare_bytes(w, &in);
}

/* Lines of a side: offsets of their starts, and one behind the last. */
struct lines {
	size_t *at;
	uint64_t *hash;
	size_t n;
};

static void
lines_release(struct lines *l)
{
	free(l->at);
	free(l->hash);
}

static size_t
line_len(struct span s)
{
	const char *lf = s.n == 0 ? NULL : memchr(s.p, '\n', s.n);

	return lf == NULL ? s.n : (size_t)(lf - s.p) + 1;
}

static uint64_t
hash_of(struct span s)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	return h;
}

/* False if they are too many, or memory is out. */
static bool
lines_of(struct lines *l, struct span s)
{
	size_t n;

	*l = (struct lines){ .at = malloc((WIRE_LINES + 1) * sizeof(*l->at)),
		.hash = malloc(WIRE_LINES * sizeof(*l->hash)) };
	if (l->at == NULL || l->hash == NULL)
		return false;
	l->at[0] = 0;
	while (l->at[l->n] < s.n) {
		if (l->n == WIRE_LINES)
			return false;
		n = line_len(middle(s, l->at[l->n], 0));
		l->hash[l->n] = hash_of(span_of(s.p + l->at[l->n], n));
		l->at[l->n + 1] = l->at[l->n] + n;
		l->n++;
	}
	return true;
}

static struct span
line_at(struct span s, const struct lines *l, size_t i)
{
	return span_of(s.p + l->at[i], l->at[i + 1] - l->at[i]);
}

/* Up to the first blank or colon: a field's name, a method. */
static size_t
word_len(struct span s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != ':' && s.p[i] != ' ' && s.p[i] != '\n')
		i++;
	return i;
}

/* Could one have become the other: the same word in front, or half of it? */
static bool
is_like(struct span a, struct span b)
{
	size_t n = word_len(a), start;

	if (n > 0 && n < a.n && n == word_len(b) &&
	    strncasecmp(a.p, b.p, n) == 0)
		return true;
	start = common_start(a, b);
	n = start + common_end(middle(a, start, 0), middle(b, start, 0));
	return 2 * n >= (a.n < b.n ? a.n : b.n);
}

/* Lines i of the left (n: none) and k of the right. */
static void
pair_lines(struct wire *w, const struct both *b, const struct lines l[],
    size_t i, size_t k, const bool has[])
{
	const size_t at[] = { i, k };
	struct both pair = *b;

	for (int side = 0; side < WIRE_SIDES; side++) {
		size_t off = l[side].at[at[side]];

		pair.base[side] += off;
		pair.s[side] = has[side]
		    ? line_at(b->s[side], &l[side], at[side])
		    : span_of(b->s[side].p + off, 0);
	}
	add_pair(w, &pair);
}

/* Lines [i, to_i) of the left stand against [k, to_k) of the right. */
static void
pair_gap(struct wire *w, const struct both *b, const struct lines l[], size_t i,
    size_t to_i, size_t k, size_t to_k)
{
	static const bool left[] = { true, false }, right[] = { false, true },
			  both[] = { true, true };

	for (; to_i - i == to_k - k && i < to_i; i++, k++)
		pair_lines(w, b, l, i, k, both);
	for (; i < to_i; i++) {
		size_t like = k,
		       last = to_k - k < LOOK_AHEAD ? to_k : k + LOOK_AHEAD;

		while (like < last &&
		    !is_like(line_at(b->s[0], &l[0], i),
			line_at(b->s[1], &l[1], like)))
			like++;
		if (like == last) {
			pair_lines(w, b, l, i, k, left);
			continue;
		}
		for (; k < like; k++)
			pair_lines(w, b, l, i, k, right);
		pair_lines(w, b, l, i, k++, both);
	}
	for (; k < to_k; k++)
		pair_lines(w, b, l, i, k, right);
}

/* Lines [i, i + n) are those [k, k + n). */
static void
add_same_lines(struct wire *w, const struct both *b, const struct lines l[],
    struct diff_run r)
{
	const size_t at[] = { r.at_a, r.at_b };
	struct wire_hunk h = { .kind = WIRE_SAME };
	struct span s[WIRE_SIDES];

	for (int i = 0; i < WIRE_SIDES; i++) {
		size_t from = l[i].at[at[i]], to = l[i].at[at[i] + r.n];

		h.from[i] = b->base[i] + from;
		h.to[i] = b->base[i] + to;
		s[i] = span_of(b->s[i].p + from, to - from);
	}
	/* Other lines may have the same hash, if someone wanted it. */
	if (!span_eq(s[0], s[1])) {
		h.kind = WIRE_LOOSE;
		w->capped = true;
	}
	add_hunk(w, h);
}

static bool
compare_lines(struct wire *w, const struct both *b)
{
	struct lines l[WIRE_SIDES] = { { 0 }, { 0 } };
	struct diff_run *runs = NULL;
	size_t nrun = 0, i = 0, k = 0;
	bool ok = lines_of(&l[0], b->s[0]) && lines_of(&l[1], b->s[1]) &&
	    diff_runs(
		l[0].hash, l[0].n, l[1].hash, l[1].n, DIFF_EDITS, &runs, &nrun);

	for (size_t r = 0; ok && r < nrun; r++) {
		pair_gap(w, b, l, i, runs[r].at_a, k, runs[r].at_b);
		add_same_lines(w, b, l, runs[r]);
		i = runs[r].at_a + runs[r].n;
		k = runs[r].at_b + runs[r].n;
	}
	if (ok)
		pair_gap(w, b, l, i, l[0].n, k, l[1].n);
	free(runs);
	lines_release(&l[0]);
	lines_release(&l[1]);
	return ok;
}

static void
add_loose(struct wire *w, const uint64_t from[], const uint64_t to[])
{
	add_hunk(w,
	    (struct wire_hunk){
		.kind = WIRE_LOOSE,
		.from = { from[0], from[1] },
		.to = { to[0], to[1] },
	    });
}

static bool
begins_line(struct span s, size_t at)
{
	return at == 0 || s.p[at - 1] == '\n';
}

/* The bytes up to the first that is missing. */
static void
compare(struct wire *w, const struct both *b)
{
	size_t n = b->s[0].n, start = common_start(b->s[0], b->s[1]), end = 0;
	struct both in = *b;

	if (start < n || n != b->s[1].n) {
		/* Only whole lines are left out. */
		while (!begins_line(b->s[0], start))
			start--;
		end = common_end(
		    middle(b->s[0], start, 0), middle(b->s[1], start, 0));
		while (end > 0 &&
		    !(begins_line(b->s[0], n - end) &&
			begins_line(b->s[1], b->s[1].n - end)))
			end--;
	}
	add_hunk(w,
	    (struct wire_hunk){
		.kind = WIRE_SAME,
		.from = { b->base[0], b->base[1] },
		.to = { b->base[0] + start, b->base[1] + start },
	    });
	for (int i = 0; i < WIRE_SIDES; i++) {
		in.s[i] = middle(b->s[i], start, end);
		in.base[i] += start;
	}
	if (!compare_lines(w, &in)) {
		const uint64_t to[] = { in.base[0] + in.s[0].n,
			in.base[1] + in.s[1].n };

		add_loose(w, in.base, to);
		w->capped = true;
	}
	add_hunk(w,
	    (struct wire_hunk){
		.kind = WIRE_SAME,
		.from = { in.base[0] + in.s[0].n, in.base[1] + in.s[1].n },
		.to = { b->base[0] + n, b->base[1] + b->s[1].n },
	    });
}

void
wire_build(struct wire *w, const struct wire_ends *e)
{
	uint64_t from[WIRE_SIDES] = { 0, 0 }, to[WIRE_SIDES] = { 0, 0 };
	bool both = true;
	struct both b;
	uint64_t gone;

	wire_release(w);
	for (int i = 0; i < WIRE_SIDES; i++) {
		const struct wire_side *side = &e->side[i];

		b.base[i] = from[i] = to[i] = 0;
		b.s[i] = span_of("", 0);
		both = both && side->tape != NULL;
		if (side->tape == NULL)
			continue;
		b.base[i] = from[i] = side->from;
		to[i] = side->to;
		b.s[i] = tape_run(side->tape, side->way, from[i], to[i], &gone);
	}
	if (both) {
		compare(w, &b);
		for (int i = 0; i < WIRE_SIDES; i++)
			from[i] += b.s[i].n;
		w->capped = w->capped || from[0] < to[0] || from[1] < to[1];
	}
	add_loose(w, from, to);
}

bool
wire_is_same(const struct wire *w)
{
	return !w->capped && w->ndiffers[0] == 0 && w->ndiffers[1] == 0;
}

/* --- rows ---------------------------------------------------------------- */

/* One side of a row: what it is made of. */
struct cell {
	const struct wire *w;
	const struct wire_ends *e;
	const struct wire_side *side;
	int i;
	size_t cols;
	bool hex;
	struct line *line; /* NULL: it is only passed */
};

static bool
differs(const struct cell *c, uint64_t from, uint64_t to)
{
	const struct wire_range *r = c->w->differs[c->i];
	size_t low = 0, high = c->w->ndiffers[c->i];

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (r[mid].to <= from)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->w->ndiffers[c->i] && r[low].from < to;
}

static bool
is_call(const struct wire_side *side, const struct tape_mark *m)
{
	return (m->what == TAPE_WRITE || m->what == TAPE_READ) &&
	    tape_way_of(m) == side->way && m->n > 0;
}

/* The next call of this side that ends behind off; NULL if there is none. */
static const struct tape_mark *
call_at(const struct wire_side *side, uint32_t *mark, uint64_t off)
{
	const struct tape *t = side->tape;

	for (; *mark < t->nmark; ++*mark) {
		const struct tape_mark *m = &t->mark[*mark];

		if (is_call(side, m) && m->off + m->n > off)
			return m;
	}
	return NULL;
}

/* Does a call begin here that has not been shown? */
static const struct tape_mark *
call_due(const struct cell *c, struct wire_at *at)
{
	uint64_t off = at->off[c->i];
	const struct tape_mark *m;

	if (c->side->tape == NULL || off >= c->side->to)
		return NULL;
	m = call_at(c->side, &at->mark[c->i], off);
	if (m == NULL || (m->off > off))
		return NULL;
	return m;
}

/* Where the next call begins, or `end` if none does before. */
static uint64_t
next_call(const struct cell *c, const struct wire_at *at, uint64_t end)
{
	uint32_t mark = at->mark[c->i];
	const struct tape_mark *m = call_at(c->side, &mark, at->off[c->i]);

	return m != NULL && m->off > at->off[c->i] && m->off < end ? m->off
								   : end;
}

static void
pad_with(const struct cell *c, size_t from, const char *with)
{
	if (c->line == NULL)
		return;
	while (c->line->cols < from + c->cols)
		line_add(c->line, ROLE_DIM, span_text(with));
}

/* "┄ 2 ┄ 0.018 ms ┄┄┄┄", where a call begins. */
static void
call_row(const struct cell *c, struct wire_at *at, const struct tape_mark *m)
{
	const struct tape *t = c->side->tape;
	char time[ROWS_TIME], text[96];
	struct buf b = { .max = 256 };
	size_t from;

	at->mark[c->i]++;
	at->calls[c->i]++;
	if (c->line == NULL)
		return;
	from = c->line->cols;
	rows_moment(time, m->at - c->e->zero);
	if (t->lost > 0 && (size_t)(m - t->mark) >= t->lost_at)
		snprintf(text, sizeof(text), "┄ … ┄ %s ", time);
	else
		snprintf(
		    text, sizeof(text), "┄ %u ┄ %s ", at->calls[c->i], time);
	if (width_append_end(&b, span_text(text), c->cols))
		line_add(c->line, ROLE_DIM, buf_span(&b));
	buf_release(&b);
	pad_with(c, from, "┄");
}

static void
hole_row(const struct cell *c, struct wire_at *at, uint64_t gone)
{
	char size[ROWS_TIME], text[64];
	struct buf b = { .max = 256 };

	at->off[c->i] += gone;
	if (c->line == NULL)
		return;
	rows_size(size, gone);
	snprintf(text, sizeof(text), "… %s not kept …", size);
	if (width_append_end(&b, span_text(text), c->cols))
		line_add(c->line, ROLE_DIM, buf_span(&b));
	buf_release(&b);
}

static void
put(const struct cell *c, enum role role, struct span s)
{
	if (c->line != NULL)
		line_add(c->line, role, s);
}

/* Is nothing but blanks left of the line? */
static bool
ends_blank(struct span s)
{
	size_t i = 0, n = s.n < BLANKS ? s.n : BLANKS;

	while (i < n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return i == s.n || s.p[i] == '\r' || s.p[i] == '\n';
}

/* What stands for a byte that shows nothing of itself; NULL if it does. */
static const char *
mark_of(struct span s)
{
	switch (s.p[0]) {
	case '\r':
		return "␍";
	case '\n':
		return "␊";
	case '\t':
		return "␉";
	case ' ':
		return ends_blank(s) ? "·" : NULL;
	default:
		return NULL;
	}
}

/* As much of s, which stands at off, as fits; how many bytes. */
static size_t
text_cell(const struct cell *c, struct span s, uint64_t off)
{
	size_t i = 0, col = 0;

	while (i < s.n) {
		struct span rest = middle(s, i, 0);
		const char *mark = mark_of(rest);
		struct glyph g = { 1, 1, GLYPH_PLAIN };
		enum role role;

		if (mark == NULL)
			g = glyph_next(rest, 0);
		if (g.cols > c->cols - col) {
			if (col > 0)
				break;
			put(c, ROLE_DIM, span_text("…"));
			return g.len;
		}
		role = differs(c, off + i, off + i + g.len) ? ROLE_DIFFERENT
		    : mark != NULL			    ? ROLE_DIM
							    : ROLE_PLAIN;
		put(c, role,
		    mark != NULL ? span_text(mark) : span_of(rest.p, g.len));
		i += g.len;
		col += g.cols;
		if (rest.p[0] == '\n')
			break;
	}
	return i;
}

static size_t
hex_cell(const struct cell *c, struct span s, uint64_t off)
{
	size_t n = hex_bytes(c->cols);
	enum role roles[HEX_MOST];

	if (n > s.n)
		n = s.n;
	for (size_t i = 0; i < n; i++)
		roles[i] = differs(c, off + i, off + i + 1) ? ROLE_DIFFERENT
							    : ROLE_PLAIN;
	if (c->line != NULL)
		hex_add(c->line, span_of(s.p, n), off - c->side->from, c->cols,
		    roles);
	return n;
}

/* One side's part of a row within [off, end). */
static void
content_cell(const struct cell *c, struct wire_at *at)
{
	uint64_t off = at->off[c->i], gone,
		 end = next_call(c, at, at->end[c->i]);
	struct span s = tape_run(c->side->tape, c->side->way, off, end, &gone);

	if (gone > 0)
		hole_row(c, at, gone);
	else
		at->off[c->i] +=
		    c->hex ? hex_cell(c, s, off) : text_cell(c, s, off);
}

/* How many of the bytes at off, of a line that ends at `to` or before, stand
 * together. */
static uint64_t
unit_len(const struct cell *c, uint64_t off, uint64_t to)
{
	uint64_t gone, most = c->hex ? hex_bytes(c->cols) : UNIT;
	struct span s;
	size_t n;

	if (to - off > most + 4)
		to = off + most + 4;
	s = tape_run(c->side->tape, c->side->way, off, to, &gone);
	if (gone > 0)
		return gone;
	if (c->hex)
		return s.n < most ? s.n : most;
	n = line_len(s);
	if (n <= most)
		return n;
	/* Not within a character. */
	for (n = most; n > most - 3 && (s.p[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

/* The hunk that is not done; NULL at the end. */
static const struct wire_hunk *
hunk_at(const struct wire *w, struct wire_at *at)
{
	for (; at->hunk < w->nhunk; at->hunk++) {
		const struct wire_hunk *h = &w->hunk[at->hunk];

		for (int i = 0; i < WIRE_SIDES; i++)
			if (at->off[i] < h->from[i])
				at->off[i] = h->from[i];
		if (at->off[0] < h->to[0] || at->off[1] < h->to[1])
			return h;
	}
	return NULL;
}

/* What stands beside each other next: a line, mostly.  False at the end. */
static bool
begin_unit(const struct cell cells[], struct wire_at *at)
{
	const struct wire_hunk *h = hunk_at(cells[0].w, at);

	if (h == NULL)
		return false;
	for (int i = 0; i < WIRE_SIDES; i++) {
		uint64_t off = at->off[i];

		at->end[i] = off;
		if (off < h->to[i])
			at->end[i] += unit_len(&cells[i], off, h->to[i]);
	}
	at->begun = false;
	return true;
}

/* A side that is not to be seen has nothing. */
static bool
is_shown(const struct wire_ends *e, const struct wire_form *f, int i)
{
	return e->side[i].tape != NULL &&
	    (f->only == WIRE_SIDES || f->only == i);
}

static void
title_cell(const struct cell *c)
{
	uint64_t all = c->side->to - c->side->from;
	size_t from, n, cols = c->cols;
	char size[ROWS_TIME];
	struct buf b = { .max = 512 };

	if (c->line == NULL)
		return;
	rows_size(size, all);
	from = c->line->cols;
	n = strlen(size);
	if (n + 2 < cols)
		cols -= n + 1;
	if (width_append_end(&b, span_text(c->side->title), cols))
		line_add(c->line, ROLE_TITLE, buf_span(&b));
	buf_release(&b);
	if (cols == c->cols)
		return;
	while (c->line->cols < from + cols + 1)
		line_pad(c->line, 1);
	line_add(c->line, ROLE_DIM, span_text(size));
}

/* Behind the left cell. */
static void
separate(struct line *line, size_t cols)
{
	if (line == NULL)
		return;
	if (line->cols < cols)
		line_pad(line, cols - line->cols);
	line_add(line, ROLE_DIM, span_text(" │ "));
}

static void
row_of_calls(const struct cell cells[], struct wire_at *at, bool two,
    const struct tape_mark *const m[])
{
	for (int i = 0; i < WIRE_SIDES; i++) {
		if (m[i] != NULL)
			call_row(&cells[i], at, m[i]);
		if (i == WIRE_LEFT && two)
			separate(cells[i].line, cells[i].cols);
	}
}

static void
row_of_content(const struct cell cells[], struct wire_at *at, bool two,
    const struct tape_mark *const m[])
{
	at->begun = true;
	for (int i = 0; i < WIRE_SIDES; i++) {
		if (m[i] != NULL)
			call_row(&cells[i], at, m[i]);
		else if (at->off[i] < at->end[i])
			content_cell(&cells[i], at);
		if (i == WIRE_LEFT && two)
			separate(cells[i].line, cells[i].cols);
	}
}

bool
wire_row(const struct wire *w, const struct wire_ends *e,
    const struct wire_form *f, struct wire_at *at, struct line *line)
{
	bool two = is_shown(e, f, WIRE_LEFT) && is_shown(e, f, WIRE_RIGHT);
	const struct tape_mark *m[WIRE_SIDES];
	struct cell cells[WIRE_SIDES];

	for (int i = 0; i < WIRE_SIDES; i++)
		cells[i] = (struct cell){ w, e, &e->side[i], i,
			two ? (f->cols - 3) / 2 : f->cols, f->hex, line };
	if (!at->titled) {
		at->titled = true;
		for (int i = 0; i < WIRE_SIDES; i++) {
			at->off[i] = at->end[i] = e->side[i].from;
			if (is_shown(e, f, i))
				title_cell(&cells[i]);
			if (i == WIRE_LEFT && two)
				separate(line, cells[i].cols);
		}
		return is_shown(e, f, 0) || is_shown(e, f, 1);
	}
	for (;;) {
		for (int i = 0; i < WIRE_SIDES; i++)
			if (!is_shown(e, f, i))
				at->off[i] = at->end[i];
		if (at->off[0] < at->end[0] || at->off[1] < at->end[1])
			break;
		if (!begin_unit(cells, at))
			return false;
	}
	for (int i = 0; i < WIRE_SIDES; i++)
		m[i] = is_shown(e, f, i) && at->off[i] < at->end[i]
		    ? call_due(&cells[i], at)
		    : NULL;
	if (!at->begun && (m[0] != NULL || m[1] != NULL))
		row_of_calls(cells, at, two, m);
	else
		row_of_content(cells, at, two, m);
	return true;
}
