/*
 * How near retortd comes to what the machine can do: the bound, retortd and
 * nginx, side by side under the same load.
 *	bench [-r rounds] [-t seconds] BOUND RETORTD [MODE]...
 *
 * Servers run on one core, the load on another, rounds are interleaved, and
 * the figures are medians over the rounds.  Ratios are taken round by round,
 * to the mean of two copies of the bound: what either has of the other is the
 * error of the run.  All of it is on the loopback, and what
 * is started here ends with it.  Last come few routes beside many, by the kind
 * of the route: there the error is what two servers with few differ by.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load.h"
#include "table.h"

enum {
	MAX_ROUNDS = 400,
	IDLE = 10000,
	ATTACKERS = 5000,
	FEW = 4,
	MANY = 10000,
	PATIENCE = 5000, /* ms for nginx to listen */
	HEAVY = 8,
};

static const struct load_mode modes[] = {
	{ "keep-alive", "64 connections", 64, 1, 0, false },
	{ "pipelined", "64 connections, 16 requests at once", 64, 16, 0,
	    false },
	{ "one-shot", "64 at once, a connection per request", 64, 1, 0, true },
	{ "idle", "64 connections beside 10,000 idle", 64, 1, IDLE, false },
};

static const struct load_mode normal_client = { "slow-heads",
	"one client beside 5,000 that send a byte of a head every second", 1, 1,
	0, false };

enum which {
	BOUND,
	BOUND_AGAIN,
	RETORTD,
	NGINX,
	SERVERS
};

struct server {
	const char *name;
	char *program; /* NULL if it is not there */
	pid_t pid;
	int port;
	size_t answer; /* bytes of one, head and all */
	struct start {
		double ready; /* ms from fork to its first line; 0: not told */
		double empty; /* KiB before the first connection */
	} started[MAX_ROUNDS];
	struct load_result round[MAX_ROUNDS];
	struct load_result attacked[MAX_ROUNDS];
};

static struct server servers[SERVERS] = {
	[BOUND] = { .name = "bound" },
	[BOUND_AGAIN] = { .name = "bound again" },
	[RETORTD] = { .name = "retortd" },
	[NGINX] = { .name = "nginx" },
};

static const struct server *current; /* named should the load find a fault */
static int rounds = 60;
static double seconds = 0.05;
static int server_core, load_core;
static char folder[] = "/tmp/retort-bench-XXXXXX"; /* nginx's */

/* --- starting and ending ------------------------------------------------- */

static void
pin(int core)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(core, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		err(1, "sched_setaffinity");
}

static void
choose_cores(void)
{
	cpu_set_t set;
	int core, found = 0;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		err(1, "sched_getaffinity");
	for (core = 0; core < CPU_SETSIZE && found < 2; core++)
		if (CPU_ISSET(core, &set))
			*(found++ == 0 ? &server_core : &load_core) = core;
	if (found < 2)
		errx(1, "two cores are wanted, one for the load");
}

static void
raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		err(1, "getrlimit");
	r.rlim_cur = r.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &r) < 0)
		err(1, "setrlimit");
	if (r.rlim_max < IDLE + 1024)
		errx(1, "%d descriptors are wanted, and only %ld allowed",
		    IDLE + 1024, (long)r.rlim_max);
}

/* A child that dies with this process, on that core. */
static pid_t
spawn(int core)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	pin(core);
	return 0;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void
run(const char *const args[], int out)
{
	dup2(out, STDOUT_FILENO);
	execv(args[0], (char **)(uintptr_t)args);
	err(127, "%s", args[0]);
}

static double
ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Start what tells its port in its first line, as the bound and retortd do.
 * In how many ms? */
static double
start_talker(struct server *s, const char *const args[])
{
	char line[256];
	const char *colon;
	double began = ms_now(), ready;
	int fds[2];
	FILE *f;

	if (pipe2(fds, O_CLOEXEC) < 0)
		err(1, "pipe");
	s->pid = spawn(server_core);
	if (s->pid == 0)
		run(args, fds[1]);
	close(fds[1]);
	f = fdopen(fds[0], "r");
	if (f == NULL)
		err(1, "fdopen");
	if (fgets(line, sizeof(line), f) == NULL)
		errx(1, "%s told no port", s->name);
	ready = ms_now() - began;
	fclose(f);
	colon = strrchr(line, ':');
	s->port = colon != NULL ? (int)strtol(colon + 1, NULL, 10) : 0;
	if (s->port == 0)
		errx(1, "%s: no port in \"%s\"", s->name, line);
	return ready;
}

