#include "dialog.h"

#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "letter.h"
#include "net.h"
#include "proc.h"

enum {
	SOON = 5000, /* ms, for what comes at once */
	LINES_MAX = 4000
};

enum talk {
	TALK_NOTHING,
	TALK_ASKED, /* not sent yet */
	TALK_ANSWERED,
};

struct answer {
	int status;
	const char *head; /* up to and with the empty line */
	struct bytes body;
	int64_t took;
};

struct dialog {
	const char *folder;
	const char *path; /* of the routes file */
	const char *where;
	FILE *file; /* being written */
	bool asked; /* something, at least */

	struct retortd *retortd;
	int fd; /* -1: none */
	size_t reloads;

	enum talk talk;
	const char *method; /* NULL: it is classic, or raw */
	const char *target;
	const char *host;
	const char *fields;
	struct bytes raw; /* METHOD,URL; what is sent as it stands */
	struct bytes content;
	bool classic;
	struct answer answer;

	bool checked; /* -t has run */
	int errors;
	int code;
	char *rest;	  /* of what it said */
	const char *said; /* by -e */
};

static void
dialog_release(void *arg)
{
	struct dialog *d = arg;

	if (d->file != NULL)
		fclose(d->file);
}

struct dialog *
dialog_about(const char *path)
{
	struct dialog *d = test_alloc(sizeof(*d));

	d->fd = -1;
	d->path = path;
	d->folder = test_text("%.*s", (int)(strrchr(path, '/') - path), path);
	test_later(dialog_release, d);
	return d;
}

struct dialog *
dialog_new(void)
{
	return dialog_about(test_text("%s/routes.conf", test_folder()));
}

/* --- files --- */

static void
file_begin(struct dialog *d, const char *name)
{
	const char *path = test_text("%s/%s", d->folder, name);
	char *parent = test_text("%s", path);

	*strrchr(parent, '/') = '\0';
	if (mkdir(parent, 0700) == -1 && errno != EEXIST)
		letter_fail(d->where, "%s: %s", parent, strerror(errno));
	if (d->file != NULL)
		fclose(d->file);
	d->file = fopen(path, "w");
	if (d->file == NULL)
		letter_fail(d->where, "%s: %s", path, strerror(errno));
}

static void
file_line(struct dialog *d, const char *text)
{
	if (d->file == NULL)
		file_begin(d, "routes.conf");
	fprintf(d->file, "%s\n", text);
}

static void
file_end(struct dialog *d)
{
	if (d->file != NULL && fclose(d->file) != 0)
		letter_fail(d->where, "the file cannot be written");
	d->file = NULL;
}

/* --- asking --- */

static struct bytes
decoded(const struct dialog *d, const char *text)
{
	return cases_decode(d->where, text, strlen(text));
}

static void
ask_http(struct dialog *d, const char *text)
{
	const char *url = strchr(text, ' ');
	size_t host;

	if (url == NULL)
		letter_fail(d->where, "neither METHOD URL nor METHOD,URL");
	d->method = test_text("%.*s", (int)(url - text), text);
	url++;
	d->host = "test.com";
	d->target = url;
	if (strstr(url, "://") != NULL || url[0] == '*' || url[0] == '/')
		return;
	host = strcspn(url, "/?");
	d->host = test_text("%.*s", (int)host, url);
	d->target =
	    url[host] == '/' ? url + host : test_text("/%s", url + host);
}

static void
ask(struct dialog *d, const char *text)
{
	size_t word = strcspn(text, " ,");

	if (d->talk == TALK_ASKED)
		letter_fail(d->where, "no answer is expected in between");
	d->talk = TALK_ASKED;
	d->asked = true;
	d->method = NULL;
	d->fields = "";
	d->content = d->raw = (struct bytes){ NULL, 0 };
	d->classic = text[word] == ',';
	if (d->classic)
		d->raw = decoded(d, test_text("%s\\n", text));
	else if (strncmp(text, "raw ", 4) == 0)
		d->raw = decoded(d, text + 4);
	else
		ask_http(d, text);
}

