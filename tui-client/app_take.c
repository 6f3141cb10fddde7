/* Parts of an exchange to the clipboard, or to a file. */
#include "app_parts.h"

#include <stdio.h>
#include <string.h>

enum {
	TRIES = 100, /* names for what the clipboard does not take */
};

static const char gone[] = "what the menu was of is gone: nothing was taken";

/* What a server saw, and no entry of the history. */
static bool
is_theirs(const struct app *app)
{
	return app->theirs.x != NULL && app->theirs.x->id == app->take.id;
}

/* NULL: nothing has that id, as the form has none. */
static const struct exchange *
taken(const struct app *app)
{
	return is_theirs(app) ? app->theirs.x
			      : history_get(&app->history, app->take.id);
}

/* --- the menu ------------------------------------------------------------------ */

/* In the order of the list; of a request that is only composed not all. */
static enum take
take_at(const struct app *app, size_t row)
{
	for (int i = 0; i < TAKE_COUNT; i++)
		if (app->take.id != 0 || take_is_composed((enum take)i))
			if (row-- == 0)
				return (enum take)i;
	return TAKE_COUNT;
}

size_t
app_take_rows(const struct app *app)
{
	size_t n = 0;

	while (take_at(app, n) != TAKE_COUNT)
		n++;
	return n;
}

const char *
app_take_text(const struct app *app, size_t row)
{
	return take_word(take_at(app, row));
}

void
app_take_title(const struct app *app, char out[APP_TITLE_MAX])
{
	const char *verb = app->take.write ? "Write" : "Copy";

	if (app->take.id == 0)
		snprintf(out, APP_TITLE_MAX, " %s from the form ", verb);
	else if (is_theirs(app))
		snprintf(out, APP_TITLE_MAX, " %s what the server saw ", verb);
	else
		snprintf(out, APP_TITLE_MAX, " %s from exchange %llu ", verb,
		    (unsigned long long)app->take.id);
}

void
app_do_take(struct app *app, enum action action)
{
	app->take.id = app_shown(app) != NULL ? app_shown(app)->id : 0;
	app->take.write = action == ACTION_WRITE;
	app->menu = 0;
	app_open(app, OVERLAY_TAKE);
}

/* What was chosen before is there already, whatever goes. */
void
app_take_lost(struct app *app)
{
	if (app->overlay != OVERLAY_TAKE || !is_theirs(app))
		return;
	app_open(app, OVERLAY_NONE);
	app_say(app, ROLE_INFO, "%s", gone);
}

/* --- what is taken --------------------------------------------------------------- */

static void
forget(struct app *app)
{
	buf_release(&app->take.bytes);
}

/* "copied 212 bytes", and what is to be known of them. */
static void
say_taken(struct app *app, const char *how, const char *to, const char *path)
{
	size_t n = app->take.bytes.len;

	app_say(app, ROLE_INFO, "%s %zu byte%s%s%s%s%s", how, n,
	    n == 1 ? "" : "s", to, path, app->take.why[0] != '\0' ? "; " : "",
	    app->take.why);
}

static bool
take_from(struct app *app, const struct exchange *x, enum take what)
{
	struct app_take *t = &app->take;

	forget(app);
	t->bytes.max = TAKE_MAX;
	take_name(x, what, t->name, sizeof(t->name));
	if (take_append(&t->bytes, x, what, t->why))
		return true;
	app_say(app, ROLE_ERROR, "%s", t->why);
	forget(app);
	return false;
}

/* From the history, or of what the form would send. */
static bool
take(struct app *app, enum take what)
{
	const struct exchange *shown = taken(app);
	struct form_fault fault;
	struct exchange *x;
	bool ok;

	if (shown != NULL)
		return take_from(app, shown, what);
	if (app->take.id != 0) {
		app_say(app, ROLE_ERROR, "%s", gone);
		return false;
	}
	x = exchange_new();
	if (x == NULL) {
		app_say(app, ROLE_ERROR, "memory is out: nothing was taken");
		return false;
	}
	ok = form_request(&app->form, x, &fault);
	if (!ok)
		app_say(app, ROLE_ERROR, "%s", fault.why);
	ok = ok && take_from(app, x, what);
	exchange_free(x);
	return ok;
}

/* The nth name to try: "retort-17.body", "retort-17-2.body". */
static void
number_name(struct app *app, int n)
{
	char name[sizeof(app->take.name)];
	const char *dot = strrchr(app->take.name, '.');

	strlcpy(name, app->take.name, sizeof(name));
	if (n > 1)
		snprintf(name, sizeof(name), "%.*s-%d%s",
		    (int)(dot - app->take.name), app->take.name, n, dot);
	strlcpy(app->take.path, name, sizeof(app->take.path));
}

void
app_accept_take(struct app *app)
{
	struct app_take *t = &app->take;
	enum take what = take_at(app, app->menu);

	app_open(app, OVERLAY_NONE);
	if (!take(app, what))
		return;
	t->tries = 0;
	if (t->write) {
		app_ask(app, OVERLAY_PATH);
		lineedit_set(&app->prompt, span_text(t->name));
	} else if (t->bytes.len > OSC52_MAX) {
		t->tries = 1;
		number_name(app, t->tries);
		app_order(app, ORDER_WRITE);
	} else {
		app_order(app, ORDER_COPY);
	}
}

void
app_copied(struct app *app)
{
	say_taken(app, "copied", "", "");
	forget(app);
}

/* --- a file ------------------------------------------------------------------------ */

void
app_accept_path(struct app *app)
{
	struct span path = lineedit_text(&app->prompt);

	if (path.n == 0) {
		app_say(app, ROLE_ERROR,
		    "a file has a name, as in %s; Esc writes none",
		    app->take.name);
		return;
	}
	memcpy(app->take.path, path.p, path.n);
	app->take.path[path.n] = '\0';
	app_order(app, ORDER_WRITE);
}

void
app_written(struct app *app, enum outfile result, const char *why)
{
	struct app_take *t = &app->take;

	if (result == OUTFILE_THERE && t->tries > 0 && t->tries < TRIES) {
		number_name(app, ++t->tries);
		app_order(app, ORDER_WRITE);
		return;
	}
	if (result != OUTFILE_DONE && t->tries > 0)
		app_say(app, ROLE_ERROR,
		    "that is more than a clipboard takes; %s; w asks for a "
		    "name",
		    why);
	else if (result != OUTFILE_DONE)
		app_say(app, ROLE_ERROR, "%s", why);
	else
		say_taken(app,
		    t->tries > 0 ? "that is more than a clipboard takes: wrote"
				 : "wrote",
		    " to ", t->path);
	/* Else another name may be typed. */
	if (result != OUTFILE_DONE && t->tries == 0)
		return;
	forget(app);
	if (app->overlay == OVERLAY_PATH)
		app_open(app, OVERLAY_NONE);
}
