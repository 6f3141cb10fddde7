/*
 * Both ends of the wire on the screen: of a server that retort started, and of
 * one that it is attached to; requests of other clients, and connections that
 * stand.
 */
#include "retort.h"

#include <sys/stat.h>

#include <stdio.h>

#include "proxy.h"

static const char routes[] = "host test.com {\n"
			     "\tGET  /       return 200 \"hello\\n\"\n"
			     "\tGET  /slow   return 200 delay 2s\n"
			     "\tPOST /create return 201\n"
			     "}\n";

/* A server that somebody else started. */
struct other {
	struct retortd *d;
	const char *routes;
	const char *path; /* of its control socket */
	int port;
};

static struct other
other_start(void)
{
	struct other o = { .routes = test_file("routes.conf", routes) };

	o.path = test_text("%s/control", test_folder());
	o.d = retortd_start(
	    "-C", test_text("unix:%s", o.path), "-r", o.routes, NULL);
	o.port = o.d->port;
	return o;
}

static struct screen *
attach(const struct other *o, int rows, int cols)
{
	const struct screen_how how = { .rows = rows, .cols = cols };
	struct screen *s =
	    screen_start(&how, ARGV(RETORT, "--attach", o->path));

	screen_wait_text(s, "attached", MS);
	return s;
}

/* A whole request of another client; its answer is read. */
static void
other_client(int port, const char *request)
{
	int fd = net_connect(port);

	net_say(fd, request);
	net_read_until(fd, "\r\n\r\n", MS);
	net_close(fd);
}

#define NOPE                                                            \
	"PUT /create HTTP/1.1\r\nHost: test.com\r\nX-Client: other\r\n" \
	"Content-Length: 0\r\n\r\n"

static void
open_pane(struct screen *s)
{
	screen_type(s, "\033");
	screen_wait_text(s, "u url", MS);
	screen_type(s, "\t\t\t");
	screen_wait_text(s, "z zoom", MS);
}

/* --- both ends --------------------------------------------------------------- */

enum {
	WIRE_TOP = 2, /* the first line of a zoomed exchange */
};

/* The columns of that text on a row, from a column on. */
static int
col_of(struct screen *s, int row, int from, const char *text)
{
	size_t n = strlen(text);

	for (int col = from; col + (int)n <= s->cols; col++) {
		size_t i = 0;

		while (i < n &&
		    screen_cell(s, row, col + (int)i).text[0] == text[i])
			i++;
		if (i == n)
			return col;
	}
	screen_fail(s, "no %s in row %d behind column %d", text, row, from);
}

static bool
is_marked(struct screen *s, int row, int col)
{
	struct screen_cell cell = screen_cell(s, row, col);

	return cell.reverse || cell.fg == YELLOW;
}

/* Of the whole wire only those bytes are marked, on the left and on the right.
 */
static void
expect_marked(struct screen *s, const char *left, const char *right)
{
	int row, middle, from[2], to[2];

	assert_true(screen_find(s, "X-Trace: ", &row, NULL));
	middle = s->cols / 2 - 1;
	from[0] = col_of(s, row, 0, left);
	from[1] = col_of(s, row, middle, right);
	to[0] = from[0] + (int)strlen(left);
	to[1] = from[1] + (int)strlen(right);
	assert_true(to[0] <= middle);
	for (int y = WIRE_TOP; y < s->rows - 1; y++)
		for (int x = 0; x < s->cols; x++) {
			bool want = y == row &&
			    ((x >= from[0] && x < to[0]) ||
				(x >= from[1] && x < to[1]));

			if (is_marked(s, y, x) != want)
				screen_fail(s, "row %d, column %d: %smarked", y,
				    x, want ? "not " : "");
		}
}

static const char multipart[] =
    "--XX\r\nContent-Disposition: form-data; name=\"who\"\r\n\r\n"
    "\xea\xb9\x80\xec\xb2\xa0\xec\x88\x98\r\n"
    "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n"
    "Content-Type: application/octet-stream\r\n\r\n\x01\x02\xff\r\n--XX--\r\n";

static void
the_wire_shows_just_what_a_proxy_changed(void **state)
{
	static const int sizes[][2] = { { 60, 120 }, { 60, 80 } };
	struct other o = other_start();
	struct proxy *p = proxy_start(
	    o.port, "X-Trace: one-aaaa-two", "X-Trace: one-bbbb-two");
	const char *body = test_file("body", multipart);

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct screen_how how = { .rows = sizes[i][0],
			.cols = sizes[i][1] };
		struct screen *s = screen_start(&how,
		    ARGV(RETORT, "--attach", test_text("unix:%s", o.path), "-c",
			test_text("127.0.0.1:%d", p->port), "-H",
			"Content-Type: multipart/form-data; boundary=XX", "-H",
			"X-Trace: one-aaaa-two", "-d", test_text("@%s", body),
			"POST", "test.com/create"));

		screen_wait_text(s, test_text("via 127.0.0.1:%d", p->port), MS);
		screen_type(s, "\r");
		wait_entry(s, "test.com/create", "201 Created", GREEN);
		screen_type(s, "\033\t\t3z");
		screen_wait_text(s,
		    "through another connection: the only request meanwhile",
		    MS);
		screen_wait_text(s, "we sent", MS);
		screen_wait_text(s, "the server received", MS);
		screen_wait_text(s, "filename=\"a\"", MS);
		screen_wait_text(s, "\\x01\\x02\\xff", MS);
		screen_settle(s, MS);
		expect_marked(s, "aaaa", "bbbb");
		/* The same in hexadecimal digits, where they line up. */
		screen_type(s, "5");
		screen_wait_text(s, "what arrived is not what was sent", MS);
	}
}

