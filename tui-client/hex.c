#include "hex.h"

#include <stdio.h>

/* How bytes stand on a line of so many columns. */
struct form {
	size_t least; /* columns */
	size_t bytes;
	size_t offset; /* digits */
	bool text;
};

static const struct form *
form_of(size_t cols)
{
	/* clang-format off */
	static const struct form forms[] = {
		{ 76, 16, 8, true },
		{ 43,  8, 8, true },
		{ 38,  8, 4, true },
		{ 27,  4, 8, true },
		{ 17,  4, 0, true },
		{  9,  2, 0, true },
		{  5,  1, 0, true },
		{  0,  1, 0, false },
	};
	/* clang-format on */
	const struct form *f = forms;

	while (cols < f->least)
		f++;
	return f;
}

size_t
hex_bytes(size_t cols)
{
	return form_of(cols)->bytes;
}

/* Where there is little room, of an offset its low digits. */
static void
add_offset(struct line *line, const struct form *f, uint64_t off)
{
	char text[32];

	if (f->offset == 0)
		return;
	if (f->offset < 8)
		snprintf(text, sizeof(text), "%04x", (unsigned)off & 0xffff);
	else
		snprintf(
		    text, sizeof(text), "%08llx ", (unsigned long long)off);
	line_add(line, ROLE_DIM, span_text(text));
}

void
hex_add(struct line *line, struct span bytes, uint64_t off, size_t cols,
    const enum role roles[HEX_MOST])
{
	const struct form *f = form_of(cols);
	char text[8];
	size_t i;

	if (cols < 2) {
		line_add(line, ROLE_PLAIN, span_text("…"));
		return;
	}
	add_offset(line, f, off);
	for (i = 0; i < f->bytes; i++) {
		if (i > 0 || f->offset > 0)
			line_pad(line, i == 8 ? 2 : 1);
		if (i >= bytes.n) {
			line_pad(line, 2);
			continue;
		}
		snprintf(text, sizeof(text), "%02x", (unsigned char)bytes.p[i]);
		line_add(line, roles != NULL ? roles[i] : ROLE_PLAIN,
		    span_text(text));
	}
	if (!f->text)
		return;
	line_pad(line, 2);
	for (i = 0; i < bytes.n; i++) {
		bool seen = bytes.p[i] >= ' ' && bytes.p[i] <= '~';

		line_add(line,
		    roles != NULL && roles[i] != ROLE_PLAIN ? roles[i]
							    : ROLE_HEADER_VALUE,
		    seen ? span_of(bytes.p + i, 1) : span_text("."));
	}
}
