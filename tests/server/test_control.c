/*
 * The control socket of a real retortd.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "json.h"
#include "journal.h"
#include "limit.h"
#include "net.h"
#include "proc.h"
#include "process.h"
#include "test.h"

/* --- a client of it ------------------------------------------------------ */

/* What was read ahead of the line that is wanted. */
struct client {
	int fd;
	struct buf in;
};

static void
client_close(void *arg)
{
	struct client *c = arg;

	close(c->fd);
	buf_release(&c->in);
}

static struct client *
client_of(int fd)
{
	struct client *c = test_alloc(sizeof(*c));

	c->fd = fd;
	c->in.max = 1 << 26;
	test_later(client_close, c);
	return c;
}

static int
try_connect(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	strlcpy(sa.sun_path, path, sizeof(sa.sun_path));
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return fd;
	close(fd);
	return -1;
}

static struct client *
client_new(const char *path)
{
	int fd = try_connect(path);

	if (fd < 0)
		test_fail("%s: %s", path, strerror(errno));
	return client_of(fd);
}

static void
say(struct client *c, const char *command)
{
	net_send(c->fd, command, strlen(command));
	net_send(c->fd, "\n", 1);
}

/* The next line without its end, NULL at the end of all. */
static const char *
hear(struct client *c)
{
	char piece[65536];
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	const char *end;
	char *line;
	ssize_t n;

	while (c->in.len == 0 ||
	    (end = memchr(c->in.data, '\n', c->in.len)) == NULL) {
		if (poll(&p, 1, SOON) != 1)
			test_fail("no line in time");
		n = recv(c->fd, piece, sizeof(piece), 0);
		if (n <= 0)
			return NULL;
		assert_true(buf_append(&c->in, piece, (size_t)n));
	}
	n = end - c->in.data;
	line = test_alloc((size_t)n + 1);
	memcpy(line, c->in.data, (size_t)n);
	buf_drop(&c->in, (size_t)n + 1);
	if (!json_is_valid(span_text(line)))
		test_fail("no JSON: %s", test_show(line, 200));
	return line;
}

/* The reply to a command: events in front of it are passed over. */
static const char *
ask(struct client *c, const char *command)
{
	const char *line;

	say(c, command);
	do {
		line = hear(c);
		assert_non_null(line);
	} while (strncmp(line, "{\"id\":", 6) != 0);
	return line;
}

static void
want(const char *line, const char *part)
{
	if (line == NULL || strstr(line, part) == NULL)
		test_fail("no %s in %s", part, line);
}

static void
want_event(struct client *c, const char *ev)
{
	want(hear(c), test_text("\"ev\":\"%s\"", ev));
}

/* --- a server with one --------------------------------------------------- */

struct rig {
	struct retortd *d;
	const char *path;
};

static struct rig
start_with(const char *option, const char *value)
{
	struct rig r;

	r.path = test_text("%s/control", test_folder());
	r.d = retortd_start(
	    "-C", test_text("unix:%s", r.path), option, value, NULL);
	return r;
}

static struct rig
start(void)
{
	return start_with(NULL, NULL);
}

static void
get(const struct rig *r, const char *target)
{
	int fd = net_connect(r->d->port);

	net_say(fd,
	    test_text("GET %s HTTP/1.1\r\nHost: test.com\r\n"
		      "Connection: close\r\n\r\n",
		target));
	net_read_until_close(fd, SOON);
	net_close(fd);
}

/* --- commands ------------------------------------------------------------ */

