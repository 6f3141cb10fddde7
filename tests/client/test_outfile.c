#include "outfile.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "test.h"

static char why[256];

static void
makes_a_file_for_its_owner(void **state)
{
	const char *path = test_text("%s/a b", test_folder());
	struct bytes got;
	struct stat st;

	(void)state;
	umask(0);
	assert_int_equal(
	    outfile_write(path, span_of("a\0b\n", 4), why, sizeof(why)),
	    OUTFILE_DONE);
	assert_string_equal(why, "");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	got = cases_bytes(path);
	assert_int_equal(got.len, 4);
	assert_memory_equal(got.data, "a\0b\n", 4);
}

static void
overwrites_nothing(void **state)
{
	const char *folder = test_folder();
	const char *path = test_text("%s/there", folder);
	const char *link = test_text("%s/link", folder);

	(void)state;
	assert_int_equal(
	    outfile_write(path, span_text("one"), why, 256), OUTFILE_DONE);
	assert_int_equal(
	    outfile_write(path, span_text("two"), why, 256), OUTFILE_THERE);
	assert_non_null(strstr(why, "is there already"));
	assert_non_null(strstr(why, path));
	assert_string_equal(cases_bytes(path).data, "one");
	/* Nor through a link, though it leads to nothing. */
	assert_int_equal(symlink("nowhere", link), 0);
	assert_int_equal(
	    outfile_write(link, span_text("two"), why, 256), OUTFILE_THERE);
	assert_int_not_equal(access(test_text("%s/nowhere", folder), F_OK), 0);
}

static void
says_what_is_wrong(void **state)
{
	const char *path = test_text("%s/no/such", test_folder());

	(void)state;
	assert_int_equal(
	    outfile_write(path, span_text("x"), why, 256), OUTFILE_FAILED);
	assert_non_null(strstr(why, "No such file or directory"));
	memset(why, 'a', sizeof(why));
	assert_int_equal(
	    outfile_write(test_text("/%05000d", 1), span_text("x"), why, 256),
	    OUTFILE_FAILED);
	assert_int_equal(strlen(why), 255);
}

/* As on a full disk: what was begun is not left. */
static void
leaves_no_half_file(void **state)
{
	const char *path = test_text("%s/half", test_folder());
	char *bytes = calloc(1, 10000);

	(void)state;
	assert_non_null(bytes);
	test_limit_files(5000);
	assert_int_equal(
	    outfile_write(path, span_of(bytes, 10000), why, sizeof(why)),
	    OUTFILE_FAILED);
	test_limit_files(-1);
	free(bytes);
	assert_non_null(strstr(why, "File too large"));
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
a_tilde_is_home(void **state)
{
	const char *folder = test_folder();

	(void)state;
	setenv("HOME", folder, 1);
	assert_int_equal(outfile_write("~/x", span_text("y"), why, sizeof(why)),
	    OUTFILE_DONE);
	assert_string_equal(cases_bytes(test_text("%s/x", folder)).data, "y");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(makes_a_file_for_its_owner, test_end),
		cmocka_unit_test_teardown(overwrites_nothing, test_end),
		cmocka_unit_test_teardown(says_what_is_wrong, test_end),
		cmocka_unit_test_teardown(leaves_no_half_file, test_end),
		cmocka_unit_test_teardown(a_tilde_is_home, test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
