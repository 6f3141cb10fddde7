/* What tests/wire cannot say of heads and their meaning. */
#include "head.h"
#include "semantics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "test.h"

/* A head parsed from text that ends with its empty line. */
static const struct head *
parsed(const char *text)
{
	static struct head h;
	enum httperr why;

	assert_int_equal(
	    head_parse_request(text, strlen(text), 0, &h, &why), PARSE_DONE);
	return &h;
}

static void
finds_fields_in_any_case(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n"
				   "x: 2\r\nEmpty:\r\n\r\n";
	const struct head *h = parsed(text);

	(void)state;
	assert_int_equal(head_find(text, h, 0, "HOST"), 0);
	assert_int_equal(head_find(text, h, 0, "X"), 1);
	assert_int_equal(head_find(text, h, 1, "X"), 1);
	assert_int_equal(head_find(text, h, 2, "X"), 2);
	assert_int_equal(head_find(text, h, 3, "X"), -1);
	assert_int_equal(head_find(text, h, 0, "Hos"), -1);
	assert_int_equal(head_find(text, h, 0, "Hosts"), -1);
	assert_int_equal(head_find(text, h, 4, "X"), -1);
	assert_true(span_is(head_value(text, h, "x"), "1"));
	assert_non_null(head_value(text, h, "empty").p);
	assert_int_equal(head_value(text, h, "empty").n, 0);
	assert_null(head_value(text, h, "missing").p);
}

static void
moves_with_its_bytes(void **state)
{
	static const char text[] = "\r\nPUT /x HTTP/1.1\r\nHost: a\r\n\r\n";
	const struct head *h = parsed(text);
	char *copy = test_alloc(h->len);

	(void)state;
	memcpy(copy, text, h->len);
	assert_int_equal(h->start, 2);
	assert_true(span_is(slice_in(copy, h->method), "PUT"));
	assert_true(span_is(slice_in(copy, h->target), "/x"));
	assert_true(span_is(head_value(copy, h, "Host"), "a"));
}

static void
parses_one_field_line(void **state)
{
	static const struct {
		const char *line;
		enum httperr e;
		const char *name;
		const char *value;
	} rows[] = {
		{ "Name: value", HTTPERR_NONE, "Name", "value" },
		{ "a:b", HTTPERR_NONE, "a", "b" },
		{ "a: \t b c \t", HTTPERR_NONE, "a", "b c" },
		{ "a:", HTTPERR_NONE, "a", "" },
		{ "a: \xed\x95\x9c", HTTPERR_NONE, "a", "\xed\x95\x9c" },
		{ "a", HTTPERR_FIELD_NO_COLON, NULL, NULL },
		{ "", HTTPERR_FIELD_NO_COLON, NULL, NULL },
		{ ":b", HTTPERR_FIELD_NAME, NULL, NULL },
		{ "a b: c", HTTPERR_FIELD_NAME, NULL, NULL },
		{ "\xed\x95\x9c: c", HTTPERR_FIELD_NAME, NULL, NULL },
		{ "a : c", HTTPERR_FIELD_SPACE, NULL, NULL },
		{ " a: c", HTTPERR_FIELD_FOLD, NULL, NULL },
		{ "a: b\001c", HTTPERR_FIELD_VALUE, NULL, NULL },
		{ "a: b\nc", HTTPERR_FIELD_VALUE, NULL, NULL },
		{ "a: b\rc", HTTPERR_BARE_CR, NULL, NULL },
	};
	struct span name, value;
	enum httperr e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		e = field_parse(span_text(rows[i].line), &name, &value);
		if (e != rows[i].e)
			test_fail("\"%s\": %s, not %s", rows[i].line,
			    httperr_name(e), httperr_name(rows[i].e));
		if (e != HTTPERR_NONE)
			continue;
		assert_true(span_is(name, rows[i].name));
		assert_true(span_is(value, rows[i].value));
	}
}

static void
walks_lists(void **state)
{
	static const struct {
		const char *list;
		const char *members; /* a bar behind each */
	} rows[] = {
		{ "", "" },
		{ " \t", "" },
		{ ",, ,", "" },
		{ "a", "a|" },
		{ "a,b", "a|b|" },
		{ " a , b\t,c ", "a|b|c|" },
		{ ",a,,b,", "a|b|" },
		{ "a b;c=d, e", "a b;c=d|e|" },
	};
	struct span rest, member;
	char got[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rest = span_text(rows[i].list);
		got[0] = '\0';
		while (list_next(&rest, &member))
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%.*s|", (int)member.n, member.p);
		assert_string_equal(got, rows[i].members);
		assert_false(list_next(&rest, &member));
	}
}

/*
 * Heads made at random of awkward bytes: whatever is cut where, the verdict
 * stays, and what is understood lies within.
 */
