/* SPDX-License-Identifier: Apache-2.0
 *
 * Most durations fall into the first few buckets, so the search for theirs starts there.
 */
#include "keneyapp/telemetry/latency.h"

#include "keneyapp/telemetry/prometheus.h"

enum {
    LABELS_MAX_BYTES = 1024,
};

#define US(n, text)                                                                                \
    {                                                                                              \
        (n) * NSEC_PER_USEC, text                                                                  \
    }
#define MS(n, text)                                                                                \
    {                                                                                              \
        (n) * NSEC_PER_MSEC, text                                                                  \
    }

const struct latency_scale latency_scale_http = {
    .count = 22,
    .edges = {US(100, "0.0001"),  US(250, "0.00025"), US(500, "0.0005"), MS(1, "0.001"),
              US(2500, "0.0025"), MS(5, "0.005"),     MS(10, "0.01"),    MS(25, "0.025"),
              MS(50, "0.05"),     MS(75, "0.075"),    MS(100, "0.1"),    MS(150, "0.15"),
              MS(200, "0.2"),     MS(250, "0.25"),    MS(300, "0.3"),    MS(400, "0.4"),
              MS(500, "0.5"),     MS(750, "0.75"),    MS(1000, "1"),     MS(2500, "2.5"),
              MS(5000, "5"),      MS(10000, "10")},
};

const struct latency_scale latency_scale_work = {
    .count = 25,
    .edges = {US(25, "0.000025"), US(50, "0.00005"),  US(100, "0.0001"), US(250, "0.00025"),
              US(500, "0.0005"),  US(750, "0.00075"), MS(1, "0.001"),    US(1500, "0.0015"),
              US(2500, "0.0025"), MS(5, "0.005"),     MS(10, "0.01"),    MS(15, "0.015"),
              MS(20, "0.02"),     MS(25, "0.025"),    MS(50, "0.05"),    MS(75, "0.075"),
              MS(100, "0.1"),     MS(250, "0.25"),    MS(500, "0.5"),    MS(750, "0.75"),
              MS(1000, "1"),      MS(1500, "1.5"),    MS(2500, "2.5"),   MS(5000, "5"),
              MS(30000, "30")},
};

void latency_record(struct latency *latency, const struct latency_scale *scale, nsec_t duration_ns)
{
    size_t bucket = 0;
    nsec_t ns = duration_ns > 0 ? duration_ns : 0;
    while (bucket < scale->count && ns > scale->edges[bucket].ns)
        bucket++;
    atomic_fetch_add_explicit(&latency->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&latency->sum_ns, (uint64_t)ns, memory_order_relaxed);
}

void latency_read(const struct latency *latency, struct latency_figures *ret_figures)
{
    ret_figures->count = 0;
    for (size_t i = 0; i <= LATENCY_EDGES_MAX; i++) {
        uint64_t n = atomic_load_explicit(&latency->buckets[i], memory_order_relaxed);
        ret_figures->buckets[i] = n;
        ret_figures->count += n;
    }
    ret_figures->sum_ns = atomic_load_explicit(&latency->sum_ns, memory_order_relaxed);
}

/* name_suffix{labels} */
static void add_line(struct strbuf *out, const char *name, const char *suffix, const char *labels,
                     double value)
{
    strbuf_adds(out, name);
    prometheus_value(out, suffix, labels, value);
}

void latency_render(struct strbuf *out, const char *name, const char *labels,
                    const struct latency_scale *scale, const struct latency_figures *figures)
{
    AUTO(strbuf_done) struct strbuf all = STRBUF_INIT(LABELS_MAX_BYTES);
    strbuf_adds(&all, labels);
    strbuf_adds(&all, labels[0] ? ",le=\"" : "le=\"");
    size_t given = all.len;
    uint64_t below = 0;
    for (size_t i = 0; i <= scale->count; i++) {
        below += figures->buckets[i];
        strbuf_truncate(&all, given);
        strbuf_adds(&all, i < scale->count ? scale->edges[i].seconds : "+Inf");
        strbuf_addc(&all, '"');
        add_line(out, name, "_bucket", strbuf_cstr(&all), (double)below);
    }
    add_line(out, name, "_sum", labels, (double)figures->sum_ns / (double)NSEC_PER_SEC);
    add_line(out, name, "_count", labels, (double)below);
}
