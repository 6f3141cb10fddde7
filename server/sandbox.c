#include "sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- files: Landlock ----------------------------------------------------- */

/* As of its sixth version; the system's header may be older. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* All that a version can forbid. */
static struct ruleset
ruleset_of_version(long version)
{
	struct ruleset r = { .fs = (1 << 13) - 1 };

	if (version >= 2)
		r.fs |= 1 << 13; /* moving between folders */
	if (version >= 3)
		r.fs |= 1 << 14; /* truncating */
	if (version >= 4)
		r.net = 3; /* bind and connect, of TCP */
	if (version >= 5)
		r.fs |= 1 << 15; /* ioctl on devices */
	if (version >= 6)
		r.scoped = 3; /* abstract sockets and signals beyond us */
	return r;
}

static bool
permit(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = access,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	bool ok;

	if (rule.parent_fd < 0)
		return false;
	ok = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		 &rule, 0) == 0;
	close(rule.parent_fd);
	return ok;
}

static bool
permit_beside(int ruleset, const char *path, uint64_t access)
{
	char folder[PATH_MAX];

	if (strlcpy(folder, path, sizeof(folder)) >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return false;
	}
	return permit(ruleset, dirname(folder), access);
}

/* Of a link, also in the folder where it leads. */
static bool
permit_in_folder(int ruleset, const char *path, uint64_t access)
{
	char real[PATH_MAX];

	return permit_beside(ruleset, path, access) &&
	    (realpath(path, real) == NULL ||
		permit_beside(ruleset, real, access));
}

/* A file that was moved away is made anew in its folder; a device or pipe is
 * opened again as it is. */
static bool
permit_writing(int ruleset, const char *path)
{
	struct stat st;

	if (path == NULL)
		return true;
	if (stat(path, &st) != 0)
		return false;
	/* A pipe that has but a descriptor's name is beneath no rule. */
	if (!S_ISREG(st.st_mode))
		return permit(ruleset, path, LANDLOCK_ACCESS_FS_WRITE_FILE) ||
		    errno == EBADFD;
	return permit_in_folder(ruleset, path,
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG);
}

static bool
permit_removing(int ruleset, const char *path)
{
	return path == NULL ||
	    permit_in_folder(ruleset, path, LANDLOCK_ACCESS_FS_REMOVE_FILE);
}

static bool
permit_reading(int ruleset, const struct sandbox *s)
{
	size_t i;

	for (i = 0; i < s->nbeneath; i++)
		if (!permit(
			ruleset, s->beneath[i], LANDLOCK_ACCESS_FS_READ_FILE))
			return false;
	return true;
}

static bool
give_up_files(const struct sandbox *s)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset r;
	int fd;
	bool ok;

	if (version < 0)
		return true; /* the kernel has none */
	r = ruleset_of_version(version);
	fd = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof(r), 0);
	if (fd < 0)
		return false;
	ok = permit_writing(fd, s->written[0]) &&
	    permit_writing(fd, s->written[1]) &&
	    permit_removing(fd, s->removed) && permit_reading(fd, s) &&
	    syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return ok;
}

/* --- programs, processes, sockets: seccomp -------------------------------- */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH

/* clang-format off */
#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) \
	BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE_IF(test, value) \
	BPF_JUMP(BPF_JMP | (test) | BPF_K, (value), 0, 1), \
	RETURN(SECCOMP_RET_ERRNO | EPERM)
#define REFUSE(name) REFUSE_IF(BPF_JEQ, SYS_##name)

static bool
give_up_calls(void)
{
	/* By name and not by permission: libc may call what it likes, but not
	 * these.  io_uring would do them all unseen. */
	static struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		RETURN(SECCOMP_RET_ERRNO | EPERM),
		LOAD(nr),
#ifdef __x86_64__
		REFUSE_IF(BPF_JGE, 0x40000000), /* x32: other numbers */
		REFUSE(fork),
		REFUSE(vfork),
		REFUSE(chmod),
		REFUSE(chown),
		REFUSE(lchown),
#endif
		REFUSE(execve),
		REFUSE(execveat),
		REFUSE(clone),
		REFUSE(clone3),
		REFUSE(socket),
		REFUSE(socketpair),
		REFUSE(connect),
		REFUSE(bind),
		REFUSE(ptrace),
		REFUSE(process_vm_readv),
		REFUSE(process_vm_writev),
		REFUSE(pidfd_getfd),
		REFUSE(open_by_handle_at),
		REFUSE(io_uring_setup),
		REFUSE(bpf),
		REFUSE(fchmod),
		REFUSE(fchmodat),
		REFUSE(fchown),
		REFUSE(fchownat),
		REFUSE(utimensat),
		REFUSE(setxattr),
		REFUSE(kill),
		REFUSE(pidfd_open),
		REFUSE(perf_event_open),
		REFUSE(userfaultfd),
		REFUSE(keyctl),
		REFUSE(unshare),
		REFUSE(setns),
		REFUSE(chroot),
		REFUSE(mount),
		REFUSE(sethostname),
		RETURN(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return true;
	return errno == EINVAL; /* the kernel has none */
}
/* clang-format on */

#else

static bool
give_up_calls(void)
{
	return true;
}

#endif

/* --- what root may: capabilities ------------------------------------------ */

/* Its log's folder and its files may be another's. */
static bool
give_up_capabilities(void)
{
	const uint32_t kept =
	    1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH;
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct c[2];

	if (syscall(SYS_capget, &head, c) != 0)
		return false;
	c[0].permitted &= kept;
	c[0].effective &= kept;
	c[1].permitted = c[1].effective = 0;
	c[0].inheritable = c[1].inheritable = 0;
	return syscall(SYS_capset, &head, c) == 0;
}

bool
sandbox_enter(const struct sandbox *s)
{
	static const struct rlimit no_core = { 0, 0 };

	/* The second of the two keeps a core from a pipe, too: it would hold
	 * what peers sent. */
	return setrlimit(RLIMIT_CORE, &no_core) == 0 &&
	    prctl(PR_SET_DUMPABLE, 0) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && give_up_files(s) &&
	    give_up_capabilities() && give_up_calls();
}
