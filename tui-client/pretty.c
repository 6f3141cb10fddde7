/*
 * Two machines that tell one thing after the other (so many bytes of a role,
 * a new line, a sentence), and one that fills lines with it.
 */
#include "pretty.h"

#include <string.h>

#include "chars.h"
#include "width.h"

enum {
	CHUNK = 4096, /* read at once of what may be long */
	SLACK = 64,   /* of these a glyph may want to see the end */
	LEAF = 256,   /* text that may stand between its tags on one line */
	SAMPLE = 4096
};

enum state {
	START,
	/* JSON: what is wanted. */
	VALUE,	 /* behind a colon, or the outermost */
	ELEMENT, /* on a line of its own */
	NAME,
	OPENED, /* something within, or the end */
	COLON,
	COMMA, /* or the end */
	OVER,
	STRING,	     /* more of a string, */
	STRING_NAME, /* and of one that is a name */
	/* XML */
	CONTENT,
	TEXT,
	TAG,
	TAG_OPENED,
	QUOTED,
	COMMENT,
	INSTRUCTION,
	CDATA,
	DOCTYPE,
	SUBSET,
	/* Both. */
	CUT, /* the text ended within something */
	BROKEN,
	PLAIN, /* what comes then */
};

enum why {
	WHY_NOT,
	WHY_SHORT,
	WHY_DEEP,
};

enum step {
	STEP_ON,
	STEP_LINE, /* this one is done */
	STEP_SHOW, /* what is understood, before it goes on */
	STEP_NOTE, /* say why it is broken, on a line of its own */
	STEP_END,
};

/* Of these the text may be long: it is read bit by bit. */
static bool
is_within(const struct pretty_at *at)
{
	return at->state == STRING || at->state == STRING_NAME ||
	    at->state == TEXT || at->state == QUOTED || at->state == PLAIN ||
	    (at->state >= COMMENT && at->state <= SUBSET);
}

static int
peek(const struct pretty *p, const struct pretty_at *at)
{
	return at->read < p->text.n ? (unsigned char)p->text.p[at->read] : -1;
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
skip_blanks(const struct pretty *p, struct pretty_at *at)
{
	while (is_blank(peek(p, at)))
		at->read++;
	at->off = at->read;
}

/* n bytes more, in that role. */
static enum step
show(struct pretty_at *at, enum role role, size_t n, enum state next)
{
	at->role = (uint8_t)role;
	at->read += n;
	at->state = next;
	return STEP_ON;
}

static enum step
broken(struct pretty_at *at, enum why why)
{
	at->state = BROKEN;
	at->why = why;
	return STEP_ON;
}

/* The text ends where more should come. */
static enum step
short_of(const struct pretty *p, struct pretty_at *at)
{
	return p->open ? STEP_END : broken(at, WHY_SHORT);
}

/* The rest, which ends within something. */
static enum step
cut(const struct pretty *p, struct pretty_at *at, enum role role)
{
	return show(at, role, p->text.n - at->read, CUT);
}

/* Where what is `more` bytes long, at most a chunk of them, ends. */
static struct span
chunk_of(const struct pretty *p, const struct pretty_at *at)
{
	size_t n = p->text.n - at->read;

	return span_of(p->text.p + at->read, n < CHUNK ? n : CHUNK);
}

/* --- JSON ---------------------------------------------------------------- */

static bool
in_object(const struct pretty_at *at)
{
	unsigned level = at->depth - 1u;

	return (at->objects[level / 64] >> level % 64 & 1) != 0;
}

/* A value is complete. */
static enum state
behind_value(const struct pretty_at *at)
{
	return at->depth == 0 ? OVER : COMMA;
}

/* How many bytes a number at s has, as RFC 8259 6 has it; 0 if it has none. */
static size_t
number_len(struct span s)
{
	size_t i = 0, n;

	if (i < s.n && s.p[i] == '-')
		i++;
	n = chars_run(s.p + i, s.n - i, CHAR_DIGIT);
	if (n == 0)
		return 0;
	i += s.p[i] == '0' ? 1 : n;
	if (i < s.n && s.p[i] == '.') {
		n = chars_run(s.p + i + 1, s.n - i - 1, CHAR_DIGIT);
		if (n == 0)
			return 0;
		i += 1 + n;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
			i++;
		n = chars_run(s.p + i, s.n - i, CHAR_DIGIT);
		return n == 0 ? 0 : i + n;
	}
	return i;
}

/* The characters of numbers: what follows a number is none of them. */
static size_t
number_run(struct span s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '\0' && strchr("+-.0123456789Ee", s.p[i]))
		i++;
	return i;
}

