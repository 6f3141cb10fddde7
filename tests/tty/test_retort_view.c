/*
 * The five tabs of an exchange on a terminal: what stands where, in which
 * colours, on wide and on narrow screens.
 */
#include "retort.h"

enum {
	BLUE = 4
};

#define HEAD(type, length)                                           \
	"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n" \
	"Content-Type: " type "\r\n"                                 \
	"Content-Length: " length "\r\n\r\n"

static const struct peer_step json[] = {
	PEER_HEAD,
	PEER_SAY(HEAD("application/json", "43")),
	PEER_SAY("{\"name\":\"한글\",\"n\":[1,true],\"deep\":null} "),
	PEER_END,
};

static const struct peer_step broken[] = {
	PEER_HEAD,
	PEER_SAY(
	    "HTTP/1.1 204 No Content\nContent-Length: 5\r\nA:\tb \r\n\r\n"),
	PEER_END,
};

static const struct peer_step slow[] = {
	PEER_HEAD,
	PEER_WAIT(20),
	PEER_SAY(HEAD("text/plain", "10")),
	PEER_DRIP("0123456789", 5),
	PEER_END,
};

static const struct peer_step hostile[] = {
	PEER_HEAD,
	PEER_SAY(HEAD("application/json", "24")),
	PEER_SAY("[\"\033]0;x\a\xc2\x9b\xe2\x80\xae\",\033[2J\xff\x80"),
	PEER_END,
};

/* The answer of that peer on a screen of that size, the exchange zoomed. */
static struct screen *
zoomed(const struct peer_step *steps, int rows, int cols, const char *until)
{
	struct screen *s = retort_sized(peer_start(steps)->port, rows, cols);

	go(s, "test.com/x");
	screen_wait_text(s, until, MS);
	screen_type(s, "\033");
	screen_settle(s, MS);
	screen_type(s, "\t");
	if (rows >= 16)
		screen_type(s, "\tz");
	else
		screen_type(s, "\r");
	screen_settle(s, MS);
	return s;
}

static void
tabs_go_by_numbers_and_brackets(void **state)
{
	static const char *const first[] = { "HTTP/1.1 200 OK",
		"sent as composed", "we sent", "       ms  retort",
		"no rule was broken" };
	struct screen *s = zoomed(json, 24, 80, "200 OK");

	(void)state;
	screen_wait_at(s, 1, 0, "── Exchange 1 ──", MS);
	screen_wait_text(
	    s, "1 Response  2 Request  3 Wire  4 Timeline  5 Findings ─", MS);
	for (int i = 4; i >= 0; i--) {
		screen_type(s, (char[]){ (char)('1' + i), '\0' });
		screen_wait_at(s, 2, 1, first[i], MS);
	}
	assert_true(screen_at(s, "1 Response").bold);
	for (int i = 1; i <= 5; i++) {
		screen_type(s, "]");
		screen_wait_at(s, 2, 1, first[i % 5], MS);
	}
	screen_type(s, "[");
	screen_wait_at(s, 2, 1, first[4], MS);
	screen_settle(s, MS);
	assert_true(screen_at(s, "5 Findings").bold);
	assert_false(screen_at(s, "1 Response").bold);
}

static void
json_is_set_out_in_colours(void **state)
{
	struct screen *s = zoomed(json, 24, 80, "200 OK");

	(void)state;
	screen_wait_at(s, 7, 1, "{", MS);
	screen_wait_at(s, 8, 1, "  \"name\": \"한글\",", MS);
	screen_wait_at(s, 9, 1, "  \"n\": [", MS);
	screen_wait_at(s, 10, 1, "    1,", MS);
	screen_wait_at(s, 11, 1, "    true", MS);
	screen_wait_at(s, 14, 1, "}", MS);
	assert_int_equal(screen_cell(s, 8, 3).fg, BLUE);
	assert_true(screen_cell(s, 8, 3).bold);
	assert_int_equal(screen_cell(s, 8, 11).fg, GREEN);
	assert_int_equal(screen_cell(s, 10, 5).fg, CYAN);
	assert_int_equal(screen_cell(s, 11, 5).fg, MAGENTA);
	assert_int_equal(screen_cell(s, 7, 1).fg, SCREEN_DEFAULT);
	screen_type(s, "p");
	screen_wait_at(s, 7, 1, "{\"name\":\"한글\",\"n\":[1,true]", MS);
	screen_type(s, "p/DEEP\r");
	screen_wait_at(s, 13, 1, "  \"deep\": null", MS);
	screen_settle(s, MS);
	assert_true(screen_cell(s, 13, 3).reverse);
}

