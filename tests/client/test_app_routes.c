/* R, E and T: the routes file, and requests against it. */
#include "app.h"

#include <locale.h>
#include <stdio.h>
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

/* --- what the others do ------------------------------------------------------- */

/* main's part of -r, and a server that took the file. */
static void
run_with_routes(void)
{
	server.routes.path = test_text("%s/routes.conf", test_folder());
	test_write(server.routes.path, "one\n");
	routefile_ask(&server.routes);
	routefile_took(&server.routes);
	server.state = SERVER_RUNNING;
	app_server_changed(&app);
	app_key(&app, K_ESC);
}

static void
says(const char *line)
{
	server.lines[server.nlines++ % SERVERPROC_LINES] =
	    logline_read(span_text(line), "r.conf");
}

/* main has carried out ORDER_RELOAD. */
static void
asked(void)
{
	server.reload = RELOAD_ASKED;
	server.reload_line = server.nlines;
	server.why[0] = '\0';
	server.fault = false;
	routefile_ask(&server.routes);
	app_server_changed(&app);
}

static void
loaded(void)
{
	says("retortd: routes.conf: 2 routes loaded");
	server.reload = RELOAD_DONE;
	routefile_took(&server.routes);
	app_server_changed(&app);
}

static void
refused(void)
{
	static const char *const lines[] = { "routes.conf:1:1: no \"tow\"",
		"tow", "^", "routes.conf:2:1: no", "x", "^",
		"retortd: 2 errors, the old routes stay" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		says(lines[i]);
	strlcpy(server.why, lines[0], sizeof(server.why));
	server.fault = true;
	server.reload = RELOAD_REFUSED;
	app_server_changed(&app);
}

/* A request that was answered. */
static void
sent(const char *method, const char *url)
{
	struct exchange *x;

	app_do(&app, ACTION_URL);
	app_key(&app, K_CTRL('U'));
	for (; *url != '\0'; url++)
		app_key(&app, (unsigned char)*url);
	form_set_method(&app.form, span_text(method));
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_SEND);
	x = history_get(&app.history, app.send);
	x->outcome = OUTCOME_ANSWERED;
	x->status = 200;
	app_progress(&app);
	app_key(&app, K_ESC);
}

static void
orders_are(unsigned want)
{
	assert_int_equal(app_orders(&app), want);
}

static void
message_has(const char *want)
{
	if (strstr(app.message, want) == NULL)
		test_fail("\"%s\"", app.message);
}

/* --- R ----------------------------------------------------------------------------- */

static void
without_a_routes_file_it_is_said_how_to_have_one(void **state)
{
	(void)state;
	server.state = SERVER_RUNNING;
	app_server_changed(&app);
	sent("GET", "test.com");
	app_do(&app, ACTION_RELOAD);
	message_has("retort -s -r FILE");
	app_key(&app, 'T');
	message_has("retort -s -r FILE");
	app_key(&app, K_TAB);
	app_key(&app, K_TAB);
	app_key(&app, K_TAB);
	assert_int_equal(app.focus, PANE_SERVER);
	app_key(&app, 'E');
	message_has("retort -s -r FILE");
	orders_are(0);
	assert_false(app_can(&app, ACTION_RELOAD));
	assert_false(app_can(&app, ACTION_ROUTES));
	assert_false(app_can(&app, ACTION_TRY));
}

static void
without_a_server_it_is_said_how_to_start_one(void **state)
{
	static const struct {
		enum serverproc_state state;
		const char *says;
	} rows[] = {
		{ SERVER_STOPPED, "s starts one" },
		{ SERVER_FAILED, "s starts one" },
		{ SERVER_STARTING, "still starting" },
		{ SERVER_STOPPING, "still stopping" },
	};

	(void)state;
	run_with_routes();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		server.state = rows[i].state;
		app_server_changed(&app);
		app_key(&app, 'R');
		message_has(rows[i].says);
		orders_are(0);
		assert_false(app_can(&app, ACTION_RELOAD));
	}
}

static void
a_reload_says_what_was_loaded(void **state)
{
	(void)state;
	run_with_routes();
	app_key(&app, 'R');
	orders_are(ORDER_RELOAD);
	asked();
	loaded();
	assert_string_equal(app.message, "routes.conf: 2 routes loaded");
	assert_int_equal(app.message_role, ROLE_INFO);
	orders_are(0);
	/* Once. */
	app_key(&app, 'k');
	app_server_changed(&app);
	assert_string_equal(app.message, "");
}

