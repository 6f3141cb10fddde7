#include "httperr.h"

_Static_assert(HTTPERR_COUNT <= 64, "httperr_set has a bit for each");

/* clang-format off */
static const struct {
	const char *name;
	int status;
	const char *section;
	const char *wrong;
	const char *right;
} errors[HTTPERR_COUNT] = {
	[HTTPERR_NONE] = { "none", 0, "", "nothing is wrong", "" },
#define X(id, name, status, section, wrong, right) \
	[HTTPERR_##id] = { name, status, section, wrong, right },
	HTTPERRS(X)
#undef X
};
/* clang-format on */

const char *
httperr_name(enum httperr e)
{
	return errors[e].name;
}

int
httperr_status(enum httperr e)
{
	return errors[e].status;
}

const char *
httperr_section(enum httperr e)
{
	return errors[e].section;
}

const char *
httperr_wrong(enum httperr e)
{
	return errors[e].wrong;
}

const char *
httperr_right(enum httperr e)
{
	return errors[e].right;
}
