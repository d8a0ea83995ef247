/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/http/query.h"
#include "keneyapp/routes/listing.h"
#include "support/test.h"

/* What every test needs. */
struct desk {
    struct complaints complaints;
    struct arena arena;
    struct validation validation;
    struct parameters parameters;
};

static void desk_init(struct desk *desk)
{
    complaints_init(&desk->complaints);
    arena_init(&desk->arena, 1024);
    desk->validation = (struct validation){.now = SPAN("2026-01-01T09:00:00Z"),
                                           .arena = &desk->arena,
                                           .complaints = &desk->complaints};
}

static void desk_done(struct desk *desk)
{
    complaints_done(&desk->complaints);
    arena_done(&desk->arena);
}

static int read_patients(struct desk *desk, const char *query)
{
    desk_init(desk);
    return query_read(&desk->validation, &PATIENTS_QUERY, entity_get(ENTITY_PATIENTS),
                      span_cstr(query), &desk->parameters);
}

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
    {"limit=0", "greater than or equal to 1", 0, 0},
    {"limit=1001", "less than or equal to 1000", 0, 0},
    {"limit=99999999999999999999", "less_than_equal", 0, 0},
    {"skip=-1", "greater_than_equal", 0, 0},
    {"skip=x", "int_parsing", 0, 0},
    {"skip=1%00", "int_parsing", 0, 0},
    {"skip=", "int_parsing", 0, 0},
    {"skip=-", "int_parsing", 0, 0},
    {"skip=1.5", "int_parsing", 0, 0},
    {"limit=0x10", "int_parsing", 0, 0},
    {"sort_order=up", "Input should be 'asc' or 'desc'", 0, 0},
    {"sort_by=nope", "Input should be 'id', 'first_name', 'last_name', 'date_of_birth' or", 0, 0},
    {"sort_by=allergies", "enum", 0, 0},
    {"sort_by=", "enum", 0, 0},
    {"include=appointments,shoes", "Input should be 'appointments' or 'prescriptions'", 0, 0},
    {"search=%00", "string_unicode", 0, 0},
    {"search=%ff", "string_unicode", 0, 0},
};

static void test_pages(void **state)
{
    for (size_t i = 0; i < COUNT_OF(PAGES); i++) {
        const struct page_case *c = &PAGES[i];
        AUTO(desk_done) struct desk desk;
        print_message("\"%s\"\n", c->query);
        assert_int_equal(read_patients(&desk, c->query), c->complaint ? -1 : 0);
        if (c->complaint) {
            assert_non_null(strstr(strbuf_cstr(&desk.complaints.items), c->complaint));
        } else {
            assert_int_equal(parameters_value(&desk.parameters, "skip")->number, c->skip);
            assert_int_equal(parameters_value(&desk.parameters, "limit")->number, c->limit);
        }
    }
}

static void test_all_are_told(void **state)
{
    AUTO(desk_done) struct desk desk;
    assert_int_equal(read_patients(&desk, "skip=-1&limit=0"), -1);
    assert_int_equal(desk.complaints.count, 2);
    assert_string_equal(strbuf_cstr(&desk.complaints.items),
                        "{\"type\":\"greater_than_equal\",\"loc\":[\"query\",\"skip\"],"
                        "\"msg\":\"Input should be greater than or equal to 0\"},"
                        "{\"type\":\"greater_than_equal\",\"loc\":[\"query\",\"limit\"],"
                        "\"msg\":\"Input should be greater than or equal to 1\"}");
}

static const struct include_case {
    const char *query;
    int64_t bits;
} INCLUDES[] = {
    {"", 0},
    {"include=", 0},
    {"include=appointments", 1},
    {"include=prescriptions", 2},
    {"include=prescriptions,appointments", 3},
    {"include=prescriptions%2C+appointments", 3},
};

