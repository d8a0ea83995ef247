/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/model/validate.h"
#include "support/test.h"

#define PATIENT(more)                                                                              \
    "{\"first_name\":\"A\",\"last_name\":\"B\",\"date_of_birth\":\"2000-02-29\","                  \
    "\"gender\":\"other\",\"phone\":\"1\"" more "}"

static const struct body_case {
    const char *name;
    enum entity_id entity;
    const char *body;
    unsigned complaints;
    const char *says; /* in the complaints */
} BODIES[] = {
    {"smallest patient", ENTITY_PATIENTS, PATIENT(""), 0, NULL},
    {"optional null", ENTITY_PATIENTS, PATIENT(",\"email\":null"), 0, NULL},
    {"unknown member", ENTITY_PATIENTS, PATIENT(",\"shoe_size\":42"), 0, NULL},
    {"server's member", ENTITY_PATIENTS, PATIENT(",\"id\":42,\"created_at\":1"), 0, NULL},
    {"nothing", ENTITY_PATIENTS, "", 1, "json_invalid"},
    {"no JSON", ENTITY_PATIENTS, "{", 1, "json_invalid"},
    {"a list", ENTITY_PATIENTS, "[]", 1, "model_attributes_type"},
    {"member twice", ENTITY_PATIENTS, PATIENT(",\"phone\":\"2\""), 1, "json_invalid"},
    {"empty object", ENTITY_PATIENTS, "{}", 5, "missing"},
    {"required null", ENTITY_PATIENTS,
     "{\"first_name\":null,\"last_name\":\"B\",\"date_of_birth\":\"2000-01-01\","
     "\"gender\":\"male\",\"phone\":\"1\"}",
     1, "string_type"},
    {"email", ENTITY_PATIENTS, PATIENT(",\"email\":\"a@b.example\""), 0, NULL},
    {"bad email", ENTITY_PATIENTS, PATIENT(",\"email\":\"ab.example\""), 1, "email address"},
    {"email, two at", ENTITY_PATIENTS, PATIENT(",\"email\":\"a@b@c\""), 1, "email address"},
    {"email, space", ENTITY_PATIENTS, PATIENT(",\"email\":\"a @b\""), 1, "email address"},
    {"long blood type", ENTITY_PATIENTS, PATIENT(",\"blood_type\":\"123456\""), 1,
     "string_too_long"},
    {"number", ENTITY_PATIENTS, PATIENT(",\"ins_number\":\"199990123456789\""), 0, NULL},
    {"number, first 2", ENTITY_PATIENTS, PATIENT(",\"ins_number\":\"299990123456789\""), 1,
     "15 digits"},
    {"number, short", ENTITY_PATIENTS, PATIENT(",\"ins_number\":\"1\""), 1, "15 digits"},
    {"smallest appointment", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1,\"doctor_id\":2,\"appointment_date\":\"2026-01-31T10:00\","
     "\"reason\":\"x\"}",
     0, NULL},
    {"reference a text", ENTITY_APPOINTMENTS,
     "{\"patient_id\":\"1\",\"doctor_id\":2,\"appointment_date\":\"2026-01-31T10:00\","
     "\"reason\":\"x\"}",
     1, "int_type"},
    {"reference 0", ENTITY_APPOINTMENTS,
     "{\"patient_id\":0,\"doctor_id\":2,\"appointment_date\":\"2026-01-31T10:00\","
     "\"reason\":\"x\"}",
     1, "greater_than_equal"},
    {"a day is too long", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1,\"doctor_id\":2,\"appointment_date\":\"2026-01-31T10:00\","
     "\"reason\":\"x\",\"duration_minutes\":1441}",
     1, "less_than_equal"},
};

static void test_bodies(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        const struct body_case *c = &BODIES[i];
        AUTO(complaints_done) struct complaints complaints;
        AUTO(arena_done) struct arena arena;
        struct value row[ENTITY_FIELDS_MAX];
        print_message("%s\n", c->name);
        complaints_init(&complaints);
        arena_init(&arena, 1024);
        assert_int_equal(validate_new_row(entity_get(c->entity), span_cstr(c->body),
                                          SPAN("2026-01-01T00:00:00Z"), &arena, row, &complaints),
                         c->complaints ? -1 : 0);
        assert_int_equal(complaints.count, c->complaints);
        if (c->says)
            assert_non_null(strstr(strbuf_cstr(&complaints.items), c->says));
    }
}

static void test_new_row(void **state)
{
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    AUTO(complaints_done) struct complaints complaints;
    AUTO(arena_done) struct arena arena;
    struct value row[ENTITY_FIELDS_MAX];
    struct span body = SPAN("{\"patient_id\":1,\"doctor_id\":2,\"reason\":\"x\","
                            "\"appointment_date\":\"2026-01-31T10:00Z\",\"status\":\"completed\"}");
    complaints_init(&complaints);
    arena_init(&arena, 1024);
    assert_int_equal(
        validate_new_row(entity, body, SPAN("2026-01-01T00:00:00Z"), &arena, row, &complaints), 0);
    assert_int_equal(row[0].kind, VALUE_NULL);
    assert_int_equal(row[entity_field(entity, SPAN("tenant_id"))].number, 1);
    assert_int_equal(row[entity_field(entity, SPAN("duration_minutes"))].number, 30);
    assert_true(span_equal(row[entity_field(entity, SPAN("status"))].text, SPAN("scheduled")));
    assert_true(span_equal(row[entity_field(entity, SPAN("created_at"))].text,
                           SPAN("2026-01-01T00:00:00Z")));
    assert_int_equal(row[entity_field(entity, SPAN("notes"))].kind, VALUE_NULL);
}

static const struct form_case {
    enum field_type type;
    const char *text;
    bool right;
} FORMS[] = {
    {FIELD_DATE, "2024-02-29", true},
    {FIELD_DATE, "2023-02-29", false},
    {FIELD_DATE, "1900-02-29", false},
    {FIELD_DATE, "2000-02-29", true},
    {FIELD_DATE, "2024-13-01", false},
    {FIELD_DATE, "2024-04-31", false},
    {FIELD_DATE, "2024-1-1", false},
    {FIELD_DATE, "2024-01-01T00:00", false},
    {FIELD_DATE, "", false},
    {FIELD_DATETIME, "2024-02-29T10:00", true},
    {FIELD_DATETIME, "2024-02-29 10:00:59", true},
    {FIELD_DATETIME, "2024-02-29T10:00:59.123456Z", true},
    {FIELD_DATETIME, "2024-02-29T10:00:59+02:00", true},
    {FIELD_DATETIME, "2024-02-29T10:00-11:30", true},
    {FIELD_DATETIME, "2024-02-29T24:00", false},
    {FIELD_DATETIME, "2024-02-29T10:60", false},
    {FIELD_DATETIME, "2024-02-29T10:00:60", false},
    {FIELD_DATETIME, "2024-02-29T10:00:59.", false},
    {FIELD_DATETIME, "2024-02-29T10", false},
    {FIELD_DATETIME, "2024-02-29", false},
    {FIELD_DATETIME, "2024-02-29T10:00+2", false},
    {FIELD_DATETIME, "2024-02-29T10:00Zx", false},
};

static void test_forms(void **state)
{
    for (size_t i = 0; i < COUNT_OF(FORMS); i++) {
        struct field field = {.name = "x", .type = FORMS[i].type};
        const char *type;
        print_message("%s\n", FORMS[i].text);
        assert_int_equal(validate_text(&field, span_cstr(FORMS[i].text), &type) == NULL,
                         FORMS[i].right);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_new_row),
        cmocka_unit_test(test_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
