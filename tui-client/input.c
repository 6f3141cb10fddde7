#include "input.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "keymap.h"
#include "limit.h"
#include "utf8.h"

enum {
	PARAMS_MAX = 4,
	NUMBER_MAX = 9999, /* larger ones are as good */

	CTRL_C = 0x03,
	BELL = 0x07,
	ESC = 0x1b,

	/* A modifier's parameter, less one. */
	MOD_SHIFT = 1,
	MOD_ALT = 2,
	MOD_CTRL = 4,
	MOD_META = 8,

	/* A mouse's button. */
	BUTTON_MASK = 0x03,
	BUTTON_MOTION = 0x20,
	BUTTON_WHEEL = 0x40,
	BUTTON_MORE = 0x80,
};

#define MILLISECOND INT64_C(1000000)

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";

/* --- what it is made of -------------------------------------------------------- */

void
input_init(struct input *in)
{
	*in = (struct input){ .paste.max = LIMIT_REQUEST_BODY };
}

void
input_release(struct input *in)
{
	buf_release(&in->paste);
}

static bool
is_own(const char *seq)
{
	size_t n = strlen(seq);

	if (seq[0] != ESC || n >= sizeof(((struct input *)0)->own[0].seq))
		return false;
	return n == 2 || (n > 2 && (seq[1] == '[' || seq[1] == 'O'));
}

void
input_own(struct input *in, const char *seq, uint32_t key)
{
	if (!is_own(seq) || in->nown == INPUT_OWN_MAX)
		return;
	memcpy(in->own[in->nown].seq, seq, strlen(seq) + 1);
	in->own[in->nown++].key = key;
}

/* The terminal's own meaning of seq, 0 if it has none. */
static uint32_t
own_key(const struct input *in)
{
	for (size_t i = 0; i < in->nown; i++)
		if (strcmp(in->own[i].seq, in->seq) == 0)
			return in->own[i].key;
	return 0;
}

static void
enter(struct input *in, enum input_state state)
{
	if (state == INPUT_GROUND) {
		in->n = 0;
		in->alt = false;
	}
	if (state == INPUT_PASTING) {
		in->matched = 0;
		in->lost = false;
	}
	in->state = state;
}

/* False when it is full; the byte is dropped then. */
static bool
keep(struct input *in, unsigned char c)
{
	if (in->n == INPUT_SEQUENCE_MAX)
		return false;
	in->seq[in->n++] = (char)c;
	in->seq[in->n] = '\0';
	return true;
}

/* The byte just taken is to be looked at again, in another state. */
static void
put_back(struct input *in)
{
	in->bytes = span_of(in->bytes.p - 1, in->bytes.n + 1);
}

static bool
key_event(struct input_event *e, uint32_t key)
{
	e->kind = INPUT_IS_KEY;
	e->key = key;
	return key != 0;
}

/* --- characters ------------------------------------------------------------------ */

static uint32_t
ascii_key(unsigned char c)
{
	if (c == '\r' || c == '\n')
		return K_ENTER;
	if (c == 0x7f || c == K_CTRL('H'))
		return K_BACKSPACE;
	return c;
}

/* How long a character is that begins with it; 0 if none does. */
static size_t
utf8_length(unsigned char c)
{
	if (c < 0xc2 || c > 0xf4)
		return 0;
	return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
}

static bool
on_ground(struct input *in, unsigned char c, struct input_event *e)
{
	if (c == ESC) {
		enter(in, INPUT_ESC);
		keep(in, c);
		return false;
	}
	if (c < 0x80)
		return key_event(e, ascii_key(c));
	if (utf8_length(c) > 0) {
		enter(in, INPUT_CHARACTER);
		keep(in, c);
	}
	return false;
}

