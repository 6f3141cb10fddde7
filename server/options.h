/*
 * The command line.
 */
#ifndef RETORTD_OPTIONS_H
#define RETORTD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "limit.h"
#include "log.h"

struct options {
	const char *listen[LIMIT_LISTENERS];
	size_t nlisten;
	enum log_format format;
	const char *log_path;
	const char *journal;	 /* NULL: none; "-": standard output */
	const char *control;	 /* NULL: none; unix:PATH or fd:N */
	const char *routes_path; /* NULL: they are built in */
	const char *explain;	 /* -e: METHOD URL */
	bool test;		 /* -t */
	bool no_sandbox;
};

/* Those that were not given have their defaults.  Wrong ones end the program
 * with a sentence; -V and -h end it, too. */
void options_read(struct options *, int argc, char *argv[]);

/* An argument as a terminal may show it; good until the next. */
const char *options_shown(const char *argument);

/* Does the journal go to standard output, or does the log as JSON? */
bool options_journal_on_stdout(const struct options *);
bool options_json_on_stdout(const struct options *);

/* All that was said must have been taken: a full disk takes nothing. */
void options_end_output(void);

#endif
