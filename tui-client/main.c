/* The one loop over keyboard, requests and server. */
#include <err.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "control.h"
#include "echo.h"
#include "engine.h"
#include "escape.h"
#include "live.h"
#include "options.h"
#include "serverproc.h"
#include "ui_editor.h"
#include "ui_paint.h"
#include "ui_term.h"

enum {
	POLL_MAX = 1 + CONTROL_FDS + 2 * SERVERPROC_FDS + 2 * ENGINE_CALLS_MAX,
	GREET_MS = 2000, /* for the first word of a server attached to */
};

#define SECOND	    INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

struct client {
	struct app app;
	struct engine *engine;
	struct serverproc server;
	struct control control; /* of that server */
	struct live live;
	struct echo echo;
	struct options options;
	bool quit;
};

static volatile sig_atomic_t ending;	/* the signal that ends us */
static volatile sig_atomic_t stopping;	/* SIGTSTP came from outside */
static volatile sig_atomic_t continued; /* after a stop that we saw or not */
static volatile sig_atomic_t resized;
static sigset_t outside; /* what is blocked while we wait */

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

/* What the clock on the wall is ahead of that. */
static int64_t
wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec - now();
}

/* --- signals ----------------------------------------------------------------- */

static void
on_end(int sig)
{
	ending = sig;
}

static void
on_stop(int sig)
{
	(void)sig;
	stopping = 1;
}

static void
on_continue(int sig)
{
	(void)sig;
	continued = 1;
}

static void
on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

static void catch (int sig, void (*handler)(int), sigset_t *ours)
{
	struct sigaction sa = { .sa_handler = handler };

	sigaction(sig, &sa, NULL);
	sigaddset(ours, sig);
}

/*
 * All of ours are blocked but for the wait itself, so that none is lost.  To be
 * called before curses sets handlers of its own: it leaves those alone that are
 * there.
 */
static void
block_signals(void)
{
	/* All that would end us, and are no crash. */
	static const int end[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1,
		SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPOLL, SIGXCPU, SIGXFSZ,
		SIGPWR, SIGSTKFLT };
	sigset_t ours;

	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(end) / sizeof(end[0]); i++)
		catch (end[i], on_end, &ours);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		catch (sig, on_end, &ours);
	catch (SIGTSTP, on_stop, &ours);
	catch (SIGCONT, on_continue, &ours);
	catch (SIGWINCH, on_resize, &ours);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &ours, &outside);
}

/*
 * Until the terminal is ours: false if something ended us before.  Who sets it
 * from the background is stopped, by each SIGCONT anew: with our signals
 * blocked none of them would ever come through.
 */
static bool
await_terminal(void)
{
	sigset_t ours;

	sigprocmask(SIG_SETMASK, &outside, &ours);
	while (ending == 0 && !term_is_ours())
		/* Nobody is there who could give it to us. */
		if (errno != EINTR)
			ending = SIGHUP;
	sigprocmask(SIG_SETMASK, &ours, NULL);
	return ending == 0;
}

/* Whoever had the terminal meanwhile has set it and written on it. */
static void
come_back(void)
{
	if (!await_terminal())
		return;
	continued = 0;
	term_resume();
}

/* The shell gets the terminal until it says fg. */
static void
suspend(void)
{
	struct sigaction stop = { .sa_handler = SIG_DFL };
	struct sigaction old;
	sigset_t tstp;

	term_pause();
	sigemptyset(&tstp);
	sigaddset(&tstp, SIGTSTP);
	sigaction(SIGTSTP, &stop, &old);
	/* The whole job: whoever started us may be waiting for us. */
	kill(0, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &tstp, NULL);
	/* Here we stand stopped. */
	sigprocmask(SIG_BLOCK, &tstp, NULL);
	sigaction(SIGTSTP, &old, NULL);
	come_back();
}

/* --- orders ------------------------------------------------------------------ */

static void
send_request(struct client *c)
{
	struct exchange *x = history_get(&c->app.history, c->app.send);

	if (!engine_start(c->engine, x, now(), time(NULL)))
		app_not_sent(&c->app, "too many requests are in flight");
	else if (x->outcome != OUTCOME_FLIGHT)
		app_progress(&c->app);
}

static void
edit(struct client *c)
{
	struct buf text = { .max = LIMIT_REQUEST_BODY };
	char why[APP_MESSAGE_MAX];

	if (editor_run(app_field(&c->app), &text, why, sizeof(why)))
		app_edited(&c->app, buf_span(&text));
	else
		app_say(&c->app, ROLE_ERROR, "%s", why);
	buf_release(&text);
	c->app.dirty |= DIRTY_ALL;
}

static void
edit_routes(struct client *c)
{
	char why[APP_MESSAGE_MAX];

	if (!editor_open(c->server.routes.path, why, sizeof(why)))
		app_say(&c->app, ROLE_ERROR, "%s", why);
	app_routes_edited(&c->app);
}

