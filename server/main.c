/*
 * retortd: options, and what is said before and after serving.
 */
#include <sys/resource.h>

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "daemon.h"
#include "escape.h"
#include "listen.h"
#include "load.h"
#include "log.h"
#include "sandbox.h"
#include "version.h"

enum {
	EXIT_USAGE = 2,
	OPTION_NO_SANDBOX = 256 /* has no letter */
};

static const char default_listen[] = "127.0.0.1:10000";

struct options {
	const char *listen[LIMIT_LISTENERS];
	size_t nlisten;
	enum log_format format;
	const char *log_path;
	const char *routes_path; /* NULL: they are built in */
	const char *explain;	 /* -e: METHOD URL */
	bool test;		 /* -t */
	bool no_sandbox;
};

static void
print_help(void)
{
	fputs(
	    "usage: retortd [-l ADDRESS:PORT]... [-r FILE] [-t]"
	    " [-e 'METHOD URL']\n"
	    "               [-L common|json|none] [-o FILE] [-V] [-h]\n"
	    "  -l, --listen ADDRESS:PORT  listen there, as on [::1]:8080;"
	    " port 0 is a free one\n"
	    "                             (default 127.0.0.1:10000)\n"
	    "  -r, --routes FILE          answer as FILE says, see routes(5);"
	    " HUP reads it again\n"
	    "  -t, --test                 say what is wrong with FILE, or"
	    " print the routes that\n"
	    "                             are built in\n"
	    "  -e, --explain 'METHOD URL' say which route would answer, or why"
	    " none would\n"
	    "  -L, --log FORMAT           log requests as common lines"
	    " (default), json, or none\n"
	    "  -o, --output FILE          append the log to FILE,"
	    " not to standard output\n"
	    "  --no-sandbox               keep all rights, for debuggers\n"
	    "  -V, --version              print the version\n"
	    "  -h, --help                 print this\n",
	    stdout);
}

/* An argument as a terminal may show it; good until the next. */
static const char *
shown(const char *argument)
{
	static char text[256];

	escape_text(text, sizeof(text), span_text(argument), ESCAPE_SCREEN);
	return text;
}

static _Noreturn void
usage_error(const char *what, const char *right)
{
	warnx("'%s' %s", shown(what), right);
	exit(EXIT_USAGE);
}

/* What getopt has found, and keeps to itself: its own messages would be raw. */
static _Noreturn void
option_error(int found, const char *arg)
{
	const char letter[] = { '-', (char)optopt, '\0' };

	if (found == ':')
		usage_error(arg, "wants a value; try retortd -h");
	if (optopt == 0)
		usage_error(arg, "is not an option; try retortd -h");
	if (strncmp(arg, "--", 2) == 0)
		usage_error(arg, "takes no value; try retortd -h");
	usage_error(letter, "is not an option; try retortd -h");
}

/* All that was said must have been taken: a full disk takes nothing. */
static void
end_output(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		err(1, "cannot write to standard output");
}

static void
add_listen(struct options *o, const char *text)
{
	union address_any sa;

	if (!listen_parse(text, &sa))
		usage_error(text,
		    "is not ADDRESS:PORT with a numeric "
		    "address, as in 127.0.0.1:8080 or "
		    "[::1]:8080");
	if (o->nlisten == LIMIT_LISTENERS)
		usage_error(text, "is one -l too many");
	o->listen[o->nlisten++] = text;
}

static void
read_options(struct options *o, int argc, char *argv[])
{
	static const struct option names[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "routes", required_argument, NULL, 'r' },
		{ "test", no_argument, NULL, 't' },
		{ "explain", required_argument, NULL, 'e' },
		{ "log", required_argument, NULL, 'L' },
		{ "output", required_argument, NULL, 'o' },
		{ "no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":l:r:te:L:o:Vh", names, NULL)) !=
	    -1) {
		switch (c) {
		case 'l':
			add_listen(o, optarg);
			break;
		case 'r':
			o->routes_path = optarg;
			break;
		case 't':
			o->test = true;
			break;
		case 'e':
			o->explain = optarg;
			break;
		case 'L':
			if (!log_format_find(optarg, &o->format))
				usage_error(optarg,
				    "is no log format: use common, json or "
				    "none");
			break;
		case 'o':
			o->log_path = optarg;
			break;
		case OPTION_NO_SANDBOX:
			o->no_sandbox = true;
			break;
		case 'V':
			puts("retortd " RETORT_VERSION);
			end_output();
			exit(0);
		case 'h':
			print_help();
			end_output();
			exit(0);
		default:
			option_error(c, argv[optind - 1]);
		}
	}
	if (optind < argc)
		usage_error(argv[optind], "is not an option; try retortd -h");
	if (o->nlisten == 0)
		add_listen(o, default_listen);
}

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
	bool json = o->format == LOG_JSON && o->log_path == NULL;
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (json)
			printf("{\"ev\":\"listen\",\"local\":\"%s\"}\n",
			    all->v[i].name);
		else
			printf("retortd: listening on %s\n", all->v[i].name);
	}
	end_output();
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
	end_output();
	return status;
}

int
main(int argc, char *argv[])
{
	static struct daemon daemon;
	static struct log log;
	struct options o = {
		.format = LOG_COMMON,
#ifdef __SANITIZE_ADDRESS__
		/* The leak checker traces its own process. */
		.no_sandbox = true,
#endif
	};
	struct routes *routes;
	size_t i;

	read_options(&o, argc, argv);
	if (o.test || o.explain != NULL)
		return check(&o);
	routes = load_routes(o.routes_path);
	if (routes == NULL && o.routes_path != NULL)
		return 1;
	allow_descriptors();
	for (i = 0; i < o.nlisten; i++)
		open_listener(&daemon.listeners, o.listen[i]);
	if (!log_open(&log, o.format, o.log_path, STDOUT_FILENO))
		err(1, "cannot log to %s",
		    o.log_path != NULL ? shown(o.log_path) : "standard output");
	daemon.routes_path = o.routes_path;
	if (!daemon_start(&daemon, routes, &log))
		err(1, "cannot start");
	if (!o.no_sandbox &&
	    !sandbox_enter(log.sink.path, routes->beneath, routes->nbeneath))
		err(1, "cannot enter the sandbox (--no-sandbox does without)");
	print_ready(&daemon.listeners, &o);
	daemon_run(&daemon);
	daemon_release(&daemon);
	sink_close(&log.sink);
	return 0;
}
