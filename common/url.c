#include "url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "chars.h"

bool
port_parse(struct span text, uint16_t *port)
{
	uint32_t v = 0;
	size_t i;

	if (text.n == 0)
		return false;
	for (i = 0; i < text.n; i++) {
		if (!char_is(text.p[i], CHAR_DIGIT))
			return false;
		v = v * 10 + (uint32_t)(text.p[i] - '0');
		if (v > UINT16_MAX)
			return false;
	}
	*port = (uint16_t)v;
	return true;
}

static bool
is_ipv6(struct span s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (s.n >= sizeof(text) || memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

/* How many bytes of it are a reg-name (RFC 3986 3.2.2). */
static size_t
name_run(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (char_is(s.p[i], CHAR_HOST))
			continue;
		if (s.p[i] != '%' || s.n - i < 3 || char_hex(s.p[i + 1]) < 0 ||
		    char_hex(s.p[i + 2]) < 0)
			break;
		i += 2;
	}
	return i;
}

bool
authority_parse(
    struct span text, struct span *host, bool *has_port, uint16_t *port)
{
	const char *end = text.p + text.n;
	const char *mark;
	struct span name;

	if (text.n > 0 && text.p[0] == '[') {
		mark = memchr(text.p, ']', text.n);
		if (mark == NULL)
			return false;
		name = span_of(text.p + 1, (size_t)(mark - text.p - 1));
		if (!is_ipv6(name))
			return false;
		mark++;
	} else {
		name = span_of(text.p, name_run(text));
		if (name.n == 0)
			return false;
		mark = name.p + name.n;
	}
	if (mark < end && *mark != ':')
		return false;
	*has_port = end - mark > 1;
	if (*has_port &&
	    !port_parse(span_of(mark + 1, (size_t)(end - mark - 1)), port))
		return false;
	*host = name;
	return true;
}

/* "http:" or "http:/" and no second slash: no host of that name is meant, and
 * perhaps it is being typed. */
static bool
is_half_scheme(struct span text, size_t n)
{
	struct span name = span_of(text.p, n);

	if (!span_is_nocase(name, "http") && !span_is_nocase(name, "https"))
		return false;
	return span_is(span_of(text.p + n, text.n - n), ":") ||
	    (text.n - n >= 2 && memcmp(text.p + n, ":/", 2) == 0 &&
		(text.n - n == 2 || text.p[n + 2] != '/'));
}

/* The scheme in front, taken off *text. */
static bool
scheme_take(struct span *text, enum scheme *scheme, const char **why)
{
	size_t n = 0;

	while (n < text->n &&
	    (char_is(text->p[n], CHAR_HOST) && text->p[n] != ','))
		n++;
	*scheme = SCHEME_HTTP;
	if (is_half_scheme(*text, n)) {
		*why = "The URL's scheme has two slashes behind it: write "
		       "http:// or leave it out.";
		return false;
	}
	if (text->n - n < 3 || memcmp(text->p + n, "://", 3) != 0)
		return true;
	if (span_is_nocase(span_of(text->p, n), "https")) {
		*scheme = SCHEME_HTTPS;
	} else if (!span_is_nocase(span_of(text->p, n), "http")) {
		*why = "The URL's scheme is not spoken here: write http:// "
		       "or leave it out.";
		return false;
	}
	*text = span_of(text->p + n + 3, text->n - n - 3);
	return true;
}

/* What exactly is wrong with an authority that is none. */
static const char *
authority_fault(struct span text)
{
	size_t i;

	if (text.n == 0 || text.p[0] == ':')
		return "The URL names no host: write one in front, as in "
		       "test.com/create.";
	if (memchr(text.p, '@', text.n) != NULL)
		return "The URL holds a user name: leave it out, and send an "
		       "Authorization field.";
	if (text.p[0] == '[')
		return "The URL's address is not [IPV6] or [IPV6]:PORT: "
		       "write it as in [::1]:8080.";
	for (i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return "The URL's host is not in ASCII: write the "
			       "name in its xn-- form.";
	for (i = 0; i < text.n && text.p[i] != ':'; i++)
		if (!char_is(text.p[i], CHAR_HOST) && text.p[i] != '%')
			return "The URL's host holds a character that no name "
			       "may hold: use letters, digits, dots and "
			       "hyphens.";
	return "The URL's port is not a number from 0 to 65535: write it as "
	       "in localhost:8080.";
}

bool
url_parse(struct span text, struct url *u, const char **why)
{
	struct span authority;
	const char *hash;
	size_t n;

	text = span_trim(text);
	if (text.n == 0) {
		*why = "The URL is empty: type one, as in test.com.";
		return false;
	}
	if (!scheme_take(&text, &u->scheme, why))
		return false;
	for (n = 0; n < text.n; n++)
		if (text.p[n] == '/' || text.p[n] == '?' || text.p[n] == '#')
			break;
	authority = span_of(text.p, n);
	u->port = u->scheme == SCHEME_HTTPS ? 443 : 80;
	if (!authority_parse(authority, &u->host, &u->has_port, &u->port)) {
		*why = authority_fault(authority);
		return false;
	}
	u->is_ipv6 = authority.p[0] == '[';
	u->path = span_of(text.p + n, text.n - n);
	hash = u->path.n > 0 ? memchr(u->path.p, '#', u->path.n) : NULL;
	if (hash != NULL)
		u->path.n = (size_t)(hash - u->path.p);
	return true;
}

static bool
append_encoded(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	char out[3] = { '%', hex[c >> 4], hex[c & 15] };

	return buf_append(b, out, sizeof(out));
}

/* "%" and two hexadecimal digits at p; their value, else -1. */
static int
percent_value(struct span s)
{
	if (s.n < 3 || s.p[0] != '%' || char_hex(s.p[1]) < 0 ||
	    char_hex(s.p[2]) < 0)
		return -1;
	return char_hex(s.p[1]) << 4 | char_hex(s.p[2]);
}

bool
url_append_target(struct buf *b, const struct url *u)
{
	size_t before = b->len;
	struct span s = u->path;
	bool ok = true;

	if (s.n == 0 || s.p[0] != '/')
		ok = buf_append(b, "/", 1);
	while (ok && s.n > 0) {
		if (char_is(s.p[0], CHAR_TARGET) &&
		    (s.p[0] != '%' || percent_value(s) >= 0))
			ok = buf_append(b, s.p, 1);
		else
			ok = append_encoded(b, s.p[0]);
		s = span_of(s.p + 1, s.n - 1);
	}
	if (!ok)
		b->len = before;
	return ok;
}

bool
url_append_host(struct buf *b, const struct url *u)
{
	size_t before = b->len;

	if (buf_append_text(b, u->is_ipv6 ? "[" : "") &&
	    buf_append_span(b, u->host) &&
	    buf_append_text(b, u->is_ipv6 ? "]" : "") &&
	    (!u->has_port || buf_printf(b, ":%u", u->port)))
		return true;
	b->len = before;
	return false;
}

/* One segment, decoded; a slash or a percent sign in it stays encoded. */
static bool
append_segment(struct buf *b, struct span s)
{
	size_t used;
	int value;
	char c;

	for (; s.n > 0; s = span_of(s.p + used, s.n - used)) {
		value = percent_value(s);
		used = value >= 0 ? 3 : 1;
		c = value >= 0 ? (char)value : s.p[0];
		if (c == '%' || (c == '/' && value >= 0)) {
			if (!append_encoded(b, c))
				return false;
		} else if (!buf_append(b, &c, 1)) {
			return false;
		}
	}
	return true;
}

/* The segment that begins at `begin` is whole: "." and ".." take themselves,
 * ".." the one before it as well.  `root` is where the path begins. */
static void
remove_dots(struct buf *b, size_t root, size_t begin)
{
	struct span s = span_of(b->data + begin, b->len - begin);

	if (span_is(s, ".")) {
		b->len = begin;
	} else if (span_is(s, "..")) {
		b->len = begin;
		if (b->len > root + 1) {
			b->len--; /* the slash in front */
			while (b->data[b->len - 1] != '/')
				b->len--;
		}
	}
}

bool
path_append_normal(struct buf *b, struct span path)
{
	size_t root = b->len;
	size_t begin, n;
	const char *slash;

	if (!buf_append(b, "/", 1))
		return false;
	if (path.n > 0 && path.p[0] == '/')
		path = span_of(path.p + 1, path.n - 1);
	for (;;) {
		slash = path.n > 0 ? memchr(path.p, '/', path.n) : NULL;
		n = slash != NULL ? (size_t)(slash - path.p) : path.n;
		begin = b->len;
		if (!append_segment(b, span_of(path.p, n)))
			break;
		remove_dots(b, root, begin);
		if (slash == NULL)
			return true;
		/* A removed segment leaves the slash before it. */
		if (b->len > begin || n == 0)
			if (!buf_append(b, "/", 1))
				break;
		path = span_of(slash + 1, path.n - n - 1);
	}
	b->len = root;
	return false;
}
