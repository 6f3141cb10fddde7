/*
 * Status codes (RFC 9110 15 and IANA's registry) with their reason phrases.
 */
#ifndef RETORT_STATUS_H
#define RETORT_STATUS_H

#include <stdbool.h>

/* The registered phrase; NULL for a code that has none. */
const char *status_reason(int status);

/* RFC 9110 6.4.1: 1xx, 204 and 304 never have content. */
bool status_has_no_body(int status);

/* Or, as 205, one of nothing (RFC 9110 15.3.6)? */
bool status_forbids_content(int status);

#endif
