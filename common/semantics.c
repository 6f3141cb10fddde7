#include "semantics.h"

#include "chars.h"
#include "status.h"
#include "url.h"

/* In a folded value, which only an answer has, the end of a line is white space
 * as well (RFC 9112 5.2). */
static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span
member_trim(struct span s)
{
	while (s.n > 0 && is_space(s.p[0]))
		s.p++, s.n--;
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The next member is the first n bytes of rest, which a comma may follow.
 * False if it is empty. */
static bool
member_take(struct span *rest, size_t n, struct span *member)
{
	*member = member_trim(span_of(rest->p, n));
	if (n < rest->n)
		n++;
	*rest = span_of(rest->p + n, rest->n - n);
	return member->n > 0;
}

bool
list_next(struct span *rest, struct span *member)
{
	const char *comma;

	while (rest->n > 0) {
		comma = memchr(rest->p, ',', rest->n);
		if (member_take(rest,
			comma != NULL ? (size_t)(comma - rest->p) : rest->n,
			member))
			return true;
	}
	return false;
}

/* The fields that frame a message, gathered in one walk. */
struct framing_fields {
	int nlength;
	struct span length;  /* the first one's */
	bool length_differs; /* a later one says something else */
	int ncoding;
	int nchunked;
	bool coding_unknown; /* one that is not chunked */
	bool coding_foreign; /* one that nobody registered */
	bool coding_invalid;
	bool chunked_last;
	bool close; /* Connection: close */
	bool keep_alive;
};

static void
gather_one_length(struct framing_fields *f, struct span value)
{
	if (f->nlength++ == 0)
		f->length = value;
	else if (!span_eq(f->length, value))
		f->length_differs = true;
}

/* "5, 5" is what two fields become on the way (RFC 9112 6.3): a comma makes
 * it more than one. */
static void
gather_length(struct framing_fields *f, struct span value)
{
	struct span member;

	if (value.n == 0 || memchr(value.p, ',', value.n) == NULL) {
		gather_one_length(f, value);
		return;
	}
	while (list_next(&value, &member))
		gather_one_length(f, member);
	f->nlength++;
}

/* The quoted string at s.p[0] with both its quotes (RFC 9110 5.6.4); 1 if it has
 * no end. */
static size_t
quoted_length(struct span s)
{
	size_t i;

	for (i = 1; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\')
			i++;
	return i < s.n ? i + 1 : 1;
}

/* As list_next, but parameters may quote a comma. */
static bool
coding_next(struct span *rest, struct span *member)
{
	size_t n;

	while (rest->n > 0) {
		for (n = 0; n < rest->n && rest->p[n] != ',';)
			n += rest->p[n] != '"'
			    ? 1
			    : quoted_length(span_of(rest->p + n, rest->n - n));
		if (member_take(rest, n, member))
			return true;
	}
	return false;
}

/* token *( OWS ";" OWS parameter ), parameters unread (RFC 9112 7). */
static bool
is_coding(struct span s)
{
	size_t n = chars_run(s.p, s.n, CHAR_TOKEN);
	struct span rest = span_trim(span_of(s.p + n, s.n - n));

	return n > 0 && (rest.n == 0 || rest.p[0] == ';');
}

/* IANA's transfer codings besides chunked.  None of them says where it ends. */
static bool
is_registered(struct span s)
{
	static const char *const names[] = { "gzip", "x-gzip", "deflate",
		"compress", "x-compress" };
	size_t i;

	s.n = chars_run(s.p, s.n, CHAR_TOKEN);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is_nocase(s, names[i]))
			return true;
	return false;
}

static void
gather_coding(struct framing_fields *f, struct span value)
{
	struct span member;
	int n = 0;

	f->ncoding++;
	while (coding_next(&value, &member)) {
		n++;
		f->chunked_last = span_is_nocase(member, "chunked");
		if (f->chunked_last)
			f->nchunked++;
		else if (!is_coding(member))
			f->coding_invalid = true;
		else if (is_registered(member))
			f->coding_unknown = true;
		else
			f->coding_unknown = f->coding_foreign = true;
	}
	if (n == 0)
		f->coding_invalid = true;
}

static void
gather_connection(struct framing_fields *f, struct span value)
{
	struct span member;

	while (list_next(&value, &member)) {
		if (span_is_nocase(member, "close"))
			f->close = true;
		else if (span_is_nocase(member, "keep-alive"))
			f->keep_alive = true;
	}
}

static void
gather_field(struct framing_fields *f, enum field_kind kind, struct span value)
{
	if (kind == FIELD_CONNECTION)
		gather_connection(f, value);
	else if (kind == FIELD_LENGTH)
		gather_length(f, value);
	else if (kind == FIELD_CODING)
		gather_coding(f, value);
}

/* 1*DIGIT.  Past 2^64 it stays at the greatest number: longer than any limit
 * all the same (RFC 9110 8.6 wants no overflow). */
static bool
length_parse(struct span s, uint64_t *length)
{
	uint64_t v = 0;
	size_t i;

	if (s.n == 0 || chars_run(s.p, s.n, CHAR_DIGIT) != s.n)
		return false;
	for (i = 0; i < s.n; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s.p[i] - '0', &v))
			v = UINT64_MAX;
	*length = v;
	return true;
}

