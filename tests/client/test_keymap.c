#include "keymap.h"

#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "test.h"

static void
no_key_is_bound_twice_in_a_context(void **state)
{
	size_t n;
	const struct binding *b = keymap_bindings(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (b[i].context == b[j].context &&
			    b[i].key == b[j].key)
				test_fail("%s: key 0x%x twice",
				    context_heading(b[i].context), b[i].key);
}

static void
asks_the_context_itself_first(void **state)
{
	(void)state;
	assert_int_equal(keymap_find(CONTEXT_URL, K_ENTER), ACTION_SEND);
	assert_int_equal(keymap_find(CONTEXT_TEXT, K_ENTER), ACTION_NEWLINE);
	assert_int_equal(keymap_find(CONTEXT_LIST, K_ENTER), ACTION_OPEN);
	assert_int_equal(keymap_find(CONTEXT_HISTORY, K_ENTER), ACTION_LOAD);
	assert_int_equal(keymap_find(CONTEXT_HELP, K_F1), ACTION_CLOSE);
}

static void
then_those_around_it(void **state)
{
	(void)state;
	assert_int_equal(keymap_find(CONTEXT_LIST, 'r'), ACTION_AGAIN);
	assert_int_equal(keymap_find(CONTEXT_LIST, 's'), ACTION_SERVER);
	assert_int_equal(keymap_find(CONTEXT_LIST, 'G'), ACTION_BOTTOM);
	assert_int_equal(keymap_find(CONTEXT_LIST, K_CTRL('L')), ACTION_REDRAW);
	assert_int_equal(
	    keymap_find(CONTEXT_URL, K_CTRL('A')), ACTION_LINE_START);
}

static void
letters_are_no_keys_in_a_field(void **state)
{
	static const enum context fields[] = { CONTEXT_URL, CONTEXT_TEXT,
		CONTEXT_PROMPT };

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		for (uint32_t c = ' '; c < 0x7f; c++)
			assert_int_equal(
			    keymap_find(fields[i], c), ACTION_NONE);
}

/* Terminals eat many of the others. */
static void
every_action_outside_fields_has_a_plain_key(void **state)
{
	size_t n;
	const struct binding *b = keymap_bindings(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		uint32_t key = keymap_key(b[i].context, b[i].action);

		if (b[i].context != CONTEXT_COMMAND)
			continue;
		if (key_is_text(key) || key == K_ESC || key == K_TAB ||
		    key == K_BACK_TAB)
			continue;
		test_fail("%s has no plain key", action_help(b[i].action));
	}
}

static void
the_footer_shows_only_keys_that_work(void **state)
{
	(void)state;
	for (int c = 0; c < CONTEXT_COUNT; c++) {
		const enum action *a = keymap_footer((enum context)c);

		for (; *a != ACTION_NONE; a++) {
			uint32_t key = keymap_key((enum context)c, *a);

			assert_int_not_equal(key, 0);
			assert_int_equal(keymap_find((enum context)c, key), *a);
			assert_true(action_word(*a)[0] != '\0');
		}
	}
}

static void
a_key_that_is_hidden_is_not_offered(void **state)
{
	(void)state;
	/* Everywhere's F1 opens the help; in the help it closes it. */
	assert_int_equal(keymap_key(CONTEXT_HELP, ACTION_HELP), 0);
}

static void
names_keys_as_people_do(void **state)
{
	static const struct {
		uint32_t key;
		const char *name;
	} rows[] = {
		{ K_ENTER, "Enter" },
		{ K_ESC, "Esc" },
		{ K_TAB, "Tab" },
		{ K_BACK_TAB, "Shift-Tab" },
		{ K_CTRL('W'), "^W" },
		{ K_ALT | 'b', "Alt-b" },
		{ K_F1, "F1" },
		{ '/', "/" },
		{ 0xd55c, "한" },
		{ K_ALT | K_ENTER, "Alt-Enter" },
	};
	char name[KEY_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		keymap_name(rows[i].key, name);
		assert_string_equal(name, rows[i].name);
	}
}

static void
text_is_all_but_controls(void **state)
{
	(void)state;
	assert_true(key_is_text('a'));
	assert_true(key_is_text(0xd55c));
	assert_true(key_is_text(0x1f600));
	assert_false(key_is_text(0x1b));
	assert_false(key_is_text(0x7f));
	assert_false(key_is_text(0x9b));
	assert_false(key_is_text(0x85));
	assert_true(key_is_text(0xa0));
	assert_true(key_is_text(0x200c));
	assert_true(key_is_text(0x10ffff));
	assert_false(key_is_text(K_UP));
	assert_false(key_is_text(K_ALT | 'a'));
}

static void
the_help_shows_every_binding(void **state)
{
	size_t n;
	const struct binding *b = keymap_bindings(&n);
	size_t lines = keymap_help_lines();

	(void)state;
	for (size_t i = 0; i < n; i++) {
		enum context now = CONTEXT_COUNT;
		bool found = false;
		char keys[48];

		keymap_names(b[i].context, b[i].action, keys, sizeof(keys));
		for (size_t at = 0; at < lines; at++) {
			struct help_line line;

			keymap_help_line(at, &line);
			if (line.heading != NULL)
				now = line.heading ==
					context_heading(b[i].context)
				    ? b[i].context
				    : CONTEXT_COUNT;
			else if (now == b[i].context &&
			    strcmp(line.keys, keys) == 0 &&
			    line.help == action_help(b[i].action))
				found = true;
		}
		if (!found)
			test_fail("%s: %s is not in the help",
			    context_heading(b[i].context), keys);
	}
}

static void
the_help_ends_with_a_key(void **state)
{
	struct help_line line;

	(void)state;
	keymap_help_line(keymap_help_lines() - 1, &line);
	assert_null(line.heading);
	assert_string_not_equal(line.keys, "");
}

/* What a row of the manual's list of keys is to be. */
static const char *
manual_row(const struct help_line *line)
{
	char *text = test_alloc(512);
	char *to = text;

	to += snprintf(to, 64, ".It ");
	for (const char *p = line->keys; *p != '\0'; p++) {
		/* mdoc: a backslash, and a lone punctuation mark. */
		if (p == line->keys && strchr("/?[]", *p) != NULL)
			to += snprintf(to, 8, "\\&");
		*to++ = *p;
	}
	snprintf(to, 400, "\n%s.\n", line->help);
	return text;
}

static void
the_manual_has_every_line_of_the_help(void **state)
{
	const char *page = cases_bytes(TESTS "/../tui-client/retort.1").data;

	(void)state;
	for (size_t i = 0; i < keymap_help_lines(); i++) {
		struct help_line line;
		const char *want;

		keymap_help_line(i, &line);
		if (line.heading != NULL)
			want = test_text(".Ss \\&%s\n", line.heading);
		else if (line.keys[0] != '\0')
			want = manual_row(&line);
		else
			continue;
		if (strstr(page, want) == NULL)
			test_fail("retort.1 lacks:\n%s", want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_is_bound_twice_in_a_context),
		cmocka_unit_test(asks_the_context_itself_first),
		cmocka_unit_test(then_those_around_it),
		cmocka_unit_test(letters_are_no_keys_in_a_field),
		cmocka_unit_test(every_action_outside_fields_has_a_plain_key),
		cmocka_unit_test(the_footer_shows_only_keys_that_work),
		cmocka_unit_test(a_key_that_is_hidden_is_not_offered),
		cmocka_unit_test(names_keys_as_people_do),
		cmocka_unit_test(text_is_all_but_controls),
		cmocka_unit_test(the_help_shows_every_binding),
		cmocka_unit_test(the_help_ends_with_a_key),
		cmocka_unit_test_teardown(
		    the_manual_has_every_line_of_the_help, test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
