/*
 * The harness itself, on programs that are always there: if it could not see
 * a colour or lose no key, the tests of retort would prove nothing.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "net.h"
#include "peer.h"
#include "proc.h"
#include "screen.h"

#define MS	 5000

#define SH(text) ARGV("/bin/sh", "-c", text)

/* Raw, and says so: a program that reads each key as it comes. */
#define RAW "stty raw -echo; "

static void
sees_colours_and_attributes(void **state)
{
	struct screen *s = screen_start(NULL,
	    SH("printf '\\033[31mred \\033[1;42mbold\\033[0m "
	       "\\033[38;5;208morange\\033[0m \\033[4munder\\033[0m "
	       "\\033[7mback\\033[0m plain'; cat"));

	(void)state;
	screen_wait_text(s, "plain", MS);
	assert_int_equal(screen_at(s, "red").fg, 1);
	assert_int_equal(screen_at(s, "red").bg, SCREEN_DEFAULT);
	assert_false(screen_at(s, "red").bold);
	assert_int_equal(screen_at(s, "bold").fg, 1);
	assert_int_equal(screen_at(s, "bold").bg, 2);
	assert_true(screen_at(s, "bold").bold);
	assert_int_equal(screen_at(s, "orange").fg, 208);
	assert_true(screen_at(s, "under").underline);
	assert_true(screen_at(s, "back").reverse);
	assert_false(screen_at(s, "plain").reverse);
	assert_int_equal(screen_at(s, "plain").fg, SCREEN_DEFAULT);
}

static void
sees_korean_two_cells_wide(void **state)
{
	struct screen *s = screen_start(
	    NULL, SH("printf 'a한글b\\n\\033[32m값\\033[0m'; cat"));
	int row, col;

	(void)state;
	screen_wait_text(s, "값", MS);
	assert_true(screen_find(s, "글b", &row, &col));
	assert_int_equal(row, 0);
	assert_int_equal(col, 3);
	assert_string_equal(screen_cell(s, 0, 1).text, "한");
	assert_int_equal(screen_cell(s, 0, 1).width, 2);
	assert_string_equal(screen_cell(s, 0, 2).text, "");
	assert_int_equal(screen_cell(s, 0, 2).width, 0);
	assert_string_equal(screen_row(s, 0), "a한글b");
	assert_int_equal(screen_at(s, "값").fg, 2);
	assert_int_equal(s->row, 1);
	assert_int_equal(s->col, 2);
}

static void
starts_with_a_clean_environment(void **state)
{
	static const char *const env[] = { "TERM=vt100", "EDITOR=cat", "TZ",
		NULL };
	static const struct screen_how how = {
		.rows = 12, .cols = 70, .env = env
	};
	struct screen *s =
	    screen_start(&how, SH("env | grep -v PATH; stty size; cat"));

	(void)state;
	screen_wait_text(s, "12 70", MS);
	assert_true(screen_find(s, "TERM=vt100", NULL, NULL));
	assert_true(screen_find(s, "EDITOR=cat", NULL, NULL));
	assert_true(screen_find(s, "LC_ALL=C.UTF-8", NULL, NULL));
	assert_true(screen_find(s, test_text("HOME=%s", s->home), NULL, NULL));
	assert_false(screen_find(s, "TZ=", NULL, NULL));
	assert_false(screen_find(s, "COLORTERM=", NULL, NULL));
}

static void
types_utf8_and_keys(void **state)
{
	struct screen *s =
	    screen_start(NULL, SH(RAW "echo ready; exec od -An -tx1 -v -w4"));

	(void)state;
	screen_wait_text(s, "ready", MS);
	screen_type(s, "가A");
	screen_wait_text(s, "ea b0 80 41", MS);
	screen_key(s, VTERM_KEY_UP, 0);
	screen_ctrl(s, 'a');
	screen_wait_text(s, "1b 5b 41 01", MS);
	screen_alt(s, 'b');
	screen_type(s, "\r");
	screen_key(s, VTERM_KEY_BACKSPACE, 0);
	screen_wait_text(s, "1b 62 0d 7f", MS);
	screen_key(s, VTERM_KEY_LEFT, VTERM_MOD_CTRL);
	screen_type(s, "..");
	screen_wait_text(s, "1b 5b 31 3b", MS);
	screen_wait_text(s, "35 44 2e 2e", MS);
}