/* RFC 9112 9.3 */
static bool
persists(const struct head *h, const struct framing_fields *f)
{
	if (f->close)
		return false;
	return h->minor >= 1 || f->keep_alive;
}

/* RFC 9112 6.1 and 6.3, for a request: whatever is doubtful is refused. */
static enum httperr
request_framing(const struct head *h, const struct framing_fields *f,
    struct framing *framing)
{
	*framing = (struct framing){ FRAMING_NONE, 0 };
	if (f->ncoding > 0) {
		if (f->nlength > 0)
			return HTTPERR_LENGTH_AND_CODING;
		if (h->minor == 0)
			return HTTPERR_CODING_IN_1_0;
		if (f->coding_invalid)
			return HTTPERR_CODING_INVALID;
		/* Where a foreign one ends nobody knows: that it is not
		 * implemented is the truer word (6.1). */
		if (f->coding_foreign)
			return HTTPERR_CODING_UNKNOWN;
		if (f->nchunked > 1 || !f->chunked_last)
			return HTTPERR_CODING_NOT_LAST;
		if (f->coding_unknown)
			return HTTPERR_CODING_UNKNOWN;
		framing->kind = FRAMING_CHUNKED;
		return HTTPERR_NONE;
	}
	if (f->nlength == 0)
		return HTTPERR_NONE;
	if (f->nlength > 1)
		return HTTPERR_LENGTH_TWICE;
	if (!length_parse(f->length, &framing->length))
		return HTTPERR_LENGTH_INVALID;
	if (framing->length > LIMIT_REQUEST_BODY)
		return HTTPERR_LENGTH_TOO_LARGE;
	if (framing->length > 0)
		framing->kind = FRAMING_LENGTH;
	return HTTPERR_NONE;
}

enum {
	HTTP_LEN = 7, /* http:// */
	HTTPS_LEN = 8
};

/* Of the scheme at its front, in any case; 0 for any other. */
static size_t
scheme_len(struct span target)
{
	if (target.n >= HTTP_LEN &&
	    strncasecmp(target.p, "http://", HTTP_LEN) == 0)
		return HTTP_LEN;
	if (target.n >= HTTPS_LEN &&
	    strncasecmp(target.p, "https://", HTTPS_LEN) == 0)
		return HTTPS_LEN;
	return 0;
}

static bool
percents_are_whole(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '%')
			continue;
		if (s.n - i < 3 || char_hex(s.p[i + 1]) < 0 ||
		    char_hex(s.p[i + 2]) < 0)
			return false;
	}
	return true;
}

/* Path and query of what begins with a slash, a question mark or nothing. */
static void
path_split(struct span s, struct request_semantics *r)
{
	size_t n;

	for (n = 0; n < s.n && s.p[n] != '?'; n++)
		;
	r->path = span_of(n > 0 ? s.p : "/", n > 0 ? n : 1);
	if (n < s.n)
		r->query = span_of(s.p + n + 1, s.n - n - 1);
}

/* RFC 9110 7.2: without the port, and without the dot that ends a full name.
 * An empty one is allowed where the URI has no authority. */
static bool
host_split(struct span text, struct span *host)
{
	uint16_t port;
	bool has_port;

	*host = text;
	/* Most have neither a port nor a dot at the end. */
	if (chars_all(text.p, text.n, CHAR_HOST) &&
	    (text.n == 0 || text.p[text.n - 1] != '.'))
		return true;
	if (!authority_parse(text, host, &has_port, &port))
		return false;
	if (host->n > 1 && host->p[host->n - 1] == '.')
		host->n--;
	return true;
}

