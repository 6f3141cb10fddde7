#include "answer.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "escape.h"
#include "limit.h"
#include "render.h"
#include "status.h"
#include "template.h"

static bool
is_head(const struct ask *ask)
{
	return span_is(ask->method, "HEAD");
}

/* --- answers of our own ---------------------------------------------------- */

void
answer_text(struct respond *r, const struct ask *ask, int status,
    enum persist persist, struct script *s)
{
	struct rendered out;

	r->bytes.len = 0;
	s->status = status;
	s->no_memory = !render_text(
	    &r->bytes, status, buf_span(&r->text), persist, is_head(ask), &out);
	if (s->no_memory)
		return;
	s->content = out.content;
	script_send(s, out.bytes, out.date_at, STAY_CALL);
}

/* A reason in upper case, as that protocol has it. */
void
answer_classic(
    struct respond *r, int status, struct span reason, struct script *s)
{
	const char *registered = status_reason(status);
	size_t i;

	if (reason.p == NULL)
		reason = span_text(registered != NULL ? registered : "");
	if (reason.n > LIMIT_START_LINE)
		reason.n = LIMIT_START_LINE;
	r->bytes.len = 0;
	s->no_memory = !buf_printf(&r->bytes, "HTTP/%03d ", status) ||
	    !buf_append_span(&r->bytes, reason);
	for (i = 0; i < r->bytes.len; i++)
		r->bytes.data[i] =
		    (char)toupper((unsigned char)r->bytes.data[i]);
	s->status = status;
	script_send(s, buf_span(&r->bytes), 0, STAY_CALL);
	script_end(s, STEP_CLOSE);
}

/* --- actions --------------------------------------------------------------- */

/* What an action's answer is made of, as it is made. */
struct draft {
	const struct answer *for_;
	const struct action *action; /* the one chosen */
	struct template_data data;
	struct render head;
	struct span content;
	struct content file;
	enum stay stay;	   /* of content */
	bool is_file;	   /* the content is in `file`, which is open */
	bool is_templated; /* it is in respond->body */
};

/* It cannot be given: say so instead. */
static void
fail(struct draft *d, const char *what, struct span which, const char *why)
{
	const struct answer *a = d->for_;
	struct buf *text = &a->respond->text;

	if (d->is_file)
		content_close(&d->file);
	text->len = 0;
	buf_printf(text, "The answer of %s:%u cannot be given: %s",
	    a->chosen->route->place.file, a->chosen->route->place.line, what);
	escape_append(text, which, ESCAPE_SCREEN);
	buf_printf(text, "%s.\n", why);
	answer_text(a->respond, a->ask, 500, d->head.persist, a->script);
}

/* The whole file, as the text of a template. */
static bool
read_template(struct draft *d, struct span *text)
{
	struct buf *b = &d->for_->respond->file;

	b->len = 0;
	while (d->file.left > 0)
		if (!content_read(&d->file, b))
			return false;
	content_close(&d->file);
	d->is_file = false;
	*text = buf_span(b);
	return true;
}

static bool
fill_content(struct draft *d, struct span text)
{
	struct buf *b = &d->for_->respond->body;

	b->len = 0;
	if (!template_append(b, text, TEMPLATE_BODY, &d->data))
		return false;
	d->content = buf_span(b);
	d->is_templated = true;
	return true;
}

static const char too_long[] = "it would be longer than 16 MiB, or than "
			       "what memory is left";

static bool
draft_file(struct draft *d)
{
	struct span name = d->action->body;
	struct span text;
	int error;

	d->is_file = content_open(&d->file, name.p);
	if (!d->is_file) {
		error = errno;
		fail(d, "cannot open ", name,
		    error == EINVAL
			? ", which is no file"
			: (error == ENOENT ? ", which is gone"
					   : ", which may not be read"));
		return false;
	}
	d->head.length = d->file.left;
	if (!d->action->template)
		return true;
	if (!read_template(d, &text)) {
		fail(d, "cannot read all of ", name, "");
		return false;
	}
	if (!fill_content(d, text)) {
		fail(d, too_long, span_of("", 0), "");
		return false;
	}
	if (d->for_->respond->file.cap > LIMIT_ANSWER)
		buf_release(&d->for_->respond->file);
	return true;
}

