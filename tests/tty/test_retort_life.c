/*
 * How retort begins and ends, and what it leaves behind: the terminal as it
 * was, and no server.
 */
#include "retort.h"

#include <sys/pidfd.h>
#include <sys/wait.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* The one child of that process. */
static pid_t
child_of(struct screen *s)
{
	const char *path =
	    test_text("/proc/%d/task/%d/children", (int)s->pid, (int)s->pid);
	FILE *f = fopen(path, "r");
	int pid = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	return pid;
}

/* A descriptor of it: the client's server. */
static int
server_of(struct screen *s)
{
	int fd = (int)pidfd_open(child_of(s), 0);

	assert_true(fd >= 0);
	return fd;
}

/* It has ended within that time. */
static bool
ends(int pidfd, int ms)
{
	struct pollfd p = { pidfd, POLLIN, 0 };
	bool ended = poll(&p, 1, ms) == 1;

	close(pidfd);
	return ended;
}

static struct screen *
with_server(void)
{
	struct screen *s =
	    screen_start(NULL, ARGV(RETORT, "-s", "-c", "127.0.0.1:0"));

	screen_wait_text(s, "server ● 127.0.0.1:", MS);
	return s;
}

static void
quitting_ends_the_server_and_restores_the_terminal(void **state)
{
	struct screen *s = with_server();
	int server = server_of(s);

	(void)state;
	assert_true(s->alternate);
	assert_true(s->mouse);
	assert_true(s->paste);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "Q");
	assert_int_equal(screen_wait_exit(s, MS), 0);
	assert_true(screen_is_sane(s));
	assert_true(ends(server, MS));
}

static void
a_killed_client_leaves_no_server(void **state)
{
	struct screen *s = with_server();
	int server = server_of(s);

	(void)state;
	kill(s->pid, SIGKILL);
	assert_int_equal(screen_wait_exit(s, MS), -SIGKILL);
	assert_true(ends(server, MS));
}

static void
a_crash_restores_the_terminal(void **state)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL,
		SIGTRAP, SIGSYS };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct screen *s = with_server();
		int server = server_of(s);

		kill(s->pid, signals[i]);
		assert_int_equal(screen_wait_exit(s, MS), -signals[i]);
		assert_true(screen_is_sane(s));
		assert_true(ends(server, MS));
	}
}

static void
being_told_to_leave_restores_the_terminal(void **state)
{
	const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1,
		SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPOLL, SIGXCPU, SIGXFSZ,
		SIGPWR, SIGSTKFLT, SIGRTMIN, SIGRTMAX };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct screen *s = with_server();
		int server = server_of(s);

		kill(s->pid, signals[i]);
		assert_int_equal(screen_wait_exit(s, MS), -signals[i]);
		assert_true(screen_is_sane(s));
		assert_true(ends(server, MS));
	}
}

static void
a_closed_terminal_ends_it(void **state)
{
	struct screen *s = with_server();
	int server = server_of(s);
	int client = (int)pidfd_open(s->pid, 0);

	(void)state;
	screen_hangup(s);
	assert_true(ends(client, MS));
	assert_true(ends(server, MS));
}

static void
ctrl_z_and_fg_give_the_screen_back(void **state)
{
	struct screen *s = with_server();

	(void)state;
	screen_type(s, "test.com\r");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_ctrl(s, 'z');
	screen_wait_stopped(s, MS);
	assert_true(screen_is_sane(s));
	assert_false(s->paste);
	screen_continue(s);
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_wait_at(s, 0, 1, "retort", MS);
	screen_settle(s, MS);
	assert_true(s->alternate);
	assert_true(s->mouse);
	assert_true(s->paste);
	/* The server went on meanwhile. */
	screen_type(s, "\r");
	screen_wait_text(s, "2 req", MS);
}

static void
a_stop_from_outside_is_the_same(void **state)
{
	struct screen *s = with_server();

	(void)state;
	kill(s->pid, SIGTSTP);
	screen_wait_stopped(s, MS);
	assert_true(screen_is_sane(s));
	screen_continue(s);
	screen_wait_at(s, 0, 1, "retort", MS);
	screen_wait_text(s, "Enter send", MS);
}

/* As kill(1) in a shell does with a job that is stopped. */
static void
kill_stopped(struct screen *s, int sig)
{
	kill(s->pid, sig);
	kill(s->pid, SIGCONT);
}

