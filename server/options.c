#include "options.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "escape.h"
#include "listen.h"
#include "version.h"

enum {
	EXIT_USAGE = 2,
	OPTION_NO_SANDBOX = 256 /* has no letter */
};

static const char default_listen[] = "127.0.0.1:10000";

static void
print_help(void)
{
	fputs(
	    "usage: retortd [-l ADDRESS:PORT]... [-r FILE] [-t]"
	    " [-e 'METHOD URL']\n"
	    "               [-L common|json|none] [-o FILE] [-j FILE]"
	    " [-C unix:PATH|fd:N]\n"
	    "               [-V] [-h]\n"
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
	    "  -j, --journal FILE         append all that is seen of each"
	    " connection to FILE, as\n"
	    "                             lines of JSON; - is standard"
	    " output, without a log\n"
	    "  -C, --control WHERE        listen on the socket unix:PATH, or"
	    " talk to fd:N, for\n"
	    "                             whoever asks for events, figures,"
	    " or an end\n"
	    "  --no-sandbox               keep all rights, for debuggers\n"
	    "  -V, --version              print the version\n"
	    "  -h, --help                 print this\n",
	    stdout);
}

const char *
options_shown(const char *argument)
{
	static char text[256];

	escape_text(text, sizeof(text), span_text(argument), ESCAPE_SCREEN);
	return text;
}

static _Noreturn void
usage_error(const char *what, const char *right)
{
	warnx("'%s' %s", options_shown(what), right);
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

void
options_end_output(void)
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

static int
next_option(int argc, char *argv[])
{
	static const struct option names[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "routes", required_argument, NULL, 'r' },
		{ "test", no_argument, NULL, 't' },
		{ "explain", required_argument, NULL, 'e' },
		{ "log", required_argument, NULL, 'L' },
		{ "output", required_argument, NULL, 'o' },
		{ "journal", required_argument, NULL, 'j' },
		{ "control", required_argument, NULL, 'C' },
		{ "no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};

	opterr = 0;
	return getopt_long(argc, argv, ":l:r:te:L:o:j:C:Vh", names, NULL);
}

static void
set_format(struct options *o, const char *name)
{
	if (!log_format_find(name, &o->format))
		usage_error(name, "is no log format: use common, json or none");
}

static void
set_control(struct options *o, const char *where)
{
	if (!control_is_place(where))
		usage_error(where,
		    "is neither unix:PATH nor fd:NUMBER, where the control "
		    "socket may be");
	o->control = where;
}

static _Noreturn void
print_version(void)
{
	puts("retortd " RETORT_VERSION);
	options_end_output();
	exit(0);
}

static void
take_option(struct options *o, int c, char *argv[])
{
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
		set_format(o, optarg);
		break;
	case 'o':
		o->log_path = optarg;
		break;
	case 'j':
		o->journal = optarg;
		break;
	case 'C':
		set_control(o, optarg);
		break;
	case OPTION_NO_SANDBOX:
		o->no_sandbox = true;
		break;
	case 'V':
		print_version();
	case 'h':
		print_help();
		options_end_output();
		exit(0);
	default:
		option_error(c, argv[optind - 1]);
	}
}

bool
options_journal_on_stdout(const struct options *o)
{
	return o->journal != NULL && strcmp(o->journal, "-") == 0;
}

bool
options_json_on_stdout(const struct options *o)
{
	return o->format == LOG_JSON && o->log_path == NULL;
}

void
options_read(struct options *o, int argc, char *argv[])
{
	int c;

	*o = (struct options){
		.format = LOG_COMMON,
#ifdef __SANITIZE_ADDRESS__
		/* The leak checker traces its own process. */
		.no_sandbox = true,
#endif
	};
	while ((c = next_option(argc, argv)) != -1)
		take_option(o, c, argv);
	if (optind < argc)
		usage_error(argv[optind], "is not an option; try retortd -h");
	if (o->nlisten == 0)
		add_listen(o, default_listen);
	/* Two would write there in each other's lines. */
	if (options_journal_on_stdout(o) && o->log_path == NULL)
		o->format = LOG_NONE;
}
