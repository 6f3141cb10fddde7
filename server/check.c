#include "check.h"

#include <err.h>
#include <stdio.h>

#include "builtin_text.h"
#include "escape.h"
#include "map.h"
#include "routes_file.h"

static bool
count_host(struct map *seen, const struct host *host)
{
	char kind = (char)('0' + host->kind);
	struct buf key = { .max = SIZE_MAX };
	bool ok =
	    buf_append(&key, &kind, 1) && buf_append_span(&key, host->name);

	if (ok && map_find(seen, buf_span(&key)) == NULL)
		ok = map_add(seen, buf_span(&key), seen);
	buf_release(&key);
	return ok;
}

/* Different ones.  Routes of one block share their hosts. */
static bool
count_hosts(const struct routes *t, size_t *n)
{
	struct arena arena = { 0 };
	struct map seen = { .arena = &arena };
	const struct host *last = NULL;
	bool ok = true;
	size_t i, k;

	for (i = 0; ok && i < t->n; i++) {
		if (t->v[i]->hosts == last)
			continue;
		last = t->v[i]->hosts;
		for (k = 0; ok && k < t->v[i]->nhosts; k++)
			ok = count_host(&seen, &last[k]);
	}
	*n = seen.n;
	map_release(&seen);
	arena_release(&arena);
	return ok;
}

static bool
append_count(struct buf *b, size_t n, const char *what)
{
	return buf_printf(b, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* "routes.conf: 5 routes for 2 hosts, no errors" */
static bool
append_verdict(struct buf *b, const char *path, const struct routes *t,
    const struct diags *diags)
{
	size_t warnings = diags->n + diags->nomitted - diags->nerrors, hosts;

	if (!escape_append(b, span_text(path), ESCAPE_SCREEN) ||
	    !buf_append(b, ": ", 2))
		return false;
	if (t == NULL)
		return append_count(b, diags->nerrors, "error") &&
		    buf_append(b, "\n", 1);
	if (!count_hosts(t, &hosts) || !append_count(b, t->n, "route") ||
	    !buf_append_text(b, " for ") || !append_count(b, hosts, "host") ||
	    !buf_append_text(b, ", no errors"))
		return false;
	if (warnings > 0 &&
	    (!buf_append_text(b, ", ") ||
		!append_count(b, warnings, "warning")))
		return false;
	return buf_append(b, "\n", 1);
}

static bool
put(FILE *to, const struct buf *b)
{
	return b->len == 0 ||
	    (fwrite(b->data, 1, b->len, to) == b->len && fflush(to) == 0);
}

static int
check_builtin(void)
{
	if (fputs(builtin_text, stdout) >= 0 && fflush(stdout) == 0)
		return 0;
	warn("standard output");
	return 1;
}

int
check_routes(const char *path)
{
	struct buf said = { .max = SIZE_MAX }, verdict = { .max = SIZE_MAX };
	struct diags diags = { 0 };
	struct routes *t;
	bool ok;

	if (path == NULL)
		return check_builtin();
	t = routes_load(path, &diags);
	if (!diags_append(&said, &diags) ||
	    !append_verdict(&verdict, path, t, &diags)) {
		warnx("there is no memory for the routes");
		ok = false;
	} else {
		ok = put(stderr, &said) &&
		    put(t != NULL ? stdout : stderr, &verdict) && t != NULL;
	}
	buf_release(&said);
	buf_release(&verdict);
	diags_release(&diags);
	routes_unref(t);
	return ok ? 0 : 1;
}