/* RFC 9112 3.2: four forms, of which authority-form is CONNECT's alone. */
static enum httperr
target_split(struct span target, struct request_semantics *r)
{
	size_t n = scheme_len(target);
	size_t end;
	if (r->method == METHOD_CONNECT) {
		r->form = TARGET_AUTHORITY;
		return HTTPERR_NONE;
	}
	if (!percents_are_whole(target))
		return HTTPERR_TARGET;
	if (target.p[0] == '/') {
		r->path_is_plain =
		    chars_all(target.p, target.n, CHAR_PLAIN_PATH);
		path_split(target, r);
		return HTTPERR_NONE;
	}
	if (span_is(target, "*") && r->method == METHOD_OPTIONS) {
		r->form = TARGET_ASTERISK;
		r->path = target;
		return HTTPERR_NONE;
	}
	if (n == 0)
		return HTTPERR_TARGET_FORM;
	r->form = TARGET_ABSOLUTE;
	target = span_of(target.p + n, target.n - n);
	for (end = 0; end < target.n; end++)
		if (target.p[end] == '/' || target.p[end] == '?')
			break;
	path_split(span_of(target.p + end, target.n - end), r);
	if (end == 0 || !host_split(span_of(target.p, end), &r->host))
		return HTTPERR_HOST_INVALID;
	/* RFC 9112 3.2.4: a proxy's way to say OPTIONS *. */
	if (r->method == METHOD_OPTIONS && end == target.n)
		r->path = span_of("*", 1);
	return HTTPERR_NONE;
}

/* The Host field must be right even where the target wins (RFC 9112 3.2). */
static enum httperr
host_check(const struct head *h, int nhost, struct span text,
    struct request_semantics *r)
{
	struct span other = { NULL, 0 };
	struct span *host = r->form == TARGET_ABSOLUTE ? &other : &r->host;

	if (nhost == 0) {
		*host = span_of("", 0);
		return h->minor == 0 ? HTTPERR_NONE : HTTPERR_HOST_MISSING;
	}
	if (nhost > 1)
		return HTTPERR_HOST_TWICE;
	return host_split(text, host) ? HTTPERR_NONE : HTTPERR_HOST_INVALID;
}

/* RFC 9110 10.1.1; a 1.0 client does not know it. */
static enum httperr
expect_check(
    const struct head *h, struct span value, struct request_semantics *r)
{
	struct span member;

	while (list_next(&value, &member)) {
		if (h->minor == 0)
			continue;
		if (!span_is_nocase(member, "100-continue"))
			return HTTPERR_EXPECT;
		r->expect_continue = true;
	}
	return HTTPERR_NONE;
}

/* What keeps the rules and is yet not for this server.  Said behind them: what
 * breaks one is a 400 whatever it asks for (RFC 9112 3.2 and 6.3). */
static enum httperr
server_check(const struct request_semantics *r, struct span target)
{
	if (r->form == TARGET_AUTHORITY)
		return HTTPERR_CONNECT;
	if (r->form == TARGET_ABSOLUTE && scheme_len(target) == HTTPS_LEN)
		return HTTPERR_MISDIRECTED;
	return HTTPERR_NONE;
}

/* A name with neither port nor dot at its end, and not longer than can be
 * looked at as one. */
static inline bool
is_short_name(const char *p, const struct head *h, struct slice s)
{
	return s.len > 0 && s.off + CHARS_AT_ONCE <= h->len &&
	    s.len <= chars_names_some(p + s.off) && p[s.off + s.len - 1] != '.';
}

static inline bool
read_plain_host(const char *p, const struct head *h, const struct field *f,
    struct request_semantics *r)
{
	if (f->kind != FIELD_HOST || !is_short_name(p, h, f->value))
		return false;
	r->host = slice_in(p, f->value);
	return true;
}

static bool
read_plain_connection(
    const char *p, const struct field *f, struct request_semantics *r)
{
	struct span value = slice_in(p, f->value);

	if (span_is_nocase(value, "close"))
		r->keep_alive = false;
	return !r->keep_alive || span_is_nocase(value, "keep-alive");
}

/* A plain Host, and one word about the connection. */
static __attribute__((noinline)) bool
read_plain_two(const char *p, const struct head *h, struct request_semantics *r)
{
	const struct field *a = &h->field[h->known[0]];
	const struct field *b = &h->field[h->known[1]];

	if (a->kind == FIELD_CONNECTION)
		return read_plain_host(p, h, b, r) &&
		    read_plain_connection(p, a, r);
	return b->kind == FIELD_CONNECTION && read_plain_host(p, h, a, r) &&
	    read_plain_connection(p, b, r);
}

