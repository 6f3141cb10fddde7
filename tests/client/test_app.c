#include "app.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static struct serverproc server;
static struct app app;

static int
setup(void **state)
{
	(void)state;
	serverproc_init(&server);
	assert_true(app_init(&app, &server));
	return 0;
}

static int
teardown(void **state)
{
	app_release(&app);
	serverproc_release(&server);
	return test_end(state);
}

static void
type(const char *text)
{
	for (; *text != '\0'; text++)
		app_key(&app, (unsigned char)*text);
}

static void
url_is(const char *want)
{
	struct span url = lineedit_text(&app.form.url);

	assert_int_equal(url.n, strlen(want));
	assert_memory_equal(url.p, want, url.n);
}

/* Type that URL and send it; its id. */
static uint64_t
ask(const char *url)
{
	app_do(&app, ACTION_URL);
	app_key(&app, K_CTRL('U'));
	type(url);
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_SEND);
	return app.send;
}

/* The engine's part: that exchange is done. */
static void
answer(uint64_t id, int status)
{
	struct exchange *x = history_get(&app.history, id);

	x->outcome = status > 0 ? OUTCOME_ANSWERED : OUTCOME_REFUSED;
	x->status = status;
	x->times.total = 1000000;
	app_progress(&app);
}

/* --- fields and keys ---------------------------------------------------------- */

static void
starts_in_the_url_field(void **state)
{
	(void)state;
	assert_int_equal(app_context(&app), CONTEXT_URL);
	type("test.com/q?u=m");
	url_is("test.com/q?u=m");
	assert_int_equal(app_orders(&app), 0);
}

static void
types_korean(void **state)
{
	(void)state;
	app_key(&app, 0xd55c);
	app_key(&app, 0xae00);
	url_is("한글");
	app_key(&app, K_BACKSPACE);
	url_is("한");
}

/* Persian has a non-joiner, families of emoji have joiners: that they are not
 * drawn as they stand is no reason to drop them. */
static void
types_what_a_paste_brings(void **state)
{
	static const uint32_t keys[] = { 0x200b, 0x200c, 0x200d, 0x202e, 0xad,
		0xfeff, 0x61c };
	static const char bytes[] = "\u200b\u200c\u200d\u202e\u00ad\ufeff"
				    "\u061c";

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		app_key(&app, keys[i]);
	url_is(bytes);
	app_do(&app, ACTION_BODY);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		app_key(&app, keys[i]);
	assert_int_equal(app_field(&app).n, strlen(bytes));
	assert_memory_equal(app_field(&app).p, bytes, strlen(bytes));
}

static void
letters_are_keys_once_the_field_is_left(void **state)
{
	(void)state;
	type("a");
	app_key(&app, K_ESC);
	assert_int_equal(app_context(&app), CONTEXT_FORM);
	app_key(&app, 'h');
	assert_int_equal(app_context(&app), CONTEXT_TEXT);
	assert_int_equal(app.field, FORM_HEADERS);
	app_key(&app, K_ESC);
	app_key(&app, 'b');
	assert_int_equal(app.field, FORM_BODY);
	type("hi");
	app_key(&app, K_ENTER);
	type("you");
	assert_int_equal(textedit_text(&app.form.body).n, 6);
	app_key(&app, K_ESC);
	app_key(&app, 'u');
	type("b");
	url_is("ab");
}

static void
alt_without_a_binding_is_esc_and_the_key(void **state)
{
	(void)state;
	app_key(&app, K_ALT | 'v');
	assert_int_equal(app_context(&app), CONTEXT_FORM);
	assert_false(app.form.via);
}

static void
alt_with_a_binding_stays_in_the_field(void **state)
{
	(void)state;
	type("one two");
	app_key(&app, K_ALT | 'b');
	type("x");
	url_is("one xtwo");
	assert_int_equal(app_context(&app), CONTEXT_URL);
}

static void
esc_closes_then_leaves_then_cancels(void **state)
{
	uint64_t id;

	(void)state;
	id = ask("test.com");
	app_key(&app, K_ALT | 'm');
	assert_int_equal(app.overlay, OVERLAY_MENU);
	app_key(&app, K_ESC);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	assert_true(app.editing);
	app_key(&app, K_ESC);
	assert_false(app.editing);
	assert_int_equal(app_orders(&app), 0);
	app_key(&app, K_ESC);
	assert_int_equal(app_orders(&app), ORDER_CANCEL);
	assert_int_equal(app.cancel, id);
}

