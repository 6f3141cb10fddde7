#include "route.h"

#include <stdlib.h>

#include "classic.h"
#include "limit.h"
#include "status.h"
#include "url.h"

static bool
render_classic(struct buf *b, int status, struct rendered *r)
{
	const char *reason = status_reason(status);
	size_t begin = b->len;

	if (!classic_encode_answer(b, status, reason != NULL ? reason : ""))
		return false;
	r->bytes = span_of(b->data + begin, b->len - begin);
	r->date_at = 0;
	r->content = (uint32_t)r->bytes.n;
	r->status = status;
	return true;
}

static void
route_set(struct route *route, const struct route_row *row)
{
	route->row = row;
	route->host = span_text(row->host);
	route->method = span_text(row->method);
	route->path = span_text(row->path);
}

static bool
route_render(struct route *route, struct buf *b)
{
	const struct route_row *row = route->row;
	bool bodiless = strcmp(row->method, "HEAD") == 0;
	int i;

	for (i = 0; i < PERSIST_COUNT; i++)
		if (!render_text(b, row->status, span_text(row->text),
			(enum persist)i, bodiless, &route->answer[i]))
			return false;
	return render_classic(b, row->status, &route->classic);
}

/* The bytes moved while they grew: point into where they are now. */
static void
route_rebase(struct route *route, const char **p)
{
	int i;

	for (i = 0; i < PERSIST_COUNT; i++) {
		route->answer[i].bytes.p = *p;
		*p += route->answer[i].bytes.n;
	}
	route->classic.bytes.p = *p;
	*p += route->classic.bytes.n;
}

struct routes *
routes_new(const struct route_row *rows, size_t n, int unmatched)
{
	struct routes *t = calloc(1, sizeof(*t));
	const char *p;
	size_t i;

	if (t == NULL)
		return NULL;
	t->bytes.max = SIZE_MAX;
	t->unmatched = unmatched;
	t->v = calloc(n, sizeof(*t->v));
	if (t->v == NULL)
		goto out;
	for (t->n = 0; t->n < n; t->n++) {
		route_set(&t->v[t->n], &rows[t->n]);
		if (!route_render(&t->v[t->n], &t->bytes))
			goto out;
	}
	p = t->bytes.data;
	for (i = 0; i < n; i++)
		route_rebase(&t->v[i], &p);
	return t;
out:
	routes_free(t);
	return NULL;
}

void
routes_free(struct routes *t)
{
	if (t == NULL)
		return;
	free(t->v);
	buf_release(&t->bytes);
	free(t);
}

/* Might decoding or dots change it?  A dot alone is common (a file's name). */
static bool
is_normal(struct span path)
{
	size_t i;

	for (i = 0; i < path.n; i++)
		if (path.p[i] == '%' ||
		    (path.p[i] == '.' && i > 0 && path.p[i - 1] == '/'))
			return false;
	return true;
}

struct span
route_path(const struct ask *ask, struct buf *scratch)
{
	if (ask->path.n == 0 || ask->path.p[0] != '/' || is_normal(ask->path))
		return ask->path;
	scratch->len = 0;
	if (!path_append_normal(scratch, ask->path))
		return ask->path;
	return buf_span(scratch);
}

static bool
is_same_host(struct span a, struct span b)
{
	return span_eq(a, b) || (a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0);
}

static unsigned
route_differs(
    const struct route *route, const struct ask *ask, struct span path)
{
	unsigned differs = 0;

	if (!span_eq(ask->method, route->method))
		differs |= DIFFERS_METHOD;
	if (!span_eq(path, route->path))
		differs |= DIFFERS_PATH;
	if (!is_same_host(ask->host, route->host))
		differs |= DIFFERS_HOST;
	return differs;
}

const struct route *
routes_match(const struct routes *t, const struct ask *ask, struct span path)
{
	const struct route *r;

	for (r = t->v; r < t->v + t->n; r++)
		if (span_eq(path, r->path) && span_eq(ask->method, r->method) &&
		    is_same_host(ask->host, r->host))
			return r;
	return NULL;
}

const struct route *
routes_nearest(const struct routes *t, const struct ask *ask, struct span path,
    unsigned *differs)
{
	/* By the set of differences: fewest first, then host, then path. */
	static const unsigned char distance[] = { 0, 1, 2, 4, 3, 5, 6, 7 };
	const struct route *best = NULL;
	unsigned d;
	size_t i;

	for (i = 0; i < t->n; i++) {
		d = route_differs(&t->v[i], ask, path);
		if (best == NULL || distance[d] < distance[*differs]) {
			best = &t->v[i];
			*differs = d;
		}
	}
	return best;
}
