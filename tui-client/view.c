#include "view.h"

#include <stdio.h>
#include <string.h>

#include "encode.h"
#include "escape.h"
#include "findings.h"
#include "hex.h"
#include "httperr.h"
#include "utf8.h"

enum {
	NOTES_MAX = 64 * 1024,
	INDENT = 4,
	SAMPLE = 4096 /* bytes of a body that tell text from binary */
};

void
view_init(struct view *v)
{
	*v = (struct view){ .notes.max = NOTES_MAX };
}

static void
forget_blocks(struct view *v)
{
	while (v->nblock > 0)
		block_release(&v->block[--v->nblock].lines);
}

void
view_release(struct view *v)
{
	forget_blocks(v);
	for (int i = 0; i < VIEW_WIRES; i++)
		wire_release(&v->wire[i]);
	buf_release(&v->notes);
	view_init(v);
}

/* --- what blocks are made of ------------------------------------------------ */

static const struct buf *
source_of(
    const struct view *v, const struct exchange *x, enum view_source source)
{
	if (source >= VIEW_FROM_ASIDE)
		return &x->aside[source - VIEW_FROM_ASIDE].kept;
	switch (source) {
	case VIEW_FROM_RAW:
		return &x->raw;
	case VIEW_FROM_BODY:
		return &x->body;
	case VIEW_FROM_SENT:
		return &x->tape.reel[TAPE_OUT].kept;
	case VIEW_FROM_COMPOSED:
		return &x->request.body;
	default:
		return &v->notes;
	}
}

/* An end of ours; all of it. */
static struct wire_side
our_side(const struct exchange *x, enum tape_way way, const char *title)
{
	struct wire_side side = { .way = way, .title = title };

	if (x->theirs || (x->tape.nmark == 0 && x->tape.reel[way].all == 0))
		return side;
	side.tape = &x->tape;
	side.to = x->tape.reel[way].all;
	return side;
}

/* The server's: of its connection what belongs to the exchange. */
static struct wire_side
their_side(const struct view_what *what, enum tape_way way, const char *title)
{
	struct wire_side side = { .way = way, .title = title };
	const struct seen_end *end = &what->end;
	const struct seen_range *range;

	if (end->conn == NULL)
		return side;
	side.tape = &end->conn->tape;
	side.to = side.tape->reel[way].all;
	if (!seen_is_part(end, what->x))
		return side;
	range = way == TAPE_IN ? &end->request->in : &end->request->out;
	side.to = seen_to(end->conn, way, range);
	side.from = range->from < side.to ? range->from : side.to;
	return side;
}

/* What was sent and received: of the request, or of the answer. */
static struct wire_ends
ends_of(const struct view_what *what, int wire)
{
	struct wire_ends e = { .zero = what->x->start };

	if (wire == 0) {
		e.side[WIRE_LEFT] = our_side(what->x, TAPE_OUT, "we sent");
		e.side[WIRE_RIGHT] =
		    their_side(what, TAPE_IN, "the server received");
	} else {
		e.side[WIRE_LEFT] =
		    their_side(what, TAPE_OUT, "the server sent");
		e.side[WIRE_RIGHT] = our_side(what->x, TAPE_IN, "we received");
	}
	return e;
}

/* What a block's lines are made of; it lives in these three. */
struct made_of {
	struct block_of of;
	struct wire_ends ends;
	struct timeline timeline;
};

static const struct block_of *
make_of(struct made_of *m, struct view *v, const struct view_what *what,
    const struct view_block *b)
{
	*m = (struct made_of){ .of.cols = v->of.cols,
		.of.pretty = b->pretty,
		.of.steps = &v->steps };
	if (b->source >= VIEW_FROM_WIRE && b->source < VIEW_FROM_TIMELINE) {
		int i = (int)(b->source - VIEW_FROM_WIRE);

		m->ends = ends_of(what, i);
		m->of.wire = &v->wire[i];
		m->of.ends = &m->ends;
		m->of.form = (struct wire_form){ .hex = v->of.hex != 0,
			.only = b->only };
	} else if (b->source == VIEW_FROM_TIMELINE) {
		m->timeline = (struct timeline){ what->x, what->end, v->of.cols,
			v->of.scale != 0 };
		m->of.timeline = &m->timeline;
	} else {
		const struct buf *from = source_of(v, what->x, b->source);

		m->of.bytes = span_of(from->data + b->from, b->to - b->from);
	}
	return &m->of;
}

