/* SPDX-License-Identifier: Apache-2.0 */
#include "base/util.h"
#include "metrics/percentile.h"
#include "support/test.h"

static void test_needs(void **state)
{
    static const struct {
        double p;
        uint64_t needs;
    } CASES[] = {{50, 6},      {75, 13},       {90, 36}, {95, 72}, {99, 368},
                 {99.9, 3688}, {99.99, 36887}, {1, 368}, {0, 1},   {100, 1}};

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        assert_int_equal(percentile_needs(CASES[i].p), CASES[i].needs);
        assert_true(percentile_known(CASES[i].p, CASES[i].needs));
        assert_false(percentile_known(CASES[i].p, CASES[i].needs - 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_needs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
