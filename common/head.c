#include "head.h"

#include "chars.h"

/*
 * Both parsers walk the whole lines that are there and stop at the first one
 * that is not whole.  A line counts as soon as its LF came, so a head that is
 * wrong is refused at its first bad line, however the bytes arrive.  Only what
 * cannot be a method is refused before: a TLS handshake, say, may never have an
 * LF.  Nothing is parsed again before another LF is there: at most LIMIT_FIELDS
 * walks over at most LIMIT_HEAD bytes.
 */

/* What one walk over a head needs to know. */
struct walk {
	const char *p;
	size_t n;
	size_t at;     /* the next line begins here */
	size_t astray; /* a fold that begins here is of no field: behind a line
			* without colon, and in front of all trailers */
	struct head *head;
	bool strict;
	enum httperr why;
};

/* A broken rule: the end of a strict walk, a note in the other. */
static bool
walk_broke(struct walk *w, enum httperr e)
{
	if (w->strict) {
		w->why = e;
		return true;
	}
	w->head->wrong |= httperr_bit(e);
	return false;
}

static enum parse
walk_bad(struct walk *w, enum httperr e)
{
	w->why = e;
	return PARSE_BAD;
}

/*
 * The next whole line without its end; `limit` is how long it may be, with
 * `too_long` as the verdict.  MORE if it is not whole yet.
 */
static enum parse
walk_line(
    struct walk *w, size_t limit, enum httperr too_long, struct span *line)
{
	const char *begin = w->p + w->at;
	const char *lf = memchr(begin, '\n', w->n - w->at);
	size_t len = lf != NULL ? (size_t)(lf - begin) : w->n - w->at;
	bool cr = len > 0 && begin[len - 1] == '\r';

	if (len - cr > limit)
		return walk_bad(w, too_long);
	if (w->at + len >= LIMIT_HEAD)
		return walk_bad(w, HTTPERR_HEAD_TOO_LARGE);
	if (lf == NULL)
		return PARSE_MORE;
	w->at += len + 1;
	if (!cr && walk_broke(w, HTTPERR_BARE_LF))
		return PARSE_BAD;
	*line = span_of(begin, len - cr);
	return PARSE_DONE;
}

static struct slice
walk_slice(const struct walk *w, struct span s)
{
	return (struct slice){ (uint32_t)(s.p - w->p), (uint32_t)s.n };
}

/* The first byte that is not part of the method must be the space behind it;
 * a line end is for others to judge. */
static enum httperr
method_check(const char *p, size_t n)
{
	size_t most = n < LIMIT_START_LINE + 1 ? n : LIMIT_START_LINE + 1;
	size_t len = chars_run(p, most, CHAR_TOKEN);

	if (len == most || p[len] == '\r' || p[len] == '\n')
		return HTTPERR_NONE;
	if (p[len] == ' ')
		return len > 0 ? HTTPERR_NONE : HTTPERR_METHOD;
	return len > 0 ? HTTPERR_METHOD : HTTPERR_NOT_HTTP;
}

/* Empty lines in front (RFC 9112 2.2), then the start-line. */
static enum parse
walk_start_line(struct walk *w, struct span *line)
{
	enum parse verdict;
	int empty;

	for (empty = 0; empty <= LIMIT_EMPTY_LINES; empty++) {
		w->head->start = (uint32_t)w->at;
		if (w->strict)
			w->why = method_check(w->p + w->at, w->n - w->at);
		if (w->why != HTTPERR_NONE)
			return PARSE_BAD;
		verdict = walk_line(
		    w, LIMIT_START_LINE, HTTPERR_START_LINE_TOO_LONG, line);
		if (verdict != PARSE_DONE || line->n > 0)
			return verdict;
	}
	return walk_bad(w, HTTPERR_EMPTY_LINES);
}

/* "HTTP/" DIGIT "." DIGIT at p[0..8), case-sensitive (RFC 9112 2.3). */
static bool
version_parse(const char *p, struct head *h)
{
	if (memcmp(p, "HTTP/", 5) != 0 || p[6] != '.' ||
	    !char_is(p[5], CHAR_DIGIT) || !char_is(p[7], CHAR_DIGIT))
		return false;
	h->major = (uint8_t)(p[5] - '0');
	h->minor = (uint8_t)(p[7] - '0');
	return true;
}

enum {
	VERSION_LEN = 8
};

/* No part of a line may hold a CR, so one that does has failed with `e`: say
 * the truer thing. */
