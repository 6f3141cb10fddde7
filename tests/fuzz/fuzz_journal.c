/*
 * A line of a journal.  Whatever can be read can be written, and is then the
 * line that it reads as again; of a request all fields are bytes.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum {
	ROOM = 1 << 22
};

static void
walk_fields(const struct journal_event *e)
{
	struct buf scratch = { .max = ROOM };
	struct span name, value;
	struct json_reader r;

	json_reader_init(&r, e->headers);
	while (journal_field(&r, &scratch, &name, &value))
		assert(name.n + value.n <= scratch.len);
	assert(r.depth == 0);
	buf_release(&scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = span_of((const char *)data, size);
	struct buf scratch = { .max = ROOM }, again = { .max = ROOM };
	struct buf first = { .max = ROOM }, second = { .max = ROOM };
	struct journal_event e;

	if (journal_read(line, &e, &scratch)) {
		if (e.kind == JOURNAL_REQUEST)
			walk_fields(&e);
		assert(journal_append(&first, &e));
		assert(journal_read(buf_span(&first), &e, &again));
		assert(journal_append(&second, &e));
		assert(span_eq(buf_span(&first), buf_span(&second)));
	}
	buf_release(&scratch);
	buf_release(&again);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
