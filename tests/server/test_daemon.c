/*
 * retortd as a process: its options, first lines, signals, logs and endurance.
 */
#include <sys/resource.h>
#include <sys/socket.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "limit.h"
#include "net.h"
#include "proc.h"
#include "process.h"
#include "test.h"
#include "version.h"

/* --- what is written --- */

/* Wait until a file has this text; all of it. */
static const char *
wait_for_text(const char *path, const char *text)
{
	int64_t until = test_now() + SOON;
	char *all = test_alloc(65536);
	size_t n;
	FILE *f;

	for (;;) {
		f = fopen(path, "r");
		n = f != NULL ? fread(all, 1, 65535, f) : 0;
		all[n] = '\0';
		if (f != NULL)
			fclose(f);
		if (strstr(all, text) != NULL)
			return all;
		if (test_left(until) == 0)
			test_fail("%s has no %s: %s", path, text, all);
		poll(NULL, 0, 2);
	}
}

static void
wait_for_file(const char *path)
{
	int64_t until = test_now() + SOON;

	while (access(path, F_OK) != 0) {
		if (test_left(until) == 0)
			test_fail("there is no %s", path);
		poll(NULL, 0, 2);
	}
}

static void
wait_for_err(struct proc *p, const char *text)
{
	int64_t until = test_now() + SOON;

	while (strstr(proc_err(p), text) == NULL) {
		if (test_left(until) == 0)
			test_fail("stderr has no %s: %s", text, proc_err(p));
		poll(NULL, 0, 2);
	}
}

static int
is_number(const struct dirent *e)
{
	return e->d_name[0] >= '0' && e->d_name[0] <= '9';
}

static int
descriptors(pid_t pid)
{
	struct dirent **list;
	int i,
	    n = scandir(
		test_text("/proc/%d/fd", (int)pid), &list, is_number, NULL);

	assert_true(n >= 0);
	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return n;
}

/* One that has sent nothing is accepted a second later. */
static int
connect_silent(const struct retortd *d)
{
	int64_t until = test_now() + SOON;
	int before = descriptors(d->proc->pid);
	int fd = net_connect(d->port);

	while (descriptors(d->proc->pid) == before) {
		if (test_left(until) == 0)
			test_fail("a silent client is not accepted");
		poll(NULL, 0, 2);
	}
	return fd;
}

/* --- options --- */

static void
want_usage_error(const char *option, const char *value, const char *why)
{
	struct proc *p = proc_start(NULL, ARGV(RETORTD, option, value));

	assert_int_equal(proc_wait(p, SOON), 2);
	assert_memory_equal(proc_err(p), "retortd: '", 10);
	if (strstr(proc_err(p), why) == NULL)
		test_fail("no %s in %s", why, proc_err(p));
	assert_int_equal(proc_read_all(p, SOON).len, 0);
}

static void
refuses_wrong_options(void **state)
{
	(void)state;
	want_usage_error("-x", NULL, "'-x' is not an option; try retortd -h\n");
	want_usage_error("-r", NULL, "'-r' wants a value");
	want_usage_error("--routes", NULL, "'--routes' wants a value");
	want_usage_error("-Lnone", "-y", "'-y' is not an option");
	want_usage_error("--help=me", NULL, "'--help=me' takes no value");
	want_usage_error("-l", NULL, "'-l' wants a value; try retortd -h\n");
	want_usage_error("--log", NULL, "'--log' wants a value");
	want_usage_error("-l", "127.0.0.1", "'127.0.0.1' is not ADDRESS:PORT");
	want_usage_error("-l", "localhost:80", "ADDRESS:PORT");
	want_usage_error("-l", "127.0.0.1:70000", "ADDRESS:PORT");
	want_usage_error("-l", "::1:80", "ADDRESS:PORT");
	want_usage_error("--listen", "[::1]", "ADDRESS:PORT");
	want_usage_error(
	    "--log", "xml", "'xml' is no log format: use common, json or none");
	want_usage_error("-C", "sock", "'sock' is neither unix:PATH nor fd:");
	want_usage_error("-C", "unix:", "'unix:' is neither unix:PATH nor fd:");
	want_usage_error("--control", "fd:-1", "nor fd:NUMBER");
	want_usage_error("stray", NULL, "'stray' is not an option");
	want_usage_error("-l", "\x1b[2J", "'\\x1b[2J' is not ADDRESS:PORT");
	want_usage_error("-\x1b", NULL, "'-\\x1b' is not an option");
	want_usage_error("--\x1b", NULL, "'--\\x1b' is not an option");
	want_usage_error("--help=\x1b", NULL, "'--help=\\x1b' takes no value");
}

