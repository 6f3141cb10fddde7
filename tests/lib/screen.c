#define TEST_LIB
#include "screen.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pty.h"

#define CHUNK	  4096
#define RAW_KEPT  (2 * CHUNK) /* at least a chunk and a marker */
#define RAW_SHOWN 300
#define SEQ_MAX	  64
#define ENV_MAX	  64
#define SEND_MS	  10000
#define WIDE_MAX  512 /* columns */
#define ROW_MAX	  (WIDE_MAX * 25)

struct screen_state {
	VTerm *vt;
	VTermScreen *vs;
	struct pty *pty;
	const char *name;
	char seq[SEQ_MAX]; /* the beginning of a CSI ? sequence */
	size_t nseq;
	char raw[RAW_KEPT]; /* the last bytes it wrote */
	size_t nraw;
	size_t nosc; /* of the beginning of an OSC 52 that came last */
	struct bytes clipboard; /* what follows, as it is encoded */
	bool copied;
	unsigned marker;
	bool marker_back;

	/* For settle: what it has not yet had time to answer. */
	bool poked;
	long long owed; /* bytes sent since it was steady */
	long long read_before;
	long long switches_before;
};

/* --- from the program to the cells --- */

static int
on_property(VTermProp prop, VTermValue *val, void *arg)
{
	struct screen *s = arg;

	if (prop == VTERM_PROP_ALTSCREEN)
		s->alternate = val->boolean;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		s->visible = val->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		s->mouse = val->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static void
feed(struct screen *s, const char *p, size_t n)
{
	vterm_input_write(s->state->vt, p, n);
}

/*
 * libvterm 0.1.4 obeys the first parameter of "CSI ? a ; b h" only, and ncurses
 * switches the mouse on by its second: feed one sequence for each.
 */
static void
feed_modes(struct screen *s, const char *params, char final)
{
	size_t n;

	for (;;) {
		n = strcspn(params, ";");
		feed(s, "\033[?", 3);
		feed(s, params, n);
		feed(s, &final, 1);
		if (n == 4 && memcmp(params, "2004", 4) == 0)
			s->paste = final == 'h';
		if (params[n] == '\0')
			return;
		params += n + 1;
	}
}

/* The sequence in seq is whole, or none of ours: pass it on. */
static void
flush_seq(struct screen *s)
{
	struct screen_state *st = s->state;
	char final = st->seq[st->nseq - 1];

	if (st->nseq > 3 && (final == 'h' || final == 'l')) {
		st->seq[st->nseq - 1] = '\0';
		feed_modes(s, st->seq + 3, final);
	} else {
		feed(s, st->seq, st->nseq);
	}
	st->nseq = 0;
}

/* Does c continue "ESC [ ? parameters" at place n? */
static bool
goes_on(size_t n, char c)
{
	static const char start[] = "\033[?";

	if (n < 3)
		return c == start[n];
	return n < SEQ_MAX - 2 && (isdigit((unsigned char)c) || c == ';');
}

static void
filter(struct screen *s, const char *p, size_t n)
{
	struct screen_state *st = s->state;
	size_t i;

	for (i = 0; i < n; i++) {
		if (goes_on(st->nseq, p[i])) {
			st->seq[st->nseq++] = p[i];
		} else if (st->nseq >= 3) {
			st->seq[st->nseq++] = p[i];
			flush_seq(s);
		} else if (st->nseq > 0) {
			feed(s, st->seq, st->nseq);
			st->nseq = 0;
			i--;
		} else {
			feed(s, &p[i], 1);
		}
	}
}

/* --- the clipboard --- */

static const char osc52[] = "\033]52;c;";

static void
clipboard_add(struct screen_state *st, char c)
{
	struct bytes *b = &st->clipboard;

	b->data = realloc(b->data, b->len + 2);
	if (b->data == NULL)
		abort();
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

/* Between the beginning and the BEL it is all base64. */
static void
watch_clipboard(struct screen_state *st, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (st->nosc == sizeof(osc52) - 1 && p[i] != '\007') {
			clipboard_add(st, p[i]);
		} else if (st->nosc == sizeof(osc52) - 1) {
			st->nosc = 0;
			st->copied = true;
		} else {
			st->nosc = p[i] == osc52[st->nosc] ? st->nosc + 1
			    : p[i] == osc52[0]		   ? 1
							   : 0;
			if (st->nosc == sizeof(osc52) - 1)
				st->clipboard.len = 0;
		}
	}
}

static int
base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Strictly: four digits by four, the last ones padded. */
static struct bytes
base64_decode(struct screen *s, struct bytes in)
{
	struct bytes out = { test_alloc(in.len + 1), 0 };
	size_t pad = in.len > 1 && in.data[in.len - 1] == '=';
	uint32_t bits = 0;

	pad += pad == 1 && in.data[in.len - 2] == '=';
	if (in.len % 4 != 0)
		screen_fail(s, "%zu digits of base64", in.len);
	for (size_t i = 0; i < in.len; i++) {
		int v = i < in.len - pad ? base64_value(in.data[i]) : 0;

		if (v < 0)
			screen_fail(
			    s, "0x%02x in base64", (unsigned char)in.data[i]);
		bits = bits << 6 | (uint32_t)v;
		if (i % 4 != 3)
			continue;
		out.data[out.len++] = (char)(bits >> 16);
		out.data[out.len++] = (char)(bits >> 8);
		out.data[out.len++] = (char)bits;
	}
	out.len -= pad;
	out.data[out.len] = '\0';
	return out;
}

/* An OSC that no terminal knows; nothing of it reaches a cell. */
static size_t
marker_text(const struct screen_state *st, char text[32])
{
	return (size_t)snprintf(text, 32, "\033]7777;%u\007", st->marker);
}

static void
remember(struct screen_state *st, const char *p, size_t n)
{
	char text[32];
	size_t len = marker_text(st, text), drop;

	if (st->nraw + n > RAW_KEPT) {
		drop = st->nraw + n - RAW_KEPT;
		st->nraw -= drop;
		memmove(st->raw, st->raw + drop, st->nraw);
	}
	memcpy(st->raw + st->nraw, p, n);
	st->nraw += n;
	if (memmem(st->raw, st->nraw, text, len) != NULL)
		st->marker_back = true;
}

/* Take one chunk if there is one; false if there is none now. */
static bool
take_output(struct screen *s)
{
	struct screen_state *st = s->state;
	char chunk[CHUNK];
	VTermPos pos;
	ssize_t n;

	pty_news(st->pty);
	if (st->pty->master < 0)
		return false;
	n = read(st->pty->master, chunk, sizeof(chunk));
	if (n <= 0)
		return false;
	remember(st, chunk, (size_t)n);
	watch_clipboard(st, chunk, (size_t)n);
	filter(s, chunk, (size_t)n);
	vterm_state_get_cursorpos(vterm_obtain_state(st->vt), &pos);
	s->row = pos.row;
	s->col = pos.col;
	return true;
}

/* Sleep until there is output, or news of the process, or ms have gone. */
static void
doze(struct screen *s, int ms)
{
	struct pty *p = s->state->pty;
	struct pollfd fds[2] = { { .fd = p->master, .events = POLLIN },
		{ .fd = p->talk, .events = POLLIN } };

	poll(fds, 2, ms);
}

/* --- what is on the screen --- */

/* The colour's index, or what it is instead. */
static int
colour(const VTermColor *c)
{
	if ((c->type & VTERM_COLOR_DEFAULT_MASK) != 0)
		return SCREEN_DEFAULT;
	return VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : SCREEN_RGB;
}

static size_t
put_utf8(char *p, uint32_t c)
{
	static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };
	size_t more = (c > 0x7f) + (c > 0x7ff) + (c > 0xffff), i;

	for (i = more; i > 0; i--, c >>= 6)
		p[i] = (char)(0x80 | (c & 0x3f));
	p[0] = (char)(lead[more] | c);
	p[more + 1] = '\0';
	return more + 1;
}

