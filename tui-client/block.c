#include "block.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "width.h"

enum {
	SLACK = 64 /* the last glyphs of a text that grows may change */
};

void
block_init(struct block *b, enum block_kind kind)
{
	*b = (struct block){ .kind = kind, .every = 1 };
}

void
block_release(struct block *b)
{
	free(b->mark);
	b->mark = NULL;
	b->nmark = b->cap = 0;
}

/* --- a line of text -------------------------------------------------------- */

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
			return wrap(s, at, i, b->words);
		i += g.len;
		col = g.cols > cols - col ? cols : col + g.cols;
	}
	return (struct extent){ i, i };
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

/* On a narrow screen the text has all of it. */
static size_t
indent_of(const struct block *b, size_t cols)
{
	return cols > 2 * b->indent ? b->indent : 0;
}

static bool
text_line(const struct block *b, const struct block_of *of, size_t *place,
    struct line *line)
{
	struct span s = of->bytes;
	size_t indent = indent_of(b, of->cols), cols = of->cols - indent;
	struct extent e;
	size_t at = *place, colon;

	if (at >= s.n)
		return false;
	e = measure(b, s, at, cols);
	*place = e.next;
	if (line == NULL)
		return true;
	line_pad(line, indent);
	if (e.end > at &&
	    glyph_next(span_of(s.p + at, e.end - at), 0).cols > cols) {
		line_add(line, b->role, span_text("…"));
		return true;
	}
	colon = b->role == b->rest ? e.end : colon_in(s, at, e.end);
	line_add(line, b->role, span_of(s.p + at, colon - at));
	line_add(line, b->rest, span_of(s.p + colon, e.end - colon));
	return true;
}

static bool
hex_line(const struct block_of *of, size_t *place, struct line *line)
{
	size_t n = hex_bytes(of->cols), at = *place;

	if (at >= of->bytes.n)
		return false;
	if (n > of->bytes.n - at)
		n = of->bytes.n - at;
	if (line != NULL)
		hex_add(line, span_of(of->bytes.p + at, n), at, of->cols, NULL);
	*place = at + n;
	return true;
}

/* --- places ---------------------------------------------------------------- */

/* The line at *p, which becomes the place of the next.  line may be NULL.
 * False behind the last. */
static bool
step(const struct block *b, const struct block_of *of, union block_at *p,
    struct line *line)
{
	struct pretty pretty = of->pretty;
	struct wire_form form = of->form;

	if (of->steps != NULL)
		++*of->steps;
	switch (b->kind) {
	case BLOCK_TEXT:
		return text_line(b, of, &p->at, line);
	case BLOCK_HEX:
		return hex_line(of, &p->at, line);
	case BLOCK_PRETTY:
		pretty.text = of->bytes;
		pretty.cols = of->cols;
		return pretty_line(&pretty, &p->pretty, line);
	case BLOCK_WIRE:
		form.cols = of->cols;
		return wire_row(of->wire, of->ends, &form, &p->wire, line);
	case BLOCK_TIME:
		return timeline_row(of->timeline, &p->time, line);
	}
	return false;
}

/* Are there bytes, a line being in front of one that is not? */
static bool
is_of_bytes(const struct block *b)
{
	return b->kind <= BLOCK_PRETTY;
}

/* Bytes in front of a place. */
static size_t
bytes_before(const struct block *b, const union block_at *p)
{
	return b->kind == BLOCK_PRETTY ? p->pretty.off : p->at;
}

/* Twice the room for marks, up to BLOCK_MARKS. */
static bool
marks_grow(struct block *b)
{
	size_t cap = b->cap == 0 ? 8 : b->cap * 2;
	union block_at *mark;

	if (b->cap == BLOCK_MARKS)
		return false;
	mark = realloc(b->mark, cap * sizeof(*mark));
	if (mark == NULL)
		return false;
	b->mark = mark;
	b->cap = cap;
	return true;
}

/* Remember where a line begins; when there are too many, every other goes. */
static void
mark_line(struct block *b)
{
	if (b->lines == 0 || b->lines % b->every != 0)
		return;
	if (b->nmark == b->cap && !marks_grow(b)) {
		/* Line `every` is the first of them. */
		for (size_t i = 1; i < b->nmark; i += 2)
			b->mark[i / 2] = b->mark[i];
		b->nmark /= 2;
		b->every *= 2;
		if (b->lines % b->every != 0)
			return;
	}
	if (b->nmark < b->cap)
		b->mark[b->nmark++] = b->next;
}

/* Find one line more.  False if there is none. */
static bool
grow(struct block *b, const struct block_of *of)
{
	union block_at next = b->next;

	if (b->whole)
		return false;
	if (!step(b, of, &next, NULL)) {
		b->whole = true;
		return false;
	}
	mark_line(b);
	b->next = next;
	b->lines++;
	return true;
}

void
block_reach(struct block *b, const struct block_of *of, size_t want)
{
	size_t n;

	if (b->kind == BLOCK_HEX && !b->whole) {
		n = hex_bytes(of->cols);
		b->lines = (of->bytes.n + n - 1) / n;
		b->next.at = of->bytes.n;
		b->whole = true;
	}
	while (b->lines < want && grow(b, of))
		;
}