static void
ask_more(struct dialog *d, const char *text)
{
	if (d->talk != TALK_ASKED || d->method == NULL)
		letter_fail(d->where, "behind no request of HTTP");
	if (strncmp(text, "body ", 5) == 0)
		d->content = decoded(d, text + 5);
	else if (strncasecmp(text, "Host: ", 6) == 0)
		d->host = text + 6;
	else
		d->fields = test_text("%s%s\r\n", d->fields, text);
}

static void
start(struct dialog *d)
{
	file_end(d);
	if (d->retortd == NULL)
		d->retortd = retortd_start("-L", "none", "-r", d->path, NULL);
	/* A connection speaks one dialect; one that has an end is no more. */
	if (d->fd >= 0 && (d->classic || net_readable(d->fd, 0))) {
		net_close(d->fd);
		d->fd = -1;
	}
	if (d->fd < 0)
		d->fd = net_connect(d->retortd->port);
}

static void
send_request(struct dialog *d)
{
	const char *head;

	if (d->method == NULL) {
		net_send(d->fd, d->raw.data, d->raw.len);
		return;
	}
	if (d->content.data != NULL)
		d->fields = test_text(
		    "%sContent-Length: %zu\r\n", d->fields, d->content.len);
	head = test_text("%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", d->method,
	    d->target, d->host, d->fields);
	net_say(d->fd, head);
	if (d->content.len > 0)
		net_send(d->fd, d->content.data, d->content.len);
}

/* --- answers --- */

/* The nth value of a field, NULL if there are not as many. */
static const char *
field(const struct answer *a, const char *name, int nth)
{
	const char *line = a->head;
	size_t n = strlen(name);

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':' &&
		    nth-- == 0)
			return test_text("%.*s",
			    (int)strcspn(line + n + 2, "\r"), line + n + 2);
	}
	return NULL;
}

static void
read_http(struct dialog *d)
{
	struct answer *a = &d->answer;
	const char *length;
	bool bodiless = d->method != NULL && strcmp(d->method, "HEAD") == 0;

	if (d->method == NULL && strncmp(d->raw.data, "HEAD ", 5) == 0)
		bodiless = true;
	a->head = net_read_until(d->fd, "\r\n\r\n", SOON).data;
	if (strncmp(a->head, "HTTP/1.1 ", 9) != 0)
		letter_fail(d->where, "no answer: %s", a->head);
	a->status = (int)strtol(a->head + 9, NULL, 10);
	a->body = (struct bytes){ test_text("%s", ""), 0 };
	length = field(a, "Content-Length", 0);
	if (length == NULL && !bodiless && a->status != 204 && a->status != 304)
		letter_fail(d->where, "no length: %s", a->head);
	if (length != NULL && !bodiless)
		a->body = net_read_n(d->fd, strtoul(length, NULL, 10), SOON);
}

static void
expect_classic(struct dialog *d, const char *text)
{
	const char *is = net_read_until_close(d->fd, SOON).data;

	net_close(d->fd);
	d->fd = -1;
	if (strcmp(is, text) != 0)
		letter_fail(d->where, "it is: %s", is);
}

static void
expect_body(const struct dialog *d, struct bytes want)
{
	const struct bytes *is = &d->answer.body;

	if (is->len != want.len || memcmp(is->data, want.data, want.len) != 0)
		letter_fail(
		    d->where, "the body is: %s", test_show(is->data, is->len));
}

static void
expect_http(struct dialog *d, const char *text)
{
	char *behind;
	long status = strtol(text, &behind, 10);

	read_http(d);
	if (d->answer.status != status)
		letter_fail(d->where, "it is: %s%s", d->answer.head,
		    d->answer.body.data);
	if (*behind == ' ')
		expect_body(d, decoded(d, behind + 1));
	else if (*behind != '\0')
		letter_fail(d->where, "no status");
}

static void
answered(struct dialog *d, const char *text)
{
	int64_t before;

	if (d->talk != TALK_ASKED)
		letter_fail(d->where, "an answer to nothing");
	start(d);
	before = test_now();
	send_request(d);
	if (d->classic)
		expect_classic(d, text);
	else
		expect_http(d, text);
	d->answer.took = test_now() - before;
	d->talk = TALK_ANSWERED;
}

