/*
 * Keys as terminals send them and as connections cut them: nothing is lost,
 * and no part of a sequence is taken for a key.
 */
#include "retort.h"

#include <poll.h>

/* With that TERM, and its URL field open. */
static struct screen *
retort_as(const char *term)
{
	const char *const env[] = { test_text("TERM=%s", term), NULL };
	const struct screen_how how = { .env = env };
	struct screen *s = screen_start(&how, ARGV(RETORT));

	screen_wait_text(s, "GET", MS);
	return s;
}

static void
body(struct screen *s)
{
	screen_type(s, "\033");
	screen_wait_text(s, "b body", MS);
	screen_type(s, "b");
	screen_wait_text(s, "F5 send", MS);
}

/* Each byte is read alone. */
static void
drip(struct screen *s, const char *bytes)
{
	for (; *bytes != '\0'; bytes++) {
		screen_type(s, (char[]){ *bytes, '\0' });
		screen_settle(s, MS);
	}
}

static void
a_character_may_come_byte_by_byte(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	drip(s, "한글");
	screen_type(s, "x");
	screen_wait_at(s, 2, 11, "한글x", MS);
}

static void
a_paste_is_whole_however_it_is_cut(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	body(s);
	screen_type(s, "\033[200~가나\xeb");
	screen_settle(s, MS);
	screen_type(s, "\x8b\xa4라\033[2");
	screen_settle(s, MS);
	screen_type(s, "01~X");
	screen_wait_at(s, 3, 11, "가나다라X", MS);
}

static void
a_long_paste_arrives(void **state)
{
	static const char text[] = "가나다라마바사아자차\n";
	enum {
		TIMES = 4000,
		BODY = TIMES * (sizeof(text) - 1) + 4
	};
	static const struct peer_step takes[] = { PEER_HEAD, PEER_READ(BODY),
		PEER_SAY("HTTP/1.1 204 No Content\r\n\r\n"), PEER_END };
	struct screen *s = retort(peer_start(takes)->port);

	(void)state;
	screen_type(s, "test.com");
	body(s);
	screen_type(s, "\033[200~");
	for (int i = 0; i < TIMES; i++)
		screen_type(s, text);
	screen_type(s, "\033[201~last\033[15~");
	wait_entry(s, "test.com", "204 No Content", GREEN);
}

static void
a_bad_byte_does_not_cut_a_paste(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	body(s);
	screen_type(s,
	    "\033[200~ab\xff"
	    "cd\033[201~");
	screen_wait_at(s, 3, 11, "ab\\xffcd", MS);
}

static void
a_paste_without_an_end_is_over_after_a_pause(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "\033[200~test.com");
	screen_wait_at(s, 2, 11, "test.com", MS);
	screen_type(s, "/x");
	screen_wait_at(s, 2, 11, "test.com/x", MS);
}

static void
interrupt_gets_out_of_a_paste(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "\033[200~test.com");
	screen_settle(s, MS);
	/* Sooner it would be a pasted byte. */
	poll(NULL, 0, 100);
	screen_ctrl(s, 'c');
	screen_wait_text(s, "Leave retort", MS);
	screen_ctrl(s, 'c');
	assert_int_equal(screen_wait_exit(s, MS), 0);
}

static void
an_unknown_sequence_does_nothing(void **state)
{
	/* clang-format off */
	static const char *const unknown[] = {
		"\033[32;5u", "\033[27;5;13~", "\033[1;5Q", "\033[1;5P",
		"\033[34~", "\033OQ", "\033[3;5~", "\033[[B", "\033[?1;2c",
		"\033[<0;5;3m", "\033[<2;5;3M", "\033]11;rgb:0/0/0\033\\",
	};
	/* clang-format on */
	static const char *const terms[] = { "xterm-256color", "tmux-256color",
		"linux", "vt100" };

	(void)state;
	for (size_t t = 0; t < sizeof(terms) / sizeof(terms[0]); t++) {
		struct screen *s = retort_as(terms[t]);

		for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]);
		     i++) {
			screen_type(s, unknown[i]);
			screen_type(s, "x");
		}
		screen_wait_at(s, 2, 11, "xxxxxxxxxxxx ", MS);
		screen_type(s, "\033");
		screen_wait_text(s, "u url", MS);
	}
}

static void
every_terminal_has_its_arrows(void **state)
{
	static const char *const terms[] = { "xterm-256color", "tmux-256color",
		"screen", "linux", "vt100", "rxvt" };

	(void)state;
	for (size_t t = 0; t < sizeof(terms) / sizeof(terms[0]); t++) {
		struct screen *s = retort_as(terms[t]);

		screen_type(s, "bc\033[1~a\033[4~d");
		screen_wait_at(s, 2, 11, "abcd", MS);
		screen_type(s, "\033[D\033[DX\033OC\033[3~");
		screen_wait_at(s, 2, 11, "abXc ", MS);
		screen_type(s, "\033[7~1\033[8~2\033OH3\033OF4\033[H5\033[F6");
		screen_wait_at(s, 2, 11, "531abXc246 ", MS);
	}
}

static void
a_sequence_may_come_byte_by_byte(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "bc\033[");
	screen_settle(s, MS);
	drip(s, "1;2");
	screen_type(s, "Ha");
	screen_wait_at(s, 2, 11, "abc", MS);
}

/* tmux, screen and the Linux console know no other. */
static void
clicks_of_the_old_kind_are_understood(void **state)
{
	struct screen *s = retort_as("tmux-256color");

	(void)state;
	screen_type(s, "test.com");
	screen_wait_at(s, 2, 11, "test.com", MS);
	screen_type(s,
	    "\033[M 0#"
	    "X");
	screen_wait_at(s, 2, 11, "testX.com", MS);
	screen_type(s, "\033[M #####");
	screen_wait_text(s, "other…", MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_character_may_come_byte_by_byte),
		T(a_paste_is_whole_however_it_is_cut),
		T(a_long_paste_arrives),
		T(a_bad_byte_does_not_cut_a_paste),
		T(a_paste_without_an_end_is_over_after_a_pause),
		T(interrupt_gets_out_of_a_paste),
		T(an_unknown_sequence_does_nothing),
		T(every_terminal_has_its_arrows),
		T(a_sequence_may_come_byte_by_byte),
		T(clicks_of_the_old_kind_are_understood),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
