/* The line at the top: the state of the world; and the one at the bottom: the
 * keys that work here, a message, or a question. */
#include <ncurses.h>
#include <stdio.h>
#include <string.h>

#include "ui_draw.h"
#include "ui_paint.h"
#include "ui_theme.h"
#include "width.h"

enum {
	GAP = 3,
	WORDS_MAX = 4 * APP_MESSAGE_MAX, /* \xHH a byte */
};

/* How much is said of the world, from all to what fits in 11 columns. */
enum detail {
	DETAIL_NAMED, /* retort   via A:PORT  HTTP/1.1   server ● A:PORT  2 req */
	DETAIL_FULL,	/* via A:PORT  HTTP/1.1   server ● 2 req */
	DETAIL_WORDS,	/* via A:PORT  HTTP   ● up */
	DETAIL_SIGNS,	/* via A:PORT  HTTP   ● */
	DETAIL_PORT,	/* via :PORT HTTP ● */
	DETAIL_LETTERS, /* →:PORT H ● */
};

enum {
	WORLD_MAX = FORM_VIA_MAX + 64
};

/* Where requests go, and in which dialect. */
static void
world_words(const struct app *app, enum detail detail, char *out, size_t cap)
{
	const struct form *f = &app->form;
	bool classic = f->dialect == DIALECT_CLASSIC;
	const char *dialect = classic ? "classic" : "HTTP";
	char via[APP_LISTEN_MAX];
	char port[16] = ":?";

	if (detail <= DETAIL_FULL)
		dialect = dialect_name(f->dialect);
	else if (detail == DETAIL_LETTERS)
		dialect = classic ? "C" : "H";
	if (f->via_port != 0)
		snprintf(port, sizeof(port), ":%u", (unsigned)f->via_port);
	app_via(app, via);
	if (!f->via)
		snprintf(out, cap, "direct%s%s",
		    detail < DETAIL_PORT ? "  " : " ", dialect);
	else if (detail == DETAIL_LETTERS)
		snprintf(out, cap, "→%s %s", port, dialect);
	else if (detail == DETAIL_PORT)
		snprintf(out, cap, "via %s %s", port, dialect);
	else
		snprintf(out, cap, "via %s  %s",
		    f->via_port == 0 ? "a free port" : via, dialect);
}

/* clang-format off */
static const struct {
	const char *full;
	const char *words;
	const char *sign;
	enum role role;
} servers[] = {
	[SERVER_STOPPED] = { "server stopped", "○ stopped", "○", ROLE_DIM },
	[SERVER_STARTING] = { "server starting", "… starting", "…", ROLE_DIM },
	[SERVER_RUNNING] = { "server ●", "● up", "●", ROLE_OK },
	[SERVER_STOPPING] = { "server stopping", "… stopping", "…", ROLE_DIM },
	[SERVER_FAILED] = { "server: failed", "! failed", "!", ROLE_ERROR },
	[SERVER_ATTACHED] = { "attached ●", "● attached", "●", ROLE_OK },
};
/* clang-format on */

static void
server_words(const struct app *app, enum detail detail, char *out, size_t cap)
{
	const struct serverproc *s = app->server;
	unsigned long long n = s->requests;

	if (detail >= DETAIL_SIGNS)
		strlcpy(out, servers[s->state].sign, cap);
	else if (detail == DETAIL_WORDS)
		strlcpy(out, servers[s->state].words, cap);
	else if (s->state == SERVER_FAILED && s->port_taken)
		strlcpy(out, "server: port taken", cap);
	else if (!serverproc_is_up(s))
		strlcpy(out, servers[s->state].full, cap);
	else if (detail == DETAIL_NAMED)
		snprintf(out, cap, "%s %s  %llu req", servers[s->state].full,
		    s->address, n);
	else
		snprintf(out, cap, "%s %llu req", servers[s->state].full, n);
}

void
paint_top(const struct app *app)
{
	struct rect r = app->layout.top;
	enum detail detail = DETAIL_NAMED;
	char world[WORLD_MAX];
	char server[128];
	int name = (int)strlen("retort") + GAP;
	int x = r.x + 1;
	int left;
	int right;

	if (r.h == 0)
		return;
	for (;; detail++) {
		world_words(app, detail, world, sizeof(world));
		server_words(app, detail, server, sizeof(server));
		left = (int)width_of(span_text(world)) +
		    (detail == DETAIL_NAMED ? name : 0);
		right = (int)width_of(span_text(server));
		if (1 + left + (detail < DETAIL_PORT ? GAP : 1) + right < r.w ||
		    detail == DETAIL_LETTERS)
			break;
	}
	draw_blank(r);
	if (detail == DETAIL_NAMED)
		x += draw_text(r.y, x, r.w - 1, theme_accent(), "retort") + GAP;
	if (detail >= DETAIL_PORT)
		x = r.x;
	x += draw_text(r.y, x, r.w - x, theme_of(ROLE_PLAIN), world) + 1;
	if (x + right < r.w && detail < DETAIL_LETTERS)
		x = r.w - right - 1;
	draw_text(r.y, x, r.w - x, theme_of(servers[app->server->state].role),
	    server);
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
	const char *what = app->overlay == OVERLAY_SEARCH ? "/"
	    : app->overlay == OVERLAY_PATH		  ? "write to: "
							  : "method: ";
	int x = r.x + draw_text(r.y, r.x, r.w, theme_of(ROLE_KEY), what);
	int cols = r.w - x > 1 ? r.w - x - 1 : 1;
	size_t at = 0;

	lineedit_show(&app->prompt, (size_t)cols, &text, &at);
	draw_span(r.y, x, r.w - x, theme_of(ROLE_PLAIN), buf_span(&text));
	buf_release(&text);
	return (struct place){ r.y, x + (int)at };
}

/* A message or a question, whole if there is room. */
static void
paint_words(const struct app *app, struct span words)
{
	struct rect r = app_words_rect(app, words);
	struct buf line = { .max = 4096 };
	size_t cols = app_words_cols(app);
	int x = r.x + app_words_margin(app);
	attr_t attr =
	    theme_of(app->message[0] != '\0' ? app->message_role : ROLE_KEY);

	draw_blank(r);
	for (int y = r.y; y < r.y + r.h; y++) {
		struct span rest = words;
		struct span text = width_line(&words, cols);

		line.len = 0;
		if (y == r.y + r.h - 1)
			text = rest;
		width_append_end(&line, text, cols);
		draw_span(y, x, r.w - x, attr, buf_span(&line));
	}
	buf_release(&line);
}

struct place
paint_footer(struct app *app)
{
	struct rect r = app->layout.footer;
	struct place nowhere = { -1, -1 };
	struct buf words = { .max = WORDS_MAX };
	bool asked = app_context(app) == CONTEXT_PROMPT;

	if (r.h == 0)
		return nowhere;
	draw_blank(r);
	if (app_words(app, &words))
		paint_words(app, buf_span(&words));
	else if (!asked)
		paint_keys(app, r);
	buf_release(&words);
	return asked ? paint_question(app, r) : nowhere;
}
