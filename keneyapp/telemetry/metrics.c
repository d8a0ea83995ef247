/* SPDX-License-Identifier: Apache-2.0
 *
 * One cell per (endpoint, method, status), all allocated at the start: recording finds its cell by
 * arithmetic and never locks. The memory of cells that are never used is never touched, and the
 * bits in `seen` keep rendering away from it.
 */
#include "keneyapp/telemetry/metrics.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/util.h"
#include "keneyapp/telemetry/latency.h"
#include "keneyapp/telemetry/prometheus.h"

static const unsigned short STATUSES[] = {200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 400,
                                          401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414,
                                          415, 422, 423, 429, 431, 500, 501, 502, 503, 504, 507};

static const char *const QUERY_LABELS[QUERY_KINDS] = {
    "class=\"simple\"",
    "class=\"complex\"",
    "class=\"report\"",
    "class=\"write\"",
};

enum {
    STATUS_COUNT = COUNT_OF(STATUSES),
    STATUS_FIRST = 100,
    STATUS_LAST = 599,
    LABELS_BYTES = 192,
};

/* Of one endpoint and method. */
struct row {
    _Atomic uint64_t seen; /* a bit per status */
    struct latency cells[STATUS_COUNT];
};

struct metrics {
    const char *const *endpoints, *const *methods;
    size_t endpoint_count, method_count;
    struct row *rows;
    unsigned char status_index[STATUS_LAST - STATUS_FIRST + 1];
    struct latency queries[QUERY_KINDS];
    _Atomic int64_t in_flight, connections, timed_out;
};

static void index_statuses(struct metrics *metrics)
{
    size_t unknown = 0;
    while (STATUSES[unknown] != 500)
        unknown++;
    memset(metrics->status_index, (int)unknown, sizeof(metrics->status_index));
    for (size_t i = 0; i < STATUS_COUNT; i++)
        metrics->status_index[STATUSES[i] - STATUS_FIRST] = (unsigned char)i;
}

struct metrics *metrics_new(const char *const *endpoints, size_t endpoint_count,
                            const char *const *methods, size_t method_count)
{
    struct metrics *metrics = NEW(struct metrics);
    metrics->endpoints = endpoints;
    metrics->methods = methods;
    metrics->endpoint_count = endpoint_count;
    metrics->method_count = method_count;
    metrics->rows = NEW_ARRAY(struct row, endpoint_count * method_count);
    index_statuses(metrics);
    return metrics;
}

void metrics_free(struct metrics **metrics)
{
    if (*metrics)
        free((*metrics)->rows);
    free(TAKE(*metrics));
}

static struct row *row_at(const struct metrics *metrics, size_t endpoint, size_t method)
{
    return &metrics->rows[endpoint * metrics->method_count + method];
}

void metrics_record(struct metrics *metrics, size_t endpoint, size_t method, unsigned status,
                    nsec_t duration_ns)
{
    struct row *row = row_at(metrics, endpoint, method);
    bool known = status >= STATUS_FIRST && status <= STATUS_LAST;
    size_t index = metrics->status_index[(known ? status : 500) - STATUS_FIRST];
    uint64_t bit = UINT64_C(1) << index;
    if (!(atomic_load_explicit(&row->seen, memory_order_relaxed) & bit))
        atomic_fetch_or_explicit(&row->seen, bit, memory_order_relaxed);
    latency_record(&row->cells[index], &latency_scale_http, duration_ns);
}

void metrics_request_begins(struct metrics *metrics)
{
    atomic_fetch_add_explicit(&metrics->in_flight, 1, memory_order_relaxed);
}

void metrics_request_ends(struct metrics *metrics)
{
    atomic_fetch_sub_explicit(&metrics->in_flight, 1, memory_order_relaxed);
}

void metrics_connection_opens(struct metrics *metrics)
{
    atomic_fetch_add_explicit(&metrics->connections, 1, memory_order_relaxed);
}

void metrics_connection_timed_out(struct metrics *metrics)
{
    atomic_fetch_add_explicit(&metrics->timed_out, 1, memory_order_relaxed);
}

void metrics_connection_closes(struct metrics *metrics)
{
    atomic_fetch_sub_explicit(&metrics->connections, 1, memory_order_relaxed);
}

void metrics_observe_query(void *metrics, unsigned query_class, nsec_t duration_ns)
{
    struct metrics *m = metrics;
    if (query_class < QUERY_KINDS)
        latency_record(&m->queries[query_class], &latency_scale_work, duration_ns);
}

/* A cell is read once for both families, so that they agree. */
static void add_cell(const struct latency *cell, const char *labels, struct strbuf *totals,
                     struct strbuf *durations)
{
    struct latency_figures figures;
    latency_read(cell, &figures);
    prometheus_count(totals, "http_requests_total", labels, figures.count);
    latency_render(durations, "http_request_duration_seconds", labels, &latency_scale_http,
                   &figures);
}

static void add_row(const struct metrics *metrics, size_t endpoint, size_t method,
                    struct strbuf *totals, struct strbuf *durations)
{
    const struct row *row = row_at(metrics, endpoint, method);
    uint64_t seen = atomic_load_explicit(&row->seen, memory_order_relaxed);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        char labels[LABELS_BYTES];
        if (!(seen & UINT64_C(1) << i))
            continue;
        snprintf(labels, sizeof(labels), "method=\"%s\",endpoint=\"%s\",status=\"%u\"",
                 metrics->methods[method], metrics->endpoints[endpoint], STATUSES[i]);
        add_cell(&row->cells[i], labels, totals, durations);
    }
}

static void add_requests(const struct metrics *metrics, struct strbuf *out)
{
    AUTO(strbuf_done) struct strbuf durations = STRBUF_INIT(out->max);
    prometheus_family(out, "http_requests_total", "counter", "Requests answered.");
    prometheus_family(&durations, "http_request_duration_seconds", "histogram",
                      "Seconds from a request's head to its answer being ready, waiting included.");
    for (size_t endpoint = 0; endpoint < metrics->endpoint_count; endpoint++)
        for (size_t method = 0; method < metrics->method_count; method++)
            add_row(metrics, endpoint, method, out, &durations);
    strbuf_add_span(out, strbuf_span(&durations));
}

static void add_queries(const struct metrics *metrics, struct strbuf *out)
{
    static const char NAME[] = "db_query_duration_seconds";
    prometheus_family(out, NAME, "histogram",
                      "Seconds of one piece of work in the database, by class.");
    for (size_t i = 0; i < QUERY_KINDS; i++) {
        struct latency_figures figures;
        latency_read(&metrics->queries[i], &figures);
        latency_render(out, NAME, QUERY_LABELS[i], &latency_scale_work, &figures);
    }
}

/* Additions and subtractions of several threads may be seen out of order. */
static double gauge(const _Atomic int64_t *value)
{
    int64_t n = atomic_load_explicit(value, memory_order_relaxed);
    return n > 0 ? (double)n : 0;
}

void metrics_render(const struct metrics *metrics, struct strbuf *out)
{
    add_requests(metrics, out);
    prometheus_single(out, "http_requests_in_flight", "gauge",
                      "Requests that have begun and are not over.", gauge(&metrics->in_flight));
    prometheus_single(out, "http_connections", "gauge", "Connections that are open.",
                      gauge(&metrics->connections));
    prometheus_single(out, "http_connections_timed_out_total", "counter",
                      "Connections ended because a request or an answer took too long.",
                      gauge(&metrics->timed_out));
    add_queries(metrics, out);
}
