/*
 * The screen itself: sizes, editing, the mouse, and bytes that want to spoil it.
 */
#include "retort.h"

#define HEAD "HTTP/1.1 200 OK\r\n"

static void
home_has_its_parts_where_they_belong(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_wait_at(s, 0, 1, "retort", MS);
	screen_wait_at(s, 1, 0, "────", MS);
	screen_wait_at(s, 2, 1, "GET ▾", MS);
	screen_wait_at(s, 5, 3, "History", MS);
	screen_wait_at(s, 23, 1, "Enter send", MS);
	screen_wait_text(s, "── Exchange ──", MS);
	screen_wait_text(s, "Type a URL; Enter sends it.", MS);
	screen_settle(s, MS);
	assert_int_equal(screen_at(s, "retort").fg, ACCENT);
	assert_int_equal(screen_at(s, "Type a URL").fg, GREY);
	assert_true(screen_cell(s, 23, 1).bold);
	/* The cursor is in the URL field. */
	assert_true(s->visible);
	assert_int_equal(s->row, 2);
	assert_int_equal(s->col, 11);
}

static void
the_menu_chooses_by_keys(void **state)
{
	struct screen *s = retort(net_refused_port());
	int row;
	int col;

	(void)state;
	screen_alt(s, 'm');
	screen_wait_text(s, "other…", MS);
	screen_wait_at(s, 3, 0, "┌─────────┐", MS);
	screen_wait_at(s, 13, 0, "└─────────┘", MS);
	assert_true(screen_cell(s, 4, 2).reverse);
	assert_false(s->visible);
	screen_key(s, VTERM_KEY_DOWN, 0);
	screen_type(s, "j");
	screen_settle(s, MS);
	assert_true(screen_cell(s, 6, 2).reverse);
	assert_true(screen_find(s, "PUT", &row, &col));
	assert_int_equal(row, 6);
	screen_type(s, "\r");
	screen_wait_gone(s, "other…", MS);
	screen_wait_at(s, 2, 1, "PUT ▾", MS);
	/* Back where one was. */
	screen_type(s, "a");
	screen_wait_at(s, 2, 11, "a", MS);
}

static void
the_url_field_edits_as_readline_does(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "test.com/one/two");
	screen_wait_at(s, 2, 11, "test.com/one/two", MS);
	screen_alt(s, 'b');
	screen_type(s, "x y");
	screen_wait_at(s, 2, 11, "test.com/one/x ytwo", MS);
	screen_ctrl(s, 'w');
	screen_wait_at(s, 2, 11, "test.com/one/x two", MS);
	screen_key(s, VTERM_KEY_BACKSPACE, 0);
	screen_key(s, VTERM_KEY_BACKSPACE, 0);
	screen_key(s, VTERM_KEY_BACKSPACE, 0);
	screen_ctrl(s, 'k');
	screen_wait_gone(s, "two", MS);
	screen_ctrl(s, 'a');
	screen_ctrl(s, 'y');
	screen_wait_at(s, 2, 11, "twotest.com/one", MS);
	screen_ctrl(s, 'u');
	screen_wait_at(s, 2, 11, "test.com/one", MS);
	screen_key(s, VTERM_KEY_END, 0);
	screen_key(s, VTERM_KEY_LEFT, 0);
	screen_key(s, VTERM_KEY_BACKSPACE, 0);
	screen_wait_at(s, 2, 11, "test.com/oe", MS);
	screen_key(s, VTERM_KEY_DEL, 0);
	screen_wait_at(s, 2, 11, "test.com/o ", MS);
	screen_key(s, VTERM_KEY_HOME, 0);
	screen_alt(s, 'f');
	screen_type(s, "!");
	screen_wait_at(s, 2, 11, "test!.com/o", MS);
	screen_ctrl(s, 'e');
	screen_settle(s, MS);
	assert_int_equal(s->col, 11 + 11);
}

