/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/http/query.h"
#include "support/test.h"

static const struct page_case {
    const char *query;
    const char *complaint; /* NULL: the page is right */
    int64_t skip, limit;
} PAGES[] = {
    {"", NULL, 0, 100},
    {"skip=0&limit=1", NULL, 0, 1},
    {"limit=1000", NULL, 0, 1000},
    {"skip=20&other=x", NULL, 20, 100},
    {"skip=+5", NULL, 5, 100},
    {"skip=%31%30", NULL, 10, 100},
    {"skip=99999999999999999999", NULL, INT64_MAX, 100},
    {"limit=5&limit=7", NULL, 0, 5},
    {"limit=0", "greater_than_equal", 0, 0},
    {"limit=1001", "less_than_equal", 0, 0},
    {"limit=99999999999999999999", "less_than_equal", 0, 0},
    {"skip=-1", "greater_than_equal", 0, 0},
    {"skip=x", "int_parsing", 0, 0},
    {"skip=", "int_parsing", 0, 0},
    {"skip=-", "int_parsing", 0, 0},
    {"skip=1.5", "int_parsing", 0, 0},
    {"limit=0x10", "int_parsing", 0, 0},
};

static void test_pages(void **state)
{
    for (size_t i = 0; i < COUNT_OF(PAGES); i++) {
        const struct page_case *c = &PAGES[i];
        AUTO(complaints_done) struct complaints complaints;
        AUTO(arena_done) struct arena arena;
        struct page page;
        print_message("\"%s\"\n", c->query);
        complaints_init(&complaints);
        arena_init(&arena, 1024);
        assert_int_equal(query_page(span_cstr(c->query), &arena, &page, &complaints),
                         c->complaint ? -1 : 0);
        if (c->complaint) {
            assert_non_null(strstr(strbuf_cstr(&complaints.items), c->complaint));
        } else {
            assert_int_equal(page.skip, c->skip);
            assert_int_equal(page.limit, c->limit);
        }
    }
}

static void test_both_are_told(void **state)
{
    AUTO(complaints_done) struct complaints complaints;
    AUTO(arena_done) struct arena arena;
    struct page page;
    complaints_init(&complaints);
    arena_init(&arena, 1024);
    assert_int_equal(query_page(SPAN("skip=-1&limit=0"), &arena, &page, &complaints), -1);
    assert_int_equal(complaints.count, 2);
    assert_string_equal(strbuf_cstr(&complaints.items),
                        "{\"type\":\"greater_than_equal\",\"loc\":[\"query\",\"skip\"],"
                        "\"msg\":\"Input should be greater than or equal to 0\"},"
                        "{\"type\":\"greater_than_equal\",\"loc\":[\"query\",\"limit\"],"
                        "\"msg\":\"Input should be greater than or equal to 1\"}");
}

static const struct value_case {
    const char *text, *name;
    const char *value; /* NULL: absent */
} VALUES[] = {
    {"username=a&password=b", "password", "b"},
    {"username=a+b%26c", "username", "a b&c"},
    {"user%6eame=x", "username", "x"},
    {"a=1%", "a", "1%"},
    {"a=%zz%4", "a", "%zz%4"},
    {"a=%41", "a", "A"},
    {"a", "a", ""},
    {"a=", "a", ""},
    {"b=a=c", "b", "a=c"},
    {"&&a=1", "a", "1"},
    {"", "a", NULL},
    {"aa=1", "a", NULL},
};

static void test_values(void **state)
{
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        AUTO(arena_done) struct arena arena;
        arena_init(&arena, 1024);
        print_message("\"%s\"\n", VALUES[i].text);
        struct span value =
            query_value(span_cstr(VALUES[i].text), span_cstr(VALUES[i].name), &arena);
        assert_int_equal(value.ptr != NULL, VALUES[i].value != NULL);
        assert_true(span_equal(value, span_cstr(VALUES[i].value)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_both_are_told),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