/* Has it a path with nothing special about it, a Host that is a short name, and
 * at most one word about the connection besides?  Most have. */
static inline bool
read_plain(const char *p, const struct head *h, struct request_semantics *r)
{
	if (!h->target_is_plain || p[h->target.off] != '/' ||
	    r->method == METHOD_CONNECT || h->minor == 0)
		return false;
	r->path = slice_in(p, h->target);
	r->path_is_plain = r->keep_alive = true;
	if (h->nknown == 1)
		return read_plain_host(p, h, &h->field[h->known[0]], r);
	return h->nknown == 2 && read_plain_two(p, h, r);
}

/* Whatever the others say. */
static __attribute__((noinline)) enum httperr
read_request(const char *p, const struct head *h, struct request_semantics *r)
{
	struct framing_fields f = { 0 };
	const struct field *field;
	struct span value, host = { NULL, 0 };
	enum httperr expect = HTTPERR_NONE;
	enum httperr e;
	int i, nhost = 0;

	for (i = 0; i < h->nknown; i++) {
		field = &h->field[h->known[i]];
		value = slice_in(p, field->value);
		if (field->kind == FIELD_HOST && nhost++ == 0)
			host = value;
		else if (field->kind == FIELD_EXPECT && expect == HTTPERR_NONE)
			expect = expect_check(h, value, r);
		else
			gather_field(&f, field->kind, value);
	}
	r->keep_alive = persists(h, &f);
	e = target_split(slice_in(p, h->target), r);
	if (e == HTTPERR_NONE)
		e = host_check(h, nhost, host, r);
	if (e == HTTPERR_NONE)
		e = request_framing(h, &f, &r->framing);
	if (e == HTTPERR_NONE)
		e = server_check(r, slice_in(p, h->target));
	return e != HTTPERR_NONE ? e : expect;
}

enum httperr
request_semantics_of(
    const char *p, const struct head *h, struct request_semantics *r)
{
	struct span none = { NULL, 0 };

	r->method = h->verb;
	r->form = TARGET_ORIGIN;
	r->query = none;
	r->framing = (struct framing){ FRAMING_NONE, 0 };
	r->expect_continue = false;
	if (read_plain(p, h, r))
		return HTTPERR_NONE;
	r->host = r->path = none;
	r->path_is_plain = false;
	return read_request(p, h, r);
}

/* What a response's Transfer-Encoding breaks. */
static httperr_set
coding_wrong(const struct head *h, const struct framing_fields *f)
{
	httperr_set wrong = 0;

	if (f->nlength > 0)
		wrong |= httperr_bit(HTTPERR_LENGTH_AND_CODING);
	if (h->minor == 0)
		wrong |= httperr_bit(HTTPERR_CODING_IN_1_0);
	if (f->coding_invalid)
		wrong |= httperr_bit(HTTPERR_CODING_INVALID);
	if (f->nchunked > 1 || (f->nchunked == 1 && !f->chunked_last))
		wrong |= httperr_bit(HTTPERR_CODING_NOT_LAST);
	if (f->coding_unknown)
		wrong |= httperr_bit(HTTPERR_CODING_UNKNOWN);
	return wrong;
}

/* What the fields break that frame a response, or would: there may be none
 * to frame, as behind a HEAD.  In a bare one they stand by mistake. */
static httperr_set
framing_wrong(const struct head *h, const struct framing_fields *f, bool bare)
{
	httperr_set wrong = f->ncoding > 0 ? coding_wrong(h, f) : 0;
	uint64_t length;

	if (bare && f->nlength > 0)
		wrong |= httperr_bit(HTTPERR_LENGTH_FORBIDDEN);
	if (bare && f->ncoding > 0)
		wrong |= httperr_bit(HTTPERR_CODING_FORBIDDEN);
	if (f->nlength > 1)
		wrong |= httperr_bit(HTTPERR_LENGTH_TWICE);
	if (f->nlength > 0 && !length_parse(f->length, &length))
		wrong |= httperr_bit(HTTPERR_LENGTH_INVALID);
	return wrong;
}

/* RFC 9112 6.3, for a response: its eight rules, in their order. */
static struct framing
response_framing(const struct head *h, const struct framing_fields *f,
    enum method asked, httperr_set *wrong)
{
	struct framing framing = { FRAMING_NONE, 0 };
	bool tunnel = asked == METHOD_CONNECT && h->status / 100 == 2;

