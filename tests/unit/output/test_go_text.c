/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers, texts and times as k6 writes them; the expected texts are from its JSON output.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "output/go_text.h"
#include "support/test.h"

static void test_numbers(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-2, "-2"},
        {520, "520"},
        {1.5, "1.5"},
        {14.247771, "14.247771"},
        {0.178046, "0.178046"},
        {100000, "100000"},
        {999999, "999999"},
        {999999.999999, "999999.999999"},
        {123456.7, "123456.7"},
        {1e6, "1e+06"},
        {1234567, "1.234567e+06"},
        {123456789.125, "1.23456789125e+08"},
        {1e20, "1e+20"},
        {1e21, "1e+21"},
        {0.0001, "0.0001"},
        {0.00012345, "0.00012345"},
        {0.000001, "1e-06"},
        {0.0000012, "1.2e-06"},
        {1e-7, "1e-07"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {1200.977153, "1200.977153"},
        {INFINITY, "null"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
        go_text_number(&out, cases[i].value);
        assert_string_equal(strbuf_cstr(&out), cases[i].text);
    }
}

/* The short way for milliseconds and the general one must agree on what is shortest. */
static void test_numbers_read_back(void **state)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (int i = 0; i < 20000; i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
        char general[64];
        double value = (double)rng_below(&rng, 1000000000000) / 1e6;
        value = i % 2 ? nextafter(value, INFINITY) : value;
        go_text_number(&out, value);
        assert_true(strtod(strbuf_cstr(&out), NULL) == value);
        snprintf(general, sizeof(general), "%.15g", value);
        if (value >= 1e-4 && value < 1e6 && strtod(general, NULL) == value)
            assert_string_equal(strbuf_cstr(&out), general);
    }
}

static void test_quotes(void **state)
{
    static const struct {
        const char *name, *text, *quoted;
    } cases[] = {
        {"plain", "a b/c'`~\x7f", "\"a b/c'`~\x7f\""},
        {"empty", "", "\"\""},
        {"html", "a<b>&\"\\", "\"a\\u003cb\\u003e\\u0026\\\"\\\\\""},
        {"control", "\b\f\x1f\t\r\n", "\"\\u0008\\u000c\\u001f\\t\\r\\n\""},
        {"utf-8", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
         "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"line separators", "\xe2\x80\xa8\xe2\x80\xa9", "\"\\u2028\\u2029\""},
        {"no utf-8", "a\xff\x62", "\"a\\ufffdb\""},
        {"cut short", "a\xe2\x82", "\"a\\ufffd\\ufffd\""},
        {"overlong", "\xc0\xaf", "\"\\ufffd\\ufffd\""},
        {"surrogate", "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"too large", "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(256);
        go_text_quote(&out, span_cstr(cases[i].text));
        if (!span_equal(strbuf_span(&out), span_cstr(cases[i].quoted)))
            fail_msg("%s: %s", cases[i].name, strbuf_cstr(&out));
    }
}

static void test_times(void **state)
{
    static const struct {
        nsec_t ns;
        const char *fraction, *duration;
    } cases[] = {
        {1, ".000000001", "1ns"},
        {1500, ".0000015", "1.5µs"},
        {250000000, ".25", "250ms"},
        {588366259, ".588366259", "588.366259ms"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_done) struct strbuf fraction = STRBUF_INIT(64), duration = STRBUF_INIT(64);
        go_text_fraction(&fraction, cases[i].ns);
        go_text_duration(&duration, cases[i].ns);
        assert_string_equal(strbuf_cstr(&fraction), cases[i].fraction);
        assert_string_equal(strbuf_cstr(&duration), cases[i].duration);
    }
    AUTO(strbuf_done) struct strbuf none = STRBUF_INIT(64);
    go_text_fraction(&none, 0);
    assert_string_equal(strbuf_cstr(&none), "");
}

static void test_long_durations(void **state)
{
    static const struct {
        nsec_t ms;
        const char *text;
    } cases[] = {
        {1000, "1s"},     {1500, "1.5s"},      {60000, "1m0s"},
        {90000, "1m30s"}, {3600000, "1h0m0s"}, {90061001, "25h1m1.001s"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
        go_text_duration(&out, cases[i].ms * NSEC_PER_MSEC);
        assert_string_equal(strbuf_cstr(&out), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),        cmocka_unit_test(test_numbers_read_back),
        cmocka_unit_test(test_quotes),         cmocka_unit_test(test_times),
        cmocka_unit_test(test_long_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
