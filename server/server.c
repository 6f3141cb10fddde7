#include "server.h"

#include <stdlib.h>

#include "limit.h"

bool
server_init(struct server *s, struct routes *routes, struct log *log)
{
	*s = (struct server){ .log = log };
	timers_init(&s->timers);
	s->out.max = LIMIT_OUTPUT + 2 * LIMIT_ANSWER;
	s->content.max = LIMIT_KEPT;
	s->out.cap = s->out.max;
	/* The last that is put aside may be as long as `out`, and what comes of
	 * sending it stands behind that. */
	s->out.data = s->aside = malloc(LIMIT_PUT_ASIDE + 2 * s->out.cap);
	return respond_init(&s->respond, routes, &s->wall) && s->aside != NULL;
}

void
server_release(struct server *s)
{
	respond_release(&s->respond);
	free(s->aside);
	buf_release(&s->content);
}

bool
server_put_aside(struct server *s)
{
	s->out.data += s->out.len;
	s->out.len = 0;
	return s->out.data <= s->aside + LIMIT_PUT_ASIDE;
}

void
server_clear_aside(struct server *s)
{
	s->out.data = s->aside;
}
