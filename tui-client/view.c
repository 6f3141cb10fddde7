#include "view.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "httperr.h"
#include "utf8.h"
#include "width.h"

enum {
	NOTES_MAX = 64 * 1024,
	SAMPLE = 4096, /* bytes of a body that tell text from binary */
	SLACK = 64     /* the last glyphs of a body that grows may change */
};

void
view_init(struct view *v)
{
	*v = (struct view){ .notes.max = NOTES_MAX };
}

void
view_release(struct view *v)
{
	buf_release(&v->notes);
	view_init(v);
}

/* The bytes of a block, from its first to its last. */
static struct span
block_bytes(
    const struct view *v, const struct exchange *x, const struct block *b)
{
	const struct buf *from = NULL;

	if (b->source >= VIEW_FROM_ASIDE)
		from = &x->aside[b->source - VIEW_FROM_ASIDE].kept;
	switch (b->source) {
	case VIEW_FROM_NOTES:
		from = &v->notes;
		break;
	case VIEW_FROM_RAW:
		from = &x->raw;
		break;
	case VIEW_FROM_BODY:
		from = &x->body;
		break;
	case VIEW_FROM_SENT:
		from = &x->tape.reel[TAPE_OUT].kept;
		break;
	case VIEW_FROM_ASIDE:
		break;
	}
	return span_of(from->data + b->from, b->to - b->from);
}

/* --- lines of a block ---------------------------------------------------- */

/* Where a line's text ends, and where the next begins. */
struct extent {
	size_t end;
	size_t next;
};

/* A line that begins at `at` and is full at i: of sentences, a word is not
 * cut if it fits in a line. */
static struct extent
wrap(struct span s, size_t at, size_t i, bool words)
{
	const char *space = NULL;

	if (words && s.p[i] == ' ')
		return (struct extent){ i, i + 1 };
	if (words)
		space = memrchr(s.p + at, ' ', i - at);
	if (space == NULL)
		return (struct extent){ i, i };
	i = (size_t)(space - s.p);
	return (struct extent){ i, i + 1 };
}

/* The line that begins at `at`: up to a line end or as many columns as fit,
 * one glyph at least. */
static struct extent
measure(const struct block *b, struct span s, size_t at, size_t cols)
{
	size_t i = at, col = 0, n;
	struct glyph g;

	while (i < s.n) {
		if (s.p[i] == '\n')
			return (struct extent){ i, i + 1 };
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			return (struct extent){ i, i + 2 };
		n = glyph_run(span_of(s.p + i, s.n - i), cols - col);
		if (n > 0) {
			i += n;
			col += n;
			continue;
		}
		g = glyph_next(span_of(s.p + i, s.n - i), col);
		if (g.cols > cols - col && i > at)
			return wrap(s, at, i, b->source == VIEW_FROM_NOTES);
		i += g.len;
		col = g.cols > cols - col ? cols : col + g.cols;
	}
	return (struct extent){ i, i };
}

/* Remember where a line begins; when there are too many, every other goes. */
static void
mark_line(struct block *b)
{
	size_t i;

	if (b->lines % b->every != 0)
		return;
	if (b->nmark == VIEW_MARKS) {
		for (i = 0; i < VIEW_MARKS / 2; i++)
			b->mark[i] = b->mark[2 * i];
		b->nmark = VIEW_MARKS / 2;
		b->every *= 2;
	}
	b->mark[b->nmark++] = b->next;
}

/* Find one line more.  False if there is none. */
static bool
grow(struct view *v, const struct exchange *x, struct block *b)
{
	struct span s = block_bytes(v, x, b);

	if (b->next >= s.n)
		b->whole = true;
	if (b->whole)
		return false;
	mark_line(b);
	b->next = measure(b, s, b->next, v->of.cols).next;
	b->lines++;
	v->steps++;
	return true;
}

static void
reach(struct view *v, const struct exchange *x, struct block *b, size_t want)
{
	while (b->lines < want && grow(v, x, b))
		;
}

static size_t
next_start(
    const struct view *v, const struct exchange *x, size_t block, size_t at)
{
	const struct block *b = &v->block[block];

	if (b->hex > 0)
		return at + b->hex;
	return measure(b, block_bytes(v, x, b), at, v->of.cols).next;
}