static void
cancels_the_selected_else_the_newest(void **state)
{
	(void)state;
	ask("one");
	ask("two");
	ask("three");
	answer(1, 200);
	app_key(&app, K_ESC);
	app_key(&app, 'k');
	assert_int_equal(app.selected, 2);
	app_key(&app, K_ESC);
	assert_int_equal(app.cancel, 2);
	app_key(&app, 'k');
	app_key(&app, K_ESC);
	assert_int_equal(app.cancel, 3);
}

static void
nothing_in_flight_is_nothing_to_cancel(void **state)
{
	(void)state;
	answer(ask("one"), 200);
	app_key(&app, K_ESC);
	app_key(&app, K_ESC);
	assert_int_equal(app_orders(&app), 0);
}

static void
interrupt_cancels_and_else_asks(void **state)
{
	uint64_t id;

	(void)state;
	id = ask("one");
	app_key(&app, K_CTRL('C'));
	assert_int_equal(app_orders(&app), ORDER_CANCEL);
	answer(id, 0);
	app_key(&app, K_CTRL('C'));
	assert_int_equal(app_context(&app), CONTEXT_LEAVING);
	app_key(&app, 'x');
	assert_int_equal(app_context(&app), CONTEXT_URL);
	url_is("one");
	app_key(&app, K_CTRL('C'));
	app_key(&app, 'Q');
	assert_int_equal(app_orders(&app), ORDER_QUIT);
}

static void
words_are(const char *want)
{
	struct buf words = { .max = 4096 };

	assert_true(app_words(&app, &words));
	if (!span_is(buf_span(&words), want))
		test_fail("\"%.*s\"", (int)words.len, words.data);
	buf_release(&words);
}

static void
leaving_asks_what_would_be_given_up(void **state)
{
	uint64_t one;

	(void)state;
	app_key(&app, K_CTRL('C'));
	words_are("Leave retort?  Q leaves  Esc stays");
	app_key(&app, K_ESC);
	server.state = SERVER_RUNNING;
	app_key(&app, K_CTRL('C'));
	words_are("Leave retort? The server will stop.  Q leaves  Esc stays");
	app_key(&app, K_ESC);
	one = ask("test.com/1");
	app_key(&app, K_ESC);
	app_key(&app, 'Q');
	assert_int_equal(app_orders(&app), 0);
	words_are("Leave retort? 1 request is in flight and the server will "
		  "stop.  Q leaves  Esc stays");
	app_key(&app, K_ESC);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	ask("test.com/2");
	server.state = SERVER_STOPPED;
	app_key(&app, K_ESC);
	app_key(&app, 'Q');
	words_are("Leave retort? 2 requests are in flight.  Q leaves  "
		  "Esc stays");
	answer(one, 200);
	words_are("Leave retort? 1 request is in flight.  Q leaves  "
		  "Esc stays");
	app_resize(&app, 5, 20);
	words_are("Leave retort?  Q leaves  Esc stays "
		  "1 request is in flight.");
	app_key(&app, 'Q');
	assert_int_equal(app_orders(&app), ORDER_QUIT);
}

static void
q_leaves_at_once_when_nothing_is_in_flight(void **state)
{
	(void)state;
	app_key(&app, K_ESC);
	app_key(&app, 'Q');
	assert_int_equal(app_orders(&app), ORDER_QUIT);
}

static void
q_goes_back_and_never_leaves(void **state)
{
	(void)state;
	app_key(&app, K_TAB);
	app_key(&app, K_TAB);
	assert_int_equal(app.focus, PANE_EXCHANGE);
	app_key(&app, 'z');
	assert_int_equal(app.layout.pane[PANE_EXCHANGE].h, 22);
	app_key(&app, 'q');
	assert_int_equal(app.focus, PANE_EXCHANGE);
	assert_true(app.layout.pane[PANE_FORM].h > 0);
	app_key(&app, 'q');
	assert_int_equal(app.focus, PANE_HISTORY);
	app_key(&app, 'q');
	assert_int_equal(app.focus, PANE_HISTORY);
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "Q leaves"));
}

static void
tab_goes_round_the_panes(void **state)
{
	(void)state;
	for (int i = 1; i <= PANE_COUNT; i++) {
		app_key(&app, K_TAB);
		assert_int_equal(app.focus, i % PANE_COUNT);
	}
	assert_int_equal(app_context(&app), CONTEXT_URL);
	app_key(&app, K_BACK_TAB);
	assert_int_equal(app.focus, PANE_SERVER);
}

/* What acts on the panes below does nothing from a question above them. */
static void
a_question_keeps_its_keys(void **state)
{
	static const uint32_t keys[] = { K_TAB, K_BACK_TAB, K_F4, K_F5 };

	(void)state;
	type("test.com");
	app_key(&app, K_ESC);
	app_key(&app, '/');
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		app_key(&app, keys[i]);
		assert_int_equal(app_context(&app), CONTEXT_PROMPT);
		assert_int_equal(app.focus, PANE_FORM);
		assert_int_equal(app_orders(&app), 0);
	}
}