/* The mouse is switched on by the second parameter, as ncurses does. */
static void
sends_mouse_and_paste_as_asked(void **state)
{
	struct screen *s = screen_start(NULL,
	    SH(RAW "printf '\\033[?1006;1000h\\033[?2004hready'; cat -v"));

	(void)state;
	screen_wait_text(s, "ready", MS);
	assert_true(s->mouse);
	assert_true(s->paste);
	screen_click(s, 4, 9);
	screen_wait_text(s, "^[[<0;10;5M^[[<0;10;5m", MS);
	screen_wheel_down(s, 0, 0);
	screen_wait_text(s, "^[[<65;1;1M", MS);
	screen_wheel_up(s, 0, 0);
	screen_wait_text(s, "^[[<64;1;1M", MS);
	screen_paste(s, "two\nlines");
	screen_wait_text(s, "^[[200~two^Mlines^[[201~", MS);
}

static void
resizes(void **state)
{
	struct screen *s = screen_start(NULL,
	    SH("trap 'stty size' WINCH; stty size; echo ready;"
	       "while :; do read x; done"));

	(void)state;
	screen_wait_text(s, "ready", MS);
	assert_true(screen_find(s, "24 80", NULL, NULL));
	screen_resize(s, 12, 40);
	screen_wait_text(s, "12 40", MS);
	screen_resize(s, 40, 200);
	screen_wait_text(s, "40 200", MS);
	assert_string_equal(screen_cell(s, 39, 199).text, " ");
}

static void
drives_less(void **state)
{
	static const char *const env[] = { "LESS=", "LESSHISTFILE=-", NULL };
	static const struct screen_how how = { .env = env };
	const char *path = test_text("%s/lines", test_folder());
	struct screen *s;
	FILE *f = fopen(path, "w");
	int i;

	(void)state;
	assert_non_null(f);
	for (i = 1; i <= 100; i++)
		fprintf(f, "line %d\n", i);
	fclose(f);
	s = screen_start(&how, ARGV("less", path));
	screen_wait_at(s, 22, 0, "line 23", MS);
	assert_true(s->alternate);
	assert_false(screen_is_sane(s));
	screen_type(s, "G");
	screen_wait_at(s, 22, 0, "line 100", MS);
	screen_type(s, "g");
	screen_settle(s, MS);
	assert_string_equal(screen_row(s, 0), "line 1");
	screen_type(s, "/line 50\r");
	screen_wait_at(s, 0, 0, "line 50", MS);
	assert_true(screen_cell(s, 0, 0).reverse);
	screen_type(s, "q");
	assert_int_equal(screen_wait_exit(s, MS), 0);
	assert_false(s->alternate);
	assert_true(screen_is_sane(s));
}

/* Each key changes the screen; settled, the last one is there every time. */
static void
settles_on_the_last_key(void **state)
{
	struct screen *s = screen_start(NULL,
	    SH(RAW "printf ready; while :; do"
		   " x=$(dd bs=1 count=1 2>/dev/null);"
		   " printf '\\r\\033[K%s %s %s' \"$x\" \"$x\" \"$x\"; done"));
	char key[2] = "", want[6];
	int i;

	(void)state;
	screen_wait_text(s, "ready", MS);
	for (i = 0; i < 26; i++) {
		key[0] = (char)('a' + i);
		snprintf(
		    want, sizeof(want), "%c %c %c", key[0], key[0], key[0]);
		screen_type(s, key);
		screen_wait_text(s, want, MS);
	}
	s = screen_start(NULL, SH(RAW "printf ready; exec cat -v"));
	screen_wait_text(s, "ready", MS);
	for (i = 0; i < 50; i++) {
		key[0] = (char)('a' + i % 26);
		screen_type(s, key);
		screen_settle(s, MS);
		assert_int_equal(s->col, 5 + i + 1);
		assert_string_equal(screen_cell(s, 0, 5 + i).text, key);
	}
}

static void
stops_and_continues(void **state)
{
	struct screen *s = screen_start(NULL, SH("echo ready; exec cat"));

	(void)state;
	screen_wait_text(s, "ready", MS);
	screen_ctrl(s, 'z');
	screen_wait_stopped(s, MS);
	assert_true(screen_alive(s));
	screen_continue(s);
	screen_type(s, "again\r");
	screen_wait_at(s, 2, 0, "again", MS);
	screen_ctrl(s, 'c');
	assert_int_equal(screen_wait_exit(s, MS), -SIGINT);
	assert_true(screen_is_sane(s));
}

static void
tells_how_the_program_ended(void **state)
{
	struct screen *s = screen_start(NULL, SH("printf last; exit 7"));

	(void)state;
	assert_int_equal(screen_wait_exit(s, MS), 7);
	assert_true(screen_find(s, "last", NULL, NULL));
	assert_false(screen_alive(s));
	s = screen_start(NULL, SH(RAW "printf '\\033[?25l'; kill -9 $$"));
	assert_int_equal(screen_wait_exit(s, MS), -SIGKILL);
	assert_false(s->visible);
	assert_int_equal(screen_tty(s).c_lflag & ECHO, 0);
	assert_false(screen_is_sane(s));
}