static void
json_is_told_apart_without_colours(void **state)
{
	static const char *const env[] = { "NO_COLOR=1", NULL };
	struct screen_how how = { .env = env };
	struct screen *s = screen_start(&how,
	    ARGV(RETORT, "-c",
		test_text("127.0.0.1:%d", peer_start(json)->port), "test.com"));

	(void)state;
	screen_wait_text(s, "GET", MS);
	screen_type(s, "\r");
	screen_wait_text(s, "\"name\"", MS);
	screen_type(s, "\033\t\tz");
	screen_wait_at(s, 11, 1, "    true", MS);
	screen_settle(s, MS);
	assert_true(screen_at(s, "\"name\"").bold);
	assert_true(screen_at(s, "true").underline);
	assert_int_equal(screen_at(s, "true").fg, SCREEN_DEFAULT);
}

static void
the_wire_shows_every_byte_and_call(void **state)
{
	struct screen *s = zoomed(broken, 24, 80, "204");

	(void)state;
	screen_type(s, "3");
	screen_wait_at(s, 2, 1, "we sent", MS);
	screen_wait_at(s, 3, 1, "┄ 1 ┄ ", MS);
	screen_wait_at(s, 4, 1, "GET /x HTTP/1.1␍␊", MS);
	screen_wait_at(s, 9, 1, "␍␊", MS);
	screen_wait_at(s, 11, 1, "we received", MS);
	screen_wait_at(s, 13, 1, "HTTP/1.1 204 No Content␊", MS);
	screen_wait_at(s, 15, 1, "A:␉b·␍␊", MS);
	screen_settle(s, MS);
	assert_int_equal(screen_cell(s, 4, 16).fg, GREY);
	assert_int_equal(screen_cell(s, 4, 15).fg, SCREEN_DEFAULT);
	screen_type(s, "x");
	screen_wait_at(s, 4, 1, "00000000  47 45 54 20 2f 78", MS);
	screen_type(s, "x/no content\r");
	screen_wait_at(s, 13, 1, "HTTP/1.1 204", MS);
	screen_settle(s, MS);
	assert_true(screen_cell(s, 13, 1).reverse);
}

/* The number in front of a text, in milliseconds. */
static double
time_of(struct screen *s, const char *text)
{
	int row;
	int col;

	if (!screen_find(s, text, &row, &col))
		screen_fail(s, "%s is not there", text);
	return strtod(screen_row(s, row), NULL);
}

static void
the_timeline_tells_when(void **state)
{
	struct screen *s = zoomed(slow, 24, 80, "0123456789");
	double wrote;

	(void)state;
	screen_wait_text(s, "got", MS);
	screen_type(s, "4");
	screen_wait_text(s, "closed by us", MS);
	screen_settle(s, MS);
	wrote = time_of(s, "write ");
	assert_true(time_of(s, "connect ") < wrote);
	assert_true(time_of(s, "read ") >= wrote + 20);
	assert_true(screen_find(s, " reads, ", NULL, NULL));
	assert_true(screen_find(s, "total ", NULL, NULL));
	screen_type(s, "f");
	screen_wait_text(s, "┊", MS);
	screen_type(s, "G");
	screen_wait_text(s, "█", MS);
	screen_wait_text(s, "receive  ", MS);
}