static void
never_changes_its_mind(void **state)
{
	static const char *const pieces[] = { "GET", " ", "/", "HTTP/1.1",
		"\r\n", "\n", "\r", ":", "A", "Host: a", ",", "\t", "\x01", "%",
		"200", "HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1\r\n" };
	static struct head h;
	enum parse was, now;
	enum httperr why, first = HTTPERR_NONE;
	char p[256];
	int round, request;
	size_t n, k, i;

	(void)state;
	srandom(11);
	for (round = 0; round < 20000; round++) {
		for (n = 0, i = 0; i < 12; i++) {
			const char *piece = pieces[(size_t)random() %
			    (sizeof(pieces) / sizeof(pieces[0]))];

			memcpy(p + n, piece, strlen(piece));
			n += strlen(piece);
		}
		request = round % 2;
		was = PARSE_MORE;
		for (k = 0; k <= n; k++) {
			now = request ? head_parse_request(p, k, 0, &h, &why)
				      : head_parse_response(p, k, 0, &h, &why);
			if (was != PARSE_MORE && now != was)
				test_fail("changed by byte %zu: %s", k,
				    test_show(p, n));
			if (was == PARSE_BAD && why != first)
				test_fail("%s turned %s by byte %zu: %s",
				    httperr_name(first), httperr_name(why), k,
				    test_show(p, n));
			if (now == PARSE_BAD)
				first = why;
			if (now == PARSE_DONE)
				assert_true(h.len <= k);
			was = now;
		}
	}
}

enum {
	NAME_MOST = 20, /* these two pass what is looked at in one go */
	VALUE_MOST = 140,
};

#define START "GET / HTTP/1.1\r\n"

/* A head of one field, the value's byte `at` being `c`, and nothing behind. */
static enum parse
parse_field(struct guard *g, size_t name, size_t value, size_t at, char c,
    struct head *h)
{
	char text[sizeof(START) + NAME_MOST + VALUE_MOST + 8] = START;
	char *p = text + sizeof(START) - 1;
	enum httperr why;

	memset(p, 'n', name);
	memcpy(p + name, ": ", 2);
	p += name + 2;
	memset(p, 'v', value);
	p[at] = c;
	memcpy(p + value, "\r\n\r\n", 4);
	p += value + 4;
	return head_parse_request(guard_put(g, text, (size_t)(p - text)),
	    (size_t)(p - text), 0, h, &why);
}

static void
reads_fields_of_any_length(void **state)
{
	struct guard *g = guard_new(1024);
	struct head h;
	size_t name, value;

	(void)state;
	for (name = 1; name <= NAME_MOST; name++) {
		for (value = 1; value <= VALUE_MOST; value++) {
			assert_int_equal(
			    parse_field(g, name, value, 0, 'v', &h),
			    PARSE_DONE);
			assert_int_equal(h.nfield, 1);
			assert_int_equal(h.field[0].name.len, name);
			assert_int_equal(h.field[0].value.len, value);
		}
	}
}

/* Wherever line ends come to lie. */
static void
reads_fields_between_others(void **state)
{
	struct guard *g = guard_new(1024);
	enum httperr why;
	struct head h;
	char text[1024];
	const char *p;
	int a, b, n;

	(void)state;
	for (a = 1; a <= VALUE_MOST; a++) {
		for (b = 1; b <= VALUE_MOST; b++) {
			n = snprintf(text, sizeof(text),
			    START "A: %0*d\r\nHost: b\r\nCd: %0*d\r\n\r\n", a,
			    1, b, 2);
			p = guard_put(g, text, (size_t)n);
			assert_int_equal(
			    head_parse_request(p, (size_t)n, 0, &h, &why),
			    PARSE_DONE);
			assert_int_equal(h.len, n);
			assert_int_equal(h.nfield, 3);
			assert_int_equal(h.nknown, 1);
			assert_int_equal(h.known[0], 1);
			assert_int_equal(h.field[0].value.len, a);
			assert_true(
			    span_is(slice_in(p, h.field[1].value), "b"));
			assert_true(
			    span_is(slice_in(p, h.field[2].name), "Cd"));
			assert_int_equal(h.field[2].value.len, b);
		}
	}
}

static void
sees_a_bad_byte_anywhere(void **state)
{
	static const char bad[] = { '\0', '\n', '\r', 0x1f, 0x7f };
	static const char good[] = { ' ', '\t', '!', '~', (char)0x80,
		(char)0xff };
	struct guard *g = guard_new(1024);
	struct head h;
	size_t at, i;

	(void)state;
	for (at = 1; at < VALUE_MOST - 1; at++) {
		for (i = 0; i < sizeof(bad); i++)
			assert_int_equal(
			    parse_field(g, 4, VALUE_MOST, at, bad[i], &h),
			    PARSE_BAD);
		for (i = 0; i < sizeof(good); i++) {
			assert_int_equal(
			    parse_field(g, 4, VALUE_MOST, at, good[i], &h),
			    PARSE_DONE);
			assert_int_equal(h.field[0].value.len, VALUE_MOST);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_fields_in_any_case),
		cmocka_unit_test_teardown(moves_with_its_bytes, test_end),
		cmocka_unit_test(parses_one_field_line),
		cmocka_unit_test(walks_lists),
		cmocka_unit_test(never_changes_its_mind),
		cmocka_unit_test_teardown(reads_fields_of_any_length, test_end),
		cmocka_unit_test_teardown(
		    reads_fields_between_others, test_end),
		cmocka_unit_test_teardown(sees_a_bad_byte_anywhere, test_end),
	};

	return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
