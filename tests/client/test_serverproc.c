/*
 * The server as a child: the real retortd, and shells that behave badly in its
 * place.
 */
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net.h"
#include "oom.h"
#include "serverproc.h"
#include "test.h"

#define MS     5000
#define SECOND ((int64_t)1000000000)
#define READY  "echo 'retortd: listening on 127.0.0.1:41231'; "

static struct serverproc server;
static int64_t skew;

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec + skew;
}

static int
begin(void **state)
{
	(void)state;
	skew = 0;
	serverproc_init(&server);
	return 0;
}

static int
end(void **state)
{
	serverproc_release(&server);
	return test_end(state);
}

static void
turn(int ms)
{
	struct pollfd fds[SERVERPROC_FDS];
	size_t n = serverproc_pollfds(&server, fds);
	int64_t left = serverproc_deadline(&server);

	if (left != INT64_MAX) {
		left = (left - now()) / 1000000 + 1;
		if (left < ms)
			ms = left < 0 ? 0 : (int)left;
	}
	assert_true(poll(fds, n, ms) >= 0);
	serverproc_step(&server, fds, n, now());
}

static void
until_state_at(enum serverproc_state state)
{
	int64_t until = test_now() + MS;

	while (server.state != state) {
		if (test_left(until) == 0)
			test_fail("state %d, not %d: %s", server.state, state,
			    server.why);
		turn(test_left(until));
	}
}

static void
until_lines_at(uint64_t n)
{
	int64_t until = test_now() + MS;

	while (server.nlines < n) {
		if (test_left(until) == 0)
			test_fail("%d lines", (int)server.nlines);
		turn(test_left(until));
	}
}

#define until_state(s) (test_at(__FILE__, __LINE__), until_state_at(s))
#define until_lines(n) (test_at(__FILE__, __LINE__), until_lines_at(n))

/* A shell in the server's place. */
static void
run(const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	serverproc_exec(&server, "/bin/sh", argv, now());
	assert_int_equal(server.state, SERVER_STARTING);
}

static const char *
text_of(uint64_t i)
{
	const struct logline *line = serverproc_line(&server, i);

	assert_non_null(line);
	return line->text;
}

/* --- what it says --- */

static void
runs_once_it_says_that_it_listens(void **state)
{
	(void)state;
	run("echo 'retortd: listening on [::1]:8080'; exec sleep 100");
	until_state(SERVER_RUNNING);
	assert_string_equal(server.address, "[::1]:8080");
	assert_int_equal(server.port, 8080);
	assert_int_equal(server.requests, 0);
	assert_int_equal(serverproc_deadline(&server), INT64_MAX);
	assert_string_equal(text_of(0), "listening on [::1]:8080");
}

static void
knows_the_ready_line_in_json(void **state)
{
	(void)state;
	run("echo '{\"ev\":\"listen\",\"local\":\"127.0.0.1:41231\"}'; "
	    "exec sleep 100");
	until_state(SERVER_RUNNING);
	assert_string_equal(server.address, "127.0.0.1:41231");
	assert_int_equal(server.port, 41231);
	assert_int_equal(serverproc_line(&server, 0)->kind, LOGLINE_READY);
}

static void
keeps_lines_in_the_order_in_which_they_come(void **state)
{
	(void)state;
	run(READY "printf 'on'; sleep 0.05; echo e; printf 'no end'; "
		  "exec sleep 100");
	until_lines(2);
	serverproc_keep(&server, logline_say(LOGLINE_WARNING, "two"));
	serverproc_keep(&server, NULL);
	assert_int_equal(server.nlines, 3);
	assert_string_equal(text_of(1), "one");
	assert_string_equal(text_of(2), "two");
	assert_null(serverproc_line(&server, 3));
}

static void
escapes_what_it_says(void **state)
{
	(void)state;
	run(READY "printf 'a\\033[2Jb\\n'; exec sleep 100");
	until_lines(2);
	assert_string_equal(text_of(1), "a\\x1b[2Jb");
}

static void
keeps_the_last_lines(void **state)
{
	uint64_t i;

	(void)state;
	run("i=0; while [ $i -lt 1500 ]; do echo $i; i=$((i+1)); done; "
	    "exec sleep 100");
	until_lines(1500);
	assert_null(serverproc_line(&server, 0));
	assert_null(serverproc_line(&server, 499));
	for (i = 500; i < 1500; i++)
		assert_string_equal(text_of(i), test_text("%d", (int)i));
	assert_null(serverproc_line(&server, 1500));
}

