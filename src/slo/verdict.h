/* SPDX-License-Identifier: Apache-2.0
 *
 * Judges a run by the rows of a service-level file. Pure: rows, the run's total and a few facts
 * about the run in; one line a row out. A row is failed only by a run that tried: a load that was
 * never offered, a duration that was too short, a resource that nobody watched, a percentile that
 * is kept by too few samples (metrics/percentile.h) is "not measured", and the note says what would
 * measure it.
 */
#ifndef SLO_VERDICT_H
#define SLO_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"

struct openslo;
struct snapshot;

enum verdict_status {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_NOT_MEASURED,
};

/* A resource watched beside the run, over its whole duration. */
struct observation {
    const char *name; /* "cpu", "memory", "disk": what a row's `watch` says */
    double avg, peak;
    const char *unit; /* "%" */
};

struct run_facts {
    nsec_t duration_ns; /* of the load; rates are per second of it */
    int64_t max_vus;    /* most users active at one time */
    double requests;    /* made during the load, without setup() and teardown() */
    /* Requests per second that an arrival rate asked for (verdict_offered_rate()); 0 when users
     * set their own pace, because then the system decides how many there are. */
    double offered_rate;
    const struct observation *observations;
    size_t observation_count;
};

struct verdict_row {
    const char *section, *name;
    enum verdict_status status;
    const char *value; /* "143.2 ms"; "" when not measured */
    const char *bound; /* "< 200 ms" */
    const char *note;  /* "" or why the row was not measured or failed */
};

struct verdict {
    struct arena arena;       /* all texts but sections and names, which are the file's */
    struct verdict_row *rows; /* in the file's order */
    size_t row_count;
    size_t passed, failed, not_measured;
    enum verdict_status status; /* fail when one failed; not measured when all were */
};

/* `slo` is bound to the registry of `total`, and outlives the verdict. */
struct verdict *verdict_new(const struct openslo *slo, const struct snapshot *total,
                            const struct run_facts *facts);
void verdict_free(struct verdict **verdict);

/* "pass", "fail", "not measured". */
const char *verdict_status_text(enum verdict_status status);

/* Requests per second that an open model asked for: `scheduled` iterations (started or dropped) in
 * `duration_ns`, times the requests that a completed iteration of this run made; one each when the
 * system let none complete. */
double verdict_offered_rate(uint64_t scheduled, double requests, double iterations,
                            nsec_t duration_ns);

#endif
