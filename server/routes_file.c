#include "routes_file.h"

#include <sys/random.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "choose.h"
#include "limit.h"
#include "parse.h"
#include "unreached.h"
#include "url.h"

static void parse_source(struct parser *, const struct source *);

/* --- files --------------------------------------------------------------- */

/* The part of a path in front of its last slash, with the slash. */
static struct span
folder_of(struct span path)
{
	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	return path;
}

/* For the sandbox, which wants to know each once. */
static void
note_folder(struct parser *p, struct span folder)
{
	struct span kept;

	if (folder.n == 0)
		folder = span_text(".");
	if (map_find(&p->folders, folder) != NULL)
		return;
	kept = parse_keep(p, folder);
	if (kept.p == NULL)
		return;
	parse_push(p, &p->beneath, &kept.p, sizeof(kept.p));
	p->no_memory = !map_add(&p->folders, folder, p) || p->no_memory;
}

static bool
is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* A file that is read, whose name may be a link to somewhere else. */
static void
note_file(struct parser *p, struct span path)
{
	char real[PATH_MAX];

	note_folder(p, folder_of(path));
	if (is_link(path.p) && realpath(path.p, real) != NULL)
		note_folder(p, folder_of(span_text(real)));
}

/* Relative names begin at the folder of the file they stand in. */
static struct span
join(struct parser *p, struct span name)
{
	struct buf b = { .max = SIZE_MAX };
	struct span folder = span_text(p->folder), path = { NULL, 0 };

	if ((name.p[0] != '/' &&
		(!buf_append_span(&b, folder) ||
		    (folder.n > 0 && folder.p[folder.n - 1] != '/' &&
			!buf_append(&b, "/", 1)))) ||
	    !buf_append_span(&b, name))
		p->no_memory = true;
	else
		path = parse_keep(p, buf_span(&b));
	buf_release(&b);
	return path;
}

static struct span
file_name(struct parser *p, const struct token *name)
{
	struct span none = { NULL, 0 };

	if (p->folder == NULL) {
		parse_error_at(p, name, 0,
		    "this text comes from no folder, so it can name no file");
		return none;
	}
	if (name->text.n == 0) {
		parse_error_at(p, name, 0, "a file's name is not empty");
		return none;
	}
	if (memchr(name->text.p, '\0', name->text.n) != NULL) {
		parse_error_at(p, name, 0, "a file's name has no NUL");
		return none;
	}
	return join(p, name->text);
}

