/* The line at the top: the state of the world; and the one at the bottom: the
 * keys that work here, a message, or a question. */
#include <ncurses.h>
#include <stdio.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"
#include "width.h"

enum {
	GAP = 3
};

void
world_of(const struct app *app, char out[WORLD_MAX])
{
	const struct form *f = &app->form;
	char via[APP_LISTEN_MAX];

	app_via(app, via);
	if (!f->via)
		snprintf(
		    out, WORLD_MAX, "direct  %s", dialect_name(f->dialect));
	else
		snprintf(out, WORLD_MAX, "via %s  %s",
		    f->via_port == 0 ? "a free port" : via,
		    dialect_name(f->dialect));
}

static enum role
server_words(const struct serverproc *s, char *out, size_t cap)
{
	switch (s->state) {
	case SERVER_RUNNING:
		snprintf(out, cap, "server ● %s  %llu req", s->address,
		    (unsigned long long)s->requests);
		return ROLE_OK;
	case SERVER_STARTING:
		snprintf(out, cap, "server starting");
		return ROLE_DIM;
	case SERVER_STOPPING:
		snprintf(out, cap, "server stopping");
		return ROLE_DIM;
	case SERVER_FAILED:
		snprintf(out, cap, "server: %s",
		    s->port_taken ? "port taken" : "failed");
		return ROLE_ERROR;
	default:
		snprintf(out, cap, "server stopped");
		return ROLE_DIM;
	}
}

void
paint_top(const struct app *app)
{
	struct rect r = app->layout.top;
	char world[WORLD_MAX];
	char server[128];
	enum role role;
	int x = r.x + 1;
	int need;

	if (r.h == 0)
		return;
	draw_blank(r);
	x += draw_text(r.y, x, r.w - 1, theme_accent(), "retort") + GAP;
	world_of(app, world);
	x += draw_text(r.y, x, r.w - x, theme_of(ROLE_PLAIN), world) + GAP;
	role = server_words(app->server, server, sizeof(server));
	need = (int)width_of(span_text(server));
	if (x + need < r.w)
		x = r.w - need - 1;
	draw_text(r.y, x, r.w - x, theme_of(role), server);
	if (r.h > 1)
		draw_rule(r.y + 1, r.x, r.w);
}

static int
key_cols(enum context context, enum action action)
{
	char name[KEY_NAME_MAX];

	keymap_name(keymap_key(context, action), name);
	return (int)(width_of(span_text(name)) + 1 +
	    width_of(span_text(action_word(action))));
}

/* "Enter send" at x; how many columns, 0 if there is no room. */
static int
paint_key(int y, int x, int cols, enum context context, enum action action)
{
	char name[KEY_NAME_MAX];
	int n = key_cols(context, action);

	if (n > cols)
		return 0;
	keymap_name(keymap_key(context, action), name);
	x += draw_text(y, x, cols, theme_of(ROLE_KEY), name) + 1;
	draw_text(y, x, cols, theme_of(ROLE_DIM), action_word(action));
	return n;
}

static void
paint_keys(const struct app *app, struct rect r)
{
	enum context context = app_context(app);
	const enum action *a = keymap_footer(context);
	int end = r.x + r.w - 1;
	int x = r.x + 1;

	/* Help is always there, in its corner. */
	if (keymap_key(context, ACTION_HELP) != 0)
		end -= paint_key(r.y, end - key_cols(context, ACTION_HELP),
			   end - x, context, ACTION_HELP) +
		    GAP;
	if (app->flights > 0 && keymap_find(context, K_ESC) == ACTION_CANCEL)
		x += paint_key(r.y, x, end - x, context, ACTION_CANCEL) + GAP;
	for (; *a != ACTION_NONE; a++) {
		int n;

		if (!app_can(app, *a))
			continue;
		n = paint_key(r.y, x, end - x, context, *a);
		if (n > 0)
			x += n + GAP;
	}
}

static struct place
paint_question(struct app *app, struct rect r)
{
	struct buf text = { .max = 4096 };
	const char *what = app->overlay == OVERLAY_SEARCH ? "/" : "method: ";
	int x = r.x + draw_text(r.y, r.x, r.w, theme_of(ROLE_KEY), what);
	int cols = r.w - x > 1 ? r.w - x - 1 : 1;
	size_t at = 0;

	lineedit_show(&app->prompt, (size_t)cols, &text, &at);
	draw_span(r.y, x, r.w - x, theme_of(ROLE_PLAIN), buf_span(&text));
	buf_release(&text);
	return (struct place){ r.y, x + (int)at };
}

static void
paint_message(const struct app *app, struct rect r)
{
	struct buf text = { .max = 4096 };

	width_append_end(
	    &text, span_text(app->message), r.w > 2 ? (size_t)r.w - 2 : 1);
	draw_span(r.y, r.x + 1, r.w - 1, theme_of(app->message_role),
	    buf_span(&text));
	buf_release(&text);
}

struct place
paint_footer(struct app *app)
{
	struct rect r = app->layout.footer;
	struct place nowhere = { -1, -1 };
	char world[WORLD_MAX];

	if (r.h == 0)
		return nowhere;
	draw_blank(r);
	if (app->message[0] != '\0')
		paint_message(app, r);
	else if (app_context(app) == CONTEXT_PROMPT)
		return paint_question(app, r);
	else if (!app->layout.titles && app->overlay == OVERLAY_NONE) {
		world_of(app, world);
		draw_text(r.y, r.x, r.w, theme_of(ROLE_DIM), world);
	} else
		paint_keys(app, r);
	return nowhere;
}
