#include "ui_term.h"

#include <errno.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "keymap.h"
#include "ui_theme.h"

enum {
	READ_MAX = 4 * 1024,
	RESTORE_MAX = 256,
	CRASH_STACK = 16 * 1024,
};

/* One mode a sequence: not every terminal obeys the second of two. */
#define MODES_ON  "\033[?2004h\033[?1000h\033[?1006h"
#define MODES_OFF "\033[?1006l\033[?1000l\033[?2004l"

static SCREEN *screen;
static struct termios before;
static struct input input;

/* Else we are in the background, and setting it would stop us; what there is to
 * be restored is the business of who has it.  For a handler of signals, too. */
static bool
is_foreground(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	return group < 0 || group == getpgrp();
}

/* --- a crash gives the terminal back --------------------------------------- */

static char restore[RESTORE_MAX];
static volatile sig_atomic_t restore_len;

/* A capability may be absent, or cancelled. */
static bool
is_there(const char *cap)
{
	return cap != NULL && cap != (char *)-1;
}

/* Append a capability without its padding, "$<50>". */
static void
restore_add(const char *cap)
{
	size_t n = strlen(restore);

	if (!is_there(cap))
		return;
	while (*cap != '\0' && n + 1 < sizeof(restore)) {
		if (cap[0] == '$' && cap[1] == '<') {
			cap += strcspn(cap, ">");
			cap += *cap != '\0';
			continue;
		}
		restore[n++] = *cap++;
	}
	restore[n] = '\0';
}

static void
crash(int sig)
{
	if (is_foreground()) {
		ssize_t n = write(STDOUT_FILENO, restore, (size_t)restore_len);

		(void)n;
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	}
	/* SA_RESETHAND: this time it is the end. */
	raise(sig);
}

static void
catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL,
		SIGSYS, SIGTRAP };
	static char stack[CRASH_STACK];
	stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = {
		.sa_handler = crash,
		.sa_flags = SA_RESETHAND | SA_NODEFER | SA_ONSTACK,
	};

	restore_add(MODES_OFF);
	restore_add(tigetstr("rmkx"));
	restore_add(tigetstr("sgr0"));
	restore_add(tigetstr("cnorm"));
	restore_add(tigetstr("rmcup"));
	restore_len = (sig_atomic_t)strlen(restore);
	sigaltstack(&alt, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
}

/* --- up and down ------------------------------------------------------------ */

/* Keypad, pastes and mouse: keypad() and mousemask() would build what curses
 * needs to read keys, which it does not. */
static void
switch_modes(const char *keypad, const char *modes)
{
	if (is_there(keypad))
		putp(keypad);
	putp(modes);
	fflush(stdout);
}

static void
know_keys(void)
{
	/* clang-format off */
	const struct {
		const char *seq;
		uint32_t key;
	} keys[] = {
		{ key_left, K_LEFT }, { key_right, K_RIGHT },
		{ key_up, K_UP }, { key_down, K_DOWN },
		{ key_home, K_HOME }, { key_end, K_END },
		{ key_ppage, K_PAGE_UP }, { key_npage, K_PAGE_DOWN },
		{ key_a1, K_HOME }, { key_c1, K_END },
		{ key_a3, K_PAGE_UP }, { key_c3, K_PAGE_DOWN },
		{ key_dc, K_DELETE }, { key_btab, K_BACK_TAB },
		{ key_enter, K_ENTER }, { key_backspace, K_BACKSPACE },
		{ key_f1, K_F1 }, { key_f4, K_F4 }, { key_f5, K_F5 },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (is_there(keys[i].seq))
			input_own(&input, keys[i].seq, keys[i].key);
}

void
term_pause(void)
{
	switch_modes(keypad_local, MODES_OFF);
	endwin();
}

static void
free_screen(void)
{
	delscreen(screen);
	screen = NULL;
}

void
term_close(void)
{
	if (screen == NULL)
		return;
	if (!isendwin() && is_foreground())
		term_pause();
	free_screen();
	input_release(&input);
}

bool
term_is_ours(void)
{
	return tcdrain(STDOUT_FILENO) == 0;
}

bool
term_open(const char **why)
{
	if (tcgetattr(STDIN_FILENO, &before) != 0) {
		*why = "the standard input is not a terminal";
		return false;
	}
	screen = newterm(NULL, stdout, stdin);
	if (screen == NULL || tigetstr("cup") == NULL) {
		if (screen != NULL) {
			endwin();
			free_screen();
		}
		*why = "the terminal named by TERM is not known here, or "
		       "cannot move its cursor; try TERM=xterm";
		return false;
	}
	catch_crashes();
	raw();
	noecho();
	nonl();
	/* A frame is never cut short for a key: the key may change nothing. */
	typeahead(-1);
	input_init(&input);
	know_keys();
	theme_init();
	switch_modes(keypad_xmit, MODES_ON);
	return true;
}

void
term_resume(void)
{
	/* A SIGSTOP leaves no time for a term_pause. */
	if (!isendwin())
		endwin();
	switch_modes(keypad_xmit, MODES_ON);
	clearok(stdscr, TRUE);
	refresh();
}

void
term_redraw(void)
{
	clearok(curscr, TRUE);
}

void
term_resize(int *rows, int *cols)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
	    size.ws_col > 0)
		resize_term(size.ws_row, size.ws_col);
	term_redraw();
	getmaxyx(stdscr, *rows, *cols);
}

/* curses has sent all of its own with the last frame. */
void
term_send(struct span s)
{
	struct pollfd out = { STDOUT_FILENO, POLLOUT, 0 };

	while (s.n > 0) {
		ssize_t n = write(STDOUT_FILENO, s.p, s.n);

		/* Who else has this terminal open may have made it so. */
		if (n < 0 && errno == EAGAIN)
			poll(&out, 1, -1);
		else if (n < 0 && errno != EINTR)
			return;
		if (n > 0)
			s = span_of(s.p + n, s.n - (size_t)n);
	}
}

/* --- keys -------------------------------------------------------------------- */

/* What the terminal has sent; 0 if there is nothing now. */
static size_t
read_there(char *bytes, size_t cap)
{
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };
	ssize_t n = 0;

	if (poll(&in, 1, 0) == 1 && (in.revents & POLLIN) != 0)
		n = read(STDIN_FILENO, bytes, cap);
	return n > 0 ? (size_t)n : 0;
}

bool
term_read(struct input_event *e, int64_t now)
{
	static char bytes[READ_MAX];
	size_t n;

	while (!input_next(&input, e)) {
		n = read_there(bytes, sizeof(bytes));
		if (n == 0)
			return input_silence(&input, now, e);
		input_feed(&input, span_of(bytes, n), now);
	}
	return true;
}

int64_t
term_deadline(void)
{
	return input_deadline(&input);
}