static void
prints_its_version_and_help(void **state)
{
	struct proc *p = proc_start(NULL, ARGV(RETORTD, "-V"));

	(void)state;
	assert_string_equal(proc_read_line(p, SOON), "retortd " RETORT_VERSION);
	assert_int_equal(proc_wait(p, SOON), 0);
	p = proc_start(NULL, ARGV(RETORTD, "--version"));
	assert_int_equal(proc_wait(p, SOON), 0);
	p = proc_start(NULL, ARGV(RETORTD, "--help"));
	assert_non_null(strstr(proc_read_all(p, SOON).data, "--listen"));
	assert_int_equal(proc_wait(p, SOON), 0);
}

/* What is asked to be said and cannot be is a failure. */
/* What is refused before any route is. */
static void
explains_what_no_route_is_asked(void **state)
{
	static const char *const asked[][2] = {
		{ "GET https://test.com/", "answered with 421: " },
		{ "CONNECT test.com:80", "answered with 501: " },
	};
	struct proc *p;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		p = proc_start(NULL, ARGV(RETORTD, "-e", asked[i][0]));
		assert_non_null(
		    strstr(proc_read_all(p, SOON).data, asked[i][1]));
		assert_int_equal(proc_wait(p, SOON), 1);
	}
}

static void
says_when_it_cannot_speak(void **state)
{
	static const char *const options[] = { "-V", "-h", "-l127.0.0.1:0" };
	const struct proc_how how = { .out = "/dev/full" };
	struct proc *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		p = proc_start(&how, ARGV(RETORTD, options[i]));
		assert_int_equal(proc_wait(p, SOON), 1);
		assert_string_equal(proc_err(p),
		    "retortd: cannot write to standard output: "
		    "No space left on device\n");
	}
}

/* --- listening --- */

static void
says_where_it_listens_in_order(void **state)
{
	struct proc *p = proc_start(NULL,
	    ARGV(RETORTD, "-l", "127.0.0.1:0", "--listen", "[::1]:0", "-l",
		"127.0.0.2:0"));
	int port;

	(void)state;
	port = retortd_port(proc_read_line(p, SOON));
	assert_true(port > 0);
	assert_memory_equal(
	    proc_read_line(p, SOON), "retortd: listening on [::1]:", 28);
	assert_memory_equal(
	    proc_read_line(p, SOON), "retortd: listening on 127.0.0.2:", 32);
	answer_new(port);
	assert_string_equal(proc_err(p), "");
}

static void
warns_beyond_loopback(void **state)
{
	struct proc *p = proc_start(NULL, ARGV(RETORTD, "-l", "0.0.0.0:0"));

	(void)state;
	assert_memory_equal(
	    proc_read_line(p, SOON), "retortd: listening on 0.0.0.0:", 30);
	assert_non_null(strstr(proc_err(p), "reached from other machines"));
}

static void
refuses_a_port_in_use(void **state)
{
	struct retortd *first = retortd_start("-L", "common", NULL);
	const char *where = test_text("127.0.0.1:%d", first->port);
	struct proc *p = proc_start(NULL, ARGV(RETORTD, "-l", where));

	(void)state;
	assert_int_equal(proc_wait(p, SOON), 1);
	assert_string_equal(proc_err(p),
	    test_text("retortd: cannot listen on %s: the port is in use; "
		      "end the other server, or choose another port with -l\n",
		where));
	assert_int_equal(proc_read_all(p, SOON).len, 0);
	answer_new(first->port);
}

static void
runs_beside_another(void **state)
{
	struct retortd *one = retortd_start("-L", "common", NULL);
	struct retortd *two = retortd_start("-L", "common", NULL);

	(void)state;
	answer_new(one->port);
	answer_new(two->port);
	retortd_stop(one);
	answer_new(two->port);
	retortd_stop(two);
}