static void
a_paste_goes_into_the_field_alone(void **state)
{
	(void)state;
	app_paste(&app, span_text("test.com/a\n"));
	url_is("test.com/a");
	app_key(&app, K_ESC);
	app_paste(&app, span_text("Qs"));
	assert_int_equal(app_orders(&app), 0);
	url_is("test.com/a");
	assert_true(app.message[0] != '\0');
}

static void
a_message_stays_until_the_next_key(void **state)
{
	(void)state;
	app_say(&app, ROLE_INFO, "hello");
	type("a");
	assert_string_equal(app.message, "");
}

/* --- sending -------------------------------------------------------------------- */

static void
enter_sends_and_the_url_stays(void **state)
{
	const struct exchange *x;

	(void)state;
	assert_int_equal(ask("test.com/create"), 1);
	url_is("test.com/create");
	assert_int_equal(app_context(&app), CONTEXT_URL);
	x = app_selected(&app);
	assert_int_equal(x->id, 1);
	assert_true(x->via);
	assert_string_equal(x->host, "127.0.0.1");
	assert_int_equal(x->port, 10000);
	assert_string_equal(x->request.method, "GET");
	assert_string_equal(x->request.target, "/create");
}

static void
a_bad_url_is_not_sent(void **state)
{
	static const char *const bad[] = { "", "https://test.com/",
		"http://[::1/", "ftp://test.com/" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		app_key(&app, K_CTRL('U'));
		type(bad[i]);
		app_key(&app, K_ENTER);
		assert_int_equal(app_orders(&app), 0);
		assert_int_equal(app.history.n, 0);
		assert_int_equal(app.message_role, ROLE_ERROR);
		assert_true(app.message[0] != '\0');
	}
}

static void
a_bad_header_line_gets_the_cursor(void **state)
{
	(void)state;
	type("test.com");
	app_key(&app, K_ESC);
	app_key(&app, 'h');
	app_key(&app, K_ENTER);
	type("no colon here");
	app_key(&app, K_PAGE_UP);
	app_key(&app, K_F5);
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app_context(&app), CONTEXT_TEXT);
	assert_int_equal(app.message_role, ROLE_ERROR);
	assert_memory_equal(
	    app.form.headers.text.data + app.form.headers.cursor, "no colon",
	    8);
}

static void
the_newest_is_selected_while_followed(void **state)
{
	(void)state;
	ask("one");
	ask("two");
	assert_int_equal(app.selected, 2);
	app_key(&app, K_ESC);
	app_key(&app, 'k');
	assert_int_equal(app.selected, 1);
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	/* One's own request is always shown. */
	assert_int_equal(app.selected, 3);
	assert_string_equal(app_selected(&app)->url, "one");
}

static void
sends_again_to_the_via_address_of_now(void **state)
{
	const char *why;

	(void)state;
	answer(ask("test.com/a"), 0);
	assert_true(form_set_via(&app.form, "127.0.0.1:12345", &why));
	app_key(&app, K_TAB);
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_int_equal(app_selected(&app)->port, 12345);
	assert_string_equal(app_selected(&app)->request.target, "/a");
	assert_string_equal(
	    headers_find(&app_selected(&app)->request.headers, "Host"),
	    "test.com");
}

/* Else something would go where nothing on the screen said. */
static void
sends_again_where_the_top_line_says(void **state)
{
	(void)state;
	answer(ask("test.com:81/a"), 0);
	app_key(&app, K_TAB);
	app_key(&app, 'v');
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_false(app_selected(&app)->via);
	assert_string_equal(app_selected(&app)->host, "test.com");
	assert_int_equal(app_selected(&app)->port, 81);
	answer(2, 0);
	app_key(&app, 'v');
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_true(app_selected(&app)->via);
	assert_string_equal(app_selected(&app)->host, "127.0.0.1");
	assert_int_equal(app_selected(&app)->port, 10000);
	assert_string_equal(app_selected(&app)->url, "test.com:81/a");
}

static void
what_names_no_host_is_not_sent_there_again(void **state)
{
	(void)state;
	assert_true(form_set_method(&app.form, span_text("OPTIONS")));
	answer(ask("*"), 200);
	app_key(&app, K_TAB);
	app_key(&app, 'v');
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.history.n, 1);
	assert_non_null(strstr(app.message, "* names no host to go to"));
	/* Nor by way of an address that nobody knows. */
	app_key(&app, 'v');
	app.form.via_port = 0;
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "No server is running yet"));
}

