/* SPDX-License-Identifier: Apache-2.0
 *
 * The metrics of a test: built-in ones at fixed ids, then those that scripts declare, and the
 * sub-metrics (a metric seen through a tag selector) that thresholds name. Each metric and each
 * sub-metric is one series, with a dense id: recorders and snapshots are arrays by that id. Built
 * on one thread before the workers start and frozen then: read by any thread afterwards.
 */
#ifndef METRICS_REGISTRY_H
#define METRICS_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/util.h"
#include "metrics/metric_table.h"

struct error;

enum metric_type {
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_RATE,
    METRIC_TREND,
};

enum metric_unit {
    METRIC_DEFAULT,
    METRIC_TIME, /* milliseconds */
    METRIC_DATA, /* bytes */
};

enum builtin_metric {
#define METRIC_ENUM(symbol, name, type, unit, text) METRIC_##symbol,
    METRIC_TABLE(METRIC_ENUM)
#undef METRIC_ENUM
    METRIC_BUILTIN_COUNT,
};

/* One `key:value` of a selector; both NUL-terminated, owned by the registry. */
struct tag_match {
    struct span key, value;
};

/* A metric, or a metric seen through a selector. */
struct series {
    uint32_t id;
    uint32_t metric_id; /* index of the metric */
    const char *name;   /* "http_req_duration" or "http_req_duration{status:200}" */
    enum metric_type type;
    enum metric_unit unit;
    const struct tag_match *matches; /* NULL for the metric itself */
    size_t match_count;
    bool
        shown; /* sub-metrics that a threshold named; {expected_response:true} is tracked unshown */
};

struct metric {
    uint32_t id;
    uint32_t series_id; /* of the metric itself */
    const char *name;
    enum metric_type type;
    enum metric_unit unit;
    bool custom;                /* declared by a script */
    const uint32_t *submetrics; /* series ids */
    size_t submetric_count;
};

struct registry;

/* With the built-in metrics and http_req_duration{expected_response:true}. */
struct registry *registry_new(void);
void registry_free(struct registry **registry);

/* k6's rules: name [A-Za-z_][A-Za-z0-9_]{1,127}; the same name and type again gives the same
 * metric, another type is an error. NULL and `err`. */
const struct metric *registry_add(struct registry *registry, struct span name,
                                  enum metric_type type, enum metric_unit unit, struct error *err);

/* "metric" or "metric{key:value,…}": the series that it names, made when new (k6 selector rules:
 * comma is AND, values may be quoted and may contain ':'). NULL and `err` (104) for an unknown
 * metric or a malformed selector. */
const struct series *registry_add_selector(struct registry *registry, struct span text,
                                           struct error *err);

const struct metric *registry_find(const struct registry *registry, struct span name);
const struct metric *registry_metric(const struct registry *registry, uint32_t id);
const struct series *registry_series(const struct registry *registry, uint32_t id);
size_t registry_metric_count(const struct registry *registry);
size_t registry_series_count(const struct registry *registry);

#endif
