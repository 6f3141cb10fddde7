#include "form.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "escape.h"
#include "head.h"
#include "httperr.h"
#include "limit.h"
#include "method.h"
#include "rows.h"
#include "url.h"

enum {
	VIA_PORT = 10000,
	HOST_MAX = LIMIT_START_LINE + 16 /* with brackets and port */
};

static const struct {
	const char *name;
	const char *value;
} autos[FORM_AUTO_COUNT] = {
#define X(id, name, value) [FORM_AUTO_##id] = { name, value },
	FORM_AUTOS(X)
#undef X
};

static char *
span_dup(struct span s)
{
	char *text = malloc(s.n + 1);

	if (text == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return text;
}

bool
form_init(struct form *f)
{
	*f = (struct form){ .method = "GET",
		.dialect = DIALECT_HTTP,
		.via = true,
		.via_host = "127.0.0.1",
		.via_port = VIA_PORT };
	lineedit_init(&f->url, LIMIT_START_LINE);
	textedit_init(&f->headers, FORM_HEADERS_MAX);
	textedit_init(&f->body, LIMIT_REQUEST_BODY);
	return form_refresh(f);
}

static void
release_wrote(char *wrote[FORM_AUTO_COUNT])
{
	size_t i;

	for (i = 0; i < FORM_AUTO_COUNT; i++) {
		free(wrote[i]);
		wrote[i] = NULL;
	}
}

void
form_release(struct form *f)
{
	size_t i;

	lineedit_release(&f->url);
	textedit_release(&f->headers);
	textedit_release(&f->body);
	release_wrote(f->wrote);
	for (i = 0; i < f->nurls; i++)
		free(f->urls[i]);
	free(f->urls);
	free(f->draft);
	*f = (struct form){ 0 };
}

bool
form_set_via(struct form *f, const char *address, const char **why)
{
	struct span host;
	bool has_port;
	uint16_t port;

	*why = "an address is ADDRESS:PORT, as in 127.0.0.1:10000";
	if (!authority_parse(span_text(address), &host, &has_port, &port) ||
	    !has_port || host.n == 0 || host.n >= sizeof(f->via_host))
		return false;
	memcpy(f->via_host, host.p, host.n);
	f->via_host[host.n] = '\0';
	f->via_port = port;
	*why = NULL;
	return true;
}

static bool
set_method(struct form *f, struct span method)
{
	if (method.n > FORM_METHOD_MAX)
		return false;
	if (method.n > 0)
		memcpy(f->method, method.p, method.n);
	f->method[method.n] = '\0';
	return true;
}

bool
form_set_method(struct form *f, struct span method)
{
	return set_method(f, method) && form_refresh(f);
}

bool
form_set_body(struct form *f, struct span body)
{
	return textedit_set(&f->body, body) && form_refresh(f);
}

/* --- the rows of the headers editor -------------------------------------- */

/* The line at *off; *off moves behind it.  False at the end. */
static bool
next_row(struct span text, size_t *off, struct span *row)
{
	const char *lf;

	if (*off >= text.n)
		return false;
	*row = span_of(text.p + *off, text.n - *off);
	lf = memchr(row->p, '\n', row->n);
	if (lf != NULL)
		row->n = (size_t)(lf - row->p);
	*off += row->n + 1;
	return true;
}

static struct span
row_name(struct span row)
{
	const char *colon = row.n == 0 ? NULL : memchr(row.p, ':', row.n);

	if (colon != NULL)
		row.n = (size_t)(colon - row.p);
	return span_trim(row);
}

static struct span
row_value(struct span row)
{
	const char *colon = memchr(row.p, ':', row.n);

	if (colon == NULL)
		return span_of(NULL, 0);
	colon++;
	return span_trim(span_of(colon, row.n - (size_t)(colon - row.p)));
}

/* The first row that has that name and, unless it is NULL, reads exactly
 * "name: value". */
static bool
find_row(
    const struct form *f, const char *name, const char *value, struct span *row)
{
	size_t off = 0, n = strlen(name);

	while (next_row(textedit_text(&f->headers), &off, row)) {
		if (value == NULL && span_is_nocase(row_name(*row), name))
			return true;
		if (value != NULL && row->n == n + 2 + strlen(value) &&
		    memcmp(row->p, name, n) == 0 &&
		    memcmp(row->p + n, ": ", 2) == 0 &&
		    memcmp(row->p + n + 2, value, row->n - n - 2) == 0)
			return true;
	}
	return false;
}

static size_t
row_offset(const struct form *f, struct span row)
{
	return (size_t)(row.p - f->headers.text.data);
}

static bool
replace_row(struct form *f, struct span row, struct span with)
{
	return textedit_replace(&f->headers, row_offset(f, row), row.n, with);
}

/* A row, and the line end behind it or, of the last one, before it. */
static void
remove_row(struct form *f, struct span row)
{
	size_t from = row_offset(f, row), to = from + row.n;

	if (to < f->headers.text.len)
		to++;
	else if (from > 0)
		from--;
	textedit_replace(&f->headers, from, to - from, span_of(NULL, 0));
}

/* A row of its own, before all others or behind them. */
static bool
insert_row(struct form *f, struct span row, bool first)
{
	struct span text = textedit_text(&f->headers);
	struct buf b = { .max = FORM_HEADERS_MAX };
	bool ok = true;

	if (!first && text.n > 0 && text.p[text.n - 1] != '\n')
		ok = buf_append_text(&b, "\n");
	ok = ok && buf_append_span(&b, row);
	if (first && text.n > 0)
		ok = ok && buf_append_text(&b, "\n");
	ok = ok &&
	    textedit_replace(&f->headers, first ? 0 : text.n, 0, buf_span(&b));
	buf_release(&b);
	return ok;
}

/* --- the automatic rows -------------------------------------------------- */

enum want {
	WANT_VALUE,
	WANT_NONE,
	WANT_THEIRS, /* none of ours: what reads so is the user's */
	WANT_AS_IS,  /* memory is out */
};

/* OPTIONS * asks the server itself, that at the via address. */
static bool
asks_the_server(const struct form *f, struct span url)
{
	return span_is(url, "*") && f->via &&
	    strcmp(f->method, method_name(METHOD_OPTIONS)) == 0;
}

static bool
append_via(struct buf *b, const struct form *f)
{
	bool ipv6 = strchr(f->via_host, ':') != NULL;

	return buf_printf(
	    b, ipv6 ? "[%s]:%u" : "%s:%u", f->via_host, f->via_port);
}

static enum want
want_host(const struct form *f, struct buf *value)
{
	struct span text = span_trim(lineedit_text(&f->url));
	const char *why;
	struct url url;

	if (asks_the_server(f, text))
		return append_via(value, f) ? WANT_VALUE : WANT_AS_IS;
	/* Half typed, too: a host that is left over is nobody's. */
	if (span_is(text, "*") || !url_parse(text, &url, &why))
		return WANT_NONE;
	return url_append_host(value, &url) ? WANT_VALUE : WANT_AS_IS;
}

/* Without one, these say so (RFC 9110 8.6). */
static bool
expects_body(const struct form *f)
{
	enum method method = method_find(f->method, strlen(f->method));

	return method == METHOD_POST || method == METHOD_PUT ||
	    method == METHOD_PATCH;
}

/* Beside a coding it must not stand (RFC 9112 6.2). */
static enum want
want_length(const struct form *f, struct buf *value)
{
	struct span coding;

	if (find_row(f, "Transfer-Encoding", NULL, &coding))
		return WANT_THEIRS;
	if (f->body.text.len == 0 && !expects_body(f))
		return WANT_NONE;
	return buf_printf(value, "%zu", f->body.text.len) ? WANT_VALUE
							  : WANT_AS_IS;
}

static enum want
want_value(const struct form *f, enum form_auto which, struct buf *value)
{
	if (which == FORM_AUTO_HOST)
		return want_host(f, value);
	if (which == FORM_AUTO_CONTENT_LENGTH)
		return want_length(f, value);
	return buf_append_text(value, autos[which].value) ? WANT_VALUE
							  : WANT_AS_IS;
}

/* Make our row read `value`: write it, mend it, or leave the user's alone. */
static bool
write_row(struct form *f, enum form_auto which, const char *value)
{
	const char *name = autos[which].name, *old = f->wrote[which];
	struct buf line = { .max = FORM_HEADERS_MAX };
	struct span row;
	char *now;
	bool ok;

	if (old != NULL &&
	    (strcmp(old, value) == 0 || !find_row(f, name, old, &row)))
		return true;
	now = span_dup(span_text(value));
	ok = now != NULL && buf_printf(&line, "%s: %s", name, value);
	if (ok && old != NULL)
		ok = replace_row(f, row, buf_span(&line));
	else if (ok && !find_row(f, name, NULL, &row))
		ok = insert_row(f, buf_span(&line), which == FORM_AUTO_HOST);
	buf_release(&line);
	if (!ok) {
		free(now);
		return false;
	}
	free(f->wrote[which]);
	f->wrote[which] = now;
	return true;
}

static void
forget_row(struct form *f, enum form_auto which)
{
	free(f->wrote[which]);
	f->wrote[which] = NULL;
}

static void
withdraw_row(struct form *f, enum form_auto which)
{
	struct span row;

	if (f->wrote[which] == NULL ||
	    !find_row(f, autos[which].name, f->wrote[which], &row))
		return;
	remove_row(f, row);
	forget_row(f, which);
}

static bool
refresh_row(struct form *f, enum form_auto which)
{
	struct buf value = { .max = HOST_MAX };
	bool ok = true;

	switch (want_value(f, which, &value)) {
	case WANT_VALUE:
		ok = buf_append(&value, "", 1) &&
		    write_row(f, which, value.data);
		break;
	case WANT_NONE:
		withdraw_row(f, which);
		break;
	case WANT_THEIRS:
		withdraw_row(f, which);
		forget_row(f, which);
		break;
	case WANT_AS_IS:
		break;
	}
	buf_release(&value);
	return ok;
}

bool
form_refresh(struct form *f)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < FORM_AUTO_COUNT; i++)
		ok = refresh_row(f, i) && ok;
	return ok;
}

