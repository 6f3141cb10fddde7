/*
 * What retortd gives up once it listens.  From then on it needs its
 * descriptors, memory, a clock, the folders in which log and journal may be
 * made anew and the control socket is removed, and those that its routes read
 * files from; a fault in it, found by a hostile peer, shall lead no further.
 */
#ifndef RETORTD_SANDBOX_H
#define RETORTD_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* The files that it still may touch. */
struct sandbox {
	const char *written[2];	    /* log and journal, made already; to be
				     * made anew in their folders; or NULL */
	const char *removed;	    /* the control socket; or NULL */
	const char *const *beneath; /* folders to read in */
	size_t nbeneath;
};

/*
 * For good: no new privileges and of root's few, no core dump, no files but
 * those (Landlock), no other program, process or socket, and nothing that sets
 * up the system (seccomp).  What the kernel does not know
 * is left out.  False with errno if the kernel knows it and refuses.
 */
bool sandbox_enter(const struct sandbox *);

#endif