static void
cuts_a_line_that_is_too_long(void **state)
{
	(void)state;
	run(READY "head -c 300000 /dev/zero | tr '\\0' x; echo; echo next; "
		  "exec sleep 100");
	until_lines(3);
	assert_int_equal(strlen(text_of(1)), 4096);
	assert_string_equal(text_of(2), "next");
}

/* --- how it ends --- */

static void
says_what_it_said_when_it_cannot_start(void **state)
{
	(void)state;
	run("echo 'retortd: routes.conf:1: no' >&2; exit 1");
	until_state(SERVER_FAILED);
	assert_string_equal(server.why, "retortd: routes.conf:1: no");
	assert_false(server.port_taken);
	assert_int_equal(server.pid, 0);
	assert_int_equal(serverproc_pollfds(&server, NULL), 0);
	assert_int_equal(serverproc_deadline(&server), INT64_MAX);
}

static void
takes_a_last_line_without_an_end(void **state)
{
	(void)state;
	run("printf 'retortd: no' >&2; exit 1");
	until_state(SERVER_FAILED);
	assert_string_equal(server.why, "retortd: no");
}

static void
says_how_it_ended_when_it_said_nothing(void **state)
{
	(void)state;
	run("exit 3");
	until_state(SERVER_FAILED);
	assert_string_equal(server.why, "retortd ended with status 3.");

	run(READY "kill -9 $$");
	until_state(SERVER_FAILED);
	assert_string_equal(
	    server.why, "retortd was ended by signal 9 (Killed).");

	run(READY "exit 0");
	until_state(SERVER_STOPPED);
	assert_string_equal(server.why, "retortd left by itself.");
}

static void
knows_a_taken_port(void **state)
{
	(void)state;
	run("echo 'retortd: 127.0.0.1:1: Address already in use' >&2; "
	    "echo 'retortd: that is all' >&2; exit 1");
	until_state(SERVER_FAILED);
	assert_true(server.port_taken);
	assert_string_equal(
	    server.why, "retortd: 127.0.0.1:1: Address already in use");

	run(READY "exec sleep 100");
	until_state(SERVER_RUNNING);
	assert_false(server.port_taken);
	assert_string_equal(server.why, "");
}

static void
says_that_there_is_no_such_program(void **state)
{
	const char *const argv[] = { "retortd", NULL };

	(void)state;
	serverproc_exec(&server, "/nonexistent/retortd", argv, now());
	until_state(SERVER_FAILED);
	assert_string_equal(server.why,
	    "retortd: cannot run /nonexistent/retortd: "
	    "No such file or directory");
}

static void
does_not_wait_for_ever_for_the_ready_line(void **state)
{
	(void)state;
	run("exec sleep 100");
	assert_true(serverproc_deadline(&server) <= now() + 5 * SECOND);
	skew += 5 * SECOND;
	until_state(SERVER_FAILED);
	assert_string_equal(
	    server.why, "retortd did not say within 5 s that it listens.");
	assert_int_equal(server.pid, 0);
}

static void
stops_when_asked(void **state)
{
	(void)state;
	run(READY "exec sleep 100");
	until_state(SERVER_RUNNING);
	serverproc_stop(&server, now());
	assert_int_equal(server.state, SERVER_STOPPING);
	until_state(SERVER_STOPPED);
	assert_string_equal(server.why, "");
	assert_int_equal(server.pid, 0);
	serverproc_stop(&server, now());
	assert_int_equal(server.state, SERVER_STOPPED);
}

static void
is_killed_when_it_does_not_stop(void **state)
{
	(void)state;
	run("trap '' TERM; " READY "exec sleep 100");
	until_state(SERVER_RUNNING);
	serverproc_stop(&server, now());
	assert_true(serverproc_deadline(&server) > now() + SECOND);
	skew += 2 * SECOND;
	until_state(SERVER_STOPPED);
}