/* --- what is wrong ------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static bool
wrong(struct form_fault *fault, enum form_field where, const char *fmt, ...)
{
	va_list ap;

	fault->where = where;
	fault->line = 0;
	va_start(ap, fmt);
	vsnprintf(fault->why, sizeof(fault->why), fmt, ap);
	va_end(ap);
	return false;
}

static bool
no_memory(struct form_fault *fault)
{
	return wrong(
	    fault, FORM_NOWHERE, "There is no memory left: nothing was sent.");
}

static bool
wrong_row(struct form_fault *fault, size_t line, enum httperr e)
{
	wrong(fault, FORM_HEADERS, "Header line %zu: %s; %s.", line + 1,
	    httperr_wrong(e), httperr_right(e));
	fault->line = line;
	return false;
}

bool
form_add_header(struct form *f, const char *line, struct form_fault *fault)
{
	struct span name, value, row;
	enum httperr e = field_parse(span_text(line), &name, &value);
	size_t i;

	if (e != HTTPERR_NONE)
		return wrong(fault, FORM_HEADERS, "\"%s\": %s; %s.", line,
		    httperr_wrong(e), httperr_right(e));
	for (i = 0; i < FORM_AUTO_COUNT; i++) {
		if (!span_is_nocase(name, autos[i].name) ||
		    f->wrote[i] == NULL ||
		    !find_row(f, autos[i].name, f->wrote[i], &row))
			continue;
		return replace_row(f, row, span_text(line)) || no_memory(fault);
	}
	return insert_row(f, span_text(line), false) || no_memory(fault);
}

/* --- composing ----------------------------------------------------------- */

