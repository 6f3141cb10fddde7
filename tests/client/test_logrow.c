#include "logrow.h"

#include <locale.h>
#include <string.h>

#include "test.h"

static struct line line;

static void
shows(const char *log, size_t cols, const char *want)
{
	logrow(&line, log, cols);
	assert_int_equal(line.text.len, strlen(want));
	assert_memory_equal(line.text.data, want, strlen(want));
	assert_true(line.cols <= cols);
}

#define GET                                                               \
	"127.0.0.1 - - [23/Nov/2026:07:30:29 +0000] \"GET /a HTTP/1.1\" " \
	"400 80"

static void
a_request_has_its_clock_first(void **state)
{
	(void)state;
	shows(GET, 78,
	    "07:30:29  127.0.0.1  GET /a HTTP/1.1                   "
	    "400 80");
	shows(GET, 54, "07:30:29  GET /a HTTP/1.1                   400 80");
}

static void
a_narrow_one_never_loses_its_status(void **state)
{
	(void)state;
	shows(GET, 26, "07:30:29  GET /a …  400 80");
}

static void
statuses_line_up(void **state)
{
	static const char *const requests[] = { "GET / HTTP/1.1",
		"HEAD /option HTTP/1.1", "GET,test.com" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		logrow(&line,
		    test_text("::1 - - [23/Nov/2026:07:30:29 +0000] \"%s\" "
			      "200 1",
			requests[i]),
		    78);
		assert_memory_equal(line.text.data + 49, "200 1", 5);
	}
}

static void
the_status_has_its_colour(void **state)
{
	static const struct {
		char digit;
		enum role role;
	} rows[] = { { '2', ROLE_OK }, { '3', ROLE_REDIRECT },
		{ '4', ROLE_CLIENT_ERROR }, { '5', ROLE_SERVER_ERROR } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool found = false;

		logrow(&line,
		    test_text("::1 - - [23/Nov/2026:07:30:29 +0000] \"GET "
			      "/ HTTP/1.1\" %c00 0",
			rows[i].digit),
		    78);
		for (size_t j = 0; j < line.n; j++)
			if (line_segment(&line, j).p[0] == rows[i].digit)
				found = line.seg[j].role == rows[i].role;
		assert_true(found);
	}
}

static void
quotes_in_a_request_stay_in_it(void **state)
{
	(void)state;
	shows("::1 - - [23/Nov/2026:07:30:29 +0000] \"GET,a\\\" 200 1\" 400 2",
	    78, "07:30:29  ::1  GET,a\\\" 200 1                     400 2");
}

static void
other_lines_stand_as_they_are(void **state)
{
	static const char *const others[] = { "",
		"retortd: listening on 127.0.0.1:1", "a - - [b] \"", "\" - - [",
		"a - - [23/Nov/2026:07:30:29 +0000] \"GET\"",
		"a - - [23/Nov/2026:07:30:29 +0000] \"GET\" 2" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		shows(others[i], 78, others[i]);
	shows("retortd: listening", 10, "retortd: …");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_has_its_clock_first),
		cmocka_unit_test(a_narrow_one_never_loses_its_status),
		cmocka_unit_test_teardown(statuses_line_up, test_end),
		cmocka_unit_test_teardown(the_status_has_its_colour, test_end),
		cmocka_unit_test(quotes_in_a_request_stay_in_it),
		cmocka_unit_test(other_lines_stand_as_they_are),
	};
	int failed;

	setlocale(LC_ALL, "C.UTF-8");
	line_init(&line);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	line_release(&line);
	return failed;
}