static void
enter_brings_an_entry_back(void **state)
{
	(void)state;
	ask("one.com/a");
	ask("two.com/b");
	app_key(&app, K_TAB);
	app_key(&app, 'g');
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), 0);
	url_is("one.com/a");
	assert_int_equal(app_context(&app), CONTEXT_URL);
}

/* Without its body it would be another request. */
static void
what_lost_its_body_is_not_sent_again(void **state)
{
	struct exchange *x;

	(void)state;
	assert_true(form_set_body(&app.form, span_text("hi")));
	answer(ask("test.com"), 200);
	x = history_get(&app.history, 1);
	buf_release(&x->request.body);
	x->body_dropped = true;
	app_key(&app, K_TAB);
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.history.n, 1);
	assert_non_null(strstr(app.message, "its body was dropped"));
	app_key(&app, K_ENTER);
	assert_non_null(strstr(app.message, "its body was dropped"));
	assert_int_equal(app_context(&app), CONTEXT_URL);
}

static void
without_entries_there_is_nothing_to_send_again(void **state)
{
	(void)state;
	app_key(&app, K_TAB);
	app_key(&app, 'r');
	app_key(&app, K_ENTER);
	app_key(&app, 'j');
	app_key(&app, 'G');
	assert_int_equal(app_orders(&app), 0);
	assert_false(app_can(&app, ACTION_AGAIN));
}

static void
no_more_in_flight_than_the_engine_takes(void **state)
{
	(void)state;
	for (int i = 0; i < ENGINE_CALLS_MAX; i++)
		ask("test.com");
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.history.n, ENGINE_CALLS_MAX);
	/* What it says to press works where one is. */
	assert_non_null(strstr(app.message, "^C gives one up"));
	app_key(&app, K_CTRL('C'));
	assert_int_equal(app_orders(&app), ORDER_CANCEL);
	answer(7, 200);
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_SEND);
}

static void
what_the_engine_refused_is_a_failure(void **state)
{
	(void)state;
	ask("test.com");
	app_not_sent(&app, "no room");
	assert_int_equal(app.flights, 0);
	assert_int_equal(app_selected(&app)->outcome, OUTCOME_FAILED);
	assert_string_equal(app_selected(&app)->why, "no room");
}

static void
a_400_by_way_of_via_reminds_of_v(void **state)
{
	(void)state;
	app_resize(&app, 5, 20);
	answer(ask("localhost:3000/"), 400);
	assert_string_equal(app.message, "");
	app_resize(&app, 24, 80);
	answer(ask("localhost:3000/"), 400);
	assert_string_equal(app.message,
	    "400 from 127.0.0.1:10000 (via); "
	    "Esc, then v goes to the URL's own host");
	/* Once in a run. */
	app_key(&app, K_ALT | 'v');
	answer(ask("localhost:3000/"), 400);
	assert_string_equal(app.message, "");
	app_key(&app, K_ALT | 'v');
	answer(ask("localhost:3000/"), 400);
	assert_string_equal(app.message, "");
}

static void
a_400_straight_from_the_host_reminds_of_nothing(void **state)
{
	(void)state;
	app_key(&app, K_ALT | 'v');
	answer(ask("localhost:3000/"), 400);
	assert_string_equal(app.message, "");
}

static void
up_brings_earlier_urls(void **state)
{
	(void)state;
	ask("one");
	ask("two");
	app_key(&app, K_CTRL('U'));
	app_key(&app, K_UP);
	url_is("two");
	app_key(&app, K_UP);
	url_is("one");
	app_key(&app, K_UP);
	url_is("one");
	app_key(&app, K_DOWN);
	url_is("two");
	app_key(&app, K_DOWN);
	url_is("");
}

static void
an_editors_last_newline_is_not_the_users(void **state)
{
	(void)state;
	app_key(&app, K_ESC);
	app_key(&app, 'b');
	type("{}");
	app_key(&app, K_F4);
	assert_int_equal(app_orders(&app), ORDER_EDIT);
	assert_int_equal(app_field(&app).n, 2);
	app_edited(&app, span_text("{ }\n"));
	assert_int_equal(app_field(&app).n, 3);
	app_edited(&app, span_text("{ }\n\n"));
	assert_int_equal(app_field(&app).n, 4);
	/* This one is. */
	app_edited(&app, span_text("x\n"));
	assert_int_equal(app_field(&app).n, 2);
}

/* --- the menu ---------------------------------------------------------------------- */

