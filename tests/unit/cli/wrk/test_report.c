/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "cli/as/wrk/distribution.h"
#include "cli/as/wrk/report.h"
#include "support/test.h"

static void check(const struct wrk_report *report, const char *expected)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 16);
    wrk_report_begin(&out, report);
    wrk_report_end(&out, report);
    assert_string_equal(strbuf_cstr(&out), expected);
}

/* As wrk 4.1 lays it out, for a server that answers after 0.1 s. */
static void test_wrk(void **state)
{
    struct distribution latency, rates;
    distribution_init(&latency);
    distribution_init(&rates);
    for (uint64_t i = 0; i < 8; i++)
        distribution_add(&latency, 100140 + i);
    for (uint64_t i = 0; i < 4; i++)
        distribution_add(&rates, i ? 10 : 6);
    struct wrk_report report = {
        .url = "http://127.0.0.1:80/",
        .duration_s = 1,
        .threads = 1,
        .connections = 2,
        .show_latency = true,
        .latency = &latency,
        .rates = &rates,
        .runtime_us = 1002000,
        .requests = 8,
        .bytes = 344,
    };
    check(&report, "Running 1s test @ http://127.0.0.1:80/\n"
                   "  1 threads and 2 connections\n"
                   "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
                   "    Latency   100.14ms    2.45us 100.15ms   50.00%\n"
                   "    Req/Sec     9.00      2.00    10.00     75.00%\n"
                   "  Latency Distribution\n"
                   "     50%  100.14ms\n"
                   "     75%  100.15ms\n"
                   "     90%  100.15ms\n"
                   "     99%  100.15ms\n"
                   "  8 requests in 1.00s, 344.00B read\n"
                   "Requests/sec:      7.98\n"
                   "Transfer/sec:     343.31B\n");
    distribution_done(&latency);
    distribution_done(&rates);
}

static void test_errors_and_no_sample(void **state)
{
    struct distribution none;
    distribution_init(&none);
    struct wrk_report report = {
        .url = "u",
        .duration_s = 90,
        .threads = 2,
        .connections = 10,
        .latency = &none,
        .rates = &none,
        .runtime_us = 90000000,
        .read_errors = 12,
        .bad_statuses = 3,
    };
    check(&report, "Running 2m test @ u\n"
                   "  2 threads and 10 connections\n"
                   "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
                   "    Latency     0.00us    0.00us   0.00us    -nan%\n"
                   "    Req/Sec     0.00      0.00     0.00      -nan%\n"
                   "  0 requests in 1.50m, 0.00B read\n"
                   "  Socket errors: connect 0, read 12, write 0, timeout 0\n"
                   "  Non-2xx or 3xx responses: 3\n"
                   "Requests/sec:      0.00\n"
                   "Transfer/sec:       0.00B\n");
    distribution_done(&none);
}

static void test_wrk2(void **state)
{
    struct distribution latency, rates, uncorrected;
    const struct wrk_calibration calibrations[] = {{1213, 10}, {4116231, 14852}};
    distribution_init(&latency);
    distribution_init(&rates);
    distribution_init(&uncorrected);
    for (uint64_t i = 1; i <= 10; i++)
        distribution_add(&latency, i * 1000);
    distribution_add(&uncorrected, 500);
    struct wrk_report report = {
        .url = "u",
        .duration_s = 30,
        .threads = 2,
        .connections = 10,
        .is_wrk2 = true,
        .show_latency = true,
        .show_uncorrected = true,
        .calibrations = calibrations,
        .calibration_count = 2,
        .latency = &latency,
        .rates = &rates,
        .uncorrected = &uncorrected,
        .runtime_us = 30000000,
        .requests = 11,
        .bytes = 1,
    };
    check(&report,
          "Running 30s test @ u\n"
          "  2 threads and 10 connections\n"
          "  Thread calibration: mean lat.: 1.213ms, rate sampling interval: 10ms\n"
          "  Thread calibration: mean lat.: 4116.231ms, rate sampling interval: 14852ms\n"
          "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
          "    Latency     5.50ms    3.03ms  10.00ms   60.00%\n"
          "    Req/Sec     0.00      0.00     0.00      -nan%\n"
          "  Latency Distribution (HdrHistogram - Recorded Latency)\n"
          " 50.000%    5.00ms\n"
          " 75.000%    8.00ms\n"
          " 90.000%    9.00ms\n"
          " 99.000%   10.00ms\n"
          " 99.900%   10.00ms\n"
          " 99.990%   10.00ms\n"
          " 99.999%   10.00ms\n"
          "100.000%   10.00ms\n"
          "\n"
          "  Detailed Percentile spectrum:\n"
          "       Value   Percentile   TotalCount 1/(1-Percentile)\n"
          "\n"
          "       1.000     0.000000            1         1.00\n"
          "       1.000     0.100000            1         1.11\n"
          "       2.000     0.200000            2         1.25\n"
          "       3.000     0.300000            3         1.43\n"
          "       4.000     0.400000            4         1.67\n"
          "       5.000     0.500000            5         2.00\n"
          "       6.000     0.550000            6         2.22\n"
          "       6.000     0.600000            6         2.50\n"
          "       7.000     0.650000            7         2.86\n"
          "       7.000     0.700000            7         3.33\n"
          "       8.000     0.750000            8         4.00\n"
          "       8.000     0.775000            8         4.44\n"
          "       8.000     0.800000            8         5.00\n"
          "       9.000     0.825000            9         5.71\n"
          "       9.000     0.850000            9         6.67\n"
          "       9.000     0.875000            9         8.00\n"
          "       9.000     0.887500            9         8.89\n"
          "       9.000     0.900000            9        10.00\n"
          "      10.000     0.912500           10        11.43\n"
          "      10.000     1.000000           10          inf\n"
          "#[Mean    =        5.500, StdDeviation   =        3.028]\n"
          "#[Max     =       10.000, Total count    =           10]\n"
          "#[Buckets =           24, SubBuckets     =       131072]\n"
          "----------------------------------------------------------\n"
          "\n"
          "  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking "
          "delayed starts into account))\n"
          " 50.000%  500.00us\n"
          " 75.000%  500.00us\n"
          " 90.000%  500.00us\n"
          " 99.000%  500.00us\n"
          " 99.900%  500.00us\n"
          " 99.990%  500.00us\n"
          " 99.999%  500.00us\n"
          "100.000%  500.00us\n"
          "\n"
          "  Detailed Percentile spectrum:\n"
          "       Value   Percentile   TotalCount 1/(1-Percentile)\n"
          "\n"
          "       0.500     0.000000            1         1.00\n"
          "       0.500     1.000000            1          inf\n"
          "#[Mean    =        0.500, StdDeviation   =        0.000]\n"
          "#[Max     =        0.500, Total count    =            1]\n"
          "#[Buckets =           24, SubBuckets     =       131072]\n"
          "----------------------------------------------------------\n"
          "  11 requests in 30.00s, 1.00B read\n"
          "Requests/sec:      0.37\n"
          "Transfer/sec:       0.03B\n");
    distribution_done(&latency);
    distribution_done(&rates);
    distribution_done(&uncorrected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrk),
        cmocka_unit_test(test_errors_and_no_sample),
        cmocka_unit_test(test_wrk2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
