/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/model/validate.h"
#include "support/test.h"

#define NOW SPAN("2026-01-01T09:00:00Z")

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
    {"only spaces", ENTITY_PATIENTS,
     "{\"first_name\":\"  \",\"last_name\":\"\\t\\n\",\"date_of_birth\":\"2000-02-29\","
     "\"gender\":\"other\",\"phone\":\"\\u00a0\\u2003\\u3000\\u0085\"}",
     3, "String should have at least 1 character"},
    {"spaces around", ENTITY_PATIENTS,
     "{\"first_name\":\" A \",\"last_name\":\"\\u200b\",\"date_of_birth\":\"2000-02-29\","
     "\"gender\":\"other\",\"phone\":\"1\"}",
     0, NULL},
    {"spaces where nothing is needed", ENTITY_PATIENTS, PATIENT(",\"address\":\"  \""), 0, NULL},
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
     "String should match pattern '^1[0-9]{14}$'"},
    {"number, short", ENTITY_PATIENTS, PATIENT(",\"ins_number\":\"1\""), 1,
     "String should match pattern '^1[0-9]{14}$'"},
    {"social security number, a woman's", ENTITY_PATIENTS,
     PATIENT(",\"social_security_number\":\"299990123456789\""), 0, NULL},
    {"social security number, a letter", ENTITY_PATIENTS,
     PATIENT(",\"social_security_number\":\"29999012345678A\""), 1,
     "String should match pattern '^[0-9]{15}$'"},
    {"social security number, short", ENTITY_PATIENTS,
     PATIENT(",\"social_security_number\":\"29999012345678\""), 1,
     "String should match pattern '^[0-9]{15}$'"},
    {"NUL", ENTITY_PATIENTS, PATIENT(",\"allergies\":\"a\\u0000b\""), 1, "json_invalid"},
    {"not UTF-8", ENTITY_PATIENTS, PATIENT(",\"allergies\":\"\xff\""), 1, "json_invalid"},
    {"half a surrogate pair", ENTITY_PATIENTS, PATIENT(",\"allergies\":\"\\ud800\""), 1,
     "json_invalid"},
    {"where JSON ends", ENTITY_PATIENTS, "{\"a\":}", 1, "\"loc\":[\"body\",6]"},
    {"lengths are in characters", ENTITY_PATIENTS,
     PATIENT(",\"blood_type\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\""), 0, NULL},
    {"every fault at once", ENTITY_PATIENTS,
     "{\"first_name\":\"\",\"last_name\":7,\"date_of_birth\":\"2001-02-29\",\"gender\":\"x\"}", 5,
     "Input should be 'male', 'female' or 'other'"},
    {"not born yet", ENTITY_PATIENTS,
     "{\"first_name\":\"A\",\"last_name\":\"B\",\"date_of_birth\":\"2026-01-02\","
     "\"gender\":\"male\",\"phone\":\"1\"}",
     1, "date_past"},
    {"born today", ENTITY_PATIENTS,
     "{\"first_name\":\"A\",\"last_name\":\"B\",\"date_of_birth\":\"2026-01-01\","
     "\"gender\":\"male\",\"phone\":\"1\"}",
     0, NULL},
    {"a day that is none", ENTITY_PATIENTS,
     "{\"first_name\":\"A\",\"last_name\":\"B\",\"date_of_birth\":\"2025-02-30\","
     "\"gender\":\"male\",\"phone\":\"1\"}",
     1, "date_from_datetime_parsing"},
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
     1, "Input should be greater than or equal to 1"},
    {"reference with a fraction", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1.5,\"doctor_id\":2,\"appointment_date\":\"2026-01-31T10:00\","
     "\"reason\":\"x\"}",
     1, "int_from_float"},
    {"a moment that is a number", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1,\"doctor_id\":2,\"appointment_date\":1,\"reason\":\"x\"}", 1,
     "datetime_type"},
    {"a moment without its time", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1,\"doctor_id\":2,\"appointment_date\":\"2026-01-31\",\"reason\":\"x\"}", 1,
     "datetime_from_date_parsing"},
    {"the last moment that an appointment can begin", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1,\"doctor_id\":2,\"appointment_date\":\"9999-12-30T23:59:59Z\","
     "\"reason\":\"x\"}",
     0, NULL},
    {"an appointment over the end of the calendar", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1,\"doctor_id\":2,\"appointment_date\":\"9999-12-31T00:00:00Z\","
     "\"reason\":\"x\",\"duration_minutes\":1}",
     1, "less_than_equal"},
    {"a day is too long", ENTITY_APPOINTMENTS,
     "{\"patient_id\":1,\"doctor_id\":2,\"appointment_date\":\"2026-01-31T10:00\","
     "\"reason\":\"x\",\"duration_minutes\":1441}",
     1, "less_than_equal"},
};

