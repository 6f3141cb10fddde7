/*
 * What the system knows of a process that is under test.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "test.h"

/* A number behind a name in /proc/PID/status. */
static inline long
status_of(pid_t pid, const char *name)
{
	FILE *f = fopen(test_text("/proc/%d/status", (int)pid), "r");
	char line[256];
	long value = -1;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name) + 1, NULL, 10);
	fclose(f);
	assert_true(value >= 0);
	return value;
}

/* How often it has been put on a processor. */
static inline long
wakeups(pid_t pid)
{
	return status_of(pid, "voluntary_ctxt_switches") +
	    status_of(pid, "nonvoluntary_ctxt_switches");
}

/* Once it has done what there was to do, it does nothing at all for so long. */
static inline void
want_asleep(pid_t pid, int ms)
{
	int64_t until = test_now() + SOON;
	long before;

	do {
		before = wakeups(pid);
		poll(NULL, 0, ms);
		if (test_left(until) == 0)
			test_fail("it does not come to rest");
	} while (wakeups(pid) != before);
}

#endif