static bool
draft_content(struct draft *d)
{
	const struct action *action = d->action;

	switch (action->kind) {
	case ACTION_FILE:
		return draft_file(d);
	case ACTION_ECHO:
		if (action->type.p == NULL)
			d->head.type = span_text("message/http");
		d->content = d->for_->ask->raw;
		break;
	case ACTION_REDIRECT:
		d->head.location = action->body;
		break;
	case ACTION_RETURN:
		d->content = action->body;
		d->stay = STAY_TABLE;
		if (action->template && !fill_content(d, action->body)) {
			fail(d, too_long, span_of("", 0), "");
			return false;
		}
		break;
	case ACTION_SEQ:
		break;
	}
	return true;
}

static void
send_content(struct draft *d)
{
	struct script *s = d->for_->script;
	struct buf *body = &d->for_->respond->body;

	s->content = d->head.length;
	if (d->is_file && d->file.left > 0)
		script_send_file(s, &d->file);
	else if (d->is_file)
		content_close(&d->file);
	else if (d->is_templated)
		script_send_buf(s, body, 0);
	else
		script_send(s, d->content, 0, d->stay);
}

static void
send_draft(struct draft *d)
{
	const struct answer *a = d->for_;
	struct buf *bytes = &a->respond->bytes;
	uint32_t date_at;

	if (!d->is_file)
		d->head.length = d->content.n;
	bytes->len = 0;
	if (!render_head(bytes, &d->head, &date_at)) {
		fail(d, "its head: ", span_of("", 0), too_long);
		return;
	}
	script_send_buf(a->script, bytes, date_at);
	if (!is_head(a->ask) && !status_has_no_body(d->head.status))
		send_content(d);
	else if (d->is_file)
		content_close(&d->file);
}

static struct template_data
template_data_of(const struct answer *a)
{
	const struct wall *wall = a->respond->wall;
	const struct chosen *c = a->chosen;

	return (struct template_data){ a->ask, c->route, c->path,
		c->route->taken, wall->real + (a->now - wall->now), a->chance };
}

/* A HEAD tells how long the content for a GET is, or nothing of that (RFC 9110
 * 8.6): an echo would be of another request. */
static bool
has_no_length(const struct answer *a)
{
	return is_head(a->ask) &&
	    (!a->chosen->is_as_get || a->chosen->action->kind == ACTION_ECHO);
}

static void
answer_made(const struct answer *a, enum persist persist)
{
	const struct action *action = a->chosen->action;
	struct draft d = { .for_ = a, .action = action };

	d.data = template_data_of(a);
	d.head = (struct render){
		.status = action->status,
		.reason = action->reason,
		.type = action->type,
		.fields = action->fields,
		.nfields = action->nfields,
		.persist = persist,
		.no_length = has_no_length(a),
		.fill = action->template ? &d.data : NULL,
	};
	if (draft_content(&d))
		send_draft(&d);
}

static void
answer_http(const struct answer *a, enum persist persist)
{
	const struct rendered *ready =
	    &a->chosen->action->ready[a->ask->persist];
	struct script *s = a->script;
	size_t n = ready->bytes.n;

	if (ready->bytes.p == NULL || has_no_length(a)) {
		answer_made(a, persist);
	} else if (is_head(a->ask)) {
		script_send(s, span_of(ready->bytes.p, n - ready->content),
		    ready->date_at, STAY_TABLE);
	} else {
		s->content = ready->content;
		script_send(
		    s, span_of(ready->bytes.p, n), ready->date_at, STAY_TABLE);
	}
}

static void
classic_reason(const struct answer *a, struct span *reason)
{
	const struct action *action = a->chosen->action;
	struct template_data data = template_data_of(a);
	struct buf *text = &a->respond->text;

	*reason = action->reason;
	if (!action->template || reason->p == NULL)
		return;
	text->len = 0;
	template_append(text, action->reason, TEMPLATE_FIELD, &data);
	*reason = buf_span(text);
}

void
answer_make(const struct answer *a)
{
	const struct action *action = a->chosen->action;
	enum persist persist = action->close ? PERSIST_NOT : a->ask->persist;
	struct span reason;

	script_begin(a->script, action->status, a->chosen->route);
	if (action->delay.kind != DELAY_NONE)
		script_wait(
		    a->script, a->now, delay_draw(&action->delay, a->chance));
	if (a->ask->dialect == DIALECT_CLASSIC) {
		classic_reason(a, &reason);
		answer_classic(a->respond, action->status, reason, a->script);
		return;
	}
	answer_http(a, persist);
	if (persist == PERSIST_NOT)
		script_end(a->script,
		    a->ask->persist == PERSIST_NOT ? STEP_CLOSE : STEP_LINGER);
}
