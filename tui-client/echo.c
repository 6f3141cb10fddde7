#include "echo.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char routes[] = "host * { * * echo }\n";

void
echo_init(struct echo *e)
{
	serverproc_init(&e->server);
	e->routes = -1;
}

/* A file that no folder has: nothing is left of it, whatever becomes of us. */
static bool
make_routes(struct echo *e)
{
	int fd = memfd_create("echo.conf", MFD_CLOEXEC);

	if (fd < 0)
		return false;
	if (write(fd, routes, sizeof(routes) - 1) != sizeof(routes) - 1) {
		close(fd);
		return false;
	}
	e->routes = fd;
	snprintf(
	    e->path, sizeof(e->path), "/proc/%ld/fd/%d", (long)getpid(), fd);
	e->server.routes.path = e->path;
	return true;
}

void
echo_start(struct echo *e, int64_t now)
{
	/* Without its route it would answer otherwise: it shall rather say
	 * that the file is not there. */
	if (e->routes < 0 && !make_routes(e))
		e->server.routes.path = "/dev/null/echo.conf";
	serverproc_start(&e->server, "127.0.0.1:0", now);
}

void
echo_release(struct echo *e)
{
	serverproc_release(&e->server);
	if (e->routes >= 0)
		close(e->routes);
	echo_init(e);
}
