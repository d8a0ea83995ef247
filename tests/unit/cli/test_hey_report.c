/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "cli/as/closed_note.h"
#include "cli/as/hey/tally.h"
#include "support/test.h"

static void answer_ms(struct hey_tally *tally, int ms, int status)
{
    const struct hey_answer answer = {
        .status = status,
        .offset_ns = ms * NSEC_PER_MSEC,
        .total_ns = ms * NSEC_PER_MSEC,
        .phases_ns = {1 * NSEC_PER_MSEC, 0, 100000, (ms - 1) * NSEC_PER_MSEC, 60000},
        .body_bytes = 5,
        .declared_bytes = 5,
    };
    hey_tally_answer(tally, &answer);
}

/* Twelve answers of two workers: 20, 40, ... 240 ms, every third a 404. */
static void fill(struct hey_tally *tally)
{
    struct hey_tally other;
    hey_tally_init(tally, true);
    hey_tally_init(&other, true);
    for (int i = 12; i >= 1; i--)
        answer_ms(i % 2 ? tally : &other, 20 * i, i % 3 ? 200 : 404);
    hey_tally_error(&other, SPAN("Get \"u\": EOF"), false);
    hey_tally_error(&other, SPAN("Get \"u\": EOF"), false);
    hey_tally_error(tally, SPAN("Get \"u\": EOF"), true);
    hey_tally_error(tally, SPAN("A"), false);
    hey_tally_merge(tally, &other);
    hey_tally_done(&other);
}

#define BAR_20 "■■■■■■■■■■■■■■■■■■■■"

static const char SUMMARY[] =
    "\nSummary:\n  Total:\t2.0000 secs\n  Slowest:\t0.2400 secs\n  Fastest:\t0.0200 secs\n"
    "  Average:\t0.1300 secs\n  Requests/sec:\t6.0000\n  \n  Total data:\t60 bytes\n"
    "  Size/request:\t5 bytes\n\nResponse time histogram:\n"
    "  0.020 [1]\t|" BAR_20 "\n  0.042 [1]\t|" BAR_20 "\n  0.064 [1]\t|" BAR_20
    "\n  0.086 [1]\t|" BAR_20 "\n  0.108 [1]\t|" BAR_20 "\n  0.130 [1]\t|" BAR_20
    "\n  0.152 [1]\t|" BAR_20 "\n  0.174 [1]\t|" BAR_20 "\n  0.196 [1]\t|" BAR_20
    "\n  0.218 [1]\t|" BAR_20 "\n  0.240 [2]\t|" BAR_20 BAR_20 "\n\n\nLatency distribution:\n"
    "  10% in 0.0600 secs\n  25% in 0.0800 secs\n  50% in 0.1400 secs\n  75% in 0.2000 secs\n"
    "  90% in 0.2400 secs\n  0% in 0.0000 secs\n  0% in 0.0000 secs\n\n"
    "Details (average, fastest, slowest):\n"
    "  DNS+dialup:\t0.0010 secs, 0.0010 secs, 0.0010 secs\n"
    "  DNS-lookup:\t0.0000 secs, 0.0000 secs, 0.0000 secs\n"
    "  req write:\t0.0001 secs, 0.0001 secs, 0.0001 secs\n"
    "  resp wait:\t0.1290 secs, 0.0190 secs, 0.2390 secs\n"
    "  resp read:\t0.0001 secs, 0.0001 secs, 0.0001 secs\n\n"
    "Status code distribution:\n  [200]\t8 responses\n  [404]\t4 responses\n\n"
    "Error distribution:\n  [1]\tA\n  [3]\tGet \"u\": EOF\n\n";

static void test_summary(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
    AUTO(hey_tally_done) struct hey_tally tally;
    struct hey_report report;
    fill(&tally);
    hey_tally_report(&tally, 2 * NSEC_PER_SEC, &report);
    hey_report_summary(&text, &report);
    assert_string_equal(strbuf_cstr(&text), SUMMARY);
    assert_int_equal(tally.broken, 1);
}

