/*
 * What is taken out of an exchange: bytes that reach the terminal's clipboard,
 * files, and a command that a shell runs.
 */
#include "retort.h"

#include <sys/stat.h>

#include <unistd.h>

#include "cases.h"

#define BODY   "caf\xc3\xa9 \x00\xff\r\n"
#define HEAD   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define CHUNKS "4\r\ncaf\xc3\r\n6\r\n\xa9 \x00\xff\r\n\r\n0\r\n\r\n"
#define ASKED(target)                                               \
	"GET " target " HTTP/1.1\r\nHost: test.com\r\nUser-Agent: " \
	"retort/0.1.0\r\nAccept: */*\r\nConnection: close\r\n\r\n"

/* clang-format off */
static const struct peer_step answers[] = {
	PEER_HEAD, PEER_SAY(HEAD CHUNKS), PEER_END,
};
/* clang-format on */

/* The menu's row that so many of those letters lead to. */
static void
take(struct screen *s, char key, const char *letters)
{
	screen_type(s, (char[]){ key, '\0' });
	screen_wait_text(s, key == 'y' ? "Copy from" : "Write from", MS);
	screen_type(s, letters);
	screen_type(s, "\r");
}

static void
clipboard_is(struct screen *s, const char *want, size_t n)
{
	struct bytes got = screen_wait_clipboard(s, MS);

	if (got.len != n || memcmp(got.data, want, n) != 0)
		screen_fail(s, "copied %s", test_show(got.data, got.len));
}

#define CLIPBOARD_IS(s, text) clipboard_is(s, text, sizeof(text) - 1)

static struct screen *
with_exchange(const char *const env[])
{
	struct screen_how how = { .env = env };
	struct peer *p = peer_start(answers);
	struct screen *s = screen_start(
	    &how, ARGV(RETORT, "-c", test_text("127.0.0.1:%d", p->port)));

	screen_wait_text(s, "GET", MS);
	go(s, "test.com/a");
	wait_entry(s, "test.com/a", "200 OK", GREEN);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	return s;
}

static void
each_part_reaches_the_clipboard(void **state)
{
	struct screen *s = with_exchange(NULL);

	(void)state;
	screen_type(s, "y");
	screen_wait_text(s, "Copy from exchange 1", MS);
	screen_wait_text(s, "raw: request, answer", MS);
	screen_type(s, "\033");
	screen_wait_gone(s, "Copy from", MS);
	take(s, 'y', "b");
	CLIPBOARD_IS(s, BODY);
	screen_wait_text(s, "copied 10 bytes", MS);
	take(s, 'y', "u");
	CLIPBOARD_IS(s, "test.com/a");
	take(s, 'y', "r");
	CLIPBOARD_IS(s, ASKED("/a"));
	take(s, 'y', "rr");
	CLIPBOARD_IS(s, HEAD CHUNKS);
	take(s, 'y', "rrr");
	CLIPBOARD_IS(s, ASKED("/a") HEAD CHUNKS);
	/* Nothing of it stands on the screen. */
	screen_settle(s, MS);
	assert_false(screen_find(s, "52;c", NULL, NULL));
	assert_int_equal(screen_at(s, "test.com/a").fg, SCREEN_DEFAULT);
}

static void
within_tmux_it_is_wrapped(void **state)
{
	struct screen *s = with_exchange(
	    (const char *const[]){ "TMUX=/tmp/tmux-0/default,1,0", NULL });

	(void)state;
	take(s, 'y', "u");
	CLIPBOARD_IS(s, "test.com/a");
	screen_wait_text(s, "copied 10 bytes", MS);
}

static void
a_file_is_written_once(void **state)
{
	struct screen *s = with_exchange(NULL);
	const char *path = test_text("%s/x", test_folder());
	struct bytes got;
	struct stat st;

	(void)state;
	take(s, 'w', "b");
	screen_wait_text(s, "write to: retort-1.body", MS);
	screen_ctrl(s, 'u');
	screen_type(s, path);
	screen_type(s, "\r");
	screen_wait_text(s, "wrote 10 bytes to ", MS);
	got = cases_bytes(path);
	assert_int_equal(got.len, sizeof(BODY) - 1);
	assert_memory_equal(got.data, BODY, got.len);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	take(s, 'w', "u");
	screen_wait_text(s, "write to: retort-1.url", MS);
	screen_ctrl(s, 'u');
	screen_type(s, path);
	screen_type(s, "\r");
	screen_wait_text(s, "nothing is overwritten", MS);
	assert_int_equal(cases_bytes(path).len, 10);
	/* The name is still there to be seen and changed. */
	screen_wait_at(s, 23, 0, test_text("write to: %s", path), MS);
	screen_settle(s, MS);
	assert_int_equal(s->row, 23);
	assert_true(s->visible);
	screen_type(s, "2");
	screen_wait_at(s, 23, 0, test_text("write to: %s2", path), MS);
	screen_wait_gone(s, "nothing is overwritten", MS);
	screen_type(s, "\r");
	screen_wait_text(s, "wrote 10 bytes to ", MS);
	assert_string_equal(
	    cases_bytes(test_text("%s2", path)).data, "test.com/a");
	screen_type(s, "w");
	screen_wait_text(s, "Write from", MS);
	screen_type(s, "\r");
	screen_wait_text(s, "write to: ", MS);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
}

