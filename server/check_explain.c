/* retortd -e: which route would answer, as far as can be said without it. */
#include <err.h>
#include <stdio.h>

#include "builtin_text.h"
#include "check.h"
#include "chars.h"
#include "choose.h"
#include "escape.h"
#include "explain.h"
#include "httperr.h"
#include "match.h"
#include "routes_file.h"
#include "url.h"

enum {
	EXIT_USAGE = 2
};

static int
refuse(const char *text, const char *why)
{
	char shown[256];

	escape_text(shown, sizeof(shown), span_text(text), ESCAPE_SCREEN);
	warnx("'%s' is not METHOD URL: %s", shown, why);
	return EXIT_USAGE;
}

static void
ask_split(struct ask *ask, struct span path)
{
	const char *mark = path.n > 0 ? memchr(path.p, '?', path.n) : NULL;

	ask->path = path;
	if (mark != NULL) {
		ask->path.n = (size_t)(mark - path.p);
		ask->query = span_of(mark + 1, path.n - ask->path.n - 1);
	}
	if (ask->path.n == 0)
		ask->path = span_text("/");
}

/* "GET test.com/x?a=b".  NULL, or what is wrong with it.  No route is asked if
 * *refusal says why. */
static const char *
ask_from_text(struct ask *ask, const char *text, enum httperr *refusal)
{
	struct span s = span_trim(span_text(text));
	struct url url;
	const char *why;

	*ask = (struct ask){ .dialect = DIALECT_HTTP };
	ask->method = span_of(s.p, chars_run(s.p, s.n, CHAR_TOKEN));
	ask->verb = method_find(ask->method.p, ask->method.n);
	if (ask->method.n == 0 || ask->method.n == s.n ||
	    s.p[ask->method.n] != ' ')
		return "a method, a space and a URL are wanted, as in "
		       "'GET test.com/users'";
	s = span_trim(span_of(s.p + ask->method.n, s.n - ask->method.n));
	if (span_is(s, "*")) {
		ask->path = s;
		return NULL;
	}

	if (!url_parse(s, &url, &why))
		return why;
	if (ask->verb == METHOD_CONNECT)
		*refusal = HTTPERR_CONNECT;
	else if (url.scheme == SCHEME_HTTPS)
		*refusal = HTTPERR_MISDIRECTED;
	ask->host = url.host;
	if (ask->host.n > 0 && ask->host.p[ask->host.n - 1] == '.')
		ask->host.n--;
	ask_split(ask, url.path);
	return NULL;
}

enum answer {
	ANSWERS_NOT,
	ANSWERS_IF,
	ANSWERS,
};

/* What METHOD URL says is known: the rest may be as the route wants it. */
static enum answer
answer_of(const struct route *r, const struct ask *ask, struct span path)
{
	struct near near = route_near(r, ask, path);
	enum answer answer = ANSWERS;
	const struct match *m;

	if ((near.differs & ~(unsigned)DIFFERS_MATCH) != 0)
		return ANSWERS_NOT;
	for (m = r->matches; m < r->matches + r->nmatches; m++) {
		if (m->kind != MATCH_QUERY)
			answer = ANSWERS_IF;
		else if (!match_holds(m, r, ask))
			return ANSWERS_NOT;
	}
	return answer;
}

static void
append_line(struct buf *b, const struct route *r, const char *why)
{
	escape_append(b, span_text(r->place.file), ESCAPE_SCREEN);
	buf_printf(b, ":%u: ", (unsigned)r->place.line);
	escape_append(b, r->text, ESCAPE_SCREEN);
	buf_printf(b, "%s\n", why);
}

/* The lines of all that may answer, up to the first that surely does.  False
 * if there is none. */
static bool
append_answers(struct buf *b, const struct routes *t, const struct ask *ask,
    struct span path)
{
	enum answer answer = ANSWERS_NOT;
	bool any = false;
	size_t i;

	for (i = 0; i < t->n && answer != ANSWERS; i++) {
		answer = answer_of(t->v[i], ask, path);
		if (answer == ANSWERS_NOT)
			continue;
		append_line(b, t->v[i],
		    answer == ANSWERS_IF ? "  (if its conditions hold)" : "");
		any = true;
	}
	if (any && answer != ANSWERS)
		buf_append_text(
		    b, "If none of these does, no route answers.\n");
	return any;
}

static struct routes *
load(const char *path)
{
	struct buf said = { .max = SIZE_MAX };
	struct diags diags = { 0 };
	struct routes *t = routes_load(path, &diags);

	if (!diags_append(&said, &diags))
		warnx("there is no memory for the routes");
	if (said.len > 0)
		fwrite(said.data, 1, said.len, stderr);
	buf_release(&said);
	diags_release(&diags);
	return t;
}

int
check_explain(const char *routes_path, const char *text)
{
	struct buf scratch = { .max = LIMIT_START_LINE + 1 };
	struct buf out = { .max = SIZE_MAX };
	struct routes *t;
	struct ask ask;
	struct span path;
	enum httperr refusal = HTTPERR_NONE;
	const char *why = ask_from_text(&ask, text, &refusal);
	bool any;

	if (why != NULL)
		return refuse(text, why);
	if (refusal != HTTPERR_NONE) {
		printf("No route is asked, it is answered with %d: %s.\n",
		    httperr_status(refusal), httperr_wrong(refusal));
		return 1;
	}
	t = routes_path != NULL ? load(routes_path) : builtin_load();
	if (t == NULL)
		return 1;
	path = ask_path(&ask, &scratch);
	any = append_answers(&out, t, &ask, path);
	if (!any)
		explain_text(&out, t, &ask, path);
	if (fwrite(out.data, 1, out.len, stdout) != out.len ||
	    fflush(stdout) != 0) {
		warn("standard output");
		any = false;
	}
	buf_release(&out);
	buf_release(&scratch);
	routes_unref(t);
	return any ? 0 : 1;
}
