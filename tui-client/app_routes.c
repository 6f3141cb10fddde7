/* The routes file of the server that was started here. */
#include "app_parts.h"

#include <string.h>

static const char how[] =
    "there is no routes file: retort -s -r FILE starts a server with one";

/* Is there one, and a server that has it?  Else it has been said. */
static bool
has_routes(struct app *app)
{
	const struct serverproc *s = app->server;

	if (s->state == SERVER_ATTACHED)
		return true;
	if (s->routes.path == NULL)
		app_say(app, ROLE_INFO, how);
	else if (s->state == SERVER_STOPPING)
		app_say(app, ROLE_INFO, "the server is still stopping");
	else if (s->state == SERVER_STOPPED || s->state == SERVER_FAILED)
		app_say(app, ROLE_INFO, "no server runs here: s starts one");
	else
		return true;
	return false;
}

/* Has the server other routes than the file, or said so last? */
static bool
is_due(const struct serverproc *s)
{
	return s->state == SERVER_ATTACHED || s->reload == RELOAD_ASKED ||
	    s->reload == RELOAD_REFUSED || routefile_changed(&s->routes);
}

/* Once it has said what came of the last time. */
static void
reload(struct app *app)
{
	if (app->server->reload == RELOAD_ASKED)
		app->reload_again = true;
	else
		app_order(app, ORDER_RELOAD);
}

void
app_do_reload(struct app *app, enum action action)
{
	(void)action;
	if (!has_routes(app))
		return;
	if (app->server->state == SERVER_STARTING)
		app_say(app, ROLE_INFO, "the server is still starting");
	else
		reload(app);
}

void
app_do_routes(struct app *app, enum action action)
{
	(void)action;
	if (app->server->state == SERVER_ATTACHED)
		app_say(app, ROLE_INFO,
		    "the file is the attached server's: R lets it read it "
		    "again");
	else if (app->server->routes.path == NULL)
		app_say(app, ROLE_INFO, how);
	else
		app_order(app, ORDER_EDIT_ROUTES);
}

void
app_routes_edited(struct app *app)
{
	const struct serverproc *s = app->server;

	if (s->state == SERVER_RUNNING && is_due(s))
		reload(app);
	app->dirty |= DIRTY_ALL;
}

/* --- sending against the new routes ------------------------------------------ */

static void
try_now(struct app *app)
{
	uint64_t id = app->trying;

	app->trying = 0;
	/* What errors hid comes back. */
	if (app->focus != PANE_SERVER)
		app->server_below = false;
	app_again(app, history_get(&app->history, id));
}

void
app_do_try(struct app *app, enum action action)
{
	const struct serverproc *s = app->server;

	(void)action;
	if (app->selected == 0) {
		app_say(app, ROLE_INFO, "nothing has been sent yet");
		return;
	}
	if (!has_routes(app))
		return;
	app->trying = app->selected;
	if (s->state == SERVER_STARTING)
		return; /* with the routes of now: it goes once that runs */
	if (is_due(s))
		reload(app);
	else
		try_now(app);
}

/* --- what came of it ----------------------------------------------------------- */

void
app_show_faults(struct app *app)
{
	uint64_t first = app->server->reload_line;
	uint64_t rows;

	if (app->focus != PANE_EXCHANGE)
		app->server_below = true;
	app_settle(app);
	rows = (uint64_t)app_log_rows(app);
	app->log_follow = app->server->nlines - first <= rows;
	app->log_at = app->log_top = first;
}

/* Without the name that stands in front of what it says. */
static const char *
words_of(const char *text)
{
	static const char name[] = "retortd: ";
	size_t n = sizeof(name) - 1;

	return strncmp(text, name, n) == 0 ? text + n : text;
}

static const char *
loaded_words(const struct serverproc *s)
{
	for (uint64_t i = s->nlines; i > s->reload_line; i--) {
		const struct logline *line = serverproc_line(s, i - 1);

		if (line != NULL && line->kind == LOGLINE_LOADED)
			return words_of(line->text);
	}
	return "the routes are loaded";
}

static void
refused(struct app *app)
{
	const struct serverproc *s = app->server;
	const char *sent = app->trying != 0 ? "; nothing was sent" : "";

	if (s->fault)
		app_say(app, ROLE_ERROR, "%s; the old routes stay%s",
		    words_of(s->why), sent);
	else
		app_say(app, ROLE_ERROR, "%s%s", words_of(s->why), sent);
	app->trying = 0;
	app_show_faults(app);
}

void
app_routes_changed(struct app *app)
{
	const struct serverproc *s = app->server;

	if (!serverproc_is_up(s) && s->state != SERVER_STARTING) {
		app->trying = 0;
		app->reload_again = false;
	}
	if (!serverproc_is_up(s) || s->reload == RELOAD_ASKED)
		return;
	if (app->reload_again) {
		app->reload_again = false;
		app_order(app, ORDER_RELOAD);
		return;
	}
	if (app->reload_was == RELOAD_ASKED && s->reload == RELOAD_REFUSED)
		refused(app);
	if (app->reload_was == RELOAD_ASKED && s->reload == RELOAD_DONE) {
		app->log_follow = true;
		app_say(app, ROLE_INFO, "%s", loaded_words(s));
	}
	if (app->trying != 0)
		try_now(app);
}
