/*
 * What is being composed.
 *
 * The automatic rows.  The text in the headers editor is what will be sent;
 * there are no other headers.  The form writes five rows into it by itself:
 * Host (follows the URL), User-Agent, Accept, Connection, and Content-Length
 * (follows the body; it is there while there is a body, and with 0 without one
 * in POST, PUT and PATCH: RFC 9110 8.6; beside a Transfer-Encoding only if the
 * user writes it: RFC 9112 6.2).  One rule says which of them are the form's:
 * A ROW IS OURS WHILE IT READS AS WE WROTE IT LAST.  Ours are kept up to date;
 * a row that reads otherwise is the user's and left alone; a row that we wrote
 * and that is gone is not written again.  Where the user has a row of that name
 * already, it counts as written.
 */
#ifndef RETORT_FORM_H
#define RETORT_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dialect.h"
#include "exchange.h"
#include "lineedit.h"
#include "span.h"
#include "textedit.h"
#include "version.h"

/* X(name, default: NULL if it follows something) */
#define FORM_AUTOS(X)                                         \
	X(HOST, "Host", NULL)                                 \
	X(USER_AGENT, "User-Agent", "retort/" RETORT_VERSION) \
	X(ACCEPT, "Accept", "*/*")                            \
	X(CONNECTION, "Connection", "close")                  \
	X(CONTENT_LENGTH, "Content-Length", NULL)

enum form_auto {
#define X(id, name, value) FORM_AUTO_##id,
	FORM_AUTOS(X)
#undef X
	FORM_AUTO_COUNT
};

enum {
	FORM_METHOD_MAX = 64,
	FORM_VIA_MAX = 256,
	FORM_HEADERS_MAX = 1024 * 1024,
	FORM_URLS_MAX = 1000 /* earlier ones remembered */
};

enum form_field {
	FORM_METHOD,
	FORM_URL,
	FORM_HEADERS,
	FORM_BODY,
	FORM_VIA,    /* the via address */
	FORM_NOWHERE /* memory is out */
};

struct form_fault {
	enum form_field where;
	size_t line;   /* FORM_HEADERS: from 0 */
	char why[320]; /* a sentence; may quote the user, unescaped */
};

struct form {
	char method[FORM_METHOD_MAX + 1];
	struct lineedit url;
	struct textedit headers;
	struct textedit body;
	enum dialect dialect;
	bool via; /* else straight to the URL's host */
	char via_host[FORM_VIA_MAX];
	uint16_t via_port;

	char *wrote[FORM_AUTO_COUNT]; /* values; NULL: not written yet */

	char **urls; /* sent before, oldest first */
	size_t nurls;
	size_t at;   /* the one shown; nurls: the draft */
	char *draft; /* kept while an earlier one is shown */
};

/* GET, no URL, HTTP, via 127.0.0.1:10000.  False if memory is out. */
bool form_init(struct form *);
void form_release(struct form *);

/* "127.0.0.1:10000", "[::1]:80".  False, and *why static, if it is none. */
bool form_set_via(struct form *, const char *address, const char **why);

/* Any token of at most FORM_METHOD_MAX bytes; false if it is longer, or memory
 * is out. */
bool form_set_method(struct form *, struct span);

/* -H: a row "Name: value", in place of ours of that name if there is one.
 * False and a sentence if it is no header line, or memory is out. */
bool form_add_header(struct form *, const char *line, struct form_fault *);

/* -d, $EDITOR: false if too long or memory is out. */
bool form_set_body(struct form *, struct span);

/* Bring our rows up to date: after every change of URL, headers, body or via.
 * False if memory is out; the rows are then as old as they were. */
bool form_refresh(struct form *);

/* The line below the URL: "3 headers · body 17 B application/json". */
void form_summary(const struct form *, char *out, size_t cap);

/*
 * Compose: x, fresh from exchange_new, gets url, via, host, port and request.
 * False and *fault if a field is wrong; x may be half filled then.
 *
 * HTTP: the target is the URL's in origin-form, or * for OPTIONS and a URL
 * with nothing but a star behind the host's slash; a star alone asks the via
 * address.  Classic: the URL as typed,
 * without "http://"; headers and body are not sent.
 */
bool form_request(
    const struct form *, struct exchange *x, struct form_fault *fault);

/* Where that request goes as the form says now: x, which has its url, gets via,
 * host and port anew.  False and *fault if there is no such place. */
bool form_place(
    const struct form *, struct exchange *x, struct form_fault *fault);

/* Back from an exchange: method, URL, dialect, via or direct, and in HTTP
 * headers and body.  False, and the form as it was, if memory is out. */
bool form_load(struct form *, const struct exchange *);

/* The URL was sent: remember it, unless it is the newest already. */
void form_remember(struct form *);

/* Up and Down in the URL field: an earlier one, a later one, at last the draft
 * as it was left.  False at the end. */
bool form_earlier(struct form *);
bool form_later(struct form *);

#endif