static bool
starts_with(struct span s, const char *start)
{
	size_t n = strlen(start);

	return s.n >= n && strncasecmp(s.p, start, n) == 0;
}

static bool
check_method(const struct form *f, struct form_fault *fault)
{
	if (f->method[0] == '\0')
		return wrong(fault, FORM_METHOD,
		    "There is no method: choose one with m.");
	if (!chars_are_token(f->method, strlen(f->method)))
		return wrong(fault, FORM_METHOD,
		    "\"%s\" is no method: use letters, as in GET.", f->method);
	return true;
}

static bool
star_names_no_host(struct form_fault *fault)
{
	return wrong(fault, FORM_URL,
	    "* names no host to go to: write it in front, as in test.com/*, or "
	    "go via the via address (v).");
}

/* A star in the place of a URL. */
static bool
check_star(const struct form *f, struct url *url, struct form_fault *fault)
{
	if (asks_the_server(f, span_text("*"))) {
		url->path = span_text("*");
		return true;
	}
	if (!f->via)
		return star_names_no_host(fault);
	return wrong(fault, FORM_URL,
	    "* is for OPTIONS alone: choose it with m, or type a URL, as in "
	    "test.com.");
}

/* The URL as typed and taken apart.  In classic it need not be one. */
static bool
check_url(const struct form *f, struct span *text, struct url *url,
    struct form_fault *fault)
{
	const char *why;

	*text = span_trim(lineedit_text(&f->url));
	if (text->n == 0)
		return wrong(fault, FORM_URL,
		    "There is no URL: type one, as in test.com.");
	if (starts_with(*text, "https://"))
		return wrong(fault, FORM_URL,
		    "https is not spoken yet: write http:// instead.");
	if (f->dialect == DIALECT_CLASSIC && f->via)
		return true;
	if (span_is(*text, "*"))
		return check_star(f, url, fault);
	if (!url_parse(*text, url, &why))
		return wrong(fault, FORM_URL, "%s", why);
	return true;
}

