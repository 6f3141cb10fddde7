/* Typing into fields. */
#include "app_parts.h"

/* The line that letters go to, NULL if it is a text or nothing. */
static struct lineedit *
line_of(struct app *app)
{
	if (app_context(app) == CONTEXT_PROMPT)
		return &app->prompt;
	if (app_context(app) == CONTEXT_URL)
		return &app->form.url;
	return NULL;
}

void
app_refresh(struct app *app)
{
	if (!form_refresh(&app->form))
		app_say(app, ROLE_ERROR,
		    "memory is out: the automatic headers are old");
}

static void
edited(struct app *app)
{
	if (app->overlay == OVERLAY_NONE)
		app_refresh(app);
	app->dirty |= 1 << PANE_FORM | DIRTY_FOOTER;
}

void
app_insert(struct app *app, struct span text)
{
	struct lineedit *line = line_of(app);
	bool ok;

	if (line != NULL)
		ok = lineedit_insert(line, text);
	else
		ok = textedit_insert(app_text(app), text);
	if (!ok)
		app_say(app, ROLE_ERROR, "there is no room for that here");
	edited(app);
}

void
app_do_edit(struct app *app, enum action action)
{
	/* clang-format off */
	static const struct {
		enum action action;
		enum edit_op op;
	} ops[] = {
		{ ACTION_LEFT, EDIT_LEFT },
		{ ACTION_RIGHT, EDIT_RIGHT },
		{ ACTION_WORD_LEFT, EDIT_WORD_LEFT },
		{ ACTION_WORD_RIGHT, EDIT_WORD_RIGHT },
		{ ACTION_LINE_START, EDIT_HOME },
		{ ACTION_LINE_END, EDIT_END },
		{ ACTION_BACKSPACE, EDIT_BACKSPACE },
		{ ACTION_DELETE, EDIT_DELETE },
		{ ACTION_KILL_START, EDIT_KILL_START },
		{ ACTION_KILL_END, EDIT_KILL_END },
		{ ACTION_KILL_WORD, EDIT_KILL_WORD },
		{ ACTION_YANK, EDIT_YANK },
		{ ACTION_UP, EDIT_UP },
		{ ACTION_DOWN, EDIT_DOWN },
		{ ACTION_PAGE_UP, EDIT_PAGE_UP },
		{ ACTION_PAGE_DOWN, EDIT_PAGE_DOWN },
		{ ACTION_NEWLINE, EDIT_SPLIT },
	};
	/* clang-format on */
	struct lineedit *line = line_of(app);

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (ops[i].action != action)
			continue;
		if (line != NULL)
			lineedit_do(line, ops[i].op, &app->kill);
		else
			textedit_do(app_text(app), ops[i].op, &app->kill);
	}
	edited(app);
}

void
app_do_recall(struct app *app, enum action action)
{
	bool ok = action == ACTION_EARLIER ? form_earlier(&app->form)
					   : form_later(&app->form);

	if (!ok)
		app_say(app, ROLE_INFO, "there is no %s URL",
		    action == ACTION_EARLIER ? "earlier" : "later");
	edited(app);
}

struct span
app_field(const struct app *app)
{
	if (app->field == FORM_HEADERS)
		return textedit_text(&app->form.headers);
	if (app->field == FORM_BODY)
		return textedit_text(&app->form.body);
	return lineedit_text(&app->form.url);
}

void
app_edited(struct app *app, struct span text)
{
	struct span old = app_field(app);
	bool ended = old.n > 0 && old.p[old.n - 1] == '\n';
	bool ok;

	/* Editors end the last line, whether it was ended or not. */
	if (!ended && text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;

	if (app->field == FORM_HEADERS)
		ok = textedit_set(&app->form.headers, text);
	else if (app->field == FORM_BODY)
		ok = form_set_body(&app->form, text);
	else
		ok = lineedit_set(&app->form.url, text);
	if (!ok)
		app_say(app, ROLE_ERROR, "that is too long: nothing changed");
	edited(app);
	app_settle(app);
}

bool
app_takes_text(enum context context)
{
	return context == CONTEXT_URL || context == CONTEXT_TEXT ||
	    context == CONTEXT_PROMPT;
}

void
app_paste(struct app *app, struct span text)
{
	if (!app_takes_text(app_context(app))) {
		app_say(app, ROLE_INFO,
		    "a paste goes into a field: u, h or b opens one");
		return;
	}
	app_insert(app, text);
	app_settle(app);
}
