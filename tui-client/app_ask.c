/* The method menu, and the questions of one line. */
#include "app_parts.h"

#include <ctype.h>
#include <string.h>

#include "chars.h"

void
app_do_method(struct app *app, enum action action)
{
	enum method method =
	    method_find(app->form.method, strlen(app->form.method));

	(void)action;
	app->menu = MENU_METHODS;
	if (method >= METHOD_GET && method <= METHOD_TRACE)
		app->menu = method - METHOD_GET;
	app_open(app, OVERLAY_MENU);
}

/* The next row that begins with that letter; false if there is none. */
bool
app_menu_letter(struct app *app, uint32_t key)
{
	size_t rows = app_menu_rows(app);

	for (size_t i = 1; i <= rows; i++) {
		size_t row = (app->menu + i) % rows;

		if (key < 0x80 &&
		    tolower((unsigned char)app_menu_text(app, row)[0]) ==
			tolower((int)key)) {
			app->menu = row;
			app->dirty |= DIRTY_ALL;
			return true;
		}
	}
	return false;
}

void
app_accept_menu(struct app *app)
{
	if (app->overlay == OVERLAY_TAKE) {
		app_accept_take(app);
		return;
	}
	if (app->menu == MENU_METHODS) {
		app_ask(app, OVERLAY_OTHER);
		return;
	}
	form_set_method(&app->form, span_text(app_menu_text(app, app->menu)));
	app_open(app, OVERLAY_NONE);
}

/* "patch" may be meant, but hardly is. */
static void
ask_about_case(struct app *app)
{
	for (enum method m = METHOD_GET; m < METHOD_COUNT; m++)
		if (strcmp(app->form.method, method_name(m)) != 0 &&
		    strcasecmp(app->form.method, method_name(m)) == 0)
			app_say(app, ROLE_INFO,
			    "methods are case-sensitive: %s?", method_name(m));
}

static void
accept_other(struct app *app)
{
	struct span method = lineedit_text(&app->prompt);

	if (!chars_are_token(method.p, method.n)) {
		app_say(app, ROLE_ERROR,
		    "a method is letters, digits and !#$%%&'*+-.^_`|~");
		return;
	}
	if (!form_set_method(&app->form, method)) {
		app_say(app, ROLE_ERROR, "a method has at most %d letters here",
		    FORM_METHOD_MAX);
		return;
	}
	app_open(app, OVERLAY_NONE);
	ask_about_case(app);
}

static void
accept_search(struct app *app)
{
	struct span text = lineedit_text(&app->prompt);

	app_open(app, OVERLAY_NONE);
	if (text.n > 0) {
		memcpy(app->search, text.p, text.n);
		app->search[text.n] = '\0';
	}
	app_do_find(app, ACTION_FIND_NEXT);
}

void
app_do_accept(struct app *app, enum action action)
{
	(void)action;
	if (app_context(app) == CONTEXT_MENU)
		app_accept_menu(app);
	else if (app->overlay == OVERLAY_PATH)
		app_accept_path(app);
	else if (app->overlay == OVERLAY_OTHER)
		accept_other(app);
	else
		accept_search(app);
}

void
app_do_search(struct app *app, enum action action)
{
	(void)action;
	app_ask(app, OVERLAY_SEARCH);
}
