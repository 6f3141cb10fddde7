/*
 * What leaves and what comes back, against peers that do as scripted.
 */
#include "retort.h"

#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

/* clang-format off */
static const struct peer_step answers[] = {
	PEER_HEAD, PEER_SAY(OK_ANSWER), PEER_END,
};
static const struct peer_step answers_a_body[] = {
	PEER_HEAD, PEER_READ(20), PEER_SAY(OK_ANSWER), PEER_END,
};
static const struct peer_step hangs[] = { PEER_HEAD, PEER_HANG, PEER_END };
static const struct peer_step resets[] = { PEER_HEAD, PEER_RESET, PEER_END };
static const struct peer_step leaves[] = { PEER_HEAD, PEER_END };
static const struct peer_step cuts[] = {
	PEER_HEAD, PEER_SAY("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
	PEER_END,
};
static const struct peer_step babbles[] = {
	PEER_HEAD, PEER_SAY("SSH-2.0-OpenSSH_9.2\r\n\r\n"), PEER_END,
};
static const struct peer_step breaks_rules[] = {
	PEER_HEAD,
	PEER_SAY("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"),
	PEER_END,
};
static const struct peer_step redirects[] = {
	PEER_HEAD,
	PEER_SAY("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), PEER_END,
};
static const struct peer_step fails[] = {
	PEER_HEAD,
	PEER_SAY("HTTP/1.1 503 Too Busy\r\nContent-Length: 0\r\n\r\n"),
	PEER_END,
};
/* clang-format on */

static void
what_is_shown_is_what_arrives(void **state)
{
	struct peer *p = peer_start(answers);
	struct screen *s = retort(p->port);

	(void)state;
	screen_type(s, "test.com/a?b=c");
	screen_wait_text(
	    s, "Host: test.com · User-Agent: retort/0.1.0 · Accept: */*", MS);
	screen_wait_text(s, "Connection: close", MS);
	screen_type(s, "\r");
	assert_string_equal(peer_wait(p, 0, MS).data,
	    "GET /a?b=c HTTP/1.1\r\nHost: test.com\r\n"
	    "User-Agent: retort/0.1.0\r\nAccept: */*\r\n"
	    "Connection: close\r\n\r\n");
	wait_entry(s, "test.com/a?b=c", "200 OK", GREEN);
	screen_wait_text(s, "Content-Length: 2", MS);
	screen_wait_text(s, "hi", MS);
	screen_wait_text(s, "got 40 B", MS);
	/* The request, exactly as it was sent. */
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "2");
	screen_wait_text(s, "GET /a?b=c HTTP/1.1", MS);
	screen_type(s, "1");
	screen_wait_text(s, "HTTP/1.1 200 OK", MS);
}

static void
headers_and_body_arrive_as_typed(void **state)
{
	struct peer *p = peer_start(answers_a_body);
	struct screen *s = retort(p->port);

	(void)state;
	method(s, 'p', 1);
	screen_type(s, "test.com/create");
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "h");
	screen_wait_text(s, "Esc leave the field", MS);
	screen_type(s, "\rX-Name: 김철수");
	screen_wait_text(s, "X-Name: 김철수", MS);
	screen_type(s, "\033");
	screen_wait_text(s, "b body", MS);
	screen_type(s, "b");
	screen_wait_gone(s, "X-Name", MS);
	screen_type(s, "{\"name\":\"김철수\"}");
	screen_type(s, "\033");
	screen_wait_text(s, "E editor", MS);
	screen_type(s, "\r");
	assert_string_equal(peer_wait(p, 0, MS).data,
	    "POST /create HTTP/1.1\r\nHost: test.com\r\n"
	    "User-Agent: retort/0.1.0\r\nAccept: */*\r\n"
	    "Connection: close\r\nContent-Length: 20\r\n"
	    "X-Name: 김철수\r\n\r\n"
	    "{\"name\":\"김철수\"}");
	wait_entry(s, "test.com/create", "200 OK", GREEN);
	screen_wait_text(s, "20 B  {\"name\":\"김철수\"}", MS);
}

