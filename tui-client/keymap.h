/*
 * What each key does, and where: the one list from which the screen's footer,
 * the help and retort(1) are made.  Knows no curses: ui_term.c turns what
 * curses says into the key codes below.
 */
#ifndef RETORT_KEYMAP_H
#define RETORT_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A code point, or one of these; K_ALT may be added to either. */
enum {
	K_ENTER = 0x110000,
	K_BACKSPACE,
	K_DELETE,
	K_LEFT,
	K_RIGHT,
	K_UP,
	K_DOWN,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_BACK_TAB,
	K_WORD_LEFT,  /* Ctrl-Left */
	K_WORD_RIGHT, /* Ctrl-Right */
	K_F1,
	K_F4,
	K_F5,
	K_ALT = 0x1000000,
	K_TAB = '\t',
	K_ESC = 0x1b,
};

#define K_CTRL(letter) ((uint32_t)(letter)&0x1f)

/* clang-format off */
/* X(id, the footer's word, what it does) */
#define ACTIONS(X) \
	X(SEND, "send", "Send the request in the form") \
	X(AGAIN, "send again", "Send the selected request again") \
	X(LOAD, "edit", "Bring the selected request back into the form") \
	X(OPEN, "open", "Show the selected exchange on the whole screen") \
	X(INSPECT, "open", "Show the selected request as the server saw it") \
	X(LEAVE, "leave the field", "Leave the field: letters are keys then") \
	X(CANCEL, "cancel", "Give up the selected request in flight, else the newest") \
	X(INTERRUPT, "cancel", "Give up a request in flight; with none, ask whether to leave") \
	X(URL, "url", "Edit the URL") \
	X(METHOD, "method", "Choose the method") \
	X(HEADERS, "headers", "Edit the headers, one a line") \
	X(BODY, "body", "Edit the body") \
	X(EDITOR, "editor", "Edit this field in $EDITOR") \
	X(VIA, "via", "Switch between the via address and the URL's own host") \
	X(DIALECT, "dialect", "Switch between HTTP/1.1 and the classic dialect") \
	X(SERVER, "server", "Start or stop a server") \
	X(RELOAD, "reload", "Let the server read its routes file again") \
	X(ROUTES, "routes", "Edit the routes file in $EDITOR; the server reads it if it changed") \
	X(TRY, "try routes", "Send the selected request again, after a reload if the routes file changed") \
	X(NEXT_PANE, "next pane", "Go to the next pane") \
	X(PREVIOUS_PANE, "previous pane", "Go to the previous pane") \
	X(UP, "up", "Go one line up") \
	X(DOWN, "down", "Go one line down") \
	X(PAGE_UP, "page up", "Go one page up") \
	X(PAGE_DOWN, "page down", "Go one page down") \
	X(TOP, "top", "Go to the first line") \
	X(BOTTOM, "bottom", "Go to the last line") \
	X(SEARCH, "search", "Search for a text") \
	X(FIND_NEXT, "next match", "Go to the next match") \
	X(FIND_PREVIOUS, "previous match", "Go to the previous match") \
	X(VIEW_RESPONSE, "response", "Show the answer") \
	X(VIEW_REQUEST, "request", "Show the request, as composed and as sent") \
	X(VIEW_WIRE, "wire", "Show what one end sent and what the other received") \
	X(VIEW_TIMELINE, "timeline", "Show the exchange in time") \
	X(VIEW_FINDINGS, "findings", "Show which rules were broken") \
	X(VIEW_PREVIOUS, "previous tab", "Go to the tab on the left") \
	X(VIEW_NEXT, "next tab", "Go to the tab on the right") \
	X(PRETTY, "pretty", "Set JSON and XML out over lines, or show them as they came") \
	X(HEX, "hex", "Show the wire in hexadecimal digits, or as text") \
	X(SCALE, "to scale", "Draw the timeline to scale, or fold it") \
	X(ECHO, "echo", "Send the request in the form to a server that answers with what arrived") \
	X(COPY, "copy", "Copy a part of the exchange to the terminal's clipboard") \
	X(WRITE, "write", "Write a part of the exchange to a file") \
	X(ZOOM, "zoom", "Give this pane the whole screen, or take it back") \
	X(HELP, "help", "Show this help") \
	X(BACK, "back", "Go back: close, shrink, or go to the pane before") \
	X(QUIT, "quit", "Leave retort and stop its server") \
	X(SUSPEND, "suspend", "Stop retort; fg brings it back") \
	X(REDRAW, "redraw", "Draw the screen anew") \
	X(ACCEPT, "choose", "Take this one") \
	X(CLOSE, "close", "Close this, changing nothing") \
	X(LEFT, "left", "Go one character left") \
	X(RIGHT, "right", "Go one character right") \
	X(WORD_LEFT, "word left", "Go one word left") \
	X(WORD_RIGHT, "word right", "Go one word right") \
	X(LINE_START, "line start", "Go to the start of the line") \
	X(LINE_END, "line end", "Go to the end of the line") \
	X(BACKSPACE, "delete left", "Delete the character before the cursor") \
	X(DELETE, "delete", "Delete the character under the cursor") \
	X(KILL_START, "cut to start", "Cut to the start of the line") \
	X(KILL_END, "cut to end", "Cut to the end of the line") \
	X(KILL_WORD, "cut word", "Cut the word before the cursor") \
	X(YANK, "put back", "Put back what was cut last") \
	X(NEWLINE, "new line", "Begin a new line") \
	X(EARLIER, "earlier", "Bring an earlier URL") \
	X(LATER, "later", "Bring a later URL")

