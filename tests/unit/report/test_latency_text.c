/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "report/latency_text.h"
#include "support/test.h"

static void test_three_digits(void **state)
{
    static const struct {
        double ms;
        const char *text;
    } CASES[] = {
        {0, "0"},
        {1e-7, "0"},
        {1e-6, "1ns"},
        {0.0009994, "999ns"},
        {0.0009996, "1.00us"},
        {0.0123456, "12.3us"},
        {0.2904, "290us"},
        {0.9996, "1.00ms"},
        {1.15, "1.15ms"},
        {9.996, "10.0ms"},
        {56.38, "56.4ms"},
        {99.96, "100ms"},
        {999.6, "1.00s"},
        {2010, "2.01s"},
        {3600000, "3600s"},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(64);
        latency_text_add(&text, CASES[i].ms, false);
        assert_string_equal(strbuf_cstr(&text), CASES[i].text);
    }
}

static void test_the_micro_sign(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(64);
    latency_text_add(&text, 0.5, true);
    assert_string_equal(strbuf_cstr(&text), "500µs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_digits),
        cmocka_unit_test(test_the_micro_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