static void
an_automatic_header_can_be_removed_and_changed(void **state)
{
	struct peer *p = peer_start(answers);
	struct screen *s = retort(p->port);

	(void)state;
	screen_type(s, "test.com");
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "h");
	screen_wait_text(s, "Esc leave the field", MS);
	screen_key(s, VTERM_KEY_UP, 0);
	screen_key(s, VTERM_KEY_UP, 0);
	screen_ctrl(s, 'a');
	screen_ctrl(s, 'k');
	screen_ctrl(s, 'k');
	screen_wait_gone(s, "User-Agent", MS);
	screen_ctrl(s, 'e');
	screen_type(s, ", text/html");
	screen_wait_text(s, "Accept: */*, text/html", MS);
	screen_key(s, VTERM_KEY_FUNCTION(5), 0);
	assert_string_equal(peer_wait(p, 0, MS).data,
	    "GET / HTTP/1.1\r\nHost: test.com\r\n"
	    "Accept: */*, text/html\r\nConnection: close\r\n\r\n");
}

static void
options_fill_the_form(void **state)
{
	struct peer *p = peer_start(answers_a_body);
	struct screen *s = screen_start(NULL,
	    ARGV(RETORT, "-c", test_text("127.0.0.1:%d", p->port), "-H",
		"User-Agent: me", "-H", "X-A: 1", "-d", "12345678901234567890",
		"PUT", "test.com/x"));

	(void)state;
	screen_wait_text(s, "PUT ▾", MS);
	screen_wait_text(s, "test.com/x", MS);
	/* It is not sent by itself. */
	screen_settle(s, MS);
	assert_int_equal(peer_count(p), 0);
	screen_type(s, "\r");
	assert_string_equal(peer_wait(p, 0, MS).data,
	    "PUT /x HTTP/1.1\r\nHost: test.com\r\nUser-Agent: me\r\n"
	    "Accept: */*\r\nConnection: close\r\nX-A: 1\r\n"
	    "Content-Length: 20\r\n\r\n12345678901234567890");
}

static void
other_methods_can_be_sent(void **state)
{
	struct peer *p = peer_start(answers);
	struct screen *s = retort(p->port);

	(void)state;
	screen_alt(s, 'm');
	screen_wait_text(s, "other…", MS);
	screen_type(s, "oo\r");
	screen_wait_text(s, "method:", MS);
	screen_type(s, "BREW\r");
	screen_wait_text(s, "BREW ▾", MS);
	go(s, "test.com/pot");
	assert_memory_equal(
	    peer_wait(p, 0, MS).data, "BREW /pot HTTP/1.1\r\n", 20);
}

/* --- colours -------------------------------------------------------------------- */

static void
statuses_have_their_colours(void **state)
{
	struct screen *s;

	(void)state;
	s = retort(peer_start(redirects)->port);
	go(s, "test.com");
	wait_entry(s, "test.com", "302 Found", CYAN);
	s = retort(peer_start(fails)->port);
	go(s, "test.com");
	wait_entry(s, "test.com", "503 Too Busy", RED);
}

static void
a_broken_rule_is_told_beside_the_answer(void **state)
{
	struct screen *s = retort(peer_start(breaks_rules)->port);

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "204 No Content", GREEN);
	screen_wait_text(s, "a Content-Length stands in a 1xx or 204", MS);
	screen_wait_text(s, "RFC 9110 8.6", MS);
}

/* --- failures -------------------------------------------------------------------- */

static void
failure_is(const struct peer_step *steps, const char *words, const char *told)
{
	struct screen *s = retort(peer_start(steps)->port);

	go(s, "test.com");
	wait_entry(s, "test.com", words, MAGENTA);
	screen_wait_text(s, told, MS);
}

