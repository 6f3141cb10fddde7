/*
 * A file that is the content of an answer.  Its length is promised before the
 * first byte goes, and it is read in pieces, as there is room to send them.
 */
#ifndef RETORTD_CONTENT_H
#define RETORTD_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

enum {
	LIMIT_PIECE = 64 * 1024 /* read at once */
};

struct content {
	int fd;
	uint64_t at;
	uint64_t left; /* bytes to come */
};

/* Only a file has a length.  False with errno, EINVAL if it is none. */
bool content_open(struct content *, const char *path);

/*
 * Append the next piece, of LIMIT_PIECE at most.  False with errno; 0 stands
 * for a file that has shrunk, which cannot be mended: its length was promised.
 */
bool content_read(struct content *, struct buf *);

void content_close(struct content *);

#endif