static void
letters_move_in_the_menu(void **state)
{
	static const char *const steps[] = { "PUT", "PATCH", "POST" };

	(void)state;
	type("test.com");
	app_key(&app, K_ALT | 'm');
	assert_string_equal(app_menu_text(&app, app.menu), "GET");
	app_key(&app, 'p');
	assert_string_equal(app_menu_text(&app, app.menu), "POST");
	for (size_t i = 0; i < 3; i++) {
		app_key(&app, 'p');
		assert_string_equal(app_menu_text(&app, app.menu), steps[i]);
	}
	app_key(&app, 'd');
	app_key(&app, K_ENTER);
	assert_string_equal(app.form.method, "DELETE");
	/* Where one was. */
	assert_int_equal(app_context(&app), CONTEXT_URL);
	type("/x");
	url_is("test.com/x");
}

static void
the_menu_opens_on_the_method(void **state)
{
	(void)state;
	assert_true(form_set_method(&app.form, span_text("HEAD")));
	app_key(&app, K_ALT | 'm');
	assert_string_equal(app_menu_text(&app, app.menu), "HEAD");
	app_key(&app, 'q');
	assert_int_equal(app.overlay, OVERLAY_NONE);
	assert_string_equal(app.form.method, "HEAD");
}

static void
other_takes_any_token(void **state)
{
	(void)state;
	app_key(&app, K_ALT | 'm');
	app_key(&app, 'G');
	app_key(&app, K_END);
	app_key(&app, K_ENTER);
	assert_int_equal(app_context(&app), CONTEXT_PROMPT);
	type("BR EW");
	app_key(&app, K_ENTER);
	assert_int_equal(app_context(&app), CONTEXT_PROMPT);
	assert_int_equal(app.message_role, ROLE_ERROR);
	app_key(&app, K_CTRL('U'));
	type("BREW");
	app_key(&app, K_ENTER);
	assert_string_equal(app.form.method, "BREW");
	assert_int_equal(app_context(&app), CONTEXT_URL);
	assert_string_equal(app.message, "");
	app_key(&app, K_ALT | 'm');
	app_key(&app, K_ENTER);
	type("patch");
	app_key(&app, K_ENTER);
	assert_string_equal(app.form.method, "patch");
	assert_string_equal(app.message, "methods are case-sensitive: PATCH?");
}

/* --- the server ---------------------------------------------------------------------- */

static void
s_starts_the_server_on_the_via_address(void **state)
{
	(void)state;
	app_key(&app, K_ESC);
	app_key(&app, 's');
	assert_int_equal(app_orders(&app), ORDER_SERVER_START);
	assert_string_equal(app.listen, "127.0.0.1:10000");
	server.state = SERVER_RUNNING;
	strlcpy(server.address, app.listen, sizeof(server.address));
	server.port = 10000;
	app_server_changed(&app);
	assert_non_null(strstr(app.message, "127.0.0.1:10000"));
	app_key(&app, 's');
	assert_int_equal(app_orders(&app), ORDER_SERVER_STOP);
}

static void
a_server_listens_on_addresses_and_localhost(void **state)
{
	const char *why;

	(void)state;
	app_key(&app, K_ESC);
	assert_true(form_set_via(&app.form, "localhost:1234", &why));
	app_key(&app, 's');
	assert_int_equal(app_orders(&app), ORDER_SERVER_START);
	assert_string_equal(app.listen, "127.0.0.1:1234");
	assert_true(form_set_via(&app.form, "test.com:1234", &why));
	app_key(&app, 's');
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "test.com is a name"));
}

/* The footer shows what works. */
static void
a_server_of_another_is_not_offered(void **state)
{
	(void)state;
	assert_true(app_can(&app, ACTION_SERVER));
	server.state = SERVER_RUNNING;
	assert_true(app_can(&app, ACTION_SERVER));
	server.state = SERVER_ATTACHED;
	assert_false(app_can(&app, ACTION_SERVER));
	server.state = SERVER_STOPPING;
	assert_false(app_can(&app, ACTION_SERVER));
	server.state = SERVER_STOPPED;
}

static void
a_taken_port_offers_a_free_one(void **state)
{
	(void)state;
	app_key(&app, K_ESC);
	app_key(&app, 's');
	app_orders(&app);
	server.state = SERVER_FAILED;
	server.port_taken = true;
	app_server_changed(&app);
	assert_non_null(strstr(app.message, "10000 is taken"));
	assert_non_null(strstr(app.message, "s takes a free one"));
	app_key(&app, 's');
	assert_int_equal(app_orders(&app), ORDER_SERVER_START);
	assert_string_equal(app.listen, "127.0.0.1:0");
	server.state = SERVER_RUNNING;
	server.port_taken = false;
	server.port = 41231;
	strlcpy(server.address, "127.0.0.1:41231", sizeof(server.address));
	app_server_changed(&app);
	assert_int_equal(app.form.via_port, 41231);
	assert_int_equal(ask("test.com"), 1);
	assert_int_equal(app_selected(&app)->port, 41231);
}