/* What every test needs. */
struct desk {
    struct complaints complaints;
    struct arena arena;
    struct validation validation;
};

static void desk_init(struct desk *desk)
{
    complaints_init(&desk->complaints);
    arena_init(&desk->arena, 1024);
    desk->validation =
        (struct validation){.now = NOW, .arena = &desk->arena, .complaints = &desk->complaints};
}

static void desk_done(struct desk *desk)
{
    complaints_done(&desk->complaints);
    arena_done(&desk->arena);
}

static void expect(const struct desk *desk, unsigned count, const char *says)
{
    assert_int_equal(desk->complaints.count, count);
    if (says)
        assert_non_null(strstr(strbuf_cstr(&desk->complaints.items), says));
}

static void test_bodies(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        const struct body_case *c = &BODIES[i];
        AUTO(desk_done) struct desk desk;
        struct value row[ENTITY_FIELDS_MAX];
        print_message("%s\n", c->name);
        desk_init(&desk);
        assert_int_equal(
            validate_new_row(&desk.validation, entity_get(c->entity), span_cstr(c->body), row),
            c->complaints ? -1 : 0);
        expect(&desk, c->complaints, c->says);
    }
}

static void test_new_row(void **state)
{
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    AUTO(desk_done) struct desk desk;
    struct value row[ENTITY_FIELDS_MAX];
    struct span body =
        SPAN("{\"patient_id\":1,\"doctor_id\":2,\"reason\":\"x\","
             "\"appointment_date\":\"2026-01-31T10:00+02:00\",\"status\":\"completed\"}");
    desk_init(&desk);
    assert_int_equal(validate_new_row(&desk.validation, entity, body, row), 0);
    assert_int_equal(row[0].kind, VALUE_NULL);
    assert_int_equal(row[entity_field(entity, SPAN("tenant_id"))].number, 1);
    assert_int_equal(row[entity_field(entity, SPAN("duration_minutes"))].number, 30);
    assert_true(span_equal(row[entity_field(entity, SPAN("status"))].text, SPAN("scheduled")));
    assert_true(span_equal(row[entity_field(entity, SPAN("appointment_date"))].text,
                           SPAN("2026-01-31T08:00:00Z")));
    assert_true(span_equal(row[entity_field(entity, SPAN("created_at"))].text, NOW));
    assert_int_equal(row[entity_field(entity, SPAN("notes"))].kind, VALUE_NULL);
}

static const struct change_case {
    const char *name, *body;
    unsigned complaints;
    const char *says;
    const char *fields; /* that change, commas between */
} CHANGES[] = {
    {"nothing", "{}", 0, NULL, ""},
    {"one", "{\"status\":\"confirmed\"}", 0, NULL, "status,"},
    {"two, one emptied", "{\"notes\":null,\"reason\":\"x\"}", 0, NULL, "reason,notes,"},
    {"server's fields stay", "{\"id\":4,\"created_at\":\"x\",\"tenant_id\":9}", 0, NULL, ""},
    {"may not be emptied", "{\"reason\":null}", 1, "string_type", NULL},
    {"has a fallback", "{\"duration_minutes\":null}", 1, "int_type", NULL},
    {"all faults", "{\"status\":\"x\",\"reason\":\"\",\"duration_minutes\":0}", 3,
     "'completed', 'cancelled' or 'no_show'", NULL},
    {"no object", "null", 1, "json_invalid", NULL},
    {"a list", "[]", 1, "model_attributes_type", NULL},
};

static void test_changes(void **state)
{
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        const struct change_case *c = &CHANGES[i];
        AUTO(desk_done) struct desk desk;
        AUTO(strbuf_done) struct strbuf fields = STRBUF_INIT(1024);
        struct value row[ENTITY_FIELDS_MAX];
        uint64_t mask = 0;
        print_message("%s\n", c->name);
        desk_init(&desk);
        assert_int_equal(validate_changes(&desk.validation, entity, span_cstr(c->body), row, &mask),
                         c->complaints ? -1 : 0);
        expect(&desk, c->complaints, c->says);
        for (size_t f = 0; f < entity->field_count; f++)
            if (mask & UINT64_C(1) << f)
                strbuf_addf(&fields, "%s,", entity->fields[f].name);
        if (c->fields)
            assert_string_equal(strbuf_cstr(&fields), c->fields);
    }
}