static enum httperr
blame_cr(struct span line, enum httperr e)
{
	if (e != HTTPERR_NONE && memchr(line.p, '\r', line.n) != NULL)
		return HTTPERR_BARE_CR;
	return e;
}

/* An address in brackets stands only where a host does: behind a scheme's
 * "://", or in front (authority-form). */
static bool
is_host_place(const char *p, size_t at)
{
	const char *slash = memchr(p, '/', at);

	if (slash == NULL)
		return at == 0;
	return slash > p && slash[-1] == ':' && slash + 2 == p + at &&
	    slash[1] == '/';
}

/* How many bytes of p[0..n) a target may hold: CHAR_TARGET, and the brackets
 * of an IPv6 address. */
static size_t
target_run(const char *p, size_t n)
{
	size_t len = chars_run(p, n, CHAR_TARGET);
	size_t i = len;

	if (len == n || p[len] != '[' || !is_host_place(p, len))
		return len;
	i += 1 + chars_run(p + i + 1, n - i - 1, CHAR_TARGET);
	if (i == n || p[i] != ']')
		return len;
	return i + 1 + chars_run(p + i + 1, n - i - 1, CHAR_TARGET);
}

/* METHOD SP TARGET SP VERSION (RFC 9112 3). */
static enum httperr
request_line_parse(struct walk *w, struct span line)
{
	struct head *h = w->head;
	const char *end = line.p + line.n;
	const char *target, *version;
	size_t n = chars_run(line.p, line.n, CHAR_TOKEN);

	/* method_check left a CR at most. */
	if (n < line.n && line.p[n] != ' ')
		return HTTPERR_BARE_CR;
	h->method = walk_slice(w, span_of(line.p, n));
	h->verb = method_find(line.p, n);
	if (n == line.n)
		return HTTPERR_REQUEST_LINE;
	target = line.p + n + 1;
	n = target_run(target, (size_t)(end - target));
	if (target + n < end && target[n] != ' ')
		return HTTPERR_TARGET;
	if (n == 0 || target + n == end)
		return HTTPERR_REQUEST_LINE;
	h->target = walk_slice(w, span_of(target, n));
	version = target + n + 1;
	n = (size_t)(end - version);
	if (n != VERSION_LEN || !version_parse(version, h))
		return n == 0 || memchr(version, ' ', n) != NULL
		    ? HTTPERR_REQUEST_LINE
		    : HTTPERR_VERSION;
	return h->major == 1 ? HTTPERR_NONE : HTTPERR_VERSION_UNSUPPORTED;
}

/* Any other. */
static enum parse
walk_request_line(struct walk *w)
{
	struct span line;
	enum parse verdict = walk_start_line(w, &line);

	if (verdict == PARSE_DONE)
		w->why = blame_cr(line, request_line_parse(w, line));
	return w->why == HTTPERR_NONE ? verdict : PARSE_BAD;
}

/* VERSION SP 3DIGIT [SP REASON] (RFC 9112 4).  False: no status line. */
static bool
status_line_parse(struct walk *w, struct span line)
{
	struct head *h = w->head;
	const char *p = line.p;
	size_t i;

	if (line.n < VERSION_LEN + 4 || !version_parse(p, h) ||
	    p[VERSION_LEN] != ' ')
		return false;
	p += VERSION_LEN + 1;
	for (i = 0; i < 3; i++) {
		if (!char_is(p[i], CHAR_DIGIT))
			return false;
		h->status = h->status * 10 + (p[i] - '0');
	}
	if (h->status < 100 || h->status > 599)
		walk_broke(w, HTTPERR_STATUS_RANGE);
	if (h->major != 1)
		walk_broke(w, HTTPERR_VERSION_UNSUPPORTED);
	p += 3;
	line.n -= VERSION_LEN + 4;
	h->reason = walk_slice(w, span_of(p, 0));
	/* The space is wanted even before an empty reason. */
	if (line.n == 0 || *p != ' ') {
		walk_broke(w, HTTPERR_STATUS_LINE);
		return line.n == 0;
	}
	line = span_of(p + 1, line.n - 1);
	if (chars_run(line.p, line.n, CHAR_FIELD) != line.n)
		walk_broke(w, blame_cr(line, HTTPERR_STATUS_LINE));
	h->reason = walk_slice(w, line);
	return true;
}

static enum httperr
value_check(struct span value)
{
	return chars_all(value.p, value.n, CHAR_FIELD) ? HTTPERR_NONE
						       : HTTPERR_FIELD_VALUE;
}