/* Where line i, which is known, begins. */
static union block_at
place_of(struct block *b, const struct block_of *of, size_t i)
{
	size_t mark = i / b->every, k;
	union block_at p;

	memset(&p, 0, sizeof(p));
	if (b->kind == BLOCK_HEX) {
		p.at = i * hex_bytes(of->cols);
		return p;
	}
	if (mark > b->nmark)
		mark = b->nmark;
	if (mark > 0)
		p = b->mark[mark - 1];
	k = mark * b->every;
	for (int n = 0; n < BLOCK_NEAR; n++)
		if (b->near[n] > k && b->near[n] <= i) {
			k = b->near[n];
			p = b->near_at[n];
		}
	if (k == i)
		return p;
	for (; k < i && step(b, of, &p, NULL); k++)
		;
	/* The first of some that will be asked for. */
	b->near[0] = i;
	b->near_at[0] = p;
	return p;
}

void
block_line(
    struct block *b, const struct block_of *of, size_t i, struct line *line)
{
	union block_at p = place_of(b, of, i);

	if (step(b, of, &p, line)) {
		b->near[1] = i + 1;
		b->near_at[1] = p;
	}
}

/* Does what is known up to that place hang on bytes behind it? */
static size_t
bytes_wanted(const struct block *b, const union block_at *p)
{
	if (b->kind == BLOCK_PRETTY)
		return p->pretty.read + PRETTY_AHEAD;
	return p->at + SLACK;
}

void
block_go_on(struct block *b, struct block *old, size_t bytes)
{
	size_t n = old->nmark;

	if (old->kind != b->kind)
		return;
	while (n > 0 && bytes_wanted(old, &old->mark[n - 1]) > bytes)
		n--;
	if (n == 0)
		return;
	b->mark = old->mark;
	b->cap = old->cap;
	b->every = old->every;
	b->nmark = n - 1;
	b->lines = n * old->every;
	b->next = old->mark[n - 1];
	old->mark = NULL;
	old->nmark = old->cap = 0;
}

/* --- search ---------------------------------------------------------------- */

/* The first (step 1) or last (-1) place in [from, to) where text begins;
 * SIZE_MAX if there is none. */
static size_t
find_bytes(struct span s, size_t from, size_t to, int by, struct span text)
{
	int low = tolower((unsigned char)text.p[0]);
	int high = toupper((unsigned char)text.p[0]);
	size_t i, at, end = s.n < text.n ? 0 : s.n - text.n + 1;
	unsigned char c;

	if (to > end)
		to = end;
	for (i = from; i < to; i++) {
		at = by > 0 ? i : to - 1 - (i - from);
		c = (unsigned char)s.p[at];
		if ((c == low || c == high) &&
		    strncasecmp(s.p + at, text.p, text.n) == 0)
			return at;
	}
	return SIZE_MAX;
}

static bool
line_has(struct block *b, const struct block_of *of, size_t i, struct span text,
    struct line *line)
{
	line_clear(line);
	block_line(b, of, i, line);
	return find_bytes(buf_span(&line->text), 0, line->text.len, 1, text) !=
	    SIZE_MAX;
}

/* Among rows, which are not so many: all are made. */
static bool
find_row(struct block *b, const struct block_of *of, size_t from, int by,
    struct span text, struct found *found)
{
	size_t i, n, first, count;
	struct line line;
	bool is = false;

	block_reach(b, of, SIZE_MAX);
	n = b->lines;
	if (by > 0) {
		first = from == SIZE_MAX ? 0 : from + 1;
		count = first < n ? n - first : 0;
	} else {
		count = from == SIZE_MAX ? n : from;
		first = count - 1;
	}
	line_init(&line);
	for (i = 0; i < count && !is; i++) {
		found->at = by > 0 ? first + i : first - i;
		is = line_has(b, of, found->at, text, &line);
	}
	line_release(&line);
	found->is_line = true;
	return is;
}

bool
block_find(struct block *b, const struct block_of *of, size_t from, int by,
    struct span text, struct found *found)
{
	size_t low = 0, high = of->bytes.n;
	union block_at p;

	if (!is_of_bytes(b))
		return find_row(b, of, from, by, text, found);
	if (from != SIZE_MAX) {
		p = place_of(b, of, from);
		if (by > 0)
			step(b, of, &p, NULL);
		*(by > 0 ? &low : &high) = bytes_before(b, &p);
	}
	found->is_line = false;
	found->at = find_bytes(of->bytes, low, high, by, text);
	return found->at != SIZE_MAX;
}

/* The mark with at most so many bytes before it. */
static size_t
mark_at_byte(const struct block *b, size_t at)
{
	size_t low = 0, high = b->nmark;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (bytes_before(b, &b->mark[mid]) <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t
block_found_line(struct block *b, const struct block_of *of,
    const struct found *found, size_t budget)
{
	union block_at p;
	size_t i;

	if (found->is_line)
		return found->at;
	if (b->kind == BLOCK_HEX) {
		block_reach(b, of, SIZE_MAX);
		return found->at / hex_bytes(of->cols);
	}
	while (!b->whole && bytes_before(b, &b->next) <= found->at) {
		if (budget-- == 0)
			return SIZE_MAX;
		grow(b, of);
	}
	i = mark_at_byte(b, found->at);
	memset(&p, 0, sizeof(p));
	if (i > 0)
		p = b->mark[i - 1];
	for (i *= b->every; i + 1 < b->lines; i++) {
		step(b, of, &p, NULL);
		if (bytes_before(b, &p) > found->at)
			break;
	}
	return i;
}
