/*
 * The routes file of the server that was started here: whether it reads on the
 * disk as the server took it last.
 */
#ifndef RETORT_ROUTEFILE_H
#define RETORT_ROUTEFILE_H

#include <stdbool.h>
#include <stdint.h>

struct routefile {
	const char *path; /* borrowed; NULL: there is none */
	uint64_t asked;	  /* stamps; 0: none, or it could not be read */
	uint64_t taken;
};

/* The server is about to be told to read it. */
void routefile_ask(struct routefile *);

/* The server has taken what it was asked to read. */
void routefile_took(struct routefile *);

/* Would the server read anything else now than what it took?  Maybe, if the
 * file includes others, or cannot be read. */
bool routefile_changed(const struct routefile *);

#endif