static void
each_failure_is_an_entry_that_says_what_to_do(void **state)
{
	(void)state;
	failure_is(resets, "reset", "r sends it again");
	failure_is(leaves, "no answer", "r sends it again");
	failure_is(cuts, "cut short", "r sends it again");
	failure_is(babbles, "unparsable", "Check the port");
}

static void
a_cut_answer_shows_what_came(void **state)
{
	struct screen *s = retort(peer_start(cuts)->port);

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "cut short", MAGENTA);
	screen_wait_text(s, "Content-Length: 9", MS);
	screen_wait_text(s, " abc", MS);
}

static void
an_unknown_name_is_a_failure(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "\033v");
	screen_wait_text(s, "direct", MS);
	screen_type(s, "u");
	/* Longer than a label may be: no name service is asked. */
	go(s,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaa.invalid");
	wait_entry(s, "…", "name unknown", MAGENTA);
}

static void
https_is_refused_with_a_sentence(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	go(s, "https://test.com/");
	screen_wait_text(s, "https", MS);
	screen_settle(s, MS);
	assert_int_equal(screen_cell(s, 23, 1).fg, MAGENTA);
	assert_false(screen_find(s, "── 1 ──", NULL, NULL));
}

/* --- in flight ------------------------------------------------------------------- */

static void
esc_gives_up_what_is_in_flight(void **state)
{
	struct peer *p = peer_start(hangs);
	struct screen *s = retort(p->port);

	(void)state;
	go(s, "test.com/one");
	go(s, "test.com/two");
	peer_wait_for(p, 1, "\r\n\r\n", MS);
	screen_wait_text(s, "── 2 ──", MS);
	/* The screen goes on meanwhile. */
	screen_type(s, "xy");
	screen_wait_text(s, "test.com/twoxy", MS);
	screen_type(s, "\033");
	screen_wait_text(s, "Esc cancel", MS);
	assert_false(screen_find(s, "cancelled", NULL, NULL));
	screen_type(s, "\033");
	wait_entry(s, "test.com/two", "cancelled", MAGENTA);
	screen_type(s, "\033");
	wait_entry(s, "test.com/one", "cancelled", MAGENTA);
	screen_wait_gone(s, "Esc cancel", MS);
	/* The connections are gone. */
	peer_wait(p, 0, MS);
	peer_wait(p, 1, MS);
}

static void
ctrl_c_cancels_and_then_asks(void **state)
{
	struct screen *s = retort(peer_start(hangs)->port);

	(void)state;
	go(s, "test.com");
	screen_wait_text(s, "── 1 ──", MS);
	screen_ctrl(s, 'c');
	wait_entry(s, "test.com", "cancelled", MAGENTA);
	screen_ctrl(s, 'c');
	screen_wait_text(s, "Q leaves  Esc stays", MS);
	screen_type(s, "x");
	screen_wait_text(s, "Enter send", MS);
	assert_true(screen_find(s, "test.com", NULL, NULL));
	screen_ctrl(s, 'c');
	screen_wait_text(s, "Q leaves  Esc stays", MS);
	screen_type(s, "Q");
	assert_int_equal(screen_wait_exit(s, MS), 0);
	assert_true(screen_is_sane(s));
}

static void
a_request_in_flight_is_grey_and_ages(void **state)
{
	struct screen *s = retort(peer_start(hangs)->port);

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "…", GREY);
	/* The tick of a second. */
	screen_wait_text(s, "1.0", MS);
}

/* --- the history ----------------------------------------------------------------- */

