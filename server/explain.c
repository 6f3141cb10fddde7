#include "explain.h"

#include "choose.h"
#include "escape.h"
#include "head.h"
#include "match.h"
#include "semantics.h"

/* Of one name no more bytes are shown than this. */
enum {
	SHOWN_ASKED = 200,
	SHOWN_FILE = 100,
	NAMES_ROOM = 512, /* of a route: more than is shown, without malloc */
};

static void
append_cut(struct buf *b, struct span name, size_t most)
{
	bool cut = name.n > most;

	if (cut)
		name.n = most;
	escape_append(b, name, ESCAPE_SCREEN);
	if (cut)
		buf_append_text(b, "...");
}

/* "test.com/path"; the asterisk asks about a server and is no path. */
static void
append_resource(struct buf *b, struct span host, struct span path, size_t most)
{
	bool is_asterisk = span_is(path, "*");

	if (is_asterisk)
		buf_append_text(b, host.n > 0 ? "* of " : "*");
	append_cut(b, host, most);
	if (!is_asterisk)
		append_cut(b, path, most);
}

/* --- matchers --- */

static const char *
match_word(enum match_kind kind)
{
	static const char *const words[] = {
#define X(name, word) word,
		MATCHES(X)
#undef X
	};

	return words[kind];
}

static const char *
op_word(enum match_op op)
{
	static const char *const words[] = {
#define X(name, word, has_value) word,
		MATCH_OPS(X)
#undef X
	};

	return words[op];
}

/* `query page = "2"`, as it could stand in the file. */
static void
append_match(struct buf *b, const struct match *m)
{
	buf_append_text(b, match_word(m->kind));
	if (m->kind == MATCH_TIMES) {
		buf_printf(b, " %llu", (unsigned long long)m->times);
		return;
	}
	if (m->kind == MATCH_P) {
		buf_printf(b, " %g", m->p);
		return;
	}
	if (m->kind != MATCH_BODY) {
		buf_append_text(b, " ");
		append_cut(b, m->name, SHOWN_FILE);
	}
	buf_printf(b, " %s", op_word(m->op));
	if (m->op == OP_EXISTS || m->op == OP_ABSENT)
		return;
	buf_append_text(b, " \"");
	append_cut(b, m->value, SHOWN_FILE);
	buf_append_text(b, "\"");
}

static bool
query_value(
    const struct ask *ask, struct span name, char *room, struct span *value)
{
	struct span rest = ask->query, found;

	while (query_next(&rest, room, &found, value))
		if (span_eq(found, name))
			return true;
	return false;
}

static bool
field_value(const struct ask *ask, struct span name, struct span *value)
{
	size_t i;

	for (i = 0; ask->head != NULL && i < ask->head->nfield; i++) {
		struct span at = slice_in(ask->base, ask->head->field[i].name);

		*value = slice_in(ask->base, ask->head->field[i].value);
		if (at.n == name.n && strncasecmp(at.p, name.p, at.n) == 0)
			return true;
	}
	return false;
}

/* What the request has where the matcher looks: the first of that name. */
static void
append_seen(struct buf *b, const struct match *m, const struct ask *ask)
{
	char room[LIMIT_START_LINE];
	struct buf decoded = { .max = LIMIT_KEPT };
	struct span value = { NULL, 0 };
	bool is_number, there = false;

	switch (m->kind) {
	case MATCH_HEADER:
		there = field_value(ask, m->name, &value);
		break;
	case MATCH_QUERY:
		there = query_value(ask, m->name, room, &value);
		break;
	case MATCH_BODY:
		value = ask->content;
		there = value.n > 0;
		break;
	case MATCH_JSON:
		there = json_value(ask, m->name, &decoded, &value, &is_number);
		break;
	case MATCH_TIMES:
	case MATCH_P:
		break;
	}
	if (there && m->op == OP_LIKE && value.n > LIMIT_LIKE) {
		buf_append_text(
		    b, "it is longer than the 8 KiB that ~ looks at");
	} else if (there) {
		buf_append_text(b, "it is \"");
		append_cut(b, value, SHOWN_FILE);
		buf_append_text(b, "\"");
	} else {
		buf_append_text(b, "it is absent");
	}
	buf_release(&decoded);
}