struct screen_cell
screen_cell(struct screen *s, int row, int col)
{
	struct screen_cell cell = { .text = " " };
	VTermPos pos = { .row = row, .col = col };
	VTermScreenCell vc;
	size_t n = 0;
	int i;

	if (!vterm_screen_get_cell(s->state->vs, pos, &vc))
		screen_fail(s, "there is no cell %d,%d", row, col);
	cell.fg = colour(&vc.fg);
	cell.bg = colour(&vc.bg);
	cell.bold = vc.attrs.bold;
	cell.underline = vc.attrs.underline != VTERM_UNDERLINE_OFF;
	cell.italic = vc.attrs.italic;
	cell.reverse = vc.attrs.reverse;
	cell.width = vc.width;
	if (vc.chars[0] == (uint32_t)-1) {
		cell.text[0] = '\0';
		cell.width = 0;
		return cell;
	}
	for (i = 0; i < VTERM_MAX_CHARS_PER_CELL && vc.chars[i] != 0; i++)
		n += put_utf8(cell.text + n, vc.chars[i]);
	return cell;
}

/* A row's text with all its blanks, and the column of each byte. */
static size_t
row_text(struct screen *s, int row, char text[ROW_MAX], int cols[ROW_MAX])
{
	struct screen_cell cell;
	size_t n = 0, len, i;
	int col;

	for (col = 0; col < s->cols; col++) {
		cell = screen_cell(s, row, col);
		len = strlen(cell.text);
		memcpy(text + n, cell.text, len);
		for (i = 0; i < len; i++)
			cols[n++] = col;
	}
	text[n] = '\0';
	return n;
}

