/*
 * e: the form's request, unchanged, to the server that echoes.
 */
#include "app.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static struct serverproc server, echo;
static struct app app;

static int
setup(void **state)
{
	(void)state;
	serverproc_init(&server);
	serverproc_init(&echo);
	assert_true(app_init(&app, &server));
	app.echo = &echo;
	return 0;
}

static int
teardown(void **state)
{
	app_release(&app);
	serverproc_release(&server);
	serverproc_release(&echo);
	return test_end(state);
}

static void
type(const char *text)
{
	for (; *text != '\0'; text++)
		app_key(&app, (unsigned char)*text);
}

static void
runs(void)
{
	echo.state = SERVER_RUNNING;
	echo.port = 41231;
	strlcpy(echo.address, "127.0.0.1:41231", sizeof(echo.address));
	app_echo_changed(&app);
}

/* It was ordered, and is on its way there. */
static const struct exchange *
sent(void)
{
	const struct exchange *x = history_get(&app.history, app.send);

	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_non_null(x);
	assert_true(x->echo);
	assert_string_equal(x->host, "127.0.0.1");
	assert_int_equal(x->port, 41231);
	return x;
}

static void
answer(int status)
{
	struct exchange *x = history_get(&app.history, app.send);

	x->outcome = OUTCOME_ANSWERED;
	x->status = status;
	app_progress(&app);
}

static void
starts_the_server_first(void **state)
{
	const struct exchange *x;

	(void)state;
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), ORDER_ECHO);
	assert_int_equal(app.history.n, 0);
	echo.state = SERVER_STARTING;
	app_echo_changed(&app);
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "is starting"));
	runs();
	x = sent();
	assert_string_equal(app.message, "");
	assert_string_equal(x->url, "test.com/a");
	assert_string_equal(x->request.target, "/a");
	assert_string_equal(
	    headers_find(&x->request.headers, "Host"), "test.com");
	assert_true(x->via);
	/* Once it runs nothing is to be started. */
	app_key(&app, 'e');
	sent();
	assert_int_equal(app.history.n, 2);
}

static void
of_several_that_wait_the_last_is_sent(void **state)
{
	(void)state;
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), ORDER_ECHO);
	echo.state = SERVER_STARTING;
	app_key(&app, 'u');
	type("b");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), 0);
	runs();
	assert_string_equal(sent()->url, "test.com/ab");
	assert_int_equal(app.history.n, 1);
}

/* Whatever is opened and closed meanwhile, it waits. */
static void
one_that_waits_outlives_an_overlay(void **state)
{
	(void)state;
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), ORDER_ECHO);
	echo.state = SERVER_STARTING;
	app_echo_changed(&app);
	app_key(&app, '?');
	app_key(&app, K_ESC);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	runs();
	assert_string_equal(sent()->url, "test.com/a");
	/* One that nobody takes goes with the rest. */
	echo.state = SERVER_STOPPED;
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), ORDER_ECHO);
}

static void
a_failure_is_said(void **state)
{
	(void)state;
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	app_orders(&app);
	echo.state = SERVER_FAILED;
	strlcpy(echo.why, "no retortd.", sizeof(echo.why));
	app_echo_changed(&app);
	assert_int_equal(app.message_role, ROLE_ERROR);
	assert_non_null(strstr(app.message, "nothing was sent: no retortd."));
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.history.n, 0);
	/* And it is tried anew. */
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), ORDER_ECHO);
	runs();
	sent();
	/* That it fails later concerns nobody who does not ask. */
	app_key(&app, 'j');
	echo.state = SERVER_FAILED;
	app_echo_changed(&app);
	assert_string_equal(app.message, "");
}

static void
neither_via_nor_direct_is_asked(void **state)
{
	const char *why;

	(void)state;
	assert_true(form_set_via(&app.form, "127.0.0.1:0", &why));
	type("test.com/a");
	app_key(&app, K_ESC);
	runs();
	app_key(&app, 'e');
	assert_true(sent()->via);
	app_key(&app, 'v');
	app_key(&app, 'e');
	assert_false(sent()->via);
	/* Brought back, it is the request that was composed. */
	app_key(&app, K_TAB);
	app_key(&app, K_ENTER);
	assert_false(app.form.via);
	assert_int_equal(app.form.via_port, 0);
}

static void
what_cannot_be_sent_cannot_be_echoed(void **state)
{
	(void)state;
	runs();
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "There is no URL"));
	app_key(&app, 'u');
	type("test.com");
	app_key(&app, K_ESC);
	app_key(&app, 'c');
	app_key(&app, 'e');
	assert_int_equal(app_orders(&app), 0);
	assert_non_null(strstr(app.message, "no body to echo in"));
}

static void
again_is_an_echo_again(void **state)
{
	(void)state;
	runs();
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	sent();
	answer(200);
	app_key(&app, K_TAB);
	/* It left, and comes back on another port. */
	echo.state = SERVER_FAILED;
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_ECHO);
	runs();
	sent();
	assert_int_equal(app.history.n, 2);
}

static void
a_400_is_not_via(void **state)
{
	(void)state;
	runs();
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	sent();
	answer(400);
	assert_string_equal(app.message, "");
}

static void
an_answer_to_head_is_explained(void **state)
{
	(void)state;
	runs();
	assert_true(form_set_method(&app.form, span_text("HEAD")));
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'e');
	sent();
	answer(200);
	assert_non_null(strstr(app.message, "no body to echo in"));
}

static void
a_search_finds_it(void **state)
{
	(void)state;
	runs();
	type("test.com/a");
	app_key(&app, K_ESC);
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	answer(200);
	app_key(&app, 'e');
	sent();
	answer(200);
	assert_int_equal(history_search(&app.history, 0, 1, "echo"), 2);
	assert_int_equal(history_search(&app.history, 2, 1, "echo"), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(starts_the_server_first),
		TEST(of_several_that_wait_the_last_is_sent),
		TEST(one_that_waits_outlives_an_overlay),
		TEST(a_failure_is_said),
		TEST(neither_via_nor_direct_is_asked),
		TEST(what_cannot_be_sent_cannot_be_echoed),
		TEST(again_is_an_echo_again),
		TEST(a_400_is_not_via),
		TEST(an_answer_to_head_is_explained),
		TEST(a_search_finds_it),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
