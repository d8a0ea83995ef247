/* SPDX-License-Identifier: Apache-2.0
 *
 * The result of `keneyperf bench` as data, one screen of text, and versioned JSON
 * (docs/bench-json.md). Pure functions; nothing is owned.
 */
#ifndef REPORT_BENCH_REPORT_H
#define REPORT_BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "metrics/snapshot.h"

struct strbuf;

struct bench_error {
    int code; /* k6's error code */
    const char *text;
    uint64_t count;
};

struct bench_status {
    int status;
    uint64_t count;
};

struct bench_result {
    const char *url, *method;
    unsigned connections, workers;
    nsec_t duration_ns; /* first request to the end of the load */
    const struct snapshot *total;

    /* attempts = requests + retried + cut; requests = succeeded + failed */
    uint64_t attempts, requests, failed, retried, cut, never_delivered;
    uint64_t connections_opened, bytes_sent, bytes_received;
    const struct bench_error *errors; /* without a whole response */
    size_t error_count;
    const struct bench_status *statuses; /* ascending */
    size_t status_count;

    nsec_t cpu_ns;         /* user and system time of this process during the load */
    double busiest_worker; /* share of one core, 0..1, of the busiest worker thread */
    bool interrupted;
};

void bench_report_text(struct strbuf *out, const struct bench_result *result);
void bench_report_json(struct strbuf *out, const struct bench_result *result);

#endif
