#include "options.h"

#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chars.h"
#include "escape.h"
#include "limit.h"
#include "version.h"

enum {
	BODY_CHUNK = 16 * 1024,
};

static void
print_help(void)
{
	fputs("usage: retort [-c ADDRESS:PORT] [-s] [-r ROUTES] [--classic]\n"
	      "              [-H 'Name: value']... [-d TEXT|@FILE] [-V] [-h] "
	      "[[METHOD] URL]\n"
	      "       retort --attach PATH [any of these but -s and -r]\n"
	      "       retort --server-only [any option of retortd]\n"
	      "  -c, --connect ADDRESS:PORT  where requests go, whatever their "
	      "URL; port 0 is\n"
	      "                              a free one, of -s "
	      "(default 127.0.0.1:10000)\n"
	      "  -s, --server                start a server there\n"
	      "  -r, --routes FILE           what a server started here "
	      "answers with\n"
	      "  --attach PATH               show what a running retortd sees: "
	      "its -C unix:PATH\n"
	      "  --classic                   begin in the classic dialect\n"
	      "  -H, --header 'Name: value'  a header line, in place of the "
	      "automatic one\n"
	      "  -d, --data TEXT|@FILE       the body, or the file that holds "
	      "it; makes a POST\n"
	      "  -V, --version               print the version\n"
	      "  -h, --help                  print this\n"
	      "  METHOD URL                  fill the form; Enter sends it\n"
	      "  --server-only               run retortd, without a screen; "
	      "comes first\n",
	    stdout);
}

/* All that was said must have been taken: a full disk takes nothing. */
static void
end_output(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		err(1, "cannot write to standard output");
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
	exit(OPTIONS_USAGE);
}

/* What getopt has found, and keeps to itself: its own messages would be raw. */
static _Noreturn void
option_error(int found, const char *arg)
{
	const char letter[] = { '-', (char)optopt, '\0' };

	if (found == ':')
		usage_error(arg, "wants a value; try retort -h");
	if (optopt == 0)
		usage_error(arg, "is not an option; try retort -h");
	if (strncmp(arg, "--", 2) == 0)
		usage_error(arg, "takes no value; try retort -h");
	usage_error(letter, "is not an option; try retort -h");
}

static void
read_file(const char *path, struct buf *out)
{
	char chunk[BODY_CHUNK];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		err(1, "-d '@%s'", shown(path));
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		if (!buf_append(out, chunk, (size_t)n))
			errx(1, "-d '@%s': a body has at most %d bytes here",
			    shown(path), LIMIT_REQUEST_BODY);
	if (n < 0)
		err(1, "-d '@%s'", shown(path));
	close(fd);
}

static void
set_body(struct form *form, const char *arg)
{
	struct buf file = { .max = LIMIT_REQUEST_BODY };
	struct span body = span_text(arg);

	if (arg[0] == '@') {
		read_file(arg + 1, &file);
		body = buf_span(&file);
	}
	if (!form_set_body(form, body))
		errx(1, "the body is too long");
	buf_release(&file);
}

/* With a body and no method it is a POST, as with curl. */
static void
set_target(struct form *form, int argc, char **argv, bool body)
{
	const char *method = argc > 1 ? argv[0] : body ? "POST" : NULL;

	if (argc > 2)
		usage_error(argv[2],
		    "is one too many: a method and a URL are "
		    "all; try retort -h");
	if (method != NULL &&
	    (!chars_are_token(method, strlen(method)) ||
		!form_set_method(form, span_text(method))))
		usage_error(method, "is no method: it has letters, as in GET");
	if (argc > 0 && !lineedit_set(&form->url, span_text(argv[argc - 1])))
		errx(OPTIONS_USAGE, "the URL is too long");
}

static void
set_via(struct form *form, const char *address)
{
	const char *why;

	if (!form_set_via(form, address, &why))
		errx(OPTIONS_USAGE, "-c '%s': %s", shown(address), why);
}

static void
add_header(struct form *form, const char *line)
{
	struct form_fault fault;

	if (!form_add_header(form, line, &fault))
		errx(OPTIONS_USAGE, "-H %s", shown(fault.why));
}

/* As -C of retortd has it, or the path alone. */
static const char *
path_of(const char *arg)
{
	static const char scheme[] = "unix:";
	size_t n = sizeof(scheme) - 1;
	const char *path = strncmp(arg, scheme, n) == 0 ? arg + n : arg;

	if (path[0] == '\0')
		usage_error(arg, "names no socket: --attach PATH or unix:PATH");
	return path;
}

enum {
	OPTION_CLASSIC = 1, /* these have no letter */
	OPTION_ATTACH,
	OPTION_SERVER_ONLY
};

static int
next_option(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "connect", required_argument, NULL, 'c' },
		{ "server", no_argument, NULL, 's' },
		{ "routes", required_argument, NULL, 'r' },
		{ "attach", required_argument, NULL, OPTION_ATTACH },
		{ "classic", no_argument, NULL, OPTION_CLASSIC },
		{ "server-only", no_argument, NULL, OPTION_SERVER_ONLY },
		{ "header", required_argument, NULL, 'H' },
		{ "data", required_argument, NULL, 'd' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};

	opterr = 0;
	return getopt_long(argc, argv, ":c:sr:H:d:Vh", longs, NULL);
}

static _Noreturn void
print_version(void)
{
	puts("retort " RETORT_VERSION);
	end_output();
	exit(0);
}

static void
take_option(struct options *o, struct form *form, int opt, char **argv)
{
	switch (opt) {
	case 'c':
		set_via(form, optarg);
		o->via = true;
		break;
	case 's':
		o->server = true;
		break;
	case 'r':
		o->routes = optarg;
		break;
	case OPTION_ATTACH:
		o->attach = path_of(optarg);
		break;
	case OPTION_CLASSIC:
		form->dialect = DIALECT_CLASSIC;
		break;
	case 'H':
		add_header(form, optarg);
		break;
	case 'd':
		set_body(form, optarg);
		o->body = true;
		break;
	case 'V':
		print_version();
	case 'h':
		print_help();
		end_output();
		exit(0);
	case OPTION_SERVER_ONLY:
		usage_error("--server-only", "must come first");
	default:
		option_error(opt, argv[optind - 1]);
	}
}

void
options_read(struct options *o, struct form *form, int argc, char **argv)
{
	int opt;

	while ((opt = next_option(argc, argv)) != -1)
		take_option(o, form, opt, argv);
	if (o->attach != NULL && (o->server || o->routes != NULL))
		usage_error("--attach",
		    "is for a server that runs already: -s and -r are for one "
		    "that is started here");
	set_target(form, argc - optind, argv + optind, o->body);
	if (!form_refresh(form))
		err(1, NULL);
}