void
explain_match(struct buf *b, const struct match *m, const struct route *r,
    const struct ask *ask)
{
	append_match(b, m);
	if (m->kind == MATCH_TIMES) {
		buf_printf(b, " is used up: it has answered %llu times",
		    (unsigned long long)r->taken);
	} else if (m->kind == MATCH_P) {
		buf_append_text(b, " spoke against it");
	} else {
		buf_append_text(b, " does not hold: ");
		append_seen(b, m, ask);
	}
}

/* --- as text --- */

/* "the host, the method and the path differ", from a set. */
static void
append_differences(
    struct buf *b, const struct near *near, const struct ask *ask)
{
	static const char *const said[] = {
		[0] = "",
		[DIFFERS_METHOD] = "the method differs",
		[DIFFERS_PATH] = "the path differs",
		[DIFFERS_METHOD | DIFFERS_PATH] =
		    "the method and the path differ",
		[DIFFERS_HOST] = "the host differs",
		[DIFFERS_HOST | DIFFERS_METHOD] =
		    "the host and the method differ",
		[DIFFERS_HOST | DIFFERS_PATH] = "the host and the path differ",
		[DIFFERS_HOST | DIFFERS_METHOD | DIFFERS_PATH] =
		    "the host, the method and the path differ",
	};
	unsigned differs = near->differs & ~(unsigned)DIFFERS_MATCH;

	buf_append_text(b, said[differs]);
	if (near->match != NULL) {
		buf_append_text(b, differs != 0 ? "; " : "");
		explain_match(b, near->match, near->route, ask);
	}
}

/* "routes.conf:5" */
static void
append_place(struct buf *b, const struct place *place)
{
	append_cut(b, span_text(place->file), SHOWN_FILE);
	buf_printf(b, ":%u", (unsigned)place->line);
}

static void
append_route(struct buf *b, const struct route *r)
{
	char room[NAMES_ROOM];
	struct buf names = { room, 0, NAMES_ROOM, NAMES_ROOM };

	route_append_methods(&names, r);
	append_cut(b, buf_span(&names), SHOWN_FILE);
	buf_append_text(b, " ");
	names.len = 0;
	route_append_hosts(&names, r);
	append_resource(b, buf_span(&names),
	    r->path_kind == PATH_ANY ? span_text("*") : r->path, SHOWN_FILE);
}

static void
append_near(struct buf *b, const struct routes *t, const struct near *near,
    const struct ask *ask)
{
	append_route(b, near->route);
	buf_append_text(b, " (");
	append_differences(b, near, ask);
	buf_append_text(b, ")");
	if (strcmp(t->file, "builtin") != 0) {
		buf_append_text(b, ", ");
		append_place(b, &near->route->place);
	}
}

void
explain_nearest(struct buf *b, const struct routes *t, const struct ask *ask,
    struct span path)
{
	struct near near[NEAR_MAX];

	if (routes_near(t, ask, path, near) > 0)
		append_near(b, t, &near[0], ask);
}

void
explain_text(struct buf *b, const struct routes *t, const struct ask *ask,
    struct span path)
{
	struct near near[NEAR_MAX];
	size_t i, n = routes_near(t, ask, path, near);

	buf_append_text(b, "No route answers ");
	append_cut(b, ask->method, SHOWN_ASKED);
	buf_append_text(b, " ");
	append_resource(b, ask->host, path, SHOWN_ASKED);
	buf_append_text(b, ask->host.n > 0 ? ".\n" : " without a host.\n");
	for (i = 0; i < n; i++) {
		buf_append_text(b, i == 0 ? "The nearest: " : "Then: ");
		append_near(b, t, &near[i], ask);
		buf_append_text(b, ".\n");
	}
}

/* --- as JSON --- */

/* What was appended behind `from` becomes a string: it is harmless UTF-8, of
 * which only quotes and backslashes need care. */
static void
quote_from(struct buf *b, size_t from)
{
	size_t i, n = 2, end = b->len, to;

	for (i = from; i < end; i++)
		n += b->data[i] == '"' || b->data[i] == '\\';
	if (!buf_reserve(b, n))
		return;
	b->len = to = end + n;
	b->data[--to] = '"';
	for (i = end; i > from; i--) {
		b->data[--to] = b->data[i - 1];
		if (b->data[i - 1] == '"' || b->data[i - 1] == '\\')
			b->data[--to] = '\\';
	}
	b->data[--to] = '"';
}

static void
append_member(struct buf *b, const char *name, struct span value, size_t most)
{
	size_t from;

	buf_printf(b, "\"%s\":", name);
	from = b->len;
	append_cut(b, value, most);
	quote_from(b, from);
}