/* Where line i, which is known, begins in its block. */
static size_t
line_start(struct view *v, const struct exchange *x, size_t block, size_t i)
{
	const struct block *b = &v->block[block];
	size_t k, at;

	if (b->hex > 0)
		return i * b->hex;
	k = i - i % b->every;
	at = b->mark[i / b->every];

	if (v->near_block == block && v->near > k && v->near <= i) {
		k = v->near;
		at = v->near_at;
	}
	for (; k < i; k++) {
		at = next_start(v, x, block, at);
		v->steps++;
	}
	v->near_block = block;
	v->near = i;
	v->near_at = at;
	return at;
}

/* The line in which the byte at `off` stands. */
static size_t
line_of(struct view *v, const struct exchange *x, size_t block, size_t off)
{
	struct block *b = &v->block[block];
	size_t low = 0, high, mid, at, next;

	if (b->hex > 0)
		return off / b->hex;
	while (b->next <= off && grow(v, x, b))
		;
	for (high = b->nmark; high - low > 1;) {
		mid = (low + high) / 2;
		if (b->mark[mid] <= off)
			low = mid;
		else
			high = mid;
	}
	at = b->mark[low];
	for (low *= b->every;; low++, at = next) {
		next = next_start(v, x, block, at);
		v->steps++;
		if (next > off)
			return low;
	}
}

/* --- the blocks ---------------------------------------------------------- */

static struct block *
add_block(struct view *v, enum view_source source, size_t from, size_t to,
    enum role role)
{
	struct block *b = &v->block[v->nblock];

	if (from >= to || v->nblock == VIEW_BLOCKS)
		return NULL;
	*b = (struct block){
		.source = source,
		.from = from,
		.to = to,
		.role = role,
		.rest = role,
		.every = 1,
	};
	v->nblock++;
	return b;
}

/* A block of the sentences noted since `from`. */
static void
add_notes(struct view *v, size_t from, enum role role, enum role rest)
{
	struct block *b =
	    add_block(v, VIEW_FROM_NOTES, from, v->notes.len, role);

	if (b != NULL)
		b->rest = rest;
}

static void
add_note(struct view *v, enum role role, const char *text)
{
	size_t from = v->notes.len;

	if (text[0] != '\0' && buf_printf(&v->notes, "%s\n", text))
		add_notes(v, from, role, role);
}

static void
add_findings(struct view *v, httperr_set wrong)
{
	size_t from = v->notes.len;
	enum httperr e;

	for (e = HTTPERR_NONE + 1; e < HTTPERR_COUNT; e++)
		if (httperr_in(wrong, e))
			buf_printf(&v->notes, "%s: %s\n", httperr_section(e),
			    httperr_wrong(e));
	add_notes(v, from, ROLE_DIM, ROLE_ERROR);
}

/* An empty line behind what is there so far. */
static void
add_gap(struct view *v)
{
	size_t from = v->notes.len;

	if (v->nblock > 0 && buf_append_text(&v->notes, "\n"))
		add_notes(v, from, ROLE_PLAIN, ROLE_PLAIN);
}

/* The same, unless a head stands there: it ends with one. */
static void
add_gap_behind(struct view *v)
{
	if (v->nblock > 0 && v->block[v->nblock - 1].source != VIEW_FROM_RAW)
		add_gap(v);
}

/* A control that stands in no text: bell to CR and ESC, with which text is
 * moved and coloured, may. */
static bool
is_odd(uint32_t cp)
{
	return (cp < ' ' && (cp < '\a' || cp > '\r') && cp != '\033') ||
	    (cp >= 0x7f && cp < 0xa0);
}

/* What no text holds, or holds little of.  A character that is shown escaped
 * may well be of a text. */
static bool
is_binary(struct span s)
{
	size_t i, len, odd = 0, n = s.n < SAMPLE ? s.n : SAMPLE;
	uint32_t cp = 0;

	if (memchr(s.p, '\0', n) != NULL)
		return true;
	for (i = 0; i < n; i += len) {
		len = utf8_decode(s.p + i, n - i, &cp);
		if (len == 0 || is_odd(cp))
			odd++;
		if (len == 0)
			len = 1;
	}
	return odd > n / 8 + 3; /* 3: a character that the sample cuts */
}

