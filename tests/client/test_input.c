/*
 * What a terminal sends, and what it means, however it is cut into reads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "keymap.h"
#include "limit.h"
#include "oom.h"
#include "test.h"

#define MS INT64_C(1000000)

static struct input in;
static int64_t clock_now;
static char got[1024];

static void
note(const struct input_event *e)
{
	static const char *const mice[] = { "press", "up", "down" };
	size_t n = strlen(got);
	char name[KEY_NAME_MAX];

	if (e->kind == INPUT_IS_KEY) {
		keymap_name(e->key, name);
		snprintf(got + n, sizeof(got) - n, "%s ", name);
	} else if (e->kind == INPUT_IS_MOUSE) {
		snprintf(got + n, sizeof(got) - n, "%s@%d,%d ", mice[e->mouse],
		    e->y, e->x);
	} else if (e->kind == INPUT_IS_PASTE) {
		snprintf(got + n, sizeof(got) - n, "<%.*s> ", (int)e->paste.n,
		    e->paste.n == 0 ? "" : e->paste.p);
	} else {
		snprintf(got + n, sizeof(got) - n, "too-long ");
	}
}

/* One read, a millisecond after the one before. */
static void
feed(const char *p, size_t n)
{
	/* Of its own size, so that a byte behind it is found out. */
	char *copy = memcpy(malloc(n), p, n);
	struct input_event e;

	clock_now += MS;
	input_feed(&in, span_of(copy, n), clock_now);
	while (input_next(&in, &e))
		note(&e);
	free(copy);
}

static void
say(const char *text)
{
	feed(text, strlen(text));
}

static void
silence(int ms)
{
	struct input_event e;

	clock_now += ms * MS;
	if (input_silence(&in, clock_now, &e))
		note(&e);
}

static void
begin(void)
{
	input_release(&in);
	input_init(&in);
	clock_now = 1000 * MS;
	got[0] = '\0';
}

static int
teardown(void **state)
{
	input_release(&in);
	return test_end(state);
}

/* What was noted since begin, without the last blank. */
static void
expect(const char *what, const char *events)
{
	size_t n = strlen(got);

	if (n > 0)
		got[n - 1] = '\0';
	if (strcmp(got, events) != 0)
		test_fail("%s: \"%s\", not \"%s\"",
		    test_show(what, strlen(what)), got, events);
	got[0] = '\0';
}