static void
it_can_be_ended_while_it_is_stopped(void **state)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGSEGV };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct screen *s = with_server();
		int server = server_of(s);

		screen_ctrl(s, 'z');
		screen_wait_stopped(s, MS);
		kill_stopped(s, signals[i]);
		assert_int_equal(screen_wait_exit(s, MS), -signals[i]);
		assert_true(screen_is_sane(s));
		assert_true(ends(server, MS));
	}
}

/* It waits there for its fg, as whatever wants the terminal does. */
static void
started_in_the_background_it_can_be_ended(void **state)
{
	static const char script[] =
	    "set -m; \"$0\" test.com & "
	    "until grep -q '^State:.T' /proc/$!/status; do sleep 0.01; done; "
	    "kill -TERM $!; kill -CONT $!; "
	    "while kill -0 $!; do sleep 0.01; jobs; done";
	struct screen *s = screen_start(NULL, ARGV("sh", "-c", script, RETORT));

	(void)state;
	screen_wait_text(s, "Terminated", MS);
	screen_wait_exit(s, MS);
	assert_true(screen_is_sane(s));
}

/* A shell that sets the terminal for itself, writes, and says fg. */
static void
a_stop_that_nobody_sees_coming_is_the_same(void **state)
{
	static const char script[] = "set -m; \"$0\" test.com; stty sane; echo "
				     "the shell has it; read line; fg";
	struct screen *s = screen_start(NULL, ARGV("sh", "-c", script, RETORT));

	(void)state;
	screen_wait_text(s, "Enter send", MS);
	kill(child_of(s), SIGSTOP);
	screen_wait_text(s, "the shell has it", MS);
	screen_type(s, "\r");
	screen_wait_gone(s, "the shell has it", MS);
	screen_wait_text(s, "Enter send", MS);
	screen_settle(s, MS);
	assert_true(s->mouse);
	assert_true(s->paste);
	assert_int_equal(screen_tty(s).c_lflag & (ICANON | ECHO), 0);
	screen_type(s, "/typed");
	screen_wait_text(s, "test.com/typed", MS);
	screen_ctrl(s, 'c');
	screen_type(s, "Q");
	assert_int_equal(screen_wait_exit(s, MS), 0);
	assert_true(screen_is_sane(s));
}

static void
a_size_changed_while_stopped_is_seen(void **state)
{
	struct screen *s = with_server();

	(void)state;
	screen_ctrl(s, 'z');
	screen_wait_stopped(s, MS);
	screen_resize(s, 30, 100);
	screen_continue(s);
	screen_wait_at(s, 29, 1, "Enter send", MS);
}

static void
ctrl_c_does_not_reach_the_server(void **state)
{
	struct screen *s = with_server();

	(void)state;
	screen_ctrl(s, 'c');
	screen_wait_text(s, "Q leaves  Esc stays", MS);
	screen_type(s, "x");
	screen_type(s, "test.com\r");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_wait_text(s, "1 req", MS);
	assert_true(screen_find(s, "server ●", NULL, NULL));
}

static void
without_a_terminal_it_says_what_needs_none(void **state)
{
	struct proc *p = proc_start(NULL, ARGV(RETORT));

	(void)state;
	assert_int_equal(proc_wait(p, MS), 2);
	assert_non_null(strstr(proc_err(p), "--server-only"));
}

static void
a_terminal_without_a_cursor_is_told(void **state)
{
	static const char *const terms[] = { "TERM=dumb", "TERM=nosuch" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *const env[] = { terms[i], NULL };
		const struct screen_how how = { .env = env };
		struct screen *s = screen_start(&how, ARGV(RETORT));

		assert_int_equal(screen_wait_exit(s, MS), 1);
		screen_wait_text(s, "try TERM=xterm", MS);
	}
}

