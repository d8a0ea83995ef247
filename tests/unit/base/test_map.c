/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/map.h"
#include "support/test.h"

static void test_keeps_insertion_order(void **state)
{
    struct map map = MAP_INIT;
    char key[16];
    for (int i = 999; i >= 0; i--) {
        int len = snprintf(key, sizeof(key), "k%d", i);
        map_put(&map, span_of(key, (size_t)len))->value = (void *)(intptr_t)(i + 1);
    }
    int expected = 999;
    MAP_FOREACH (entry, &map) {
        assert_int_equal((intptr_t)entry->value, expected + 1);
        expected--;
    }
    assert_int_equal((intptr_t)map_get(&map, SPAN("k500")), 501);
    assert_null(map_get(&map, SPAN("absent")));
    map_done(&map);
}

static void test_put_twice_is_one_entry(void **state)
{
    struct map map = MAP_INIT;
    map_put(&map, SPAN("a"))->value = (char *)"1";
    map_put(&map, SPAN("a"))->value = (char *)"2";
    assert_int_equal(map.count, 1);
    assert_string_equal(map_get(&map, SPAN("a")), "2");
    map_done(&map);
}

static void test_remove_keeps_the_others(void **state)
{
    struct map map = MAP_INIT;
    map_put(&map, SPAN("a"))->value = (char *)"1";
    map_put(&map, SPAN("b"))->value = (char *)"2";
    map_put(&map, SPAN("c"))->value = (char *)"3";
    assert_string_equal(map_remove(&map, SPAN("b")), "2");
    assert_null(map_remove(&map, SPAN("b")));
    assert_string_equal(map_get(&map, SPAN("a")), "1");
    assert_string_equal(map_get(&map, SPAN("c")), "3");
    assert_int_equal(map.count, 2);
    map_done(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_insertion_order),
        cmocka_unit_test(test_put_twice_is_one_entry),
        cmocka_unit_test(test_remove_keeps_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
