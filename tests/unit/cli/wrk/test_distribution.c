/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "cli/as/wrk/distribution.h"
#include "support/test.h"

static void add_all(struct distribution *d, const uint64_t *values, size_t count)
{
    distribution_init(d);
    for (size_t i = 0; i < count; i++)
        distribution_add(d, values[i]);
}

static void test_empty(void **state)
{
    struct distribution d;
    distribution_init(&d);
    assert_true(distribution_mean(&d) == 0);
    assert_true(distribution_stdev(&d) == 0);
    assert_true(isnan(distribution_within(&d, 0, 0)));
    assert_int_equal(distribution_percentile(&d, 50), 0);
    assert_int_equal(distribution_distinct(&d), 0);
    distribution_done(&d);
}

/* Eight values: round(p / 100 * 8 + 0.5) is 5 for 50, 7 for 75, 8 for 90. */
static void test_ranks_are_wrks(void **state)
{
    static const uint64_t VALUES[] = {80, 10, 30, 20, 50, 40, 70, 60};
    struct distribution d;
    add_all(&d, VALUES, 8);
    assert_int_equal(distribution_percentile(&d, 0), 10);
    assert_int_equal(distribution_percentile(&d, 50), 50);
    assert_int_equal(distribution_percentile(&d, 75), 70);
    assert_int_equal(distribution_percentile(&d, 90), 80);
    assert_int_equal(distribution_percentile(&d, 100), 80);
    assert_int_equal(distribution_percentile(&d, 1000), 80);
    assert_int_equal(distribution_percentile(&d, -5), 10);
    distribution_done(&d);
}

static void test_moments(void **state)
{
    static const uint64_t VALUES[] = {2, 4, 4, 4, 5, 5, 7, 9};
    struct distribution d;
    add_all(&d, VALUES, 8);
    assert_true(distribution_mean(&d) == 5);
    assert_true(fabs(distribution_stdev(&d) - sqrt(32.0 / 7)) < 1e-12);
    assert_true(distribution_within(&d, 5, 2.2) == 75);
    assert_int_equal(d.min, 2);
    assert_int_equal(d.max, 9);
    distribution_done(&d);
}

static void test_distinct_values(void **state)
{
    static const uint64_t VALUES[] = {7, 3, 7, 7};
    struct distribution d;
    uint64_t value, count;
    add_all(&d, VALUES, 4);
    assert_int_equal(distribution_distinct(&d), 2);
    distribution_nth(&d, 0, &value, &count);
    assert_int_equal(value, 3);
    assert_int_equal(count, 1);
    distribution_nth(&d, 1, &value, &count);
    assert_int_equal(value, 7);
    assert_int_equal(count, 3);
    distribution_nth(&d, 2, &value, &count);
    assert_int_equal(count, 0);
    distribution_done(&d);
}

static void test_every_value_is_near_its_cell(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1);
    for (int i = 0; i < 2000; i++) {
        struct distribution d = {0};
        struct distribution_walk walk = {.d = &d};
        uint64_t value = rng_next(&rng) >> (24 + rng_next(&rng) % 40);
        if (i % 100 == 0)
            value = i ? (UINT64_C(1) << (i / 100)) - 1 : 0;
        uint64_t other = value + value / 3 + 1;
        if (other >> DISTRIBUTION_RANGE)
            continue;
        if (i % 50 == 0 || i < 50) {
            distribution_init(&d);
            distribution_add(&d, value);
            distribution_add(&d, other);
            assert_true(distribution_next(&walk));
            assert_true(fabs((double)walk.value - (double)value) <= (double)value / 65536);
            assert_true(walk.highest >= value);
            assert_true(distribution_next(&walk));
            assert_int_equal(walk.seen, 2);
            assert_false(distribution_next(&walk));
            distribution_done(&d);
        }
        assert_true(distribution_cell(value) <= distribution_cell(other));
        assert_true(distribution_cell(other) < DISTRIBUTION_CELLS);
    }
}

static void test_out_of_range_counts_as_largest(void **state)
{
    struct distribution d;
    distribution_init(&d);
    distribution_add(&d, UINT64_MAX);
    assert_int_equal(d.max, (UINT64_C(1) << DISTRIBUTION_RANGE) - 1);
    assert_int_equal(distribution_percentile(&d, 50), d.max);
    distribution_done(&d);
}

static void test_merge_and_reset(void **state)
{
    static const uint64_t SOME[] = {1, 200000}, OTHERS[] = {2, 3000000};
    struct distribution a, b, empty;
    add_all(&a, SOME, 2);
    add_all(&b, OTHERS, 2);
    distribution_init(&empty);
    distribution_merge(&a, &empty);
    distribution_merge(&empty, &b);
    distribution_merge(&a, &empty);
    assert_int_equal(a.count, 4);
    assert_int_equal(a.min, 1);
    assert_int_equal(a.max, 3000000);
    double sum;
    assert_int_equal(distribution_count_from(&a, 200000, &sum), 2);
    assert_true(fabs(sum - 3200000) < 3200000.0 / 65536);
    distribution_reset(&a);
    assert_int_equal(distribution_distinct(&a), 0);
    distribution_add(&a, 5);
    assert_int_equal(distribution_distinct(&a), 1);
    assert_int_equal(a.min, 5);
    distribution_done(&a);
    distribution_done(&b);
    distribution_done(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_ranks_are_wrks),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_distinct_values),
        cmocka_unit_test(test_every_value_is_near_its_cell),
        cmocka_unit_test(test_out_of_range_counts_as_largest),
        cmocka_unit_test(test_merge_and_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
