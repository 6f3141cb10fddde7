/*
 * A template up to the first zero byte, and behind it what a client sends: a
 * path up to a newline, a query up to the next, and a body.  What becomes a
 * field cannot end it; what has no room leaves no trace; words are the same
 * for who loads and for who fills in.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "template.h"
#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum {
	MOST = 1 << 20
};

/* Up to the mark, which is taken off as well; all if there is none. */
static struct span
cut(struct span *s, char mark)
{
	const char *at = s->n == 0 ? NULL : memchr(s->p, mark, s->n);
	struct span before = *s;

	if (at == NULL) {
		s->n = 0;
		return before;
	}
	before.n = (size_t)(at - s->p);
	*s = span_of(at + 1, s->n - before.n - 1);
	return before;
}

static void
unknown_check(struct span text, const struct route *route)
{
	struct span word;
	size_t at = 0, before = 0;

	while (template_next_unknown(text, route, &at, &word)) {
		assert(at > before && at <= text.n);
		assert(word.n > 0 && word.p > text.p);
		assert(word.p + word.n < text.p + text.n);
		assert(word.p[-1] == '{' && word.p[word.n] == '}');
		before = at;
	}
}

static void
fill_check(struct span text, const struct template_data *data)
{
	struct chance again = *data->chance;
	struct buf body = { .max = MOST }, field = { .max = MOST };
	struct buf tight = { .max = 0 };
	size_t i;

	if (!template_append(&body, text, TEMPLATE_BODY, data)) {
		assert(body.len == 0);
		buf_release(&body);
		return;
	}
	*data->chance = again;
	assert(template_append(&field, text, TEMPLATE_FIELD, data));
	assert(field.len == body.len);
	for (i = 0; i < field.len; i++)
		assert(char_is((unsigned char)field.data[i], CHAR_FIELD));
	tight.max = body.len / 2;
	*data->chance = again;
	assert(template_append(&tight, text, TEMPLATE_BODY, data) ==
	    (tight.max == body.len));
	assert(tight.max == body.len || tight.len == 0);
	buf_release(&body);
	buf_release(&field);
	buf_release(&tight);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of((const char *)data, size);
	struct span text = cut(&rest, '\0');
	struct buf path = { .max = MOST };
	struct chance chance = chance_of(1, 2);
	struct ask ask = { .dialect = DIALECT_HTTP };
	struct route route = {
		.path_kind = PATH_PATTERN,
		.path = span_of("/a/{id}/{rest...}", 17),
	};
	struct template_data d = { &ask, &route, { NULL, 0 }, 1, 0, &chance };
	struct span asked = cut(&rest, '\n');

	assert(buf_append_text(&path, "/a/x"));
	assert(path_append_normal(&path, asked));
	d.path = buf_span(&path);
	ask.query = cut(&rest, '\n');
	ask.content = rest;
	unknown_check(text, &route);
	template_wants_body(text);
	fill_check(text, &d);
	buf_release(&path);
	return 0;
}
