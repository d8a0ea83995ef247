/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a locustfile's run: from the options, and from what the loaded file says of itself.
 * Pure but for memory.
 */
#ifndef RUN_LOCUST_PLAN_H
#define RUN_LOCUST_PLAN_H

#include <jansson.h>

struct error;
struct plan;

/* Thresholds and how the summary looks, from the merged options. NULL and `err` (104). */
struct plan *locust_plan_new(const char *path, const json_t *options, struct error *err);

/* The scenario, from the options and the "ready" message. 0, or -1 and `err` (104) when nothing
 * says how long the test is. */
int locust_plan_complete(struct plan *plan, const json_t *options, const json_t *ready,
                         struct error *err);

#endif
