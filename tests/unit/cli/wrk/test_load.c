/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers are handed to the counting of one thread as a lane would, at made-up times.
 */
#include "cli/as/wrk/load.h"
#include "support/test.h"

#define START  (1000 * NSEC_PER_SEC)
#define MS(ms) ((nsec_t)(ms)*NSEC_PER_MSEC)

struct given {
    nsec_t end_ns, latency_ns, late_ns; /* late: after it was due; open model */
    enum outcome outcome;
    int status;
    bool is_due, is_part, until_close;
};

static void give(struct wrk_load *load, unsigned lane_index, const struct given *given)
{
    struct lane lane = {.index = lane_index};
    struct timings timings = {
        .start_ns = START + given->end_ns - given->latency_ns,
        .waiting_ns = given->latency_ns,
        .end_ns = START + given->end_ns,
    };
    if (given->is_due)
        timings.due_ns = timings.start_ns - given->late_ns;
    const struct repeat_answer answer = {
        .outcome = given->outcome,
        .status = given->status ? given->status : 200,
        .is_last = !given->is_part,
        .until_close = given->until_close,
        .bytes = 10,
        .timings = &timings,
    };
    assert_true(WRK_LOAD_STATIC.on_answer(load, &lane, &answer));
}

static void begin(struct wrk_load *load, const struct wrk_load_config *config)
{
    wrk_load_init(load, config);
    wrk_load_begin(load, START);
}

static void test_counts(void **state)
{
    static const struct given GIVEN[] = {
        {.end_ns = MS(10), .latency_ns = MS(3)},
        {.end_ns = MS(20), .latency_ns = MS(3), .outcome = OUTCOME_HTTP_4XX, .status = 404},
        {.end_ns = MS(30), .latency_ns = MS(3), .until_close = true},
        {.end_ns = MS(31), .outcome = OUTCOME_CLOSED},
        {.end_ns = MS(32), .outcome = OUTCOME_RESET},
        {.end_ns = MS(33), .outcome = OUTCOME_MALFORMED},
        {.end_ns = MS(34), .outcome = OUTCOME_DIAL_REFUSED},
        {.end_ns = MS(35), .outcome = OUTCOME_TLS},
        {.end_ns = MS(36), .outcome = OUTCOME_BROKEN_PIPE},
    };
    struct wrk_load load;
    begin(&load, &(struct wrk_load_config){.lanes = 1, .timeout_s = 2});
    for (size_t i = 0; i < COUNT_OF(GIVEN); i++)
        give(&load, 0, &GIVEN[i]);
    wrk_load_end(&load, START + MS(1000));
    assert_int_equal(load.counts.requests, 3);
    assert_int_equal(load.counts.bad_statuses, 1);
    assert_int_equal(load.counts.read_errors, 4);
    assert_int_equal(load.counts.until_close, 1);
    assert_int_equal(load.counts.connect_errors, 2);
    assert_int_equal(load.counts.write_errors, 1);
    assert_int_equal(load.counts.timeouts, 0);
    assert_int_equal(load.counts.bytes, 80);
    assert_int_equal(load.counts.messages, 9);
    assert_int_equal(load.latency.count, 3);
    assert_int_equal(load.latency.max, 3000);
    wrk_load_done(&load);
}

/* Four windows of a tenth of a second, two of them without an answer; the fifth is not whole. */
static void test_empty_windows_count(void **state)
{
    static const nsec_t ENDS[] = {MS(10), MS(99), MS(310), MS(401)};
    struct wrk_load load;
    uint64_t value, count;
    begin(&load, &(struct wrk_load_config){.lanes = 1, .timeout_s = 2});
    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        give(&load, 0, &(struct given){.end_ns = ENDS[i], .latency_ns = 1000});
    wrk_load_end(&load, START + MS(450));
    assert_int_equal(load.rates.count, 4);
    distribution_nth(&load.rates, 0, &value, &count);
    assert_int_equal(value, 0);
    assert_int_equal(count, 2);
    assert_int_equal(load.rates.max, 20);
    wrk_load_done(&load);
}

static void test_no_answer_at_all(void **state)
{
    struct wrk_load load;
    begin(&load, &(struct wrk_load_config){.lanes = 1, .timeout_s = 2});
    wrk_load_end(&load, START + MS(1000));
    assert_int_equal(load.rates.count, 0);
    assert_int_equal(load.latency.count, 0);
    wrk_load_done(&load);
}

/* One late answer, one lane that waits since then, one that waits since the start, one that does
 * not wait long enough. */
