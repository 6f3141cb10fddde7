#include "choose.h"

#include <stdlib.h>

#include "json.h"
#include "limit.h"
#include "oom.h"
#include "routes_file.h"
#include "test.h"

/*
 * Tables and requests by chance, the same in each run.  What is right is told
 * by looking at all routes in order, and at what the request was made of: no
 * function of the server takes part in it.
 */

enum {
	TABLES = 400,
	REQUESTS = 120, /* of each table */
	MOST_ROUTES = 300,
	MOST_PAIRS = 3,
	VALUES = 24
};

static uint64_t state = 4;

static unsigned
some(unsigned n)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (unsigned)(state >> 33) % n;
}

/* What tables and requests are made of, until the next table: too much for
 * test_text. */
static struct arena made;

static char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static char *
text(const char *fmt, ...)
{
	char room[4096], *copy;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room, sizeof(room), fmt, ap);
	va_end(ap);
	assert_in_range(n, 0, sizeof(room) - 1);
	copy = arena_alloc(&made, (size_t)n + 1);
	assert_non_null(copy);
	memcpy(copy, room, (size_t)n);
	return copy;
}

/* --- tables -------------------------------------------------------------- */

static const struct host hosts[] = {
	{ HOST_NAME, { "a.test", 6 } },
	{ HOST_NAME, { "x.b.test", 8 } },
	{ HOST_NAME, { "b.test", 6 } },
	{ HOST_BELOW, { "test", 4 } },
	{ HOST_BELOW, { "b.test", 6 } },
	{ HOST_ANY, { "", 0 } },
};
static const char *const asked_hosts[] = { "a.test", "A.Test", "b.test",
	"x.b.test", "y.b.test", "z.x.b.test", "test", "c.test", "other", "" };
static const char *const methods[] = { "GET", "POST", "TRACE", "FLY" };
static const char *const segments[] = { "a", "b", "{x}", "{y}", "c", "" };
static const char *const names[] = { "X-A", "x-b", "n" };
static const char *const texts[] = { "yes", "17", "17.0", "1.7e1", "-0", "0",
	"true", "a b", "\"", "ab", "null", "0.10", "1e-1" };

static struct span
copied(struct routes *t, const char *from)
{
	struct span s = arena_copy(&t->arena, span_text(from));

	assert_non_null(s.p);
	return s;
}

static const char *
some_value(void)
{
	unsigned n = (unsigned)(sizeof(texts) / sizeof(texts[0]));

	if (some(3) == 0)
		return texts[some(n)];
	return text("%u", some(some(2) ? 3 : VALUES));
}

static void
make_path(struct routes *t, struct route *r)
{
	char path[64] = "";
	unsigned depth = 1 + some(3), i;
	const char *segment;

	r->path_kind = PATH_LITERAL;
	if (some(10) == 0) {
		r->path_kind = PATH_ANY;
		r->path = copied(t, "*");
		return;
	}
	for (i = 0; i < depth; i++) {
		segment = segments[some(i == depth - 1 ? 6 : 5)];
		if (i == depth - 1 && some(8) == 0)
			segment = "{r...}";
		strlcat(path, "/", sizeof(path));
		strlcat(path, segment, sizeof(path));
		if (segment[0] == '{')
			r->path_kind = PATH_PATTERN;
	}
	r->path = copied(t, path);
}

static regex_t *
make_regex(struct routes *t, const char *pattern)
{
	regex_t *like = arena_alloc(&t->arena, sizeof(*like));

	assert_int_equal(regcomp(like, pattern, REG_EXTENDED | REG_NOSUB), 0);
	return like;
}

/* TIMES and P stand at the end. */
static void
make_match(struct routes *t, struct match *m, bool is_last)
{
	m->kind = (enum match_kind)some(is_last ? 6 : 4);
	m->op = some(2) ? OP_IS : (enum match_op)some(5);
	m->name = copied(t, m->kind == MATCH_JSON ? "/n" : names[some(3)]);
	m->value = copied(t, some_value());
	m->times = some(3);
	m->p = some(4) / 3.0;
	if (m->op == OP_LIKE) {
		m->value = copied(t, some(2) ? "^1" : "[0-3]$");
		m->like = make_regex(t, m->value.p);
	}
}

