/*
 * The pictures of the papers: the real retort and the real retortd, used on a
 * terminal as a person would.
 *	shots FOLDER-OF-PROGRAMS FOLDER-OF-PICTURES
 *
 * What differs from run to run (clocks, ports, measured times) is painted over
 * on the finished screen, so the same programs give the same bytes.
 */
#include <fcntl.h>
#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net.h"
#include "peer.h"
#include "proc.h"
#include "proxy.h"
#include "screen.h"
#include "shot.h"
#include "test.h"

enum {
	MS = 10 * 1000,
	TRIES = 20,
	ROW_MAX = 4096,
};

static const char *programs;
static const char *pictures;

/* --- painting over ----------------------------------------------------------- */

/* What is found is painted over by the words in turn. */
struct mask {
	const char *found;
	const char *const *words;
};

static const char *const clocks[] = { "09:41:07", "09:41:12", "09:41:15",
	"09:41:20", "09:41:26", "09:41:31", "09:41:38", NULL };
static const char *const dates[] = { "Tue, 01 Jul 2025 09:41:31", NULL };
static const char *const addresses[] = { "127.0.0.1:10000", NULL };
static const char *const hosts[] = { "localhost:10002", NULL };
/* The first and the fifth are those that stay selected. */
static const char *const times[] = { "0.31 ms", "0.28 ms", "0.22 ms", "0.25 ms",
	"0.31 ms", "0.24 ms", NULL };
static const char *const totals[] = { "total 0.31 ms", NULL };
static const char *const connects[] = { "connect 0.05 ms", NULL };
static const char *const bytes[] = { "first byte 0.28 ms", NULL };

#define CLOCK "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"

/* Words may be shorter than what was found: what follows is the context. */
static const struct mask usual_masks[] = {
	{ CLOCK "  [A-Z]+ +[a-z]", clocks },		    /* history */
	{ CLOCK "  (127\\.0\\.0\\.1  )?[A-Z]+ /", clocks }, /* log */
	{ "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} " CLOCK, dates },
	{ "127\\.0\\.0\\.1:[0-9]{5}", addresses },
	{ "localhost:[0-9]{5}", hosts },
	{ "[0-9]\\.[0-9][0-9] ms", times },
	{ "total [0-9]\\.[0-9][0-9] ms", totals },
	{ "connect [0-9]\\.[0-9][0-9] ms", connects },
	{ "first byte [0-9]\\.[0-9][0-9] ms", bytes },
	{ NULL, NULL },
};

/* A ladder of its own times. */
#define LINE16 "────────────────"
static const char *const ladder_times[] = { "0.008", "0.049", "0.033", "0.061",
	"0.080", "0.084", "0.133", "0.111", "0.141", "0.122", "0.144",
	/* and in the sums */ "0.025", "0.019", "0.031", "0.022", NULL };
static const char *const ladder_there[] = { LINE16 " 41 µs " LINE16 "▶",
	LINE16 " 19 µs " LINE16 "▶", NULL };
static const char *const ladder_back[] = { "◀" LINE16 " 22 µs " LINE16,
	"◀" LINE16 " 19 µs " LINE16, NULL };
static const char *const thinks[] = { "thinks 0.027 ms", NULL };
static const char *const trips[] = { "trip 0.021 ms", NULL };
static const char *const ladder_totals[] = { "total 0.144 ms", NULL };
static const char *const ladder_connects[] = { "connect 0.03 ms", NULL };
static const char *const ladder_firsts[] = { "first byte 0.13 ms", NULL };
static const char *const ladder_ends[] = { "total 0.14 ms", NULL };

