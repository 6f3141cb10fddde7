#include "render.h"

#include <inttypes.h>

#include "encode.h"
#include "limit.h"
#include "routes.h"
#include "status.h"
#include "template.h"

/* What is said of the connection, by enum persist. */
static const char *const connection[PERSIST_COUNT] = {
	[PERSIST_IMPLIED] = "",
	[PERSIST_SAID] = "keep-alive",
	[PERSIST_NOT] = "close",
};

static bool
has_field(const struct render *what, const char *name)
{
	size_t i;

	for (i = 0; i < what->nfields; i++)
		if (span_is_nocase(what->fields[i].name, name))
			return true;
	return false;
}

static bool
append_value(struct buf *b, const struct render *what, struct span value)
{
	if (what->fill != NULL)
		return template_append(b, value, TEMPLATE_FIELD, what->fill);
	return buf_append_span(b, value);
}

static bool
append_location(struct buf *b, const struct render *what)
{
	return buf_append_text(b, "Location: ") &&
	    (what->fill != NULL ? template_append(b, what->location,
				      TEMPLATE_URI, what->fill)
				: buf_append_span(b, what->location)) &&
	    buf_append(b, "\r\n", 2);
}

static bool
append_field(struct buf *b, const struct render *what, struct span name,
    struct span value)
{
	return buf_append_span(b, name) && buf_append(b, ": ", 2) &&
	    append_value(b, what, value) && buf_append(b, "\r\n", 2);
}

static bool
append_status_line(struct buf *b, const struct render *what)
{
	const char *reason = status_reason(what->status);
	size_t begin = b->len;

	if (what->reason.p == NULL)
		return encode_status_line(
		    b, what->status, reason != NULL ? reason : "");
	if (!buf_printf(b, "HTTP/1.1 %03d ", what->status) ||
	    !append_value(b, what, what->reason))
		return false;
	/* A template may make it longer than anybody reads. */
	if (b->len - begin > LIMIT_START_LINE)
		b->len = begin + LIMIT_START_LINE;
	return buf_append(b, "\r\n", 2);
}

/* An Upgrade is for this connection alone, and that has to be said (RFC 9110
 * 7.8). */
static bool
append_connection(struct buf *b, const struct render *what)
{
	const char *options = connection[what->persist];
	bool upgrade = has_field(what, "Upgrade");

	if (options[0] == '\0' && !upgrade)
		return true;
	return buf_printf(b, "Connection: %s%s%s\r\n", options,
	    options[0] != '\0' && upgrade ? ", " : "",
	    upgrade ? "Upgrade" : "");
}

/* *at: where it is to be filled in. */
static bool
append_date(struct buf *b, const struct render *what, size_t *at)
{
	*at = 0;
	if (has_field(what, "Date"))
		return true;
	*at = b->len + strlen("Date: ");
	return buf_printf(b, "Date: %*s\r\n", DATE_LEN, "");
}

static bool
append_type(struct buf *b, const struct render *what)
{
	static const char plain[] = "text/plain; charset=utf-8";

	if (has_field(what, "Content-Type"))
		return true;
	if (what->type.p != NULL)
		return append_field(
		    b, what, span_text("Content-Type"), what->type);
	if (status_has_no_body(what->status) ||
	    (what->length == 0 && !what->no_length))
		return true;
	return append_field(
	    b, what, span_text("Content-Type"), span_text(plain));
}

static bool
append_fields(struct buf *b, const struct render *what)
{
	size_t i;

	if (what->location.p != NULL && !append_location(b, what))
		return false;
	for (i = 0; i < what->nfields; i++)
		if (!append_field(
			b, what, what->fields[i].name, what->fields[i].value))
			return false;
	return true;
}

/* RFC 9110 8.6: 204 has none; of a 304 it would be that of the 200. */
static bool
append_length(struct buf *b, const struct render *what)
{
	if (what->no_length || status_has_no_body(what->status))
		return true;
	return buf_printf(b, "Content-Length: %" PRIu64 "\r\n", what->length);
}

bool
render_head(struct buf *b, const struct render *what, uint32_t *date_at)
{
	size_t begin = b->len, date;

	if (!append_status_line(b, what) || !append_date(b, what, &date) ||
	    !append_connection(b, what) || !append_type(b, what) ||
	    !append_fields(b, what) || !append_length(b, what) ||
	    !buf_append(b, "\r\n", 2))
		return false;
	*date_at = date > 0 ? (uint32_t)(date - begin) : 0;
	return true;
}

bool
render_answer(
    struct buf *b, struct render *what, struct span content, struct rendered *r)
{
	size_t begin = b->len;

	what->length = content.n;
	if (what->no_length)
		content.n = 0;
	if (!render_head(b, what, &r->date_at) || !buf_append_span(b, content))
		return false;
	r->bytes = span_of(b->data + begin, b->len - begin);
	r->content = (uint32_t)content.n;
	r->status = what->status;
	return true;
}

bool
render_text(struct buf *b, int status, struct span text, enum persist persist,
    bool bodiless, struct rendered *r)
{
	struct render what = {
		.status = status,
		.persist = persist,
		.no_length = bodiless,
	};

	return render_answer(b, &what, text, r);
}

bool
render_action(struct buf *b, const struct action *action, enum persist persist,
    struct rendered *r)
{
	struct render what = {
		.status = action->status,
		.reason = action->reason,
		.type = action->type,
		.fields = action->fields,
		.nfields = action->nfields,
		.persist = action->close ? PERSIST_NOT : persist,
	};

	if (action->kind != ACTION_REDIRECT)
		return render_answer(b, &what, action->body, r);
	what.location = action->body;
	return render_answer(b, &what, span_of(NULL, 0), r);
}