/* clang-format off */
static const struct {
	const char *bytes;
	const char *events;
} cases[] = {
	{ "ab", "a b" },
	{ "한글", "한 글" },
	{ "é👧x", "é 👧 x" },
	{ "\r\n\t\177\b\003", "Enter Enter Tab Backspace Backspace ^C" },
	/* Not UTF-8: dropped, and nothing else with it. */
	{ "a\xff" "b", "a b" },
	{ "a\xed\x95" "b", "a b" },
	{ "\xed\x95\033[A", "Up" },
	{ "\xed\x95\xed\x95\x9c", "한" },
	{ "\x80\xc0\xaf\xed\xa0\x80z", "z" },

	{ "\033b\033f\033m", "Alt-b Alt-f Alt-m" },
	{ "\033\r\033\177", "Alt-Enter Alt-Backspace" },
	{ "\033한", "Alt-한" },
	{ "\033\033b", "Esc Alt-b" },
	{ "\033\033[D", "Esc Left" },
	{ "\033\377a", "Esc a" },

	{ "\033[A\033[B\033[C\033[D", "Up Down Right Left" },
	{ "\033OA\033OB\033OC\033OD", "Up Down Right Left" },
	{ "\033[H\033OH\033[1~\033[7~", "Home Home Home Home" },
	{ "\033[F\033OF\033[4~\033[8~", "End End End End" },
	{ "\033[5~\033[6~\033[3~", "PgUp PgDn Del" },
	{ "\033[Z\033[1;2Z", "Shift-Tab Shift-Tab" },
	{ "\033OP\033OS\033[11~\033[14~\033[15~", "F1 F4 F1 F4 F5" },
	{ "\033[[A\033[[D\033[[E", "F1 F4 F5" },
	{ "\033[[B\033[[C\033[[}x", "x" },
	{ "\033OM\033OI\033OX\033Ok\033Op\033Oy", "Enter Tab = + 0 9" },
	/* Modifiers. */
	{ "\033[1;5D\033[1;5C", "Ctrl-Left Ctrl-Right" },
	{ "\033[1;3D\033[1;3C", "Ctrl-Left Ctrl-Right" },
	{ "\033O5D\033O1;5C\033Od\033Oc", "Ctrl-Left Ctrl-Right Ctrl-Left Ctrl-Right" },
	{ "\033[1;2D\033[d\033[1;2A\033[a", "Left Left Up Up" },
	{ "\033[1;5H\033[5;5~\033[8^\033[7$\033[7@", "Home PgUp End Home Home" },
	{ "\033[3;5~\033[3$\033[3^x", "x" },
	{ "\033[1;5P\033[1;5Q\033[1;2S\033[15;5~x", "x" },

	/* Unknown ones, swallowed whole. */
	{ "\033[32;5u\033[27;5;13~\033[13;2ux", "x" },
	{ "\033[2~\033[17~\033[34~\033[9999999999999~\033[~x", "x" },
	{ "\033[?1;2c\033[>0;276;0c\033[?2026;2$y\033[12;40Rx", "x" },
	{ "\033[I\033[O\033[E\033[Gx", "x" },
	{ "\033OQ\033OR\033Oz\033O9Qx", "x" },
	{ "\033[<1;2;3;4;5;6A\033[1:2D\033[;5D\033[1;1;1Dx", "x" },
	{ "\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1Dx", "x" },
	{ "\033]11;rgb:0000/0000/0000\033\\\033]52;c;aGk=\007x", "x" },
	{ "\033P>|tmux 3.3a\033\\\033P1+r524742\033\\x", "x" },
	{ "\033]11;rgb\033[Dx", "Left x" },
	/* A key is not taken for the end of one that is broken off. */
	{ "\033[1;\003\033[12\033[A\033O5\rx", "^C Up Enter x" },
	{ "\033[1;한\033]0;q\003", "한 ^C" },
	{ "\033[\003\033O\r\033]a\033P\007", "Alt-[ ^C Alt-O Enter Alt-] a Alt-P ^G" },

	{ "\033[<0;5;3M\033[<0;5;3m", "press@2,4" },
	{ "\033[<64;1;1M\033[<65;300;200M", "up@0,0 down@199,299" },
	{ "\033[<4;2;1M\033[<16;3;1M", "press@0,1 press@0,2" },
	{ "\033[<1;5;3M\033[<2;5;3M\033[<35;5;3M\033[<66;1;1M\033[<0;0;1Mx", "x" },
	{ "\033[M %#\033[M#%#\033[M`!!\033[Ma!!", "press@2,4 up@0,0 down@0,0" },
	{ "\033[M \377\376x", "press@221,222 x" },
	{ "\033[M \003x", "^C x" },
	{ "\033[32;5;3M\033[96;5;3M", "press@2,4 up@2,4" },

	{ "\033[200~abc\033[201~x", "<abc> x" },
	{ "\033[200~\033[201~x", "<> x" },
	{ "\033[200~가나다라마바사\033[201~", "<가나다라마바사>" },
	{ "\033[200~ab\xff" "cd\xed\033[201~", "<ab\xff" "cd\xed>" },
	{ "\033[200~a\033[31m\033[20\033[201\033\033[201~x", "<a\033[31m\033[20\033[201\033> x" },
	{ "\033[200~a\033[200~b\033[201~\033[201~x", "<a\033[200~b> x" },
};
/* clang-format on */

static void
means_the_same_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *bytes = cases[i].bytes;
		size_t n = strlen(bytes);

		begin();
		say(bytes);
		expect(bytes, cases[i].events);
		for (size_t cut = 1; cut < n; cut++) {
			begin();
			feed(bytes, cut);
			feed(bytes + cut, n - cut);
			expect(bytes, cases[i].events);
		}
		begin();
		for (size_t j = 0; j < n; j++)
			feed(bytes + j, 1);
		expect(bytes, cases[i].events);
	}
}

/* clang-format off */
static const struct {
	const char *before;
	int ms; /* of silence: one less is too little */
	const char *behind;
	const char *events;
} silences[] = {
	{ "\033", INPUT_ESCAPE, "b", "Esc b" },
	{ "\033", INPUT_ESCAPE, "[200~Q\033[201~x", "Esc <Q> x" },
	{ "\033\033", INPUT_ESCAPE, "b", "Esc Esc b" },
	{ "\033[", INPUT_SEQUENCE, "a", "Alt-[ a" },
	{ "\033O", INPUT_SEQUENCE, "a", "Alt-O a" },
	{ "\033]", INPUT_SEQUENCE, "a", "Alt-] a" },
	{ "\033[1;5", INPUT_SEQUENCE, "a", "a" },
	{ "\033O5", INPUT_SEQUENCE, "a", "a" },
	{ "\033]11;", INPUT_SEQUENCE, "a", "a" },
	{ "\033]11;\033", INPUT_SEQUENCE, "a", "a" },
	{ "\033[M ", INPUT_SEQUENCE, "a", "a" },
	{ "\033[200~abc", INPUT_PASTE, "x", "<abc> x" },
	{ "\033[200~abc\033[2", INPUT_PASTE, "01~x", "<abc> x" },
	{ "\033[200~abc\033[2", INPUT_PASTE, "0x", "<abc> x" },
	{ "\033[200~abc", INPUT_PASTE, "\033[201~x", "<abc> x" },
};
/* clang-format on */

