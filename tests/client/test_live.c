/*
 * What a server tells, from lines of its control socket to the rows of its
 * pane, and what a user makes of them.
 */
#include "live.h"

#include <sys/socket.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "logrow.h"
#include "net.h"
#include "oom.h"
#include "test.h"

enum {
	MS = 5000
};

#define SECOND INT64_C(1000000000)
#define BEGAN  (1000 * SECOND) /* the server, on our clock */

static struct serverproc server;
static struct control control;
static struct live live;
static struct app app;
static int peer;

static int
setup(void **state)
{
	int fds[2];

	(void)state;
	serverproc_init(&server);
	control_init(&control);
	live_init(&live, &server, 0);
	assert_true(app_init(&app, &server));
	app.live = &live;
	app.now = BEGAN;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	control_open(&control, fds[0]);
	peer = fds[1];
	return 0;
}

static int
teardown(void **state)
{
	close(peer);
	app_release(&app);
	live_release(&live);
	control_release(&control);
	serverproc_release(&server);
	return test_end(state);
}

/* Lines from the server, ' for ", as main takes them. */
static void
told(const char *lines)
{
	char *text = test_text("%s", lines);
	struct control_line line;
	enum control_kind kind;

	for (char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	assert_true(control_feed(&control, text, strlen(text)));
	while ((kind = control_next(&control, &line)) != CONTROL_MORE) {
		assert_int_not_equal(kind, CONTROL_BAD);
		live_take(&live, kind, &line, app.now);
	}
	app_live_changed(&app);
	app_server_changed(&app);
}

static void
started(void)
{
	told(test_text("{'ev':'start','v':1,'pid':1,'mono':'%lld','at':'x'}\n",
	    (long long)BEGAN));
}

static void
opened(int conn, int64_t t)
{
	told(test_text("{'t':%lld,'ev':'open','conn':%d,'at':'x',"
		       "'peer':'127.0.0.1:%d','local':'127.0.0.1:80'}\n",
	    (long long)t, conn, 40000 + conn));
}

static void
asked(int conn, int req, int64_t t, const char *target, const char *route)
{
	char *bytes = test_text("GET %s HTTP/1.1\\u000d\\u000aHost: a\\u000d"
				"\\u000a\\u000d\\u000a",
	    target);

	told(test_text("{'t':%lld,'ev':'read','conn':%d,'n':%zu,'bytes':'%s'}\n"
		       "{'t':%lld,'ev':'request','conn':%d,'req':%d,"
		       "'dialect':'http','method':'GET','host':'a','target':"
		       "'%s','version':'1.1','headers':[],'route':%s}\n",
	    (long long)t, conn, 26 + strlen(target), bytes, (long long)t, conn,
	    req, target, route));
}

static void
answered(int conn, int req, int64_t t, int status)
{
	told(test_text("{'t':%lld,'ev':'write','conn':%d,'n':21,'bytes':"
		       "'HTTP/1.1 %d X\\u000d\\u000a\\u000d\\u000ahi'}\n"
		       "{'t':%lld,'ev':'response','conn':%d,'req':%d,"
		       "'status':%d,'reason':'X','bytes':2,'us':7}\n",
	    (long long)t, conn, status, (long long)t, conn, req, status));
}

static void
closed(int conn, int64_t t)
{
	told(test_text("{'t':%lld,'ev':'close','conn':%d,'by':'peer',"
		       "'reason':'it left'}\n",
	    (long long)t, conn));
}

static void
expect_rows_at(int n, const char *const rows[])
{
	struct line line;

	line_init(&line);
	assert_int_equal(server.nlines, n);
	for (int i = 0; i < n; i++) {
		logrow(&line, serverproc_line(&server, (uint64_t)i), 60);
		if (!span_is(buf_span(&line.text), rows[i]))
			test_fail("row %d is\n%.*s|\nnot\n%s|", i,
			    (int)line.text.len, line.text.data, rows[i]);
	}
	line_release(&line);
}

#define expect_rows(...)                                                   \
	(test_at(__FILE__, __LINE__),                                      \
	    expect_rows_at((int)(sizeof((const char *[]){ __VA_ARGS__ }) / \
			       sizeof(char *)),                            \
		(const char *[]){ __VA_ARGS__ }))

#define STATS(id, n)                                                         \
	"{'id':" #id ",'ok':true,'listen':['127.0.0.1:8080','[::1]:8080'],'" \
	"requests':" #n ",'uptime':60000000}"

/* --- rows ------------------------------------------------------------------- */

static void
each_answer_is_a_row(void **state)
{
	(void)state;
	live_begin(&live, &control);
	assert_string_equal(net_read_until(peer, "\n", MS).data,
	    "{\"id\":1,\"do\":\"subscribe\",\"from\":\"ring\"}\n");
	started();
	opened(1, 5 * SECOND);
	asked(1, 1, 6 * SECOND, "/a", "'r.conf:3'");
	assert_int_equal(server.nlines, 0);
	answered(1, 1, 7 * SECOND, 200);
	asked(1, 2, 8 * SECOND, "/b", "null,'nearest':'GET a/a (the path)'");
	answered(1, 2, 9 * SECOND, 404);
	closed(1, 10 * SECOND);
	assert_int_equal(server.requests, 2);
	expect_rows(
	    "00:16:47  GET /a HTTP/1.1         200    2 B        r.conf:3",
	    "00:16:49  GET /b HTTP/1.1         404    2 B        no route",
	    "          nearest: GET a/a (the path)");
}

static void
what_has_no_answer_is_a_row_when_it_ends(void **state)
{
	(void)state;
	live_begin(&live, &control);
	started();
	opened(1, 0);
	asked(1, 1, SECOND, "/slow", "'r.conf:3'");
	closed(1, 3 * SECOND);
	closed(1, 4 * SECOND);
	/* Its answer may be among what was lost. */
	opened(2, 0);
	asked(2, 1, SECOND, "/a", "'r.conf:3'");
	seen_take(&live.seen, &(struct journal_event){ JOURNAL_LOST, .n = 1 });
	closed(2, 3 * SECOND);
	assert_int_equal(server.requests, 0);
	expect_rows(
	    "00:16:41  GET /slow HTTP/1.1        –    0 B        r.conf:3");
}

static void
what_was_lost_is_said(void **state)
{
	(void)state;
	live_begin(&live, &control);
	started();
	told("{'ev':'lost','n':12}\n{'ev':'lost','n':1}\n");
	expect_rows("13 events of the server were lost on the way here");
	opened(1, 0);
	asked(1, 1, SECOND, "/a", "'r:1'");
	answered(1, 1, SECOND, 200);
	told("{'ev':'lost','n':1}\n");
	expect_rows("13 events of the server were lost on the way here",
	    "00:16:41  GET /a HTTP/1.1         200    2 B             r:1",
	    "1 event of the server was lost on the way here");
}

/* Without memory there is no row of it: none else is taken for that. */
static void
what_was_lost_takes_no_row_away(void **state)
{
	const struct control_line lost = {
		.event = { .kind = JOURNAL_LOST, .n = 2 },
	};

	(void)state;
	live_begin(&live, &control);
	started();
	opened(1, 0);
	asked(1, 1, SECOND, "/a", "'r:1'");
	answered(1, 1, SECOND, 200);
	for (int i = 0; i < 2; i++) {
		oom_after(1);
		live_take(&live, CONTROL_EVENT, &lost, app.now);
		assert_true(oom_off());
		assert_int_equal(server.nlines, i + 1);
		told("{'ev':'lost','n':3}\n");
	}
	expect_rows(
	    "00:16:41  GET /a HTTP/1.1         200    2 B             r:1",
	    "8 events of the server were lost on the way here");
}

/* Which may be what ended a connection, or answers. */
static void
after_a_loss_it_is_asked_what_stands(void **state)
{
	(void)state;
	live_begin(&live, &control);
	net_read_until(peer, "\n", MS);
	started();
	live_ask(&live, &control);
	assert_false(net_readable(peer, 0));
	opened(1, 0);
	opened(2, 0);
	told("{'ev':'lost','n':7}\n");
	live_ask(&live, &control);
	live_ask(&live, &control);
	assert_string_equal(net_read_until(peer, "connections\"}\n", MS).data,
	    "{\"id\":2,\"do\":\"stats\"}\n"
	    "{\"id\":3,\"do\":\"connections\"}\n");
	assert_false(net_readable(peer, 0));
	told(STATS(2, 9) "\n");
	assert_int_equal(server.requests, 9);
	assert_int_equal(live_next_open(&live, NULL)->number, 1);
	told("{'id':3,'ok':true,'connections':[{'conn':2,'peer':'a','local':"
	     "'b','state':'kept','age':60000000,'read':0,'written':0,"
	     "'requests':0}]}\n");
	assert_int_equal(live_next_open(&live, NULL)->number, 2);
	/* And again when more is lost. */
	told("{'ev':'lost','n':7}\n");
	live_ask(&live, &control);
	net_read_until(peer, "connections\"}\n", MS);
}

static void
refused_ones_and_hostile_bytes_are_harmless(void **state)
{
	(void)state;
	live_begin(&live, &control);
	started();
	opened(1, 0);
	told("{'t':9,'ev':'read','conn':1,'n':9,'bytes':'\\u001b[2J\\u00ff "
	     "x\\u000a'}\n"
	     "{'t':9,'ev':'error','conn':1,'req':1,'why':'no','section':'s'}"
	     "\n");
	answered(1, 1, SECOND, 400);
	expect_rows(
	    "00:16:41  \\x1b[2J\\xff x           400    2 B         refused");
}

/* That it broke a rule says more than that no route was asked. */
static void
one_that_was_understood_may_be_refused(void **state)
{
	(void)state;
	live_begin(&live, &control);
	started();
	opened(1, 0);
	asked(1, 1, SECOND, "/a", "null");
	told("{'t':9,'ev':'error','conn':1,'req':1,'why':'no','section':'s'}"
	     "\n");
	answered(1, 1, SECOND, 400);
	expect_rows(
	    "00:16:41  GET /a HTTP/1.1         400    2 B         refused");
}

/* --- one that is attached to ------------------------------------------------ */

static char *
quoted(const char *text)
{
	char *copy = test_text("%s", text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

static void
attached(void)
{
	live_attach(&live, &control, span_text(quoted(STATS(1, 40))));
	app_server_changed(&app);
	net_read_until(peer, "\"connections\"}\n", MS);
	started();
}

static void
an_attached_one_is_counted_from_its_own_figures(void **state)
{
	(void)state;
	attached();
	assert_int_equal(server.state, SERVER_ATTACHED);
	assert_string_equal(server.address, "127.0.0.1:8080");
	assert_int_equal(server.port, 8080);
	assert_string_equal(
	    app.message, "attached to the server on 127.0.0.1:8080");
	/* The ring: these are among the 40. */
	opened(1, 0);
	asked(1, 1, 1, "/a", "null");
	answered(1, 1, 2, 200);
	assert_int_equal(server.requests, 40);
	told(STATS(2, 42) "\n");
	assert_int_equal(server.requests, 42);
	/* What was heard before is counted, whenever it is told. */
	asked(1, 2, 3, "/a", "null");
	answered(1, 2, 1000, 200);
	asked(1, 3, 60 * SECOND, "/a", "null");
	answered(1, 3, 60 * SECOND, 200);
	assert_int_equal(server.requests, 42);
	asked(1, 4, 60 * SECOND + 1, "/a", "null");
	answered(1, 4, 60 * SECOND + 2, 200);
	assert_int_equal(server.requests, 43);
	assert_int_equal(server.nlines, 4);
}

static void
connections_that_stood_before_are_known(void **state)
{
	const struct seen_conn *c;

	(void)state;
	attached();
	told(STATS(2, 42) "\n");
	opened(3, 5 * SECOND);
	/* Its end was forgotten. */
	opened(1, 5 * SECOND);
	told("{'id':3,'ok':true,'connections':["
	     "{'conn':3,'peer':'x','local':'y','state':'kept','age':1,"
	     "'read':9,'written':9,'requests':1},"
	     "{'conn':2,'peer':'127.0.0.1:9','local':'127.0.0.1:80','state':"
	     "'idle','age':45000000,'read':5,'written':0,'requests':0},7]}\n");
	c = live_next_open(&live, NULL);
	assert_int_equal(c->number, 2);
	assert_int_equal(c->opened, BEGAN + 15 * SECOND);
	assert_string_equal(c->tape.peer, "127.0.0.1:9");
	assert_int_equal(c->tape.reel[TAPE_IN].all, 5);
	assert_false(tape_has(&c->tape, TAPE_IN, 0, 1));
	c = live_next_open(&live, c);
	assert_int_equal(c->number, 3);
	assert_string_equal(c->tape.peer, "127.0.0.1:40003");
	assert_null(live_next_open(&live, c));
	/* What the ring holds comes behind, and is better than numbers. */
	told("{'t':20000000000,'ev':'read','conn':2,'n':5,'bytes':'abcde'}\n");
	c = live_next_open(&live, NULL);
	assert_int_equal(c->number, 2);
	assert_int_equal(c->tape.reel[TAPE_IN].all, 5);
	assert_true(tape_has(&c->tape, TAPE_IN, 0, 5));
	assert_int_equal(c->opened, BEGAN + 15 * SECOND);
	/* One that is opened later is not listed. */
	opened(9, 61 * SECOND);
	assert_int_equal(
	    live_next_open(&live, live_next_open(&live, c))->number, 9);
}

static int64_t
opened_of(int64_t conn)
{
	const struct seen_conn *c = seen_find(&live.seen, live.seen.life, conn);

	assert_non_null(c);
	return c->opened;
}

/* Nothing of that can be: it is no number, or has no end. */
static void
figures_that_cannot_be_are_none(void **state)
{
	static const char *const ages[] = { "-1", "9223372036854775807",
		"999999999999999999", "1e9", "'x'" };

	(void)state;
	attached();
	told("{'id':2,'ok':true,'requests':99999999999999999999,'uptime':"
	     "999999999999999999}\n");
	assert_int_equal(server.requests, 0);
	assert_int_equal(live.counted, BEGAN);
	for (size_t i = 0; i < 5; i++) {
		live.connections = 3;
		told(test_text("{'id':3,'ok':true,'connections':[{'conn':%zu,"
			       "'peer':'x','local':'y','age':%s}]}\n",
		    i + 1, ages[i]));
		assert_int_equal(opened_of((int64_t)i + 1), BEGAN);
	}
	/* One that is older than the clock. */
	live.connections = 3;
	told("{'id':3,'ok':true,'connections':[{'conn':9,'peer':'x','local':"
	     "'y','age':999999999999999}]}\n"
	     "{'t':-9223372036854775000,'ev':'open','conn':10,'at':'x',"
	     "'peer':'a','local':'b'}\n"
	     "{'t':9223372036854775000,'ev':'open','conn':"
	     "9223372036854775807,'at':'x',"
	     "'peer':'a','local':'b'}\n");
	assert_int_equal(opened_of(9), 0);
	assert_int_equal(opened_of(10), BEGAN);
	assert_int_equal(opened_of(INT64_MAX), SEEN_TIME_MAX);
	app.now = BEGAN + SECOND;
	assert_int_equal(app_connections(&app), 7);
	assert_true(app_due(&app) >= app.ticked);
}

static void
a_reload_goes_by_the_verb(void **state)
{
	(void)state;
	attached();
	app_key(&app, K_ESC);
	app_key(&app, 'R');
	assert_int_equal(app_orders(&app), ORDER_RELOAD);
	live_reload(&live, &control);
	app_server_changed(&app);
	assert_string_equal(net_read_until(peer, "\n", MS).data,
	    "{\"id\":4,\"do\":\"reload\"}\n");
	assert_int_equal(server.reload, RELOAD_ASKED);
	told("{'id':4,'ok':true,'routes':1}\n");
	assert_int_equal(server.reload, RELOAD_DONE);
	assert_string_equal(app.message, "1 route loaded");
	live_reload(&live, &control);
	app_server_changed(&app);
	told("{'id':5,'ok':false,'error':'r.conf:2:1: no'}\n");
	assert_int_equal(server.reload, RELOAD_REFUSED);
	assert_string_equal(app.message, "r.conf:2:1: no; the old routes stay");
	assert_int_equal(server.state, SERVER_ATTACHED);
	expect_rows("1 route loaded", "r.conf:2:1: no");
}

static void
it_is_not_ours_to_stop(void **state)
{
	(void)state;
	attached();
	app_key(&app, K_ESC);
	app_key(&app, 's');
	assert_int_equal(app_orders(&app), 0);
	assert_string_equal(app.message,
	    "attached to the server on 127.0.0.1:8080: whoever started it "
	    "stops it");
	app.focus = PANE_SERVER;
	app_key(&app, 'E');
	assert_int_equal(app_orders(&app), 0);
	assert_string_equal(app.message,
	    "the file is the attached server's: R lets it read it again");
}

static void
that_it_left_is_said(void **state)
{
	(void)state;
	attached();
	opened(1, 0);
	app_key(&app, K_ESC);
	live_over(&live, "it closed the connection");
	app_live_changed(&app);
	app_server_changed(&app);
	assert_int_equal(server.state, SERVER_FAILED);
	assert_string_equal(app.message,
	    "The attached server has left: it closed the connection. s starts "
	    "one here.");
	assert_null(seen_next_open(&live.seen, NULL));
	app_key(&app, 's');
	assert_int_equal(app_orders(&app), ORDER_SERVER_START);
}

/* --- in the pane ------------------------------------------------------------ */

static void
app_focus_server(void)
{
	while (app_context(&app) != CONTEXT_SERVER)
		app_do(&app, ACTION_NEXT_PANE);
}

/* A server of ours that answered n requests, on a connection each. */
static void
running(int n)
{
	server.state = SERVER_RUNNING;
	app_server_changed(&app);
	live_begin(&live, &control);
	started();
	for (int i = 1; i <= n; i++) {
		opened(i, i * SECOND);
		asked(i, 1, i * SECOND + 1, test_text("/%d", i), "null");
		answered(i, 1, i * SECOND + 2, 200);
		closed(i, i * SECOND + 3);
	}
	app_key(&app, K_ESC);
	app_do(&app, ACTION_PREVIOUS_PANE);
	assert_int_equal(app_context(&app), CONTEXT_SERVER);
}

static void
a_row_is_chosen_and_rows_are_followed(void **state)
{
	int rows;

	(void)state;
	running(40);
	rows = app_log_rows(&app);
	assert_true(rows > 4 && rows < 20);
	assert_int_equal(app_log_at(&app), 39);
	assert_int_equal(app_log_top(&app, rows), 40 - rows);
	app_key(&app, 'k');
	assert_int_equal(app_log_at(&app), 38);
	assert_int_equal(app_log_top(&app, rows), 40 - rows);
	/* It stays where it is when more come. */
	opened(41, 41 * SECOND);
	asked(41, 1, 41 * SECOND, "/41", "null");
	answered(41, 1, 41 * SECOND, 200);
	assert_int_equal(app_log_at(&app), 38);
	app_key(&app, 'g');
	assert_int_equal(app_log_at(&app), 0);
	assert_int_equal(app_log_top(&app, rows), 0);
	app_key(&app, 'G');
	assert_int_equal(app_log_at(&app), 40);
	assert_true(app.log_follow);
	app_mouse(&app, MOUSE_PRESS,
	    layout_inside(&app.layout, PANE_SERVER).y + 2, 5);
	assert_int_equal(app_log_at(&app), 41 - rows + 1);
}

static void
enter_opens_what_the_server_saw(void **state)
{
	struct view_what what;
	const struct exchange *x;

	(void)state;
	running(3);
	app_key(&app, 'k');
	app_key(&app, K_ENTER);
	x = app_shown(&app);
	assert_non_null(x);
	assert_true(x->theirs);
	assert_string_equal(x->request.target, "/2");
	assert_int_equal(x->status, 200);
	assert_int_equal(x->body.len, 2);
	assert_int_equal(x->times.total, 2);
	assert_int_equal(app_context(&app), CONTEXT_SEEN);
	assert_int_equal(app.history.n, 0);
	app_view(&app, &what);
	assert_int_equal(what.end.how, SEEN_SAME);
	assert_int_equal(what.end.conn->number, 2);
	/* All tabs, however they are shown. */
	for (const char *keys = "12345[]pxfjGg"; *keys != '\0'; keys++) {
		app_key(&app, (uint32_t)*keys);
		while (app_is_busy(&app))
			app_step(&app);
		assert_true(view_lines(app_view(&app, &what), &what) > 0);
	}
	/* Back to the row, from which the next is near. */
	app_key(&app, 'q');
	assert_int_equal(app_context(&app), CONTEXT_SERVER);
	assert_null(app_shown(&app));
	assert_int_equal(app_log_at(&app), 1);
	app_key(&app, 'j');
	app_key(&app, K_ENTER);
	assert_string_equal(app_shown(&app)->request.target, "/3");
}

/* What another client sent, from here. */
static void
it_may_be_sent_edited_and_copied(void **state)
{
	const struct exchange *x;

	(void)state;
	running(3);
	app_key(&app, 'k');
	app_key(&app, K_ENTER);
	app_key(&app, 'y');
	assert_int_equal(app.overlay, OVERLAY_TAKE);
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_COPY);
	assert_true(span_is(buf_span(&app.take.bytes), "a/2"));
	app_copied(&app);
	app_key(&app, 'y');
	app_key(&app, 'j');
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_COPY);
	assert_true(span_is(
	    buf_span(&app.take.bytes), "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"));
	app_copied(&app);
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_int_equal(app.history.n, 1);
	x = app_shown(&app);
	assert_false(x->theirs);
	assert_int_equal(x->id, 1);
	assert_string_equal(x->url, "a/2");
	assert_string_equal(x->request.target, "/2");
	assert_int_equal(x->request.headers.n, 1);
	/* And back from the row into the form. */
	app_focus_server();
	app_key(&app, 'G');
	app_key(&app, K_ENTER);
	app_key(&app, K_ENTER);
	assert_int_equal(app_context(&app), CONTEXT_URL);
	assert_true(span_is(lineedit_text(&app.form.url), "a/3"));
	((struct exchange *)(uintptr_t)x)->outcome = OUTCOME_ANSWERED;
	app_progress(&app);
}

static void
a_row_without_request_opens_nothing(void **state)
{
	(void)state;
	running(0);
	app_key(&app, K_ENTER);
	assert_string_equal(app.message, "there is no request in that row");
	told("{'ev':'lost','n':2}\n");
	app_key(&app, K_ENTER);
	assert_string_equal(app.message, "there is no request in that row");
	assert_int_equal(app_context(&app), CONTEXT_SERVER);
}

static void
what_is_opened_follows_what_comes(void **state)
{
	struct view_what what;

	(void)state;
	running(0);
	opened(1, SECOND);
	asked(1, 1, SECOND + 1, "/a", "'r.conf:1'");
	answered(1, 1, SECOND + 2, 200);
	app_key(&app, K_ENTER);
	assert_int_equal(app_shown(&app)->body_len, 2);
	closed(1, SECOND + 9);
	app_view(&app, &what);
	assert_int_equal(what.end.conn->closed, BEGAN + SECOND + 9);
	/* A server that begins anew leaves it as it was. */
	started();
	assert_non_null(app_shown(&app));
	/* Pushed out by others. */
	live.seen.budget = 1;
	opened(2, SECOND);
	assert_null(app_shown(&app));
	assert_string_equal(
	    app.message, "what the server saw of it was dropped to make room");
	assert_int_equal(app_context(&app), CONTEXT_SERVER);
	app_key(&app, K_ENTER);
	assert_int_equal(app_context(&app), CONTEXT_SERVER);
}

/* One that came in those bytes, answered and opened. */
static void
came_as(const char *bytes, size_t n, bool understood)
{
	running(0);
	opened(1, SECOND);
	told(test_text("{'t':%lld,'ev':'read','conn':1,'n':%zu,'bytes':'%s'}\n"
		       "%s\n",
	    (long long)SECOND, n, bytes,
	    understood ? "{'t':2000000000,'ev':'request','conn':1,'req':1,"
			 "'dialect':'http','method':'GET','host':'a','target':"
			 "'/','version':'1.0','headers':[],'route':null}"
		       : "{'t':2000000000,'ev':'error','conn':1,'req':1,'why':"
			 "'no','section':'s'}"));
	answered(1, 1, 3 * SECOND, 200);
	app_key(&app, K_ENTER);
	assert_non_null(app.theirs.x);
}

static void
what_goes_otherwise_than_it_came_is_said(void **state)
{
	(void)state;
	came_as("GET / HTTP/1.0\\u000d\\u000aHost:a\\u000d\\u000a\\u000d"
		"\\u000a",
	    26, true);
	app_key(&app, K_ENTER);
	assert_int_equal(app_context(&app), CONTEXT_URL);
	assert_string_equal(
	    app.message, "it came as HTTP/1.0, and goes as HTTP/1.1");
	app_focus_server();
	app_key(&app, K_ENTER);
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_string_equal(
	    app.message, "it came as HTTP/1.0, and goes as HTTP/1.1");
	history_get(&app.history, 1)->outcome = OUTCOME_ANSWERED;
	app_progress(&app);
	app_focus_server();
	opened(2, 4 * SECOND);
	told("{'t':4000000000,'ev':'read','conn':2,'n':26,'bytes':'GET / "
	     "HTTP/1.1\\u000d\\u000aHost:a\\u000d\\u000a\\u000d\\u000a'}\n"
	     "{'t':4000000000,'ev':'request','conn':2,'req':1,'dialect':'http',"
	     "'method':'GET','host':'a','target':'/','version':'1.1',"
	     "'headers':[],'route':null}\n");
	answered(2, 1, 5 * SECOND, 200);
	app_key(&app, 'G');
	app_key(&app, K_ENTER);
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_non_null(strstr(app.message, "came written otherwise"));
	history_get(&app.history, 2)->outcome = OUTCOME_ANSWERED;
	app_progress(&app);
}

static void
what_was_not_understood_is_taken_raw_alone(void **state)
{
	static const char why[] =
	    "the server did not understand it: there is only its raw form";

	(void)state;
	came_as("GET / x HTTP/1.1\\u000d\\u000a\\u000d\\u000a", 20, false);
	app_key(&app, 'r');
	assert_string_equal(app.message, why);
	app_key(&app, K_ENTER);
	assert_string_equal(app.message, why);
	assert_int_equal(app_context(&app), CONTEXT_SEEN);
	for (const char *key = "uc"; *key != '\0'; key++) {
		app_key(&app, 'y');
		app_key(&app, (uint32_t)*key);
		app_key(&app, K_ENTER);
		assert_string_equal(app.message, why);
	}
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.history.n, 0);
	app_key(&app, 'y');
	app_key(&app, 'j');
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_COPY);
	assert_true(
	    span_is(buf_span(&app.take.bytes), "GET / x HTTP/1.1\r\n\r\n"));
}

