#include "say.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "sink.h"

/* stderr, or the same terminal opened so that nothing waits. */
static int err_fd = STDERR_FILENO;

void
say_begin(void)
{
	int fd = sink_open_terminal(STDERR_FILENO);

	if (fd >= 0)
		err_fd = fd;
}

void
say(const char *fmt, ...)
{
	char line[512] = "retortd: ";
	size_t n = strlen(line);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	n = strlen(line);
	line[n++] = '\n';
	/* Nobody can be told if stderr fails too. */
	if (sink_is_writable(err_fd) && write(err_fd, line, n) < 0)
		return;
}

void
say_lines(struct span s)
{
	const char *end;
	size_t n;

	while (s.n > 0 && sink_is_writable(err_fd)) {
		n = s.n < PIPE_BUF ? s.n : PIPE_BUF;
		end = memrchr(s.p, '\n', n);
		if (end != NULL)
			n = (size_t)(end - s.p) + 1;
		if (write(err_fd, s.p, n) != (ssize_t)n)
			return;
		s = span_of(s.p + n, s.n - n);
	}
}
