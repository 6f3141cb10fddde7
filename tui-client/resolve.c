#include "resolve.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One write of an answer is whole or not there. */
static_assert(sizeof(struct resolved) <= PIPE_BUF, "an answer fits a pipe");

/* What a look-up's thread owns. */
struct lookup {
	uint64_t serial;
	int answers;
	uint16_t port;
	char host[];
};

bool
resolver_init(struct resolver *r)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	/* Only our end: a thread may wait until there is room. */
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	*r = (struct resolver){ .fd = fds[0], .answers = fds[1] };
	return true;
}

void
resolver_release(struct resolver *r)
{
	close(r->fd);
	close(r->answers);
}

static void
addresses_add(struct addresses *to, const struct addrinfo *info)
{
	struct address *address = &to->v[to->n];

	if (to->n == ADDRESSES_MAX || info->ai_addrlen > sizeof(address->at))
		return;
	address->len = info->ai_addrlen;
	memcpy(&address->at, info->ai_addr, info->ai_addrlen);
	to->n++;
}

/* 0 or EAI_*. */
static int
look_up(const char *host, uint16_t port, int flags, struct addresses *to)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | flags,
	};
	struct addrinfo *list, *info;
	char service[8];
	int error;

	snprintf(service, sizeof(service), "%u", port);
	error = getaddrinfo(host, service, &hints, &list);
	if (error != 0)
		return error;
	to->n = 0;
	for (info = list; info != NULL; info = info->ai_next)
		addresses_add(to, info);
	freeaddrinfo(list);
	return to->n > 0 ? 0 : EAI_NONAME;
}

bool
resolve_numeric(const char *host, uint16_t port, struct addresses *to)
{
	return look_up(host, port, AI_NUMERICHOST, to) == 0;
}

static void *
lookup_main(void *arg)
{
	struct lookup *l = arg;
	struct resolved answer = { .serial = l->serial };
	ssize_t n;

	answer.error = look_up(l->host, l->port, 0, &answer.addresses);
	answer.system_error = answer.error == EAI_SYSTEM ? errno : 0;
	/* If the engine is gone nobody wants it: EPIPE is as good. */
	n = write(l->answers, &answer, sizeof(answer));
	(void)n;
	close(l->answers);
	free(l);
	return NULL;
}

/* All signals blocked, as the new thread inherits it: they are main's. */
static int
lookup_start(struct lookup *l)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int error;

	error = pthread_attr_init(&attr);
	if (error != 0)
		return error;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attr, lookup_main, l);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

uint64_t
resolver_ask(struct resolver *r, const char *host, uint16_t port)
{
	size_t n = strlen(host) + 1;
	struct lookup *l = malloc(sizeof(*l) + n);
	int error;

	if (l == NULL)
		return 0;
	memcpy(l->host, host, n);
	l->port = port;
	l->serial = ++r->serial;
	/* The thread's own, so that it may outlive the resolver. */
	l->answers = fcntl(r->answers, F_DUPFD_CLOEXEC, 0);
	if (l->answers < 0) {
		free(l);
		return 0;
	}
	error = lookup_start(l);
	if (error != 0) {
		close(l->answers);
		free(l);
		errno = error;
		return 0;
	}
	return r->serial;
}

bool
resolver_answer(struct resolver *r, struct resolved *answer)
{
	return read(r->fd, answer, sizeof(*answer)) == sizeof(*answer);
}

bool
resolved_is_unknown(const struct resolved *answer)
{
	return answer->error == EAI_NONAME || answer->error == EAI_NODATA ||
	    answer->error == EAI_ADDRFAMILY;
}

const char *
resolved_why(const struct resolved *answer)
{
	return answer->error == EAI_SYSTEM ? strerror(answer->system_error)
					   : gai_strerror(answer->error);
}
