#include "keymap.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* clang-format off */
static const struct binding bindings[] = {
	{ CONTEXT_ANYWHERE, K_F1, ACTION_HELP },
	{ CONTEXT_ANYWHERE, K_CTRL('C'), ACTION_INTERRUPT },
	{ CONTEXT_ANYWHERE, K_CTRL('Z'), ACTION_SUSPEND },
	{ CONTEXT_ANYWHERE, K_CTRL('L'), ACTION_REDRAW },

	{ CONTEXT_INPUT, K_ESC, ACTION_LEAVE },
	{ CONTEXT_INPUT, K_TAB, ACTION_NEXT_PANE },
	{ CONTEXT_INPUT, K_BACK_TAB, ACTION_PREVIOUS_PANE },
	{ CONTEXT_INPUT, K_ALT | 'm', ACTION_METHOD },
	{ CONTEXT_INPUT, K_F4, ACTION_EDITOR },
	{ CONTEXT_INPUT, K_F5, ACTION_SEND },

	{ CONTEXT_FIELD, K_LEFT, ACTION_LEFT },
	{ CONTEXT_FIELD, K_RIGHT, ACTION_RIGHT },
	{ CONTEXT_FIELD, K_ALT | 'b', ACTION_WORD_LEFT },
	{ CONTEXT_FIELD, K_WORD_LEFT, ACTION_WORD_LEFT },
	{ CONTEXT_FIELD, K_ALT | 'f', ACTION_WORD_RIGHT },
	{ CONTEXT_FIELD, K_WORD_RIGHT, ACTION_WORD_RIGHT },
	{ CONTEXT_FIELD, K_CTRL('A'), ACTION_LINE_START },
	{ CONTEXT_FIELD, K_HOME, ACTION_LINE_START },
	{ CONTEXT_FIELD, K_CTRL('E'), ACTION_LINE_END },
	{ CONTEXT_FIELD, K_END, ACTION_LINE_END },
	{ CONTEXT_FIELD, K_BACKSPACE, ACTION_BACKSPACE },
	{ CONTEXT_FIELD, K_DELETE, ACTION_DELETE },
	{ CONTEXT_FIELD, K_CTRL('D'), ACTION_DELETE },
	{ CONTEXT_FIELD, K_CTRL('U'), ACTION_KILL_START },
	{ CONTEXT_FIELD, K_CTRL('K'), ACTION_KILL_END },
	{ CONTEXT_FIELD, K_CTRL('W'), ACTION_KILL_WORD },
	{ CONTEXT_FIELD, K_CTRL('Y'), ACTION_YANK },

	{ CONTEXT_URL, K_ENTER, ACTION_SEND },
	{ CONTEXT_URL, K_UP, ACTION_EARLIER },
	{ CONTEXT_URL, K_DOWN, ACTION_LATER },

	{ CONTEXT_TEXT, K_ENTER, ACTION_NEWLINE },
	{ CONTEXT_TEXT, K_UP, ACTION_UP },
	{ CONTEXT_TEXT, K_DOWN, ACTION_DOWN },
	{ CONTEXT_TEXT, K_PAGE_UP, ACTION_PAGE_UP },
	{ CONTEXT_TEXT, K_PAGE_DOWN, ACTION_PAGE_DOWN },

	{ CONTEXT_PROMPT, K_ENTER, ACTION_ACCEPT },
	{ CONTEXT_PROMPT, K_ESC, ACTION_CLOSE },
	{ CONTEXT_PROMPT, K_CTRL('C'), ACTION_CLOSE },

	{ CONTEXT_SCROLL, 'j', ACTION_DOWN },
	{ CONTEXT_SCROLL, K_DOWN, ACTION_DOWN },
	{ CONTEXT_SCROLL, 'k', ACTION_UP },
	{ CONTEXT_SCROLL, K_UP, ACTION_UP },
	{ CONTEXT_SCROLL, K_PAGE_DOWN, ACTION_PAGE_DOWN },
	{ CONTEXT_SCROLL, K_CTRL('F'), ACTION_PAGE_DOWN },
	{ CONTEXT_SCROLL, K_PAGE_UP, ACTION_PAGE_UP },
	{ CONTEXT_SCROLL, K_CTRL('B'), ACTION_PAGE_UP },
	{ CONTEXT_SCROLL, 'g', ACTION_TOP },
	{ CONTEXT_SCROLL, K_HOME, ACTION_TOP },
	{ CONTEXT_SCROLL, 'G', ACTION_BOTTOM },
	{ CONTEXT_SCROLL, K_END, ACTION_BOTTOM },

	{ CONTEXT_COMMAND, 'u', ACTION_URL },
	{ CONTEXT_COMMAND, 'm', ACTION_METHOD },
	{ CONTEXT_COMMAND, 'h', ACTION_HEADERS },
	{ CONTEXT_COMMAND, 'b', ACTION_BODY },
	{ CONTEXT_COMMAND, 'v', ACTION_VIA },
	{ CONTEXT_COMMAND, 'c', ACTION_DIALECT },
	{ CONTEXT_COMMAND, 's', ACTION_SERVER },
	{ CONTEXT_COMMAND, 'R', ACTION_RELOAD },
	{ CONTEXT_COMMAND, 'T', ACTION_TRY },
	{ CONTEXT_COMMAND, K_ESC, ACTION_CANCEL },
	{ CONTEXT_COMMAND, K_TAB, ACTION_NEXT_PANE },
	{ CONTEXT_COMMAND, K_BACK_TAB, ACTION_PREVIOUS_PANE },
	{ CONTEXT_COMMAND, '1', ACTION_VIEW_RESPONSE },
	{ CONTEXT_COMMAND, '2', ACTION_VIEW_REQUEST },
	{ CONTEXT_COMMAND, '3', ACTION_VIEW_WIRE },
	{ CONTEXT_COMMAND, '4', ACTION_VIEW_TIMELINE },
	{ CONTEXT_COMMAND, '5', ACTION_VIEW_FINDINGS },
	{ CONTEXT_COMMAND, '[', ACTION_VIEW_PREVIOUS },
	{ CONTEXT_COMMAND, ']', ACTION_VIEW_NEXT },
	{ CONTEXT_COMMAND, 'p', ACTION_PRETTY },
	{ CONTEXT_COMMAND, 'x', ACTION_HEX },
	{ CONTEXT_COMMAND, 'f', ACTION_SCALE },
	{ CONTEXT_COMMAND, '/', ACTION_SEARCH },
	{ CONTEXT_COMMAND, 'n', ACTION_FIND_NEXT },
	{ CONTEXT_COMMAND, 'N', ACTION_FIND_PREVIOUS },
	{ CONTEXT_COMMAND, 'e', ACTION_ECHO },
	{ CONTEXT_COMMAND, 'y', ACTION_COPY },
	{ CONTEXT_COMMAND, 'w', ACTION_WRITE },
	{ CONTEXT_COMMAND, 'z', ACTION_ZOOM },
	{ CONTEXT_COMMAND, '?', ACTION_HELP },
	{ CONTEXT_COMMAND, 'q', ACTION_BACK },
	{ CONTEXT_COMMAND, 'Q', ACTION_QUIT },

	{ CONTEXT_FORM, K_ENTER, ACTION_SEND },
	{ CONTEXT_FORM, 'r', ACTION_SEND },
	{ CONTEXT_FORM, 'E', ACTION_EDITOR },

	{ CONTEXT_HISTORY, K_ENTER, ACTION_LOAD },
	{ CONTEXT_HISTORY, 'r', ACTION_AGAIN },

	{ CONTEXT_LIST, K_ENTER, ACTION_OPEN },

	{ CONTEXT_EXCHANGE, K_ENTER, ACTION_LOAD },
	{ CONTEXT_EXCHANGE, 'r', ACTION_AGAIN },

	{ CONTEXT_SEEN, K_ENTER, ACTION_LOAD },
	{ CONTEXT_SEEN, 'r', ACTION_AGAIN },

	{ CONTEXT_SERVER, K_ENTER, ACTION_INSPECT },
	{ CONTEXT_SERVER, 'E', ACTION_ROUTES },

	{ CONTEXT_MENU, K_ENTER, ACTION_ACCEPT },
	{ CONTEXT_MENU, K_ESC, ACTION_CLOSE },
	{ CONTEXT_MENU, 'q', ACTION_CLOSE },
	{ CONTEXT_MENU, K_CTRL('C'), ACTION_CLOSE },

	{ CONTEXT_HELP, K_ESC, ACTION_CLOSE },
	{ CONTEXT_HELP, 'q', ACTION_CLOSE },
	{ CONTEXT_HELP, '?', ACTION_CLOSE },
	{ CONTEXT_HELP, K_F1, ACTION_CLOSE },
	{ CONTEXT_HELP, K_CTRL('C'), ACTION_CLOSE },

	{ CONTEXT_LEAVING, 'Q', ACTION_QUIT },
	{ CONTEXT_LEAVING, K_CTRL('C'), ACTION_QUIT },
	{ CONTEXT_LEAVING, K_ESC, ACTION_CLOSE },
};