/* A port kept free: only who says SO_REUSEPORT too may listen there. */
static int
reserve_port(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		err(1, "no free port");
	*port = ntohs(at.sin_port);
	return fd;
}

static void
write_nginx_conf(const char *path, int port)
{
	FILE *f = fopen(path, "we");

	if (f == NULL)
		err(1, "%s", path);
	fprintf(f,
	    "daemon off; master_process off; pid %s/pid;\n"
	    "error_log stderr crit;\n"
	    "events { use epoll; worker_connections 16384; }\n"
	    "http {\n"
	    "access_log off; default_type text/plain;\n"
	    "keepalive_requests 1000000000; keepalive_timeout 300s;\n"
	    "client_body_temp_path %s/a; proxy_temp_path %s/b;\n"
	    "fastcgi_temp_path %s/c; uwsgi_temp_path %s/d;\n"
	    "scgi_temp_path %s/e;\n"
	    "server { listen 127.0.0.1:%d reuseport; location / {\n"
	    "return 200 'GET test.com/ is right.\\n'; } }\n"
	    "}\n",
	    folder, folder, folder, folder, folder, folder, port);
	if (fclose(f) != 0)
		err(1, "%s", path);
}

/* It tells nothing when it is ready. */
static void
await_listener(const struct server *s)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	double until = ms_now() + PATIENCE;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	while (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		if (errno != ECONNREFUSED || ms_now() > until)
			err(1, "%s cannot be reached", s->name);
		if (waitpid(s->pid, NULL, WNOHANG) != 0)
			errx(1, "%s has ended", s->name);
		usleep(1000);
	}
	close(fd);
}

static void
start_nginx(struct server *s)
{
	char conf[64];
	const char *args[] = { s->program, "-c", conf, NULL };
	int reserved = reserve_port(&s->port);

	snprintf(conf, sizeof(conf), "%s/nginx.conf", folder);
	write_nginx_conf(conf, s->port);
	s->pid = spawn(server_core);
	if (s->pid == 0)
		run(args, STDERR_FILENO);
	await_listener(s);
	close(reserved);
}