static void
a_method_too_long_for_the_form_is_said(void **state)
{
	char bytes[FORM_METHOD_MAX + 64];

	(void)state;
	memset(bytes, 'A', FORM_METHOD_MAX + 1);
	strlcpy(bytes + FORM_METHOD_MAX + 1,
	    " / HTTP/1.1\\u000d\\u000a\\u000d\\u000a",
	    sizeof(bytes) - FORM_METHOD_MAX - 1);
	came_as(bytes, FORM_METHOD_MAX + 16, true);
	app_key(&app, K_ENTER);
	assert_string_equal(app.message,
	    "the form takes a method of 64 bytes at most; r sends it as it is");
	app_key(&app, 'r');
	assert_int_equal(app_orders(&app), ORDER_SEND);
	assert_int_equal(strlen(history_get(&app.history, 1)->request.method),
	    FORM_METHOD_MAX + 1);
	history_get(&app.history, 1)->outcome = OUTCOME_ANSWERED;
	app_progress(&app);
}

/* A menu that is of it goes with it: it would be of something else. */
static void
a_menu_of_what_is_dropped_closes(void **state)
{
	(void)state;
	running(1);
	app_key(&app, K_ENTER);
	app_key(&app, 'y');
	assert_int_equal(app.overlay, OVERLAY_TAKE);
	live.seen.budget = 1;
	opened(2, 2 * SECOND);
	assert_int_equal(app.overlay, OVERLAY_NONE);
	assert_string_equal(
	    app.message, "what the server saw of it was dropped to make room");
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), 0);
	assert_int_equal(app.take.bytes.len, 0);
}