/* So few values that lists by the one are long, and have lists by the other. */
static void
make_nested(struct routes *t, struct route *r, struct match *m)
{
	r->nmatches = 2;
	m[0] = (struct match){ .kind = MATCH_QUERY, .op = OP_IS };
	m[0].name = copied(t, "n");
	m[0].value = copied(t, text("%u", some(6)));
	m[1] = (struct match){ .kind = MATCH_HEADER, .op = OP_IS };
	m[1].name = copied(t, "X-A");
	m[1].value = copied(t, text("%u", some(3)));
}

static struct route *
make_route(struct routes *t, unsigned crowded)
{
	struct route *r = arena_alloc(&t->arena, sizeof(*r));
	struct match *m = arena_alloc(&t->arena, 3 * sizeof(*m));
	struct span *method = arena_alloc(&t->arena, 2 * sizeof(*method));
	size_t i;

	r->hosts = hosts + some(6);
	r->nhosts = 1;
	if (r->hosts < hosts + 5)
		r->nhosts += some(2);
	r->any_method = some(6) == 0;
	for (i = 0; !r->any_method && i <= some(2) && i < 2; i++)
		method[r->nmethods++] = span_text(methods[some(4)]);
	r->methods = method;
	make_path(t, r);
	if (crowded && some(8) > 0) {
		r->path = span_text("/a");
		r->path_kind = PATH_LITERAL;
		r->hosts = hosts;
		r->nhosts = 1;
	}
	r->nmatches = crowded ? 1 + some(3) : some(3);
	if (crowded == 3)
		make_nested(t, r, m);
	for (i = 0; i < r->nmatches; i++) {
		if (m[i].name.p == NULL)
			make_match(t, &m[i], i == r->nmatches - 1);
		r->wants_body |=
		    m[i].kind == MATCH_BODY || m[i].kind == MATCH_JSON;
	}
	r->wants_body |= some(10) == 0;
	r->matches = m;
	r->taken = some(3);
	t->wants_body |= r->wants_body;
	return r;
}

static struct routes *
make_table(void)
{
	struct routes *t = test_alloc(sizeof(*t));
	unsigned crowded = some(4);
	size_t n = 1 + some(some(3) ? 20 : MOST_ROUTES);

	t->v = arena_alloc(&t->arena, n * sizeof(*t->v));
	for (t->n = 0; t->n < n; t->n++)
		t->v[t->n] = make_route(t, crowded);
	assert_true(routes_index(t));
	return t;
}

static void
free_table(struct routes *t)
{
	size_t i, k;

	for (i = 0; i < t->n; i++)
		for (k = 0; k < t->v[i]->nmatches; k++)
			if (t->v[i]->matches[k].like != NULL)
				regfree(t->v[i]->matches[k].like);
	arena_release(&t->arena);
	arena_release(&made);
}

/* --- requests ------------------------------------------------------------ */

struct pair {
	const char *name;
	const char *value;
};

/* What a request is made of, and what was made of it. */
struct request {
	const char *host;
	const char *method;
	const char *path;
	struct pair field[MOST_PAIRS];
	struct pair query[MOST_PAIRS];
	unsigned nfield, nquery;
	const char *body; /* "" if there is none */
	const char *json; /* the value of n, decoded; NULL if there is none */
	bool json_is_string;
	struct head head;
	struct ask ask;
};

static const char *
encoded(const char *from)
{
	struct buf b = { .max = 1000 };
	const char *out;

	for (; *from != '\0'; from++) {
		if (*from == ' ' && some(2))
			buf_append_text(&b, "+");
		else if (*from == ' ' || *from == '"' || some(4) == 0)
			buf_printf(&b, "%%%02x", (unsigned char)*from);
		else
			buf_append(&b, from, 1);
	}
	out = text("%.*s", (int)b.len, b.len > 0 ? b.data : "");
	buf_release(&b);
	return out;
}

