#include "content.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool
content_open(struct content *c, const char *path)
{
	struct stat st;

	/* O_NONBLOCK: a FIFO is refused and not waited for. */
	c->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (c->fd < 0)
		return false;
	if (fstat(c->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		content_close(c);
		errno = EINVAL;
		return false;
	}
	c->at = 0;
	c->left = (uint64_t)st.st_size;
	return true;
}

bool
content_read(struct content *c, struct buf *b)
{
	size_t n = c->left < LIMIT_PIECE ? (size_t)c->left : LIMIT_PIECE;
	ssize_t got;

	if (!buf_reserve(b, n)) {
		errno = ENOMEM;
		return false;
	}
	if (n == 0)
		return true;
	do
		got = pread(c->fd, b->data + b->len, n, (off_t)c->at);
	while (got < 0 && errno == EINTR);
	if (got <= 0) {
		if (got == 0)
			errno = 0;
		return false;
	}
	b->len += (size_t)got;
	c->at += (uint64_t)got;
	c->left -= (uint64_t)got;
	return true;
}

void
content_close(struct content *c)
{
	close(c->fd);
	c->fd = -1;
}
