/* SPDX-License-Identifier: Apache-2.0
 *
 * A histogram of durations for Prometheus. Recording is two relaxed atomic additions, from any
 * thread; reading takes a copy, so that what is printed adds up.
 */
#ifndef KENEYAPP_TELEMETRY_LATENCY_H
#define KENEYAPP_TELEMETRY_LATENCY_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/clock.h"

struct strbuf;

enum {
    LATENCY_EDGES_MAX = 25,
};

/* Upper edges of the buckets, ascending. */
struct latency_scale {
    size_t count; /* at most LATENCY_EDGES_MAX */

    struct {
        nsec_t ns;
        const char *seconds; /* the same, as the label says it */
    } edges[LATENCY_EDGES_MAX];
};

/* Answers: the guide's service levels (100, 200, 500, 1000 ms) are edges. */
extern const struct latency_scale latency_scale_http;

/* Work inside: fine around 1, 10, 20 and 100 ms, 1 s and 5 s. */
extern const struct latency_scale latency_scale_work;

/* All zero at first. */
struct latency {
    _Atomic uint64_t buckets[LATENCY_EDGES_MAX + 1], sum_ns;
};

struct latency_figures {
    uint64_t buckets[LATENCY_EDGES_MAX + 1]; /* not cumulative */
    uint64_t count, sum_ns;
};

/* Always with the same scale. Negative durations count as 0. */
void latency_record(struct latency *latency, const struct latency_scale *scale, nsec_t duration_ns);

void latency_read(const struct latency *latency, struct latency_figures *ret_figures);

/* The lines of one series: _bucket, _sum and _count. `labels` without le, or "". */
void latency_render(struct strbuf *out, const char *name, const char *labels,
                    const struct latency_scale *scale, const struct latency_figures *figures);

#endif