static void
make_body(struct request *q)
{
	const char *value = some_value();

	q->body = "";
	switch (some(5)) {
	case 0:
		q->body = value;
		break;
	case 1:
		q->json = value;
		q->json_is_string = true;
		q->body = value[0] == '"' ? "{\"n\":\"\\\"\"}"
					  : text("{\"n\": \"%s\"}", value);
		if (some(2) && value[0] == 'a')
			q->body = text("{\"n\":\"\\u0061%s\"}", value + 1);
		break;
	case 2:
		if (json_is_valid(span_text(value)) && value[0] != '"') {
			q->json = value;
			q->body = text("{\"m\":[1],\"n\":%s}", value);
		}
		break;
	default:
		break;
	}
}

static void
make_head(struct request *q)
{
	struct buf b = { .max = 4000 };
	enum httperr why;
	unsigned i;
	char *sent;

	buf_printf(&b, "%s %s", q->method, q->path);
	for (i = 0; i < q->nquery; i++)
		buf_printf(&b, "%c%s=%s", i == 0 ? '?' : '&', q->query[i].name,
		    encoded(q->query[i].value));
	buf_append_text(&b, " HTTP/1.1\r\n");
	for (i = 0; i < q->nfield; i++)
		buf_printf(
		    &b, "%s: %s\r\n", q->field[i].name, q->field[i].value);
	buf_append_text(&b, "\r\n");
	sent = text("%.*s", (int)b.len, b.data);
	buf_release(&b);
	assert_int_equal(
	    head_parse_request(sent, strlen(sent), 0, &q->head, &why),
	    PARSE_DONE);
	q->ask.base = sent;
	q->ask.head = &q->head;
	if (q->nquery > 0)
		q->ask.query = span_of(
		    strchr(sent, '?') + 1, strcspn(strchr(sent, '?'), " ") - 1);
}

static void
make_request(struct request *q)
{
	static const char *const cases[] = { "X-A", "x-a", "X-B", "N" };
	char path[64] = "";
	unsigned i, depth = 1 + some(3);

	memset(q, 0, sizeof(*q));
	q->host = asked_hosts[some(10)];
	q->method = methods[some(4)];
	for (i = 0; i < depth; i++) {
		strlcat(path, "/", sizeof(path));
		strlcat(path, (const char *[]){ "a", "b", "c", "" }[some(4)],
		    sizeof(path));
	}
	q->path = some(12) == 0 ? "*" : text("%s", path);
	if (some(2)) {
		q->host = "a.test";
		q->path = "/a";
	}
	q->nfield = some(MOST_PAIRS + 1);
	for (i = 0; i < q->nfield; i++)
		q->field[i] = (struct pair){ cases[some(4)], some_value() };
	q->nquery = some(MOST_PAIRS + 1);
	for (i = 0; i < q->nquery; i++)
		q->query[i] = (struct pair){ names[some(3)], some_value() };
	make_body(q);
	q->ask.dialect = DIALECT_HTTP;
	q->ask.host = span_text(q->host);
	q->ask.method = span_text(q->method);
	q->ask.verb = method_find(q->method, strlen(q->method));
	q->ask.path = span_text(q->path);
	q->ask.content = span_text(q->body);
	make_head(q);
}

/* --- what is right ------------------------------------------------------- */

static bool
naive_host(const struct host *h, const char *host)
{
	size_t n = strlen(host);

	if (h->kind == HOST_ANY)
		return true;
	if (h->kind == HOST_NAME)
		return strcasecmp(host, h->name.p) == 0;
	return n > h->name.n + 1 && host[n - h->name.n - 1] == '.' &&
	    strcasecmp(host + n - h->name.n, h->name.p) == 0;
}

