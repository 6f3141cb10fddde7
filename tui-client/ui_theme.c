#include "ui_theme.h"

#include <stdlib.h>

enum {
	ACCENT = ROLE_COUNT,
	RULE,
	STYLES,
	GREY_256 = 245,
	GREY_16 = 8,
	FAINT_256 = 240,
	ACCENT_256 = 75,
	ACCENT_16 = 12,
};

enum {
	GREY = -2,
	FAINT = -3,
	BLUE = -4,
};

/* With colours, and without any. */
/* clang-format off */
static const struct {
	int colour; /* -1: the terminal's own */
	attr_t with;
	attr_t without;
} styles[STYLES] = {
	[ROLE_PLAIN] = { -1, A_NORMAL, A_NORMAL },
	[ROLE_DIM] = { GREY, A_NORMAL, A_DIM },
	[ROLE_TITLE] = { -1, A_BOLD, A_BOLD },
	[ROLE_KEY] = { -1, A_BOLD, A_BOLD },
	[ROLE_INFO] = { -1, A_NORMAL, A_NORMAL },
	[ROLE_ERROR] = { COLOR_MAGENTA, A_NORMAL, A_BOLD },
	[ROLE_OK] = { COLOR_GREEN, A_NORMAL, A_NORMAL },
	[ROLE_REDIRECT] = { COLOR_CYAN, A_NORMAL, A_UNDERLINE },
	[ROLE_CLIENT_ERROR] = { COLOR_YELLOW, A_NORMAL, A_BOLD },
	[ROLE_SERVER_ERROR] = { COLOR_RED, A_NORMAL, A_BOLD | A_UNDERLINE },
	[ROLE_FAILURE] = { COLOR_MAGENTA, A_NORMAL, A_REVERSE },
	[ROLE_FLIGHT] = { GREY, A_NORMAL, A_DIM },
	[ROLE_HEADER_NAME] = { GREY, A_NORMAL, A_DIM },
	[ROLE_HEADER_VALUE] = { -1, A_NORMAL, A_NORMAL },
	[ROLE_NAME] = { COLOR_BLUE, A_BOLD, A_BOLD },
	[ROLE_STRING] = { COLOR_GREEN, A_NORMAL, A_NORMAL },
	[ROLE_NUMBER] = { COLOR_CYAN, A_NORMAL, A_NORMAL },
	[ROLE_WORD] = { COLOR_MAGENTA, A_NORMAL, A_UNDERLINE },
	[ROLE_TAG] = { COLOR_BLUE, A_NORMAL, A_BOLD },
	[ROLE_DIFFERENT] = { COLOR_YELLOW, A_REVERSE, A_REVERSE },
	[RULE] = { FAINT, A_NORMAL, A_NORMAL },
	[ACCENT] = { BLUE, A_BOLD, A_BOLD },
};
/* clang-format on */

static bool coloured;

/* Fewer than 16 colours have no grey: dim has to do, here or in `with`. */
static int
palette(int colour)
{
	if (colour == GREY)
		return COLORS >= 256 ? GREY_256 : COLORS >= 16 ? GREY_16 : -1;
	if (colour == FAINT)
		return COLORS >= 256 ? FAINT_256 : palette(GREY);
	if (colour == BLUE)
		return COLORS >= 256 ? ACCENT_256
		    : COLORS >= 16   ? ACCENT_16
				     : COLOR_CYAN;
	return colour;
}

void
theme_init(void)
{
	const char *no = getenv("NO_COLOR");

	coloured = has_colors() && (no == NULL || no[0] == '\0');
	if (!coloured)
		return;
	start_color();
	use_default_colors();
	for (int i = 0; i < STYLES; i++)
		init_pair((short)(i + 1), (short)palette(styles[i].colour), -1);
}

static attr_t
style(int i)
{
	attr_t attr;

	if (!coloured)
		return styles[i].without;
	attr = styles[i].with | (attr_t)COLOR_PAIR(i + 1);
	if (styles[i].colour == GREY && palette(GREY) == -1)
		attr |= A_DIM;
	return attr;
}

attr_t
theme_of(enum role role)
{
	return style((int)role);
}

attr_t
theme_accent(void)
{
	return style(ACCENT);
}

attr_t
theme_rule(void)
{
	return style(RULE);
}

attr_t
theme_selected(enum role role)
{
	if (role == ROLE_DIM || role == ROLE_FLIGHT)
		role = ROLE_PLAIN;
	/* What is reversed already stands out by being bold instead. */
	if ((style((int)role) & A_REVERSE) != 0)
		return A_REVERSE | A_BOLD;
	return style((int)role) | A_REVERSE;
}
