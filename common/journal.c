#include "journal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum type {
	INTEGER,
	STRING,	  /* or null */
	OPTIONAL, /* a string, or no such member */
	FIELDS,
};

static bool
is_string(enum type type)
{
	return type == STRING || type == OPTIONAL;
}

struct member {
	const char *name;
	enum type type;
	size_t offset; /* in struct journal_event */
};

enum {
	MEMBERS_MAX = 9
};

#define M(name, type, at)                                      \
	{                                                      \
		name, type, offsetof(struct journal_event, at) \
	}

/* What each event says behind t, ev and conn, in this order. */
/* clang-format off */
static const struct member members[JOURNAL_KINDS][MEMBERS_MAX + 1] = {
	[JOURNAL_START] = {
		M("v", INTEGER, v), M("pid", INTEGER, pid),
		M("mono", STRING, mono), M("at", STRING, at),
	},
	[JOURNAL_OPEN] = {
		M("at", STRING, at), M("peer", STRING, peer),
		M("local", STRING, local),
	},
	[JOURNAL_READ] = { M("n", INTEGER, n), M("bytes", STRING, bytes) },
	[JOURNAL_WRITE] = { M("n", INTEGER, n), M("bytes", STRING, bytes) },
	[JOURNAL_REQUEST] = {
		M("req", INTEGER, req), M("dialect", STRING, dialect),
		M("method", STRING, method), M("host", STRING, host),
		M("target", STRING, target), M("version", STRING, version),
		M("headers", FIELDS, headers), M("route", STRING, route),
		M("nearest", OPTIONAL, nearest),
	},
	[JOURNAL_RESPONSE] = {
		M("req", INTEGER, req), M("status", INTEGER, status),
		M("reason", STRING, reason), M("bytes", INTEGER, content),
		M("us", INTEGER, us),
	},
	[JOURNAL_ERROR] = {
		M("req", INTEGER, req), M("why", STRING, why),
		M("section", STRING, section),
	},
	[JOURNAL_CLOSE] = { M("by", STRING, by), M("reason", STRING, reason) },
	[JOURNAL_LOST] = { M("n", INTEGER, n) },
};
/* clang-format on */

/* What all say but START, which is when they count from, and LOST. */
static const struct member common_members[] = {
	M("t", INTEGER, t),
	M("conn", INTEGER, conn),
};

static bool
is_dated(enum journal_kind kind)
{
	return kind != JOURNAL_START && kind != JOURNAL_LOST;
}

const char *
journal_name(enum journal_kind kind)
{
	static const char *const names[] = {
#define X(name, ev) ev,
		JOURNAL_EVENTS(X)
#undef X
	};

	return names[kind];
}

/* --- writing --- */

static bool
append_fields(struct buf *b, const struct journal_event *e)
{
	const struct field *f;
	unsigned i, n = e->head == NULL ? 0 : e->head->nfield;

	if (!buf_append_text(b, "["))
		return false;
	for (i = 0; i < n; i++) {
		f = &e->head->field[i];
		if (!buf_append_text(b, i == 0 ? "[" : ",[") ||
		    !json_append_bytes(b, slice_in(e->base, f->name)) ||
		    !buf_append_text(b, ",") ||
		    !json_append_bytes(b, slice_in(e->base, f->value)) ||
		    !buf_append_text(b, "]"))
			return false;
	}
	return buf_append_text(b, "]");
}

static bool
append_value(
    struct buf *b, const struct journal_event *e, const struct member *m)
{
	const char *at = (const char *)e + m->offset;
	struct span s;
	int64_t i;

	switch (m->type) {
	case INTEGER:
		memcpy(&i, at, sizeof(i));
		return buf_printf(b, "%lld", (long long)i);
	case STRING:
	case OPTIONAL:
		memcpy(&s, at, sizeof(s));
		return s.p == NULL ? buf_append_text(b, "null")
				   : json_append_bytes(b, s);
	case FIELDS:
		break;
	}
	return append_fields(b, e);
}

static bool
append_head(struct buf *b, const struct journal_event *e)
{
	if (!is_dated(e->kind))
		return buf_printf(b, "{\"ev\":\"%s\"", journal_name(e->kind));
	return buf_printf(b, "{\"t\":%lld,\"ev\":\"%s\",\"conn\":%lld",
	    (long long)e->t, journal_name(e->kind), (long long)e->conn);
}

static bool
is_absent(const struct journal_event *e, const struct member *m)
{
	struct span s;

	if (m->type != OPTIONAL)
		return false;
	memcpy(&s, (const char *)e + m->offset, sizeof(s));
	return s.p == NULL;
}

bool
journal_append(struct buf *b, const struct journal_event *e)
{
	const struct member *m = members[e->kind];
	size_t before = b->len;
	bool ok = append_head(b, e);

	for (; ok && m->name != NULL; m++)
		ok = is_absent(e, m) ||
		    (buf_printf(b, ",\"%s\":", m->name) &&
			append_value(b, e, m));
	if (ok && buf_append_text(b, "}\n"))
		return true;
	b->len = before;
	return false;
}

/* --- reading --- */

