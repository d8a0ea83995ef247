/* SPDX-License-Identifier: Apache-2.0
 *
 * A bench's result with something in every field, for the tests of its reports.
 */
#ifndef TESTS_UNIT_REPORT_BENCH_SAMPLE_H
#define TESTS_UNIT_REPORT_BENCH_SAMPLE_H

#include "metrics/registry.h"
#include "report/bench_report.h"

static inline void sample_add(struct snapshot *total, enum builtin_metric metric, double ms,
                              uint64_t times)
{
    struct sink *sink = &total->sinks[registry_metric(total->registry, metric)->series_id];
    sink->touched = true;
    histogram_add_n(&sink->trend, ms, times);
}

/* 400 requests in a second, 2 of them refused; `total` is filled too. */
static inline struct bench_result sample_result(struct snapshot *total)
{
    static const struct bench_error ERRORS[] = {{1212, "dial: connection refused", 2}};
    static const struct bench_status STATUSES[] = {{200, 390}, {404, 8}};
    static const struct bench_target TARGETS[] = {{"http://x/", "GET", 3}, {"http://y/", "PUT", 1}};
    sample_add(total, METRIC_HTTP_REQ_DURATION, 1, 390);
    sample_add(total, METRIC_HTTP_REQ_DURATION, 3, 10);
    sample_add(total, METRIC_HTTP_REQ_WAITING, 1, 400);
    sample_add(total, METRIC_CONNECTION_CONNECTING, 0.25, 10);
    return (struct bench_result){
        .url = "http://x/",
        .method = "GET",
        .targets = TARGETS,
        .target_count = 2,
        .connections = 10,
        .workers = 1,
        .http = "1.1",
        .streams = 1,
        .duration_ns = NSEC_PER_SEC,
        .total = total,
        .attempts = 404,
        .requests = 400,
        .failed = 10,
        .retried = 1,
        .cut = 3,
        .connections_opened = 10,
        .bytes_sent = 40000,
        .bytes_received = 1200000,
        .errors = ERRORS,
        .error_count = 1,
        .statuses = STATUSES,
        .status_count = 2,
        .cpu_ns = 4000000,
        .busiest_worker = 0.5,
    };
}

/* The same at a given rate, with 17 requests that were never sent. */
static inline void sample_make_open(struct bench_result *result, struct snapshot *total)
{
    result->rate = 420;
    result->arrivals = "poisson";
    result->seed = 7;
    result->scheduled = 420;
    result->scheduled_ns = NSEC_PER_SEC;
    result->never_sent = 17;
    sample_add(total, METRIC_HTTP_REQ_DURATION_UNCORRECTED, 1, 400);
    sample_add(total, METRIC_HTTP_REQ_SEND_LATENESS, 0.02, 390);
    sample_add(total, METRIC_HTTP_REQ_SEND_LATENESS, 2, 10);
}

#endif
