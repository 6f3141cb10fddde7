#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "builtin_text.h"
#include "escape.h"
#include "routes_file.h"
#include "say.h"

/* What stands in an answer of diags, at most. */
enum {
	LIMIT_SAID = 1024 * 1024
};

static bool
was_denied(const struct diags *diags)
{
	size_t i;

	for (i = 0; i < diags->n; i++)
		if (strstr(diags->v[i].text, strerror(EACCES)) != NULL)
			return true;
	return false;
}

/* "routes.conf", as a terminal may show it. */
struct name {
	char text[256];
};

static struct name
shown(const char *path)
{
	struct name name = { "" };

	escape_text(
	    name.text, sizeof(name.text), span_text(path), ESCAPE_SCREEN);
	return name;
}

static void
say_diags(const struct diags *diags)
{
	struct buf b = { .max = LIMIT_SAID };

	if (diags_append(&b, diags))
		say_lines(buf_span(&b));
	buf_release(&b);
}

/* The last line is the end of what is said, for whoever reads along. */
static void
say_failed(const char *path, const struct diags *diags, const char *so)
{
	size_t n = diags->nerrors;

	say("%s: %zu error%s%s", shown(path).text, n, n == 1 ? "" : "s", so);
}

/* What reading needed is not needed any more. */
static void
give_back(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

struct routes *
load_routes(const char *path)
{
	struct diags diags = { 0 };
	struct routes *routes;

	if (path == NULL) {
		routes = builtin_load();
		give_back();
		return routes;
	}
	routes = routes_load(path, &diags);
	say_diags(&diags);
	if (routes == NULL)
		say_failed(path, &diags, "");
	diags_release(&diags);
	give_back();
	return routes;
}

/* "FILE:LINE:COLUMN: what is wrong" */
static void
tell_first(const struct diags *diags, char *why, size_t cap)
{
	const struct diag *d = diags->v;

	while (d < diags->v + diags->n && d->level != DIAG_ERROR)
		d++;
	if (d == diags->v + diags->n)
		strlcpy(why, "out of memory", cap);
	else if (d->place.file == NULL)
		strlcpy(why, d->text, cap);
	else
		snprintf(why, cap, "%s:%" PRIu32 ":%" PRIu32 ": %s",
		    shown(d->place.file).text, d->place.line, d->place.column,
		    d->text);
}

struct routes *
load_again(const char *path, const struct routes *old, char *why, size_t cap)
{
	struct diags diags = { 0 };
	struct routes *routes = routes_load(path, &diags);

	say_diags(&diags);
	if (routes == NULL && was_denied(&diags))
		say("what lies beneath other folders than before can be read "
		    "only after a restart");
	if (routes != NULL && !routes_carry(routes, old)) {
		routes_unref(routes);
		routes = NULL;
		diags.nerrors++;
		say("out of memory");
	}
	if (routes == NULL) {
		tell_first(&diags, why, cap);
		say_failed(path, &diags, ", the old routes stay");
	} else {
		say("%s: %zu route%s loaded", shown(path).text, routes->n,
		    routes->n == 1 ? "" : "s");
	}
	diags_release(&diags);
	give_back();
	return routes;
}
