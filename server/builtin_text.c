#include "builtin_text.h"

#include <assert.h>

#include "routes_file.h"

/* clang-format off */
const char builtin_text[] =
"# The routes of a retortd that was given none.\n"
"host test.com {\n"
"	GET   /        return 200 \"GET test.com/ is right.\\n\"\n"
"	POST  /create  return 201 \"POST test.com/create is right: created.\\n\"\n"
"	HEAD  /option  return 200 \"HEAD test.com/option is right.\\n\"\n"
"	PUT   /update  return 200 \"PUT test.com/update is right: updated.\\n\"\n"
"}\n"
"unmatched 400\n";
/* clang-format on */

struct routes *
builtin_load(void)
{
	struct diags diags = { 0 };
	struct routes *t =
	    routes_parse("builtin", NULL, span_text(builtin_text), &diags);

	assert(t != NULL || diags.no_memory);
	diags_release(&diags);
	return t;
}