static void
may_be_started_again(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		run(READY "exec sleep 100");
		until_lines((uint64_t)i + 1);
		assert_int_equal(server.state, SERVER_RUNNING);
		serverproc_stop(&server, now());
		until_state(SERVER_STOPPED);
	}
	assert_int_equal(server.nlines, 3);
}

/* --- its routes file --- */

/* A shell that answers each HUP as the script says. */
static void
run_with_routes(const char *on_hup)
{
	server.routes.path = test_text("%s/routes.conf", test_folder());
	test_write(server.routes.path, "host * { * * return 200 }\n");
	run(test_text(
	    "trap '%s' HUP; " READY "while :; do sleep 0.01; done", on_hup));
	until_state(SERVER_RUNNING);
	assert_int_equal(server.reload, RELOAD_NONE);
	assert_false(routefile_changed(&server.routes));
}

static void
reload(enum serverproc_reload want)
{
	int64_t until = test_now() + MS;

	serverproc_reload(&server, now());
	assert_int_equal(server.reload, RELOAD_ASKED);
	while (server.reload == RELOAD_ASKED && test_left(until) > 0)
		turn(test_left(until));
	assert_int_equal(server.reload, want);
	assert_int_equal(server.state, SERVER_RUNNING);
	assert_int_equal(serverproc_deadline(&server), INT64_MAX);
}

static void
a_reload_is_done_when_it_says_so(void **state)
{
	(void)state;
	run_with_routes("echo \"retortd: routes.conf: 1 route loaded\" >&2");
	test_write(server.routes.path, "host * { * * return 201 }\n");
	assert_true(routefile_changed(&server.routes));
	reload(RELOAD_DONE);
	assert_false(routefile_changed(&server.routes));
	assert_string_equal(server.why, "");
	assert_string_equal(text_of(server.reload_line),
	    "retortd: routes.conf: 1 route loaded");
}

static void
a_refused_reload_keeps_its_first_fault(void **state)
{
	(void)state;
	run_with_routes("echo \"r.conf:2:3: one\" >&2; echo \"  x\" >&2; "
			"echo \"  ^\" >&2; echo \"r.conf:4:1: two\" >&2; "
			"echo \"retortd: the old routes stay\" >&2");
	test_write(server.routes.path, "nonsense\n");
	reload(RELOAD_REFUSED);
	assert_true(routefile_changed(&server.routes));
	assert_true(server.fault);
	assert_string_equal(server.why, "r.conf:2:3: one");
	assert_int_equal(
	    serverproc_line(&server, server.reload_line)->kind, LOGLINE_FAULT);
}

static void
a_reload_without_a_word_is_refused_in_the_end(void **state)
{
	(void)state;
	run_with_routes(":");
	serverproc_reload(&server, now());
	assert_true(serverproc_deadline(&server) <= now() + 5 * SECOND);
	skew += 5 * SECOND;
	turn(0);
	assert_int_equal(server.reload, RELOAD_REFUSED);
	assert_string_equal(server.why,
	    "retortd did not say within 5 s what came of its routes file.");
	assert_int_equal(server.state, SERVER_RUNNING);
}

static void
a_server_may_end_during_a_reload(void **state)
{
	(void)state;
	run_with_routes("echo retortd: oh >&2; exit 1");
	serverproc_reload(&server, now());
	until_state(SERVER_FAILED);
	assert_string_equal(server.why, "retortd: oh");
}

static void
a_faulty_file_at_the_start_is_why_it_failed(void **state)
{
	(void)state;
	run("echo r.conf:2:3: one >&2; echo x >&2; echo '^' >&2; exit 1");
	until_state(SERVER_FAILED);
	assert_true(server.fault);
	assert_string_equal(server.why, "r.conf:2:3: one");
	assert_int_equal(server.reload_line, 0);
}

/* --- what it inherits --- */

/* The value of a line "Name:\tvalue" in /proc/PID/status. */
static unsigned long long
proc_status(pid_t pid, const char *name)
{
	FILE *f = fopen(test_text("/proc/%d/status", (int)pid), "r");
	char line[256];
	unsigned long long value = ~0ULL;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoull(line + strlen(name) + 1, NULL, 16);
	fclose(f);
	return value;
}

