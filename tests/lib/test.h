/*
 * What the other test modules and every test stand on: cmocka with the headers
 * it wants, failing with a sentence, and an end to whatever a test started.
 *
 * Processes, peers, screens, descriptors and memory handed out by tests/lib
 * belong to the test: test_end, the teardown of every test that uses them,
 * releases them last first, whether the test passed or not:
 *
 *	cmocka_unit_test_teardown(answers_the_seed, test_end)
 *
 * All times are in milliseconds.
 */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Bytes that came from somewhere; a NUL stands behind the last. */
struct bytes {
	char *data;
	size_t len;
};

/* Say what went wrong and leave the test, which has failed. */
void test_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* The place that the next test_fail names; the wrappers below call it. */
void test_at(const char *file, int line);

/* Call fn(arg) when the test is over.  The last one comes first. */
void test_later(void (*fn)(void *), void *arg);

/* Forget one such call, the newest that is the same. */
void test_never(void (*fn)(void *), void *arg);

/* A teardown for cmocka; also good for test_end(NULL). */
int test_end(void **state);

/*
 * Keep what was started so far until the program ends: last in the setup of a
 * group whose tests share a server.
 */
void test_keep(void);

/* n zeroed bytes until the test is over. */
void *test_alloc(size_t n);

/* A formatted string until the test is over. */
char *test_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A private folder, empty now, removed with all it holds at the test's end. */
const char *test_folder(void);

/* A file that holds just this text from now on. */
void test_write(const char *path, const char *text);

/* The same in a folder of its own; its path. */
const char *test_file(const char *name, const char *text);

/* No file grows past n bytes, as if the disk were full; -1: all may again. */
void test_limit_files(long n);

/* How exact a stamp has to be, in ns.  Under ASan the tests beside it hold up the
 * processors for longer than that, and longer than is tried. */
enum {
#ifdef __SANITIZE_ADDRESS__
	TEST_EXACT = 20 * 1000 * 1000
#else
	TEST_EXACT = 2 * 1000 * 1000
#endif
};

/* The monotonic clock. */
int64_t test_now(void);

/* What is left until a time of test_now, 0 when it is past: for poll. */
int test_left(int64_t until);

/* A peer's bytes made fit for a message: escaped, and cut when long. */
const char *test_show(const char *data, size_t len);

#endif
