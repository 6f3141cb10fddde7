/*
 * A program on a terminal 24 x 80, or of another size: what it draws as cells,
 * and keys, mouse, paste and resizes as a terminal sends them.
 *
 * The environment is clean: PATH, TERM=xterm-256color, LC_ALL=C.UTF-8, TZ=UTC,
 * a private empty HOME, and what sanitizers need.  Rows and columns count from
 * 0.  Colours are palette indices; SCREEN_DEFAULT is the terminal's own.
 *
 * Waits are for what shall come, with a deadline in milliseconds.  One that
 * fails shows the screen, cursor, process state and last bytes.  Never assert
 * on a cell without having waited for something that is drawn with it, or for
 * screen_settle.
 *
 * libvterm 0.1.4 knows no dim: a dim cell is one with a grey foreground.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <sys/types.h>

#include <stdbool.h>
#include <termios.h>

#include <vterm.h>

#include "test.h"

#define SCREEN_DEFAULT (-1)
#define SCREEN_RGB     (-2) /* a direct colour */

/* How a program is to run, where that is not the usual way. */
struct screen_how {
	int rows; /* 0: 24 */
	int cols; /* 0: 80 */
	/* "NAME=value" sets, "NAME" removes a variable; NULL ends the list. */
	const char *const *env;
};

struct screen {
	int rows;
	int cols;
	pid_t pid;	  /* the program */
	const char *home; /* its HOME */

	/* As the program has switched them. */
	bool alternate;
	bool mouse;
	bool paste;

	/* The cursor. */
	int row;
	int col;
	bool visible;

	struct screen_state *state; /* private */
};

struct screen_cell {
	char text[25]; /* UTF-8; a space if empty, "" right of a wide one */
	int width;     /* 2 if wide, 0 for the right half */
	int fg;
	int bg;
	bool bold;
	bool underline;
	bool italic;
	bool reverse;
};

/* Run argv[0], by PATH if it has no slash.  how may be NULL. */
struct screen *screen_start(
    const struct screen_how *how, const char *const argv[]);

/* --- what a user does --- */

/* Keys that have letters, in UTF-8; "\r" is Enter, "\t" Tab, "\033" Esc. */
void screen_type(struct screen *s, const char *text);
void screen_ctrl(struct screen *s, char letter);
void screen_alt(struct screen *s, char letter);

/* VTERM_KEY_UP and the like, with VTERM_MOD_SHIFT and so on, or 0. */
void screen_key(struct screen *s, VTermKey key, int modifiers);

/* Press and release button 1; turn the wheel one notch.  The mouse is on. */
void screen_click(struct screen *s, int row, int col);
void screen_wheel_up(struct screen *s, int row, int col);
void screen_wheel_down(struct screen *s, int row, int col);

/* As a terminal pastes: bracketed if the program asked, \n sent as \r. */
void screen_paste(struct screen *s, const char *text);

void screen_resize(struct screen *s, int rows, int cols);

/* --- what is to be seen --- */

/* A text somewhere on one row; nowhere; a fact. */
void screen_wait_text(struct screen *s, const char *text, int ms);
void screen_wait_gone(struct screen *s, const char *text, int ms);
void screen_wait_until(
    struct screen *s, bool (*fact)(struct screen *, void *), void *arg, int ms);

/* A text that begins there. */
void screen_wait_at(
    struct screen *s, int row, int col, const char *text, int ms);

/*
 * Wait until the program has taken all that was sent, has drawn, and sleeps:
 * for what is to stay as it is.  Says nothing of network replies to come.
 */
void screen_settle(struct screen *s, int ms);

/* The first place of a text, in reading order.  row and col may be NULL. */
bool screen_find(struct screen *s, const char *text, int *row, int *col);

/* A row without the blanks at its end; all rows, each with a newline. */
const char *screen_row(struct screen *s, int row);
const char *screen_text(struct screen *s);

struct screen_cell screen_cell(struct screen *s, int row, int col);

/* The first cell of a text, which must be there. */
struct screen_cell screen_at(struct screen *s, const char *text);

/* The next text that the program has put into the terminal's clipboard by
 * OSC 52, decoded.  What it put there before must have been asked for. */
struct bytes screen_wait_clipboard(struct screen *s, int ms);

/* Put other characters (of one column each) where some stand, in the look that
 * those cells have: for pictures without a clock.  The program knows nothing of
 * it. */
void screen_overwrite(struct screen *s, int row, int col, const char *text);

/* Fail, and show all that is known. */
void screen_fail(struct screen *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* --- its life --- */

/* Wait for the end: the exit code, or minus the signal. */
int screen_wait_exit(struct screen *s, int ms);

/* Wait until it is stopped (Ctrl-Z); make it go on, as fg does. */
void screen_wait_stopped(struct screen *s, int ms);
void screen_continue(struct screen *s);

bool screen_alive(struct screen *s);

/*
 * Close the terminal.  As under a shell, the SIGHUP comes from the session
 * leader: a program that reads may see the end of its input first.
 */
void screen_hangup(struct screen *s);

/* The terminal's settings now, also when the program has ended. */
struct termios screen_tty(struct screen *s);

/* Are they those from before the program, the screen the plain one? */
bool screen_is_sane(struct screen *s);

#ifndef TEST_LIB
#define SCREEN_AT		   test_at(__FILE__, __LINE__)
#define screen_start(how, argv)	   (SCREEN_AT, screen_start(how, argv))
#define screen_click(s, r, c)	   (SCREEN_AT, screen_click(s, r, c))
#define screen_wheel_up(s, r, c)   (SCREEN_AT, screen_wheel_up(s, r, c))
#define screen_wheel_down(s, r, c) (SCREEN_AT, screen_wheel_down(s, r, c))
#define screen_wait_text(s, t, ms) (SCREEN_AT, screen_wait_text(s, t, ms))
#define screen_wait_gone(s, t, ms) (SCREEN_AT, screen_wait_gone(s, t, ms))
#define screen_wait_until(s, f, a, ms) \
	(SCREEN_AT, screen_wait_until(s, f, a, ms))
#define screen_wait_at(s, r, c, t, ms) \
	(SCREEN_AT, screen_wait_at(s, r, c, t, ms))
#define screen_settle(s, ms)	     (SCREEN_AT, screen_settle(s, ms))
#define screen_wait_clipboard(s, ms) (SCREEN_AT, screen_wait_clipboard(s, ms))
#define screen_at(s, t)		     (SCREEN_AT, screen_at(s, t))
#define screen_fail(...)	     (SCREEN_AT, screen_fail(__VA_ARGS__))
#define screen_wait_exit(s, ms)	     (SCREEN_AT, screen_wait_exit(s, ms))
#define screen_wait_stopped(s, ms)   (SCREEN_AT, screen_wait_stopped(s, ms))
#endif

#endif
