#include "take.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "curl.h"
#include "encode.h"
#include "rows.h"

/* clang-format off */
static const struct {
	const char *word;
	const char *ending;
} takes[] = {
#define X(id, word, ending) { word, ending },
	TAKES(X)
#undef X
};
/* clang-format on */

const char *
take_word(enum take what)
{
	return takes[what].word;
}

bool
take_is_composed(enum take what)
{
	return what == TAKE_URL || what == TAKE_REQUEST || what == TAKE_CURL;
}

void
take_name(const struct exchange *x, enum take what, char *out, size_t cap)
{
	const char *ending = takes[what].ending;

	if (x->id == 0)
		snprintf(out, cap, "retort.%s", ending);
	else if (x->theirs)
		snprintf(out, cap, "retort-server.%s", ending);
	else
		snprintf(out, cap, "retort-%llu.%s", (unsigned long long)x->id,
		    ending);
}

/* One taking: where it goes, and what is to be said. */
struct taking {
	struct buf *out;
	const struct exchange *x;
	char *why;
};

__attribute__((format(printf, 2, 3))) static bool
refuse(struct taking *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->why, TAKE_WHY, fmt, ap);
	va_end(ap);
	return false;
}

static bool
append(struct taking *t, struct span s)
{
	return buf_append_span(t->out, s) ||
	    refuse(t, "memory is out: nothing was taken");
}

/* --- bytes of the wire ------------------------------------------------------- */

/* The request as it was composed. */
static bool
append_composed(struct buf *out, const struct exchange *x)
{
	return !x->body_dropped && x->request.target != NULL &&
	    encode_request(out, &x->request);
}

/* The answer as its parts: that is how it came, if its body was not framed in
 * chunks. */
static bool
append_parts(struct buf *out, const struct exchange *x)
{
	return !x->body_dropped && x->body.len == x->body_len &&
	    buf_append_span(out, buf_span(&x->aside[ASIDE_INTERIM].kept)) &&
	    buf_append_span(out, buf_span(&x->raw)) &&
	    buf_append_span(out, buf_span(&x->body)) &&
	    buf_append_span(out, buf_span(&x->aside[ASIDE_EXTRA].kept));
}

/* Are they as many as went that way, and the same where the tape has them? */
static bool
is_on_tape(const struct tape *t, enum tape_way way, struct span s)
{
	uint64_t gone, all = t->reel[way].all;
	struct span run;

	if (s.n != all)
		return false;
	for (uint64_t off = 0; off < all; off += run.n + gone) {
		run = tape_run(t, way, off, all, &gone);
		if (run.n > 0 && memcmp(run.p, s.p + off, run.n) != 0)
			return false;
	}
	return true;
}

/* Of what the tape kept only the two ends the rest is known from elsewhere,
 * maybe. */
static bool
append_way(struct taking *t, enum tape_way way)
{
	const struct tape *tape = &t->x->tape;
	uint64_t gone, all = tape->reel[way].all;
	struct span run = tape_run(tape, way, 0, all, &gone);
	const char *what = way == TAPE_OUT ? "the request" : "the answer";
	size_t before = t->out->len;
	char size[ROWS_TIME];
	bool ok;

	if (run.n == all)
		return append(t, run);
	ok = way == TAPE_OUT ? append_composed(t->out, t->x)
			     : append_parts(t->out, t->x);
	if (ok &&
	    is_on_tape(tape, way,
		span_of(t->out->data + before, t->out->len - before)))
		return true;
	t->out->len = before;
	if (run.n == 0) {
		rows_size(size, all);
		return refuse(
		    t, "%s, %s, was dropped to make room", what, size);
	}
	tape_run(tape, way, run.n, all, &gone);
	rows_size(size, gone);
	return refuse(t,
	    "%s of %s, in the middle, were not kept as they went over the wire",
	    size, what);
}

static bool
take_request(struct taking *t)
{
	if (t->x->id == 0)
		return append_composed(t->out, t->x) ||
		    refuse(t, "memory is out: nothing was taken");
	if (t->x->tape.reel[TAPE_OUT].all == 0)
		return refuse(t,
		    "nothing was sent; the curl command has what was composed");
	return append_way(t, TAPE_OUT);
}

static bool
no_answer(struct taking *t)
{
	return refuse(t,
	    t->x->outcome == OUTCOME_FLIGHT ? "nothing of an answer came yet"
					    : "no answer came");
}

static bool
take_response(struct taking *t)
{
	if (t->x->tape.reel[TAPE_IN].all == 0)
		return no_answer(t);
	return append_way(t, TAPE_IN);
}

static bool
take_raw(struct taking *t)
{
	const struct tape_reel *reel = t->x->tape.reel;

	if (reel[TAPE_OUT].all == 0 && reel[TAPE_IN].all == 0)
		return refuse(t, "nothing went over a wire");
	return append_way(t, TAPE_OUT) && append_way(t, TAPE_IN);
}

/* --- and what it means ---------------------------------------------------------- */

static bool
take_body(struct taking *t)
{
	const struct exchange *x = t->x;
	char all[ROWS_TIME], kept[ROWS_TIME];

	rows_size(all, x->body_len);
	rows_size(kept, x->body.len);
	if (!exchange_has_status(x))
		return no_answer(t);
	if (x->body_len == 0)
		return refuse(t, "the answer has no body");
	if (x->body_dropped)
		return refuse(
		    t, "the answer's body, %s, was dropped to make room", all);
	if (x->body.len < x->body_len)
		snprintf(t->why, TAKE_WHY,
		    "%s of the body were kept, of %s received", kept, all);
	return append(t, buf_span(&x->body));
}

static bool
take_curl(struct taking *t)
{
	const char *why;

	if (exchange_lost_body(t->x))
		return refuse(t,
		    "the request's body was dropped to make room: there is no "
		    "command without it");
	if (curl_command(t->out, t->x, &why))
		return true;
	return refuse(
	    t, "%s", why != NULL ? why : "memory is out: nothing was taken");
}

static bool
take_url(struct taking *t)
{
	if (t->x->unread != NULL)
		return refuse(t, "%s", t->x->unread);
	return append(t, span_text(t->x->url));
}

bool
take_append(struct buf *out, const struct exchange *x, enum take what,
    char why[TAKE_WHY])
{
	static bool (*const takers[])(struct taking *) = {
		[TAKE_URL] = take_url,
		[TAKE_REQUEST] = take_request,
		[TAKE_RESPONSE] = take_response,
		[TAKE_BODY] = take_body,
		[TAKE_CURL] = take_curl,
		[TAKE_RAW] = take_raw,
	};
	struct taking t = { out, x, why };
	size_t before = out->len;

	why[0] = '\0';
	if (!takers[what](&t)) {
		out->len = before;
		return false;
	}
	if (x->id != 0 && x->outcome == OUTCOME_FLIGHT &&
	    !take_is_composed(what))
		snprintf(why, TAKE_WHY, "the answer is not all there yet");
	return true;
}
