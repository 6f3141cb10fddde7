/*
 * retortd: what is opened, given up and said before serving.
 */
#include <sys/resource.h>

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "daemon.h"
#include "listen.h"
#include "load.h"
#include "log.h"
#include "options.h"
#include "sandbox.h"
#include "say.h"

static void
open_listener(struct listeners *all, const char *text)
{
	union address_any sa;

	listen_parse(text, &sa);
	if (listeners_open(all, &sa)) {
		if (!listen_is_loopback(&sa))
			warnx("warning: %s can be reached from other machines",
			    all->v[all->n - 1].name);
		return;
	}
	if (errno == EADDRINUSE)
		errx(1,
		    "cannot listen on %s: the port is in use; end the "
		    "other server, or choose another port with -l",
		    text);
	err(1, "cannot listen on %s", text);
}

/* The first lines of stdout, in its format. */
static void
print_ready(const struct listeners *all, const struct options *o)
{
	bool json = options_json_on_stdout(o) || options_journal_on_stdout(o);
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (json)
			printf("{\"ev\":\"listen\",\"local\":\"%s\"}\n",
			    all->v[i].name);
		else
			printf("retortd: listening on %s\n", all->v[i].name);
	}
	options_end_output();
}

static void
open_log(struct log *log, const struct options *o)
{
	if (!log_open(log, o->format, o->log_path, STDOUT_FILENO))
		err(1, "cannot log to %s",
		    o->log_path != NULL ? options_shown(o->log_path)
					: "standard output");
}

static void
open_journal(struct feed *journal, const struct options *o)
{
	const char *path = options_journal_on_stdout(o) ? NULL : o->journal;

	if (o->journal == NULL)
		sink_open_none(&journal->sink);
	else if (!sink_open_private(&journal->sink, "journal", path,
		     STDOUT_FILENO, LIMIT_JOURNAL))
		err(1, "cannot write the journal to %s",
		    options_shown(o->journal));
}

static void
open_control(struct daemon *d, const struct options *o)
{
	char room[256];
	struct buf why = { room, 0, sizeof(room), sizeof(room) - 1 };

	d->is_controlled = o->control != NULL;
	if (!d->is_controlled ||
	    control_open(&d->control, o->control, &d->controller, &why))
		return;
	room[why.len] = '\0';
	errx(1, "cannot open the control socket %s: %s",
	    options_shown(o->control), room);
}

static void
enter_sandbox(const struct daemon *d, const struct log *log)
{
	const struct routes *routes = d->server.respond.routes;
	struct sandbox s = {
		.written = { log->sink.path, d->journal.sink.path },
		.removed = d->control.path,
		.beneath = routes->beneath,
		.nbeneath = routes->nbeneath,
	};

	if (!sandbox_enter(&s))
		err(1, "cannot enter the sandbox (--no-sandbox does without)");
}

/* Each connection is a descriptor: take as many as are allowed. */
static void
allow_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

/* -t and -e, which serve nothing. */
static int
check(const struct options *o)
{
	int status = 0;

	if (o->test)
		status = check_routes(o->routes_path);
	if (status == 0 && o->explain != NULL)
		status = check_explain(o->routes_path, o->explain);
	options_end_output();
	return status;
}

int
main(int argc, char *argv[])
{
	static struct daemon daemon;
	static struct log log;
	struct options o;
	struct routes *routes;
	size_t i;

	options_read(&o, argc, argv);
	say_begin();
	if (o.test || o.explain != NULL)
		return check(&o);
	routes = load_routes(o.routes_path);
	if (routes == NULL && o.routes_path != NULL)
		return 1;
	allow_descriptors();
	for (i = 0; i < o.nlisten; i++)
		open_listener(&daemon.listeners, o.listen[i]);
	open_log(&log, &o);
	open_journal(&daemon.journal, &o);
	open_control(&daemon, &o);
	daemon.routes_path = o.routes_path;
	if (!daemon_start(&daemon, routes, &log))
		err(1, "cannot start");
	if (!o.no_sandbox)
		enter_sandbox(&daemon, &log);
	print_ready(&daemon.listeners, &o);
	daemon_run(&daemon);
	daemon_release(&daemon);
	sink_close(&log.sink);
	return 0;
}