/* How bytes stand on a line of so many columns. */
struct hex_form {
	size_t least; /* columns */
	size_t bytes;
	size_t offset; /* digits */
	bool text;
};

static const struct hex_form *
hex_form_of(size_t cols)
{
	/* clang-format off */
	static const struct hex_form forms[] = {
		{ 76, 16, 8, true },
		{ 43,  8, 8, true },
		{ 27,  4, 8, true },
		{ 17,  4, 0, true },
		{  9,  2, 0, true },
		{  5,  1, 0, true },
		{  0,  1, 0, false },
	};
	/* clang-format on */
	const struct hex_form *f = forms;

	while (cols < f->least)
		f++;
	return f;
}

static void
add_hex(struct view *v, enum view_source source, size_t from, size_t to)
{
	struct block *b = add_block(v, source, from, to, ROLE_PLAIN);

	if (b == NULL)
		return;
	b->hex = hex_form_of(v->of.cols)->bytes;
	b->lines = (to - from + b->hex - 1) / b->hex;
	b->next = to - from;
	b->whole = true;
}

/* "00000010  48 54 54 50 …  HTTP" */
static void
hex_line(struct line *line, struct span s, size_t at, size_t cols)
{
	const struct hex_form *f = hex_form_of(cols);
	size_t i, n = s.n - at < f->bytes ? s.n - at : f->bytes;
	char text[16], chars[16];

	if (cols < 2) {
		line_add(line, ROLE_PLAIN, span_text("…"));
		return;
	}
	if (f->offset > 0) {
		snprintf(text, sizeof(text), "%0*zx ", (int)f->offset, at);
		line_add(line, ROLE_DIM, span_text(text));
	}
	for (i = 0; i < f->bytes; i++) {
		if (i > 0 || f->offset > 0)
			line_pad(line, i == 8 ? 2 : 1);
		snprintf(text, sizeof(text), "%02x",
		    i < n ? (unsigned char)s.p[at + i] : 0);
		if (i < n)
			line_add(line, ROLE_PLAIN, span_text(text));
		else
			line_pad(line, 2);
		if (i < n)
			chars[i] = s.p[at + i] >= ' ' && s.p[at + i] <= '~'
			    ? s.p[at + i]
			    : '.';
	}
	if (f->text) {
		line_pad(line, 2);
		line_add(line, ROLE_HEADER_VALUE, span_of(chars, n));
	}
}

/* A body at [from, to) of the source, whose bytes are s. */
static void
add_body(struct view *v, enum view_source source, size_t from, struct span s)
{
	char size[ROWS_TIME], text[64];

	if (s.n == 0 || !is_binary(s)) {
		add_block(v, source, from, from + s.n, ROLE_PLAIN);
		return;
	}
	rows_size(size, s.n);
	snprintf(text, sizeof(text), "binary, %s:", size);
	add_note(v, ROLE_DIM, text);
	add_hex(v, source, from, from + s.n);
}

/* Start-line, fields, empty line: [from, to) of the source, whose bytes are
 * all of s. */
static void
add_head(struct view *v, enum view_source source, size_t from, size_t to,
    struct span s, enum role start)
{
	const char *lf = memchr(s.p + from, '\n', to - from);
	size_t fields = lf == NULL ? to : (size_t)(lf - s.p) + 1;
	struct block *b;

	add_block(v, source, from, fields, start);
	b = add_block(v, source, fields, to, ROLE_HEADER_NAME);
	if (b != NULL)
		b->rest = ROLE_HEADER_VALUE;
}

static void
add_rest_of_body(struct view *v, const struct exchange *x)
{
	char all[ROWS_TIME], kept[ROWS_TIME], text[128];

	rows_size(all, x->body_len);
	rows_size(kept, x->body.len);
	if (x->body_dropped && x->body_len > 0)
		snprintf(text, sizeof(text),
		    "its body, %s, was dropped to make room", all);
	else if (x->body.len < x->body_len)
		snprintf(text, sizeof(text),
		    "%s of the body was kept, of %s received", kept, all);
	else
		return;
	add_note(v, ROLE_DIM, text);
}

/* --- what is around head and body ---------------------------------------- */

