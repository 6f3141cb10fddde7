#include "respond.h"

#include <assert.h>
#include <ctype.h>

#include "escape.h"
#include "limit.h"

/* Of a name from a request no more than this is repeated to its sender. */
enum {
	NAME_MAX_SHOWN = 200
};

bool
respond_init(struct respond *r, const struct routes *routes)
{
	*r = (struct respond){ .routes = routes };
	r->path.max = LIMIT_START_LINE + 1;
	r->text.max = LIMIT_ANSWER / 2;
	r->bytes.max = LIMIT_ANSWER;
	return buf_reserve(&r->path, r->path.max) &&
	    buf_reserve(&r->text, r->text.max) &&
	    buf_reserve(&r->bytes, r->bytes.max);
}

void
respond_release(struct respond *r)
{
	buf_release(&r->path);
	buf_release(&r->text);
	buf_release(&r->bytes);
}

static void
script_begin(struct script *s, const struct rendered *what)
{
	s->status = what->status;
	s->content = what->content;
	s->step[0] = (struct step){ STEP_SEND, *what };
	s->n = 1;
}

static void
script_end(struct script *s, enum step_kind how)
{
	s->step[s->n++].kind = how;
}

static void
append_name(struct buf *b, struct span name)
{
	bool cut = name.n > NAME_MAX_SHOWN;

	if (cut)
		name.n = NAME_MAX_SHOWN;
	escape_append(b, name, ESCAPE_SCREEN);
	if (cut)
		buf_append_text(b, "...");
}

/* "(the host, the method and the path differ)", from a set. */
static void
append_differences(struct buf *b, unsigned differs)
{
	static const char *const said[] = {
		[DIFFERS_METHOD] = "the method differs",
		[DIFFERS_PATH] = "the path differs",
		[DIFFERS_METHOD | DIFFERS_PATH] =
		    "the method and the path differ",
		[DIFFERS_HOST] = "the host differs",
		[DIFFERS_HOST | DIFFERS_METHOD] =
		    "the host and the method differ",
		[DIFFERS_HOST | DIFFERS_PATH] = "the host and the path differ",
		[DIFFERS_HOST | DIFFERS_METHOD | DIFFERS_PATH] =
		    "the host, the method and the path differ",
	};

	buf_printf(b, " (%s)", said[differs]);
}

/* "test.com/path"; the asterisk asks about a server and is no path. */
static void
append_resource(struct buf *b, struct span host, struct span path)
{
	bool is_asterisk = span_is(path, "*");

	if (is_asterisk)
		buf_append_text(b, host.n > 0 ? "* of " : "*");
	append_name(b, host);
	if (!is_asterisk)
		append_name(b, path);
}

/* The sentences of an unmatched answer.  The buffer holds them whatever was
 * asked, since names are cut. */
static void
explain(struct respond *r, const struct ask *ask, struct span path)
{
	struct buf *b = &r->text;
	const struct route *near;
	unsigned differs = 0;

	b->len = 0;
	buf_append_text(b, "No route answers ");
	append_name(b, ask->method);
	buf_append_text(b, " ");
	append_resource(b, ask->host, path);
	buf_append_text(b, ask->host.n > 0 ? ".\n" : " without a host.\n");
	near = routes_nearest(r->routes, ask, path, &differs);
	if (near == NULL)
		return;
	buf_printf(b, "The nearest: %s %s%s", near->row->method,
	    near->row->host, near->row->path);
	append_differences(b, differs);
	buf_append_text(b, ".\n");
}

/* r->text as an answer, rendered in r->bytes. */
static void
answer_text(struct respond *r, const struct ask *ask, int status,
    enum persist persist, struct script *s)
{
	struct rendered out;
	bool fits;

	r->bytes.len = 0;
	fits = render_text(&r->bytes, status, buf_span(&r->text), persist,
	    span_is(ask->method, "HEAD"), &out);
	assert(fits);
	(void)fits;
	script_begin(s, &out);
}

static void
answer_classic(int status, struct span bytes, struct script *s)
{
	struct rendered out = { .bytes = bytes, .status = status };

	out.content = (uint32_t)bytes.n;
	script_begin(s, &out);
	script_end(s, STEP_CLOSE);
}

static void
bad_classic(struct script *s)
{
	answer_classic(400, span_text("HTTP/400 BAD REQUEST"), s);
}

void
respond_to(struct respond *r, const struct ask *ask, struct script *s)
{
	struct span path = route_path(ask, &r->path);
	const struct route *route = routes_match(r->routes, ask, path);

	if (ask->dialect == DIALECT_CLASSIC) {
		if (route == NULL)
			bad_classic(s);
		else
			answer_classic(
			    route->row->status, route->classic.bytes, s);
		return;
	}
	if (route != NULL) {
		script_begin(s, &route->answer[ask->persist]);
	} else {
		explain(r, ask, path);
		answer_text(r, ask, r->routes->unmatched, ask->persist, s);
	}
	if (ask->persist == PERSIST_NOT)
		script_end(s, STEP_CLOSE);
}

void
respond_refusal(
    struct respond *r, const struct ask *ask, enum httperr e, struct script *s)
{
	const char *wrong = httperr_wrong(e);

	if (ask->dialect == DIALECT_CLASSIC) {
		bad_classic(s);
		s->step[1].kind = STEP_LINGER;
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
	struct rendered out = {
		.bytes = span_text("HTTP/1.1 100 Continue\r\n\r\n"),
		.status = 100,
	};

	script_begin(s, &out);
}