#define SMALL                                                                                      \
    "{\"first_name\":\"A\",\"last_name\":\"B\",\"date_of_birth\":\"2000-02-29\","                  \
    "\"gender\":\"other\",\"phone\":\"1\"}"

static const struct many_case {
    const char *name, *body;
    int rc;
    size_t count;
    unsigned complaints;
    const char *says;
} NEW_ROWS[] =
    {
        {"one", "[" SMALL "]", 0, 1, 0, NULL},
        {"three", "[" SMALL "," SMALL "," SMALL "]", 0, 3, 0, NULL},
        {"four are too many", "[" SMALL "," SMALL "," SMALL ",0]", -1, 4, 0, NULL},
        {"none", "[]", -1, 0, 1, "too_short"},
        {"no list", SMALL, -1, 0, 1, "list_type"},
        {"no JSON", "[", -1, 0, 1, "json_invalid"},
        {"which one", "[" SMALL ",7," SMALL "]", -1, 3, 1, "\"loc\":[\"body\",1]"},
        {"all of them", "[{}," SMALL ",{}]", -1, 3, 10, "\"loc\":[\"body\",2,\"phone\"]"},
},
  MANY_CHANGES[] = {
      {"one", "[{\"id\":1,\"phone\":\"2\"}]", 0, 1, 0, NULL},
      {"four are too many", "[0,0,0,0]", -1, 4, 0, NULL},
      {"no id", "[{\"id\":1},{}]", -1, 2, 1, "\"type\":\"missing\",\"loc\":[\"body\",1,\"id\"]"},
      {"id 0", "[{\"id\":0}]", -1, 1, 1, "greater_than_equal"},
      {"the same twice", "[{\"id\":5},{\"id\":4},{\"id\":5}]", -1, 3, 1, "the id 5 comes more"},
      {"bad change", "[{\"id\":5,\"phone\":\"\"}]", -1, 1, 1, "\"loc\":[\"body\",0,\"phone\"]"},
};

typedef int read_many_fn(const struct validation *validation, const struct entity *entity,
                         struct span body, size_t max, struct validated_rows *ret_rows);

static void check_many(const struct many_case *cases, size_t count, read_many_fn *read)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(desk_done) struct desk desk;
        struct validated_rows rows;
        print_message("%s\n", cases[i].name);
        desk_init(&desk);
        assert_int_equal(
            read(&desk.validation, entity_get(ENTITY_PATIENTS), span_cstr(cases[i].body), 3, &rows),
            cases[i].rc);
        assert_int_equal(rows.count, cases[i].count);
        expect(&desk, cases[i].complaints, cases[i].says);
    }
}

static void test_many(void **state)
{
    check_many(NEW_ROWS, COUNT_OF(NEW_ROWS), validate_new_rows);
    check_many(MANY_CHANGES, COUNT_OF(MANY_CHANGES), validate_many_changes);
}

static void test_many_rows_are_read(void **state)
{
    const struct entity *entity = entity_get(ENTITY_PATIENTS);
    size_t phone = (size_t)entity_field(entity, SPAN("phone"));
    AUTO(desk_done) struct desk desk;
    struct validated_rows rows;
    desk_init(&desk);
    assert_int_equal(validate_many_changes(&desk.validation, entity,
                                           SPAN("[{\"id\":9},{\"phone\":\"2\",\"id\":4}]"), 9,
                                           &rows),
                     0);
    assert_int_equal(rows.ids[0], 9);
    assert_int_equal(rows.masks[0], 0);
    assert_int_equal(rows.ids[1], 4);
    assert_int_equal(rows.masks[1], UINT64_C(1) << phone);
    assert_true(span_equal(rows.rows[entity->field_count + phone].text, SPAN("2")));
}

static const struct ids_case {
    const char *body;
    int rc;
    size_t count;
    unsigned complaints;
} IDS[] = {
    {"{\"ids\":[3,1,2]}", 0, 3, 0},
    {"{\"ids\":[1,2,3,4]}", -1, 4, 0},
    {"{\"ids\":[]}", -1, 0, 1},
    {"{\"ids\":7}", -1, 0, 1},
    {"{}", -1, 0, 1},
    {"[1]", -1, 0, 1},
    {"{\"ids\":[0,\"1\",1.5]}", -1, 3, 3},
};

