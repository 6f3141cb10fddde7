/*
 * The table of tests/letter/server/, run against one real retortd.  Behind a
 * row's name:
 *
 *	> BYTES		are sent; lines of them that follow each other at once
 *	< ANSWERS	what must come: statuses in their order, each perhaps with
 *			the rule it refuses by (a name of httperr.h, or
 *			`unmatched`), and the words below
 *	& CONDITION	on the last of those answers: `Name`, `Name: value`,
 *			`no Name`, or `body TEXT` somewhere in it
 *	+ half-close	no more is sent
 *	+ whole		is not run byte by byte: what follows an end that the
 *			client asked for may then reset the connection
 *	+ N s		that time passes
 *
 * Words: before a status, `100?` lets a 100 come first, and `bodiless` says that
 * no body follows whatever the fields say.  `open`: a further good request
 * is answered.  `close`: the connection ends without another byte.
 *
 * A row runs twice.  Once each `>` is one write, and before `open` or `close`
 * a good request goes with it in the same write: behind `close` it must not be
 * answered.  Once it goes byte by byte, so that every split is seen; the good
 * request then comes behind.
 *
 * A row in which time passes runs against the real conn with an invented
 * clock, in this process; all others against the real program.
 *
 * Every answer is held to what all answers owe: see check_answer.
 */
#include <sys/socket.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "builtin_text.h"
#include "cases.h"
#include "conn.h"
#include "httperr.h"
#include "letter.h"
#include "net.h"
#include "proc.h"
#include "test.h"

#define GOOD	  "GET / HTTP/1.1\r\nHost: test.com\r\n\r\n"
#define GOOD_BODY "GET test.com/ is right.\n"

enum {
	SOON = 5000,	    /* ms, for what comes at once */
	BYTEWISE_MAX = 1024 /* of longer runs the limits are tested, not the
			     * splits */
};

static struct retortd *retortd;

/* --- a conn with an invented clock, at one end of a pair of sockets --- */

struct lab {
	struct server server;
	struct log log;
	struct conn conn;
	int fd; /* -1 once the conn has closed */
	int64_t now;
};

static void
lab_release(void *arg)
{
	struct lab *lab = arg;

	conn_release(&lab->conn);
	server_release(&lab->server);
	if (lab->fd >= 0)
		close(lab->fd);
}

static struct lab *
lab_new(int fd)
{
	struct lab *lab = test_alloc(sizeof(*lab));
	const struct address nobody = { .port = 1 };

	lab->fd = fd;
	assert_true(log_open(&lab->log, LOG_NONE, NULL, -1));
	assert_true(server_init(&lab->server, builtin_load(), &lab->log));
	wall_set(&lab->server.wall, lab->now, 0);
	conn_init(&lab->conn, &lab->server, &nobody, lab->now);
	test_later(lab_release, lab);
	return lab;
}

/* What link.c does, where all is taken at once. */
static void
lab_pump(struct lab *lab)
{
	struct span out;

	while ((out = conn_output(&lab->conn)).n > 0) {
		net_send(lab->fd, out.p, out.n);
		conn_sent(&lab->conn, out, out.n, lab->now);
	}
	if (lab->conn.state == CONN_LINGERING)
		net_half_close(lab->fd);
	if (lab->conn.state == CONN_CLOSED && lab->fd >= 0) {
		close(lab->fd);
		lab->fd = -1;
	}
}

static void
lab_feed(struct lab *lab, const char *p, size_t n)
{
	if (conn_wants_input(&lab->conn))
		conn_feed(&lab->conn, p, n, lab->now);
	lab_pump(lab);
}

static void
lab_eof(struct lab *lab)
{
	if (conn_wants_input(&lab->conn))
		conn_eof(&lab->conn, lab->now);
	lab_pump(lab);
}

static void
lab_pass(struct lab *lab, int64_t us)
{
	int64_t until = lab->now + us;

	while (timers_next(&lab->server.timers) <= until) {
		lab->now = timers_next(&lab->server.timers);
		timers_pop(&lab->server.timers, lab->now);
		conn_expire(&lab->conn, lab->now);
		lab_pump(lab);
	}
	lab->now = until;
}

