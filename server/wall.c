#include "wall.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	SECOND = 1000 * 1000
};

void
wall_set(struct wall *w, int64_t now, int64_t real)
{
	time_t seconds = real / SECOND;
	struct tm tm;

	w->now = now;
	w->real = real;
	w->stale = now + SECOND - real % SECOND;
	encode_date(w->date, seconds);
	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(w->clf, sizeof(w->clf), "%d/%b/%Y:%H:%M:%S %z", &tm) == 0)
		strlcpy(w->clf, "-", sizeof(w->clf));
}

void
wall_iso(const struct wall *w, int64_t now, char out[WALL_ISO_LEN + 1])
{
	int64_t real = w->real + (now - w->now);
	time_t seconds = real / SECOND;
	unsigned ms = real % SECOND / 1000;
	struct tm tm;
	size_t n = 0;

	if (gmtime_r(&seconds, &tm) != NULL)
		n = strftime(out, WALL_ISO_LEN + 1, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, WALL_ISO_LEN + 1 - n, ".%03uZ", ms % 1000);
}