/* X(id, the help's heading, the context asked next) */
#define CONTEXTS(X) \
	X(URL, "In the URL field", INPUT) \
	X(TEXT, "In the headers and the body", INPUT) \
	X(INPUT, "In each of these fields", FIELD) \
	X(FIELD, "To edit", ANYWHERE) \
	X(COMMAND, "Outside the fields", SCROLL) \
	X(FORM, "In the form, its field left", COMMAND) \
	X(HISTORY, "In the history", COMMAND) \
	X(LIST, "In the history of a small screen", HISTORY) \
	X(EXCHANGE, "In the exchange", COMMAND) \
	X(SEEN, "In what the server saw", COMMAND) \
	X(SERVER, "In the server's pane", COMMAND) \
	X(SCROLL, "To move", ANYWHERE) \
	X(MENU, "In a menu", SCROLL) \
	X(PROMPT, "In a question of one line", FIELD) \
	X(HELP, "In the help", SCROLL) \
	X(LEAVING, "When asked whether to leave", ANYWHERE) \
	X(ANYWHERE, "Everywhere", ANYWHERE)
/* clang-format on */

enum action {
	ACTION_NONE,
#define X(id, word, help) ACTION_##id,
	ACTIONS(X)
#undef X
	ACTION_COUNT
};

enum context {
#define X(id, heading, parent) CONTEXT_##id,
	CONTEXTS(X)
#undef X
	CONTEXT_COUNT
};

struct binding {
	enum context context;
	uint32_t key;
	enum action action;
};

/* What the key does there; ACTION_NONE if nothing. */
enum action keymap_find(enum context, uint32_t key);

/* The first key of that action there, 0 if it has none. */
uint32_t keymap_key(enum context, enum action);

/* Every binding, in the order of the help. */
const struct binding *keymap_bindings(size_t *n);

/* The actions worth a word in the footer there, besides the help, ACTION_NONE
 * behind the last. */
const enum action *keymap_footer(enum context);

const char *action_word(enum action);
const char *action_help(enum action);
const char *context_heading(enum context);

enum {
	KEY_NAME_MAX = 16
};

/* As in "Enter", "^A", "Alt-B", "PgUp", "q". */
void keymap_name(uint32_t key, char out[KEY_NAME_MAX]);

/* A character to be typed, not a control or a special key; how it is drawn is
 * another matter (width.h). */
bool key_is_text(uint32_t key);

/* The keys of one action there, as in "j, Down". */
void keymap_names(enum context, enum action, char *out, size_t cap);

/* The help, line by line: a heading, the keys of an action with what it does,
 * or nothing at all (an empty line). */
struct help_line {
	const char *heading; /* NULL: keys and help, maybe empty */
	char keys[48];
	const char *help;
};

size_t keymap_help_lines(void);
/* Line i of them. */
void keymap_help_line(size_t i, struct help_line *);

#endif