static void
korean_is_two_cells_wide(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "test.com/한글");
	screen_wait_at(s, 2, 20, "한글", MS);
	screen_settle(s, MS);
	assert_int_equal(s->col, 24);
	assert_int_equal(screen_cell(s, 2, 20).width, 2);
	screen_key(s, VTERM_KEY_BACKSPACE, 0);
	screen_wait_gone(s, "글", MS);
	screen_settle(s, MS);
	assert_int_equal(s->col, 22);
	screen_type(s, "국\r");
	/* The columns behind it still line up. */
	wait_entry(s, "test.com/한국", "refused", MAGENTA);
	screen_ctrl(s, 'u');
	screen_type(s, "test.com/aaaa\r");
	screen_wait_text(s, "── 2 ──", MS);
	screen_settle(s, MS);
	for (int row = 6; row < 8; row++)
		assert_string_equal(screen_cell(s, row, 44).text, "r");
}

static void
a_long_url_scrolls_sideways(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	for (int i = 0; i < 15; i++)
		screen_type(s, "0123456789");
	screen_type(s, "end");
	screen_wait_text(s, "789end", MS);
	screen_settle(s, MS);
	assert_true(s->col < 80);
	screen_ctrl(s, 'a');
	screen_wait_at(s, 2, 11, "01234567890", MS);
	screen_wait_gone(s, "789end", MS);
}

static void
a_paste_is_text_whatever_it_holds(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_paste(s, "test.com/pasted\n");
	screen_wait_at(s, 2, 11, "test.com/pasted", MS);
	screen_settle(s, MS);
	/* The newline did not send it. */
	assert_true(screen_find(s, "Type a URL", NULL, NULL));
	screen_type(s, "\033");
	screen_wait_text(s, "b body", MS);
	screen_type(s, "b");
	screen_wait_text(s, "F5 send", MS);
	screen_paste(s, "one\n두\n3");
	screen_wait_at(s, 3, 11, "one", MS);
	screen_wait_at(s, 4, 11, "두", MS);
	screen_wait_at(s, 5, 11, "3", MS);
}

static void
earlier_urls_come_back_with_up(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	go(s, "test.com/first");
	go(s, "test.com/second");
	screen_wait_text(s, "── 2 ──", MS);
	screen_ctrl(s, 'u');
	screen_type(s, "draft");
	screen_key(s, VTERM_KEY_UP, 0);
	screen_key(s, VTERM_KEY_UP, 0);
	screen_wait_at(s, 2, 11, "test.com/first ", MS);
	screen_key(s, VTERM_KEY_DOWN, 0);
	screen_key(s, VTERM_KEY_DOWN, 0);
	screen_wait_at(s, 2, 11, "draft", MS);
}

static void
the_editor_edits_the_body(void **state)
{
	static const char *const env[] = { "EDITOR=printf '%s\\n' two lines >",
		NULL };
	const struct screen_how how = { .env = env };
	struct screen *s = screen_start(&how,
	    ARGV(RETORT, "-c", test_text("127.0.0.1:%d", net_refused_port())));

	(void)state;
	screen_wait_text(s, "Enter send", MS);
	screen_type(s, "\033");
	screen_wait_text(s, "b body", MS);
	screen_type(s, "b");
	screen_wait_text(s, "F4 editor", MS);
	screen_type(s, "\033");
	screen_wait_text(s, "E editor", MS);
	screen_type(s, "E");
	screen_wait_at(s, 3, 11, "two", MS);
	screen_wait_at(s, 4, 11, "lines", MS);
	assert_true(s->alternate);
	assert_true(s->paste);
}

