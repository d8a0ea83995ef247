/* SPDX-License-Identifier: Apache-2.0
 *
 * What the clinic counts about its requests and queries, in Prometheus' text format 0.0.4.
 * Recording is a handful of relaxed atomic additions; any thread.
 */
#ifndef KENEYAPP_TELEMETRY_METRICS_H
#define KENEYAPP_TELEMETRY_METRICS_H

#include <stddef.h>

#include "base/clock.h"
#include "base/strbuf.h"

struct metrics;

/* `endpoints` are the route patterns, borrowed for the metrics' life; `methods` likewise. An
 * endpoint may stand there more than once, as one pattern has several methods. */
struct metrics *metrics_new(const char *const *endpoints, size_t endpoint_count,
                            const char *const *methods, size_t method_count);

/* NULL-safe. */
void metrics_free(struct metrics **metrics);

/* One answered request, by index into the arrays given at the start. A status that no route of the
 * clinic sends counts as 500. */
void metrics_record(struct metrics *metrics, size_t endpoint, size_t method, unsigned status,
                    nsec_t duration_ns);

/* From a request's first byte until it is gone, answered or not. */
void metrics_request_begins(struct metrics *metrics);
void metrics_request_ends(struct metrics *metrics);

void metrics_connection_opens(struct metrics *metrics);
void metrics_connection_closes(struct metrics *metrics);

/* It took longer than its deadline. */
void metrics_connection_timed_out(struct metrics *metrics);

/* Classes of database work, and the names of their label. */
enum query_kind {
    QUERY_KINDS = 4, /* simple, complex, report, write: enum query_class of store/store.h */
};

/* One piece of work in the database; waiting for a connection is not part of it. `metrics` is a
 * struct metrics *. */
void metrics_observe_query(void *metrics, unsigned query_class, nsec_t duration_ns);

/* http_* and db_query_duration_seconds; docs/keneyapp-metrics.md has them all. */
void metrics_render(const struct metrics *metrics, struct strbuf *out);

#endif
