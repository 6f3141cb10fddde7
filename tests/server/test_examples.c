/*
 * The files of server/examples/, played against the real retortd.  In each,
 * the comments that begin with a kind of dialog.h, such as
 *
 *	# > GET localhost/
 *	# < 200 hello
 *
 * are requests and their answers.
 */
#include <string.h>

#include "cases.h"
#include "dialog.h"
#include "letter.h"
#include "proc.h"
#include "test.h"

enum {
	SOON = 5000,
	EXAMPLES_MAX = 64,
	EXAMPLES_MIN = 5
};

/* Play what a file says of itself against that file, or another. */
static void
play(const char *path, const char *about)
{
	struct dialog *d = dialog_about(about);
	const char *name = strrchr(path, '/') + 1;
	char *rest = cases_bytes(path).data;
	const char *text, *where = name;
	int line = 0;

	while ((text = strsep(&rest, "\n")) != NULL) {
		where = test_text("%s:%d", name, ++line);
		if (strncmp(text, "# ", 2) == 0 && text[2] != '\0' &&
		    text[3] == ' ' && strchr("><&+", text[2]) != NULL)
			dialog_line(d, text[2], text + 4, where);
	}
	dialog_end(d, where);
}

static void
example_plays(void **state)
{
	play(*state, *state);
}

/* -t finds nothing in it. */
static void
example_is_clean(void **state)
{
	struct proc *p = proc_start(NULL, ARGV(RETORTD, "-t", "-r", *state));
	struct bytes out = proc_read_all(p, SOON);

	if (proc_wait(p, SOON) != 0 || strchr(proc_err(p), '^') != NULL ||
	    strchr(out.data, '^') != NULL)
		test_fail("%s%s", out.data, proc_err(p));
}

/* retortd -t prints the built-in table, which is the seed's. */
static void
the_builtin_table_is_a_file(void **state)
{
	const char *path = test_text("%s/builtin.conf", test_folder());
	struct proc_how how = { .out = path };

	(void)state;
	assert_int_equal(
	    proc_wait(proc_start(&how, ARGV(RETORTD, "-t")), SOON), 0);
	play(TESTS "/../server/examples/seed.conf", path);
}

static void
add(struct CMUnitTest *test, const char *what, char *path,
    CMUnitTestFunction fn)
{
	*test = (struct CMUnitTest){
		.name = test_text("%s_%s", strrchr(path, '/') + 1, what),
		.test_func = fn,
		.teardown_func = test_end,
		.initial_state = path,
	};
}

int
main(void)
{
	struct CMUnitTest tests[2 * EXAMPLES_MAX + 1] = {
		cmocka_unit_test_teardown(
		    the_builtin_table_is_a_file, test_end),
	};
	const char *const *paths;
	size_t i, n = 1, found;

	paths = cases_in("../server/examples", &found);
	for (i = 0; i < found; i++) {
		char *path = test_text("%s", paths[i]);
		size_t len = strlen(path);

		if (len < 5 || strcmp(path + len - 5, ".conf") != 0)
			continue;
		assert_true(n + 2 <= sizeof(tests) / sizeof(tests[0]));
		add(&tests[n++], "plays", path, example_plays);
		add(&tests[n++], "is_clean", path, example_is_clean);
	}
	assert_true(n >= 2 * EXAMPLES_MIN);
	test_keep();
	return _cmocka_run_group_tests("examples", tests, n, NULL, NULL) != 0;
}