/* As an offset in scratch, which moves; it is there though nothing is added. */
static bool
read_string(struct json_reader *r, struct buf *scratch, size_t *end)
{
	struct span token;
	bool ok = json_next(r, &token) == JSON_STRING &&
	    buf_reserve(scratch, token.n) &&
	    json_append_string_bytes(scratch, token);

	*end = scratch->len;
	return ok;
}

/* Each field is two strings, of bytes: scratch stays as long as it was. */
static bool
read_fields(struct json_reader *r, struct buf *scratch, struct span *headers)
{
	const char *begin = r->p - 1;
	size_t before = scratch->len, end;
	enum json_kind kind;
	struct span token;

	while ((kind = json_next(r, &token)) == JSON_ARRAY) {
		if (!read_string(r, scratch, &end) ||
		    !read_string(r, scratch, &end) ||
		    json_next(r, &token) != JSON_ARRAY_END)
			return false;
		scratch->len = before;
	}
	*headers = span_of(begin, (size_t)(r->p - begin));
	return kind == JSON_ARRAY_END;
}

static bool
read_value(struct json_reader *r, struct journal_event *e,
    const struct member *m, struct buf *scratch)
{
	char *at = (char *)e + m->offset;
	struct span token, s = { NULL, 0 };
	enum json_kind kind = json_next(r, &token);
	size_t before = scratch->len;
	int64_t i;

	if (kind == JSON_NUMBER && m->type == INTEGER) {
		if (!json_integer(token, &i))
			return false;
		memcpy(at, &i, sizeof(i));
		return true;
	}
	if (kind == JSON_STRING && is_string(m->type)) {
		if (!json_append_string_bytes(scratch, token))
			return false;
		s = span_of(scratch->data + before, scratch->len - before);
	} else if (kind == JSON_ARRAY && m->type == FIELDS) {
		if (!read_fields(r, scratch, &s))
			return false;
	} else if (kind != JSON_NULL || !is_string(m->type)) {
		return false;
	}
	memcpy(at, &s, sizeof(s));
	return true;
}

/* Its bit is 1 << the index: the common ones behind the kind's own. */
static const struct member *
find_member(enum journal_kind kind, struct span name, unsigned *index)
{
	const struct member *m = members[kind];
	unsigned i;

	for (i = 0; m[i].name != NULL; i++)
		if (span_is(name, m[i].name)) {
			*index = i;
			return &m[i];
		}
	for (i = 0; is_dated(kind) && i < 2; i++)
		if (span_is(name, common_members[i].name)) {
			*index = MEMBERS_MAX + i;
			return &common_members[i];
		}
	return NULL;
}

static unsigned
wanted_members(enum journal_kind kind)
{
	unsigned i, all = is_dated(kind) ? 3u << MEMBERS_MAX : 0;

	for (i = 0; members[kind][i].name != NULL; i++)
		if (members[kind][i].type != OPTIONAL)
			all |= 1u << i;
	return all;
}

/* The line is JSON, as journal_kind_of has seen. */
static bool
read_members(struct span line, struct journal_event *e, struct buf *scratch)
{
	struct json_reader r;
	const struct member *m;
	struct span token;
	unsigned index = 0, seen = 0;

	json_reader_init(&r, line);
	if (json_next(&r, &token) != JSON_OBJECT)
		return false;
	while (json_next(&r, &token) == JSON_NAME) {
		token = span_of(token.p + 1, token.n - 2);
		m = find_member(e->kind, token, &index);
		if (m == NULL) {
			if (!json_rest(&r, json_next(&r, &token), &token))
				return false;
			continue;
		}
		if (!read_value(&r, e, m, scratch))
			return false;
		seen |= 1u << index;
	}
	return (seen & wanted_members(e->kind)) == wanted_members(e->kind);
}

static bool
journal_kind_of(struct span line, enum journal_kind *kind)
{
	struct span ev;

	if (!json_find(line, span_text("/ev"), &ev) || ev.p[0] != '"')
		return false;
	ev = span_of(ev.p + 1, ev.n - 2);
	for (*kind = 0; *kind < JOURNAL_KINDS; (*kind)++)
		if (span_is(ev, journal_name(*kind)))
			return true;
	return false;
}

bool
journal_read(struct span line, struct journal_event *e, struct buf *scratch)
{
	*e = (struct journal_event){ 0 };
	scratch->len = 0;
	/* What is decoded is never longer: so the spans stay where they are. */
	return journal_kind_of(line, &e->kind) &&
	    buf_reserve(scratch, line.n) && read_members(line, e, scratch);
}

bool
journal_field(struct json_reader *r, struct buf *scratch, struct span *name,
    struct span *value)
{
	size_t begin = scratch->len, middle, end;
	struct span token;

	if (r->depth == 0 && json_next(r, &token) != JSON_ARRAY)
		return false;
	if (json_next(r, &token) != JSON_ARRAY ||
	    !read_string(r, scratch, &middle) ||
	    !read_string(r, scratch, &end) ||
	    json_next(r, &token) != JSON_ARRAY_END)
		return false;
	*name = span_of(scratch->data + begin, middle - begin);
	*value = span_of(scratch->data + middle, end - middle);
	return true;
}