/* --- the blocks ------------------------------------------------------------- */

static struct view_block *
add_block(struct view *v, enum block_kind kind, enum view_source source,
    size_t from, size_t to)
{
	struct view_block *b = &v->block[v->nblock];

	if (from >= to || v->nblock == VIEW_BLOCKS)
		return NULL;
	*b = (struct view_block){ .source = source, .from = from, .to = to };
	block_init(&b->lines, kind);
	v->nblock++;
	return b;
}

static struct view_block *
add_text(struct view *v, enum view_source source, size_t from, size_t to,
    enum role role, enum role rest)
{
	struct view_block *b = add_block(v, BLOCK_TEXT, source, from, to);

	if (b == NULL)
		return NULL;
	b->lines.role = role;
	b->lines.rest = rest;
	b->lines.words = source == VIEW_FROM_NOTES;
	return b;
}

/* A block of the sentences noted since `from`. */
static struct view_block *
add_notes(struct view *v, size_t from, enum role role, enum role rest)
{
	return add_text(v, VIEW_FROM_NOTES, from, v->notes.len, role, rest);
}

static void
add_note(struct view *v, enum role role, const char *text)
{
	size_t from = v->notes.len;

	if (text[0] != '\0' && buf_printf(&v->notes, "%s\n", text))
		add_notes(v, from, role, role);
}

/* One that belongs to the note above. */
static void
add_detail(struct view *v, const char *text)
{
	size_t from = v->notes.len;
	struct view_block *b;

	if (!buf_printf(&v->notes, "%s\n", text))
		return;
	b = add_notes(v, from, ROLE_PLAIN, ROLE_PLAIN);
	if (b != NULL)
		b->lines.indent = INDENT;
}

static void
add_broken(struct view *v, httperr_set wrong)
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

/* A body of that type at [from, to) of the source, whose bytes are s. */
static void
add_body(struct view *v, enum view_source source, size_t from, struct span s,
    struct span type, bool open)
{
	struct pretty pretty = { .open = open };
	char size[ROWS_TIME], text[64];
	struct view_block *b;

	if (s.n > 0 && is_binary(s)) {
		rows_size(size, s.n);
		snprintf(text, sizeof(text), "binary, %s:", size);
		add_note(v, ROLE_DIM, text);
		add_block(v, BLOCK_HEX, source, from, from + s.n);
		return;
	}
	if (v->of.raw_text || !pretty_kind_of(type, s, &pretty.kind)) {
		add_text(v, source, from, from + s.n, ROLE_PLAIN, ROLE_PLAIN);
		return;
	}
	b = add_block(v, BLOCK_PRETTY, source, from, from + s.n);
	if (b != NULL)
		b->pretty = pretty;
}

/* Bytes that are no content: text as it stands, or in hexadecimal digits. */
static void
add_bytes(struct view *v, enum view_source source, size_t from, struct span s)
{
	add_body(v, source, from, s, span_text("-"), false);
}

/* Start-line, fields, empty line: [from, to) of the source, whose bytes are
 * all of s. */
static void
add_head(struct view *v, enum view_source source, size_t from, size_t to,
    struct span s, enum role start)
{
	const char *lf = memchr(s.p + from, '\n', to - from);
	size_t fields = lf == NULL ? to : (size_t)(lf - s.p) + 1;

	add_text(v, source, from, fields, start, start);
	add_text(v, source, fields, to, ROLE_HEADER_NAME, ROLE_HEADER_VALUE);
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

	if (a->all == 0)
		return;
	add_note(v, ROLE_DIM, title);
	add_text(v, VIEW_FROM_ASIDE + name, 0, a->kept.len, ROLE_HEADER_NAME,
	    ROLE_HEADER_VALUE);
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
	add_bytes(v, VIEW_FROM_ASIDE + ASIDE_EXTRA, 0, buf_span(&a->kept));
	add_rest_of_aside(v, a);
}

/* --- how far it is -------------------------------------------------------- */

/* The request as it was composed, all but its body, behind the notes; where it
 * begins. */