static void
an_ipv6_via_address_has_brackets(void **state)
{
	char via[APP_LISTEN_MAX];
	const char *why;

	(void)state;
	assert_true(form_set_via(&app.form, "[::1]:0", &why));
	app_key(&app, K_ALT | 's');
	assert_string_equal(app.listen, "[::1]:0");

	server.state = SERVER_RUNNING;
	server.port = 8080;
	strlcpy(server.address, "[::1]:8080", sizeof(server.address));
	app_server_changed(&app);
	assert_string_equal(app.form.via_host, "::1");
	assert_int_equal(app.form.via_port, 8080);
	app_via(&app, via);
	assert_string_equal(via, "[::1]:8080");
}

static void
a_port_that_is_not_known_yet_is_not_asked(void **state)
{
	const char *why;

	(void)state;
	assert_true(form_set_via(&app.form, "127.0.0.1:0", &why));
	type("test.com");
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.message_role, ROLE_ERROR);
}

/* --- the history ------------------------------------------------------------------------ */

static void
a_hundred_thousand_entries_stay_instant(void **state)
{
	int64_t start;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct exchange *x = exchange_new();

		x->url = strdup("test.com/some/where");
		x->request.method = strdup("GET");
		x->outcome = OUTCOME_ANSWERED;
		x->status = 200;
		assert_true(history_add(&app.history, x) > 0);
	}
	app_key(&app, K_TAB);
	assert_int_equal(app.selected, 100000);
	start = test_now();
	for (int i = 0; i < 10000; i++) {
		app_key(&app, 'g');
		app_key(&app, K_PAGE_DOWN);
		app_key(&app, 'G');
		app_key(&app, 'k');
	}
	/* 40,000 keys: 5 ms each would be 200 s. */
	assert_true(test_now() - start < 2000);
	assert_int_equal(app.selected, 99999);
	app_key(&app, 'g');
	assert_int_equal(app.selected, 1);
	assert_int_equal(app.top, 0);
	app_key(&app, K_PAGE_DOWN);
	assert_true(app.selected > 1);
	app_key(&app, 'G');
	assert_int_equal(app.selected, 100000);
	assert_true(app.follow);
	assert_int_equal(
	    app.top + (size_t)layout_inside(&app.layout, PANE_HISTORY).h,
	    100000);
}

static void
searches_back_and_forth(void **state)
{
	(void)state;
	ask("one.com");
	ask("two.com");
	ask("one.org");
	app_key(&app, K_TAB);
	app_key(&app, '/');
	assert_int_equal(app_context(&app), CONTEXT_PROMPT);
	type("ONE");
	app_key(&app, K_ENTER);
	assert_int_equal(app.selected, 1);
	app_key(&app, 'n');
	assert_int_equal(app.selected, 3);
	app_key(&app, 'N');
	assert_int_equal(app.selected, 1);
	app_key(&app, '/');
	type("three");
	app_key(&app, K_ENTER);
	assert_int_equal(app.selected, 1);
	assert_string_equal(app.message, "no entry holds \"three\"");
	app_key(&app, 'k');
	app_key(&app, 'j');
	app_key(&app, '/');
	type("two");
	app_key(&app, K_ENTER);
	assert_string_equal(app.message, "no other entry holds \"two\"");
}

static void
enter_opens_an_entry_on_a_small_screen(void **state)
{
	(void)state;
	answer(ask("test.com"), 200);
	app_resize(&app, 12, 40);
	app_key(&app, K_TAB);
	assert_int_equal(app_context(&app), CONTEXT_LIST);
	app_key(&app, K_ENTER);
	assert_int_equal(app.focus, PANE_EXCHANGE);
	assert_int_equal(app.layout.pane[PANE_EXCHANGE].h, 10);
	app_key(&app, 'q');
	assert_int_equal(app.focus, PANE_HISTORY);
	assert_int_equal(app.layout.pane[PANE_EXCHANGE].h, 0);
}

static void
go_to(enum pane pane)
{
	while (app.focus != pane)
		app_key(&app, K_TAB);
}