static const struct mask timeline_masks[] = {
	{ "[0-9]\\.[0-9]{3}  [a-z]", ladder_times },
	{ "─+ [0-9]+ µs ─+▶", ladder_there },
	{ "◀─+ [0-9]+ µs ─+", ladder_back },
	{ "thinks [0-9]\\.[0-9]{3} ms", thinks },
	{ "trip [0-9]\\.[0-9]{3} ms", trips },
	{ "total [0-9]\\.[0-9]{3} ms", ladder_totals },
	{ "connect [0-9]\\.[0-9][0-9] ms", ladder_connects },
	{ "first byte [0-9]\\.[0-9][0-9] ms", ladder_firsts },
	{ "total [0-9]\\.[0-9][0-9] ms", ladder_ends },
	{ NULL, NULL },
};

/* Calls may come in another order, or beside each other otherwise. */
static const char timeline_shape[] =
    "connect  .*─▶ .*accept\n[^\n]*connected\n[^\n]*write [^\n]*─▶ "
    "[^\n]*read [^\n]*\n[^\n]*thinks [^\n]*\n[^\n]*read "
    "[^\n]*◀─[^\n]*write [^\n]*\n[^\n]*end of "
    "input[^\n]*◀─[^\n]*close[^\n]*\n[^\n]*close \\(ours\\) *┄";

static const char *const wire_times[] = { "0.061 ms", "0.187 ms", "0.231 ms",
	"0.344 ms", NULL };
static const char *const proxy_addresses[] = { "127.0.0.1:10080",
	"127.0.0.1:10000", NULL };

static const struct mask wire_masks[] = {
	{ "[0-9]\\.[0-9]{3} ms", wire_times },
	{ "127\\.0\\.0\\.1:[0-9]{5}", proxy_addresses },
	{ NULL, NULL },
};

static const char *const live_addresses[] = { "127.0.0.1:10000",
	"127.0.0.1:10000", "127.0.0.1:10000", "127.0.0.1:41231", NULL };
static const char *const ages[] = { "1.25 s", NULL };

static const struct mask live_masks[] = {
	{ "127\\.0\\.0\\.1:[0-9]{5}", live_addresses },
	{ "[0-9]\\.[0-9][0-9] s", ages },
	{ NULL, NULL },
};

/* Times of another length would move what stands behind them. */
static const char unusual[] = "[0-9][0-9]\\.[0-9]+ | [0-9]+ ms| [1-9] s ";

/* A row as text, and the column of each of its bytes. */
static void
read_row(struct screen *s, int row, char text[ROW_MAX], int col_of[ROW_MAX])
{
	size_t n = 0;

	for (int col = 0; col < s->cols; col++) {
		struct screen_cell cell = screen_cell(s, row, col);
		size_t len = strlen(cell.text);

		for (size_t i = 0; i < len; i++)
			col_of[n + i] = col;
		memcpy(text + n, cell.text, len);
		n += len;
	}
	text[n] = '\0';
}

static void
compile(regex_t *re, const char *pattern)
{
	if (regcomp(re, pattern, REG_EXTENDED) != 0)
		test_fail("bad pattern: %s", pattern);
}

static void
paint_over(struct screen *s, const struct mask *m)
{
	const char *const *word = m->words;
	char text[ROW_MAX];
	int col_of[ROW_MAX];
	regex_t re;

	compile(&re, m->found);
	for (int row = 0; row < s->rows; row++) {
		regmatch_t at;
		size_t from = 0;

		read_row(s, row, text, col_of);
		while (regexec(&re, text + from, 1, &at, 0) == 0) {
			size_t start = from + (size_t)at.rm_so;

			screen_overwrite(s, row, col_of[start], *word);
			if (*++word == NULL)
				word = m->words;
			from += (size_t)at.rm_eo;
		}
	}
	regfree(&re);
}

static bool
matches(struct screen *s, const char *pattern)
{
	regex_t re;
	bool found;

	compile(&re, pattern);
	found = regexec(&re, screen_text(s), 0, NULL, 0) == 0;
	regfree(&re);
	return found;
}