/* What came over the control socket, and that it ended. */
static void
listen_to_server(struct client *c)
{
	struct control_line line;
	enum control_kind kind;

	while ((kind = control_next(&c->control, &line)) == CONTROL_EVENT ||
	    kind == CONTROL_REPLY)
		live_take(&c->live, kind, &line, now());
	if (kind == CONTROL_BAD)
		control_close(&c->control, NULL);
	live_ask(&c->live, &c->control);
	if (!control_is_open(&c->control))
		live_over(&c->live, c->control.why);
	app_live_changed(&c->app);
	app_server_changed(&c->app);
}

static void
start_server(struct client *c)
{
	serverproc_start(&c->server, c->app.listen, now());
	if (c->server.control >= 0) {
		control_open(&c->control, c->server.control);
		c->server.control = -1;
		live_begin(&c->live, &c->control);
	}
	app_server_changed(&c->app);
}

static void
reload(struct client *c)
{
	if (c->server.state == SERVER_ATTACHED)
		live_reload(&c->live, &c->control);
	else
		serverproc_reload(&c->server, now());
	app_server_changed(&c->app);
}

/* Where it is not taken nobody says so. */
static void
copy(struct client *c)
{
	struct buf seq = { .max = OSC52_ROOM };

	if (osc52_append(
		&seq, buf_span(&c->app.take.bytes), getenv("TMUX") != NULL)) {
		term_send(buf_span(&seq));
		app_copied(&c->app);
	} else {
		app_say(&c->app, ROLE_ERROR, "memory is out: nothing copied");
	}
	buf_release(&seq);
}

static void
write_file(struct client *c)
{
	struct app_take *t = &c->app.take;
	char why[APP_MESSAGE_MAX];
	enum outfile result =
	    outfile_write(t->path, buf_span(&t->bytes), why, sizeof(why));

	app_written(&c->app, result, why);
}

static void
resize(struct client *c)
{
	int rows;
	int cols;

	term_resize(&rows, &cols);
	app_resize(&c->app, rows, cols);
}

static void
obey(struct client *c, unsigned orders)
{
	if ((orders & ORDER_SEND) != 0)
		send_request(c);
	if ((orders & ORDER_CANCEL) != 0) {
		engine_cancel(c->engine, c->app.cancel, now());
		app_progress(&c->app);
	}
	if ((orders & ORDER_SERVER_START) != 0)
		start_server(c);
	if ((orders & ORDER_SERVER_STOP) != 0) {
		serverproc_stop(&c->server, now());
		app_server_changed(&c->app);
	}
	if ((orders & ORDER_ECHO) != 0) {
		echo_start(&c->echo, now());
		app_echo_changed(&c->app);
	}
	if ((orders & ORDER_EDIT) != 0)
		edit(c);
	if ((orders & ORDER_EDIT_ROUTES) != 0)
		edit_routes(c);
	if ((orders & ORDER_RELOAD) != 0)
		reload(c);
	if ((orders & ORDER_COPY) != 0)
		copy(c);
	if ((orders & ORDER_WRITE) != 0)
		write_file(c);
	if ((orders & ORDER_REDRAW) != 0)
		term_redraw();
	if ((orders & ORDER_SUSPEND) != 0) {
		suspend();
		resize(c);
	}
	if ((orders & ORDER_QUIT) != 0)
		c->quit = true;
}

/* Until none is left: what comes of one may ask for another. */
static void
carry_out(struct client *c)
{
	unsigned orders;

	while ((orders = app_orders(&c->app)) != 0)
		obey(c, orders);
}

static void
keyboard(struct client *c)
{
	struct input_event e;

	while (!c->quit && term_read(&e, now())) {
		switch (e.kind) {
		case INPUT_IS_KEY:
			app_key(&c->app, e.key);
			break;
		case INPUT_IS_MOUSE:
			app_mouse(&c->app, e.mouse, e.y, e.x);
			break;
		case INPUT_IS_PASTE:
			app_paste(&c->app, e.paste);
			break;
		case INPUT_IS_LONG_PASTE:
			app_say(&c->app, ROLE_ERROR,
			    "that paste is too long: nothing of it is taken");
			break;
		}
		carry_out(c);
	}
}

/* --- the loop ---------------------------------------------------------------- */

/* When something is to be done though nothing happens; INT64_MAX: never. */
static int64_t
deadline(const struct client *c)
{
	int64_t at = engine_deadline(c->engine);

	if (app_is_busy(&c->app))
		return 0;
	if (serverproc_deadline(&c->server) < at)
		at = serverproc_deadline(&c->server);
	if (serverproc_deadline(&c->echo.server) < at)
		at = serverproc_deadline(&c->echo.server);
	if (app_due(&c->app) < at)
		at = app_due(&c->app);
	if (term_deadline() < at)
		at = term_deadline();
	return at;
}

static int
wait_until(int64_t at, struct pollfd *fds, size_t n)
{
	int64_t left = at - now();
	struct timespec ts;

	if (at == INT64_MAX)
		return ppoll(fds, n, NULL, &outside);
	if (left < 0)
		left = 0;
	ts.tv_sec = left / SECOND;
	ts.tv_nsec = left % SECOND;
	return ppoll(fds, n, &ts, &outside);
}

