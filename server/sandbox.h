/*
 * What retortd gives up once it listens.  From then on it needs its
 * descriptors, memory, a clock, the folder in which its log may be made anew,
 * and the folders that its routes read files from; a fault in it, found by a hostile peer, shall lead no further.
 */
#ifndef RETORTD_SANDBOX_H
#define RETORTD_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * For good: no new privileges, no core dump, no files but the log's and those
 * beneath n folders, to be read (Landlock), no other program, process or socket
 * (seccomp).  What the kernel does not know is left out.  log_path: the log
 * file, made already; NULL if there is none.  False with errno if the kernel
 * knows it and refuses.
 */
bool sandbox_enter(const char *log_path, const char *const *beneath, size_t n);

#endif
