/*
 * A table of routes by what requests are looked up with.
 *
 *	host -> root -> path -> spot -> method -> list -> matcher -> list
 *
 * A list has the numbers of routes in ascending order, which is the file's:
 * whoever looks for the first asks each list that the request leads to.  Hosts
 * lead to roots by their name, by what they are below, or as any.  A literal
 * path is looked up as a whole, one with {name} segment by segment.  In a list
 * of many, routes with a matcher `=` stand in a list of their own, found by
 * the value that the request has.
 *
 * All steps are edges of one hash table.  The index lives in the arena of its
 * table; numbers name its parts, 0 being none.
 */
#ifndef RETORTD_INDEX_H
#define RETORTD_INDEX_H

#include "ask.h"
#include "edge.h"
#include "routes.h"

/* All paths of a host. */
struct root {
	uint32_t first; /* the least route in it */
	uint32_t any;	/* spot of "*" */
	uint32_t trie;	/* node of the patterns */
	bool literal;	/* it has paths that are looked up as a whole */
};

/* A point within patterns, behind a slash. */
struct node {
	uint32_t first;
	uint32_t one;  /* node behind a {name} and its slash */
	uint32_t end;  /* spot of the pattern that ends with a {name} here */
	uint32_t rest; /* spot of {name...} */
	bool segments; /* edges lead on from here */
};

/* All routes of one path. */
struct spot {
	uint32_t first;
	uint32_t lists; /* by method; see next */
};

/* Kinds of matchers that routes of a list are found by. */
enum keyed {
	KEYED_HEADER = 1 << 0,
	KEYED_QUERY = 1 << 1,
	KEYED_BODY = 1 << 2,
	KEYED_JSON = 1 << 3,
	KEYED_BY_HEAD = KEYED_HEADER | KEYED_QUERY,
	KEYED_BY_ANY = KEYED_BY_HEAD | KEYED_BODY | KEYED_JSON,
};

/* Numbers of routes, ascending, in entries. */
struct run {
	uint32_t begin;
	uint32_t n;
};

struct list {
	struct span method; /* p is NULL: any */
	uint32_t next;	    /* of the same spot */
	uint32_t pointers;  /* of the keys in JSON */
	struct run all;
	struct run rest;    /* of those the ones without a key */
	struct run by_body; /* those whose key is in the body */
	unsigned keyed;	    /* a set of enum keyed */
	bool wants_body;    /* some route of it does */
};

struct pointer {
	struct span text;
	uint32_t values; /* where the edges of its values come from */
	uint32_t next;
};

struct routes_index {
	struct edges edges;
	struct root *roots;
	struct node *nodes;
	struct spot *spots;
	struct list *lists;
	struct pointer *pointers;
	uint32_t *entries;
	uint32_t *by_path;   /* all routes, by path, then host */
	uint32_t any;	     /* the root of "*" */
	uint32_t below_dots; /* the most dots in a name of "*.name" */
	bool below;	     /* there are such names */
};

/*
 * All spots whose host and path are those of a request, in no order; `path`
 * as ask_path gives it.  Left out is what has no route in front of `before`,
 * which may change on the way.
 */
struct spot_walk {
	const struct routes_index *index;
	const struct ask *ask;
	uint32_t before;
	void (*spot)(struct spot_walk *, const struct spot *);
};

void walk_spots(struct spot_walk *, struct span path);

/* Only those of the path "*". */
void walk_any_spots(struct spot_walk *);

/*
 * All lists of a list's keyed routes whose key the request has, in no order,
 * perhaps one twice; only of keys of `kinds`.
 */
struct keyed_walk {
	const struct routes_index *index;
	const struct ask *ask;
	unsigned kinds;
	void (*list)(struct keyed_walk *, const struct list *);
};

void walk_keyed(struct keyed_walk *, const struct list *);

/* The order of by_path. */
int index_compare(struct span, struct span);

#endif