static bool
set_place(const struct form *f, const struct url *url, struct exchange *x,
    struct form_fault *fault)
{
	if (f->via && f->via_port == 0)
		return wrong(fault, FORM_VIA,
		    "No server is running yet to go via: s starts one, v goes "
		    "straight to the URL's host.");
	x->via = f->via;
	x->port = f->via ? f->via_port : url->port;
	free(x->host);
	x->host = span_dup(f->via ? span_text(f->via_host) : url->host);
	return x->host != NULL || no_memory(fault);
}

static bool
set_classic(const struct form *f, struct span url, struct request *r,
    struct form_fault *fault)
{
	size_t i;

	if (starts_with(url, "http://"))
		url = span_of(url.p + 7, url.n - 7);
	for (i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] < ' ' || url.p[i] == 0x7f)
			return wrong(fault, FORM_URL,
			    "The URL holds a control byte: remove it.");
	if (url.n == 0)
		return wrong(fault, FORM_URL,
		    "The URL has no host: type one, as in test.com.");
	if (strlen(f->method) + 1 + url.n > LIMIT_CLASSIC)
		return wrong(fault, FORM_URL,
		    "METHOD,URL is longer than %d bytes: shorten it.",
		    LIMIT_CLASSIC);
	r->target = span_dup(url);
	return r->target != NULL || no_memory(fault);
}

static bool
set_target(const struct form *f, const struct url *url, struct request *r,
    struct form_fault *fault)
{
	struct buf b = { .max = 3 * LIMIT_START_LINE + 2 };
	size_t n;

	if (strcmp(f->method, method_name(METHOD_OPTIONS)) == 0 &&
	    (span_is(url->path, "/*") || span_is(url->path, "*")))
		r->target = span_dup(span_text("*"));
	else if (url_append_target(&b, url) && buf_append(&b, "", 1))
		r->target = buf_take(&b, &n);
	buf_release(&b);
	return r->target != NULL || no_memory(fault);
}

static bool
set_headers(
    const struct form *f, struct headers *headers, struct form_fault *fault)
{
	struct span row, name, value;
	size_t off = 0, line;
	enum httperr e;

	for (line = 0; next_row(textedit_text(&f->headers), &off, &row);
	     line++) {
		if (span_trim(row).n == 0)
			continue;
		e = field_parse(row, &name, &value);
		if (e != HTTPERR_NONE)
			return wrong_row(fault, line, e);
		if (!headers_add(headers, name, value))
			return no_memory(fault);
	}
	return true;
}

bool
form_request(const struct form *f, struct exchange *x, struct form_fault *fault)
{
	struct request *r = &x->request;
	struct span text;
	struct url url = { 0 };

	if (!check_method(f, fault) || !check_url(f, &text, &url, fault) ||
	    !set_place(f, &url, x, fault))
		return false;
	r->dialect = f->dialect;
	r->method = span_dup(span_text(f->method));
	x->url = span_dup(text);
	if (r->method == NULL || x->url == NULL)
		return no_memory(fault);
	if (f->dialect == DIALECT_CLASSIC)
		return set_classic(f, text, r, fault);
	if (!set_target(f, &url, r, fault) ||
	    !set_headers(f, &r->headers, fault))
		return false;
	return buf_append_span(&r->body, textedit_text(&f->body)) ||
	    no_memory(fault);
}

bool
form_place(const struct form *f, struct exchange *x, struct form_fault *fault)
{
	struct url url = { 0 };
	const char *why;

	if (!f->via && strcmp(x->url, "*") == 0)
		return star_names_no_host(fault);
	if (!f->via && !url_parse(span_text(x->url), &url, &why))
		return wrong(fault, FORM_URL, "%s", why);
	return set_place(f, &url, x, fault);
}

/* --- and back ------------------------------------------------------------ */

static bool
load_headers(struct form *f, const struct headers *headers)
{
	struct buf b = { .max = FORM_HEADERS_MAX };
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < headers->n; i++)
		ok = buf_printf(&b, "%s%s: %s", i > 0 ? "\n" : "",
		    headers->v[i].name, headers->v[i].value);
	ok = ok && textedit_set(&f->headers, buf_span(&b));
	buf_release(&b);
	return ok;
}

/* As if we had written what we would write now: rows that read so are ours,
 * rows that are not there were removed. */