static enum step
number(const struct pretty *p, struct pretty_at *at)
{
	struct span s = span_of(p->text.p + at->read, p->text.n - at->read);
	size_t run = number_run(s), n = number_len(span_of(s.p, run));

	if (run > 0 && run == s.n && (p->open || n == 0))
		return cut(p, at, ROLE_NUMBER);
	if (n == 0 || n < run)
		return broken(at, WHY_NOT);
	return show(at, ROLE_NUMBER, n, behind_value(at));
}

static enum step
word(const struct pretty *p, struct pretty_at *at, const char *text)
{
	size_t n = strlen(text), left = p->text.n - at->read;

	if (memcmp(p->text.p + at->read, text, left < n ? left : n) != 0)
		return broken(at, WHY_NOT);
	if (left < n)
		return cut(p, at, ROLE_WORD);
	return show(at, ROLE_WORD, n, behind_value(at));
}

static enum step
open_level(struct pretty_at *at, bool object)
{
	uint64_t bit = (uint64_t)1 << at->depth % 64;
	uint64_t *bits = &at->objects[at->depth / 64];

	if (at->depth == LIMIT_JSON_DEPTH)
		return broken(at, WHY_DEEP);
	*bits = object ? *bits | bit : *bits & ~bit;
	/* The level begins behind the bracket's line. */
	return show(at, ROLE_PLAIN, 1, OPENED);
}

static enum step
value(const struct pretty *p, struct pretty_at *at)
{
	int c = peek(p, at);

	switch (c) {
	case '{':
	case '[':
		return open_level(at, c == '{');
	case '"':
		return show(at, ROLE_STRING, 1, STRING);
	case 't':
		return word(p, at, "true");
	case 'f':
		return word(p, at, "false");
	case 'n':
		return word(p, at, "null");
	case -1:
		return short_of(p, at);
	default:
		return number(p, at);
	}
}

static enum step
name(const struct pretty *p, struct pretty_at *at)
{
	if (peek(p, at) == -1)
		return short_of(p, at);
	if (peek(p, at) != '"')
		return broken(at, WHY_NOT);
	return show(at, ROLE_NAME, 1, STRING_NAME);
}

/* Bytes that a backslash makes one character with it; 0 if none, SIZE_MAX if
 * the text ends before one can say. */
static size_t
escape_len(struct span s)
{
	size_t i;

	if (s.n < 2)
		return SIZE_MAX;
	if (s.p[1] == '\0' || strchr("\"\\/bfnrtu", s.p[1]) == NULL)
		return 0;
	if (s.p[1] != 'u')
		return 2;
	for (i = 2; i < 6; i++) {
		if (i == s.n)
			return SIZE_MAX;
		if (char_hex((unsigned char)s.p[i]) < 0)
			return 0;
	}
	return 6;
}

/* More of a string, up to its end or for a chunk. */
static enum step
string(const struct pretty *p, struct pretty_at *at, enum state next)
{
	size_t i = at->read, n,
	       end = p->text.n - i < CHUNK ? p->text.n : i + CHUNK;
	unsigned char c;

	while (i < end) {
		c = (unsigned char)p->text.p[i];
		if (c == '"') {
			at->read = i + 1;
			at->state = (uint8_t)next;
			return STEP_ON;
		}
		if (c < 0x20)
			break;
		if (c != '\\') {
			i++;
			continue;
		}
		n = escape_len(span_of(p->text.p + i, p->text.n - i));
		if (n == SIZE_MAX)
			return cut(p, at, (enum role)at->role);
		if (n == 0)
			break;
		i += n;
	}
	at->read = i;
	if (i < end)
		return broken(at, WHY_NOT);
	if (i == p->text.n)
		at->state = CUT;
	return STEP_ON;
}