bool
screen_find(struct screen *s, const char *text, int *row, int *col)
{
	static char line[ROW_MAX];
	static int cols[ROW_MAX];
	const char *at;
	int r;

	for (r = 0; r < s->rows; r++) {
		row_text(s, r, line, cols);
		at = strstr(line, text);
		if (at == NULL)
			continue;
		if (row != NULL)
			*row = r;
		if (col != NULL)
			*col = cols[at - line];
		return true;
	}
	return false;
}

const char *
screen_row(struct screen *s, int row)
{
	static char line[ROW_MAX];
	static int cols[ROW_MAX];
	size_t n = row_text(s, row, line, cols);

	while (n > 0 && line[n - 1] == ' ')
		n--;
	return test_text("%.*s", (int)n, line);
}

const char *
screen_text(struct screen *s)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	int row;

	if (f == NULL)
		abort();
	for (row = 0; row < s->rows; row++)
		fprintf(f, "%s\n", screen_row(s, row));
	fclose(f);
	test_later(free, text);
	return text;
}

struct screen_cell
screen_at(struct screen *s, const char *text)
{
	int row, col;

	if (!screen_find(s, text, &row, &col))
		screen_fail(s, "\"%s\" is not on the screen", text);
	return screen_cell(s, row, col);
}

/* --- the process --- */

/* The numbers behind a name in a file of /proc, added up. */
static long long
proc_sum(const char *path, const char *name)
{
	FILE *f = fopen(path, "re");
	long long sum = 0;
	char line[256];
	const char *at;

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		at = strstr(line, name);
		if (at != NULL)
			sum += strtoll(at + strlen(name), NULL, 10);
	}
	fclose(f);
	return sum;
}

static char
process_state(const char *path)
{
	FILE *f = fopen(path, "re");
	char state = '?';

	if (f == NULL)
		return state;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(f);
	return state;
}

static const char *
life(struct screen *s)
{
	struct pty *p = s->state->pty;
	char path[64];

	if (p->ended && WIFSIGNALED(p->status))
		return test_text(
		    "killed by %s", strsignal(WTERMSIG(p->status)));
	if (p->ended)
		return test_text("exited with %d", WEXITSTATUS(p->status));
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)p->pid);
	return test_text("runs, in state %c", process_state(path));
}

/* --- failing --- */

