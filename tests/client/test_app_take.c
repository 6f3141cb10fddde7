/*
 * y and w: what is asked, and what becomes of it.
 */
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

/* An exchange that has come to its end with that body. */
static void
exchange(const char *body, size_t n)
{
	struct exchange *x;

	app_do(&app, ACTION_URL);
	app_key(&app, K_CTRL('U'));
	type("test.com/x");
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_SEND);
	x = history_get(&app.history, app.send);
	x->outcome = OUTCOME_ANSWERED;
	x->status = 200;
	assert_true(buf_append(&x->body, body, n));
	x->body_len = n;
	app_progress(&app);
	app_key(&app, K_ESC);
}

static void
orders(unsigned want, const char *bytes)
{
	assert_int_equal(app_orders(&app), want);
	assert_true(span_is(buf_span(&app.take.bytes), bytes));
}

static void
prompt_is(const char *want)
{
	assert_int_equal(app.overlay, OVERLAY_PATH);
	if (!span_is(lineedit_text(&app.prompt), want))
		test_fail(
		    "%.*s", (int)app.prompt.text.len, app.prompt.text.data);
}

static void
y_copies_what_the_menu_names(void **state)
{
	(void)state;
	exchange("hello", 5);
	app_key(&app, 'y');
	assert_int_equal(app_context(&app), CONTEXT_MENU);
	assert_int_equal(app_menu_rows(&app), TAKE_COUNT);
	assert_string_equal(app_menu_text(&app, app.menu), "URL");
	app_key(&app, K_ENTER);
	orders(ORDER_COPY, "test.com/x");
	app_copied(&app);
	assert_string_equal(app.message, "copied 10 bytes");
	assert_int_equal(app.overlay, OVERLAY_NONE);
	app_key(&app, 'y');
	app_key(&app, 'b');
	app_key(&app, K_ENTER);
	orders(ORDER_COPY, "hello");
}

static void
letters_move_and_esc_closes(void **state)
{
	static const char *const steps[] = { "request", "response",
		"raw: request, answer", "request" };

	(void)state;
	exchange("hello", 5);
	app_key(&app, 'w');
	for (size_t i = 0; i < 4; i++) {
		app_key(&app, 'r');
		assert_string_equal(app_menu_text(&app, app.menu), steps[i]);
	}
	app_key(&app, K_UP);
	assert_string_equal(app_menu_text(&app, app.menu), "URL");
	app_key(&app, K_END);
	assert_string_equal(
	    app_menu_text(&app, app.menu), "raw: request, answer");
	app_key(&app, K_DOWN);
	app_key(&app, K_ESC);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	assert_int_equal(app_orders(&app), 0);
}

static void
w_asks_for_a_name(void **state)
{
	(void)state;
	exchange("hello", 5);
	type("wb\r");
	app_key(&app, K_ENTER);
	prompt_is("retort-1.body");
	app_key(&app, K_CTRL('W'));
	app_key(&app, K_CTRL('U'));
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "a file has a name"));
	type("/tmp/x");
	app_key(&app, K_ENTER);
	orders(ORDER_WRITE, "hello");
	assert_string_equal(app.take.path, "/tmp/x");
	app_written(&app, OUTFILE_DONE, "");
	assert_string_equal(app.message, "wrote 5 bytes to /tmp/x");
	assert_int_equal(app.overlay, OVERLAY_NONE);
}

static void
a_name_that_is_taken_is_asked_again(void **state)
{
	(void)state;
	exchange("hello", 5);
	type("wb");
	app_key(&app, K_ENTER);
	app_key(&app, K_ENTER);
	orders(ORDER_WRITE, "hello");
	app_written(&app, OUTFILE_THERE, "retort-1.body is there already");
	assert_string_equal(app.message, "retort-1.body is there already");
	assert_int_equal(app_orders(&app), 0);
	type("2");
	prompt_is("retort-1.body2");
	app_key(&app, K_ENTER);
	orders(ORDER_WRITE, "hello");
	app_written(&app, OUTFILE_FAILED, "the disk is full");
	assert_string_equal(app.message, "the disk is full");
	app_key(&app, K_ESC);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	/* It is not kept for nobody. */
	assert_int_equal(app.take.bytes.cap, 0);
}