static size_t
compose_head(struct view *v, const struct exchange *x)
{
	struct request head = x->request;
	size_t from = v->notes.len;

	head.body = (struct buf){ 0 };
	if (x->request.target != NULL)
		encode_request(&v->notes, &head);
	return from;
}

static void
add_place(struct view *v, const struct exchange *x)
{
	char host[sizeof(x->why)], text[sizeof(host) + 32];

	escape_text(host, sizeof(host), span_text(x->host), ESCAPE_SCREEN);
	if (x->tape.nmark == 0)
		snprintf(text, sizeof(text), "looking up %s", host);
	else
		snprintf(text, sizeof(text), "connecting to %s, port %u", host,
		    (unsigned)x->port);
	add_note(v, ROLE_FLIGHT, text);
}

static void
add_sending(struct view *v, const struct exchange *x)
{
	char some[ROWS_TIME], all[ROWS_TIME], text[80];
	size_t from = compose_head(v, x), head = v->notes.len - from;

	v->notes.len = from; /* its length was wanted */
	rows_size(some, x->tape.reel[TAPE_OUT].all);
	rows_size(all, head + x->request.body.len);
	snprintf(text, sizeof(text), "sending: %s of %s", some, all);
	add_note(v, ROLE_FLIGHT, text);
}

/* Nothing of the answer is there. */
static void
add_stage(struct view *v, const struct exchange *x)
{
	if (x->theirs || x->times.sent >= 0)
		add_note(v, ROLE_FLIGHT, "waiting for the answer");
	else if (x->times.connect < 0)
		add_place(v, x);
	else
		add_sending(v, x);
}

/* --- the answer --------------------------------------------------------------- */

static struct span
type_of(const struct exchange *x)
{
	if (x->head == NULL)
		return span_of(NULL, 0);
	return head_value(x->raw.data, x->head, "Content-Type");
}

static void
build_response(struct view *v, const struct exchange *x)
{
	const struct head *h = x->head;

	if (x->echo)
		add_note(v, ROLE_DIM,
		    x->status == 200 && x->body_len > 0
			? "an echo: the body is the request as it arrived"
			: "for an echo: its body would be the request");
	if (x->outcome != OUTCOME_FLIGHT && x->outcome != OUTCOME_ANSWERED) {
		add_note(v, ROLE_FAILURE, x->why);
		add_note(v, ROLE_INFO, x->hint);
	}
	add_broken(v, x->wrong);
	if (x->raw.len == 0 && x->outcome == OUTCOME_FLIGHT)
		add_stage(v, x);
	if (x->raw.len > 0 || x->aside[ASIDE_INTERIM].all > 0)
		add_gap(v);
	add_lines_aside(v, x, ASIDE_INTERIM, "interim answers:");
	if (h != NULL)
		add_head(v, VIEW_FROM_RAW, h->start, h->len, buf_span(&x->raw),
		    rows_role(x));
	else if (exchange_has_status(x) &&
	    x->request.dialect == DIALECT_CLASSIC)
		add_text(v, VIEW_FROM_RAW, 0, x->raw.len, rows_role(x),
		    rows_role(x));
	else
		add_bytes(v, VIEW_FROM_RAW, 0, buf_span(&x->raw));
	add_body(v, VIEW_FROM_BODY, 0, buf_span(&x->body), type_of(x),
	    x->outcome == OUTCOME_FLIGHT);
	add_rest_of_body(v, x);
	if (x->aside[ASIDE_TRAILERS].all > 0)
		add_gap_behind(v);
	add_lines_aside(v, x, ASIDE_TRAILERS, "trailers:");
	add_extra(v, x);
	if (x->raw.len > 0 && x->outcome == OUTCOME_FLIGHT && !x->theirs) {
		add_gap_behind(v);
		add_note(v, ROLE_FLIGHT, "receiving the answer");
	}
}

/* --- the request -------------------------------------------------------------- */

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
	add_bytes(v, VIEW_FROM_SENT, t->reel[TAPE_OUT].kept.len - s.n, s);
}

static struct span
composed_type(const struct exchange *x)
{
	const char *type = headers_find(&x->request.headers, "Content-Type");

	return type == NULL ? span_of(NULL, 0) : span_text(type);
}

