/*
 * A routes file and the server that has it: which line answered, and what is
 * edited, loaded and tried without leaving the screen.
 */
#include "retort.h"

#include <sys/stat.h>

#include <stdio.h>

static const char first[] = "host test.com {\n"
			    "\tGET /users/{name} return 200 \"one\\n\"\n"
			    "\tPOST /users return 201\n"
			    "}\n";

static const char second[] = "host test.com {\n"
			     "\tPOST /users return 201\n"
			     "\tGET /users/{name} return 202 \"two\\n\"\n"
			     "}\n";

static const char faulty[] = "host test.com {\n"
			     "\tGET /users/{name} retrun 200\n"
			     "\tPOST /users return 2001\n"
			     "}\n";

static const char *folder;

/* A file in the folder that is the program's and the test's. */
static const char *
file(const char *name, const char *text)
{
	const char *path = test_text("%s/%s", folder, name);

	test_write(path, text);
	return path;
}

/* An editor that puts a text in the file's place, and says that it was here. */
static const char *
editor(const char *text)
{
	const char *path = file("editor",
	    test_text("#!/bin/sh\ncat '%s' >\"$1\"\n", file("text", text)));

	assert_int_equal(chmod(path, 0700), 0);
	return test_text("EDITOR=%s", path);
}

/* With a server of its own, which took the file, and these variables. */
static struct screen *
with_routes(const char *env, int rows, int cols)
{
	const char *const envs[] = { env, NULL };
	const struct screen_how how = { rows, cols, env != NULL ? envs : NULL };
	struct screen *s = screen_start(&how,
	    ARGV(RETORT, "-s", "-r", test_text("%s/routes.conf", folder), "-c",
		"127.0.0.1:0"));

	screen_wait_text(s, cols < 60 ? "● up" : "server ● 127.0.0.1:", MS);
	return s;
}

static int
setup(void **state)
{
	(void)state;
	folder = test_folder();
	file("routes.conf", first);
	return 0;
}

static void
open_pane(struct screen *s)
{
	screen_type(s, "\t\t\t");
	screen_wait_text(s, "── Server ──", MS);
}

struct pane_row {
	struct entry entry;
	const char *route; /* at the row's end */
};

static bool
row_is_there(struct screen *s, void *arg)
{
	struct pane_row *want = arg;
	const char *line;
	size_t len, n = strlen(want->route);

	if (!entry_is_there(s, &want->entry))
		return false;
	line = screen_row(s, want->entry.row);
	len = strlen(line);
	return len >= n && strcmp(line + len - n, want->route) == 0;
}

/* A row of the pane: request, status in its colour, and the route. */
static void
wait_row(struct screen *s, const char *request, const char *status, int colour,
    const char *route)
{
	struct pane_row want = { { request, status, colour, -1 }, route };

	screen_wait_until(s, row_is_there, &want, MS);
}

static void
each_row_ends_with_the_line_that_answered(void **state)
{
	struct screen *s = with_routes(NULL, 24, 80);
	int col;

	(void)state;
	go(s, "test.com/users/kim");
	wait_entry(s, "/users/kim", "200 OK", GREEN);
	go(s, "test.com/nope");
	wait_entry(s, "/nope", "404 Not Found", YELLOW);
	open_pane(s);
	wait_row(s, "GET /users/kim HTTP/1.1", "200", GREEN, "/routes.conf:2");
	wait_row(s, "GET /nope HTTP/1.1", "404", YELLOW, "no route");
	/* At the right end, one column free, and dim if there is none. */
	screen_settle(s, MS);
	assert_true(screen_find(s, "no route", NULL, &col));
	assert_int_equal(col + strlen("no route"), 79);
	assert_int_equal(screen_at(s, "no route").fg, GREY);
	assert_int_equal(screen_at(s, "/routes.conf:2").fg, SCREEN_DEFAULT);
}

