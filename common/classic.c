#include "classic.h"

#include "chars.h"
#include "semantics.h"
#include "url.h"

/* The message's first byte: empty lines in front do not count. */
static size_t
skip_empty(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] == '\n' || p[i] == '\r'))
		i++;
	return i;
}

/* The line at p, without its end.  *len is all of it, LF included; 0 if no LF
 * has come. */
static struct span
first_line(const char *p, size_t n, size_t *len)
{
	const char *lf = n > 0 ? memchr(p, '\n', n) : NULL;
	size_t line = lf != NULL ? (size_t)(lf - p) : n;

	*len = lf != NULL ? line + 1 : 0;
	if (line > 0 && p[line - 1] == '\r')
		line--;
	return span_of(p, line);
}

static bool
has_control(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

enum parse
classic_parse_request(
    const char *p, size_t n, enum classic_end end, struct classic_request *r)
{
	size_t start = skip_empty(p, n);
	size_t lf, name;
	struct span line = first_line(p + start, n - start, &lf);

	if (line.n > LIMIT_CLASSIC)
		return PARSE_BAD;
	if (lf == 0 &&
	    (end == CLASSIC_OPEN ||
		(end == CLASSIC_QUIET && !classic_may_end(p, n))))
		return PARSE_MORE;
	name = chars_run(line.p, line.n, CHAR_TOKEN);
	if (name == 0 || name + 1 >= line.n || line.p[name] != ',' ||
	    has_control(line))
		return PARSE_BAD;
	r->method = span_of(line.p, name);
	r->url = span_of(line.p + name + 1, line.n - name - 1);
	r->len = lf != 0 ? start + lf : n;
	return PARSE_DONE;
}

bool
classic_may_end(const char *p, size_t n)
{
	const char *comma = n > 0 ? memchr(p, ',', n) : NULL;

	return comma != NULL && comma + 1 < p + n && comma[1] != '\r';
}

/* "HTTP/" 3DIGIT SP and one byte at least. */
static bool
is_answer(struct span s)
{
	return s.n >= 10 && memcmp(s.p, "HTTP/", 5) == 0 &&
	    chars_run(s.p + 5, 3, CHAR_DIGIT) == 3 && s.p[8] == ' ';
}

enum parse
classic_parse_answer(
    const char *p, size_t n, enum classic_end end, struct classic_answer *a)
{
	size_t lf;
	struct span line = first_line(p, n, &lf);

	if (line.n > LIMIT_CLASSIC)
		return PARSE_BAD;
	if (lf == 0 && end != CLASSIC_EOF &&
	    (end == CLASSIC_OPEN || !is_answer(line)))
		return PARSE_MORE;
	if (!is_answer(line))
		return PARSE_BAD;
	a->status = (line.p[5] - '0') * 100 + (line.p[6] - '0') * 10 +
	    (line.p[7] - '0');
	a->reason = span_of(line.p + 9, line.n - 9);
	a->len = lf != 0 ? lf : n;
	return PARSE_DONE;
}

bool
classic_encode_answer(struct buf *b, int status, const char *reason)
{
	size_t before = b->len;
	size_t i;

	if (!buf_printf(b, "HTTP/%d ", status))
		return false;
	i = b->len;
	if (!buf_append_text(b, reason)) {
		b->len = before;
		return false;
	}
	for (; i < b->len; i++)
		if (b->data[i] >= 'a' && b->data[i] <= 'z')
			b->data[i] = (char)(b->data[i] - 'a' + 'A');
	return true;
}

bool
classic_encode_request(struct buf *b, struct span method, struct span url)
{
	if (!buf_reserve(b, method.n + 1 + url.n))
		return false;
	return buf_append_span(b, method) && buf_append(b, ",", 1) &&
	    buf_append_span(b, url);
}

void
classic_url_split(
    struct span url, struct span *host, struct span *path, struct span *query)
{
	const char *mark;
	uint16_t port;
	bool has_port;
	size_t end;

	if (url.n >= 7 && strncasecmp(url.p, "http://", 7) == 0)
		url = span_of(url.p + 7, url.n - 7);
	for (end = 0; end < url.n; end++)
		if (url.p[end] == '/' || url.p[end] == '?')
			break;
	*host = span_of(url.p, end);
	if (!authority_parse(*host, host, &has_port, &port))
		*host = span_of(url.p, end);
	if (host->n > 1 && host->p[host->n - 1] == '.')
		host->n--;
	*path = span_of(url.p + end, url.n - end);
	*query = span_of(NULL, 0);
	mark = path->n > 0 ? memchr(path->p, '?', path->n) : NULL;
	if (mark != NULL) {
		path->n = (size_t)(mark - path->p);
		*query = span_of(mark + 1, url.n - end - path->n - 1);
	}
	if (path->n == 0)
		*path = span_of("/", 1);
}