/* --- one run of a row --- */

struct answer {
	int status;
	const char *head; /* up to and with the empty line */
	const char *body;
};

struct run {
	const struct letter_row *row;
	const char *where; /* of the line being run */
	bool bytewise;
	bool half_closed;
	bool followed;	/* the good request has gone */
	bool maybe_100; /* of the next answer */
	bool bodiless;
	int fd;
	struct lab *lab; /* NULL: the real program */
	struct answer last;
};

static void
run_send(struct run *r, const char *p, size_t n)
{
	if (r->lab != NULL)
		lab_feed(r->lab, p, n);
	else
		net_send(r->fd, p, n);
}

/* The value of a field; NULL if it is not there. */
static const char *
field(const struct answer *a, const char *name)
{
	const char *line = a->head;
	size_t n = strlen(name);

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 &&
		    strncmp(line + n, ": ", 2) == 0)
			return test_text("%.*s",
			    (int)strcspn(line + n + 2, "\r"), line + n + 2);
	}
	return NULL;
}

/* RFC 9112 4 and 5: a status line and lines "Name: value", nothing else. */
static void
check_head(const struct run *r, const struct answer *a)
{
	const char *p = a->head + strlen("HTTP/1.1 200 ");
	size_t i;

	if (strncmp(a->head, "HTTP/1.1 ", 9) != 0 || a->status < 100 ||
	    a->status > 599 || p[-1] != ' ')
		letter_fail(r->where, "no status line: %s", a->head);
	for (i = 0; a->head[i] != '\0'; i++)
		if ((a->head[i] == '\r') != (a->head[i + 1] == '\n') ||
		    (iscntrl((unsigned char)a->head[i]) && a->head[i] != '\r' &&
			a->head[i] != '\n'))
			letter_fail(r->where, "a control in the head");
	for (p = strstr(p, "\r\n") + 2; *p != '\r'; p = strstr(p, "\r\n") + 2) {
		i = strcspn(p, "()<>@,;:\\\"/[]?={} \t\r");
		if (i == 0 || p[i] != ':' || p[i + 1] != ' ' || p[i + 2] <= ' ')
			letter_fail(r->where, "a bad field line: %s", p);
		if (strcasestr(p, test_text("\r\n%.*s:", (int)i, p)) != NULL)
			letter_fail(r->where, "a field twice: %s", p);
	}
}

/* RFC 9110 5.6.7: written again, with the day of the week that it was, it is
 * the same. */
static bool
is_date(const char *s)
{
	static const char format[] = "%a, %d %b %Y %H:%M:%S GMT";
	struct tm tm = { 0 };
	char again[64];

	if (strptime(s, format, &tm) == NULL)
		return false;
	timegm(&tm);
	strftime(again, sizeof(again), format, &tm);
	return strcmp(s, again) == 0;
}

/* What every answer of this server owes, whatever was asked. */
static void
check_answer(const struct run *r, const struct answer *a)
{
	const char *date = field(a, "Date");

	check_head(r, a);
	if (field(a, "Transfer-Encoding") != NULL)
		letter_fail(r->where, "a coding: %s", a->head);
	if (a->status < 200) {
		if (field(a, "Content-Length") != NULL)
			letter_fail(r->where, "a length in %d", a->status);
		return;
	}
	if (date == NULL || !is_date(date))
		letter_fail(r->where, "no Date: %s", a->head);
	if ((!r->bodiless && field(a, "Content-Length") == NULL) ||
	    field(a, "Content-Type") == NULL)
		letter_fail(r->where, "no length or no type: %s", a->head);
}

static struct answer
read_answer(struct run *r)
{
	struct answer a = { 0, net_read_until(r->fd, "\r\n\r\n", SOON).data,
		"" };
	const char *length;

	if (strlen(a.head) > 13)
		a.status = (int)strtol(a.head + 9, NULL, 10);
	check_answer(r, &a);
	length = field(&a, "Content-Length");
	if (length != NULL && !r->bodiless)
		a.body =
		    net_read_n(r->fd, strtoul(length, NULL, 10), SOON).data;
	r->bodiless = false;
	return a;
}