/* Name and value as far as the line can be read, and what is wrong with it;
 * without a colon it cannot be. */
static enum httperr
field_split(struct span line, struct span *name, struct span *value)
{
	const char *colon;
	size_t n = chars_run(line.p, line.n, CHAR_TOKEN);

	if (n < line.n && line.p[n] == ':')
		colon = line.p + n;
	else
		colon = memchr(line.p, ':', line.n);
	if (colon == NULL)
		return HTTPERR_FIELD_NO_COLON;
	*name = span_trim(span_of(line.p, (size_t)(colon - line.p)));
	*value = span_of(colon + 1, line.n - (size_t)(colon + 1 - line.p));
	*value = span_trim(*value);
	if (n == 0 || name->n != n)
		return HTTPERR_FIELD_NAME;
	if (line.p + n != colon)
		return HTTPERR_FIELD_SPACE;
	return value_check(*value);
}

enum httperr
field_parse(struct span line, struct span *name, struct span *value)
{
	if (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		return HTTPERR_FIELD_FOLD;
	return blame_cr(line, field_split(line, name, value));
}

/* Of a name that is as long as one that is known. */
static enum field_kind
known_kind(struct span name)
{
	switch (name.n) {
#define X(id, text)            \
	case sizeof(text) - 1: \
		return span_is_nocase(name, text) ? FIELD_##id : FIELD_OTHER;
		KNOWN_FIELDS(X)
#undef X
	}
	return FIELD_OTHER;
}

/* By its length and its first letter it can be but one, and mostly is none. */
static inline enum field_kind
field_kind(struct span name)
{
	static const char first[] = {
#define X(id, text) [sizeof(text) - 1] = text[0],
		KNOWN_FIELDS(X)
#undef X
	};

	if (name.n >= sizeof(first) ||
	    ((name.p[0] ^ first[name.n]) & ~0x20) != 0)
		return FIELD_OTHER;
	return known_kind(name);
}

/* There must be room for it. */
static inline void
head_add(struct head *h, struct field f)
{
	h->field[h->nfield] = f;
	if (f.kind != FIELD_OTHER)
		h->known[h->nknown++] = h->nfield;
	h->nfield++;
}

/* A line that continues the one before it (RFC 9112 5.2). */
static enum parse
walk_fold(struct walk *w, struct span line)
{
	struct head *h = w->head;
	struct field *last;
	struct span rest = span_trim(line);
	bool astray = line.p == w->p + w->astray;
	enum httperr e = blame_cr(rest, value_check(rest));

	if (walk_broke(w,
		h->nfield > 0 || astray ? HTTPERR_FIELD_FOLD
					: HTTPERR_START_SPACE))
		return PARSE_BAD;
	if (e != HTTPERR_NONE && walk_broke(w, e))
		return PARSE_BAD;
	if (astray)
		w->astray = w->at;
	if (h->nfield == 0 || astray || rest.n == 0)
		return PARSE_DONE;
	/* The value grows to the end of this line, line end and all; one that
	 * was empty begins here. */
	last = &h->field[h->nfield - 1];
	if (last->value.len == 0)
		last->value.off = (uint32_t)(rest.p - w->p);
	last->value.len = (uint32_t)(rest.p + rest.n - w->p) - last->value.off;
	return PARSE_DONE;
}

static enum parse
walk_field(struct walk *w, struct span line)
{
	struct head *h = w->head;
	struct span name, value;
	enum httperr e;

	if (line.p[0] == ' ' || line.p[0] == '\t')
		return walk_fold(w, line);
	if (h->nfield == LIMIT_FIELDS)
		return walk_bad(w, HTTPERR_TOO_MANY_FIELDS);
	e = field_split(line, &name, &value);
	if (e != HTTPERR_NONE && walk_broke(w, blame_cr(line, e)))
		return PARSE_BAD;
	if (e == HTTPERR_FIELD_NO_COLON) {
		w->astray = w->at;
		return PARSE_DONE;
	}
	head_add(h,
	    (struct field){
		walk_slice(w, name), walk_slice(w, value), field_kind(name) });
	return PARSE_DONE;
}

/* --- plain heads --------------------------------------------------------- */

/*
 * Nearly all heads are plain, with nothing wrong and nothing unusual about
 * them.  Those are taken here, without looking at any byte twice; where one is
 * not, what was taken so far stands, and the walk goes on behind it.
 */

/* The target at p, as far as it is plain; 0 if it goes on, or seems to. */
static inline size_t
plain_target(const char *p, const char *end)
{
	size_t n = 0, some;

	do {
		if (end - p - (ptrdiff_t)n <= CHARS_AT_ONCE)
			return 0;
		some = chars_paths_some(p + n);
		n += some;
	} while (some == CHARS_AT_ONCE);
	return p[n] == ' ' ? n : 0;
}

/* METHOD SP TARGET SP VERSION CR LF: how long it is, 0 if it is another. */
static inline size_t
plain_request_line(const char *base, size_t n, struct head *h)
{
	static const char version[] = " HTTP/1.";
	const size_t nversion = sizeof(version) - 1;
	const char *end = base + (n < LIMIT_START_LINE ? n : LIMIT_START_LINE);
	const char *p = base;
	enum method verb;
	size_t method, target;
	bool is_plain;

	if (n <= METHOD_LONGEST)
		return 0;
	method = method_begins(p, &verb);
	if (method == 0)
		return 0;
	p += method + 1;
	target = plain_target(p, end);
	is_plain = target > 0;
	if (!is_plain)
		target = chars_run(p, (size_t)(end - p), CHAR_TARGET);
	p += target;
	if (target == 0 || (size_t)(end - p) < nversion + 3 ||
	    memcmp(p, version, nversion) != 0 ||
	    !char_is((unsigned char)p[nversion], CHAR_DIGIT) ||
	    memcmp(p + nversion + 1, "\r\n", 2) != 0)
		return 0;
	h->verb = verb;
	h->method.len = (uint32_t)method;
	h->target.off = (uint32_t)method + 1;
	h->target.len = (uint32_t)target;
	h->target_is_plain = is_plain;
	h->major = 1;
	h->minor = (uint8_t)(p[nversion] - '0');
	return (size_t)(p - base) + nversion + 3;
}

/*
 * Which bytes from p on are not plain (see chars_plain)?  Fewer than 64 of them
 * are left, of which `last` is the last; others are none.  64 are looked at all
 * the same: in front of p, if there are so many from `begin` on.
 */
static __attribute__((noinline)) uint64_t
odd_at_end(const char *begin, const char *p, const char *last)
{
	size_t left = (size_t)(last + 1 - p);
	char padded[64] = { 0 };

	if (last - begin >= 63)
		return ~(chars_plain(last - 63) >> (63 - left) >> 1);
	memcpy(padded, p, left);
	return ~chars_plain(padded);
}

/* The length of the name at p, whatever it holds; 0 if it is no name. */
static __attribute__((noinline)) size_t
odd_name(const char *p, size_t n)
{
	n = chars_run(p, n, CHAR_TOKEN);
	return memcmp(p + n, ": ", 2) == 0 ? n : 0;
}

/*
 * "Name: value" of plain bytes, and CR LF behind it, from p[*at] on; and the
 * empty line, if it is next: then all is there, and it is true.  No loop looks
 * for a line's end: it would be mispredicted, as hardly two lines are equally
 * long.
 */
static inline __attribute__((always_inline)) bool
plain_fields(const char *p, size_t n, struct head *h, size_t *at)
{
	const size_t last = (n < LIMIT_HEAD ? n : LIMIT_HEAD) - 1;
	size_t line = *at;  /* begins here */
	size_t next = line; /* what is in front of it was looked at, */
	uint64_t odd = 0;   /* the 64 last of it are these */
	unsigned i = h->nfield;
	size_t cr, name, value;
	struct field *f;

	for (; line < last && i < LIMIT_FIELDS; i++) {
		while (odd == 0) {
			odd = next + 63 <= last
			    ? ~chars_plain(p + next)
			    : odd_at_end(p, p + next, p + last);
			next += 64;
		}
		cr = next - 64 + (unsigned)__builtin_ctzll(odd);
		if (cr >= last || cr == line || memcmp(p + cr, "\r\n", 2) != 0)
			break;
		name = line + CHARS_AT_ONCE <= last ? chars_words_some(p + line)
						    : 0;
		if (name == 0 || memcmp(p + line + name, ": ", 2) != 0)
			name = odd_name(p + line, cr - line);
		value = line + name + 2;
		if (name == 0 || p[value] == ' ' || p[cr - 1] == ' ')
			break;
		f = &h->field[i];
		f->name.off = (uint32_t)line;
		f->name.len = (uint32_t)name;
		f->value.off = (uint32_t)value;
		f->value.len = (uint32_t)(cr - value);
		f->kind = field_kind(span_of(p + line, name));
		if (f->kind != FIELD_OTHER)
			h->known[h->nknown++] = (uint8_t)i;
		line = cr + 2;
		/* CR and LF, which may be the first of the next 64. */
		odd &= odd - 1;
		if (odd == 0)
			next = line;
		else
			odd &= odd - 1;
	}
	h->nfield = (uint8_t)i;
	*at = line;
	if (line >= last || memcmp(p + line, "\r\n", 2) != 0)
		return false;
	h->len = (uint32_t)line + 2;
	return true;
}

/* --- all others ---------------------------------------------------------- */

static enum parse
walk_fields(struct walk *w)
{
	struct span line;
	enum parse verdict;

	do {
		verdict =
		    walk_line(w, LIMIT_HEAD, HTTPERR_HEAD_TOO_LARGE, &line);
		if (verdict != PARSE_DONE)
			return verdict;
		if (line.n == 0) {
			w->head->len = (uint32_t)w->at;
			return PARSE_DONE;
		}
		verdict = walk_field(w, line);
		if (verdict != PARSE_DONE)
			return verdict;
	} while (!plain_fields(w->p, w->n, w->head, &w->at));
	return PARSE_DONE;
}

/* All of a head but its fields; those are set as they are found. */
static inline void
head_clear(struct head *h)
{
	memset(h, 0, offsetof(struct head, field));
}

/*
 * Since the last walk said MORE no LF came, no limit was passed, and nothing
 * more is known of the method: there is nothing to walk for.
 */
static bool
nothing_new(const char *p, size_t n, size_t scanned)
{
	/* Past here the start-line was whole, or it would have been refused. */
	size_t start_line = LIMIT_START_LINE + 2 * LIMIT_EMPTY_LINES + 1;
	const char *fresh = p + scanned;
	size_t nfresh = n - scanned;

	if (n >= LIMIT_HEAD || memchr(fresh, '\n', nfresh) != NULL)
		return false;
	if (n > LIMIT_START_LINE && scanned <= start_line)
		return false;
	return chars_run(fresh, nfresh, CHAR_TOKEN) == nfresh ||
	    memchr(p, ' ', scanned) != NULL;
}

/* One whose first `at` bytes were taken: whole lines, or none. */
static __attribute__((noinline)) enum parse
walk_request(
    const char *p, size_t n, size_t at, struct head *h, enum httperr *why)
{
	struct walk w = { .p = p, .n = n, .at = at, .head = h, .strict = true };
	enum parse verdict = PARSE_DONE;

	if (at == 0)
		verdict = walk_request_line(&w);
	if (verdict == PARSE_DONE)
		verdict = walk_fields(&w);
	*why = w.why;
	return verdict;
}

enum parse
head_parse_request(
    const char *p, size_t n, size_t scanned, struct head *h, enum httperr *why)
{
	size_t at;

	if (n == 0 || (scanned > 0 && nothing_new(p, n, scanned)))
		return PARSE_MORE;
	head_clear(h);
	at = plain_request_line(p, n, h);
	if (at == 0 || !plain_fields(p, n, h, &at))
		return walk_request(p, n, at, h, why);
	*why = HTTPERR_NONE;
	return PARSE_DONE;
}

enum parse
head_parse_response(
    const char *p, size_t n, size_t scanned, struct head *h, enum httperr *why)
{
	struct walk w = { .p = p, .n = n, .head = h, .strict = false };
	struct span line;
	enum parse verdict;

	if (n == 0 || (scanned > 0 && nothing_new(p, n, scanned)))
		return PARSE_MORE;
	head_clear(h);
	verdict = walk_start_line(&w, &line);
	if (verdict == PARSE_DONE)
		verdict = status_line_parse(&w, line)
		    ? walk_fields(&w)
		    : walk_bad(&w, HTTPERR_STATUS_LINE);
	*why = w.why;
	return verdict;
}

httperr_set
trailers_wrong(const char *p, size_t n)
{
	struct head h;
	struct walk w = { .p = p, .n = n, .head = &h, .strict = false };

	head_clear(&h);
	if (n > 0)
		walk_fields(&w);
	return h.wrong;
}

int
head_find(const char *p, const struct head *h, int from, const char *name)
{
	int i;

	for (i = from; i < h->nfield; i++)
		if (span_is_nocase(slice_in(p, h->field[i].name), name))
			return i;
	return -1;
}

struct span
head_value(const char *p, const struct head *h, const char *name)
{
	int i = head_find(p, h, 0, name);

	return i < 0 ? span_of(NULL, 0) : slice_in(p, h->field[i].value);
}
