/* SPDX-License-Identifier: Apache-2.0
 *
 * What hey's report is made of, added up call by call; one tally per worker, merged at the end.
 * Latencies are kept one by one up to a million, so that every printed digit is right, and in a
 * histogram beyond; hey stops to keep any there. Rows for the CSV are kept all: 40 bytes each.
 */
#ifndef CLI_AS_HEY_TALLY_H
#define CLI_AS_HEY_TALLY_H

#include <stdbool.h>

#include "base/map.h"
#include "cli/as/hey/report.h"
#include "metrics/histogram.h"

struct closed_run;

enum {
    HEY_STATUS_MAX = 1000,
    HEY_EXACT_MAX = 1000000, /* also where hey stops to keep results */
};

struct hey_tally {
    bool keeps_rows;
    uint64_t answers, errors, body_bytes;
    uint64_t declared_bytes; /* what hey would call Total data */
    uint64_t broken;         /* of the errors: answers that broke off in their body */
    struct hey_range total, phases[HEY_PHASE_COUNT];
    double *latencies; /* answers of them, seconds; NULL beyond HEY_EXACT_MAX */
    size_t latency_cap;
    struct histogram histogram; /* ms */
    uint64_t by_status[HEY_STATUS_MAX];
    struct map errors_by_text; /* to uint64_t*, owned */
    struct hey_row *rows;
    size_t row_count, row_cap;
    struct hey_status *statuses; /* made by hey_tally_report() */
    struct hey_error *error_list;
};

struct hey_answer {
    int status;
    nsec_t offset_ns, total_ns, phases_ns[HEY_PHASE_COUNT];
    uint64_t body_bytes, declared_bytes;
};

void hey_tally_init(struct hey_tally *tally, bool keeps_rows);
void hey_tally_done(struct hey_tally *tally);

void hey_tally_answer(struct hey_tally *tally, const struct hey_answer *answer);
void hey_tally_error(struct hey_tally *tally, struct span text, bool is_broken);

/* into += from. */
void hey_tally_merge(struct hey_tally *into, const struct hey_tally *from);

/* All of it in order. The report points into the tally, which must not change any more. */
void hey_tally_report(struct hey_tally *tally, nsec_t duration_ns, struct hey_report *ret);

/* The latencies, for cli/as/closed_note.h; the other fields are the caller's. After
 * hey_tally_report(). */
void hey_tally_stalls(const struct hey_tally *tally, struct closed_run *run);

#endif