static bool
on_character(struct input *in, unsigned char c, struct input_event *e)
{
	bool alt = in->alt;
	uint32_t cp;

	if ((c & 0xc0) != 0x80) {
		put_back(in);
		enter(in, INPUT_GROUND);
		return false;
	}
	keep(in, c);
	if (in->n < utf8_length((unsigned char)in->seq[0]))
		return false;
	cp = utf8_decode(in->seq, in->n, &cp) > 0 ? cp : 0;
	enter(in, INPUT_GROUND);
	return key_event(e, cp == 0 || !alt ? cp : K_ALT | cp);
}

/* --- what begins with an Esc ------------------------------------------------------- */

/* It will not become whole: two bytes were a key with Alt, more are dropped. */
static bool
give_up(struct input *in, struct input_event *e)
{
	uint32_t key = in->n == 2 ? K_ALT | (unsigned char)in->seq[1] : 0;

	enter(in, INPUT_GROUND);
	return key_event(e, key);
}

/* A key with Alt, whose character begins with that byte. */
static bool
alt_key(struct input *in, unsigned char c, struct input_event *e)
{
	enter(in, INPUT_GROUND);
	if (c < 0x80)
		return key_event(e, K_ALT | ascii_key(c));
	if (utf8_length(c) == 0)
		return key_event(e, K_ESC);
	enter(in, INPUT_CHARACTER);
	keep(in, c);
	in->alt = true;
	return false;
}

static bool
on_esc(struct input *in, unsigned char c, struct input_event *e)
{
	uint32_t key;

	if (c == ESC) /* the first one was a key; this one may be more */
		return key_event(e, K_ESC);
	keep(in, c);
	key = own_key(in);
	if (key != 0) {
		enter(in, INPUT_GROUND);
		return key_event(e, key);
	}
	if (c == '[')
		enter(in, INPUT_CSI);
	else if (c == 'O')
		enter(in, INPUT_SS3);
	else if (c == ']' || c == 'P')
		enter(in, INPUT_STRING);
	else
		return alt_key(in, c, e);
	return false;
}

/* The key with these modifiers, 0 if that is a key we do not have. */
static uint32_t
modified(uint32_t key, unsigned mods)
{
	mods &= MOD_SHIFT | MOD_ALT | MOD_CTRL | MOD_META;
	switch (key) {
	case K_LEFT:
		return mods > MOD_SHIFT ? K_WORD_LEFT : key;
	case K_RIGHT:
		return mods > MOD_SHIFT ? K_WORD_RIGHT : key;
	case K_UP:
	case K_DOWN:
	case K_HOME:
	case K_END:
	case K_PAGE_UP:
	case K_PAGE_DOWN:
	case K_BACK_TAB:
		return key;
	default:
		return mods == 0 ? key : 0;
	}
}

/* The letter at the end of CSI and SS3, for most terminals. */
static uint32_t
letter_key(char c)
{
	/* clang-format off */
	switch (c) {
	case 'A': return K_UP;
	case 'B': return K_DOWN;
	case 'C': return K_RIGHT;
	case 'D': return K_LEFT;
	case 'F': return K_END;
	case 'H': return K_HOME;
	case 'P': return K_F1;
	case 'S': return K_F4;
	case 'Z': return K_BACK_TAB;
	default: return 0;
	}
	/* clang-format on */
}

/* rxvt's small letters: Shift with CSI, Ctrl with SS3. */
static uint32_t
small_key(char c, unsigned mods)
{
	if (c < 'a' || c > 'd')
		return 0;
	return modified(letter_key((char)(c - 'a' + 'A')), mods);
}

/* The number before the ~ at the end of CSI. */
static uint32_t
number_key(unsigned number)
{
	/* clang-format off */
	switch (number) {
	case 1: case 7: return K_HOME;
	case 3: return K_DELETE;
	case 4: case 8: return K_END;
	case 5: return K_PAGE_UP;
	case 6: return K_PAGE_DOWN;
	case 11: return K_F1;
	case 14: return K_F4;
	case 15: return K_F5;
	default: return 0;
	}
	/* clang-format on */
}