/* Open what is a file; -1, with a complaint, if it is none. */
static int
open_file(
    struct parser *p, const struct token *t, const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, st) < 0) {
		parse_error_at(p, t, 0, "%s cannot be opened: %s",
		    diag_show(span_text(path)).text, strerror(errno));
	} else if (!S_ISREG(st->st_mode)) {
		parse_error_at(p, t, 0, "%s is %s, not a file",
		    diag_show(span_text(path)).text,
		    S_ISDIR(st->st_mode) ? "a folder" : "a device or a pipe");
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Each request opens it anew: here it is only tried. */
struct span
parse_file_name(struct parser *p, const struct token *name)
{
	struct span path = file_name(p, name);
	struct stat st;
	int fd;

	if (path.p == NULL)
		return path;
	fd = open_file(p, name, path.p, &st);
	if (fd >= 0)
		close(fd);
	note_file(p, path);
	return path;
}

/* All there is, up to what is left of LIMIT_ROUTES_FILE and a byte. */
static bool
read_all(struct parser *p, int fd, struct buf *b)
{
	ssize_t n;

	b->max = LIMIT_ROUTES_FILE - p->bytes + 1;
	for (;;) {
		if (b->len == b->max)
			return true;
		if (!buf_reserve(b, 1)) {
			p->no_memory = true;
			return true;
		}
		n = read(fd, b->data + b->len, b->cap - b->len);
		if (n < 0 && errno != EINTR)
			return false;
		if (n == 0)
			return true;
		b->len += n > 0 ? (size_t)n : 0;
	}
}

/* The place that first includes the file, in words; NULL if it is not read
 * already. */
static const struct source *
within(const struct source *s, const struct stat *st)
{
	while (
	    s != NULL && (s->device != st->st_dev || s->number != st->st_ino))
		s = s->within;
	return s;
}

static struct source *
source_new(struct parser *p, const char *name)
{
	struct source *s = parse_alloc(p, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->name = name;
	s->within = p->lex.source;
	return s;
}

/* The text is malloc'd, and freed with the parser. */
static void
source_take(struct parser *p, struct source *s, struct buf *b)
{
	size_t n;

	p->bytes += b->len;
	s->text.p = buf_take(b, &n);
	s->text.n = n;
	s->next = p->sources;
	p->sources = s;
}

/* Read it; NULL, with a complaint of the token, if that cannot be. */
static struct source *
source_read(struct parser *p, const struct token *t, const char *path)
{
	struct buf b = { .data = NULL };
	struct source *s = NULL;
	struct stat st;
	int fd = open_file(p, t, path, &st);

	if (fd < 0)
		return NULL;
	if (within(p->lex.source, &st) != NULL)
		parse_error_at(p, t, 0,
		    "%s is being read already: a file cannot include itself, "
		    "nor one that includes it",
		    diag_show(span_text(path)).text);
	else if (!read_all(p, fd, &b))
		parse_error_at(p, t, 0, "%s cannot be read: %s",
		    diag_show(span_text(path)).text, strerror(errno));
	else if (b.len == b.max)
		parse_error_at(p, t, 0,
		    "routes of more than %d MiB, with all that is included, "
		    "are not read",
		    LIMIT_ROUTES_FILE / 1024 / 1024);
	else
		s = source_new(p, path);
	if (s != NULL) {
		s->device = st.st_dev;
		s->number = st.st_ino;
		source_take(p, s, &b);
	}
	buf_release(&b);
	close(fd);
	return s;
}

/* --- statements outside of hosts ----------------------------------------- */

/* Behind a statement there is nothing else on its line. */
static void
parse_no_more(struct parser *p, const char *what)
{
	if (!parse_at_end(p))
		parse_error(p, "%s stands behind %s, where nothing belongs",
		    parse_shown(p).text, what);
	parse_skip(p);
}

/* NAME = value; the token is NAME, the `=` is seen by whoever calls. */
static void
parse_macro(struct parser *p, const struct token *name)
{
	const struct macro *old = map_find(&p->macros, name->text);
	struct macro *macro = parse_alloc(p, sizeof(*macro));
	struct token value;

	parse_advance(p);
	if (!lex_is_name(name->text))
		parse_error_at(p, name, 0,
		    "%s is no name of a macro: letters, digits and _ are "
		    "allowed",
		    diag_show(name->text).text);
	else if (old != NULL)
		parse_error_at(p, name, 0,
		    "the macro %s is defined on line %u of %s already",
		    diag_show(name->text).text, old->spot.line,
		    diag_show(span_text(old->spot.source->name)).text);
	if (!parse_value(p, "=", &value)) {
		parse_skip(p);
		return;
	}
	parse_no_more(p, "the value of a macro");
	if (macro == NULL || old != NULL || name->bad)
		return;
	macro->value = parse_keep(p, value.text);
	macro->spot = name->spot;
	p->no_memory = !map_add(&p->macros, name->text, macro) || p->no_memory;
}

static void
include(struct parser *p, const struct source *s)
{
	struct lexer lex = p->lex;
	struct token token = p->token;
	const char *folder = p->folder;
	struct span kept = parse_keep(p, folder_of(span_text(s->name)));

	if (kept.p == NULL)
		return;
	p->folder = kept.p;
	p->depth++;
	parse_source(p, s);
	p->depth--;
	p->folder = folder;
	p->lex = lex;
	p->token = token;
}

static void
parse_include(struct parser *p, const struct token *word)
{
	struct source *s = NULL;
	struct token name = p->token;
	struct span path;

	(void)word;
	if (!parse_at_text(p)) {
		parse_error(p,
		    "a file's name in quotes is missing behind include, where "
		    "%s stands: include \"more.conf\"",
		    parse_shown(p).text);
		parse_skip(p);
		return;
	}
	parse_advance(p);
	if (p->depth >= LIMIT_INCLUDES) {
		parse_error_at(p, &name, 0,
		    "files include one another more than %d deep here",
		    LIMIT_INCLUDES);
	} else {
		path = file_name(p, &name);
		if (path.p != NULL) {
			note_file(p, path);
			s = source_read(p, &name, path.p);
		}
	}
	parse_no_more(p, "include and its file");
	if (s != NULL)
		include(p, s);
}

static void
parse_set(struct parser *p, const struct token *word)
{
	struct typo typo = typo_of(p->token.text);
	uint64_t seed;

	if (!parse_at(p, "seed")) {
		typo_try(&typo, span_text("seed"));
		parse_error(p, "only seed can be set, not %s%s",
		    parse_shown(p).text, typo_shown(&typo).text);
		parse_skip(p);
		return;
	}
	parse_advance(p);
	if (p->has_seed)
		parse_error_at(p, word, 0, "the seed is set already");
	p->has_seed = true;
	if (!parse_number(p, "set seed", &seed)) {
		parse_skip(p);
		return;
	}
	p->routes->seed = seed;
	parse_no_more(p, "the seed");
}

static void
parse_unmatched(struct parser *p, const struct token *word)
{
	struct routes *t = p->routes;
	struct token body;
	int status;

	if (t->unmatched_place.file != NULL)
		parse_error_at(p, word, 0,
		    "unmatched stands on line %u of %s already, and is for "
		    "every host",
		    t->unmatched_place.line,
		    diag_show(span_text(t->unmatched_place.file)).text);
	t->unmatched_place = spot_place(word->spot);
	if (!parse_status(p, "unmatched 404", &status)) {
		parse_skip(p);
		return;
	}
	t->unmatched = status;
	if (parse_body(p, status, &body))
		t->unmatched_body = parse_keep(p, body.text);
	parse_no_more(p, "unmatched, its status and its body");
}

/* --- hosts --------------------------------------------------------------- */

static const char *
host_fault(struct span name, struct span *host)
{
	bool has_port;
	uint16_t port;
	size_t i;

	for (i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] >= 0x80)
			return "write it in its xn-- form";
	if (name.n > 0 && memchr(name.p, '*', name.n) != NULL)
		return "* stands alone, or in front of a name as in *.test.com";
	if (name.n > 0 && memmem(name.p, name.n, "/", 1) != NULL)
		return "a path stands in the route";
	if (!authority_parse(name, host, &has_port, &port))
		return "letters, digits, dots and hyphens are, or * for any";
	if (has_port)
		return "the port takes no part, so leave it out";
	if (host->p[host->n - 1] == '.')
		host->n--;
	return host->n == 0 ? "a dot is not enough" : NULL;
}

/* In lower case. */
static struct span
keep_lower(struct parser *p, struct span s)
{
	char *to = parse_alloc(p, s.n + 1);
	size_t i;

	if (to == NULL)
		return span_of(NULL, 0);
	for (i = 0; i < s.n; i++)
		to[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20)
						       : s.p[i];
	return span_of(to, s.n);
}

static void
take_host(struct parser *p, const struct item *item, struct host *host)
{
	struct span name = item->text;
	const char *why;

	if (span_is(name, "*")) {
		host->kind = HOST_ANY;
		host->name = span_of("", 0);
		return;
	}
	host->kind = HOST_NAME;
	if (name.n > 2 && memcmp(name.p, "*.", 2) == 0) {
		host->kind = HOST_BELOW;
		name = span_of(name.p + 2, name.n - 2);
	}
	why = host_fault(name, &name);
	if (why != NULL)
		parse_error_at(p, &item->token, item->at,
		    "%s is no name of a host: %s", diag_show(item->text).text,
		    why);
	else
		host->name = keep_lower(p, name);
}

/* `errors` is their number in front of the host. */
static void
parse_block(struct parser *p, const struct token *word,
    const struct host *hosts, size_t nhosts, size_t errors)
{
	struct token open = p->token;
	bool is_empty = true;

	parse_advance(p);
	for (;;) {
		parse_newlines(p);
		if (p->no_memory)
			return;
		if (p->token.kind == TOKEN_END) {
			if (!p->odd_brace && !p->token.bad)
				parse_error_at(p, &open, 0,
				    "the } that belongs to this { is missing");
			return;
		}
		if (p->token.kind == TOKEN_CLOSE)
			break;
		is_empty = false;
		parse_route(p, hosts, nhosts);
	}
	if (is_empty && p->diags->nerrors == errors)
		parse_warning(p, word, 0, "this host has no route");
	parse_advance(p);
}

/* Some forget the blank in front of the brace. */
static bool
parse_glued_brace(struct parser *p)
{
	const struct item *items = (const void *)p->items.data;
	size_t n = p->items.len / sizeof(*items);
	const struct item *last = n > 0 ? &items[n - 1] : NULL;

	if (last == NULL || last->text.n < 2 || last->token.bad ||
	    last->text.p[last->text.n - 1] != '{')
		return false;
	parse_error_at(p, &last->token, last->at + last->text.n - 1,
	    "put a blank in front of this {");
	return true;
}

static void
parse_host(struct parser *p, const struct token *word)
{
	const struct item *items;
	struct host *hosts;
	size_t n, i, errors = p->diags->nerrors;
	bool is_glued;

	parse_list(p, "host", &p->items);
	items = (const void *)p->items.data;
	n = p->items.len / sizeof(*items);
	is_glued = parse_glued_brace(p);
	hosts = parse_alloc(p, (n > 0 ? n : 1) * sizeof(*hosts));
	if (hosts == NULL)
		return;
	for (i = 0; i < n; i++)
		if (!is_glued || i + 1 < n)
			take_host(p, &items[i], &hosts[i]);
	if (p->token.kind != TOKEN_OPEN && !is_glued) {
		if (n > 0)
			parse_error(p,
			    "{ is missing behind the host's name, where %s "
			    "stands",
			    parse_shown(p).text);
		while (!parse_at_end(p) && p->token.kind != TOKEN_OPEN)
			parse_advance(p);
	}
	if (p->token.kind == TOKEN_OPEN || is_glued)
		parse_block(p, word, hosts, n, errors);
}

/* --- a whole text -------------------------------------------------------- */

static const struct {
	const char *word;
	void (*parse)(struct parser *, const struct token *word);
} statements[] = {
	{ "include", parse_include },
	{ "set", parse_set },
	{ "unmatched", parse_unmatched },
	{ "host", parse_host },
};

enum {
	STATEMENTS = sizeof(statements) / sizeof(statements[0])
};

/* At the word behind the first of a statement that is none. */
static void
unknown_statement(struct parser *p, const struct token *first)
{
	static const struct host any = { .kind = HOST_ANY };
	struct typo typo = typo_of(first->text);
	struct span s = p->token.text;
	size_t i;

	for (i = 0; i < STATEMENTS; i++)
		typo_try(&typo, span_text(statements[i].word));
	if (parse_at_word(p) && s.n > 0 && (s.p[0] == '/' || s.p[0] == ','))
		parse_error_at(p, first, 0,
		    "a route stands in the braces of a host, as in host * { "
		    "GET / return 200 }");
	else if (memchr(first->raw.p, '=', first->raw.n) != NULL)
		parse_error_at(p, first, 0,
		    "%s begins no statement: put blanks around the = of a "
		    "macro",
		    token_shown(first).text);
	else
		parse_error_at(p, first, 0,
		    "%s begins no statement%s: host, unmatched, include, set "
		    "and NAME = value do",
		    token_shown(first).text, typo_shown(&typo).text);
	/* What stands in its braces may be good or bad of its own. */
	while (!parse_at_end(p) && p->token.kind != TOKEN_OPEN)
		parse_advance(p);
	if (p->token.kind == TOKEN_OPEN)
		parse_block(p, first, &any, 1, SIZE_MAX);
}

/* Its first token says what it is, unless = is the second. */
static void
parse_statement(struct parser *p)
{
	struct token first = p->token;
	int which = -1;
	size_t i;

	p->statement.len = 0;
	if (first.kind == TOKEN_CLOSE) {
		parse_error(p, "this } belongs to no {");
		parse_advance(p);
		return;
	}
	for (i = 0; i < STATEMENTS; i++)
		if (parse_at(p, statements[i].word))
			which = (int)i;
	if (first.kind != TOKEN_OPEN)
		parse_advance(p);
	if (first.kind == TOKEN_WORD && parse_at(p, "="))
		parse_macro(p, &first);
	else if (which >= 0)
		statements[which].parse(p, &first);
	else
		unknown_statement(p, &first);
}

static void
parse_source(struct parser *p, const struct source *s)
{
	p->lex = lexer_of(s);
	p->lex.order = &p->order;
	p->lex.arena = &p->routes->arena;
	p->lex.diags = p->diags;
	p->lex.macros = &p->macros;
	p->token = (struct token){ .kind = TOKEN_NEWLINE };
	for (;;) {
		parse_newlines(p);
		if (p->token.kind == TOKEN_END || p->no_memory)
			return;
		parse_statement(p);
	}
}

static bool
parser_init(struct parser *p, const char *name, struct diags *diags)
{
	struct span kept;

	*p = (struct parser){ .diags = diags };
	p->routes = calloc(1, sizeof(*p->routes));
	if (p->routes == NULL)
		return false;
	p->routes->uses = 1;
	p->macros.arena = p->folders.arena = &p->routes->arena;
	p->statement.max = p->table.max = p->spots.max = SIZE_MAX;
	p->beneath.max = p->items.max = p->matches.max = SIZE_MAX;
	p->actions.max = p->fields.max = SIZE_MAX;
	p->texts.max = p->templates.max = SIZE_MAX;
	kept = parse_keep(p, span_text(name));
	p->routes->file = kept.p;
	return kept.p != NULL;
}

/* What grew becomes part of the table. */
static void
take_table(struct parser *p)
{
	struct routes *t = p->routes;

	t->v = parse_alloc(p, p->table.len);
	t->beneath = parse_alloc(p, p->beneath.len);
	if (t->v == NULL || t->beneath == NULL)
		return;
	if (p->table.len > 0)
		memcpy(t->v, p->table.data, p->table.len);
	if (p->beneath.len > 0)
		memcpy(t->beneath, p->beneath.data, p->beneath.len);
	t->n = p->table.len / sizeof(*t->v);
	t->nbeneath = p->beneath.len / sizeof(*t->beneath);
}

static void
parser_release(struct parser *p)
{
	struct source *s;
	struct buf *const all[] = { &p->statement, &p->table, &p->spots,
		&p->beneath, &p->items, &p->matches, &p->actions, &p->fields,
		&p->texts, &p->templates };
	union {
		const char *is;
		char *was;
	} text;
	size_t i;

	for (s = p->sources; s != NULL; s = s->next) {
		text.is = s->text.p;
		free(text.was);
	}
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_release(all[i]);
	map_release(&p->macros);
	map_release(&p->folders);
}

/* The table, if all went well; everything else goes. */
static struct routes *
parser_finish(struct parser *p)
{
	struct routes *t = p->routes;

	if (t != NULL && !p->no_memory && p->diags->nerrors == 0) {
		if (!p->has_seed && getrandom(&t->seed, sizeof(t->seed), 0) < 0)
			t->seed = (uint64_t)getpid();
		take_table(p);
		p->no_memory = p->no_memory || !routes_index(t) ||
		    !unreached_warn(t, (const void *)p->spots.data, p->diags);
	}
	if (t == NULL || p->no_memory)
		diags_no_memory(p->diags);
	diags_sort(p->diags);
	parser_release(p);
	if (p->diags->nerrors == 0)
		return t;
	routes_unref(t);
	return NULL;
}

struct routes *
routes_load(const char *path, struct diags *diags)
{
	struct token token = { .spot = { .source = NULL } };
	struct source *s;
	struct parser p;
	struct span folder;

	if (parser_init(&p, path, diags)) {
		folder = parse_keep(&p, folder_of(span_text(path)));
		p.folder = folder.p;
		note_file(&p, span_text(p.routes->file));
		s = source_read(&p, &token, p.routes->file);
		if (s != NULL)
			parse_source(&p, s);
	}
	return parser_finish(&p);
}

struct routes *
routes_parse(
    const char *name, const char *folder, struct span text, struct diags *diags)
{
	struct source *s;
	struct parser p;

	if (parser_init(&p, name, diags)) {
		p.folder = folder;
		if (folder != NULL)
			note_folder(&p, span_text(folder));
		s = source_new(&p, p.routes->file);
		if (s != NULL) {
			s->text = text.n > 0 ? text : span_of("", 0);
			parse_source(&p, s);
		}
	}
	return parser_finish(&p);
}
