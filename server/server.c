#include "server.h"

#include "limit.h"

bool
server_init(struct server *s, struct routes *routes, struct log *log)
{
	*s = (struct server){ .log = log };
	timers_init(&s->timers);
	s->out.max = LIMIT_OUTPUT + 2 * LIMIT_ANSWER;
	s->content.max = LIMIT_KEPT;
	return respond_init(&s->respond, routes, &s->wall) &&
	    buf_reserve(&s->out, s->out.max);
}

void
server_release(struct server *s)
{
	respond_release(&s->respond);
	buf_release(&s->out);
	buf_release(&s->content);
}
