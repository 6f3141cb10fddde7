/*
 * A request: METHOD, TARGET and fields, a line each, an empty line, the body.
 * Whatever it is, the command is words that a shell takes apart again into
 * just that request, and no byte of it stands outside of quotes that a shell
 * might see something in.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "curl.h"
#include "head.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum {
	WORDS = 256,
	ROOM = 1 << 20,
};

/* --- a shell, as far as it is needed ------------------------------------------ */

struct shell {
	struct span rest;
	struct buf words; /* each with a NUL behind it */
	const char *word[WORDS];
	size_t n;
};

static bool
at(const struct shell *s, const char *text)
{
	size_t n = strlen(text);

	return s->rest.n >= n && memcmp(s->rest.p, text, n) == 0;
}

static void
skip(struct shell *s, size_t n)
{
	assert(n <= s->rest.n);
	s->rest = span_of(s->rest.p + n, s->rest.n - n);
}

static void
read_quoted(struct shell *s)
{
	const char *end;
	size_t n;

	skip(s, 1);
	end = s->rest.n > 0 ? memchr(s->rest.p, '\'', s->rest.n) : NULL;
	assert(end != NULL);
	n = (size_t)(end - s->rest.p);
	assert(buf_append(&s->words, s->rest.p, n));
	skip(s, n + 1);
}

