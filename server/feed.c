#include "feed.h"

#include "journal.h"

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
	return true;
}

static bool
has_room(const struct feed *f, size_t n)
{
	return f->sink.lines.len == 0 || f->sink.lines.len + n <= f->room;
}

void
feed_line(struct feed *f, struct span line)
{
	if (f->sink.ended)
		return;
	if (!has_room(f, line.n))
		sink_make_room(&f->sink);
	if (has_room(f, line.n) && tell_lost(f))
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

void
feed_close(struct feed *f)
{
	if (!f->sink.ended)
		tell_lost(f);
	sink_close(&f->sink);
}