/* The keypad, when it sends SS3. */
static uint32_t
keypad_key(char c)
{
	if (c == 'M')
		return K_ENTER;
	if (c == 'I')
		return K_TAB;
	if (c == 'X')
		return '=';
	return c >= 'j' && c <= 'y' ? (uint32_t)(c - 0x40) : 0;
}

/* The numbers from p on, as far as there are; how many.  *end is behind them. */
static size_t
numbers(const char *p, unsigned out[PARAMS_MAX], const char **end)
{
	size_t n = 0;

	memset(out, 0, PARAMS_MAX * sizeof(out[0]));
	while (*p >= '0' && *p <= '9' && n < PARAMS_MAX) {
		for (; *p >= '0' && *p <= '9'; p++)
			if (out[n] <= NUMBER_MAX)
				out[n] = out[n] * 10 + (unsigned)(*p - '0');
		n++;
		if (*p != ';')
			break;
		p++;
	}
	*end = p;
	return n;
}

static bool
mouse_event(struct input_event *e, unsigned button, unsigned x, unsigned y)
{
	unsigned which = button & BUTTON_MASK;
	bool wheel = (button & BUTTON_WHEEL) != 0;

	if ((button & (BUTTON_MOTION | BUTTON_MORE)) != 0 || x == 0 || y == 0 ||
	    which > (wheel ? 1 : 0))
		return false;
	e->kind = INPUT_IS_MOUSE;
	e->mouse = MOUSE_PRESS;
	if (wheel)
		e->mouse = which == 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
	e->x = (int)x - 1;
	e->y = (int)y - 1;
	return true;
}

/* CSI < button ; x ; y M, and m for a release; CSI 32+button ; x ; y M. */
static bool
csi_mouse(const char *p, struct input_event *e)
{
	bool sgr = *p == '<';
	unsigned v[PARAMS_MAX];
	const char *end;

	if (numbers(p + sgr, v, &end) != 3 || strcmp(end, "M") != 0)
		return false;
	if (!sgr && v[0] < ' ')
		return false;
	return mouse_event(e, sgr ? v[0] : v[0] - ' ', v[1], v[2]);
}

static uint32_t
csi_key(const char *p)
{
	unsigned v[PARAMS_MAX];
	const char *end;
	size_t n = numbers(p, v, &end);
	unsigned mods = v[1] > 0 ? v[1] - 1 : 0;

	/* The Linux console's function keys. */
	if (p[0] == '[')
		return p[1] == 'A' ? K_F1
		    : p[1] == 'D'  ? K_F4
		    : p[1] == 'E'  ? K_F5
				   : 0;
	if (n > 2 || *end == '\0' || end[1] != '\0')
		return 0;
	if (n > 0 && *end == '~')
		return modified(number_key(v[0]), mods);
	/* rxvt's modifiers. */
	if (n == 1 && *end == '$')
		return modified(number_key(v[0]), MOD_SHIFT);
	if (n == 1 && (*end == '^' || *end == '@'))
		return modified(number_key(v[0]), MOD_CTRL);
	if (n == 0)
		return small_key(*end, MOD_SHIFT) | letter_key(*end);
	return v[0] == 1 ? modified(letter_key(*end), mods) : 0;
}

/* SS3, with a modifier alone or behind a 1 in some terminals. */
static uint32_t
ss3_key(const char *p)
{
	unsigned v[PARAMS_MAX];
	const char *end;
	size_t n = numbers(p, v, &end);
	unsigned mods = n == 0 ? 0 : v[n - 1];
	uint32_t key = letter_key(*end);

	if (n == 0 && key == 0)
		key = keypad_key(*end) | small_key(*end, MOD_CTRL);
	return modified(key, mods > 0 ? mods - 1 : 0);
}

