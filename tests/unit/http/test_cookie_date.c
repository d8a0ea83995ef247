/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "http/cookie_date.h"
#include "support/test.h"

static const struct date_case {
    const char *text;
    int64_t unix_s;
    int result;
} CASES[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777, 0},
    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777, 0},
    {"Sun Nov  6 08:49:37 1994", 784111777, 0},
    {"06 nov 1994 8:49:37", 784111777, 0},
    {"1994 November 6 08:49:37zulu", 784111777, 0},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0, 0},
    {"Wed, 31 Dec 1969 23:59:59 GMT", -1, 0},
    {"Thu, 29 Feb 2024 12:00:00 GMT", 1709208000, 0},
    {"Fri, 31-Dec-9999 23:59:59 GMT", 253402300799, 0},
    {"01-Jan-69 00:00:00", 3124224000, 0},
    {"01-Jan-70 00:00:00", 0, 0},
    {"Mon, 01 Jan 1601 00:00:00 GMT", -11644473600, 0},

    {"", 0, -1},
    {"0", 0, -1},
    {"tomorrow", 0, -1},
    {"Sun, 06 Nov 1994", 0, -1},
    {"Sun, 06 1994 08:49:37", 0, -1},
    {"Nov 1994 08:49:37", 0, -1},
    {"06 Nov 08:49:37", 0, -1},
    {"30 Feb 2024 00:00:00", 0, -1},
    {"29 Feb 2023 00:00:00", 0, -1},
    {"29 Feb 1900 00:00:00", 0, -1},
    {"00 Jan 2024 00:00:00", 0, -1},
    {"32 Jan 2024 00:00:00", 0, -1},
    {"01 Jan 1600 00:00:00", 0, -1},
    {"01 Jan 2024 24:00:00", 0, -1},
    {"01 Jan 2024 00:60:00", 0, -1},
    {"01 Jan 2024 00:00:60", 0, -1},
    {"01 Jan 2024 000:00:00", 0, -1},
    {"01 Jan 20245 00:00:00", 0, -1},
};

static void test_parse(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t unix_s = 0;
        print_message("'%s'\n", CASES[i].text);
        assert_int_equal(cookie_date_parse(span_cstr(CASES[i].text), &unix_s), CASES[i].result);
        assert_int_equal(unix_s, CASES[i].unix_s);
    }
}

/* Against the C library, over the whole range. */
static void test_calendar(void **state)
{
    for (time_t unix_s = -11644473600; unix_s <= 253402300799; unix_s += 86400 * 17 + 12345) {
        struct tm tm;
        char text[64];
        int64_t parsed = 0;
        gmtime_r(&unix_s, &tm);
        strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
        assert_int_equal(cookie_date_parse(span_cstr(text), &parsed), 0);
        assert_int_equal(parsed, unix_s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
