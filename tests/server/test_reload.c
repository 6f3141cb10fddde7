/*
 * Routes that are read again while requests come: nobody loses a connection,
 * an answer, or its order.
 */
#include <sys/stat.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "net.h"
#include "proc.h"
#include "process.h"
#include "test.h"

enum {
	CLIENTS = 6,
	RELOADS = 100,
};

static const char *
write_file(const char *folder, const char *name, const char *text)
{
	const char *path = test_text("%s/%s", folder, name);
	const char *fresh = test_text("%s.new", path);

	test_write(fresh, text);
	assert_int_equal(rename(fresh, path), 0);
	return path;
}

/* How often stderr says it. */
static int
said(struct proc *p, const char *text)
{
	const char *at = proc_err(p);
	int n = 0;

	while ((at = strstr(at, text)) != NULL) {
		at += strlen(text);
		n++;
	}
	return n;
}

static void
wait_until_said(struct proc *p, const char *text, int times)
{
	int64_t until = test_now() + SOON;

	while (said(p, text) < times) {
		if (test_left(until) == 0)
			test_fail("stderr has no %s: %s", text, proc_err(p));
		poll(NULL, 0, 1);
	}
}

static void
ask(int fd, const char *path)
{
	net_say(
	    fd, test_text("GET %s HTTP/1.1\r\nHost: test.com\r\n\r\n", path));
}

static const char *
body_of(int fd, const char *path)
{
	struct answer a;

	ask(fd, path);
	a = answer_read(fd, false);
	return test_text("%d %s", a.status, a.body);
}

#define STEADY                                           \
	"	GET /steady return 200 \"steady\\n\"\n"        \
	"	GET /count return 200 \"{n}\" template\n"      \
	"	GET /twice times 2 return 201\n"               \
	"	GET /late return 200 \"late\\n\" delay 20ms\n" \
	"	GET /file file \"data\"\n"

static const char odd[] =
    "host test.com {\n" STEADY "	GET /changes return 200 \"odd\"\n"
    "}\n";
static const char even[] = "host test.com {\n"
			   "	GET /new return 200 \"new\"\n" STEADY
			   "	GET /changes return 200 \"even\"\n"
			   "}\n";

/* --- under load ---------------------------------------------------------- */

/* One round of each client, pipelined: what does not change is the same, and
 * what changes is one of both. */
static void
ask_round(const int fd[CLIENTS])
{
	static const char *const paths[] = { "/steady", "/late", "/changes",
		"/file" };
	struct answer a;
	int i;
	size_t k;

	for (i = 0; i < CLIENTS; i++)
		for (k = 0; k < 4; k++)
			ask(fd[i], paths[k]);
	for (i = 0; i < CLIENTS; i++) {
		for (k = 0; k < 4; k++) {
			a = answer_read(fd[i], false);
			assert_int_equal(a.status, 200);
			if (k == 0)
				assert_string_equal(a.body, "steady\n");
			else if (k == 1)
				assert_string_equal(a.body, "late\n");
			else if (k == 2)
				assert_true(strcmp(a.body, "odd") == 0 ||
				    strcmp(a.body, "even") == 0);
			else
				assert_string_equal(a.body, "data\n");
		}
	}
}

static void
answers_all_through_a_hundred_reloads(void **state)
{
	const char *folder = test_folder();
	const char *path;
	struct retortd *d;
	int fd[CLIENTS];
	int i;

	(void)state;
	write_file(folder, "data", "data\n");
	path = write_file(folder, "routes.conf", odd);
	d = retortd_start("-L", "none", "-r", path, NULL);
	for (i = 0; i < CLIENTS; i++)
		fd[i] = net_connect(d->port);
	for (i = 1; i <= RELOADS; i++) {
		write_file(folder, "routes.conf", i % 2 == 0 ? odd : even);
		proc_kill(d->proc, SIGHUP);
		ask_round(fd);
		wait_until_said(d->proc, "routes loaded\n", i);
		assert_string_equal(body_of(fd[0], "/changes"),
		    i % 2 == 0 ? "200 odd" : "200 even");
	}
	assert_int_equal(said(d->proc, "stay"), 0);
	retortd_stop(d);
}

/* --- what stays ----------------------------------------------------------- */

static void
keeps_the_counters_of_what_did_not_change(void **state)
{
	const char *folder = test_folder();
	const char *path;
	struct retortd *d;
	int fd;

	(void)state;
	write_file(folder, "data", "data\n");
	path = write_file(folder, "routes.conf", odd);
	d = retortd_start("-L", "none", "-r", path, NULL);
	fd = net_connect(d->port);
	assert_string_equal(body_of(fd, "/count"), "200 1");
	assert_string_equal(body_of(fd, "/twice"), "201 ");
	write_file(folder, "routes.conf", even);
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "7 routes loaded\n", 1);
	assert_string_equal(body_of(fd, "/count"), "200 2");
	assert_string_equal(body_of(fd, "/twice"), "201 ");
	ask(fd, "/twice");
	assert_int_equal(answer_read(fd, false).status, 404);
	retortd_stop(d);
}