/* Beside the history, without asking for more room. */
static void
a_wide_screen_has_both_ends_beside_the_history(void **state)
{
	struct other o = other_start();
	struct screen *s = attach(&o, 40, 120);
	int row;

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_type(s, "\0333");
	screen_wait_text(s, "the server received", MS);
	assert_true(screen_find(s, "we sent", &row, NULL));
	assert_true(strstr(screen_row(s, row), "the server received") != NULL);
	screen_wait_text(s, "3 Wire", MS);
	screen_wait_text(s, "1 Resp", MS);
}

/* --- in the pane ------------------------------------------------------------- */

static void
expect_others_request(struct screen *s)
{
	screen_wait_text(s, "PUT /create HTTP/1.1", MS);
	screen_wait_text(s, "no route", MS);
	screen_wait_text(s, "nearest: POST test.com/create", MS);
	screen_type(s, "gG");
	screen_type(s, "\r");
	screen_wait_text(s, "── Server 1.1 ──", MS);
	screen_type(s, "2");
	screen_wait_text(s, "as the server received it, 76 B", MS);
	screen_wait_text(s, "X-Client: other", MS);
	screen_type(s, "3");
	screen_wait_text(s, "the server received", MS);
	screen_wait_text(s, "X-Client: other␍␊", MS);
	screen_type(s, "4");
	screen_wait_text(s, "accept", MS);
	screen_wait_text(s, "no route, thinks ", MS);
	screen_wait_text(s, "read 76 B", MS);
	assert_false(screen_find(s, "connect", NULL, NULL));
	screen_type(s, "5");
	screen_wait_text(s, "no route matched; the nearest:", MS);
	screen_type(s, "1");
	screen_wait_text(s, "HTTP/1.1 405", MS);
	screen_type(s, "q");
	screen_wait_text(s, "── Server ──", MS);
	screen_wait_text(s, "nearest: POST test.com/create", MS);
	/* None of that is in the history. */
	assert_false(screen_find(s, "── History ── 1", NULL, NULL));
}

static void
enter_opens_what_another_client_sent(void **state)
{
	struct screen *s = screen_start(NULL,
	    ARGV(RETORT, "-s", "-c", "127.0.0.1:0", "-r",
		test_file("routes.conf", routes)));
	int row;

	(void)state;
	screen_wait_text(s, "server ● 127.0.0.1:", MS);
	other_client(retortd_port(strstr(screen_row(s, 0), "●")), NOPE);
	screen_wait_text(s, "1 req", MS);
	open_pane(s);
	expect_others_request(s);
	/* The one that is selected stands out. */
	screen_settle(s, MS);
	assert_true(screen_find(s, "nearest:", &row, NULL));
	assert_true(screen_cell(s, row, 11).reverse);
	assert_false(screen_cell(s, row - 1, 11).reverse);
	screen_type(s, "k");
	screen_settle(s, MS);
	assert_true(screen_cell(s, row - 1, 11).reverse);
}

static void
what_came_before_is_there_when_it_is_attached(void **state)
{
	struct other o = other_start();
	struct screen *s;

	(void)state;
	other_client(o.port, NOPE);
	s = attach(&o, 24, 80);
	screen_wait_text(
	    s, test_text("attached ● 127.0.0.1:%d  1 req", o.port), MS);
	screen_wait_text(s, test_text("via 127.0.0.1:%d", o.port), MS);
	open_pane(s);
	screen_wait_text(
	    s, test_text("● attached to 127.0.0.1:%d  1 request", o.port), MS);
	expect_others_request(s);
}

