/*
 * Requests as commands of curl, from the table of tests/curl/.
 */
#include "curl.h"

#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "letter.h"
#include "test.h"

static void
release(void *x)
{
	exchange_free(x);
}

static struct exchange *
new_exchange(void)
{
	struct exchange *x = exchange_new();

	if (x == NULL)
		abort();
	test_later(release, x);
	x->url = strdup("test.com");
	x->host = strdup("127.0.0.1");
	x->port = 10000;
	return x;
}

static void
set_place(struct exchange *x, const char *text)
{
	const char *port = strchr(text, ' ');

	free(x->host);
	x->host = strndup(text, (size_t)(port - text));
	x->port = (uint16_t)atol(port + 1);
}

static void
set_request(struct request *r, const char *text)
{
	size_t n = strcspn(text, " ,");

	r->dialect = text[n] == ',' ? DIALECT_CLASSIC : DIALECT_HTTP;
	r->method = strndup(text, n);
	r->target = strdup(text + n + 1);
}

static void
add_field(struct request *r, const char *text)
{
	size_t n = strcspn(text, ":");
	struct span value = span_trim(span_text(text + n + 1));

	assert_true(headers_add(&r->headers, span_of(text, n), value));
}

static void
set_up(struct exchange *x, const struct letter_line *line)
{
	struct bytes b;

	if (line->kind == '@') {
		set_place(x, line->text);
	} else if (line->kind == '>') {
		set_request(&x->request, line->text);
	} else if (line->kind == '+') {
		add_field(&x->request, line->text);
	} else if (line->kind == '~') {
		x->http_1_0 = strcmp(line->text, "1.0") == 0;
		x->reworded = strcmp(line->text, "reworded") == 0;
	} else if (line->kind == 'b') {
		b = cases_decode(line->where, line->text, strlen(line->text));
		assert_true(buf_append(&x->request.body, b.data, b.len));
	}
}

static void
run(void **state)
{
	const struct letter_row *row = *state;
	struct exchange *x = new_exchange();
	struct buf out = { .max = 64 * 1024 };
	const char *want = "", *refused = NULL, *why;
	char *got;
	bool ok;

	for (size_t i = 0; i < row->n; i++) {
		set_up(x, &row->lines[i]);
		if (row->lines[i].kind == '|')
			want = test_text("%s%s\n", want, row->lines[i].text);
		else if (row->lines[i].kind == '!')
			refused = row->lines[i].text;
	}
	ok = curl_command(&out, x, &why);
	got = test_text("%.*s", (int)out.len, out.len > 0 ? out.data : "");
	buf_release(&out);
	if (ok != (refused == NULL) || (!ok && strstr(why, refused) == NULL))
		letter_fail(row->where, "%s", ok ? got : why);
	if (strcmp(got, want) != 0)
		letter_fail(row->where, "wanted:\n%sgot:\n%s", want, got);
}

int
main(void)
{
	return letter_run("curl", "@>+~b|!", run, NULL);
}