static void
paint_all_over(struct screen *s, const struct mask *m)
{
	for (; m->found != NULL; m++)
		paint_over(s, m);
}

/* --- sessions ------------------------------------------------------------------ */

struct shot_of {
	const char *name;
	int rows;
	int cols;
	void (*session)(struct screen *);
	const char *routes;	  /* a file of this folder, for the server */
	const struct mask *masks; /* behind the usual ones */
	const char *shape;	  /* what it must have, or it is taken again */
	bool proxy;		  /* one in front of a server attached to */
};

/* With a server of its own. */
static struct screen *
start_with_server(const struct screen_how *how, const struct shot_of *shot)
{
	struct screen *s = screen_start(how,
	    ARGV(test_text("%s/retort", programs), "-s", "-c", "127.0.0.1:0",
		shot->routes != NULL ? "-r" : NULL, shot->routes));

	screen_wait_text(s, "server ● 127.0.0.1:", MS);
	return s;
}

/* Attached to one behind a proxy that changes a field. */
static struct screen *
start_behind_proxy(const struct screen_how *how, const struct shot_of *shot)
{
	const char *control = test_text("unix:%s/control", test_folder());
	struct retortd *d =
	    retortd_start("-C", control, "-r", shot->routes, NULL);
	struct proxy *p = proxy_start(d->port, "Accept: */*\r\n",
	    "Accept: text/html\r\nVia: 1.1 cache\r\n");
	struct screen *s = screen_start(how,
	    ARGV(test_text("%s/retort", programs), "--attach", control, "-c",
		test_text("127.0.0.1:%d", p->port)));

	screen_wait_text(s, "attached ● 127.0.0.1:", MS);
	return s;
}

static struct screen *
start(const struct shot_of *shot)
{
	const struct screen_how how = { .rows = shot->rows,
		.cols = shot->cols };
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct screen *s;

	/* The file is named as one in the user's own folder. */
	assert_int_equal(chdir(TESTS "/shots"), 0);
	s = shot->proxy ? start_behind_proxy(&how, shot)
			: start_with_server(&how, shot);
	assert_int_equal(fchdir(here), 0);
	close(here);
	return s;
}

/* Send that URL, and wait for these words beside it. */
static void
go(struct screen *s, const char *url, const char *words)
{
	screen_ctrl(s, 'u');
	screen_type(s, url);
	screen_type(s, "\r");
	screen_wait_text(s, words, MS);
	screen_settle(s, MS);
}

static void
method(struct screen *s, const char *keys, const char *name)
{
	screen_alt(s, 'm');
	screen_wait_text(s, "other…", MS);
	screen_type(s, keys);
	screen_type(s, "\r");
	screen_wait_text(s, test_text(" %s ▾", name), MS);
}

static void
leave_field(struct screen *s)
{
	screen_type(s, "\033");
	screen_wait_text(s, "u url", MS);
}

static void
first(struct screen *s)
{
	/* Until the message that the server listens is gone. */
	screen_type(s, "t\b");
	screen_wait_text(s, "Enter send", MS);
}

static void
menu(struct screen *s)
{
	screen_type(s, "test.com/create");
	screen_alt(s, 'm');
	screen_wait_text(s, "other…", MS);
	screen_type(s, "p");
}