/* --- the end --- */

static void
leaves_at_once_when_told(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);
	int fd = net_connect(d->port);

	(void)state;
	net_say(fd, "GET / HT");
	answer_new(d->port);
	proc_kill(d->proc, SIGINT);
	assert_int_equal(proc_wait(d->proc, SOON), 0);
}

static void
finishes_what_was_begun_before_it_leaves(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);
	int silent = connect_silent(d);
	int begun = net_connect(d->port);
	int idle = net_connect(d->port);
	struct answer a;

	(void)state;
	net_say(begun, "GET / HTTP/1.1\r\n");
	answer_good(idle);
	proc_kill(d->proc, SIGQUIT);
	assert_int_equal(net_read_until_close(idle, SOON).len, 0);
	assert_int_equal(net_read_until_close(silent, SOON).len, 0);
	assert_true(proc_alive(d->proc));
	net_say(begun, "Host: test.com\r\n\r\n");
	a = answer_read(begun, false);
	assert_int_equal(a.status, 200);
	assert_string_equal(answer_field(&a, "Connection"), "close");
	assert_int_equal(net_read_until_close(begun, SOON).len, 0);
	assert_int_equal(proc_wait(d->proc, SOON), 0);
}

/* More requests than are accepted at once wait where it has not seen them. */
static void
answers_what_is_queued_before_it_leaves(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);
	int fd[2 * LIMIT_ACCEPTS];
	size_t i;

	(void)state;
	proc_kill(d->proc, SIGSTOP);
	for (i = 0; i < 2 * LIMIT_ACCEPTS; i++) {
		fd[i] = net_connect(d->port);
		net_say(fd[i], GOOD);
	}
	proc_kill(d->proc, SIGQUIT);
	proc_kill(d->proc, SIGCONT);
	for (i = 0; i < 2 * LIMIT_ACCEPTS; i++) {
		assert_int_equal(answer_read(fd[i], false).status, 200);
		assert_int_equal(net_read_until_close(fd[i], SOON).len, 0);
	}
	assert_int_equal(proc_wait(d->proc, SOON), 0);
}

static void
leaves_at_once_when_nothing_is_begun(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);

	(void)state;
	answer_good(net_connect(d->port));
	proc_kill(d->proc, SIGQUIT);
	assert_int_equal(proc_wait(d->proc, SOON), 0);
}

static void
takes_hup_without_harm(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);

	(void)state;
	proc_kill(d->proc, SIGHUP);
	wait_for_err(d->proc, "nothing to reload");
	answer_new(d->port);
	retortd_stop(d);
}

/* --- logs --- */

static const char *
log_line(struct retortd *d)
{
	return proc_read_line(d->proc, SOON);
}

/* 127.0.0.1 - - [23/Nov/2026:06:24:36 +0000] and what follows. */
static void
want_common(struct retortd *d, const char *rest)
{
	const char *line = log_line(d);
	const char *at;

	assert_memory_equal(line, "127.0.0.1 - - [", 15);
	at = strstr(line, "] ");
	assert_non_null(at);
	assert_int_equal(at - line, 15 + 26);
	assert_string_equal(at + 2, rest);
}

static void
logs_common_lines(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);
	int fd = net_connect(d->port);

	(void)state;
	net_say(fd, "GET /?q=\"x\" HTTP/1.1\r\n\r\n");
	net_read_until_close(fd, SOON);
	want_common(d, "\"GET /?q=\\\"x\\\" HTTP/1.1\" 400 143");
	fd = net_connect(d->port);
	answer_good(fd);
	want_common(d, "\"GET / HTTP/1.1\" 200 24");
	net_say(fd, "HEAD /option HTTP/1.1\r\nHost: test.com\r\n\r\n");
	want_common(d, "\"HEAD /option HTTP/1.1\" 200 0");
	fd = net_connect(d->port);
	net_say(fd, "GET,test.com\n");
	want_common(d, "\"GET,test.com\" 200 0");
	fd = net_connect(d->port);
	net_say(fd, "\x1b[2J\x07 / HTTP/1.1\r\n");
	net_read_until_close(fd, SOON);
	assert_non_null(
	    strstr(log_line(d), "\"\\x1b[2J\\x07 / HTTP/1.1\" 400 "));
}