/* What is said when the editor does not do it. */
static void
a_failed_editor_is_named(void **state)
{
	static const struct {
		const char *env[3];
		const char *says;
	} cases[] = {
		{ { "EDITOR=nosuchcmd", NULL },
		    "There is no editor 'nosuchcmd'" },
		{ { "EDITOR=exit 3;", NULL }, "The editor 'exit 3;' exited 3" },
		{ { "EDITOR=rm", NULL }, "cannot be read back: No such file" },
		{ { "EDITOR=kill -9 $$;", NULL }, "Signal 9 ended the editor" },
		{ { "EDITOR=truncate -s 20M", NULL },
		    "more than 16777216 bytes" },
		{ { "TMPDIR=/nowhere", NULL },
		    "can be made in /nowhere: No such file or directory; "
		    "TMPDIR" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct screen_how how = { .cols = 100,
			.env = cases[i].env };
		struct screen *s = screen_start(&how, ARGV(RETORT));

		screen_wait_text(s, "Enter send", MS);
		screen_type(s, "\033h");
		screen_wait_text(s, "F4 editor", MS);
		screen_type(s, "\033");
		screen_wait_text(s, "E editor", MS);
		screen_type(s, "E");
		screen_wait_text(s, cases[i].says, MS);
	}
}

/* --- the mouse --------------------------------------------------------------------- */

static void
clicks_choose(void **state)
{
	static const struct peer_step answers[] = { PEER_HEAD,
		PEER_SAY(HEAD "Content-Length: 0\r\n\r\n"), PEER_END };
	struct screen *s = retort(peer_start(answers)->port);

	(void)state;
	go(s, "test.com/one");
	go(s, "test.com/two");
	wait_entry(s, "/two", "200 OK", GREEN);
	wait_entry(s, "/one", "200 OK", GREEN);
	screen_click(s, 6, 20);
	screen_wait_text(s, "Exchange 1", MS);
	screen_wait_text(s, "r send again", MS);
	screen_click(s, 2, 2);
	screen_wait_text(s, "other…", MS);
	screen_click(s, 5, 3);
	screen_wait_at(s, 2, 1, "POST ▾", MS);
	screen_click(s, 2, 11 + 4);
	screen_type(s, "X");
	screen_wait_at(s, 2, 11, "testX.com/two", MS);
	screen_click(s, 3, 30);
	screen_wait_text(s, "F5 send", MS);
}

static void
the_wheel_scrolls_what_it_is_over(void **state)
{
	static const struct peer_step many[] = { PEER_HEAD,
		PEER_SAY(
		    HEAD "Connection: close\r\n\r\n1\n2\n3\n4\n5\n6\n7\n8\n"
			 "9\n10\n11\n12\n13\n14\nlast"),
		PEER_END };
	struct screen *s = retort(peer_start(many)->port);

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	assert_false(screen_find(s, "last", NULL, NULL));
	screen_wheel_down(s, 16, 10);
	screen_wheel_down(s, 16, 10);
	screen_wheel_down(s, 16, 10);
	screen_wheel_down(s, 16, 10);
	screen_wait_text(s, "last", MS);
	screen_wheel_up(s, 16, 10);
	screen_wait_gone(s, "last", MS);
}

/* --- finding and zooming ------------------------------------------------------------- */

static void
search_and_zoom_in_an_exchange(void **state)
{
	static const struct peer_step many[] = { PEER_HEAD,
		PEER_SAY(
		    HEAD "Connection: close\r\n\r\n1\n2\n3\n4\n5\n6\n7\n8\n"
			 "9\n10\n11\n12\n13\n14\nneedle\n15"),
		PEER_END };
	struct screen *s = retort(peer_start(many)->port);
	int row;

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_type(s, "\t\t/NEEDLE\r");
	screen_wait_text(s, " needle", MS);
	screen_settle(s, MS);
	assert_true(screen_at(s, "needle").reverse);
	screen_type(s, "zg");
	screen_wait_at(s, 1, 3, "Exchange 1", MS);
	screen_wait_at(s, 2, 1, "HTTP/1.1 200 OK", MS);
	screen_wait_at(s, 0, 1, "retort   via 127.0.0.1:", MS);
	assert_true(screen_find(s, "needle", &row, NULL));
	screen_type(s, "q");
	screen_wait_at(s, 1, 0, "────", MS);
	screen_type(s, "?");
	screen_wait_text(s, "In the URL field", MS);
	screen_type(s, "G");
	screen_wait_text(s, "Draw the screen anew", MS);
	screen_type(s, "q");
	screen_wait_text(s, "── History ──", MS);
}

/* --- sizes ---------------------------------------------------------------------------- */

static void
wide_has_the_exchange_beside_the_history(void **state)
{
	static const struct peer_step answers[] = { PEER_HEAD,
		PEER_SAY(HEAD "Content-Length: 0\r\n\r\n"), PEER_END };
	struct screen *s = retort_sized(peer_start(answers)->port, 40, 120);
	int row;

	(void)state;
	go(s, "test.com");
	row = wait_entry(s, "test.com", "200 OK", GREEN);
	screen_wait_at(s, row - 1, 3, "History", MS);
	screen_wait_at(s, row - 1, 60, "┬", MS);
	screen_wait_at(s, row, 60, "│ HTTP/1.1 200 OK", MS);
	/* The server's rule ends at the one between the two. */
	screen_type(s, "\033\t\t\t");
	screen_wait_text(s, "── Server ─────", MS);
	assert_true(screen_find(s, "── Server ─────", &row, NULL));
	screen_wait_at(s, row, 59, "─┤", MS);
}

static void
small_opens_an_entry_on_the_whole_screen(void **state)
{
	static const struct peer_step answers[] = { PEER_HEAD,
		PEER_SAY(HEAD "Content-Length: 4\r\n\r\nbody"), PEER_END };
	struct peer *p = peer_start(answers);
	struct screen *s = retort_sized(p->port, 12, 40);

	(void)state;
	screen_wait_at(s, 1, 1, "GET ▾", MS);
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_type(s, "\t\r");
	screen_wait_at(s, 2, 1, "HTTP/1.1 200 OK", MS);
	screen_wait_text(s, " body", MS);
	screen_type(s, "q");
	screen_wait_at(s, 1, 1, "GET ▾", MS);
}

static void
tiny_says_method_url_and_status(void **state)
{
	static const struct peer_step answers[] = { PEER_HEAD,
		PEER_SAY(HEAD "Content-Length: 0\r\n\r\n"), PEER_END };
	struct screen *s = retort_sized(peer_start(answers)->port, 5, 20);

	(void)state;
	go(s, "test.com");
	screen_wait_at(s, 1, 0, "GET test.com", MS);
	screen_wait_text(s, "200", MS);
}

/* Where it goes, in which dialect, and whether a server is up. */
static void
the_state_of_the_world_is_on_every_screen(void **state)
{
	/* The keys open: the headers, the exchange zoomed, the URL. */
	static const char *const keys[] = { "\033h", "\033\t\tz", "zu" };
	int port = net_refused_port();
	struct screen *s = retort(port);
	const struct {
		int rows;
		int cols;
		int x;
		const char *world;
	} sizes[] = {
		{ 24, 80, 10, test_text("via 127.0.0.1:%d  HTTP/1.1 ", port) },
		{ 15, 60, 10, test_text("via 127.0.0.1:%d  HTTP/1.1 ", port) },
		{ 12, 40, 1, test_text("via 127.0.0.1:%d  HTTP ", port) },
		{ 5, 20, 0, test_text("via :%d HTTP", port) },
		{ 3, 14, 0, test_text("→:%d H ○", port) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		screen_resize(s, sizes[i].rows, sizes[i].cols);
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			screen_type(s, keys[k]);
			screen_settle(s, MS);
			screen_wait_at(s, 0, sizes[i].x, sizes[i].world, MS);
		}
	}
	screen_type(s, "\033v");
	screen_wait_at(s, 0, 0, "direct H ○", MS);
	screen_type(s, "c");
	screen_wait_at(s, 0, 0, "direct C ○", MS);
	screen_resize(s, 12, 40);
	screen_wait_at(s, 0, 1, "direct  classic ", MS);
	screen_resize(s, 24, 80);
	screen_wait_at(s, 0, 10, "direct  classic ", MS);
}

static void
the_help_is_whole_on_narrow_screens(void **state)
{
	struct screen *s = retort_sized(net_refused_port(), 12, 40);

	(void)state;
	screen_type(s, "\033?");
	screen_wait_text(s, "In the URL field", MS);
	screen_type(s, "G");
	screen_wait_text(s, "Give up a request in flight; with", MS);
	screen_wait_text(s, "none, ask whether to leave", MS);
	screen_wait_text(s, "Draw the screen anew", MS);
	screen_resize(s, 5, 20);
	screen_settle(s, MS);
	screen_type(s, "G");
	screen_wait_text(s, "Draw the screen", MS);
	screen_wait_text(s, "anew", MS);
	/* Keys are whole, too. */
	screen_resize(s, 12, 40);
	screen_settle(s, MS);
	screen_type(s, "gjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj");
	screen_wait_text(s, "Alt-b, Ctrl-Left", MS);
}

static void
resizes_at_any_time_to_any_size(void **state)
{
	static const int sizes[][2] = { { 40, 120 }, { 12, 40 }, { 5, 20 },
		{ 1, 1 }, { 2, 3 }, { 1, 80 }, { 50, 2 }, { 16, 60 },
		{ 15, 59 }, { 60, 200 }, { 3, 10 }, { 24, 80 } };
	struct screen *s = retort(net_refused_port());

	(void)state;
	go(s, "test.com/한글");
	wait_entry(s, "test.com/한글", "refused", MAGENTA);
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			screen_resize(s, sizes[i][0], sizes[i][1]);
			screen_type(s, round == 0 ? "a" : "\033m");
			if (round == 2)
				screen_type(s, "\033?j\033z");
		}
	screen_type(s, "\033\033");
	screen_settle(s, MS);
	assert_true(screen_alive(s));
	screen_type(s, "u");
	screen_wait_at(s, 2, 1, "GET ▾", MS);
	screen_wait_at(s, 23, 1, "Enter send", MS);
	wait_entry(s, "test.com/한글", "refused", MAGENTA);
}