static bool
naive_path(const char *pattern, const char *path)
{
	while (*pattern != '\0') {
		if (strcmp(pattern, "{r...}") == 0)
			return true;
		if (*pattern == '{') {
			if (*path == '/' || *path == '\0')
				return false;
			pattern = strchr(pattern, '}') + 1;
			path += strcspn(path, "/");
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

static bool
naive_value(const struct match *m, const char *value, bool is_number)
{
	char *end;
	double x, y;

	if (m->op == OP_EXISTS || m->op == OP_ABSENT)
		return true;
	if (m->op == OP_LIKE && m->value.p[0] == '^')
		return value[0] == '1';
	if (m->op == OP_LIKE)
		return value[0] != '\0' &&
		    strchr("0123", value[strlen(value) - 1]) != NULL;
	if (strcmp(m->value.p, value) == 0)
		return true;
	y = strtod(m->value.p, &end);
	if (!is_number || *end != '\0' || end == m->value.p)
		return false;
	x = strtod(value, NULL);
	return x <= y && x >= y;
}

static bool
naive_pairs(const struct match *m, const struct pair *v, unsigned n,
    int (*compare)(const char *, const char *))
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (compare(v[i].name, m->name.p) == 0 &&
		    naive_value(m, v[i].value, false))
			return true;
	return false;
}

static bool
naive_match(
    const struct match *m, const struct route *r, const struct request *q)
{
	bool has = false;

	switch (m->kind) {
	case MATCH_HEADER:
		has = naive_pairs(m, q->field, q->nfield, strcasecmp);
		break;
	case MATCH_QUERY:
		has = naive_pairs(m, q->query, q->nquery, strcmp);
		break;
	case MATCH_BODY:
		has = q->body[0] != '\0' && naive_value(m, q->body, false);
		break;
	case MATCH_JSON:
		has = q->json != NULL &&
		    naive_value(m, q->json,
			!q->json_is_string &&
			    strchr("-0123456789", q->json[0]) != NULL);
		break;
	case MATCH_TIMES:
		return r->taken < m->times;
	case MATCH_P:
		return true;
	}
	return has != (m->op == OP_IS_NOT || m->op == OP_ABSENT);
}

/* Host, method and path. */
static bool
naive_resource(const struct route *r, const struct request *q)
{
	bool host = false, method = r->any_method;
	size_t i;

	for (i = 0; i < r->nhosts; i++)
		host |= naive_host(&r->hosts[i], q->host);
	for (i = 0; i < r->nmethods; i++)
		method |= span_is(r->methods[i], q->method);
	if (!host || !method)
		return false;
	if (r->path_kind == PATH_ANY)
		return true;
	return q->path[0] == '/' && strcmp(q->method, "TRACE") != 0 &&
	    naive_path(r->path.p, q->path);
}

static bool
naive_holds(
    const struct route *r, const struct request *q, struct chance *chance)
{
	size_t i;

	if (!naive_resource(r, q))
		return false;
	for (i = 0; i < r->nmatches; i++)
		if (!naive_match(&r->matches[i], r, q))
			return false;
	for (i = 0; i < r->nmatches; i++)
		if (r->matches[i].kind == MATCH_P &&
		    chance_unit(chance) >= r->matches[i].p)
			return false;
	return true;
}

static struct route *
naive_choose(
    const struct routes *t, const struct request *q, struct chance *chance)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (naive_holds(t->v[i], q, chance))
			return t->v[i];
	return NULL;
}

static bool
naive_want_body(const struct routes *t, const struct request *q)
{
	const struct match *m;
	bool no, sure;
	size_t i, k;

	for (i = 0; i < t->n; i++) {
		if (!naive_resource(t->v[i], q))
			continue;
		no = false;
		sure = true;
		for (k = 0; k < t->v[i]->nmatches; k++) {
			m = &t->v[i]->matches[k];
			if (m->kind == MATCH_HEADER || m->kind == MATCH_QUERY)
				no |= !naive_match(m, t->v[i], q);
			else
				sure = false;
			if (m->kind == MATCH_TIMES)
				no |= !naive_match(m, t->v[i], q);
		}
		if (!no && t->v[i]->wants_body)
			return true;
		if (!no && sure)
			return false;
	}
	return false;
}

/* --- tests --------------------------------------------------------------- */

static void
chooses_as_one_who_looks_at_all_routes(void **unused)
{
	unsigned i, k, answered = 0, bodies = 0;
	struct chance ours, right;
	struct request *q = test_alloc(sizeof(*q));
	struct routes *t;
	const struct route *route;
	bool wants;

	(void)unused;
	for (i = 0; i < TABLES; i++) {
		t = make_table();
		for (k = 0; k < REQUESTS; k++) {
			make_request(q);
			ours = right = chance_of(i, k);
			route = naive_choose(t, q, &right);
			if (routes_choose(t, &q->ask, q->ask.path, &ours) !=
			    route)
				test_fail("table %u, request %u", i, k);
			assert_true(ours.state == right.state);
			wants = naive_want_body(t, q);
			if (routes_want_body(t, &q->ask, q->ask.path) != wants)
				test_fail("body: table %u, %u", i, k);
			answered += route != NULL;
			bodies += wants;
		}
		free_table(t);
	}
	/* It was no test of nothing. */
	assert_in_range(
	    answered, TABLES * REQUESTS / 6, TABLES * REQUESTS * 4 / 5);
	assert_in_range(
	    bodies, TABLES * REQUESTS / 20, TABLES * REQUESTS * 4 / 5);
}

/* --- tables as text ------------------------------------------------------- */

static struct routes *
parse(const char *routes)
{
	struct diags diags = { 0 };
	struct routes *t = routes_parse("f", NULL, span_text(routes), &diags);

	if (t == NULL)
		test_fail("%s", diags.n > 0 ? diags.v[0].text : "no memory");
	diags_release(&diags);
	return t;
}

static void
free_routes(void *t)
{
	routes_unref(t);
}

enum {
	EACH = 3000 /* of three kinds of routes */
};

/* Literal ones from line 2 on, then with {name}, then with matchers. */
static struct routes *
big_table(void)
{
	struct buf b = { .max = 1 << 20 };
	struct routes *t;
	int i;

	assert_true(buf_append_text(&b, "host test.com {\n"));
	for (i = 0; i < EACH; i++)
		assert_true(
		    buf_printf(&b, "GET /item/%d/open return 200\n", i));
	for (i = 0; i < EACH; i++)
		assert_true(
		    buf_printf(&b, "GET /user/%d/{name} return 200\n", i));
	for (i = 0; i < EACH; i++)
		assert_true(buf_printf(&b,
		    "POST /pay query id = %d header A exists return 200\n", i));
	assert_true(buf_append(&b, "}\n", sizeof("}\n")));
	t = parse(b.data);
	buf_release(&b);
	test_later(free_routes, t);
	return t;
}

static struct ask
ask_of(const char *method, const char *host, const char *path)
{
	return (struct ask){ .dialect = DIALECT_HTTP,
		.verb = method_find(method, strlen(method)),
		.method = span_text(method),
		.host = span_text(host),
		.path = span_text(path) };
}

/* The nearest stands on that line, and differs so. */
static void
want_near(const struct routes *t, const struct ask *ask, unsigned line,
    unsigned differs)
{
	struct near near[NEAR_MAX];
	size_t n = routes_near(t, ask, ask->path, near);

	if (n == 0 || near[0].route->place.line != line ||
	    near[0].differs != differs)
		test_fail("%.*s: nearest of %zu is line %u, set %u",
		    (int)ask->path.n, ask->path.p, n,
		    n > 0 ? (unsigned)near[0].route->place.line : 0,
		    n > 0 ? near[0].differs : 0);
}

static void
finds_the_nearest_of_many(void **unused)
{
	struct routes *t = big_table();
	struct ask ask = ask_of("POST", "test.com", "/item/1234/open");

	(void)unused;
	want_near(t, &ask, 2 + 1234, DIFFERS_METHOD);
	ask = ask_of("GET", "test.com", "/item/1234/opened");
	want_near(t, &ask, 2 + 1234, DIFFERS_PATH);
	ask = ask_of("GET", "test.org", "/item/2999/open");
	want_near(t, &ask, 2 + 2999, DIFFERS_HOST);
	ask = ask_of("PUT", "test.com", "/user/77/x");
	want_near(t, &ask, 2 + EACH + 77, DIFFERS_METHOD);
	ask = ask_of("GET", "test.com", "/user/77/x/y");
	want_near(t, &ask, 2 + EACH + 77, DIFFERS_PATH);
	/* The query is right, and only the header is not there. */
	ask = ask_of("POST", "test.com", "/pay");
	ask.query = span_text("id=2345");
	want_near(t, &ask, 2 + 2 * EACH + 2345, DIFFERS_MATCH);
	ask.query = span_text("id=x");
	want_near(t, &ask, 2 + 2 * EACH, DIFFERS_MATCH);
	ask = ask_of("TRACE", "test.com", "*");
	assert_int_equal(
	    routes_near(t, &ask, ask.path, (struct near[NEAR_MAX]){ { 0 } }),
	    NEAR_MAX);
}

static void
finds_the_nearest_of_few(void **unused)
{
	struct routes *t = parse("host test.com {\n"
				 "GET / return 200\n"
				 "POST /create return 201\n"
				 "HEAD /option return 200\n"
				 "PUT /update return 200\n"
				 "}\n");
	unsigned all = DIFFERS_METHOD | DIFFERS_PATH | DIFFERS_HOST;
	/* clang-format off */
	const struct {
		const char *method, *host, *path;
		unsigned line, differs;
	} rows[] = {
		{ "POST", "test.com", "/update", 5, DIFFERS_METHOD },
		{ "POST", "test.com", "/x", 3, DIFFERS_PATH },
		{ "PUT", "a.com", "/update", 5, DIFFERS_HOST },
		{ "FLY", "test.com", "/x", 2, DIFFERS_METHOD | DIFFERS_PATH },
		{ "PUT", "a.com", "/option", 4, DIFFERS_METHOD | DIFFERS_HOST },
		{ "PUT", "a.com", "/x", 5, DIFFERS_PATH | DIFFERS_HOST },
		{ "FLY", "a.com", "/optoin", 4, all },
		{ "FLY", "", "/", 2, DIFFERS_METHOD | DIFFERS_HOST },
	};
	/* clang-format on */
	struct ask ask;
	size_t i;

	(void)unused;
	test_later(free_routes, t);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask = ask_of(rows[i].method, rows[i].host, rows[i].path);
		want_near(t, &ask, rows[i].line, rows[i].differs);
	}
}