/* Else the key would seem to do nothing. */
static void
what_a_key_changes_is_uncovered(void **state)
{
	static const enum pane panes[] = { PANE_HISTORY, PANE_SERVER };
	static const uint32_t keys[] = { '3', 'x', '4', 'f', '2', 'p', ']' };

	(void)state;
	app_resize(&app, 40, 130);
	answer(ask("test.com"), 200);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			go_to(panes[k]);
			app_key(&app, 'z');
			assert_int_equal(app.layout.pane[PANE_EXCHANGE].h, 0);
			app_key(&app, keys[i]);
			assert_true(app.layout.pane[PANE_EXCHANGE].h > 0);
		}
	/* That of the exchange stays. */
	go_to(PANE_EXCHANGE);
	app_key(&app, 'z');
	app_key(&app, '3');
	assert_true(app.zoomed);
}

/* An exchange of many lines. */
static void
long_answer(void)
{
	struct exchange *x = history_get(&app.history, ask("test.com"));

	x->body.max = 1 << 20;
	for (int i = 0; i < 100; i++)
		buf_printf(&x->body, "line %d\n", i);
	x->body_len = x->body.len;
	answer(x->id, 200);
	app_key(&app, K_TAB);
	app_key(&app, K_TAB);
}

static void
scrolls_an_exchange_within_its_lines(void **state)
{
	size_t last;

	(void)state;
	long_answer();
	app_key(&app, 'k');
	assert_int_equal(app.view_top, 0);
	app_key(&app, 'j');
	assert_int_equal(app.view_top, 1);
	app_key(&app, 'G');
	last = app.view_top;
	assert_true(last > 50);
	app_key(&app, 'j');
	app_key(&app, K_PAGE_DOWN);
	assert_int_equal(app.view_top, last);
	/* The rows that zooming brings are filled. */
	app_key(&app, 'z');
	assert_true(app.view_top < last);
	app_key(&app, 'z');
	app_key(&app, 'G');
	assert_int_equal(app.view_top, last);
	app_key(&app, 'g');
	assert_int_equal(app.view_top, 0);
}

static void
searches_within_an_exchange(void **state)
{
	(void)state;
	long_answer();
	app_key(&app, '/');
	type("line 7");
	app_key(&app, K_ENTER);
	assert_true(app.match != SIZE_MAX);
	app_key(&app, 'n');
	app_key(&app, 'n');
	assert_true(app.view_top > 50);
	app_key(&app, '1');
	assert_int_equal(app.view_top, 0);
	/* The only one. */
	app_key(&app, '/');
	type("line 42");
	app_key(&app, K_ENTER);
	assert_string_equal(app.message, "");
	app_key(&app, 'n');
	assert_non_null(strstr(app.message, "no other line holds \"line 42\""));
	app_key(&app, 'N');
	assert_non_null(strstr(app.message, "no other line holds \"line 42\""));
}

/* --- the mouse ----------------------------------------------------------------------------- */

static void
clicks_do_what_they_point_at(void **state)
{
	struct rect history;
	struct rect menu;

	(void)state;
	ask("one.com");
	ask("two.com");
	app_mouse(&app, MOUSE_PRESS, app.layout.pane[PANE_FORM].y, 1);
	assert_int_equal(app.overlay, OVERLAY_MENU);
	menu = app_menu_rect(&app);
	app_mouse(&app, MOUSE_PRESS, menu.y + 3, menu.x + 2);
	assert_string_equal(app.form.method, "PUT");
	history = layout_inside(&app.layout, PANE_HISTORY);
	app_mouse(&app, MOUSE_PRESS, history.y, 10);
	assert_int_equal(app.selected, 1);
	assert_int_equal(app.focus, PANE_HISTORY);
	app_mouse(&app, MOUSE_PRESS, app.layout.pane[PANE_FORM].y,
	    app_field_x(&app) + 3);
	assert_int_equal(app_context(&app), CONTEXT_URL);
	type("_");
	url_is("two_.com");
}

static void
a_click_below_the_url_opens_what_is_there(void **state)
{
	int y = app.layout.pane[PANE_FORM].y;

	(void)state;
	app_mouse(&app, MOUSE_PRESS, y + 2, 20);
	assert_int_equal(app.field, FORM_HEADERS);
	app_key(&app, K_ESC);
	app_key(&app, 'b');
	type("{}");
	app_do(&app, ACTION_URL);
	app_mouse(&app, MOUSE_PRESS, y + 2, 20);
	assert_int_equal(app.field, FORM_HEADERS);
	app_do(&app, ACTION_URL);
	app_mouse(&app, MOUSE_PRESS, y + 3, 20);
	assert_int_equal(app.field, FORM_BODY);
	app_mouse(&app, MOUSE_PRESS, y + 1, app_field_x(&app) + 1);
	type("x");
	assert_memory_equal(app_field(&app).p, "{x}", 3);
}