/* A whole sequence. */
static bool
sequence_event(struct input *in, struct input_event *e)
{
	bool csi = in->state == INPUT_CSI;
	uint32_t key = own_key(in);

	/* With room left, for one that filled it may have lost a part. */
	if (in->n == INPUT_SEQUENCE_MAX) {
		enter(in, INPUT_GROUND);
		return false;
	}
	if (key == 0 && strcmp(in->seq, paste_begin) == 0) {
		enter(in, INPUT_PASTING);
		return false;
	}
	if (key == 0 && strcmp(in->seq, "\033[M") == 0) {
		enter(in, INPUT_X10);
		return false;
	}
	enter(in, INPUT_GROUND);
	if (key == 0 && csi && csi_mouse(in->seq + 2, e))
		return true;
	if (key == 0)
		key = csi ? csi_key(in->seq + 2) : ss3_key(in->seq + 2);
	return key_event(e, key);
}

/* rxvt ends a key with Shift as no standard allows: CSI 3 $. */
static bool
is_rxvt_end(const struct input *in, unsigned char c)
{
	return c == '$' && in->state == INPUT_CSI && in->n > 2 &&
	    strspn(in->seq + 2, "0123456789") == in->n - 2;
}

static bool
is_final(const struct input *in, unsigned char c)
{
	bool linux_key = strcmp(in->seq, "\033[[") == 0;

	if (in->state == INPUT_CSI && in->n == 2 && c == '[')
		return false;
	return linux_key || c >= 0x40 || is_rxvt_end(in, c);
}

static bool
on_sequence(struct input *in, unsigned char c, struct input_event *e)
{
	bool final = is_final(in, c);

	if (c < 0x20 || c >= 0x7f) {
		put_back(in);
		return give_up(in, e);
	}
	keep(in, c);
	return final && sequence_event(in, e);
}

static bool
on_string(struct input *in, unsigned char c, struct input_event *e)
{
	/* None begins with a letter: that is a key behind a key with Alt. */
	bool goes_on =
	    in->n == 2 ? c >= 0x20 && c < 0x40 : c != BELL && c != CTRL_C;

	if (c == ESC && in->n > 2) {
		enter(in, INPUT_STRING_END);
	} else if (goes_on) {
		keep(in, c);
	} else {
		if (c != BELL || in->n == 2)
			put_back(in);
		return give_up(in, e);
	}
	return false;
}

static bool
on_string_end(struct input *in, unsigned char c, struct input_event *e)
{
	(void)e;
	enter(in, INPUT_GROUND);
	if (c == '\\')
		return false;
	/* It was cut off by the beginning of something else. */
	put_back(in);
	enter(in, INPUT_ESC);
	keep(in, ESC);
	return false;
}

static bool
on_x10(struct input *in, unsigned char c, struct input_event *e)
{
	const unsigned char *at = (const unsigned char *)in->seq + 3;

	if (c < ' ') {
		put_back(in);
		return give_up(in, e);
	}
	keep(in, c);
	if (in->n < 6)
		return false;
	enter(in, INPUT_GROUND);
	return mouse_event(e, at[0] - ' ', at[1] - ' ', at[2] - ' ');
}

/* --- pastes ------------------------------------------------------------------------ */

static bool
paste_event(struct input *in, struct input_event *e)
{
	e->kind = in->lost ? INPUT_IS_LONG_PASTE : INPUT_IS_PASTE;
	e->paste = in->lost ? span_of(NULL, 0) : buf_span(&in->paste);
	enter(in, INPUT_GROUND);
	return true;
}

static void
paste_add(struct input *in, const char *p, size_t n)
{
	if (!in->lost && !buf_append(&in->paste, p, n)) {
		in->lost = true;
		buf_release(&in->paste);
	}
}

static bool
on_pasting(struct input *in, unsigned char c, struct input_event *e)
{
	char byte = (char)c;

	/* Pasted bytes come in company: this is somebody who wants out. */
	if (c == CTRL_C && in->alone) {
		put_back(in);
		return paste_event(in, e);
	}
	if (byte == paste_end[in->matched]) {
		in->matched++;
		return paste_end[in->matched] == '\0' && paste_event(in, e);
	}
	paste_add(in, paste_end, in->matched);
	in->matched = c == ESC;
	if (c != ESC)
		paste_add(in, &byte, 1);
	return false;
}