enum {
	FOOTER_MAX = 13
};

static const enum action footers[CONTEXT_COUNT][FOOTER_MAX] = {
	[CONTEXT_URL] = {
		ACTION_SEND, ACTION_METHOD, ACTION_LEAVE, ACTION_NEXT_PANE,
	},
	[CONTEXT_TEXT] = {
		ACTION_LEAVE, ACTION_SEND, ACTION_EDITOR,
	},
	[CONTEXT_PROMPT] = { ACTION_ACCEPT, ACTION_CLOSE },
	[CONTEXT_FORM] = {
		ACTION_SEND, ACTION_EDITOR, ACTION_URL, ACTION_METHOD,
		ACTION_HEADERS, ACTION_BODY, ACTION_SERVER, ACTION_ECHO,
	},
	[CONTEXT_HISTORY] = {
		ACTION_LOAD, ACTION_AGAIN, ACTION_TRY, ACTION_SEARCH,
		ACTION_COPY, ACTION_WRITE, ACTION_URL, ACTION_METHOD,
		ACTION_SERVER, ACTION_ZOOM,
	},
	[CONTEXT_LIST] = {
		ACTION_OPEN, ACTION_AGAIN, ACTION_URL, ACTION_SEARCH,
	},
	[CONTEXT_EXCHANGE] = {
		ACTION_LOAD, ACTION_AGAIN, ACTION_VIEW_NEXT, ACTION_PRETTY,
		ACTION_HEX, ACTION_SCALE, ACTION_SEARCH, ACTION_COPY,
		ACTION_WRITE, ACTION_ZOOM, ACTION_BACK,
	},
	[CONTEXT_SEEN] = {
		ACTION_BACK, ACTION_LOAD, ACTION_AGAIN, ACTION_VIEW_NEXT, ACTION_PRETTY, ACTION_HEX,
		ACTION_SCALE, ACTION_SEARCH, ACTION_ZOOM,
	},
	[CONTEXT_SERVER] = {
		ACTION_INSPECT, ACTION_SERVER, ACTION_RELOAD, ACTION_ROUTES, ACTION_TRY,
		ACTION_ZOOM, ACTION_BACK, ACTION_URL,
	},
	[CONTEXT_MENU] = { ACTION_ACCEPT, ACTION_DOWN, ACTION_UP, ACTION_CLOSE },
	[CONTEXT_HELP] = { ACTION_DOWN, ACTION_UP, ACTION_CLOSE },
};

