/*
 * Bytes for the clipboard of the terminal, wherever that stands: OSC 52.
 */
#ifndef RETORT_OSC52_H
#define RETORT_OSC52_H

#include <stdbool.h>

#include "buf.h"
#include "span.h"

enum {
	/* What terminals take differs; 100,000 characters in all they do, and
	 * so many bytes make them. */
	OSC52_MAX = 74994,
	OSC52_ROOM = 256 * 1024, /* a buf that holds it, with tmux */
};

/*
 * Append the sequence that puts s, at most OSC52_MAX bytes, there.  tmux keeps
 * it, or passes on what is wrapped for that, as it is set: with it both are
 * sent.  As buf_append.
 */
bool osc52_append(struct buf *out, struct span s, bool tmux);

#endif
