/*
 * The state of the client's screen, and what each key makes of it.
 *
 * app.c knows no curses, socket or clock: it changes this state and leaves
 * orders, which main carries out.  Painters read it and decide nothing.  The
 * server is main's; app only looks at it.
 */
#ifndef RETORT_APP_H
#define RETORT_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"
#include "form.h"
#include "history.h"
#include "input.h"
#include "keymap.h"
#include "layout.h"
#include "lineedit.h"
#include "live.h"
#include "method.h"
#include "osc52.h"
#include "outfile.h"
#include "rows.h"
#include "serverproc.h"
#include "take.h"
#include "view.h"

/* What lies above the panes. */
enum overlay {
	OVERLAY_NONE,
	OVERLAY_MENU,	/* of methods */
	OVERLAY_OTHER,	/* asks for a method */
	OVERLAY_SEARCH, /* asks for a text */
	OVERLAY_HELP,
	OVERLAY_TAKE,	 /* of what to copy or write */
	OVERLAY_PATH,	 /* asks for a file's name */
	OVERLAY_LEAVING, /* asks whether to leave */
};

/* For main, which takes them by app_orders. */
enum {
	ORDER_SEND = 1 << 0,	     /* start app->send */
	ORDER_CANCEL = 1 << 1,	     /* give up app->cancel */
	ORDER_SERVER_START = 1 << 2, /* on app->listen */
	ORDER_SERVER_STOP = 1 << 3,
	ORDER_RELOAD = 1 << 4,	    /* of the server's routes file */
	ORDER_EDIT = 1 << 5,	    /* app_field in $EDITOR, then app_edited */
	ORDER_EDIT_ROUTES = 1 << 6, /* the same, then app_routes_edited */
	ORDER_SUSPEND = 1 << 7,
	ORDER_REDRAW = 1 << 8,
	ORDER_QUIT = 1 << 9,
	ORDER_COPY = 1 << 10,  /* app->take.bytes, then app_copied */
	ORDER_WRITE = 1 << 11, /* to app->take.path, then app_written */
	ORDER_ECHO = 1 << 12,  /* start the server that echoes */
};

/* Parts to be drawn anew: 1 << a pane, or one of these. */
enum {
	DIRTY_TOP = 1 << PANE_COUNT,
	DIRTY_FOOTER = 2 << PANE_COUNT,
	DIRTY_OVERLAY = 4 << PANE_COUNT,
	DIRTY_ALL = (8 << PANE_COUNT) - 1,
};

enum {
	APP_SEARCH_MAX = 200,
	APP_MESSAGE_MAX = 512,
	APP_LISTEN_MAX = FORM_VIA_MAX + 16,
	MENU_METHODS = METHOD_TRACE,  /* GET to TRACE */
	MENU_ROWS = MENU_METHODS + 1, /* and other… */
	MENU_COLS = 11,
	APP_PATH_MAX = 1024,
	APP_TITLE_MAX = 48,
};

/* A place far down in an exchange: its lines are found in steps. */
enum seek {
	SEEK_NONE,
	SEEK_BOTTOM,
	SEEK_MATCH,
};

/* What is being copied or written. */
struct app_take {
	uint64_t id; /* 0: of the form */
	bool write;
	struct buf bytes; /* until they are there */
	char why[TAKE_WHY];
	char name[64]; /* for a file of it */
	char path[APP_PATH_MAX + 1];
	int tries; /* of names, without asking; 0: it is asked */
};

struct app {
	struct form form;
	struct history history;
	struct buf kill; /* what was cut from a field last */
	const struct serverproc *server;
	const struct serverproc *echo; /* the one that echoes; main sets it */
	struct exchange *echoing;      /* to be sent there once it runs */

	int rows;
	int cols;
	struct layout layout;
	int64_t now; /* CLOCK_MONOTONIC; main keeps it */

	enum pane focus;
	enum form_field field; /* FORM_URL, FORM_HEADERS or FORM_BODY */
	bool editing;	       /* the field has the cursor: letters type */
	bool zoomed;
	bool server_below; /* in the place of the exchange */

	enum overlay overlay;
	size_t menu; /* the row chosen in the menu */
	struct app_take take;
	size_t help_top; /* the help's first line shown */
	struct lineedit prompt;

	uint64_t selected; /* an id; 0 without history */
	bool follow;	   /* the newest is selected as it comes */
	size_t top;	   /* index of the history's first row shown */

	enum view_part part;
	bool raw; /* how the parts are shown: see view.h */
	bool hex;
	bool scale;
	const struct live *live; /* what a server tells; NULL: nobody does */
	struct {
		/* What a server saw of a request, opened from its pane; then
		 * it is shown in the place of what is selected. */
		struct exchange *x;
		unsigned life;
		int64_t conn;
		int64_t req;
		uint64_t changes;
		uint64_t serial;
	} theirs;
	struct view view;
	size_t view_top;
	size_t match; /* the line found last, SIZE_MAX if none */
	enum seek seek;
	char search[APP_SEARCH_MAX + 1];

	bool log_follow;
	uint64_t log_at; /* the line selected */
	uint64_t log_top;

	int64_t ticked; /* when the ages were drawn last */

