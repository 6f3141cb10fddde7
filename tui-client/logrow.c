#include "logrow.h"

#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "width.h"

/* HOST - - [DD/Mon/YYYY:HH:MM:SS ZONE] "REQUEST" STATUS BYTES */
struct request_line {
	struct span host;
	struct span clock;
	struct span request; /* without its quotes */
	struct span status;
	struct span bytes;
};

enum {
	DATE_LEN = sizeof("01/Jul/2025:") - 1,
	CLOCK_LEN = sizeof("09:41:07") - 1,
	STATUS_LEN = 3,
	REQUEST_COLS = 32, /* at least, where there is room: statuses line up */
	ROW_BYTES = 4096,
};

static bool
parse(const char *text, struct request_line *out)
{
	const char *date = strstr(text, " - - [");
	const char *open = date != NULL ? strstr(date, "] \"") : NULL;
	const char *shut = strrchr(text, '"');

	if (open == NULL || shut < open + 3)
		return false;
	out->host = span_of(text, (size_t)(date - text));
	date += sizeof(" - - [") - 1;
	if ((size_t)(open - date) < DATE_LEN + CLOCK_LEN)
		return false;
	out->clock = span_of(date + DATE_LEN, CLOCK_LEN);
	out->request = span_of(open + 3, (size_t)(shut - open - 3));
	if (shut[1] != ' ' || strlen(shut + 2) < STATUS_LEN)
		return false;
	out->status = span_of(shut + 2, STATUS_LEN);
	out->bytes = span_text(shut + 2 + STATUS_LEN);
	return true;
}

static enum role
role_of(struct span status)
{
	switch (status.p[0]) {
	case '1':
	case '2':
		return ROLE_OK;
	case '3':
		return ROLE_REDIRECT;
	case '4':
		return ROLE_CLIENT_ERROR;
	case '5':
		return ROLE_SERVER_ERROR;
	default:
		return ROLE_PLAIN;
	}
}

/* In what is left of cols when tail is kept free; it loses its end. */
static void
add_text(struct line *line, struct span s, size_t cols, size_t tail)
{
	struct buf text = { .max = ROW_BYTES };
	size_t room = cols > line->cols + tail ? cols - line->cols - tail : 0;
	size_t from = line->cols;

	if (room > 0)
		width_append_end(&text, s, room);
	line_add(line, ROLE_PLAIN, buf_span(&text));
	buf_release(&text);
	if (tail == 0)
		return;
	if (room > REQUEST_COLS)
		room = REQUEST_COLS;
	if (line->cols < from + room)
		line_pad(line, from + room - line->cols);
}

void
logrow(struct line *line, const char *text, size_t cols)
{
	struct request_line r;
	size_t tail;

	line_clear(line);
	if (!parse(text, &r)) {
		add_text(line, span_text(text), cols, 0);
		return;
	}
	tail = 2 + STATUS_LEN + r.bytes.n;
	line_add(line, ROLE_DIM, r.clock);
	line_pad(line, 2);
	if (cols > 60) {
		line_add(line, ROLE_DIM, r.host);
		line_pad(line, 2);
	}
	add_text(line, r.request, cols, tail);
	line_pad(line, 2);
	line_add(line, role_of(r.status), r.status);
	line_add(line, ROLE_DIM, r.bytes);
}
