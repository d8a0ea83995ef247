/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/model/moment.h"
#include "support/test.h"

static const struct day_case {
    const char *text;
    const char *fault; /* NULL: it exists */
} DAYS[] = {
    {"2024-02-29", NULL},
    {"2000-02-29", NULL},
    {"0001-01-01", NULL},
    {"9999-12-31", NULL},
    {"2023-02-29", "day value is outside expected range"},
    {"1900-02-29", "day value is outside expected range"},
    {"2024-04-31", "day value is outside expected range"},
    {"2024-01-00", "day value is outside expected range"},
    {"2024-13-01", "month value is outside expected range of 1-12"},
    {"2024-00-01", "month value is outside expected range of 1-12"},
    {"0000-01-01", "year value is outside expected range of 1-9999"},
    {"2024-1-1", "invalid character in month"},
    {"2024/01/01", "invalid date separator, expected `-`"},
    {"20240101", "invalid date separator, expected `-`"},
    {"+024-01-01", "invalid character in year"},
    {"2024-01-01T00:00", "unexpected extra characters at the end of the input"},
    {"2024-01-", "input is too short"},
    {"", "input is too short"},
};

static void test_days(void **state)
{
    for (size_t i = 0; i < COUNT_OF(DAYS); i++) {
        const char *fault = moment_check_day(span_cstr(DAYS[i].text));
        print_message("%s\n", DAYS[i].text);
        if (DAYS[i].fault)
            assert_string_equal(fault, DAYS[i].fault);
        else
            assert_null(fault);
    }
}

static const struct moment_case {
    const char *text, *kept; /* NULL: refused */
} MOMENTS[] = {
    {"2024-02-29T10:00", "2024-02-29T10:00:00Z"},
    {"2024-02-29 10:00:59", "2024-02-29T10:00:59Z"},
    {"2024-02-29t10:00:59z", "2024-02-29T10:00:59Z"},
    {"2024-02-29T10:00:59.123456Z", "2024-02-29T10:00:59Z"},
    {"2024-02-29T10:00:59+02:00", "2024-02-29T08:00:59Z"},
    {"2024-03-01T00:30+01:00", "2024-02-29T23:30:00Z"},
    {"2023-12-31T23:00-11:30", "2024-01-01T10:30:00Z"},
    {"0001-01-01T00:00Z", "0001-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
    {"0001-01-01T00:00+00:01", NULL},
    {"9999-12-31T23:59-00:01", NULL},
    {"2024-02-30T10:00", NULL},
    {"2024-02-29T24:00", NULL},
    {"2024-02-29T10:60", NULL},
    {"2024-02-29T10:00:60", NULL},
    {"2024-02-29T10:00:59.", NULL},
    {"2024-02-29T10:00:59.1234567890", NULL},
    {"2024-02-29T10", NULL},
    {"2024-02-29", NULL},
    {"2024-02-29T10:00+2", NULL},
    {"2024-02-29T10:00+0200", NULL},
    {"2024-02-29T10:00+24:00", NULL},
    {"2024-02-29T10:00Zx", NULL},
    {"2024-02-29x10:00", NULL},
    {"", NULL},
};

static void test_moments(void **state)
{
    for (size_t i = 0; i < COUNT_OF(MOMENTS); i++) {
        char kept[MOMENT_BYTES];
        print_message("%s\n", MOMENTS[i].text);
        const char *fault = moment_read(span_cstr(MOMENTS[i].text), kept);
        assert_int_equal(fault == NULL, MOMENTS[i].kept != NULL);
        if (MOMENTS[i].kept)
            assert_string_equal(kept, MOMENTS[i].kept);
    }
}

static void test_nul_is_no_separator(void **state)
{
    char kept[MOMENT_BYTES];
    assert_non_null(moment_read(SPAN("2024-02-29\0"
                                     "10:00"),
                                kept));
    assert_non_null(moment_read(SPAN("2024-02-29T10:00\0"), kept));
}

static void test_seconds(void **state)
{
    static const struct {
        int64_t seconds;
        const char *moment;
    } CASES[] = {{0, "1970-01-01T00:00:00Z"},
                 {-1, "1969-12-31T23:59:59Z"},
                 {951782400, "2000-02-29T00:00:00Z"},
                 {-62135596800, "0001-01-01T00:00:00Z"}};

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char moment[MOMENT_BYTES];
        moment_write(CASES[i].seconds, moment);
        assert_string_equal(moment, CASES[i].moment);
        assert_int_equal(moment_seconds(span_cstr(moment)), CASES[i].seconds);
    }
    assert_int_equal(moment_seconds(SPAN("yesterday")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_nul_is_no_separator),
        cmocka_unit_test(test_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
