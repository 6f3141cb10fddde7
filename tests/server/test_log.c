#include "log.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "limit.h"
#include "test.h"

static const struct address peer = { .bytes = { 127, 0, 0, 1 }, .port = 4711 };

/* 2026-11-23 06:24:36.123456 UTC, a quarter second into the loop's clock. */
static struct wall
wall(void)
{
	struct wall w = { 0 };

	wall_set(&w, 250000, 1795415076123456);
	return w;
}

static struct ask
ask_of(const char *line)
{
	return (struct ask){ .dialect = DIALECT_HTTP,
		.line = span_text(line),
		.method = span_text("GET"),
		.host = span_text("test.com"),
		.target = span_text("/\xea\xb0\x80\"") };
}

static void
note(struct log *l, const char *line)
{
	struct ask ask = ask_of(line);
	struct log_entry entry = { &peer, &ask, NULL, 200, 26, 42 };
	struct wall w = wall();

	log_request(l, &entry, &w, 250000);
}

static void
tells_the_time_of_day(void **state)
{
	struct wall w = wall();
	char iso[WALL_ISO_LEN + 1];

	(void)state;
	assert_string_equal(w.date, "Mon, 23 Nov 2026 06:24:36 GMT");
	assert_string_equal(w.clf, "23/Nov/2026:06:24:36 +0000");
	wall_iso(&w, 250000, iso);
	assert_string_equal(iso, "2026-11-23T06:24:36.123Z");
	wall_iso(&w, 250000 + 877000, iso);
	assert_string_equal(iso, "2026-11-23T06:24:37.000Z");
	assert_false(wall_is_stale(&w, 250000 + 876543));
	assert_true(wall_is_stale(&w, 250000 + 876544));
}

static void
writes_common_lines(void **state)
{
	struct log l;

	(void)state;
	assert_true(log_open(&l, LOG_COMMON, NULL, -1));
	note(&l, "GET /\x1b\"\\ HTTP/1.1");
	note(&l, "");
	assert_string_equal(
	    test_text("%.*s", (int)l.sink.lines.len, l.sink.lines.data),
	    "127.0.0.1 - - [23/Nov/2026:06:24:36 +0000] "
	    "\"GET /\\x1b\\\"\\\\ HTTP/1.1\" 200 26\n"
	    "127.0.0.1 - - [23/Nov/2026:06:24:36 +0000] \"-\" 200 26\n");
	buf_release(&l.sink.lines);
}

static void
writes_json_lines(void **state)
{
	struct log l;

	(void)state;
	assert_true(log_open(&l, LOG_JSON, NULL, -1));
	note(&l, "GET /\x01\xff HTTP/1.0");
	assert_string_equal(
	    test_text("%.*s", (int)l.sink.lines.len, l.sink.lines.data),
	    "{\"ev\":\"request\",\"at\":\"2026-11-23T06:24:36.123Z\","
	    "\"peer\":\"127.0.0.1:4711\",\"dialect\":\"http\","
	    "\"line\":\"GET /\\u0001\\u00ff HTTP/1.0\","
	    "\"method\":\"GET\",\"host\":\"test.com\","
	    "\"target\":\"/\\u00ea\\u00b0\\u0080\\\"\",\"status\":200,"
	    "\"bytes\":26,\"us\":42,\"route\":null}\n");
	buf_release(&l.sink.lines);
}

/* The file's name is a name, whatever is in it. */
static void
names_the_route_that_answered(void **state)
{
	const struct route route = { .place = {
					 "a\"\xea.conf", 4294967295, 3 } };
	struct ask ask = ask_of("GET / HTTP/1.1");
	struct log_entry entry = { &peer, &ask, &route, 200,
		UINT64_C(5000000000), 42 };
	struct wall w = wall();
	struct log l;

	(void)state;
	assert_true(log_open(&l, LOG_JSON, NULL, -1));
	log_request(&l, &entry, &w, 250000);
	assert_non_null(
	    strstr(test_text("%.*s", (int)l.sink.lines.len, l.sink.lines.data),
		",\"bytes\":5000000000,\"us\":42,"
		"\"route\":\"a\\\"\\u00ea.conf:4294967295\"}\n"));
	buf_release(&l.sink.lines);
}

static void
names_addresses(void **state)
{
	struct address v6 = { .port = 65535, .is_ipv6 = true };
	char text[ADDRESS_TEXT];

	(void)state;
	assert_int_equal(address_text(&peer, text), 14);
	assert_string_equal(text, "127.0.0.1:4711");
	v6.bytes[15] = 1;
	assert_int_equal(address_text(&v6, text), 11);
	assert_string_equal(text, "[::1]:65535");
	assert_int_equal(address_host(&v6, text), 3);
	memset(v6.bytes, 0xff, sizeof(v6.bytes));
	assert_int_equal(address_text(&v6, text), 39 + 8);
}

/* A pipe that nobody reads takes 64 KiB; the buffer as much as it may hold;
 * nothing waits, and what is read at last is whole lines. */