static const char NOTHING[] =
    "\nSummary:\n  Total:\t1.0000 secs\n  Slowest:\t0.0000 secs\n  Fastest:\t0.0000 secs\n"
    "  Average:\t NaN secs\n  Requests/sec:\t0.0000\n  \n\nResponse time histogram:\n\n\n"
    "Latency distribution:\n\nDetails (average, fastest, slowest):\n"
    "  DNS+dialup:\t NaN secs, 0.0000 secs, 0.0000 secs\n"
    "  DNS-lookup:\t NaN secs, 0.0000 secs, 0.0000 secs\n"
    "  req write:\t NaN secs, 0.0000 secs, 0.0000 secs\n"
    "  resp wait:\t NaN secs, 0.0000 secs, 0.0000 secs\n"
    "  resp read:\t NaN secs, 0.0000 secs, 0.0000 secs\n\n"
    "Status code distribution:\n\nError distribution:\n  [1]\tx\n\n";

static void test_nothing(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
    AUTO(hey_tally_done) struct hey_tally tally;
    struct hey_report report;
    hey_tally_init(&tally, false);
    hey_tally_error(&tally, SPAN("x"), false);
    hey_tally_report(&tally, NSEC_PER_SEC, &report);
    hey_report_summary(&text, &report);
    assert_string_equal(strbuf_cstr(&text), NOTHING);
}

static void test_csv(void **state)
{
    AUTO(hey_tally_done) struct hey_tally tally;
    struct hey_report report;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    hey_tally_init(&tally, true);
    answer_ms(&tally, 40, 404);
    answer_ms(&tally, 20, 200);
    hey_tally_report(&tally, NSEC_PER_SEC, &report);
    hey_report_csv(file, &report);
    fclose(file);
    assert_string_equal(text, "response-time,DNS+dialup,DNS,Request-write,Response-delay,"
                              "Response-read,status-code,offset\n"
                              "0.0200,0.0010,0.0000,0.0001,0.0190,0.0001,200,0.0200\n"
                              "0.0400,0.0010,0.0000,0.0001,0.0390,0.0001,404,0.0400\n");
    free(text);
}

/* Beyond what is kept one by one every answer still counts. */
static void test_many(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
    AUTO(hey_tally_done) struct hey_tally tally;
    struct hey_report report;
    hey_tally_init(&tally, false);
    for (int i = 0; i < HEY_EXACT_MAX + 100; i++)
        answer_ms(&tally, 1 + i % 100, 200);
    hey_tally_report(&tally, NSEC_PER_SEC, &report);
    assert_null(report.latencies);
    hey_report_summary(&text, &report);
    assert_non_null(strstr(strbuf_cstr(&text), "  Average:\t0.0505 secs\n"));
    assert_non_null(strstr(strbuf_cstr(&text), "  Total data:\t5000500 bytes\n"));
    assert_non_null(strstr(strbuf_cstr(&text), "  0.100 [100010]\t|■"));
    assert_non_null(strstr(strbuf_cstr(&text), "[200]\t1000100 responses\n"));
}

static void test_stalls(void **state)
{
    AUTO(hey_tally_done) struct hey_tally tally;
    struct closed_run run = {0};
    struct hey_report report;
    hey_tally_init(&tally, false);
    for (int i = 0; i < 1000; i++)
        answer_ms(&tally, 1, 200);
    answer_ms(&tally, 2000, 200);
    hey_tally_report(&tally, NSEC_PER_SEC, &report);
    hey_tally_stalls(&tally, &run);
    assert_int_equal(run.answers, 1001);
    assert_int_equal(run.slow_answers, 1);
    assert_true(run.slow_ns > 1.99e9 && run.slow_ns < 2.01e9);
    assert_int_equal(run.max_ns, 2 * NSEC_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary), cmocka_unit_test(test_nothing), cmocka_unit_test(test_csv),
        cmocka_unit_test(test_many),    cmocka_unit_test(test_stalls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