/* --- terminals -------------------------------------------------------------------------- */

static void
without_colour_the_words_and_attributes_tell(void **state)
{
	static const struct peer_step bad[] = { PEER_HEAD,
		PEER_SAY("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
		PEER_END };
	static const char *const no_color[] = { "NO_COLOR=1", NULL };
	static const char *const vt100[] = { "TERM=vt100", NULL };
	const struct screen_how hows[] = { { .env = no_color },
		{ .env = vt100 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct screen *s = screen_start(&hows[i],
		    ARGV(RETORT, "-c",
			test_text("127.0.0.1:%d", peer_start(bad)->port)));

		screen_wait_text(s, "GET", MS);
		go(s, "test.com");
		screen_wait_text(s, "404 Not Found", MS);
		screen_settle(s, MS);
		assert_true(screen_at(s, "404 Not Found").bold);
		for (int row = 0; row < s->rows; row++)
			for (int col = 0; col < s->cols; col++) {
				struct screen_cell c = screen_cell(s, row, col);

				assert_int_equal(c.fg, SCREEN_DEFAULT);
				assert_int_equal(c.bg, SCREEN_DEFAULT);
			}
	}
}

/* --- hostile bytes ------------------------------------------------------------------------ */

/* All but the panes' own lines is as it was: nothing has moved or coloured it. */
static void
nothing_is_spoilt(struct screen *s)
{
	screen_settle(s, MS);
	screen_wait_at(s, 0, 1, "retort", MS);
	screen_wait_at(s, 1, 0, "────", MS);
	screen_wait_at(s, 2, 1, "GET ▾     test.com", MS);
	screen_wait_at(s, 5, 3, "History", MS);
	screen_wait_at(s, 12, 3, "Exchange 1", MS);
	screen_wait_at(s, 23, 1, "Enter send", MS);
	screen_settle(s, MS);
	assert_int_equal(s->row, 2);
	assert_int_equal(s->col, 19);
	for (int row = 0; row < s->rows; row++)
		for (int col = 0; col < s->cols; col++)
			assert_int_equal(
			    screen_cell(s, row, col).bg, SCREEN_DEFAULT);
	/* Nor was anything answered in the user's name. */
	screen_type(s, "z");
	screen_wait_at(s, 2, 11, "test.comz ", MS);
}

static void
hostile_headers_and_bodies_are_text(void **state)
{
	static const struct peer_step hostile[] = { PEER_HEAD,
		PEER_SAY(HEAD "X-Esc: \033[41m\033[2J\033[H\033]0;title\007\r\n"
			      "X-C1: \302\233"
			      "31m \233"
			      "31m\r\n"
			      "Connection: close\r\n\r\n"
			      "body \033[1;41mred\033[10;10Hmoved\033c\033[6n\n"
			      "c1 \302\233"
			      "41m \205 \220q\n"
			      "bidi \342\200\256desrever\342\200\254\n"
			      "invalid \377\376 \303( \355\240\200\n"
			      "back\b\b\b\b\rover\v\f\016"),
		PEER_END };
	struct screen *s = retort(peer_start(hostile)->port);

	(void)state;
	go(s, "test.com");
	screen_wait_text(s, "X-Esc:", MS);
	screen_wait_text(s, "\\x1b[41m\\x1b[2J\\x1b[H\\x1b]0;title\\x07", MS);
	screen_wait_text(s, "\\xc2\\x9b31m", MS);
	nothing_is_spoilt(s);
	screen_type(s, "\033\t\tG");
	screen_wait_text(s, "\\x1b[1;41mred\\x1b[10;10Hmoved\\x1bc", MS);
	screen_wait_text(s,
	    "bidi \\xe2\\x80\\xae"
	    "desrever",
	    MS);
	screen_wait_text(s, "invalid \\xff\\xfe \\xc3( \\xed\\xa0\\x80", MS);
	screen_wait_text(s, "back\\x08\\x08\\x08\\x08", MS);
}

static void
a_hostile_reason_is_text_in_the_history(void **state)
{
	static const struct peer_step hostile[] = { PEER_HEAD,
		PEER_SAY("HTTP/1.1 200 \033[41mOK\033[2J\r\n"
			 "Content-Length: 0\r\n\r\n"),
		PEER_END };
	struct screen *s = retort(peer_start(hostile)->port);

	(void)state;
	go(s, "test.com");
	screen_wait_text(s, "\\x1b[41m", MS);
	nothing_is_spoilt(s);
}

static void
a_megabyte_on_one_line_is_drawn(void **state)
{
	static char body[1024 * 1024];
	struct peer_step steps[] = { PEER_HEAD,
		PEER_SAY(HEAD "Content-Length: 1048576\r\n\r\n"),
		PEER_SEND(body, sizeof(body)), PEER_END };
	struct screen *s;

	(void)state;
	memset(body, 'x', sizeof(body));
	memcpy(body, "begin", 5);
	memcpy(body + sizeof(body) - 3, "end", 3);
	s = retort(peer_start(steps)->port);
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_wait_text(s, " beginxxxx", MS);
	screen_wait_text(s, "1.0 MB", MS);
	nothing_is_spoilt(s);
	screen_type(s, "\033\t\tG");
	screen_wait_text(s, "xxend ", MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(home_has_its_parts_where_they_belong),
		T(the_menu_chooses_by_keys),
		T(the_url_field_edits_as_readline_does),
		T(korean_is_two_cells_wide),
		T(a_long_url_scrolls_sideways),
		T(a_paste_is_text_whatever_it_holds),
		T(earlier_urls_come_back_with_up),
		T(the_editor_edits_the_body),
		T(a_failed_editor_is_named),
		T(clicks_choose),
		T(the_wheel_scrolls_what_it_is_over),
		T(search_and_zoom_in_an_exchange),
		T(wide_has_the_exchange_beside_the_history),
		T(small_opens_an_entry_on_the_whole_screen),
		T(tiny_says_method_url_and_status),
		T(the_state_of_the_world_is_on_every_screen),
		T(the_help_is_whole_on_narrow_screens),
		T(resizes_at_any_time_to_any_size),
		T(without_colour_the_words_and_attributes_tell),
		T(hostile_headers_and_bodies_are_text),
		T(a_hostile_reason_is_text_in_the_history),
		T(a_megabyte_on_one_line_is_drawn),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
