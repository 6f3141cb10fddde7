/*
 * What the tests of retort on a terminal have in common.
 */
#ifndef TESTS_TTY_RETORT_H
#define TESTS_TTY_RETORT_H

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "peer.h"
#include "proc.h"
#include "screen.h"
#include "test.h"

enum {
	MS = 5000,

	GREEN = 2,
	CYAN = 6,
	YELLOW = 3,
	RED = 1,
	MAGENTA = 5,
	GREY = 245,
	ACCENT = 75,
};

#define T(test) cmocka_unit_test_teardown(test, test_end)

/* The client with its via address on that port, its first frame drawn. */
static inline struct screen *
retort_sized(int port, int rows, int cols)
{
	struct screen_how how = { .rows = rows, .cols = cols };
	struct screen *s = screen_start(
	    &how, ARGV(RETORT, "-c", test_text("127.0.0.1:%d", port)));

	screen_wait_text(s, "GET", MS);
	return s;
}

static inline struct screen *
retort(int port)
{
	return retort_sized(port, 24, 80);
}

/* The URL field has the cursor: send that URL. */
static inline void
go(struct screen *s, const char *url)
{
	screen_ctrl(s, 'u');
	screen_type(s, url);
	screen_type(s, "\r");
}

/* Choose a method in the menu by its letter, pressed so many times. */
static inline void
method(struct screen *s, char letter, int times)
{
	screen_alt(s, 'm');
	while (times-- > 0)
		screen_type(s, (char[]){ letter, '\0' });
	screen_type(s, "\r");
}

struct entry {
	const char *url;
	const char *words;
	int colour;
	int row; /* where it was found */
};

/* A row of the history: it has the URL and, behind it, the words. */
static inline bool
entry_is_there(struct screen *s, void *arg)
{
	struct entry *e = arg;

	for (int row = 0; row < s->rows; row++) {
		const char *line = screen_row(s, row);
		const char *url = strstr(line, e->url);

		if (url == NULL || strstr(url, e->words) == NULL)
			continue;
		for (int col = 0; col < s->cols; col++) {
			struct screen_cell cell = screen_cell(s, row, col);

			if (cell.text[0] == e->words[0] &&
			    cell.fg == e->colour) {
				e->row = row;
				return true;
			}
		}
	}
	return false;
}

/* An entry with this URL comes to have these words in this colour; its row. */
static inline int
wait_entry(struct screen *s, const char *url, const char *words, int colour)
{
	struct entry e = { url, words, colour, -1 };

	screen_wait_until(s, entry_is_there, &e, MS);
	return e.row;
}

#endif