static void
a_narrow_pane_loses_the_route_first(void **state)
{
	struct screen *s = with_routes(NULL, 12, 40);

	(void)state;
	go(s, "test.com/users/kim");
	wait_entry(s, "test.com", "200", GREEN);
	open_pane(s);
	screen_wait_text(s, "GET /users/kim    200    4 B", MS);
	assert_false(screen_find(s, "routes.conf:2", NULL, NULL));
}

static void
r_loads_the_file_again(void **state)
{
	struct screen *s = with_routes(NULL, 24, 80);

	(void)state;
	go(s, "test.com/users/kim");
	wait_entry(s, "/users/kim", "200 OK", GREEN);
	file("routes.conf", second);
	screen_type(s, "\033R");
	screen_wait_text(s, "2 routes loaded", MS);
	screen_type(s, "\r");
	wait_entry(s, "/users/kim", "202 Accepted", GREEN);
	open_pane(s);
	wait_row(s, "GET /users/kim HTTP/1.1", "202", GREEN, "/routes.conf:3");
}

static void
a_faulty_file_is_shown_with_all_its_faults(void **state)
{
	struct screen *s = with_routes(NULL, 40, 80);
	int row, col, caret;

	(void)state;
	go(s, "test.com/users/kim");
	wait_entry(s, "/users/kim", "200 OK", GREEN);
	file("routes.conf", faulty);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "R");
	screen_wait_text(s, "meant?);", MS); /* wrapped somewhere */
	/* Any other key, and the whole pane is seen. */
	screen_type(s, "\t");
	screen_wait_text(s, "routes.conf:2:20: ", MS);
	screen_wait_text(s, "routes.conf:3:21: ", MS);
	screen_wait_text(s, "old routes", MS);
	screen_settle(s, MS);
	assert_int_equal(screen_at(s, "routes.conf:2:20").fg, MAGENTA);
	/* The caret stands below what it means. */
	assert_true(screen_find(s, "retrun 200", &row, &col));
	assert_true(screen_find(s, "^", &caret, NULL));
	assert_int_equal(caret, row + 1);
	assert_string_equal(screen_cell(s, caret, col).text, "^");
	assert_int_equal(screen_cell(s, caret, col).fg, MAGENTA);
	/* And the old ones do stay. */
	screen_type(s, "r");
	screen_wait_text(s, "2 req", MS);
	wait_entry(s, "/users/kim", "200 OK", GREEN);
}

static void
e_edits_the_file_and_loads_it(void **state)
{
	struct screen *s = with_routes(editor(second), 24, 80);

	(void)state;
	go(s, "test.com/users/kim");
	wait_entry(s, "/users/kim", "200 OK", GREEN);
	open_pane(s);
	screen_type(s, "E");
	screen_wait_text(s, "2 routes loaded", MS);
	assert_true(s->alternate);
	screen_type(s, "T");
	wait_entry(s, "/users/kim", "202 Accepted", GREEN);
	wait_row(s, "GET /users/kim HTTP/1.1", "202", GREEN, "/routes.conf:3");
}

static void
e_shows_the_faults_that_were_edited_in(void **state)
{
	struct screen *s = with_routes(editor(faulty), 40, 80);

	(void)state;
	go(s, "test.com/users/kim");
	wait_entry(s, "/users/kim", "200 OK", GREEN);
	open_pane(s);
	screen_type(s, "E");
	screen_wait_text(s, "meant?);", MS); /* wrapped somewhere */
	screen_wait_text(s, "routes.conf:2:20: ", MS);
	/* T sends nothing against such a file. */
	screen_type(s, "T");
	screen_wait_text(s, "nothing was sent", MS);
	assert_false(screen_find(s, "2 req", NULL, NULL));
	file("routes.conf", second);
	screen_type(s, "T");
	wait_entry(s, "/users/kim", "202 Accepted", GREEN);
	screen_wait_gone(s, "  old routes", MS);
}