static void
answers_what_is_no_command(void **state)
{
	static const struct {
		const char *command, *error;
	} rows[] = {
		{ "", "that is no JSON" },
		{ "{", "that is no JSON" },
		{ "[]", "a command is an object with a member do" },
		{ "{}", "a command is an object with a member do" },
		{ "{\"do\":\"dance\"}",
		    "do is one of subscribe, exchanges, connections, stats, "
		    "routes, reload, close, stop" },
		{ "{\"do\":7}", "do is one of" },
		{ "{\"id\":\"\xff\",\"do\":\"stop\"}", "that is no JSON" },
		{ "{\"do\":\"subscribe\",\"from\":\"then\"}",
		    "from is \\\"now\\\" or \\\"ring\\\"" },
		{ "{\"do\":\"exchanges\",\"since\":-1}",
		    "since is a whole number that is not negative" },
		{ "{\"do\":\"exchanges\",\"max\":\"all\"}",
		    "max is a whole number" },
		{ "{\"do\":\"exchanges\",\"unmatched\":1}",
		    "unmatched is true or false" },
		{ "{\"do\":\"close\"}",
		    "close wants the number of a connection as conn" },
		{ "{\"do\":\"close\",\"conn\":77}",
		    "there is no such connection" },
		{ "{\"do\":\"reload\"}",
		    "nothing to reload: the routes are built in" },
	};
	struct rig r = start();
	struct client *c = client_new(r.path);
	const char *line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		line = ask(c, rows[i].command);
		want(line, "{\"id\":null,\"ok\":false,\"error\":\"");
		want(line, rows[i].error);
	}
	want(ask(c, "{\"id\":\"x\",\"do\":\"dance\"}"), "{\"id\":\"x\",");
	/* Several at once are answered in their order. */
	say(c, "{\"id\":1,\"do\":\"stats\"}\n{\"id\":2,\"do\":\"stats\"}");
	want(hear(c), "{\"id\":1,\"ok\":true,");
	want(hear(c), "{\"id\":2,\"ok\":true,");
	retortd_stop(r.d);
}

static void
tells_figures_connections_and_routes(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);
	const char *line;
	int fd;

	(void)state;
	get(&r, "/");
	get(&r, "/nope");
	fd = net_connect(r.d->port);
	net_say(fd, "GET / HT");
	do
		line = ask(c, "{\"id\":1,\"do\":\"connections\"}");
	while (strstr(line, "\"connections\":[]") != NULL);
	want(line, test_text("[{\"conn\":3,\"peer\":\"127.0.0.1:"));
	want(line,
	    test_text("\"local\":\"127.0.0.1:%d\",\"state\":\"head\",\"age\":",
		r.d->port));
	want(line, ",\"read\":8,\"written\":0,\"requests\":0}]}");
	line = ask(c, "{\"id\":2,\"do\":\"stats\"}");
	want(line, test_text("\"pid\":%d,\"uptime\":", (int)r.d->proc->pid));
	want(line,
	    test_text("\"listen\":[\"127.0.0.1:%d\"],\"connections\":1,"
		      "\"accepted\":3,\"requests\":2,\"unmatched\":1,"
		      "\"refused\":0,\"read\":",
		r.d->port));
	want(line, "\"ring\":{\"exchanges\":2,\"bytes\":");
	want(line, ",\"routes\":\"builtin\"}");
	want(ask(c, "{\"id\":3,\"do\":\"routes\"}"),
	    "\"routes\":[{\"route\":\"builtin:3\",\"host\":\"test.com\","
	    "\"text\":\"GET / return 200 ");
	want(ask(c, "{\"id\":3,\"do\":\"routes\"}"), "\"taken\":1}");
	retortd_stop(r.d);
}

static void
tells_the_last_exchanges(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);
	const char *line;

	(void)state;
	get(&r, "/");
	get(&r, "/nope");
	get(&r, "/");
	line = ask(c, "{\"do\":\"exchanges\"}");
	want(line,
	    "\"exchanges\":[{\"n\":1,\"conn\":1,\"req\":1,"
	    "\"unmatched\":false,\"events\":[{\"t\":");
	want(line, "},{\"n\":2,\"conn\":2,\"req\":1,\"unmatched\":true,");
	want(line, "},{\"n\":3,");
	want(line, "],\"next\":3}");
	line = ask(c, "{\"do\":\"exchanges\",\"unmatched\":true}");
	want(line, "\"exchanges\":[{\"n\":2,");
	want(line, "],\"next\":2}");
	want(line, "\"nearest\":\"GET test.com/ (the path differs)\"");
	line = ask(c, "{\"do\":\"exchanges\",\"since\":1,\"max\":1}");
	want(line, "\"exchanges\":[{\"n\":2,");
	assert_null(strstr(line, "{\"n\":3,"));
	want(line, "],\"next\":2}");
	want(ask(c, "{\"do\":\"exchanges\",\"since\":3}"),
	    "\"exchanges\":[],\"next\":3}");
	retortd_stop(r.d);
}

static void
reloads_by_command(void **state)
{
	const char *path =
	    test_file("routes.conf", "host * {\n\tGET / return 200\n}\n");
	struct rig r = start_with("-r", path);
	struct client *c = client_new(r.path);
	FILE *f;

	(void)state;
	want(ask(c, "{\"do\":\"reload\"}"), "\"ok\":true,\"routes\":1}");
	f = fopen(path, "w");
	fputs("host * {\n\tGET / retrun 200\n\tGTE\n}\n", f);
	fclose(f);
	want(ask(c, "{\"do\":\"reload\"}"), "\"ok\":false,\"error\":\"");
	want(ask(c, "{\"do\":\"reload\"}"), "routes.conf:2:8: ");
	get(&r, "/");
	want(ask(c, "{\"do\":\"routes\"}"), "\"taken\":1}]}");
	retortd_stop(r.d);
}