	char message[APP_MESSAGE_MAX]; /* until the next key */
	enum role message_role;

	uint64_t flight[ENGINE_CALLS_MAX]; /* ids in flight, oldest first */
	size_t flights;

	bool reminded; /* of v, after a 400 */

	enum serverproc_state server_was;
	bool server_free; /* the last start asked for a free port */

	enum serverproc_reload reload_was;
	bool reload_again; /* when the server has said what came of this one */
	uint64_t trying;   /* an id, to be sent when it has; 0 */

	unsigned dirty;
	unsigned orders;
	uint64_t send;
	uint64_t cancel;
	char listen[APP_LISTEN_MAX];
};

/* The cursor is in an empty URL field.  False if memory is out. */
bool app_init(struct app *, const struct serverproc *);
void app_release(struct app *);

void app_resize(struct app *, int rows, int cols);

/* One key: as the keymap says, else typed into the field. */
void app_key(struct app *, uint32_t key);
void app_do(struct app *, enum action);
void app_paste(struct app *, struct span text);
void app_mouse(struct app *, enum mouse, int y, int x);

/* The orders since the last call, which main must carry out. */
unsigned app_orders(struct app *);

/* The engine would not take app->send. */
void app_not_sent(struct app *, const char *why);

/* The engine changed something in flight. */
void app_progress(struct app *);

/* Something takes more steps than one: then main must not wait, but call
 * app_step again and again.  A key ends it. */
bool app_is_busy(const struct app *);
void app_step(struct app *);

/* The server changed. */
void app_server_changed(struct app *);

/* The server told something. */
void app_live_changed(struct app *);

/* The terminal was sent app->take.bytes. */
void app_copied(struct app *);

/* What became of writing them to app->take.path. */
void app_written(struct app *, enum outfile, const char *why);

/* The server that echoes changed. */
void app_echo_changed(struct app *);

/* When ages are to be drawn again though nothing happens, INT64_MAX if none is
 * on the screen; and that it is time. */
int64_t app_due(const struct app *);
void app_tick(struct app *);

/* The field that ORDER_EDIT means, and its new text. */
struct span app_field(const struct app *);
void app_edited(struct app *, struct span text);

/* The user is done with the routes file. */
void app_routes_edited(struct app *);

/* In the footer until the next key, over the pane above if it is long. */
void app_say(struct app *, enum role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* --- for the painters ---------------------------------------------------- */

enum context app_context(const struct app *);

/* Would that action do anything now? */
bool app_can(const struct app *, enum action);

const struct exchange *app_selected(const struct app *);

/* What the exchange's pane shows: that, or what a server saw. */
const struct exchange *app_shown(const struct app *);

/* What the footer says in the place of its keys, harmless already: a message
 * or a question to be answered by a key; false if there is none. */
bool app_words(const struct app *, struct buf *out);

/* Where it is then: over the pane above, too, if it is long, or if the footer
 * asks for a text. */
struct rect app_words_rect(const struct app *, struct span words);

/* The columns left free on each side of it, and those that it has. */
int app_words_margin(const struct app *);
size_t app_words_cols(const struct app *);

/* Too few columns for anything but the method and the URL in the form. */
bool app_is_narrow(const struct app *);

/* The column where the fields begin, and the columns they have. */
int app_field_x(const struct app *);
int app_field_cols(const struct app *);

/* The text of a line of the help, where it begins, and the columns it has. */
struct span app_help_text(const struct help_line *);
int app_help_x(const struct app *, const struct help_line *);
size_t app_help_cols(const struct app *, const struct help_line *);
/* Narrow screens have the keys above the text. */
bool app_help_is_stacked(const struct app *, const struct help_line *);
/* The rows it takes then. */
size_t app_help_rows(const struct app *, const struct help_line *);

/* The menu with its frame; may be lower than its rows and 2. */
struct rect app_menu_rect(const struct app *);
size_t app_menu_rows(const struct app *);
/* On its frame; may be empty. */
void app_menu_title(const struct app *, char out[APP_TITLE_MAX]);
/* The menu's first row shown. */
size_t app_menu_top(const struct app *);
/* What stands in a row of it. */
const char *app_menu_text(const struct app *, size_t row);

/* The lines of the exchange, without title and times. */
struct rect app_view_rect(const struct app *);

/* The view, set to what is shown (which must be there), and that. */
struct view *app_view(struct app *, struct view_what *what);

/* The via address, and the one that the server would be started on. */
void app_via(const struct app *, char out[APP_LISTEN_MAX]);
void app_listen(const struct app *, char out[APP_LISTEN_MAX]);

/* The rows of the log, the first line shown in so many, and the selected one. */
int app_log_rows(const struct app *);
uint64_t app_log_top(const struct app *, int rows);
uint64_t app_log_at(const struct app *);

/* The server's connections that stand, and long enough to be shown: how many,
 * one after the other (as seen_next_open), and the rows there are for them; if
 * they are fewer, the last one says so. */
size_t app_connections(const struct app *);
const struct seen_conn *app_next_connection(
    const struct app *, const struct seen_conn *before);
int app_connection_rows(const struct app *);

#endif
