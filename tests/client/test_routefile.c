/* Whether a routes file reads as it was taken. */
#include "routefile.h"

#include <sys/stat.h>

#include <stdio.h>
#include <unistd.h>

#include "test.h"

static struct routefile r;

static int
setup(void **state)
{
	(void)state;
	r = (struct routefile){ test_text("%s/r.conf", test_folder()), 0, 0 };
	return 0;
}

static void
take(void)
{
	routefile_ask(&r);
	routefile_took(&r);
}

static void
what_was_taken_is_unchanged(void **state)
{
	(void)state;
	test_write(r.path, "host a {\n}\n");
	assert_true(routefile_changed(&r));
	take();
	assert_false(routefile_changed(&r));
	/* Its clock is not what counts. */
	test_write(r.path, "host a {\n}\n");
	assert_false(routefile_changed(&r));
	/* Nor is its length. */
	test_write(r.path, "host b {\n}\n");
	assert_true(routefile_changed(&r));
}

static void
what_was_only_asked_is_not_taken(void **state)
{
	(void)state;
	test_write(r.path, "one\n");
	take();
	test_write(r.path, "two\n");
	routefile_ask(&r);
	assert_true(routefile_changed(&r));
	/* What the server read is what it was when it was asked, or newer. */
	test_write(r.path, "three\n");
	routefile_took(&r);
	assert_true(routefile_changed(&r));
}

static void
what_includes_others_may_always_have_changed(void **state)
{
	(void)state;
	test_write(r.path, "host a {\n}\n\tinclude 'b.conf'\n");
	take();
	assert_true(routefile_changed(&r));
	test_write(r.path, "# include\n");
	take();
	assert_false(routefile_changed(&r));
}

static void
what_cannot_be_read_has_changed(void **state)
{
	(void)state;
	test_write(r.path, "one\n");
	take();
	unlink(r.path);
	assert_true(routefile_changed(&r));
	take();
	assert_true(routefile_changed(&r));
	/* It does not wait for a writer. */
	assert_int_equal(mkfifo(r.path, 0600), 0);
	assert_true(routefile_changed(&r));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_taken_is_unchanged),
		TEST(what_was_only_asked_is_not_taken),
		TEST(what_includes_others_may_always_have_changed),
		TEST(what_cannot_be_read_has_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
