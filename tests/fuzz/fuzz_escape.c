/*
 * Hostile bytes to text.  Byte 0: for the screen or the log; byte 1: how much
 * room there is; then the bytes.  Nothing but harmless characters comes out,
 * and a cut text is the beginning of the whole one.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "escape.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
harmless(struct span s, enum escape how)
{
	uint32_t cp;
	size_t used;

	for (; s.n > 0; s = span_of(s.p + used, s.n - used)) {
		used = utf8_decode(s.p, s.n, &cp);
		assert(used > 0);
		assert(cp >= 0x20 && cp != 0x7f && (cp < 0x80 || cp >= 0xa0));
		assert(escape_is_printable(cp));
		if (how == ESCAPE_LOG)
			assert(cp < 0x7f);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { .max = SIZE_MAX };
	struct span text, cut;
	enum escape how;
	size_t cap, n;
	char *dst;

	if (size < 2)
		return 0;
	text = span_of((const char *)data + 2, size - 2);
	how = data[0] % 2 == 0 ? ESCAPE_SCREEN : ESCAPE_LOG;
	assert(escape_append(&b, text, how));
	assert(b.len >= text.n && b.len <= 4 * text.n);
	harmless(buf_span(&b), how);

	cap = data[1] + 1u;
	dst = malloc(cap);
	assert(dst != NULL);
	n = escape_text(dst, cap, text, how);
	assert(n < cap && strlen(dst) == n && n <= b.len);
	cut = span_of(dst, n);
	assert(span_eq(cut, span_of(b.data, n)));
	harmless(cut, how);
	/* One more, of four bytes as \xHH, might not have fitted. */
	assert(n == b.len || n + 16 >= cap);
	free(dst);
	buf_release(&b);
	return 0;
}