static void
start(struct server *s, const struct load_mode *mode, struct start *started)
{
	const char *bound[] = { s->program, mode->one_shot ? "-1" : NULL,
		NULL };
	const char *retortd[] = { s->program, "-l", "127.0.0.1:0", "-L", "none",
		NULL };

	if (s == &servers[NGINX])
		start_nginx(s);
	else
		started->ready =
		    start_talker(s, s == &servers[RETORTD] ? retortd : bound);
	s->answer = load_ask(s->port);
	started->empty = load_resident(s->pid);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* --- measuring ----------------------------------------------------------- */

static void
start_all(const struct load_mode *mode, int round)
{
	struct server *s;

	for (s = servers; s < servers + SERVERS; s++) {
		if (s->program == NULL)
			continue;
		current = s;
		start(s, mode, &s->started[round]);
		current = NULL;
	}
}

static void
end_all(void)
{
	struct server *s;

	for (s = servers; s < servers + SERVERS; s++)
		if (s->program != NULL)
			end(s->pid);
}

static void
attack(struct server *s, int round)
{
	int fds[2];
	char ready;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		err(1, "pipe");
	pid = spawn(load_core);
	if (pid == 0)
		load_attack(ATTACKERS, s->port, fds[1]);
	close(fds[1]);
	if (read(fds[0], &ready, 1) != 1)
		errx(1, "the slow heads cannot be sent to %s", s->name);
	close(fds[0]);
	s->attacked[round] =
	    load_run(&normal_client, NULL, s->port, s->pid, seconds);
	end(pid);
}

static void
measure_one(struct server *s, const struct load_mode *mode, int round)
{
	current = s;
	s->round[round] = load_run(mode, NULL, s->port, s->pid, seconds);
	if (mode == &normal_client)
		attack(s, round);
	current = NULL;
}

static void
blame_current(void)
{
	if (current != NULL)
		fprintf(stderr, "bench: this was %s\n", current->name);
}

/* Every round begins with another server: none is always first.  And all are
 * started anew: where their pages lie in the caches is a matter of luck. */
static void
run_rounds(const struct load_mode *mode)
{
	struct server *s;
	int i, round;

	for (round = 0; round < rounds; round++) {
		start_all(mode, round);
		for (i = 0; i < SERVERS; i++) {
			s = &servers[(i + round) % SERVERS];
			if (s->program != NULL)
				measure_one(s, mode, round);
		}
		end_all();
	}
}

/* --- telling ------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of the field at this offset in the results of all rounds, of `size` each. */
static double
median(const void *results, size_t size, size_t field)
{
	double v[MAX_ROUNDS] = { 0 };
	int i;

	for (i = 0; i < rounds; i++)
		memcpy(&v[i], (const char *)results + (size_t)i * size + field,
		    sizeof(v[i]));
	qsort(v, (size_t)rounds, sizeof(v[0]), compare);
	return (v[(rounds - 1) / 2] + v[rounds / 2]) / 2;
}

#define MEDIAN(results, field)                         \
	median(results, sizeof(*results),              \
	    (size_t)((const char *)&(results)->field - \
		(const char *)(results)))

/* What servers `first` to `last` cost in the mean, as a multiple of what s does:
 * the median over the rounds, each of which had them side by side. */
static void
tell_ratio(enum which first, enum which last, const struct server *s)
{
	struct load_result ratio[MAX_ROUNDS];
	int round, i, n = (int)last - (int)first + 1;
	double sum;

	if (servers[first].program == NULL) {
		printf(" %8s", "-");
		return;
	}
	for (round = 0; round < rounds; round++) {
		sum = 0;
		for (i = 0; i < n; i++)
			sum += servers[(int)first + i].round[round].cpu;
		ratio[round].cpu = sum / n / s->round[round].cpu;
	}
	printf(" %8.2f", MEDIAN(ratio, cpu));
}

static void
tell(const struct load_mode *mode)
{
	const struct server *s;

	printf("\n%s: %s, %d rounds of %g s\n"
	       "%-12s %9s %7s %7s %8s %8s %8s %6s %9s %9s %8s\n",
	    mode->name, mode->what, rounds, seconds, "", "answers/s", "p50 us",
	    "p99 us", "CPU us", "bound/it", "nginx/it", "bytes", "empty KiB",
	    "then KiB", "ready ms");
	for (s = servers; s < servers + SERVERS; s++) {
		if (s->program == NULL)
			continue;
		printf("%-12s %9.0f %7.0f %7.0f %8.3f", s->name,
		    MEDIAN(s->round, rate), MEDIAN(s->round, p50),
		    MEDIAN(s->round, p99), MEDIAN(s->round, cpu));
		tell_ratio(BOUND, BOUND_AGAIN, s);
		tell_ratio(NGINX, NGINX, s);
		printf(" %6zu %9.0f %9.0f", s->answer,
		    MEDIAN(s->started, empty), MEDIAN(s->round, resident));
		if (s->started[0].ready > 0)
			printf(" %8.1f", MEDIAN(s->started, ready));
		putchar('\n');
	}
	fflush(stdout);
}

static void
tell_attack(void)
{
	const struct server *s;
	double before, then;

	printf("\n%s: %s, %d rounds of %g s\n"
	       "%-12s %7s %9s %9s %9s %9s\n",
	    normal_client.name, normal_client.what, rounds, seconds, "",
	    "p50 us", "attacked", "then/now", "empty KiB", "then KiB");
	for (s = servers; s < servers + SERVERS; s++) {
		if (s->program == NULL)
			continue;
		before = MEDIAN(s->round, p50);
		then = MEDIAN(s->attacked, p50);
		printf("%-12s %7.1f %9.1f %9.2f %9.0f %9.0f\n", s->name, before,
		    then, then / before, MEDIAN(s->started, empty),
		    MEDIAN(s->attacked, resident));
	}
	fflush(stdout);
}

/* --- few routes and many -------------------------------------------------- */

static const struct load_mode few_many = { "routes",
	"64 connections; CPU us with so many routes, by the kind of the route",
	64, 1, 0, false };

static struct {
	struct server server;
	int routes;
} tables[] = {
	{ { .name = "few" }, FEW },
	{ { .name = "few again" }, FEW },
	{ { .name = "many" }, MANY },
};

enum {
	TABLES = sizeof(tables) / sizeof(tables[0])
};

static void
start_tables(void)
{
	char path[64];
	int i;

	for (i = 0; i < TABLES; i++) {
		const char *args[] = { servers[RETORTD].program, "-l",
			"127.0.0.1:0", "-L", "none", "-r", path, NULL };

		snprintf(
		    path, sizeof(path), "%s/%d.conf", folder, tables[i].routes);
		table_write(path, tables[i].routes);
		start_talker(&tables[i].server, args);
	}
}

static void
measure_table(int i, enum table_kind kind, int round)
{
	struct load_request room[TABLE_REQUESTS];
	struct server *s = &tables[i].server;
	struct load_requests requests =
	    table_requests(kind, tables[i].routes, room);

	current = s;
	s->round[round] =
	    load_run(&few_many, &requests, s->port, s->pid, seconds);
	current = NULL;
}

/* What a table costs more than the first, in percent: the median over the
 * rounds, each of which had the two side by side. */
static double
more_of(int i)
{
	struct load_result more[MAX_ROUNDS];
	int round;

	for (round = 0; round < rounds; round++)
		more[round].cpu = (tables[i].server.round[round].cpu /
					  tables[0].server.round[round].cpu -
				      1) *
		    100;
	return MEDIAN(more, cpu);
}

static void
tell_kind(enum table_kind kind)
{
	int i;

	printf("%-12s", table_kinds[kind]);
	for (i = 0; i < TABLES; i++)
		printf(" %9.3f", MEDIAN(tables[i].server.round, cpu));
	for (i = 1; i < TABLES; i++)
		printf(" %+8.1f%%", more_of(i));
	putchar('\n');
	fflush(stdout);
}

static void
measure_tables(void)
{
	double most = -100, more;
	int kind, round, i;

	start_tables();
	printf("\n%s: %s\n%-12s %9d %9d %9d %9s %9s\n", few_many.name,
	    few_many.what, "", FEW, FEW, MANY, "error", "many/few");
	for (kind = 0; kind < TABLE_KINDS; kind++) {
		for (round = 0; round < rounds; round++)
			for (i = 0; i < TABLES; i++)
				measure_table((i + round) % TABLES,
				    (enum table_kind)kind, round);
		tell_kind((enum table_kind)kind);
		more = more_of(TABLES - 1);
		most = more > most ? more : most;
	}
	for (i = 0; i < TABLES; i++)
		end(tables[i].server.pid);
	printf("%d routes cost %.1f%% more than %d at most: %s 10%%\n", MANY,
	    most, FEW, most <= 10 ? "within" : "past");
}

/* --- all of it ----------------------------------------------------------- */

static bool
wanted(const char *name, char **names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static void
measure(const struct load_mode *mode)
{
	run_rounds(mode);
	if (mode == &normal_client)
		tell_attack();
	else
		tell(mode);
}

/* Many short rounds are more exact than a few that are long, since servers
 * differ from start to start.  But where each round has to open thousands of
 * connections first, there are fewer of them. */
static void
measure_if_wanted(const struct load_mode *mode, char **names)
{
	int all = rounds;
	double each = seconds;

	if (!wanted(mode->name, names))
		return;
	if (mode->idle > 0 || mode == &normal_client) {
		rounds = (rounds + HEAVY - 1) / HEAVY;
		seconds *= HEAVY;
	}
	measure(mode);
	rounds = all;
	seconds = each;
}

static int
measure_all(char **names)
{
	size_t i;

	atexit(blame_current);
	puts("Medians of the rounds; CPU us is the server's for one answer of "
	     "so many bytes.\n"
	     "None of them logs; nginx is one process that returns a text on "
	     "connections kept alive.");
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		measure_if_wanted(&modes[i], names);
	measure_if_wanted(&normal_client, names);
	if (wanted(few_many.name, names) && servers[RETORTD].program != NULL)
		measure_tables();
	return 0;
}

static char *
program(const char *name)
{
	return access(name, X_OK) == 0 ? strdup(name) : NULL;
}

static void
usage(void)
{
	errx(2,
	    "usage: bench [-r rounds] [-t seconds] BOUND RETORTD "
	    "[keep-alive|pipelined|one-shot|idle|slow-heads|routes]...");
}

static char **
read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "r:t:")) != -1)
		switch (c) {
		case 'r':
			rounds = (int)strtol(optarg, NULL, 10);
			break;
		case 't':
			seconds = strtod(optarg, NULL);
			break;
		default:
			usage();
		}
	if (argc - optind < 2 || rounds < 1 || rounds > MAX_ROUNDS ||
	    seconds < 0.01 || seconds > 60)
		usage();
	servers[BOUND].program = program(argv[optind]);
	servers[BOUND_AGAIN].program = program(argv[optind]);
	servers[RETORTD].program = program(argv[optind + 1]);
	servers[NGINX].program = program("/usr/sbin/nginx");
	return argv + optind + 2;
}

/* The one that measures may be interrupted; the other tidies up behind it. */
int
main(int argc, char **argv)
{
	char **names = read_options(argc, argv);
	int status;
	pid_t pid;

	choose_cores();
	raise_descriptors();
	if (mkdtemp(folder) == NULL)
		err(1, "%s", folder);
	pid = spawn(load_core);
	if (pid == 0)
		return measure_all(names);
	signal(SIGINT, SIG_IGN);
	waitpid(pid, &status, 0);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return status == 0 ? 0 : 1;
}