static void
a_click_beside_the_menu_closes_it(void **state)
{
	(void)state;
	app_key(&app, K_ALT | 'm');
	app_mouse(&app, MOUSE_PRESS, 20, 60);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	assert_string_equal(app.form.method, "GET");
}

static void
the_wheel_scrolls_what_is_under_it(void **state)
{
	struct rect r;

	(void)state;
	long_answer();
	app_do(&app, ACTION_URL);
	r = app_view_rect(&app);
	app_mouse(&app, MOUSE_WHEEL_DOWN, r.y, r.x);
	assert_int_equal(app.view_top, 3);
	assert_int_equal(app_context(&app), CONTEXT_URL);
	app_mouse(&app, MOUSE_WHEEL_UP, r.y, r.x);
	assert_int_equal(app.view_top, 0);
}

/* Any key at any size: nothing falls over. */
static void
survives_any_keys_at_any_size(void **state)
{
	static const uint32_t keys[] = { K_ENTER, K_ESC, K_TAB, K_BACK_TAB,
		K_UP, K_DOWN, K_PAGE_UP, K_PAGE_DOWN, K_HOME, K_END, 'z', 'h',
		'b', 'm', 's', '/', 'a', 'n', 'q', '?', 'G', 'g', '2', 'r',
		K_CTRL('C'), K_CTRL('W'), K_CTRL('Y'), K_F1, K_F5, K_ALT | 'x',
		0xd55c, 'v', 'c', K_BACKSPACE, 'u' };
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		if (i % 17 == 0)
			app_resize(&app, 1 + (int)(seed >> 16) % 50,
			    1 + (int)(seed >> 20) % 150);
		app_key(&app,
		    keys[(seed >> 16) % (sizeof(keys) / sizeof(keys[0]))]);
		if (i % 5 == 0)
			app_mouse(&app, (enum mouse)(i % 3),
			    (int)(seed >> 18) % 50, (int)(seed >> 14) % 150);
		if ((app_orders(&app) & ORDER_SEND) != 0)
			answer(app.send, 200);
	}
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(starts_in_the_url_field),
		T(types_korean),
		T(types_what_a_paste_brings),
		T(letters_are_keys_once_the_field_is_left),
		T(alt_without_a_binding_is_esc_and_the_key),
		T(alt_with_a_binding_stays_in_the_field),
		T(esc_closes_then_leaves_then_cancels),
		T(cancels_the_selected_else_the_newest),
		T(nothing_in_flight_is_nothing_to_cancel),
		T(interrupt_cancels_and_else_asks),
		T(leaving_asks_what_would_be_given_up),
		T(q_leaves_at_once_when_nothing_is_in_flight),
		T(q_goes_back_and_never_leaves),
		T(tab_goes_round_the_panes),
		T(a_question_keeps_its_keys),
		T(a_paste_goes_into_the_field_alone),
		T(a_message_stays_until_the_next_key),
		T(enter_sends_and_the_url_stays),
		T(a_bad_url_is_not_sent),
		T(a_bad_header_line_gets_the_cursor),
		T(the_newest_is_selected_while_followed),
		T(sends_again_to_the_via_address_of_now),
		T(sends_again_where_the_top_line_says),
		T(what_names_no_host_is_not_sent_there_again),
		T(enter_brings_an_entry_back),
		T(what_lost_its_body_is_not_sent_again),
		T(without_entries_there_is_nothing_to_send_again),
		T(no_more_in_flight_than_the_engine_takes),
		T(what_the_engine_refused_is_a_failure),
		T(a_400_by_way_of_via_reminds_of_v),
		T(a_400_straight_from_the_host_reminds_of_nothing),
		T(up_brings_earlier_urls),
		T(an_editors_last_newline_is_not_the_users),
		T(letters_move_in_the_menu),
		T(the_menu_opens_on_the_method),
		T(other_takes_any_token),
		T(s_starts_the_server_on_the_via_address),
		T(a_server_listens_on_addresses_and_localhost),
		T(a_server_of_another_is_not_offered),
		T(a_taken_port_offers_a_free_one),
		T(an_ipv6_via_address_has_brackets),
		T(a_port_that_is_not_known_yet_is_not_asked),
		T(a_hundred_thousand_entries_stay_instant),
		T(searches_back_and_forth),
		T(enter_opens_an_entry_on_a_small_screen),
		T(what_a_key_changes_is_uncovered),
		T(scrolls_an_exchange_within_its_lines),
		T(searches_within_an_exchange),
		T(clicks_do_what_they_point_at),
		T(a_click_below_the_url_opens_what_is_there),
		T(a_click_beside_the_menu_closes_it),
		T(the_wheel_scrolls_what_is_under_it),
		T(survives_any_keys_at_any_size),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
