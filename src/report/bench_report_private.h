/* SPDX-License-Identifier: Apache-2.0
 *
 * What text and JSON of a bench share: the same figures by the same rules.
 */
#ifndef REPORT_BENCH_REPORT_PRIVATE_H
#define REPORT_BENCH_REPORT_PRIVATE_H

#include "report/bench_report.h"

/* The trend of a metric; an empty one when it was never touched. */
const struct histogram *bench_trend(const struct bench_result *result, enum builtin_metric metric);

double bench_seconds(const struct bench_result *result);
double bench_cpu_us_per_request(const struct bench_result *result);
bool bench_is_saturated(const struct bench_result *result);

/* Requests that were begun: those with an outcome and those under way at the end. */
uint64_t bench_sent(const struct bench_result *result);

/* bench_notes.c: what has to be said before any figure. */
enum {
    BENCH_MAX_NOTES = 12,
    BENCH_NOTE_BYTES = 400,
};

struct bench_notes {
    char texts[BENCH_MAX_NOTES][BENCH_NOTE_BYTES];
    size_t count;
    bool unicode; /* "µs", not "us" */
};

void bench_notes_collect(const struct bench_result *result, bool unicode,
                         struct bench_notes *ret_notes);

/* bench_table.c: the latencies and phases, a line each. */
void bench_table_add(struct strbuf *out, const struct bench_result *result, bool unicode);

/* bench_histogram.c: the distribution of the latencies, drawn. */
void bench_histogram_add(struct strbuf *out, const struct bench_result *result, bool unicode);

#endif
