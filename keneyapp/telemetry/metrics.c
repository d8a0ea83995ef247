/* SPDX-License-Identifier: Apache-2.0
 *
 * One cell per (endpoint, method, status), all allocated at the start: recording finds its cell by
 * arithmetic and never locks.
 */
#include "keneyapp/telemetry/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

/* The edges of the guide's service levels (100, 200, 500, 1000 ms) are bucket edges. */
static const double EDGES_S[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15,
                                 0.2,    0.25,  0.3,    0.4,   0.5,  0.75,  1,    2.5,   5,   10};

static const unsigned STATUSES[] = {200, 201, 204, 400, 401, 403, 404, 405,
                                    409, 413, 415, 422, 429, 500, 503};

enum {
    BUCKETS = COUNT_OF(EDGES_S) + 1,
    STATUS_COUNT = COUNT_OF(STATUSES),
};

struct cell {
    _Atomic uint64_t buckets[BUCKETS];
    _Atomic uint64_t sum_ns;
};

struct metrics {
    const char *const *endpoints, *const *methods;
    size_t endpoint_count, method_count;
    struct cell *cells;
};

struct metrics *metrics_new(const char *const *endpoints, size_t endpoint_count,
                            const char *const *methods, size_t method_count)
{
    struct metrics *metrics = NEW(struct metrics);
    *metrics =
        (struct metrics){endpoints, methods, endpoint_count, method_count,
                         NEW_ARRAY(struct cell, endpoint_count * method_count * STATUS_COUNT)};
    return metrics;
}

void metrics_free(struct metrics **metrics)
{
    if (*metrics)
        free((*metrics)->cells);
    free(TAKE(*metrics));
}

static struct cell *cell_at(const struct metrics *metrics, size_t endpoint, size_t method,
                            size_t status)
{
    return &metrics->cells[(endpoint * metrics->method_count + method) * STATUS_COUNT + status];
}

/* A status that no route sends is counted as 500. */
static size_t status_index(unsigned status)
{
    for (size_t i = 0; i < STATUS_COUNT; i++)
        if (STATUSES[i] == status)
            return i;
    return status_index(500);
}

void metrics_record(struct metrics *metrics, size_t endpoint, size_t method, unsigned status,
                    nsec_t duration_ns)
{
    struct cell *cell = cell_at(metrics, endpoint, method, status_index(status));
    double seconds = (double)duration_ns / (double)NSEC_PER_SEC;
    size_t bucket = 0;
    while (bucket < COUNT_OF(EDGES_S) && seconds > EDGES_S[bucket])
        bucket++;
    atomic_fetch_add_explicit(&cell->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&cell->sum_ns, (uint64_t)duration_ns, memory_order_relaxed);
}

static uint64_t cell_count(const struct cell *cell)
{
    uint64_t count = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        count += atomic_load_explicit(&cell->buckets[i], memory_order_relaxed);
    return count;
}

typedef void add_cell_fn(struct strbuf *out, const struct cell *cell, const char *labels);

static void add_total(struct strbuf *out, const struct cell *cell, const char *labels)
{
    strbuf_addf(out, "http_requests_total{%s} %llu\n", labels,
                (unsigned long long)cell_count(cell));
}

static void add_histogram(struct strbuf *out, const struct cell *cell, const char *labels)
{
    static const char NAME[] = "http_request_duration_seconds";
    uint64_t below = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        below += atomic_load_explicit(&cell->buckets[i], memory_order_relaxed);
        if (i < COUNT_OF(EDGES_S))
            strbuf_addf(out, "%s_bucket{%s,le=\"%g\"} %llu\n", NAME, labels, EDGES_S[i],
                        (unsigned long long)below);
    }
    uint64_t sum_ns = atomic_load_explicit(&cell->sum_ns, memory_order_relaxed);
    strbuf_addf(out, "%s_bucket{%s,le=\"+Inf\"} %llu\n", NAME, labels, (unsigned long long)below);
    strbuf_addf(out, "%s_sum{%s} %.9f\n", NAME, labels, (double)sum_ns / 1e9);
    strbuf_addf(out, "%s_count{%s} %llu\n", NAME, labels, (unsigned long long)below);
}

static void add_endpoint(const struct metrics *metrics, struct strbuf *out, size_t endpoint,
                         add_cell_fn *add)
{
    for (size_t method = 0; method < metrics->method_count; method++) {
        for (size_t status = 0; status < STATUS_COUNT; status++) {
            const struct cell *cell = cell_at(metrics, endpoint, method, status);
            AUTO(strbuf_done) struct strbuf labels = STRBUF_INIT(512);
            if (cell_count(cell) == 0)
                continue;
            strbuf_addf(&labels, "method=\"%s\",endpoint=\"%s\",status=\"%u\"",
                        metrics->methods[method], metrics->endpoints[endpoint], STATUSES[status]);
            add(out, cell, strbuf_cstr(&labels));
        }
    }
}

static void add_family(const struct metrics *metrics, struct strbuf *out, const char *name,
                       const char *type, const char *help, add_cell_fn *add)
{
    strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
    for (size_t endpoint = 0; endpoint < metrics->endpoint_count; endpoint++)
        add_endpoint(metrics, out, endpoint, add);
}

void metrics_render(const struct metrics *metrics, struct strbuf *out)
{
    add_family(metrics, out, "http_requests_total", "counter", "Requests answered.", add_total);
    add_family(metrics, out, "http_request_duration_seconds", "histogram",
               "Seconds from a request's head to its answer being ready, waiting included.",
               add_histogram);
}

void metrics_render_value(struct strbuf *out, const char *name, const char *type, const char *help,
                          double value)
{
    strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name, value);
}