static void test_ids(void **state)
{
    for (size_t i = 0; i < COUNT_OF(IDS); i++) {
        AUTO(desk_done) struct desk desk;
        int64_t *ids;
        size_t count;
        print_message("%s\n", IDS[i].body);
        desk_init(&desk);
        assert_int_equal(
            validate_ids(&desk.validation, "ids", span_cstr(IDS[i].body), 3, &ids, &count),
            IDS[i].rc);
        assert_int_equal(count, IDS[i].count);
        expect(&desk, IDS[i].complaints, NULL);
    }
}

static void test_shape(void **state)
{
    static const struct field FIELDS[] = {
        {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 3},
        {.name = "on", .type = FIELD_BOOL, .fallback = "1"},
    };
    static const struct shape SMALL_SHAPE = SHAPE("Small", FIELDS);
    AUTO(desk_done) struct desk desk;
    struct value values[COUNT_OF(FIELDS)];
    desk_init(&desk);
    assert_int_equal(
        validate_shape(&desk.validation, &SMALL_SHAPE, SPAN("{\"name\":\"abc\"}"), values), 0);
    assert_true(span_equal(values[0].text, SPAN("abc")));
    assert_int_equal(values[1].number, 1);
    assert_int_equal(validate_shape(&desk.validation, &SMALL_SHAPE,
                                    SPAN("{\"name\":\"abcd\",\"on\":1}"), values),
                     -1);
    expect(&desk, 2, "String should have at most 3 characters");
    expect(&desk, 2, "bool_type");
}

static const struct text_case {
    const char *name;
    struct field field;
    struct span text;
    const char *says; /* NULL: right */
} TEXTS[] = {
    {"NUL", {.name = "x", .type = FIELD_TEXT}, {"a\0b", 3}, "string_unicode"},
    {"not UTF-8", {.name = "x", .type = FIELD_TEXT}, {"\xc3", 1}, "string_unicode"},
    {"a day for a moment",
     {.name = "x", .type = FIELD_DATETIME, .flags = FIELD_DAY},
     {"2026-01-31", 10},
     NULL},
    {"no day for a moment",
     {.name = "x", .type = FIELD_DATETIME, .flags = FIELD_DAY},
     {"2026-02-31", 10},
     "datetime_from_date_parsing"},
    {"yes", {.name = "x", .type = FIELD_BOOL}, {"True", 4}, NULL},
    {"neither", {.name = "x", .type = FIELD_BOOL}, {"2", 1}, "bool_parsing"},
    {"number", {.name = "x", .type = FIELD_INT, .max = 7}, {" 7 ", 3}, NULL},
    {"no number", {.name = "x", .type = FIELD_INT, .max = 7}, {"7x", 2}, "int_parsing"},
    {"large", {.name = "x", .type = FIELD_INT, .max = 7}, {"8", 1}, "less than or equal to 7"},
};

static void test_texts(void **state)
{
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        AUTO(desk_done) struct desk desk;
        struct value value;
        print_message("%s\n", TEXTS[i].name);
        desk_init(&desk);
        assert_int_equal(
            validate_text(&desk.validation, "query", &TEXTS[i].field, TEXTS[i].text, &value),
            TEXTS[i].says ? -1 : 0);
        expect(&desk, TEXTS[i].says != NULL, TEXTS[i].says);
    }
}

/* A day stands for its first moment, or for the first of the next. */
static void test_days_as_moments(void **state)
{
    const struct field from = {.name = "x", .type = FIELD_DATETIME, .flags = FIELD_DAY};
    const struct field to = {.name = "x", .type = FIELD_DATETIME, .flags = FIELD_WHOLE_DAY};
    AUTO(desk_done) struct desk desk;
    struct value value;
    desk_init(&desk);
    assert_int_equal(validate_text(&desk.validation, "query", &from, SPAN("2024-02-29"), &value),
                     0);
    assert_true(span_equal(value.text, SPAN("2024-02-29T00:00:00Z")));
    assert_int_equal(validate_text(&desk.validation, "query", &to, SPAN("2024-02-29"), &value), 0);
    assert_true(span_equal(value.text, SPAN("2024-03-01T00:00:00Z")));
    assert_int_equal(validate_text(&desk.validation, "query", &to, SPAN("9999-12-31"), &value), 0);
    assert_true(span_equal(value.text, SPAN("9999-12-31T23:59:59Z")));
    assert_int_equal(
        validate_text(&desk.validation, "query", &to, SPAN("2024-02-29T10:00"), &value), 0);
    assert_true(span_equal(value.text, SPAN("2024-02-29T10:00:00Z")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_new_row),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_many_rows_are_read),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_days_as_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
