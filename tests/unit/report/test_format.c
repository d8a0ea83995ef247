/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/strbuf.h"
#include "report/format.h"
#include "support/test.h"

/* Expected texts are what k6 1.8 prints for the same values. */
static const struct duration_case {
    double ms;
    const char *unit, *text;
} DURATIONS[] = {
    {0, "", "0s"},
    {0.0004, "", "400ns"},
    {0.0384375, "", "38.43µs"},
    {0.71481, "", "714.81µs"},
    {1.3, "", "1.3ms"},
    {12.345, "", "12.34ms"},
    {1234.5678, "", "1.23s"},
    {59999, "", "59.99s"},
    {61234.5, "", "1m1s"},
    {3712469.3355, "", "1h1m52s"},
    {1500, "s", "1.50s"},
    {1500, "ms", "1500.00ms"},
    {1.5, "us", "1500.00µs"},
    {INFINITY, "", "inf"},
    {-INFINITY, "ms", "-inf"},
};

static void test_durations(void **state)
{
    for (size_t i = 0; i < COUNT_OF(DURATIONS); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(100);
        format_duration(&out, DURATIONS[i].ms, DURATIONS[i].unit);
        assert_string_equal(strbuf_cstr(&out), DURATIONS[i].text);
    }
}

static const struct bytes_case {
    double bytes;
    const char *text;
} BYTES[] = {
    {0, "0 B"}, {9, "9 B"}, {840, "840 B"}, {5400, "5.4 kB"}, {12345678, "12 MB"}, {1e9, "1.0 GB"},
};

static void test_bytes(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BYTES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(100);
        format_bytes(&out, BYTES[i].bytes);
        assert_string_equal(strbuf_cstr(&out), BYTES[i].text);
    }
}

static void test_numbers(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(100);
    format_number(&out, 3.965659, 6);
    strbuf_addc(&out, ' ');
    format_number(&out, 100, 0);
    strbuf_addc(&out, ' ');
    format_number(&out, -0.0, 6);
    strbuf_addc(&out, ' ');
    format_percent(&out, 2.0 / 3);
    assert_string_equal(strbuf_cstr(&out), "3.965659 100 0 66.66%");
    assert_int_equal(format_width("µs", 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
