/*
 * A talk with a real retortd about a routes file, told in lines.  The rows of
 * tests/routes/, the examples of routes(5) and of server/examples/ are played
 * by it.  A line is a byte that says what it is, a space, and text; bytes in
 * it are written as in cases.h, where a > < or & says so by a backslash.
 *
 *	@ NAME		what follows goes into that file of the folder, anew;
 *			without one, into routes.conf
 *	| TEXT		a line of it, as it stands
 *
 *	> METHOD URL	a request: in HTTP/1.1 with the URL's host in Host
 *			(test.com, if the URL begins with * or /)
 *	> METHOD,URL	the same in the classic dialect
 *	> raw BYTES	the same, as it stands
 *	+ Name: value	a field of it; Host takes the place of ours
 *	+ body BYTES	its content, with a Content-Length
 *	< STATUS	the answer; of a classic one, all of it
 *	< STATUS BYTES	the same, with just that body
 *	& CONDITION	on the last answer: `Name: value` among its fields,
 *			`no Name`, `has BYTES` somewhere in the body, `empty`,
 *			`like ERE` for the whole body, `reason TEXT`,
 *			`closes`, `after N ms` at the earliest, `before N ms`
 *	! new		on another connection; else it is the same while it
 *			lasts
 *	! reload	HUP, and it is done
 *	! remove NAME	a file goes away
 *
 *	? PLACE TEXT	retortd -t finds an error there, LINE or LINE:COLUMN,
 *			perhaps with FILE: in front, with that text in it; all
 *			errors and warnings must be told, in their order, and
 *			each has its line with a caret; it exits 1
 *	w PLACE TEXT	the same, a warning; alone, it exits 0
 *	e METHOD URL	what retortd -e says of it...
 *	: TEXT		...has this in it
 *
 * Requests of one talk that differ in their answers go to one server, started
 * with the first of them.  Faults fail the test with the line's place.  All
 * belongs to the test.
 */
#ifndef DIALOG_H
#define DIALOG_H

#include "test.h"

#define DIALOG_KINDS "@|>+<&!?we:"

struct dialog;

struct dialog *dialog_new(void);

/* A talk about a file that is there already. */
struct dialog *dialog_about(const char *path);

void dialog_line(
    struct dialog *, char kind, const char *text, const char *where);

/* All was said: nothing is left unanswered, and something was asked. */
void dialog_end(struct dialog *, const char *where);

#endif
