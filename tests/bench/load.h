/*
 * Load for a server on 127.0.0.1, as lean as can be: prepared bytes, 64
 * different request heads in rotation, and every byte of every answer checked.
 * A wrong or a missing answer ends the program with a sentence.
 */
#ifndef LOAD_H
#define LOAD_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct load_mode {
	const char *name;
	const char *what;
	int conns;
	int depth;     /* requests sent at once on each of them */
	int idle;      /* connections beside them that have asked once */
	bool one_shot; /* a connection per request */
};

/* A request as it differs from "GET /". */
struct load_request {
	const char *method;
	char target[32];
	char field[32]; /* with its CR LF, or empty */
	char body[32];
};

/* Requests in rotation, all of which have to be answered alike. */
struct load_requests {
	struct load_request *v;
	int n;
	int status;
};

struct load_result {
	double rate; /* answers in a second */
	double cpu;  /* of the server for one answer, in us */
	double p50,
	    p99; /* from the send of a batch to its last answer, in us */
	double resident; /* the server's memory at the end, in KiB */
};

/* One request and its answer, whose bytes are counted. */
size_t load_ask(int port);

/* The load runs for `seconds` after a short while to warm up.  NULL: requests
 * as real clients send them, for "GET /", which is 200. */
struct load_result load_run(const struct load_mode *,
    const struct load_requests *, int port, pid_t server, double seconds);

/*
 * Open n connections, begin a head on each, write to `ready` when all stand,
 * and go on with a byte a second on each until killed.
 */
void load_attack(int n, int port, int ready) __attribute__((noreturn));

/* What a process holds in memory, in KiB. */
double load_resident(pid_t);

#endif
