#include "index.h"
#include "match.h"
#include "pattern.h"

/* --- spots -------------------------------------------------------------- */

static void
give_spot(struct spot_walk *w, uint32_t spot)
{
	if (spot != 0 && w->index->spots[spot].first < w->before)
		w->spot(w, &w->index->spots[spot]);
}

static void walk_node(struct spot_walk *, uint32_t node, struct span rest);

/* The segment is one that another follows. */
static void
walk_on(struct spot_walk *w, uint32_t at, struct span segment, struct span rest)
{
	const struct node *node = &w->index->nodes[at];
	uint32_t next;

	if (node->segments) {
		next = edge_find(&w->index->edges, EDGE_SEGMENT, at, segment);
		if (next != 0)
			walk_node(w, next, rest);
	}
	if (node->one != 0 && segment.n > 0)
		walk_node(w, node->one, rest);
}

/* No deeper than the longest pattern. */
static void
walk_node(struct spot_walk *w, uint32_t at, struct span rest)
{
	const struct node *node = &w->index->nodes[at];
	struct span segment;

	if (node->first >= w->before)
		return;
	give_spot(w, node->rest);
	if (segment_next(&rest, &segment)) {
		walk_on(w, at, segment, rest);
		return;
	}
	if (node->segments)
		give_spot(
		    w, edge_find(&w->index->edges, EDGE_END, at, segment));
	if (segment.n > 0)
		give_spot(w, node->end);
}

static void
walk_root(struct spot_walk *w, uint32_t at, struct span path)
{
	const struct root *root = &w->index->roots[at];

	if (root->first >= w->before)
		return;
	if (root->literal)
		give_spot(w, edge_find(&w->index->edges, EDGE_PATH, at, path));
	if (root->trie != 0 && path.n > 0 && path.p[0] == '/')
		walk_node(w, root->trie, path_rest(path));
	give_spot(w, root->any);
}

/* From the shortest name that the host is below; as many as there can be. */
static void
walk_below(struct spot_walk *w, struct span path,
    void (*walk)(struct spot_walk *, uint32_t, struct span))
{
	const struct routes_index *x = w->index;
	struct span host = w->ask->host, name;
	uint32_t dots = 0, root;
	size_t i;

	for (i = host.n; i-- > 1 && dots <= x->below_dots;) {
		if (host.p[i] != '.')
			continue;
		name = span_of(host.p + i + 1, host.n - i - 1);
		root = edge_find(&x->edges, EDGE_BELOW, 0, name);
		if (root != 0)
			walk(w, root, path);
		dots++;
	}
}

static void
walk_roots(struct spot_walk *w, struct span path,
    void (*walk)(struct spot_walk *, uint32_t, struct span))
{
	const struct routes_index *x = w->index;
	uint32_t root = 0;

	if (w->ask->host.n > 0)
		root = edge_find(&x->edges, EDGE_HOST, 0, w->ask->host);
	if (root != 0)
		walk(w, root, path);
	if (x->below)
		walk_below(w, path, walk);
	if (x->any != 0)
		walk(w, x->any, path);
}

void
walk_spots(struct spot_walk *w, struct span path)
{
	walk_roots(w, path, walk_root);
}

static void
walk_any(struct spot_walk *w, uint32_t root, struct span path)
{
	(void)path;
	give_spot(w, w->index->roots[root].any);
}

void
walk_any_spots(struct spot_walk *w)
{
	walk_roots(w, span_of(NULL, 0), walk_any);
}

/* --- keyed lists --------------------------------------------------------- */

static void
give_list(struct keyed_walk *w, enum edge_kind kind, uint32_t values,
    struct span value)
{
	const struct routes_index *x = w->index;
	uint32_t list = edge_find(&x->edges, kind, values, value);

	if (list != 0 && x->lists[list].all.n > 0)
		w->list(w, &x->lists[list]);
}

static void
walk_headers(struct keyed_walk *w, uint32_t list)
{
	const struct head *head = w->ask->head;
	const char *base = w->ask->base;
	uint32_t values;
	size_t i;

	for (i = 0; head != NULL && i < head->nfield; i++) {
		values = edge_find(&w->index->edges, EDGE_HEADER, list,
		    slice_in(base, head->field[i].name));
		if (values != 0)
			give_list(w, EDGE_VALUE, values,
			    slice_in(base, head->field[i].value));
	}
}

static void
walk_query(struct keyed_walk *w, uint32_t list)
{
	char room[LIMIT_START_LINE];
	struct span rest = w->ask->query, name, value;
	uint32_t values;

	while (query_next(&rest, room, &name, &value)) {
		values = edge_find(&w->index->edges, EDGE_QUERY, list, name);
		if (values != 0)
			give_list(w, EDGE_VALUE, values, value);
	}
}

static void
walk_json(struct keyed_walk *w, const struct list *list)
{
	const struct pointer *p;
	struct buf b = { .max = 0 };
	struct span value;
	bool is_number;
	uint32_t i;

	for (i = list->pointers; i != 0; i = p->next) {
		p = &w->index->pointers[i];
		if (json_value(w->ask, p->text, &b, &value, &is_number))
			give_list(w, is_number ? EDGE_NUMBER : EDGE_VALUE,
			    p->values, value);
	}
	buf_release(&b);
}

void
walk_keyed(struct keyed_walk *w, const struct list *list)
{
	unsigned kinds = list->keyed & w->kinds;
	uint32_t at = (uint32_t)(list - w->index->lists);

	if (kinds & KEYED_HEADER)
		walk_headers(w, at);
	if (kinds & KEYED_QUERY)
		walk_query(w, at);
	if ((kinds & KEYED_BODY) && w->ask->content.n > 0)
		give_list(w, EDGE_BODY, at, w->ask->content);
	if (kinds & KEYED_JSON)
		walk_json(w, list);
}
