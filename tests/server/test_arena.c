#include "arena.h"

#include "map.h"
#include "oom.h"
#include "test.h"
#include "typo.h"

static void
gives_zeroed_memory_of_its_own(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 100, 5000, 9000, 40000,
		100000 };
	struct arena arena = { 0 };
	unsigned char *v[400];
	size_t n, i, k;

	(void)state;
	for (i = 0; i < 400; i++) {
		n = sizes[i % 9];
		v[i] = arena_alloc(&arena, n);
		assert_non_null(v[i]);
		assert_int_equal((uintptr_t)v[i] % _Alignof(max_align_t), 0);
		for (k = 0; k < n; k++)
			assert_int_equal(v[i][k], 0);
		memset(v[i], (int)i, n);
	}
	for (i = 0; i < 400; i++)
		for (k = 0; k < sizes[i % 9]; k++)
			assert_int_equal(v[i][k], (unsigned char)i);
	arena_release(&arena);
	assert_null(arena.blocks);
}

static void
copies_with_a_nul_behind(void **state)
{
	struct arena arena = { 0 };
	struct span s = arena_copy(&arena, span_of("abc", 2));

	(void)state;
	assert_string_equal(s.p, "ab");
	assert_int_equal(s.n, 2);
	s = arena_copy(&arena, span_of(NULL, 0));
	assert_string_equal(s.p, "");
	arena_release(&arena);
}

static void
refuses_what_cannot_be(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 100));
	assert_null(arena_copy(&arena, span_of("", SIZE_MAX)).p);
	oom_after(1);
	assert_null(arena_alloc(&arena, 1));
	assert_true(oom_off());
	assert_non_null(arena_alloc(&arena, 1));
	arena_release(&arena);
}

static void
maps_bytes_to_pointers(void **state)
{
	struct arena arena = { 0 };
	struct map map = { .arena = &arena };
	static int values[1000];
	size_t i;

	(void)state;
	assert_null(map_find(&map, span_text("0")));
	for (i = 0; i < 1000; i++)
		assert_true(map_add(
		    &map, span_of((const char *)&i, sizeof(i)), &values[i]));
	assert_true(map_add(&map, span_of(NULL, 0), &map));
	for (i = 0; i < 1000; i++)
		assert_ptr_equal(
		    map_find(&map, span_of((const char *)&i, sizeof(i))),
		    &values[i]);
	assert_null(map_find(&map, span_of((const char *)&i, sizeof(i))));
	assert_ptr_equal(map_find(&map, span_of("", 0)), &map);
	assert_int_equal(map.n, 1001);
	map_release(&map);
	arena_release(&arena);
}

static void
maps_nothing_without_memory(void **state)
{
	struct arena arena;
	struct map map;
	size_t n = 0;
	bool failed;

	(void)state;
	do {
		arena = (struct arena){ 0 };
		map = (struct map){ .arena = &arena };
		oom_after(++n);
		assert_true(map_add(&map, span_text("a"), &map) ==
		    !(failed = oom_off()));
		assert_true((map_find(&map, span_text("a")) == NULL) == failed);
		map_release(&map);
		arena_release(&arena);
	} while (failed);
	assert_int_equal(n, 3);
}

static const char *
nearest(const char *word, bool *is_close)
{
	static const char *const words[] = { "return", "redirect", "file", "p",
		"GET", "PUT", "POST", "=" };
	struct typo t = typo_of(span_text(word));
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		typo_try(&t, span_text(words[i]));
	*is_close = t.best.p != NULL && typo_is_close(&t);
	return t.best.p != NULL ? t.best.p : "";
}

/* clang-format off */
static const struct {
	const char *word, *meant;
	bool is_close;
} slips[] = {
	{ "retrun", "return", true },
	{ "return", "return", true },
	{ "RETURN", "return", true },
	{ "retur", "return", true },
	{ "reeturnn", "return", false },
	{ "redirekt", "redirect", true },
	{ "flie", "file", true },
	{ "get", "GET", true },
	{ "GTE", "GET", true },
	{ "PUTT", "PUT", true },
	{ "==", "=", true },
	{ "q", "", false },
	{ "", "", false },
	{ "PROPFIND", "", false },
	{ "something else, and quite a long thing at that", "", false },
};
/* clang-format on */

static void
knows_what_is_meant(void **state)
{
	bool is_close;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		assert_string_equal(
		    nearest(slips[i].word, &is_close), slips[i].meant);
		assert_int_equal(is_close, slips[i].is_close);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_memory_of_its_own),
		cmocka_unit_test(copies_with_a_nul_behind),
		cmocka_unit_test(refuses_what_cannot_be),
		cmocka_unit_test(maps_bytes_to_pointers),
		cmocka_unit_test(maps_nothing_without_memory),
		cmocka_unit_test(knows_what_is_meant),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