static void
closes_a_connection_by_command(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);
	int fd = net_connect(r.d->port);

	(void)state;
	answer_good(fd);
	want(ask(c, "{\"do\":\"subscribe\"}"), "\"ok\":true}");
	want_event(c, "start");
	want(ask(c, "{\"do\":\"close\",\"conn\":1}"), "\"ok\":true}");
	assert_int_equal(net_read_until_close(fd, SOON).len, 0);
	retortd_stop(r.d);
}

static void
stops_by_command(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);
	int fd = net_connect(r.d->port);

	(void)state;
	answer_good(fd);
	say(c, "{\"do\":\"subscribe\"}");
	say(c, "{\"id\":5,\"do\":\"stop\"}");
	want(hear(c), "\"ok\":true}");
	want_event(c, "start");
	want(hear(c), "{\"id\":5,\"ok\":true}");
	/* The end of the connection is the last that is told. */
	want(hear(c), "\"reason\":\"the server leaves\"}");
	assert_null(hear(c));
	assert_int_equal(proc_wait(r.d->proc, SOON), 0);
	assert_int_equal(access(r.path, F_OK), -1);
}

/* --- events -------------------------------------------------------------- */

static void
tells_what_happens_from_now_on(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);

	(void)state;
	get(&r, "/nope");
	want(ask(c, "{\"id\":1,\"do\":\"subscribe\",\"from\":\"now\"}"),
	    "{\"id\":1,\"ok\":true}");
	want_event(c, "start");
	get(&r, "/");
	want_event(c, "open");
	want(hear(c), "\"ev\":\"read\",\"conn\":2,\"n\":");
	want(hear(c), "\"route\":\"builtin:3\"}");
	want_event(c, "write");
	want_event(c, "response");
	want_event(c, "close");
	retortd_stop(r.d);
}

/* First what the ring holds, then what happens, and nothing twice. */
static void
tells_the_past_and_goes_on(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);
	struct journal_event e;
	struct buf scratch = { .max = 1 << 20 };
	int64_t t = 0;
	const char *line;
	int i, n = 0, replies = 0;

	(void)state;
	for (i = 0; i < 50; i++)
		get(&r, "/");
	say(c,
	    "{\"id\":1,\"do\":\"subscribe\",\"from\":\"ring\"}\n"
	    "{\"id\":2,\"do\":\"stats\"}");
	for (i = 0; i < 50; i++)
		get(&r, "/nope");
	want(hear(c), "{\"id\":1,\"ok\":true}");
	want_event(c, "start");
	while (n < 100 * 6) {
		line = hear(c);
		/* What was asked is answered when the past has been told. */
		if (n >= 50 * 6 && strncmp(line, "{\"id\":2,", 8) == 0) {
			replies++;
			continue;
		}
		assert_true(journal_read(span_text(line), &e, &scratch));
		assert_int_equal(e.conn, n / 6 + 1);
		assert_true(e.t >= t);
		t = e.t;
		n++;
	}
	assert_int_equal(replies, 1);
	buf_release(&scratch);
	retortd_stop(r.d);
}

/* Whoever reads gets all that the ring holds, however much it is. */
static void
tells_all_of_a_full_ring(void **state)
{
	static char body[20000];
	struct rig r = start();
	struct client *c = client_new(r.path);
	struct buf scratch = { .max = 1 << 20 };
	struct journal_event e;
	int fd = net_connect(r.d->port), i;
	const char *line;
	size_t n = 0;

	(void)state;
	memset(body, 1, sizeof(body));
	for (i = 0; i < 60; i++) {
		net_say(fd,
		    "PUT /update HTTP/1.1\r\nHost: test.com\r\n"
		    "Content-Length: 20000\r\n\r\n");
		net_send(fd, body, sizeof(body));
		assert_int_equal(answer_read(fd, false).status, 200);
	}
	say(c, "{\"do\":\"subscribe\",\"from\":\"ring\"}");
	for (i = 0; i < 60;) {
		line = hear(c);
		if (!journal_read(span_text(line), &e, &scratch))
			continue;
		assert_int_not_equal(e.kind, JOURNAL_LOST);
		i += e.kind == JOURNAL_RESPONSE;
		n += e.kind == JOURNAL_READ ? e.bytes.n : 0;
	}
	assert_in_range(n, 60 * 20000, 60 * 20200);
	buf_release(&scratch);
	retortd_stop(r.d);
}

