#include "message.h"

#include <stdlib.h>
#include <string.h>

bool
request_copy(struct request *to, const struct request *from)
{
	*to = (struct request){ .dialect = from->dialect };
	to->body.max = from->body.max;
	to->method = strdup(from->method);
	to->target = strdup(from->target);
	if (to->method == NULL || to->target == NULL ||
	    !headers_copy(&to->headers, &from->headers) ||
	    !buf_append_span(&to->body, buf_span(&from->body))) {
		request_release(to);
		return false;
	}
	return true;
}

void
request_release(struct request *r)
{
	free(r->method);
	free(r->target);
	headers_release(&r->headers);
	buf_release(&r->body);
	r->method = r->target = NULL;
}