static void
finishes_on_the_old_table(void **state)
{
	const char *folder = test_folder();
	const char *path = write_file(folder, "routes.conf",
	    "host test.com {\n"
	    "	GET / return 200 \"old\" delay 300ms\n"
	    "	GET /now return 200\n"
	    "}\n");
	struct retortd *d = retortd_start("-L", "none", "-r", path, NULL);
	int fd = net_connect(d->port);

	(void)state;
	/* Sent as one, so that when one is answered the other is there. */
	net_say(fd,
	    "GET /now HTTP/1.1\r\nHost: test.com\r\n\r\n"
	    "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n");
	answer_read(fd, false);
	write_file(folder, "routes.conf",
	    "host test.com {\n	GET / return 200 \"fresh\"\n}\n");
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "1 route loaded\n", 1);
	assert_string_equal(answer_read(fd, false).body, "old");
	assert_string_equal(body_of(fd, "/"), "200 fresh");
	retortd_stop(d);
}

/* A body that comes meanwhile belongs to the routes that its head was for, even
 * if those do not look at it and the new ones would. */
static void
ends_a_body_with_the_table_it_began_with(void **state)
{
	const char *folder = test_folder();
	const char *path = write_file(folder, "routes.conf",
	    "host test.com {\n"
	    "	GET / return 200 \"old\"\n"
	    "	POST / return 200 \"old\"\n"
	    "}\n");
	struct retortd *d = retortd_start("-L", "none", "-r", path, NULL);
	int fd = net_connect(d->port);

	(void)state;
	/* Sent as one, so that when one is answered the other is there. */
	net_say(fd,
	    "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n"
	    "POST / HTTP/1.1\r\nHost: test.com\r\nContent-Length: 4\r\n\r\n"
	    "ab");
	assert_string_equal(answer_read(fd, false).body, "old");
	write_file(folder, "routes.conf",
	    "host test.com {\n"
	    "	POST / return 200 \"new {body}\" template\n"
	    "}\n");
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "1 route loaded\n", 1);
	net_say(fd, "cd");
	assert_string_equal(answer_read(fd, false).body, "old");
	net_say(fd,
	    "POST / HTTP/1.1\r\nHost: test.com\r\nContent-Length: 4\r\n\r\n"
	    "abcd");
	assert_string_equal(answer_read(fd, false).body, "new abcd");
	retortd_stop(d);
}

static void
keeps_the_old_table_when_the_new_one_is_bad(void **state)
{
	const char *folder = test_folder();
	const char *path;
	struct retortd *d;
	int fd;

	(void)state;
	write_file(folder, "data", "data\n");
	path = write_file(folder, "routes.conf", odd);
	d = retortd_start("-L", "none", "-r", path, NULL);
	fd = net_connect(d->port);
	assert_string_equal(body_of(fd, "/changes"), "200 odd");
	write_file(folder, "routes.conf",
	    "host test.com {\n	GTE / retrun 200\n	GET / return 2000\n"
	    "}\n");
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "errors, the old routes stay\n", 1);
	assert_true(said(d->proc, "routes.conf:2:") > 0);
	assert_true(said(d->proc, "routes.conf:3:") > 0);
	assert_string_equal(body_of(fd, "/changes"), "200 odd");
	assert_int_equal(unlink(path), 0);
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "1 error, the old routes stay\n", 1);
	assert_string_equal(body_of(fd, "/changes"), "200 odd");
	write_file(folder, "routes.conf", even);
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "7 routes loaded\n", 1);
	assert_string_equal(body_of(fd, "/changes"), "200 even");
	retortd_stop(d);
}

/* Where it may not read, only a restart helps; where it may, new files do. */
static void
reads_beneath_its_folders_only(void **state)
{
	const char *folder = test_folder(), *outside = test_folder();
	const char *path = write_file(
	    folder, "routes.conf", "host test.com { GET / return 200 }\n");
	struct retortd *d = retortd_start("-L", "none", "-r", path, NULL);
	int fd = net_connect(d->port);
	const char *line = test_text("host test.com { GET / file \"%s\" }\n",
	    write_file(outside, "data", "outside\n"));

	(void)state;
	assert_string_equal(body_of(fd, "/"), "200 ");
	write_file(folder, "routes.conf", line);
	proc_kill(d->proc, SIGHUP);
	write_file(folder, "inside", "inside\n");
	while (said(d->proc, "loaded\n") + said(d->proc, "stay\n") == 0)
		poll(NULL, 0, 1);
	if (said(d->proc, "loaded\n") > 0)
		skip(); /* there is no Landlock, or no sandbox */
	assert_int_equal(said(d->proc, "only after a restart\n"), 1);
	write_file(
	    folder, "routes.conf", "host test.com { GET / file \"inside\" }\n");
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "1 route loaded\n", 1);
	assert_string_equal(body_of(fd, "/"), "200 inside\n");
	retortd_stop(d);
}

