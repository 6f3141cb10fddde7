#include "builtin.h"

/* clang-format off */
static const struct route_row rows[] = {
	{ "test.com", "GET", "/", 200,
	    "GET test.com/ is right.\n" },
	{ "test.com", "POST", "/create", 201,
	    "POST test.com/create is right: created.\n" },
	{ "test.com", "HEAD", "/option", 200,
	    "HEAD test.com/option is right.\n" },
	{ "test.com", "PUT", "/update", 200,
	    "PUT test.com/update is right: updated.\n" },
};
/* clang-format on */

struct routes *
builtin_routes(void)
{
	return routes_new(rows, sizeof(rows) / sizeof(rows[0]), 400);
}