enum sent {
	SENT_NOTHING,
	SENT_WHOLE, /* as composed, */
	SENT_PART,  /* and not all of it */
	SENT_OTHER, /* something else */
	SENT_UNKNOWN,
};

/* Do the bytes of s that stand at `at` of the whole stand in `part`, too,
 * which begins at `from`? */
static bool
agrees(struct span s, struct span part, size_t from)
{
	size_t n;

	if (s.n <= from)
		return true;
	n = s.n - from < part.n ? s.n - from : part.n;
	return n == 0 || memcmp(s.p + from, part.p, n) == 0;
}

/* Is what was sent what was composed? */
static enum sent
compare_sent(const struct exchange *x, struct span head)
{
	uint64_t gone, all = x->tape.reel[TAPE_OUT].all;
	struct span s = tape_run(&x->tape, TAPE_OUT, 0, all, &gone);
	uint64_t composed = head.n + x->request.body.len;

	if (all == 0)
		return SENT_NOTHING;
	if (s.n == 0 || x->body_dropped || head.n == 0)
		return SENT_UNKNOWN;
	if (!agrees(s, head, 0) ||
	    !agrees(s, buf_span(&x->request.body), head.n) || all > composed)
		return SENT_OTHER;
	return all == composed ? SENT_WHOLE : SENT_PART;
}

static void
add_composed(struct view *v, const struct exchange *x, size_t from, size_t to)
{
	add_head(v, VIEW_FROM_NOTES, from, to, buf_span(&v->notes), ROLE_PLAIN);
	add_body(v, VIEW_FROM_COMPOSED, 0, buf_span(&x->request.body),
	    composed_type(x), false);
}

static void
add_sent(struct view *v, const struct exchange *x)
{
	uint64_t gone, all = x->tape.reel[TAPE_OUT].all;
	struct span s = tape_run(&x->tape, TAPE_OUT, 0, all, &gone);
	const char *end = NULL;
	size_t head = s.n;

	if (s.n == 0) {
		add_note(v, ROLE_DIM,
		    x->theirs ? "nothing of it was kept"
			      : "what was sent was dropped to make room");
		return;
	}
	if (x->request.dialect == DIALECT_HTTP)
		end = memmem(s.p, s.n, "\r\n\r\n", 4);
	if (end != NULL)
		head = (size_t)(end - s.p) + 4;
	add_head(v, VIEW_FROM_SENT, 0, head, s, ROLE_PLAIN);
	add_body(v, VIEW_FROM_SENT, head, span_of(s.p + head, s.n - head),
	    composed_type(x), s.n < all || x->outcome == OUTCOME_FLIGHT);
	add_end_of_sent(v, &x->tape, s.n);
}

/* There is nothing to compare it with. */
static void
build_their_request(struct view *v, const struct exchange *x)
{
	char size[ROWS_TIME], text[64];

	rows_size(size, x->tape.reel[TAPE_OUT].all);
	snprintf(text, sizeof(text), "as the server received it, %s", size);
	add_note(v, ROLE_DIM, text);
	add_gap(v);
	add_sent(v, x);
}

static void
build_request(struct view *v, const struct exchange *x)
{
	uint64_t all = x->tape.reel[TAPE_OUT].all;
	char some[ROWS_TIME], whole[ROWS_TIME], text[160] = "";
	size_t from = compose_head(v, x), to = v->notes.len;
	struct span head = span_of(v->notes.data + from, to - from);
	enum sent sent = compare_sent(x, head);

	rows_size(some, all);
	rows_size(whole, head.n + x->request.body.len);
	switch (sent) {
	case SENT_NOTHING:
		add_note(v, ROLE_DIM,
		    head.n > 0 ? "nothing was sent; this was composed:"
			       : "nothing was sent");
		if (head.n > 0)
			add_gap(v);
		add_composed(v, x, from, to);
		return;
	case SENT_WHOLE:
		snprintf(text, sizeof(text), "sent as composed, %s", some);
		break;
	case SENT_PART:
		snprintf(text, sizeof(text),
		    "sent so far as composed, %s of %s", some, whole);
		break;
	case SENT_OTHER:
		snprintf(text, sizeof(text),
		    "sent, %s, not as composed, which is below:", some);
		break;
	case SENT_UNKNOWN:
		break;
	}
	if (text[0] != '\0') {
		add_note(v, ROLE_DIM, text);
		add_gap(v);
	}
	add_sent(v, x);
	if (sent != SENT_OTHER)
		return;
	add_gap(v);
	add_note(v, ROLE_DIM, "composed:");
	add_composed(v, x, from, to);
}