static void test_timeouts_are_in_the_latencies(void **state)
{
    struct wrk_load load;
    begin(&load, &(struct wrk_load_config){.lanes = 3, .timeout_s = 1});
    give(&load, 0, &(struct given){.end_ns = MS(1500), .latency_ns = MS(1500)});
    give(&load, 2, &(struct given){.end_ns = MS(2500), .latency_ns = MS(10)});
    wrk_load_end(&load, START + MS(3000));
    assert_int_equal(load.counts.timeouts, 3);
    assert_int_equal(load.latency.count, 4);
    assert_int_equal(load.latency.max, 3000000);
    assert_int_equal(load.counts.requests, 2);
    wrk_load_done(&load);
}

static void test_pipelined(void **state)
{
    static const struct given GIVEN[] = {
        {.end_ns = MS(10), .latency_ns = MS(3), .is_part = true},
        {.end_ns = MS(12), .latency_ns = MS(5)},
    };
    struct wrk_load batch, each;
    begin(&batch, &(struct wrk_load_config){.lanes = 1, .timeout_s = 2});
    begin(&each, &(struct wrk_load_config){.lanes = 1, .timeout_s = 2, .is_wrk2 = true});
    for (size_t i = 0; i < COUNT_OF(GIVEN); i++) {
        give(&batch, 0, &GIVEN[i]);
        give(&each, 0, &GIVEN[i]);
    }
    assert_int_equal(batch.counts.requests, 2);
    assert_int_equal(batch.counts.messages, 1);
    assert_int_equal(batch.counts.bytes, 10);
    assert_int_equal(batch.latency.count, 1);
    assert_int_equal(each.latency.count, 2);
    wrk_load_done(&batch);
    wrk_load_done(&each);
}

/* Ten seconds and 5 ms a connection are thrown away; the window is twice what nine in ten take. */
static void test_calibration(void **state)
{
    struct wrk_load load;
    begin(&load, &(struct wrk_load_config){.lanes = 2, .timeout_s = 60, .is_wrk2 = true});
    for (int i = 1; i <= 1000; i++)
        give(&load, 0,
             &(struct given){
                 .is_due = true, .end_ns = MS(10 * i), .latency_ns = MS(1), .late_ns = MS(29)});
    assert_false(load.is_calibrated);
    assert_int_equal(load.rates.count, 0);
    give(&load, 0,
         &(struct given){
             .is_due = true, .end_ns = MS(10010), .latency_ns = MS(2), .late_ns = MS(5)});
    assert_true(load.is_calibrated);
    assert_true(load.calibration.mean_us > 29999 && load.calibration.mean_us < 30001);
    assert_int_equal(load.calibration.interval_ms, 60);
    assert_int_equal(load.latency.count, 1);
    assert_int_equal(load.latency.max, 7000);
    assert_int_equal(load.uncorrected.max, 2000);
    wrk_load_end(&load, START + MS(10010 + 120));
    assert_int_equal(load.rates.count, 2);
    assert_int_equal(load.rates.max, 16);
    assert_int_equal(load.counts.requests, 1001);
    wrk_load_done(&load);
}

/* A tenth of a second apart, thirty had no answer; the eleven oldest have waited for two to three
 * seconds, four of them on a connection. */
static void test_arrivals_without_an_answer(void **state)
{
    struct wrk_load load;
    begin(&load, &(struct wrk_load_config){.lanes = 4, .timeout_s = 2, .is_wrk2 = true});
    wrk_load_end(&load, START + MS(5000));
    assert_int_equal(wrk_load_add_waiting(&load, 30, 4, 100000), 11);
    assert_int_equal(load.latency.count, 11);
    assert_int_equal(load.latency.min, 2000000);
    assert_int_equal(load.latency.max, 3000000);
    assert_int_equal(load.counts.timeouts, 4);
    wrk_load_done(&load);
}

static void test_merge(void **state)
{
    struct wrk_load a, b;
    const struct wrk_load_config config = {.lanes = 1, .timeout_s = 2};
    begin(&a, &config);
    begin(&b, &config);
    give(&b, 0, &(struct given){.end_ns = MS(10), .latency_ns = MS(1)});
    give(&b, 0, &(struct given){.end_ns = MS(11), .outcome = OUTCOME_CLOSED});
    wrk_load_end(&b, START + MS(100));
    wrk_load_merge(&a, &b);
    wrk_load_merge(&a, &b);
    assert_int_equal(a.counts.requests, 2);
    assert_int_equal(a.counts.read_errors, 2);
    assert_int_equal(a.latency.count, 2);
    assert_int_equal(a.rates.count, 2);
    wrk_load_done(&a);
    wrk_load_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_empty_windows_count),
        cmocka_unit_test(test_no_answer_at_all),
        cmocka_unit_test(test_timeouts_are_in_the_latencies),
        cmocka_unit_test(test_pipelined),
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_arrivals_without_an_answer),
        cmocka_unit_test(test_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