static void
turn(struct client *c)
{
	struct pollfd fds[POLL_MAX] = { { STDIN_FILENO, POLLIN, 0 } };
	struct pollfd *server = fds + 1;
	size_t nserver = serverproc_pollfds(&c->server, server);
	struct pollfd *told = server + nserver;
	size_t ntold = control_pollfds(&c->control, told);
	struct pollfd *echo = told + ntold;
	size_t necho = serverproc_pollfds(&c->echo.server, echo);
	struct pollfd *calls = echo + necho;
	size_t before = (size_t)(calls - fds);
	size_t n = engine_pollfds(c->engine, calls, POLL_MAX - before);

	if (wait_until(deadline(c), fds, before + n) < 0) {
		for (size_t i = 0; i < before + n; i++)
			fds[i].revents = 0;
	}
	c->app.now = now();
	if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
		ending = SIGHUP;
	if (stopping) {
		stopping = 0;
		suspend();
		resized = 1;
	}
	if (continued) {
		come_back();
		resized = 1;
	}
	if (resized) {
		resized = 0;
		resize(c);
	}
	keyboard(c);
	app_step(&c->app);
	if (engine_step(c->engine, calls, n, now()))
		app_progress(&c->app);
	if (control_step(&c->control, told, ntold)) {
		listen_to_server(c);
		carry_out(c);
	}
	if (serverproc_step(&c->server, server, nserver, now())) {
		app_server_changed(&c->app);
		carry_out(c);
	}
	if (serverproc_step(&c->echo.server, echo, necho, now())) {
		app_echo_changed(&c->app);
		carry_out(c);
	}
	c->app.now = now();
	if (app_due(&c->app) <= c->app.now)
		app_tick(&c->app);
}

static void
loop(struct client *c)
{
	while (!c->quit && ending == 0) {
		c->app.now = now();
		paint(&c->app);
		if (c->options.server) {
			/* After the first frame: it shall not wait for it. */
			c->options.server = false;
			app_do(&c->app, ACTION_SERVER);
			carry_out(c);
			continue;
		}
		turn(c);
	}
}

/* Korean needs UTF-8, whatever the locale. */
static void
set_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

/* Before the screen: nobody who sees it need wonder whether it worked. */
static void
attach(struct client *c)
{
	struct control_line line;
	const char *why;
	char path[256];

	escape_text(
	    path, sizeof(path), span_text(c->options.attach), ESCAPE_SCREEN);
	if (!control_connect(&c->control, c->options.attach))
		errx(1, "--attach '%s': %s", path, c->control.why);
	control_ask(&c->control, "stats", "");
	if (!control_greet(&c->control, GREET_MS))
		errx(1, "--attach '%s': %s", path, c->control.why);
	if (control_next(&c->control, &line) != CONTROL_REPLY || !line.ok)
		errx(1, "--attach '%s': that is no control socket of a retortd",
		    path);
	live_attach(&c->live, &c->control, line.json);
	if (!c->options.via &&
	    !form_set_via(&c->app.form, c->server.address, &why))
		errx(1, "--attach '%s': %s", path, why);
	app_server_changed(&c->app);
}

static void
become_server(char **argv)
{
	char path[4096];
	static char name[] = "retortd";

	if (!serverproc_find(path, sizeof(path)))
		errx(1, "there is no retortd beside this program or on PATH");
	argv[1] = name;
	execv(path, argv + 1);
	err(1, "%s", path);
}

int
main(int argc, char **argv)
{
	static struct client c;
	const char *why;

	if (argc > 1 && strcmp(argv[1], "--server-only") == 0)
		become_server(argv);
	set_locale();
	serverproc_init(&c.server);
	c.server.tells = true;
	control_init(&c.control);
	live_init(&c.live, &c.server, wall());
	echo_init(&c.echo);
	if (!app_init(&c.app, &c.server))
		err(1, NULL);
	c.app.live = &c.live;
	c.app.echo = &c.echo.server;
	options_read(&c.options, &c.app.form, argc, argv);
	c.server.routes.path = c.options.routes;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		errx(OPTIONS_USAGE,
		    "the screen needs a terminal, and this is none; "
		    "--server-only needs none");
	if (c.options.attach != NULL)
		attach(&c);
	c.engine = engine_new(now);
	if (c.engine == NULL)
		err(1, NULL);
	block_signals();
	if (await_terminal()) {
		if (!term_open(&why))
			errx(1, "%s", why);
		resize(&c);
		loop(&c);
		term_close();
	}
	control_release(&c.control);
	serverproc_release(&c.server);
	live_release(&c.live);
	echo_release(&c.echo);
	engine_free(c.engine);
	app_release(&c.app);
	if (ending != 0) {
		signal(ending, SIG_DFL);
		sigprocmask(SIG_SETMASK, &outside, NULL);
		raise(ending);
	}
	return 0;
}