static void
what_no_clipboard_takes_goes_to_a_file(void **state)
{
	char *body = test_alloc(OSC52_MAX + 1);

	(void)state;
	memset(body, 'a', OSC52_MAX + 1);
	exchange(body, OSC52_MAX);
	type("yb");
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_COPY);
	exchange(body, OSC52_MAX + 1);
	type("yb");
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_WRITE);
	assert_string_equal(app.take.path, "retort-2.body");
	app_written(&app, OUTFILE_THERE, "there");
	assert_int_equal(app_orders(&app), ORDER_WRITE);
	assert_string_equal(app.take.path, "retort-2-2.body");
	app_written(&app, OUTFILE_DONE, "");
	assert_string_equal(app.message,
	    "that is more than a clipboard takes: wrote 74995 bytes to "
	    "retort-2-2.body");
	type("yb");
	app_key(&app, K_ENTER);
	app_written(&app, OUTFILE_FAILED, "it cannot be");
	assert_non_null(strstr(app.message, "it cannot be; w asks"));
	assert_int_equal(app.take.bytes.cap, 0);
}

static void
what_is_gone_is_said_and_not_written(void **state)
{
	(void)state;
	exchange("hello", 5);
	history_get(&app.history, 1)->body_dropped = true;
	type("wb");
	app_key(&app, K_ENTER);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.message_role, ROLE_ERROR);
	assert_non_null(strstr(app.message, "dropped to make room"));
}

/* The menu is of the exchange it was opened on. */
static void
another_selection_changes_nothing(void **state)
{
	(void)state;
	exchange("one", 3);
	exchange("two", 3);
	app_key(&app, K_TAB);
	app_key(&app, 'k');
	type("yb");
	app.selected = 2;
	app_key(&app, K_ENTER);
	orders(ORDER_COPY, "one");
}

/* Only a menu that was opened on the form is of the form. */
static void
what_is_no_longer_there_is_not_the_form(void **state)
{
	(void)state;
	type("test.com/y");
	app_key(&app, K_ESC);
	app_key(&app, 'y');
	app.take.id = UINT64_MAX;
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.take.bytes.len, 0);
	assert_non_null(strstr(app.message, "nothing was taken"));
}

static void
without_exchanges_it_is_the_form(void **state)
{
	char title[APP_TITLE_MAX];

	(void)state;
	type("test.com/y");
	app_key(&app, K_ESC);
	app_key(&app, 'y');
	app_menu_title(&app, title);
	assert_string_equal(title, " Copy from the form ");
	assert_int_equal(app_menu_rows(&app), 3);
	app_key(&app, 'c');
	assert_string_equal(app_menu_text(&app, app.menu), "curl command");
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_COPY);
	assert_non_null(memmem(
	    app.take.bytes.data, app.take.bytes.len, "http://test.com/y", 17));
	app_key(&app, 'u');
	app_key(&app, K_CTRL('U'));
	app_key(&app, K_ESC);
	app_key(&app, 'w');
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "There is no URL"));
}

static void
a_search_has_its_own_room(void **state)
{
	char *long_name = test_alloc(APP_PATH_MAX + 1);

	(void)state;
	memset(long_name, 'a', APP_PATH_MAX);
	exchange("x", 1);
	type("wb");
	app_key(&app, K_ENTER);
	app_key(&app, K_CTRL('U'));
	app_paste(&app, span_text(long_name));
	app_key(&app, K_ENTER);
	orders(ORDER_WRITE, "x");
	assert_string_equal(app.take.path, long_name);
	app_key(&app, K_ESC);
	app_key(&app, '/');
	app_paste(&app, span_text(long_name));
	assert_int_equal(app.prompt.text.len, 0);
}

static void
a_click_chooses(void **state)
{
	struct rect r;

	(void)state;
	exchange("hello", 5);
	app_key(&app, 'y');
	r = app_menu_rect(&app);
	assert_int_equal(r.y + r.h, app.layout.footer.y);
	app_mouse(&app, MOUSE_PRESS, r.y + 4, r.x + 3);
	orders(ORDER_COPY, "hello");
	app_resize(&app, 5, 20);
	app_key(&app, 'y');
	r = app_menu_rect(&app);
	assert_true(r.h <= 5 && r.w <= 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(y_copies_what_the_menu_names),
		TEST(letters_move_and_esc_closes),
		TEST(w_asks_for_a_name),
		TEST(a_name_that_is_taken_is_asked_again),
		TEST(what_no_clipboard_takes_goes_to_a_file),
		TEST(what_is_gone_is_said_and_not_written),
		TEST(another_selection_changes_nothing),
		TEST(what_is_no_longer_there_is_not_the_form),
		TEST(without_exchanges_it_is_the_form),
		TEST(a_search_has_its_own_room),
		TEST(a_click_chooses),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
