/* SPDX-License-Identifier: Apache-2.0
 *
 * hey's report: its summary and its CSV file from plain figures. Layouts are those of hey 0.1.4.
 * Pure; any thread.
 */
#ifndef CLI_AS_HEY_REPORT_H
#define CLI_AS_HEY_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"

struct histogram;
struct strbuf;

/* hey's words for them. */
enum hey_phase {
    HEY_DIALUP,    /* "DNS+dialup": until a new connection is ready; 0 on one that was there */
    HEY_LOOKUP,    /* "DNS-lookup" */
    HEY_REQ_WRITE, /* "req write" */
    HEY_RESP_WAIT, /* "resp wait" */
    HEY_RESP_READ, /* "resp read" */
    HEY_PHASE_COUNT,
};

/* Seconds. Without answers all are 0. */
struct hey_range {
    double sum, min, max;
};

struct hey_status {
    int status;
    uint64_t count;
};

struct hey_error {
    const char *text;
    uint64_t count;
};

/* A row of the CSV file; seconds. */
struct hey_row {
    double offset; /* from the start of the load to that of the call */
    float total, phases[HEY_PHASE_COUNT];
    int status;
};

struct hey_report {
    nsec_t duration_ns;
    uint64_t answers, errors;
    struct hey_range total, phases[HEY_PHASE_COUNT];
    const double *latencies; /* of all answers, ascending, seconds; NULL when there are too many */
    const struct histogram *histogram; /* then: of milliseconds */
    uint64_t body_bytes;
    const struct hey_status *statuses; /* by status */
    size_t status_count;
    const struct hey_error *error_list; /* by text */
    size_t error_count;
    const struct hey_row *rows; /* for the CSV, by the time of their end */
    size_t row_count;
};

void hey_report_summary(struct strbuf *out, const struct hey_report *report);

/* Row by row, for there may be millions. */
void hey_report_csv(FILE *out, const struct hey_report *report);

#endif