static void
logs_json_objects(void **state)
{
	struct proc *p =
	    proc_start(NULL, ARGV(RETORTD, "-l", "127.0.0.1:0", "-L", "json"));
	const char *line = proc_read_line(p, SOON);
	int port, fd;

	(void)state;
	assert_memory_equal(
	    line, "{\"ev\":\"listen\",\"local\":\"127.0.0.1:", 34);
	port = (int)strtol(line + 34, NULL, 10);
	fd = net_connect(port);
	answer_good(fd);
	line = proc_read_line(p, SOON);
	assert_memory_equal(line, "{\"ev\":\"request\",\"at\":\"2", 23);
	assert_non_null(strstr(line, "Z\",\"peer\":\"127.0.0.1:"));
	assert_non_null(strstr(line,
	    "\",\"dialect\":\"http\",\"line\":\"GET / HTTP/1.1\","
	    "\"method\":\"GET\","
	    "\"host\":\"test.com\",\"target\":\"/\",\"status\":200,"
	    "\"bytes\":24,\"us\":"));
	assert_int_equal(line[strlen(line) - 1], '}');
	fd = net_connect(port);
	net_say(fd, "GET,test.com\"\n");
	line = proc_read_line(p, SOON);
	assert_non_null(strstr(line,
	    "\"dialect\":\"classic\",\"line\":\"GET,test.com\\\"\","
	    "\"method\":\"GET\",\"host\":\"test.com\\\"\","
	    "\"target\":\"test.com\\\"\",\"status\":400,"));
}

/* However much it is, the line has a place in the log. */
static void
logs_what_is_no_request(void **state)
{
	static char junk[60000];
	struct proc *p =
	    proc_start(NULL, ARGV(RETORTD, "-l", "127.0.0.1:0", "-L", "json"));
	const char *line = proc_read_line(p, SOON);
	int port = (int)strtol(line + 34, NULL, 10);
	int fd = net_connect(port);

	(void)state;
	net_say(fd, "GET /\x01 HTTP/1.0\r\n\r\n");
	net_read_until(fd, "HTTP/1.1 400 ", SOON);
	line = proc_read_line(p, SOON);
	assert_non_null(
	    strstr(line, "\"line\":\"GET /\\u0001 HTTP/1.0\",\"method\":"));
	fd = net_connect(port);
	memset(junk, 0x16, sizeof(junk));
	net_send(fd, junk, sizeof(junk));
	net_read_until(fd, "HTTP/1.1 400 ", SOON);
	line = proc_read_line(p, SOON);
	assert_non_null(strstr(line, "\"line\":\"\\u0016\\u0016"));
	assert_in_range(strlen(line), 6, 6 * LIMIT_START_LINE + 512);
	assert_string_equal(proc_err(p), "");
}

static void
logs_nothing_when_asked(void **state)
{
	struct retortd *d = retortd_start("--log", "none", NULL);

	(void)state;
	answer_new(d->port);
	proc_kill(d->proc, SIGTERM);
	assert_int_equal(proc_read_all(d->proc, SOON).len, 0);
}

/* The zone is a file, and files are given up before the first request. */
static void
logs_in_local_time(void **state)
{
	const struct proc_how how = { .env = ARGV("TZ=Asia/Seoul") };
	struct proc *p;

	(void)state;
	if (access("/usr/share/zoneinfo/Asia/Seoul", R_OK) != 0)
		skip();
	p = proc_start(&how, ARGV(RETORTD, "-l", "127.0.0.1:0"));
	answer_new(retortd_port(proc_read_line(p, SOON)));
	assert_non_null(strstr(proc_read_line(p, SOON), " +0900] \"GET / "));
}

