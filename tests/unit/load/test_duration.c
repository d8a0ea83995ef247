/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "load/duration.h"
#include "support/test.h"

#define SECOND NSEC_PER_SEC

static const struct {
    const char *text;
    nsec_t ns;
} VALID[] = {
    {"0", 0},
    {"0s", 0},
    {"100", 100 * NSEC_PER_MSEC},
    {"1.5", 1500000},
    {"1e3", SECOND},
    {"1ns", 1},
    {"1us", 1000},
    {"1\xc2\xb5s", 1000},
    {"1\xce\xbcs", 1000},
    {"300ms", 300 * NSEC_PER_MSEC},
    {".5s", SECOND / 2},
    {"5.s", 5 * SECOND},
    {"+5s", 5 * SECOND},
    {"1.000000001s", SECOND + 1},
    {"1m30s", 90 * SECOND},
    {"1h2m3.5s", 3723 * SECOND + SECOND / 2},
    {"3s2h", 7203 * SECOND},
    {"1d", 86400 * SECOND},
    {"1d12h", 129600 * SECOND},
    {"2562047h47m16.854775807s", INT64_MAX},
};

static const char *const MALFORMED[] = {
    "",
    ".",
    "s",
    ".s",
    "1x",
    "1s ",
    " 1s",
    "-1s",
    "-5",
    "1h-2m",
    "d",
    "1d2",
    "1.5d",
    "1h1d",
    "inf",
    "nan",
    "0x10",
    "1e",
    "--1",
    "1 000",
    "1mss",
    "+",
    "2562047h47m16.854775808s",
    "99999999999999999999s",
    "106752d",
    "1e300",
};

static void valid_durations(void **state)
{
    for (size_t i = 0; i < sizeof(VALID) / sizeof(VALID[0]); i++) {
        nsec_t ns = -1;
        if (duration_parse(span_cstr(VALID[i].text), &ns) < 0 || ns != VALID[i].ns)
            fail_msg("%s: %lld", VALID[i].text, (long long)ns);
    }
}

static void malformed_durations(void **state)
{
    for (size_t i = 0; i < sizeof(MALFORMED) / sizeof(MALFORMED[0]); i++) {
        nsec_t ns = -1;
        if (duration_parse(span_cstr(MALFORMED[i]), &ns) == 0 || ns != -1)
            fail_msg("\"%s\" was taken as %lld", MALFORMED[i], (long long)ns);
    }
}

static const struct {
    nsec_t ns;
    const char *text;
} FORMATTED[] = {
    {0, "0s"},
    {1, "1ns"},
    {1100, "1.1\xc2\xb5s"},
    {2200000, "2.2ms"},
    {100000000, "100ms"},
    {SECOND, "1s"},
    {2500000000, "2.5s"},
    {90 * SECOND, "1m30s"},
    {3600 * SECOND, "1h0m0s"},
    {90061 * SECOND + 1, "25h1m1.000000001s"},
    {INT64_MAX, "2562047h47m16.854775807s"},
};

static void formatted_as_go_does(void **state)
{
    for (size_t i = 0; i < sizeof(FORMATTED) / sizeof(FORMATTED[0]); i++) {
        char buf[64];
        assert_string_equal(duration_format(FORMATTED[i].ns, buf, sizeof(buf)), FORMATTED[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_durations),
        cmocka_unit_test(malformed_durations),
        cmocka_unit_test(formatted_as_go_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
