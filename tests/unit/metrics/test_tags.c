/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "metrics/registry.h"
#include "metrics/tags.h"
#include "support/test.h"

struct fixture {
    struct registry *registry;
    struct tag_table *table;
    const struct tag_set *empty;
};

static void setup(struct fixture *f)
{
    f->registry = registry_new();
    registry_add_selector(f->registry, SPAN("http_reqs{status:200}"), NULL);
    registry_add_selector(f->registry, SPAN("http_req_duration{status:200,method:GET}"), NULL);
    registry_add_selector(f->registry, SPAN("checks{group:\"\"}"), NULL);
    f->table = tag_table_new(f->registry);
    f->empty = tag_set_empty(f->table);
}

static void teardown(struct fixture *f)
{
    tag_table_free(&f->table);
    registry_free(&f->registry);
}

static void test_equal_sets_are_one(void **state)
{
    struct fixture f;
    setup(&f);
    const struct tag ab[] = {{SPAN("b"), SPAN("2")}, {SPAN("a"), SPAN("1")}};
    const struct tag_set *both = tag_set_with(f.table, f.empty, ab, 2);
    const struct tag_set *a = tag_set_with1(f.table, f.empty, SPAN("a"), SPAN("1"));
    assert_ptr_equal(both, tag_set_with1(f.table, a, SPAN("b"), SPAN("2")));
    assert_ptr_equal(a, tag_set_without(f.table, both, SPAN("b")));
    assert_ptr_equal(f.empty, tag_set_without(f.table, a, SPAN("a")));
    assert_ptr_equal(a, tag_set_without(f.table, a, SPAN("absent")));
    assert_ptr_equal(f.empty, tag_set_with(f.table, f.empty, NULL, 0));
    assert_int_equal(tag_table_count(f.table), 3);
    assert_true(span_equal(both->tags[0].key, SPAN("a")));
    assert_true(span_equal(both->tags[1].key, SPAN("b")));
    teardown(&f);
}

static void test_later_key_replaces(void **state)
{
    struct fixture f;
    setup(&f);
    const struct tag twice[] = {{SPAN("a"), SPAN("1")}, {SPAN("a"), SPAN("2")}};
    const struct tag_set *set = tag_set_with(f.table, f.empty, twice, 2);
    assert_int_equal(set->tag_count, 1);
    assert_string_equal(tag_set_get(set, SPAN("a")).ptr, "2");
    set = tag_set_with1(f.table, set, SPAN("a"), SPAN("3"));
    assert_string_equal(tag_set_get(set, SPAN("a")).ptr, "3");
    assert_null(tag_set_get(set, SPAN("b")).ptr);
    teardown(&f);
}

static void test_key_and_value_do_not_mix(void **state)
{
    struct fixture f;
    setup(&f);
    const struct tag_set *x = tag_set_with1(f.table, f.empty, SPAN("ab"), SPAN("c"));
    const struct tag_set *y = tag_set_with1(f.table, f.empty, SPAN("a"), SPAN("bc"));
    assert_ptr_not_equal(x, y);
    teardown(&f);
}

static void test_matches(void **state)
{
    struct fixture f;
    setup(&f);
    const struct tag_set *ok = tag_set_with1(f.table, f.empty, SPAN("status"), SPAN("200"));
    assert_int_equal(ok->match_count, 1);
    assert_string_equal(registry_series(f.registry, ok->matches[0])->name, "http_reqs{status:200}");
    const struct tag_set *get = tag_set_with1(f.table, ok, SPAN("method"), SPAN("GET"));
    assert_int_equal(get->match_count, 2);
    assert_true(get->matches[0] < get->matches[1]);
    const struct tag_set *bad = tag_set_with1(f.table, get, SPAN("status"), SPAN("500"));
    assert_int_equal(bad->match_count, 0);
    assert_int_equal(f.empty->match_count, 0); /* an absent tag is not an empty one */
    const struct tag_set *no_group = tag_set_with1(f.table, f.empty, SPAN("group"), SPAN(""));
    assert_int_equal(no_group->match_count, 1);
    teardown(&f);
}

static void test_many_sets(void **state)
{
    struct fixture f;
    const struct tag_set *sets[2000];
    char value[16];
    setup(&f);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2000; i++) {
            snprintf(value, sizeof(value), "v%d", i);
            const struct tag_set *set =
                tag_set_with1(f.table, f.empty, SPAN("url"), span_cstr(value));
            if (round == 0)
                sets[i] = set;
            assert_ptr_equal(set, sets[i]);
            assert_int_equal(set->id, i + 1);
        }
    }
    assert_int_equal(tag_table_count(f.table), 2001);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_sets_are_one),
        cmocka_unit_test(test_later_key_replaces),
        cmocka_unit_test(test_key_and_value_do_not_mix),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_many_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
