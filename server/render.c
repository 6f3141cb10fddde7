#include "render.h"

#include "encode.h"
#include "status.h"

/* What is said of the connection, by enum persist. */
static const char *const connection[PERSIST_COUNT] = {
	[PERSIST_IMPLIED] = "",
	[PERSIST_SAID] = "Connection: keep-alive\r\n",
	[PERSIST_NOT] = "Connection: close\r\n",
};

/* The text and how long it is. */
static bool
append_content(struct buf *b, struct span text)
{
	return buf_printf(b, "Content-Length: %zu\r\n\r\n", text.n) &&
	    buf_append_span(b, text);
}

bool
render_answer(struct buf *b, int status, struct span text, enum persist persist,
    bool bodiless, struct rendered *r)
{
	const char *reason = status_reason(status);
	size_t begin = b->len;
	size_t date;

	if (!encode_status_line(b, status, reason != NULL ? reason : "") ||
	    !buf_append_text(b, "Date: "))
		return false;
	date = b->len;
	if (!buf_printf(b,
		"%*s\r\n%sContent-Type: text/plain; charset=utf-8\r\n",
		DATE_LEN, "", connection[persist]) ||
	    !(bodiless ? buf_append_text(b, "\r\n") : append_content(b, text)))
		return false;
	r->bytes = span_of(b->data + begin, b->len - begin);
	r->date_at = (uint32_t)(date - begin);
	r->content = bodiless ? 0 : (uint32_t)text.n;
	r->status = status;
	return true;
}