static void
hangs_up(void **state)
{
	struct screen *s = screen_start(
	    NULL, SH("trap 'exit 9' HUP; echo ready; sleep 99 & wait"));

	(void)state;
	screen_wait_text(s, "ready", MS);
	screen_hangup(s);
	assert_int_equal(screen_wait_exit(s, MS), 9);
}

/* A socket closed by the test is closed, though programs run on. */
static void
holds_no_descriptor_of_the_test(void **state)
{
	int port, listener = net_listen(&port), a = net_connect(port), b;

	(void)state;
	b = net_accept(listener, MS);
	screen_wait_text(
	    screen_start(NULL, SH("echo ready; cat")), "ready", MS);
	proc_start(NULL, ARGV("cat"));
	net_close(b);
	assert_int_equal(net_read_until_close(a, MS).len, 0);
}

static const struct peer_step faulty[] = {
	PEER_HEAD,
	PEER_DRIP("HTTP/1.1 200 OK\r\n", 1),
	PEER_RESET,
	PEER_END,
};

static void
peers_tell_what_they_received(void **state)
{
	struct peer *p = peer_start(faulty), *seed = peer_seed_server();
	int a = net_connect(p->port), b = net_connect(p->port);

	(void)state;
	net_say(b, "GET /b HTTP/1.1\r\n\r\n");
	net_say(a, "GET /a HTTP/1.1\r\n\r\n");
	assert_string_equal(
	    net_read_until_reset(a, MS).data, "HTTP/1.1 200 OK\r\n");
	assert_string_equal(
	    peer_wait(p, 0, MS).data, "GET /a HTTP/1.1\r\n\r\n");
	assert_string_equal(
	    peer_wait(p, 1, MS).data, "GET /b HTTP/1.1\r\n\r\n");
	assert_int_equal(peer_count(p), 2);
	a = peer_seed_connect(seed->port);
	assert_string_equal(
	    peer_seed_ask(a, "POST", "test.com/create"), "HTTP/201 CREATED");
	a = peer_seed_connect(seed->port);
	assert_string_equal(
	    peer_seed_ask(a, "HEAD", "test.com"), "HTTP/400 BAD REQUEST");
}

static void
reads_lines_and_ends_of_programs(void **state)
{
	struct proc *p = proc_start(
	    NULL, SH("echo one; cat; echo oops >&2; printf two; exit 3"));

	(void)state;
	assert_string_equal(proc_read_line(p, MS), "one");
	assert_true(proc_alive(p));
	proc_write(p, "in\n");
	proc_close_in(p);
	assert_string_equal(proc_read_all(p, MS).data, "in\ntwo");
	assert_int_equal(proc_wait(p, MS), 3);
	assert_string_equal(proc_err(p), "oops\n");
	assert_int_equal(
	    retortd_port("retortd: listening on 127.0.0.1:41231"), 41231);
	assert_int_equal(
	    retortd_port("{\"ev\":\"listen\",\"local\":\"127.0.0.1:7\"}"), 7);
	assert_int_equal(retortd_port("retortd: port 7 is taken"), 0);
}

static void
reads_cases_byte_by_byte(void **state)
{
	static const char text[] = "# a comment\nexpect: ok\n\nhost: a\\tb: c\n"
				   "host: 2\n---\nG # \\r\\n\n"
				   "\\0\\xff\\\\\\*3{\\x41b}-\n";
	const char *path = test_text("%s/case", test_folder());
	struct wire_case *c;
	FILE *f = fopen(path, "w");

	(void)state;
	assert_non_null(f);
	fwrite(text, 1, sizeof(text) - 1, f);
	fclose(f);
	c = cases_load(path);
	assert_string_equal(c->name, "case");
	assert_string_equal(cases_get(c, "expect"), "ok");
	assert_string_equal(cases_get(c, "host"), "a\tb: c");
	assert_string_equal(cases_nth(c, "host", 1)->data, "2");
	assert_null(cases_nth(c, "host", 2));
	assert_int_equal(c->bytes.len, 16);
	assert_memory_equal(c->bytes.data, "G # \r\n\0\xff\\AbAbAb-", 16);
}

#define T(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(sees_colours_and_attributes),
		T(sees_korean_two_cells_wide),
		T(starts_with_a_clean_environment),
		T(types_utf8_and_keys),
		T(sends_mouse_and_paste_as_asked),
		T(resizes),
		T(drives_less),
		T(settles_on_the_last_key),
		T(stops_and_continues),
		T(tells_how_the_program_ended),
		T(hangs_up),
		T(holds_no_descriptor_of_the_test),
		T(peers_tell_what_they_received),
		T(reads_lines_and_ends_of_programs),
		T(reads_cases_byte_by_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