static void
expect_field(const struct dialog *d, const char *text)
{
	const char *colon = strstr(text, ": ");
	const char *name, *value;
	int i;

	if (colon == NULL)
		letter_fail(d->where, "an unknown condition");
	name = test_text("%.*s", (int)(colon - text), text);
	for (i = 0; (value = field(&d->answer, name, i)) != NULL; i++)
		if (strcmp(value, colon + 2) == 0)
			return;
	letter_fail(d->where, "it is not: %s", d->answer.head);
}

static void
expect_like(const struct dialog *d, const char *ere)
{
	regex_t re;
	int no;

	ere = test_text("^(%s)$", decoded(d, ere).data);
	if (regcomp(&re, ere, REG_EXTENDED) != 0)
		letter_fail(d->where, "no regular expression");
	no = regexec(&re, d->answer.body.data, 0, NULL, 0);
	regfree(&re);
	if (no != 0)
		letter_fail(d->where, "the body is: %s", d->answer.body.data);
}

static void
expect_reason(const struct dialog *d, const char *text)
{
	const char *is = d->answer.head + strlen("HTTP/1.1 200 ");

	if (strncmp(is, text, strlen(text)) != 0 || is[strlen(text)] != '\r')
		letter_fail(d->where, "it is not: %s", d->answer.head);
}

static void
expect_end(struct dialog *d)
{
	struct bytes rest = net_read_until_close(d->fd, SOON);

	if (rest.len > 0)
		letter_fail(d->where, "behind the answer: %s", rest.data);
	net_close(d->fd);
	d->fd = -1;
}

static const char *
behind(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncmp(text, word, n) == 0 ? text + n : NULL;
}

static void
condition(struct dialog *d, const char *text)
{
	const struct answer *a = &d->answer;
	const char *rest;
	struct bytes want;

	if (d->talk != TALK_ANSWERED)
		letter_fail(d->where, "behind no answer");
	if (strcmp(text, "empty") == 0) {
		expect_body(d, (struct bytes){ d->answer.body.data, 0 });
	} else if (strcmp(text, "closes") == 0) {
		expect_end(d);
	} else if ((rest = behind(text, "no ")) != NULL) {
		if (field(a, rest, 0) != NULL)
			letter_fail(d->where, "it is: %s", a->head);
	} else if ((rest = behind(text, "has ")) != NULL) {
		want = decoded(d, rest);
		if (memmem(a->body.data, a->body.len, want.data, want.len) ==
		    NULL)
			letter_fail(d->where, "the body is: %s",
			    test_show(a->body.data, a->body.len));
	} else if ((rest = behind(text, "like ")) != NULL) {
		expect_like(d, rest);
	} else if ((rest = behind(text, "reason ")) != NULL) {
		expect_reason(d, rest);
	} else if ((rest = behind(text, "after ")) != NULL) {
		if (a->took < strtol(rest, NULL, 10))
			letter_fail(d->where, "after %d ms", (int)a->took);
	} else if ((rest = behind(text, "before ")) != NULL) {
		if (a->took >= strtol(rest, NULL, 10))
			letter_fail(d->where, "after %d ms", (int)a->took);
	} else {
		expect_field(d, text);
	}
}

static size_t
times_said(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word)) != NULL)
		n++, text += strlen(word);
	return n;
}

/* It says so on stderr, whether the new file is good or not. */
static size_t
reloads_said(const struct dialog *d)
{
	const char *err = proc_err(d->retortd->proc);

	return times_said(err, " loaded\n") + times_said(err, " routes stay\n");
}

static void
reload(struct dialog *d)
{
	int64_t until = test_now() + SOON;

	start(d);
	proc_kill(d->retortd->proc, SIGHUP);
	d->reloads++;
	while (reloads_said(d) < d->reloads) {
		if (test_left(until) == 0)
			letter_fail(d->where, "no word of a reload: %s",
			    proc_err(d->retortd->proc));
		poll(NULL, 0, 2);
	}
}

static void
step(struct dialog *d, const char *text)
{
	if (strcmp(text, "new") == 0) {
		if (d->fd >= 0)
			net_close(d->fd);
		d->fd = -1;
	} else if (strcmp(text, "reload") == 0) {
		reload(d);
	} else if (strncmp(text, "remove ", 7) == 0) {
		remove(test_text("%s/%s", d->folder, text + 7));
	} else {
		letter_fail(d->where, "an unknown step");
	}
}

/* --- -t and -e --- */

