/* Requests on their way, and the server that may answer them. */
#include "app_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
say_fault(struct app *app, const struct form_fault *fault)
{
	enum form_field where = fault->where;

	if (where == FORM_URL || where == FORM_HEADERS || where == FORM_BODY)
		app_open_field(app, where);
	if (where == FORM_HEADERS)
		textedit_move(&app->form.headers,
		    textedit_line_offset(&app->form.headers, fault->line));
	app_say(app, ROLE_ERROR, "%s", fault->why);
}

void
app_launch(struct app *app, struct exchange *x)
{
	uint64_t id;

	if (app->flights == ENGINE_CALLS_MAX) {
		app_say(app, ROLE_ERROR,
		    "%d requests are in flight: ^C gives one up",
		    ENGINE_CALLS_MAX);
		exchange_free(x);
		return;
	}
	id = history_add(&app->history, x);
	if (id == 0) {
		app_say(app, ROLE_ERROR, "memory is out: nothing was sent");
		exchange_free(x);
		return;
	}
	app_close_theirs(app);
	app->flight[app->flights++] = id;
	app->ticked = app->now;
	app->send = id;
	app->follow = true;
	app->part = VIEW_RESPONSE;
	app_order(app, ORDER_SEND);
	app->dirty |= DIRTY_ALL;
}

struct exchange *
app_compose(struct app *app, bool echo)
{
	struct exchange *x = exchange_new();
	struct form form = app->form; /* its texts are only looked at */
	struct form_fault fault;

	if (x == NULL) {
		app_say(app, ROLE_ERROR, "memory is out: nothing was sent");
		return NULL;
	}
	if (echo && form.via_port == 0)
		form.via_port = 1;
	if (!form_request(&form, x, &fault)) {
		exchange_free(x);
		say_fault(app, &fault);
		return NULL;
	}
	form_remember(&app->form);
	if (app->field != FORM_URL) {
		app->field = FORM_URL;
		app->editing = false;
	}
	return x;
}

void
app_do_send(struct app *app, enum action action)
{
	struct exchange *x = app_compose(app, false);

	(void)action;
	if (x != NULL)
		app_launch(app, x);
}

/* The same request once more; where it goes is not said yet. */
static struct exchange *
exchange_again(const struct exchange *old)
{
	struct exchange *x = exchange_new();

	if (x == NULL)
		return NULL;
	x->via = old->via;
	x->url = strdup(old->url);
	if (x->url == NULL || !request_copy(&x->request, &old->request)) {
		exchange_free(x);
		return NULL;
	}
	return x;
}

/* What goes is not byte for byte what came to a server. */
static void
say_difference(struct app *app, const struct exchange *x)
{
	if (x->http_1_0)
		app_say(app, ROLE_INFO,
		    "it came as HTTP/1.0, and goes as HTTP/1.1");
	else if (x->reworded)
		app_say(app, ROLE_INFO,
		    "it came written otherwise, in blanks or line ends, and "
		    "goes as we write it");
}

void
app_again(struct app *app, const struct exchange *old)
{
	struct form_fault fault;
	struct exchange *x;

	if (old->unread != NULL) {
		app_say(app, ROLE_ERROR, "%s", old->unread);
		return;
	}
	if (exchange_lost_body(old)) {
		app_say(app, ROLE_ERROR,
		    "its body was dropped to make room: nothing was sent");
		return;
	}
	x = exchange_again(old);
	if (x == NULL) {
		app_say(app, ROLE_ERROR, "memory is out: nothing was sent");
	} else if (old->echo) {
		app_echo(app, x);
	} else if (form_place(&app->form, x, &fault)) {
		say_difference(app, old);
		app_launch(app, x);
	} else {
		exchange_free(x);
		app_say(app, ROLE_ERROR, "%s", fault.why);
	}
}

void
app_do_again(struct app *app, enum action action)
{
	const struct exchange *old = app_shown(app);

	(void)action;
	if (old == NULL)
		app_say(app, ROLE_INFO, "nothing has been sent yet");
	else
		app_again(app, old);
}

void
app_do_load(struct app *app, enum action action)
{
	const struct exchange *x = app_shown(app);

	(void)action;
	if (x == NULL) {
		app_say(app, ROLE_INFO, "nothing has been sent yet");
	} else if (x->unread != NULL) {
		app_say(app, ROLE_ERROR, "%s", x->unread);
	} else if (strlen(x->request.method) > FORM_METHOD_MAX) {
		app_say(app, ROLE_ERROR,
		    "the form takes a method of %d bytes at most; r sends it "
		    "as it is",
		    FORM_METHOD_MAX);
	} else if (!form_load(&app->form, x)) {
		app_say(
		    app, ROLE_ERROR, "memory is out: the form is as it was");
	} else {
		app_open_field(app, FORM_URL);
		say_difference(app, x);
		if (exchange_lost_body(x))
			app_say(app, ROLE_ERROR,
			    "its body was dropped to make room: it is not in "
			    "the form");
	}
}

void
app_not_sent(struct app *app, const char *why)
{
	struct exchange *x = history_get(&app->history, app->send);

	x->outcome = OUTCOME_FAILED;
	strlcpy(x->why, why, sizeof(x->why));
	app_progress(app);
}

static bool
in_flight(const struct app *app, uint64_t id)
{
	const struct exchange *x = history_get(&app->history, id);

	return x != NULL && x->outcome == OUTCOME_FLIGHT;
}

