/*
 * The routes of one file: which request is answered with what.  Immutable once
 * loaded but for what it counts, and counted itself: a request under way keeps
 * the table that it was answered from.
 */
#ifndef RETORTD_ROUTES_H
#define RETORTD_ROUTES_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "chance.h"
#include "method.h"
#include "buf.h"
#include "render.h"
#include "span.h"

/* Where in a file something stands; both from 1, the column in characters.
 * file is "builtin" for the table that is compiled in. */
struct place {
	const char *file;
	uint32_t line;
	uint32_t column;
};

/* X(name, as in the file) */
#define MATCHES(X)          \
	X(HEADER, "header") \
	X(QUERY, "query")   \
	X(BODY, "body")     \
	X(JSON, "json")     \
	X(TIMES, "times")   \
	X(P, "p")

enum match_kind {
#define X(name, word) MATCH_##name,
	MATCHES(X)
#undef X
};

/* X(name, as in the file, whether a value follows) */
#define MATCH_OPS(X)               \
	X(IS, "=", true)           \
	X(IS_NOT, "!=", true)      \
	X(LIKE, "~", true)         \
	X(EXISTS, "exists", false) \
	X(ABSENT, "absent", false)

enum match_op {
#define X(name, word, has_value) OP_##name,
	MATCH_OPS(X)
#undef X
};

struct match {
	enum match_kind kind;
	enum match_op op;  /* but of TIMES and P */
	struct span name;  /* HEADER, QUERY; JSON: the pointer */
	struct span value; /* of IS, IS_NOT; the text of LIKE */
	regex_t *like;	   /* LIKE */
	uint64_t times;
	double p;
	struct place place;
};

/* X(name, as in the file) */
#define ACTIONS(X)              \
	X(RETURN, "return")     \
	X(FILE, "file")         \
	X(ECHO, "echo")         \
	X(REDIRECT, "redirect") \
	X(SEQ, "seq")

enum action_kind {
#define X(name, word) ACTION_##name,
	ACTIONS(X)
#undef X
};

/* X(name, as in the file) */
#define ROUTE_OPTIONS(X)        \
	X(HEADER, "header")     \
	X(TYPE, "type")         \
	X(REASON, "reason")     \
	X(DELAY, "delay")       \
	X(TEMPLATE, "template") \
	X(CLOSE, "close")

/* A field to be sent. */
struct answer_field {
	struct span name;
	struct span value;
};

/*
 * One answer.  A seq is no answer: its items are, flat, whatever stands
 * inside what; the options behind a seq are in each item already, where the
 * item does not set them itself (fields: behind the item's own).
 */
struct action {
	enum action_kind kind; /* never SEQ */
	int status;	       /* FILE, ECHO: 200 */
	struct span body;      /* RETURN: the text; p is NULL if there is none.
				* FILE: the path to open, NUL behind it.
				* REDIRECT: the value of Location */
	struct span type;      /* p is NULL: the default */
	struct span reason;    /* p is NULL: the registered one */
	struct answer_field *fields;
	size_t nfields;
	struct delay delay;
	bool template; /* of body or file, fields, type, reason, Location */
	bool close;
	/* RETURN and REDIRECT without template: all there is to send, by what
	 * is said of the connection. */
	struct rendered ready[PERSIST_COUNT];
	bool at_hand; /* that is so, and it is sent without delay or end */
};

/* A host's name as the file has it. */
enum host_kind {
	HOST_NAME,  /* "test.com" */
	HOST_BELOW, /* "*.test.com": name is "test.com", which is not meant */
	HOST_ANY,   /* "*": name is empty */
};

struct host {
	enum host_kind kind;
	struct span name; /* in lower case, without a trailing dot */
};

/* Which path a route answers. */
enum path_kind {
	PATH_ANY,     /* "*": any, also the asterisk of OPTIONS and TRACE */
	PATH_LITERAL, /* segments only */
	PATH_PATTERN, /* with {name} or {name...} among them */
};

_Static_assert(METHOD_COUNT <= 16, "struct route has a bit for each");

struct route {
	struct place place; /* of its first word */
	struct span text;   /* the statement, as one line, blanks squeezed:
			      * "POST /create return 201"; for people, and to
			      * know it again after a reload */
	const struct host *hosts; /* shared by the routes of a host block */
	size_t nhosts;
	const struct span *methods; /* none: any */
	size_t nmethods;
	bool any_method;
	uint16_t verbs; /* the same for quick: a bit for each enum method; the
			 * index sets it */

	enum path_kind path_kind;
	struct span path; /* percent-decoded and without dots, as requests
			      * are; in a pattern {name} stands as written */
	const struct match *matches; /* those of TIMES, then P, at the end */
	size_t nmatches;
	struct action *actions; /* one, or those of a seq */
	size_t nactions;
	bool wants_body; /* a match or a template or echo looks at it */

	/* What it counts; carried over a reload if host and text are the same
	 * (of those that are twice the same, in order). */
	uint64_t taken; /* answers given */
};

/* A compiled regular expression; the C library owns what is in it. */
struct like {
	struct like *next;
	regex_t regex;
};

struct routes {
	unsigned uses;
	struct arena arena; /* owns everything below */
	const char *file;   /* as given; "builtin" */
	struct route **v;   /* in file order */
	size_t n;
	uint64_t seed; /* of the file, else by chance at load */
	int unmatched; /* 0: 404, 405 or 501 as it comes */
	struct place unmatched_place;
	struct span unmatched_body; /* p is NULL: it is explained */
	bool wants_body;	    /* some route does */
	const char **beneath; /* folders that it reads from, for the sandbox:
			       * the file's own, its includes', its FILEs' */
	size_t nbeneath;
	struct like *likes;
	struct routes_index *index;
};

/* For whoever keeps it longer than a turn of the loop. */
struct routes *routes_ref(struct routes *);
void routes_unref(struct routes *); /* NULL is allowed */

/* Take over the counters of the routes that are in `old` as well.  False if
 * memory is out: some may be missing then. */
bool routes_carry(struct routes *, const struct routes *old);

/* The methods, as in "GET,HEAD" or "*", and "HOST[,HOST]", appended. */
bool route_append_methods(struct buf *, const struct route *);
bool route_append_hosts(struct buf *, const struct route *);

#endif