void
screen_fail(struct screen *s, const char *fmt, ...)
{
	struct screen_state *st = s->state;
	size_t n = st->nraw < RAW_SHOWN ? st->nraw : RAW_SHOWN;
	char *why;
	va_list ap;
	int row;

	va_start(ap, fmt);
	if (vasprintf(&why, fmt, ap) < 0)
		abort();
	va_end(ap);
	test_later(free, why);
	for (row = 0; row < s->rows; row++)
		print_error("%3d|%s\n", row, screen_row(s, row));
	test_fail("%s: %s\n"
		  "cursor %d,%d%s; alternate %d, mouse %d, paste %d; %s\n"
		  "last bytes: %s",
	    st->name, why, s->row, s->col, s->visible ? "" : " hidden",
	    s->alternate, s->mouse, s->paste, life(s),
	    test_show(st->raw + st->nraw - n, n));
}

/* --- waiting --- */

/*
 * Write the marker at the program's own end.  When it has come through, all
 * that the program wrote before has been read.  False if it cannot be written.
 */
static bool
marker_sent(struct screen *s)
{
	struct screen_state *st = s->state;
	char text[32];
	size_t n;

	st->marker++;
	st->marker_back = false;
	n = marker_text(st, text);
	return write(st->pty->slave, text, n) == (ssize_t)n;
}

/* Read all that the program has written so far. */
static bool
catch_up(struct screen *s, int64_t until)
{
	if (s->state->pty->master < 0)
		return false;
	while (!marker_sent(s)) {
		if (test_left(until) == 0)
			return false;
		if (!take_output(s))
			doze(s, 1);
	}
	while (!s->state->marker_back) {
		if (test_left(until) == 0)
			return false;
		if (!take_output(s))
			doze(s, test_left(until));
	}
	return true;
}

/* False at the deadline, or when the program is at its end without it. */
static bool
wait_until(
    struct screen *s, bool (*fact)(struct screen *, void *), void *arg, int ms)
{
	int64_t until = test_now() + ms;

	for (;;) {
		if (fact(s, arg))
			return true;
		if (take_output(s))
			continue;
		if (s->state->pty->ended) {
			catch_up(s, until);
			return fact(s, arg);
		}
		if (test_left(until) == 0)
			return false;
		doze(s, test_left(until));
	}
}

static bool
is_there(struct screen *s, void *text)
{
	return screen_find(s, text, NULL, NULL);
}

static bool
is_gone(struct screen *s, void *text)
{
	return !screen_find(s, text, NULL, NULL);
}

struct place {
	int row;
	int col;
	const char *text;
};

static bool
is_at(struct screen *s, void *arg)
{
	static char line[ROW_MAX];
	static int cols[ROW_MAX];
	struct place *p = arg;
	size_t i, n;

	if (p->row >= s->rows)
		return false;
	n = row_text(s, p->row, line, cols);
	for (i = 0; i < n && cols[i] < p->col; i++)
		;
	return strncmp(line + i, p->text, strlen(p->text)) == 0;
}

void
screen_wait_text(struct screen *s, const char *text, int ms)
{
	if (!wait_until(s, is_there, (void *)(uintptr_t)text, ms))
		screen_fail(s, "no \"%s\" within %d ms", text, ms);
}

void
screen_wait_gone(struct screen *s, const char *text, int ms)
{
	if (!wait_until(s, is_gone, (void *)(uintptr_t)text, ms))
		screen_fail(s, "still \"%s\" after %d ms", text, ms);
}

void
screen_wait_until(
    struct screen *s, bool (*fact)(struct screen *, void *), void *arg, int ms)
{
	if (!wait_until(s, fact, arg, ms))
		screen_fail(s, "what was waited for is not so after %d ms", ms);
}

void
screen_wait_at(struct screen *s, int row, int col, const char *text, int ms)
{
	struct place p = { row, col, text };

	if (!wait_until(s, is_at, &p, ms))
		screen_fail(
		    s, "no \"%s\" at %d,%d within %d ms", text, row, col, ms);
}

static bool
has_copied(struct screen *s, void *unused)
{
	(void)unused;
	return s->state->copied;
}