static bool
on_paste_tail(struct input *in, unsigned char c, struct input_event *e)
{
	(void)e;
	if ((char)c != paste_end[in->matched]) {
		put_back(in);
		enter(in, INPUT_GROUND);
	} else if (paste_end[++in->matched] == '\0') {
		enter(in, INPUT_GROUND);
	}
	return false;
}

/* --- the door ---------------------------------------------------------------------- */

/* clang-format off */
static bool (*const takers[])(
    struct input *, unsigned char, struct input_event *) = {
	[INPUT_GROUND] = on_ground,
	[INPUT_CHARACTER] = on_character,
	[INPUT_ESC] = on_esc,
	[INPUT_CSI] = on_sequence,
	[INPUT_SS3] = on_sequence,
	[INPUT_STRING] = on_string,
	[INPUT_STRING_END] = on_string_end,
	[INPUT_X10] = on_x10,
	[INPUT_PASTING] = on_pasting,
	[INPUT_PASTE_TAIL] = on_paste_tail,
};

/* Milliseconds; 0: silence means nothing. */
static const int patience[] = {
	[INPUT_GROUND] = 0,
	[INPUT_CHARACTER] = 0,
	[INPUT_ESC] = INPUT_ESCAPE,
	[INPUT_CSI] = INPUT_SEQUENCE,
	[INPUT_SS3] = INPUT_SEQUENCE,
	[INPUT_STRING] = INPUT_SEQUENCE,
	[INPUT_STRING_END] = INPUT_SEQUENCE,
	[INPUT_X10] = INPUT_SEQUENCE,
	[INPUT_PASTING] = INPUT_PASTE,
	[INPUT_PASTE_TAIL] = INPUT_PASTE,
};
/* clang-format on */

/* Nobody types "[200~" at once: it is a paste whose mark a slow line cut
 * behind its ESC, which was taken for the key.  Its text must not run as keys. */
static void
mend_paste(struct input *in)
{
	static const size_t rest = sizeof(paste_begin) - 2;

	if (in->bytes.n < rest ||
	    memcmp(in->bytes.p, paste_begin + 1, rest) != 0)
		return;
	in->bytes = span_of(in->bytes.p + rest, in->bytes.n - rest);
	enter(in, INPUT_PASTING);
}

void
input_feed(struct input *in, struct span bytes, int64_t now)
{
	assert(in->bytes.n == 0);
	in->alone =
	    bytes.n == 1 && now - in->since >= INPUT_ESCAPE * MILLISECOND;
	in->bytes = bytes;
	in->since = now;
	if (in->lone)
		mend_paste(in);
	in->lone = false;
}

bool
input_next(struct input *in, struct input_event *e)
{
	if (in->state != INPUT_PASTING)
		buf_release(&in->paste);
	while (in->bytes.n > 0) {
		unsigned char c = (unsigned char)in->bytes.p[0];

		in->bytes = span_of(in->bytes.p + 1, in->bytes.n - 1);
		if (takers[in->state](in, c, e))
			return true;
	}
	return false;
}

int64_t
input_deadline(const struct input *in)
{
	int ms = patience[in->state];

	return ms == 0 ? INT64_MAX : in->since + ms * MILLISECOND;
}

bool
input_silence(struct input *in, int64_t now, struct input_event *e)
{
	if (now < input_deadline(in))
		return false;
	switch (in->state) {
	case INPUT_ESC:
		enter(in, INPUT_GROUND);
		in->lone = true;
		return key_event(e, K_ESC);
	case INPUT_PASTING:
		paste_event(in, e);
		if (in->matched > 0) {
			in->since = now;
			enter(in, INPUT_PASTE_TAIL);
		}
		return true;
	case INPUT_PASTE_TAIL:
		enter(in, INPUT_GROUND);
		return false;
	default:
		return give_up(in, e);
	}
}
