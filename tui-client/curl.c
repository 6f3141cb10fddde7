/*
 * What curl 7.88 does by itself, and how it is told not to:
 *
 * "-H Name:" removes a field that it would add, and "-H Name;" sends one
 * without a value.  Of some fields it looks at the first that it is given:
 * Host goes to the front, Transfer-Encoding: chunked has it frame the body
 * anew, Expect: 100-continue has it wait.  Where "-H Name:" comes first it sees
 * that, and the others are sent as they stand, where they stand.
 */
#include "curl.h"

#include <string.h>

#include "chars.h"
#include "escape.h"
#include "method.h"
#include "url.h"
#include "utf8.h"

enum {
	EXPECT_FROM = 1024, /* longer bodies make an older curl ask first */
	URL_MAX = 256 * 1024,
};

/* A command as it grows; not ok: there was no room. */
struct command {
	struct buf *out;
	bool ok;
};

static void
put(struct command *c, struct span s)
{
	c->ok = c->ok && buf_append_span(c->out, s);
}

static void
put_text(struct command *c, const char *text)
{
	put(c, span_text(text));
}

/* --- words of the shell ------------------------------------------------------ */

/* Does no shell see anything in them?  In front, zsh looks behind = for the name
 * of a program. */
static bool
is_harmless(struct span s)
{
	static const char others[] = "_@%+=:,./-";

	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') &&
		    !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    (s.p[i] == '\0' || strchr(others, s.p[i]) == NULL))
			return false;
	return s.n > 0 && s.p[0] != '=';
}

/* Between quotes nothing but a quote ends them. */
static void
put_quoted(struct command *c, struct span s)
{
	put_text(c, "'");
	while (s.n > 0) {
		const char *quote = memchr(s.p, '\'', s.n);
		size_t n = quote != NULL ? (size_t)(quote - s.p) : s.n;

		put(c, span_of(s.p, n));
		if (quote != NULL)
			put_text(c, "'\\''");
		n += quote != NULL;
		s = span_of(s.p + n, s.n - n);
	}
	put_text(c, "'");
}

static void
put_word(struct command *c, struct span s)
{
	if (is_harmless(s))
		put(c, s);
	else
		put_quoted(c, s);
}

/* On a line of its own; the value may be empty, but not NULL, to be there. */
static void
put_option(struct command *c, const char *name, struct span value)
{
	put_text(c, " \\\n  ");
	put_text(c, name);
	if (value.p == NULL)
		return;
	put_text(c, " ");
	put_word(c, value);
}

static void
put_flag(struct command *c, const char *name)
{
	put_option(c, name, span_of(NULL, 0));
}

/* --- the body ---------------------------------------------------------------- */

/* May it be an argument: text that a person may read and paste? */
static bool
is_argument(struct span s)
{
	size_t len;
	uint32_t cp = 0;

	if (s.n > CURL_ARGUMENT_MAX)
		return false;
	for (size_t i = 0; i < s.n; i += len) {
		len = utf8_decode(s.p + i, s.n - i, &cp);
		if (len == 0 ||
		    (cp != '\n' && cp != '\t' && !escape_is_printable(cp)))
			return false;
	}
	return true;
}

/* A byte as printf(1) has it in its format: three digits at most, so that a
 * digit behind them is none of it. */
static void
put_octal(struct command *c, unsigned char byte)
{
	const char text[] = { '\\', (char)('0' + (byte >> 6)),
		(char)('0' + (byte >> 3 & 7)), (char)('0' + (byte & 7)) };

	put(c, span_of(text, sizeof(text)));
}

/* How many bytes from s on may stand in the format as they are. */
static size_t
plain_run(struct span s)
{
	size_t n = 0, len;
	uint32_t cp;

	while (n < s.n && s.p[n] != '%' && s.p[n] != '\\' && s.p[n] != '\'') {
		len = utf8_decode(s.p + n, s.n - n, &cp);
		if (len == 0 || !escape_is_printable(cp))
			break;
		n += len;
	}
	return n;
}

/* Any bytes, NUL among them: no argument of another program, but one of the
 * shell's own printf. */
