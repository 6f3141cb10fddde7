/*
 * The plain TCP transport.
 */
#ifndef RETORT_TCP_H
#define RETORT_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "resolve.h"
#include "tape.h"
#include "transport.h"

/*
 * A transport to the first of the addresses that takes the connection, tried
 * in their order until `end` on the clock of `now`, each with its share of the
 * time.  host is what the user calls them.  False if memory is out.
 */
bool tcp_init(struct transport *t, const struct addresses *to, const char *host,
    int64_t end);

/*
 * What the kernel knows of a connection, whatever is spoken over it: fd is a
 * transport's.  The addresses of its ends, as soon as it is connected; the
 * figures of TCP, before it is closed.  Nothing if fd has none.
 */
void tcp_note_ends(int fd, struct tape *tape);
void tcp_note_figures(int fd, struct tape *tape);

#endif
