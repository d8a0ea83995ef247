/* SPDX-License-Identifier: Apache-2.0
 *
 * Averages and peaks of made-up samples.
 */
#include "base/util.h"
#include "observe/host/usage.h"
#include "support/test.h"

#define NEAR(value, expected) assert_float_equal(value, expected, 1e-9)

static struct usage_meter new_meter(void)
{
    return (struct usage_meter){.cores = 2, .interval_ns = 500 * NSEC_PER_MSEC};
}

static void add(struct usage_meter *meter, int64_t ms, double cpu, double host, double memory)
{
    struct usage_sample sample = {
        .now_ns = ms * NSEC_PER_MSEC,
        .cpu_seconds = cpu,
        .host_busy_seconds = host,
        .memory = memory,
        .host_memory = 2 * memory,
    };
    usage_add(meter, &sample);
}

static void test_levels(void **state)
{
    struct usage_meter meter = new_meter();
    struct host_usage usage;
    add(&meter, 1000, 5.0, 100.0, 10);
    add(&meter, 1500, 5.5, 100.5, 20); /* half of two cores */
    add(&meter, 2000, 6.5, 101.5, 30); /* all */
    add(&meter, 3000, 6.5, 102.0, 20); /* nothing, for twice as long */
    usage_result(&meter, &usage);
    NEAR(usage.cpu.avg, 37.5);
    NEAR(usage.cpu.peak, 100);
    NEAR(usage.host_cpu.avg, 50);
    NEAR(usage.host_cpu.peak, 100);
    NEAR(usage.memory.avg, 20);
    NEAR(usage.memory.peak, 30);
    NEAR(usage.host_memory.avg, 40);
    NEAR(usage.host_memory.peak, 60);
    assert_int_equal(usage.samples, 4);
    assert_int_equal(usage.gone, 0);
}

/* A tick that falls into 3 ms looks like more than one core; it is no peak. */
static void test_short_last_interval(void **state)
{
    struct usage_meter meter = new_meter();
    struct host_usage usage;
    add(&meter, 0, 0, 0, 1);
    add(&meter, 500, 0.1, 0.1, 1);
    add(&meter, 503, 0.11, 0.11, 1);
    usage_result(&meter, &usage);
    NEAR(usage.cpu.peak, 100 * 0.11 / (0.503 * 2));
    NEAR(usage.cpu.avg, usage.cpu.peak);
}

static void test_never_above_all(void **state)
{
    struct usage_meter meter = new_meter();
    struct host_usage usage;
    add(&meter, 0, 0, 0, 1);
    add(&meter, 500, 1.01, 1.01, 1);
    usage_result(&meter, &usage);
    NEAR(usage.cpu.avg, 100);
    NEAR(usage.cpu.peak, 100);
}

static void test_too_few(void **state)
{
    struct usage_meter meter = new_meter();
    struct host_usage usage;
    usage_result(&meter, &usage);
    assert_int_equal(usage.samples, 0);
    NEAR(usage.memory.avg, 0);
    add(&meter, 100, 3, 7, 12);
    usage_result(&meter, &usage);
    NEAR(usage.cpu.avg, 0);
    NEAR(usage.cpu.peak, 0);
    NEAR(usage.memory.avg, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_short_last_interval),
        cmocka_unit_test(test_never_above_all),
        cmocka_unit_test(test_too_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