/* Not only with whatever happens next. */
static void
tells_a_loss_when_there_is_room(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);
	struct buf scratch = { .max = 1 << 20 }, many = { .max = 1 << 20 };
	struct journal_event e = { 0 };
	int fd = net_connect(r.d->port), i;
	int64_t told = 0, lost = 0;
	char one[1024];
	ssize_t n;

	(void)state;
	say(c, "{\"do\":\"subscribe\"}");
	for (i = 0; i < 100; i++)
		buf_append_text(&many, GOOD);
	net_say(fd, GOOD);
	assert_true(net_readable(fd, SOON));
	n = recv(fd, one, sizeof(one), 0);
	assert_true(n > 0);
	for (i = 0; i < 200; i++) {
		net_send(fd, many.data, many.len);
		net_read_n(fd, 100 * (size_t)n, SOON);
	}
	want_asleep(r.d->proc->pid, 20);
	/* Nothing happens from here on.  All that is told and all that is lost: 100 requests and answers each
	 * time, and what brought and took them. */
	while (told < 200 * 200) {
		if (!journal_read(span_text(hear(c)), &e, &scratch))
			continue;
		told += e.kind == JOURNAL_LOST ? e.n : 1;
		lost += e.kind == JOURNAL_LOST ? e.n : 0;
	}
	assert_true(lost > 1000);
	buf_release(&scratch);
	buf_release(&many);
	retortd_stop(r.d);
}

/* A server under load of bodies, with 2,000 exchanges in its ring: it answers
 * on, and the memory that it takes for whoever does not listen is bounded. */
static void
never_waits_for_who_does_not_read(void **state)
{
	static char body[40000];
	struct rig r = start();
	struct client *deaf = client_new(r.path);
	int64_t until = test_now() + 30000;
	long before = 0;
	int fd = net_connect(r.d->port), i;
	const char *line;

	(void)state;
	memset(body, 0xff, sizeof(body));
	say(deaf, "{\"do\":\"subscribe\"}");
	answer_good(fd);
	before = status_of(r.d->proc->pid, "VmRSS");
	for (i = 0; i < 1500 && test_left(until) > 0; i++) {
		net_say(fd,
		    "PUT /update HTTP/1.1\r\nHost: test.com\r\n"
		    "Content-Length: 40000\r\n\r\n");
		net_send(fd, body, sizeof(body));
		assert_int_equal(answer_read(fd, false).status, 200);
	}
	assert_int_equal(i, 1500);
#ifndef __SANITIZE_ADDRESS__ /* what was freed is held for a while */
	assert_in_range(status_of(r.d->proc->pid, "VmRSS") - before, 0,
	    (LIMIT_RING + 8 * 1024 * 1024) / 1024);
#else
	(void)before;
#endif
	/* Once it reads it gets whole lines, and hears how many are missing. */
	do
		line = hear(deaf);
	while (strncmp(line, "{\"ev\":\"lost\",\"n\":", 17) != 0 &&
	    (net_readable(deaf->fd, 0) || (answer_good(fd), true)));
	retortd_stop(r.d);
}

/* --- who may ask --------------------------------------------------------- */