static void
drops_what_nobody_reads(void **state)
{
	const char *line = "GET /some/path HTTP/1.1";
	struct log l;
	int fd[2];
	char got[4096];
	size_t kept = 0;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_true(log_open(&l, LOG_COMMON, NULL, fd[1]));
	while (l.sink.dropped < 100)
		note(&l, line);
	assert_true(sink_flush(&l.sink));
	assert_in_range(l.sink.lines.len, LIMIT_LOG - 200, LIMIT_LOG);
	assert_int_equal(fcntl(fd[1], F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	while (l.sink.lines.len > 0) {
		while ((n = read(fd[0], got, sizeof(got))) > 0)
			kept += (size_t)n;
		sink_flush(&l.sink);
	}
	while ((n = read(fd[0], got, sizeof(got))) > 0)
		kept += (size_t)n;
	assert_int_equal(kept %
		strlen("127.0.0.1 - - [23/Nov/2026:06:24:36 +0000] "
		       "\"GET /some/path HTTP/1.1\" 200 26\n"),
	    0);
	assert_int_equal(l.sink.said, l.sink.dropped);
	sink_close(&l.sink);
	close(fd[0]);
	close(fd[1]);
}

static void
ends_when_its_reader_has_gone(void **state)
{
	struct log l;
	int fd[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fd), 0);
	assert_true(log_open(&l, LOG_COMMON, NULL, fd[1]));
	close(fd[0]);
	note(&l, "GET / HTTP/1.1");
	assert_false(sink_flush(&l.sink));
	assert_true(l.sink.ended);
	note(&l, "GET / HTTP/1.1");
	assert_int_equal(l.sink.lines.len, 0);
	sink_close(&l.sink);
	close(fd[1]);
}

/* A full disk takes nothing, and may take something later. */
static void
goes_on_after_a_full_disk(void **state)
{
	struct log l;

	(void)state;
	assert_true(log_open(&l, LOG_COMMON, "/dev/full", -1));
	note(&l, "GET / HTTP/1.1");
	assert_false(sink_flush(&l.sink));
	assert_false(l.sink.ended);
	assert_true(l.sink.failing);
	assert_int_equal(l.sink.dropped, 1);
	l.sink.path = test_text("%s/log", test_folder());
	assert_true(sink_reopen(&l.sink));
	note(&l, "GET / HTTP/1.1");
	assert_false(sink_flush(&l.sink));
	assert_int_equal(l.sink.said, l.sink.dropped);
	assert_false(l.sink.failing);
	sink_close(&l.sink);
}

/* A line of which the disk took a part is ended when it takes more. */
static void
ends_a_line_that_was_cut(void **state)
{
	const char *path = test_text("%s/log", test_folder());
	char got[256] = "";
	struct log l;
	int fd;

	(void)state;
	assert_true(log_open(&l, LOG_COMMON, path, -1));
	note(&l, "GET /first HTTP/1.1");
	test_limit_files(20);
	assert_false(sink_flush(&l.sink));
	note(&l, "GET /dropped HTTP/1.1");
	assert_false(sink_flush(&l.sink));
	assert_int_equal(l.sink.dropped, 1);
	test_limit_files(-1);
	note(&l, "GET /second HTTP/1.1");
	sink_close(&l.sink);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, got, sizeof(got) - 1) > 0);
	close(fd);
	assert_string_equal(got,
	    "127.0.0.1 - - [23/Nov/2026:06:24:36 +0000] "
	    "\"GET /first HTTP/1.1\" 200 26\n"
	    "127.0.0.1 - - [23/Nov/2026:06:24:36 +0000] "
	    "\"GET /second HTTP/1.1\" 200 26\n");
}

static void
keeps_the_file_when_another_cannot_be_opened(void **state)
{
	struct log l;
	const char *path = test_text("%s/log", test_folder());
	char got[256] = "";
	int fd;

	(void)state;
	assert_true(log_open(&l, LOG_COMMON, path, -1));
	l.sink.path = "/nonexistent/log";
	assert_false(sink_reopen(&l.sink));
	assert_int_equal(errno, ENOENT);
	note(&l, "GET / HTTP/1.1");
	sink_close(&l.sink);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, got, sizeof(got) - 1) > 0);
	close(fd);
	assert_non_null(strstr(got, "\"GET / HTTP/1.1\" 200 26\n"));
}

static void
opens_no_fifo_that_nobody_reads(void **state)
{
	struct log l;
	const char *path = test_text("%s/fifo", test_folder());

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(log_open(&l, LOG_COMMON, path, -1));
	assert_int_equal(errno, ENXIO);
}

static void
knows_its_formats(void **state)
{
	enum log_format f;

	(void)state;
	assert_true(log_format_find("json", &f));
	assert_int_equal(f, LOG_JSON);
	assert_true(log_format_find("none", &f));
	assert_int_equal(f, LOG_NONE);
	assert_false(log_format_find("JSON", &f));
	assert_false(log_format_find("", &f));
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_the_time_of_day),
		TEST(writes_common_lines),
		TEST(writes_json_lines),
		TEST(names_the_route_that_answered),
		TEST(names_addresses),
		TEST(drops_what_nobody_reads),
		TEST(ends_when_its_reader_has_gone),
		TEST(goes_on_after_a_full_disk),
		TEST(ends_a_line_that_was_cut),
		TEST(keeps_the_file_when_another_cannot_be_opened),
		TEST(opens_no_fifo_that_nobody_reads),
		TEST(knows_its_formats),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