struct bytes
screen_wait_clipboard(struct screen *s, int ms)
{
	struct screen_state *st = s->state;

	if (!wait_until(s, has_copied, NULL, ms))
		screen_fail(s, "nothing was copied within %d ms", ms);
	st->copied = false;
	return base64_decode(s, st->clipboard);
}

static long long
bytes_read(struct screen *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/io", (int)s->pid);
	return proc_sum(path, "rchar:");
}

static int
is_number(const struct dirent *e)
{
	return isdigit((unsigned char)e->d_name[0]);
}

/* How often its threads were switched; *asleep if all of them sleep. */
static long long
switches(struct screen *s, bool *asleep)
{
	char folder[64], path[384];
	struct dirent **tasks;
	long long sum = 0;
	int i, n;

	*asleep = true;
	snprintf(folder, sizeof(folder), "/proc/%d/task", (int)s->pid);
	n = scandir(folder, &tasks, is_number, alphasort);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s/status", folder,
		    tasks[i]->d_name);
		/* Finds the line of the nonvoluntary ones as well. */
		sum += proc_sum(path, "voluntary_ctxt_switches:");
		snprintf(
		    path, sizeof(path), "%s/%s/stat", folder, tasks[i]->d_name);
		*asleep = *asleep && process_state(path) == 'S';
		free(tasks[i]);
	}
	if (n >= 0)
		free(tasks);
	return sum;
}

static long long
unread(struct screen *s)
{
	int n = 0;

	ioctl(s->state->pty->slave, FIONREAD, &n);
	return n;
}

/*
 * Bytes on their way are, for a moment, at neither end of the pty, and a key is
 * with the program before it runs: so count what it read, and see it run.
 */
static bool
has_noticed(struct screen *s)
{
	struct screen_state *st = s->state;
	bool asleep;

	if (!st->poked)
		return true;
	if (bytes_read(s) - st->read_before + unread(s) < st->owed)
		return false;
	return switches(s, &asleep) != st->switches_before;
}

static bool
is_steady(struct screen *s, int64_t until)
{
	long long before;
	bool asleep;

	if (!has_noticed(s) || unread(s) > 0)
		return false;
	before = switches(s, &asleep);
	if (!asleep || !catch_up(s, until))
		return false;
	return switches(s, &asleep) == before && asleep && unread(s) == 0;
}

void
screen_settle(struct screen *s, int ms)
{
	int64_t until = test_now() + ms;

	while (!is_steady(s, until)) {
		if (s->state->pty->ended && catch_up(s, until))
			break;
		if (test_left(until) == 0)
			screen_fail(s, "not steady after %d ms", ms);
		while (take_output(s))
			;
		doze(s, 1);
	}
	s->state->poked = false;
	s->state->owed = 0;
}

/* --- what a user does --- */

/* From now on it has something to answer. */
static void
poke(struct screen *s, size_t n)
{
	struct screen_state *st = s->state;
	bool asleep;

	if (!st->poked) {
		st->poked = true;
		st->read_before = bytes_read(s);
	}
	st->switches_before = switches(s, &asleep);
	st->owed += (long long)n;
}

static void
send_bytes(struct screen *s, const char *p, size_t n)
{
	struct pollfd out = { .fd = s->state->pty->master,
		.events = POLLIN | POLLOUT };
	int64_t until = test_now() + SEND_MS;
	ssize_t r;

	poke(s, n);
	while (n > 0) {
		if (test_left(until) == 0)
			screen_fail(s, "takes no input for %d ms", SEND_MS);
		r = write(out.fd, p, n);
		if (r > 0) {
			p += r;
			n -= (size_t)r;
		} else if (errno != EAGAIN) {
			screen_fail(s, "no input: %s", strerror(errno));
		} else if (!take_output(s)) {
			poll(&out, 1, 1);
		}
	}
}

static void
on_input(const char *p, size_t n, void *s)
{
	send_bytes(s, p, n);
}

/* The sequence that sets a colour: 38 or 48 and its index. */
static int
sgr_colour(char *out, size_t cap, int what, int index)
{
	return index < 0 ? 0 : snprintf(out, cap, ";%d;5;%d", what, index);
}

