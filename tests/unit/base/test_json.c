/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "support/test.h"

static void test_commas_and_nesting(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_begin_object(&json);
    json_key(&json, "a");
    json_begin_array(&json);
    json_integer(&json, -1);
    json_begin_object(&json);
    json_end_object(&json);
    json_null(&json);
    json_end_array(&json);
    json_key(&json, "b");
    json_bool(&json, true);
    json_end_object(&json);
    assert_string_equal(strbuf_cstr(&out), "{\"a\":[-1,{},null],\"b\":true}");
}

static void test_strings_are_escaped(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
    json_quote(&out, SPAN("a\"b\\c\n\t\x01é"));
    assert_string_equal(strbuf_cstr(&out), "\"a\\\"b\\\\c\\n\\t\\u0001é\"");
}

static void test_numbers_read_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } CASES[] = {{0.1, "0.1"}, {1e21, "1e+21"}, {3, "3"}, {NAN, "null"}, {INFINITY, "null"}};

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
        struct json_writer json;
        json_writer_init(&json, &out);
        json_number(&json, CASES[i].value);
        assert_string_equal(strbuf_cstr(&out), CASES[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas_and_nesting),
        cmocka_unit_test(test_strings_are_escaped),
        cmocka_unit_test(test_numbers_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
