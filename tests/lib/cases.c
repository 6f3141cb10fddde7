#include "cases.h"

#include <sys/stat.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPEAT_MAX (64L << 20)

/* A place in a case file, and the place decoded bytes go to. */
struct reader {
	const char *path;
	const char *start;
	const char *p;
	const char *end;
	char *out;
	size_t len;
	size_t cap;
};

static int
is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

const char *const *
cases_in(const char *folder, size_t *n)
{
	const char *path = test_text(TESTS "/%s", folder);
	struct dirent **entries;
	struct stat st;
	const char **list;
	int i, count;

	count = scandir(path, &entries, is_visible, alphasort);
	if (count < 0)
		test_fail("%s: %s", path, strerror(errno));
	list = test_alloc(((size_t)count + 1) * sizeof(*list));
	*n = 0;
	for (i = 0; i < count; i++) {
		list[*n] = test_text("%s/%s", path, entries[i]->d_name);
		if (stat(list[*n], &st) == 0 && S_ISREG(st.st_mode))
			(*n)++;
		free(entries[i]);
	}
	free(entries);
	list[*n] = NULL;
	if (*n == 0)
		test_fail("%s holds no file", path);
	return list;
}

struct bytes
cases_bytes(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct bytes b = { NULL, 0 };
	struct stat st;
	ssize_t r = 1;

	if (fd < 0 || fstat(fd, &st) < 0)
		test_fail("%s: %s", path, strerror(errno));
	b.data = test_alloc((size_t)st.st_size + 1);
	while (r > 0 && b.len < (size_t)st.st_size) {
		r = read(fd, b.data + b.len, (size_t)st.st_size - b.len);
		if (r > 0)
			b.len += (size_t)r;
	}
	close(fd);
	if (r < 0)
		test_fail("%s: %s", path, strerror(errno));
	return b;
}

static void __attribute__((noreturn))
fault(const struct reader *r, const char *why)
{
	const char *p;
	int line = 1;

	for (p = r->start; p < r->p && p < r->end; p++)
		line += *p == '\n';
	test_fail("%s:%d: %s", r->path, line, why);
}

static void
put(struct reader *r, const char *p, size_t n)
{
	if (r->len + n + 1 > r->cap) {
		r->cap = (r->len + n + 1) * 2;
		r->out = realloc(r->out, r->cap);
		if (r->out == NULL)
			abort();
	}
	memcpy(r->out + r->len, p, n);
	r->len += n;
}

/* What was decoded so far, for the test to own. */
static struct bytes
taken(struct reader *r)
{
	struct bytes b = { test_alloc(r->len + 1), r->len };

	if (r->len > 0)
		memcpy(b.data, r->out, r->len);
	free(r->out);
	r->out = NULL;
	r->len = r->cap = 0;
	return b;
}

static char
hex_byte(struct reader *r)
{
	char text[3] = "";

	if (r->end - r->p < 2 || !isxdigit((unsigned char)r->p[0]) ||
	    !isxdigit((unsigned char)r->p[1]))
		fault(r, "\\x wants two hex digits");
	memcpy(text, r->p, 2);
	r->p += 2;
	return (char)strtol(text, NULL, 16);
}

static void decode(struct reader *r, const char *end);

/* Behind "\*": NUMBER{text}. */
static void
repeat(struct reader *r)
{
	const char *close = memchr(r->p, '}', (size_t)(r->end - r->p));
	struct reader once = *r;
	struct bytes text;
	char *after;
	long times;

	times = strtol(r->p, &after, 10);
	if (close == NULL || *after != '{' || times < 0)
		fault(r, "expected \\*NUMBER{text}");
	once.out = NULL;
	once.len = once.cap = 0;
	once.p = after + 1;
	decode(&once, close);
	text = taken(&once);
	if (text.len > 0 && times > REPEAT_MAX / (long)text.len)
		fault(r, "more than 64 MiB");
	while (times-- > 0)
		put(r, text.data, text.len);
	r->p = close + 1;
}

static void
escape(struct reader *r)
{
	static const char names[] = "rnt\\0", values[] = "\r\n\t\\";
	const char *name;
	char c;

	if (r->p == r->end)
		fault(r, "a backslash at the end");
	c = *r->p++;
	name = strchr(names, c);
	if (c == '*')
		repeat(r);
	else if (c == 'x')
		c = hex_byte(r), put(r, &c, 1);
	else if (name != NULL && c != '\0')
		put(r, &values[name - names], 1);
	else
		fault(r, "unknown escape");
}

static void
decode(struct reader *r, const char *end)
{
	while (r->p < end) {
		if (*r->p == '\n')
			r->p++;
		else if (*r->p == '\\')
			r->p++, escape(r);
		else
			put(r, r->p++, 1);
	}
}

struct bytes
cases_decode(const char *where, const char *text, size_t n)
{
	struct reader r = { .path = where, .start = text, .p = text };

	r.end = text + n;
	decode(&r, r.end);
	return taken(&r);
}

static void
read_key(struct reader *r, struct wire_case *c, const char *eol)
{
	const char *colon = memchr(r->p, ':', (size_t)(eol - r->p));
	struct case_key *k;

	if (colon == NULL)
		fault(r, "expected \"key: value\", # or ---");
	k = &c->keys[c->nkeys++];
	k->key = test_text("%.*s", (int)(colon - r->p), r->p);
	r->p = colon + 1;
	while (r->p < eol && *r->p == ' ')
		r->p++;
	decode(r, eol);
	k->value = taken(r);
}

static size_t
lines(struct bytes b)
{
	size_t n = 1, i;

	for (i = 0; i < b.len; i++)
		n += b.data[i] == '\n';
	return n;
}

struct wire_case *
cases_load(const char *path)
{
	struct wire_case *c = test_alloc(sizeof(*c));
	struct bytes b = cases_bytes(path);
	const char *slash = strrchr(path, '/'), *eol;
	struct reader r = { .path = path, .start = b.data, .p = b.data };

	r.end = b.data + b.len;
	c->path = path;
	c->name = slash == NULL ? path : slash + 1;
	c->keys = test_alloc(lines(b) * sizeof(*c->keys));
	for (;; r.p = eol + 1) {
		if (r.p >= r.end)
			fault(&r, "no line of three dashes");
		eol = memchr(r.p, '\n', (size_t)(r.end - r.p));
		if (eol == NULL)
			eol = r.end;
		if (eol - r.p == 3 && memcmp(r.p, "---", 3) == 0)
			break;
		if (r.p < eol && *r.p != '#')
			read_key(&r, c, eol);
	}
	r.p = eol;
	decode(&r, r.end);
	c->bytes = taken(&r);
	return c;
}

const struct bytes *
cases_nth(const struct wire_case *c, const char *key, size_t nth)
{
	size_t i;

	for (i = 0; i < c->nkeys; i++)
		if (strcmp(c->keys[i].key, key) == 0 && nth-- == 0)
			return &c->keys[i].value;
	return NULL;
}

const char *
cases_get(const struct wire_case *c, const char *key)
{
	const struct bytes *value = cases_nth(c, key, 0);

	return value == NULL ? NULL : value->data;
}