static void
entries_can_be_selected_searched_and_sent_again(void **state)
{
	struct peer *p = peer_start(answers);
	struct screen *s = retort(p->port);
	int row;

	(void)state;
	go(s, "test.com/alpha");
	go(s, "test.com/beta");
	go(s, "test.com/gamma");
	row = wait_entry(s, "/gamma", "200 OK", GREEN);
	screen_type(s, "\t");
	screen_wait_text(s, "r send again", MS);
	/* The newest is selected, and shown by more than a colour. */
	screen_wait_at(s, row, 0, "▌", MS);
	assert_true(screen_cell(s, row, 30).reverse);
	assert_int_equal(screen_cell(s, row, 45).fg, GREEN);
	assert_false(screen_cell(s, row - 1, 30).reverse);
	screen_type(s, "/ALPHA\r");
	screen_wait_text(s, "Exchange 1", MS);
	screen_type(s, "r");
	screen_wait_text(s, "── 4 ──", MS);
	assert_memory_equal(
	    peer_wait(p, 3, MS).data, "GET /alpha HTTP/1.1\r\n", 21);
	screen_type(s, "gj");
	screen_wait_text(s, "Exchange 2", MS);
	screen_type(s, "\r");
	screen_wait_text(s, "GET ▾     test.com/beta", MS);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "j");
	screen_wait_text(s, "Exchange 3", MS);
	screen_type(s, "G");
	screen_wait_text(s, "Exchange 4", MS);
}

static void
hundreds_of_entries_scroll(void **state)
{
	struct screen *s = retort(peer_start(leaves)->port);

	(void)state;
	screen_type(s, "test.com\033");
	screen_wait_text(s, "h headers", MS);
	for (int i = 1; i <= 300; i++) {
		screen_type(s, "\r");
		if (i % 50 != 0)
			continue;
		/* All are sent, the frame is whole, all are done. */
		screen_wait_text(s, test_text("── %d ──", i), MS);
		screen_settle(s, MS);
		screen_wait_gone(s, "Esc cancel", MS);
	}
	screen_type(s, "\tg");
	screen_wait_text(s, "Exchange 1 ", MS);
	screen_type(s, "G");
	screen_wait_text(s, "Exchange 300", MS);
	screen_key(s, VTERM_KEY_PAGEUP, 0);
	screen_wait_text(s, "Exchange 295", MS);
}

static void
a_body_on_the_command_line_is_posted(void **state)
{
	struct screen *s =
	    screen_start(NULL, ARGV(RETORT, "-d", "abc", "test.com"));

	(void)state;
	screen_wait_at(s, 2, 1, "POST ▾    test.com", MS);
	screen_wait_text(s, "Content-Length: 3", MS);
	s = screen_start(NULL, ARGV(RETORT, "-d", "abc", "GET", "test.com"));
	screen_wait_at(s, 2, 1, "GET ▾     test.com", MS);
	s = screen_start(NULL, ARGV(RETORT, "-d", "", "test.com"));
	screen_wait_at(s, 2, 1, "POST ▾    test.com", MS);
	screen_wait_text(s, "Content-Length: 0", MS);
}

static void
a_long_message_is_whole(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	for (int i = 0; i < 2; i++) {
		go(s, "te{st.com");
		screen_wait_text(s, "hyphens.", MS);
		screen_wait_text(s, "holds a", MS);
		/* What it hid comes back with the next key. */
		screen_type(s, "x");
		screen_wait_gone(s, "hyphens.", MS);
		screen_wait_text(s, "Enter send", MS);
		screen_resize(s, 12, 40);
		screen_wait_gone(s, "──── Exchange", MS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_shown_is_what_arrives),
		T(headers_and_body_arrive_as_typed),
		T(an_automatic_header_can_be_removed_and_changed),
		T(options_fill_the_form),
		T(other_methods_can_be_sent),
		T(statuses_have_their_colours),
		T(a_broken_rule_is_told_beside_the_answer),
		T(each_failure_is_an_entry_that_says_what_to_do),
		T(a_cut_answer_shows_what_came),
		T(an_unknown_name_is_a_failure),
		T(https_is_refused_with_a_sentence),
		T(esc_gives_up_what_is_in_flight),
		T(ctrl_c_cancels_and_then_asks),
		T(a_request_in_flight_is_grey_and_ages),
		T(entries_can_be_selected_searched_and_sent_again),
		T(hundreds_of_entries_scroll),
		T(a_body_on_the_command_line_is_posted),
		T(a_long_message_is_whole),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