void
screen_overwrite(struct screen *s, int row, int col, const char *text)
{
	int len;

	for (; *text != '\0'; text += len, col++) {
		struct screen_cell c = screen_cell(s, row, col);
		char sgr[64] = "";
		char *cell;
		int n = 0;

		/* Of a character in UTF-8 the further bytes are 10xxxxxx. */
		for (len = 1; (text[len] & 0xc0) == 0x80;)
			len++;

		n += sgr_colour(sgr + n, sizeof(sgr) - (size_t)n, 38, c.fg);
		n += sgr_colour(sgr + n, sizeof(sgr) - (size_t)n, 48, c.bg);
		/* The cursor and the pen are the program's: keep them. */
		cell = test_text("\0337\033[%d;%dH\033[0%s%s%s%sm%.*s\0338",
		    row + 1, col + 1, c.bold ? ";1" : "",
		    c.underline ? ";4" : "", c.reverse ? ";7" : "", sgr, len,
		    text);
		vterm_input_write(s->state->vt, cell, strlen(cell));
	}
}

void
screen_type(struct screen *s, const char *text)
{
	send_bytes(s, text, strlen(text));
}

void
screen_ctrl(struct screen *s, char letter)
{
	char c = (char)(letter & 0x1f);

	send_bytes(s, &c, 1);
}

void
screen_alt(struct screen *s, char letter)
{
	char keys[2] = { '\033', letter };

	send_bytes(s, keys, sizeof(keys));
}

void
screen_key(struct screen *s, VTermKey key, int modifiers)
{
	vterm_keyboard_key(s->state->vt, key, (VTermModifier)modifiers);
}

static void
mouse(struct screen *s, int row, int col, int button)
{
	VTerm *vt = s->state->vt;

	if (!s->mouse)
		screen_fail(s, "the mouse is not on");
	vterm_mouse_move(vt, row, col, VTERM_MOD_NONE);
	vterm_mouse_button(vt, button, true, VTERM_MOD_NONE);
	if (button < 4)
		vterm_mouse_button(vt, button, false, VTERM_MOD_NONE);
}

void
screen_click(struct screen *s, int row, int col)
{
	mouse(s, row, col, 1);
}

void
screen_wheel_up(struct screen *s, int row, int col)
{
	mouse(s, row, col, 4);
}

void
screen_wheel_down(struct screen *s, int row, int col)
{
	mouse(s, row, col, 5);
}

void
screen_paste(struct screen *s, const char *text)
{
	char *keys = test_text("%s", text), *p;

	for (p = keys; *p != '\0'; p++)
		if (*p == '\n')
			*p = '\r';
	vterm_keyboard_start_paste(s->state->vt);
	screen_type(s, keys);
	vterm_keyboard_end_paste(s->state->vt);
}

void
screen_resize(struct screen *s, int rows, int cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols };

	assert_in_range(cols, 1, WIDE_MAX);
	poke(s, 0);
	s->rows = rows;
	s->cols = cols;
	vterm_set_size(s->state->vt, rows, cols);
	ioctl(s->state->pty->master, TIOCSWINSZ, &size);
}

/* --- its life --- */

static void
screen_end(void *arg)
{
	struct screen *s = arg;

	vterm_free(s->state->vt);
	free(s->state->clipboard.data);
}

/* Is the variable of this "NAME=value" named in the list? */
static bool
is_named(const char *const *list, const char *var)
{
	size_t n = strcspn(var, "=");

	for (; list != NULL && *list != NULL; list++)
		if (strncmp(*list, var, n) == 0 &&
		    ((*list)[n] == '=' || (*list)[n] == '\0'))
			return true;
	return false;
}