static void
wrong_options_exit_2_and_are_named(void **state)
{
	const struct {
		const char *const *argv;
		const char *says;
	} wrong[] = {
		{ ARGV(RETORT, "-x"), "retort: '-x' is not an option" },
		{ ARGV(RETORT, "--xyz"), "retort: '--xyz' is not an option" },
		{ ARGV(RETORT, "--classic=1"), "'--classic=1' takes no value" },
		{ ARGV(RETORT, "-c"), "retort: '-c' wants a value" },
		{ ARGV(RETORT, "-r"), "retort: '-r' wants a value" },
		{ ARGV(RETORT, "-c", "nonsense"), "-c 'nonsense': an address" },
		{ ARGV(RETORT, "-c", "\033[1m"), "-c '\\x1b[1m': an address" },
		{ ARGV(RETORT, "-H", "no colon"), "-H \"no colon\": a" },
		{ ARGV(RETORT, "GET", "test.com", "more"),
		    "'more' is one too many" },
		{ ARGV(RETORT, "G T", "test.com"), "'G T' is no method" },
		{ ARGV(RETORT, "-s", "--server-only"),
		    "'--server-only' must come first" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct proc *p = proc_start(NULL, wrong[i].argv);

		assert_int_equal(proc_wait(p, MS), 2);
		if (strstr(proc_err(p), wrong[i].says) == NULL)
			test_fail("case %zu: %s", i, proc_err(p));
	}
}

static void
a_missing_body_file_is_named_with_its_option(void **state)
{
	struct proc *p = proc_start(NULL, ARGV(RETORT, "-d", "@missing"));

	(void)state;
	assert_int_equal(proc_wait(p, MS), 1);
	assert_non_null(strstr(proc_err(p), "-d '@missing': No such file"));
}

static void
version_and_help_need_no_terminal(void **state)
{
	static const struct proc_how full = { .out = "/dev/full" };
	static const char *const options[] = { "-V", "-h" };
	struct proc *p = proc_start(NULL, ARGV(RETORT, "-V"));

	(void)state;
	assert_string_equal(proc_read_line(p, MS), "retort 0.1.0");
	assert_int_equal(proc_wait(p, MS), 0);
	p = proc_start(NULL, ARGV(RETORT, "-h"));
	assert_non_null(strstr(proc_read_line(p, MS), "usage: retort"));
	assert_non_null(strstr(proc_read_all(p, MS).data, "-d, --data"));
	assert_int_equal(proc_wait(p, MS), 0);
	for (size_t i = 0; i < 2; i++) {
		p = proc_start(&full, ARGV(RETORT, options[i]));
		assert_int_equal(proc_wait(p, MS), 1);
	}
}

static void
server_only_becomes_retortd(void **state)
{
	struct proc *p = proc_start(
	    NULL, ARGV(RETORT, "--server-only", "-l", "127.0.0.1:0"));
	const char *line = proc_read_line(p, MS);
	int fd;

	(void)state;
	assert_non_null(line);
	assert_memory_equal(line, "retortd: listening on 127.0.0.1:", 32);
	fd = net_connect(retortd_port(line));
	net_say(fd, "GET,test.com\n");
	assert_string_equal(net_read_until_close(fd, MS).data, "HTTP/200 OK");
	proc_kill(p, SIGTERM);
	assert_int_equal(proc_wait(p, MS), 0);
}

/* A number out of /proc/PID/status. */
static long
status_of(struct screen *s, const char *name)
{
	FILE *f = fopen(test_text("/proc/%d/status", (int)s->pid), "r");
	char line[256];
	long value = -1;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name), NULL, 10);
	fclose(f);
	assert_true(value >= 0);
	return value;
}

/* Not woken once in longer than its tick would be. */
static void
an_idle_screen_sleeps(void **state)
{
	struct screen *s = with_server();
	long before;

	(void)state;
	screen_type(s, "test.com\r");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_wait_text(s, "1 req", MS);
	screen_settle(s, MS);
	before = status_of(s, "voluntary_ctxt_switches:");
	poll(NULL, 0, 1500);
	assert_int_equal(status_of(s, "voluntary_ctxt_switches:"), before);
}

#ifndef __SANITIZE_ADDRESS__ /* which is not small */

static void
an_empty_history_takes_little_memory(void **state)
{
	struct screen *s = with_server();

	(void)state;
	screen_settle(s, MS);
	assert_true(status_of(s, "VmRSS:") <= 8 * 1024);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(quitting_ends_the_server_and_restores_the_terminal),
		T(a_killed_client_leaves_no_server),
		T(a_crash_restores_the_terminal),
		T(being_told_to_leave_restores_the_terminal),
		T(a_closed_terminal_ends_it),
		T(ctrl_z_and_fg_give_the_screen_back),
		T(a_stop_from_outside_is_the_same),
		T(it_can_be_ended_while_it_is_stopped),
		T(started_in_the_background_it_can_be_ended),
		T(a_stop_that_nobody_sees_coming_is_the_same),
		T(a_size_changed_while_stopped_is_seen),
		T(ctrl_c_does_not_reach_the_server),
		T(without_a_terminal_it_says_what_needs_none),
		T(a_terminal_without_a_cursor_is_told),
		T(wrong_options_exit_2_and_are_named),
		T(a_missing_body_file_is_named_with_its_option),
		T(version_and_help_need_no_terminal),
		T(server_only_becomes_retortd),
		T(an_idle_screen_sleeps),
#ifndef __SANITIZE_ADDRESS__
		T(an_empty_history_takes_little_memory),
#endif
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
