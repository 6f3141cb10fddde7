/*
 * The table of tests/routes/: a routes file, requests and their answers, or
 * what is wrong with it.  Each row is played against the real retortd with a
 * file of its own; the lines are those of dialog.h.
 */
#include "dialog.h"
#include "letter.h"
#include "test.h"

static void
row_plays(void **state)
{
	const struct letter_row *row = *state;
	struct dialog *d = dialog_new();
	size_t i;

	for (i = 0; i < row->n; i++)
		dialog_line(d, row->lines[i].kind, row->lines[i].text,
		    row->lines[i].where);
	dialog_end(d, row->where);
}

int
main(void)
{
	return letter_run("routes", DIALOG_KINDS, row_plays, NULL);
}
