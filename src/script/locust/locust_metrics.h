/* SPDX-License-Identifier: Apache-2.0
 *
 * Series for what a locustfile measures itself (events.request.fire). The engine in a worker
 * process and the run that reads its snapshots must know the same series in the same order, so
 * both declare them here.
 */
#ifndef SCRIPT_LOCUST_LOCUST_METRICS_H
#define SCRIPT_LOCUST_LOCUST_METRICS_H

#include <stdint.h>

struct registry;

struct locust_metrics {
    uint32_t reqs, failed, duration; /* custom_reqs, custom_req_failed, custom_req_duration */
};

/* Before any selector is added to `registry`. */
void locust_metrics_declare(struct registry *registry, struct locust_metrics *ret_metrics);

#endif
