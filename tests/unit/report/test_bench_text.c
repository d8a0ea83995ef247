/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "bench_sample.h"
#include "report/summary.h"
#include "support/test.h"

struct fixture {
    struct registry *registry;
    struct snapshot *total;
    struct bench_result result;
    struct strbuf text;
};

static void begin(struct fixture *f)
{
    *f = (struct fixture){.registry = registry_new(), .text = STRBUF_INIT(100000)};
    f->total = snapshot_new(f->registry);
    f->result = sample_result(f->total);
}

static void end(struct fixture *f)
{
    snapshot_free(&f->total);
    registry_free(&f->registry);
    strbuf_done(&f->text);
}

/* Notes are broken into lines; what is looked for is not. */
static void print(struct fixture *f)
{
    AUTO(strbuf_done) struct strbuf wrapped = STRBUF_INIT(100000);
    bench_report_text(&wrapped, &f->result, false);
    strbuf_reset(&f->text);
    bool is_note = false;
    for (size_t i = 0; i < wrapped.len; i++) {
        const char *at = wrapped.ptr + i;
        is_note = strncmp(at, "\n  !", 4) == 0 || (is_note && strncmp(at, "\n\n", 2) != 0);
        if (is_note && strncmp(at, "\n    ", 5) == 0)
            i += 3;
        else
            strbuf_addc(&f->text, *at);
    }
}

static void expect(struct fixture *f, const char *text)
{
    if (!strstr(strbuf_cstr(&f->text), text))
        fail_msg("\"%s\" is not in:\n%s", text, strbuf_cstr(&f->text));
}

static void expect_not(struct fixture *f, const char *text)
{
    if (strstr(strbuf_cstr(&f->text), text))
        fail_msg("\"%s\" is in:\n%s", text, strbuf_cstr(&f->text));
}

static void test_the_account(void **state)
{
    static const char *const LINES[] = {
        "3 x GET http://x/\n1 x PUT http://y/\nclosed model: 10 connections, HTTP/1.1, 1 worker, "
        "1.00 s\n",
        "rate        398.0 answers/s\n",
        "requests    403 sent = 398 answered + 2 without an answer + 3 under way\n",
        "1 sent again",
        "failed      10, ",
        "status 404  8\n",
        "error 1212  2  dial: connection refused\n",
        "latencies contain the 2 requests without an answer",
        "each of 10 connections opened\n",
        "client      10.00 us CPU a request, busiest worker 50 % of a core\n",
    };
    struct fixture f;
    begin(&f);
    print(&f);
    for (size_t i = 0; i < COUNT_OF(LINES); i++)
        expect(&f, LINES[i]);
    expect_not(&f, "scheduled");
    expect_not(&f, "uncorrected");
    end(&f);
}

static void test_percentiles_need_samples(void **state)
{
    struct fixture f;
    begin(&f);
    print(&f);
    expect(&f, "400 samples are too few for p99.9, which needs 3688");
    expect(&f, "  latency       1.05ms  1.00ms  1.00ms  1.00ms  3.00ms       -       -  3.00ms\n");
    end(&f);
}

static void test_the_open_model(void **state)
{
    struct fixture f;
    begin(&f);
    sample_make_open(&f.result, f.total);
    f.result.warmup_ns = 2 * NSEC_PER_SEC;
    f.result.precise = true;
    print(&f);
    expect(&f, "open model: 420 requests/s, poisson arrivals, seed 7, workers spin before they are "
               "due\n10 connections, HTTP/1.1, 1 worker, 1.00 s after 2 s of warm-up, which is in "
               "no figure");
    expect(&f, "420 scheduled = 403 sent + 17 never sent");
    expect(&f, "17 of 420 scheduled requests were never sent");
    expect(&f, "this client was late: one request in a hundred left 2.00ms or more");
    expect(&f, "\n  uncorrected ");
    expect(&f, "\n  sent late ");
    f.result.waited = 100;
    print(&f);
    expect(&f, "23.8 % of the requests found no free connection");
    expect_not(&f, "this client was late");
    end(&f);
}

static void test_what_a_closed_loop_cannot_see(void **state)
{
    struct fixture f;
    begin(&f);
    print(&f);
    expect_not(&f, "closed loop");
    sample_add(f.total, METRIC_HTTP_REQ_DURATION, 500, 10); /* half of the second, everywhere */
    print(&f);
    expect(&f, "connections spent 50.0 % of the time in answers that took more than 100ms (up to "
               "500ms). A closed loop asks nothing meanwhile");
    expect(&f, "--rate 400 shows it");
    f.result.rate = 400;
    f.result.arrivals = "constant";
    print(&f);
    expect_not(&f, "closed loop");
    end(&f);
}

static void test_a_few_late_requests(void **state)
{
    struct fixture f;
    begin(&f);
    f.result.rate = 10;
    f.result.arrivals = "constant";
    sample_add(f.total, METRIC_HTTP_REQ_DURATION_UNCORRECTED, 1, 3);
    sample_add(f.total, METRIC_HTTP_REQ_SEND_LATENESS, 2, 3);
    print(&f);
    expect(&f, "this client was late: the latest request left 2.00ms after it was due");
    end(&f);
}