static void
makes_no_file_when_there_is_no_log(void **state)
{
	const char *path = test_text("%s/log", test_folder());
	struct retortd *d = retortd_start("-L", "none", "-o", path, NULL);

	(void)state;
	answer_new(d->port);
	proc_kill(d->proc, SIGUSR1);
	answer_new(d->port);
	retortd_stop(d);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
logs_to_a_file_and_opens_it_anew(void **state)
{
	const char *folder = test_folder();
	const char *path = test_text("%s/log", folder);
	const char *moved = test_text("%s/log.1", folder);
	struct retortd *d = retortd_start("-L", "json", "-o", path, NULL);

	(void)state;
	answer_new(d->port);
	wait_for_text(path, "\"target\":\"/\"");
	assert_int_equal(rename(path, moved), 0);
	proc_kill(d->proc, SIGUSR1);
	wait_for_file(path);
	net_say(net_connect(d->port),
	    "GET /second HTTP/1.1\r\nHost: test.com\r\n\r\n");
	assert_null(strstr(wait_for_text(path, "/second"), "\"target\":\"/\""));
	retortd_stop(d);
	assert_null(strstr(wait_for_text(moved, ""), "/second"));
}

static void
says_when_its_log_cannot_be_opened(void **state)
{
	struct proc *p = proc_start(NULL,
	    ARGV(RETORTD, "-l", "127.0.0.1:0", "-o", "/nonexistent/\x1b"));

	(void)state;
	assert_int_equal(proc_wait(p, SOON), 1);
	assert_non_null(
	    strstr(proc_err(p), "cannot log to /nonexistent/\\x1b: No such"));
}

/* A thousand packets of a hundred requests: five times what pipe and buffer
 * hold. */
static void
serves_on_when_nobody_reads_its_log(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);
	int fd = net_connect(d->port);
	char *hundred = test_alloc(100 * strlen(GOOD) + 1);
	const char *one;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		memcpy(hundred + (size_t)i * strlen(GOOD), GOOD, strlen(GOOD));
	net_say(fd, GOOD);
	one = net_read_until(fd, "right.\n", SOON).data;
	for (i = 0; i < 1000; i++) {
		net_say(fd, hundred);
		assert_string_equal(
		    net_read_n(fd, 100 * strlen(one), SOON).data +
			100 * strlen(one) - strlen("right.\n"),
		    "right.\n");
	}
	answer_new(d->port);
	wait_for_err(d->proc, "log lines are being dropped");
	/* Whoever reads at last gets whole lines, and the loss is said. */
	want_common(d, "\"GET / HTTP/1.1\" 200 24");
	for (i = 0; i < 4000; i++)
		want_common(d, "\"GET / HTTP/1.1\" 200 24");
	wait_for_err(d->proc, "log lines dropped: ");
	retortd_stop(d);
}

/* A terminal whose other end has stalled, as over a broken line. */
static void
serves_on_when_its_terminal_stalls(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct proc_how how = { 0 };
	struct proc *p;
	char line[128] = "";
	size_t n = 0;
	int fd, i;

	(void)state;
	assert_true(
	    master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	how.out = test_text("%s", ptsname(master));
	p = proc_start(&how, ARGV(RETORTD, "-l", "127.0.0.1:0"));
	while (strchr(line, '\n') == NULL && n < sizeof(line) - 1) {
		assert_true(net_readable(master, SOON));
		n += (size_t)read(master, line + n, sizeof(line) - 1 - n);
	}
	fd = net_connect(retortd_port(line));
	for (i = 0; i < 2000; i++)
		answer_good(fd);
	proc_kill(p, SIGTERM);
	assert_int_equal(proc_wait(p, SOON), 0);
	close(master);
}

static void
serves_on_when_its_log_has_no_reader(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);

	(void)state;
	close(d->proc->out);
	d->proc->out = -1;
	answer_new(d->port);
	wait_for_err(d->proc, "cannot write the log: Broken pipe");
	answer_new(d->port);
	want_asleep(d->proc->pid, 100);
	retortd_stop(d);
}

/* --- endurance --- */

/* As many descriptors as we may have. */
static void
allow_descriptors(void)
{
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
	r.rlim_cur = r.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
}

