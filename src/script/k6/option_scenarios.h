/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios: k6's shortcuts (vus, duration, iterations, stages) become a scenario "default", and
 * scenarios in JSON become the plan's.
 */
#ifndef SCRIPT_K6_OPTION_SCENARIOS_H
#define SCRIPT_K6_OPTION_SCENARIOS_H

#include <jansson.h>

struct error;
struct log;
struct plan;

/* The `scenarios` object that the consolidated options mean; a new object. NULL and `err` for
 * shortcuts that exclude each other. */
json_t *option_scenarios_from(const json_t *options, struct log *log, struct error *err);

/* Fills plan->scenarios. 0, or -1 with `err` that names scenario and field. */
int option_scenarios_apply(const json_t *scenarios, struct plan *plan, struct error *err);

#endif
