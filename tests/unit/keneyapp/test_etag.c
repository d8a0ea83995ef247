/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "keneyapp/http/etag.h"
#include "support/test.h"

#define TAG "\"0123456789abcdef0123456789abcdef\""

static const struct match_case {
    const char *header;
    bool matches;
} MATCHES[] = {
    {TAG, true},
    {"W/" TAG, true},
    {"*", true},
    {" * ", true},
    {"\"a\", " TAG, true},
    {"\"a\"," TAG ",\"b\"", true},
    {"W/\"a\" , W/" TAG, true},
    {", ,, " TAG ",", true},
    {"\"a,b\", " TAG, true},
    {"\"a,*\", " TAG, true},
    {"\"\", " TAG, true},
    {NULL, false},
    {"", false},
    {",", false},
    {"\"\"", false},
    {"\"a\"", false},
    {"0123456789abcdef0123456789abcdef", false},
    {"\"0123456789abcdef0123456789abcdef", false},
    {"\"0123456789abcdef0123456789abcdef-gzip\"", false},
    {"\"0123456789ABCDEF0123456789ABCDEF\"", false},
    {"w/" TAG, false},
    {"W/ " TAG, false},
    {"\"a\" " TAG, false},
    {"a, " TAG, false},
    {"\"a b\", " TAG, false},
    {"\"a, *\", " TAG, false},
    {"\"a\", *", false},
    {"**", false},
    {TAG TAG, true},
};

static void test_matches(void **state)
{
    const struct etag etag = {TAG};
    for (size_t i = 0; i < COUNT_OF(MATCHES); i++) {
        print_message("%s\n", MATCHES[i].header ? MATCHES[i].header : "(none)");
        assert_int_equal(etag_matches(span_cstr(MATCHES[i].header), &etag), MATCHES[i].matches);
    }
    const struct etag none = {""};
    assert_false(etag_matches(SPAN("*"), &none));
    assert_false(etag_matches(SPAN("\"\""), &none));
}

/* The tag of a body is the same in every process and release, or every client fetches anew. */
static void test_tags(void **state)
{
    struct etag a, b, coded;
    etag_make(SPAN("{\"items\":[]}"), &a);
    etag_make(SPAN("{\"items\":[]}"), &b);
    assert_string_equal(a.text, b.text);
    assert_int_equal(strlen(a.text), 34);
    assert_true(etag_matches(span_cstr(a.text), &a));
    etag_make(SPAN("{\"items\":[1]}"), &b);
    assert_string_not_equal(a.text, b.text);
    etag_make(SPAN_EMPTY, &b);
    assert_string_equal(b.text, "\"d98c380a36be15c4c5069cb2ed64ade0\"");
    etag_of_encoding(&b, ENCODING_IDENTITY, &coded);
    assert_string_equal(coded.text, b.text);
    etag_of_encoding(&b, ENCODING_GZIP, &coded);
    assert_string_equal(coded.text, "\"d98c380a36be15c4c5069cb2ed64ade0-gzip\"");
    assert_false(etag_matches(span_cstr(coded.text), &b));
    etag_of_encoding(&b, ENCODING_BROTLI, &coded);
    assert_string_equal(coded.text, "\"d98c380a36be15c4c5069cb2ed64ade0-br\"");
    assert_true(etag_matches(span_cstr(coded.text), &coded));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
