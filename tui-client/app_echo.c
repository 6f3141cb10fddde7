/*
 * Requests to the server that echoes: as they would be sent, but for where they
 * go.
 */
#include "app_parts.h"

#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "memory is out: nothing was sent";

/* It runs. */
static void
send_there(struct app *app, struct exchange *x)
{
	const struct serverproc *s = app->echo;
	const char *colon = strrchr(s->address, ':');

	free(x->host);
	x->host = strndup(s->address, (size_t)(colon - s->address));
	x->port = s->port;
	if (x->host != NULL) {
		app_launch(app, x);
		return;
	}
	exchange_free(x);
	app_say(app, ROLE_ERROR, no_memory);
}

static void
give_up(struct app *app)
{
	exchange_free(app->echoing);
	app->echoing = NULL;
}

void
app_echo(struct app *app, struct exchange *x)
{
	enum serverproc_state state = app->echo->state;

	x->echo = true;
	if (state == SERVER_RUNNING) {
		send_there(app, x);
		return;
	}
	/* Once it runs the newest is sent. */
	give_up(app);
	app->echoing = x;
	app_say(app, ROLE_DIM, "the server that echoes is starting");
	if (state == SERVER_STOPPED || state == SERVER_FAILED)
		app_order(app, ORDER_ECHO);
}

void
app_do_echo(struct app *app, enum action action)
{
	struct exchange *x;

	(void)action;
	if (app->form.dialect == DIALECT_CLASSIC) {
		app_say(app, ROLE_INFO,
		    "an answer in the classic dialect has no body to echo in; "
		    "c switches to HTTP/1.1");
		return;
	}
	x = app_compose(app, true);
	if (x != NULL)
		app_echo(app, x);
}

void
app_echo_changed(struct app *app)
{
	const struct serverproc *s = app->echo;
	struct exchange *x = app->echoing;

	if (x == NULL || s->state == SERVER_STARTING ||
	    s->state == SERVER_STOPPING)
		return;
	if (s->state == SERVER_RUNNING) {
		app->echoing = NULL;
		app_unsay(app);
		send_there(app, x);
	} else {
		give_up(app);
		app_say(app, ROLE_ERROR,
		    "the server that echoes failed, and nothing was sent: %s",
		    s->why[0] != '\0' ? s->why : "it left.");
	}
	app_settle(app);
}