static const struct {
	const char *word;
	const char *help;
} actions[] = {
	[ACTION_NONE] = { "", "" },
#define X(id, word, help) [ACTION_##id] = { word, help },
	ACTIONS(X)
#undef X
};

static const struct {
	const char *heading;
	enum context parent;
} contexts[] = {
#define X(id, heading, parent) [CONTEXT_##id] = { heading, CONTEXT_##parent },
	CONTEXTS(X)
#undef X
};

static const char *const special[] = {
	[K_ENTER - K_ENTER] = "Enter",
	[K_BACKSPACE - K_ENTER] = "Backspace",
	[K_DELETE - K_ENTER] = "Del",
	[K_LEFT - K_ENTER] = "Left",
	[K_RIGHT - K_ENTER] = "Right",
	[K_UP - K_ENTER] = "Up",
	[K_DOWN - K_ENTER] = "Down",
	[K_HOME - K_ENTER] = "Home",
	[K_END - K_ENTER] = "End",
	[K_PAGE_UP - K_ENTER] = "PgUp",
	[K_PAGE_DOWN - K_ENTER] = "PgDn",
	[K_BACK_TAB - K_ENTER] = "Shift-Tab",
	[K_WORD_LEFT - K_ENTER] = "Ctrl-Left",
	[K_WORD_RIGHT - K_ENTER] = "Ctrl-Right",
	[K_F1 - K_ENTER] = "F1",
	[K_F4 - K_ENTER] = "F4",
	[K_F5 - K_ENTER] = "F5",
};
/* clang-format on */

enum {
	NBINDINGS = sizeof(bindings) / sizeof(bindings[0]),
	NSPECIAL = sizeof(special) / sizeof(special[0]),
};

