#include "ui_term.h"

#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "buf.h"
#include "ui_theme.h"
#include "utf8.h"

enum {
	ESC_DELAY = 25, /* ms; what comes later is a key of its own */
	PASTE_MAX = 16 * 1024 * 1024,
	RESTORE_MAX = 256,
	MOUSE_MAX = 16, /* curses keeps 8 */
	CRASH_STACK = 16 * 1024,

	/* Of our own, above those that curses has. */
	CODE_PASTE_BEGIN = KEY_MAX + 1,
	CODE_PASTE_END,
	CODE_WORD_LEFT,
	CODE_WORD_RIGHT,
};

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

static SCREEN *screen;
static struct termios before;
static struct buf pasted;
static bool pasting;
static MEVENT mouse[MOUSE_MAX];
static size_t nmouse;

/* --- a crash gives the terminal back --------------------------------------- */

static char restore[RESTORE_MAX];
static volatile sig_atomic_t restore_len;

/* Append a capability without its padding, "$<50>". */
static void
restore_add(const char *cap)
{
	size_t n = strlen(restore);

	if (cap == NULL || cap == (char *)-1)
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
	ssize_t n = write(STDOUT_FILENO, restore, (size_t)restore_len);

	(void)n;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	/* SA_RESETHAND: this time it is the end. */
	raise(sig);
}

static void
catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE,
		SIGILL };
	static char stack[CRASH_STACK];
	stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = {
		.sa_handler = crash,
		.sa_flags = SA_RESETHAND | SA_NODEFER | SA_ONSTACK,
	};

	restore_add(MOUSE_OFF PASTE_OFF);
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

static void
switch_paste(const char *how)
{
	fputs(how, stdout);
	fflush(stdout);
}

static void
define_keys(void)
{
	define_key("\033[200~", CODE_PASTE_BEGIN);
	define_key("\033[201~", CODE_PASTE_END);
	define_key("\033[1;5D", CODE_WORD_LEFT);
	define_key("\033[1;5C", CODE_WORD_RIGHT);
	define_key("\033[1;3D", CODE_WORD_LEFT);
	define_key("\033[1;3C", CODE_WORD_RIGHT);
}

void
term_close(void)
{
	if (screen == NULL)
		return;
	switch_paste(PASTE_OFF);
	endwin();
	delscreen(screen);
	screen = NULL;
	buf_release(&pasted);
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
		term_close();
		*why = "the terminal named by TERM is not known here, or "
		       "cannot move its cursor; try TERM=xterm";
		return false;
	}
	catch_crashes();
	set_escdelay(ESC_DELAY);
	raw();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	/* A frame is never cut short for a key: the key may change nothing. */
	typeahead(-1);
	define_keys();
	theme_init();
	/* Narrower masks lose clicks that arrive in one read. */
	mousemask(ALL_MOUSE_EVENTS, NULL);
	mouseinterval(0);
	switch_paste(PASTE_ON);
	pasted.max = PASTE_MAX;
	return true;
}

void
term_pause(void)
{
	switch_paste(PASTE_OFF);
	endwin();
}

void
term_resume(void)
{
	switch_paste(PASTE_ON);
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
		resizeterm(size.ws_row, size.ws_col);
	term_redraw();
	getmaxyx(stdscr, *rows, *cols);
}

/* --- keys -------------------------------------------------------------------- */

static uint32_t
special_key(wint_t code)
{
	/* clang-format off */
	static const struct {
		wint_t code;
		uint32_t key;
	} keys[] = {
		{ KEY_ENTER, K_ENTER }, { KEY_BACKSPACE, K_BACKSPACE },
		{ KEY_DC, K_DELETE }, { KEY_LEFT, K_LEFT },
		{ KEY_RIGHT, K_RIGHT }, { KEY_UP, K_UP },
		{ KEY_DOWN, K_DOWN }, { KEY_HOME, K_HOME },
		{ KEY_END, K_END }, { KEY_PPAGE, K_PAGE_UP },
		{ KEY_NPAGE, K_PAGE_DOWN }, { KEY_BTAB, K_BACK_TAB },
		{ KEY_A1, K_HOME }, { KEY_C1, K_END },
		{ KEY_A3, K_PAGE_UP }, { KEY_C3, K_PAGE_DOWN },
		{ KEY_F(1), K_F1 }, { KEY_F(4), K_F4 }, { KEY_F(5), K_F5 },
		{ CODE_WORD_LEFT, K_WORD_LEFT },
		{ CODE_WORD_RIGHT, K_WORD_RIGHT },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == code)
			return keys[i].key;
	return 0;
}