/* What asks for a name has its bytes already. */
static void
what_was_chosen_outlives_what_is_dropped(void **state)
{
	(void)state;
	running(1);
	app_key(&app, K_ENTER);
	app_key(&app, 'w');
	app_key(&app, K_ENTER);
	assert_int_equal(app.overlay, OVERLAY_PATH);
	live.seen.budget = 1;
	opened(2, 2 * SECOND);
	assert_null(app.theirs.x);
	assert_int_equal(app.overlay, OVERLAY_PATH);
	app_key(&app, K_ENTER);
	assert_int_equal(app_orders(&app), ORDER_WRITE);
	assert_true(span_is(buf_span(&app.take.bytes), "a/1"));
}

/* What the timeline of the opened one says. */
static bool
timeline_has(const char *text)
{
	struct view_what what;
	struct view *v;
	struct line line;
	bool found = false;

	app_do(&app, ACTION_VIEW_TIMELINE);
	v = app_view(&app, &what);
	line_init(&line);
	for (size_t i = 0; !found && view_line(v, &what, i, &line); i++)
		found = memmem(line.text.data, line.text.len, text,
			    strlen(text)) != NULL;
	line_release(&line);
	return found;
}

static void
of_a_connection_each_request_has_its_own_part(void **state)
{
	(void)state;
	running(0);
	opened(1, SECOND);
	for (int i = 1; i <= 3; i++) {
		asked(1, i, i * 2 * SECOND, test_text("/%d", i), "'r.conf:1'");
		answered(1, i, i * 2 * SECOND + 9, 204);
	}
	closed(1, 8 * SECOND);
	for (int i = 1; i <= 3; i++) {
		app_key(&app, i == 1 ? 'g' : 'j');
		app_key(&app, K_ENTER);
		assert_string_equal(
		    app_shown(&app)->request.target, test_text("/%d", i));
		assert_int_equal(app_shown(&app)->tape.reel[TAPE_OUT].all, 28);
		assert_int_equal(timeline_has("accept"), i == 1);
		assert_int_equal(timeline_has("end of input"), i == 3);
		assert_true(timeline_has("read 28 B"));
		app_key(&app, 'q');
	}
}