static void
connections_stand_there_while_they_do(void **state)
{
	struct other o = other_start();
	int idle = net_connect(o.port), slow = net_connect(o.port);
	struct screen *s;

	(void)state;
	/* Nobody accepts one that says nothing: at first. */
	net_say(idle, "GE");
	net_say(slow, "GET /slow HTTP/1.1\r\nHost: test.com\r\n\r\n");
	s = attach(&o, 24, 80);
	open_pane(s);
	screen_wait_text(s, "2 open", MS);
	screen_wait_text(s, " head ", MS);
	screen_wait_text(s, "2 B in", MS);
	screen_wait_text(s, "GET /slow", MS);
	screen_wait_text(s, " delayed ", MS);
	net_close(idle);
	screen_wait_text(s, "1 open", MS);
	screen_wait_gone(s, " head ", MS);
	screen_wait_text(s, "400  115 B", MS);
	screen_wait_text(s, " refused", MS);
	/* Its row comes with the answer; and its age goes on. */
	screen_wait_text(s, " kept ", MS);
	screen_wait_text(s, "GET /slow HTTP/1.1", MS);
	screen_wait_text(s, "   4.", MS);
	net_close(slow);
	screen_wait_gone(s, " kept ", MS);
}

/* --- attached ---------------------------------------------------------------- */

static void
an_attached_server_is_not_ours(void **state)
{
	struct other o = other_start();
	struct screen *s = attach(&o, 24, 80);

	(void)state;
	open_pane(s);
	screen_type(s, "s");
	screen_wait_text(s, "whoever started it stops it", MS);
	test_write(o.routes, "nonsense\n");
	screen_type(s, "R");
	screen_wait_text(s, "\"nonsense\" begins no", MS);
	screen_type(s, "j");
	screen_wait_text(s, "old routes", MS);
	test_write(o.routes, "host * {\n\tGET / return 202\n}\n");
	/* T waits for the new ones. */
	screen_type(s, "u");
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_type(s, "\033T");
	wait_entry(s, "test.com", "202 Accepted", GREEN);
	screen_wait_text(s, "1 route loaded", MS);
	/* And it outlives us. */
	screen_type(s, "Q");
	assert_int_equal(screen_wait_exit(s, MS), 0);
	other_client(o.port, NOPE);
}

static void
that_it_leaves_is_said_and_the_rest_lives_on(void **state)
{
	struct other o = other_start();
	struct screen *s = attach(&o, 24, 80);

	(void)state;
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	retortd_stop(o.d);
	screen_wait_text(s, "The attached server has left", MS);
	open_pane(s);
	screen_wait_text(s, "The attached server has left", MS);
	screen_wait_text(s, "GET / HTTP/1.1", MS);
	screen_type(s, "\r");
	screen_wait_text(s, "hello", MS);
	screen_type(s, "qs");
	screen_wait_text(s, "the server listens on", MS);
	screen_wait_text(s, "server ● 127.0.0.1:", MS);
}

static void
what_cannot_be_attached_to_is_said_before_the_screen(void **state)
{
	/* The messages stand on one row each. */
	static const struct screen_how wide = { .cols = 250 };
	struct screen *s;
	const char *path = test_file("plain", "");

	(void)state;
	s = screen_start(&wide, ARGV(RETORT, "--attach", "/nonexistent/x"));
	assert_int_equal(screen_wait_exit(s, MS), 1);
	screen_wait_text(s,
	    "--attach '/nonexistent/x': no such socket; retortd -C unix:PATH",
	    MS);
	s = screen_start(&wide, ARGV(RETORT, "--attach", path));
	assert_int_equal(screen_wait_exit(s, MS), 1);
	screen_wait_text(s, "no server is there", MS);
	s = screen_start(&wide, ARGV(RETORT, "--attach", path, "-s"));
	assert_int_equal(screen_wait_exit(s, MS), 2);
	screen_wait_text(s, "is for a server that runs already", MS);
	s = screen_start(&wide, ARGV(RETORT, "--attach", "unix:"));
	assert_int_equal(screen_wait_exit(s, MS), 2);
	screen_wait_text(s, "names no socket", MS);
}

static void
stands_on_small_screens(void **state)
{
	static const int sizes[][2] = { { 12, 40 }, { 5, 20 }, { 2, 12 },
		{ 16, 60 }, { 40, 200 } };
	struct other o = other_start();

	(void)state;
	other_client(o.port, NOPE);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct screen_how how = { .rows = sizes[i][0],
			.cols = sizes[i][1] };
		struct screen *s =
		    screen_start(&how, ARGV(RETORT, "--attach", o.path));

		screen_wait_text(s, "GET", MS);
		screen_type(s, "\033");
		screen_settle(s, MS);
		for (const char *keys = "\t\t\tjkgGk\r12345x3fqz\rzq"; *keys;
		     keys++) {
			screen_type(s, (char[]){ *keys, '\0' });
			screen_settle(s, MS);
			assert_true(screen_alive(s));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_wire_shows_just_what_a_proxy_changed),
		T(a_wide_screen_has_both_ends_beside_the_history),
		T(enter_opens_what_another_client_sent),
		T(what_came_before_is_there_when_it_is_attached),
		T(connections_stand_there_while_they_do),
		T(an_attached_server_is_not_ours),
		T(that_it_leaves_is_said_and_the_rest_lives_on),
		T(what_cannot_be_attached_to_is_said_before_the_screen),
		T(stands_on_small_screens),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
