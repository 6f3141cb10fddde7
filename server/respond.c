#include "respond.h"

#include <ctype.h>

#include "answer.h"
#include "choose.h"
#include "explain.h"
#include "limit.h"
#include "render.h"
#include "status.h"

bool
respond_init(struct respond *r, struct routes *routes, const struct wall *wall)
{
	*r = (struct respond){ .routes = routes, .wall = wall };
	r->path.max = LIMIT_START_LINE + 1;
	r->text.max = LIMIT_ANSWER / 2;
	r->allow.max = LIMIT_START_LINE;
	r->bytes.max = LIMIT_TEMPLATED;
	r->body.max = LIMIT_TEMPLATED;
	r->file.max = LIMIT_TEMPLATED;
	return routes != NULL && buf_reserve(&r->path, r->path.max) &&
	    buf_reserve(&r->text, r->text.max) &&
	    buf_reserve(&r->allow, r->allow.max) &&
	    buf_reserve(&r->bytes, LIMIT_ANSWER);
}

void
respond_release(struct respond *r)
{
	routes_unref(r->routes);
	buf_release(&r->path);
	buf_release(&r->text);
	buf_release(&r->allow);
	buf_release(&r->bytes);
	buf_release(&r->body);
	buf_release(&r->file);
}

void
respond_swap(struct respond *r, struct routes *routes)
{
	routes_unref(r->routes);
	r->routes = routes;
}

/* --- unmatched ------------------------------------------------------------- */

/* If it is a 405, r->allow says which methods are right, be it none of them:
 * then the file wants it to be one (RFC 9110 15.5.6). */
static int
unmatched_status(struct respond *r, const struct ask *ask, struct span path)
{
	bool allowed = routes_allow(r->routes, ask, path, &r->allow);

	if (r->routes->unmatched != 0)
		return r->routes->unmatched;
	if (!routes_know_method(r->routes, ask->method))
		return 501;
	return allowed ? 405 : 404;
}

static void
explain(struct respond *r, const struct ask *ask, struct span path,
    struct render *what)
{
	r->text.len = 0;
	if (explain_wants_json(ask)) {
		what->type = span_text("application/json");
		explain_json(&r->text, r->routes, ask, path);
	} else {
		explain_text(&r->text, r->routes, ask, path);
	}
}

/* A body of the file's own is sent as it is; an explanation is r->text. */
static __attribute__((noinline)) void
answer_unmatched(struct respond *r, const struct ask *ask, struct span path,
    struct script *s)
{
	struct answer_field allow = { span_text("Allow"), span_of("", 0) };
	bool head = span_is(ask->method, "HEAD");
	struct span body = r->routes->unmatched_body;
	struct render what = { .persist = ask->persist, .no_length = head };
	enum stay stay = STAY_TABLE;
	uint32_t date_at = 0;

	what.status = unmatched_status(r, ask, path);
	script_begin(s, what.status, NULL);
	if (ask->dialect == DIALECT_CLASSIC) {
		answer_classic(r, what.status, span_of(NULL, 0), s);
		return;
	}
	if (what.status == 405) {
		allow.value = buf_span(&r->allow);
		what.fields = &allow;
		what.nfields = 1;
	}
	if (body.p == NULL) {
		explain(r, ask, path, &what);
		body = buf_span(&r->text);
		stay = STAY_CALL;
	}
	if (status_forbids_content(what.status))
		body.n = 0;
	what.length = body.n;
	r->bytes.len = 0;
	s->no_memory = !render_head(&r->bytes, &what, &date_at);
	script_send_buf(s, &r->bytes, date_at);
	if (!head) {
		s->content = body.n;
		script_send(s, body, 0, stay);
	}
	if (ask->persist == PERSIST_NOT)
		script_end(s, STEP_CLOSE);
}

/* Is the answer there, at once and as a whole?  Mostly. */
static inline bool
is_at_hand(const struct ask *ask, const struct action *action)
{
	return action->at_hand && ask->dialect == DIALECT_HTTP &&
	    ask->verb != METHOD_OTHER && ask->verb != METHOD_HEAD;
}

/* Would this answer a GET in place of the HEAD, drawing the same? */
static __attribute__((noinline)) bool
is_as_get(const struct respond *r, const struct ask *head,
    const struct chosen *chosen, struct chance chance)
{
	struct ask ask = *head;

	ask.verb = METHOD_GET;
	ask.method = span_text("GET");
	return routes_choose(r->routes, &ask, chosen->path, &chance) ==
	    chosen->route;
}

const struct rendered *
respond_choose(struct respond *r, const struct ask *ask, struct chance *chance,
    struct chosen *chosen)
{
	struct span path = ask_path(ask, &r->path);
	struct chance before = *chance;
	struct route *route = routes_choose(r->routes, ask, path, chance);
	const struct action *action;

	chosen->path = path;
	chosen->route = route;
	if (route == NULL)
		return NULL;
	chosen->action = action = answer_next(route);
	if (ask->verb == METHOD_HEAD)
		chosen->is_as_get = is_as_get(r, ask, chosen, before);
	route->taken++;
	return is_at_hand(ask, action) ? &action->ready[ask->persist] : NULL;
}

void
respond_make(struct respond *r, const struct ask *ask,
    const struct chosen *chosen, struct chance *chance, int64_t now,
    struct script *s)
{
	if (chosen->route == NULL)
		answer_unmatched(r, ask, chosen->path, s);
	else
		answer_make(&(struct answer){ r, ask, chosen, chance, now, s });
}

int
respond_peek(struct respond *r, const struct ask *ask, struct chance chance)
{
	struct span path = ask_path(ask, &r->path);
	const struct route *route =
	    routes_choose(r->routes, ask, path, &chance);

	if (route == NULL)
		return unmatched_status(r, ask, path);
	return answer_next(route)->status;
}

bool
respond_wants_body(struct respond *r, const struct ask *ask)
{
	return r->routes->wants_body &&
	    routes_want_body(r->routes, ask, ask_path(ask, &r->path));
}

void
respond_refusal(
    struct respond *r, const struct ask *ask, enum httperr e, struct script *s)
{
	const char *wrong = httperr_wrong(e);

	script_begin(s, 400, NULL);
	if (ask->dialect == DIALECT_CLASSIC) {
		answer_classic(r, 400, span_of(NULL, 0), s);
		s->step[s->n - 1].kind = STEP_LINGER;
		return;
	}
	r->text.len = 0;
	buf_printf(&r->text, "%c%s: %s.\nThe rule: %s.\n",
	    toupper((unsigned char)wrong[0]), wrong + 1, httperr_right(e),
	    httperr_section(e));
	answer_text(r, ask, httperr_status(e), PERSIST_NOT, s);
	script_end(s, STEP_LINGER);
}

void
respond_continue(struct script *s)
{
	script_begin(s, 100, NULL);
	script_send(
	    s, span_text("HTTP/1.1 100 Continue\r\n\r\n"), 0, STAY_TABLE);
}