static void
a_refused_one_shows_what_is_wrong(void **state)
{
	(void)state;
	run_with_routes();
	app_key(&app, 'R');
	orders_are(ORDER_RELOAD);
	asked();
	refused();
	assert_string_equal(
	    app.message, "routes.conf:1:1: no \"tow\"; the old routes stay");
	assert_int_equal(app.message_role, ROLE_ERROR);
	assert_true(app.layout.pane[PANE_SERVER].h > 0);
	assert_int_equal(app.focus, PANE_FORM);
	assert_true(app.log_follow);
	/* More than there is room for: from the first on. */
	app_resize(&app, 16, 80);
	app_key(&app, 'R');
	app_orders(&app);
	asked();
	refused();
	assert_int_equal(app_log_top(&app, 3), 7);
	/* The next good one is followed again. */
	app_key(&app, 'R');
	app_orders(&app);
	asked();
	loaded();
	assert_true(app.log_follow);
}

static void
what_has_no_place_is_said_too(void **state)
{
	(void)state;
	run_with_routes();
	app_key(&app, 'R');
	app_orders(&app);
	asked();
	strlcpy(server.why, "retortd: cannot read x", sizeof(server.why));
	server.reload = RELOAD_REFUSED;
	app_server_changed(&app);
	assert_string_equal(app.message, "cannot read x");
}

static void
an_exchange_that_is_read_stays(void **state)
{
	(void)state;
	run_with_routes();
	sent("GET", "test.com");
	app_key(&app, K_TAB);
	app_key(&app, K_TAB);
	assert_int_equal(app.focus, PANE_EXCHANGE);
	app_key(&app, 'R');
	app_orders(&app);
	asked();
	refused();
	assert_true(app.layout.pane[PANE_EXCHANGE].h > 0);
	message_has("the old routes stay");
}

static void
twice_asked_is_twice_loaded(void **state)
{
	(void)state;
	run_with_routes();
	app_key(&app, 'R');
	orders_are(ORDER_RELOAD);
	asked();
	app_key(&app, 'R');
	app_key(&app, 'R');
	orders_are(0);
	loaded();
	orders_are(ORDER_RELOAD);
	asked();
	loaded();
	orders_are(0);
}

static void
faults_at_the_start_are_shown(void **state)
{
	(void)state;
	server.state = SERVER_STARTING;
	app_server_changed(&app);
	says("routes.conf:1:1: no");
	strlcpy(server.why, "routes.conf:1:1: no", sizeof(server.why));
	server.fault = true;
	server.state = SERVER_FAILED;
	app_server_changed(&app);
	assert_string_equal(
	    app.message, "the server failed: routes.conf:1:1: no");
	assert_true(app.layout.pane[PANE_SERVER].h > 0);
}

/* --- E ------------------------------------------------------------------------------- */

static void
open_pane(void)
{
	while (app.focus != PANE_SERVER)
		app_do(&app, ACTION_NEXT_PANE);
}

static void
an_edited_file_is_loaded(void **state)
{
	(void)state;
	run_with_routes();
	open_pane();
	app_key(&app, 'E');
	orders_are(ORDER_EDIT_ROUTES);
	test_write(server.routes.path, "two\n");
	app_routes_edited(&app);
	orders_are(ORDER_RELOAD);
}

static void
a_file_left_as_it_was_is_not(void **state)
{
	(void)state;
	run_with_routes();
	open_pane();
	app_key(&app, 'E');
	orders_are(ORDER_EDIT_ROUTES);
	app_routes_edited(&app);
	orders_are(0);
}

static void
a_file_is_edited_without_a_server(void **state)
{
	(void)state;
	run_with_routes();
	server.state = SERVER_STOPPED;
	app_server_changed(&app);
	open_pane();
	assert_true(app_can(&app, ACTION_ROUTES));
	app_key(&app, 'E');
	orders_are(ORDER_EDIT_ROUTES);
	test_write(server.routes.path, "two\n");
	app_routes_edited(&app);
	orders_are(0);
}

static void
elsewhere_e_is_for_the_field(void **state)
{
	(void)state;
	run_with_routes();
	app_key(&app, 'b');
	app_key(&app, K_ESC);
	app_key(&app, 'E');
	orders_are(ORDER_EDIT);
}

/* --- T ------------------------------------------------------------------------------- */

/* The newest entry was sent, and is that request. */
static void
newest_is(uint64_t id, const char *method, const char *url)
{
	const struct exchange *x = history_get(&app.history, id);

	assert_int_equal(app.history.n, id);
	assert_int_equal(app.send, id);
	assert_int_equal(app.selected, id);
	assert_string_equal(x->request.method, method);
	assert_string_equal(x->url, url);
}

static void
t_sends_the_selected_entry_whatever_the_form_holds(void **state)
{
	(void)state;
	run_with_routes();
	form_add_header(&app.form, "X-One: 1", NULL);
	sent("POST", "test.com/one");
	sent("GET", "test.com/two");
	app_key(&app, K_TAB);
	app_key(&app, 'k');
	assert_int_equal(app.selected, 1);
	app_key(&app, 'T');
	orders_are(ORDER_SEND);
	newest_is(3, "POST", "test.com/one");
	assert_string_equal(
	    headers_find(&app_selected(&app)->request.headers, "X-One"), "1");
	assert_string_equal(app.form.method, "GET");
}