static char **
clean_env(struct screen *s, const char *const *own)
{
	static const char *const kept[] = { "PATH", "ASAN_OPTIONS",
		"UBSAN_OPTIONS", "LSAN_OPTIONS" };
	char *usual[ENV_MAX] = { test_text("TERM=xterm-256color"),
		test_text("LC_ALL=C.UTF-8"), test_text("TZ=UTC"),
		test_text("HOME=%s", s->home) };
	char **env = test_alloc(ENV_MAX * sizeof(*env));
	size_t i, n = 0, nusual = 4;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (getenv(kept[i]) != NULL)
			usual[nusual++] =
			    test_text("%s=%s", kept[i], getenv(kept[i]));
	for (i = 0; i < nusual; i++)
		if (!is_named(own, usual[i]))
			env[n++] = usual[i];
	for (; own != NULL && *own != NULL && n < ENV_MAX - 1; own++)
		if (strchr(*own, '=') != NULL)
			env[n++] = test_text("%s", *own);
	return env;
}

static void
make_terminal(struct screen *s)
{
	static const VTermScreenCallbacks callbacks = {
		.settermprop = on_property,
	};
	struct screen_state *st = s->state;

	st->vt = vterm_new(s->rows, s->cols);
	vterm_set_utf8(st->vt, 1);
	st->vs = vterm_obtain_screen(st->vt);
	vterm_screen_set_callbacks(st->vs, &callbacks, s);
	vterm_screen_enable_altscreen(st->vs, 1);
	vterm_screen_reset(st->vs, 1);
	vterm_output_set_callback(st->vt, on_input, s);
	test_later(screen_end, s);
}

struct screen *
screen_start(const struct screen_how *how, const char *const argv[])
{
	static const struct screen_how usual;
	struct screen *s = test_alloc(sizeof(*s));

	if (how == NULL)
		how = &usual;
	s->state = test_alloc(sizeof(*s->state));
	s->state->name = argv[0];
	s->rows = how->rows > 0 ? how->rows : 24;
	s->cols = how->cols > 0 ? how->cols : 80;
	s->home = test_folder();
	assert_in_range(s->cols, 1, WIDE_MAX);
	make_terminal(s);
	s->state->pty =
	    pty_start(s->rows, s->cols, clean_env(s, how->env), argv);
	s->pid = s->state->pty->pid;
	return s;
}

static bool
is_ended(struct screen *s, void *arg)
{
	(void)arg;
	pty_news(s->state->pty);
	return s->state->pty->ended;
}

static bool
is_stopped(struct screen *s, void *arg)
{
	(void)arg;
	pty_news(s->state->pty);
	return s->state->pty->stopped;
}

int
screen_wait_exit(struct screen *s, int ms)
{
	int64_t until = test_now() + ms;
	int status;

	if (!wait_until(s, is_ended, NULL, ms))
		screen_fail(s, "still runs after %d ms", ms);
	catch_up(s, until);
	status = s->state->pty->status;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void
screen_wait_stopped(struct screen *s, int ms)
{
	int64_t until = test_now() + ms;

	if (!wait_until(s, is_stopped, NULL, ms))
		screen_fail(s, "not stopped after %d ms", ms);
	catch_up(s, until);
	/* The key that stopped it is never read. */
	s->state->poked = false;
	s->state->owed = 0;
}

void
screen_continue(struct screen *s)
{
	poke(s, 0);
	pty_continue(s->state->pty);
}

bool
screen_alive(struct screen *s)
{
	return !is_ended(s, NULL);
}

void
screen_hangup(struct screen *s)
{
	pty_hangup(s->state->pty);
}

struct termios
screen_tty(struct screen *s)
{
	struct termios t;

	if (tcgetattr(s->state->pty->slave, &t) < 0)
		screen_fail(s, "tcgetattr: %s", strerror(errno));
	return t;
}

bool
screen_is_sane(struct screen *s)
{
	const struct termios *before = &s->state->pty->before;
	struct termios now = screen_tty(s);

	return now.c_iflag == before->c_iflag &&
	    now.c_oflag == before->c_oflag && now.c_cflag == before->c_cflag &&
	    now.c_lflag == before->c_lflag &&
	    memcmp(now.c_cc, before->c_cc, sizeof(now.c_cc)) == 0 &&
	    !s->alternate && !s->mouse && !s->paste && s->visible;
}