/* Behind an opening bracket: an empty pair stays on its line. */
static enum step
opened(const struct pretty *p, struct pretty_at *at)
{
	bool object = (at->objects[at->depth / 64] >> at->depth % 64 & 1) != 0;
	int c = peek(p, at);

	if (c == -1)
		return short_of(p, at);
	if (c == (object ? '}' : ']'))
		return show(at, ROLE_PLAIN, 1, behind_value(at));
	at->depth++;
	at->state = object ? NAME : ELEMENT;
	return STEP_ON;
}

static enum step
comma(const struct pretty *p, struct pretty_at *at)
{
	bool object = in_object(at);
	int c = peek(p, at);

	if (c == -1)
		return short_of(p, at);
	if (c == ',')
		return show(at, ROLE_PLAIN, 1, object ? NAME : ELEMENT);
	if (c != (object ? '}' : ']'))
		return broken(at, WHY_NOT);
	if (at->filled)
		return STEP_LINE;
	at->depth--;
	return show(at, ROLE_PLAIN, 1, behind_value(at));
}

static enum step
colon(const struct pretty *p, struct pretty_at *at)
{
	if (peek(p, at) == -1)
		return short_of(p, at);
	if (peek(p, at) != ':')
		return broken(at, WHY_NOT);
	return show(at, ROLE_PLAIN, 1, VALUE);
}

static enum step
json_step(const struct pretty *p, struct pretty_at *at)
{
	if (at->state == STRING)
		return string(p, at, behind_value(at));
	if (at->state == STRING_NAME)
		return string(p, at, COLON);
	skip_blanks(p, at);
	switch ((enum state)at->state) {
	case OPENED:
		return opened(p, at);
	case NAME:
		return at->filled ? STEP_LINE : name(p, at);
	case ELEMENT:
		return at->filled ? STEP_LINE : value(p, at);
	case COLON:
		return colon(p, at);
	case COMMA:
		return comma(p, at);
	case OVER:
		return peek(p, at) == -1 ? STEP_END : broken(at, WHY_NOT);
	case VALUE:
		at->gap = at->filled;
		__attribute__((fallthrough));
	default:
		return value(p, at);
	}
}

/* --- XML ----------------------------------------------------------------- */

static bool
begins(const struct pretty *p, const struct pretty_at *at, const char *with)
{
	size_t n = strlen(with);

	return p->text.n - at->read >= n &&
	    memcmp(p->text.p + at->read, with, n) == 0;
}

