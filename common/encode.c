#include "encode.h"

#include <stdio.h>

#include "classic.h"

bool
encode_status_line(struct buf *b, int status, const char *reason)
{
	return buf_printf(b, "HTTP/1.1 %03d %s\r\n", status, reason);
}

bool
encode_field(struct buf *b, const char *name, struct span value)
{
	size_t before = b->len;

	if (buf_append_text(b, name) && buf_append(b, ": ", 2) &&
	    buf_append_span(b, value) && buf_append(b, "\r\n", 2))
		return true;
	b->len = before;
	return false;
}

bool
encode_request(struct buf *b, const struct request *r)
{
	size_t before = b->len;
	size_t i;

	if (r->dialect == DIALECT_CLASSIC)
		return classic_encode_request(
		    b, span_text(r->method), span_text(r->target));
	if (!buf_printf(b, "%s %s HTTP/1.1\r\n", r->method, r->target))
		return false;
	for (i = 0; i < r->headers.n; i++)
		if (!encode_field(b, r->headers.v[i].name,
			span_text(r->headers.v[i].value)))
			goto out;
	if (buf_append(b, "\r\n", 2) && buf_append_span(b, buf_span(&r->body)))
		return true;
out:
	b->len = before;
	return false;
}

/* Year, month and day of a day counted from 1 January 1970, in the Gregorian
 * calendar.  Years begin in March here: the leap day is then the last. */
static void
civil(int64_t days, int *year, int *month, int *day)
{
	int64_t era, of_era, year_of_era, day_of_year, shifted;

	days += 719468; /* from 1 March of the year 0 */
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = days - era * 146097;
	year_of_era =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	day_of_year =
	    of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	shifted = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void
encode_date(char out[DATE_LEN + 1], int64_t seconds)
{
	static const char days[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day = seconds / 86400 - (seconds % 86400 < 0);
	unsigned rest = (unsigned)(seconds - day * 86400);
	unsigned weekday = (unsigned)(((day % 7) + 7) % 7);
	int y, m, d;

	civil(day, &y, &m, &d);
	snprintf(out, DATE_LEN + 1, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
	    days + 3 * weekday, (unsigned)d % 100, months + 3 * (m - 1),
	    (unsigned)y % 10000, rest / 3600 % 24, rest / 60 % 60, rest % 60);
}