	*wrong = framing_wrong(
	    h, f, tunnel || h->status == 204 || h->status / 100 == 1);
	if (tunnel || asked == METHOD_HEAD || status_has_no_body(h->status))
		return framing;
	framing.kind = FRAMING_CLOSE;
	if (f->ncoding > 0)
		framing.kind =
		    f->chunked_last ? FRAMING_CHUNKED : FRAMING_CLOSE;
	else if (f->nlength > 0 && !f->length_differs &&
	    length_parse(f->length, &framing.length))
		framing.kind =
		    framing.length > 0 ? FRAMING_LENGTH : FRAMING_NONE;
	return framing;
}

/* Does it say of several parts itself which they are (RFC 9110 15.3.7.2)? */
static bool
is_byteranges(const char *p, const struct head *h)
{
	static const char name[] = "multipart/byteranges";
	struct span type = head_value(p, h, "Content-Type");

	return type.n >= sizeof(name) - 1 &&
	    span_is_nocase(span_of(type.p, sizeof(name) - 1), name);
}

/* Fields without which an answer of that status must not be sent. */
static httperr_set
missing_fields(const char *p, const struct head *h)
{
	static const struct {
		int status;
		const char *field;
		enum httperr missing;
	} wanted[] = {
		{ 101, "Upgrade", HTTPERR_UPGRADE_MISSING },
		{ 206, "Content-Range", HTTPERR_RANGE_MISSING },
		{ 401, "WWW-Authenticate", HTTPERR_CHALLENGE_MISSING },
		{ 405, "Allow", HTTPERR_ALLOW_MISSING },
		{ 407, "Proxy-Authenticate", HTTPERR_PROXY_CHALLENGE_MISSING },
		{ 426, "Upgrade", HTTPERR_UPGRADE_MISSING },
	};
	size_t i;

	if (h->status == 206 && is_byteranges(p, h))
		return 0;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (h->status == wanted[i].status &&
		    head_find(p, h, 0, wanted[i].field) < 0)
			return httperr_bit(wanted[i].missing);
	return 0;
}

/* One of the names, three letters each? */
static bool
is_name_in(const char *names, const char *p)
{
	for (; *names != '\0'; names += 3)
		if (memcmp(names, p, 3) == 0)
			return true;
	return false;
}

/* Two digits, from `least` to `most`? */
static bool
is_number_in(const char *p, int least, int most)
{
	int n = (p[0] - '0') * 10 + (p[1] - '0');

	return chars_all(p, 2, CHAR_DIGIT) && n >= least && n <= most;
}

/* IMF-fixdate, which alone may be sent (RFC 9110 5.6.7).  That the day is of
 * its month, and its name of the day, is not looked at. */
static bool
is_date(struct span s)
{
	static const char form[] = "___, __ ___ ____ __:__:__ GMT";
	const char *p = s.p;
	size_t i;

	if (s.n != sizeof(form) - 1)
		return false;
	for (i = 0; i < s.n; i++)
		if (form[i] != '_' && form[i] != p[i])
			return false;
	return is_name_in("MonTueWedThuFriSatSun", p) &&
	    is_number_in(p + 5, 1, 31) &&
	    is_name_in("JanFebMarAprMayJunJulAugSepOctNovDec", p + 8) &&
	    chars_all(p + 12, 4, CHAR_DIGIT) && is_number_in(p + 17, 0, 23) &&
	    is_number_in(p + 20, 0, 59) && is_number_in(p + 23, 0, 60);
}

static httperr_set
date_wrong(const char *p, const struct head *h)
{
	struct span date = head_value(p, h, "Date");

	return date.p == NULL || is_date(date)
	    ? 0
	    : httperr_bit(HTTPERR_DATE_INVALID);
}

void
response_semantics_of(const char *p, const struct head *h, enum method asked,
    struct response_semantics *r)
{
	struct framing_fields f = { 0 };
	const struct field *field;
	int i;

	for (i = 0; i < h->nknown; i++) {
		field = &h->field[h->known[i]];
		gather_field(&f, field->kind, slice_in(p, field->value));
	}
	r->framing = response_framing(h, &f, asked, &r->wrong);
	r->wrong |= missing_fields(p, h) | date_wrong(p, h);
	/* RFC 9112 6.1: a coding in 1.0 is faulty framing. */
	r->keep_alive = persists(h, &f) && r->framing.kind != FRAMING_CLOSE &&
	    (f.ncoding == 0 || h->minor > 0);
}