/* What the body of a refusal by that rule says. */
static const char *
sentence_of(const char *where, const char *rule)
{
	int e;

	if (strcmp(rule, "unmatched") == 0)
		return "o route answers ";
	for (e = 1; e < HTTPERR_COUNT; e++)
		if (strcmp(httperr_name((enum httperr)e), rule) == 0)
			return httperr_wrong((enum httperr)e) + 1;
	letter_fail(where, "no rule \"%s\"", rule);
}

static void
expect_rule(const struct run *r, const char *rule)
{
	if (strstr(r->last.body, sentence_of(r->where, rule)) == NULL)
		letter_fail(r->where, "%d not by %s but: %s", r->last.status,
		    rule, r->last.body);
}

static void
expect_status(struct run *r, int status)
{
	r->last = read_answer(r);
	if (r->maybe_100 && r->last.status == 100)
		r->last = read_answer(r);
	r->maybe_100 = false;
	if (r->last.status != status)
		letter_fail(r->where, "%d, not %d: %s", r->last.status, status,
		    r->last.body);
}

/* The connection lives: it serves a good request. */
static void
expect_open(struct run *r)
{
	struct answer a;

	if (!r->followed)
		run_send(r, GOOD, strlen(GOOD));
	a = read_answer(r);
	if (a.status != 200 || strcmp(a.body, GOOD_BODY) != 0)
		letter_fail(
		    r->where, "%d to the request behind: %s", a.status, a.body);
}

/* RFC 9112 9.6: it was announced, it came, and nothing came with it. */
static void
expect_close(const struct run *r)
{
	const char *said;
	struct bytes rest;

	if (r->last.head != NULL && !r->half_closed) {
		said = field(&r->last, "Connection");
		if (said == NULL || strcmp(said, "close") != 0)
			letter_fail(r->where, "closed without a word");
	}
	rest = net_read_until_close(r->fd, SOON);
	if (rest.len > 0)
		letter_fail(r->where, "behind the end: %s", rest.data);
}

/* The next word of a line; NULL at its end. */
static const char *
next_word(const char **rest)
{
	size_t n;

	*rest += strspn(*rest, " ");
	n = strcspn(*rest, " ");
	*rest += n;
	return n == 0 ? NULL : test_text("%.*s", (int)n, *rest - n);
}

static bool
has_word(const char *text, const char *word)
{
	const char *w;

	while ((w = next_word(&text)) != NULL)
		if (strcmp(w, word) == 0)
			return true;
	return false;
}

static void
run_answers(struct run *r, const char *text)
{
	const char *word;

	while ((word = next_word(&text)) != NULL) {
		if (strcmp(word, "100?") == 0)
			r->maybe_100 = true;
		else if (strcmp(word, "bodiless") == 0)
			r->bodiless = true;
		else if (isdigit((unsigned char)word[0]))
			expect_status(r, (int)strtol(word, NULL, 10));
		else if (strcmp(word, "open") == 0)
			expect_open(r);
		else if (strcmp(word, "close") == 0)
			expect_close(r);
		else
			expect_rule(r, word);
	}
}

/* --- the lines of a row --- */

/* Consecutive lines of bytes as one run; *i is left at the last of them. */
static struct bytes
gathered(const struct letter_row *row, size_t *i)
{
	const struct letter_line *line = &row->lines[*i];
	const char *text = line->text;

	while (*i + 1 < row->n && line[1].kind == '>') {
		text = test_text("%s%s", text, (++line)->text);
		++*i;
	}
	return cases_decode(line->where, text, strlen(text));
}

/* Whether a good request belongs into the same write: after it nothing is
 * done but to see what came. */
static bool
ends_with_next(const struct run *r, size_t i)
{
	const struct letter_line *next = &r->row->lines[i + 1];

	return i + 1 < r->row->n && next->kind == '<' && !r->half_closed &&
	    (has_word(next->text, "open") || has_word(next->text, "close"));
}

