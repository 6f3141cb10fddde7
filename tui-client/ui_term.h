/*
 * The terminal: curses up and down, keys in.
 */
#ifndef RETORT_UI_TERM_H
#define RETORT_UI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "input.h"

/*
 * May it be set?  In the background that stops us, as POSIX has it; false and
 * errno EINTR if a signal of ours came then, another if nobody has it.  Ask
 * before term_open and term_resume.
 */
bool term_is_ours(void);

/* Take the terminal.  False and a sentence if it cannot be used.  From here on
 * a crash restores it. */
bool term_open(const char **why);

/* Give it back as it was.  Nothing if it is not open, or another's now. */
void term_close(void);

/* For another program, or the shell, and back, also where that was not asked.
 */
void term_pause(void);
void term_resume(void);

/* The next frame is drawn whole: something else wrote on the screen. */
void term_redraw(void);

/* Bytes for the terminal itself, between two frames. */
void term_send(struct span);

/* The next event that is there; false if there is none.  Call it until then. */
bool term_read(struct input_event *, int64_t now);

/* When term_read may have an event though nothing is sent; INT64_MAX never. */
int64_t term_deadline(void);

/* Ask the terminal for its size.  The next frame is drawn whole: a terminal
 * that was small for a moment has lost what did not fit, even if the size is
 * what it was. */
void term_resize(int *rows, int *cols);

#endif
