#include "headers.h"

#include <stdlib.h>
#include <string.h>

bool
headers_add(struct headers *h, struct span name, struct span value)
{
	struct header *v;
	size_t cap;
	char *text;

	if (h->n == h->cap) {
		cap = h->cap == 0 ? 8 : h->cap * 2;
		v = reallocarray(h->v, cap, sizeof(*v));
		if (v == NULL)
			return false;
		h->v = v;
		h->cap = cap;
	}
	/* One allocation for both: the value stands behind the name's NUL. */
	text = malloc(name.n + value.n + 2);
	if (text == NULL)
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	if (value.n > 0)
		memcpy(text + name.n + 1, value.p, value.n);
	text[name.n + 1 + value.n] = '\0';
	h->v[h->n].name = text;
	h->v[h->n].value = text + name.n + 1;
	h->n++;
	return true;
}

const char *
headers_find(const struct headers *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (strcasecmp(h->v[i].name, name) == 0)
			return h->v[i].value;
	return NULL;
}

void
headers_remove(struct headers *h, size_t i)
{
	free(h->v[i].name);
	h->n--;
	memmove(&h->v[i], &h->v[i + 1], (h->n - i) * sizeof(h->v[0]));
}

bool
headers_copy(struct headers *to, const struct headers *from)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		if (!headers_add(to, span_text(from->v[i].name),
			span_text(from->v[i].value))) {
			headers_release(to);
			return false;
		}
	}
	return true;
}

void
headers_release(struct headers *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->v[i].name);
	free(h->v);
	*h = (struct headers){ 0 };
}