static void
run_bytes(struct run *r, size_t *i)
{
	struct bytes b = gathered(r->row, i), both;
	size_t k;

	if (r->bytewise) {
		for (k = 0; k < b.len; k++)
			run_send(r, b.data + k, 1);
		return;
	}
	r->followed = ends_with_next(r, *i);
	if (r->followed) {
		both.data = test_alloc(b.len + strlen(GOOD));
		memcpy(both.data, b.data, b.len);
		memcpy(both.data + b.len, GOOD, strlen(GOOD));
		b = (struct bytes){ both.data, b.len + strlen(GOOD) };
	}
	run_send(r, b.data, b.len);
}

/* `Name`, `Name: value`, `no Name`, `body TEXT` */
static void
run_condition(const struct run *r, const char *text)
{
	const char *colon = strstr(text, ": ");
	const char *value;

	if (strncmp(text, "body ", 5) == 0) {
		if (strstr(r->last.body, text + 5) == NULL)
			letter_fail(r->where, "body: %s", r->last.body);
		return;
	}
	if (strncmp(text, "no ", 3) == 0) {
		if (field(&r->last, text + 3) != NULL)
			letter_fail(r->where, "it is: %s", r->last.head);
		return;
	}
	if (colon != NULL)
		text = test_text("%.*s", (int)(colon - text), text);
	value = field(&r->last, text);
	if (value == NULL || (colon != NULL && strcmp(value, colon + 2) != 0))
		letter_fail(r->where, "it is not: %s", r->last.head);
}

static void
run_step(struct run *r, const char *text)
{
	if (strcmp(text, "half-close") == 0) {
		r->half_closed = true;
		if (r->lab != NULL)
			lab_eof(r->lab);
		else
			net_half_close(r->fd);
	} else if (isdigit((unsigned char)text[0])) {
		lab_pass(r->lab, strtol(text, NULL, 10) * 1000000);
	} else if (strcmp(text, "whole") != 0) {
		letter_fail(r->where, "an unknown step");
	}
}

static void
run_row(struct run *r)
{
	size_t i;

	for (i = 0; i < r->row->n; i++) {
		const struct letter_line *line = &r->row->lines[i];

		r->where = line->where;
		switch (line->kind) {
		case '>':
			run_bytes(r, &i);
			break;
		case '<':
			run_answers(r, line->text);
			break;
		case '&':
			run_condition(r, line->text);
			break;
		default:
			run_step(r, line->text);
		}
	}
	net_close(r->fd);
}

/* --- a row as a test --- */

static bool
has_step(const struct letter_row *row, bool (*is)(const char *))
{
	size_t i;

	for (i = 0; i < row->n; i++)
		if (row->lines[i].kind == '+' && is(row->lines[i].text))
			return true;
	return false;
}

static bool
is_time(const char *step)
{
	return isdigit((unsigned char)step[0]);
}

static bool
is_whole(const char *step)
{
	return strcmp(step, "whole") == 0;
}

static bool
is_short(const struct letter_row *row)
{
	size_t i;

	for (i = 0; i < row->n; i++)
		if (row->lines[i].kind == '>' &&
		    gathered(row, &i).len > BYTEWISE_MAX)
			return false;
	return true;
}

static void
run_once(const struct letter_row *row, bool bytewise)
{
	struct run r = { .row = row, .where = row->where };
	int pair[2];

	r.bytewise = bytewise;
	if (has_step(row, is_time)) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		r.fd = pair[0];
		r.lab = lab_new(pair[1]);
	} else {
		r.fd = net_connect(retortd->port);
	}
	run_row(&r);
}

static void
letter(void **state)
{
	const struct letter_row *row = *state;

	/* A row that expects nothing tests nothing. */
	if (row->n == 0 || strchr("<&", row->lines[row->n - 1].kind) == NULL)
		letter_fail(row->where, "no answer is expected at the end");
	run_once(row, false);
	if (is_short(row) && !has_step(row, is_whole))
		run_once(row, true);
}

static int
start(void **state)
{
	(void)state;
	retortd = retortd_start("-L", "none", NULL);
	test_keep();
	return 0;
}

int
main(void)
{
	return letter_run("letter/server", "><&+", letter, start);
}