static void
add_rest_of_aside(struct view *v, const struct aside *a)
{
	char all[ROWS_TIME], kept[ROWS_TIME], text[128];

	if (a->kept.len == a->all)
		return;
	rows_size(all, a->all);
	rows_size(kept, a->kept.len);
	snprintf(
	    text, sizeof(text), "%s of it is there, of %s received", kept, all);
	add_note(v, ROLE_DIM, text);
}

/* Lines as those of a head. */
static void
add_lines_aside(struct view *v, const struct exchange *x, enum aside_name name,
    const char *title)
{
	const struct aside *a = &x->aside[name];
	struct block *b;

	if (a->all == 0)
		return;
	add_note(v, ROLE_DIM, title);
	b = add_block(
	    v, VIEW_FROM_ASIDE + name, 0, a->kept.len, ROLE_HEADER_NAME);
	if (b != NULL)
		b->rest = ROLE_HEADER_VALUE;
	add_rest_of_aside(v, a);
}

static void
add_extra(struct view *v, const struct exchange *x)
{
	const struct aside *a = &x->aside[ASIDE_EXTRA];
	char size[ROWS_TIME], text[128];

	if (a->all == 0)
		return;
	add_gap_behind(v);
	rows_size(size, a->all);
	snprintf(text, sizeof(text), "%s: %s",
	    x->outcome != OUTCOME_ANSWERED ? "bytes that cannot be read"
		: exchange_switches(x)	   ? "bytes of the other protocol"
					   : "bytes behind the end",
	    size);
	add_note(v, ROLE_DIM, text);
	add_body(v, VIEW_FROM_ASIDE + ASIDE_EXTRA, 0, buf_span(&a->kept));
	add_rest_of_aside(v, a);
}

static void
build_response(struct view *v, const struct exchange *x)
{
	const struct head *h = x->head;

	if (x->outcome != OUTCOME_FLIGHT && x->outcome != OUTCOME_ANSWERED) {
		add_note(v, ROLE_FAILURE, x->why);
		add_note(v, ROLE_INFO, x->hint);
	}
	add_findings(v, x->wrong);
	if (x->raw.len == 0 && x->outcome == OUTCOME_FLIGHT)
		add_note(v, ROLE_FLIGHT, "waiting for the answer");
	if (x->raw.len > 0 || x->aside[ASIDE_INTERIM].all > 0)
		add_gap(v);
	add_lines_aside(v, x, ASIDE_INTERIM, "interim answers:");
	if (h != NULL)
		add_head(v, VIEW_FROM_RAW, h->start, h->len, buf_span(&x->raw),
		    rows_role(x));
	else if (x->status > 0 && x->request.dialect == DIALECT_CLASSIC)
		add_block(v, VIEW_FROM_RAW, 0, x->raw.len, rows_role(x));
	else
		add_body(v, VIEW_FROM_RAW, 0, buf_span(&x->raw));
	add_body(v, VIEW_FROM_BODY, 0, buf_span(&x->body));
	add_rest_of_body(v, x);
	if (x->aside[ASIDE_TRAILERS].all > 0)
		add_gap_behind(v);
	add_lines_aside(v, x, ASIDE_TRAILERS, "trailers:");
	add_extra(v, x);
}

/* What was sent last: the middle was too long for the tape. */
static void
add_end_of_sent(struct view *v, const struct tape *t, uint64_t off)
{
	char size[ROWS_TIME], text[128];
	uint64_t all = t->reel[TAPE_OUT].all, gone;
	struct span s = tape_run(t, TAPE_OUT, off, all, &gone);

	if (gone == 0)
		return;
	rows_size(size, gone);
	snprintf(text, sizeof(text), "%s in the middle were not kept:", size);
	add_gap(v);
	add_note(v, ROLE_DIM, text);
	s = tape_run(t, TAPE_OUT, off + gone, all, &gone);
	add_body(v, VIEW_FROM_SENT, t->reel[TAPE_OUT].kept.len - s.n, s);
}