static uint32_t
plain_key(wint_t c)
{
	if (c == '\r' || c == '\n')
		return K_ENTER;
	if (c == 0x7f || c == K_CTRL('H'))
		return K_BACKSPACE;
	return (uint32_t)c;
}

/* A key, whichever way it came; 0 if it is none that we know. */
static uint32_t
key_of(int kind, wint_t c)
{
	return kind == KEY_CODE_YES ? special_key(c) : plain_key(c);
}

/* Something behind an Esc already: then it was Alt. */
static uint32_t
escape_or_alt(void)
{
	wint_t c;
	int kind = get_wch(&c);
	uint32_t key;

	if (kind == ERR)
		return K_ESC;
	key = key_of(kind, c);
	if (key == 0 || key == K_ESC) {
		if (kind == KEY_CODE_YES)
			ungetch((int)c);
		else
			unget_wch((wchar_t)c);
		return K_ESC;
	}
	return K_ALT | key;
}

static bool
mouse_of(const MEVENT *m, struct term_event *e)
{
	const mmask_t press = BUTTON1_PRESSED | BUTTON1_CLICKED |
	    BUTTON1_DOUBLE_CLICKED | BUTTON1_TRIPLE_CLICKED;

	if ((m->bstate & BUTTON4_PRESSED) != 0)
		e->mouse = MOUSE_WHEEL_UP;
	else if ((m->bstate & BUTTON5_PRESSED) != 0)
		e->mouse = MOUSE_WHEEL_DOWN;
	else if ((m->bstate & press) != 0)
		e->mouse = MOUSE_PRESS;
	else
		return false;
	e->kind = TERM_MOUSE;
	e->y = m->y;
	e->x = m->x;
	return true;
}

static bool
next_mouse(struct term_event *e)
{
	while (nmouse > 0)
		if (mouse_of(&mouse[--nmouse], e))
			return true;
	return false;
}

/*
 * curses gives a single KEY_MOUSE for several events when a key follows them,
 * and the newest event first: take all there are, and hand them out oldest
 * first.
 */
static bool
read_mouse(struct term_event *e)
{
	while (nmouse < MOUSE_MAX && getmouse(&mouse[nmouse]) == OK)
		nmouse++;
	return next_mouse(e);
}

/* Gather a paste; true when it is whole. */
static bool
read_paste(int kind, wint_t c, struct term_event *e)
{
	char utf8[4];

	if (kind == KEY_CODE_YES && c == CODE_PASTE_END) {
		pasting = false;
		e->kind = TERM_PASTE;
		e->paste = buf_span(&pasted);
		return true;
	}
	/* What passes PASTE_MAX is dropped. */
	if (kind == OK)
		buf_append(&pasted, utf8, utf8_encode((uint32_t)c, utf8));
	return false;
}

/* One event out of what get_wch gave; false if it is none yet. */
static bool
event_of(int kind, wint_t c, struct term_event *e)
{
	if (pasting)
		return read_paste(kind, c, e);
	if (kind == KEY_CODE_YES && c == CODE_PASTE_BEGIN) {
		pasting = true;
		buf_release(&pasted);
		return false;
	}
	if (kind == KEY_CODE_YES && c == KEY_MOUSE)
		return read_mouse(e);
	e->kind = TERM_KEY;
	e->key = key_of(kind, c);
	if (e->key == K_ESC)
		e->key = escape_or_alt();
	return e->key != 0;
}

bool
term_read(struct term_event *e)
{
	wint_t c;
	int kind;

	if (next_mouse(e))
		return true;
	while ((kind = get_wch(&c)) != ERR)
		if (event_of(kind, c, e))
			return true;
	return false;
}