static void test_includes(void **state)
{
    for (size_t i = 0; i < COUNT_OF(INCLUDES); i++) {
        AUTO(desk_done) struct desk desk;
        print_message("\"%s\"\n", INCLUDES[i].query);
        assert_int_equal(read_patients(&desk, INCLUDES[i].query), 0);
        assert_int_equal(parameters_value(&desk.parameters, "include")->number, INCLUDES[i].bits);
    }
}

/* What a store is asked for. */
static void test_listing_query(void **state)
{
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    AUTO(desk_done) struct desk desk;
    struct list_query query;
    desk_init(&desk);
    assert_int_equal(
        query_read(&desk.validation, &APPOINTMENTS_QUERY, entity,
                   SPAN("skip=3&limit=7&sort_by=appointment_date&sort_order=desc&doctor_id=4&"
                        "status=confirmed&date_from=2026-01-31&date_to=2026-01-31"),
                   &desk.parameters),
        0);
    listing_query(entity, &desk.parameters, &query);
    assert_int_equal(query.skip, 3);
    assert_int_equal(query.limit, 7);
    assert_string_equal(entity->fields[query.sort_field].name, "appointment_date");
    assert_true(query.descending);
    assert_int_equal(query.filter_count, 4);
    assert_string_equal(entity->fields[query.filters[0].field].name, "status");
    assert_int_equal(query.filters[1].value.number, 4);
    assert_int_equal(query.filters[2].kind, FILTER_FROM);
    assert_true(span_equal(query.filters[2].value.text, SPAN("2026-01-31T00:00:00Z")));
    assert_int_equal(query.filters[3].kind, FILTER_BEFORE);
    assert_true(span_equal(query.filters[3].value.text, SPAN("2026-02-01T00:00:00Z")));
}

/* However many parameters come at once, a store takes them. */
static void test_filters_fit(void **state)
{
    AUTO(desk_done) struct desk desk;
    struct list_query query;
    desk_init(&desk);
    assert_int_equal(query_read(&desk.validation, &AUDIT_QUERY, entity_get(ENTITY_AUDIT),
                                SPAN("user=a&action=b&resource_type=c&from=2026-01-01&"
                                     "to=2026-01-02&status=success"),
                                &desk.parameters),
                     0);
    listing_query(entity_get(ENTITY_AUDIT), &desk.parameters, &query);
    assert_int_equal(query.filter_count, FILTERS_MAX);
    assert_true(query.descending);
}

static const struct ids_case {
    const char *query;
    int rc;
    size_t count;
    unsigned complaints;
} IDS[] = {
    {"ids=1,2,3", 0, 3, 0},        {"ids=1&ids=2", 0, 2, 0}, {"ids=1%2C2&x=7&ids=3", 0, 3, 0},
    {"ids=1,2&ids=3,4", -1, 4, 0}, {"", -1, 0, 1},           {"ids=", -1, 0, 1},
    {"ids=1,,2", -1, 3, 1},        {"ids=0,x", -1, 2, 2},
};

static void test_ids(void **state)
{
    for (size_t i = 0; i < COUNT_OF(IDS); i++) {
        AUTO(desk_done) struct desk desk;
        int64_t *ids;
        size_t count;
        print_message("\"%s\"\n", IDS[i].query);
        desk_init(&desk);
        assert_int_equal(
            query_ids(&desk.validation, span_cstr(IDS[i].query), "ids", 3, &ids, &count),
            IDS[i].rc);
        assert_int_equal(count, IDS[i].count);
        assert_int_equal(desk.complaints.count, IDS[i].complaints);
        for (size_t n = 0; IDS[i].rc == 0 && n < count; n++)
            assert_int_equal(ids[n], n + 1);
    }
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
        cmocka_unit_test(test_pages),       cmocka_unit_test(test_all_are_told),
        cmocka_unit_test(test_includes),    cmocka_unit_test(test_listing_query),
        cmocka_unit_test(test_filters_fit), cmocka_unit_test(test_ids),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