/* --- both ends ------------------------------------------------------------------ */

/* What there is to say of the other end. */
static void
add_join(struct view *v, const struct view_what *what)
{
	const struct seen_end *end = &what->end;

	if (end->how == SEEN_THROUGH)
		add_note(v, ROLE_DIM,
		    "through another connection: the only request meanwhile");
	if (end->how == SEEN_SEVERAL)
		add_note(v, ROLE_DIM,
		    "several requests reached the server meanwhile: nobody "
		    "knows which of them was this one");
	if (end->conn != NULL && end->conn->torn)
		add_note(v, ROLE_ERROR,
		    "events were lost: what the server saw is not whole");
}

static void
add_wire(struct view *v, const struct view_what *what, int i)
{
	struct wire_ends e = ends_of(what, i);
	bool both = e.side[0].tape != NULL && e.side[1].tape != NULL;
	bool narrow = both && v->of.cols < WIRE_TWO_FROM;
	struct view_block *b;

	wire_build(&v->wire[i], &e);
	if (e.side[0].tape == NULL && e.side[1].tape == NULL)
		return;
	if (i > 0)
		add_gap(v);
	if (both && v->wire[i].capped)
		add_note(v, ROLE_DIM, "not everything here could be compared");
	for (int side = narrow ? WIRE_LEFT : WIRE_SIDES;
	     side <= (narrow ? WIRE_RIGHT : WIRE_SIDES); side++) {
		b = add_block(
		    v, BLOCK_WIRE, VIEW_FROM_WIRE + (unsigned)i, 0, 1);
		if (b != NULL)
			b->only = side;
	}
}

static void
build_wire(struct view *v, const struct view_what *what)
{
	if (what->x->tape.nmark == 0 && what->end.conn == NULL) {
		add_note(v, ROLE_DIM, "nothing went over a wire");
		return;
	}
	add_join(v, what);
	for (int i = 0; i < VIEW_WIRES; i++)
		add_wire(v, what, i);
}

static void
build_timeline(struct view *v, const struct view_what *what)
{
	add_join(v, what);
	if (what->x->tape.lost > 0)
		add_note(v, ROLE_DIM,
		    "calls in the middle were too many to be kept");
	add_block(v, BLOCK_TIME, VIEW_FROM_TIMELINE, 0, 1);
}

/* --- findings ------------------------------------------------------------------- */

/* How many places differ between both ends; SIZE_MAX if nobody knows. */
static size_t
count_differences(struct view *v, const struct view_what *what)
{
	size_t n = 0;

	for (int i = 0; i < VIEW_WIRES; i++) {
		struct wire_ends e = ends_of(what, i);

		if (e.side[0].tape == NULL || e.side[1].tape == NULL)
			return 0;
		wire_build(&v->wire[i], &e);
		if (v->wire[i].capped)
			return SIZE_MAX;
		n += v->wire[i].ndiffers[0] > v->wire[i].ndiffers[1]
		    ? v->wire[i].ndiffers[0]
		    : v->wire[i].ndiffers[1];
	}
	return n;
}

static void
add_finding(struct view *v, const struct finding *f)
{
	size_t from = v->notes.len;

	buf_printf(&v->notes, "%s: %s\n",
	    f->section[0] == '\0' ? "-" : f->section, f->wrong);
	add_notes(v, from, ROLE_DIM, ROLE_ERROR);
	if (f->right != NULL)
		add_detail(v, f->right);
}

/* No rule of HTTP is broken by that, but mostly somebody wonders. */
static void
add_nearest(struct view *v, const struct seen_request *r)
{
	struct buf text = { .max = NOTES_MAX };

	if (r == NULL || r->nearest == NULL)
		return;
	add_gap(v);
	add_note(v, ROLE_INFO, "no route matched; the nearest:");
	if (escape_append(&text, span_text(r->nearest), ESCAPE_SCREEN) &&
	    buf_append(&text, "", 1))
		add_detail(v, text.data);
	buf_release(&text);
}

