/* SPDX-License-Identifier: Apache-2.0 */
#include "http/headers.h"
#include "support/test.h"

static void test_list(void **state)
{
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 1024);
    struct headers headers = {0};
    assert_null(headers_find(&headers, SPAN("a")));
    headers_add(&headers, &arena, SPAN("A"), SPAN("1"));
    headers_add(&headers, &arena, SPAN("B"), SPAN("2"));
    headers_add(&headers, &arena, SPAN("a"), SPAN("3"));
    assert_true(span_equal(headers_get(&headers, SPAN("a")), SPAN("1")));
    assert_true(span_equal(headers_joined(&headers, &arena, SPAN("a")), SPAN("1, 3")));
    assert_true(span_equal(headers_joined(&headers, &arena, SPAN("b")), SPAN("2")));
    assert_int_equal(headers_joined(&headers, &arena, SPAN("c")).len, 0);

    headers_set(&headers, &arena, SPAN("a"), SPAN("4"));
    assert_int_equal(headers.count, 2);
    assert_true(span_equal(headers.items[0].value, SPAN("4")));
    headers_set(&headers, &arena, SPAN("C"), SPAN("5"));
    headers_remove(&headers, SPAN("b"));
    assert_int_equal(headers.count, 2);
    assert_true(span_equal(headers.items[1].name, SPAN("C")));
}

static void test_many(void **state)
{
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 256);
    struct headers headers = {0};
    for (int i = 0; i < 200; i++)
        headers_add(&headers, &arena, span_cstr(arena_printf(&arena, "n%d", i)), SPAN("v"));
    assert_int_equal(headers.count, 200);
    assert_non_null(headers_find(&headers, SPAN("N199")));
}

static void test_canonical_name(void **state)
{
    static const struct {
        const char *name, *canonical;
    } CASES[] = {
        {"content-type", "Content-Type"},
        {"CONTENT-LENGTH", "Content-Length"},
        {"x-b3-traceid", "X-B3-Traceid"},
        {"Etag", "Etag"},
        {"with space-x", "with space-x"},
        {"", ""},
        {"a", "A"},
        {"--x", "--X"},
    };
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 1024);
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_string_equal(headers_canonical_name(&arena, span_cstr(CASES[i].name)).ptr,
                            CASES[i].canonical);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_canonical_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
