/*
 * The vocabularies: characters, methods, status codes, and what can be wrong.
 */
#include "chars.h"
#include "httperr.h"
#include "method.h"
#include "span.h"
#include "status.h"

#include <ctype.h>
#include <string.h>

#include "cases.h"
#include "test.h"

/* RFC 9110 5.6.2, 5.5; RFC 3986 2 and 3; by the letter. */
static void
knows_each_character(void **state)
{
	static const char tchar[] = "!#$%&'*+-.^_`|~";
	static const char target[] = "-._~!$&'()*+,;=:@/?%";
	static const char host[] = "-._~!$&'()*+,;=";
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		unsigned char b = (unsigned char)c;
		bool alnum = b < 128 && isalnum(b);
		bool in = b != 0;

		assert_int_equal(char_is(b, CHAR_TOKEN),
		    alnum || (in && strchr(tchar, b) != NULL));
		assert_int_equal(char_is(b, CHAR_FIELD),
		    b == '\t' || (b >= 0x20 && b != 0x7f));
		assert_int_equal(char_is(b, CHAR_TARGET),
		    alnum || (in && strchr(target, b) != NULL));
		assert_int_equal(char_is(b, CHAR_PLAIN_PATH),
		    char_is(b, CHAR_TARGET) && b != '%' && b != '?' &&
			b != '.');
		assert_int_equal(char_is(b, CHAR_HOST),
		    alnum || (in && strchr(host, b) != NULL));
		assert_int_equal(char_is(b, CHAR_DIGIT), b >= '0' && b <= '9');
		assert_int_equal(char_is(b, CHAR_HEX), b < 128 && isxdigit(b));
	}
}

static void
measures_runs(void **state)
{
	(void)state;
	assert_int_equal(chars_run("GET /", 5, CHAR_TOKEN), 3);
	assert_int_equal(chars_run("GET", 3, CHAR_TOKEN), 3);
	assert_int_equal(chars_run("12a", 2, CHAR_DIGIT), 2);
	assert_int_equal(chars_run("", 0, CHAR_TOKEN), 0);
	assert_int_equal(chars_run(" x", 2, CHAR_TOKEN), 0);
	assert_true(chars_all("123", 3, CHAR_DIGIT));
	assert_true(chars_all("", 0, CHAR_DIGIT));
	assert_false(chars_all("x12", 3, CHAR_DIGIT));
	assert_false(chars_all("12x", 3, CHAR_DIGIT));
	assert_true(chars_are_token("a-b", 3));
	assert_false(chars_are_token("", 0));
	assert_false(chars_are_token("a b", 3));
}

/* Of every length, and with a difference at every place. */
static void
compares_short_spans(void **state)
{
	char a[20] = "0123456789abcdefghi", b[sizeof(a)];
	size_t n, i;

	(void)state;
	memcpy(b, a, sizeof(b));
	for (n = 0; n <= sizeof(a); n++) {
		assert_true(span_eq_short(span_of(a, n), span_of(b, n)));
		for (i = 0; i < sizeof(a); i++) {
			b[i] ^= 1;
			assert_int_equal(
			    span_eq_short(span_of(a, n), span_of(b, n)),
			    i >= n);
			b[i] ^= 1;
		}
	}
	assert_false(span_eq_short(span_of(a, 3), span_of(b, 4)));
}

static void
reads_hex_digits(void **state)
{
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		static const char digits[] = "0123456789abcdef";
		const char *at = strchr(digits, tolower(c));
		int want = c != 0 && at != NULL ? (int)(at - digits) : -1;

		assert_int_equal(char_hex((unsigned char)c), want);
	}
}

static void
finds_methods_by_their_exact_name(void **state)
{
	int m;

	(void)state;
	for (m = METHOD_OTHER + 1; m < METHOD_COUNT; m++) {
		const char *name = method_name((enum method)m);

		assert_int_equal(method_find(name, strlen(name)), m);
		assert_int_equal(
		    method_find(name, strlen(name) - 1), METHOD_OTHER);
	}
	assert_int_equal(method_find("GET", 3), METHOD_GET);
	assert_int_equal(method_find("get", 3), METHOD_OTHER);
	assert_int_equal(method_find("GETS", 4), METHOD_OTHER);
	assert_int_equal(method_find("PUTS", 3), METHOD_PUT);
	assert_int_equal(method_find("", 0), METHOD_OTHER);
	assert_null(method_name(METHOD_OTHER));
}

