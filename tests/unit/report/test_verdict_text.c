/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of a verdict, for people.
 */
#include "base/strbuf.h"
#include "report/verdict_text.h"
#include "slo/verdict.h"
#include "support/test.h"

static void test_rows_with_the_same_reason_share_its_line(void **state)
{
    struct verdict_row rows[] = {
        {"API", "p95", VERDICT_PASS, "5.99 ms", "< 200 ms", ""},
        {"API", "p99.9", VERDICT_FAIL, "1200 ms", "< 1000 ms", ""},
        {"Page", "load", VERDICT_NOT_MEASURED, "", "< 2 s", "needs a browser"},
        {"Page", "interactive", VERDICT_NOT_MEASURED, "", "< 3 s", "needs a browser"},
        {"Reports", "yearly", VERDICT_NOT_MEASURED, "", "< 5 s", "needs a browser"},
    };
    const struct verdict verdict = {.rows = rows,
                                    .row_count = 5,
                                    .passed = 1,
                                    .failed = 1,
                                    .not_measured = 3,
                                    .status = VERDICT_FAIL};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(10000);
    verdict_text(&out, &verdict, false, true);
    assert_string_equal(strbuf_cstr(&out), "\n  █ SERVICE LEVELS\n"
                                           "\n    API\n"
                                           "    ✓ pass          p95          5.99 ms  < 200 ms\n"
                                           "    ✗ fail          p99.9        1200 ms  < 1000 ms\n"
                                           "\n    Page\n"
                                           "    · not measured  load                  < 2 s\n"
                                           "    · not measured  interactive           < 3 s\n"
                                           "      ↳ needs a browser\n"
                                           "\n    Reports\n"
                                           "    · not measured  yearly                < 5 s\n"
                                           "      ↳ needs a browser\n"
                                           "\n    fail: 1 pass, 1 fail, 3 not measured\n\n");
    strbuf_reset(&out);
    verdict_text(&out, &verdict, false, false);
    for (const char *at = strbuf_cstr(&out); *at; at++)
        assert_in_range(*at, 0, 127);
    assert_non_null(strstr(strbuf_cstr(&out), "\n    not measured    interactive"));
}

static void test_long_reasons_are_broken(void **state)
{
    struct verdict_row row = {"API",
                              "p99.9",
                              VERDICT_NOT_MEASURED,
                              "",
                              "< 1000 ms",
                              "1768 samples are too few for p99.9; needs 3688: run longer, or "
                              "offer more load"};
    const struct verdict verdict = {.rows = &row, .row_count = 1, .not_measured = 1};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(10000);
    verdict_text(&out, &verdict, false, true);
    assert_non_null(strstr(strbuf_cstr(&out), "longer, or offer\n        more load\n"));
    strbuf_reset(&out);
    verdict_text(&out, &verdict, false, false);
    assert_non_null(strstr(strbuf_cstr(&out), "longer, or offer\n         more load\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_with_the_same_reason_share_its_line),
        cmocka_unit_test(test_long_reasons_are_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