/* The rest of the client lives on. */
static void
that_it_tells_no_more_is_known(void **state)
{
	(void)state;
	running(1);
	opened(2, 9);
	live_over(&live, "it closed the connection");
	app_live_changed(&app);
	app_server_changed(&app);
	assert_int_equal(server.state, SERVER_RUNNING);
	assert_string_equal(live.why, "it closed the connection");
	assert_null(live_next_open(&live, NULL));
	app_key(&app, K_ENTER);
	assert_string_equal(app_shown(&app)->request.target, "/1");
}

static void
connections_are_shown_when_they_stay(void **state)
{
	int rows;

	(void)state;
	running(1);
	rows = app_log_rows(&app);
	assert_int_equal(app_due(&app), INT64_MAX);
	app.now = BEGAN + 10 * SECOND;
	opened(7, 10 * SECOND);
	assert_int_equal(app_connections(&app), 0);
	assert_int_equal(app_due(&app), BEGAN + 10 * SECOND + SECOND / 4);
	app.now = app_due(&app);
	app_tick(&app);
	assert_int_equal(app_connections(&app), 1);
	assert_int_equal(app_connection_rows(&app), 1);
	assert_int_equal(app_log_rows(&app), rows - 1);
	assert_int_equal(app_next_connection(&app, NULL)->number, 7);
	/* Then its age goes on by seconds. */
	assert_int_equal(app_due(&app), app.now + SECOND);
	/* Many take a part of the pane, not all of it. */
	for (int i = 8; i < 60; i++)
		opened(i, 10 * SECOND);
	assert_int_equal(app_connections(&app), 53);
	assert_true(app_connection_rows(&app) < rows / 2);
	/* Nothing ticks for a pane that is not shown. */
	app_do(&app, ACTION_BACK);
	app.server_below = false;
	app_resize(&app, 24, 80);
	assert_int_equal(app.layout.pane[PANE_SERVER].h, 0);
	assert_int_equal(app_due(&app), INT64_MAX);
}