static int
is_number(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
count_fds(pid_t pid)
{
	struct dirent **list;
	int i, n;

	n = scandir(
	    test_text("/proc/%d/fd", (int)pid), &list, is_number, alphasort);
	assert_true(n >= 0);
	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return n;
}

/* While a program is loaded it has its libraries open. */
static void
until_fds(pid_t pid, int n)
{
	int64_t until = test_now() + 5000;

	while (count_fds(pid) != n && test_left(until) > 0)
		poll(NULL, 0, 1);
	assert_int_equal(count_fds(pid), n);
}

static void
inherits_nothing_of_ours(void **state)
{
	char target[64] = { 0 };
	sigset_t set, old;
	int fd = dup(STDOUT_FILENO); /* not CLOEXEC */

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	server.tells = true;
	run(READY "exec sleep 100");
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd);

	until_state(SERVER_RUNNING);
	assert_int_equal(getsid(server.pid), server.pid);
	assert_int_equal(proc_status(server.pid, "SigBlk"), 0);
	/* 32 and 33 are libc's own: nobody may reset them. */
	assert_int_equal(
	    proc_status(server.pid, "SigIgn") & ~(UINT64_C(3) << 31), 0);
	until_fds(server.pid, 4);
	assert_true(readlink(test_text("/proc/%d/fd/0", (int)server.pid),
			target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "/dev/null");
	/* Its end of the control socket, which it may use at once. */
	assert_true(readlink(test_text("/proc/%d/fd/3", (int)server.pid),
			target, sizeof(target) - 1) > 0);
	assert_memory_equal(target, "socket:", 7);
}

static void
has_no_control_socket_that_nobody_takes(void **state)
{
	(void)state;
	run(READY "exec sleep 100");
	assert_int_equal(server.control, -1);
	until_state(SERVER_RUNNING);
	assert_int_equal(count_fds(server.pid), 3);
}

/* A client that starts a server, says which one, and waits to be killed. */
static void
client_main(int out)
{
	pid_t pid;

	run(READY "exec sleep 100");
	until_state(SERVER_RUNNING);
	pid = server.pid;
	if (write(out, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	for (;;)
		pause();
}

static void
dies_with_the_client(void **state)
{
	struct pollfd p = { .events = POLLIN };
	int fds[2];
	pid_t client, pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	client = fork();
	assert_true(client >= 0);
	if (client == 0)
		client_main(fds[1]);
	close(fds[1]);
	p.fd = fds[0];
	assert_int_equal(poll(&p, 1, MS), 1);
	assert_int_equal(read(fds[0], &pid, sizeof(pid)), sizeof(pid));
	close(fds[0]);

	p.fd = pidfd_open(pid, 0);
	assert_true(p.fd >= 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	kill(client, SIGKILL);
	assert_int_equal(waitpid(client, NULL, 0), client);
	assert_int_equal(poll(&p, 1, MS), 1);
	close(p.fd);
}

static void
leaves_no_child_behind(void **state)
{
	(void)state;
	run("trap '' TERM; " READY "exec sleep 100");
	until_state(SERVER_RUNNING);
	serverproc_release(&server);
	assert_int_equal(server.state, SERVER_STOPPED);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Lines may be lost, the server not. */
static void
survives_each_allocation_that_fails(void **state)
{
	size_t n = 0;

	(void)state;
	do {
		oom_after(++n);
		run(READY "exec sleep 100");
		until_state(SERVER_RUNNING);
		serverproc_stop(&server, now());
		until_state(SERVER_STOPPED);
	} while (oom_off());
	assert_true(n > 2);
}

/* --- where it is --- */

static void
look_in(const char *path)
{
	setenv("PATH", path, 1);
}

static void
restore_path(void *path)
{
	look_in(path);
}

/* PATH is again what it was when the test is over. */
static void
keep_path(void)
{
	test_later(restore_path, test_text("%s", getenv("PATH")));
}

static void
is_found_on_the_path(void **state)
{
	const char *folder = test_folder();
	char *there = test_text("%s/retortd", folder);
	char path[4096], small[8];
	FILE *f;

	(void)state;
	keep_path();
	look_in(test_text("/nonexistent::%s", folder));
	assert_false(serverproc_find(path, sizeof(path)));
	f = fopen(there, "w");
	fclose(f);
	assert_false(serverproc_find(path, sizeof(path)));
	chmod(there, 0700);
	assert_true(serverproc_find(path, sizeof(path)));
	assert_string_equal(path, there);
	assert_false(serverproc_find(small, sizeof(small)));
	unsetenv("PATH");
	assert_false(serverproc_find(path, sizeof(path)));
}

static void
says_that_there_is_none(void **state)
{
	(void)state;
	keep_path();
	look_in("/nonexistent");
	serverproc_start(&server, "127.0.0.1:0", now());
	assert_int_equal(server.state, SERVER_FAILED);
	assert_non_null(strstr(server.why, "No retortd"));
	assert_int_equal(serverproc_pollfds(&server, NULL), 0);
}

/* --- the real one --- */

static void
start_real(const char *listen)
{
	keep_path();
	look_in(PROGRAMS);
	serverproc_start(&server, listen, now());
	assert_int_equal(server.state, SERVER_STARTING);
}

static void
starts_the_real_server(void **state)
{
	int fd;

	(void)state;
	server.tells = true;
	start_real("127.0.0.1:0");
	until_state(SERVER_RUNNING);
	assert_string_equal(
	    server.address, test_text("127.0.0.1:%d", server.port));
	/* It tells of its requests over its control socket, and nowhere else. */
	net_say(server.control, "{\"id\":1,\"do\":\"subscribe\"}\n");
	net_read_until(server.control, "\"ev\":\"start\"", MS);
	fd = net_connect(server.port);
	net_say(fd, "GET,test.com\n");
	net_read_until_close(fd, MS);
	net_read_until(server.control, "\"ev\":\"response\"", MS);
	assert_int_equal(server.nlines, 1);
	serverproc_stop(&server, now());
	until_state(SERVER_STOPPED);
	assert_string_equal(server.why, "");
}

static void
sees_that_the_real_one_finds_its_port_taken(void **state)
{
	int port;

	(void)state;
	net_listen(&port);
	start_real(test_text("127.0.0.1:%d", port));
	until_state(SERVER_FAILED);
	assert_true(server.port_taken);
	assert_non_null(strstr(server.why, test_text("%d", port)));
}

static void
sees_a_usage_error_of_the_real_one(void **state)
{
	(void)state;
	start_real("nonsense");
	until_state(SERVER_FAILED);
	assert_false(server.port_taken);
	assert_non_null(strstr(server.why, "nonsense"));
}

static void
sees_the_real_one_die(void **state)
{
	(void)state;
	start_real("127.0.0.1:0");
	until_state(SERVER_RUNNING);
	kill(server.pid, SIGKILL);
	until_state(SERVER_FAILED);
	assert_string_equal(
	    server.why, "retortd was ended by signal 9 (Killed).");
	assert_false(server.port_taken);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(runs_once_it_says_that_it_listens),
		TEST(knows_the_ready_line_in_json),
		TEST(keeps_lines_in_the_order_in_which_they_come),
		TEST(escapes_what_it_says),
		TEST(keeps_the_last_lines),
		TEST(cuts_a_line_that_is_too_long),
		TEST(says_what_it_said_when_it_cannot_start),
		TEST(takes_a_last_line_without_an_end),
		TEST(says_how_it_ended_when_it_said_nothing),
		TEST(knows_a_taken_port),
		TEST(says_that_there_is_no_such_program),
		TEST(does_not_wait_for_ever_for_the_ready_line),
		TEST(stops_when_asked),
		TEST(is_killed_when_it_does_not_stop),
		TEST(may_be_started_again),
		TEST(a_reload_is_done_when_it_says_so),
		TEST(a_refused_reload_keeps_its_first_fault),
		TEST(a_reload_without_a_word_is_refused_in_the_end),
		TEST(a_server_may_end_during_a_reload),
		TEST(a_faulty_file_at_the_start_is_why_it_failed),
		TEST(inherits_nothing_of_ours),
		TEST(has_no_control_socket_that_nobody_takes),
		TEST(dies_with_the_client),
		TEST(leaves_no_child_behind),
		TEST(survives_each_allocation_that_fails),
		TEST(is_found_on_the_path),
		TEST(says_that_there_is_none),
		TEST(starts_the_real_server),
		TEST(sees_that_the_real_one_finds_its_port_taken),
		TEST(sees_a_usage_error_of_the_real_one),
		TEST(sees_the_real_one_die),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
