/*
 * What is said to people, on stderr: lost rather than waited for.
 */
#ifndef RETORTD_SAY_H
#define RETORTD_SAY_H

#include "span.h"

/* A terminal makes whoever writes to it wait, unless it is opened otherwise:
 * to be called before the sandbox forbids that. */
void say_begin(void);

/* A line, with "retortd: " in front. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Lines as they stand; each but the longest is written as a whole. */
void say_lines(struct span);

#endif