static void
build_request(struct view *v, const struct exchange *x)
{
	uint64_t gone, all = x->tape.reel[TAPE_OUT].all;
	struct span s = tape_run(&x->tape, TAPE_OUT, 0, all, &gone);
	const char *end = NULL;
	size_t head = s.n;

	if (s.n == 0) {
		add_note(v, ROLE_DIM,
		    gone > 0 ? "what was sent was dropped to make room"
			     : "nothing was sent");
		return;
	}
	if (x->request.dialect == DIALECT_HTTP)
		end = memmem(s.p, s.n, "\r\n\r\n", 4);
	if (end != NULL)
		head = (size_t)(end - s.p) + 4;
	add_head(v, VIEW_FROM_SENT, 0, head, s, ROLE_PLAIN);
	add_body(v, VIEW_FROM_SENT, head, span_of(s.p + head, s.n - head));
	add_end_of_sent(v, &x->tape, s.n);
}

/* --- the view ------------------------------------------------------------ */

static struct view_of
state_of(const struct exchange *x, enum view_part part, size_t cols)
{
	struct view_of of = {
		.id = x->id,
		.part = part,
		.cols = cols,
		.outcome = x->outcome,
		.status = x->status,
		.wrong = x->wrong,
		.dropped = x->body_dropped,
		.raw = x->raw.len,
		.body = x->body.len,
		.sent = x->tape.reel[TAPE_OUT].all,
		.sent_kept = x->tape.reel[TAPE_OUT].kept.len,
	};
	size_t i;

	for (i = 0; i < ASIDE_COUNT; i++) {
		of.kept[i] = x->aside[i].kept.len;
		of.aside[i] = x->aside[i].all;
	}
	return of;
}

static bool
is_same(const struct view_of *a, const struct view_of *b)
{
	return a->id == b->id && a->part == b->part && a->cols == b->cols &&
	    a->outcome == b->outcome && a->status == b->status &&
	    a->wrong == b->wrong && a->dropped == b->dropped &&
	    a->raw == b->raw && a->body == b->body && a->sent == b->sent &&
	    a->sent_kept == b->sent_kept &&
	    memcmp(a->kept, b->kept, sizeof(a->kept)) == 0 &&
	    memcmp(a->aside, b->aside, sizeof(a->aside)) == 0;
}

static struct block *
find_body(struct view *v)
{
	size_t i;

	for (i = 0; i < v->nblock; i++)
		if (v->block[i].source == VIEW_FROM_BODY &&
		    v->block[i].hex == 0)
			return &v->block[i];
	return NULL;
}

/* What is known of the lines of `old` holds for b, which is the same and
 * more; but its last glyphs may have been half a character. */
static void
go_on(struct block *b, const struct block *old)
{
	size_t n = old->nmark;

	while (n > 0 && old->mark[n - 1] + SLACK > old->to)
		n--;
	if (n == 0)
		return;
	memcpy(b->mark, old->mark, n * sizeof(b->mark[0]));
	b->nmark = n - 1;
	b->every = old->every;
	b->lines = (n - 1) * old->every;
	b->next = old->mark[n - 1];
}

static bool
has_grown(const struct view_of *now, const struct view_of *old)
{
	return now->id == old->id && now->part == old->part &&
	    now->cols == old->cols && now->body >= old->body && !now->dropped;
}

void
view_set(
    struct view *v, const struct exchange *x, enum view_part part, size_t cols)
{
	struct view_of of = state_of(x, part, cols);
	struct block old = { 0 }, *body = find_body(v);

	if (is_same(&of, &v->of))
		return;
	if (body != NULL && has_grown(&of, &v->of))
		old = *body;
	v->of = of;
	v->nblock = 0;
	v->notes.len = 0;
	v->near_block = VIEW_BLOCKS;
	if (part == VIEW_RESPONSE)
		build_response(v, x);
	else
		build_request(v, x);
	body = find_body(v);
	if (body != NULL && old.nmark > 0)
		go_on(body, &old);
}

size_t
view_reach(struct view *v, const struct exchange *x, size_t want)
{
	size_t i, known = 0;

	for (i = 0; i < v->nblock && known < want; i++) {
		reach(v, x, &v->block[i], want - known);
		known += v->block[i].lines;
	}
	return known;
}

size_t
view_lines(struct view *v, const struct exchange *x)
{
	return view_reach(v, x, SIZE_MAX);
}

