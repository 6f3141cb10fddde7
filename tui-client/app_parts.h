/*
 * What the files of app share, and nobody else needs.
 */
#ifndef RETORT_APP_PARTS_H
#define RETORT_APP_PARTS_H

#include "app.h"

/* --- app.c: the state, and the screen that follows it ----------------------- */

void app_order(struct app *, unsigned what);

/* The headers or the body has the focus; that field. */
bool app_in_text(const struct app *);
struct textedit *app_text(struct app *);

/* The message has been read. */
void app_unsay(struct app *);

/* After every change: the layout, and the selected row in view. */
void app_settle(struct app *);

void app_select(struct app *, uint64_t id);
void app_show_selected(struct app *); /* from its start */
void app_focus(struct app *, enum pane);
void app_open_field(struct app *, enum form_field);
void app_open(struct app *, enum overlay);
void app_close(struct app *, enum action);
/* Open one that asks for a line. */
void app_ask(struct app *, enum overlay);

/* --- app_place.c: rows of the panes, addresses -------------------------------- */

int app_history_rows(const struct app *);

/* The via address is one that a server can be started on. */
bool app_can_listen(const struct app *);

/* HOST:PORT, or [V6]:PORT. */
void app_address(char out[APP_LISTEN_MAX], const char *host, unsigned port);

/* --- app_move.c: by so many lines -------------------------------------------- */

void app_move_exchange(struct app *, int by);
void app_move_help(struct app *, int by);
void app_move_menu(struct app *, int by);
void app_move_pane(struct app *, enum pane, int by);

/* --- app_edit.c --------------------------------------------------------------- */

/* The automatic headers, after a change of what they follow. */
void app_refresh(struct app *);

/* Into the field that has the cursor. */
void app_insert(struct app *, struct span text);
bool app_takes_text(enum context);

/* --- app_ask.c: the menu and the questions ------------------------------------ */

/* The next row that begins with that letter; false if there is none. */
bool app_menu_letter(struct app *, uint32_t key);
void app_accept_menu(struct app *);

/* --- app_take.c: what to copy or write ---------------------------------------- */

size_t app_take_rows(const struct app *);
const char *app_take_text(const struct app *, size_t row);
void app_take_title(const struct app *, char out[APP_TITLE_MAX]);
void app_accept_take(struct app *);
void app_accept_path(struct app *);
/* theirs.x is about to go: no menu may be left that is of it. */
void app_take_lost(struct app *);

/* --- app_send.c --------------------------------------------------------------- */

/* What the form holds, NULL if it cannot be sent: that has been said.  To be
 * echoed it needs no server to go via. */
struct exchange *app_compose(struct app *, bool echo);

/* Hand x to the history, which shows it, and to main, which sends it. */
void app_launch(struct app *, struct exchange *x);

/* Send that request once more. */
void app_again(struct app *, const struct exchange *);

/* --- app_echo.c --------------------------------------------------------------- */

/* Send x, whose owner app becomes, to the server that echoes. */
void app_echo(struct app *, struct exchange *x);

/* --- app_routes.c ------------------------------------------------------------- */

/* After a change of the server: what came of its routes file. */
void app_routes_changed(struct app *);

/* Bring what it found wrong onto the screen, if there is room. */
void app_show_faults(struct app *);

/* --- app_live.c --------------------------------------------------------------- */

/* Select that line of the log. */
void app_log_select(struct app *, uint64_t at);

/* The selected line is a request's. */
bool app_can_inspect(const struct app *);

/* What a server saw of theirs.x, which must be there. */
struct seen_end app_their_end(const struct app *);
void app_close_theirs(struct app *);

/* --- what actions do, for the table in app_key.c ------------------------------ */

void app_do_accept(struct app *, enum action);
void app_do_again(struct app *, enum action);
void app_do_cancel(struct app *, enum action);
void app_do_echo(struct app *, enum action);
void app_do_edit(struct app *, enum action);
void app_do_find(struct app *, enum action);
void app_do_inspect(struct app *, enum action);
void app_do_interrupt(struct app *, enum action);
void app_do_load(struct app *, enum action);
void app_do_method(struct app *, enum action);
void app_do_move(struct app *, enum action);
void app_do_recall(struct app *, enum action);
void app_do_reload(struct app *, enum action);
void app_do_routes(struct app *, enum action);
void app_do_search(struct app *, enum action);
void app_do_send(struct app *, enum action);
void app_do_server(struct app *, enum action);
void app_do_take(struct app *, enum action);
void app_do_try(struct app *, enum action);

#endif
