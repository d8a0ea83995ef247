/* SPDX-License-Identifier: Apache-2.0
 *
 * The schedule of the open model: constant gaps without drift over several workers, and Poisson
 * gaps that are exponential by a Kolmogorov-Smirnov test.
 */
#include <math.h>
#include <stdlib.h>

#include "load/schedule.h"
#include "support/test.h"

#define SECOND NSEC_PER_SEC

enum {
    WORKERS = 3,
    SAMPLES = 20000,
};

static void test_constant(void **state)
{
    for (unsigned worker = 0; worker < WORKERS; worker++) {
        struct schedule schedule;
        schedule_init(&schedule, 3000.7, ARRIVALS_CONSTANT, worker, WORKERS, 1);
        schedule_start(&schedule, 5000);
        for (int i = 0; i < 1000000; i++)
            schedule_take(&schedule);
        assert_int_equal(schedule_due(&schedule),
                         5000 + (nsec_t)(1e9 * (1000000.0 * WORKERS + worker) / 3000.7));
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The largest distance between the sample's distribution and the exponential one of `mean`. */
static double distance(double *gaps, size_t count, double mean)
{
    double worst = 0;
    qsort(gaps, count, sizeof(*gaps), compare);
    for (size_t i = 0; i < count; i++) {
        double expected = 1 - exp(-gaps[i] / mean);
        worst = fmax(worst, fabs(expected - (double)i / (double)count));
        worst = fmax(worst, fabs(expected - (double)(i + 1) / (double)count));
    }
    return worst;
}

/* All workers' arrivals together: what the server sees. 1.63 / sqrt(n) is the critical value at a
 * level of 1 %; the seed is fixed, so this passes always or never. */
static void test_poisson(void **state)
{
    static double times[WORKERS * SAMPLES], gaps[WORKERS * SAMPLES];
    size_t count = 0;
    for (unsigned worker = 0; worker < WORKERS; worker++) {
        struct schedule schedule;
        schedule_init(&schedule, 1000, ARRIVALS_POISSON, worker, WORKERS, 42);
        schedule_start(&schedule, 0);
        for (int i = 0; i < SAMPLES; i++) {
            times[count++] = (double)schedule_due(&schedule);
            schedule_take(&schedule);
        }
    }
    qsort(times, count, sizeof(*times), compare);
    size_t whole = count * 9 / 10; /* until the first worker's arrivals end */
    for (size_t i = 0; i < whole; i++)
        gaps[i] = times[i + 1] - times[i];
    assert_true(distance(gaps, whole, 1e6) < 1.63 / sqrt((double)whole));
}

static void test_seeds(void **state)
{
    struct schedule a, b, other;
    schedule_init(&a, 10, ARRIVALS_POISSON, 0, 1, 7);
    schedule_init(&b, 10, ARRIVALS_POISSON, 0, 1, 7);
    schedule_init(&other, 10, ARRIVALS_POISSON, 0, 1, 8);
    schedule_start(&a, 0);
    schedule_start(&b, 0);
    schedule_start(&other, 0);
    assert_int_equal(schedule_due(&a), schedule_due(&b));
    assert_int_not_equal(schedule_due(&a), schedule_due(&other));
}

/* The second arrival is later than a time can say: it must not wrap into the past. */
static void test_rare(void **state)
{
    static const double RATES[] = {1e-9, 1e-10, 1e-300, 5e-324};
    for (size_t i = 0; i < COUNT_OF(RATES) * 2; i++) {
        struct schedule schedule;
        schedule_init(&schedule, RATES[i / 2], i % 2 ? ARRIVALS_POISSON : ARRIVALS_CONSTANT, 0, 2,
                      1);
        schedule_start(&schedule, SECOND);
        schedule_take(&schedule);
        assert_true(schedule_due(&schedule) > SECOND);
        schedule_take(&schedule);
        assert_true(schedule_due(&schedule) > SECOND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_poisson),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_rare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
