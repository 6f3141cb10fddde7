/*
 * Byte 0: JSON or XML, and whether more is to come; byte 1: the columns; then
 * the text.  Whatever it is, lines keep their width, nothing but blanks is
 * lost, and a line is the same when it is only passed.
 */
#include <assert.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pretty.h"
#include "width.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static size_t
count(struct span s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pretty_at at = { 0 }, passed = { 0 };
	struct pretty p;
	struct line line;
	size_t letters = 0, lines = 0;
	char *text;

	if (size < 2)
		return 0;
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		abort();
	text = malloc(size - 1);
	assert(text != NULL);
	memcpy(text, data + 2, size - 2);
	p = (struct pretty){
		.kind = data[0] % 2 == 0 ? PRETTY_JSON : PRETTY_XML,
		.open = (data[0] & 2) != 0,
		.text = span_of(text, size - 2),
		.cols = 1 + data[1] % 100,
	};
	line_init(&line);
	while (line_clear(&line), pretty_line(&p, &at, &line)) {
		assert(line.cols <= p.cols);
		assert(width_of(buf_span(&line.text)) == line.cols);
		assert(at.off <= at.read && at.read <= p.text.n);
		assert(pretty_line(&p, &passed, NULL));
		assert(memcmp(&at, &passed, sizeof(at)) == 0);
		letters += count(buf_span(&line.text), 'z');
		lines++;
		assert(lines <= 4 * size + 4);
	}
	assert(!pretty_line(&p, &passed, NULL));
	assert(at.off == p.text.n);
	assert(letters == count(p.text, 'z') || p.cols < 4);
	line_release(&line);
	free(text);
	return 0;
}