static const struct binding *
find(enum context context, uint32_t key)
{
	for (size_t i = 0; i < NBINDINGS; i++)
		if (bindings[i].context == context && bindings[i].key == key)
			return &bindings[i];
	return NULL;
}

/* The context asked next, or false at the last one. */
static bool
next_context(enum context *context)
{
	if (*context == CONTEXT_ANYWHERE)
		return false;
	*context = contexts[*context].parent;
	return true;
}

enum action
keymap_find(enum context context, uint32_t key)
{
	do {
		const struct binding *b = find(context, key);

		if (b != NULL)
			return b->action;
	} while (next_context(&context));
	return ACTION_NONE;
}

uint32_t
keymap_key(enum context context, enum action action)
{
	enum context from = context;

	do {
		for (size_t i = 0; i < NBINDINGS; i++) {
			const struct binding *b = &bindings[i];

			if (b->context == context && b->action == action &&
			    keymap_find(from, b->key) == action)
				return b->key;
		}
	} while (next_context(&context));
	return 0;
}

const struct binding *
keymap_bindings(size_t *n)
{
	*n = NBINDINGS;
	return bindings;
}

const enum action *
keymap_footer(enum context context)
{
	return footers[context];
}

const char *
action_word(enum action action)
{
	return actions[action].word;
}

const char *
action_help(enum action action)
{
	return actions[action].help;
}

const char *
context_heading(enum context context)
{
	return contexts[context].heading;
}

void
keymap_name(uint32_t key, char out[KEY_NAME_MAX])
{
	const char *alt = (key & K_ALT) != 0 ? "Alt-" : "";
	char text[5] = "";

	key &= ~(uint32_t)K_ALT;
	if (key >= K_ENTER && key - K_ENTER < NSPECIAL)
		snprintf(
		    out, KEY_NAME_MAX, "%s%s", alt, special[key - K_ENTER]);
	else if (key == K_ESC)
		snprintf(out, KEY_NAME_MAX, "%sEsc", alt);
	else if (key == K_TAB)
		snprintf(out, KEY_NAME_MAX, "%sTab", alt);
	else if (key < 0x20)
		snprintf(out, KEY_NAME_MAX, "%s^%c", alt, (char)(key + '@'));
	else {
		text[utf8_encode(key, text)] = '\0';
		snprintf(out, KEY_NAME_MAX, "%s%s", alt, text);
	}
}

bool
key_is_text(uint32_t key)
{
	return key < K_ENTER && key >= ' ' && (key < 0x7f || key > 0x9f);
}

void
keymap_names(enum context context, enum action action, char *out, size_t cap)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < NBINDINGS && len < cap; i++) {
		char name[KEY_NAME_MAX];

		if (bindings[i].context != context ||
		    bindings[i].action != action)
			continue;
		keymap_name(bindings[i].key, name);
		len += (size_t)snprintf(
		    out + len, cap - len, "%s%s", len > 0 ? ", " : "", name);
	}
}

/* Is it the first of its action there? */
static bool
is_first(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (bindings[i].context == bindings[at].context &&
		    bindings[i].action == bindings[at].action)
			return false;
	return true;
}

/* How many lines of help that context has; line i of them, if it is one, into
 * *out. */
static size_t
context_line(enum context context, size_t i, struct help_line *out)
{
	size_t n = 1;

	for (size_t b = 0; b < NBINDINGS; b++) {
		if (bindings[b].context != context || !is_first(b))
			continue;
		if (i == 0)
			out->heading = contexts[context].heading;
		if (n++ != i)
			continue;
		out->help = action_help(bindings[b].action);
		keymap_names(
		    context, bindings[b].action, out->keys, sizeof(out->keys));
	}
	/* A context without keys of its own has no lines; the others have an
	 * empty one behind them. */
	return n > 1 ? n + 1 : 0;
}

void
keymap_help_line(size_t i, struct help_line *out)
{
	*out = (struct help_line){ .help = "" };
	for (int c = 0; c < CONTEXT_COUNT; c++) {
		size_t n = context_line((enum context)c, i, out);

		if (i < n)
			return;
		i -= n;
	}
}

size_t
keymap_help_lines(void)
{
	struct help_line unused;
	size_t n = 0;

	for (int c = 0; c < CONTEXT_COUNT; c++)
		n += context_line((enum context)c, SIZE_MAX, &unused);
	return n - 1;
}
