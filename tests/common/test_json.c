#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "oom.h"
#include "test.h"
#include "utf8.h"

/* Behind a backslash (RFC 8259 7); *p moves on. */
static uint32_t
read_escape(const char **p)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name;
	uint32_t cp = 0;
	int i;

	if (**p == 'u') {
		for (i = 1; i <= 4; i++) {
			assert_true(char_hex((unsigned char)(*p)[i]) >= 0);
			cp = cp * 16 +
			    (uint32_t)char_hex((unsigned char)(*p)[i]);
		}
		*p += 5;
		return cp;
	}
	assert_true(**p != '\0');
	name = strchr(names, *(*p)++);
	assert_non_null(name);
	return (uint32_t)values[name - names];
}

/* A JSON string back to bytes, strictly; how many. */
static size_t
read_bytes(struct span s, char *out)
{
	const char *p = s.p + 1, *end = s.p + s.n - 1;
	uint32_t cp;
	size_t n = 0, used;

	assert_true(s.n >= 2 && s.p[0] == '"' && *end == '"');
	while (p < end) {
		assert_true((unsigned char)*p >= 0x20 && *p != '"');
		if (*p == '\\') {
			p++;
			cp = read_escape(&p);
		} else {
			used = utf8_decode(p, (size_t)(end - p), &cp);
			assert_true(used > 0);
			p += used;
		}
		assert_true(cp <= 0xff);
		out[n++] = (char)cp;
	}
	assert_true(p == end);
	return n;
}

static void
check(const char *p, size_t n)
{
	struct buf b = { .max = 10000 };
	char *out = test_alloc(n + 1);

	assert_true(json_append_bytes(&b, span_of(p, n)));
	assert_int_equal(read_bytes(buf_span(&b), out), n);
	if (n > 0)
		assert_memory_equal(out, p, n);
	buf_release(&b);
}

static void
gives_every_byte_back(void **state)
{
	char all[512];
	int i;

	(void)state;
	for (i = 0; i < 512; i++)
		all[i] = (char)i;
	check(all, sizeof(all));
	for (i = 0; i < 256; i++)
		check(all + i, 1);
	check("", 0);
	check("\xed\x95\x9c", 3);
	check("\\u0041\\", 7);
	check("\"\"", 2);
}

static void
writes_text_as_text(void **state)
{
	struct buf b = { .max = 100 };

	(void)state;
	assert_true(json_append_bytes(&b, span_text("GET / HTTP/1.1")));
	assert_true(span_is(buf_span(&b), "\"GET / HTTP/1.1\""));
	buf_release(&b);
}

static void
appends_all_or_nothing(void **state)
{
	struct buf b = { .max = 10 };

	(void)state;
	buf_append_text(&b, "12");
	assert_false(json_append_bytes(&b, span_text("1234567")));
	assert_true(span_is(buf_span(&b), "12"));
	assert_true(json_append_bytes(&b, span_text("123456")));
	buf_release(&b);
	for (b.max = 0; b.max < strlen("\"a\\u0001\\\"b\""); b.max++) {
		assert_false(json_append_bytes(&b, span_text("a\001\"b")));
		assert_int_equal(b.len, 0);
		buf_release(&b);
	}
	assert_true(json_append_bytes(&b, span_text("a\001\"b")));
	buf_release(&b);
	oom_after(1);
	assert_false(json_append_bytes(&b, span_text("x")));
	assert_true(oom_off());
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(gives_every_byte_back, test_end),
		cmocka_unit_test(writes_text_as_text),
		cmocka_unit_test(appends_all_or_nothing),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
