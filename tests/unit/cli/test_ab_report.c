/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's report from durations that ab 2.3 of Debian 12 was seen to print, rounding and quirks
 * included; and the durations themselves against a sorted list.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cli/as/ab/options.h"
#include "cli/as/ab/report.h"
#include "support/test.h"

#define MAX_TEXT 65536

static struct ab_options options_of(char *flag)
{
    char *argv[] = {(char *)"ab",
                    (char *)"-n",
                    (char *)"4",
                    (char *)"-c",
                    (char *)"2",
                    flag,
                    (char *)"http://h:81/p",
                    NULL};
    AUTO(strbuf_done) struct strbuf errors = STRBUF_INIT(MAX_TEXT);
    struct ab_options options;
    int code;
    assert_int_equal(ab_options_parse(&options, 7, argv, &errors, &code), AB_PARSE_RUN);
    return options;
}

static void fill(struct ab_result *result, const uint64_t *totals_us, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        durations_add(&result->connects, 400);
        durations_add(&result->processings, totals_us[i] - 400);
        durations_add(&result->waits, totals_us[i] - 500);
        durations_add(&result->totals, totals_us[i]);
    }
    result->done = n;
}

static void result_done(struct ab_result *result)
{
    durations_done(&result->connects);
    durations_done(&result->processings);
    durations_done(&result->waits);
    durations_done(&result->totals);
}

static void test_text(void **state)
{
    static const uint64_t TOTALS_US[] = {302000, 304400, 308000};
    struct ab_options options = options_of((char *)"-k");
    AUTO(result_done)
    struct ab_result result = {
        .options = &options,
        .software = SPAN("probe/1"),
        .tls_info = "",
        .tls_temp = "",
        .document_bytes = 16,
        .took_s = 0.61,
        .kept_alive = 2,
        .not_2xx = 1,
        .bad_lengths = 1,
        .received_bytes = 156,
        .body_bytes = 48,
        .sent_bytes = 300,
        .has_body = true,
    };
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT);
    fill(&result, TOTALS_US, COUNT_OF(TOTALS_US));
    ab_report_text(&text, &result);
    assert_string_equal(
        strbuf_cstr(&text),
        "\n\nServer Software:        probe/1\n"
        "Server Hostname:        h\n"
        "Server Port:            81\n\n"
        "Document Path:          /p\n"
        "Document Length:        16 bytes\n\n"
        "Concurrency Level:      2\n"
        "Time taken for tests:   0.610 seconds\n"
        "Complete requests:      3\n"
        "Failed requests:        1\n"
        "   (Connect: 0, Receive: 0, Length: 1, Exceptions: 0)\n"
        "Non-2xx responses:      1\n"
        "Keep-Alive requests:    2\n"
        "Total transferred:      156 bytes\n"
        "Total body sent:        300\n"
        "HTML transferred:       48 bytes\n"
        "Requests per second:    4.92 [#/sec] (mean)\n"
        "Time per request:       406.667 [ms] (mean)\n"
        "Time per request:       203.333 [ms] (mean, across all concurrent requests)\n"
        "Transfer rate:          0.25 [Kbytes/sec] received\n"
        "                        0.48 kb/s sent\n"
        "                        0.73 kb/s total\n\n"
        "Connection Times (ms)\n"
        "              min  mean[+/-sd] median   max\n"
        "Connect:        0    0   0.0      0       0\n"
        "Processing:   302  304   3.0    306     308\n"
        "Waiting:      302  304   3.0    306     308\n"
        "Total:        302  305   3.0    306     308\n\n"
        "Percentage of the requests served within a certain time (ms)\n"
        "  50%    304\n"
        "  66%    304\n"
        "  75%    308\n"
        "  80%    308\n"
        "  90%    308\n"
        "  95%    308\n"
        "  98%    308\n"
        "  99%    308\n"
        " 100%    308 (longest request)\n");
}

static void test_short_and_none(void **state)
{
    static const uint64_t TOTALS_US[] = {303600};
    struct ab_options options = options_of((char *)"-S");
    AUTO(result_done)
    struct ab_result result = {.options = &options, .tls_info = "", .tls_temp = "", .took_s = 1};
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT);
    ab_report_text(&text, &result);
    assert_null(strstr(strbuf_cstr(&text), "Requests per second"));
    fill(&result, TOTALS_US, 1);
    strbuf_reset(&text);
    ab_report_text(&text, &result);
    const char *times = strstr(strbuf_cstr(&text), "\nConnection");
    assert_string_equal(times, "\nConnection Times (ms)\n"
                               "              min   avg   max\n"
                               "Connect:        0     0    0\n"
                               "Processing:   303   303  303\n"
                               "Waiting:      303   303  303\n"
                               "Total:        304   304  304\n");
}

