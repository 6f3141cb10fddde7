/*
 * A JSON pointer up to the first newline, and a text behind it.  Whether that
 * is JSON, a second reader says that goes by recursion; tokens lie in their
 * order in the text; what is found is JSON within it; strings become UTF-8.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* --- RFC 8259's grammar, as it stands there --- */

struct text {
	const char *p;
	const char *end;
};

static bool naive_value(struct text *, unsigned depth);

static bool
one_of(struct text *t, const char *set)
{
	if (t->p == t->end || *t->p == '\0' || strchr(set, *t->p) == NULL)
		return false;
	t->p++;
	return true;
}

static void
ws(struct text *t)
{
	while (one_of(t, " \t\n\r"))
		;
}

static bool
literal(struct text *t, const char *word)
{
	for (; *word != '\0'; word++)
		if (t->p == t->end || *t->p++ != *word)
			return false;
	return true;
}

static bool
digits(struct text *t)
{
	if (!one_of(t, "0123456789"))
		return false;
	while (one_of(t, "0123456789"))
		;
	return true;
}

static bool
naive_number(struct text *t)
{
	one_of(t, "-");
	if (!one_of(t, "0") && !digits(t))
		return false;
	if (one_of(t, ".") && !digits(t))
		return false;
	if (!one_of(t, "eE"))
		return true;
	one_of(t, "+-");
	return digits(t);
}

static bool
naive_string(struct text *t)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	uint32_t cp;
	size_t n;

	if (!one_of(t, "\""))
		return false;
	while (!one_of(t, "\"")) {
		if (one_of(t, "\\")) {
			if (one_of(t, "\"\\/bfnrt"))
				continue;
			if (!one_of(t, "u") || !one_of(t, hex) ||
			    !one_of(t, hex) || !one_of(t, hex) ||
			    !one_of(t, hex))
				return false;
			continue;
		}
		n = utf8_decode(t->p, (size_t)(t->end - t->p), &cp);
		if (n == 0 || cp < 0x20)
			return false;
		t->p += n;
	}
	return true;
}

static bool
naive_list(struct text *t, bool object, unsigned depth)
{
	const char *end = object ? "}" : "]";

	ws(t);
	if (one_of(t, end))
		return true;
	do {
		ws(t);
		if (object) {
			if (!naive_string(t))
				return false;
			ws(t);
			if (!one_of(t, ":"))
				return false;
		}
		if (!naive_value(t, depth))
			return false;
	} while (one_of(t, ","));
	return one_of(t, end);
}

static bool
naive_inside(struct text *t, unsigned depth)
{
	if (t->p == t->end)
		return false;
	switch (*t->p) {
	case '{':
	case '[':
		return depth < LIMIT_JSON_DEPTH &&
		    naive_list(t, *t->p++ == '{', depth + 1);
	case '"':
		return naive_string(t);
	case 't':
		return literal(t, "true");
	case 'f':
		return literal(t, "false");
	case 'n':
		return literal(t, "null");
	default:
		return naive_number(t);
	}
}

static bool
naive_value(struct text *t, unsigned depth)
{
	ws(t);
	if (!naive_inside(t, depth))
		return false;
	ws(t);
	return true;
}

static bool
naive_is_valid(struct span s)
{
	struct text t = { s.p, s.p + s.n };

	return naive_value(&t, 0) && t.p == t.end;
}

/* --- what holds of any text --- */

static void
string_check(struct span string)
{
	struct buf b = { .max = string.n - 2 };
	uint32_t cp;
	size_t i, n;

	assert(json_append_string(&b, string));
	for (i = 0; i < b.len; i += n) {
		n = utf8_decode(b.data + i, b.len - i, &cp);
		assert(n > 0);
	}
	buf_release(&b);
}

static void
tokens_check(struct span s, bool valid)
{
	const char *at = s.p;
	struct json_reader r;
	struct span token, again;
	enum json_kind kind;
	long depth = 0;

	json_reader_init(&r, s);
	while ((kind = json_next(&r, &token)) > JSON_END) {
		assert(token.n > 0 && token.p >= at);
		at = token.p + token.n;
		assert(at <= s.p + s.n);
		depth += kind == JSON_OBJECT || kind == JSON_ARRAY;
		depth -= kind == JSON_OBJECT_END || kind == JSON_ARRAY_END;
		assert(depth >= 0 && depth == (long)r.depth);
		if (kind == JSON_NAME || kind == JSON_STRING)
			string_check(token);
	}
	assert((kind == JSON_END) == valid);
	assert(kind == JSON_BAD || depth == 0);
	assert(json_next(&r, &again) == kind);
}

static void
find_check(struct span s, struct span pointer, bool valid)
{
	struct span value;

	if (!json_find(s, pointer, &value))
		return;
	assert(valid && json_is_pointer(pointer));
	assert(value.n > 0 && value.p >= s.p && value.p + value.n <= s.p + s.n);
	assert(json_is_valid(value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	const char *nl = size == 0 ? NULL : memchr(p, '\n', size);
	struct span pointer, s, value;
	bool valid;

	if (nl == NULL)
		return 0;
	pointer = span_of(p, (size_t)(nl - p));
	s = span_of(nl + 1, size - pointer.n - 1);
	valid = naive_is_valid(s);
	assert(json_is_valid(s) == valid);
	assert(json_find(s, span_of("", 0), &value) == valid);
	tokens_check(s, valid);
	find_check(s, pointer, valid);
	return 0;
}