static void
is_for_its_user_alone(void **state)
{
	struct rig r = start();
	struct stat st;
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(stat(r.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	if (geteuid() != 0)
		skip();
	/* Another user who is root's friend, and so can connect. */
	assert_int_equal(chmod(r.path, 0666), 0);
	pid = fork();
	if (pid == 0) {
		char got[200] = "";
		struct sockaddr_un sa = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		strlcpy(sa.sun_path, r.path, sizeof(sa.sun_path));
		if (setuid(65534) != 0)
			_exit(2);
		/* The folder may keep it out already. */
		if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0)
			_exit(errno == EACCES ? 0 : 3);
		_exit(recv(fd, got, sizeof(got) - 1, 0) > 0 &&
			    strstr(got,
				"only the user that the server runs "
				"as may ask")
			? 0
			: 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	retortd_stop(r.d);
}

static void
takes_sixteen_clients(void **state)
{
	struct rig r = start();
	struct client *c[LIMIT_CONTROLLERS + 1];
	size_t i;

	(void)state;
	for (i = 0; i < LIMIT_CONTROLLERS; i++) {
		c[i] = client_new(r.path);
		want(ask(c[i], "{\"do\":\"stats\"}"), "\"ok\":true");
	}
	c[i] = client_new(r.path);
	want(hear(c[i]), "there are too many clients already");
	assert_null(hear(c[i]));
	/* One that leaves makes room. */
	net_half_close(c[0]->fd);
	assert_null(hear(c[0]));
	want(ask(client_new(r.path), "{\"do\":\"stats\"}"), "\"ok\":true");
	retortd_stop(r.d);
}

/* A client that says no more may go on listening. */
static void
tells_on_after_a_half_close(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);

	(void)state;
	say(c, "{\"do\":\"subscribe\"}");
	net_half_close(c->fd);
	want(hear(c), "\"ok\":true}");
	want_event(c, "start");
	get(&r, "/");
	want_event(c, "open");
	retortd_stop(r.d);
}

/* Whether it has an end or not. */
static void
refuses_a_line_that_is_too_long(void **state)
{
	static char junk[LIMIT_COMMAND + 65536];
	const size_t long_line[] = { sizeof(junk), LIMIT_COMMAND + 2 };
	struct rig r = start();
	struct client *c;
	size_t i;

	(void)state;
	memset(junk, ' ', sizeof(junk));
	for (i = 0; i < 2; i++) {
		c = client_new(r.path);
		junk[LIMIT_COMMAND + 1] = i == 0 ? ' ' : '\n';
		/* It may be gone before all is sent. */
		assert_true(send(c->fd, junk, long_line[i],
				MSG_NOSIGNAL | MSG_DONTWAIT) > 0);
		want(hear(c), "a command is a line of 64 KiB at most");
		assert_null(hear(c));
	}
	answer_new(r.d->port);
	retortd_stop(r.d);
}

/* Replies that have no room wait, and so do the commands behind them. */
static void
answers_as_the_client_reads(void **state)
{
	struct rig r = start();
	struct client *c = client_new(r.path);
	struct buf all = { .max = 1 << 20 };
	const char *line;
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		get(&r, "/nope");
	for (i = 0; i < 300; i++)
		buf_printf(
		    &all, "{\"id\":%d,\"do\":\"exchanges\",\"max\":200}\n", i);
	net_send(c->fd, all.data, all.len);
	buf_release(&all);
	get(&r, "/");
	for (i = 0; i < 300; i++) {
		line = hear(c);
		want(line, test_text("{\"id\":%d,\"ok\":true,", i));
	}
	retortd_stop(r.d);
}

/* --- opening ------------------------------------------------------------- */

static void
want_refusal(const char *where, const char *why)
{
	struct proc *p =
	    proc_start(NULL, ARGV(RETORTD, "-l", "127.0.0.1:0", "-C", where));

	assert_int_equal(proc_wait(p, SOON), 1);
	want(proc_err(p), "retortd: cannot open the control socket ");
	want(proc_err(p), why);
}

static void
says_why_it_cannot_open_one(void **state)
{
	const char *folder = test_folder();
	const char *file = test_text("%s/file", folder);
	struct rig r = start();
	char longer[200];

	(void)state;
	close(open(file, O_CREAT | O_WRONLY, 0600));
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	want_refusal(test_text("unix:%s", file),
	    "something stands there that is no socket");
	want_refusal(
	    test_text("unix:%s/no/where", folder), "No such file or directory");
	want_refusal(test_text("unix:%s", r.path), "another server has it");
	want_refusal(
	    test_text("unix:/%s", longer), "the path is longer than 107 bytes");
	want_refusal("fd:99", "it is no connected stream socket");
	/* The one that was there is unharmed. */
	want(ask(client_new(r.path), "{\"do\":\"stats\"}"), "\"ok\":true");
	retortd_stop(r.d);
}

/* What stands there by then is not its own. */
static void
leaves_the_socket_of_another_server(void **state)
{
	struct rig r = start();
	struct retortd *d;

	(void)state;
	assert_int_equal(unlink(r.path), 0);
	d = retortd_start("-C", test_text("unix:%s", r.path), NULL);
	retortd_stop(r.d);
	want(ask(client_new(r.path), "{\"do\":\"stats\"}"), "\"ok\":true");
	retortd_stop(d);
	assert_int_equal(access(r.path, F_OK), -1);
}

static bool
is_open(pid_t pid, int fd)
{
	struct stat st;

	return lstat(test_text("/proc/%d/fd/%d", (int)pid, fd), &st) == 0;
}

/* All that it may have are open. */
static void
wait_until_full(pid_t pid, int limit)
{
	int64_t until = test_now() + SOON;
	int fd;

	for (fd = 0; fd < limit; fd += is_open(pid, fd))
		if (test_left(until) == 0)
			test_fail("descriptor %d is free", fd);
}

static int64_t
cpu_us(pid_t pid)
{
	struct timespec ts;
	clockid_t id;

	assert_int_equal(clock_getcpuclockid(pid, &id), 0);
	assert_int_equal(clock_gettime(id, &ts), 0);
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

/* What spins is on its processor all the time. */
static void
want_idle(pid_t pid, int ms)
{
	int64_t before = cpu_us(pid);

	poll(NULL, 0, ms);
	assert_in_range(cpu_us(pid) - before, 0, ms * 1000 / 4);
}

/* When descriptors are out somebody may want to close connections. */
static void
takes_a_client_without_descriptors(void **state)
{
	const struct rlimit few = { 24, 24 };
	struct client *c;
	struct rig r;
	int i;

	(void)state;
	r = start();
	assert_int_equal(prlimit(r.d->proc->pid, RLIMIT_NOFILE, &few, NULL), 0);
	for (i = 0; i < 40; i++)
		net_say(net_connect(r.d->port), "GET /");
	wait_until_full(r.d->proc->pid, 24);
	c = client_new(r.path);
	want(ask(c, "{\"do\":\"stats\"}"), "\"ok\":true");
	/* The next one waits until there is another, and nothing spins. */
	client_new(r.path);
	wait_until_full(r.d->proc->pid, 24);
	want_idle(r.d->proc->pid, 100);
	retortd_stop(r.d);
}

/* The socket of a server that was killed is in nobody's way. */
static void
replaces_what_a_dead_server_left(void **state)
{
	struct rig r = start();
	struct retortd *d;

	(void)state;
	proc_kill(r.d->proc, SIGKILL);
	proc_wait(r.d->proc, SOON);
	assert_int_equal(access(r.path, F_OK), 0);
	d = retortd_start("-C", test_text("unix:%s", r.path), NULL);
	want(ask(client_new(r.path), "{\"do\":\"stats\"}"), "\"ok\":true");
	retortd_stop(d);
	assert_int_equal(access(r.path, F_OK), -1);
}

static void
speaks_over_an_inherited_socket(void **state)
{
	static char junk[LIMIT_COMMAND + 1];
	const char *line;
	struct client *c;
	struct retortd *d;
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(fcntl(fd[0], F_SETFD, FD_CLOEXEC), 0);
	c = client_of(fd[0]);
	d = retortd_start("-C", test_text("fd:%d", fd[1]), NULL);
	close(fd[1]);
	want(ask(c, "{\"id\":1,\"do\":\"subscribe\"}"),
	    "{\"id\":1,\"ok\":true}");
	want_event(c, "start");
	answer_new(d->port);
	want_event(c, "open");
	/* Nobody made it non-blocking. */
	assert_int_equal(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	/* Its end is seen, though the number that was given stays open. */
	memset(junk, ' ', sizeof(junk));
	net_send(c->fd, junk, sizeof(junk));
	while ((line = hear(c)) != NULL)
		want(line, "\"");
	retortd_stop(d);
}

#define TEST(f) cmocka_unit_test_teardown(f, test_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_what_is_no_command),
		TEST(tells_figures_connections_and_routes),
		TEST(tells_the_last_exchanges),
		TEST(reloads_by_command),
		TEST(closes_a_connection_by_command),
		TEST(stops_by_command),
		TEST(tells_what_happens_from_now_on),
		TEST(tells_the_past_and_goes_on),
		TEST(never_waits_for_who_does_not_read),
		TEST(is_for_its_user_alone),
		TEST(takes_sixteen_clients),
		TEST(tells_on_after_a_half_close),
		TEST(refuses_a_line_that_is_too_long),
		TEST(answers_as_the_client_reads),
		TEST(says_why_it_cannot_open_one),
		TEST(leaves_the_socket_of_another_server),
		TEST(takes_a_client_without_descriptors),
		TEST(tells_all_of_a_full_ring),
		TEST(tells_a_loss_when_there_is_room),
		TEST(replaces_what_a_dead_server_left),
		TEST(speaks_over_an_inherited_socket),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