static void
tells_used_up_times_and_chance(void **unused)
{
	struct routes *t = parse("host a {\n"
				 "GET /t times 2 return 200\n"
				 "GET /p p 0 return 200\n"
				 "}\n");
	struct ask ask = ask_of("GET", "a", "/t");
	struct chance chance = chance_of(1, 1);
	struct near near[NEAR_MAX];

	(void)unused;
	test_later(free_routes, t);
	t->v[0]->taken = 1;
	assert_ptr_equal(routes_choose(t, &ask, ask.path, &chance), t->v[0]);
	t->v[0]->taken = 2;
	assert_null(routes_choose(t, &ask, ask.path, &chance));
	want_near(t, &ask, 2, DIFFERS_MATCH);
	ask = ask_of("GET", "a", "/p");
	assert_null(routes_choose(t, &ask, ask.path, &chance));
	assert_int_equal(routes_near(t, &ask, ask.path, near), 2);
	assert_int_equal(near[0].match->kind, MATCH_P);
}

static void
lists_the_methods_of_a_resource(void **unused)
{
	struct routes *t = parse("host a, *.b {\n"
				 "GET /x return 200\n"
				 "POST,GET /{y} return 200\n"
				 "FLY /{z...} return 200\n"
				 "OPTIONS * return 204\n"
				 "* /any return 200\n"
				 "}\n"
				 "host q.c { OPTIONS,TRACE * return 204 }\n");
	/* clang-format off */
	const struct {
		const char *method, *host, *path, *allow;
	} rows[] = {
		{ "PUT", "a", "/x", "GET, FLY, POST, OPTIONS" },
		{ "PUT", "a", "/y", "FLY, POST, GET, OPTIONS" },
		{ "PUT", "c.b", "/y/z", "FLY, OPTIONS" },
		{ "PUT", "a", "*", "OPTIONS" },
		{ "TRACE", "a", "/y/z", "FLY, OPTIONS" },
		{ "PUT", "a", "/any", "" },
		{ "GET", "a", "/x", "" },
		{ "PUT", "b", "/x", "" },
		{ "PUT", "q.c", "/x", "" },
		{ "PUT", "q.c", "*", "OPTIONS, TRACE" },
	};
	/* clang-format on */
	struct buf allow = { .max = 1000 };
	struct ask ask;
	size_t i;

	(void)unused;
	test_later(free_routes, t);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask = ask_of(rows[i].method, rows[i].host, rows[i].path);
		assert_int_equal(routes_allow(t, &ask, ask.path, &allow),
		    rows[i].allow[0] != '\0');
		if (!span_is(buf_span(&allow), rows[i].allow))
			test_fail("%s %s: %.*s", rows[i].method, rows[i].path,
			    (int)allow.len, allow.data);
	}
	buf_release(&allow);
	assert_true(routes_know_method(t, span_text("FLY")));
	assert_true(routes_know_method(t, span_text("PATCH")));
	assert_false(routes_know_method(t, span_text("CRAWL")));
}