static void
history(struct screen *s)
{
	static const struct peer_step moved[] = { PEER_HEAD,
		PEER_SAY("HTTP/1.1 301 Moved Permanently\r\n"
			 "Location: /there\r\nContent-Length: 0\r\n\r\n"),
		PEER_END };
	static const struct peer_step busy[] = { PEER_HEAD,
		PEER_SAY("HTTP/1.1 503 Service Unavailable\r\n"
			 "Retry-After: 5\r\nContent-Length: 0\r\n\r\n"),
		PEER_END };
	static const struct peer_step hangs[] = { PEER_HEAD, PEER_HANG,
		PEER_END };

	method(s, "p", "POST");
	go(s, "test.com/create", "201 Created");
	leave_field(s);
	screen_type(s, "vu");
	screen_wait_text(s, "direct", MS);
	method(s, "g", "GET");
	go(s, test_text("localhost:%d/old", peer_start(moved)->port),
	    "301 Moved");
	go(s, test_text("localhost:%d/api", peer_start(busy)->port),
	    "503 Service");
	go(s, test_text("localhost:%d/ping", net_refused_port()), "refused");
	go(s, test_text("localhost:%d/log", peer_start(hangs)->port), "/log");
	leave_field(s);
	screen_type(s, "vu");
	screen_wait_text(s, "via 127", MS);
	go(s, "test.com/nope", "400 Bad Request");
	screen_type(s, "\t");
	screen_wait_text(s, "r send again", MS);
}

static void
server(struct screen *s)
{
	go(s, "test.com", "200 OK");
	method(s, "p", "POST");
	go(s, "test.com/create", "201 Created");
	method(s, "h", "HEAD");
	go(s, "test.com/option", "HEAD    test.com/option");
	method(s, "g", "GET");
	go(s, "test.com/nope", "400 Bad Request");
	screen_type(s, "\t\t\t");
	screen_wait_text(s, "GET /nope HTTP/1.1", MS);
}

static void
routes(struct screen *s)
{
	go(s, "test.com/users/kim", "200 OK");
	method(s, "p", "POST");
	go(s, "test.com/users", "201 Created");
	method(s, "g", "GET");
	go(s, "test.com/jobs/7", "503 Service");
	screen_type(s, "\r");
	screen_wait_text(s, "4 req", MS);
	go(s, "test.com/nope", "404 Not Found");
	screen_type(s, "\t\t\t");
	screen_wait_text(s, "no route", MS);
}

static void
korean(struct screen *s)
{
	method(s, "p", "POST");
	leave_field(s);
	screen_type(s, "b");
	screen_wait_text(s, "F5 send", MS);
	screen_paste(s, "{\"name\":\"김철수\",\"city\":\"서울\"}");
	screen_wait_text(s, "서울", MS);
	leave_field(s);
	screen_type(s, "u");
	go(s, "test.com/create", "201 Created");
	method(s, "g", "GET");
	go(s, "test.com/한글/문서", "400 Bad Request");
	screen_type(s, "\t");
	screen_wait_text(s, "r send again", MS);
	screen_type(s, "k2");
	screen_wait_text(s, "POST /create HTTP/1.1", MS);
}

static void
wide(struct screen *s)
{
	history(s);
}

/* The tab of that number, alone on the screen. */
static void
tab(struct screen *s, const char *number, const char *words)
{
	leave_field(s);
	screen_type(s, "\t\t");
	screen_type(s, number);
	screen_type(s, "z");
	screen_wait_text(s, words, MS);
}

static void
post(struct screen *s, const char *body, const char *url)
{
	method(s, "p", "POST");
	leave_field(s);
	screen_type(s, "b");
	screen_wait_text(s, "F5 send", MS);
	screen_paste(s, body);
	screen_wait_text(s, "김철수", MS);
	leave_field(s);
	screen_type(s, "u");
	go(s, url, "201 Created");
}

static void
request(struct screen *s)
{
	post(s,
	    "{\"name\":\"김철수\",\"city\":\"서울\",\"age\":7,"
	    "\"tags\":[\"new\",true,null]}",
	    "test.com/users");
	tab(s, "2", "sent as composed");
}

static void
wire(struct screen *s)
{
	post(s, "{\"name\":\"김철수\"}", "test.com/users");
	tab(s, "3", "through another connection");
	screen_wait_text(s, "the server sent", MS);
}

static void
timeline(struct screen *s)
{
	go(s, "test.com/users/kim", "200 OK");
	tab(s, "4", "retortd");
	screen_wait_text(s, "close (the server's)", MS);
}

