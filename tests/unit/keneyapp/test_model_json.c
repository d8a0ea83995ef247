/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/model/json.h"
#include "support/test.h"

static const struct text_case {
    const char *name, *text, *json;
} TEXTS[] = {
    {"empty", "", "\"\""},
    {"plain", "abc", "\"abc\""},
    {"quote", "a\"b", "\"a\\\"b\""},
    {"backslash", "\\", "\"\\\\\""},
    {"control", "\x01\n\t\x1f", "\"\\u0001\\n\\t\\u001f\""},
    {"quote as the last of eight", "1234567\"", "\"1234567\\\"\""},
    {"quote as the first of eight", "12345678\"2345678", "\"12345678\\\"2345678\""},
    {"control in a long one", "abcdefgh\x1fjklmnop", "\"abcdefgh\\u001fjklmnop\""},
    {"character over the edge of eight", "1234567\xc3\xa9 12345678",
     "\"1234567\xc3\xa9 12345678\""},
    {"cut off in a long one", "12345678\xe2\x82", "\"12345678\xef\xbf\xbd\xef\xbf\xbd\""},
    {"delete is plain", "\x7f", "\"\x7f\""},
    {"two bytes", "Zo\xc3\xa9", "\"Zo\xc3\xa9\""},
    {"three bytes", "\xe2\x82\xac", "\"\xe2\x82\xac\""},
    {"four bytes", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
    {"lone continuation", "a\x80z", "\"a\xef\xbf\xbdz\""},
    {"cut off", "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"overlong", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"surrogate", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"past the end of Unicode", "\xf4\x90\x80\x80",
     "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

static void test_texts(void **state)
{
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
        print_message("%s\n", TEXTS[i].name);
        json_add_text(&out, span_cstr(TEXTS[i].text));
        assert_string_equal(strbuf_cstr(&out), TEXTS[i].json);
    }
}

static void test_integers(void **state)
{
    static const struct {
        int64_t number;
        const char *json;
    } CASES[] = {{0, "0"},
                 {-1, "-1"},
                 {10, "10"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
        json_add_int(&out, CASES[i].number);
        assert_string_equal(strbuf_cstr(&out), CASES[i].json);
    }
}

static void test_row(void **state)
{
    const struct entity *entity = entity_get(ENTITY_USERS);
    struct value row[ENTITY_FIELDS_MAX] = {0};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    row[0] = value_int(7);
    row[entity_field(entity, SPAN("username"))] = value_text(SPAN("nurse"));
    row[entity_field(entity, SPAN("hashed_password"))] = value_text(SPAN("secret"));
    row[entity_field(entity, SPAN("is_active"))] = value_int(1);
    row[entity_field(entity, SPAN("is_locked"))] = value_int(0);
    json_add_row(&out, entity, row);
    assert_string_equal(strbuf_cstr(&out),
                        "{\"id\":7,\"tenant_id\":null,\"email\":null,\"username\":\"nurse\","
                        "\"full_name\":null,\"role\":null,\"is_active\":true,\"is_locked\":false,"
                        "\"mfa_enabled\":null,\"last_login\":null,\"password_changed_at\":null,"
                        "\"created_at\":null,\"updated_at\":null}");
}

/* A text that has to be escaped does not disturb what stands around it. */
static void test_row_with_escapes(void **state)
{
    const struct entity *entity = entity_get(ENTITY_PATIENTS);
    struct value row[ENTITY_FIELDS_MAX] = {0};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    row[0] = value_int(INT64_MIN);
    row[1] = value_int(1);
    for (size_t i = 2; i < entity->field_count; i++)
        row[i] = value_text(i % 3 ? SPAN("plain and long") : SPAN("\"\"\"\"\"\"\"\"\"\""));
    json_add_row(&out, entity, row);
    assert_non_null(strstr(strbuf_cstr(&out), "{\"id\":-9223372036854775808,\"tenant_id\":1,"));
    assert_non_null(strstr(strbuf_cstr(&out),
                           "\"last_name\":\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\","
                           "\"date_of_birth\":\"plain and long\","));
    assert_non_null(strstr(strbuf_cstr(&out), "\"updated_at\":\"plain and long\"}"));
}

/* A buffer that is full says so, wherever that happens. */
static void test_row_overflow(void **state)
{
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    struct value row[ENTITY_FIELDS_MAX] = {0};
    row[entity_field(entity, SPAN("reason"))] = value_text(SPAN("\"x\""));
    for (size_t max = 0; max < 100; max++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(max);
        json_add_row(&out, entity, row);
        assert_true(out.overflow);
        assert_true(out.len <= max);
    }
}

static void test_tables_are_sound(void **state)
{
    for (int id = 0; id < ENTITY_COUNT; id++) {
        const struct entity *entity = entity_get((enum entity_id)id);
        print_message("%s\n", entity->table);
        assert_true(entity->field_count <= ENTITY_FIELDS_MAX);
        assert_string_equal(entity->fields[0].name, "id");
        for (size_t i = 0; i < entity->field_count; i++) {
            const struct field *field = &entity->fields[i];
            assert_int_equal(entity_field(entity, span_cstr(field->name)), (int)i);
            assert_true(!field->choices == (field->type != FIELD_CHOICE));
        }
    }
    assert_int_equal(entity_field(entity_get(ENTITY_PATIENTS), SPAN("nope")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_row),          cmocka_unit_test(test_row_with_escapes),
        cmocka_unit_test(test_row_overflow), cmocka_unit_test(test_tables_are_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
