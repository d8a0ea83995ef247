/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/routes/csv.h"
#include "support/test.h"

static const struct field FIELDS[] = {
    {.name = "id", .type = FIELD_INT},
    {.name = "secret", .type = FIELD_TEXT, .flags = FIELD_HIDDEN},
    {.name = "text", .type = FIELD_TEXT},
};
static const struct entity ENTITY = {
    .label = "Row", .table = "rows", .fields = FIELDS, .field_count = COUNT_OF(FIELDS)};

static void test_names(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
    csv_add_names(&out, &ENTITY);
    assert_string_equal(strbuf_cstr(&out), "id,text\r\n");
}

static const struct text_case {
    const char *name, *text, *csv; /* text NULL: nothing */
} TEXTS[] = {
    {"nothing", NULL, ""},
    {"empty", "", "\"\""},
    {"plain", "abc", "\"abc\""},
    {"comma and line end", "a,b\r\nc", "\"a,b\r\nc\""},
    {"quotes", "\"a\"b\"", "\"\"\"a\"\"b\"\"\""},
    {"formula", "=1+1", "\"'=1+1\""},
    {"plus", "+33 1", "\"'+33 1\""},
    {"minus", "-1", "\"'-1\""},
    {"at", "@SUM(A1)", "\"'@SUM(A1)\""},
    {"behind a tab", "\t=1", "\"'\t=1\""},
    {"behind a line end", "\r\n=1", "\"'\r\n=1\""},
    {"behind a space", " =1", "\"' =1\""},
    {"formula with quotes", "=\"a\"", "\"'=\"\"a\"\"\""},
    {"only inside", "a=1", "\"a=1\""},
    {"only white space", "  ", "\"  \""},
};

static void test_texts(void **state)
{
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
        const struct value row[] = {value_int(-7), value_text(SPAN("hidden")),
                                    value_text(span_cstr(TEXTS[i].text))};
        print_message("%s\n", TEXTS[i].name);
        csv_add_row(&out, &ENTITY, row);
        assert_memory_equal(strbuf_cstr(&out), "-7,", 3);
        assert_string_equal(strbuf_cstr(&out) + 3, TEXTS[i].csv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
