#include "feed.h"

#include "journal.h"

enum {
	LOST_LINE = 64 /* it is never longer */
};

/* Tell what was lost.  False if there is no room even for that. */
static bool
tell_lost(struct feed *f)
{
	struct journal_event e = { .kind = JOURNAL_LOST };

	if (f->sink.dropped == f->told)
		return true;
	e.n = (int64_t)(f->sink.dropped - f->told);
	if (!journal_append(&f->sink.lines, &e))
		return false;
	f->told = f->sink.dropped;
	f->told_at = f->sink.written + f->sink.lines.len;
	f->telling++;
	return true;
}

/* Lines were written, or dropped, and those that tell of a loss are no loss. */
static void
settle(struct feed *f)
{
	if (f->told_at <= f->sink.written) {
		f->sure = f->told;
	} else if (f->told_at > f->sink.written + f->sink.lines.len) {
		f->sink.dropped -= f->telling;
		f->told = f->sure;
	} else {
		return;
	}
	f->told_at = f->sink.written;
	f->telling = 0;
}

static bool
flush(struct feed *f)
{
	bool waits = sink_flush(&f->sink);

	settle(f);
	return waits;
}

static bool
has_room(const struct feed *f, size_t n)
{
	return f->sink.lines.len == 0 || f->sink.lines.len + n <= f->room;
}

bool
feed_has_room(struct feed *f, size_t n)
{
	if (!has_room(f, n))
		flush(f);
	return has_room(f, n);
}

void
feed_line(struct feed *f, struct span line)
{
	if (f->sink.ended)
		return;
	if (feed_has_room(f, line.n) && tell_lost(f))
		sink_append(&f->sink, line);
	else
		sink_drop(&f->sink);
}

void
feed_lose(struct feed *f, uint64_t n)
{
	f->sink.dropped += n;
	f->sink.said += n;
	if (n > 0)
		tell_lost(f);
}

/* What was lost last is told as soon as there is room, not with whatever
 * happens next. */
bool
feed_flush(struct feed *f)
{
	bool waits = flush(f);

	if (f->sink.ended || f->sink.dropped == f->told ||
	    !has_room(f, LOST_LINE) || !tell_lost(f))
		return waits;
	return flush(f);
}

void
feed_close(struct feed *f)
{
	if (!f->sink.ended)
		tell_lost(f);
	sink_close(&f->sink);
}
