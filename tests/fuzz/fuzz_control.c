/*
 * Byte 0: how long the pieces are; behind it what a server says over its
 * control socket.  However it is cut, the same comes of it; and whatever it is,
 * the rows, the connections and what is opened stand it.
 */
#include <assert.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "live.h"
#include "logrow.h"
#include "theirs.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum {
	NOW = 1000000000
};

static struct serverproc server;

/* What is drawn of it. */
static void
look_at_rows(const struct live *l, struct line *line)
{
	const struct seen_conn *c = NULL;

	for (uint64_t i = 0; i < server.nlines; i++) {
		const struct logline *said = serverproc_line(&server, i);

		if (said == NULL)
			continue;
		logrow(line, said, 5 + i * 13 % 120);
		assert(line->cols <= 5 + i * 13 % 120);
	}
	while ((c = live_next_open(l, c)) != NULL)
		connrow(line, c, 70, NOW);
}

/* What the pane makes of it, row by row. */
static void
look_at_pane(const struct live *l)
{
	static struct app app;

	assert(app_init(&app, &server));
	app.live = l;
	app.now = app.ticked = NOW;
	app_resize(&app, 40, 140);
	app_do(&app, ACTION_PREVIOUS_PANE);
	assert(app_due(&app) >= NOW);
	for (int i = 0; i < 8; i++) {
		app_do(&app, ACTION_UP);
		app_do(&app, ACTION_INSPECT);
		app_live_changed(&app);
		app_key(&app, 'q');
	}
	app_release(&app);
}

static void
look_at(const struct seen_conn *c, const struct seen_request *r)
{
	struct exchange *x = theirs_new(c, r);
	struct view_what what = { x, { SEEN_SAME, c, r } };
	struct view view;

	if (x == NULL)
		return;
	view_init(&view);
	for (int part = 0; part < VIEW_PART_COUNT; part++) {
		struct view_how how = { (enum view_part)part, 61, false, false,
			part == VIEW_TIMELINE };

		view_set(&view, &what, &how);
		view_reach(&view, &what, 1000);
	}
	view_release(&view);
	exchange_free(x);
}

/* All of it in such pieces; how many lines came, of which kinds. */
static size_t
take(struct live *l, struct span s, size_t piece, bool look)
{
	struct control c;
	struct control_line line;
	enum control_kind kind = CONTROL_MORE;
	size_t sum = 0;

	control_init(&c);
	while (s.n > 0 && kind != CONTROL_BAD) {
		size_t n = s.n < piece ? s.n : piece;

		assert(control_feed(&c, s.p, n));
		s = span_of(s.p + n, s.n - n);
		while ((kind = control_next(&c, &line)) == CONTROL_EVENT ||
		    kind == CONTROL_REPLY) {
			live_take(l, kind, &line, NOW);
			sum = sum * 31 + (size_t)kind;
		}
	}
	assert((kind == CONTROL_BAD) == (c.why[0] != '\0'));
	for (size_t i = 0; look && i < l->seen.n; i++)
		for (size_t k = 0; k < l->seen.v[i]->nrequest; k++)
			look_at(l->seen.v[i], &l->seen.v[i]->request[k]);
	control_release(&c);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_of((const char *)data + 1, size - 1);
	struct control none;
	struct live whole, cut;
	struct line line;

	if (size < 2 || s.n > CONTROL_TURN)
		return 0;
	setlocale(LC_CTYPE, "C.UTF-8");
	serverproc_init(&server);
	control_init(&none);
	live_init(&whole, &server, 0);
	live_init(&cut, &server, 0);
	/* So that replies mean something. */
	live_attach(&cut, &none, span_of("{}", 2));
	cut.stats = 1;
	cut.connections = 2;
	cut.reload = 3;
	assert(take(&whole, s, s.n, true) ==
	    take(&cut, s, 1 + data[0] % 64, false));
	line_init(&line);
	look_at_rows(&whole, &line);
	look_at_rows(&cut, &line);
	look_at_pane(&whole);
	look_at_pane(&cut);
	line_release(&line);
	live_release(&whole);
	live_release(&cut);
	control_release(&none);
	serverproc_release(&server);
	return 0;
}