static bool
load_wrote(struct form *f)
{
	struct buf value = { .max = HOST_MAX };
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < FORM_AUTO_COUNT; i++) {
		value.len = 0;
		if (want_value(f, i, &value) != WANT_VALUE)
			continue;
		f->wrote[i] = span_dup(buf_span(&value));
		ok = f->wrote[i] != NULL;
	}
	buf_release(&value);
	return ok;
}

static void
swap_fields(struct form *f, struct form *from, bool http)
{
	struct form old = *f;
	size_t i;

	f->url = from->url;
	from->url = old.url;
	if (!http)
		return;
	f->headers = from->headers;
	f->body = from->body;
	from->headers = old.headers;
	from->body = old.body;
	for (i = 0; i < FORM_AUTO_COUNT; i++) {
		f->wrote[i] = from->wrote[i];
		from->wrote[i] = old.wrote[i];
	}
}

bool
form_load(struct form *f, const struct exchange *x)
{
	const struct request *r = &x->request;
	bool http = r->dialect != DIALECT_CLASSIC;
	struct form new = { 0 };
	bool ok;

	lineedit_init(&new.url, f->url.text.max);
	textedit_init(&new.headers, f->headers.text.max);
	textedit_init(&new.body, f->body.text.max);
	ok = lineedit_set(&new.url, span_text(x->url)) &&
	    load_headers(&new, &r->headers) &&
	    textedit_set(&new.body, buf_span(&r->body)) &&
	    set_method(&new, span_text(r->method));
	new.via = x->via;
	new.via_port = f->via_port;
	memcpy(new.via_host, f->via_host, sizeof(new.via_host));
	ok = ok && load_wrote(&new);
	if (ok) {
		set_method(f, span_text(r->method));
		f->dialect = r->dialect;
		f->via = x->via;
		f->at = f->nurls;
		swap_fields(f, &new, http);
	}
	form_release(&new);
	return ok;
}

/* --- earlier URLs -------------------------------------------------------- */

static void
forget_oldest(struct form *f)
{
	free(f->urls[0]);
	f->nurls--;
	memmove(f->urls, f->urls + 1, f->nurls * sizeof(f->urls[0]));
}

void
form_remember(struct form *f)
{
	struct span url = span_trim(lineedit_text(&f->url));
	char **urls, *copy;

	free(f->draft);
	f->draft = NULL;
	f->at = f->nurls;
	if (url.n == 0 || (f->nurls > 0 && span_is(url, f->urls[f->nurls - 1])))
		return;
	if (f->nurls == FORM_URLS_MAX)
		forget_oldest(f);
	urls = realloc(f->urls, (f->nurls + 1) * sizeof(*urls));
	if (urls != NULL)
		f->urls = urls;
	copy = span_dup(url);
	/* Without memory it is not remembered, and nothing else is lost. */
	if (urls == NULL || copy == NULL)
		free(copy);
	else
		f->urls[f->nurls++] = copy;
	f->at = f->nurls;
}

bool
form_earlier(struct form *f)
{
	if (f->at == 0)
		return false;
	if (f->at == f->nurls) {
		free(f->draft);
		f->draft = span_dup(lineedit_text(&f->url));
	}
	f->at--;
	return lineedit_set(&f->url, span_text(f->urls[f->at])) &&
	    form_refresh(f);
}

bool
form_later(struct form *f)
{
	const char *text;

	if (f->at == f->nurls)
		return false;
	f->at++;
	text = f->at < f->nurls ? f->urls[f->at] : f->draft;
	return lineedit_set(&f->url, span_text(text == NULL ? "" : text)) &&
	    form_refresh(f);
}

/* --- the line below the URL ---------------------------------------------- */

void
form_summary(const struct form *f, char *out, size_t cap)
{
	size_t off = 0, n = 0;
	struct span row;
	char size[ROWS_TIME], escaped[64] = "";

	if (f->dialect == DIALECT_CLASSIC) {
		snprintf(out, cap, "classic: METHOD,URL and nothing more");
		return;
	}
	while (next_row(textedit_text(&f->headers), &off, &row))
		n += span_trim(row).n > 0;
	if (f->body.text.len == 0) {
		snprintf(
		    out, cap, "%zu header%s · no body", n, n == 1 ? "" : "s");
		return;
	}
	if (find_row(f, "Content-Type", NULL, &row))
		escape_text(
		    escaped, sizeof(escaped), row_value(row), ESCAPE_SCREEN);
	rows_size(size, f->body.text.len);
	snprintf(out, cap, "%zu header%s · body %s%s%s", n, n == 1 ? "" : "s",
	    size, escaped[0] == '\0' ? "" : " ", escaped);
}
