#include "naive.h"

#include <stdlib.h>

/*
 * Each rule of the grammar is a function that moves over what it matches, or
 * says false.  It says false at the end of the input too, and leaves `ended`:
 * then more bytes might have matched.
 */
struct in {
	const char *p;
	size_t n;
	size_t at;
	bool ended;
};

typedef bool byte_fn(int c);

/* The next byte, -1 at the end. */
static int
next(struct in *in)
{
	if (in->at < in->n)
		return (unsigned char)in->p[in->at];
	in->ended = true;
	return -1;
}

static bool
one(struct in *in, int c)
{
	if (next(in) != c)
		return false;
	in->at++;
	return true;
}

/* *( byte ); how many. */
static size_t
many(struct in *in, byte_fn *is)
{
	size_t n = 0;

	while (in->at < in->n && is((unsigned char)in->p[in->at]))
		in->at++, n++;
	return n;
}

static struct span
since(const struct in *in, size_t begin)
{
	return span_of(in->p + begin, in->at - begin);
}

static struct in
inside(struct span s)
{
	return (struct in){ .p = s.p, .n = s.n };
}

static bool
all_read(const struct in *in)
{
	return in->at == in->n;
}

/* --- RFC 5234 B.1 and RFC 9110 5: bytes ---------------------------------- */