static void test_what_was_cut(void **state)
{
    struct fixture f;
    begin(&f);
    f.result.oldest_cut_ns = 3 * NSEC_PER_MSEC;
    print(&f);
    expect_not(&f, "in no percentile"); /* as long as the slowest answer */
    f.result.oldest_cut_ns = 900 * NSEC_PER_MSEC;
    print(&f);
    expect(&f, "3 requests were still under way at the end and in no percentile, the oldest for "
               "900ms, which is longer than any answer took: give more --duration,");
    sample_make_open(&f.result, f.total);
    print(&f);
    expect_not(&f, "give more --grace,"); /* it has some that were never sent */
    f.result.never_sent = 0;
    print(&f);
    expect(&f, "give more --grace,");
    end(&f);
}

static void test_streams(void **state)
{
    struct fixture f;
    begin(&f);
    f.result.http = "2";
    f.result.streams = 5;
    sample_add(f.total, METRIC_HTTP_REQ_DURATION, 500, 10);
    print(&f);
    expect(&f, "closed model: 10 connections of 5 streams, HTTP/2, 1 worker, 1.00 s\n");
    expect(&f, "connections spent 10.0 % of the time in answers"); /* of their streams' time */
    end(&f);
}

static void test_short_loads(void **state)
{
    struct fixture f;
    begin(&f);
    f.result.duration_ns = 340000;
    print(&f);
    expect(&f, "HTTP/1.1, 1 worker, 0.34 ms\n");
    end(&f);
}

static void test_limits_and_silence(void **state)
{
    struct fixture f;
    begin(&f);
    f.result.busiest_worker = 0.99;
    f.result.interrupted = true;
    print(&f);
    expect(&f, "a worker used 99 % of its core: this client was a limit");
    expect(&f, "interrupted: ");
    const struct bench_error all = {1212, "dial: connection refused", 400};
    f.result.errors = &all;
    f.result.status_count = 0;
    print(&f);
    expect(&f, "nothing answered: check the URL");
    const struct bench_error untrusted = {1310, "x509: certificate signed by unknown authority",
                                          400};
    f.result.errors = &untrusted;
    print(&f);
    expect(&f, "the server's certificate was not accepted: name the authority");
    expect_not(&f, "p99");
    const struct bench_error expired = {1300, "x509: the server's certificate has expired", 400};
    f.result.errors = &expired;
    print(&f);
    expect(&f, "no TLS connection came about: the errors below say why");
    /* Over https the handshake says so, over http the server's answer. */
    static const int CODES[] = {1602, 1652, 1664};
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        const struct bench_error other = {CODES[i], "no HTTP/2", 400};
        f.result.errors = &other;
        print(&f);
        expect(&f, "the server does not speak HTTP/2 here");
        expect(&f, ": leave out --http2");
        expect_not(&f, "check the URL");
    }
    end(&f);
}

static void test_refusals(void **state)
{
    static const struct bench_status MIXED[] = {{302, 1}, {404, 399}};
    struct bench_status refused = {401, 400};
    struct fixture f;
    begin(&f);
    f.result.statuses = MIXED;
    f.result.status_count = COUNT_OF(MIXED);
    print(&f);
    expect_not(&f, "refusals");
    f.result.statuses = &refused;
    f.result.status_count = 1;
    print(&f);
    expect(&f, "every answer had a status of 400 or more: these are the times of refusals");
    expect(&f, "meant; say who asks, with -u or a token in -H");
    refused.status = 404;
    print(&f);
    expect(&f, "meant; check the URL");
    refused.status = 429;
    print(&f);
    expect(&f, "meant; the server limits how often one client may ask");
    refused.status = 503;
    print(&f);
    expect(&f, "meant; the server's log says why");
    end(&f);
}

static void test_thresholds(void **state)
{
    struct fixture f;
    begin(&f);
    const struct metric *metric = registry_metric(f.registry, METRIC_HTTP_REQ_DURATION);
    const struct summary_threshold threshold = {registry_series(f.registry, metric->series_id),
                                                "p(95)<2", "p(95)", 3, false};
    f.result.thresholds = &threshold;
    f.result.threshold_count = 1;
    print(&f);
    expect(&f, "failed http_req_duration p(95)<2: p(95) = 3.00ms\n");
    end(&f);
}

static void test_bars(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(100000);
    struct fixture f;
    begin(&f);
    print(&f);
    expect(&f, "latency of 400 requests\n");
    expect(&f, " #################################### ");
    expect(&f, "390  97.50 %\n");
    bench_report_text(&text, &f.result, true);
    assert_non_null(strstr(strbuf_cstr(&text), "████████████████████████████████████ "));
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_account),    cmocka_unit_test(test_percentiles_need_samples),
        cmocka_unit_test(test_the_open_model), cmocka_unit_test(test_what_a_closed_loop_cannot_see),
        cmocka_unit_test(test_streams),        cmocka_unit_test(test_limits_and_silence),
        cmocka_unit_test(test_short_loads),    cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_what_was_cut),   cmocka_unit_test(test_a_few_late_requests),
        cmocka_unit_test(test_thresholds),     cmocka_unit_test(test_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
