#include "osc52.h"

#include <stdint.h>

static bool
append_base64(struct buf *out, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		size_t n = s.n - i < 3 ? s.n - i : 3;
		uint32_t bits = 0;
		char four[4];

		for (size_t k = 0; k < 3; k++)
			bits =
			    bits << 8 | (k < n ? (unsigned char)s.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			four[k] =
			    k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=';
		if (!buf_append(out, four, sizeof(four)))
			return false;
	}
	return true;
}

static bool
append_plain(struct buf *out, struct span s)
{
	return buf_append_text(out, "\033]52;c;") && append_base64(out, s) &&
	    buf_append_text(out, "\007");
}

bool
osc52_append(struct buf *out, struct span s, bool tmux)
{
	size_t before = out->len;
	bool ok = append_plain(out, s);

	/* Within its own sequence each ESC is doubled; there is but one. */
	if (tmux)
		ok = ok && buf_append_text(out, "\033Ptmux;\033") &&
		    append_plain(out, s) && buf_append_text(out, "\033\\");
	if (!ok)
		out->len = before;
	return ok;
}