void
app_do_cancel(struct app *app, enum action action)
{
	(void)action;
	if (app->flights == 0)
		return;
	app->cancel = in_flight(app, app->selected)
	    ? app->selected
	    : app->flight[app->flights - 1];
	app_order(app, ORDER_CANCEL);
}

void
app_do_interrupt(struct app *app, enum action action)
{
	if (app->flights > 0)
		app_do_cancel(app, action);
	else
		app_open(app, OVERLAY_LEAVING);
}

/* The exchange tells why and what to do; here what it cannot, and all of it
 * where it is not on the screen. */
static void
remind(struct app *app, const struct exchange *x)
{
	char from[APP_LISTEN_MAX];

	if (x->echo && x->status > 0 &&
	    strcmp(x->request.method, method_name(METHOD_HEAD)) == 0) {
		app_say(app, ROLE_INFO,
		    "an answer to HEAD has no body to echo in; 2 shows what "
		    "was sent");
	} else if (x->via && !x->echo && x->status == 400 && !app->reminded &&
	    app->layout.titles) {
		/* Once in a run: mostly it is the request that is bad.  On the
		 * lowest screens it would hide the 400 itself. */
		app->reminded = true;
		app_address(from, x->host, x->port);
		app_say(app, ROLE_DIM,
		    "400 from %s (via); %sv goes to the URL's own host", from,
		    app->editing ? "Esc, then " : "");
	} else if (x->why[0] != '\0' && app->layout.pane[PANE_EXCHANGE].h == 0)
		app_say(app, ROLE_FAILURE, "%s %s", x->why, x->hint);
}

void
app_progress(struct app *app)
{
	size_t kept = 0;

	for (size_t i = 0; i < app->flights; i++) {
		uint64_t id = app->flight[i];
		struct exchange *x = history_get(&app->history, id);

		if (x->outcome == OUTCOME_FLIGHT) {
			app->flight[kept++] = id;
			continue;
		}
		history_settle(&app->history, x);
		if (id == app->selected)
			remind(app, x);
	}
	app->flights = kept;
	app->dirty |= 1 << PANE_HISTORY | 1 << PANE_EXCHANGE | DIRTY_FOOTER;
	if (app->overlay == OVERLAY_LEAVING)
		app->dirty |= DIRTY_ALL; /* the question may be shorter now */
	app_settle(app);
}

void
app_do_server(struct app *app, enum action action)
{
	enum serverproc_state state = app->server->state;

	(void)action;
	if (state == SERVER_RUNNING || state == SERVER_STARTING) {
		app_order(app, ORDER_SERVER_STOP);
		return;
	}
	if (state == SERVER_ATTACHED) {
		app_say(app, ROLE_INFO,
		    "attached to the server on %s: whoever started it stops it",
		    app->server->address);
		return;
	}
	if (state == SERVER_STOPPING) {
		app_say(app, ROLE_INFO, "the server is still stopping");
		return;
	}
	if (!app_can_listen(app)) {
		app_say(app, ROLE_ERROR,
		    "a server listens on an address in digits, as in "
		    "-c 127.0.0.1:10000; %s is a name",
		    app->form.via_host);
		return;
	}
	app_listen(app, app->listen);
	app->server_free = app->form.via_port == 0 || app->server->port_taken;
	app->log_follow = true;
	app_order(app, ORDER_SERVER_START);
}

static void
say_server(struct app *app, enum serverproc_state was)
{
	const struct serverproc *s = app->server;
	const char *why;

	if (s->state == SERVER_RUNNING && app->server_free) {
		if (!form_set_via(&app->form, s->address, &why)) {
			app_say(app, ROLE_ERROR, "%s", why);
			return;
		}
		app_refresh(app);
		app_say(app, ROLE_INFO,
		    "the server took the free port %u, and via follows",
		    (unsigned)s->port);
	} else if (s->state == SERVER_RUNNING) {
		app_say(app, ROLE_INFO, "the server listens on %s", s->address);
	} else if (s->state == SERVER_ATTACHED) {
		app_say(
		    app, ROLE_INFO, "attached to the server on %s", s->address);
	} else if (was == SERVER_ATTACHED) {
		app_say(app, ROLE_ERROR, "%s %ss starts one here.", s->why,
		    app->editing ? "Esc, then " : "");
	} else if (s->state == SERVER_STOPPED) {
		app_say(app, ROLE_INFO, "%s",
		    s->why[0] != '\0' ? s->why : "the server has stopped");
	} else if (s->state == SERVER_FAILED && s->port_taken) {
		app_say(app, ROLE_ERROR,
		    "port %u is taken: %ss takes a free one",
		    (unsigned)app->form.via_port,
		    app->editing ? "Esc, then " : "");
	} else if (s->state == SERVER_FAILED) {
		app_say(app, ROLE_ERROR, "the server failed: %s", s->why);
		if (s->fault)
			app_show_faults(app);
	}
}

void
app_server_changed(struct app *app)
{
	enum serverproc_state was = app->server_was;

	app->dirty |= DIRTY_TOP | 1 << PANE_SERVER;
	if (app->server->state != was) {
		app->server_was = app->server->state;
		app->dirty |= DIRTY_ALL;
		say_server(app, was);
	}
	app_routes_changed(app);
	app->reload_was = app->server->reload;
	app_settle(app);
}
