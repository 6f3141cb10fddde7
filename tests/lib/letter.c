#include "letter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define KIND_NAME     '='
#define KIND_NOT_OURS '-'
#define KIND_NAME     '='

void
letter_fail(const char *where, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	test_later(free, text);
	test_fail("%s: %s", where, text);
}

/* "9112 2.2 MUST words" */
static void
check_name(const char *where, const char *name)
{
	static const char *const levels[] = { "MUST", "SHOULD", "MAY", "OURS" };
	static const char *const rfcs[] = { "9112", "9110", "3986", "6585" };
	char rfc[8], section[16], level[8];
	int words = 0;
	size_t i, known = 0;

	if (sscanf(name, "%7s %15[0-9.] %7s %n", rfc, section, level, &words) <
		3 ||
	    words == 0 || name[words] == '\0')
		letter_fail(where, "no \"RFC SECTION LEVEL words\"");
	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		known += strcmp(level, levels[i]) == 0;
	for (i = 0; i < sizeof(rfcs) / sizeof(rfcs[0]); i++)
		known += strcmp(rfc, rfcs[i]) == 0;
	if (known != 2)
		letter_fail(where, "unknown RFC or level");
}

/* Room for one more of size bytes each behind n, as a copy. */
static void *
grown(const void *v, size_t n, size_t size)
{
	void *new;

	if ((n & (n - 1)) != 0)
		return NULL;
	new = test_alloc((n == 0 ? 1 : 2 * n) * size);
	if (n > 0)
		memcpy(new, v, n * size);
	return new;
}

static void
add_row(struct letter *l, const char *where, const char *name)
{
	struct letter_row *more = grown(l->rows, l->n, sizeof(*more));
	size_t i;

	/* TAP would take what follows for a directive. */
	if (strchr(name, '#') != NULL)
		letter_fail(where, "# in a name");
	for (i = 0; i < l->n; i++)
		if (strcmp(l->rows[i].name, name) == 0)
			letter_fail(where, "as in %s", l->rows[i].where);
	if (more != NULL)
		l->rows = more;
	l->rows[l->n++] = (struct letter_row){ .name = name, .where = where };
}

static void
add_line(struct letter *l, const char *where, const char *text)
{
	struct letter_row *row;
	struct letter_line *more;

	if (l->n == 0 || (text[1] != ' ' && text[1] != '\0'))
		letter_fail(where, "neither a row nor a line of one");
	row = &l->rows[l->n - 1];
	more = grown(row->lines, row->n, sizeof(*more));
	if (more != NULL)
		row->lines = more;
	row->lines[row->n++] = (struct letter_line){ text[0],
		text[1] == '\0' ? "" : text + 2, where };
}

static void
load_file(struct letter *l, const char *path, const char *kinds)
{
	const char *name = strrchr(path, '/') + 1;
	char *rest = cases_bytes(path).data;
	const char *where, *text;
	int line = 0;

	while ((text = strsep(&rest, "\n")) != NULL) {
		where = test_text("%s:%d", name, ++line);
		if (text[0] == '\0' || text[0] == '#')
			continue;
		if (isdigit((unsigned char)text[0])) {
			check_name(where, text);
			add_row(l, where, text);
		} else if (text[0] == KIND_NAME && text[1] == ' ') {
			add_row(l, where, text + 2);
		} else if (text[0] == KIND_NOT_OURS && text[1] == ' ') {
			check_name(where, text + 2);
		} else if (strchr(kinds, text[0]) != NULL) {
			add_line(l, where, text);
		} else {
			letter_fail(where, "a line of an unknown kind");
		}
	}
}

struct letter
letter_load(const char *folder, const char *kinds)
{
	struct letter l = { NULL, 0 };
	size_t n, i;
	const char *const *paths = cases_in(folder, &n);

	for (i = 0; i < n; i++)
		load_file(&l, paths[i], kinds);
	return l;
}

int
letter_run(const char *folder, const char *kinds, CMUnitTestFunction run,
    CMFixtureFunction setup)
{
	struct letter l = letter_load(folder, kinds);
	struct CMUnitTest *tests = test_alloc(l.n * sizeof(*tests));
	size_t i;

	for (i = 0; i < l.n; i++)
		tests[i] = (struct CMUnitTest){
			.name = l.rows[i].name,
			.test_func = run,
			.teardown_func = test_end,
			.initial_state = &l.rows[i],
		};
	test_keep();
	return _cmocka_run_group_tests(folder, tests, l.n, setup, NULL) != 0;
}
