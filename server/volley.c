#include "volley.h"

#include <sys/syscall.h>

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

enum {
	WORTH = 4, /* fewer are sent sooner one by one */
};

void
volley_init(struct volley *v)
{
	size_t i;

	*v = (struct volley){ 0 };
	for (i = 0; i < LIMIT_PARCELS; i++) {
		v->shot[i].aio_lio_opcode = IOCB_CMD_PWRITE;
		v->shot[i].aio_data = i;
		v->shots[i] = &v->shot[i];
	}
	/* If it fails the context stays 0. */
	(void)syscall(SYS_io_setup, LIMIT_PARCELS, &v->context);
}

void
volley_release(struct volley *v)
{
	if (v->context != 0)
		syscall(SYS_io_destroy, v->context);
	v->context = 0;
}

void
volley_load(struct volley *v, int fd, struct span bytes)
{
	struct iocb *shot = &v->shot[v->n++];

	shot->aio_fildes = (uint32_t)fd;
	shot->aio_buf = (uintptr_t)bytes.p;
	shot->aio_nbytes = bytes.n;
}

/* A kernel that submits but does not tell is asked no more. */
static void
take_ends(struct volley *v, size_t n)
{
	long i, ended;

	for (i = 0; i < (long)n; i++)
		v->sent[i] = -EIO;
	do {
		ended =
		    syscall(SYS_io_getevents, v->context, n, n, v->end, NULL);
	} while (ended < 0 && errno == EINTR);
	for (i = 0; i < ended; i++)
		v->sent[v->end[i].data] =
		    v->end[i].res > 0 ? (ssize_t)v->end[i].res : 0;
	if (ended < (long)n)
		volley_release(v);
}

size_t
volley_fire(struct volley *v)
{
	long n = 0;

	if (v->context != 0 && v->n >= WORTH)
		n = syscall(SYS_io_submit, v->context, v->n, v->shots);
	v->n = 0;
	if (n <= 0)
		return 0;
	take_ends(v, (size_t)n);
	return (size_t)n;
}
