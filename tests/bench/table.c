#include "table.h"

#include <err.h>
#include <stdio.h>

const char *const table_kinds[TABLE_KINDS] = {
	[TABLE_LITERAL] = "literal",
	[TABLE_NAME] = "{name}",
	[TABLE_HEADER] = "header =",
	[TABLE_JSON] = "json =",
	[TABLE_MISS] = "unmatched",
};

/* Of the kinds in turn: of 4 there is one of each. */
static enum table_kind
kind_of(int i)
{
	static const enum table_kind kinds[] = { TABLE_LITERAL, TABLE_NAME,
		TABLE_HEADER, TABLE_JSON, TABLE_NAME, TABLE_LITERAL };

	return kinds[i % 6];
}

static void
write_route(FILE *f, int i)
{
	switch (kind_of(i)) {
	case TABLE_LITERAL:
		fprintf(f, "GET /literal/%05d", i);
		break;
	case TABLE_NAME:
		fprintf(f, "GET /name/%05d/{id}", i);
		break;
	case TABLE_HEADER:
		fprintf(f, "GET /matched header X-Id = %05d", i);
		break;
	case TABLE_JSON:
	default:
		fprintf(f, "POST /matched json /id = n%05d", i);
	}
	fprintf(f, " return 200 \"right\\n\"\n");
}

void
table_write(const char *path, int routes)
{
	FILE *f = fopen(path, "we");
	int i;

	if (f == NULL)
		err(1, "%s", path);
	fprintf(f, "host test.com {\n");
	for (i = 0; i < routes; i++)
		write_route(f, i);
	fprintf(f, "}\n");
	if (fclose(f) != 0)
		err(1, "%s", path);
}

/* The route of that kind that is nearest to number i, downwards. */
static int
nearest(enum table_kind kind, int i)
{
	while (i > 0 && kind_of(i) != kind)
		i--;
	while (kind_of(i) != kind)
		i++;
	return i;
}

static void
make_request(struct load_request *r, enum table_kind kind, int i)
{
	*r = (struct load_request){ .method = "GET" };
	switch (kind) {
	case TABLE_LITERAL:
		snprintf(r->target, sizeof(r->target), "/literal/%05d", i);
		break;
	case TABLE_NAME:
		snprintf(r->target, sizeof(r->target), "/name/%05d/some", i);
		break;
	case TABLE_HEADER:
		snprintf(r->target, sizeof(r->target), "/matched");
		snprintf(r->field, sizeof(r->field), "X-Id: %05d\r\n", i);
		break;
	case TABLE_JSON:
		r->method = "POST";
		snprintf(r->target, sizeof(r->target), "/matched");
		snprintf(r->body, sizeof(r->body), "{\"id\":\"n%05d\"}", i);
		break;
	case TABLE_MISS:
	case TABLE_KINDS:
		snprintf(r->target, sizeof(r->target), "/literal/05000/none");
	}
}

struct load_requests
table_requests(
    enum table_kind kind, int routes, struct load_request room[TABLE_REQUESTS])
{
	const int at[TABLE_REQUESTS] = { 0, routes / 2, routes - 1 };
	int i;

	for (i = 0; i < TABLE_REQUESTS; i++)
		make_request(&room[i], kind,
		    kind < TABLE_MISS ? nearest(kind, at[i]) : 0);
	return (struct load_requests){ room, TABLE_REQUESTS,
		kind < TABLE_MISS ? 200 : 404 };
}