static void
sleeps_beside_a_thousand_idle_connections(void **state)
{
	struct retortd *d = retortd_start("-L", "none", NULL);
	long before;
	int i;

	(void)state;
	allow_descriptors();
	answer_new(d->port);
	before = status_of(d->proc->pid, "VmRSS");
	for (i = 0; i < 1000; i++)
		answer_good(net_connect(d->port));
	assert_in_range(status_of(d->proc->pid, "VmRSS") - before, 0, 1024);
	want_asleep(d->proc->pid, 300);
	answer_new(d->port);
}

static void
sleeps_when_nobody_is_there(void **state)
{
	struct retortd *d = retortd_start("-L", "common", NULL);

	(void)state;
	answer_new(d->port);
	want_asleep(d->proc->pid, 300);
}

/* It has 16 descriptors; 20 clients that have begun to speak want one. */
static void
does_not_spin_without_descriptors_and_recovers(void **state)
{
	struct proc *p = proc_start(NULL,
	    ARGV("sh", "-c",
		"ulimit -n 16; exec " RETORTD " -l 127.0.0.1:0 -L none"));
	int port = retortd_port(proc_read_line(p, SOON));
	int fd[20];
	long before;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		fd[i] = net_connect(port);
		net_say(fd[i], "\r\n");
	}
	answer_good(fd[0]);
	net_say(fd[19], GOOD);
	assert_false(net_readable(fd[19], 20));
	/* It looks again once a second: a turn or two, not thousands. */
	before = wakeups(p->pid);
	poll(NULL, 0, 500);
	assert_in_range(wakeups(p->pid) - before, 0, 8);
	answer_good(fd[0]);
	for (i = 0; i < 19; i++)
		net_close(fd[i]);
	assert_int_equal(answer_read(fd[19], false).status, 200);
	answer_new(port);
}

static bool
is_writable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, ms) == 1;
}

/* Its unread answers stay in the kernel and in one buffer. */
static void
spends_little_on_a_client_that_never_reads(void **state)
{
	struct retortd *d = retortd_start("-L", "none", NULL);
	static const char request[] =
	    "GET /nope HTTP/1.1\r\nHost: test.com\r\n\r\n";
	int fd = net_connect(d->port);
	char *all = test_alloc(10000 * sizeof(request));
	size_t n = 0, sent = 0;
	ssize_t k;
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		memcpy(all + n, request, sizeof(request) - 1);
		n += sizeof(request) - 1;
	}
	/* As much as it takes: with its answers unread it takes no more. */
	while (sent < n && is_writable(fd, 200)) {
		k = send(fd, all + sent, n - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		assert_true(k > 0);
		sent += (size_t)k;
	}
	answer_new(d->port);
	assert_in_range(status_of(d->proc->pid, "VmHWM"), 0, 16 * 1024);
	want_asleep(d->proc->pid, 100);
	answer_new(d->port);
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_wrong_options),
		TEST(prints_its_version_and_help),
		TEST(explains_what_no_route_is_asked),
		TEST(says_when_it_cannot_speak),
		TEST(says_where_it_listens_in_order),
		TEST(warns_beyond_loopback),
		TEST(refuses_a_port_in_use),
		TEST(runs_beside_another),
		TEST(leaves_at_once_when_told),
		TEST(finishes_what_was_begun_before_it_leaves),
		TEST(answers_what_is_queued_before_it_leaves),
		TEST(leaves_at_once_when_nothing_is_begun),
		TEST(takes_hup_without_harm),
		TEST(logs_common_lines),
		TEST(logs_json_objects),
		TEST(logs_what_is_no_request),
		TEST(logs_nothing_when_asked),
		TEST(logs_in_local_time),
		TEST(makes_no_file_when_there_is_no_log),
		TEST(logs_to_a_file_and_opens_it_anew),
		TEST(says_when_its_log_cannot_be_opened),
		TEST(serves_on_when_nobody_reads_its_log),
		TEST(serves_on_when_its_log_has_no_reader),
		TEST(serves_on_when_its_terminal_stalls),
		TEST(sleeps_beside_a_thousand_idle_connections),
		TEST(sleeps_when_nobody_is_there),
		TEST(does_not_spin_without_descriptors_and_recovers),
		TEST(spends_little_on_a_client_that_never_reads),
	};

	return cmocka_run_group_tests_name("daemon", tests, NULL, test_end);
}
