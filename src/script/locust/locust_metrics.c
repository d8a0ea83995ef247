/* SPDX-License-Identifier: Apache-2.0
 *
 * Declares the series of custom samples.
 */
#include "script/locust/locust_metrics.h"

#include "metrics/registry.h"

/* These names are valid and new, so adding them cannot fail. */
static uint32_t add(struct registry *registry, const char *name, enum metric_type type,
                    enum metric_unit unit)
{
    return registry_add(registry, span_cstr(name), type, unit, NULL)->id;
}

void locust_metrics_declare(struct registry *registry, struct locust_metrics *ret_metrics)
{
    ret_metrics->reqs = add(registry, "custom_reqs", METRIC_COUNTER, METRIC_DEFAULT);
    ret_metrics->failed = add(registry, "custom_req_failed", METRIC_RATE, METRIC_DEFAULT);
    ret_metrics->duration = add(registry, "custom_req_duration", METRIC_TREND, METRIC_TIME);
}