static void
build_findings(struct view *v, const struct view_what *what)
{
	static const char *const titles[] = {
		[FINDING_REQUEST] = "the request:",
		[FINDING_ANSWER] = "the answer:",
		[FINDING_SERVER] = "the request, as the server has it:",
	};
	struct finding f[FINDINGS_MAX];
	size_t n = findings_of(what->x, &what->end, f);
	size_t differ = count_differences(v, what);

	if (n == 0 && what->x->outcome == OUTCOME_FLIGHT)
		add_note(v, ROLE_DIM, "nothing so far");
	else if (n == 0)
		add_note(v, ROLE_OK, "no rule was broken that retort knows of");
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || f[i].of != f[i - 1].of) {
			add_gap(v);
			add_note(v, ROLE_TITLE, titles[f[i].of]);
		}
		add_finding(v, &f[i]);
	}
	add_nearest(v, what->end.request);
	if (differ == 0)
		return;
	add_gap(v);
	add_note(
	    v, ROLE_INFO, "what arrived is not what was sent: 3 shows where");
}

/* --- the view ------------------------------------------------------------------- */

static struct view_of
state_of(const struct view_what *what, const struct view_how *how)
{
	const struct exchange *x = what->x;
	const struct tape *t = &x->tape;
	struct view_of of = {
		.id = x->id,
		.part = how->part,
		.cols = how->cols,
		.raw_text = how->raw,
		.hex = how->hex,
		.scale = how->scale,
		.outcome = x->outcome,
		.status = (uint64_t)x->status,
		.wrong = x->wrong,
		.dropped = x->body_dropped,
		.raw = x->raw.len,
		.body = x->body.len,
		.body_len = x->body_len,
		.composed = x->request.body.len,
		.sent = t->reel[TAPE_OUT].all,
		.sent_kept = t->reel[TAPE_OUT].kept.len,
		.got = t->reel[TAPE_IN].all,
		.got_kept = t->reel[TAPE_IN].kept.len,
		.marks = t->nmark + t->lost,
		.how = what->end.how,
	};

	if (what->end.conn != NULL) {
		of.life = what->end.conn->life;
		of.conn = (uint64_t)what->end.conn->number;
		of.changes = what->end.conn->changes;
	}
	if (what->end.request != NULL)
		of.req = (uint64_t)what->end.request->req;
	for (size_t i = 0; i < ASIDE_COUNT; i++) {
		of.kept[i] = x->aside[i].kept.len;
		of.aside[i] = x->aside[i].all;
	}
	return of;
}

static struct view_block *
find_body(struct view *v)
{
	for (size_t i = 0; i < v->nblock; i++)
		if (v->block[i].source == VIEW_FROM_BODY)
			return &v->block[i];
	return NULL;
}

static bool
has_grown(const struct view_of *now, const struct view_of *old)
{
	return now->id == old->id && now->part == old->part &&
	    now->cols == old->cols && now->raw_text == old->raw_text &&
	    now->body >= old->body && !now->dropped;
}

static void
build(struct view *v, const struct view_what *what)
{
	switch ((enum view_part)v->of.part) {
	case VIEW_REQUEST:
		if (what->x->theirs)
			build_their_request(v, what->x);
		else
			build_request(v, what->x);
		break;
	case VIEW_WIRE:
		build_wire(v, what);
		break;
	case VIEW_TIMELINE:
		build_timeline(v, what);
		break;
	case VIEW_FINDINGS:
		build_findings(v, what);
		break;
	default:
		build_response(v, what->x);
	}
}

void
view_set(
    struct view *v, const struct view_what *what, const struct view_how *how)
{
	struct view_of of = state_of(what, how);
	struct view_block old = { .to = 0 }, *body = find_body(v);

	/* Numbers alone, so no byte of it is padding. */
	if (memcmp(&of, &v->of, sizeof(of)) == 0)
		return;
	if (body != NULL && has_grown(&of, &v->of)) {
		old = *body;
		block_init(&body->lines, BLOCK_TEXT);
	}
	v->of = of;
	v->notes.len = 0;
	v->found_block = VIEW_BLOCKS;
	forget_blocks(v);
	build(v, what);
	body = find_body(v);
	if (body != NULL && old.to > 0)
		block_go_on(&body->lines, &old.lines, old.to);
	block_release(&old.lines);
}

