/*
 * The command line, which fills the form and sends nothing.
 */
#ifndef RETORT_OPTIONS_H
#define RETORT_OPTIONS_H

#include <stdbool.h>

#include "form.h"

enum {
	OPTIONS_USAGE = 2, /* the exit status of a wrong one */
};

/* What is not the form's; zeroed before it is read. */
struct options {
	bool server;	    /* -s */
	const char *routes; /* -r, of argv; NULL: none */
	const char *attach; /* --attach: a path; NULL: none */
	bool via;	    /* -c */
	bool body;	    /* -d */
};

/*
 * Does not return from -V, -h and what is wrong, which it says on stderr.
 * --server-only in front is not for it.
 */
void options_read(struct options *, struct form *, int argc, char **argv);

#endif