static const char *
output(struct proc *p, int *code)
{
	const char *out = proc_read_all(p, SOON).data;

	*code = proc_wait(p, SOON);
	return test_text("%s%s", proc_err(p), out);
}

/* Run -t once. */
static void
check(struct dialog *d)
{
	struct proc *p;

	if (d->checked)
		return;
	file_end(d);
	d->checked = d->asked = true;
	p = proc_start(NULL, ARGV(RETORTD, "-t", "-r", d->path));
	d->rest = test_text("%s", output(p, &d->code));
}

/* The next line of what -t said that begins with a place, from the file's name
 * on; NULL if none follows. */
static const char *
next_diag(struct dialog *d)
{
	size_t folder = strlen(d->folder) + 1;
	const char *line;
	int at, column;

	while ((line = strsep(&d->rest, "\n")) != NULL) {
		if (strncmp(line, d->folder, folder - 1) != 0)
			continue;
		at = 0;
		sscanf(
		    line + folder, "%*[^ :]:%d:%d: %n", &column, &column, &at);
		if (at > 0)
			return line + folder;
	}
	return NULL;
}

static void
expect_caret(struct dialog *d)
{
	const char *line = strsep(&d->rest, "\n");
	const char *caret = strsep(&d->rest, "\n");

	if (line == NULL || caret == NULL ||
	    strspn(caret, " \t|") + 1 != strlen(caret) ||
	    caret[strlen(caret) - 1] != '^')
		letter_fail(d->where, "no line with a caret behind it: %s, %s",
		    line == NULL ? "" : line, caret == NULL ? "" : caret);
}

static void
expect_diag(struct dialog *d, const char *text)
{
	const char *words = strchr(text, ' ');
	const char *place, *diag;

	if (words++ == NULL)
		letter_fail(d->where, "no PLACE TEXT");
	check(d);
	place = test_text(
	    "%s%.*s:", isdigit((unsigned char)text[0]) ? "routes.conf:" : "",
	    (int)(words - 1 - text), text);
	diag = next_diag(d);
	if (diag == NULL)
		letter_fail(d->where, "it is not found");
	if (behind(diag, place) == NULL || strstr(diag, words) == NULL)
		letter_fail(d->where, "found is: %s", diag);
	expect_caret(d);
}

static void
expect_error(struct dialog *d, const char *text)
{
	expect_diag(d, text);
	d->errors++;
}

static void
explain(struct dialog *d, const char *text)
{
	struct proc *p;
	int code;

	file_end(d);
	d->asked = true;
	p = proc_start(NULL, ARGV(RETORTD, "-r", d->path, "-e", text));
	d->said = output(p, &code);
}

static void
expect_said(const struct dialog *d, const char *text)
{
	if (d->said == NULL || strstr(d->said, text) == NULL)
		letter_fail(
		    d->where, "said is: %s", d->said == NULL ? "" : d->said);
}

/* --- all of it --- */

void
dialog_line(struct dialog *d, char kind, const char *text, const char *where)
{
	static const struct {
		char kind;
		void (*fn)(struct dialog *, const char *);
	} fns[] = {
		{ '@', file_begin },
		{ '|', file_line },
		{ '>', ask },
		{ '+', ask_more },
		{ '<', answered },
		{ '&', condition },
		{ '!', step },
		{ '?', expect_error },
		{ 'w', expect_diag },
		{ 'e', explain },
	};
	size_t i;

	d->where = where;
	if (kind == ':')
		return expect_said(d, text);
	for (i = 0; i < sizeof(fns) / sizeof(fns[0]); i++)
		if (fns[i].kind == kind)
			return fns[i].fn(d, text);
	letter_fail(where, "a line of an unknown kind");
}

void
dialog_end(struct dialog *d, const char *where)
{
	const char *more;

	d->where = where;
	if (!d->asked)
		letter_fail(where, "nothing is asked");
	if (d->talk == TALK_ASKED)
		letter_fail(where, "no answer is expected at the end");
	if (d->checked) {
		more = next_diag(d);
		if (more != NULL)
			letter_fail(where, "found is also: %s", more);
		if (d->code != (d->errors > 0))
			letter_fail(where, "-t exits %d", d->code);
	}
	if (d->retortd != NULL)
		retortd_stop(d->retortd);
}
