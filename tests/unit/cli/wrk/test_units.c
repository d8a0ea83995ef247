/* SPDX-License-Identifier: Apache-2.0
 *
 * Every pair of number and text below was seen in wrk 4.1's output.
 */
#include "base/strbuf.h"
#include "base/util.h"
#include "cli/as/wrk/units.h"
#include "support/test.h"

static const struct {
    void (*format)(double n, char text[static UNITS_TEXT_BYTES]);
    double n;
    const char *text;
} CASES[] = {
    {units_time_us, 0, "0.00us"},
    {units_time_us, 849.994, "849.99us"},
    {units_time_us, 850, "0.85ms"},
    {units_time_us, 201470, "201.47ms"},
    {units_time_us, 999990, "999.99ms"},
    {units_time_us, 1100000, "1.10s"},
    {units_time_us, 50990000, "50.99s"},
    {units_time_us, 51000000, "0.85m"},
    {units_time_us, 7200e6, "120.00m"},
    {units_time_s, 50, "50s"},
    {units_time_s, 51, "1m"},
    {units_time_s, 90, "2m"},
    {units_time_s, 7200, "120m"},
    {units_metric, 704.4, "704.40"},
    {units_metric, 850, "0.85k"},
    {units_metric, 41970, "41.97k"},
    {units_metric, 1.5e12, "1.50T"},
    {units_metric, 1e16, "10000.00T"},
    {units_binary, 870, "870.00"},
    {units_binary, 871, "0.85K"},
    {units_binary, 1.22 * 1024 * 1024, "1.22M"},
};

static void test_numbers(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char text[UNITS_TEXT_BYTES];
        CASES[i].format(CASES[i].n, text);
        assert_string_equal(text, CASES[i].text);
    }
}

static void test_missing_unit_letters_are_blanks(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(100);
    units_add(&out, 8, "77.10us");
    units_add(&out, 8, "1.77s");
    units_add(&out, 8, "9.00");
    units_add(&out, 3, "1000.00k");
    assert_string_equal(strbuf_cstr(&out), " 77.10us  1.77s   9.00  1000.00k ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_missing_unit_letters_are_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
