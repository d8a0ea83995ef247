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
struct summary_threshold;
struct verdict;

struct bench_error {
    int code; /* k6's error code */
    const char *text;
    uint64_t count;
};

struct bench_status {
    int status;
    uint64_t count;
};

/* One of the requests that were sent. */
struct bench_target {
    const char *url, *method;
    double weight;
};

struct bench_result {
    /* What was asked for. */
    const char *url, *method; /* of the first target */
    const struct bench_target *targets;
    size_t target_count;
    unsigned connections, workers;
    const char *http;     /* the version that was spoken: "1.1" or "2" */
    unsigned streams;     /* of a connection, >= 1; HTTP/1.1 has one */
    double rate;          /* open model: arrivals a second; 0: closed model */
    const char *arrivals; /* open model: "constant" or "poisson" */
    uint64_t seed;        /* of what is drawn by chance */
    bool precise;         /* workers spun before requests were due */
    nsec_t warmup_ns;     /* before the figures; nothing of it is in them */

    nsec_t duration_ns;  /* of the figures: first request, or end of the warm-up, to the end */
    nsec_t scheduled_ns; /* open model: how long requests were scheduled, the last gap included */
    const struct snapshot *total;

    /* attempts = requests + retried + cut; requests = succeeded + failed;
     * open model: scheduled = requests + cut + never_sent */
    uint64_t attempts, requests, failed, retried, cut, never_delivered;
    uint64_t scheduled, never_sent, waited; /* open model; waited: no connection was free */
    uint64_t carried;         /* of scheduled: due during the warm-up, and not answered then */
    nsec_t oldest_cut_ns;     /* how long the oldest of `cut` had been under way, or due */
    uint64_t warmup_attempts; /* that ended before the figures begin */
    uint64_t connections_opened, bytes_sent, bytes_received;
    uint64_t tls_handshakes, tls_resumed; /* that succeeded; of them with an earlier session */
    uint64_t not_opened;     /* connections that could not be opened before the load began */
    nsec_t opened_ns;        /* how long opening them all took; 0: they were opened by the load */
    double connection_bytes; /* of this process's memory for an idle connection; 0: not measured */
    const struct bench_error *errors; /* without a whole response */
    size_t error_count;
    const struct bench_status *statuses; /* ascending */
    size_t status_count;

    nsec_t cpu_ns;         /* user and system time of this process during the load */
    double busiest_worker; /* share of one core, 0..1, of the busiest worker thread */
    bool interrupted;

    /* The verdict, where there is one to give. */
    const struct summary_threshold *thresholds;
    size_t threshold_count;
    const struct verdict *verdict; /* of an OpenSLO file; NULL: none */
};

/* `unicode`: bars and marks of blocks and ticks; else plain ASCII. */
void bench_report_text(struct strbuf *out, const struct bench_result *result, bool unicode);
void bench_report_json(struct strbuf *out, const struct bench_result *result);

/* Open model: requests a second that were due; 0 in a closed model. */
double bench_scheduled_rate(const struct bench_result *result);

/* Requests that may be under way at a time. */
unsigned bench_result_lanes(const struct bench_result *result);

/* Requests that got a whole response, whatever its status. */
uint64_t bench_result_answered(const struct bench_result *result);

#endif