/* The block of line i; *i becomes the line's number in it.  SIZE_MAX if there
 * is no such line. */
static size_t
block_of(struct view *v, const struct exchange *x, size_t *i)
{
	size_t block;

	for (block = 0; block < v->nblock; block++) {
		reach(v, x, &v->block[block], *i + 1);
		if (*i < v->block[block].lines)
			return block;
		*i -= v->block[block].lines;
	}
	return SIZE_MAX;
}

/* Where the first colon of the (unwrapped) line stands, if that is in
 * [at, end); `at` if it stands before, `end` if behind. */
static size_t
colon_in(struct span s, size_t at, size_t end)
{
	const char *lf = at == 0 ? NULL : memrchr(s.p, '\n', at);
	size_t start = lf == NULL ? 0 : (size_t)(lf - s.p) + 1;
	const char *colon = memchr(s.p + start, ':', end - start);

	if (colon == NULL)
		return end;
	return (size_t)(colon - s.p) < at ? at : (size_t)(colon - s.p);
}

bool
view_line(struct view *v, const struct exchange *x, size_t i, struct line *line)
{
	size_t block = block_of(v, x, &i), at, end, colon;
	const struct block *b;
	struct span s;

	line_clear(line);
	if (block == SIZE_MAX)
		return false;
	b = &v->block[block];
	s = block_bytes(v, x, b);
	at = line_start(v, x, block, i);
	if (b->hex > 0) {
		hex_line(line, s, at, v->of.cols);
		return true;
	}
	end = measure(b, s, at, v->of.cols).end;
	if (end > at &&
	    glyph_next(span_of(s.p + at, end - at), 0).cols > v->of.cols) {
		line_add(line, b->role, span_text("…"));
		return true;
	}
	colon = b->role == b->rest ? end : colon_in(s, at, end);
	line_add(line, b->role, span_of(s.p + at, colon - at));
	line_add(line, b->rest, span_of(s.p + colon, end - colon));
	return true;
}

/* --- search -------------------------------------------------------------- */

/* The first (step 1) or last (-1) place in [from, to) where text begins;
 * SIZE_MAX if there is none. */
static size_t
find(struct span s, size_t from, size_t to, int step, struct span text)
{
	int low = tolower((unsigned char)text.p[0]);
	int high = toupper((unsigned char)text.p[0]);
	size_t i, at, end = s.n < text.n ? 0 : s.n - text.n + 1;
	unsigned char c;

	if (to > end)
		to = end;
	for (i = from; i < to; i++) {
		at = step > 0 ? i : to - 1 - (i - from);
		c = (unsigned char)s.p[at];
		if ((c == low || c == high) &&
		    strncasecmp(s.p + at, text.p, text.n) == 0)
			return at;
	}
	return SIZE_MAX;
}

/* The number that line i of that block has in the view. */
static size_t
line_number(struct view *v, const struct exchange *x, size_t block, size_t i)
{
	size_t k;

	for (k = 0; k < block; k++) {
		reach(v, x, &v->block[k], SIZE_MAX);
		i += v->block[k].lines;
	}
	return i;
}

size_t
view_search(struct view *v, const struct exchange *x, size_t from, int step,
    const char *text)
{
	size_t block, k, at, low, high, found, here = 0, next = SIZE_MAX;
	struct span s;

	if (v->nblock == 0 || text[0] == '\0')
		return SIZE_MAX;
	block = from == SIZE_MAX ? SIZE_MAX : block_of(v, x, &from);
	if (block != SIZE_MAX) {
		here = line_start(v, x, block, from);
		next = next_start(v, x, block, here);
	} else {
		block = step > 0 ? v->nblock - 1 : 0;
	}
	/* The rest of this block, the others, and this one from its far end. */
	for (k = 0; k <= v->nblock; k++) {
		at = k % v->nblock;
		at = (block + (step > 0 ? at : v->nblock - at)) % v->nblock;
		s = block_bytes(v, x, &v->block[at]);
		low = k == 0 && step > 0 ? next : 0;
		high = k == 0 && step < 0 ? here : s.n;
		found = find(s, low, high, step, span_text(text));
		if (found != SIZE_MAX)
			return line_number(v, x, at, line_of(v, x, at, found));
	}
	return SIZE_MAX;
}
