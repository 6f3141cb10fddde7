#include "json.h"

static bool
append_byte(struct buf *b, unsigned char c)
{
	char raw = (char)c;

	if (c == '"' || c == '\\')
		return buf_append(b, "\\", 1) && buf_append(b, &raw, 1);
	if (c >= 0x20 && c < 0x7f)
		return buf_append(b, &raw, 1);
	return buf_printf(b, "\\u%04x", c);
}

bool
json_append_bytes(struct buf *b, struct span s)
{
	size_t before = b->len;
	size_t i, run;

	if (!buf_append(b, "\"", 1))
		return false;
	for (i = 0; i < s.n; i += run) {
		/* What stands for itself goes in one piece. */
		for (run = 0; i + run < s.n; run++) {
			unsigned char c = s.p[i + run];

			if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
				break;
		}
		if (run > 0 && !buf_append(b, s.p + i, run))
			goto out;
		if (run == 0) {
			if (!append_byte(b, s.p[i]))
				goto out;
			run = 1;
		}
	}
	if (buf_append(b, "\"", 1))
		return true;
out:
	b->len = before;
	return false;
}