static void
t_sends_the_entry_against_the_new_routes(void **state)
{
	struct screen *s = with_routes(NULL, 24, 80);

	(void)state;
	go(s, "test.com/users/kim");
	wait_entry(s, "/users/kim", "200 OK", GREEN);
	/* The form may hold what it likes. */
	screen_ctrl(s, 'u');
	screen_type(s, "test.com/draft");
	file("routes.conf", second);
	screen_type(s, "\033T");
	wait_entry(s, "/users/kim", "202 Accepted", GREEN);
	screen_wait_text(s, "2 routes loaded", MS);
	screen_wait_at(s, 2, 11, "test.com/draft", MS);
	screen_wait_text(s, "2 req", MS);
}

static void
a_stopped_server_has_its_file_edited_too(void **state)
{
	struct screen *s = with_routes(editor(second), 24, 80);

	(void)state;
	open_pane(s);
	screen_type(s, "s");
	screen_wait_text(s, "stopped; s starts one", MS);
	screen_type(s, "R");
	screen_wait_text(s, "no server runs here: s starts one", MS);
	screen_type(s, "E");
	screen_wait_gone(s, "no server runs here", MS);
	screen_type(s, "s");
	screen_wait_text(s, "the server listens on", MS);
	screen_type(s, "u");
	go(s, "test.com/users/kim");
	wait_entry(s, "/users/kim", "202 Accepted", GREEN);
}

static void
a_file_that_is_faulty_from_the_start_is_shown(void **state)
{
	struct screen *s;

	(void)state;
	file("routes.conf", faulty);
	s = screen_start(NULL,
	    ARGV(RETORT, "-s", "-r", test_text("%s/routes.conf", folder), "-c",
		"127.0.0.1:0"));
	screen_wait_text(s, "the server failed", MS);
	screen_wait_text(s, "routes.conf:2:20: ", MS);
	screen_type(s, "\033\t");
	screen_wait_text(s, "routes.conf:3:21: ", MS);
	/* Mended, s is enough. */
	file("routes.conf", first);
	screen_type(s, "s");
	screen_wait_text(s, "server ● 127.0.0.1:", MS);
}

/* What is wrong stands in the log; the line above it says what to do. */
static void
a_file_that_is_not_there_is_said_once(void **state)
{
	static const char why[] = "\"/nonexistent\" cannot be opened";
	struct screen *s = screen_start(NULL,
	    ARGV(RETORT, "-s", "-r", "/nonexistent", "-c", "127.0.0.1:0"));
	const char *at;

	(void)state;
	screen_wait_text(s, "the server failed", MS);
	/* Any key, and the message is gone. */
	screen_type(s, "\033");
	screen_wait_gone(s, "the server failed", MS);
	screen_wait_text(s, "failed on its routes; s tries again", MS);
	at = strstr(screen_text(s), why);
	assert_non_null(at);
	assert_null(strstr(at + 1, why));
}

static void
without_a_file_it_is_said_how_to_have_one(void **state)
{
	struct screen *s =
	    screen_start(NULL, ARGV(RETORT, "-s", "-c", "127.0.0.1:0"));

	(void)state;
	screen_wait_text(s, "server ● 127.0.0.1:", MS);
	screen_type(s, "\033R");
	screen_wait_text(s, "retort -s -r FILE", MS);
	/* The table that is compiled in has lines, too. */
	screen_type(s, "u");
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	open_pane(s);
	wait_row(s, "GET / HTTP/1.1", "200", GREEN, "  builtin:3");
}

#define ROUTES(test) cmocka_unit_test_setup_teardown(test, setup, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROUTES(each_row_ends_with_the_line_that_answered),
		ROUTES(a_narrow_pane_loses_the_route_first),
		ROUTES(r_loads_the_file_again),
		ROUTES(a_faulty_file_is_shown_with_all_its_faults),
		ROUTES(e_edits_the_file_and_loads_it),
		ROUTES(e_shows_the_faults_that_were_edited_in),
		ROUTES(t_sends_the_entry_against_the_new_routes),
		ROUTES(a_stopped_server_has_its_file_edited_too),
		ROUTES(a_file_that_is_faulty_from_the_start_is_shown),
		ROUTES(a_file_that_is_not_there_is_said_once),
		ROUTES(without_a_file_it_is_said_how_to_have_one),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
