/*
 * What is told of events that were lost.
 */
#include "feed.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

enum {
	ROOM = 4096
};

#define EVENT "{\"ev\":\"any\"}\n"

static struct feed
open_feed(const char *path)
{
	struct feed f = { .room = ROOM };

	assert_true(sink_open_private(&f.sink, NULL, path, -1, 2 * ROOM));
	return f;
}

static const char *
read_all(const char *path)
{
	char *text = test_alloc(ROOM);
	int fd = open(path, O_RDONLY);

	assert_true(read(fd, text, ROOM - 1) > 0);
	close(fd);
	return text;
}

static void
turn(struct feed *f, int events)
{
	for (; events > 0; events--)
		feed_line(f, span_text(EVENT));
	feed_flush(f);
}

/* Each of these is the room on the disk in one turn, and its events. */
static void
tells_each_event_that_a_full_disk_took(void **state)
{
	static const struct {
		long room;
		int events;
	} turns[] = {
		{ 20, 2 }, /* one and a part */
		{ 20, 3 }, /* none */
		{ 20, 4 }, /* none */
		{ 60, 1 }, /* the rest, and what was lost */
		{ 60, 5 }, /* none */
		{ -1, 1 }, /* that as well */
		{ -1, 1 },
	};
	const char *path = test_text("%s/feed", test_folder());
	struct feed f = open_feed(path);
	const char *got, *at;
	int told = 0, kept = 0, events = 0, n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		test_limit_files(turns[i].room);
		turn(&f, turns[i].events);
		events += turns[i].events;
	}
	feed_close(&f);
	got = read_all(path);
	for (at = got; *at != '\0'; at = strchr(at, '\n') + 1)
		if (strncmp(at, EVENT, strlen(EVENT)) == 0)
			kept++;
		else if (sscanf(at, "{\"ev\":\"lost\",\"n\":%d}\n", &n) == 1)
			told += n;
		else
			test_fail("no event: %s", at);
	if (kept + told != events)
		test_fail("%d of %d, and %d lost: %s", kept, events, told, got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    tells_each_event_that_a_full_disk_took, test_end),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
