/* SPDX-License-Identifier: Apache-2.0
 *
 * What the clinic counts about itself, in Prometheus' text format 0.0.4. Recording is a handful of
 * atomic additions; any thread.
 */
#ifndef KENEYAPP_TELEMETRY_METRICS_H
#define KENEYAPP_TELEMETRY_METRICS_H

#include <stddef.h>

#include "base/clock.h"
#include "base/strbuf.h"

struct metrics;

/* `endpoints` are the route patterns, borrowed for the metrics' life; `methods` likewise. */
struct metrics *metrics_new(const char *const *endpoints, size_t endpoint_count,
                            const char *const *methods, size_t method_count);

/* NULL-safe. */
void metrics_free(struct metrics **metrics);

/* One answered request, by index into the arrays given at the start. */
void metrics_record(struct metrics *metrics, size_t endpoint, size_t method, unsigned status,
                    nsec_t duration_ns);

/* http_requests_total and http_request_duration_seconds{method,endpoint,status}. */
void metrics_render(const struct metrics *metrics, struct strbuf *out);

/* One value with its HELP and TYPE lines; `type` is "counter" or "gauge". */
void metrics_render_value(struct strbuf *out, const char *name, const char *type, const char *help,
                          double value);

#endif