static void
silence_ends_what_is_not_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++) {
		begin();
		say(silences[i].before);
		got[0] = '\0';
		silence(silences[i].ms - 1);
		expect(silences[i].before, "");
		begin();
		say(silences[i].before);
		assert_int_equal(
		    input_deadline(&in), clock_now + silences[i].ms * MS);
		silence(silences[i].ms);
		say(silences[i].behind);
		expect(silences[i].before, silences[i].events);
	}
}

static void
nothing_is_waited_for_between_keys(void **state)
{
	(void)state;
	begin();
	assert_true(input_deadline(&in) == INT64_MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		say(cases[i].bytes);
		say("x");
		assert_true(input_deadline(&in) == INT64_MAX);
	}
	/* The rest of a character will come, or another byte. */
	say("\xed\x95");
	assert_true(input_deadline(&in) == INT64_MAX);
}

static void
an_end_mark_may_take_its_time(void **state)
{
	(void)state;
	for (size_t cut = 1; cut < 6; cut++) {
		begin();
		say("\033[200~abc");
		feed("\033[201~", cut);
		silence(INPUT_PASTE - 10);
		feed(&"\033[201~"[cut], 6 - cut);
		say("x");
		expect("a split end mark", "<abc> x");
	}
}

static void
the_rest_of_an_end_mark_is_not_waited_for_long(void **state)
{
	(void)state;
	begin();
	say("\033[200~abc\033");
	silence(INPUT_PASTE);
	silence(INPUT_PASTE);
	say("[");
	expect("a given up end mark", "<abc> [");
}

static void
interrupt_ends_a_paste_that_does_not_end(void **state)
{
	(void)state;
	begin();
	say("\033[200~abc");
	clock_now += INPUT_ESCAPE * MS;
	say("\003");
	say("x");
	expect("^C in a paste", "<abc> ^C x");
	/* One among pasted bytes is one of them. */
	say("\033[200~a");
	say("\003");
	say("b\003");
	say("\033[201~");
	expect("^C pasted", "<a\003b\003>");
}

static void
a_long_paste_is_told_and_not_cut(void **state)
{
	size_t n = LIMIT_REQUEST_BODY;
	char *text = memset(malloc(n), 'a', n);

	(void)state;
	begin();
	say("\033[200~");
	feed(text, n);
	say("b\033[201~x");
	expect("too much", "too-long x");
	free(text);
	say("\033[200~abc\033[201~");
	expect("the next", "<abc>");
}

static void
memory_may_be_out(void **state)
{
	(void)state;
	begin();
	say("\033[200~");
	/* The second: the first is that of feed itself. */
	oom_after(2);
	feed("a", 1);
	assert_true(oom_off());
	say("b\033[201~x");
	expect("no memory", "too-long x");
}

static void
the_terminal_knows_its_own_keys(void **state)
{
	(void)state;
	begin();
	/* cons25, vt52 and a vt100's keypad. */
	input_own(&in, "\033[M", K_F1);
	input_own(&in, "\033[G", K_PAGE_DOWN);
	input_own(&in, "\033D", K_LEFT);
	input_own(&in, "\033P", K_F1);
	input_own(&in, "\033Oq", K_HOME);
	/* These would take letters and ^A away. */
	input_own(&in, "\001A", K_F4);
	input_own(&in, "\033?q", K_F4);
	input_own(&in, "", K_F4);
	input_own(&in, "x", K_F4);
	say("\033[M\033[G\033D\033P\033Oq\001A");
	expect("own keys", "F1 PgDn Left F1 Home ^A A");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    means_the_same_however_it_is_cut, teardown),
		cmocka_unit_test_teardown(
		    silence_ends_what_is_not_whole, teardown),
		cmocka_unit_test_teardown(
		    nothing_is_waited_for_between_keys, teardown),
		cmocka_unit_test_teardown(
		    an_end_mark_may_take_its_time, teardown),
		cmocka_unit_test_teardown(
		    the_rest_of_an_end_mark_is_not_waited_for_long, teardown),
		cmocka_unit_test_teardown(
		    interrupt_ends_a_paste_that_does_not_end, teardown),
		cmocka_unit_test_teardown(
		    a_long_paste_is_told_and_not_cut, teardown),
		cmocka_unit_test_teardown(memory_may_be_out, teardown),
		cmocka_unit_test_teardown(
		    the_terminal_knows_its_own_keys, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
