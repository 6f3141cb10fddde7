/*
 * What a client of the control socket may ask for.
 */
#ifndef RETORTD_VERBS_H
#define RETORTD_VERBS_H

#include "control.h"
#include "daemon.h"

/* Carry out the command in that line, and append the reply to it, newline and
 * all.  Nothing is appended if memory is out. */
void verbs_run(
    struct daemon *, struct controller *, struct span line, struct buf *reply);

#endif