static void
finds_what_a_name_stands_for(void **unused)
{
	struct routes *t = parse("host a {\n"
				 "GET /u/{id}/f/{rest...} return 200\n"
				 "GET /x return 200\n"
				 "}\n");
	struct span path = span_text("/u/7/f/a/b");

	(void)unused;
	test_later(free_routes, t);
	assert_true(span_is(route_param(t->v[0], path, span_text("id")), "7"));
	assert_true(
	    span_is(route_param(t->v[0], path, span_text("rest")), "a/b"));
	assert_null(route_param(t->v[0], path, span_text("f")).p);
	assert_null(route_param(t->v[1], path, span_text("id")).p);
	path = span_text("/u/7/f/");
	assert_non_null(route_param(t->v[0], path, span_text("rest")).p);
	assert_true(span_is(route_param(t->v[0], path, span_text("rest")), ""));
}

/* Below a name of two dots no more than that is looked for. */
static void
takes_hosts_of_any_length(void **unused)
{
	struct routes *t = parse("host *.a.b.c {\nGET / return 200\n}\n");
	char *host = test_alloc(LIMIT_START_LINE + 1);
	struct ask ask;
	struct chance chance = chance_of(1, 1);

	(void)unused;
	test_later(free_routes, t);
	memset(host, '.', LIMIT_START_LINE);
	ask = ask_of("GET", host, "/");
	assert_null(routes_choose(t, &ask, ask.path, &chance));
	memcpy(host + LIMIT_START_LINE - 6, ".A.b.C", 6);
	assert_non_null(routes_choose(t, &ask, ask.path, &chance));
	ask = ask_of("GET", ".a.b.c", "/");
	assert_null(routes_choose(t, &ask, ask.path, &chance));
	ask = ask_of("GET", "a.b.c", "/");
	assert_null(routes_choose(t, &ask, ask.path, &chance));
}

static void
is_no_index_without_memory(void **unused)
{
	struct routes *t;
	size_t n = 0;
	bool ok;

	(void)unused;
	for (t = make_table(); t->n < 40; t = make_table())
		free_table(t);
	do {
		oom_after(++n);
		ok = routes_index(t);
		assert_true(oom_off() == !ok);
	} while (!ok);
	assert_true(n > 20);
	free_table(t);
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(chooses_as_one_who_looks_at_all_routes),
		TEST(finds_the_nearest_of_many),
		TEST(finds_the_nearest_of_few),
		TEST(tells_used_up_times_and_chance),
		TEST(lists_the_methods_of_a_resource),
		TEST(finds_what_a_name_stands_for),
		TEST(takes_hosts_of_any_length),
		TEST(is_no_index_without_memory),
	};

	return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