static void
t_loads_a_changed_file_first(void **state)
{
	(void)state;
	run_with_routes();
	sent("GET", "test.com");
	test_write(server.routes.path, "two\n");
	app_key(&app, 'T');
	orders_are(ORDER_RELOAD);
	asked();
	orders_are(0);
	assert_int_equal(app.history.n, 1);
	loaded();
	orders_are(ORDER_SEND);
	newest_is(2, "GET", "test.com");
	message_has("2 routes loaded");
	/* And not the next time. */
	app_key(&app, 'T');
	orders_are(ORDER_SEND);
}

static void
t_sends_the_entry_that_was_selected_then(void **state)
{
	(void)state;
	run_with_routes();
	sent("GET", "test.com/one");
	sent("GET", "test.com/two");
	app_key(&app, K_TAB);
	test_write(server.routes.path, "two\n");
	app_key(&app, 'T');
	orders_are(ORDER_RELOAD);
	asked();
	app_key(&app, 'k');
	loaded();
	orders_are(ORDER_SEND);
	newest_is(3, "GET", "test.com/two");
}

static void
t_sends_nothing_when_the_file_is_refused(void **state)
{
	(void)state;
	run_with_routes();
	sent("GET", "test.com");
	test_write(server.routes.path, "tow\n");
	for (int i = 0; i < 2; i++) {
		app_key(&app, 'T');
		orders_are(ORDER_RELOAD);
		asked();
		refused();
		orders_are(0);
		assert_int_equal(app.history.n, 1);
		message_has("the old routes stay; nothing was sent");
		assert_int_equal(app.layout.pane[PANE_EXCHANGE].h, 0);
	}
	/* Mended, were it as it was: it goes, and its answer is seen. */
	test_write(server.routes.path, "one\n");
	app_key(&app, 'T');
	orders_are(ORDER_RELOAD);
	asked();
	loaded();
	orders_are(ORDER_SEND);
	newest_is(2, "GET", "test.com");
	assert_true(app.layout.pane[PANE_EXCHANGE].h > 0);
}

static void
t_waits_for_a_reload_under_way(void **state)
{
	(void)state;
	run_with_routes();
	sent("GET", "test.com");
	app_key(&app, 'R');
	orders_are(ORDER_RELOAD);
	asked();
	app_key(&app, 'T');
	orders_are(0);
	/* It may have been read before the last change. */
	loaded();
	orders_are(ORDER_RELOAD);
	asked();
	loaded();
	orders_are(ORDER_SEND);
}

static void
t_waits_for_a_server_that_starts(void **state)
{
	(void)state;
	run_with_routes();
	sent("GET", "test.com");
	server.state = SERVER_STARTING;
	app_server_changed(&app);
	app_key(&app, 'T');
	orders_are(0);
	server.state = SERVER_RUNNING;
	app_server_changed(&app);
	orders_are(ORDER_SEND);
}

static void
t_is_forgotten_when_the_server_ends(void **state)
{
	(void)state;
	run_with_routes();
	sent("GET", "test.com");
	test_write(server.routes.path, "two\n");
	app_key(&app, 'T');
	orders_are(ORDER_RELOAD);
	asked();
	server.state = SERVER_FAILED;
	app_server_changed(&app);
	server.reload = RELOAD_NONE;
	server.state = SERVER_RUNNING;
	app_server_changed(&app);
	orders_are(0);
	assert_int_equal(app.history.n, 1);
}

static void
without_entries_there_is_nothing_to_try(void **state)
{
	(void)state;
	run_with_routes();
	app_key(&app, 'T');
	message_has("nothing has been sent yet");
	orders_are(0);
	assert_false(app_can(&app, ACTION_TRY));
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(without_a_routes_file_it_is_said_how_to_have_one),
		T(without_a_server_it_is_said_how_to_start_one),
		T(a_reload_says_what_was_loaded),
		T(a_refused_one_shows_what_is_wrong),
		T(what_has_no_place_is_said_too),
		T(an_exchange_that_is_read_stays),
		T(twice_asked_is_twice_loaded),
		T(faults_at_the_start_are_shown),
		T(an_edited_file_is_loaded),
		T(a_file_left_as_it_was_is_not),
		T(a_file_is_edited_without_a_server),
		T(elsewhere_e_is_for_the_field),
		T(t_sends_the_selected_entry_whatever_the_form_holds),
		T(t_loads_a_changed_file_first),
		T(t_sends_the_entry_that_was_selected_then),
		T(t_sends_nothing_when_the_file_is_refused),
		T(t_waits_for_a_reload_under_way),
		T(t_waits_for_a_server_that_starts),
		T(t_is_forgotten_when_the_server_ends),
		T(without_entries_there_is_nothing_to_try),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