static bool
is_alpha(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hexdig(int c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static bool
is_one_of(int c, const char *set)
{
	return c > 0 && c < 0x80 && strchr(set, c) != NULL;
}

static bool
is_tchar(int c)
{
	return is_alpha(c) || is_digit(c) || is_one_of(c, "!#$%&'*+-.^_`|~");
}

static bool
is_vchar(int c)
{
	return c >= 0x21 && c <= 0x7e;
}

static bool
is_obs_text(int c)
{
	return c >= 0x80 && c <= 0xff;
}

static bool
is_field_byte(int c)
{
	return is_vchar(c) || is_obs_text(c) || is_blank(c);
}

/* qdtext = HTAB / SP / %x21 / %x23-5B / %x5D-7E / obs-text */
static bool
is_qdtext(int c)
{
	return is_blank(c) || c == 0x21 || (c >= 0x23 && c <= 0x5b) ||
	    (c >= 0x5d && c <= 0x7e) || is_obs_text(c);
}

/* --- RFC 9110 5.6: words ------------------------------------------------- */

static bool
crlf(struct in *in)
{
	return one(in, '\r') && one(in, '\n');
}

/* token = 1*tchar */
static bool
token(struct in *in, struct span *s)
{
	size_t begin = in->at;

	if (many(in, is_tchar) == 0) {
		next(in);
		return false;
	}
	*s = since(in, begin);
	return true;
}

/* quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE */
static bool
quoted_string(struct in *in)
{
	if (!one(in, '"'))
		return false;
	for (;;) {
		many(in, is_qdtext);
		if (one(in, '"'))
			return true;
		if (!one(in, '\\'))
			return false;
		/* quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text ) */
		if (!is_field_byte(next(in)))
			return false;
		in->at++;
	}
}

static bool
is_word(struct span s, const char *text)
{
	return s.n == strlen(text) && strncasecmp(s.p, text, s.n) == 0;
}

/*
 * #element, as a recipient reads it (RFC 9110 5.6.1.2): between commas, empty
 * ones ignored.  The next one without blanks at its ends; false behind the
 * last.
 */
static bool
element(struct in *in, struct span *s)
{
	size_t begin;

	while (in->at < in->n) {
		begin = in->at;
		while (in->at < in->n && in->p[in->at] != ',')
			in->at++;
		*s = since(in, begin);
		if (in->at < in->n)
			in->at++;
		while (s->n > 0 && is_blank(s->p[0]))
			*s = span_of(s->p + 1, s->n - 1);
		while (s->n > 0 && is_blank(s->p[s->n - 1]))
			s->n--;
		if (s->n > 0)
			return true;
	}
	return false;
}

/* --- RFC 3986: targets and hosts ----------------------------------------- */

static bool
is_unreserved(int c)
{
	return is_alpha(c) || is_digit(c) || is_one_of(c, "-._~");
}

static bool
is_sub_delim(int c)
{
	return is_one_of(c, "!$&'()*+,;=");
}

static bool
pct_encoded(struct in *in)
{
	if (in->n - in->at < 3 || in->p[in->at] != '%' ||
	    !is_hexdig(in->p[in->at + 1]) || !is_hexdig(in->p[in->at + 2]))
		return false;
	in->at += 3;
	return true;
}

/* *( unreserved / sub-delims / pct-encoded / one of `more` ) */
static void
uri_run(struct in *in, const char *more)
{
	int c;

	while ((c = next(in)) != -1) {
		if (is_unreserved(c) || is_sub_delim(c) || is_one_of(c, more))
			in->at++;
		else if (!pct_encoded(in))
			return;
	}
}

/* [ "?" query ], to the end.  query = *( pchar / "/" / "?" ) */
static bool
query_to_end(struct in *in, struct naive *r)
{
	size_t begin;

	r->has_query = one(in, '?');
	if (!r->has_query)
		return all_read(in);
	begin = in->at;
	uri_run(in, ":@/?");
	r->query = since(in, begin);
	return all_read(in);
}

/* h16 = 1*4HEXDIG */
static bool
h16(struct in *in)
{
	size_t n = many(in, is_hexdig);

	return n >= 1 && n <= 4;
}

/* dec-octet: 0 to 255 without zeros in front */
static bool
dec_octet(struct in *in)
{
	size_t begin = in->at, n = many(in, is_digit), i;
	int value = 0;

	if (n < 1 || n > 3 || (n > 1 && in->p[begin] == '0'))
		return false;
	for (i = begin; i < in->at; i++)
		value = value * 10 + (in->p[i] - '0');
	return value <= 255;
}

/* IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet */
static bool
ipv4(struct in *in)
{
	return dec_octet(in) && one(in, '.') && dec_octet(in) && one(in, '.') &&
	    dec_octet(in) && one(in, '.') && dec_octet(in);
}

/*
 * ( h16 ":" )... to the end, the last perhaps an IPv4address that counts for
 * two.  How many, -1 if it is none of that.
 */
static int
ipv6_groups(struct span s, bool v4_may_end)
{
	struct in in = inside(s), group;
	int n = 0;

	if (s.n == 0)
		return 0;
	for (;;) {
		group = in;
		if (v4_may_end && ipv4(&group) && all_read(&group))
			return n + 2;
		if (!h16(&in))
			return -1;
		n++;
		if (all_read(&in))
			return n;
		if (!one(&in, ':'))
			return -1;
	}
}

/* IPv6address: eight groups, or fewer around one "::". */
static bool
is_ipv6(struct span s)
{
	size_t i;
	int before, behind;

	for (i = 0; i + 1 < s.n; i++)
		if (s.p[i] == ':' && s.p[i + 1] == ':')
			break;
	if (i + 1 >= s.n)
		return ipv6_groups(s, true) == 8;
	before = ipv6_groups(span_of(s.p, i), false);
	behind = ipv6_groups(span_of(s.p + i + 2, s.n - i - 2), true);
	return before >= 0 && behind >= 0 && before + behind <= 7;
}

/* port = *DIGIT, and no more than TCP knows */
static bool
port_to_end(struct in *in)
{
	unsigned value = 0;

	while (is_digit(next(in))) {
		value = value * 10 + (unsigned)(in->p[in->at++] - '0');
		if (value > 65535)
			return false;
	}
	return all_read(in);
}

/*
 * uri-host [ ":" port ], all of s.  A host is never empty (RFC 9110 4.2.1).
 * IPvFuture is an address that nobody can use: refused (RFC 3986 3.2.2).
 */
static bool
authority(struct span s, struct span *host)
{
	struct in in = inside(s);
	size_t begin;

	if (one(&in, '[')) {
		begin = in.at;
		while (in.at < in.n && in.p[in.at] != ']')
			in.at++;
		*host = since(&in, begin);
		if (!one(&in, ']') || !is_ipv6(*host))
			return false;
	} else {
		begin = in.at;
		uri_run(&in, "");
		*host = since(&in, begin);
		if (host->n == 0)
			return false;
	}
	if (!all_read(&in) && (!one(&in, ':') || !port_to_end(&in)))
		return false;
	/* The root of the name space may be named or not. */
	if (host->n > 1 && host->p[host->n - 1] == '.')
		host->n--;
	return true;
}

/* origin-form = 1*( "/" segment ) [ "?" query ] */
static bool
origin_form(struct naive *r)
{
	struct in in = inside(r->target);

	if (next(&in) != '/')
		return false;
	r->form = NAIVE_ORIGIN;
	uri_run(&in, ":@/");
	r->path = since(&in, 0);
	return query_to_end(&in, r);
}

static bool
scheme(struct in *in, const char *name)
{
	size_t n = strlen(name);

	if (in->n < n || strncasecmp(in->p, name, n) != 0)
		return false;
	in->at = n;
	return true;
}

static void
refuse(struct naive *r, enum naive_status status)
{
	r->verdict = NAIVE_BAD;
	r->refusals |= 1u << status;
}

/* absolute-form, of the schemes that HTTP defines (RFC 9110 4.2):
 * "http" "://" authority path-abempty [ "?" query ] */
static bool
absolute_form(struct naive *r)
{
	struct in in = inside(r->target);
	size_t begin;

	/* RFC 9110 7.4: https without TLS is not answered. */
	if (scheme(&in, "https://"))
		refuse(r, NAIVE_421);
	else if (!scheme(&in, "http://"))
		return false;
	r->form = NAIVE_ABSOLUTE;
	begin = in.at;
	while (in.at < in.n && !is_one_of(in.p[in.at], "/?"))
		in.at++;
	if (!authority(since(&in, begin), &r->host))
		return false;
	begin = in.at;
	if (next(&in) == '/')
		uri_run(&in, ":@/");
	r->path = since(&in, begin);
	/* RFC 9112 3.2.4 and RFC 9110 4.2.3 */
	if (r->path.n == 0)
		r->path = span_text(
		    span_is(r->method, "OPTIONS") && all_read(&in) ? "*" : "/");
	return query_to_end(&in, r);
}

/* --- RFC 9112 3: the request line ---------------------------------------- */

/* request-target = origin-form / absolute-form / authority-form /
 * asterisk-form, and which method may have which (RFC 9112 3.2). */
static void
judge_target(struct naive *r)
{
	if (span_is(r->method, "CONNECT")) {
		/* A tunnel is not for an origin server. */
		r->form = NAIVE_AUTHORITY;
		refuse(r, NAIVE_501);
		if (!authority(r->target, &r->host))
			refuse(r, NAIVE_400);
		return;
	}
	if (span_is(r->target, "*") && span_is(r->method, "OPTIONS")) {
		r->form = NAIVE_ASTERISK;
		r->path = r->target;
		return;
	}
	if (!origin_form(r) && !absolute_form(r))
		refuse(r, NAIVE_400);
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT */
static bool
http_version(struct in *in, struct naive *r)
{
	if (!one(in, 'H') || !one(in, 'T') || !one(in, 'T') || !one(in, 'P') ||
	    !one(in, '/') || !is_digit(next(in)))
		return false;
	r->major = in->p[in->at++] - '0';
	if (!one(in, '.') || !is_digit(next(in)))
		return false;
	r->minor = in->p[in->at++] - '0';
	return true;
}

/* Any byte that may stand in some URI. */
static bool
is_uri_byte(int c)
{
	return is_unreserved(c) || is_sub_delim(c) || is_one_of(c, ":/?[]@%");
}

/* request-line = method SP request-target SP HTTP-version */
static bool
request_line(struct in *in, struct naive *r)
{
	size_t begin;

	if (!token(in, &r->method) || !one(in, ' '))
		return false;
	begin = in->at;
	if (many(in, is_uri_byte) == 0) {
		next(in);
		return false;
	}
	r->target = since(in, begin);
	return one(in, ' ') && http_version(in, r) && crlf(in);
}

/* --- RFC 9112 5: fields -------------------------------------------------- */

/* field-line = field-name ":" OWS field-value OWS, and its CRLF */
static bool
field_line(struct in *in, struct naive_field *f)
{
	size_t begin;

	if (!token(in, &f->name) || !one(in, ':'))
		return false;
	many(in, is_blank);
	begin = in->at;
	many(in, is_field_byte);
	f->value = since(in, begin);
	while (f->value.n > 0 && is_blank(f->value.p[f->value.n - 1]))
		f->value.n--;
	return crlf(in);
}

/* Bytes from here to the next LF, or to the end. */
static size_t
line_length(const struct in *in)
{
	size_t at = in->at;

	while (at < in->n && in->p[at] != '\n')
		at++;
	return at - in->at;
}

static bool
line_is_longer_than(const struct in *in, size_t limit)
{
	size_t n = line_length(in);

	if (n > 0 && in->p[in->at + n - 1] == '\r')
		n--;
	return n > limit;
}

/* A message that does not match the grammar is wrong, if it is long enough to
 * tell. */
static bool
mismatch(const struct in *in, struct naive *r)
{
	if (!in->ended)
		refuse(r, NAIVE_400);
	else if (r->refusals == 0)
		r->verdict = NAIVE_MORE;
	return false;
}

/* What is past a limit may be wrong otherwise, too. */
static bool
too_much(struct naive *r, enum naive_status status)
{
	refuse(r, status);
	refuse(r, NAIVE_400);
	return false;
}

static bool
head_is_too_long(const struct in *in)
{
	return in->at + line_length(in) >= LIMIT_HEAD;
}

/* *( CRLF ) before the request line (RFC 9112 2.2) */
static bool
empty_lines(struct in *in, struct naive *r)
{
	int n = 0;

	while (next(in) == '\r') {
		if (line_is_longer_than(in, LIMIT_START_LINE))
			return too_much(r, NAIVE_414);
		if (!crlf(in))
			return mismatch(in, r);
		if (++n > LIMIT_EMPTY_LINES)
			return too_much(r, NAIVE_400);
	}
	return true;
}

static bool
start_line(struct in *in, struct naive *r)
{
	if (!empty_lines(in, r))
		return false;
	if (line_is_longer_than(in, LIMIT_START_LINE))
		return too_much(r, NAIVE_414);
	if (!request_line(in, r))
		return mismatch(in, r);
	judge_target(r);
	if (r->major == 1)
		return true;
	refuse(r, NAIVE_505);
	return false;
}

/* *( field-line CRLF ) CRLF */
static bool
field_lines(struct in *in, struct naive *r)
{
	while (next(in) != '\r') {
		if (head_is_too_long(in))
			return too_much(r, NAIVE_431);
		if (r->nfield == LIMIT_FIELDS && next(in) != -1)
			return too_much(r, NAIVE_431);
		if (!field_line(in, &r->field[r->nfield]))
			return mismatch(in, r);
		r->nfield++;
	}
	if (head_is_too_long(in))
		return too_much(r, NAIVE_431);
	if (crlf(in))
		return true;
	if (r->nfield == LIMIT_FIELDS && !in->ended)
		return too_much(r, NAIVE_431);
	return mismatch(in, r);
}

/* --- what the fields mean ------------------------------------------------ */

static size_t
count(const struct naive *r, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < r->nfield; i++)
		n += is_word(r->field[i].name, name);
	return n;
}

/* The first one's value; empty if there is none. */
static struct span
value_of(const struct naive *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nfield; i++)
		if (is_word(r->field[i].name, name))
			return r->field[i].value;
	return span_of("", 0);
}

/* Does a list field, over all its lines, hold that element? */
static bool
lists(const struct naive *r, const char *name, const char *word)
{
	struct span s;
	struct in in;
	size_t i;

	for (i = 0; i < r->nfield; i++) {
		if (!is_word(r->field[i].name, name))
			continue;
		in = inside(r->field[i].value);
		while (element(&in, &s))
			if (is_word(s, word))
				return true;
	}
	return false;
}

/* RFC 9112 3.2: one Host in 1.1, at most one in 1.0, and always valid.  An
 * empty one belongs to a URI without authority. */
static void
judge_host(struct naive *r)
{
	size_t n = count(r, "Host");
	struct span value = value_of(r, "Host");
	struct span host = value;

	if (n > 1 || (n == 0 && r->minor > 0))
		refuse(r, NAIVE_400);
	if (value.n > 0 && !authority(value, &host))
		refuse(r, NAIVE_400);
	if (r->form != NAIVE_ABSOLUTE)
		r->host = host;
}

/*
 * RFC 9112 6.1: chunked, once and alone, is the only coding there is here.
 * What else there may be is a 400 or a 501.  The grammar says which,
 * but a sender whose framing cannot be told may hear either.
 * Stricter than 6.1: a line without any coding, which some take for no line at
 * all and some for a list, is refused.
 */
static void
judge_coding(struct naive *r)
{
	size_t i, before, n = 0;
	bool chunked_only = true;
	struct span s;
	struct in in;

	for (i = 0; i < r->nfield; i++) {
		if (!is_word(r->field[i].name, "Transfer-Encoding"))
			continue;
		in = inside(r->field[i].value);
		for (before = n; element(&in, &s); n++)
			if (!is_word(s, "chunked"))
				chunked_only = false;
		if (n == before)
			refuse(r, NAIVE_400);
	}
	if (n > 1)
		refuse(r, NAIVE_400);
	if (!chunked_only) {
		refuse(r, NAIVE_400);
		refuse(r, NAIVE_501);
	}
	if (r->minor == 0)
		refuse(r, NAIVE_400);
	r->framing = NAIVE_CHUNKED;
}

/* Content-Length = 1*DIGIT (RFC 9110 8.6), and only one (RFC 9112 6.3 lets
 * equal ones pass or be refused). */
static void
judge_length(struct naive *r)
{
	struct span s = value_of(r, "Content-Length");
	struct in in = inside(s);

	if (count(r, "Content-Length") > 1 || many(&in, is_digit) == 0 ||
	    !all_read(&in)) {
		refuse(r, NAIVE_400);
		return;
	}
	for (in.at = 0; in.at < in.n && r->length <= LIMIT_REQUEST_BODY;)
		r->length = r->length * 10 + (uint64_t)(in.p[in.at++] - '0');
	if (r->length > LIMIT_REQUEST_BODY)
		refuse(r, NAIVE_413);
	if (r->length > 0)
		r->framing = NAIVE_LENGTH;
}

/* RFC 9112 6.3 */
static void
judge_framing(struct naive *r)
{
	bool coding = count(r, "Transfer-Encoding") > 0;
	bool length = count(r, "Content-Length") > 0;

	if (coding && length)
		refuse(r, NAIVE_400);
	if (coding)
		judge_coding(r);
	else if (length)
		judge_length(r);
}

/* RFC 9110 10.1.1: of a 1.0 client it is ignored. */
static void
judge_expect(struct naive *r)
{
	struct span s;
	struct in in;
	size_t i;

	for (i = 0; i < r->nfield && r->minor > 0; i++) {
		if (!is_word(r->field[i].name, "Expect"))
			continue;
		in = inside(r->field[i].value);
		while (element(&in, &s)) {
			if (is_word(s, "100-continue"))
				r->expects = true;
			else
				refuse(r, NAIVE_417);
		}
	}
}

/* --- RFC 9112 7.1: chunks ------------------------------------------------ */

/* chunk-size = 1*HEXDIG, which may be too large for any number here */
static bool
chunk_size(struct in *in, uint64_t *size, bool *overflows)
{
	size_t begin = in->at, i;
	uint64_t c;

	*size = 0;
	*overflows = false;
	if (many(in, is_hexdig) == 0) {
		next(in);
		return false;
	}
	for (i = begin; i < in->at; i++) {
		c = (unsigned char)in->p[i];
		c = is_digit((int)c) ? c - '0' : (c | 0x20) - 'a' + 10;
		if (*size >> 60 != 0)
			*overflows = true;
		*size = *size * 16 + c;
	}
	return true;
}

/* chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ),
 * up to the CR */
static bool
chunk_ext(struct in *in)
{
	struct span s;
	size_t blanks = many(in, is_blank);

	while (next(in) != '\r' || blanks > 0) {
		if (!one(in, ';'))
			return false;
		many(in, is_blank);
		if (!token(in, &s))
			return false;
		blanks = many(in, is_blank);
		if (next(in) != '=')
			continue;
		in->at++;
		many(in, is_blank);
		if (next(in) == '"' ? !quoted_string(in) : !token(in, &s))
			return false;
		blanks = many(in, is_blank);
	}
	return true;
}

static void
add_content(struct naive *r, struct in *in, size_t n)
{
	memcpy(r->content + r->ncontent, in->p + in->at, n);
	r->ncontent += n;
	in->at += n;
}

/* chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF; the last one's size
 * is 0, and it has no data. */
static bool
chunk(struct in *in, struct naive *r, bool *last)
{
	size_t left, line = line_length(in);
	bool is_size, overflows;
	uint64_t size;

	is_size = chunk_size(in, &size, &overflows);
	if (overflows)
		return too_much(r, NAIVE_413);
	if (line > LIMIT_CHUNK_LINE)
		return too_much(r, NAIVE_400);
	if (!is_size || !chunk_ext(in) || !crlf(in))
		return mismatch(in, r);
	if (size > LIMIT_REQUEST_BODY - r->ncontent) {
		refuse(r, NAIVE_413);
		return false;
	}
	*last = size == 0;
	if (*last)
		return true;
	left = in->n - in->at;
	add_content(r, in, size < left ? (size_t)size : left);
	/* Less than `size` was there: then this is the end of the input. */
	return crlf(in) || mismatch(in, r);
}

/* trailer-section CRLF; trailer-section = *( field-line CRLF ) */
static bool
trailers(struct in *in, struct naive *r)
{
	struct naive_field f;
	size_t bytes = 0, lines = 0;

	for (;;) {
		bytes += line_length(in);
		if (bytes > LIMIT_TRAILERS)
			return too_much(r, NAIVE_431);
		if (next(in) == '\r')
			return crlf(in) || mismatch(in, r);
		if (is_tchar(next(in)) && ++lines > LIMIT_FIELDS)
			return too_much(r, NAIVE_431);
		if (!field_line(in, &f))
			return mismatch(in, r);
	}
}

/* chunked-body = *chunk last-chunk trailer-section CRLF */
static bool
chunked_body(struct in *in, struct naive *r)
{
	bool last = false;

	while (!last)
		if (!chunk(in, r, &last))
			return false;
	return trailers(in, r);
}

static bool
length_body(struct in *in, struct naive *r)
{
	size_t left = in->n - in->at;

	add_content(r, in, r->length < left ? (size_t)r->length : left);
	if (r->ncontent == r->length)
		return true;
	r->verdict = NAIVE_MORE;
	return false;
}

/* --- the whole ----------------------------------------------------------- */

static bool
body(struct in *in, struct naive *r)
{
	switch (r->framing) {
	case NAIVE_LENGTH:
		return length_body(in, r);
	case NAIVE_CHUNKED:
		return chunked_body(in, r);
	case NAIVE_NO_BODY:
		break;
	}
	return true;
}

/* RFC 9112 9.3 */
static void
judge_connection(struct naive *r)
{
	r->keep_alive = !lists(r, "Connection", "close") &&
	    (r->minor > 0 || lists(r, "Connection", "keep-alive"));
}

void
naive_request(const char *p, size_t n, struct naive *r)
{
	struct in in = inside(span_of(p, n));

	memset(r, 0, sizeof(*r));
	r->content = malloc(n + 1);
	if (r->content == NULL)
		abort();
	if (!start_line(&in, r) || !field_lines(&in, r))
		return;
	judge_host(r);
	judge_framing(r);
	judge_expect(r);
	judge_connection(r);
	if (r->refusals != 0)
		return;
	r->head = in.at;
	in.ended = false;
	if (!body(&in, r))
		return;
	r->verdict = NAIVE_DONE;
	r->total = in.at;
}

void
naive_release(struct naive *r)
{
	free(r->content);
	r->content = NULL;
}

bool
naive_may_refuse(const struct naive *r, int status)
{
	static const int statuses[] = {
#define X(status) [NAIVE_##status] = status,
		NAIVE_STATUSES(X)
#undef X
	};
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i] == status)
			return (r->refusals & 1u << i) != 0;
	return false;
}
