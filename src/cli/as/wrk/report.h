/* SPDX-License-Identifier: Apache-2.0
 *
 * What wrk 4.1 and wrk2 print, from plain data. Pure.
 */
#ifndef CLI_AS_WRK_REPORT_H
#define CLI_AS_WRK_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct distribution;
struct strbuf;

/* wrk2, once a thread is warm. */
struct wrk_calibration {
    double mean_us;
    uint64_t interval_ms;
};

struct wrk_report {
    const char *url;               /* as given */
    uint64_t duration_s;           /* as given */
    uint64_t threads, connections; /* as given */
    bool is_wrk2;
    bool show_latency, show_uncorrected;

    /* What follows is known after the run. */
    const struct wrk_calibration *calibrations; /* calibration_count of them */
    size_t calibration_count;
    const struct distribution *latency, *rates; /* µs; per second */
    const struct distribution *uncorrected;     /* µs; with show_uncorrected */
    uint64_t runtime_us;                        /* > 0 */
    uint64_t requests, bytes;
    uint64_t connect_errors, read_errors, write_errors, timeouts;
    uint64_t bad_statuses; /* above 399 */
};

/* The two lines before the run. */
void wrk_report_begin(struct strbuf *out, const struct wrk_report *report);

/* All that follows them. */
void wrk_report_end(struct strbuf *out, const struct wrk_report *report);

#endif