static bool
begins_name(int c)
{
	return c >= 0x80 || c == '_' || c == ':' || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* A name ends there. */
static size_t
name_len(struct span s)
{
	size_t i = 0;

	while (i < s.n && !is_blank(s.p[i]) && s.p[i] != '<' && s.p[i] != '>' &&
	    s.p[i] != '/' && s.p[i] != '=' && s.p[i] != '"' && s.p[i] != '\'')
		i++;
	return i;
}

/* Behind a tag: a short text, or none, and then the end of the element. */
static bool
is_leaf(const struct pretty *p, const struct pretty_at *at)
{
	const char *s = p->text.p + at->read;
	size_t i = 0, n = p->text.n - at->read;

	while (i < n && i < LEAF && s[i] != '<' && s[i] != '\n')
		i++;
	return i + 1 < n && s[i] == '<' && s[i + 1] == '/';
}

static enum step
close_tag(const struct pretty *p, struct pretty_at *at)
{
	struct span s = chunk_of(p, at);
	const char *end = memchr(s.p, '>', s.n);

	if (end == NULL && p->text.n - at->read == s.n)
		return cut(p, at, ROLE_TAG);
	if (end == NULL || at->depth == 0)
		return broken(at, WHY_NOT);
	if (at->filled && !at->tight)
		return STEP_LINE;
	at->depth--;
	at->tight = false;
	return show(at, ROLE_TAG, (size_t)(end - s.p) + 1, CONTENT);
}

static enum step
markup(const struct pretty *p, struct pretty_at *at)
{
	struct span s = chunk_of(p, at);

	if (begins(p, at, "</"))
		return close_tag(p, at);
	if (at->filled)
		return STEP_LINE;
	if (begins(p, at, "<!--"))
		return show(at, ROLE_DIM, 4, COMMENT);
	if (begins(p, at, "<![CDATA["))
		return show(at, ROLE_STRING, 9, CDATA);
	if (s.n < 9 && s.n == p->text.n - at->read &&
	    memchr(s.p, '>', s.n) == NULL)
		return cut(p, at, ROLE_TAG);
	if (begins(p, at, "<!"))
		return show(at, ROLE_DIM, 2, DOCTYPE);
	if (begins(p, at, "<?"))
		return show(at, ROLE_DIM, 2, INSTRUCTION);
	if (!begins_name((unsigned char)s.p[1]))
		return broken(at, WHY_NOT);
	if (at->depth == LIMIT_JSON_DEPTH)
		return broken(at, WHY_DEEP);
	return show(at, ROLE_TAG, 1 + name_len(span_of(s.p + 1, s.n - 1)), TAG);
}

static enum step
content(const struct pretty *p, struct pretty_at *at)
{
	if (!at->tight)
		skip_blanks(p, at);
	if (peek(p, at) == -1)
		return at->depth > 0 ? short_of(p, at) : STEP_END;
	if (peek(p, at) == '<')
		return markup(p, at);
	if (at->filled && !at->tight)
		return STEP_LINE;
	at->state = TEXT;
	at->role = ROLE_PLAIN;
	return STEP_ON;
}

/* More of what ends with `last` and may go over several lines. */
static enum step
until(const struct pretty *p, struct pretty_at *at, const char *last)
{
	struct span s = chunk_of(p, at);
	const char *lf = memchr(s.p, '\n', s.n);
	const char *end = memmem(s.p, s.n, last, strlen(last));
	size_t n = strlen(last);

	if (end != NULL && (lf == NULL || end < lf))
		return show(
		    at, (enum role)at->role, (size_t)(end - s.p) + n, CONTENT);
	if (lf != NULL && lf == s.p) {
		if (at->off < at->read)
			return STEP_SHOW;
		skip_blanks(p, at);
		return at->filled ? STEP_LINE : STEP_ON;
	}
	if (lf != NULL)
		at->read += (size_t)(lf - s.p);
	else if (s.n < CHUNK)
		return cut(p, at, (enum role)at->role);
	else
		at->read += s.n - n; /* half of it may be at the end */
	return STEP_ON;
}

static enum step
text(const struct pretty *p, struct pretty_at *at)
{
	struct span s = chunk_of(p, at);
	size_t i = 0;

	while (i < s.n && s.p[i] != '<' && s.p[i] != '\n')
		i++;
	if (i > 0) {
		at->read += i;
		if (at->read == p->text.n)
			at->state = CUT;
		return STEP_ON;
	}
	if (s.n > 0 && s.p[0] == '\n') {
		if (at->off < at->read)
			return STEP_SHOW;
		skip_blanks(p, at);
		if (peek(p, at) != '<' && peek(p, at) != -1)
			return STEP_LINE;
	}
	at->state = CONTENT;
	return STEP_ON;
}

static enum step
doctype(const struct pretty *p, struct pretty_at *at)
{
	struct span s = chunk_of(p, at);
	const char *gt = memchr(s.p, '>', s.n);
	const char *bracket = memchr(s.p, '[', s.n);

	if (bracket != NULL && (gt == NULL || bracket < gt)) {
		at->state = SUBSET;
		return STEP_ON;
	}
	return until(p, at, ">");
}

static enum step
quoted(const struct pretty *p, struct pretty_at *at)
{
	struct span s = chunk_of(p, at);
	const char *end = memchr(s.p, at->quote, s.n);

	if (end != NULL)
		return show(at, ROLE_STRING, (size_t)(end - s.p) + 1, TAG);
	at->read += s.n;
	if (at->read == p->text.n)
		at->state = CUT;
	return STEP_ON;
}

/* Within a tag. */
static enum step
tag(const struct pretty *p, struct pretty_at *at)
{
	bool gap = is_blank(peek(p, at));
	struct span s;
	int c;

	skip_blanks(p, at);
	c = peek(p, at);
	s = chunk_of(p, at);
	switch (c) {
	case -1:
		return short_of(p, at);
	case '>':
		show(at, ROLE_TAG, 1, TAG_OPENED);
		at->tight = is_leaf(p, at);
		return STEP_ON;
	case '/':
		if (s.n == 1)
			return cut(p, at, ROLE_TAG);
		if (s.p[1] != '>')
			return broken(at, WHY_NOT);
		return show(at, ROLE_TAG, 2, CONTENT);
	case '=':
		return show(at, ROLE_PLAIN, 1, TAG);
	case '"':
	case '\'':
		at->quote = (char)c;
		return show(at, ROLE_STRING, 1, QUOTED);
	case '<':
		return broken(at, WHY_NOT);
	default:
		at->gap = gap;
		return show(at, ROLE_NAME, name_len(s), TAG);
	}
}

static enum step
xml_step(const struct pretty *p, struct pretty_at *at)
{
	switch ((enum state)at->state) {
	case TEXT:
		return text(p, at);
	case TAG:
		return tag(p, at);
	case TAG_OPENED:
		at->depth++;
		at->state = CONTENT;
		return STEP_ON;
	case QUOTED:
		return quoted(p, at);
	case COMMENT:
		return until(p, at, "-->");
	case INSTRUCTION:
		return until(p, at, "?>");
	case CDATA:
		return until(p, at, "]]>");
	case DOCTYPE:
		return doctype(p, at);
	case SUBSET:
		return until(p, at, "]>");
	default:
		return content(p, at);
	}
}

/* --- both ---------------------------------------------------------------- */

/* More of the text behind the place where it breaks, as it stands. */
static enum step
plain(const struct pretty *p, struct pretty_at *at)
{
	struct span s = chunk_of(p, at);
	const char *lf = s.n == 0 ? NULL : memchr(s.p, '\n', s.n);
	size_t n = lf == NULL ? s.n : (size_t)(lf - s.p);

	if (s.n == 0)
		return at->off < at->read ? STEP_SHOW : STEP_END;
	if (lf != NULL && n > 0 && s.p[n - 1] == '\r')
		n--;
	if (n > 0) {
		at->read += n;
		return STEP_ON;
	}
	if (at->off < at->read)
		return STEP_SHOW;
	at->read += (size_t)(lf - s.p) + 1;
	at->off = at->read;
	return STEP_LINE;
}

static enum step
step(const struct pretty *p, struct pretty_at *at)
{
	switch ((enum state)at->state) {
	case CUT:
		return short_of(p, at);
	case BROKEN:
		return at->filled ? STEP_LINE : STEP_NOTE;
	case PLAIN:
		return plain(p, at);
	default:
		return p->kind == PRETTY_JSON ? json_step(p, at)
					      : xml_step(p, at);
	}
}

static const char *
note_of(const struct pretty *p, const struct pretty_at *at)
{
	bool json = p->kind == PRETTY_JSON;

	switch ((enum why)at->why) {
	case WHY_SHORT:
		return json ? "here the JSON ends too early"
			    : "here the XML ends too early";
	case WHY_DEEP:
		return "nested too deep from here on:";
	default:
		return json ? "no JSON from here on:" : "no XML from here on:";
	}
}

static void
add_note(const struct pretty *p, const struct pretty_at *at, struct line *line)
{
	struct buf b = { .max = 256 };

	if (line != NULL &&
	    width_append_end(&b, span_text(note_of(p, at)), p->cols))
		line_add(line, ROLE_ERROR, buf_span(&b));
	buf_release(&b);
}

static size_t
indent_of(const struct pretty *p, const struct pretty_at *at)
{
	size_t unit = p->cols >= 40 ? 2 : 1;
	size_t cols = (at->depth + (at->folded ? 2u : 0u)) * unit;

	if (at->state == PLAIN)
		return 0;
	return cols < p->cols / 2 ? cols : p->cols / 2;
}

/* Bytes of s that fit in the columns behind col, of glyphs that begin before
 * `until`. */
static size_t
fitting(struct span s, size_t until, size_t *col, size_t cols)
{
	size_t i = 0, run;
	struct glyph g;

	while (i < until) {
		run = glyph_run(span_of(s.p + i, until - i), cols - *col);
		/* On the last one a mark may stand. */
		if (i + run == until && until < s.n && run > 0)
			run--;
		i += run;
		*col += run;
		if (*col == cols)
			break;
		if (run > 0)
			continue;
		g = glyph_next(span_of(s.p + i, s.n - i), *col);
		if (g.cols > cols - *col)
			break;
		i += g.len;
		*col += g.cols;
	}
	return i;
}

/* Put what is understood on the line, which has col columns so far.  False if
 * it is full. */
static bool
put(const struct pretty *p, struct pretty_at *at, size_t *col,
    struct line *line)
{
	struct span s = span_of(p->text.p + at->off, at->read - at->off);
	size_t n, until = s.n;
	bool first = *col == 0;

	if (first && line != NULL)
		line_pad(line, indent_of(p, at));
	if (first)
		*col = indent_of(p, at);
	if (at->gap && !first && *col < p->cols) {
		if (line != NULL)
			line_pad(line, 1);
		(*col)++;
	}
	at->gap = false;
	/* It does not see the end of a glyph that is not read yet. */
	if (is_within(at) && s.n > SLACK)
		until -= SLACK / 2;
	n = fitting(s, until, col, p->cols);
	if (n == 0 && first && s.n > 0) {
		/* Wider than the whole line. */
		n = glyph_next(s, *col).len;
		if (line != NULL)
			line_add(line, ROLE_DIM, span_text("…"));
		*col = p->cols;
	} else if (line != NULL) {
		line_add(line, (enum role)at->role, span_of(s.p, n));
	}
	at->off += n;
	at->filled = true;
	return n >= until;
}

bool
pretty_line(const struct pretty *p, struct pretty_at *at, struct line *line)
{
	size_t col = 0;

	for (;;) {
		enum step next = STEP_SHOW;

		if (at->off == at->read ||
		    (is_within(at) && at->read - at->off <= SLACK))
			next = step(p, at);
		switch (next) {
		case STEP_ON:
			break;
		case STEP_SHOW:
			if (put(p, at, &col, line))
				break;
			at->folded = true;
			return true;
		case STEP_LINE:
			at->filled = at->folded = at->gap = false;
			return true;
		case STEP_NOTE:
			add_note(p, at, line);
			at->state = PLAIN;
			at->role = ROLE_PLAIN;
			at->off = at->read;
			return true;
		case STEP_END:
			at->filled = false;
			return col > 0;
		}
	}
}

/* --- what is it? --------------------------------------------------------- */

static bool
ends_with(struct span s, const char *end)
{
	size_t n = strlen(end);

	return s.n > n && span_is_nocase(span_of(s.p + s.n - n, n), end);
}

/* Does it begin as JSON that is an object or a list? */
static bool
looks_like_json(struct span s)
{
	struct pretty p = { PRETTY_JSON, s, true, 80 };
	struct pretty_at at = { 0 };

	if (p.text.n > SAMPLE)
		p.text.n = SAMPLE;
	skip_blanks(&p, &at);
	if (peek(&p, &at) != '{' && peek(&p, &at) != '[')
		return false;
	while (pretty_line(&p, &at, NULL))
		;
	return at.state != PLAIN;
}

bool
pretty_kind_of(struct span type, struct span body, enum pretty_kind *kind)
{
	const char *end = type.n == 0 ? NULL : memchr(type.p, ';', type.n);

	if (end != NULL)
		type.n = (size_t)(end - type.p);
	type = span_trim(type);
	*kind = PRETTY_XML;
	if (ends_with(type, "/xml") || ends_with(type, "+xml"))
		return true;
	*kind = PRETTY_JSON;
	if (ends_with(type, "/json") || ends_with(type, "+json"))
		return true;
	if (type.n > 0 && !span_is_nocase(type, "text/plain"))
		return false;
	if (body.n >= 5 && memcmp(body.p, "<?xml", 5) == 0)
		*kind = PRETTY_XML;
	else if (body.n == 0 || !looks_like_json(body))
		return false;
	return true;
}