static void
read_word(struct shell *s)
{
	static const char bare[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "_@%+=:,./-";

	/* zsh looks for a program of the name behind it. */
	assert(!at(s, "="));
	while (s->rest.n > 0 && !at(s, " ") && !at(s, "\n")) {
		if (at(s, "'")) {
			read_quoted(s);
		} else if (at(s, "\\'")) {
			assert(buf_append(&s->words, "'", 1));
			skip(s, 2);
		} else {
			assert(s->rest.p[0] != '\0' &&
			    strchr(bare, s->rest.p[0]) != NULL);
			assert(buf_append(&s->words, s->rest.p, 1));
			skip(s, 1);
		}
	}
	assert(buf_append(&s->words, "", 1));
	s->n++;
}

/* All words of a command, up to a pipe or the end. */
static void
read_words(struct shell *s)
{
	const char *p;

	s->n = 0;
	s->words.len = 0;
	while (s->rest.n > 0 && !at(s, "| ") && !at(s, "\n")) {
		if (at(s, " "))
			skip(s, 1);
		else if (at(s, "\\\n"))
			skip(s, 2);
		else
			read_word(s);
		assert(s->n < WORDS);
	}
	p = s->words.data;
	for (size_t i = 0; i < s->n; i++, p += strlen(p) + 1)
		s->word[i] = p;
}

/* What printf(1) makes of its format. */
static struct span
formatted(char *format)
{
	static const char names[] = "nrt\\", bytes[] = "\n\r\t\\";
	char *to = format, *from = format;

	assert(format[0] != '-');
	while (*from != '\0') {
		const char *name;

		if (*from == '%') {
			assert(from[1] == '%');
			*to++ = '%';
			from += 2;
		} else if (*from == '\\' && from[1] >= '0' && from[1] <= '3') {
			*to++ = (char)((from[1] - '0') << 6 |
			    (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else if (*from == '\\') {
			name = strchr(names, from[1]);
			assert(name != NULL && *name != '\0');
			*to++ = bytes[name - names];
			from += 2;
		} else {
			*to++ = *from++;
		}
	}
	return span_of(format, (size_t)(to - format));
}

/* --- what is to come out --------------------------------------------------------- */

/* "Name:" keeps a field away. */
static bool
is_removal(const char *arg)
{
	const char *colon = strchr(arg, ':');

	return colon != NULL && colon[1] == '\0';
}

/* Field i of the request, which -H is to be; one that removes is skipped. */
static void
check_field(const struct request *r, size_t *i, const char *arg)
{
	const struct header *h;
	size_t n;

	if (is_removal(arg))
		return;
	assert(*i < r->headers.n);
	h = &r->headers.v[(*i)++];
	n = strlen(h->name);
	assert(strncmp(arg, h->name, n) == 0);
	if (h->value[0] == '\0')
		assert(strcmp(arg + n, ";") == 0);
	else
		assert(strncmp(arg + n, ": ", 2) == 0 &&
		    strcmp(arg + n + 2, h->value) == 0);
}

static bool
has_value(const char *option)
{
	return strcmp(option, "-q") != 0 && strcmp(option, "-g") != 0 &&
	    strcmp(option, "-I") != 0 && strcmp(option, "--http1.0") != 0 &&
	    strcmp(option, "--path-as-is") != 0;
}

/* Is a Host among the arguments of -H?  Else it is the URL's. */
static bool
has_host(const struct shell *s)
{
	for (size_t i = 1; i + 1 < s->n; i++)
		if (strcmp(s->word[i], "-H") == 0 &&
		    strncasecmp(s->word[i + 1], "Host", 4) == 0 &&
		    strchr(":;", s->word[i + 1][4]) != NULL)
			return true;
	return false;
}

static void
check_host(const struct request *r, const char *url)
{
	assert(r->headers.n > 0 && strcmp(r->headers.v[0].name, "Host") == 0);
	assert(strncmp(url + 7, r->headers.v[0].value,
		   strlen(r->headers.v[0].value)) == 0);
}

static void
check_curl(const struct shell *s, const struct exchange *x, struct span body)
{
	const struct request *r = &x->request;
	const char *method = NULL, *target = NULL;
	const char *url = s->word[s->n - 1];
	bool has_body = false, old = false;
	size_t fields = 0;

	assert(strcmp(s->word[0], "curl") == 0);
	assert(strncmp(url, "http://", 7) == 0);
	if (!has_host(s)) {
		check_host(r, url);
		fields = 1;
	}
	for (size_t i = 1; i + 1 < s->n; i++) {
		const char *name = s->word[i];
		const char *arg = has_value(name) ? s->word[++i] : "";

		if (strcmp(name, "-H") == 0) {
			check_field(r, &fields, arg);
		} else if (strcmp(name, "-X") == 0) {
			method = arg;
		} else if (strcmp(name, "-I") == 0) {
			method = "HEAD";
		} else if (strcmp(name, "--http1.0") == 0) {
			old = true;
		} else if (strcmp(name, "--request-target") == 0) {
			target = arg;
		} else if (strcmp(name, "--data-raw") == 0) {
			has_body = true;
			body = span_text(arg);
		} else if (strcmp(name, "--data-binary") == 0) {
			has_body = true;
			assert(strcmp(arg, "@-") == 0);
		}
	}
	if (method == NULL)
		method = has_body ? "POST" : "GET";
	if (target == NULL)
		target = strchr(url + 7, '/');
	assert(strcmp(method, r->method) == 0);
	assert(target != NULL && strcmp(target, r->target) == 0);
	assert(fields == r->headers.n);
	assert(old == x->http_1_0);
	assert(has_body == (r->body.len > 0));
	assert(!has_body || span_eq(body, buf_span(&r->body)));
}

static void
check(const struct buf *command, const struct exchange *x)
{
	struct shell s = { .rest = buf_span(command), .words.max = ROOM };
	struct buf body = { .max = ROOM };
	struct span bytes = span_of(NULL, 0);

	while (at(&s, "#"))
		skip(&s,
		    (size_t)((char *)memchr(s.rest.p, '\n', s.rest.n) -
			s.rest.p) +
			1);
	if (at(&s, "printf ")) {
		read_words(&s);
		assert(s.n == 2 && at(&s, "| "));
		skip(&s, 2);
		assert(buf_append(&body, s.word[1], strlen(s.word[1]) + 1));
		bytes = formatted(body.data);
	}
	read_words(&s);
	assert(at(&s, "\n") && s.rest.n == 1);
	check_curl(&s, x, bytes);
	buf_release(&body);
	buf_release(&s.words);
}

/* --- the request ------------------------------------------------------------------- */

static struct span
next_line(struct span *in)
{
	const char *end = in->n > 0 ? memchr(in->p, '\n', in->n) : NULL;
	size_t n = end != NULL ? (size_t)(end - in->p) : in->n;
	struct span line = span_of(in->p, n);

	n += end != NULL;
	*in = span_of(in->p + n, in->n - n);
	return line;
}

static char *
text_of(struct span s)
{
	char *text = strndup(s.n > 0 ? s.p : "", s.n);

	assert(text != NULL);
	return text;
}

static bool
is_target(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

/* False if it is none that the form could have made. */
static bool
read_request(struct request *r, struct span in)
{
	struct span method = next_line(&in), target = next_line(&in);
	struct span line, name, value;

	if (!chars_are_token(method.p, method.n) || !is_target(target))
		return false;
	r->method = text_of(method);
	r->target = text_of(target);
	while ((line = next_line(&in)).n > 0 && r->headers.n < WORDS / 4)
		if (field_parse(line, &name, &value) == HTTPERR_NONE)
			assert(headers_add(&r->headers, name, value));
	return in.n == 0 || buf_append_span(&r->body, in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exchange *x = exchange_new();
	struct buf out = { .max = ROOM };
	char *text = malloc(size);
	const char *why;

	assert(x != NULL && (text != NULL || size == 0));
	if (size > 0)
		memcpy(text, data, size);
	x->host = text_of(span_text("::1"));
	x->port = 10000;
	x->http_1_0 = size % 2 == 1;
	if (size < ROOM / 8 && read_request(&x->request, span_of(text, size))) {
		assert(curl_command(&out, x, &why));
		check(&out, x);
	}
	buf_release(&out);
	exchange_free(x);
	free(text);
	return 0;
}
