/*
 * The rules that an exchange broke or bent, on either side: what parsing found,
 * what the server said, and what a reader of RFC 9110 would see.
 */
#ifndef RETORT_FINDINGS_H
#define RETORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "exchange.h"
#include "seen.h"

enum finding_of {
	FINDING_REQUEST,
	FINDING_ANSWER,
	FINDING_SERVER, /* of the request, by the server's own word */
};

struct finding {
	enum finding_of of;
	const char *section; /* "RFC 9112 6.3" */
	const char *wrong;   /* a clause without capital or full stop */
	const char *right;   /* NULL: nobody says */
};

enum {
	FINDINGS_MAX = 96
};

/* All of them into out; how many.  What they point to lives as long as x and
 * end. */
size_t findings_of(const struct exchange *x, const struct seen_end *end,
    struct finding out[FINDINGS_MAX]);

#endif
