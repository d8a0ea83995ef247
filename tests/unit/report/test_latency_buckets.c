/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/util.h"
#include "metrics/histogram.h"
#include "report/latency_buckets.h"
#include "support/test.h"

static const struct sample {
    const char *name;
    double values[5];
    size_t count;
    double parts; /* of a decade; 0: do not look */
} SAMPLES[] = {
    {"one value", {3}, 1, 40},
    {"a factor of two", {1, 1.2, 1.4, 1.7, 1.99}, 5, 40},
    {"a decade", {1, 2, 3, 5, 9.9}, 5, 10},
    {"two decades", {0.01, 0.02, 0.1, 0.5, 0.99}, 5, 5},
    {"four decades", {0.011, 1, 2, 5, 99}, 5, 3},
    {"a dozen decades", {1e-6, 1, 2, 5, 1e5}, 5, 1},
    {"zeros", {0, 0, 1, 2, 3}, 5, 20},
    {"only zeros", {0, 0}, 2, 0},
    {"more than there is room for", {1e-6, 1e-5, 1, 2, 1e12}, 5, 1},
};

static void check(const struct sample *sample)
{
    struct latency_bucket buckets[LATENCY_BUCKETS_MAX];
    struct histogram trend;
    uint64_t sum = 0;
    histogram_init(&trend);
    for (size_t i = 0; i < sample->count; i++)
        histogram_add(&trend, sample->values[i]);
    size_t count = latency_buckets(&trend, 12, buckets);
    assert_true(count >= 1 && count <= 12);
    for (size_t i = 0; i < count; i++) {
        sum += buckets[i].count;
        if (i > 0)
            assert_true(buckets[i].from_ms == buckets[i - 1].to_ms);
        if (sample->parts > 0)
            assert_true(fabs(log10(buckets[i].to_ms / buckets[i].from_ms) - 1 / sample->parts) <
                        1e-6);
    }
    if (sum != sample->count)
        fail_msg("%s: %llu of %zu", sample->name, (unsigned long long)sum, sample->count);
    assert_true(buckets[0].count > 0);
    assert_true(buckets[count - 1].count > 0);
    histogram_done(&trend);
}

static void test_all_values_are_in_one(void **state)
{
    for (size_t i = 0; i < COUNT_OF(SAMPLES); i++)
        check(&SAMPLES[i]);
}

static void test_nothing(void **state)
{
    struct latency_bucket buckets[LATENCY_BUCKETS_MAX];
    struct histogram trend;
    histogram_init(&trend);
    assert_int_equal(latency_buckets(&trend, 12, buckets), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_values_are_in_one),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