static void
put_printf(struct command *c, struct span s)
{
	static const char named[] = "\n\r\t\\%'";
	static const char *const as[] = { "\\n", "\\r", "\\t", "\\\\", "%%",
		"'\\''" };

	put_text(c, "printf '");
	for (size_t i = 0, n; c->ok && i < s.n; i += n) {
		const char *name =
		    s.p[i] != '\0' ? strchr(named, s.p[i]) : NULL;

		n = plain_run(span_of(s.p + i, s.n - i));
		/* What begins with it is an option. */
		if (i == 0 && s.p[0] == '-')
			n = 0;
		put(c, span_of(s.p + i, n));
		if (n > 0)
			continue;
		n = 1;
		if (name != NULL)
			put_text(c, as[name - named]);
		else
			put_octal(c, (unsigned char)s.p[i]);
	}
	put_text(c, "' | ");
}

static void
put_body(struct command *c, struct span body)
{
	if (is_argument(body))
		put_option(c, "--data-raw", body);
	else
		put_option(c, "--data-binary", span_text("@-"));
}

/* --- method and URL ----------------------------------------------------------- */

static void
put_method(struct command *c, const struct request *r)
{
	bool body = r->body.len > 0;

	if (!body && strcmp(r->method, method_name(METHOD_HEAD)) == 0)
		put_flag(c, "-I");
	else if (strcmp(r->method,
		     method_name(body ? METHOD_POST : METHOD_GET)) != 0)
		put_option(c, "-X", span_text(r->method));
}

/* Would curl make just this Host of it, were it the authority of the URL?  Of
 * addresses and capitals it might make something else. */
static bool
is_plain_host(const char *value)
{
	size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	uint16_t port;

	if (value[0] < 'a' || value[0] > 'z' || strstr(value, "..") != NULL)
		return false;
	if (value[n] == '\0')
		return true;
	return value[n] == ':' && value[n + 1] > '0' && value[n + 1] <= '9' &&
	    port_parse(span_text(value + n + 1), &port) && port != 80;
}

/* The only Host, and where curl puts it: then the URL says it. */
static bool
url_says_host(const struct headers *h)
{
	if (h->n == 0 || strcmp(h->v[0].name, "Host") != 0 ||
	    !is_plain_host(h->v[0].value))
		return false;
	for (size_t i = 1; i < h->n; i++)
		if (strcasecmp(h->v[i].name, "Host") == 0)
			return false;
	return true;
}

static bool
append_place(struct buf *b, const struct exchange *x, bool port)
{
	bool ipv6 = strchr(x->host, ':') != NULL;

	return buf_printf(b, ipv6 ? "[%s]" : "%s", x->host) &&
	    (!port || buf_printf(b, ":%u", (unsigned)x->port));
}

static const char globs[] = "[]{}";

/* A path that curl leaves alone in a URL, maybe when told to. */
static bool
is_path(const char *target)
{
	for (const char *p = target; *p != '\0'; p++)
		if (!char_is((unsigned char)*p, CHAR_TARGET) &&
		    strchr(globs, *p) == NULL)
			return false;
	return target[0] == '/';
}

static bool
append_url(struct buf *b, const struct exchange *x)
{
	const struct request *r = &x->request;

	return buf_append_text(b, "http://") &&
	    (url_says_host(&r->headers)
		    ? buf_append_text(b, r->headers.v[0].value)
		    : append_place(b, x, x->port != 80)) &&
	    buf_append_text(b, is_path(r->target) ? r->target : "/");
}

/* Where the connection goes, if the URL does not say it. */
static bool
append_connect_to(struct buf *b, const struct exchange *x)
{
	struct buf url = { .max = URL_MAX };
	bool same;

	if (!url_says_host(&x->request.headers))
		return true;
	same = append_place(&url, x, x->port != 80) &&
	    span_is(buf_span(&url), x->request.headers.v[0].value);
	buf_release(&url);
	return same || (buf_append_text(b, "::") && append_place(b, x, true));
}

static void
put_place(struct command *c, const struct exchange *x)
{
	struct buf to = { .max = URL_MAX };

	c->ok = c->ok && append_connect_to(&to, x);
	if (to.len > 0)
		put_option(c, "--connect-to", buf_span(&to));
	buf_release(&to);
}

/* With what keeps curl from changing it. */
static void
put_url(struct command *c, const struct exchange *x)
{
	const char *target = x->request.target;
	struct buf url = { .max = URL_MAX };

	if (!is_path(target))
		put_option(c, "--request-target", span_text(target));
	else if (strstr(target, "/.") != NULL)
		put_flag(c, "--path-as-is");
	c->ok = c->ok && append_url(&url, x) && buf_append(&url, "", 1);
	if (c->ok && strpbrk(url.data, globs) != NULL)
		put_flag(c, "-g");
	put_text(c, " \\\n  ");
	if (c->ok)
		put_word(c, span_text(url.data));
	buf_release(&url);
}

