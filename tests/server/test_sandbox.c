/*
 * What the server's process can no longer do.  Each try is made in a child
 * that has entered the sandbox: it tells by its exit status.
 */
#include "sandbox.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "test.h"

/* The errno of one try, 0 if it succeeded. */
typedef int try_fn(const char *arg);

enum {
	NOT_ENTERED = 255
};

static int
tried_in(const struct sandbox *s, try_fn *attempt, const char *arg)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(sandbox_enter(s) ? attempt(arg) : NOT_ENTERED);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status))
		test_fail("the try ended with status %#x", status);
	return WEXITSTATUS(status);
}

static int
tried(const char *log_path, try_fn *attempt, const char *arg)
{
	return tried_in(
	    &(struct sandbox){ .written = { log_path } }, attempt, arg);
}

static int
result(long answer)
{
	return answer >= 0 ? 0 : errno;
}

static int
try_read(const char *path)
{
	return result(open(path, O_RDONLY));
}

static int
try_append(const char *path)
{
	return result(open(path, O_WRONLY | O_APPEND | O_CREAT, 0600));
}

static int
try_exec(const char *path)
{
	return result(execl(path, path, (char *)NULL));
}

static int
try_fork(const char *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (pid == 0)
		_exit(0);
	return result(pid);
}

static int
try_socket(const char *arg)
{
	(void)arg;
	return result(socket(AF_INET, SOCK_STREAM, 0));
}

/* With arguments that nothing can be done with, should it be allowed. */
static int
try_others(const char *arg)
{
	static const long calls[] = { SYS_fchmodat, SYS_fchownat, SYS_utimensat,
		SYS_setxattr, SYS_kill, SYS_pidfd_open, SYS_perf_event_open,
		SYS_userfaultfd, SYS_keyctl, SYS_setns, SYS_chroot, SYS_mount,
		SYS_sethostname, SYS_ptrace, SYS_bpf };
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		errno = 0;
		if (syscall(calls[i], -1, -1, -1, -1, -1, -1) >= 0 ||
		    errno != EPERM)
			return (int)i + 1;
	}
	return 0;
}

static int
try_capabilities(const char *arg)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct c[2];

	(void)arg;
	if (syscall(SYS_capget, &head, c) != 0)
		return errno;
	return (c[0].permitted &
		   ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH)) !=
	    0 ||
	    c[1].permitted != 0;
}

static int
try_core(const char *arg)
{
	struct rlimit most = { 1, 1 };

	(void)arg;
	return getrlimit(RLIMIT_CORE, &most) == 0 && most.rlim_max == 0 ? EPERM
									: 0;
}

static int
try_nothing(const char *arg)
{
	(void)arg;
	return 0;
}

static bool
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		   LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void
can_be_entered(void **state)
{
	(void)state;
	assert_int_equal(tried(NULL, try_nothing, NULL), 0);
}

/* As a shell names one: >(cat) */
static void
can_be_entered_with_a_pipe_as_log(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(
	    tried(test_text("/dev/fd/%d", fd[1]), try_nothing, NULL), 0);
	close(fd[0]);
	close(fd[1]);
}

static void
opens_no_file(void **state)
{
	(void)state;
	if (!has_landlock())
		skip();
	assert_int_equal(tried(NULL, try_read, "/etc/passwd"), EACCES);
	assert_int_equal(tried(NULL, try_read, "/proc/self/mem"), EACCES);
}

static void
runs_nothing(void **state)
{
	(void)state;
	assert_int_equal(tried(NULL, try_exec, "/bin/true"), EPERM);
	assert_int_equal(tried(NULL, try_fork, NULL), EPERM);
	assert_int_equal(tried(NULL, try_socket, NULL), EPERM);
	assert_int_equal(tried(NULL, try_core, NULL), EPERM);
}

static void
does_nothing_to_the_system(void **state)
{
	(void)state;
	assert_int_equal(tried(NULL, try_others, NULL), 0);
	assert_int_equal(tried(NULL, try_capabilities, NULL), 0);
}

