/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"
#include "support/test.h"

static const struct number_case {
    const char *name;
    const char *text;
    uint64_t max;
    int result;
    uint64_t value;
} NUMBERS[] = {
    {"plain", "42", UINT64_MAX, 0, 42},
    {"largest", "18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
    {"overflow", "18446744073709551616", UINT64_MAX, -1, 0},
    {"past max", "256", 255, -1, 0},
    {"at max", "255", 255, 0, 255},
    {"digit above a small max", "7", 3, -1, 0},
    {"sign", "+1", 255, -1, 0},
    {"space", " 1", 255, -1, 0},
    {"empty", "", 255, -1, 0},
};

static void test_numbers(void **state)
{
    for (size_t i = 0; i < COUNT_OF(NUMBERS); i++) {
        uint64_t value = 0;
        print_message("%s\n", NUMBERS[i].name);
        assert_int_equal(span_to_u64(span_cstr(NUMBERS[i].text), NUMBERS[i].max, &value),
                         NUMBERS[i].result);
        assert_true(value == NUMBERS[i].value);
    }
}

static void test_cut_and_trim(void **state)
{
    struct span rest;
    assert_true(span_equal(span_cut(SPAN("a=b=c"), '=', &rest), SPAN("a")));
    assert_true(span_equal(rest, SPAN("b=c")));
    assert_true(span_equal(span_cut(SPAN("abc"), '=', &rest), SPAN("abc")));
    assert_int_equal(rest.len, 0);
    assert_true(span_equal(span_trim(SPAN(" \t x y \t")), SPAN("x y")));
    assert_int_equal(span_trim(SPAN("  ")).len, 0);
}

static const struct {
    const char *name;
    struct span text;
    size_t length;
} SEQUENCES[] = {
    {"ascii", {"a\xff", 2}, 1},
    {"NUL", {"", 1}, 1},
    {"two bytes", {"\xc2\xb5", 2}, 2},
    {"three bytes", {"\xe2\x82\xac", 3}, 3},
    {"four bytes", {"\xf0\x9f\x98\x80", 4}, 4},
    {"the last one", {"\xf4\x8f\xbf\xbf", 4}, 4},
    {"past the last one", {"\xf4\x90\x80\x80", 4}, 0},
    {"first byte too large", {"\xf5\x80\x80\x80", 4}, 0},
    {"cut", {"\xe2\x82", 2}, 0},
    {"broken off", {"\xe2(\xa1", 3}, 0},
    {"continuation alone", {"\x80", 1}, 0},
    {"overlong in two", {"\xc1\xbf", 2}, 0},
    {"overlong in three", {"\xe0\x9f\xbf", 3}, 0},
    {"overlong in four", {"\xf0\x8f\xbf\xbf", 4}, 0},
    {"surrogate", {"\xed\xa0\x80", 3}, 0},
};

static void test_utf8(void **state)
{
    for (size_t i = 0; i < COUNT_OF(SEQUENCES); i++) {
        print_message("%s\n", SEQUENCES[i].name);
        assert_int_equal(span_utf8_length(SEQUENCES[i].text), SEQUENCES[i].length);
    }
}

static void test_comparisons(void **state)
{
    assert_true(span_equal_nocase(SPAN("Content-Type"), SPAN("content-TYPE")));
    assert_false(span_equal_nocase(SPAN("a"), SPAN("ab")));
    assert_true(span_starts_with(SPAN("abc"), SPAN("ab")));
    assert_true(span_ends_with(SPAN("abc"), SPAN("bc")));
    assert_false(span_ends_with(SPAN("c"), SPAN("bc")));
    assert_int_equal(span_compare(SPAN("a"), SPAN("ab")), -1);
    assert_int_equal(span_compare(SPAN("b"), SPAN("ab")), 1);
    assert_int_equal(span_compare(SPAN_EMPTY, SPAN_EMPTY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_cut_and_trim),
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
