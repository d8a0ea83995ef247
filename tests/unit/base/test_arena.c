/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "support/test.h"

static void test_reset_keeps_one_chunk(void **state)
{
    struct arena arena;
    arena_init(&arena, 128);
    assert_non_null(arena_alloc(&arena, 0));
    arena_release(&arena);
    char *first = arena_alloc(&arena, 10);
    for (int i = 0; i < 100; i++)
        arena_alloc(&arena, 100);
    arena_reset(&arena);
    char *again = arena_alloc(&arena, 10);
    assert_ptr_equal(first, again);
    arena_done(&arena);
}

static void test_memory_is_zeroed_after_reuse(void **state)
{
    struct arena arena;
    arena_init(&arena, 64);
    memset(arena_alloc(&arena, 64), 0xff, 64);
    arena_reset(&arena);
    char *bytes = arena_alloc(&arena, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(bytes[i], 0);
    arena_done(&arena);
}

static void test_large_objects_do_not_stay(void **state)
{
    struct arena arena;
    arena_init(&arena, 64);
    arena_alloc(&arena, 100000);
    arena_reset(&arena);
    assert_null(arena.chunks);
    assert_string_equal(arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(arena_dup(&arena, SPAN("abc")), "abc");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset_keeps_one_chunk),
        cmocka_unit_test(test_memory_is_zeroed_after_reuse),
        cmocka_unit_test(test_large_objects_do_not_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