/* A tab that is asked for is seen, also where the server's pane was. */
static void
a_tab_comes_before_the_pane(void **state)
{
	(void)state;
	running(1);
	assert_true(app.layout.pane[PANE_SERVER].h > 0);
	assert_int_equal(app.layout.pane[PANE_EXCHANGE].h, 0);
	app_do(&app, ACTION_VIEW_WIRE);
	app_resize(&app, 24, 80);
	assert_int_equal(app.layout.pane[PANE_SERVER].h, 0);
	assert_true(app.layout.pane[PANE_EXCHANGE].h > 0);
	assert_int_equal(app.part, VIEW_WIRE);
	assert_int_equal(app.focus, PANE_EXCHANGE);
}

static void
a_connection_has_a_state(void **state)
{
	static const char *const states[] = { "idle", "head", "delayed",
		"answering", "kept", "head", "body" };
	struct line line;

	(void)state;
	line_init(&line);
	running(0);
	for (int i = 0; i < 7; i++) {
		switch (i) {
		case 0:
			opened(1, 0);
			break;
		case 1:
			told("{'t':1,'ev':'read','conn':1,'n':2,'bytes':"
			     "'\\u000d\\u000a'}\n");
			break;
		case 2:
			asked(1, 1, 2, "/a", "null");
			break;
		case 3:
			told("{'t':3,'ev':'write','conn':1,'n':4,'bytes':"
			     "'HTTP'}\n");
			break;
		case 4:
			told("{'t':3,'ev':'write','conn':1,'n':40,'bytes':"
			     "'/1.1 200 OK\\u000d\\u000aContent-Length: "
			     "2\\u000d\\u000a\\u000d\\u000ahi'}\n"
			     "{'t':4,'ev':'response','conn':1,'req':1,'status':"
			     "200,'reason':'X','bytes':2,'us':7}\n");
			break;
		case 5:
			told("{'t':5,'ev':'read','conn':1,'n':1,'bytes':"
			     "'G'}\n");
			break;
		default:
			told("{'t':5,'ev':'read','conn':1,'n':40,'bytes':"
			     "'ET / HTTP/1.1\\r\\nContent-Length: "
			     "9\\r\\n\\r\\nabc'"
			     "}\n");
		}
		connrow(&line, seen_next_open(&live.seen, NULL), 78,
		    BEGAN + 61 * SECOND);
		if (memmem(line.text.data, line.text.len, states[i],
			strlen(states[i])) == NULL)
			test_fail(
			    "%d: %.*s", i, (int)line.text.len, line.text.data);
		assert_int_equal(line.cols, 78);
	}
	line_release(&line);
}

