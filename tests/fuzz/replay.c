/*
 * Stands in for libFuzzer where it is not wanted: runs a fuzz target once over
 * each file of its corpus and reports in TAP.  A program fuzz_head finds its
 * files in tests/fuzz/corpus/head.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Read a whole file into exact memory, so that a byte too far is caught. */
static uint8_t *
file_read(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) == -1 || (size = ftell(f)) == -1)
		err(1, "%s", path);
	rewind(f);
	*n = (size_t)size;
	p = malloc(*n);
	if (p == NULL && *n != 0)
		err(1, "%s", path);
	if (fread(p, 1, *n, f) != *n)
		err(1, "%s", path);
	fclose(f);
	return p;
}

int
main(void)
{
	const char *name = program_invocation_short_name;
	char folder[1024], path[2048];
	struct dirent **entries;
	int i, n;

	if (strncmp(name, "fuzz_", 5) != 0)
		errx(1, "%s: not the name of a fuzz target", name);
	snprintf(folder, sizeof(folder), TESTS "/fuzz/corpus/%s", name + 5);
	n = scandir(folder, &entries, is_visible, alphasort);
	if (n == -1)
		err(1, "%s", folder);

	printf("1..%d\n", n);
	for (i = 0; i < n; i++) {
		size_t size;
		uint8_t *p;

		snprintf(
		    path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		p = file_read(path, &size);
		LLVMFuzzerTestOneInput(p, size);
		free(p);
		printf("ok %d - %s\n", i + 1, entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
