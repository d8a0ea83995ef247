/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a run as data, and its text in k6's layout: THRESHOLDS, TOTAL RESULTS with checks,
 * then metrics by kind. Pure functions from summary to text; whoever fills the summary keeps what
 * it points to alive.
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "metrics/snapshot.h"

struct strbuf;

/* One evaluated threshold. */
struct summary_threshold {
    const struct series *series;
    const char *expression; /* as the user wrote it */
    const char *aggregate;  /* "p(95)" */
    double observed;
    bool ok;
};

enum summary_mode {
    SUMMARY_COMPACT,
    SUMMARY_FULL,
    SUMMARY_DISABLED,
};

struct summary {
    const struct registry *registry;
    const struct snapshot *total;
    nsec_t duration_ns; /* of the whole test, setup included: counter rates divide by it */
    const struct summary_threshold *thresholds;
    size_t threshold_count;
    const char *const *trend_stats; /* "avg", "p(95)", … */
    size_t trend_stat_count;
    const char *time_unit; /* "", "s", "ms", "us" */
    enum summary_mode mode;
    bool color;
    double time_scale;        /* != 1: a rehearsal, said first */
    const char *const *notes; /* what has to be said before any figure (saturation, drops) */
    size_t note_count;
};

enum {
    SUMMARY_MAX_STATS = 24,
};

/* k6's default trend statistics. */
extern const char *const SUMMARY_DEFAULT_STATS[6];

void summary_text(struct strbuf *out, const struct summary *summary);

/* The value of "avg", "min", "med", "max", "count" or "p(N)" of a trend; -1 for another name. */
int summary_trend_stat(const struct histogram *trend, const char *stat, double *ret_value);

/* The object that handleSummary(data) gets; `setup_data` is JSON text or empty. */
void summary_handle_json(struct strbuf *out, const struct summary *summary, const char *setup_data,
                         bool stdout_is_tty, bool stderr_is_tty);

/* The older shape that --summary-export writes. */
void summary_export_json(struct strbuf *out, const struct summary *summary, const char *setup_data);

#endif