static void
findings(struct screen *s)
{
	static const struct peer_step broken[] = { PEER_HEAD,
		PEER_SAY("HTTP/1.1 401 Unauthorized\n"
			 "Content-Length: 12\r\nContent-Length: 12\r\n\r\n"
			 "Who are you?"),
		PEER_END };

	leave_field(s);
	screen_type(s, "vu");
	screen_wait_text(s, "direct", MS);
	go(s, test_text("localhost:%d/me", peer_start(broken)->port),
	    "401 Unauth");
	tab(s, "5", "the answer:");
}

#define CURL "Host: test.com\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"

/* A whole request of another client, the nth in all. */
static void
other_client(struct screen *s, int port, const char *text, int nth)
{
	int fd = net_connect(port);

	net_say(fd, text);
	net_read_until(fd, "\r\n\r\n", MS);
	net_close(fd);
	screen_wait_text(s, test_text("%d req", nth), MS);
}

static void
live(struct screen *s)
{
	int port = retortd_port(strstr(screen_row(s, 0), "●"));

	go(s, "test.com/users/kim", "200 OK");
	other_client(s, port, "GET /users/lee HTTP/1.1\r\n" CURL "\r\n", 2);
	other_client(s, port,
	    "PUT /users HTTP/1.1\r\n" CURL "Content-Length: 0\r\n\r\n", 3);
	other_client(s, port, "GET /jobs/7 HTTP/1.1\r\n" CURL "\r\n", 4);
	screen_type(s, "\t\t\t");
	screen_wait_text(s, "GET /jobs/7 HTTP/1.1", MS);
	screen_type(s, "kk");
	/* One that waits; its age is shown by the second. */
	net_say(net_connect(port), "GET /report HTTP/1.1\r\n" CURL "\r\n");
	screen_wait_text(s, " delayed ", MS);
	screen_wait_text(s, " 1.", MS);
}

static const struct shot_of shots[] = {
	{ "first", 24, 80, first, NULL, NULL, NULL, false },
	{ "menu", 24, 80, menu, NULL, NULL, NULL, false },
	{ "history", 24, 80, history, NULL, NULL, NULL, false },
	{ "server", 24, 80, server, NULL, NULL, NULL, false },
	{ "routes", 24, 80, routes, "routes.conf", NULL, NULL, false },
	{ "korean", 24, 80, korean, NULL, NULL, NULL, false },
	{ "wide", 40, 120, wide, NULL, NULL, NULL, false },
	{ "request", 24, 80, request, "routes.conf", NULL, NULL, false },
	{ "wire", 28, 100, wire, "routes.conf", wire_masks, NULL, true },
	{ "timeline", 18, 100, timeline, "routes.conf", timeline_masks,
	    timeline_shape, false },
	{ "findings", 24, 80, findings, NULL, NULL, NULL, false },
	{ "live", 24, 100, live, "routes.conf", live_masks, NULL, false },
};

static void
take(const struct shot_of *shot)
{
	struct screen *s = NULL;

	for (int i = 0; i < TRIES; i++) {
		s = start(shot);
		shot->session(s);
		screen_settle(s, MS);
		if (matches(s, unusual) ||
		    (shot->shape != NULL && !matches(s, shot->shape)))
			continue;
		paint_all_over(s, usual_masks);
		if (shot->masks != NULL)
			paint_all_over(s, shot->masks);
		shot_write(
		    s, "retort", test_text("%s/%s.png", pictures, shot->name));
		return;
	}
	screen_fail(s, "this machine is too slow for a picture");
}

static void
takes_the_pictures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shots) / sizeof(shots[0]); i++)
		take(&shots[i]);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(takes_the_pictures, test_end),
	};

	if (argc != 3) {
		fputs("usage: shots PROGRAMS PICTURES\n", stderr);
		return 2;
	}
	programs = argv[1];
	pictures = argv[2];
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