/* In the folder where it was started. */
static void
what_is_too_long_to_copy_goes_to_a_file(void **state)
{
	const size_t n = 80000;
	char *answer = test_alloc(n + 100);
	struct peer_step *steps = test_alloc(3 * sizeof(*steps));
	const char *folder = test_folder();
	struct screen *s;
	size_t head;

	(void)state;
	head = (size_t)snprintf(
	    answer, 100, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", n);
	memset(answer + head, 'a', n);
	steps[0] = (struct peer_step)PEER_HEAD;
	steps[1] = (struct peer_step)PEER_SEND(answer, head + n);
	steps[2] = (struct peer_step)PEER_END;
	s = screen_start(NULL,
	    ARGV("sh", "-c", "cd \"$1\" && exec \"$2\" -c \"$3\"", "sh", folder,
		RETORT, test_text("127.0.0.1:%d", peer_start(steps)->port)));
	screen_wait_text(s, "GET", MS);
	go(s, "test.com");
	wait_entry(s, "test.com", "200 OK", GREEN);
	screen_type(s, "\033");
	screen_wait_text(s, "h headers", MS);
	for (int i = 0; i < 2; i++) {
		take(s, 'y', "b");
		screen_wait_text(s, "more than a clipboard takes", MS);
		screen_wait_text(
		    s, i == 0 ? "retort-1.body" : "retort-1-2.body", MS);
	}
	assert_int_equal(
	    cases_bytes(test_text("%s/retort-1.body", folder)).len, n);
	assert_int_equal(
	    cases_bytes(test_text("%s/retort-1-2.body", folder)).len, n);
}

/* Copied, put into a file, and run: what curl sends is what retort sent. */
static void
the_curl_command_sends_the_same(void **state)
{
	struct peer *p = peer_start(answers);
	struct screen *s = retort(p->port);
	const char *path = test_text("%s/command", test_folder());
	struct bytes command, sent;
	struct proc *sh;

	(void)state;
	go(s, "test.com/it's?a[]=b&c");
	wait_entry(s, "test.com/it's", "200 OK", GREEN);
	screen_type(s, "\t");
	screen_wait_text(s, "y copy", MS);
	take(s, 'y', "c");
	command = screen_wait_clipboard(s, MS);
	take(s, 'w', "c");
	screen_wait_text(s, "write to: retort-1.sh", MS);
	screen_ctrl(s, 'u');
	screen_type(s, path);
	screen_type(s, "\r");
	screen_wait_text(s, "wrote ", MS);
	assert_string_equal(cases_bytes(path).data, command.data);
	sh = proc_start(NULL, ARGV("sh", path));
	assert_int_equal(proc_wait(sh, MS), 0);
	sent = peer_wait(p, 0, MS);
	assert_string_equal(peer_wait(p, 1, MS).data, sent.data);
	assert_non_null(strstr(sent.data, "GET /it's?a%5B%5D=b&c HTTP/1.1"));
}

static void
the_form_can_be_copied_before_it_is_sent(void **state)
{
	struct screen *s = retort(net_refused_port());

	(void)state;
	screen_type(s, "test.com/b\033");
	screen_wait_text(s, "h headers", MS);
	screen_type(s, "y");
	screen_wait_text(s, "Copy from the form", MS);
	screen_type(s, "r\r");
	CLIPBOARD_IS(s, ASKED("/b"));
}

static void
the_menu_fits_the_smallest_screen(void **state)
{
	struct peer *p = peer_start(answers);
	struct screen *s = retort_sized(p->port, 5, 20);

	(void)state;
	go(s, "test.com/a");
	screen_wait_text(s, "200", MS);
	screen_type(s, "\033");
	screen_type(s, "yrr");
	screen_wait_text(s, "response", MS);
	screen_type(s, "\r");
	CLIPBOARD_IS(s, HEAD CHUNKS);
	screen_wait_text(s, "copied", MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_part_reaches_the_clipboard),
		T(within_tmux_it_is_wrapped),
		T(a_file_is_written_once),
		T(what_is_too_long_to_copy_goes_to_a_file),
		T(the_curl_command_sends_the_same),
		T(the_form_can_be_copied_before_it_is_sent),
		T(the_menu_fits_the_smallest_screen),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
