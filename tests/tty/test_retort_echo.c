/*
 * e: what would leave, as a server of retort's own received it.
 */
#include "retort.h"

#include <sys/pidfd.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* A descriptor of the one child: the server that echoes. */
static int
child_of(struct screen *s, pid_t *pid)
{
	const char *path =
	    test_text("/proc/%d/task/%d/children", (int)s->pid, (int)s->pid);
	FILE *f = fopen(path, "r");
	int fd;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", pid), 1);
	fclose(f);
	fd = (int)pidfd_open(*pid, 0);
	assert_true(fd >= 0);
	return fd;
}

static bool
ends(int pidfd)
{
	struct pollfd p = { pidfd, POLLIN, 0 };
	bool ended = poll(&p, 1, MS) == 1;

	close(pidfd);
	return ended;
}

/* With nobody at the via address: that is not where it goes. */
static struct screen *
composed(int rows, int cols)
{
	struct screen_how how = { .rows = rows, .cols = cols };
	struct screen *s = screen_start(&how,
	    ARGV(RETORT, "-c", test_text("127.0.0.1:%d", net_refused_port()),
		"-H", "X-A:  it's", "-d", "한 %41\\", "PUT",
		"test.com/a?b[]=c"));

	screen_wait_text(s, "PUT", MS);
	screen_type(s, "\033");
	return s;
}

static void
the_answer_is_the_request(void **state)
{
	struct screen *s = composed(40, 80);
	struct bytes request, body;

	(void)state;
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "e");
	wait_entry(s, "echo test.com/a?b[]=c", "200 OK", GREEN);
	screen_wait_text(s, "an echo: the body is the request", MS);
	screen_wait_text(s, "Content-Type: message/http", MS);
	screen_wait_text(s, "PUT /a?b%5B%5D=c HTTP/1.1", MS);
	screen_wait_text(s, "X-A:", MS);
	screen_wait_text(s, "한 %41\\", MS);
	/* Byte for byte: what was sent, and the body of the answer. */
	screen_type(s, "yr\r");
	screen_wait_text(s, "copied", MS);
	request = screen_wait_clipboard(s, MS);
	screen_type(s, "yb\r");
	body = screen_wait_clipboard(s, MS);
	assert_int_equal(body.len, request.len);
	assert_memory_equal(body.data, request.data, body.len);
	assert_non_null(strstr(body.data, "\r\n\r\n한 %41\\"));
	/* The next has a server already. */
	screen_type(s, "e");
	screen_wait_text(s, "── 2 ──", MS);
	wait_entry(s, "echo test.com", "200 OK", GREEN);
	screen_wait_text(s, "server stopped", MS);
}

static void
one_that_died_is_started_anew(void **state)
{
	struct screen *s = composed(24, 80);
	pid_t pid;
	int fd;

	(void)state;
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "e");
	screen_wait_text(s, "an echo:", MS);
	fd = child_of(s, &pid);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_true(ends(fd));
	screen_settle(s, MS);
	screen_type(s, "\t");
	screen_wait_text(s, "r send again", MS);
	screen_type(s, "r");
	screen_wait_text(s, "── 2 ──", MS);
	screen_wait_text(s, "an echo:", MS);
	wait_entry(s, "echo test.com", "200 OK", GREEN);
}

static void
it_dies_with_the_client(void **state)
{
	struct screen *s = composed(24, 80);
	pid_t pid;
	int fd;

	(void)state;
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "e");
	screen_wait_text(s, "an echo:", MS);
	fd = child_of(s, &pid);
	assert_int_equal(kill(s->pid, SIGKILL), 0);
	assert_int_equal(screen_wait_exit(s, MS), -SIGKILL);
	assert_true(ends(fd));

	s = composed(24, 80);
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "e");
	screen_wait_text(s, "an echo:", MS);
	fd = child_of(s, &pid);
	/* Before it has come whole, Q asks. */
	wait_entry(s, "echo test.com", "200 OK", GREEN);
	screen_type(s, "Q");
	assert_int_equal(screen_wait_exit(s, MS), 0);
	assert_true(ends(fd));
	assert_true(screen_is_sane(s));
}

static void
classic_is_told_why_not(void **state)
{
	struct screen *s = composed(24, 80);

	(void)state;
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "c");
	screen_wait_text(s, "classic", MS);
	screen_type(s, "e");
	screen_wait_text(s, "no body to echo in", MS);
	screen_settle(s, MS);
	assert_false(screen_find(s, "── 1 ──", NULL, NULL));
}

static void
a_narrow_row_keeps_its_mark(void **state)
{
	struct screen *s = composed(12, 40);

	(void)state;
	screen_wait_text(s, "PUT", MS);
	screen_type(s, "e");
	wait_entry(s, "echo ", "200", GREEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_answer_is_the_request),
		T(one_that_died_is_started_anew),
		T(it_dies_with_the_client),
		T(classic_is_told_why_not),
		T(a_narrow_row_keeps_its_mark),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