/* --- fields --------------------------------------------------------------------- */

enum adds {
	ADDS_NEVER,
	ADDS_ALWAYS,
	ADDS_WITH_BODY,
	ADDS_WITH_LONG_BODY,
};

/* What curl sends by itself, or looks at when it is to send it. */
static const struct {
	const char *name;
	enum adds adds;
	bool looks;
} own[] = {
	{ "Host", ADDS_ALWAYS, true },
	{ "User-Agent", ADDS_ALWAYS, false },
	{ "Accept", ADDS_ALWAYS, false },
	{ "Content-Length", ADDS_WITH_BODY, false },
	{ "Content-Type", ADDS_WITH_BODY, false },
	{ "Transfer-Encoding", ADDS_NEVER, true },
	{ "Expect", ADDS_WITH_LONG_BODY, true },
};

static bool
would_add(enum adds adds, size_t body)
{
	return adds == ADDS_ALWAYS || (adds == ADDS_WITH_BODY && body > 0) ||
	    (adds == ADDS_WITH_LONG_BODY && body > EXPECT_FROM);
}

/* "-H Name:" where it is needed. */
static void
put_removals(struct command *c, const struct request *r)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		bool there = headers_find(&r->headers, own[i].name) != NULL;
		struct buf name = { .max = 64 };

		if (there ? !own[i].looks
			  : !would_add(own[i].adds, r->body.len))
			continue;
		c->ok = c->ok && buf_printf(&name, "%s:", own[i].name);
		if (i > 0 || !url_says_host(&r->headers))
			put_option(c, "-H", buf_span(&name));
		buf_release(&name);
	}
}

static void
put_field(struct command *c, const struct header *h)
{
	struct buf line = { .max = c->out->max };

	c->ok = c->ok &&
	    (h->value[0] == '\0'
		    ? buf_printf(&line, "%s;", h->name)
		    : buf_printf(&line, "%s: %s", h->name, h->value));
	put_option(c, "-H", buf_span(&line));
	buf_release(&line);
}

static void
put_fields(struct command *c, const struct request *r)
{
	put_removals(c, r);
	for (size_t i = url_says_host(&r->headers) ? 1 : 0; i < r->headers.n;
	     i++)
		put_field(c, &r->headers.v[i]);
}

/* --- all of it -------------------------------------------------------------------- */

/* No apostrophe in them: not every shell knows comments where it is typed to. */
static void
put_comments(struct command *c, const struct exchange *x)
{
	const struct request *r = &x->request;
	bool empty = false;

	if (x->reworded)
		put_text(c,
		    "# What the server got was written otherwise, in blanks or "
		    "line ends: this says the same.\n");
	for (size_t i = 0; i < r->headers.n; i++)
		empty = empty || r->headers.v[i].value[0] == '\0';
	if (empty)
		put_text(c,
		    "# curl leaves out the blank behind the colon of a field "
		    "without a value.\n");
	if (r->body.len > 0 && strcmp(r->method, method_name(METHOD_HEAD)) == 0)
		put_text(c,
		    "# curl may wait for a body that no answer to HEAD has: "
		    "^C ends it.\n");
}

bool
curl_command(struct buf *out, const struct exchange *x, const char **why)
{
	const struct request *r = &x->request;
	struct command c = { .out = out, .ok = true };
	struct span body = buf_span(&r->body);
	size_t before = out->len;

	*why = x->unread;
	if (x->unread != NULL)
		return false;
	if (r->dialect == DIALECT_CLASSIC) {
		*why = "curl speaks HTTP alone: there is no command for a "
		       "request in the classic dialect";
		return false;
	}
	put_comments(&c, x);
	if (body.n > 0 && !is_argument(body))
		put_printf(&c, body);
	/* Neither ~/.curlrc nor a proxy comes between. */
	put_text(&c, "curl -q --noproxy '*'");
	if (x->http_1_0)
		put_flag(&c, "--http1.0");
	put_place(&c, x);
	put_method(&c, r);
	put_fields(&c, r);
	if (body.n > 0)
		put_body(&c, body);
	put_url(&c, x);
	put_text(&c, "\n");
	if (!c.ok)
		out->len = before;
	return c.ok;
}
