/* SPDX-License-Identifier: Apache-2.0
 *
 * What a worker saw in one interval: one sink per touched series and the checks. Merging is exact
 * and associative, so one worker's seconds, several workers and several processes all add up to
 * the same totals. A run's total is itself a snapshot that grows by merging. One owner at a time.
 *
 * The encoding (docs/internals/snapshot-format.md) is for workers that are processes: a dictionary
 * of series names once per stream, then snapshots that carry only touched series.
 */
#ifndef METRICS_SNAPSHOT_H
#define METRICS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"
#include "metrics/histogram.h"
#include "metrics/registry.h"

struct strbuf;

struct sink {
    bool touched;
    uint64_t count; /* counter: samples; rate: all; gauge: samples; trends use trend.count */
    double sum;     /* counter: sum; rate: non-zero ones */
    double value, min, max; /* gauge: last, smallest, largest */
    nsec_t last_ns;         /* gauge: when `value` was set; a later one wins a merge */
    struct histogram trend;
};

struct check_count {
    struct span group_path; /* "" or "::a::b" */
    struct span name;
    uint64_t passes, fails;
    nsec_t first_ns; /* monotonic: its first result; the smaller one wins a merge */
};

struct snapshot {
    const struct registry *registry; /* borrowed */
    uint32_t worker;
    nsec_t start_ns, end_ns;
    struct sink *sinks; /* by series id, registry_series_count() of them */
    size_t sink_count;
    uint64_t refused; /* NaN values dropped */

    struct check_count *checks; /* in order of first appearance */
    size_t check_count, check_cap;
    struct check_index *check_index; /* private */
    struct snapshot *next_free;      /* private to the recorder */
};

struct snapshot *snapshot_new(const struct registry *registry);
void snapshot_free(struct snapshot **snapshot);
void snapshot_reset(struct snapshot *snapshot);

/* into += from; both of the same registry. Gauges keep the value set last. An untouched interval
 * (0, 0) takes the other's; otherwise the two are spanned. */
void snapshot_merge(struct snapshot *into, const struct snapshot *from);

/* NULL when never touched. */
const struct sink *snapshot_sink(const struct snapshot *snapshot, uint32_t series_id);

/* The sink of the metric itself, over all tags; NULL likewise. */
const struct sink *snapshot_metric(const struct snapshot *snapshot, enum builtin_metric metric);

/* Finds or makes the row; used by the recorder and by merging. */
struct check_count *snapshot_check(struct snapshot *snapshot, struct span group_path,
                                   struct span name);

/* The checks by the time of their first result, the same whichever worker told first; the caller
 * frees the array, the rows stay the snapshot's. */
const struct check_count **snapshot_checks_by_time(const struct snapshot *snapshot);

/* The dictionary opens a stream; each snapshot follows it. Decoders refuse what is malformed or of
 * another version with -1 and advance `*input` behind what they took on success. The dictionary
 * must be this registry's own. `into` is reset first, and empty after a failure. */
void snapshot_encode_dictionary(const struct registry *registry, struct strbuf *out);
int snapshot_decode_dictionary(const struct registry *registry, struct span *input);
void snapshot_encode(const struct snapshot *snapshot, struct strbuf *out);
int snapshot_decode(struct snapshot *into, struct span *input);

#endif