/* RFC 9110 15's own codes, all of them. */
static void
knows_the_reasons(void **state)
{
	static const int codes[] = { 100, 101, 200, 201, 202, 203, 204, 205,
		206, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403,
		404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416,
		417, 421, 422, 426, 500, 501, 502, 503, 504, 505 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_non_null(status_reason(codes[i]));
	assert_string_equal(status_reason(200), "OK");
	assert_string_equal(status_reason(201), "Created");
	assert_string_equal(status_reason(204), "No Content");
	assert_string_equal(status_reason(400), "Bad Request");
	assert_string_equal(status_reason(404), "Not Found");
	assert_string_equal(status_reason(408), "Request Timeout");
	assert_string_equal(status_reason(413), "Content Too Large");
	assert_string_equal(status_reason(414), "URI Too Long");
	assert_string_equal(
	    status_reason(431), "Request Header Fields Too Large");
	assert_string_equal(status_reason(501), "Not Implemented");
	assert_string_equal(status_reason(505), "HTTP Version Not Supported");
	assert_null(status_reason(0));
	assert_null(status_reason(-1));
	assert_null(status_reason(299));
	assert_null(status_reason(999));
}

static void
knows_which_answers_have_no_body(void **state)
{
	int s;

	(void)state;
	for (s = 0; s < 1000; s++)
		assert_int_equal(status_has_no_body(s),
		    (s >= 100 && s <= 199) || s == 204 || s == 304);
}

static void
says_of_each_error_what_where_and_what_is_right(void **state)
{
	int e, other;

	(void)state;
	for (e = 1; e < HTTPERR_COUNT; e++) {
		enum httperr id = (enum httperr)e;
		const char *name = httperr_name(id);
		const char *wrong = httperr_wrong(id);
		const char *right = httperr_right(id);

		assert_true(name[0] != '\0');
		assert_int_equal(strspn(name,
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789-"),
		    strlen(name));
		assert_in_range(httperr_status(id), 400, 599);
		assert_non_null(status_reason(httperr_status(id)));
		assert_true(strncmp(httperr_section(id), "RFC ", 4) == 0 ||
		    strcmp(httperr_section(id), "classic") == 0);
		assert_true(strlen(wrong) > 10 && strlen(right) > 5);
		assert_true(wrong[strlen(wrong) - 1] != '.');
		assert_true(right[strlen(right) - 1] != '.');
		for (other = 1; other < e; other++)
			assert_string_not_equal(
			    name, httperr_name((enum httperr)other));
	}
	assert_string_equal(httperr_name(HTTPERR_BARE_LF), "bare-lf");
	assert_string_equal(httperr_section(HTTPERR_BARE_LF), "RFC 9112 2.2");
	assert_int_equal(httperr_status(HTTPERR_HEAD_TOO_LARGE), 431);
}

static void
keeps_errors_in_sets(void **state)
{
	httperr_set set = 0;
	int e;

	(void)state;
	for (e = 1; e < HTTPERR_COUNT; e++) {
		assert_false(httperr_in(set, (enum httperr)e));
		set |= httperr_bit((enum httperr)e);
		assert_true(httperr_in(set, (enum httperr)e));
	}
}

/* Note the rules that the cases of a folder break. */
static httperr_set
shown_in(const char *folder)
{
	size_t n, i, k;
	const char *const *paths = cases_in(folder, &n);
	httperr_set set = 0;

	for (i = 0; i < n; i++) {
		const struct wire_case *c = cases_load(paths[i]);
		const char *want = cases_get(c, "want");
		const char *wrong = cases_get(c, "wrong");

		for (k = 1; k < HTTPERR_COUNT; k++) {
			const char *name = httperr_name((enum httperr)k);

			if (strncmp(want, "bad ", 4) == 0 &&
			    strcmp(want + 4, name) == 0)
				set |= httperr_bit((enum httperr)k);
			if (wrong != NULL && strstr(wrong, name) != NULL)
				set |= httperr_bit((enum httperr)k);
		}
	}
	return set;
}

static void
has_a_case_for_each_error(void **state)
{
	/* These are for who holds the connection to find, or have no `why`. */
	httperr_set set = httperr_bit(HTTPERR_TIMEOUT) |
	    httperr_bit(HTTPERR_HEAD_SHORT) |
	    httperr_bit(HTTPERR_BODY_UNASKED) |
	    httperr_bit(HTTPERR_REQUEST_TOO_LARGE) |
	    httperr_bit(HTTPERR_EXTENSIONS) |
	    httperr_bit(HTTPERR_RESET_CONTENT) |
	    httperr_bit(HTTPERR_UPGRADE_UNASKED) |
	    httperr_bit(HTTPERR_CLASSIC_REQUEST) |
	    httperr_bit(HTTPERR_CLASSIC_ANSWER);
	int e;

	(void)state;
	set |= shown_in("wire/request") | shown_in("wire/response") |
	    shown_in("wire/chunked");
	for (e = 1; e < HTTPERR_COUNT; e++)
		if (!httperr_in(set, (enum httperr)e))
			test_fail("no case in tests/wire shows %s",
			    httperr_name((enum httperr)e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_each_character),
		cmocka_unit_test(measures_runs),
		cmocka_unit_test(compares_short_spans),
		cmocka_unit_test(reads_hex_digits),
		cmocka_unit_test(finds_methods_by_their_exact_name),
		cmocka_unit_test(knows_the_reasons),
		cmocka_unit_test(knows_which_answers_have_no_body),
		cmocka_unit_test(
		    says_of_each_error_what_where_and_what_is_right),
		cmocka_unit_test(keeps_errors_in_sets),
		cmocka_unit_test_teardown(has_a_case_for_each_error, test_end),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