static void
append_json_differs(struct buf *b, unsigned differs)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ DIFFERS_HOST, "host" },
		{ DIFFERS_METHOD, "method" },
		{ DIFFERS_PATH, "path" },
		{ DIFFERS_MATCH, "match" },
	};
	const char *comma = "";
	size_t i;

	buf_append_text(b, ",\"differs\":[");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((differs & names[i].bit) == 0)
			continue;
		buf_printf(b, "%s\"%s\"", comma, names[i].name);
		comma = ",";
	}
	buf_append_text(b, "]");
}

static void
append_json_near(struct buf *b, const struct near *near, const struct ask *ask)
{
	const struct route *r = near->route;
	char room[NAMES_ROOM];
	struct buf names = { room, 0, NAMES_ROOM, NAMES_ROOM };
	size_t from;

	buf_append_text(b, "{\"route\":");
	from = b->len;
	append_place(b, &r->place);
	quote_from(b, from);
	buf_append_text(b, ",");
	route_append_methods(&names, r);
	append_member(b, "method", buf_span(&names), SHOWN_FILE);
	buf_append_text(b, ",");
	names.len = 0;
	route_append_hosts(&names, r);
	append_member(b, "host", buf_span(&names), SHOWN_FILE);
	buf_append_text(b, ",");
	append_member(b, "path",
	    r->path_kind == PATH_ANY ? span_text("*") : r->path, SHOWN_FILE);
	append_json_differs(b, near->differs);
	if (near->match != NULL) {
		buf_append_text(b, ",\"why\":");
		from = b->len;
		explain_match(b, near->match, r, ask);
		quote_from(b, from);
	}
	buf_append_text(b, "}");
}

void
explain_json(struct buf *b, const struct routes *t, const struct ask *ask,
    struct span path)
{
	struct near near[NEAR_MAX];
	size_t i, n = routes_near(t, ask, path, near);

	buf_append_text(b, "{\"error\":\"no route answers\",");
	append_member(b, "method", ask->method, SHOWN_ASKED);
	buf_append_text(b, ",");
	append_member(b, "host", ask->host, SHOWN_ASKED);
	buf_append_text(b, ",");
	append_member(b, "path", path, SHOWN_ASKED);
	buf_append_text(b, ",\"nearest\":[");
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_append_text(b, ",");
		append_json_near(b, &near[i], ask);
	}
	buf_append_text(b, "]}\n");
}

/* --- Accept --- */

/* A weight in thousandths (RFC 9110 12.4.2); 1000 if there is none. */
static int
weight_of(struct span parameters)
{
	static const int unit[] = { 100, 10, 1 };
	const char *p;
	int weight, i;

	p = memmem(parameters.p, parameters.n, "q=", 2);
	if (p == NULL || p + 2 == parameters.p + parameters.n)
		return 1000;
	if (p[2] == '1')
		return 1000;
	p += 4; /* 0. */
	weight = 0;
	for (i = 0;
	     i < 3 && p < parameters.p + parameters.n && *p >= '0' && *p <= '9';
	     i++, p++)
		weight += unit[i] * (*p - '0');
	return weight;
}

/* The weight of that type in one line of Accept, -1 if it is not named. */
static int
weight_in(struct span accept, const char *type)
{
	struct span member, name;
	const char *end;

	while (list_next(&accept, &member)) {
		end = memchr(member.p, ';', member.n);
		name = member;
		if (end != NULL)
			name.n = (size_t)(end - member.p);
		name = span_trim(name);
		if (span_is_nocase(name, type))
			return end == NULL
			    ? 1000
			    : weight_of(span_of(
				  end, (size_t)(member.p + member.n - end)));
	}
	return -1;
}

bool
explain_wants_json(const struct ask *ask)
{
	int i, json = -1, text = -1, w;
	struct span accept;

	if (ask->head == NULL)
		return false;
	for (i = head_find(ask->base, ask->head, 0, "Accept"); i >= 0;
	     i = head_find(ask->base, ask->head, i + 1, "Accept")) {
		accept = slice_in(ask->base, ask->head->field[i].value);
		w = weight_in(accept, "application/json");
		if (w > json)
			json = w;
		w = weight_in(accept, "text/plain");
		if (w > text)
			text = w;
	}
	return json > 0 && json > text;
}