size_t
view_reach(struct view *v, const struct view_what *what, size_t want)
{
	struct made_of m;
	size_t known = 0;

	for (size_t i = 0; i < v->nblock && known < want; i++) {
		struct view_block *b = &v->block[i];

		block_reach(&b->lines, make_of(&m, v, what, b), want - known);
		known += b->lines.lines;
	}
	return known;
}

size_t
view_lines(struct view *v, const struct view_what *what)
{
	return view_reach(v, what, SIZE_MAX);
}

bool
view_reach_more(struct view *v, const struct view_what *what)
{
	size_t known = 0;
	bool whole = true;

	for (size_t i = 0; i < v->nblock; i++)
		known += v->block[i].lines.lines;
	view_reach(v, what, known + VIEW_STEP);
	for (size_t i = 0; i < v->nblock; i++)
		whole = whole && v->block[i].lines.whole;
	return whole;
}

/* The block of line i; *i becomes the line's number in it.  SIZE_MAX if there
 * is no such line. */
static size_t
block_at(struct view *v, const struct view_what *what, size_t *i)
{
	struct made_of m;

	for (size_t k = 0; k < v->nblock; k++) {
		struct view_block *b = &v->block[k];

		block_reach(&b->lines, make_of(&m, v, what, b), *i + 1);
		if (*i < b->lines.lines)
			return k;
		*i -= b->lines.lines;
	}
	return SIZE_MAX;
}

bool
view_line(
    struct view *v, const struct view_what *what, size_t i, struct line *line)
{
	size_t k = block_at(v, what, &i);
	struct made_of m;

	line_clear(line);
	if (k == SIZE_MAX)
		return false;
	block_line(
	    &v->block[k].lines, make_of(&m, v, what, &v->block[k]), i, line);
	return true;
}

/* --- search --------------------------------------------------------------------- */

/* The number that line i of that block has in the view. */
static size_t
line_number(
    struct view *v, const struct view_what *what, size_t block, size_t i)
{
	struct made_of m;

	for (size_t k = 0; k < block; k++) {
		struct view_block *b = &v->block[k];

		block_reach(&b->lines, make_of(&m, v, what, b), SIZE_MAX);
		i += b->lines.lines;
	}
	return i;
}

size_t
view_search_on(struct view *v, const struct view_what *what)
{
	struct view_block *b;
	struct made_of m;
	size_t i;

	if (v->found_block >= v->nblock)
		return SIZE_MAX;
	/* Those before it, then its own lines. */
	for (i = 0; i < v->found_block; i++) {
		b = &v->block[i];
		block_reach(&b->lines, make_of(&m, v, what, b),
		    b->lines.lines + VIEW_STEP);
		if (!b->lines.whole)
			return (size_t)VIEW_LATER;
	}
	b = &v->block[v->found_block];
	i = block_found_line(
	    &b->lines, make_of(&m, v, what, b), &v->found, VIEW_STEP);
	if (i == SIZE_MAX)
		return (size_t)VIEW_LATER;
	return line_number(v, what, v->found_block, i);
}

size_t
view_search(struct view *v, const struct view_what *what, size_t from, int by,
    const char *text)
{
	size_t block, k, at, start;
	struct made_of m;

	if (v->nblock == 0 || text[0] == '\0')
		return SIZE_MAX;
	block = from == SIZE_MAX ? SIZE_MAX : block_at(v, what, &from);
	if (block == SIZE_MAX) {
		block = by > 0 ? v->nblock - 1 : 0;
		from = SIZE_MAX;
	}
	/* The rest of this block (if it has a line to begin with), the others,
	 * and this one from its far end. */
	for (k = from == SIZE_MAX ? 1 : 0; k <= v->nblock; k++) {
		at = k % v->nblock;
		at = (block + (by > 0 ? at : v->nblock - at)) % v->nblock;
		start = k == 0 ? from : SIZE_MAX;
		if (!block_find(&v->block[at].lines,
			make_of(&m, v, what, &v->block[at]), start, by,
			span_text(text), &v->found))
			continue;
		v->found_block = at;
		return view_search_on(v, what);
	}
	return SIZE_MAX;
}