static void
findings_name_the_rules(void **state)
{
	struct screen *s = zoomed(broken, 24, 80, "204");

	(void)state;
	screen_type(s, "5");
	screen_wait_at(s, 2, 1, "the answer:", MS);
	screen_wait_text(s, "RFC 9112 2.2: a line ends with LF alone", MS);
	screen_wait_text(s, "RFC 9110 8.6: a Content-Length stands in a", MS);
	screen_settle(s, MS);
	assert_int_equal(screen_at(s, "RFC 9112 2.2").fg, GREY);
	assert_int_equal(screen_at(s, ": a line ends").fg, MAGENTA);
}

static void
stands_on_small_screens(void **state)
{
	static const int sizes[][2] = { { 12, 40 }, { 5, 20 }, { 2, 12 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct screen *s =
		    zoomed(json, sizes[i][0], sizes[i][1], "GET");

		for (const char *keys = "12345[]pxfjG/a\r"; *keys; keys++) {
			screen_type(s, (char[]){ *keys, '\0' });
			screen_settle(s, MS);
			assert_true(screen_alive(s));
		}
	}
}

static void
says_which_tab_where_there_is_no_title(void **state)
{
	struct screen *s = zoomed(json, 5, 20, "GET");

	(void)state;
	screen_type(s, "3");
	screen_wait_text(s, "3 Wire", MS);
	screen_wait_text(s, "we sent", MS);
}

static void
hostile_bytes_stay_text_in_every_tab(void **state)
{
	struct screen *s = zoomed(hostile, 24, 80, "200 OK");

	(void)state;
	screen_wait_text(s, "no JSON from here on:", MS);
	screen_wait_text(s, "\\x1b]0;x\\x07", MS);
	screen_type(s, "3");
	screen_wait_text(s, "\\x1b]0;x\\x07\\xc2\\x9b\\xe2\\x80\\xae", MS);
	for (const char *keys = "12x3x45"; *keys; keys++) {
		screen_type(s, (char[]){ *keys, '\0' });
		screen_settle(s, MS);
		screen_wait_at(s, 1, 0, "── Exchange 1 ──", MS);
	}
}

enum {
	VALUES = 600000
};

/* Far down in a body of some MB: the end is found while keys still work. */
static void
a_long_body_is_walked_in_steps(void **state)
{
	char *body = test_alloc(VALUES * 20 + 10);
	size_t n = 1;
	struct screen *s;

	(void)state;
	body[0] = '[';
	for (int i = 0; i < VALUES; i++)
		n += (size_t)snprintf(
		    body + n, 20, "%s\"v%d\"", i > 0 ? "," : "", i);
	body[n++] = ']';
	{
		struct peer_step steps[] = {
			PEER_HEAD,
			PEER_SAY("HTTP/1.1 200 OK\r\nContent-Type: "
				 "application/json\r\n\r\n"),
			PEER_SEND(body, n),
			PEER_END,
		};
		struct peer_step *kept = test_alloc(sizeof(steps));

		memcpy(kept, steps, sizeof(steps));
		s = zoomed(kept, 24, 80, "\"v1\"");
	}
	screen_wait_text(s, "total", MS);
	screen_type(s, "G");
	screen_wait_text(s, test_text("\"v%d\"", VALUES - 1), MS);
	screen_type(s, "g");
	screen_wait_text(s, "\"v0\"", MS);
	screen_type(s, "/\"v567890\r");
	screen_wait_text(s, "\"v567890\"", MS);
	/* A key ends the search for a line. */
	screen_type(s, "Gg");
	screen_wait_text(s, "\"v0\"", MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(tabs_go_by_numbers_and_brackets),
		T(json_is_set_out_in_colours),
		T(json_is_told_apart_without_colours),
		T(the_wire_shows_every_byte_and_call),
		T(the_timeline_tells_when),
		T(findings_name_the_rules),
		T(stands_on_small_screens),
		T(says_which_tab_where_there_is_no_title),
		T(hostile_bytes_stay_text_in_every_tab),
		T(a_long_body_is_walked_in_steps),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
