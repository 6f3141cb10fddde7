#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first allocation; tests make it 1 so that every append grows. */
#ifndef BUF_FIRST
#define BUF_FIRST 256
#endif

bool
buf_reserve(struct buf *b, size_t n)
{
	size_t cap;
	char *data;

	if (n > b->max || b->len > b->max - n)
		return false;
	if (b->len + n <= b->cap)
		return true;
	cap = b->cap > b->max / 2 ? b->max : b->cap * 2;
	if (cap < BUF_FIRST)
		cap = BUF_FIRST;
	if (cap < b->len + n)
		cap = b->len + n;
	if (cap > b->max)
		cap = b->max;
	data = realloc(b->data, cap);
	if (data == NULL)
		return false;
	b->data = data;
	b->cap = cap;
	return true;
}

bool
buf_append(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return true;
	if (!buf_reserve(b, n))
		return false;
	memcpy(b->data + b->len, p, n);
	b->len += n;
	return true;
}

bool
buf_append_text(struct buf *b, const char *text)
{
	return buf_append(b, text, strlen(text));
}

bool
buf_append_span(struct buf *b, struct span s)
{
	return buf_append(b, s.p, s.n);
}

bool
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char small[256];
	char *big;
	int n;
	bool ok;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return false;
	if ((size_t)n < sizeof(small))
		return buf_append(b, small, n);
	big = malloc((size_t)n + 1);
	if (big == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(big, (size_t)n + 1, fmt, ap);
	va_end(ap);
	ok = buf_append(b, big, n);
	free(big);
	return ok;
}

void
buf_drop(struct buf *b, size_t n)
{
	if (n >= b->len) {
		b->len = 0;
		return;
	}
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}

void
buf_fit(struct buf *b)
{
	char *data;

	if (b->len == 0) {
		buf_release(b);
		return;
	}
	data = realloc(b->data, b->len);
	if (data != NULL) {
		b->data = data;
		b->cap = b->len;
	}
}

char *
buf_take(struct buf *b, size_t *n)
{
	char *data = b->data;

	*n = b->len;
	b->data = NULL;
	b->len = b->cap = 0;
	return data;
}

void
buf_release(struct buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
}