static const char *
link_to(const char *folder, const char *name, const char *target)
{
	const char *path = test_text("%s/%s", folder, name);

	assert_int_equal(symlink(target, path), 0);
	return path;
}

/* The sandbox permits what a link names, wherever that is. */
static void
follows_links_all_along(void **state)
{
	const char *folder = test_folder(), *outside = test_folder();
	const char *log =
	    link_to(folder, "log", write_file(outside, "log", ""));
	const char *path = link_to(folder, "routes.conf",
	    write_file(outside, "routes.conf",
		"host test.com { GET / file \"data\" }\n"));
	struct retortd *d;
	int fd;

	(void)state;
	link_to(folder, "data", write_file(test_folder(), "data", "linked\n"));
	d = retortd_start("-o", log, "-r", path, NULL);
	fd = net_connect(d->port);
	assert_string_equal(body_of(fd, "/"), "200 linked\n");
	proc_kill(d->proc, SIGHUP);
	wait_until_said(d->proc, "1 route loaded\n", 1);
	assert_string_equal(body_of(fd, "/"), "200 linked\n");
	assert_int_equal(unlink(test_text("%s/log", outside)), 0);
	proc_kill(d->proc, SIGUSR1);
	assert_string_equal(body_of(fd, "/"), "200 linked\n");
	retortd_stop(d);
	assert_int_equal(said(d->proc, "cannot"), 0);
	assert_int_equal(access(log, F_OK), 0);
}

static void
starts_only_with_good_routes(void **state)
{
	const char *folder = test_folder();
	const char *bad =
	    write_file(folder, "bad.conf", "hots test.com {\n}\nset sed 1\n");
	const char *good = write_file(folder, "good.conf",
	    "host test.com {\n	GET / return 200\n	GET / return 201\n}\n");
	struct proc *p =
	    proc_start(NULL, ARGV(RETORTD, "-l", "127.0.0.1:0", "-r", bad));

	(void)state;
	assert_int_equal(proc_wait(p, SOON), 1);
	assert_true(said(p, "bad.conf:1:1: ") > 0);
	assert_int_equal(said(p, "bad.conf:3:"), 1);
	assert_int_equal(said(p, "bad.conf: 2 errors\n"), 1);
	assert_int_equal(proc_read_all(p, SOON).len, 0);
	p = proc_start(NULL, ARGV(RETORTD, "-l", "127.0.0.1:0", "-r", good));
	assert_true(retortd_port(proc_read_line(p, SOON)) > 0);
	assert_int_equal(said(p, "good.conf:3:"), 1);
	assert_int_equal(said(p, "warning: "), 1);
}

/* A thousand connections that wait cost nothing but their memory. */
static void
sleeps_while_answers_wait(void **state)
{
	const char *path = write_file(test_folder(), "routes.conf",
	    "host test.com { GET / return 200 \"x\" delay 20s }\n");
	struct retortd *d = retortd_start("-L", "none", "-r", path, NULL);
	int fd[100];
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		fd[i] = net_connect(d->port);
		ask(fd[i], "/");
	}
	want_asleep(d->proc->pid, 200);
	/* Those that leave by a reset are noticed. */
	net_reset(fd[0]);
	proc_kill(d->proc, SIGTERM);
	assert_int_equal(proc_wait(d->proc, SOON), 0);
}

static void
finishes_delays_before_it_leaves(void **state)
{
	const char *path = write_file(test_folder(), "routes.conf",
	    "host test.com { GET / return 200 \"x\" delay 200ms\n"
	    "	GET /now return 200 }\n");
	struct retortd *d = retortd_start("-L", "none", "-r", path, NULL);
	struct answer last;
	int fd = net_connect(d->port);

	(void)state;
	net_say(fd,
	    "GET /now HTTP/1.1\r\nHost: test.com\r\n\r\n"
	    "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n"
	    "GET /now HTTP/1.1\r\nHost: test.com\r\n\r\n");
	answer_read(fd, false);
	proc_kill(d->proc, SIGQUIT);
	assert_string_equal(answer_read(fd, false).body, "x");
	/* It had come as well, and is the last. */
	last = answer_read(fd, false);
	assert_string_equal(answer_field(&last, "Connection"), "close");
	assert_int_equal(net_read_until_close(fd, SOON).len, 0);
	net_close(fd);
	assert_int_equal(proc_wait(d->proc, SOON), 0);
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_all_through_a_hundred_reloads),
		TEST(keeps_the_counters_of_what_did_not_change),
		TEST(finishes_on_the_old_table),
		TEST(ends_a_body_with_the_table_it_began_with),
		TEST(keeps_the_old_table_when_the_new_one_is_bad),
		TEST(reads_beneath_its_folders_only),
		TEST(follows_links_all_along),
		TEST(starts_only_with_good_routes),
		TEST(sleeps_while_answers_wait),
		TEST(finishes_delays_before_it_leaves),
	};

	return cmocka_run_group_tests_name("reload", tests, NULL, test_end);
}
