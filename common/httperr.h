/*
 * Everything that can be wrong with a message, in one table: what the server
 * answers with, where the rule stands, what is wrong and what would have been
 * right.  The server refuses with the first; the client notes them all beside
 * the answer.
 */
#ifndef RETORT_HTTPERR_H
#define RETORT_HTTPERR_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
/* X(id, name, status, section, what is wrong, what would have been right) */
#define HTTPERRS(X) \
	X(EMPTY_LINES, "empty-lines", 400, "RFC 9112 2.2", \
	    "more than 8 empty lines stand before the request", \
	    "begin with METHOD SP TARGET SP HTTP/1.1") \
	X(NOT_HTTP, "not-http", 400, "RFC 9112 2.2", \
	    "this is neither an HTTP request nor METHOD,URL", \
	    "begin with METHOD SP TARGET SP HTTP/1.1") \
	X(BARE_LF, "bare-lf", 400, "RFC 9112 2.2", \
	    "a line ends with LF alone", \
	    "end each line with CR LF") \
	X(BARE_CR, "bare-cr", 400, "RFC 9112 2.2", \
	    "a CR stands without an LF behind it", \
	    "use CR only in CR LF at the end of a line") \
	X(START_SPACE, "start-space", 400, "RFC 9112 2.2", \
	    "white space stands between the start-line and the first field", \
	    "begin the line after the start-line with a field name") \
	X(METHOD, "method", 400, "RFC 9112 3.1", \
	    "the method is empty or holds a byte that no token may hold", \
	    "use letters, as in GET") \
	X(REQUEST_LINE, "request-line", 400, "RFC 9112 3", \
	    "the request line is not METHOD SP TARGET SP VERSION", \
	    "write one space between method, target and HTTP/1.1, and none elsewhere") \
	X(START_LINE_TOO_LONG, "start-line-too-long", 414, "RFC 9112 3", \
	    "the request line is longer than 8 KiB", \
	    "send long data in the body") \
	X(VERSION, "version", 400, "RFC 9112 2.3", \
	    "the version is not HTTP/DIGIT.DIGIT", \
	    "write HTTP/1.1, in capitals") \
	X(VERSION_UNSUPPORTED, "version-unsupported", 505, "RFC 9110 15.6.6", \
	    "the major version is not 1", \
	    "write HTTP/1.1") \
	X(TARGET, "target", 400, "RFC 9112 3.2", \
	    "the target holds a byte that no URI may hold, or a % without two hex digits", \
	    "percent-encode it, as in %20 for a space") \
	X(TARGET_FORM, "target-form", 400, "RFC 9112 3.2", \
	    "the target is none of /path, http://host/path and (for OPTIONS) *", \
	    "begin it with a slash") \
	X(MISDIRECTED, "misdirected", 421, "RFC 9110 7.4", \
	    "the target asks for https, and this connection has no TLS", \
	    "ask for http:// or begin the target with a slash") \
	X(CONNECT, "connect", 501, "RFC 9110 9.3.6", \
	    "CONNECT asks for a tunnel, and this server is no proxy", \
	    "ask for a resource, as in GET /") \
	X(HEAD_TOO_LARGE, "head-too-large", 431, "RFC 6585 5", \
	    "the head is larger than 32 KiB", \
	    "send fewer or shorter fields") \
	X(TOO_MANY_FIELDS, "too-many-fields", 431, "RFC 6585 5", \
	    "there are more than 100 fields", \
	    "send fewer fields") \
	X(FIELD_NO_COLON, "field-no-colon", 400, "RFC 9112 5", \
	    "a field line has no colon", \
	    "write Name: value") \
	X(FIELD_NAME, "field-name", 400, "RFC 9112 5.1", \
	    "a field name is empty or holds a byte that no token may hold", \
	    "use letters, digits and hyphens") \
	X(FIELD_SPACE, "field-space", 400, "RFC 9112 5.1", \
	    "white space stands between a field name and its colon", \
	    "put the colon right behind the name") \
	X(FIELD_FOLD, "field-fold", 400, "RFC 9112 5.2", \
	    "a field is folded over two lines", \
	    "write the field on one line") \
	X(FIELD_VALUE, "field-value", 400, "RFC 9110 5.5", \
	    "a field value holds a control byte", \
	    "use visible characters, spaces and tabs") \
	X(HOST_MISSING, "host-missing", 400, "RFC 9112 3.2", \
	    "HTTP/1.1 wants a Host field, and there is none", \
	    "add Host: and the name of the server") \
	X(HOST_TWICE, "host-twice", 400, "RFC 9112 3.2", \
	    "there is more than one Host field", \
	    "send one") \
	X(HOST_INVALID, "host-invalid", 400, "RFC 9110 7.2", \
	    "the Host is not HOST or HOST:PORT", \
	    "write a name or an address, as in test.com or [::1]:8080") \
	X(LENGTH_INVALID, "length-invalid", 400, "RFC 9112 6.3", \
	    "the Content-Length is not a decimal number", \
	    "write digits only") \
	X(LENGTH_TWICE, "length-twice", 400, "RFC 9112 6.3", \
	    "there is more than one Content-Length", \
	    "send one") \
	X(LENGTH_AND_CODING, "length-and-coding", 400, "RFC 9112 6.3", \
	    "both Content-Length and Transfer-Encoding frame the body", \
	    "send one of the two") \
	X(LENGTH_TOO_LARGE, "length-too-large", 413, "RFC 9110 15.5.14", \
	    "the body is larger than 16 MiB", \
	    "send less") \
	X(REQUEST_TOO_LARGE, "request-too-large", 413, "RFC 9110 15.5.14", \
	    "the request has more than the 16 MiB that are kept of one, head " \
	    "and chunks' sizes among them", \
	    "send less, or in larger chunks") \
	X(LENGTH_FORBIDDEN, "length-forbidden", 400, "RFC 9110 8.6", \
	    "a Content-Length stands in a 1xx or 204 answer, or in one that opens a tunnel", \
	    "leave it out") \
	X(CODING_INVALID, "coding-invalid", 400, "RFC 9112 6.1", \
	    "the Transfer-Encoding is empty or not a list of codings", \
	    "write chunked") \
	X(CODING_UNKNOWN, "coding-unknown", 501, "RFC 9112 6.1", \
	    "the Transfer-Encoding names a coding other than chunked", \
	    "use chunked alone") \
	X(CODING_NOT_LAST, "coding-not-last", 400, "RFC 9112 6.3", \
	    "chunked is not the last transfer coding, or stands there twice", \
	    "apply chunked once, as the last") \
	X(CODING_IN_1_0, "coding-in-1-0", 400, "RFC 9112 6.1", \
	    "an HTTP/1.0 message has a Transfer-Encoding", \
	    "use HTTP/1.1 or Content-Length") \
	X(CODING_FORBIDDEN, "coding-forbidden", 400, "RFC 9112 6.1", \
	    "a Transfer-Encoding stands in a 1xx or 204 answer, or in one that opens a tunnel", \
	    "leave it out") \
	X(EXPECT, "expect", 417, "RFC 9110 10.1.1", \
	    "the expectation is not 100-continue", \
	    "send Expect: 100-continue or none") \
	X(CHUNK_SIZE, "chunk-size", 400, "RFC 9112 7.1", \
	    "a chunk's size is not a hexadecimal number", \
	    "write hex digits, then CR LF") \
	X(CHUNK_TOO_LARGE, "chunk-too-large", 413, "RFC 9112 7.1", \
	    "a chunk's size is past 2^64 - 1", \
	    "send smaller chunks") \
	X(CHUNK_LINE, "chunk-line", 400, "RFC 9112 7.1.1", \
	    "a chunk's extension is malformed or longer than 4 KiB", \
	    "write ;name=value or nothing") \
	X(EXTENSIONS, "extensions", 413, "RFC 9112 7.1.1", \
	    "the chunks' extensions are longer than 64 KiB in all", \
	    "leave them out") \
	X(CHUNK_END, "chunk-end", 400, "RFC 9112 7.1", \
	    "a chunk's data is not followed by CR LF", \
	    "send as many bytes as the size says, then CR LF") \
	X(TRAILERS, "trailers", 431, "RFC 9112 7.1.2", \
	    "the trailers are larger than 8 KiB or more than 100", \
	    "send fewer") \
	X(HEAD_SHORT, "head-short", 400, "RFC 9112 8", \
	    "the connection ended before the head did", \
	    "send the whole head, with an empty line behind it") \
	X(BODY_SHORT, "body-short", 400, "RFC 9112 8", \
	    "the connection ended before the body did", \
	    "send as many bytes as were announced") \
	X(BODY_UNASKED, "body-unasked", 400, "RFC 9112 6.3", \
	    "bytes follow the end of the answer", \
	    "send as many bytes as were announced") \
	X(TIMEOUT, "timeout", 408, "RFC 9110 15.5.9", \
	    "the request did not come to its end in time", \
	    "send the whole head within 60 s, and go on with the body at least every 30 s") \
	X(STATUS_LINE, "status-line", 400, "RFC 9112 4", \
	    "the status line is not VERSION SP THREE-DIGITS SP REASON", \
	    "write as in HTTP/1.1 200 OK") \
	X(STATUS_RANGE, "status-range", 400, "RFC 9110 15", \
	    "the status code is below 100 or above 599", \
	    "use a code from 100 to 599") \
	X(DATE_INVALID, "date-invalid", 400, "RFC 9110 5.6.7", \
	    "the Date is no date of HTTP, or one of an obsolete form", \
	    "write as in Sun, 06 Nov 1994 08:49:37 GMT") \
	X(UPGRADE_MISSING, "upgrade-missing", 400, "RFC 9110 7.8", \
	    "a 101 or 426 does not say to which protocol", \
	    "add an Upgrade field") \
	X(UPGRADE_UNASKED, "upgrade-unasked", 400, "RFC 9110 7.8", \
	    "a 101 switches to a protocol that the request did not offer", \
	    "answer in HTTP, or as the request's Upgrade says") \
	X(RESET_CONTENT, "reset-content", 400, "RFC 9110 15.3.6", \
	    "a 205 has content", \
	    "send none") \
	X(RANGE_MISSING, "range-missing", 400, "RFC 9110 15.3.7", \
	    "a 206 does not say which part it is", \
	    "add a Content-Range field") \
	X(CHALLENGE_MISSING, "challenge-missing", 400, "RFC 9110 15.5.2", \
	    "a 401 does not say how to authenticate", \
	    "add a WWW-Authenticate field") \
	X(ALLOW_MISSING, "allow-missing", 400, "RFC 9110 15.5.6", \
	    "a 405 does not say which methods are allowed", \
	    "add an Allow field") \
	X(PROXY_CHALLENGE_MISSING, "proxy-challenge-missing", 400, "RFC 9110 15.5.8", \
	    "a 407 does not say how to authenticate", \
	    "add a Proxy-Authenticate field") \
	X(CLASSIC_REQUEST, "classic-request", 400, "classic", \
	    "this is not METHOD,URL", \
	    "write as in GET,test.com") \
	X(CLASSIC_ANSWER, "classic-answer", 400, "classic", \
	    "the answer is not HTTP/CODE REASON", \
	    "write as in HTTP/200 OK")
/* clang-format on */

enum httperr {
	HTTPERR_NONE,
#define X(id, name, status, section, wrong, right) HTTPERR_##id,
	HTTPERRS(X)
#undef X
	HTTPERR_COUNT
};

/* Several at once. */
typedef uint64_t httperr_set;

static inline httperr_set
httperr_bit(enum httperr e)
{
	return (httperr_set)1 << e;
}

static inline bool
httperr_in(httperr_set set, enum httperr e)
{
	return (set & httperr_bit(e)) != 0;
}

/* The name as in the table, "BARE_LF". */
const char *httperr_name(enum httperr);

/* The status a server refuses with. */
int httperr_status(enum httperr);

/* Where the rule stands, as in "RFC 9112 2.2". */
const char *httperr_section(enum httperr);

/* A clause without capital or full stop. */
const char *httperr_wrong(enum httperr);
const char *httperr_right(enum httperr);

#endif