static void
connections_fit_any_width(void **state)
{
	struct line line;

	(void)state;
	line_init(&line);
	running(0);
	opened(1, 0);
	asked(1, 1, 2, "/\\u001b\\u00ff/a/long/path/that/is/cut", "null");
	for (size_t cols = 1; cols < 130; cols++) {
		connrow(&line, seen_next_open(&live.seen, NULL), cols,
		    BEGAN + SECOND);
		assert_true(line.cols <= cols);
		assert_null(memchr(line.text.data, '\033', line.text.len));
	}
	line_release(&line);
}

static void
survives_each_allocation_that_fails(void **state)
{
	size_t n = 0;

	(void)state;
	server.state = SERVER_RUNNING;
	do {
		struct live other;
		struct control_line line;
		struct control c;
		char *text = quoted(
		    "{'ev':'start','v':1,'pid':1,'mono':'5','at':'x'}\n"
		    "{'t':1,'ev':'open','conn':1,'at':'x','peer':'a:1','local':"
		    "'b:1'}\n"
		    "{'t':2,'ev':'read','conn':1,'n':1,'bytes':'x'}\n"
		    "{'t':2,'ev':'request','conn':1,'req':1,'dialect':'http',"
		    "'method':'GET','host':'a','target':'/','version':'1.1',"
		    "'headers':[],'route':null,'nearest':'x'}\n"
		    "{'t':3,'ev':'response','conn':1,'req':1,'status':200,"
		    "'reason':'X','bytes':2,'us':7}\n");

		control_init(&c);
		live_init(&other, &server, 0);
		oom_after(++n);
		if (control_feed(&c, text, strlen(text)))
			while (control_next(&c, &line) == CONTROL_EVENT)
				live_take(
				    &other, CONTROL_EVENT, &line, app.now);
		live_release(&other);
		control_release(&c);
	} while (oom_off());
	assert_true(n > 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_answer_is_a_row),
		TEST(what_has_no_answer_is_a_row_when_it_ends),
		TEST(what_was_lost_is_said),
		TEST(what_was_lost_takes_no_row_away),
		TEST(after_a_loss_it_is_asked_what_stands),
		TEST(refused_ones_and_hostile_bytes_are_harmless),
		TEST(one_that_was_understood_may_be_refused),
		TEST(a_tab_comes_before_the_pane),
		TEST(an_attached_one_is_counted_from_its_own_figures),
		TEST(connections_that_stood_before_are_known),
		TEST(figures_that_cannot_be_are_none),
		TEST(a_reload_goes_by_the_verb),
		TEST(it_is_not_ours_to_stop),
		TEST(that_it_left_is_said),
		TEST(a_row_is_chosen_and_rows_are_followed),
		TEST(enter_opens_what_the_server_saw),
		TEST(it_may_be_sent_edited_and_copied),
		TEST(a_row_without_request_opens_nothing),
		TEST(what_is_opened_follows_what_comes),
		TEST(what_goes_otherwise_than_it_came_is_said),
		TEST(what_was_not_understood_is_taken_raw_alone),
		TEST(a_method_too_long_for_the_form_is_said),
		TEST(a_menu_of_what_is_dropped_closes),
		TEST(what_was_chosen_outlives_what_is_dropped),
		TEST(of_a_connection_each_request_has_its_own_part),
		TEST(that_it_tells_no_more_is_known),
		TEST(connections_are_shown_when_they_stay),
		TEST(a_connection_has_a_state),
		TEST(connections_fit_any_width),
		TEST(survives_each_allocation_that_fails),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
