#include "server.h"

#include "limit.h"

bool
server_init(struct server *s, struct routes *routes, struct log *log)
{
	*s = (struct server){ .routes = routes, .log = log };
	timers_init(&s->timers);
	s->out.max = LIMIT_OUTPUT + 2 * LIMIT_ANSWER;
	return routes != NULL && respond_init(&s->respond, routes) &&
	    buf_reserve(&s->out, s->out.max);
}

void
server_release(struct server *s)
{
	respond_release(&s->respond);
	routes_free(s->routes);
	buf_release(&s->out);
}