static void
makes_its_log_anew_and_no_other_file(void **state)
{
	char folder[4096], log[4200], fresh[4200], outside[4200];

	(void)state;
	if (!has_landlock())
		skip();
	snprintf(folder, sizeof(folder), "%s", test_folder());
	snprintf(log, sizeof(log), "%s/log", folder);
	snprintf(fresh, sizeof(fresh), "%s/log.1", folder);
	snprintf(outside, sizeof(outside), "%s.outside", folder);
	assert_int_equal(try_append(log), 0);
	assert_int_equal(tried(log, try_append, log), 0);
	assert_int_equal(rename(log, fresh), 0);
	assert_int_equal(try_append(log), 0);
	assert_int_equal(tried(log, try_append, log), 0);
	assert_int_equal(tried(log, try_read, log), EACCES);
	assert_int_equal(tried(log, try_append, outside), EACCES);
	assert_int_not_equal(access(outside, F_OK), 0);
}

/* What routes may name: to be read, and nothing else. */
static void
reads_beneath_its_folders(void **state)
{
	const char *const beneath[] = { test_folder(), test_folder() };
	const struct sandbox one = { .beneath = beneath, .nbeneath = 1 };
	const struct sandbox two = { .beneath = beneath, .nbeneath = 2 };
	const char *file = test_text("%s/file", beneath[0]);
	const char *deep = test_text("%s/deep", beneath[1]);
	const char *deeper = test_text("%s/deep/file", beneath[1]);
	const char *outside = test_text("%s/file", test_folder());

	(void)state;
	if (!has_landlock())
		skip();
	assert_int_equal(mkdir(deep, 0700), 0);
	assert_int_equal(try_append(file), 0);
	assert_int_equal(try_append(deeper), 0);
	assert_int_equal(try_append(outside), 0);
	assert_int_equal(tried_in(&two, try_read, file), 0);
	assert_int_equal(tried_in(&two, try_read, deeper), 0);
	assert_int_equal(tried_in(&two, try_read, outside), EACCES);
	assert_int_equal(tried_in(&two, try_read, "/etc/passwd"), EACCES);
	assert_int_equal(tried_in(&two, try_append, file), EACCES);
	assert_int_equal(tried_in(&one, try_read, deeper), EACCES);
}

static int
try_remove(const char *path)
{
	return result(unlink(path));
}

/* The journal beside the log; of the control socket only its removal. */
static void
makes_its_journal_and_removes_its_socket(void **state)
{
	const char *log = test_text("%s/log", test_folder());
	const char *journal = test_text("%s/journal", test_folder());
	const char *folder = test_folder();
	const char *control = test_text("%s/control", folder);
	const char *file = test_text("%s/file", folder);
	const struct sandbox s = {
		.written = { log, journal },
		.removed = control,
	};

	(void)state;
	if (!has_landlock())
		skip();
	assert_int_equal(try_append(log), 0);
	assert_int_equal(try_append(journal), 0);
	assert_int_equal(try_append(control), 0);
	assert_int_equal(tried_in(&s, try_append, log), 0);
	assert_int_equal(tried_in(&s, try_append, journal), 0);
	assert_int_equal(tried_in(&s, try_remove, journal), EACCES);
	assert_int_equal(tried_in(&s, try_append, file), EACCES);
	assert_int_equal(tried_in(&s, try_read, control), EACCES);
	assert_int_equal(tried_in(&s, try_remove, control), 0);
	assert_int_not_equal(access(control, F_OK), 0);
}

/* By its own hand, and without a trace of what peers sent. */
static void
may_still_abort(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		if (!sandbox_enter(&(struct sandbox){ 0 }))
			_exit(NOT_ENTERED);
		abort();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_false(WCOREDUMP(status));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(can_be_entered, test_end),
		cmocka_unit_test_teardown(
		    can_be_entered_with_a_pipe_as_log, test_end),
		cmocka_unit_test_teardown(opens_no_file, test_end),
		cmocka_unit_test_teardown(runs_nothing, test_end),
		cmocka_unit_test_teardown(does_nothing_to_the_system, test_end),
		cmocka_unit_test_teardown(
		    makes_its_journal_and_removes_its_socket, test_end),
		cmocka_unit_test_teardown(may_still_abort, test_end),
		cmocka_unit_test_teardown(reads_beneath_its_folders, test_end),
		cmocka_unit_test_teardown(
		    makes_its_log_anew_and_no_other_file, test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
