/*
 * The routes file: text in, table out, or everything that is wrong with it.
 * The grammar is in routes(5).
 */
#ifndef RETORTD_ROUTES_FILE_H
#define RETORTD_ROUTES_FILE_H

#include "diag.h"
#include "routes.h"

/*
 * Read a file, and what it includes.  NULL if it has errors (all of them are
 * in diags, in the order of the text) or memory is out (that is one of them).
 * Warnings are no errors.
 */
struct routes *routes_load(const char *path, struct diags *);

/*
 * The same from memory: `name` stands for the file in places, `folder` is
 * where relative names begin.  Used for the built-in table, tests and fuzzers.
 */
struct routes *routes_parse(
    const char *name, const char *folder, struct span text, struct diags *);

#endif