/* The doubt is about what was rounded: 0.42 and 0.64 ms. */
static void test_doubt(void **state)
{
    static const uint64_t TOTALS_US[] = {200, 640}, CALM_US[] = {100, 140};
    struct ab_options options = options_of((char *)"-d");
    AUTO(result_done)
    struct ab_result result = {
        .options = &options, .tls_info = "", .tls_temp = "", .took_s = 1, .done = 2};
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT);
    for (size_t i = 0; i < 2; i++) {
        durations_add(&result.connects, CALM_US[i]);
        durations_add(&result.processings, CALM_US[i]);
        durations_add(&result.waits, CALM_US[i]);
        durations_add(&result.totals, TOTALS_US[i]);
    }
    ab_report_text(&text, &result);
    assert_string_equal(
        strstr(strbuf_cstr(&text), "Total:  "),
        "Total:          0    0   0.3      1       1\n"
        "ERROR: The median and mean for the total time are more than twice the standard\n"
        "       deviation apart. These results are NOT reliable.\n");
}

static void test_tables(void **state)
{
    static const uint64_t TOTALS_US[] = {3000, 5400, 7900};
    struct ab_options options = options_of((char *)"-w");
    AUTO(result_done)
    struct ab_result result = {
        .options = &options, .tls_info = "", .tls_temp = "", .took_s = 0.5, .exceptions = 1};
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT);
    options.table = "X";
    options.row = "Y";
    options.cell = "Z";
    fill(&result, TOTALS_US, COUNT_OF(TOTALS_US));
    ab_report_text(&text, &result);
    const char *tables = strbuf_cstr(&text);
    assert_memory_equal(tables,
                        "\n\n<table X>\n<tr Y><th colspan=2 Z>Server Software:</th><td colspan=2 "
                        "Z></td></tr>\n",
                        82);
    assert_non_null(strstr(tables, "<tr Y><th colspan=2 Z>Failed requests:</th><td colspan=2 "
                                   "Z>1</td></tr>\n<tr Y><td colspan=4 Z >   (Connect: 0, Length: "
                                   "0, Exceptions: 1)</td></tr>\n"));
    assert_string_equal(
        strstr(tables, "<tr Y><th Z colspan=4>"),
        "<tr Y><th Z colspan=4>Connection Times (ms)</th></tr>\n"
        "<tr Y><th Z>&nbsp;</th> <th Z>min</th>   <th Z>avg</th>   <th Z>max</th></tr>\n"
        "<tr Y><th Z>Connect:</th><td Z>    0</td><td Z>    0</td><td Z>    0</td></tr>\n"
        "<tr Y><th Z>Processing:</th><td Z>    3</td><td Z>    5</td><td Z>    8</td></tr>\n"
        "<tr Y><th Z>Total:</th><td Z>    3</td><td Z>    5</td><td Z>    8</td></tr>\n"
        "</table>\n");
}

static void test_csv(void **state)
{
    static const uint64_t TOTALS_US[] = {300656, 300788, 303000, 303001, 305000, 305001, 307671};
    struct ab_options options = options_of((char *)"-k");
    AUTO(result_done) struct ab_result result = {.options = &options};
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT);
    fill(&result, TOTALS_US, COUNT_OF(TOTALS_US));
    ab_report_csv(&text, &result);
    assert_memory_equal(strbuf_cstr(&text), "Percentage served,Time in ms\n0,300.656\n", 39);
    assert_non_null(strstr(strbuf_cstr(&text), "\n7,300.656\n8,300.788\n"));
    assert_string_equal(strstr(strbuf_cstr(&text), "\n99,"), "\n99,307.671\n100,307.671\n");
}

static void test_gnuplot(void **state)
{
    struct ab_row rows[] = {{1795373134, 400, 300400, 301400}, {1795373133, 499, 200000, 200499}};
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT);
    setenv("TZ", "UTC", 1);
    ab_report_gnuplot(&text, rows, COUNT_OF(rows));
    assert_string_equal(strbuf_cstr(&text),
                        "starttime\tseconds\tctime\tdtime\tttime\twait\n"
                        "Sun Nov 22 18:45:33 2026\t1795373133\t0\t200\t200\t200\n"
                        "Sun Nov 22 18:45:34 2026\t1795373134\t0\t301\t301\t300\n");
}

static int compare(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static void test_durations(void **state)
{
    enum {
        N = 5000
    };

    uint64_t list[N];
    double sum = 0, squares = 0, tail;
    AUTO(durations_done) struct durations durations = {0};
    struct rng rng;
    rng_seed(&rng, 7);
    for (int i = 0; i < N; i++) {
        list[i] = rng_below(&rng, (size_t)1 << rng_below(&rng, 34));
        durations_add(&durations, list[i]);
        sum += (double)list[i];
    }
    qsort(list, N, sizeof(*list), compare);
    for (int i = 0; i < N; i++)
        squares += ((double)list[i] - sum / N) * ((double)list[i] - sum / N);
    for (uint64_t rank = 0; rank < N; rank += 97)
        assert_int_equal(durations_at(&durations, rank), list[rank]);
    assert_int_equal(durations_at(&durations, N - 1), list[N - 1]);
    assert_true(fabs(durations_deviation(&durations, sum / N) / sqrt(squares / (N - 1)) - 1) <
                1e-9);
    assert_true(durations_from(&durations, list[N - 10], &tail) >= 10);
    assert_true(tail >= 10.0 * (double)list[N - 10]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),      cmocka_unit_test(test_short_and_none),
        cmocka_unit_test(test_doubt),     cmocka_unit_test(test_tables),
        cmocka_unit_test(test_csv),       cmocka_unit_test(test_gnuplot),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
