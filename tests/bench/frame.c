/*
 * From exec to the first frame, on a terminal of 80 by 24: retort beside
 * less, in turn, so that what disturbs one disturbs the other.
 *	frame [-r rounds] RETORT
 *
 * A frame is there when the last of its text is: for retort the end of its
 * footer, for less the last line that fits.  less shows a text of a thousand
 * lines.  The figures are medians.
 */
#include <sys/wait.h>

#include <err.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_ROUNDS = 1000,
	FRAME_MAX = 64 * 1024,
	LINES_OF_TEXT = 1000
};

struct program {
	const char *name;
	char *argv[3];
	const char *last;	 /* of its frame */
	double took[MAX_ROUNDS]; /* ms */
	long resident;		 /* KiB, of the last round */
};

static double
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static long
resident(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib;
}

/* Read until that text has come. */
static void
await(int fd, const struct program *p)
{
	static char frame[FRAME_MAX];
	size_t n = 0;
	ssize_t got;

	while (memmem(frame, n, p->last, strlen(p->last)) == NULL) {
		got = read(fd, frame + n, sizeof(frame) - n);
		if (got <= 0)
			errx(1, "%s ended before its first frame", p->name);
		n += (size_t)got;
	}
}

static double
first_frame(struct program *p)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	double start = clock_ms();
	double took;
	int fd;
	pid_t pid = forkpty(&fd, NULL, NULL, &size);

	if (pid < 0)
		err(1, "forkpty");
	if (pid == 0) {
		execvp(p->argv[0], p->argv);
		_exit(127);
	}
	await(fd, p);
	took = clock_ms() - start;
	p->resident = resident(pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
	return took;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), ascending);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void
write_text(char *path)
{
	int fd = mkstemp(path);
	int i;

	if (fd < 0)
		err(1, "%s", path);
	for (i = 1; i <= LINES_OF_TEXT; i++)
		dprintf(fd, "line %d of a text\n", i);
	close(fd);
}

int
main(int argc, char *argv[])
{
	static char less_name[] = "less";
	static struct program less = { .name = "less", .last = "line 23 of" };
	static struct program retort = { .name = "retort", .last = "help" };
	char text[] = "/tmp/retort-frame-XXXXXX";
	int rounds = 51;
	double ours, theirs;
	int c, i;

	while ((c = getopt(argc, argv, "r:")) != -1)
		rounds = c == 'r' ? (int)strtol(optarg, NULL, 10) : 0;
	if (optind != argc - 1 || rounds < 1 || rounds > MAX_ROUNDS)
		errx(2, "usage: frame [-r rounds] RETORT");
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("LESS");
	write_text(text);
	retort.argv[0] = argv[optind];
	less.argv[0] = less_name;
	less.argv[1] = text;
	for (i = 0; i < rounds; i++) {
		less.took[i] = first_frame(&less);
		retort.took[i] = first_frame(&retort);
	}
	unlink(text);
	ours = median(retort.took, rounds);
	theirs = median(less.took, rounds);
	printf("\nfirst frame, medians of %d starts in turn\n", rounds);
	printf("  %-12s %6.2f ms  %5ld KiB resident\n", "less", theirs,
	    less.resident);
	printf("  %-12s %6.2f ms  %5ld KiB resident  %.2f times less\n",
	    "retort", ours, retort.resident, ours / theirs);
	return 0;
}
