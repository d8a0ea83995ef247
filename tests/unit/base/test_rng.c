/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "support/test.h"

static void test_same_seed_same_numbers(void **state)
{
    struct rng a, b;
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    for (int i = 0; i < 1000; i++)
        assert_true(rng_next(&a) == rng_next(&b));
}

static void test_below_covers_its_range_evenly(void **state)
{
    struct rng rng;
    int counts[7] = {0};
    rng_seed(&rng, 1);
    for (int i = 0; i < 70000; i++)
        counts[rng_below(&rng, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(counts[i], 9500, 10500);
}

static void test_unit_stays_below_one(void **state)
{
    struct rng rng;
    double sum = 0;
    rng_seed(&rng, 9);
    for (int i = 0; i < 100000; i++) {
        double unit = rng_unit(&rng);
        assert_true(unit >= 0 && unit < 1);
        sum += unit;
    }
    assert_true(sum > 49000 && sum < 51000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_numbers),
        cmocka_unit_test(test_below_covers_its_range_evenly),
        cmocka_unit_test(test_unit_stays_below_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
