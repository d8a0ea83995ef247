/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/jsonw.h"
#include "base/strbuf.h"
#include "support/test.h"

static void test_commas_and_nesting(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
    struct jsonw json;
    jsonw_init(&json, &out);
    jsonw_begin_object(&json);
    jsonw_key(&json, "a");
    jsonw_begin_array(&json);
    jsonw_integer(&json, -1);
    jsonw_begin_object(&json);
    jsonw_end_object(&json);
    jsonw_null(&json);
    jsonw_end_array(&json);
    jsonw_key(&json, "b");
    jsonw_bool(&json, true);
    jsonw_end_object(&json);
    assert_string_equal(strbuf_cstr(&out), "{\"a\":[-1,{},null],\"b\":true}");
}

static void test_strings_are_escaped(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
    jsonw_quote(&out, SPAN("a\"b\\c\n\t\x01é"));
    assert_string_equal(strbuf_cstr(&out), "\"a\\\"b\\\\c\\n\\t\\u0001é\"");
}

static void test_what_is_no_utf8_is_replaced(void **state)
{
    static const struct {
        const char *text, *written;
    } CASES[] = {
        {"a\xff"
         "b",
         "\"a\uFFFDb\""},
        {"\xed\xa0\x80", "\"\uFFFD\uFFFD\uFFFD\""}, /* a lone surrogate */
        {"\xc0\x80", "\"\uFFFD\uFFFD\""},
        {"\xe2\x82", "\"\uFFFD\uFFFD\""},
        {"\xf4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},
        {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
        jsonw_quote(&out, span_cstr(CASES[i].text));
        assert_string_equal(strbuf_cstr(&out), CASES[i].written);
    }
}

static void test_numbers_read_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } CASES[] = {{0.1, "0.1"}, {1e21, "1e+21"}, {3, "3"}, {NAN, "null"}, {INFINITY, "null"}};

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
        struct jsonw json;
        jsonw_init(&json, &out);
        jsonw_number(&json, CASES[i].value);
        assert_string_equal(strbuf_cstr(&out), CASES[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas_and_nesting),
        cmocka_unit_test(test_strings_are_escaped),
        cmocka_unit_test(test_what_is_no_utf8_is_replaced),
        cmocka_unit_test(test_numbers_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
