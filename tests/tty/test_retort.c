/*
 * retort against retortd, as a person uses the two.
 */
#include "retort.h"

/* The client with a server of its own on a free port. */
static struct screen *
with_server(void)
{
	struct screen *s =
	    screen_start(NULL, ARGV(RETORT, "-s", "-c", "127.0.0.1:0"));

	screen_wait_text(s, "server ● 127.0.0.1:", MS);
	return s;
}

static void
test_com_is_a_green_200(void **state)
{
	struct screen *s = with_server();

	(void)state;
	screen_type(s, "test.com\r");
	wait_entry(s, "test.com", "200 OK", GREEN);
}

static void
the_four_routes_and_a_bad_one(void **state)
{
	struct screen *s = with_server();

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	method(s, 'p', 1);
	screen_wait_text(s, "POST ▾", MS);
	go(s, "test.com/create");
	wait_entry(s, "test.com/create", "201 Created", GREEN);
	method(s, 'h', 1);
	go(s, "test.com/option");
	wait_entry(s, "test.com/option", "200 OK", GREEN);
	method(s, 'p', 3);
	screen_wait_text(s, "PUT ▾", MS);
	go(s, "test.com/update");
	wait_entry(s, "test.com/update", "200 OK", GREEN);
	go(s, "test.com/nope");
	wait_entry(s, "test.com/nope", "400 Bad Request", YELLOW);
	/* By way of via: v may be what was wanted. */
	screen_wait_text(s, "v goes to", MS);
}

static void
a_stopped_server_is_a_failure_that_says_how_to_start_one(void **state)
{
	struct screen *s = with_server();
	const char *address;

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "s");
	screen_wait_text(s, "server stopped", MS);
	address = strstr(screen_row(s, 0), "127.0.0.1:");
	assert_non_null(address);
	address = test_text("%.*s", (int)strcspn(address, " "), address);
	screen_type(s, "u");
	go(s, "test.com/gone");
	wait_entry(s, "test.com/gone", "refused", MAGENTA);
	screen_wait_text(s, test_text("%s refused", address), MS);
	screen_wait_text(s, "s starts a server here", MS);
	assert_int_equal(screen_at(s, address).fg, SCREEN_DEFAULT);
	screen_type(s, "\033s");
	screen_wait_text(s, "server ●", MS);
	screen_type(s, "r");
	screen_wait_text(s, "── 3 ──", MS);
}

static void
a_server_of_somebody_else_is_as_good(void **state)
{
	struct retortd *d = retortd_start("-L", "none", NULL);
	struct screen *s = retort(d->port);

	(void)state;
	screen_wait_text(s, "server stopped", MS);
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
}

static void
a_taken_port_is_told_and_a_free_one_offered(void **state)
{
	struct retortd *d = retortd_start("-L", "none", NULL);
	struct screen *s = screen_start(
	    NULL, ARGV(RETORT, "-s", "-c", test_text("127.0.0.1:%d", d->port)));

	(void)state;
	screen_wait_text(s, test_text("port %d is taken", d->port), MS);
	screen_wait_text(s, "s takes a free one", MS);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "s");
	screen_wait_text(s, "server ● 127.0.0.1:", MS);
	/* via follows to the free one. */
	screen_wait_gone(s, test_text("via 127.0.0.1:%d", d->port), MS);
	screen_type(s, "u");
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_wait_text(s, "1 req", MS);
}

static void
the_servers_pane_shows_its_log(void **state)
{
	struct screen *s = with_server();

	(void)state;
	go(s, "test.com/nope");
	wait_entry(s, "test.com/nope", "400 Bad Request", YELLOW);
	screen_type(s, "\t\t\t");
	screen_wait_text(s, "── Server ──", MS);
	screen_wait_text(s, "GET /nope HTTP/1.1                  400 ", MS);
	screen_wait_text(s, "1 request", MS);
	screen_type(s, "s");
	screen_wait_text(s, "stopped; s starts one", MS);
}

static void
classic_by_c_works_with_retortd(void **state)
{
	struct screen *s = with_server();

	(void)state;
	screen_type(s, "\033c");
	screen_wait_text(s, "classic", MS);
	screen_type(s, "u");
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	go(s, "test.com/nope");
	wait_entry(s, "test.com/nope", "400", YELLOW);
}

static void
classic_works_with_the_seeds_server(void **state)
{
	struct peer *p = peer_seed_server();
	struct screen *s = screen_start(NULL,
	    ARGV(
		RETORT, "--classic", "-c", test_text("127.0.0.1:%d", p->port)));
	int64_t start;

	(void)state;
	screen_wait_text(s, "classic", MS);
	start = test_now();
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	assert_true(test_now() - start < 200);
	start = test_now();
	go(s, "test.com/nope");
	wait_entry(s, "test.com/nope", "400 BAD REQUEST", YELLOW);
	assert_true(test_now() - start < 200);
}

static void
v_goes_to_the_urls_own_host(void **state)
{
	struct retortd *d = retortd_start("-L", "none", NULL);
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "\033v");
	screen_wait_text(s, "direct", MS);
	screen_type(s, "u");
	go(s, test_text("127.0.0.1:%d/", d->port));
	/* The host is not test.com: retortd says so, but it was asked. */
	wait_entry(s, "127.0.0.1", "400 Bad Request", YELLOW);
	assert_false(screen_find(s, "v goes to", NULL, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_com_is_a_green_200),
		T(the_four_routes_and_a_bad_one),
		T(a_stopped_server_is_a_failure_that_says_how_to_start_one),
		T(a_server_of_somebody_else_is_as_good),
		T(a_taken_port_is_told_and_a_free_one_offered),
		T(the_servers_pane_shows_its_log),
		T(classic_by_c_works_with_retortd),
		T(classic_works_with_the_seeds_server),
		T(v_goes_to_the_urls_own_host),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
